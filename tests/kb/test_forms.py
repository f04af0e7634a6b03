"""What form a question asks for, and whether quotes have it."""

import pytest

from kb.fold import fold
from kb.forms import family, has_family, names_given, names_wanted


@pytest.mark.parametrize(
    ("question", "count"),
    [("三大工程有哪些？", 3), ("是哪五级？", 5), ("12个试点的名单", 12), ("有哪些材料？", 2), ("罚多少？", 0), ("超过3个月怎么办", 0)],
)
def test_a_question_says_how_many_names_it_wants(question: str, count: int) -> None:
    assert names_wanted(fold(question)) == count


def test_names_are_counted_within_a_sentence_or_by_lines() -> None:
    assert names_given("分为“省—市—县”三级。") == 3
    assert names_given("包括：甲、乙、丙和丁。另有戊。") == 4
    assert names_given("一、甲；\n二、乙；\n三、丙。") == 3
    assert names_given("一共建成十个。") == 1


@pytest.mark.parametrize(
    ("question", "name", "has", "lacks"),
    [
        ("全长多少公里？", "length", "全长12.5公里", "共有12条"),
        ("罚多少钱？", "money", "处二百元以上罚款", "处十日拘留"),
        ("覆盖率是百分之多少？", "share", "覆盖30%的社区", "覆盖30个社区"),
        ("占地几亩？", "area", "占地300余亩", "有300余人"),
    ],
)
def test_a_unit_asked_for_is_looked_for_in_its_family(question: str, name: str, has: str, lacks: str) -> None:
    assert family(fold(question)) == name
    assert has_family(name, has) and not has_family(name, lacks)


def test_a_bare_counter_has_no_family() -> None:
    assert family("一共有多少个？") == ""
