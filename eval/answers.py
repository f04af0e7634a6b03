"""How good the answers are: right words quoted, right document cited, citations that support, refusals, time.

    python -m eval answers --dataset own|ncp|cmrc|files|seed|exam…|FILE [--split tune|test|all] [--home FOLDER] [--curve] [--json]

FILE is JSON lines: {"question", "answers": [..]} (each must stand in the quoted text), "docs":
[external ids, or parts of titles or file names], "history": [earlier questions], "refuse": true where silence is
right; it is put to the library in --home. Measures are described in docs/EVALUATION.md.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from indexer.assistant import Assistant
from indexer.library import Library
from kb.errors import BadInput, KBError
from kb.settings import load_settings

from .answer_sets import BESIDE, SHIPPED, AnswerSet, Asked, answer_set, read
from .answering import Outcome, ask, ask_anyway, curve
from .making import library_of
from .support import Judged

LISTS = ("list",)


def measure(assistant: Assistant, asked: Sequence[Asked]) -> list[Outcome]:
    return [ask(assistant, one) for one in asked]


def figures(outcomes: Sequence[Outcome]) -> dict[str, Any]:
    """The measures of one set; shares of the questions named in each key's place in docs/EVALUATION.md."""
    there = [o for o in outcomes if not o.asked.refuse]
    absent = [o for o in outcomes if o.asked.refuse]
    right = [o for o in there if o.right]
    refused = [o for o in outcomes if o.refused]
    lists = [o for o in there if o.asked.type in LISTS or len(o.asked.answers) > 2]
    follow_ups = [o for o in there if o.asked.history]
    times = [o.answer.took_ms for o in outcomes] or [0.0]
    return {
        "questions": len(there),
        "right": share(o.right for o in there),
        "right document cited": share(o.right_document for o in there),
        "right and right document": share(o.right and o.right_document for o in there),
        "evidence covered, of right": share(o.covers for o in right),
        "list completeness": mean(o.found for o in lists),
        "follow-ups": len(follow_ups),
        "follow-ups right": share(o.right for o in follow_ups),
        "refused wrongly": share(o.refused for o in there),
        "absent": len(absent),
        "refused rightly": share(o.refused for o in absent),
        "refusal precision": share(o.asked.refuse for o in refused),
        **citation_figures(outcomes),
        "p50 ms": round(float(np.quantile(times, 0.5)), 1),
        "p99 ms": round(float(np.quantile(times, 0.99)), 1),
        "right by type": by_type(there, lambda o: o.right),
        "refused by reason": by_type(absent, lambda o: o.refused),
    }


def citation_figures(outcomes: Sequence[Outcome]) -> dict[str, Any]:
    """ALCE's citation recall and precision, and the promises that allow no exception."""
    claims = [claim for o in outcomes for claim in o.claims]
    answered = [o for o in outcomes if not o.refused]
    quotes = sum(len(o.answer.citations) for o in answered)
    return {
        "claims": len(claims),
        "citation recall": share(c.supported for c in claims),
        "citation precision": share(relevant for c in claims for relevant in c.relevant),
        "exact quotes": 1.0 - sum(o.inexact for o in answered) / max(quotes, 1),
        "inexact quotes": sum(o.inexact for o in answered),
        "answers with a figure not cited": sum(o.foreign for o in answered),
        "quotes an answer": round(quotes / max(len(answered), 1), 2),
        "characters quoted an answer": round(
            sum(len(c.quote) for o in answered for c in o.answer.citations) / max(len(answered), 1), 1
        ),
    }


def share(values: Any) -> float | None:
    return mean(map(float, values))


def mean(values: Any) -> float | None:
    listed = list(values)
    return round(sum(listed) / len(listed), 4) if listed else None


def by_type(outcomes: Sequence[Outcome], good: Any) -> dict[str, str]:
    """Type → “good of all”."""
    groups: dict[str, list[bool]] = defaultdict(list)
    for o in outcomes:
        groups[o.asked.type].append(good(o))
    return {name: f"{sum(values)}/{len(values)}" for name, values in sorted(groups.items()) if name}


def misses(outcomes: Sequence[Outcome]) -> list[str]:
    """What went wrong, readable."""
    lines = []
    for o in outcomes:
        if o.asked.refuse and not o.refused:
            lines.append(f"SHOULD REFUSE {o.asked.question}\n    {o.answer.text[:300]}")
        elif not o.asked.refuse and not (o.right and o.right_document):
            told = f"{o.answer.basis} {o.answer.text[:500]}"
            lines.append(f"{o.asked.question}\n    GOLD {o.asked.answers} {o.asked.docs}\n    {told}")
    return lines


def assistant_of(chosen: AnswerSet, home: Path | None, work: Path, fresh: bool = False) -> Assistant:
    if chosen.dataset is not None:
        return Assistant(library_of(chosen.dataset, home or work, fresh), remembered=0)
    if home is None:
        raise BadInput("评测自己的问题文件要用 --home 指明数据目录（里面是这些问题所问的文档）")
    return Assistant(Library(load_settings(home)), remembered=0)


def part(chosen: AnswerSet, split: str, limit: int = 0) -> list[Asked]:
    asked = [a for a in chosen.asked if split in (a.part, "all")]
    return asked[:limit] if limit else asked


def refusal_curve(assistant: Assistant, asked: Sequence[Asked]) -> list[dict[str, float]]:
    """Without follow-ups, whose readings are tried one after the other."""
    return curve([ask_anyway(assistant, one) for one in asked if not one.history])


def sample(outcomes: Sequence[Outcome], size: int, seed: int = 1) -> list[dict[str, Any]]:
    """Claims with their quotes to be read by eye, half of them spoilt, in random order.

    A verbatim quote always supports itself; so every other claim has a figure changed, or stands with
    the quotes of another claim, and the reader is not told which.
    """
    rng = random.Random(seed)
    claims = [c for o in outcomes for c in o.claims if c.quotes]
    chosen = rng.sample(claims, min(size, len(claims)))
    return [spoilt(c, chosen, rng, i) for i, c in enumerate(chosen)]


def spoilt(claim: Judged, others: Sequence[Judged], rng: random.Random, number: int) -> dict[str, Any]:
    from .support import FIGURE, supported

    text, quotes = claim.claim, claim.quotes
    figure = FIGURE.search(text)
    if number % 4 == 1 and figure:
        text = text[: figure.start()] + str(int(float(figure[0])) + rng.randint(1, 9)) + text[figure.end() :]
    elif number % 4 == 3:
        quotes = rng.choice(others).quotes
    return {"claim": text, "quotes": list(quotes), "judged": supported(text, quotes)}


def parser() -> argparse.ArgumentParser:
    made = argparse.ArgumentParser(
        prog="python -m eval answers",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    made.add_argument("--dataset", default="own", help=f"own、ncp、cmrc、{'、'.join((*SHIPPED, *BESIDE))}，或一个问题文件")
    made.add_argument("--data", type=Path, default=Path("../shared/data"))
    made.add_argument("--home", type=Path, help="问题文件所问的数据目录；其他数据集则是放库的地方")
    made.add_argument("--work", type=Path, default=Path(".work/eval"))
    made.add_argument(
        "--split", "--part", dest="split", default="test", choices=["train", "tune", "test", "all"]
    )
    made.add_argument("--limit", type=int, default=0)
    made.add_argument("--curve", action="store_true", help="拒答曲线：各个门槛下的得失")
    made.add_argument("--sample", type=Path, help="抽一百条主张与出处写入此文件（JSON 行），供人工核读")
    made.add_argument("--misses", action="store_true", help="列出答错与该拒未拒的")
    made.add_argument("--fresh", action="store_true", help="重新建库")
    made.add_argument("--json", action="store_true")
    return made


def main(arguments: Sequence[str] | None = None) -> int:
    given = parser().parse_args(arguments)
    try:
        chosen = answer_set(given.dataset, given.data)
        assistant = assistant_of(chosen, given.home, given.work, given.fresh)
        asked = part(chosen, given.split, given.limit)
        outcomes = measure(assistant, asked)
        found = {"dataset": chosen.name, "split": given.split, **figures(outcomes)}
        if given.curve:
            found["curve"] = refusal_curve(assistant, asked)
    except KBError as error:
        print(error, file=sys.stderr)
        return 1
    print(json.dumps(found, ensure_ascii=False, indent=None if given.json else 1))
    if given.sample:
        lines = [json.dumps(one, ensure_ascii=False) for one in sample(outcomes, 100)]
        given.sample.write_text("\n".join(lines) + "\n", "utf-8")
    if given.misses:
        print("\n".join(misses(outcomes)))
    return 0


__all__ = ["Asked", "Outcome", "figures", "main", "measure", "read"]

if __name__ == "__main__":
    raise SystemExit(main())
