"""The facts of a sentence that nobody may alter: figures, dates, 文号, 《titles》, Latin words, quoted words.

Each is brought to one form (三百元, 300元 and ３００元 are one figure; 5万 is 50000), so that a
claim can be compared with the words it cites. Offsets count code points of the text given.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Literal

from .alike import normal_text
from .fold import find_numbers, fold

FactKind = Literal["figure", "date", "number", "title", "word", "quoted"]
_FORMAL = str.maketrans("壹贰叁肆伍陆柒捌玖拾佰仟两", "一二三四五六七八九十百千二")
_DIGIT = {c: i for i, c in enumerate("零一二三四五六七八九")} | {"〇": 0}
_TENS = {"廿": 20, "卅": 30, "卌": 40}
_SMALL = {"十": 10, "百": 100, "千": 1000}
_LARGE = {"万": 10_000, "亿": 100_000_000}
_HAN = "零〇一二三四五六七八九十百千万亿廿卅卌"
_ARABIC = r"\d+(?:,\d{3})*(?:\.\d+)?"
_N = rf"(?:{_ARABIC}|[{_HAN}]+(?:点[零〇一二三四五六七八九]+)?)"
# Units that are never the same thing; words for one unit stand in one group.
_UNITS: dict[str, str] = {
    word: group.split()[0]
    for group in (
        "元 块", "美元", "欧元", "港元", "工作日", "日 天", "月", "年 周年 年度", "小时", "分钟", "秒",
        "周 星期", "岁 周岁", "季度 季", "平方米 ㎡ 平米", "立方米", "平方公里 平方千米", "公里 千米", "米",
        "公顷", "亩", "吨", "公斤 千克", "度", "倍", "成", "折", "户", "人 名 位", "人次", "%", "‰", "百分点",
        "分", "级", "批", "届", "条", "款", "章", "节",
    )
    for word in group.split()
}  # fmt: skip
_UNIT = "|".join(sorted(map(re.escape, _UNITS), key=len, reverse=True))
# A single numeral is a figure only before a measure word: 一般 and 统一 are none.
_MEASURE = (
    rf"(?:{_UNIT}|个|项|种|类|家|次|所|处|座|份|件|套|张|台|辆|层|方(?!面)|部(?!分)|支|篇|代|步|门"
    r"|条|县|市|区|镇|乡|村|省|者|大(?!量|型|力))"
)
_NOT_FIGURES = re.compile(r"一方面|一部分|一次性|一般|万一|千万(?=不|要)|十分(?!之|钟)|一点(?!\d)|百分百")
_FIGURE = re.compile(
    rf"(?P<th>第\s*)?(?:(?P<per>[百千万]分之)(?P<pv>{_N})|(?P<den>[{_HAN}]+|\d+)分之(?P<num>[{_HAN}]+|\d+)|"
    rf"(?P<half>半)(?=年|个?月|天|日|小时|数)|(?P<v>{_N})\s*(?P<mul>(?<=\d)[十百千万亿]+)?)"
    rf"(?P<tail>[余多来]?\s*个?\s*(?P<unit>{_UNIT})?)(?P<range>(?<=[\d{_HAN}])\s*[-—–~－至到]+\s*(?=第?[\d{_HAN}]))?"
)
_D = r"(?:\d{1,2}|[一二三四五六七八九十]{1,3})"
_Y = r"(?:(?<!\d)(?:1[89]|20|21)\d\d|[一二][零〇一二三四五六七八九]{3})"
_DATE = re.compile(
    rf"(?P<y>{_Y})\s*年\s*(?:(?P<m>{_D})\s*月\s*(?:(?P<d>{_D})\s*[日号])?)?"
    rf"|(?P<y2>(?<!\d)\d{{4}})(?P<sep>[-/.])(?P<m2>\d{{1,2}})(?P=sep)(?P<d2>\d{{1,2}})(?!\d)"
    rf"|(?P<m3>{_D})\s*月\s*(?P<d3>{_D})\s*[日号]|(?<![\d个{_HAN}])(?P<m4>{_D})\s*月(?!\d)"
)
_TITLE = re.compile(r"《([^《》\n]{1,80})》")
_QUOTED = re.compile(r"[“「『\"]([^“”「」『』\"\n]{1,120})[”」』\"]")
_WORD = re.compile(r"[a-z][a-z0-9]*(?:[-./_@:+&]+[a-z0-9]+)*")
_COLUMN_FIGURE = re.compile(
    rf"\((?:单位\s*[:：]?\s*)?(?P<unit>[百千万亿]?(?:{_UNIT}))(?:/[^()]{{1,6}})?\)\s*[:：|]\s*"
    rf"(?P<v>{_ARABIC})(?=\s*(?:[；;。|]|$))",
    re.M,
)
_ROW_UNIT = re.compile(  # 单位：%；2024年：61.2; 指标：森林覆盖率（%）；2024年：61.2
    rf"(?:(?:^|[；;|])\s*(?:计量|计算|计价|收费)?单位\s*[:：]\s*(?P<cell>[百千万亿]?(?:{_UNIT}))(?:/[^；;|\n]{{1,6}})?"
    rf"|^[^；;|:：\n]{{1,16}}[:：][^；;|\n]{{1,40}}\((?P<name>[百千万亿]?(?:{_UNIT}))(?:/[^()\n]{{1,6}})?\))\s*(?=[；;|]|$)",
    re.M,
)
_ROW_FIGURE = re.compile(
    rf"(?:^|[；;|])\s*(?P<column>[^；;|:：\n]{{1,24}})[:：]\s*[≥≤><约]?\s*(?P<v>{_ARABIC})(?=\s*(?:[；;。|]|$))", re.M
)
_UNCOUNTED = re.compile(r"序号|编号|代码|行次|年份|年度$|排名|名次|位次|电话|邮编")
COLUMN = "栏"  # unit of a bare figure whose column says another: no other unit may be put to it


@dataclass(frozen=True, slots=True)
class Fact:
    """`value` is in the one form of its kind; `unit` only for figures, "" where none is known."""

    kind: FactKind
    value: Hashable
    start: int
    end: int
    unit: str = ""


def facts(text: str) -> tuple[Fact, ...]:
    """All facts of a text, in order of kind; dates and 文号 are not figures again."""
    plain = plain_digits(text)
    found = [Fact("number", value, start, end) for start, end, value in find_numbers(text)]
    masked = _mask(plain, found)
    dates = list(_dates(masked))
    masked = _mask(masked, dates)
    found += dates
    found += _figures(masked)
    found += _odd_numerals(text)
    found += [Fact("title", title_form(m[1]), m.start(), m.end()) for m in _TITLE.finditer(text)]
    found += [Fact("quoted", normal_text(m[1]), m.start(), m.end()) for m in _QUOTED.finditer(text)]
    found += [Fact("word", m[0], m.start(), m.end()) for m in _WORD.finditer(_mask(fold(text), found[:0]))]
    return tuple(found)


def tabled(text: str) -> tuple[Fact, ...]:
    """The figures whose unit stands elsewhere in their table: 补助（万元）：15 is 15万元; see `unit_places`."""
    found = []
    plain = plain_digits(text)
    for start, end, unit in unit_places(plain):
        found += [replace(f, start=start, end=end) for f in _figures(plain[start:end] + unit)]
    return tuple(found)


def unit_places(text: str) -> list[tuple[int, int, str]]:
    """(start, end, unit) of the bare figures of a (folded) text whose unit stands at the head of their column,
    in a cell 单位 of their row, or behind what names the row."""
    found = {m.start("v"): (m.start("v"), m.end("v"), m["unit"]) for m in _COLUMN_FIGURE.finditer(text)}
    for line in re.finditer(r"[^\n]+", text) if ";" in text else ():
        if unit := row_unit(line[0]):
            for m in _ROW_FIGURE.finditer(line[0]):
                start, end = line.start() + m.start("v"), line.start() + m.end("v")
                if not _UNCOUNTED.search(m["column"]):
                    found.setdefault(start, (start, end, unit))
    return sorted(found.values())


def with_units(text: str, places: Sequence[tuple[int, int, str]]) -> str:
    """A text with the units of `unit_places` behind their figures."""
    for _, end, unit in reversed(places):
        text = f"{text[:end]}{unit}{text[end:]}"
    return text


def row_unit(row: str) -> str:
    """The unit that a (folded) row of a table gives for its bare figures, in a cell 单位 or behind its name; "" for none."""
    unit = _ROW_UNIT.search(row) if "单位" in row or ")" in row else None
    return unit["cell"] or unit["name"] if unit else ""


def with_columns(text: str) -> tuple[Fact, ...]:
    """All facts of a text; of a figure in a column with a unit, that with the unit and, as 栏, the bare one."""
    headed = tabled(text)
    starts = {f.start for f in headed}
    bare = (replace(f, unit=COLUMN) if f.kind == "figure" and f.start in starts else f for f in facts(text))
    return (*headed, *bare)


def plain_digits(text: str) -> str:
    """Folded, every decimal digit in ASCII, formal numerals plain; the same length as `text`."""
    folded = fold(text.replace("，", "、")).translate(_FORMAL)
    if folded.isascii():
        return folded
    return "".join(str(unicodedata.decimal(c)) if not c.isascii() and c.isdecimal() else c for c in folded)


def title_form(title: str) -> str:
    return normal_text(title.strip("《》〈〉"))


def _mask(text: str, found: Sequence[Fact]) -> str:
    """`text` with the stretches of these facts made unreadable, offsets kept."""
    for fact in found:
        text = text[: fact.start] + "\x00" * (fact.end - fact.start) + text[fact.end :]
    return text


def number_value(written: str) -> Fraction | str:
    """The value of 1,234.5, 三百二十, 二〇二三 or 三点五; what is no number stays as written."""
    written = written.replace(",", "")
    if len(written) > 40:
        return written
    if written[:1].isdigit():
        return Fraction(written)
    whole, _, decimals = written.partition("点")
    value = Fraction(_han_value(whole))
    if decimals:
        digits = "".join(str(_DIGIT[c]) for c in decimals)
        value += Fraction(int(digits), 10 ** len(digits))
    return value


def _han_value(text: str) -> int:
    if len(text) > 1 and all(c in _DIGIT for c in text):
        return int("".join(str(_DIGIT[c]) for c in text))
    total = section = current = 0
    for i, c in enumerate(text):
        if c in _DIGIT:
            current = _DIGIT[c]
            last = text[i - 1] if i else ""
            if i == len(text) - 1 and last in _SMALL and last != "十":
                current *= _SMALL[last] // 10  # 三百二 is 320
            elif i == len(text) - 1 and last in _LARGE:
                current *= _LARGE[last] // 10
        elif c in _TENS:
            section += _TENS[c]
        elif c in _SMALL:
            section += (current or 1) * _SMALL[c]
            current = 0
        else:
            total = (total + section + current or 1) * _LARGE[c]
            section = current = 0
    return total + section + current


def _dates(text: str) -> Iterator[Fact]:
    for m in _DATE.finditer(text):
        year, month, day = (
            m["y"] or m["y2"], m["m"] or m["m2"] or m["m3"] or m["m4"], m["d"] or m["d2"] or m["d3"],
        )  # fmt: skip
        value = tuple(None if part is None else int(number_value(part)) for part in (year, month, day))
        if (value[1] is None or 1 <= value[1] <= 12) and (value[2] is None or 1 <= value[2] <= 31):
            end = m.end() - len(m[0]) + len(m[0].rstrip())
            yield Fact("date", value, m.start(), end)


def _figures(text: str) -> Iterator[Fact]:
    pending: list[Fact] = []  # starts of ranges: 3至5万元 is 30000 to 50000
    skip = [(m.start(), m.end()) for m in _NOT_FIGURES.finditer(text)]
    for m in _FIGURE.finditer(text):
        if any(a <= m.start() < b for a, b in skip):
            pending = []
            continue
        fact, scale = _figure(m, text)
        if fact is None:
            pending = []
            continue
        for before in pending:
            value = before.value * scale if isinstance(before.value, Fraction) else before.value
            yield Fact("figure", value, before.start, before.end, before.unit or fact.unit)
        pending = []
        bare = not m["unit"] and not m["mul"] and not set(m["v"] or "") & set(_LARGE)
        if m["range"] and bare:
            pending = [fact]
        else:
            yield fact
    yield from pending


def _figure(m: re.Match[str], text: str) -> tuple[Fact | None, int]:
    """The figure of a match and by what its 万 or 亿 multiplies; None for an idle numeral."""
    unit, scale = _UNITS.get(m["unit"] or "", ""), 1
    value: Fraction | str
    try:
        if m["per"]:
            value, unit = number_value(m["pv"]), {"百": "%", "千": "‰", "万": "‱"}[m["per"][0]]
        elif m["den"]:
            over, under = number_value(m["num"]), number_value(m["den"])
            value = over / under if isinstance(over, Fraction) and isinstance(under, Fraction) else m[0]
        elif m["half"]:
            value = Fraction(1, 2)
        else:
            written, mul = m["v"], m["mul"] or ""
            if not mul and not written[0].isdigit() and not m["th"] and _idle(written, text[m.end("v") :]):
                return None, 1
            value = number_value(written)
            for c in mul:
                scale *= (_SMALL | _LARGE)[c]
            if not mul and not written[0].isdigit() and len(written) > 1 and written[-1] in _LARGE:
                scale = _LARGE[written[-1]]
            if isinstance(value, Fraction) and mul:
                value *= scale
    except ZeroDivisionError:
        value = m[0]
    if m["th"]:
        unit = f"第{unit}"
    end = m.start() + len(m[0].rstrip()) if not m["range"] else m.end("tail")
    return Fact("figure", value, m.start(), end, unit), scale


def _idle(written: str, after: str) -> bool:
    """Whether a Chinese numeral counts nothing: 一 in 统一, 万 in 万户."""
    if len(written) == 1:
        return written in "百千万亿" or not re.match(
            rf"[余多来]?\s*个?\s*{_MEASURE}|个|[-—–~至到]\s*[\d{_HAN}]", after
        )
    return all(c in "百千万亿" for c in written) and not re.match(_MEASURE, after)


def _odd_numerals(text: str) -> Iterator[Fact]:
    """Numerals that are one character to Unicode and no digit: Ⅲ, ½."""
    for i, c in enumerate(text):
        if c.isascii() or c == "〇" or fold(c).isdecimal():
            continue
        if unicodedata.category(c) in ("No", "Nl"):
            yield Fact("figure", Fraction(unicodedata.numeric(c, 0)).limit_denominator(1000), i, i + 1)


def held(fact: Fact, there: Sequence[Fact], form: str) -> bool:
    """Whether the cited words have a fact; `there` are their facts, `form` their `normal_text`."""
    if fact.kind == "quoted":
        return str(fact.value) in form
    if fact.kind == "title":
        return any(f.kind == "title" and f.value == fact.value for f in there)
    if fact.kind == "date":
        return any(f.kind == "date" and _date_within(fact.value, f.value) for f in there) or (
            fact.value[1:] == (None, None)  # type: ignore[index]
            and any(f.kind == "figure" and f.value == fact.value[0] and not f.unit for f in there)  # type: ignore[index]
        )
    if fact.kind == "figure":
        same = (f for f in there if f.kind == "figure" and f.value == fact.value)
        return any(_same_unit(fact.unit, f.unit) for f in same) or (
            not fact.unit and any(f.kind == "date" and f.value[0] == fact.value for f in there)  # type: ignore[index]
        )
    return any(f.kind == fact.kind and f.value == fact.value for f in there)


def _date_within(claimed: Hashable, known: Hashable) -> bool:
    """A claimed date may say less than the known one, never anything else."""
    return all(c is None or c == k for c, k in zip(claimed, known, strict=True))  # type: ignore[call-overload]


def _same_unit(a: str, b: str) -> bool:
    return a == b or ((not a or not b) and not (a + b).startswith("第") and (a + b) not in ("%", "‰", "‱"))
