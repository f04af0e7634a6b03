"""Follow-ups: a short question takes what it lacks from the one before; a whole one is left alone."""

from __future__ import annotations

import re

import pytest

from indexer.embed import load_embedder
from indexer.gather import places
from indexer.words import Words
from kb.history import Tools, listed, readings, topic
from kb.model import Turn


@pytest.fixture(scope="module")
def tools() -> Tools:
    """The shipped words, embedder and place names."""
    words, embedder = Words(), load_embedder()

    def likeness(word: str, others: list[str]) -> list[float]:
        rows = embedder.encode([word, *others])
        return [float(x) for x in rows[1:] @ rows[0]]

    return Tools(words.cut, likeness, places)


def asked(question: str, tools: Tools, *before: str) -> str:
    turns = [Turn("user" if i % 2 == 0 else "assistant", text) for i, text in enumerate(before)]
    return readings(question, turns, tools)[0]


def test_without_a_history_the_question_stands_as_it_is(tools: Tools) -> None:
    assert readings("那费用呢？", (), tools) == ["那费用呢？"]


def test_a_place_takes_the_place_of_the_place(tools: Tools) -> None:
    assert asked("宁波呢？", tools, "杭州推出了哪些风貌游线？", "略。") == "宁波推出了哪些风貌游线？"


def test_a_year_takes_the_place_of_the_year(tools: Tools) -> None:
    assert asked("那2028年呢？", tools, "2025年的目标是什么？", "略。").startswith("2028年")


@pytest.mark.parametrize(
    ("follow", "previous", "made"),
    [
        ("那到2027年底呢？", "食堂到2026年底要建多少家？", "食堂到2027年底要建多少家？"),
        ("2027年底呢？", "食堂到2026年底要建多少家？", "食堂到2027年底要建多少家？"),
        ("那2027年呢？", "食堂到2026年底要建多少家？", "食堂到2027年底要建多少家？"),
        ("2027年上半年呢？", "2026年要建多少家食堂？", "2027年上半年要建多少家食堂？"),
        ("那2021—2022学年呢？", "2024—2025学年要派多少名教师？", "2021—2022学年要派多少名教师？"),
        ("那2028年呢？", "2024-2027年要建多少家食堂？", "2028年要建多少家食堂？"),
    ],
)
def test_the_end_of_a_year_is_neither_doubled_nor_lost(tools: Tools, follow: str, previous: str, made: str) -> None:
    assert asked(follow, tools, previous, "略。") == made


def test_a_pronoun_becomes_what_was_talked_about(tools: Tools) -> None:
    made = asked("它有多少个省级标配应用？", tools, "浙里未来社区在线是什么？", "略。")
    assert made == "浙里未来社区在线有多少个省级标配应用？"


def test_a_question_that_lacks_its_subject_gets_it(tools: Tools) -> None:
    assert "绍兴古城" in asked("范围到哪里？", tools, "绍兴古城的保护日是哪一天？", "略。")


def test_the_third_one_is_the_third_item_of_the_answer(tools: Tools) -> None:
    answer = "包括：\n1. 亲子游；\n2. 康养游；\n3. 风情游；\n4. 研学游。[1]"
    assert "风情游" in asked("第三个是什么？", tools, "有哪些游线？", answer)
    assert "研学游" in asked("最后一项呢", tools, "有哪些游线？", answer)


def test_a_question_that_stands_alone_is_left_alone(tools: Tools) -> None:
    whole = "《浙江省物业管理条例》对物业保修金的交纳比例是怎样规定的？"
    assert readings(whole, [Turn("user", "杭州有哪些风貌游线？")], tools) == [whole]


def test_what_went_before_is_resolved_too(tools: Tools) -> None:
    made = asked("嘉兴呢？", tools, "杭州推出了哪些风貌游线？", "略。", "宁波呢？", "略。")
    assert re.match("嘉兴.*风貌游线", made)


@pytest.mark.parametrize(
    ("follow", "made"),
    [
        ("那第三条呢？", "《松江市茶园办法》第三条规定了什么？"),
        ("第三条怎么规定的？", "《松江市茶园办法》第三条怎么规定的？"),
        ("第三项具体指什么？", "拒交茶园账册具体指什么？"),
    ],
)
def test_after_a_question_for_an_article_the_third_one_is_an_article_and_the_third_item_an_item(  # type: ignore[no-untyped-def]
    tools: Tools, follow: str, made: str
) -> None:
    answer = "第五条 禁止下列行为：\n（一）砍伐茶树；\n（二）占用茶园；\n（三）拒交茶园账册。[1]"
    assert asked(follow, tools, "《松江市茶园办法》第五条规定了什么？", answer) == made


def test_a_second_exchange_takes_the_place_of_the_first(tools: Tools) -> None:
    base = "宁波市苗圃垃圾处理费是多少？"
    first = asked("澡堂呢？", tools, base, "略。")
    assert "澡堂" in first
    assert asked("那修车铺呢？", tools, base, "略。", "澡堂呢？", "略。") == first.replace("澡堂", "修车铺")


@pytest.mark.parametrize(
    ("follow", "previous", "made"),
    [
        ("那宁波呢？", "杭州市西湖区茶园补助多少？", "宁波茶园补助多少？"),
        ("那宁波市呢？", "杭州西湖区茶园补助多少？", "宁波市茶园补助多少？"),
        ("全省呢？", "杭州市西湖区茶园补助多少？", "全省茶园补助多少？"),
        ("那宁波呢？", "全省茶园补助多少？", "宁波茶园补助多少？"),
    ],
)
def test_a_place_is_exchanged_whole_with_those_it_lies_in(tools: Tools, follow: str, previous: str, made: str) -> None:
    assert asked(follow, tools, previous, "略。") == made


def test_of_another_place_the_item_of_a_list_is_asked_for_by_that_place_s_own_list(tools: Tools) -> None:
    before = ("浙江省茶园整治有哪些任务？", "任务：\n（一）修路；\n（二）引水；\n（三）补种茶树。[1]", "第三项具体指什么？", "补种茶树。")
    assert asked("那宁波呢？", tools, *before) == "宁波茶园整治有哪些任务？"
    assert asked("那第二项呢？", tools, *before) == "引水具体指什么？"
    assert asked("那第五项呢？", tools, *before).startswith("第五项浙江省茶园整治")
    of_ningbo = (*before, "那宁波呢？", "任务：\n（一）除草；\n（二）清淤。[1]")
    assert asked("最后一项是什么？", tools, *of_ningbo) == "清淤是什么？"


def test_the_topic_of_a_question_is_its_title_or_what_stands_beside_its_question_word() -> None:
    assert topic("《节水条例》规定了哪些处罚？") == "《节水条例》"
    assert topic("请问浙里未来社区在线是什么？") == "浙里未来社区在线"


def test_the_items_of_an_answer_are_its_list_or_what_commas_part() -> None:
    assert listed("1. 甲事；\n2. 乙事。[1]") == ["甲事", "乙事"]
    assert listed("包括亲子游、康养游、风情游。")[1:] == ["康养游", "风情游"]


@pytest.mark.parametrize("said", ["谢谢", "好的。", "你好！", "嗯。"])
def test_what_asks_nothing_stays_as_it_is(said: str, tools: Tools) -> None:
    assert readings(said, [Turn("user", "八大行动有哪些？"), Turn("assistant", "一、甲；二、乙。")], tools)[0] == said


@pytest.mark.parametrize(
    ("follow", "previous", "made"),
    [
        ("另外那个司机呢？", "乘客负什么责任？", "司机负什么责任？"),
        ("货车那种呢？", "轿车停一小时收多少钱？", "货车停一小时收多少钱？"),
        ("宁波那边呢，专线叫什么？", "杭州推出了哪些游线？", "宁波专线叫什么"),
    ],
)
def test_what_points_there_is_no_part_of_the_name(tools: Tools, follow: str, previous: str, made: str) -> None:
    assert asked(follow, tools, previous, "略。") == made


def test_a_pronoun_reaches_past_a_question_without_a_subject_of_its_own(tools: Tools) -> None:
    made = asked("它得过什么奖？", tools, "平安乡村在线平台由谁建设？", "略。", "全都接进去了吗？", "略。")
    assert made == "平安乡村在线平台得过什么奖？"


def test_the_end_of_a_word_is_no_part_of_the_question_word(tools: Tools) -> None:
    assert asked("违反了怎么处罚？", tools, "茶园的禁止行为有哪些？", "略。").startswith("茶园的禁止行为")
