"""Paragraphs from plain lines: put together what a fixed line width or a page break has cut."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

from .contents import LEADER
from .draft import clean, is_cjk, join, width

_TERMINAL = "。！？!?；;：:.…"
_CLOSERS = "”’）)》」』】〕\"'"
_NARROWEST, _WIDEST = 40, 130  # columns at which texts are wrapped; an ideograph takes two
_RAGGED = 4  # columns by which a full line may fall short of or stand out beyond the others
_FEW = 4  # full lines without which a text was not wrapped
_MANY = 20  # full lines that make a wrapped text, however many short ones there are
_PROSE = re.compile("[，。；：,;:]")
_CELLS = re.compile(r"[^\s　][ \t]{2,}[^\s　]|\t")  # a row of a table
_LABEL = re.compile("[\u4e00-\u9fff]{2,8}[：:]")
_DIGITS = re.compile(r"[\d〇零一二三四五六七八九十百千]+")
_PAGE = 6  # lines from one page number to the next, at least
_PAGE_NUMBER = re.compile(r"[-—–－―·]{1,3}\s*\d{1,3}\s*[-—–－―·]{1,3}")
_TITLED = re.compile(r"第[〇零一二三四五六七八九十百千\d]{1,8}[编分章节条][\s\u3000]")  # a reference has no space after it
_ENOUGH = 5000  # lines that show whether a text was wrapped
_NEAR = 8  # lines on either side that show where the others end

# What opens a new paragraph of an official text even where the line before it is full.
NUMBERED = re.compile(
    r"第[〇零一二三四五六七八九十百千\d]+[编分章节条款项]"
    r"|[一二三四五六七八九十百]+[、.．]"
    r"|[（(][〇零一二三四五六七八九十百\d]{1,4}[)）]"
    r"|\d{1,3}([.．]\d{1,3}){1,4}(?!\d)|\d{1,3}([.．、](?!\d)|[)）])"
    r"|[①-⑳⑴-⒇⒈-⒛㈠-㈩•·●■◆□]|[-*] "
    r"|附件|附[:：]|抄送|抄报|主送|[A-Za-z][.)、]\s"
)


def ends_sentence(line: str) -> bool:
    """Whether a line ends where a sentence may end, closing marks apart."""
    bare = line.rstrip().rstrip(_CLOSERS)
    return bool(bare) and bare[-1] in _TERMINAL


def unwrap(lines: Sequence[str]) -> list[str]:
    """Paragraphs of a plain text, cleaned, from its raw lines.

    Where lines are filled to one width, a filled line goes on in the next. Elsewhere every
    line is a paragraph, but for one case: a long line that stops in the middle of a sentence
    before a line that plainly goes on with it (a page or column break of the printed original).
    """
    full = _columns(lines)
    if full:
        return _rejoined(lines, full)
    paragraphs: list[str] = []
    for line in lines:
        text = clean(line)
        if text and _is_cut(paragraphs, text) and not _opens(line, text, paragraphs[-1]):
            paragraphs[-1] = join(paragraphs[-1], text)
        elif text:
            paragraphs.append(text)
    return paragraphs


def _rejoined(lines: Sequence[str], full: Sequence[Column]) -> list[str]:
    """Paragraphs of a wrapped text; the page numbers that stand between its lines are left out."""
    counted = _counted(lines)
    paragraphs: list[list[str]] = []  # each in pieces: a text of one paragraph would be copied for every line
    previous: int | None = None  # the line before, None after a blank one
    before: int | None = None  # the last line that was not blank
    paged = False  # whether a page number was last
    for number, line in enumerate(lines):
        text = clean(line)
        if not text:
            previous = previous if paged else None
            continue
        unfinished = before is not None and _goes_on(lines[before], full[before], paragraphs[-1][0])
        page = number in counted and unfinished and before is not None and not ends_sentence(lines[before])
        if page or _PAGE_NUMBER.fullmatch(text):
            previous, paged = before, True
            continue
        paged = False
        if previous is None or not unfinished or _begins(line, text, lines[previous], full[previous], paragraphs[-1]):
            paragraphs.append([text])
        else:
            _append(paragraphs[-1], text)
        previous = before = number
    return ["".join(pieces) for pieces in paragraphs]


def _begins(line: str, text: str, last: str, full: Column, paragraph: Sequence[str]) -> bool:
    """Whether a line opens a paragraph though the one before it is full: a heading, an item beside an item, a label,
    a number of its own."""
    one, other = NUMBERED.match(paragraph[0]), NUMBERED.match(text)
    beside = one is not None and other is not None and _DIGITS.sub("#", one[0]) == _DIGITS.sub("#", other[0])
    labelled = _LABEL.match(text) is not None and width(last.rstrip()) < full.widest - 2 * _RAGGED
    alone = text.isdecimal() and ends_sentence(last)
    return beside or labelled or alone or _TITLED.match(text) is not None or _opens(line, text, paragraph[-1])


def _append(pieces: list[str], text: str) -> None:
    """As `join`, without copying what a paragraph has already."""
    end = pieces[-1][-2:]
    joined = join(end, text)
    if not joined.startswith(end):  # a hyphen at the line's end
        pieces[-1] = pieces[-1][:-1]
        end = end[:-1]
    pieces.append(joined[len(end) :])


def _counted(lines: Sequence[str]) -> set[int]:
    """The lines that are a number and nothing else, one more than the last such line or one less than the next,
    which is a page away."""
    alone = [(at, int(line)) for at, line in enumerate(lines) if len(line) < 16 and line.strip().isdecimal() and len(line.strip()) < 4]
    pairs = [(a, b) for (a, one), (b, other) in pairwise(alone) if other == one + 1 and b - a >= _PAGE]
    return {at for pair in pairs for at in pair}


class Column(NamedTuple):
    """The columns at which a line is full, 0 where there is none: of the lines around it, and of those on one side."""

    widest: int
    narrowest: int


def _columns(lines: Sequence[str]) -> list[Column]:
    """The column at which each line would be full; nothing if the text was not wrapped.

    Most long lines of a wrapped text stop in the middle of a sentence, at the column where those near
    them do. That column may change: from one page, or one letter, to the next.
    """
    if sum(_NARROWEST <= 2 * len(line.rstrip()) <= 2 * _WIDEST for line in lines) < _FEW:
        return []
    if len(lines) > _ENOUGH and not _columns(lines[:_ENOUGH]):
        return []
    widths = [0 if LEADER.search(line.rstrip()[-_WIDEST:]) else width(line.rstrip()) for line in lines]
    columns = [_column(widths, at) for at in range(len(widths))]
    written = sum(w > 0 for w in widths)
    long = [i for i, w in enumerate(widths) if w >= _NARROWEST]
    filled = [i for i in long if columns[i].widest and columns[i].narrowest - _RAGGED <= widths[i] <= _WIDEST]
    stopped = sum(not ends_sentence(lines[i]) for i in filled)
    many = len(filled) >= _FEW and (len(filled) >= 0.4 * written or len(filled) >= _MANY)
    if not many or sum(w > _WIDEST for w in widths) > 0.1 * len(long) or stopped < 0.6 * len(filled):
        return []
    prose = sum(bool(_PROSE.search(lines[i])) for i in filled)
    items = sum(bool(NUMBERED.match(lines[i].lstrip()) or _CELLS.search(lines[i].strip())) for i in filled)
    return columns if prose >= 0.4 * len(filled) and items < 0.4 * len(filled) else []


def _column(widths: Sequence[int], at: int) -> Column:
    before, after = widths[max(0, at - _NEAR) : at + 1], widths[at : at + _NEAR + 1]
    sides = [column for column in (_widest(before), _widest(after)) if column]
    return Column(_widest([*before, *after[1:]]), min(sides, default=0))


def _widest(widths: Sequence[int]) -> int:
    """The widest column at which three lines end, 0 where there is none."""
    long = sorted((w for w in widths if _NARROWEST <= w <= _WIDEST), reverse=True)
    return next((w for w, third in zip(long, long[2:], strict=False) if w - third <= 2 * _RAGGED), 0)


def _goes_on(line: str, full: Column, paragraph: str) -> bool:
    """Whether a line is full, or nearly so in the middle of a sentence: digits and marks make lines ragged."""
    reached = width(line.rstrip())
    if not full.widest or reached > _WIDEST or LEADER.search(line.rstrip()):
        return False
    if reached >= full.widest - 2 * _RAGGED:  # the first line of a paragraph may have lost its indent
        return True
    if ends_sentence(line) or not (_PROSE.search(paragraph) or _PROSE.search(line)):  # a title has no marks
        return False
    nearly = reached >= 0.8 * full.widest and not NUMBERED.match(paragraph)
    return nearly or 0 < full.narrowest - 2 * _RAGGED <= reached


def _is_cut(paragraphs: Sequence[str], text: str) -> bool:
    """Whether the last paragraph stops inside a sentence that `text` goes on with."""
    if not paragraphs or len(paragraphs[-1]) < 40 or "。" not in paragraphs[-1][:-1]:
        return False
    end = paragraphs[-1][-1]
    return (
        (end in "，、,—" or (is_cjk(end) and end.isalpha()))
        and is_cjk(text[0])
        and (text[0].isalpha() or text[0] in "，。、；）》”")
        and any(mark in text for mark in "。；")
    )


def _opens(raw: str, text: str, before: str) -> bool:
    """Whether a line opens a paragraph of its own: indented, or numbered after a finished sentence."""
    if re.match("[ \t\u3000\xa0]{2,}|\u3000", raw):
        return True
    return bool(NUMBERED.match(text)) and ends_sentence(before)
