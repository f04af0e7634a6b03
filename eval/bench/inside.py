"""One library in one fresh process: opening, memory, search latency, and what the vector side misses.

    python -m eval.bench.inside HOME QUESTIONS.json [--recall]

Prints one JSON document. A process of its own, so that its memory is the library's and nobody else's.
"""

from __future__ import annotations

import argparse
import json
import time
from pathlib import Path
from typing import Any

import numpy as np

from indexer.library import Library
from kb.fold import fold
from kb.settings import load_settings

from ..timing import memory_mb, percentiles

ROUNDING = 1e-4  # cosines nearer to each other than this are the same


def timed(library: Library, questions: list[str], mode: str) -> list[float]:
    """Milliseconds of each search, k = 10, after a few to warm up."""
    searcher = library.searcher()
    for text in questions[:20]:
        searcher.search(text, k=10, mode=mode)  # type: ignore[arg-type]
    times = []
    for text in questions:
        began = time.perf_counter()
        searcher.search(text, k=10, mode=mode)  # type: ignore[arg-type]
        times.append((time.perf_counter() - began) * 1000)
    return times


def vector_recall(library: Library, questions: list[str], k: int = 10) -> float:
    """Share of the k places filled with a passage as near as the exact k-th; equal texts are equally right."""
    vectors = library.searcher().vectors
    asked = library.embedder.encode([fold(q) for q in questions])  # (questions, dim)
    nearest = np.full((len(questions), k), -2.0, np.float32)
    for part in vectors.parts():
        for start in range(0, len(part.ids), 50_000):
            cosines = asked @ np.asarray(part.rows[start : start + 50_000], np.float32).T
            nearest = np.sort(np.concatenate([nearest, cosines], axis=1), axis=1)[:, -k:]
    shares = []
    for vector, exact in zip(asked, nearest, strict=True):
        cosines = vectors.search(vector, k, None)[1]
        wanted = min(k, int((exact > -2).sum()))
        shares.append((cosines >= exact[-wanted] - ROUNDING).sum() / max(wanted, 1))
    return float(np.mean(shares))


def measured(home: Path, questions: list[str], recall: bool) -> dict[str, Any]:
    began = time.perf_counter()
    library = Library(load_settings(home))
    searcher = library.searcher()
    opened = time.perf_counter() - began
    first = memory_mb()
    found: dict[str, Any] = {"passages": len(searcher.catalog.ids), "open_s": opened, "opened_mb": first}
    found["modes"] = {}
    for mode in ("hybrid", "lexical", "dense"):
        times = timed(library, questions, mode)
        found["modes"][mode] = percentiles(times) | {"times_ms": [round(t, 2) for t in times]}
    found["resident_mb"] = memory_mb()
    if recall:
        found["vector_recall@10"] = vector_recall(library, questions)
    return found


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("home", type=Path)
    parser.add_argument("questions", type=Path)
    parser.add_argument("--recall", action="store_true")
    given = parser.parse_args()
    questions = json.loads(given.questions.read_text("utf-8"))
    print(json.dumps(measured(given.home, questions, given.recall)))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
