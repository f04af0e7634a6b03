"""Personal numbers are hidden, other numbers are left alone."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ledger_samples import ask, opened, refusal

from kb.privacy import erase_questions, mask


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("电话13800138000。", "电话138****8000。"),
        ("电话１３８００１３８０００。", "电话１３８****８０００。"),
        ("+86 138-0013-8000", "+86 138-****-8000"),
        ("身份证11010519491231002X", "身份证11**************2X"),
        ("身份证11010519491231002x号", "身份证11**************2x号"),
        ("身份证 110105 19491231 002X", "身份证 11**** ******** **2X"),
        ("身份证１１０１０５　１９４９１２３１　００２Ｘ", "身份证１１****　********　**２Ｘ"),
        ("110105-1949-12-31-002x", "11****-****-**-**-**2x"),
        ("卡号6222 0212 3456 7894", "卡号**** **** **** 7894"),
        ("邮箱zhang.san@example.gov.cn", "邮箱z********@example.gov.cn"),
    ],
)
def test_personal_numbers_are_masked_in_place(text: str, masked: str) -> None:
    assert mask(text) == masked


@pytest.mark.parametrize(
    "text",
    [
        "浙政发〔2023〕1号",
        "110105194912310021",  # wrong check character
        "110105194913310020",  # no such month
        "110105 19491231 0021",
        "6222021234567890",  # fails Luhn
        "热线0571-87052114、12345",
        "统一社会信用代码91330000MA27U04A5X",
        "投资23800138000元",
        "1380013800.00元",
    ],
)
def test_other_numbers_are_left_alone(text: str) -> None:
    assert mask(text) == text


@given(st.text(alphabet="0123456789１２Xx -+@.abc电话", max_size=60))
def test_masking_moves_no_character_and_twice_is_once(text: str) -> None:
    masked = mask(text)
    assert len(masked) == len(text)
    assert all(b in (a, "*") for a, b in zip(text, masked, strict=True))
    assert mask(masked) == masked


def test_only_questions_older_than_the_limit_are_erased(tmp_path: Path) -> None:
    _, ledger = opened(tmp_path)
    old = ledger.record(replace(refusal(), created="2024-01-01T00:00:00Z"), ask(), "甲")
    new = ledger.record(replace(refusal(), created="2024-03-01T00:00:00Z"), ask(), "甲")
    day = datetime(2024, 3, 5, tzinfo=UTC)
    assert erase_questions(ledger, 0, day) == 0
    assert erase_questions(ledger, 30, day) == 1 and erase_questions(ledger, 30, day) == 0
    assert ledger.get(old)["question"] is None and ledger.get(new)["question"] is not None
    assert ledger.get(old)["text"] == ledger.get(new)["text"]
    assert ledger.verify_chain().ok
