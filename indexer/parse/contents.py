"""Tables of contents of paged documents: found by their heading, or by titles and page numbers that prove them."""

from __future__ import annotations

import re
from collections.abc import Sequence

from .pdf_lines import PageLine

LEADER = re.compile(r"([.…·．_\-]\s*){4,}[\s(（]*(\d{1,4})[)）]?$")
_HEADING = re.compile(r"^目\s*[录次]$|^contents$", re.IGNORECASE)
_APART = 3  # lines from one with a page number to the next: titles are long, parts have none
_SEVERAL = 3  # lines that make contents where no heading says so
_FIRST = 3  # pages among which such contents begin


def without_contents(pages: Sequence[Sequence[PageLine]]) -> list[list[PageLine]]:
    """The pages without the lines of a table of contents (“第一章 总则……3”) and the word 目录 over them.

    A list of prices has leaders too (“成人票……50”), so leaders alone prove nothing: a heading must
    stand over them, or at the start of the document several page numbers rise and titles come again.
    """
    lines = [line for page in pages for line in page]
    numbers = [int(found[2]) if (found := LEADER.search(line.text)) else None for line in lines]
    dropped: set[int] = set()
    place = 0
    while place < len(lines):
        run = _contents(lines, numbers, place, len(pages))
        dropped.update(run)
        place = max(run, default=place) + 1
    kept = {id(line) for place, line in enumerate(lines) if place not in dropped}
    return [[line for line in page if id(line) in kept] for page in pages]


def _contents(lines: Sequence[PageLine], numbers: Sequence[int | None], start: int, pages: int) -> list[int]:
    """The places of the lines of the contents that begin at `start`; empty if none begin there."""
    if _HEADING.match(lines[start].text):
        entries = _entries(lines, numbers, start + 1)
        return [start, *entries] if len(entries) > 1 else []
    if lines[start].page > _FIRST or numbers[start] is None:
        return []
    entries = _entries(lines, numbers, start)
    first, last = numbers[entries[0]] or 0, numbers[entries[-1]] or 0
    proved = len(entries) >= _SEVERAL and first < last <= pages and _come_again(lines, entries)
    return entries if proved else []


def _entries(lines: Sequence[PageLine], numbers: Sequence[int | None], start: int) -> list[int]:
    """The places of lines with page numbers from `start` on, until the numbers fall or the text begins."""
    found: list[int] = []
    near, last = start - 1, 0
    for place in range(start, len(lines)):
        number = numbers[place]
        if place - near > _APART or (number is not None and number < last):
            break
        if number is not None:
            found.append(place)
            near, last = place, number
        elif found and _title(lines[found[0]]) == _title(lines[place]):
            break
    return found


def _come_again(lines: Sequence[PageLine], entries: Sequence[int]) -> bool:
    """Whether at least half of the titles stand at the head of a later line."""
    later = [_title(line) for line in lines[entries[-1] + 1 :]]
    titles = [_title(lines[place]) for place in entries]
    again = sum(bool(title) and any(text.startswith(title) for text in later) for title in titles)
    return 2 * again >= len(titles)


def _title(line: PageLine) -> str:
    """The words of a line before its leaders, without blanks."""
    return re.sub(r"\s", "", LEADER.sub("", line.text))
