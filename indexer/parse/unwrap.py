"""Paragraphs from plain lines: put together what a fixed line width or a page break has cut."""

from __future__ import annotations

import re
from collections.abc import Sequence

from .draft import clean, is_cjk, join, width

_TERMINAL = "。！？!?；;：:.…"
_CLOSERS = "”’）)》」』】〕\"'"

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

    Where most lines are filled to one width, a filled line goes on in the next. Elsewhere every
    line is a paragraph, but for one case: a long line that stops in the middle of a sentence
    before a line that plainly goes on with it (a page or column break of the printed original).
    """
    full = _full_width(lines)
    paragraphs: list[str] = []
    previous = ""  # the raw line before, "" after a blank one
    for line in lines:
        text = clean(line)
        if not text:
            previous = "" if full else previous
            continue
        goes_on = _fills(previous, line, full) if full else _is_cut(paragraphs, text)
        if paragraphs and goes_on and not _opens(line, text, paragraphs[-1]):
            paragraphs[-1] = join(paragraphs[-1], text)
        else:
            paragraphs.append(text)
        previous = line
    return paragraphs


def _full_width(lines: Sequence[str]) -> int:
    """The column at which the text was wrapped, 0 if it was not."""
    widths = [width(line.rstrip()) for line in lines[:5000] if line.strip()]
    if len(widths) < 4:
        return 0
    widest = sorted(widths)[int(len(widths) * 0.98)]
    if not 40 <= widest <= 130:
        return 0
    filled = [
        line for line in lines[:5000] if widest - 4 <= width(line.rstrip()) <= widest + 4 and line.strip()
    ]
    open_ended = sum(not ends_sentence(line) for line in filled)
    return widest if len(filled) >= 0.4 * len(widths) and open_ended >= 0.6 * len(filled) else 0


def _fills(previous: str, line: str, full: int) -> bool:
    return bool(previous.strip()) and width(previous.rstrip()) >= full - 4


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
