"""The searching form keeps every offset, and a 文号 has one spelling."""

import unicodedata
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.fold import (
    UNICODE,
    bracket_number,
    chinese_number,
    find_numbers,
    fold,
    fold_all,
    fold_table,
    typed_numbers,
)


@given(st.text())
def test_folding_keeps_length_and_is_idempotent(text: str) -> None:
    folded = fold(text)
    assert len(folded) == len(text)
    assert fold(folded) == folded


def test_every_character_of_the_table_has_its_compatible_form_under_this_python_too() -> None:
    for code, form in fold_table().items():
        c = chr(code)
        for plain in (unicodedata.normalize("NFKC", c), c.lower()):
            if len(plain) == 1 and plain != c and c != "Ϲ":  # Ϲ has two plain forms: Σ and ϲ
                assert ord(fold(plain)) == form, hex(code)


def test_no_one_to_one_compatibility_character_is_left_out() -> None:
    left = [
        c
        for c in map(chr, range(0x110000))
        for plain in (unicodedata.normalize("NFKC", c), c.lower())
        if len(plain) == 1 and plain != c and c != "Ϲ" and fold(c) != fold(plain)
    ]
    younger = tuple(map(int, unicodedata.unidata_version.split("."))) > tuple(map(int, UNICODE.split(".")))
    assert younger or not left, left  # characters that came after the table are no other's variants in it
    assert all(ord(c) not in fold_table() for c in left)


def test_the_table_folds_each_character_in_one_step() -> None:
    folded = dict(fold_table())
    assert len(folded) > 9000
    assert all(form not in folded for form in folded.values())  # folding twice is folding once


def test_traditional_and_full_width_characters_find_their_plain_twins() -> None:
    assert fold("國務院關於２０２３年ＡＢ（試行）") == "国务院关于2023年ab(试行)"


def test_simplified_text_stays_as_it_is() -> None:
    assert fold("著作权法和干部管理") == "著作权法和干部管理"


@pytest.mark.parametrize(
    "written",
    [
        "浙政发[2023]1号",
        "浙政发（2023）第1号",
        "浙政发【２０２３】０１号",
        "浙政發〔2023〕1號",
        "浙政发 〔2023〕 1 号",
    ],
)
def test_every_spelling_of_a_document_number_becomes_one(written: str) -> None:
    assert bracket_number(written) == "浙政发〔2023〕1号"


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("请问浙政办发〔2021〕3号和浙建〔2020〕4号", ["浙政办发〔2021〕3号", "浙建〔2020〕4号"]),
        ("根据《办法》（建城[2020]1号）执行", ["建城〔2020〕1号"]),
        ("中华人民共和国主席令第四十五号", ["中华人民共和国主席令第45号"]),
        ("文化和旅游部令第10号", ["文化和旅游部令第10号"]),
        ("国家税务总局公告 2020年第5号", ["国家税务总局公告2020年第5号"]),
        ("和政发〔2020〕12号", ["和政发〔2020〕12号"]),
        ("第五号楼在3号路", []),
    ],
)
def test_document_numbers_are_found_in_running_text(text: str, numbers: list[str]) -> None:
    found = find_numbers(text)
    assert [n for _, _, n in found] == numbers
    assert all(bracket_number(text[s:e]) == n for s, e, n in found)


@given(st.text(alphabet="浙政发令公告〔〕()（）[]第0123456789２３年号 和的根据", max_size=60))
def test_found_numbers_are_ordered_disjoint_slices(text: str) -> None:
    spans = [(s, e) for s, e, _ in find_numbers(text)]
    assert all(0 <= s < e <= len(text) for s, e in spans)
    assert all(a[1] <= b[0] for a, b in pairwise(spans))


@pytest.mark.parametrize(
    ("digits", "value"), [("四十五", 45), ("十", 10), ("一百二十", 120), ("二〇二三", 2023), ("7", 7)]
)
def test_chinese_numerals_have_values(digits: str, value: int) -> None:
    assert chinese_number(digits) == value


def test_a_number_typed_without_brackets_is_offered_with_every_beginning_of_its_issuer() -> None:
    offered = typed_numbers("请问浙政发 2023 1号说了什么")
    assert "浙政发〔2023〕1号" in offered
    assert typed_numbers("浙江2023年1号台风") == ()
    assert bracket_number("浙政发2023年第1号") == "浙政发〔2023〕1号"


@given(st.text(max_size=60))
def test_a_long_text_folds_as_its_characters_do(text: str) -> None:
    assert fold(text * 3) == "".join(map(fold, text * 3))


@given(st.lists(st.text(max_size=40), max_size=6))
def test_many_texts_are_folded_as_each_alone(texts: list[str]) -> None:
    assert fold_all(texts) == [fold(text) for text in texts]
