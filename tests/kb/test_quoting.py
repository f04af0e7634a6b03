"""Choosing what to quote: the whole list where one is asked for, few sentences elsewhere."""

from __future__ import annotations

import numpy as np
import pytest

from indexer.embed import load_embedder
from indexer.outline import outline
from indexer.words import Words
from kb.evidence import read
from kb.evidence_asked import WordVectors, asked
from kb.evidence_features import Candidate, Source
from kb.model import Parsed
from kb.quoting import MOST_SENTENCES, Pick, _picks, choose
from kb.understand import understand

LIST = "城乡风貌整治提升专项行动包括：\n1. 基础设施更新改造；\n2. 公共服务补短板；\n3. 特色街道整治提升。\n本通知自公布之日起施行。\n"
FACTS = "停车场应当登记。停车收费每小时不得超过五元。违反规定的，责令改正。\n其他事项另行通知。\n"


@pytest.fixture(scope="module")
def ask():  # type: ignore[no-untyped-def]
    """`ask(question, text, best)`: what is chosen where the sentence that begins with `best` is believed."""
    words = Words()
    vectors = WordVectors(load_embedder().encode)

    def chosen(question: str, text: str, best: str, belief: float = 0.9) -> tuple[list[Pick], str]:
        source = Source(read(text), "通知")
        found = [Candidate(source, 0, i, -1) for i in range(len(source.reading.sentences))]
        at = next(i for i in range(len(found)) if source.reading.of(i).startswith(best))
        share = np.full(len(found), (1 - belief) / max(len(found) - 1, 1), np.float32)
        share[at] = belief
        tokens = words.index_tokens(question)
        understood = understand(question, tokens)
        weighted = tuple((word, 1.0) for word in understood.focus)
        picks = choose(asked(understood, weighted, (), vectors), found, share)
        return picks, "".join(text[a:b] for pick in picks for a, b in pick.spans)

    return chosen


@pytest.mark.parametrize("best", ["城乡风貌", "2. 公共"])
def test_a_question_for_a_list_gets_the_whole_list_with_its_lead_in(ask, best: str) -> None:  # type: ignore[no-untyped-def]
    [pick], quoted = ask("城乡风貌整治提升专项行动有哪些？", LIST, best)
    assert pick.form == "list"
    assert quoted == LIST[: LIST.index("\n本通知")]


def test_a_question_for_a_figure_gets_its_sentence_and_not_what_stands_before_or_far_after(ask) -> None:  # type: ignore[no-untyped-def]
    [pick], quoted = ask("停车收费每小时不得超过多少元？", FACTS, "停车收费")
    assert quoted.startswith("停车收费每小时不得超过五元。") and pick.form == "sentence"
    assert "登记" not in quoted and "其他事项" not in quoted


def test_never_more_than_a_few_sentences_are_quoted(ask) -> None:  # type: ignore[no-untyped-def]
    picks, _ = ask("停车有什么规定？", FACTS, "停车场", belief=0.3)
    assert 1 <= sum(len(pick.spans) for pick in picks) <= MOST_SENTENCES


def test_a_sentence_that_points_back_brings_the_one_it_points_to(ask) -> None:  # type: ignore[no-untyped-def]
    text = "浙里未来社区在线由省里部署。该应用获评最佳应用。\n"
    _, quoted = ask("哪个应用获评最佳应用？", text, "该应用")
    assert quoted == text.strip()


def test_sentences_of_two_articles_are_two_quotes() -> None:
    text = "第一条 停车场应当登记。停车场应当明码标价。\n第二条 停车每小时五元。\n"
    source = Source(read(text, outline(Parsed(text))), "停车办法")
    found = [Candidate(source, 0, i, 0) for i in range(len(source.reading.sentences))]
    one, other, third = ((0, i) for i in range(3))
    [pick] = _picks(found, np.full(3, 1 / 3, np.float32), [one, other, third])
    assert [text[a:b] for a, b in pick.spans] == ["第一条 停车场应当登记。停车场应当明码标价。", "第二条 停车每小时五元。"]


@pytest.mark.parametrize(("more", "form"), [(1, "list"), (14, "sentence")])
def test_a_long_text_is_no_list_of_its_chapters(ask, more: int, form: str) -> None:  # type: ignore[no-untyped-def]
    inside, outside = "室内车位每月不超过80元，按月缴纳。" * more, "露天车位每月不超过50元，按月缴纳。" * more
    text = f"云州市停车收费标准\n一、室内\n{inside}\n二、露天\n{outside}\n"
    [pick], _ = ask("云州市停车收费标准分别是多少？", text, "云州市")
    assert pick.form == form


@pytest.mark.parametrize(("more", "form"), [(3, "list"), (40, "sentence")])
def test_the_first_sentences_of_long_items_are_an_outline_and_no_answer(ask, more: int, form: str) -> None:  # type: ignore[no-untyped-def]
    rest = "缴费确有困难的，由单位提出申请。" * more
    text = "".join(
        ["现就有关事项通知如下：\n", *(f"{n}、{what}。{rest}\n" for n, what in zip("一二三", ("扩大缓缴范围", "明确申请条件", "优化办理流程"), strict=True))]
    )
    picks, quoted = ask("旅行社缓缴要符合哪些条件？", text, "二、明确申请条件")
    assert picks[0].form == form and ("扩大缓缴范围" in quoted) is (form == "list")


def test_nothing_found_gives_nothing_to_quote() -> None:
    words = asked(understand("停车", ["停车"]), (("停车", 1.0),), (), WordVectors(load_embedder().encode))
    assert choose(words, [], np.zeros(0, np.float32)) == []


STEPS = "停车场分级收费：\n（一）一级每小时五元；\n（二）二级每小时三元。\n另行通知。\n"


@pytest.mark.parametrize("question", ["停车场分几级，分别收多少元？", "停车收费按什么档次收？"])
def test_figures_asked_for_severally_bring_their_whole_list(ask, question: str) -> None:  # type: ignore[no-untyped-def]
    [pick], quoted = ask(question, STEPS, "（一）")
    assert pick.form == "list" and "五元" in quoted and "三元" in quoted


def test_one_figure_asked_for_does_not_bring_its_whole_list(ask) -> None:  # type: ignore[no-untyped-def]
    _, quoted = ask("一级停车场每小时收多少元？", STEPS, "（一）")
    assert "五元" in quoted and "三元" not in quoted


TARIFF = "收费见下表。\n" + "".join(f"类别：{name}；收费标准（元）：{n}\n" for n, name in enumerate("澡堂 苗圃 茶馆 集市 工坊".split(), 2))


@pytest.mark.parametrize("best", ["类别：澡堂", "收费见下表"])
def test_all_rows_of_a_short_table_are_quoted_where_they_are_asked_for(ask, best: str) -> None:  # type: ignore[no-untyped-def]
    _, quoted = ask("收费标准有哪些？", TARIFF, best, belief=0.3)
    assert all(name in quoted for name in "澡堂 苗圃 茶馆 集市 工坊".split())


def test_one_row_asked_for_does_not_bring_the_table(ask) -> None:  # type: ignore[no-untyped-def]
    _, quoted = ask("茶馆收多少元？", TARIFF, "类别：茶馆")
    assert "茶馆" in quoted and "澡堂" not in quoted and "工坊" not in quoted


NOTICE = "松江市茶园补助通知\n各区县（市）财政局：\n一、茶园补助每亩五百元；\n二、茶园补助每年三月申请。\n"


@pytest.mark.parametrize("question", ["茶园补助每亩多少元？", "茶园补助有哪些规定？"])
def test_whom_a_text_is_addressed_to_leads_into_no_list(ask, question: str) -> None:  # type: ignore[no-untyped-def]
    _, quoted = ask(question, NOTICE, "一、茶园")
    assert "五百元" in quoted and "财政局" not in quoted


def test_a_body_whose_duties_are_listed_leads_into_them(ask) -> None:  # type: ignore[no-untyped-def]
    text = "茶园分工如下。\n市财政局：\n（一）拨付茶园补助；\n（二）检查茶园账册。\n"
    _, quoted = ask("市财政局有哪些分工？", text, "（一）")
    assert quoted.startswith("市财政局：") and "检查茶园账册" in quoted


def test_the_list_believed_most_is_quoted_though_a_single_sentence_stands_first(ask) -> None:  # type: ignore[no-untyped-def]
    text = "停车场应当登记。\n禁止下列行为：\n（一）占用消防通道；\n（二）私设地锁；\n（三）堆放杂物。\n"
    [pick], quoted = ask("停车有哪些行为被禁止？", text, "停车场应当登记", belief=0.25)
    assert pick.form == "list" and quoted.startswith("禁止下列行为") and "堆放杂物" in quoted


@pytest.mark.parametrize(("count", "whole"), [("四", True), ("五", False), ("两", False)])
def test_of_a_question_that_says_how_many_the_list_of_just_so_many_is_quoted(ask, count: str, whole: bool) -> None:  # type: ignore[no-untyped-def]
    text = "类别：办法；层数：四级；\n类别：机制；层数：六级；\n茶园分级自上而下为：\n1. 省；\n2. 市；\n3. 县；\n4. 乡。\n"
    _, quoted = ask(f"茶园分级是哪{count}级？", text, "类别：办法", belief=0.4)
    assert (quoted == text[text.index("茶园") :].rstrip()) is whole
