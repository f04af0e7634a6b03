"""Where does a quote written elsewhere stand? Exactly, after normalising, nearly, or nowhere."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from sqlalchemy import func, select

from .alike import Normal, marked_diff, nearest, normal, normal_text, shared, steps_between
from .errors import BadInput, TooLarge
from .fold import bracket_number
from .listing import ALL
from .model import IN_FORCE, Document, Filters
from .schema import documents, revisions
from .store import Store
from .wire import document_url, span_url

LONGEST = 10_000  # characters of a quote
NEAR = 0.6  # ratio from which a place is called near
_NUMBER = re.compile(r"\d+(?:,\d{3})*(?:[.．]\d+)?[百千万亿]*")
LONGEST_NUMBER = 32  # characters to either side of an edge that are looked at for a number
LIKELY = 6  # texts that are read for a near place, of those that share most with the quote
Text = tuple[Document, int, str]  # a document, the number of one of its revisions, that revision's text


@dataclass(frozen=True, slots=True)
class QuoteReport:
    """`text` is the slice `[start, end)` of the revision; `diff` leads from it to the quote.

    `steps` say what made them equal (全角半角, 空白, 标点, 繁简, 大小写); `also` are further
    places where the quote stands just as well.
    """

    result: Literal["exact", "normalised", "near", "not_found"]
    document: Document | None = None
    revision: int = 0
    start: int = 0
    end: int = 0
    text: str = ""
    steps: tuple[str, ...] = ()
    ratio: float = 0.0
    diff: str | None = None
    also: tuple[tuple[Document, int, int, int], ...] = ()  # (document, revision, start, end)
    note: str = ""  # why nothing was compared


def find_quote(quote: str, texts: Iterable[Text]) -> QuoteReport:
    """Compare a quote with some texts; documents in force come before others, then in the order given.

    Words that begin or end inside a number (不低于8 of 不低于85%) say something else: they are near, not equal.

    Raises `BadInput` for a quote without words and `TooLarge` for one beyond `LONGEST` characters.
    """
    quote = checked(quote)
    wanted = normal_text(quote)
    exact: list[QuoteReport] = []
    equal: list[QuoteReport] = []
    others: list[tuple[float, Text]] = []
    for document, revision, text in texts:
        at = _at(quote, text)
        if at is not None:
            end = at + len(quote)
            exact.append(QuoteReport("exact", document, revision, at, end, text[at:end], ratio=1.0))
        elif not exact:
            form = normal_text(text)
            found = _normalised(quote, wanted, document, revision, text) if wanted in form else None
            if found is not None:
                equal.append(found)
            elif not equal and (share := shared(wanted, form)):
                others.append((share, (document, revision, text)))
    if exact or equal:
        return _best(exact or equal)
    others.sort(key=lambda other: -other[0])
    return _near(quote, wanted, [text for _, text in others[:LIKELY]])


def checked(quote: str) -> str:
    quote = quote.strip()
    if not any(c.isalnum() for c in quote):
        raise BadInput("引文里没有文字；请给出要核对的原句")
    if len(quote) > LONGEST:
        raise TooLarge(f"引文有 {len(quote)} 字，超过 {LONGEST} 字的上限；请分段核对")
    return quote


def _at(quote: str, text: str) -> int | None:
    """Where a text holds a quote that cuts no number in two."""
    at = text.find(quote)
    while at >= 0 and _whole(text, at, at + len(quote)) != (at, at + len(quote)):
        at = text.find(quote, at + 1)
    return at if at >= 0 else None


def _whole(text: str, start: int, end: int) -> tuple[int, int]:
    """`[start, end)` with the whole of the numbers that it begins and ends in."""
    low, high = start, end
    for edge in (start, end):
        for number in _NUMBER.finditer(text, max(0, edge - LONGEST_NUMBER), edge + LONGEST_NUMBER):
            if number.start() < edge < number.end():
                low, high = min(low, number.start()), max(high, number.end())
    return low, high


def _normalised(quote: str, wanted: str, document: Document, revision: int, text: str) -> QuoteReport | None:
    form = normal(text)
    at = form.text.find(wanted)
    while at >= 0 and _whole(text, *_span(form, at, at + len(wanted))) != _span(form, at, at + len(wanted)):
        at = form.text.find(wanted, at + 1)
    if at < 0:
        return None
    start, end = _span(form, at, at + len(wanted))
    steps = steps_between(quote, text[start:end])
    return QuoteReport("normalised", document, revision, start, end, text[start:end], steps, 1.0)


def _span(form: Normal, start: int, end: int) -> tuple[int, int]:
    return form.offsets[start], form.offsets[end - 1] + 1


def _best(found: Sequence[QuoteReport]) -> QuoteReport:
    ranked = sorted(found, key=lambda r: r.document is not None and r.document.status not in IN_FORCE)
    also = tuple((r.document, r.revision, r.start, r.end) for r in ranked[1:11] if r.document)
    return replace(ranked[0], also=also)


def _near(quote: str, wanted: str, texts: Sequence[Text]) -> QuoteReport:
    best = QuoteReport("not_found")
    for document, revision, text in texts:
        form = normal(text)
        place = nearest(wanted, form.text)
        if place and place.ratio >= NEAR and place.ratio > best.ratio:
            start, end = _whole(text, *_span(form, place.start, place.end))
            slice_ = text[start:end]
            best = QuoteReport(
                "near", document, revision, start, end, slice_, (), min(round(place.ratio, 4), 0.9999),
                marked_diff(slice_, quote),
            )  # fmt: skip
    return best


def find_in_store(
    quote: str,
    store: Store,
    candidates: Callable[[str], Sequence[str]],
    doc_id: str | None = None,
    number: str | None = None,
    visibility: Sequence[str] = ALL,
) -> QuoteReport:
    """Compare a quote with the store: one document, those of a 文号, or all of them.

    `candidates` gives the ids of documents worth reading, best first: a search. Where no current
    text holds the quote, earlier revisions of the same documents are asked.
    Raises `NotFound` for a `doc_id` that the caller may not see or that is not there.
    """
    quote = checked(quote)
    if doc_id is not None:
        named = [store.document(doc_id, visibility)]
    elif number:
        limits = Filters(number=bracket_number(number), visibility=tuple(visibility))
        named = store.documents(limits)
        if not named:
            return QuoteReport("not_found", note=f"没有文号为 {number} 的文件；请核对文号，或不限文号再查")
    else:
        named = _holding(quote, store, visibility)
        if not named:
            ids = tuple(candidates(quote))[:50]
            listed = (
                {d.id: d for d in store.documents(Filters(doc_id=ids, visibility=tuple(visibility)))}
                if ids
                else {}
            )
            named = [listed[i] for i in dict.fromkeys(ids) if i in listed]
    now = find_quote(quote, _current(store, named))
    if now.result in ("exact", "normalised"):
        return now
    before = find_quote(quote, _earlier(store, named))
    return before if before.result in ("exact", "normalised") else now


def _current(store: Store, named: Sequence[Document]) -> Iterator[Text]:
    for document in named:
        text = store.revision_text(document.id, document.revision)
        if text is not None:
            yield document, document.revision, text


def _earlier(store: Store, named: Sequence[Document]) -> Iterator[Text]:
    for document in named:
        for number in range(document.revision - 1, 0, -1):
            text = store.revision_text(document.id, number)
            if text is not None:
                yield document, number, text


def _holding(quote: str, store: Store, visibility: Sequence[str], limit: int = 11) -> list[Document]:
    """The listed documents whose current text holds the quote as it is, by a scan in the database."""
    find = func.instr if store.engine.dialect.name == "sqlite" else func.strpos
    query = (
        select(documents.c.doc_id)
        .join(
            revisions, (revisions.c.document == documents.c.id) & (revisions.c.number == documents.c.revision)
        )
        .where(documents.c.removed.is_(None), documents.c.visibility.in_(list(visibility)))
        .where(find(revisions.c.text, quote) > 0)
        .order_by(documents.c.status.not_in(list(IN_FORCE)), documents.c.id)
        .limit(limit)
    )
    with store.engine.connect() as connection:
        ids = tuple(connection.execute(query).scalars())
    return _listed(store, ids, visibility)


def _listed(store: Store, ids: Sequence[str], visibility: Sequence[str]) -> list[Document]:
    """Those of the documents that the caller may see, in the order of `ids`."""
    if not ids:
        return []
    limits = Filters(doc_id=tuple(ids), visibility=tuple(visibility))
    listed = {document.id: document for document in store.documents(limits)}
    return [listed[id] for id in dict.fromkeys(ids) if id in listed]


def _url(document: Document, revision: int, start: int, end: int) -> str:
    """The reader shows the current revision unless told of another."""
    if revision == document.revision:
        return span_url(document.id, start, end)
    return f"{document_url(document.id)}?revision={revision}#c={start}-{end}"


def quote_json(report: QuoteReport) -> dict[str, Any]:
    """The report of `POST /api/verify`; what is not found has null places."""
    document = report.document
    return {
        "result": report.result,
        "steps": list(report.steps),
        "doc_id": document.id if document else None,
        "external_id": document.external_id if document else None,
        "revision": report.revision if document else None,
        "current": report.revision == document.revision if document else None,
        "title": document.title if document else None,
        "number": document.number if document else None,
        "status": document.status if document else None,
        "start": report.start if document else None,
        "end": report.end if document else None,
        "text": report.text if document else None,
        "diff": report.diff,
        "ratio": report.ratio,
        "note": report.note or None,
        "url": _url(document, report.revision, report.start, report.end) if document else None,
        "also": [
            {"doc_id": d.id, "title": d.title, "revision": r, "start": s, "end": e, "url": _url(d, r, s, e)}
            for d, r, s, e in report.also
        ],
    }
