"""One question put to the assistant → what came of it, judged."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import indexer.judging
from indexer.assistant import Assistant
from kb.fold import fold
from kb.model import Answer, Question, Turn

from .answer_sets import Asked
from .support import Judged, judged


@dataclass(frozen=True, slots=True)
class Outcome:
    """An answer and how it compares with what was wanted."""

    asked: Asked
    answer: Answer
    found: float  # share of the wanted texts that stand in the quotes
    right_document: bool
    covers: bool  # the quotes hold the evidence sentence, or lie in it and hold what is wanted
    inexact: int  # quotes that are not slices of their revision
    foreign: bool  # a claim has a figure that its citations lack
    claims: tuple[Judged, ...]
    odds: float = 0.0  # of the judge of evidence, where it was listened to

    @property
    def right(self) -> bool:
        return self.answer.basis == "grounded" and self.found == 1.0

    @property
    def refused(self) -> bool:
        return self.answer.basis == "none"


def ask(assistant: Assistant, asked: Asked) -> Outcome:
    """The earlier questions are put first, so that the last turn follows what the product answered."""
    history: tuple[Turn, ...] = ()
    for earlier in asked.history:
        answer = assistant.ask(Question(earlier, history), "eval")
        history += (Turn("user", earlier), Turn("assistant", answer.text))
    return outcome(assistant, asked, assistant.ask(Question(asked.question, history), "eval"))


def outcome(assistant: Assistant, asked: Asked, answer: Answer) -> Outcome:
    quoted = "".join(c.quote for c in answer.citations)
    wanted = [squeeze(a) for a in asked.answers]
    found = sum(a in squeeze(quoted) for a in wanted) / len(wanted) if wanted else 1.0
    claims = tuple(judged(answer))
    return Outcome(
        asked, answer, found if answer.citations else 0.0, _right_document(asked, answer), _covers(asked, answer),
        _inexact(assistant, answer), any(not _figures_agree(c) for c in claims), claims,
    )  # fmt: skip


def squeeze(text: str) -> str:
    """Folded, without spaces, commas and a closing stop: what a difference of layout leaves."""
    return re.sub(r"[\s,，]+", "", fold(text)).rstrip("。；;.")


def _right_document(asked: Asked, answer: Answer) -> bool:
    if not answer.citations:
        return False
    return not asked.docs or any(
        c.document.external_id in asked.docs
        or any(d in c.document.title or d in c.document.source for d in asked.docs)
        for c in answer.citations
    )


def _covers(asked: Asked, answer: Answer) -> bool:
    """Every line or table cell of an evidence text stands in the quotes, or they lie in it and suffice."""
    quotes = [squeeze(c.quote) for c in answer.citations]
    whole = "".join(quotes)
    wanted = [squeeze(a) for a in asked.answers]
    for evidence in asked.evidence:
        pieces = [squeeze(piece) for piece in re.split(r"[|\n]", evidence)]
        inside = "".join(q for q in quotes if q in squeeze(evidence))
        if all(piece in whole for piece in pieces) or (inside and all(a in inside for a in wanted)):
            return True
    return not asked.evidence


def _inexact(assistant: Assistant, answer: Answer) -> int:
    texts = {
        (c.document.id, c.revision): assistant.library.store.revision_text(c.document.id, c.revision) or ""
        for c in answer.citations
    }
    return sum(texts[c.document.id, c.revision][c.start : c.end] != c.quote for c in answer.citations)


def _figures_agree(claim: Judged) -> bool:
    from .support import FIGURE, plain

    shown = set(FIGURE.findall(plain("\n".join(claim.quotes))))
    return all(figure in shown for figure in FIGURE.findall(plain(claim.claim)))


class _Unrefused:
    """A judgement that lets everything pass; all else is the judgement's own."""

    odds = float("inf")

    def __init__(self, judgement: Any) -> None:
        self._judgement = judgement

    def __getattr__(self, name: str) -> Any:
        return getattr(self._judgement, name)


@contextmanager
def unrefused(heard: list[float]) -> Iterator[None]:
    """Inside, weak evidence is answered from all the same, and the judge's odds are put into `heard`."""
    support = indexer.judging.support

    def listening(*arguments: Any, **named: Any) -> Any:
        judgement = support(*arguments, **named)
        heard.append(float(judgement.odds))
        return _Unrefused(judgement)

    indexer.judging.support = listening  # type: ignore[assignment]
    try:
        yield
    finally:
        indexer.judging.support = support


def ask_anyway(assistant: Assistant, asked: Asked) -> tuple[Outcome, float]:
    """What would be answered if nothing were refused for weak evidence, and the odds of the evidence."""
    heard: list[float] = []
    with unrefused(heard):
        result = ask(assistant, asked)
    return result, heard[0] if heard else float("-inf")


def curve(pairs: Sequence[tuple[Outcome, float]]) -> list[dict[str, float]]:
    """For every threshold of the odds: share refused rightly, refused wrongly, answered right."""
    absent = [odds for one, odds in pairs if one.asked.refuse]
    there = [(one, odds) for one, odds in pairs if not one.asked.refuse]
    points = []
    for threshold in [x / 4 for x in range(-24, 25)]:
        points.append(
            {
                "threshold": threshold,
                "refused_rightly": sum(o < threshold for o in absent) / max(len(absent), 1),
                "refused_wrongly": sum(o < threshold for _, o in there) / max(len(there), 1),
                "right": sum(one.right and o >= threshold for one, o in there) / max(len(there), 1),
            }
        )
    return points
