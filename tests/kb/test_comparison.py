"""Questions that set things side by side, and questions that want cases listed."""

from __future__ import annotations

import pytest

from indexer.official.places import places
from kb.casebook import asks_for_cases
from kb.comparison import by_place, sides
from kb.understand import asks


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("遛狗不牵绳，湖州和温州分别怎么罚？", {"湖州": "遛狗不牵绳,湖州怎么罚?", "温州": "遛狗不牵绳,温州怎么罚?"}),
        ("杭州市、宁波市和温州的保修金比例各是多少？",
         {"杭州市": "杭州市的保修金比例是多少?", "宁波市": "宁波市的保修金比例是多少?", "温州": "温州的保修金比例是多少?"}),
        ("宁波与温州的疫苗时限有何区别", {"宁波": "宁波的疫苗时限", "温州": "温州的疫苗时限"}),
        ("湖州和温州之间的高速有多长？", {}),
        ("宁波各类标准有哪些？", {}),
        ("杭州市杭州的养犬罚款分别是多少？", {}),
    ],
)  # fmt: skip
def test_places_set_side_by_side_are_asked_about_one_by_one(question: str, expected: dict[str, str]) -> None:
    assert by_place(question, places) == expected


def test_two_names_compared_are_told_apart_with_what_they_share() -> None:
    names = sides("引领型和普惠型未来社区有什么区别？")
    assert names is not None and (names.one, names.two) == ("引领型未来社区", "普惠型未来社区")


@pytest.mark.parametrize(
    ("question", "wanted"),
    [
        ("有哪些未来乡村的案例？", True), ("有没有老旧小区加装电梯的案例，都有哪些", True),
        ("跟物业纠纷有关的案子有哪些？", True), ("哪些地方有旧改的先例？", True),
        ("哪些案件适用简易程序？", False), ("案例里的当事人有哪些？", False), ("介绍一下诸暨的做法", False),
    ],
)  # fmt: skip
def test_a_list_of_cases_is_wanted_only_where_cases_are_asked_for(question: str, wanted: bool) -> None:
    assert asks_for_cases(question) is wanted


def test_words_that_stand_where_the_answer_will_say_nothing_of_its_subject() -> None:
    assert all(map(asks, ["多久", "多长时间", "几处", "哪类", "怎么办", "什么样", "多少"]))
    assert not any(map(asks, ["几何", "多元", "多数", "多重", "几率", "单位", "大多数"]))
