"""What a question asks for: its type, the kind wanted, the numbers in it, its bare content."""

from __future__ import annotations

import time
from datetime import date

import pytest

from kb.understand import (
    courteous,
    kind_wanted,
    names_document,
    names_past,
    question_type,
    sought,
    understand,
    without_number,
)


@pytest.mark.parametrize(
    ("question", "kind"),
    [
        ("浙江一共创建了多少个未来社区？", "number"),
        ("八大专项行动有哪些？", "list"),
        ("宁波推出了哪几条共富线？", "list"),
        ("这个办法什么时候施行？", "date"),
        ("什么是完整社区？", "definition"),
        ("住宅物业维修资金由谁监管？", "who"),
        ("在哪里申请？", "where"),
        ("如何办理护照？", "how"),
        ("符合什么条件才能申请补贴？", "condition"),
        ("引领型和普惠型有什么不同？", "comparison"),
        ("老旧小区能不能加装电梯？", "yesno"),
        ("一年要巡河几趟？", "number"),
        ("手续费按千分之几收？", "number"),
        ("这个镇全省排第几？", "number"),
        ("食堂几点开饭？", "date"),
        ("骗补贴的单位几年内不让再申请", "date"),
        ("好几个社区为什么没建成", "open"),
    ],
)
def test_a_question_has_a_type(question: str, kind: str) -> None:
    assert question_type(question) == kind


@pytest.mark.parametrize(
    ("question", "kind"),
    [
        ("有哪些案例？", "case"),
        ("用房的配建标准", "standard"),
        ("专项行动有哪些", "action"),
        ("谁来监管", None),
    ],
)
def test_a_question_may_want_one_kind_of_document(question: str, kind: str | None) -> None:
    assert kind_wanted(question) == kind


def test_words_that_only_frame_a_question_are_not_its_content() -> None:
    words = ["请问", "未来社区", "一共", "创建", "了", "多少", "个"]
    assert understand("请问未来社区一共创建了多少个", words).focus == ("未来社区", "创建", "个")


def test_a_question_of_nothing_but_frame_keeps_its_words() -> None:
    assert understand("有哪些？", ["有", "哪些"]).focus == ("有", "哪些")


def test_numbers_in_a_question_are_given_in_their_one_spelling() -> None:
    assert understand("浙政发[2023]第1号说了什么", []).numbers == ("浙政发〔2023〕1号",)


@pytest.mark.parametrize(
    ("question", "past"),
    [
        ("2019年的标准是多少", True),
        ("旧版条例怎么规定", True),
        ("2026年要建多少", False),
        ("现在怎么办", False),
    ],
)
def test_a_question_may_be_about_how_things_were(question: str, past: bool) -> None:
    assert names_past(question, date(2026, 11, 25)) is past


def test_a_question_names_a_document_by_title_or_number() -> None:
    assert names_document("浙江省物业管理条例对保修金怎么规定", "《浙江省物业管理条例》（2009年修正）", None)
    assert names_document("浙政发〔2023〕1号怎么说", "某通知", "浙政发〔2023〕1号")
    assert not names_document("物业费怎么收", "浙江省物业管理条例", None)


@pytest.mark.parametrize(
    ("question", "title", "named"),
    [
        ("《云州市物业条例》第四条规定了什么？", "物业条例", False),
        ("云州物业条例第四条", "物业条例", False),
        ("物业条例第四条", "物业条例", True),
        ("违反《物业条例》第四条怎么罚", "物业条例", True),
        ("这个物业条例第四条怎么说", "物业条例", True),
        ("2024年物业条例第四条", "物业条例", True),
        ("我国物业条例第四条", "物业条例", True),
        ("云州省物业条例第四条", "物业条例", False),
        ("《物业条例实施细则》第二条", "物业条例", False),
        ("物业条例实施细则第二条", "物业条例", False),
        ("《云州市养犬办法》第三条", "云州市人民政府关于印发《云州市养犬办法》的通知", True),
        ("云州市养犬办法第三条", "关于印发云州市养犬办法的通知", True),
        ("《中华人民共和国港口法》第二条", "中华人民共和国港口法（2019年修正）", True),
        ("《云州市绿化条例（2020年修订）》第五条", "云州市绿化条例（2020修正）", True),
    ],
)
def test_a_document_is_named_by_its_whole_name_not_by_a_part_of_a_longer_one(question: str, title: str, named: bool) -> None:
    assert names_document(question, title, None) is named


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("水韵纺都 是 请 哪家 设计院 做 的", ("设计院", "水韵纺都")),
        ("公开 竞价 起拍价 是 多少", ("", "起拍价")),
        ("没 登记 会 罚款 吗", ("", "罚款")),
        ("需要 什么 资质", ("资质", "")),
        ("成员 能 不能 连任", ("连任", "成员")),
        ("车 被刮 了 谁 来 赔", ("赔", "被刮")),
        ("介绍 一下 未来社区", ("", "")),
    ],
)
def test_what_is_sought_stands_beside_the_question_word(words: str, expected: tuple[str, str]) -> None:
    assert sought(words.replace(" ", ""), words.split()) == expected


def test_parts_of_words_listed_after_the_question_are_not_sought() -> None:
    assert sought("未来社区由谁管", ["未来社区", "由", "谁", "管", "未来", "社区"]) == ("管", "未来社区")


@pytest.mark.parametrize(
    ("turn", "thanks"),
    [("谢谢你", True), ("好的，谢谢！", True), ("知道了", True), ("没问题", True), ("你好", False), ("多少钱", False), ("谢谢，那宁波呢？", False)],
)
def test_thanks_ask_nothing(turn: str, thanks: bool) -> None:
    assert courteous(turn) is thanks


def test_a_page_of_thanks_is_looked_through_at_once() -> None:
    began = time.process_time()
    assert not courteous("谢" * 1900 + "么")
    assert time.process_time() - began < 0.05


@pytest.mark.parametrize(
    "cited",
    ["穗府办〔2019〕33号", "穗府办[2019]第33号文件里", "穗府办（二〇一九）33号中的", "穗府办2019年第33号", "穗府办〔２０１９〕３３号，"],
)
def test_a_cited_number_says_where_to_look_and_not_what_for(cited: str) -> None:
    assert without_number(f"{cited}押金最多几个月", ["穗府办〔2019〕33号", "榕府办〔2022〕12号"]) == "押金最多几个月"


def test_only_numbers_of_the_documents_found_are_left_out_and_never_all_there_is() -> None:
    other = "穗府办〔2019〕34号押金最多几个月"
    assert without_number(other, ["穗府办〔2019〕33号"]) == other
    assert without_number("GB/T 50378-2019的评价指标有哪几类", ["GB/T 50378-2019"]) == "评价指标有哪几类"
    assert without_number("穗府办[2019]第33号", ["穗府办〔2019〕33号"]) == "穗府办[2019]第33号"
