"""Rules and figures of another place or year are told apart."""

from __future__ import annotations

import time
from datetime import date

import pytest

from indexer.official.places import places
from kb.bounds import foreign_place, foreign_year, other_namesake, other_sort
from kb.model import Document


def document(title: str, region: str | None = None, issued: date | None = None) -> Document:
    return Document("d", title, "d.md", 1, "", region=region, issued=issued)


@pytest.mark.parametrize(
    ("question", "region", "near", "foreign"),
    [
        ("宁波充电服务费上限多少", "绍兴市", "充电服务费不得超过0.4元", "宁波"),
        ("绍兴充电服务费上限多少", "绍兴市", "", ""),
        ("越城区充电服务费上限多少", "绍兴市", "", ""),  # lies in it
        ("浙江充电服务费上限多少", "绍兴市", "", ""),  # part of it
        ("宁波充电服务费上限多少", "绍兴市", "宁波为0.5元", ""),  # spoken of there
        ("宁波充电服务费上限多少", "国家", "", ""),
        ("充电服务费上限多少", "绍兴市", "", ""),
    ],
)
def test_a_document_holds_for_its_region_and_what_lies_in_it(question: str, region: str, near: str, foreign: str) -> None:
    assert foreign_place(question, document("充电管理规定", region), near, places) == foreign


@pytest.mark.parametrize(
    ("question", "title", "issued", "foreign"),
    [
        ("2024年人口多少", "2023年统计公报", date(2024, 3, 1), "2024"),
        ("2023年人口多少", "2023年统计公报", date(2024, 3, 1), ""),
        ("2024年目标多少", "三年行动计划（2023—2025年）", date(2023, 1, 1), ""),
        ("2019年押金几个月", "住房租赁办法", date(2024, 3, 1), "2019"),  # later than what is asked of
        ("2026年押金几个月", "住房租赁办法", date(2024, 3, 1), ""),  # still holds
        ("押金几个月", "住房租赁办法", date(2024, 3, 1), ""),
    ],
)
def test_a_document_speaks_of_the_year_of_its_title_or_of_those_after_its_issue(
    question: str, title: str, issued: date, foreign: str
) -> None:
    assert foreign_year(question, document(title, issued=issued), "", "") == foreign


@pytest.mark.parametrize(
    ("question", "near", "other"),
    [
        ("竹园社区物业费收缴率多少", "北山社区收缴率92%", "所问的社区"),
        ("竹园社区物业费收缴率多少", "竹园社区收缴率90%,北山社区92%", ""),
        ("三墩街道何时清运", "府山街道办事处通知", "所问的街道"),
        ("未来社区建成多少", "北山社区建成", ""),  # a kind, no name
        ("哪个社区收缴率最高", "北山社区收缴率92%", ""),
    ],
)
def test_another_village_or_community_is_told_from_the_one_asked_for(question: str, near: str, other: str) -> None:
    assert other_namesake(question, near) == other


@pytest.mark.parametrize(
    ("question", "quotes", "near", "other"),
    [
        ("小型泵站的管理范围多少米", "大型泵站为五十米,中型泵站为三十米", "", "小型泵站"),
        ("小型泵站的管理范围多少米", "大型泵站为五十米", "小型泵站另行规定", ""),  # spoken of beside it
        ("小型泵站的管理范围多少米", "泵站为五十米", "", ""),  # of no sort
        ("大型和小型泵站有什么不同", "大型泵站为五十米", "", ""),  # of two
        ("大型水库谁管", "大中型水库由市里管理", "", ""),
        ("小型企业补多少", "小微企业补一万元,大型企业不补", "", ""),
        ("专职教师要培训几天", "专兼职教师应当培训三天", "", ""),
        ("一级保护林木谁批", "一、二级保护林木由省里批准", "", ""),
        ("二级资质谁批", "一级至三级资质由省里批准", "", ""),
        ("城市居民补多少", "城镇居民补十元,农村居民补二十元", "", ""),
        ("城市居民补多少", "农村居民补二十元", "", "城市居民"),
        ("中级法院判了没有", "高级人民法院维持原判", "", ""),
        ("一般管理区能养几条狗", "重点管理区每户限养一条", "", "一般管理"),
        ("一般能养几条狗", "重点管理区每户限养一条", "", ""),
        ("兼职的安全员管几台电梯", "专职安全员不超过五十台", "", "兼职"),
        ("准保护区能钓鱼吗", "一级保护区内禁止垂钓", "", "准保护"),
    ],
)
def test_a_sibling_of_what_is_asked_for_is_another_thing(question: str, quotes: str, near: str, other: str) -> None:
    assert other_sort(question, quotes, near) == other


@pytest.mark.parametrize("unit", ["一二三四", "大中小微", "一、", "甲"])
def test_sorts_are_looked_for_in_one_go_whatever_the_text(unit: str) -> None:
    began = time.perf_counter()
    other_sort("小型泵站多少米", unit * 10_000, unit * 10_000)
    assert time.perf_counter() - began < 2.0
