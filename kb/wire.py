"""The nouns as the JSON that people and programs receive: plain values in, plain `dict`s out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any, Protocol

from .model import Answer, Citation, Claim, Document, Filters, Hit, Span


class RevisionRow(Protocol):
    """What a list of revisions tells of each: its number in the document, its text's hash, its day."""

    @property
    def number(self) -> int: ...
    @property
    def sha256(self) -> str: ...
    @property
    def added(self) -> str: ...


def document_url(doc_id: str) -> str:
    return f"/documents/{doc_id}"


def span_url(doc_id: str, start: int, end: int) -> str:
    """Where the reader opens a document with `[start, end)` highlighted."""
    return f"/documents/{doc_id}#c={start}-{end}"


def _day(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _pairs(spans: Iterable[Span]) -> list[list[int]]:
    return [[span.start, span.end] for span in spans]


def document_json(document: Document, revisions: Iterable[RevisionRow] = ()) -> dict[str, Any]:
    """The Document of the interface; `revisions` oldest first, as `Store.revisions` gives them."""
    return {
        "doc_id": document.id,
        "external_id": document.external_id,
        "title": document.title,
        "number": document.number,
        "issuer": document.issuer,
        "issued": _day(document.issued),
        "effective": _day(document.effective),
        "expires": _day(document.expires),
        "status": document.status,
        "status_reason": document.status_reason,
        "kind": document.kind,
        "region": document.region,
        "visibility": document.visibility,
        "source": document.source,
        "sha256": document.sha256,
        "revision": document.revision,
        "revisions": [{"revision": r.number, "sha256": r.sha256, "added": r.added} for r in revisions],
        "evidence": {name: [span.start, span.end] for name, span in document.evidence.items()},
        "details": dict(document.details),
        "url": document_url(document.id),
    }


def _origin(document: Document) -> dict[str, Any]:
    """What hits and citations both say of the document they come from."""
    return {
        "doc_id": document.id,
        "external_id": document.external_id,
        "title": document.title,
        "number": document.number,
        "issuer": document.issuer,
        "issued": _day(document.issued),
        "status": document.status,
        "kind": document.kind,
    }


def hit_json(hit: Hit) -> dict[str, Any]:
    passage = hit.passage
    return {
        "passage_id": int(hit.passage_id),
        **_origin(hit.document),
        "revision": hit.revision,
        "path": list(passage.path),
        "page": passage.page,
        "start": passage.start,
        "end": passage.end,
        "text": passage.text,
        "highlights": _pairs(hit.highlights),
        "score": float(hit.score),
        "ranks": {name: int(rank) for name, rank in hit.ranks.items()},
        "url": span_url(hit.document.id, passage.start, passage.end),
    }


def citation_json(citation: Citation) -> dict[str, Any]:
    return {
        "n": citation.n,
        **_origin(citation.document),
        "revision": citation.revision,
        "sha256": citation.sha256,
        "path": list(citation.path),
        "page": citation.page,
        "start": citation.start,
        "end": citation.end,
        "quote": citation.quote,
        "url": span_url(citation.document.id, citation.start, citation.end),
    }


def claim_json(claim: Claim) -> dict[str, Any]:
    return {
        "text": claim.text,
        "start": claim.start,
        "end": claim.end,
        "citations": list(claim.citations),
    }


def answer_json(answer: Answer) -> dict[str, Any]:
    return {
        "id": answer.id,
        "question": answer.question,
        "rewritten": answer.rewritten,
        "text": answer.text,
        "basis": answer.basis,
        "reason": answer.reason,
        "kind": answer.kind,
        "claims": [claim_json(claim) for claim in answer.claims],
        "citations": [citation_json(citation) for citation in answer.citations],
        "hits": [hit_json(hit) for hit in answer.hits],
        "notes": list(answer.notes),
        **within_json(filters_json(answer.filters)),
        "model": answer.model,
        "generation": answer.generation,
        "created": answer.created,
        "took_ms": round(float(answer.took_ms), 3),
    }


def within_json(filters: Mapping[str, Any]) -> dict[str, Any]:
    """What an answer tells of its `filters_json`: the day it holds for, null for the day it was given,
    and the other limits; not with whose eyes it was asked."""
    limits = {name: value for name, value in filters.items() if name not in ("as_of", "visibility")}
    return {"as_of": filters.get("as_of"), "filters": limits}


def filters_json(filters: Filters) -> dict[str, Any]:
    """The filters of a question that limit anything, and always whose eyes it was asked with."""
    limits: dict[str, Any] = {
        "kind": list(filters.kind),
        "issuer": list(filters.issuer),
        "region": list(filters.region),
        "status": list(filters.status),
        "number": filters.number,
        "issued_from": _day(filters.issued_from),
        "issued_to": _day(filters.issued_to),
        "doc_id": list(filters.doc_id),
        "as_of": _day(filters.as_of),
    }
    return {name: value for name, value in limits.items() if value} | {"visibility": list(filters.visibility)}
