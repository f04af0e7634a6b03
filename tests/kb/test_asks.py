"""Several asks in one question are taken apart, each with what it needs of the others."""

from __future__ import annotations

import pytest

from indexer.words import Words
from kb.asks import apart


@pytest.fixture(scope="module")
def words() -> Words:
    return Words()


@pytest.mark.parametrize(
    ("question", "parts"),
    [
        ("渔船进港要报告吗？", ()),
        ("砍树要找谁批，几天能批下来？", ("砍树要找谁批？", "砍树要找批几天能批下来？")),
        ("院子里有几块老砖，拆了会怎么罚？", ()),  # so many, not how many
        (
            "茶馆门口能放喇叭吗？归哪个部门管、罚多少？",
            ("茶馆门口能放喇叭吗？", "茶馆门口能放喇叭归哪个部门管？", "茶馆门口能放喇叭罚多少？"),
        ),
        (
            "石桥镇：货车最多装几吨，三轮车最多装几吨？",
            ("石桥镇：货车最多装几吨？", "石桥镇：三轮车最多装几吨？"),
        ),
        ("老李告了镇政府，法院支持了没有，赔了多少？", ("老李告了镇政府，法院支持了没有？", "老李告了镇政府，法院支持了赔了多少？")),
        ("几点开，几点关，几点报修，几点缴费？", ()),  # more than are answered one by one
    ],
)
def test_what_is_asked_is_asked_one_by_one(words: Words, question: str, parts: tuple[str, ...]) -> None:
    assert apart(question, words.cut) == parts
