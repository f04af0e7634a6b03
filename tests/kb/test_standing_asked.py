"""Questions on whether a text still holds: which are, and which text is meant."""

from __future__ import annotations

from datetime import date

import pytest

from kb.model import Document, Relation, Span
from kb.standing_asked import asked, named, note, told

OLD = Document("o", "云州市人民政府关于印发云州市房屋租赁管理办法的通知", "o.txt", 1, "", number="云政发〔2019〕3号", status="repealed")
NEW = Document("n", "云州市人民政府关于印发云州市房屋租赁管理办法的通知", "n.txt", 1, "", number="云政发〔2024〕6号", status="in_force")


@pytest.mark.parametrize(
    ("question", "name"),
    [
        ("《云州市房屋租赁管理办法》还有效吗？", "《云州市房屋租赁管理办法》"),
        ("云政发[2019]3号现在还能用吗", "云政发[2019]3号"),
        ("云州市房屋租赁管理办法是否已经废止？", "云州市房屋租赁管理办法"),
        ("请问云政发〔2019〕3号被哪个文件废止了？", "云政发〔2019〕3号"),
        ("云州市房屋租赁管理办法什么时候废止的？", "云州市房屋租赁管理办法"),
        ("云州市房屋租赁管理办法什么时候失效", "云州市房屋租赁管理办法"),
        ("云州市房屋租赁管理办法有没有被修改过", "云州市房屋租赁管理办法"),
        ("登记备案要几天？", None),
        ("还有效吗？", None),
    ],
)
def test_the_name_is_what_is_left_of_the_question(question: str, name: str | None) -> None:
    assert asked(question) == name


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("云政发[2019]第3号", OLD), ("云政发2019 3号", OLD), ("《云州市房屋租赁管理办法》(云政发〔2019〕3号)", OLD),
        ("《云州市房屋租赁管理办法》", NEW), ("房屋租赁管理办法", NEW), ("云政发〔2018〕3号", None),
        ("云州市房屋租赁合同备案证明", None), ("云政发〔2019〕3号规定的备案证明", None),
    ],
)  # fmt: skip
def test_the_text_meant_is_the_one_of_that_number_else_the_one_in_force(name: str, meant: Document | None) -> None:
    assert named(name, [OLD, NEW]) == meant


def test_of_a_text_that_is_not_kept_the_one_that_ends_it_tells() -> None:
    decision = Document("d", "云州市人民政府关于废止部分文件的决定", "d.txt", 1, "", number="云政发〔2025〕1号", effective=date(2025, 3, 1))
    says = {"d": (Relation("repeals", "云州市广告管理办法", "云政发〔2010〕9号", Span(0, 5)),), "n": ()}
    for name in ("《云州市广告管理办法》", "云州市广告管理办法", "云政发〔2010〕9号"):
        found = told(name, [NEW, decision], says.__getitem__)
        assert found is not None and found.document == 1
        said = "《云州市广告管理办法》的原文不在库中。自2025年3月1日起，被《云州市人民政府关于废止部分文件的决定》（云政发〔2025〕1号）废止。"
        assert note(found, [NEW, decision]) == said
    assert told("云州市路灯管理办法", [NEW, decision], says.__getitem__) is None
