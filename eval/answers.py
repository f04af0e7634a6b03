"""How good the answers are: gold inside the quotes, right document cited, refusals, time.

    python -m eval answers --dataset ncp|cmrc|FILE [--home FOLDER] [--json]

FILE is JSON lines: {"question", "answers": [..]} (each string must stand in the quoted
text), "docs": [external ids or titles], "history", "refuse": true where silence is right.
"""

from __future__ import annotations

import argparse
import json
import re
import statistics
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from indexer.adding import add
from indexer.assistant import Assistant
from indexer.library import Library
from indexer.train.answers import Known, cmrc, library, ncp
from kb.fold import fold
from kb.model import Answer, Question, Turn
from kb.settings import load_settings


@dataclass(frozen=True, slots=True)
class Asked:
    """A question of a set; every one of `answers` must stand in the quotes."""

    question: str
    answers: tuple[str, ...] = ()
    docs: tuple[str, ...] = ()
    history: tuple[str, ...] = ()
    refuse: bool = False
    part: str = "test"


@dataclass(slots=True)
class Tally:
    """Figures of one set."""

    asked: int = 0
    right: int = 0
    right_document: int = 0
    refused_wrongly: int = 0
    absent: int = 0
    refused_rightly: int = 0
    quotes: int = 0
    inexact: int = 0
    sentences: list[int] = field(default_factory=list)
    times: list[float] = field(default_factory=list)
    misses: list[str] = field(default_factory=list)

    def figures(self) -> dict[str, Any]:
        n, absent = max(self.asked, 1), max(self.absent, 1)
        return {
            "questions": self.asked,
            "right": round(self.right / n, 4),
            "right document cited": round(self.right_document / n, 4),
            "refused wrongly": round(self.refused_wrongly / n, 4),
            "absent": self.absent,
            "refused rightly": round(self.refused_rightly / absent, 4),
            "inexact quotes": self.inexact,
            "quotes an answer": round(self.quotes / n, 2),
            "p50 ms": round(statistics.median(self.times), 1) if self.times else None,
        }


def squeeze(text: str) -> str:
    return re.sub(r"[\s,，]+", "", fold(text))


def holds(answer: Answer, gold: str) -> bool:
    """Whether the gold stands wholly in the quoted text."""
    return squeeze(gold).rstrip("。；;，") in squeeze("".join(c.quote for c in answer.citations))


def measure(assistant: Assistant, asked: Sequence[Asked]) -> Tally:
    tally = Tally()
    for a in asked:
        history = tuple(Turn("user" if i % 2 == 0 else "assistant", t) for i, t in enumerate(a.history))
        answer = assistant.ask(Question(a.question, history), "eval")
        tally.times.append(answer.took_ms)
        _count(assistant, tally, a, answer)
    return tally


def _count(assistant: Assistant, tally: Tally, a: Asked, answer: Answer) -> None:
    for c in answer.citations:
        text = assistant.library.store.revision_text(c.document.id, c.revision) or ""
        tally.quotes += 1
        tally.inexact += text[c.start : c.end] != c.quote
    if a.refuse:
        tally.absent += 1
        tally.refused_rightly += answer.basis == "none"
        if answer.basis != "none":
            tally.misses.append(f"SHOULD REFUSE {a.question}\n    {answer.text[:300]}")
        return
    tally.asked += 1
    tally.refused_wrongly += answer.basis == "none"
    right = bool(answer.citations) and all(holds(answer, g) for g in a.answers)
    document = not a.docs or any(
        c.document.external_id in a.docs or any(d in c.document.title or d in c.document.source for d in a.docs) for c in answer.citations
    )
    tally.right += right
    tally.right_document += document and bool(answer.citations)
    if not (right and document):
        tally.misses.append(f"{a.question}\n    GOLD {a.answers} {a.docs}\n    {answer.basis} {answer.text[:500]}")


def known_set(known: Sequence[Known], part: str) -> list[Asked]:
    return [Asked(k.question, (k.answer,), (k.document,), part=k.part) for k in known if part in (k.part, "all")]


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m eval answers", description=__doc__)
    parser.add_argument("--dataset", default="ncp")
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--home", type=Path, help="an existing library for FILE; a folder to make others in")
    parser.add_argument("--part", default="all", help="tune | test | all")
    parser.add_argument("--limit", type=int, default=0)
    parser.add_argument("--misses", action="store_true")
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args(arguments)
    home = given.home or Path(tempfile.mkdtemp())
    if given.dataset in ("ncp", "cmrc"):
        records, known = ncp(given.data) if given.dataset == "ncp" else cmrc(given.data, "dev")
        assistant = Assistant(library(home / given.dataset, records))
        asked = known_set(known, given.part)
    else:
        assistant = Assistant(Library(load_settings(home)))
        asked = read(Path(given.dataset))
    tally = measure(assistant, asked[: given.limit] if given.limit else asked)
    print(json.dumps(tally.figures(), ensure_ascii=False, indent=None if given.json else 1))
    if given.misses:
        print("\n".join(tally.misses))
    return 0


def read(path: Path) -> list[Asked]:
    """The questions of a JSON lines file."""
    out = []
    for line in path.read_text("utf8").splitlines():
        if line.strip():
            r = json.loads(line)
            out.append(
                Asked(r["question"], tuple(r.get("answers", ())), tuple(r.get("docs", ())),
                      tuple(r.get("history", ())), bool(r.get("refuse")))
            )  # fmt: skip
    return out


__all__ = ["Asked", "Tally", "add", "main", "measure"]

if __name__ == "__main__":
    raise SystemExit(main())
