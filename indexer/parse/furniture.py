"""What stands on every page of a paged document and belongs to none: heads, feet, page numbers."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from itertools import takewhile

from .contents import without_contents
from .marks import marks_secrecy
from .pdf_lines import PageLine
from .unwrap import NUMBERED

_ZONE = 0.13  # share of the page height, at top and bottom, where furniture stands
_NUMBER = re.compile(
    r"^[\s\-—–－_·•.~|]*(第\s*)?([\dＯ０-９]{1,4}|[ivxlcIVXLC]{1,6})(\s*页)?"
    r"([\s/／,，、|]*(共|of)?\s*[\d０-９]{1,4}(\s*页)?)?[\s\-—–－_·•.~|]*$"
    r"|^page\s*\d+(\s*(of|/)\s*\d+)?$",
    re.IGNORECASE,
)
_PAGE = re.compile(  # a page number beside the words of a running head or foot
    r"第\s*(\d{1,4})\s*页|page\s*(\d{1,4})\b|(\d{1,4})\s*/\s*\d{1,4}$|^[\W_]*(\d{1,4})(?=[\s\-—–－_·•|/])|(?<=[\s\-—–－_·•|/])(\d{1,4})[\W_]*$",
    re.IGNORECASE,
)
_ATTACHMENT = re.compile(r"^附\s*件\s*[\d一二三四五六七八九十]*\s*[:：]?$")  # heads its own page, one a page
_LABEL = 3  # characters: a number beside so few words is that of a form, a table or an attachment

Shape = tuple[str, int]


def without_furniture(pages: Sequence[Sequence[PageLine]], heights: Sequence[float]) -> list[list[PageLine]]:
    """The lines of each page without running heads and feet, page numbers and tables of contents.

    A line is furniture when it stands in the outer zone of its page, with nothing but furniture beyond
    it, and is a page number, or when the same words stand so on at least two pages and two fifths of
    them. Only a page number among the words may differ: “附件1” and “附件2” are two lines. A running
    mark of secrecy stays on the first page: it says who may read the text.
    """
    seen: Counter[Shape] = Counter()
    for lines, height in zip(pages, heights, strict=True):
        seen.update({shape for line in _outer(lines, height) for shape in _shapes(line)})
    enough = max(2, 0.4 * len(pages))
    running = {shape for shape, count in seen.items() if count >= enough}
    marks = {shape for shape in running if marks_secrecy(shape[0])}
    return without_contents(
        [
            _body(lines, height, running if number else running - marks)
            for number, (lines, height) in enumerate(zip(pages, heights, strict=True))
        ]
    )


def _outer(lines: Sequence[PageLine], height: float) -> list[PageLine]:
    """Lines in the top and bottom zones, at most the first and last three."""
    top, bottom = _zones(lines, height)
    return top + [line for line in bottom if line not in top]


def _zones(lines: Sequence[PageLine], height: float) -> tuple[list[PageLine], list[PageLine]]:
    """(lines in the top zone, lines in the bottom zone), three at most, each from its edge inwards."""
    ordered = sorted(lines, key=lambda line: line.y0)
    top = [line for line in ordered[:3] if line.y1 < _ZONE * height]
    bottom = [line for line in ordered[:-4:-1] if line.y0 > (1 - _ZONE) * height]
    return top, bottom


def _shapes(line: PageLine) -> Iterator[Shape]:
    """What a line has in common with its like on other pages: (its words, 0), and where a page number
    stands among them (the words around it, how far it is from the place of the page in the file)."""
    yield re.sub(r"\s", "", line.text), 0
    found = None if NUMBERED.match(line.text) else _PAGE.search(line.text)
    if found is not None:
        words = re.sub(r"\s", "", f"{line.text[: found.start()]}#{line.text[found.end() :]}")
        if len(words) > _LABEL + 1 or "页" in found[0]:
            yield words, int(next(filter(None, found.groups()))) - line.page


def _body(lines: Sequence[PageLine], height: float, running: Collection[Shape]) -> list[PageLine]:
    def is_furniture(line: PageLine) -> bool:
        if _ATTACHMENT.match(line.text):
            return False
        return bool(_NUMBER.match(line.text)) or any(shape in running for shape in _shapes(line))

    dropped = {id(line) for zone in _zones(lines, height) for line in takewhile(is_furniture, zone)}
    return [line for line in lines if id(line) not in dropped]
