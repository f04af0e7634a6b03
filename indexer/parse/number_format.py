"""The number formats of spreadsheets: what a cell shows of the number it holds (ECMA-376 part 1, 18.8.31)."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from decimal import ROUND_HALF_UP, Context, Decimal
from functools import lru_cache
from typing import NamedTuple

_GENERAL = re.compile(r"general|g/通用格式", re.IGNORECASE)
_TOKEN = re.compile(
    r'"(?P<quoted>[^"]*)"|[\\!](?P<escaped>.)|\[\$(?P<currency>[^\]-]*)[^\]]*\]|(?P<bracket>\[[^\]]*\])'
    r"|[_*].|(?P<general>general|g/通用格式)|(?P<digit>[0#?])|(?P<mark>[.,;%])|(?P<other>.)",
    re.IGNORECASE | re.DOTALL,
)
# Not followed: conditions, fractions, and exponents – an amount in powers of ten cannot be quoted.
_UNFOLLOWED = re.compile(r"\[[<>=]|[0#?]\s*/\s*[0#?\d]|[0#?.]E[+-]", re.IGNORECASE)
_PRECISION = 15  # digits a spreadsheet keeps of a number
_LONGEST = 310  # digits before the point; no spreadsheet holds a longer number
_WIDE = Context(prec=2 * _LONGEST)


class _Token(NamedTuple):
    kind: str  # digit | mark | general | text
    text: str


def shown_number(value: int | float, code: str) -> str:
    """The number as its cell shows it under a format such as `#,##0.00`, `0.00%` or `000`.

    Without a format, or under one that is not followed, all its digits and never a power of ten.
    """
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    number = _exact(value)
    sections = _sections(code)
    if not sections or number.adjusted() > _LONGEST:
        return plain(number)
    at = 1 if number < 0 and len(sections) > 1 else 2 if number == 0 and len(sections) > 2 else 0
    shown = _filled(number.copy_abs(), sections[at]).strip()
    return f"-{shown}" if number < 0 and at == 0 else shown


def plain(number: Decimal) -> str:
    """Every digit of a number, without a power of ten and without idle zeros after the point."""
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _exact(value: int | float) -> Decimal:
    """The decimal number that was typed: the last bits of its binary form are noise."""
    return Decimal(value if isinstance(value, int) else f"{value:.{_PRECISION}g}" if value else 0)


@lru_cache(maxsize=256)
def _sections(code: str) -> tuple[tuple[_Token, ...], ...]:
    """The sections of a format: of positive numbers, negative ones and zero (the fourth is of text);
    none of a format that says nothing or is not followed."""
    if code == "@" or _GENERAL.fullmatch(code) or _UNFOLLOWED.search(code):
        return ()
    sections: list[list[_Token]] = [[]]
    for token in _tokens(code):
        if token == ("mark", ";"):
            sections.append([])
        else:
            sections[-1].append(token)
    return tuple(map(tuple, sections[:3])) if any(sections) or len(sections) > 1 else ()


def _tokens(code: str) -> Iterator[_Token]:
    """The parts of a format; colours, blanks as wide as a character and fillings show nothing."""
    for match in _TOKEN.finditer(code):
        kind, text = match.lastgroup, match[match.lastgroup] if match.lastgroup else ""
        if kind in ("digit", "mark", "general"):
            yield _Token(kind, text)
        elif kind is not None and kind != "bracket" and text:
            yield _Token("text", text)


def _filled(number: Decimal, section: Sequence[_Token]) -> str:
    """A number that is not negative, written into a section's places."""
    places = [at for at, token in enumerate(section) if token.kind == "digit"]
    if not places:
        return "".join(plain(number) if t.kind == "general" else t.text for t in section if t.text != ",")
    point = next((at for at, token in enumerate(section) if token == ("mark", ".")), len(section))
    whole, rest = [at for at in places if at < point], [at for at in places if at > point]
    grouped = bool(whole) and ("mark", ",") in section[whole[0] : whole[-1]]
    number = _WIDE.scaleb(number, _power(section, places, whole, point))
    rounded = number.quantize(Decimal(1).scaleb(-len(rest)), ROUND_HALF_UP, _WIDE)
    before, _, after = f"{rounded:f}".partition(".")
    written = _whole(before, section, whole, grouped) | _fraction(after, section, rest)
    if point < len(section):
        written[point] = "." if any(written.get(at) for at in rest) else ""
        if not whole:
            written[point] = before + written[point]
    return "".join(
        written.get(at, "" if token == ("mark", ",") else token.text) for at, token in enumerate(section)
    )


def _power(section: Sequence[_Token], places: Sequence[int], whole: Sequence[int], point: int) -> int:
    """The power of ten to show a number by: two more for a percent sign, three less for each comma after
    the last digit of the whole part or of all."""
    marks = [(at, text) for at, (kind, text) in enumerate(section) if kind == "mark"]
    percents = sum(text == "%" for _, text in marks)
    after = whole[-1] if whole else point
    thousands = sum(text == "," and (after < at < point or at > places[-1]) for at, text in marks)
    return 2 * percents - 3 * thousands


def _whole(digits: str, section: Sequence[_Token], places: Sequence[int], grouped: bool) -> dict[int, str]:
    """The digits before the point, from the right; the first place takes all that are left over."""
    written: dict[int, str] = {}
    left = "" if digits == "0" else digits
    done = 0
    for at in reversed(places):
        take = left if at == places[0] else left[-1:]
        left = "" if at == places[0] else left[:-1]
        text = take or ("0" if section[at].text == "0" else "")
        written[at] = ""
        for digit in reversed(text):
            written[at] = digit + ("," if grouped and done and done % 3 == 0 else "") + written[at]
            done += 1
    return written


def _fraction(digits: str, section: Sequence[_Token], places: Sequence[int]) -> dict[int, str]:
    """The digits after the point; zeros at the end stand only where the format asks for them."""
    kept = len(digits)
    while kept and digits[kept - 1] == "0" and section[places[kept - 1]].text != "0":
        kept -= 1
    return {at: digits[i] if i < kept else "" for i, at in enumerate(places)}
