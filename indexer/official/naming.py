"""Documents named in running text: 《标题》（文号）, and the sentences they stand in."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from kb.fold import find_numbers

REACH = 3000  # how far a sentence is followed
ENDS = ("。", "；", "\n", "　　")  # of a sentence; the indent of a paragraph that has lost its line end
_LONGEST = 200  # code points of a title in 《》


@dataclass(frozen=True, slots=True)
class Named:
    """A document named in running text: 《标题》（文号）, either part may be empty."""

    title: str
    number: str
    start: int
    end: int


def _quoted(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Outermost 《…》 pairs of `text[start:end]`, brackets included; inner 《》 or 〈〉 may nest."""
    position = start
    while (opening := text.find("《", position, end)) >= 0:
        depth, at = 1, opening + 1
        if text.find("》", opening, min(end, opening + _LONGEST)) < 0:
            position = opening + 1
            continue
        while at < min(end, opening + _LONGEST) and 0 < depth < 5:
            depth += {"《": 1, "》": -1}.get(text[at], 0)
            at += 1
        if depth and (close := text.find("》", opening, min(end, opening + _LONGEST))) >= 0:
            depth, at = 0, close + 1
        if depth:
            position = opening + 1
            continue
        yield opening, at
        position = at


_AFTER = re.compile(r"[（(\[〔，,\s　]*(?:原)?|[（(][^（()）《》。；]{0,24}")
_BEFORE = re.compile(r"[ 　]*(?:公布|发布|颁布|印发|下发)的?[ 　]*")


def _beside(
    text: str, left: int, right: int, numbers: list[tuple[int, int, str]]
) -> tuple[int, int, str] | None:
    """The 文号 of a title in `[left, right)`: `》（浙政发〔2010〕1号）`, `》（某日国务院令第371号公布）`;
    or before it: `市人民政府令第258号公布的《`."""
    for number in numbers:
        if right <= number[0] <= right + 30 and _AFTER.fullmatch(text, right, number[0]):
            return number
        if left - 8 <= number[1] < left and _BEFORE.fullmatch(text, number[1], left):
            return number
    return None


def named(text: str, start: int, end: int) -> list[Named]:
    """Documents named by title, by 文号 or by both in `text[start:end]`, in order."""
    numbers = [
        (start + s + n.startswith(("日", "原")), start + e, n.removeprefix("日").removeprefix("原"))
        for s, e, n in find_numbers(text[start:end])
    ]
    found: list[Named] = []
    used: set[int] = set()
    for left, right in _quoted(text, start, end):
        near = _beside(text, left, right, numbers)
        used.update(x[0] for x in numbers if left < x[0] and x[1] <= right)
        title, stop = re.sub(r"\s+", "", text[left + 1 : right - 1]), right
        if near:
            used.add(near[0])
            closing = re.compile(r"[ 　]*(?:公布|发布|颁布)?[）)\]〕]").match(text, near[1], near[1] + 6)
            left, stop = min(left, near[0]), closing.end() if closing else max(right, near[1])
        found.append(Named(title, near[2] if near else "", left, stop))
    found += [Named("", n, s, e) for s, e, n in numbers if s not in used]
    return sorted(found, key=lambda x: x.start)


def sentences(text: str, words: tuple[str, ...]) -> Iterator[tuple[int, int]]:
    """Spans of the sentences that contain one of `words`, each once, in order."""
    marks = sorted({m for w in words for m in _positions(text, w)})
    done = -1
    for mark in marks:
        if mark < done:
            continue
        first, last = max(0, done, mark - REACH), min(len(text), mark + REACH)
        left = max([first, *(at + len(c) for c in ENDS if (at := text.rfind(c, first, mark)) >= 0)])
        rights = [p for p in (text.find(c, mark, last) for c in ENDS) if p >= 0]
        done = min(rights, default=last)
        yield left, done


def _positions(text: str, word: str) -> Iterator[int]:
    at = text.find(word)
    while at >= 0:
        yield at
        at = text.find(word, at + len(word))
