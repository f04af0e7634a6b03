"""The first day in force where it is counted from the promulgation: 自公布之日起3个月后, 自印发之次日起."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta

from indexer.official.dates import last_day
from kb.fold import chinese_number

N = r"[0-9０-９零〇一二三四五六七八九十百两壹贰叁肆伍陆柒捌玖拾]{1,5}"
_CAPITALS = str.maketrans("壹贰叁肆伍陆柒捌玖拾", "一二三四五六七八九十")
_WAIT = (
    r"(?:(?P<next>次日|翌日|第二[日天])"
    rf"|(?P<turn>[次下翌]个?[月年]|第二[个]?[月年])(?:的?(?:(?P<month>{N})月)?(?P<day>{N})[日号])?"
    rf"|第(?P<nth>{N})[日天]"
    rf"|(?:届?满)?(?P<half>半)年(?=[以之]?后|起)|(?:届?满)?(?P<n>{N})个?(?P<unit>工作日|自然日|日|天|周|星期|月|年)"
    r"(?=[以之]?后|起|期满|届满|满|正式|施行|实施|生效|执行))"
)
_PROMULGATED = re.compile(
    r"(?:自|从|于)?(?:公布|发布|印发|颁布|签发|下发|通过|批准|发文|公告|发出|出台)"
    rf"(?:(?:之日|当日|之后|之|日)?(?:起|后)?[，, 　]*(?:的|满)?{_WAIT}|之日起?|当日起?|日起?|起|后)"
)
LONGEST = 999  # of any unit; more is no wait
HOLIDAYS = 9  # weekdays that fall on public holidays in any three months, at most


@dataclass(frozen=True, slots=True)
class Wait:
    """Words that count a first day from the promulgation, and where they stand."""

    start: int
    end: int
    words: re.Match[str]

    def first(self, promulgated: date) -> date:
        """The first day in force of what was promulgated on a day."""
        said = self.words
        if said["next"]:
            return promulgated + timedelta(days=1)
        if said["turn"]:
            return _turned(promulgated, said["turn"], number(said["month"]) or 1, number(said["day"]) or 1)
        if said["nth"]:
            return promulgated + timedelta(days=max(0, (number(said["nth"]) or 1) - 1))
        if said["half"]:
            return after_months(promulgated, 6)
        n, unit = min(number(said["n"]) or 0, LONGEST), said["unit"]
        if unit in ("月", "年"):
            return after_months(promulgated, n * (12 if unit == "年" else 1))
        if unit == "工作日":
            return after_working_days(promulgated, n)
        return promulgated + timedelta(days=n * (7 if unit in ("周", "星期") else 1))


def find_wait(text: str) -> Wait | None:
    """The last such words of a sentence that ends with 施行; the ones before tell of the making."""
    found = list(_PROMULGATED.finditer(text))
    return Wait(found[-1].start(), found[-1].end(), found[-1]) if found else None


def number(digits: str | None) -> int | None:
    """`三十` → 30, `叁` → 3, `两` → 2; None for none."""
    return chinese_number(digits.translate(_CAPITALS).replace("两", "二")) if digits else None


def after_months(day: date, months: int) -> date:
    """The day of the same number some months on; where that month has none, the first of the next."""
    return last_day(day, months=months) + timedelta(days=1)


def after_working_days(day: date, count: int) -> date:
    """A day on which `count` working days are over for sure: which weekdays are holidays is not known here."""
    left = count + (HOLIDAYS * (1 + count // 60) if count else 0)
    while left > 0:
        day += timedelta(days=1)
        left -= day.weekday() < 5
    return day


def _turned(day: date, turn: str, month: int, number_of_day: int) -> date:
    """The named day of the month or year after that of `day`."""
    year, month = (day.year + 1, month) if turn.endswith("年") else divmod(day.year * 12 + day.month, 12)
    month += not turn.endswith("年")
    try:
        return date(year, month, number_of_day)
    except ValueError:
        return after_months(date(year, min(month, 12), 1), 1)
