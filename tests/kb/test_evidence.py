"""A revision read for evidence: sentences are slices in order, lists know their lead-in."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from kb.evidence import question_of, read
from kb.model import Clause

TEXT = (
    "关于停车的通知\n第一条 停车应当登记。收费不得超过5元！\n第二条 申请人应当具备下列条件：\n"
    "（一）年满十八周岁；\n（二）有固定住所。\n本通知自公布之日起施行。\n"
)


def test_sentences_end_at_full_stops_and_lines_and_begin_at_list_markers() -> None:
    reading = read(TEXT)
    assert [reading.of(i) for i in range(len(reading.sentences))] == [
        "关于停车的通知",
        "第一条 停车应当登记。",
        "收费不得超过5元！",
        "第二条 申请人应当具备下列条件：",
        "（一）年满十八周岁；",
        "（二）有固定住所。",
        "本通知自公布之日起施行。",
    ]


def test_a_list_knows_the_sentence_that_leads_into_it_and_each_item_its_place() -> None:
    reading = read(TEXT)
    [listing] = reading.listings
    assert reading.of(listing.lead) == "第二条 申请人应当具备下列条件："
    assert listing.items == ((4, 5), (5, 6)) and not listing.heading
    assert [(s.lead, s.item) for s in reading.sentences[4:6]] == [(3, 0), (3, 1)]


def test_a_title_is_a_heading_and_a_sentence_is_not() -> None:
    assert [s.heading for s in read(TEXT).sentences][:2] == [True, False]


def test_a_row_of_a_table_is_no_heading() -> None:
    reading = read("# 名单\n\n城市：杭州；数量：12\n城市：宁波；数量：9\n")
    assert [s.heading for s in reading.sentences] == [True, False, False]


def test_a_closing_quote_belongs_to_its_sentence() -> None:
    reading = read("他说：“应当登记。”随后离开。")
    assert reading.of(0) == "他说：“应当登记。”"


def test_an_over_long_sentence_is_cut_at_its_semicolons() -> None:
    text = "；".join("停车场经营者应当在显著位置公示收费标准和监督电话并且接受检查" for _ in range(8)) + "。"
    reading = read(text)
    assert len(reading.sentences) > 1
    assert all(reading.of(i).endswith(("；", "。")) for i in range(len(reading.sentences)))


def test_a_path_is_that_of_the_deepest_clause() -> None:
    outline = [
        Clause(0, 8, 0, "", ()),
        Clause(0, 4, 1, "第一条", ("第一条",)),
        Clause(4, 8, 1, "第二条", ("第二条",)),
    ]
    reading = read("一一一。二二二。", outline)
    assert (reading.path(1), reading.path(5)) == (("第一条",), ("第二条",))
    assert read("一。").path(0) == ()


@given(
    st.text(alphabet="停车应当登记。！？；：\n（一）（二）1.2. “”aB１😀", max_size=200),
    st.integers(0, 60),
    st.integers(0, 60),
)
def test_sentences_are_ordered_slices_that_hold_every_letter_and_within_finds_those_it_touches(
    text: str, at: int, length: int
) -> None:
    reading = read(text)
    spans = [(s.start, s.end) for s in reading.sentences]
    assert all(a < b for a, b in spans) and spans == sorted(spans)
    assert all(a[1] <= b[0] for a, b in pairwise(spans))
    covered = {i for a, b in spans for i in range(a, b)}
    assert all(i in covered for i, c in enumerate(text) if c.isalnum())
    touched = [i for i, (a, b) in enumerate(spans) if a < at + length and at < b]
    assert list(reading.within(at, at + length)) == touched or length == 0


FAQ = "政策解读\n问：哪些人可以申请？\n答：本市户籍居民。不含租户。\n\n2.问：要交什么？\n答：下列材料：\n（1）申请书；\n（2）身份证。\n咨询电话：0571-12345\n"


def test_a_question_heads_its_answer_and_no_line_after_it() -> None:
    reading = read(FAQ)
    asked = {reading.of(i): question_of(reading, i) for i in range(len(reading.sentences))}
    first, second = "问：哪些人可以申请？", "2.问：要交什么？"
    at = {reading.of(i): i for i in range(len(reading.sentences))}
    assert [asked[x] for x in (first, "答：本市户籍居民。", "不含租户。")] == [at[first]] * 3
    assert asked["答：下列材料："] == asked[second] == at[second] and reading.sentences[at[second]].heading
    assert asked["咨询电话：0571-12345"] == asked["政策解读"] == -1
