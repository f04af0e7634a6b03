"""The lines of PDF pages as a reader sees them, with their boxes."""

from __future__ import annotations

import ctypes
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from .draft import clean, is_cjk
from .pdfium import functions


@dataclass(frozen=True, slots=True)
class Glyph:
    """One character on a page; PDF points, origin top left. A blank has no box of its own."""

    char: str
    x0: float
    y0: float
    x1: float
    y1: float
    size: float
    made: bool = False  # a blank or line end that the PDF library put in


@dataclass(frozen=True, slots=True)
class PageLine:
    """One line of a page, cleaned."""

    text: str
    page: int  # from 1
    x0: float
    y0: float
    x1: float
    y1: float
    size: float  # of its type, points
    placed: bool = True  # whether the box is where the page shows it (not on a page read sideways)


@dataclass(frozen=True, slots=True)
class Rule:
    """A straight line drawn on a page, level or upright; PDF points, origin top left."""

    x0: float
    y0: float
    x1: float
    y1: float

    @property
    def level(self) -> bool:
        return self.x1 - self.x0 >= self.y1 - self.y0


@dataclass(frozen=True, slots=True)
class Page:
    number: int  # from 1
    width: float
    height: float
    glyphs: list[Glyph]
    images: bool  # whether what it says stands in a picture, out of our reach
    rules: tuple[Rule, ...] = ()
    placed: bool = True


def turned(page: Page, quarters: int, placed: bool) -> Page:
    """The page turned clockwise by quarter turns, so that its text reads from left to right."""
    quarters %= 4
    if quarters == 0:
        return page
    w, h = page.width, page.height

    def box(x0: float, y0: float, x1: float, y1: float) -> tuple[float, float, float, float]:
        if quarters == 1:
            return h - y1, x0, h - y0, x1
        if quarters == 2:
            return w - x1, h - y1, w - x0, h - y0
        return y0, w - x1, y1, w - x0

    glyphs = [Glyph(g.char, *box(g.x0, g.y0, g.x1, g.y1), g.size, g.made) for g in page.glyphs]
    rules = tuple(Rule(*box(rule.x0, rule.y0, rule.x1, rule.y1)) for rule in page.rules)
    width, height = (w, h) if quarters == 2 else (h, w)
    return Page(page.number, width, height, glyphs, page.images, rules, placed)


def glyphs_of(text_page: Any, left: float, top: float) -> list[Glyph]:
    """All characters of a page in the library's reading order; (`left`, `top`) is the page's corner."""
    raw = functions()
    handle = text_page.raw
    box = raw.FS_RECTF()
    reference = ctypes.byref(box)
    glyphs: list[Glyph] = []
    high = 0
    for index in range(raw.FPDFText_CountChars(handle)):
        code = raw.FPDFText_GetUnicode(handle, index)
        if 0xD800 <= code < 0xDC00:
            high = code
            continue
        if 0xDC00 <= code < 0xE000:
            code = 0x10000 + ((high - 0xD800) << 10) + code - 0xDC00 if high else 0xFFFD
            high = 0
        if code == 0 or code > 0x10FFFF:
            continue
        made = raw.FPDFText_IsGenerated(handle, index) == 1
        if not made and _slanted(raw.FPDFText_GetCharAngle(handle, index)):
            continue  # a watermark
        if not raw.FPDFText_GetLooseCharBox(handle, index, reference):
            box.left = box.right = box.top = box.bottom = 0.0
        glyphs.append(
            Glyph(
                chr(code),
                box.left - left,
                top - box.top,
                box.right - left,
                top - box.bottom,
                abs(box.top - box.bottom) or 1.0,
                made,
            )
        )
    return glyphs


def _slanted(angle: float) -> bool:
    """Whether a direction (radians) is neither level nor upright."""
    quarters = angle / (math.pi / 2)
    return abs(quarters - round(quarters)) > 0.1


def lines_of_page(page: Page) -> list[PageLine]:
    """Lines of one page in reading order; stretches side by side on one row are one line.

    The order is that of the file on a page with columns, else from top to bottom.
    """
    rows: list[list[Glyph]] = []
    for segment in _segments(page.glyphs):
        if rows and _same_row(rows[-1], segment):
            rows[-1] = [*rows[-1], Glyph(" ", 0, 0, 0, 0, segment[0].size, True), *segment]
        else:
            rows.append(segment)
    lines = [line for row in rows if (line := line_of(row, page)) is not None]
    return lines if in_columns(lines) else sorted(lines, key=lambda line: (line.y0 + line.y1) / 2)


def in_columns(lines: Sequence[PageLine]) -> bool:
    """Whether a page has columns, or many lines that stand beside others."""
    if gutters(lines):
        return True
    ordered = sorted(lines, key=lambda line: line.y0)
    beside = sum(b.y0 < a.y1 - 0.5 * a.size and (b.x0 > a.x1 or a.x0 > b.x1) for a, b in pairwise(ordered))
    return len(lines) > 6 and beside > 0.15 * len(lines)


def gutters(lines: Sequence[PageLine]) -> list[float]:
    """Where the columns of a page part, from left to right, by its lines in the order of the file.

    A column ends where the file goes back up and to the right of all it wrote since the column
    began; it has three lines or more, a third of them filled, while the next may have only one.
    """
    found: list[float] = []
    for place in range(3, len(lines)):
        before, line = lines[place - 1], lines[place]
        if line.y1 > before.y0 or line.x0 < before.x1:
            continue
        column = _column_above(lines, place)
        edge = max((other.x1 for other in column), default=0.0)
        filled = sum(other.x1 > edge - 1.5 * other.size for other in column)
        if len(column) >= 3 and 3 * filled >= len(column) and line.y0 > column[0].y0 - line.size:
            found.append((edge + line.x0) / 2)
    return sorted(found)


def _column_above(lines: Sequence[PageLine], end: int) -> Sequence[PageLine]:
    """The lines before `end` that stand one under the other, all of them left of line `end`."""
    start = end - 1
    while start > 0 and lines[start - 1].y0 < lines[start].y0 and lines[start - 1].x1 <= lines[end].x0:
        start -= 1
    return lines[start:end]


def line_of(row: list[Glyph], page: Page) -> PageLine | None:
    """A row of glyphs as a line; None if nothing is left of it."""
    ink = [glyph for glyph in row if not glyph.char.isspace()]
    text = clean(spaced(row)) if ink else ""
    if not text:
        return None
    sizes = sorted(glyph.size for glyph in ink)
    return PageLine(
        text,
        page.number,
        min(glyph.x0 for glyph in ink),
        min(glyph.y0 for glyph in ink),
        max(glyph.x1 for glyph in ink),
        max(glyph.y1 for glyph in ink),
        sizes[len(sizes) // 2],
        page.placed,
    )


def spaced(row: list[Glyph]) -> str:
    """The text of a row with the blanks a reader would type.

    The little air set between ideographs and Latin letters or digits is no blank; neither is one
    that the library guessed between two ideographs, unless it is wide.
    """
    parts: list[str] = []
    before: Glyph | None = None
    blank: Glyph | None = None
    tight = _set_tight(row)
    for glyph in row:
        if glyph.char.isspace():
            blank = blank if blank is not None and not blank.made else glyph
            continue
        if blank is not None and before is not None:
            gap = (glyph.x0 - before.x1) / max(before.size, glyph.size, 1.0)
            left, right = is_cjk(before.char), is_cjk(glyph.char)
            if left != right:
                keep = gap > (0.6 if blank.made else 0.4)
            elif left:
                keep = gap > (0.25 if tight else 0.6) or not blank.made
            else:
                keep = True
            if keep:
                parts.append(" ")
        parts.append(glyph.char)
        before, blank = glyph, None
    return "".join(parts)


def _set_tight(row: list[Glyph]) -> bool:
    """Whether the ideographs of a row stand close, so that a gap between two of them is a blank."""
    gaps = sorted(
        (b.x0 - a.x1) / max(a.size, 1.0)
        for a, b in pairwise(row)
        if is_cjk(a.char) and is_cjk(b.char) and not a.char.isspace() and not b.char.isspace()
    )
    return len(gaps) >= 4 and gaps[len(gaps) // 2] < 0.08 and gaps[int(len(gaps) * 0.9)] < 0.15


def _segments(glyphs: list[Glyph]) -> Iterator[list[Glyph]]:
    """Runs of glyphs without a line end, that stay on one height."""
    run: list[Glyph] = []
    ink: Glyph | None = None
    for glyph in glyphs:
        if glyph.char in "\r\n":
            if run:
                yield run
            run, ink = [], None
            continue
        if not glyph.char.isspace():
            if ink is not None and not _overlap(ink, glyph):
                yield run
                run = []
            ink = glyph
        run.append(glyph)
    if run:
        yield run


def _overlap(a: Glyph, b: Glyph) -> bool:
    shared = min(a.y1, b.y1) - max(a.y0, b.y0)
    return shared > 0.3 * min(a.y1 - a.y0, b.y1 - b.y0)


def _same_row(row: list[Glyph], segment: list[Glyph]) -> bool:
    """Whether a segment goes on to the right of a row, on the same height."""
    left = [glyph for glyph in row if not glyph.char.isspace()]
    right = [glyph for glyph in segment if not glyph.char.isspace()]
    if not left or not right:
        return not right
    last, first = left[-1], right[0]
    shared = min(last.y1, first.y1) - max(last.y0, first.y0)
    return (
        shared > 0.6 * min(last.y1 - last.y0, first.y1 - first.y0) and first.x0 >= last.x1 - 0.2 * last.size
    )
