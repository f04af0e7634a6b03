"""What the audit desk counts: answers a day, refusals, answers on repealed texts, disputes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Engine, case, func, select

from .listing import ALL, AnswerFilters, conditions, latest_verdict
from .schema import answer_documents, answers, documents

FALLEN = ("repealed", "expired")
DISPUTED = ("wrong", "incomplete")


def figures(engine: Engine, days: int = 30, visibility: Sequence[str] = ALL) -> dict[str, Any]:
    """Figures of the last `days` days (UTC, today included) of what the caller may see.

    `refusal_rate` is of all answers, `repealed_rate` of the grounded ones (a cited text is now
    repealed or expired); `disputes` have a latest review of wrong or incomplete. Rates of
    nothing are null.
    """
    since = (datetime.now(UTC).date() - timedelta(days=min(max(days, 1), 36500) - 1)).isoformat()
    seen = conditions(AnswerFilters(since=since), visibility)
    with engine.connect() as connection:
        per_day = _per_day(connection, seen)
        grounded = _count(connection, seen, answers.c.basis == "grounded")
        fallen = _count(connection, seen, answers.c.id.in_(_resting_on_fallen()))
        disputes = _count(connection, seen, latest_verdict().in_(DISPUTED))
        total = sum(day["answers"] for day in per_day)
        return {
            "since": since,
            "answers": total,
            "grounded": grounded,
            "refusals": total - grounded,
            "refusal_rate": (total - grounded) / total if total else None,
            "repealed_rate": fallen / grounded if grounded else None,
            "resting_on_repealed": fallen,
            "disputes": disputes,
            "per_day": per_day,
            "reasons": _grouped(connection, seen, answers.c.reason),
            "callers": _grouped(connection, seen, answers.c.caller),
            "most_cited": _most_cited(connection, seen),
        }


def _count(connection: Connection, *wanted: Any) -> int:
    return connection.execute(select(func.count()).select_from(answers).where(*wanted)).scalar_one()


def _per_day(connection: Connection, seen: Any) -> list[dict[str, Any]]:
    day = func.substr(answers.c.created, 1, 10)
    refused = func.sum(case((answers.c.basis == "none", 1), else_=0))
    query = select(day, func.count(), refused).where(seen).group_by(day).order_by(day)
    return [{"day": d, "answers": n, "refusals": int(r)} for d, n, r in connection.execute(query)]


def _grouped(connection: Connection, seen: Any, column: Any) -> dict[str, int]:
    query = select(column, func.count()).where(seen, column.is_not(None)).group_by(column)
    return {name: n for name, n in connection.execute(query.order_by(func.count().desc()))}


def _resting_on_fallen() -> Any:
    d = answer_documents.c
    return (
        select(d.answer)
        .join(documents, documents.c.doc_id == d.doc_id)
        .where(d.cited == 1, documents.c.status.in_(FALLEN))
    )


def _most_cited(connection: Connection, seen: Any, limit: int = 10) -> list[dict[str, Any]]:
    d = answer_documents.c
    query = (
        select(d.doc_id, documents.c.title, documents.c.status, func.count().label("answers"))
        .join(answers, answers.c.id == d.answer)
        .join(documents, documents.c.doc_id == d.doc_id)
        .where(seen, d.cited == 1)
        .group_by(d.doc_id, documents.c.title, documents.c.status)
        .order_by(func.count().desc(), d.doc_id)
        .limit(limit)
    )
    return [dict(row) for row in connection.execute(query).mappings()]
