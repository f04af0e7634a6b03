"""A canonical text under construction: lines go in, a `Parsed` with exact spans comes out."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from kb.model import Heading, LineBox, Parsed, Span, Table

# Code points that carry no words: zero-width marks, soft hyphen, byte order mark, bidi controls,
# and every C0/C1 control but tab and newline.
_INVISIBLE = re.compile(
    "[\x00-\x08\x0b\x0e-\x1f\x7f-\x84\x86-\x9f\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f"
    "\ufeff\ufff9-\ufffb\ud800-\udfff\ufffe\uffff]"
)
LINE_END = re.compile("\r\n|[\r\n\x0b\x0c\x85\u2028\u2029]")
_BLANKS = re.compile("[ \t\xa0\u1680\u2000-\u200a\u202f\u205f\u3000]+")


_SYMBOL_BULLET = re.compile("[\uf06c\uf06e\uf075\uf076\uf0a7\uf0b7\uf0d8\uf0e8\uf09f]")  # of symbol fonts

_CJK = "[\u2e80-\u2fff\u3001-\u9fff\uf900-\ufaff\uff00-\uffef“”‘’…—·]"
_SET_APART = re.compile(f"(?<!{_CJK}){_CJK}(?: {_CJK}){{6,}}(?!{_CJK})")
_COUNTED = frozenset("一二三四五六七八九十日甲乙丙丁戊己庚辛壬癸东南西北春夏秋冬是否有无男女上中下左右")
_ODD = re.compile(f"{_INVISIBLE.pattern}|{_SYMBOL_BULLET.pattern}")


def clean(line: str) -> str:
    """One line without invisible marks, outer blanks, and runs of blanks inside.

    A single full-width blank stays as it is (“第一条　为了…”); any longer run becomes one space.
    """
    if _ODD.search(line):
        line = _SYMBOL_BULLET.sub("•", _INVISIBLE.sub("", line))
    return _BLANKS.sub(lambda m: "\u3000" if m[0] == "\u3000" else " ", line).strip()


def closed_up(text: str) -> str:
    """A cleaned text whose letters were set apart (登 录 教 育 平 台) with them together again; cells of a table
    that hold one letter each (一 二 三, 有 无 有 无) stay as they are."""
    return _SET_APART.sub(_closed_up, text)


def _closed_up(run: re.Match[str]) -> str:
    letters = [c for c in run[0] if "\u4e00" <= c <= "\u9fff"]
    counted = sum(c in _COUNTED for c in letters)
    if len(letters) < 6 or len(set(letters)) < 0.7 * len(letters) or counted > 0.4 * len(letters):
        return run[0]
    return run[0].replace(" ", "")


def lines_of(text: str) -> list[str]:
    """The cleaned, non-empty lines of a text with any kind of line end."""
    return [line for raw in LINE_END.split(text) if (line := clean(raw))]


def is_cjk(char: str) -> bool:
    """Whether a character is written without blanks around it (ideographs, kana, full-width marks)."""
    return (
        "\u2e80" <= char <= "\u9fff"
        or "\uf900" <= char <= "\ufaff"
        or "\uff00" <= char <= "\uffef"
        or char in "“”‘’…—·"
        or "\U00020000" <= char <= "\U0003ffff"
    )


def join(left: str, right: str) -> str:
    """Two pieces of one paragraph as one: a blank only between two words of Latin script or digits."""
    if not left or not right:
        return left + right
    if is_cjk(left[-1]) or is_cjk(right[0]) or left[-1].isspace() or right[0].isspace():
        return left + right
    if left[-1] == "-" and left[-2:-1].isalpha() and right[0].islower():
        return left[:-1] + right
    return f"{left} {right}"


def width(text: str) -> int:
    """Columns a text takes in a fixed-width face: two for full-width characters, else one."""
    return len(text.encode("gb18030", "replace"))


class Draft:
    """Collects lines in reading order; every offset it hands out is final."""

    def __init__(self) -> None:
        self._parts: list[str] = []
        self._length = 0  # code points so far, with the line end after every line
        self._headings: list[Heading] = []
        self._tables: list[Table] = []
        self._boxes: list[LineBox] = []
        self._page_starts: list[int] = []
        self._page_ends: list[int] = []

    def line(self, text: str, level: int | None = None) -> Span | None:
        """Add one paragraph (cleaned; several if it holds line ends); `level` marks a heading."""
        start = self._length
        for line in lines_of(text):
            self._parts.append(line)
            self._length += len(line) + 1
        if self._length == start:
            return None
        span = Span(start, self._length - 1)
        if level is not None:
            self._headings.append(Heading(span.start, span.end, level))
        return span

    def table(self, rows: Iterable[str]) -> list[Span]:
        """Add a table, each of its rows already one non-empty line of text; returns the rows' spans."""
        spans = [span for row in rows if (span := self.line(row.replace("\n", " ")))]
        if spans:
            self._tables.append(Table(spans[0].start, spans[-1].end, tuple(spans)))
        return spans

    def box(self, box: LineBox) -> None:
        """Note where a stretch already added stands on its page."""
        self._boxes.append(box)

    def page(self, start: int, end: int) -> None:
        """Note the span of the next page; pages come in order."""
        self._page_starts.append(start)
        self._page_ends.append(end)

    @property
    def length(self) -> int:
        """Where the next line will start."""
        return self._length

    def parsed(self, title: str | None = None, front: Mapping[str, str] | None = None) -> Parsed:
        """The finished document; `title` is cleaned, an empty one is None."""
        text = "\n".join(self._parts)
        pages = _clip(self._page_starts, self._page_ends, len(text))
        return Parsed(
            text=text,
            title=clean(title.replace("\n", " ")) or None if title else None,
            headings=tuple(self._headings),
            tables=tuple(self._tables),
            pages=pages,
            boxes=tuple(self._boxes),
            front=dict(front or {}),
        )


def _clip(starts: Sequence[int], ends: Sequence[int], length: int) -> tuple[Span, ...]:
    """Page spans within the text, in order and without overlap."""
    pages: list[Span] = []
    floor = 0
    for start, end in zip(starts, ends, strict=True):
        start = min(max(start, floor), length)
        end = min(max(end, start), length)
        pages.append(Span(start, end))
        floor = end
    return tuple(pages)
