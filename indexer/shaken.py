"""Which past answers does a change of documents shake? Those resting on what changed, and on what that ends."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from kb.ledger import Ledger
from kb.listing import AnswerFilters
from kb.verify import AnswerReport, verify_all

from .library import Library


def reached(library: Library, doc_ids: Collection[str]) -> list[str]:
    """The documents themselves and those that they repeal, replace or amend today, sorted."""
    changed = set(doc_ids)
    verdicts = library.verdicts(date.today())
    return sorted(changed | {id for id, verdict in verdicts.items() if changed & set(verdict.by)})


def shaken(library: Library, ledger: Ledger, doc_ids: Collection[str]) -> tuple[AnswerReport, ...]:
    """The answers that need review or no longer stand after these documents came, changed or went."""
    if not doc_ids or not ledger.count():
        return ()
    ids = {id for doc_id in reached(library, doc_ids) for id in ledger.resting_on(doc_id)}
    if not ids:
        return ()
    report = verify_all(ledger.readable([], AnswerFilters(ids=tuple(sorted(ids)))), library.store)
    return tuple(one for one in report.answers if one.standing != "stands")
