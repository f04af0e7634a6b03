"""Documents as the interface lists them: with their revisions, their relations, their facets."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import or_, select

from kb.listing import ALL
from kb.model import Document, Filters
from kb.schema import documents, relations, revisions
from kb.store import Store
from kb.wire import document_json

BATCH = 500


def with_revisions(store: Store, found: Sequence[Document]) -> list[dict[str, Any]]:
    """The documents' JSON, their revisions read a batch at a time."""
    known: dict[str, list[Any]] = {}
    with store.engine.connect() as connection:
        for start in range(0, len(found), BATCH):
            ids = [document.id for document in found[start : start + BATCH]]
            query = (
                select(documents.c.doc_id, revisions.c.number, revisions.c.sha256, revisions.c.added)
                .join(documents, documents.c.id == revisions.c.document)
                .where(documents.c.doc_id.in_(ids))
                .order_by(revisions.c.number)
            )
            for row in connection.execute(query):
                known.setdefault(row.doc_id, []).append(row)
    return [document_json(document, known.get(document.id, ())) for document in found]


def relations_of(store: Store, document: Document, visibility: Sequence[str] = ALL) -> list[dict[str, Any]]:
    """What a document says of others and what visible others say of it, with the span that says so."""
    return _outgoing(store, document, visibility) + _incoming(store, document, visibility)


def _outgoing(store: Store, document: Document, visibility: Sequence[str]) -> list[dict[str, Any]]:
    query = (
        select(relations)
        .join(documents, documents.c.id == relations.c.document)
        .where(documents.c.doc_id == document.id)
        .order_by(relations.c.start)
    )
    with store.engine.connect() as connection:
        rows = connection.execute(query).all()
    targets = _named(store, rows, visibility)
    return [
        {
            "type": r.type, "title": r.title, "number": r.number or None, "scope": r.scope or None,
            "doc_id": targets.get(("number", r.number)) or targets.get(("title", r.title)),
            "span": [r.start, r.end], "direction": "out",
        }
        for r in rows
    ]  # fmt: skip


def _named(store: Store, rows: Iterable[Any], visibility: Sequence[str]) -> dict[tuple[str, str], str]:
    """Ids of the visible documents that relations name, by number and by title."""
    numbers = {r.number for r in rows if r.number}
    titles = {r.title for r in rows if r.title}
    query = select(documents.c.doc_id, documents.c.number, documents.c.title).where(
        documents.c.removed.is_(None),
        documents.c.visibility.in_(list(visibility)),
        or_(documents.c.number.in_(numbers), documents.c.title.in_(titles)),
    )
    found: dict[tuple[str, str], str] = {}
    with store.engine.connect() as connection:
        for row in connection.execute(query):
            found.setdefault(("number", row.number), row.doc_id)
            found.setdefault(("title", row.title), row.doc_id)
    return found


def _incoming(store: Store, document: Document, visibility: Sequence[str]) -> list[dict[str, Any]]:
    named = [relations.c.title == document.title]
    if document.number:
        named.append(relations.c.number == document.number)
    query = (
        select(
            relations,
            documents.c.doc_id,
            documents.c.title.label("by"),
            documents.c.number.label("by_number"),
        )
        .join(documents, documents.c.id == relations.c.document)
        .where(or_(*named), documents.c.removed.is_(None), documents.c.doc_id != document.id)
        .where(documents.c.visibility.in_(list(visibility)))
        .order_by(documents.c.id, relations.c.start)
    )
    with store.engine.connect() as connection:
        return [
            {
                "type": r.type, "title": r.by, "number": r.by_number, "scope": r.scope or None,
                "doc_id": r.doc_id, "span": [r.start, r.end], "direction": "in",
            }
            for r in connection.execute(query)
        ]  # fmt: skip


def facets(found: Iterable[Document]) -> dict[str, list[dict[str, Any]]]:
    """How many of the documents have each kind, status, issuer, region and year of issue."""
    counts: dict[str, Counter[str]] = {n: Counter() for n in ("kind", "status", "issuer", "region", "year")}
    for document in found:
        for name in ("kind", "status", "issuer", "region"):
            value = getattr(document, name)
            if value:
                counts[name][value] += 1
        if document.issued:
            counts["year"][str(document.issued.year)] += 1
    within = counts["region"]
    counts["region"] = Counter({r: sum(n for other, n in within.items() if other.startswith(r)) for r in within})
    return {
        name: [
            {"value": value, "count": n} for value, n in sorted(counter.items(), key=lambda i: (-i[1], i[0]))
        ]
        for name, counter in counts.items()
    }


def matching(catalog: Any, filters: Filters) -> list[Document]:
    """The documents of a searcher's catalog that a filter lets through."""
    return [catalog.documents[row] for row in catalog.matching(filters)]
