"""What a document says of its validity, and the ledger of its chain, without telling of what the caller may not see."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any

from kb.access import Caller
from kb.listing import AnswerFilters
from kb.model import Document

from .doors import sees_all

if TYPE_CHECKING:
    from kb.chain_check import ChainReport

    from .service import Service


def discreet(service: Service, caller: Caller, document: Document, day: date | None = None) -> Document:
    """The document, its reason withheld where another brought it about that the caller may not see.

    The status itself stays true: nobody is told that a repealed text is in force.
    """
    if sees_all(caller) or document.status_reason is None:
        return document
    library = service.library
    verdict = library.verdicts(day or library.store.status_day() or date.today()).get(document.id)
    catalog = library.searcher().catalog
    for doc_id in verdict.by if verdict else ():
        row = catalog.by_id.get(doc_id)
        if row is None or catalog.documents[row].visibility not in caller.visibility:
            return replace(document, status_reason=None)
    return document


def status_proof(service: Service, caller: Caller, document: Document) -> dict[str, Any] | None:
    """The words that decide the document's status: in it or in the one that repealed or amended it.

    None where nothing in a text does, or the caller may not see the text that does.
    """
    library = service.library
    verdict = library.verdicts(library.store.status_day() or date.today()).get(document.id)
    if verdict is None or verdict.proof is None:
        return None
    catalog = library.searcher().catalog
    row = catalog.by_id.get(verdict.proof.document)
    if row is None or catalog.documents[row].visibility not in caller.visibility:
        return None
    span = verdict.proof.span
    return {"doc_id": verdict.proof.document, "title": catalog.documents[row].title, "span": [span.start, span.end]}


_ELSEWHERE = "账本里有一处与当时不符，不在这个密钥的可见范围之内；请管理员用 `kb verify` 查看是哪一条"


def seen_chain(service: Service, caller: Caller, report: ChainReport) -> dict[str, Any]:
    """Is the chain whole? How many records it has, and which of them are broken, is for those who may see them.

    That something is wrong stays true, and is said without a place where the place is hidden.
    """
    told = report.json()
    if not sees_all(caller):
        named = tuple({one.id for one in report.breaks if one.id is not None})
        seen = set(service.assistant.ledger.ids(AnswerFilters(ids=named), caller.visibility)) if named else set()
        breaks = [one for one in told["breaks"] if one["id"] in seen]
        if len(breaks) < len(report.breaks):
            breaks.append({"seq": None, "id": None, "problem": _ELSEWHERE})
        told = {"ok": report.ok, "breaks": breaks}
    return {**told, "broken": told["breaks"]}
