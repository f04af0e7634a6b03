"""Where a quote stands among the documents a caller may see."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kb.access import Caller
from kb.quotes import find_in_store, quote_json

from .doors import seen_by
from .schemas import clean

if TYPE_CHECKING:
    from .service import Service


def find_quote(
    service: Service, caller: Caller, quote: str, doc_id: str | None, number: str | None
) -> dict[str, Any]:
    """The report of `POST /api/verify`."""
    library = service.library

    def candidates(words: str) -> list[str]:
        hits = library.search(clean(words)[:500], seen_by(caller), 50)
        return [hit.document.id for hit in hits]

    report = find_in_store(clean(quote), library.store, candidates, doc_id, number, caller.visibility)
    return quote_json(report)
