"""Everything measured, on one page: `python -m eval report` writes docs/evaluation.html.

    python -m eval report [--out docs/evaluation.html] [--only quality,ablation,answers] [--fresh]

Each step is kept under WORK/report and measured anew only when the models or the code it depends on
have changed. The speed figures are those that `python -m eval bench` left in WORK/bench.json.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from kb.errors import BadInput, KBError

from ..making import say
from .gather import STEPS, Given, gathered
from .page import page


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m eval report",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--out", type=Path, default=Path("docs/evaluation.html"))
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--work", type=Path, default=Path(".work/eval"))
    parser.add_argument("--only", default=",".join(STEPS), help="步骤，用逗号隔开；其余用上次留下的结果")
    parser.add_argument("--sets", default="", help="只测这些数据集，用逗号隔开；默认有数据的都测")
    parser.add_argument("--fresh", action="store_true", help="不用留下的结果，库也重建")
    given = parser.parse_args(arguments)
    try:
        names = [name for name in given.only.split(",") if name]
        unknown = [name for name in names if name not in STEPS]
        if unknown:
            raise BadInput(f"没有名为 {'、'.join(unknown)} 的步骤；可选 {'、'.join(STEPS)}")
        sets = tuple(name for name in given.sets.split(",") if name)
        results = gathered(Given(given.data, given.work, sets, given.fresh), names)
        given.out.parent.mkdir(parents=True, exist_ok=True)
        given.out.write_text(page(results), "utf-8")
    except (KBError, OSError) as error:
        print(error, file=sys.stderr)
        return 1
    say(f"已写出 {given.out}")
    return 0
