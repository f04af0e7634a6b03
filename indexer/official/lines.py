"""The lines at the head and the tail of a text, without reading the middle."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

HEAD = 4000  # code points looked at from the start
TAIL = 2500  # and from the end


@dataclass(frozen=True, slots=True)
class Line:
    """A line without its outer blanks: `text == whole[start:end]`, never empty."""

    start: int
    end: int
    text: str


_BLANK = " \t\u3000\xa0\u2003\u2002\ufeff#>*\r•●■◆▪"


def lines(text: str, start: int = 0, end: int | None = None) -> Iterator[Line]:
    """The non-empty lines of `text[start:end]`; Markdown marks and
    bullets at the edges count as blanks."""
    stop = len(text) if end is None else end
    while start < stop:
        cut = text.find("\n", start, stop)
        cut = stop if cut < 0 else cut
        raw = text[start:cut]
        body = raw.strip(_BLANK)
        if body and not body.startswith("<!--"):
            left = start + len(raw) - len(raw.lstrip(_BLANK))
            yield Line(left, left + len(body), body)
        start = cut + 1


def head(text: str) -> list[Line]:
    """The lines of the first `HEAD` code points."""
    return list(lines(text, 0, min(len(text), HEAD)))


def tail_start(text: str) -> int:
    """Where the last `TAIL` code points begin, moved to a line start."""
    if len(text) <= TAIL:
        return 0
    return (
        text.rfind("\n", 0, len(text) - TAIL) + 1 if "\n" in text[-TAIL - 500 : -TAIL] else len(text) - TAIL
    )
