"""The JSON has every field the interface names, and nothing in it is more than plain values."""

import json
from dataclasses import replace
from datetime import date
from pathlib import Path

from ledger_samples import added, citing, draft, opened, refusal

from kb.model import Document, Filters, Hit, Passage, Span
from kb.wire import answer_json, document_json, filters_json, hit_json

DOCUMENT = Document(
    "d1", "办法", "办法.docx", 2, "ab" * 32, "x7", "浙政发〔2023〕1号", "浙江省人民政府", date(2023, 1, 17),
    date(2023, 2, 1), None, "in_force", "自2023年2月1日起施行", "standard", "浙江", "public",
    {"number": Span(3, 13)}, {"recipients": "各市"},
)  # fmt: skip
HIT = Hit(
    7,
    DOCUMENT,
    2,
    Passage(4, 10, "补助三百元。", ("第一条",), 3),
    0.5,
    {"lexical": 1, "dense": 4},
    (Span(0, 2),),
)


def test_a_document_has_every_field_of_the_interface(tmp_path: Path) -> None:
    store, _ = opened(tmp_path)
    document = added(store, "甲")
    store.write([draft("甲", "改")])
    shown = document_json(store.document(document.id), store.revisions(document.id))
    assert set(shown) >= {
        "doc_id", "external_id", "title", "number", "issuer", "issued", "effective", "expires", "status",
        "status_reason", "kind", "region", "visibility", "source", "sha256", "revision", "revisions",
        "evidence", "url",
    }  # fmt: skip
    assert [(r["revision"], r["sha256"]) for r in shown["revisions"]][1] == (2, shown["sha256"])
    assert json.loads(json.dumps(shown)) == shown


def test_dates_are_iso_and_unknown_is_null() -> None:
    shown = document_json(DOCUMENT)
    assert (shown["issued"], shown["effective"], shown["expires"]) == ("2023-01-17", "2023-02-01", None)
    assert shown["evidence"] == {"number": [3, 13]} and shown["url"] == "/documents/d1"


def test_a_hit_is_shown_as_the_interface_says() -> None:
    assert hit_json(HIT) == {
        "passage_id": 7, "doc_id": "d1", "external_id": "x7", "revision": 2, "title": "办法",
        "number": "浙政发〔2023〕1号", "issuer": "浙江省人民政府", "issued": "2023-01-17",
        "status": "in_force", "kind": "standard", "path": ["第一条"], "page": 3,
        "start": 4, "end": 10, "text": "补助三百元。",
        "highlights": [[0, 2]], "score": 0.5, "ranks": {"lexical": 1, "dense": 4},
        "url": "/documents/d1#c=4-10",
    }  # fmt: skip


def test_an_answer_shows_claims_citations_and_hits(tmp_path: Path) -> None:
    store, _ = opened(tmp_path)
    document = added(store, "甲")
    shown = answer_json(citing(store, [document], hits=(HIT,), rewritten="重写", notes=("请核对",), id="a"))
    assert set(shown) == {
        "id", "question", "rewritten", "text", "basis", "reason", "kind", "claims", "citations", "hits",
        "notes", "as_of", "filters", "model", "generation", "created", "took_ms",
    }  # fmt: skip
    (citation,), (claim,) = shown["citations"], shown["claims"]
    assert set(citation) >= {
        "n", "doc_id", "external_id", "revision", "sha256", "title", "number", "issuer", "issued", "status",
        "path", "page", "start", "end", "quote", "url",
    }  # fmt: skip
    assert store.revision(document.id).text[citation["start"] : citation["end"]] == citation["quote"]
    assert shown["text"][claim["start"] : claim["end"]] == claim["text"] and claim["citations"] == [1]
    assert citation["url"] == f"/documents/{document.id}#c={citation['start']}-{citation['end']}"
    assert json.loads(json.dumps(shown)) == shown


def test_a_refusal_has_a_reason_and_no_citation() -> None:
    shown = answer_json(refusal(HIT))
    assert (shown["basis"], shown["reason"], shown["citations"]) == ("none", "no_hit", [])
    assert shown["hits"] == [hit_json(HIT)]


def test_an_answer_says_for_which_day_and_within_which_limits_it_was_asked() -> None:
    within = Filters(kind=("case",), as_of=date(2028, 1, 1), visibility=("restricted",))
    shown = answer_json(replace(refusal(), filters=within))
    assert (shown["as_of"], shown["filters"]) == ("2028-01-01", {"kind": ["case"]})
    assert (answer_json(refusal())["as_of"], answer_json(refusal())["filters"]) == (None, {})


def test_filters_say_only_what_limits_and_who_sees() -> None:
    assert filters_json(Filters(kind=("case",), as_of=date(2024, 5, 1), visibility=("public",))) == {
        "kind": ["case"], "as_of": "2024-05-01", "visibility": ["public"],
    }  # fmt: skip
