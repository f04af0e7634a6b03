"""Stored answers as the interface gives them, and as questions to be asked again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from datetime import date
from typing import Any

from kb.access import Caller
from kb.errors import BadInput
from kb.model import Filters, Question, Turn

FOR_AUDITORS = ("ledger", "caller")


def shown(stored: Mapping[str, Any], caller: Caller, standing: str) -> dict[str, Any]:
    """An answer of the ledger; who asked and how the record was made is for auditors."""
    reviews = [{**one, "caller": one["author"]} for one in stored["reviews"]]
    answer = {
        **stored,
        "caller": stored["ledger"]["caller"],
        "verdict": reviews[-1]["verdict"] if reviews else None,
        "standing": standing,
        "reviews": reviews,
    }
    if not caller.may("audit"):
        for name in FOR_AUDITORS:
            answer.pop(name, None)
        answer["reviews"] = [{**one, "author": None, "caller": None} for one in reviews]
    return answer


def question_of(stored: Mapping[str, Any], visibility: tuple[str, ...]) -> Question:
    """The question of a stored answer, for this caller's eyes. Raises `BadInput` where it was erased."""
    if stored["question"] is None:
        raise BadInput("这个答案的问题已按保留期限清除，不能重放")
    ledger = stored["ledger"]
    kept = {name: _value(name, value) for name, value in ledger["filters"].items()}
    known = {field.name for field in fields(Filters)}
    narrowed = {name: value for name, value in kept.items() if name in known and name != "visibility"}
    history = tuple(Turn(role, content) for role, content in ledger["history"])
    return Question(stored["question"], history, Filters(**narrowed, visibility=visibility), ledger["k"])


def _value(name: str, value: Any) -> Any:
    if name in ("issued_from", "issued_to", "as_of"):
        return date.fromisoformat(value)
    return tuple(value) if isinstance(value, list) else value
