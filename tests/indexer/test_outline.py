"""Outline and passages: the laws, and the outlines real texts have."""

import time
from collections.abc import Sequence
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from indexer.outline import leaves, outline
from indexer.passages import LIMIT, _groups, _paths, passages, sentences
from kb.model import Clause, Heading, Parsed, Span, Table

LINES = st.lists(
    st.sampled_from(
        [
            "第一编 总则", "第一章 申请", "第二章　附 则", "第一节 一般规定", "第一条 为了规范申请，制定本办法。",
            "第二条 申请人应当具备下列条件：", "（一）年满十八周岁；", "（二）有固定住所。", "一、总体要求",
            "二、重点任务", "1.加强领导。", "2．落实责任", "(1)按月报送", "①台账", "普通的一段话，没有编号。", "", "   ",
            "第三条规定的期限届满后，另行通知。", "姓名：张三；金额：100元", "😀𠮷野家", "1.5亿元投资已经到位。", "长" * 400,
        ]
    ),
    max_size=30,
)  # fmt: skip
TEXTS = st.one_of(LINES.map("\n".join), st.text(max_size=600))


@given(TEXTS)
def test_every_code_point_belongs_to_exactly_one_leaf(text: str) -> None:
    parts = leaves(outline(Parsed(text)))
    assert "".join(text[leaf.start : leaf.end] for leaf in parts) == text


@given(TEXTS)
def test_children_lie_inside_their_parents_and_lengthen_their_paths(text: str) -> None:
    open_clauses = []
    for clause in outline(Parsed(text)):
        while open_clauses and open_clauses[-1].level >= clause.level:
            open_clauses.pop()
        if open_clauses:
            parent = open_clauses[-1]
            assert parent.start <= clause.start <= clause.end <= parent.end
            assert clause.path[: len(parent.path)] == parent.path
        open_clauses.append(clause)


@given(TEXTS)
def test_a_passage_is_a_slice_no_longer_than_the_limit(text: str) -> None:
    for passage in passages(text, outline(Parsed(text))):
        assert passage.text == text[passage.start : passage.end]
        assert 0 < len(passage.text) <= LIMIT


@given(TEXTS)
def test_every_visible_character_stands_in_some_passage(text: str) -> None:
    covered = set()
    for passage in passages(text, outline(Parsed(text))):
        covered.update(range(passage.start, passage.end))
    assert all(i in covered for i, character in enumerate(text) if not character.isspace())


@given(TEXTS)
def test_no_passage_reaches_over_two_articles(text: str) -> None:
    clauses = outline(Parsed(text))
    starts = [c.start for c in clauses if c.kind == "article"]
    for passage in passages(text, clauses):
        inside = [s for s in starts if passage.start < s < passage.end]
        before = [s for s in starts if s <= passage.start]
        article_ends = [c.end for c in clauses if before and c.kind == "article" and c.start == before[-1]]
        opens_inside_an_article = bool(article_ends) and passage.start < article_ends[0]
        assert len(inside) + opens_inside_an_article <= 1


@given(TEXTS)
def test_sentences_are_a_partition(text: str) -> None:
    assert "".join(span.of(text) for span in sentences(text)) == text


def test_a_regulation_has_chapters_articles_and_items() -> None:
    text = "第一章 总则\n第一条 为了规范，制定本条例。\n第二章 申请\n第七条 申请人应当具备下列条件：\n（一）成年；\n（二）有住所。\n第八条 略。"
    paths = {c.path for c in outline(Parsed(text))}
    assert ("第一章 总则", "第一条") in paths
    assert ("第二章 申请", "第七条", "（二）有住所") in paths
    assert ("第二章 申请", "第八条") in paths


def test_a_notice_has_chinese_numerals_then_brackets_then_arabic_ones() -> None:
    text = "一、总体要求\n坚持统筹。\n二、重点任务\n（一）补短板。实施项目。\n1.托育。每个社区一处。\n（二）促运营。"
    paths = [c.path for c in outline(Parsed(text)) if c.label]
    assert paths == [
        ("一、总体要求",),
        ("二、重点任务",),
        ("二、重点任务", "（一）补短板"),
        ("二、重点任务", "（一）补短板", "1.托育"),
        ("二、重点任务", "（二）促运营"),
    ]


def test_a_decimal_and_a_cited_article_open_nothing() -> None:
    text = "概况。\n1.5亿元已经到位。\n第三条规定的期限届满后另行通知。"
    assert [c.label for c in outline(Parsed(text)) if c.label] == []


def test_an_article_needs_no_blank_after_its_number_and_a_reference_is_none() -> None:
    opening = ["第一条规划先行。", "第二条项目单位应当备案。", "第三条及时清运。", "第四条至少每季一次。", "第五条所有人负责。"]
    text = "\n".join([*opening, "第一条规定的期限。", "第一条和第二条的情形。", "第二条第一款除外。", "第三条至第五条适用。"])
    labels = [clause.path[-1] for clause in outline(Parsed(text)) if clause.path]
    assert [label for label in dict.fromkeys(labels) if label.startswith("第")] == [
        "第一条", "第二条", "第三条", "第四条", "第五条",
    ]  # fmt: skip
    last = [text[c.start : c.end] for c in leaves(outline(Parsed(text))) if c.path[-1:] == ("第五条",)]
    assert "".join(last) == text[text.index("第五条所有") :]


def test_headings_of_the_format_are_nodes_and_table_rows_are_leaves() -> None:
    text = "申请指南\n说明。\n材料：身份证；份数：1份\n材料：户口簿；份数：2份\n"
    table = Table(9, 37, (Span(9, 21), Span(22, 34)))
    clauses = outline(Parsed(text, headings=(Heading(0, 4, 1),), tables=(table,)))
    assert clauses[1].label == "申请指南"
    assert [c.kind for c in leaves(clauses)] == ["lead", "paragraph", "row", "row"]


def test_a_long_paragraph_is_cut_into_overlapping_windows_at_sentence_ends() -> None:
    text = "".join(f"第{n}次检查发现问题已经整改完毕并且通过复核验收。" for n in range(1, 40))
    cut = passages(text, outline(Parsed(text)))
    assert all(p.text.endswith("。") for p in cut)
    assert all(b.start < a.end for a, b in pairwise(cut))


def naive_path(group: Sequence[Clause], start: int) -> tuple[str, ...]:
    """The path of the first leaf from `start` on that lies in an article, or else of the first."""
    inside = [leaf for leaf in group if leaf.end > start]
    for leaf in inside:
        if any(label.startswith("第") and label.endswith("条") for label in leaf.path[-2:]):
            return leaf.path
    return inside[0].path


@given(TEXTS)
def test_a_passage_is_called_after_its_first_article_or_else_its_first_leaf(text: str) -> None:
    clauses = outline(Parsed(text))
    for group in _groups(text, clauses):
        for leaf, path in zip(group, _paths(group), strict=True):
            assert leaf.start == leaf.end or path == naive_path(group, leaf.start)


def test_a_table_of_twenty_thousand_rows_is_cut_in_the_time_of_its_length() -> None:
    row = "街道：某街道；社区：某社区；户数：一百二十\n"
    rows = tuple(Span(n * len(row), (n + 1) * len(row) - 1) for n in range(20_000))
    parsed = Parsed(row * len(rows), tables=(Table(0, rows[-1].end, rows),))
    clauses = outline(parsed)
    began = time.process_time()
    assert len(passages(parsed.text, clauses)) > 1000
    assert time.process_time() - began < 10  # looking at every row for every passage took half a minute


def test_a_paragraph_after_the_items_of_an_article_is_the_article_s_again() -> None:
    text = "第四条 申请人应当具备下列条件：\n（一）年满十八周岁；\n（二）有本市户籍。\n博士研究生不受前款第二项限制。\n第五条 本办法自发布之日起施行。\n"
    paths = {text[c.start : c.end].strip()[:5]: c.path for c in leaves(outline(Parsed(text)))}
    assert paths["博士研究生"] == ("第四条",)


def test_a_number_or_day_under_the_title_is_no_chapter() -> None:
    text = "云州市养犬办法\n云政发〔2025〕1号\n第一条 甲。\n第二条 乙。\n第三条 丙。\n"
    assert [c.path for c in leaves(outline(Parsed(text))) if c.path] == [("第一条",), ("第二条",), ("第三条",)]


def test_questions_and_answers_are_clauses_and_the_foot_of_the_page_is_of_none() -> None:
    text = "解读\n问：哪些人可以申请？\n答：本市居民。\n问：要交什么？\n答：申请书。\n还要身份证。\n咨询电话：0571-12345\n"
    paths = {text[c.start : c.end].strip(): c.path for c in leaves(outline(Parsed(text)))}
    assert paths["答：本市居民。"] == ("问：哪些人可以申请？",)
    assert paths["还要身份证。"] == ("问：要交什么？",) and paths["咨询电话：0571-12345"] == ()
