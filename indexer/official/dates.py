"""Dates as official documents write them, with the place where they stand.

Arabic (`2023年1月17日`, `2023-01-17`, full-width digits, blanks inside) and Chinese
(`二〇二三年一月十七日`) forms are read; a date that does not exist is not a date.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from kb.calendar import last_day, month_end
from kb.model import Span

__all__ = ["ARABIC", "CHINESE", "DateAt", "chinese_number", "find_dates", "last_day", "month_end", "read_date"]

_DIGITS = {c: i for i, c in enumerate("〇一二三四五六七八九")} | {c: 0 for c in "○零OＯo0０◯"} | {"两": 2}
_ZEROS = "〇○零OＯo0０◯"
ARABIC = (
    r"[12１２][09０９]\d{2}[ \t　]*(?:年[ \t　]*\d{1,2}[ \t　]*月[ \t　]*\d{1,2}[ \t　]*日"
    r"|([-./])\d{1,2}\1\d{1,2}(?!\d))"
)
CHINESE = (
    rf"[一二][ 　]*[{_ZEROS}九][ 　]*[{_ZEROS}一二三四五六七八九][ 　]*[{_ZEROS}一二三四五六七八九]"
    r"[ 　]*年[ 　]*[元一二三四五六七八九十]{1,2}[ 　]*月[ 　]*[一二三四五六七八九十廿卅]{1,3}[ 　]*日"
)
_DATE = re.compile(f"(?<![\\d第])(?:{ARABIC}|{CHINESE})")
_ARABIC_PARTS = re.compile(r"\d+")
_CHINESE_PARTS = re.compile(r"[^年月日\s]+")
_BLANKS = re.compile(r"[\s　]+")


@dataclass(frozen=True, slots=True)
class DateAt:
    """A date and the span of text it was read from."""

    day: date
    span: Span


def chinese_number(text: str) -> int | None:
    """`十五` → 15, `两` → 2, `二〇` → 20, `15` → 15; None for anything else."""
    if text.isdecimal():
        return int(text)
    if "十" in text:
        tens, _, ones = text.partition("十")
        if (tens and tens not in _DIGITS) or (ones and ones not in _DIGITS):
            return None
        return (_DIGITS[tens] if tens else 1) * 10 + (_DIGITS[ones] if ones else 0)
    if not text or any(c not in _DIGITS for c in text):
        return None
    return int("".join(str(_DIGITS[c]) for c in text))


def _read(text: str) -> date | None:
    if "年" in text and not text[0].isdecimal():
        compact = _BLANKS.sub("", text).replace("元月", "一月").replace("廿", "二十").replace("卅", "三十")
        parts = [chinese_number(p) for p in _CHINESE_PARTS.findall(compact)]
    else:
        parts = [int(p) for p in _ARABIC_PARTS.findall(text)]
    if len(parts) != 3 or any(p is None for p in parts):
        return None
    try:
        return date(*(p for p in parts if p is not None))
    except ValueError:
        return None


def find_dates(text: str, start: int = 0, end: int | None = None) -> Iterator[DateAt]:
    """Every whole date (year, month, day) of `text[start:end]`, in order."""
    for match in _DATE.finditer(text, start, len(text) if end is None else end):
        day = _read(match.group())
        if day is not None:
            yield DateAt(day, Span(match.start(), match.end()))


def read_date(text: str) -> date | None:
    """The date a short string means (`2023-1-17 10:00`, `20230117`, `二〇二三年一月十七日`), or None."""
    text = text.strip()
    found = next(find_dates(text), None)
    if found is not None:
        return found.day
    if re.fullmatch(r"(?:19|20)\d{6}", text):
        return _read(f"{text[:4]}-{text[4:6]}-{text[6:]}")
    return None
