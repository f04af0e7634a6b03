"""Days that terms of whole months end on."""

from __future__ import annotations

from calendar import monthrange
from datetime import date, timedelta


def last_day(first: date, years: int = 0, months: int = 0) -> date:
    """The last day of a term of whole years and months that begins on `first`.

    A term of 2 years from 2020-01-01 ends on 2021-12-31; where the last month lacks the day of `first`, with
    that month: one year from 2020-02-29 ends on 2021-02-28.
    """
    total = first.year * 12 + first.month - 1 + years * 12 + months
    year, month = divmod(total, 12)
    return min(date(year, month + 1, 1) + timedelta(days=first.day - 2), month_end(year, month + 1))


def month_end(year: int, month: int) -> date:
    """The last day of a month."""
    return date(year, month, monthrange(year, month)[1])
