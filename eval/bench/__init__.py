"""How fast, how large, and next to whom.

    python -m eval bench [--only add,search,http,talk,update,open,million,peers] [--passages 1000000] [--json]

Steps: `add` writes whole laws as Markdown files and adds them with `kb add`; `search`, `http`, `update`
and `open` use that library; `talk` is fifty people conversing over the shipped documents; `million` is
the same as the others with the laws multiplied; `peers` runs bm25s, LlamaIndex, txtai and exact comparison
over the same passages. Without a data folder the shipped documents, multiplied with variation, stand in.
Results are kept in WORK/bench.json for `report`.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from kb.errors import BadInput, KBError

from ..contenders import CONTENDERS
from ..making import say
from .steps import STEPS, Bench
from .table import shown


def parser() -> argparse.ArgumentParser:
    made = argparse.ArgumentParser(
        prog="python -m eval bench", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    made.add_argument(
        "--only", default="add,search,http,talk,update,open,peers", help="步骤，用逗号隔开；默认不含 million"
    )
    made.add_argument("--data", type=Path, default=Path("../shared/data"))
    made.add_argument("--work", type=Path, default=Path(".work/eval"))
    made.add_argument("--passages", type=int, default=1_000_000, help="million 一步的段落数")
    made.add_argument("--sizes", default="20000,60000,150000", help="peers 一步的各个规模（段）")
    made.add_argument("--peers", default=",".join(CONTENDERS), help="peers 一步里比较谁，用逗号隔开")
    made.add_argument("--seconds", type=float, default=10.0, help="http 一步的时长，秒")
    made.add_argument("--characters", type=int, default=20_000_000, help="没有数据目录时造多少字")
    made.add_argument("--fresh", action="store_true", help="重新建库")
    made.add_argument("--json", action="store_true")
    return made


def main(arguments: Sequence[str]) -> int:
    given = parser().parse_args(arguments)
    names = given.only.split(",")
    try:
        unknown = [name for name in names if name not in STEPS]
        if unknown:
            raise BadInput(f"没有名为 {'、'.join(unknown)} 的步骤；可选 {'、'.join(STEPS)}")
        strangers = [name for name in given.peers.split(",") if name not in CONTENDERS]
        if strangers:
            raise BadInput(f"没有名为 {'、'.join(strangers)} 的同类；可选 {'、'.join(CONTENDERS)}")
        sizes = tuple(int(size) for size in given.sizes.split(","))
        bench = Bench(
            given.data,
            given.work,
            given.passages,
            sizes,
            given.seconds,
            given.characters,
            given.fresh,
            tuple(given.peers.split(",")),
        )
        results = measured(bench, names)
    except (KBError, ValueError) as error:
        print(error, file=sys.stderr)
        return 1
    print(json.dumps(results, ensure_ascii=False) if given.json else shown(results))
    return 0


def measured(bench: Bench, names: Sequence[str]) -> dict[str, Any]:
    """Run the steps in order; each result joins those kept from earlier runs."""
    kept = bench.work / "bench.json"
    bench.work.mkdir(parents=True, exist_ok=True)
    results: dict[str, Any] = json.loads(kept.read_text("utf-8")) if kept.is_file() else {}
    for name in names:
        step: Callable[[Bench], dict[str, Any]] = STEPS[name]
        say(f"测量：{name}")
        results[name] = _with_other_sizes(results.get(name, {}), step(bench))
        kept.write_text(json.dumps(results, ensure_ascii=False), "utf-8")
    return results


def _with_other_sizes(earlier: dict[str, Any], found: dict[str, Any]) -> dict[str, Any]:
    """A result with the contests of earlier runs over other numbers of passages; each is a run of its own."""
    if "growth" not in found:
        return found
    new = {contest["passages"] for contest in found["growth"]}
    others = [contest for contest in earlier.get("growth", ()) if contest["passages"] not in new]
    return found | {"growth": sorted([*others, *found["growth"]], key=lambda contest: contest["passages"])}
