"""Which stored answers a caller may see and wants to see, as SQL."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

from sqlalchemy import ColumnElement, and_, select

from .schema import answer_documents, answers, documents, reviews

ALL = ("public", "internal", "restricted")


@dataclass(frozen=True, slots=True)
class AnswerFilters:
    """Which answers to list; None is no limit. Days are ISO dates, UTC, both ends included."""

    since: str | None = None
    until: str | None = None
    caller: str | None = None
    basis: str | None = None
    reason: str | None = None
    verdict: str | None = None  # of the latest review; "none": not reviewed
    doc_id: str | None = None  # cited
    text: str | None = None  # in the question
    ids: tuple[str, ...] | None = None


def conditions(filters: AnswerFilters, visibility: Sequence[str]) -> ColumnElement[bool]:
    """The SQL of a filter and of what a caller may see."""
    c = answers.c
    wanted: list[ColumnElement[bool]] = [c.seq > 0, *_visible(visibility)]
    for column, value in ((c.caller, filters.caller), (c.basis, filters.basis), (c.reason, filters.reason)):
        if value is not None:
            wanted.append(column == value)
    if filters.since is not None:
        wanted.append(c.created >= filters.since)
    if filters.until is not None:
        wanted.append(c.created <= filters.until + "~")  # a day ends after all of its hours
    if filters.ids is not None:
        wanted.append(c.id.in_(filters.ids))
    if filters.text is not None:
        wanted.append(c.question.contains(filters.text, autoescape=True))
    if filters.doc_id is not None:
        d = answer_documents.c
        wanted.append(c.id.in_(select(d.answer).where(d.doc_id == filters.doc_id, d.cited == 1)))
    if filters.verdict is not None:
        latest = latest_verdict()
        wanted.append(latest.is_(None) if filters.verdict == "none" else latest == filters.verdict)
    return and_(*wanted)


def latest_verdict() -> Any:
    """The last review's verdict of an answer, as a scalar subquery."""
    r = reviews.c
    query = select(r.verdict).where(r.answer == answers.c.id).order_by(r.seq.desc()).limit(1)
    return query.correlate(answers).scalar_subquery()


def _visible(visibility: Sequence[str]) -> list[ColumnElement[bool]]:
    """Answers that touch nothing outside `visibility`: neither as it was, nor as it is now."""
    if set(ALL) <= set(visibility):
        return []
    seen = sorted(set(visibility) & set(ALL))
    allowed = [",".join(some) for n in range(len(seen) + 1) for some in combinations(seen, n)]
    hidden = (
        select(answer_documents.c.answer)
        .join(documents, documents.c.doc_id == answer_documents.c.doc_id)
        .where(answer_documents.c.answer == answers.c.id, documents.c.visibility.not_in(seen))
    )
    return [answers.c.visibility.in_(allowed), ~hidden.correlate(answers).exists()]
