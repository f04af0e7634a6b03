"""The numbers Word shows before paragraphs: “一、”, “（二）”, “第三条”, “1.2”."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_DIGITS = "〇一二三四五六七八九"
_FORMAL = "零壹贰叁肆伍陆柒捌玖"
_MAX_LEVEL = 8


def number_text(number: int, style: str) -> str:
    """A number in one of Word's formats (ST_NumberFormat); unknown formats fall back to digits."""
    if style in ("chineseCounting", "chineseCountingThousand", "japaneseCounting", "taiwaneseCounting",
                 "taiwaneseCountingThousand", "koreanCounting"):  # fmt: skip
        return chinese(number)
    if style in ("chineseLegalSimplified", "ideographLegalTraditional", "japaneseLegal"):
        return chinese(number, _FORMAL, "拾佰仟")
    if style in ("ideographDigital", "japaneseDigitalTenThousand", "taiwaneseDigital", "koreanDigital"):
        return "".join(_DIGITS[int(digit)] for digit in str(number))
    if style == "ideographTraditional":
        return _pick("甲乙丙丁戊己庚辛壬癸", number)
    if style == "ideographZodiac":
        return _pick("子丑寅卯辰巳午未申酉戌亥", number)
    if style in ("decimalEnclosedCircle", "decimalEnclosedCircleChinese"):
        return chr(0x2460 + number - 1) if 1 <= number <= 20 else f"({number})"
    if style == "decimalEnclosedParen":
        return chr(0x2474 + number - 1) if 1 <= number <= 20 else f"({number})"
    if style == "ideographEnclosedCircle":
        return chr(0x3220 + number - 1) if 1 <= number <= 10 else f"（{chinese(number)}）"
    if style == "decimalZero":
        return f"{number:02d}"
    if style in ("decimalFullWidth", "decimalFullWidth2"):
        return "".join(chr(0xFF10 + int(digit)) for digit in str(number))
    if style in ("lowerLetter", "upperLetter"):
        letter = chr(ord("a") + (number - 1) % 26) * ((number - 1) // 26 % 10 + 1)
        return letter if style == "lowerLetter" else letter.upper()
    if style in ("lowerRoman", "upperRoman"):
        return _roman(number).lower() if style == "lowerRoman" else _roman(number)
    return str(number)


def chinese(number: int, digits: str = _DIGITS, units: str = "十百千") -> str:
    """1–9999 as Chinese counts: 十一, 一百零五; other numbers digit by digit."""
    if not 0 < number < 10_000:
        return "".join(digits[int(digit)] for digit in str(abs(number)))
    text, gap = "", False
    for power in (3, 2, 1, 0):
        digit = number // 10**power % 10
        if digit == 0:
            gap = bool(text)
            continue
        text += ("零" if gap else "") + digits[digit] + (units[power - 1] if power else "")
        gap = False
    return text[1:] if 10 <= number < 20 and digits is _DIGITS else text


def _roman(number: int) -> str:
    if not 0 < number < 4000:
        return str(number)
    text = ""
    for value, sign in ((1000, "M"), (900, "CM"), (500, "D"), (400, "CD"), (100, "C"), (90, "XC"), (50, "L"),
                        (40, "XL"), (10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I")):  # fmt: skip
        text += sign * (number // value)
        number %= value
    return text


def _pick(signs: str, number: int) -> str:
    return signs[(number - 1) % len(signs)] if number > 0 else str(number)


@dataclass(frozen=True, slots=True)
class Level:
    """One level of a list definition (`w:lvl`)."""

    style: str
    pattern: str  # “第%1条”
    start: int
    restart: int | None  # level (from 1) whose step restarts this one; 0: never; None: any lower level
    legal: bool  # all numbers as plain digits
    suffix: str  # tab | space | nothing


class Numbering:
    """Counts as Word counts: give it each numbered paragraph in order, it gives the text shown before it."""

    def __init__(self, root: Any | None) -> None:
        self._abstract: dict[str, dict[int, Level]] = {}
        self._lists: dict[str, tuple[str, dict[int, Level]]] = {}  # numId -> (abstract id, levels)
        self._starts: dict[tuple[str, int], int] = {}  # (numId, level) -> startOverride
        self._counts: dict[str, dict[int, int]] = {}  # abstract id -> level -> number
        self._begun: set[str] = set()
        self.by_style: dict[str, tuple[str, int]] = {}  # paragraph style -> (numId, level)
        if root is not None:
            self._load(root)

    def _load(self, root: Any) -> None:
        styles: dict[str, str] = {}
        links: dict[str, str] = {}
        tied: dict[str, list[tuple[str, int]]] = {}
        for abstract in root.findall(f"{W}abstractNum"):
            identity = abstract.get(f"{W}abstractNumId", "")
            self._abstract[identity] = {n: level for n, level in map(_level, abstract.findall(f"{W}lvl"))}
            if (own := abstract.find(f"{W}styleLink")) is not None:
                styles[own.get(f"{W}val", "")] = identity
            if (link := abstract.find(f"{W}numStyleLink")) is not None:
                links[identity] = link.get(f"{W}val", "")
            for level in abstract.findall(f"{W}lvl"):
                if (style := level.find(f"{W}pStyle")) is not None:
                    tied.setdefault(identity, []).append(
                        (style.get(f"{W}val", ""), _int(level.get(f"{W}ilvl"), 0))
                    )
        for num in root.findall(f"{W}num"):
            number = num.get(f"{W}numId", "")
            node = num.find(f"{W}abstractNumId")
            identity = node.get(f"{W}val", "") if node is not None else ""
            identity = styles.get(links.get(identity, ""), identity)
            levels = dict(self._abstract.get(identity, {}))
            for override in num.findall(f"{W}lvlOverride"):
                n = _int(override.get(f"{W}ilvl"), 0)
                if (lvl := override.find(f"{W}lvl")) is not None:
                    levels[n] = _level(lvl)[1]
                if (start := override.find(f"{W}startOverride")) is not None:
                    self._starts[number, n] = _int(start.get(f"{W}val"), 1)
            self._lists[number] = (identity, levels)
            for style, n in tied.get(identity, ()):
                self.by_style.setdefault(style, (number, n))

    def next(self, number: str, level: int) -> str:
        """The text before the next paragraph of list `number`: “（三）”, “• ”, or "" for none."""
        identity, levels = self._lists.get(number, ("", {}))
        level = min(max(level, 0), _MAX_LEVEL)
        shape = levels.get(level)
        if shape is None:
            return ""
        counts = self._counts.setdefault(identity, {})
        if number not in self._begun:
            self._begun.add(number)
            for n in range(_MAX_LEVEL + 1):
                if (number, n) in self._starts:
                    counts.pop(n, None)
        for upper in range(level):
            counts.setdefault(upper, self._start(number, upper, levels))
        counts[level] = counts[level] + 1 if level in counts else self._start(number, level, levels)
        for lower in range(level + 1, _MAX_LEVEL + 1):
            restart = levels[lower].restart if lower in levels else None
            if restart is None or (restart > 0 and level < restart):
                counts.pop(lower, None)
        return _shown(shape, counts, levels)

    def _start(self, number: str, level: int, levels: Mapping[int, Level]) -> int:
        default = levels[level].start if level in levels else 1
        return self._starts.get((number, level), default)


def _shown(shape: Level, counts: Mapping[int, int], levels: Mapping[int, Level]) -> str:
    if shape.style == "none" and "%" not in shape.pattern:
        return shape.pattern
    if shape.style == "bullet":
        return "• "
    text = shape.pattern
    for n in range(_MAX_LEVEL, -1, -1):
        if f"%{n + 1}" in text:
            style = "decimal" if shape.legal or n not in levels else levels[n].style
            text = text.replace(f"%{n + 1}", "" if style == "none" else number_text(counts.get(n, 1), style))
    gap = shape.suffix == "space" or (shape.suffix == "tab" and text[-1:].isascii() and text[-1:].isalnum())
    return text + (" " if gap and text and not text.endswith(" ") else "")


def _level(node: Any) -> tuple[int, Level]:
    def value(tag: str, default: str | None) -> str | None:
        child = node.find(f"{W}{tag}")
        return default if child is None else child.get(f"{W}val", default)

    restart = value("lvlRestart", None)
    legal = node.find(f"{W}isLgl")
    shape = Level(
        style=value("numFmt", "decimal") or "decimal",
        pattern=value("lvlText", "") or "",
        start=_int(value("start", "1"), 1),
        restart=None if restart is None else _int(restart, 0),
        legal=legal is not None and legal.get(f"{W}val", "1") not in ("0", "false"),
        suffix=value("suff", "tab") or "tab",
    )
    return _int(node.get(f"{W}ilvl"), 0), shape


def _int(text: str | None, default: int) -> int:
    try:
        return max(0, min(int(text or default), 1_000_000))
    except ValueError:
        return default
