"""What stands on every page of a paged document and belongs to none: heads, feet, page numbers."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence

from .pdf_lines import PageLine

_ZONE = 0.13  # share of the page height, at top and bottom, where furniture stands
_NUMBER = re.compile(
    r"^[\s\-—–－_·•.~|]*(第\s*)?([\dＯ０-９]{1,4}|[ivxlcIVXLC]{1,6})(\s*页)?"
    r"([\s/／,，、|]*(共|of)?\s*[\d０-９]{1,4}(\s*页)?)?[\s\-—–－_·•.~|]*$"
    r"|^page\s*\d+(\s*(of|/)\s*\d+)?$",
    re.IGNORECASE,
)
_LEADER = re.compile(r"([.…·．_\-]\s*){4,}[\s(（]*\d{1,4}[)）]?$")
_CONTENTS = re.compile(r"^目\s*录$|^contents$", re.IGNORECASE)


def without_furniture(pages: Sequence[Sequence[PageLine]], heights: Sequence[float]) -> list[list[PageLine]]:
    """The lines of each page without running heads and feet, page numbers and leader-dotted contents.

    A line is furniture when it stands in the outer zone of its page and is a page number, or when
    the same line (digits apart) stands so on at least two pages and two fifths of them.
    """
    seen: Counter[str] = Counter()
    for lines, height in zip(pages, heights, strict=True):
        seen.update({_shape(line) for line in _outer(lines, height)})
    enough = max(2, 0.4 * len(pages))
    running = {shape: count for shape, count in seen.items() if count >= enough}
    return [
        _without_contents(_body(lines, height, running)) for lines, height in zip(pages, heights, strict=True)
    ]


def _outer(lines: Sequence[PageLine], height: float) -> list[PageLine]:
    """Lines in the top and bottom zones, at most the first and last three."""
    ordered = sorted(lines, key=lambda line: line.y0)
    top = [line for line in ordered[:3] if line.y1 < _ZONE * height]
    bottom = [line for line in ordered[-3:] if line.y0 > (1 - _ZONE) * height]
    return top + [line for line in bottom if line not in top]


def _shape(line: PageLine) -> str:
    """The line with its digits and blanks levelled, so that 第1页 and 第2页 are alike."""
    return re.sub(r"[\d０-９一二三四五六七八九十]+", "#", re.sub(r"\s", "", line.text))


def _body(lines: Sequence[PageLine], height: float, running: Mapping[str, int]) -> list[PageLine]:
    outer = _outer(lines, height)
    dropped = {id(line) for line in outer if _NUMBER.match(line.text) or _shape(line) in running}
    return [line for line in lines if id(line) not in dropped]


def _without_contents(lines: list[PageLine]) -> list[PageLine]:
    """Without the lines of a table of contents (“第一章 总则……3”) and the word 目录 over them."""
    leaders = [bool(_LEADER.search(line.text)) for line in lines]
    if sum(leaders) < 2:
        return lines
    return [
        line
        for index, line in enumerate(lines)
        if not leaders[index] and not (_CONTENTS.match(line.text) and any(leaders[index : index + 3]))
    ]
