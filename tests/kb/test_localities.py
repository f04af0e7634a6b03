"""Towns, communities and new districts are told from words that only end like them."""

from __future__ import annotations

import pytest

from kb.bounds import other_namesake
from kb.localities import localities


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("云台镇医保补助多少", [("云台", "镇")]),
        ("石桥镇和云台镇的呢", [("石桥", "镇"), ("云台", "镇")]),
        ("滨江新区的补贴", [("滨江", "新区")]),
        ("经济开发区的企业", []),
        ("城镇居民和乡镇干部到特色小镇、中心镇", []),
        ("返乡创业、资本下乡的政策", []),
        ("未来社区有几个", []),
    ],
)
def test_small_places_are_known_by_their_sort(text: str, named: list[tuple[str, str]]) -> None:
    assert [tuple(each) for each in localities(text)] == named


@pytest.mark.parametrize(
    ("question", "near", "other"),
    [
        ("云台镇补助多少", "石桥镇人民政府 关于发放补助的通知 每人每年150元", "所问的镇"),
        ("石桥镇补助多少", "石桥镇人民政府 关于发放补助的通知 每人每年150元", ""),
        ("云台镇补助多少", "台州市人民政府 每人每年150元", ""),  # a wider rule holds in the town
    ],
)
def test_a_rule_of_one_town_is_none_of_another(question: str, near: str, other: str) -> None:
    assert other_namesake(question, near) == other
