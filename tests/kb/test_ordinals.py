"""The n-th of a list is only there where a list reaches that far."""

from __future__ import annotations

import pytest

from kb.ordinals import beyond, longest, other_issue

EIGHT = "八大行动包括：基础更新、服务补短、入口塑造、街道整治、公园优化、驿站建设、民居建设、廊道串珠。"
MARKED = "申请应当提交下列材料：\n（一）申请书；\n（二）身份证明；\n（三）场地证明。"


@pytest.mark.parametrize(
    ("question", "quotes", "said"),
    [
        ("八大行动里的第九项是什么?", EIGHT, "第九项"),
        ("八大行动里的第八项是什么?", EIGHT, ""),
        ("要交的第四项材料是什么", MARKED, "第四项"),
        ("要交的第三项材料是什么", MARKED, ""),
        ("第三项材料是什么", "（三）场地证明。", ""),
        ("第二十一项工程是什么", "二十项工程如下。", "第二十一项"),
        ("第四类控制地带能盖多高", "控制地带分为三类。第一类禁止建设。", "第四类"),
        ("提前到第三个工作日才通知行吗", "应当提前通知。", ""),
        ("第三方机构怎么选", "应当委托机构评估。", ""),
        ("第三项目部归谁管", "项目部由公司管理。", ""),
        ("第五条说了什么", "第四条 总则。", ""),
        ("第十五个五年规划的目标", "规划目标如下。", ""),
    ],
)
def test_a_place_beyond_the_list_is_named(question: str, quotes: str, said: str) -> None:
    assert beyond(question, quotes, quotes) == said


def test_what_is_called_the_third_somewhere_need_not_be_counted() -> None:
    assert beyond("第三类医疗器械怎么管", "应当申请许可。", "第三类医疗器械应当申请许可。") == ""
    assert beyond("三级以上的第四级怎么评", "按年评定。", "分为一级、二级、三级、四级。") == ""


def test_lists_are_counted_by_their_marks_or_what_parts_them() -> None:
    assert longest(EIGHT) == 8
    assert longest(MARKED) == 3
    assert longest("应当先登记；再缴费；后领证。") == 3
    assert longest("没有列举。") == 1


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("第六批承诺事项什么时候落地?", "第六批"),
        ("第五批承诺事项什么时候落地?", ""),
        ("第5批承诺事项什么时候落地?", ""),
        ("第三届理事会有几人?", ""),  # of terms nothing is said here
        ("第四批和第六批一共几项?", "第六批"),
        ("第二次违规怎么罚?", ""),  # no name of anything
    ],
)
def test_another_batch_than_those_spoken_of_is_named(question: str, said: str) -> None:
    assert other_issue(question, "关于推出第五批承诺事项的通知", "前四批事项按原规定办理,第四批不再调整。第三次检查在年底。") == said
