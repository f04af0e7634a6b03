"""What the tools of `/mcp` give: plain values, as far as the caller may see."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from kb.access import Caller
from kb.errors import BadInput
from kb.fold import bracket_number
from kb.model import Document, Filters, Hit, Question
from kb.wire import answer_json, document_json, document_url

from .asking import Conversation
from .discretion import discreet
from .doors import seen_by
from .links import span_address
from .listing import relations_of
from .originals import revision_of
from .quoting import find_quote
from .schemas import clean

if TYPE_CHECKING:
    from .service import Service

LONGEST_TEXT = 100_000  # characters of a text that fetch gives at once
TOLD = ("doc_id", "number", "issuer", "issued", "effective", "expires", "status", "kind", "region")


def searched(service: Service, caller: Caller, base: str, query: str, k: int) -> dict[str, Any]:
    hits = service.library.search(_words(query), seen_by(caller), k)
    return {"results": [_result(hit, base) for hit in hits]}


def _result(hit: Hit, base: str) -> dict[str, Any]:
    p, d = hit.passage, hit.document
    place = " › ".join(p.path)
    return {
        "id": f"{d.id}@{hit.revision}#{p.start}-{p.end}",
        "title": f"{d.title}{f' · {place}' if place and place != d.title else ''}",
        "url": span_address(base, d.id, hit.revision, p.start, p.end),
        "text": p.text,
    }


def fetched(service: Service, caller: Caller, base: str, id: str) -> dict[str, Any]:
    """A whole text, or the stretch that an id of `searched` names in the revision it was found in."""
    name, _, span = id.partition("#")
    doc_id, _, number = name.partition("@")
    store = service.library.store
    document = store.document(doc_id, caller.visibility)
    revision = revision_of(store, caller, doc_id, _revision(number))
    start, end = _span(span, len(revision.text))
    metadata = document_json(document)
    whole = base + document_url(doc_id)
    return {
        "id": id,
        "title": document.title,
        "text": revision.text[start:end],
        "url": span_address(base, doc_id, revision.number, start, end) if span else whole,
        "metadata": {
            **{name: metadata[name] for name in TOLD},
            "revision": revision.number,
            "sha256": revision.sha256,
            "start": start,
            "end": end,
            "length": len(revision.text),
            "truncated": not span and end < len(revision.text),
        },
    }


def _revision(number: str) -> int | None:
    if not number:
        return None
    if not (number.isascii() and number.isdigit() and len(number) < 8):
        raise _bad_id()
    return int(number)


def _span(text: str, length: int) -> tuple[int, int]:
    if not text:
        return 0, min(length, LONGEST_TEXT)
    first, _, last = text.partition("-")
    if not (text.isascii() and first.isdigit() and last.isdigit() and len(text) < 30):
        raise _bad_id()
    start = min(int(first), length)
    return start, max(start, min(int(last), length, start + LONGEST_TEXT))


def _bad_id() -> BadInput:
    return BadInput("id 不合要求；请用 search 给出的 id，形如 文档编号 或 文档编号@版本#起-止")


def asked(
    service: Service, caller: Caller, base: str, question: str, as_of: str | None, k: int
) -> dict[str, Any]:
    """The Answer of the interface, with absolute addresses."""
    wanted = Question(_words(question), (), seen_by(caller, Filters(as_of=_day(as_of))), k)
    answer = answer_json(Conversation(service, wanted, caller).answer())
    for one in (*answer["citations"], *answer["hits"]):
        one["url"] = span_address(base, one["doc_id"], one["revision"], one["start"], one["end"])
    return answer


def verified(
    service: Service, caller: Caller, base: str, quote: str, doc_id: str | None, number: str | None
) -> dict[str, Any]:
    found = find_quote(service, caller, _words(quote), doc_id, number)
    return {**found, "url": base + str(found["url"]) if found["url"] else None}


def validity(service: Service, caller: Caller, base: str, wanted: str, as_of: str | None) -> dict[str, Any]:
    """The documents meant by an id, a number or a title, with their validity on a day."""
    library = service.library
    day = _day(as_of)
    rows = []
    for document in _named(service, caller, _words(wanted))[:10]:
        now = discreet(service, caller, library.on_day(document, day) if day else document, day)
        relations = relations_of(library.store, now, caller.visibility)
        rows.append({**document_json(now), "url": base + document_url(now.id), "relations": relations})
    return {"query": wanted, "as_of": as_of, "documents": rows}


def _named(service: Service, caller: Caller, wanted: str) -> list[Document]:
    """Documents by id, number or title, in that order; else those a search finds nearest."""
    library = service.library
    for filters in (Filters(doc_id=(wanted,)), Filters(number=bracket_number(wanted))):
        if found := library.store.documents(seen_by(caller, filters), limit=10):
            return found
    title = wanted.strip("《》")
    catalog = library.searcher().catalog
    titled = [d for d in catalog.documents.values() if d.title == title and d.visibility in caller.visibility]
    if titled:
        return titled
    hits = library.search(wanted, seen_by(caller), 10)
    return list({hit.document.id: hit.document for hit in hits}.values())[:3]


def _words(text: str) -> str:
    words = clean(text)
    if not words:
        raise BadInput("内容是空的；请写出要查的内容")
    return words


def _day(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise BadInput(f"日期 {text!r} 不合法；请写成 2024-01-31") from None
