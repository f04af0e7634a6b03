"""What the tools of `/mcp` give: plain values, as far as the caller may see."""

from __future__ import annotations

import re
from datetime import date
from difflib import SequenceMatcher
from typing import TYPE_CHECKING, Any

from kb.access import Caller
from kb.errors import BadInput
from kb.fold import bracket_number, find_numbers
from kb.model import Document, Filters, Hit, Question
from kb.validity.titles import plain, title_keys, without_version
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
MOST_NAMED = 10  # documents that one number or title may mean
ALIKE = 0.6  # share of characters that two titles have in common (difflib), above which one may be meant by the other
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
    """The documents that bear an id, a number or a title, with their validity on a day.

    Where none does, `documents` is empty: another document's validity is no answer. `similar` then names
    those with a title like it, without a word on their validity.
    """
    library = service.library
    day = _day(as_of)
    rows = []
    named = _named(service, caller, _words(wanted))
    for document in named:
        now = discreet(service, caller, library.on_day(document, day) if day else document, day)
        relations = relations_of(library.store, now, caller.visibility)
        rows.append({**document_json(now), "url": base + document_url(now.id), "relations": relations})
    similar = [] if named else _similar(service, caller, _words(wanted))
    told = [
        {"doc_id": d.id, "title": d.title, "number": d.number, "url": base + document_url(d.id)}
        for d in similar
    ]
    return {"query": wanted, "as_of": as_of, "documents": rows, "similar": told}


def _named(service: Service, caller: Caller, wanted: str) -> list[Document]:
    """The documents that really bear an id, a number or a title, tried in that order."""
    library = service.library
    number = _number(wanted)
    for filters in (Filters(doc_id=(wanted,)), *([Filters(number=number)] if number else [])):
        if found := library.store.documents(seen_by(caller, filters), limit=MOST_NAMED):
            return found
    seen = (d for d in library.searcher().catalog.documents.values() if d.visibility in caller.visibility)
    return [document for document in seen if goes_by(document.title, wanted)][:MOST_NAMED]


def _number(wanted: str) -> str | None:
    """The 文号 that is asked for, alone or set apart from a title: 《某办法》（某政发〔2023〕1号）.

    None where it stands amid other words: 关于废止某政发〔2023〕1号的通知 is another document.
    """
    numbers = find_numbers(wanted)
    if not numbers:
        return bracket_number(wanted)  # typed without brackets, or of a shape of its own
    start, end, number = numbers[0]
    before, after = wanted[:start], wanted[end:]
    apart = not plain(before[-1:]) and not plain(after[:1])
    return number if len(numbers) == 1 and apart and not (plain(before) and plain(after)) else None


def goes_by(title: str, wanted: str) -> bool:
    """Whether a document is known by a wanted title, or is the text that title issues; if both say which
    version, the same."""
    own, asked = title_keys(title), title_keys(wanted)
    if not own or not asked or (asked[0] not in own and own[0] not in asked):
        return False
    mine, theirs = _version(title), _version(wanted)
    return mine.startswith(theirs) or theirs.startswith(mine)


def _version(title: str) -> str:
    """The figures of （2020年修订） and the like; "" without any."""
    return re.sub(r"\D", "", title[len(without_version(title)) :])


def _similar(service: Service, caller: Caller, wanted: str) -> list[Document]:
    """Of the documents that a search finds, those with a title like the wanted one."""
    title = wanted
    for start, end, _ in reversed(find_numbers(wanted)):
        title = title[:start] + title[end:]
    if not (title := plain(title)):
        return []  # a number is like no other
    found = {hit.document.id: hit.document for hit in service.library.search(wanted, seen_by(caller), 10)}
    return [document for document in found.values() if _alike(title, plain(document.title))][:3]


def _alike(one: str, other: str) -> bool:
    return one in other or other in one or SequenceMatcher(None, one, other).ratio() >= ALIKE


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
