"""Personal numbers in what people ask: found by their checks, masked without moving a character."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Protocol

from .fold import fold

_GAP = r"[ \-]?"
_PHONE = re.compile(rf"(?<![\d.])(?:\+?86{_GAP})?(1[3-9]\d{_GAP}\d{{4}}{_GAP}\d{{4}})(?![\d]|\.\d)")
_IDENTITY = re.compile(  # 110105194912310021, or in groups: 110105 19491231 0021, 110105 1949 1231 0021
    rf"(?<![0-9a-z])([1-9]\d{{2}}{_GAP}\d{{3}}{_GAP}\d{{4}}{_GAP}\d{{2}}{_GAP}\d{{2}}{_GAP}\d{{3}}{_GAP}[\dx])(?![0-9a-z])"
)
_CARD = re.compile(
    rf"(?<![0-9a-z.])([3-69]\d{{3}}(?:{_GAP}\d{{4}}){{2}}{_GAP}\d{{4}}(?:{_GAP}\d{{1,3}})?)(?![0-9a-z])"
)
_EMAIL = re.compile(r"(?<![\w.+-])([\w.+-]{1,64})@(?:[a-z0-9-]{1,63}\.)+[a-z]{2,24}(?![\w-])", re.ASCII)
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


class Erasing(Protocol):
    """What erasing needs of the ledger."""

    def before(self, moment: str) -> Sequence[str]: ...
    def erase(self, ids: Sequence[str], author: str) -> int: ...


def mask(text: str) -> str:
    """手机号、身份证号（验校验位）、银行卡号（验校验位）、邮箱 → partly `*`; the length stays the same."""
    hidden = set(_hidden(fold(text)))
    return "".join("*" if i in hidden else c for i, c in enumerate(text)) if hidden else text


def _hidden(folded: str) -> Iterator[int]:
    """Offsets of the characters to hide, in text folded by `kb.fold`."""
    taken: list[range] = []
    for pattern, valid, head, tail in (
        (_IDENTITY, _is_identity, 2, 2),
        (_CARD, _is_card, 0, 4),
        (_PHONE, lambda _: True, 3, 4),
        (_EMAIL, lambda _: True, 1, 0),
    ):
        for match in pattern.finditer(folded):
            start, end = match.span(1)
            if any(start < r.stop and r.start < end for r in taken) or not valid(match[1]):
                continue
            taken.append(range(start, end))
            places = [i for i in range(start, end) if folded[i] not in " -"] or list(range(start, end))
            yield from places[min(head, len(places) - 1) : len(places) - tail]


def _is_identity(number: str) -> bool:
    """GB 11643: a date of birth and an ISO 7064 MOD 11-2 check character; groups do not count."""
    number = re.sub(_GAP, "", number)
    try:
        born = date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        return False
    check = "10x98765432"[sum(int(d) * w for d, w in zip(number[:17], _WEIGHTS, strict=True)) % 11]
    return 1880 <= born.year <= 2100 and check == number[17]


def _is_card(number: str) -> bool:
    """Luhn's check over 16 to 19 digits (ISO/IEC 7812)."""
    digits = [int(d) for d in number if d.isdigit()]
    doubled = [sum(divmod(2 * d, 10)) for d in digits[-2::-2]]
    return (sum(doubled) + sum(digits[-1::-2])) % 10 == 0


def erase_questions(
    ledger: Erasing, older_than_days: int, now: datetime | None = None, author: str = "保留期限"
) -> int:
    """Drop the questions asked more than so many days ago; returns how many. 0 days keeps all."""
    if older_than_days <= 0:
        return 0
    moment = (now or datetime.now(UTC)) - timedelta(days=older_than_days)
    return ledger.erase(ledger.before(moment.strftime("%Y-%m-%dT%H:%M:%SZ")), author)
