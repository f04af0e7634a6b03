"""Lists in running text: markers count only in sequence, and each list ends where its last item does."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.enumeration import enumerations, markers


def lists(text: str) -> list[list[str]]:
    """The items of every list in a text, with their markers, in the order the lists close."""
    out = []
    for found in enumerations(text, list(markers(text))):
        cuts = [*(m.start for m in found.marks), found.end]
        out.append([text[a:b].strip() for a, b in pairwise(cuts)])
    return out


@pytest.mark.parametrize(
    ("text", "items"),
    [
        ("要求：\n1. 甲；\n2. 乙；\n3. 丙。\n后文。", ["1. 甲；", "2. 乙；", "3. 丙。"]),
        ("条件是：（一）成年；（二）有住所。其他另议。", ["（一）成年；", "（二）有住所。"]),
        ("重点有两项：一是补短板；二是促运营。后文。", ["一是补短板；", "二是促运营。"]),
        ("一、总则\n甲。\n二、附则\n乙。", ["一、总则\n甲。", "二、附则\n乙。"]),
        ("职责：（一）项目管理；（二）目标考核；（三）及时补植；（四）至少每月巡查一次；（五）和谐劳动关系。", [
            "（一）项目管理；", "（二）目标考核；", "（三）及时补植；", "（四）至少每月巡查一次；", "（五）和谐劳动关系。",
        ]),
        ("(1)项目库；(2)目视检查；(3)或者远程检查。", ["(1)项目库；", "(2)目视检查；", "(3)或者远程检查。"]),
        ("①甲②乙③丙", ["①甲", "②乙", "③丙"]),
        ("材料：\n- 身份证\n- 户口簿\n", ["- 身份证", "- 户口簿"]),
        ("收费见下表。\n类别：澡堂；元：4\n类别：苗圃；元：20；备注：按月\n另行通知。\n", [
            "类别：澡堂；元：4", "类别：苗圃；元：20；备注：按月",
        ]),
        ("成员单位：\n市水利局\n市财政局\n松江市人民政府办公室\n2026年4月1日\n", ["市水利局", "市财政局"]),
        ("成员单位：\n市水利局\n市财政局\n二〇二六年四月一日\n", ["市水利局", "市财政局"]),
        ("闭馆日期：\n2026年4月1日\n2026年5月1日\n", ["2026年4月1日", "2026年5月1日"]),
        ("一、总则\n甲。\n二、附则\n乙。\n松江市水利局\n2026年4月1日\n", ["一、总则\n甲。", "二、附则\n乙。"]),
    ],
)
def test_each_way_of_numbering_gives_its_items(text: str, items: list[str]) -> None:
    assert lists(text) == [items]


@pytest.mark.parametrize(
    "text",
    [
        "依照第七条第（一）项和第（二）项办理。",
        "1.5亿元和2.5亿元。",
        "一、只有一项。",
        "（二）从第二项开始；（三）第三项。",
        "二是没有第一。",
    ],
)
def test_references_decimals_and_lonely_markers_are_no_list(text: str) -> None:
    assert lists(text) == []


def test_a_long_table_and_lines_of_different_cells_are_no_list() -> None:
    assert lists("".join(f"类别：第{n}种苗圃；元：{n}\n" for n in range(200))) == []
    assert lists("类别：澡堂；元：4\n名称：苗圃；元：20\n") == []


def test_an_inner_list_closes_before_the_outer_one_and_lies_inside_it() -> None:
    text = "一、申请\n（一）递交；\n（二）受理。\n二、办结\n领取。"
    inner, outer = enumerations(text, list(markers(text)))
    assert [m.family for m in inner.marks] == ["（一）"] * 2
    assert [m.family for m in outer.marks] == ["一、"] * 2
    assert outer.marks[0].start < inner.marks[0].start and inner.end <= outer.marks[1].start


@given(st.text(alphabet="一二三1２、.（）()①②\n；。：甲乙第条是", max_size=80))
def test_every_list_has_two_items_or_more_in_order_inside_the_text(text: str) -> None:
    for found in enumerations(text, list(markers(text))):
        starts = [m.start for m in found.marks]
        assert len(starts) >= 2 and starts == sorted(starts)
        assert starts[0] >= 0 and starts[-1] <= found.end <= len(text)
        assert [m.number for m in found.marks] == list(range(1, len(starts) + 1))
