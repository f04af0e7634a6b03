"""How well a set's questions are answered by search, mode by mode.

    python -m eval run --dataset 名称|文件夹 [--mode lexical|dense|fused|hybrid|rerank|all] [--split test]

Documents are ranked by their best passage. Where a set gives the answer's words, a passage is right
when it holds a whole answer. Intervals are of 95 %, by paired bootstrap over the questions.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

from kb.errors import BadInput, KBError

from .dataset import Dataset
from .making import library_of
from .metrics import Interval, Values, bootstrap, paired, values
from .ranking import MODES, SAME, rank
from .sets import NAMED, dataset

Results = dict[str, tuple[Values, np.ndarray]]  # mode → (values, ms a question)


def measure(
    chosen: Dataset, modes: Sequence[str], split: str, work: Path, k: int = 100, fresh: bool = False
) -> Results:
    """Every mode over the same questions of one part."""
    queries = chosen.of(split)
    if not queries:
        raise BadInput(f"数据集 {chosen.name} 没有 {split} 部分的问题")
    library = library_of(chosen, work, fresh)
    results: Results = {}
    for mode in modes:
        ranked = rank(library, queries, mode, k)
        results[mode] = (values(queries, ranked.hits), ranked.times)
    return results


def summary(chosen: Dataset, split: str, results: Results) -> dict[str, Any]:
    """The figures of a run as one JSON document."""
    modes = {
        mode: {
            **{name: asdict(bootstrap(sample)) for name, sample in measured.items()},
            "p50_ms": round(float(np.median(times)), 2),
            "p99_ms": round(float(np.quantile(times, 0.99)), 2),
        }
        for mode, (measured, times) in results.items()
    }
    return {
        "dataset": chosen.name, "about": chosen.about, "split": split,
        "questions": len(chosen.of(split)), "modes": modes, "hybrid_against_better": against_better(results),
    }  # fmt: skip


def against_better(results: Results) -> dict[str, Any]:
    """Hybrid minus the better of its two halves, measure by measure."""
    hybrid = results.get("hybrid") or results.get("rerank")
    halves = [mode for mode in ("lexical", "dense") if mode in results]
    if hybrid is None or len(halves) < 2:
        return {}
    found = {}
    for name, sample in hybrid[0].items():
        better = max(halves, key=lambda mode: float(results[mode][0][name].mean()))
        found[name] = {"better": better, **asdict(paired(sample, results[better][0][name]))}
    return found


def shown(figures: dict[str, Any]) -> str:
    """A table for the terminal."""
    lines = [f"{figures['about']}（{figures['dataset']}，{figures['split']}，{figures['questions']} 问）"]
    for mode, measured in figures["modes"].items():
        shares = [f"{n} {Interval(**v)}" for n, v in measured.items() if isinstance(v, dict)]
        lines.append(f"  {mode:8}" + "  ".join(shares) + f"  p50 {measured['p50_ms']} ms")
    for name, v in figures["hybrid_against_better"].items():
        difference = Interval(v["mean"], v["low"], v["high"])
        lines.append(f"  混合 − {v['better']}（{name}）：{difference}")
    return "\n".join(lines)


def parser() -> argparse.ArgumentParser:
    made = argparse.ArgumentParser(
        prog="python -m eval run", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    made.add_argument("--dataset", required=True, help=f"{'、'.join(NAMED)}，或一个文件夹")
    made.add_argument("--mode", default="all", choices=["all", *MODES, *SAME], help="检索方式，默认全部")
    made.add_argument("--split", default="test", choices=["train", "tune", "test", "all"])
    made.add_argument("--data", type=Path, default=Path("../shared/data"), help="数据目录")
    made.add_argument("--work", type=Path, default=Path(".work/eval"), help="建好的库留在这里")
    made.add_argument("--k", type=int, default=100, help="每问取回的段落数")
    made.add_argument("--fresh", action="store_true", help="重新建库")
    made.add_argument("--json", action="store_true")
    return made


def main(arguments: Sequence[str]) -> int:
    given = parser().parse_args(arguments)
    modes = MODES if given.mode == "all" else (given.mode,)
    try:
        chosen = dataset(given.dataset, given.data)
        results = measure(chosen, modes, given.split, given.work, given.k, given.fresh)
    except KBError as error:
        print(error, file=sys.stderr)
        return 1
    figures = summary(chosen, given.split, results)
    print(json.dumps(figures, ensure_ascii=False) if given.json else shown(figures))
    return 0
