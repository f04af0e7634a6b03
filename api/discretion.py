"""What a document says of its validity, without naming what the caller may not see."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any

from kb.access import Caller
from kb.model import Document

from .doors import sees_all

if TYPE_CHECKING:
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
