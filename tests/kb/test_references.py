"""A penalty leads to the rule whose breach it punishes."""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import date

import pytest

from indexer.outline import outline
from kb.evidence import read
from kb.model import Parsed
from kb.references import asks_whether_allowed, later_articles, rules_behind

TEXT = (
    "松江镇码头办法\n\n第一条 为管好码头，制定本办法。\n\n第五条 船舶应当凭证进港。\n\n船舶不得在港内焚烧垃圾。\n\n"
    "第六条 禁止下列行为：\n\n（一）在码头钓鱼；\n\n（二）在跳板上晾晒渔网。\n\n"
    "第九条 违反本办法第五条第二款规定，焚烧垃圾的，处五千元罚款。\n\n第十条 违反本办法第六条第二项规定的，予以警告。\n\n"
    "第十一条 违反本办法第二十条规定的，处二百元罚款。\n"
)


def rule(words: str) -> list[str]:
    start = TEXT.index(words)
    spans = rules_behind(read(TEXT, outline(Parsed(TEXT))), [(start, TEXT.index("\n", start))])
    return [TEXT[a:b] for a, b in spans]


def test_the_paragraph_or_item_named_is_the_rule() -> None:
    assert rule("第九条") == ["船舶不得在港内焚烧垃圾。"]
    assert rule("第十条") == ["（二）在跳板上晾晒渔网。"]


def test_an_article_that_is_not_there_and_a_text_without_reference_lead_nowhere() -> None:
    assert rule("第十一条") == []
    assert rule("第五条 船舶") == []


def test_articles_that_apply_later_are_told_and_a_page_of_numbers_is_read_at_once() -> None:
    text = "第一条 甲。\n\n第二条 乙。\n\n第三条 本办法自2024年1月1日起施行，第一条、第二条自2099年1月1日起施行。\n"
    reading = read(text, outline(Parsed(text)))
    assert later_articles(reading, [(0, 5)], date(2026, 1, 1)) == [("第一条", date(2099, 1, 1))]
    assert later_articles(reading, [(0, 5)], date(2100, 1, 1)) == []
    numbers = read("第一条 甲。\n" + "第一条、" * 20_000)
    began = time.process_time()
    assert later_articles(replace(numbers, clauses=reading.clauses, clause_starts=reading.clause_starts), [(0, 5)], date(2026, 1, 1)) == []
    assert time.process_time() - began < 1


@pytest.mark.parametrize(
    ("question", "asks"),
    [
        ("港里能烧垃圾吗？", True),
        ("这样做允许吗？不改怎么罚", True),
        ("跳板上可不可以晒网", True),
        ("晒网是否违规？", True),
        ("焚烧垃圾罚多少？", False),
        ("能烧多少垃圾？", False),
    ],
)
def test_whether_something_is_allowed(question: str, asks: bool) -> None:
    assert asks_whether_allowed(question) is asks
