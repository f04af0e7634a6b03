"""Searching forms of text: what a reader would call “the same characters”.

`fold` keeps every offset: one code point in, one code point out. Document numbers
(文号) get one spelling, so that 浙政发[2023]第1号 and 浙政发〔２０２３〕1号 meet.
Nothing here is ever shown as a quote.

`fold.txt` holds every character that has another searching form, with that form: pairs made of
Unicode's NFKC and lower case and of OpenCC's traditional/simplified table (Apache-2.0). Being a file,
it is the same under every Python, so an index made under one is right under the next;
`python -m kb.fold` writes it again.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from functools import cache
from itertools import accumulate
from pathlib import Path

import numpy as np
import numpy.typing as npt

LONG = 24  # code points from which a whole text is folded at once
CODE_POINTS = 0x110000  # Unicode's
UNICODE = "15.1.0"  # the version that `fold.txt` was made with
_TABLE = Path(__file__).with_name("fold.txt")
_UTF32 = "utf-32-le"
_HAN = r"[\u4e00-\u9fff]"
_DIGITS = "0123456789零〇一二三四五六七八九十百"
_BRACKETED = re.compile(
    rf"(?P<issuer>{_HAN}[\u4e00-\u9fffa-z]{{0,19}})\s*[〔\[【(﹝［（〈<{{〖]\s*(?P<year>[0-9〇○o零一二三四五六七八九]{{4}})"
    r"\s*年?\s*[〕\]】)﹞］）〉>}〗]\s*第?\s*(?P<n>\d{1,5})\s*号"
)
_ORDER = re.compile(
    rf"(?P<issuer>{_HAN}{{0,24}}(?:令|公告))\s*[(〔]?\s*(?:(?P<year>\d{{4}})\s*[)〕]?\s*年?\s*)?"
    rf"第\s*(?P<n>[{_DIGITS}]{{1,6}})\s*号"
)
# What may stand before an issuer in running text but is not part of its name.
_LEAD = re.compile(
    r".*(?:根据|依据|按照|依照|参照|遵照|执行|贯彻|落实|关于|印发|转发|详见|参见|一下|查找|查询|查看|搜索|请问|"
    r"什么是|文件|通知|意见|规定|以及|废止|停止执行|撤销|修改|修订|代替|取代|我要|我想|看看|有关|(?<=.)[的是见查]|^[见按查])"
)
_VALUES = {c: i for i, c in enumerate("零一二三四五六七八九")} | {"〇": 0, "○": 0, "o": 0}
_UNITS = {"十": 10, "百": 100}


@cache
def fold_table() -> dict[int, int]:
    """Code point → code point of its searching form, for `str.translate`."""
    pairs = [ord(c) for c in _TABLE.read_text(encoding="utf8").replace("\n", "")]
    return dict(zip(pairs[::2], pairs[1::2], strict=True))


def fold(text: str) -> str:
    """`text` for searching: NFKC, simplified, lower case, wherever that is one for one.

    `len(fold(s)) == len(s)` and `fold(fold(s)) == fold(s)`, so offsets carry over.
    """
    if text.isascii():
        return text.lower()
    return text.translate(fold_table()) if len(text) < LONG else text_of(fold_codes(text))


def fold_all(texts: Sequence[str]) -> list[str]:
    """`fold` of each text, in one go."""
    folded = fold("".join(texts))
    ends = list(accumulate(map(len, texts)))
    return [folded[start:end] for start, end in zip([0, *ends], ends, strict=False)]


def fold_codes(text: str) -> npt.NDArray[np.uint32]:
    """The code points of `fold(text)`: (len(text),)."""
    codes = np.frombuffer(text.encode(_UTF32, "surrogatepass"), "<u4")
    return _forms().take(codes)


def text_of(codes: npt.NDArray[np.uint32]) -> str:
    """The text of some code points."""
    return codes.tobytes().decode(_UTF32, "surrogatepass")


@cache
def _forms() -> npt.NDArray[np.uint32]:
    """`fold_table` as an array over all code points: ten times faster on a page of text."""
    forms = np.arange(CODE_POINTS, dtype="<u4")
    table = fold_table()
    forms[list(table)] = list(table.values())
    return forms


def chinese_number(digits: str) -> int | None:
    """The value of 四十五, 一百二, 二〇二三 or 45; None where it is no number below 1000."""
    if digits.isdecimal():
        return int(digits)
    if not any(c in _UNITS for c in digits):
        values = [_VALUES.get(c) for c in digits]
        known = [v for v in values if v is not None]
        return int("".join(map(str, known))) if known and len(known) == len(values) else None
    total, current = 0, 0
    for c in digits:
        if c in _UNITS:
            total += (current or 1) * _UNITS[c]
            current = 0
        elif c in _VALUES:
            current = _VALUES[c]
        else:
            return None
    return total + current


_TYPED = re.compile(  # a 文号 without brackets; the issuer's short name ends in one of these
    r"(?P<issuer>[\u4e00-\u9fffa-z]{1,11}[发办函字规令告电通])\s*[-—]?\s*(?P<year>(?:19|20)\d{2})\s*年?\s*[-—,，]?\s*第?\s*"
    r"(?P<n>\d{1,4})\s*号"
)


def _trim(issuer: str, before: str) -> str:
    """The issuer's own characters out of the run that stands before the number.

    `before` is the character in front of the run; 和 after 号, 》 or a figure joins, elsewhere it is a name.
    """
    lead = _LEAD.match(issuer)
    rest = issuer[lead.end() :] if lead else issuer
    if rest[:1] in "和与及" and rest == issuer and (before.isalnum() or before in tuple("》)、")):
        rest = rest[1:]
    return rest if len(rest) >= 2 or rest in ("令", "公告") else issuer


def find_numbers(text: str) -> list[tuple[int, int, str]]:
    """The 文号 in running text as (start, end, normalised), in order, without overlaps.

    Known shapes: 浙政发〔2023〕1号 in any brackets and digits, 第743号 orders (令) and
    announcements such as 公告2020年第5号.
    """
    if "号" not in text and "號" not in text:
        return []
    folded = fold(text)
    found: list[tuple[int, int, str]] = []
    for match in _BRACKETED.finditer(folded):
        issuer = _trim(match["issuer"], folded[max(match.start() - 1, 0) : match.start()])
        start = match.end("issuer") - len(issuer)
        year = chinese_number(match["year"])
        found.append((start, match.end(), f"{issuer.upper()}〔{year}〕{int(match['n'])}号"))
    taken = [(start, end) for start, end, _ in found]
    for match in _ORDER.finditer(folded):
        issuer = _trim(match["issuer"], folded[max(match.start() - 1, 0) : match.start()])
        n = chinese_number(match["n"])
        start = match.end("issuer") - len(issuer)
        if n is None or any(s < match.end() and start < e for s, e in taken):
            continue
        year_part = f"{match['year']}年" if match["year"] else ""
        found.append((start, match.end(), f"{issuer}{year_part}第{n}号"))
    return sorted(found)


def typed_numbers(question: str) -> tuple[str, ...]:
    """What 文号 a question may mean, as people type them without brackets: 浙政发 2023 1号, 浙政发2023年第1号.

    Where the issuer begins is not known without brackets, so every beginning is offered; only one that
    a document really bears means anything.
    """
    offered = []
    for match in _TYPED.finditer(fold(question)):
        issuer = match["issuer"].upper()
        starts = range(len(issuer) - 1)
        offered += [f"{issuer[i:]}〔{match['year']}〕{int(match['n'])}号" for i in starts]
    return tuple(offered)


def bracket_number(number: str) -> str:
    """A 文号 as written by anyone → its one spelling; other text comes back folded and trimmed."""
    found = find_numbers(number.strip())
    if len(found) == 1:
        return found[0][2]
    typed = typed_numbers(number)
    if typed:
        return typed[0]
    return re.sub(r"\s+", "", fold(number)).upper()


def _closest(c: str) -> str:  # pragma: no cover - run by hand, as all below
    """One step towards the searching form of a character, if that step is one character."""
    for step in (unicodedata.normalize("NFKC", c), c.lower()):
        if len(step) == 1 and step != c:
            return step
    return c


def _simplified() -> dict[str, str]:  # pragma: no cover
    """Traditional characters with their one simplified form, by OpenCC."""
    from opencc import OpenCC

    convert = OpenCC("t2s").convert
    blocks = (range(0x3400, 0x4DC0), range(0x4E00, 0xA000), range(0x20000, 0x323B0))
    pairs = ((chr(code), convert(chr(code))) for block in blocks for code in block)
    return {old: new for old, new in pairs if len(new) == 1 and old != new}


def write_table() -> None:  # pragma: no cover
    """Write `fold.txt` (development only, under a Python whose Unicode is `UNICODE`)."""
    if unicodedata.unidata_version != UNICODE:
        raise SystemExit(f"needs Unicode {UNICODE}, this Python has {unicodedata.unidata_version}")
    simple = _simplified()
    table: dict[str, str] = {}
    for c in map(chr, range(CODE_POINTS)):
        form = c
        while (next_one := _closest(form)) != form:
            form = next_one
        form = simple.get(form, form)
        if form != c:
            table[c] = form
    pairs = [old + table.get(new, new) for old, new in sorted(table.items())]
    lines = ["".join(pairs[i : i + 50]) for i in range(0, len(pairs), 50)]
    _TABLE.write_text("\n".join(lines) + "\n", encoding="utf8")


if __name__ == "__main__":
    write_table()
