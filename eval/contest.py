"""One contender in one fresh process: `build` and save, or `open` and search.

    python -m eval.contest build NAME FOLDER
    python -m eval.contest open NAME FOLDER STARTED

FOLDER holds passages.jsonl, drafts.pickle, questions.json; STARTED is when the process was started, in
seconds since the epoch. Prints one JSON document. Only what the contender itself needs is imported.
"""

from __future__ import annotations

import json
import pickle
import sys
import time
from pathlib import Path
from typing import Any

from .contenders import Ours, bring_in, make, read_passages
from .timing import memory_mb, percentiles


def build(name: str, folder: Path) -> dict[str, Any]:
    contender = make(name)
    bring_in(name)
    texts, _ = read_passages(folder / "passages.jsonl")
    if isinstance(contender, Ours):
        contender.drafts = pickle.loads((folder / "drafts.pickle").read_bytes())
    own = folder / name
    own.mkdir(parents=True, exist_ok=True)
    began = time.perf_counter()
    contender.build(texts, own)
    return {"build_s": time.perf_counter() - began, "passages": len(texts)}


def opened(name: str, folder: Path, started: float) -> dict[str, Any]:
    contender = make(name)
    questions: list[str] = json.loads((folder / "questions.json").read_text("utf-8"))
    bring_in(name)
    began = time.perf_counter()
    contender.open(folder / name)
    open_s = time.perf_counter() - began
    contender.search(questions[0], 10)
    first_answer_s = time.time() - started
    for question in questions[:20]:
        contender.search(question, 10)
    times = []
    for question in questions:
        began = time.perf_counter()
        contender.search(question, 10)
        times.append((time.perf_counter() - began) * 1000)
    resident = memory_mb()
    _, owners = read_passages(folder / "passages.jsonl")
    judged: dict[str, str] = json.loads((folder / "judged.json").read_text("utf-8"))
    ranked = {
        query: list(dict.fromkeys(owners[i] for i in contender.search(text, 100)))
        for query, text in judged.items()
    }
    return {
        "open_s": open_s, "first_answer_s": first_answer_s, "resident_mb": resident, **percentiles(times), "ranked": ranked,
    }  # fmt: skip


def main() -> int:
    what, name, folder = sys.argv[1], sys.argv[2], Path(sys.argv[3])
    found = build(name, folder) if what == "build" else opened(name, folder, float(sys.argv[4]))
    print(json.dumps(found, ensure_ascii=False))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
