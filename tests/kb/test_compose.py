"""Composing: every quote is a slice with its number, and the answer says where it comes from."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.compose import caution, compose, edition, page_of, refusal_text, source_name
from kb.evidence import read
from kb.model import Clause, Document, Revision, Span
from kb.quoting import Pick

TEXT = "第一条 停车应当登记。收费不得超过5元。"
OUTLINE = (Clause(0, len(TEXT), 1, "第一条", ("第一章 总则", "第一条")),)


def document(id: str = "d", kind: str = "policy", number: str | None = None) -> Document:
    return Document(id, f"{id}办法", "a.txt", 1, "0", kind=kind, number=number)  # type: ignore[arg-type]


def revision(text: str = TEXT, pages: tuple[Span, ...] = ()) -> Revision:
    return Revision("d", 1, "0", text, OUTLINE, "", pages)


def pick(*spans: tuple[int, int], of: int = 0) -> Pick:
    return Pick(of, spans, 1.0, "sentence")


def test_an_answer_names_its_source_and_quotes_it_with_a_number() -> None:
    made = compose(
        [pick((0, 11))], [document(number="某政发〔2020〕1号")], [revision()], [read(TEXT, OUTLINE)]
    )
    assert made.text == "根据《d办法》（某政发〔2020〕1号）第一条：\n第一条 停车应当登记。[1]"
    [citation] = made.citations
    assert (citation.quote, citation.path, citation.page) == (
        "第一条 停车应当登记。",
        ("第一章 总则", "第一条"),
        None,
    )
    assert made.kind == "policy"


@given(st.lists(st.tuples(st.integers(0, len(TEXT)), st.integers(0, len(TEXT))), min_size=1, max_size=4))
def test_every_quote_and_every_claim_is_a_slice(pairs: list[tuple[int, int]]) -> None:
    spans = [(min(p), max(p)) for p in pairs]
    made = compose([pick(*spans)], [document()], [revision()], [read(TEXT, OUTLINE)])
    assert all(c.quote == TEXT[c.start : c.end] for c in made.citations)
    assert all(made.text[c.start : c.end] == c.text for c in made.claims)
    assert all(made.text[c.end :].startswith(f"[{c.citations[0]}]") for c in made.claims)
    assert [c.n for c in made.citations] == list(range(1, len(set(spans)) + 1))


def test_documents_of_different_kinds_stand_under_their_kind() -> None:
    documents = [document("甲", "standard"), document("乙", "case")]
    made = compose(
        [pick((0, 11)), pick((11, 20), of=1)], documents, [revision(), revision()], [read(TEXT)] * 2
    )
    assert made.kind == "mixed"
    assert (
        made.text.index("【标准】")
        < made.text.index("甲办法")
        < made.text.index("【案例】")
        < made.text.index("乙办法")
    )


def test_the_article_is_named_only_where_all_quotes_share_it() -> None:
    assert source_name(document(), [("第一条",), ("第二条",)]) == "根据《d办法》"
    assert source_name(document(), [("一、总则",)]) == "根据《d办法》"


def test_the_page_is_the_last_one_that_begins_before_the_quote() -> None:
    pages = (Span(0, 10), Span(12, 20))
    assert [page_of(revision(pages=pages), at) for at in (0, 9, 11, 12)] == [1, 1, 1, 2]


@pytest.mark.parametrize(
    "reason", ["no_hit", "below_threshold", "not_in_force", "out_of_scope", "quote_unverified", "conflict"]
)
def test_a_refusal_is_one_polite_sentence(reason: str) -> None:
    text = refusal_text(reason, [document()])  # type: ignore[arg-type]
    assert text.startswith("抱歉") and text.endswith("。") and text.count("。") == 1


def test_a_refusal_names_what_is_missing_and_the_nearest_document() -> None:
    text = refusal_text("below_threshold", [document()], "2030年")
    assert "关于2030年" in text and "《d办法》" in text


def test_texts_of_one_title_are_told_apart_by_their_dates() -> None:
    old, new = (replace(document(id), title="停车办法", issued=date(year, 6, 1)) for id, year in (("a", 2012), ("b", 2026)))
    picks = [pick((0, 11)), pick((0, 11), of=1)]
    made = compose(picks, [old, new], [revision(), revision()], [read(TEXT, OUTLINE)] * 2)
    assert "《停车办法》（2012年6月1日成文）第一条" in made.text and "《停车办法》（2026年6月1日成文）第一条" in made.text
    warned = caution(replace(new, status="not_yet"), [()], edition(new, [old, new]))
    assert warned == "注意：《停车办法》（2026年6月1日成文）尚未施行"
    assert edition(old, [old]) == "" and edition(old, [old, replace(new, title="收费办法")]) == ""
