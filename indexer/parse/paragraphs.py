"""Paragraphs from the lines of pages: by indentation, short lines, air between lines, and numbering."""

from __future__ import annotations

import re
from bisect import bisect, bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Sequence
from itertools import pairwise
from statistics import median

from .contents import LEADER
from .pdf_lines import PageLine, gutters, in_columns
from .unwrap import NUMBERED, ends_sentence

_NEIGHBOURS = 12  # lines on either side that show where the edges of a column are


def paragraphs(lines: Sequence[PageLine]) -> list[list[PageLine]]:
    """Consecutive lines grouped into paragraphs, in order, across page ends."""
    if not lines:
        return []
    pitch = _usual_pitch(lines)
    edges = _edges(lines)
    groups = [[lines[0]]]
    for index in range(1, len(lines)):
        if _begins(lines, index, pitch, edges, groups[-1][0]):
            groups.append([])
        groups[-1].append(lines[index])
    return groups


def _usual_pitch(lines: Sequence[PageLine]) -> float:
    """The usual distance from line to line, as a multiple of the type size."""
    steps = [
        (b.y0 - a.y0) / a.size
        for a, b in pairwise(lines)
        if a.page == b.page and 0 < b.y0 - a.y0 < 4 * a.size
    ]
    return median(steps) if steps else 1.5


def _begins(
    lines: Sequence[PageLine],
    index: int,
    pitch: float,
    edges: Sequence[tuple[float, float]],
    first: PageLine,
) -> bool:
    """Whether line `index` begins a paragraph; `first` is the first line of the one before."""
    last, line = lines[index - 1], lines[index]
    em = max(last.size, 1.0)
    flows = line.page == last.page and line.y0 > last.y0
    if abs(line.size - last.size) > 0.15 * em and (flows or ends_sentence(last.text)):
        return True
    if flows and (line.y0 - last.y0) / em > max(1.6 * pitch, pitch + 0.7):
        return True
    if LEADER.search(last.text) or (LEADER.search(line.text) and ends_sentence(last.text)):
        return True
    (left, right), (last_left, last_right) = edges[index], edges[index - 1]
    if _centred(last, last_left, last_right) and _centred(line, left, right):
        return not flows or bool(NUMBERED.match(line.text)) or abs(line.size - last.size) > 0.05 * em
    if _centred(line, left, right) and line.x1 - line.x0 < 0.6 * (right - left):
        return True
    room = last_right - last.x1
    if NUMBERED.match(line.text) and (ends_sentence(last.text) or room > 2 * em):
        return True
    if _numbered_alike(first, line):
        return True
    if room > (_first_word(line.text) + 1.4) * em:
        return True
    indent, last_indent = line.x0 - left, last.x0 - last_left
    if indent > 1.2 * em and abs(indent - last_indent) > 0.6 * em:
        return True
    if indent > 1.2 * em and ends_sentence(last.text):
        return True
    return not flows and ends_sentence(last.text) and room > 1.2 * em


def _edges(lines: Sequence[PageLine]) -> list[tuple[float, float]]:
    """For each line, the left and right edge of the text block it stands in.

    Pages set in one column share the document's edges; on a page with stretches side by side the
    lines nearby decide, in columns only those of the same column.
    """
    pages: dict[int, list[PageLine]] = defaultdict(list)
    for line in lines:
        pages[line.page].append(line)
    single = {page for page, own in pages.items() if not in_columns(own)}
    whole = _common_edges([line for line in lines if line.page in single])
    parting = {page: gutters(own) for page, own in pages.items() if page not in single}
    edges: list[tuple[float, float]] = []
    for index, line in enumerate(lines):
        if line.page in single:
            own = _common_edges(pages[line.page])[1] if len(pages[line.page]) > 5 else whole[1]
            right = own if own > whole[1] + 3 * line.size else whole[1]  # a wider page among others
            edges.append((min(whole[0], line.x0), max(right, line.x1)))
            continue
        column = _column(line, parting[line.page])
        near = [
            other
            for other in lines[max(0, index - _NEIGHBOURS) : index + _NEIGHBOURS + 1]
            if other.page == line.page
            and (other.x0 < line.x1 and other.x1 > line.x0)
            and _column(other, parting[line.page]) == column
        ]
        edges.append((min(other.x0 for other in near), max(other.x1 for other in near)))
    return edges


def _column(line: PageLine, gutters: Sequence[float]) -> tuple[int, int]:
    """(column in which a line begins, column in which it ends): two for a heading over the columns."""
    return bisect(gutters, line.x0), bisect(gutters, line.x1)


def _common_edges(lines: Sequence[PageLine]) -> tuple[float, float]:
    """The left edge, and the right edge to which most lines are filled (a table may stand out beyond)."""
    if not lines:
        return 0.0, 0.0
    left = sorted(line.x0 for line in lines)[len(lines) // 50]
    em = median(line.size for line in lines)
    rights = sorted(line.x1 for line in lines)
    filled = [bisect_right(rights, x + 1.2 * em) - bisect_left(rights, x) for x in rights]
    most = max(filled)
    if most < 0.25 * len(lines):  # hardly a line is filled: lists, verses
        return left, rights[-1 - len(rights) // 50]
    start = max(x for x, count in zip(rights, filled, strict=True) if count >= 0.5 * most)
    return left, rights[bisect_right(rights, start + 1.2 * em) - 1]


def _numbered_alike(first: PageLine, line: PageLine) -> bool:
    """Whether two lines open with numbers of one kind and stand one under the other: items of a list."""
    one, other = NUMBERED.match(first.text), NUMBERED.match(line.text)
    if one is None or other is None or abs(first.x0 - line.x0) > 0.6 * line.size:
        return False
    return _digitless(one[0]) == _digitless(other[0]) and one[0] != other[0]


def _digitless(number: str) -> str:
    return re.sub(r"[\d〇零一二三四五六七八九十百千]+", "#", number)


def _centred(line: PageLine, left: float, right: float) -> bool:
    before, after = line.x0 - left, right - line.x1
    return min(before, after) > 2.5 * line.size and abs(before - after) < 2 * line.size


def _first_word(text: str) -> float:
    """Ems the first unbreakable piece of a line takes: an ideograph with the marks after it, or a word."""
    word = re.match(r"[A-Za-z0-9.,%/\-]+", text)
    if word:
        return 0.55 * len(word[0])
    marks = re.match(r".[，。、；：？！”’）》〕】]*", text)
    return float(len(marks[0])) if marks else 1.0
