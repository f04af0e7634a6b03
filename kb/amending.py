"""What a later text says of the words quoted from an earlier one: 将第八条中的“300元”修改为“200元”, 上限由50万元提高至80万元."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from .enumeration import Marker, markers
from .evidence import Reading
from .fold import bracket_number, find_numbers, fold
from .model import Document
from .validity.parts import article_of, articles_named
from .validity.titles import plain, title_keys

LIMIT = 600  # code points; of a longer change only its first sentence is quoted
MOST = 3  # changes quoted
_CHANGES = re.compile(r"修改|改为|修订|删去|删除|增加|增列|调整|变更|提高|降低|延长|缩短|顺延|统一为|替换")
# The words that go, between the old and the new ones; of a figure that goes alone its unit is part of it.
_OLD = re.compile(
    r"[“\"](?P<quoted>[^”\"\n]{1,200})[”\"][^“”\"。；\n]{0,12}(?:修改|改|调整|修订|替换|变更)为|"
    r"(?:由|从)(?:原来?的?|现行的?)?[“\"]?(?P<plain>[^，。；“”\"\n由从]{1,30}?)[”\"]?(?:统一|相应)?(?:修改|改|调整|提高|提升|增加|降低|下调|上调|减少|延长|缩短|顺延|变更|推迟|提前)(?:为|至|到)"
)
_TITLE = re.compile(r"《([^《》]{2,80})》")


def changes(
    amending: Reading, amended: Document, quoted: Sequence[tuple[tuple[str, ...], str]]
) -> tuple[tuple[int, int], ...]:
    """Where an amending text changes what is quoted of the amended one: (clause path, words) of each quote.

    A change is meant that names the quote's article, or whose old words stand in the quote.
    """
    articles = {article for path, _ in quoted for label in path if (article := article_of(label))}
    words = fold("".join(words for _, words in quoted))
    found = []
    for start, end in _portion(amending.text, amended):
        for a, b in _items(amending.text, start, end):
            said = fold(amending.text[a:b])
            if _CHANGES.search(said) and (articles & articles_named(_before_quote(said)) or _goes(said, words)):
                found.append((a, b) if b - a <= LIMIT else _first(amending, a, b))
    return tuple(dict.fromkeys(found))[:MOST]


def _before_quote(said: str) -> str:
    """A change without the new words it quotes, which may name other articles."""
    return re.sub(r"“[^”]*(?:”|$)", "", said)


def _goes(said: str, words: str) -> bool:
    """Whether old words that a change replaces stand in the (folded) quotes."""
    olds = (m["quoted"] or m["plain"] for m in _OLD.finditer(said))
    return any(len(old) > 1 and old.strip() in words for old in olds)


def _portion(text: str, amended: Document) -> list[tuple[int, int]]:
    """The parts of an amending text that are about a document: from each item that names it to the next of its
    rank; all of one whose title or opening names no other."""
    marks = [m for m in markers(text) if m.family != "article"]
    names = [m for m in _TITLE.finditer(text) if _is(amended, m[1], text[m.end() : m.end() + 40])]
    others = [m for m in _TITLE.finditer(text) if not _is(amended, m[1], text[m.end() : m.end() + 40])]
    if not names:
        return []
    parts = []
    for name in names:
        own = next((m for m in reversed(marks) if m.start <= name.start() and _same_line(text, m, name.start())), None)
        if own is None:
            later = [m.start() for m in others if m.start() > name.end() and _CHANGES.search(_line(text, m.start()))]
            parts.append((name.end(), min(later, default=len(text))))
        else:
            after = [m.start for m in marks if m.start > name.start() and m.family == own.family]
            parts.append((own.start, min(after, default=len(text))))
    return parts


def _same_line(text: str, mark: Marker, at: int) -> bool:
    return "\n" not in text[mark.start : at]


def _line(text: str, at: int) -> str:
    return text[at : (text.find("\n", at) + 1 or len(text) + 1) - 1]


def _is(amended: Document, title: str, after: str) -> bool:
    """Whether a title, with what follows it, names the amended document."""
    numbers = [number for _, _, number in find_numbers(after[: after.find("）") + 1])]
    if numbers and amended.number:
        return bracket_number(amended.number) in numbers
    return plain(title) in title_keys(amended.title)


def _items(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """A part cut at its markers and line ends; what is quoted in “” is not cut."""
    inside = [m.span() for m in re.finditer(r"“[^”]*”", text[start:end])]
    cuts = {m.start - start for m in markers(text) if start < m.start < end} | {m.end() for m in re.finditer(r"\n+|。(?!”)", text[start:end])}
    kept = sorted(c for c in cuts if not any(a < c < b for a, b in inside))
    bounds = [0, *kept, end - start]
    spans = [(start + a, start + b) for a, b in pairwise(bounds)]
    return [span for a, b in spans if (span := _trimmed(text, a, b))[1] - span[0] > 2]


def _trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    piece = text[start:end]
    return start + len(piece) - len(piece.lstrip()), start + len(piece.rstrip())


def _first(reading: Reading, start: int, end: int) -> tuple[int, int]:
    sentence = reading.sentences[reading.within(start, end)[0]]
    return max(start, sentence.start), min(end, sentence.end)


__all__ = ["changes"]
