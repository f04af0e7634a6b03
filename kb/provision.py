"""Is a sentence found again still in the same provision? By the headings above it and what stands beside it.

Numbers are no words: an article or chapter counted anew, with the same words, is the same one.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from .alike import normal_text
from .model import Clause

_HAN = "零〇一二三四五六七八九十百千两"
_MARKER = re.compile(
    rf"^[ 　\t]*(?:第[{_HAN}\d０-９]+(?:分编|编|部分|章|节|条)(?:之[一二三四五六七八九十]+)?|[{_HAN}]+[、．]|"
    rf"[（(](?:[{_HAN}]+|\d{{1,3}})[）)]|\d{{1,3}}(?:[.．](?!\d)|、)|[①-⑳])",
    re.M,
)
_STOP = re.compile(r"(?<=[。！？；])")
_WHOLE = frozenset({"article"})


@dataclass(frozen=True, slots=True)
class Provision:
    """`headings` are those above in words; `sentences` all of the article or list, in searching form.

    A text without an outline has neither.
    """

    headings: tuple[str, ...]
    sentences: tuple[tuple[str, str], ...]  # (searching form, as written)


def bare(text: str) -> str:
    """The words of a heading or of lines, without the numbers that open them."""
    return _MARKER.sub("", text)


class Provisions:
    """The provisions of one text; what has been looked up is kept."""

    def __init__(self, text: str, outline: Sequence[Clause]) -> None:
        self._text = text
        self._outline = sorted(outline, key=lambda c: (c.start, -c.end))
        self._starts = [c.start for c in self._outline]
        self._unit = lru_cache(None)(self._sentences)

    def at(self, place: int) -> Provision:
        chain = self._chain(place)
        if not chain:
            return Provision((), ())
        words = (normal_text(bare(label)) for label in chain[-1].path)
        whole = next((c for c in chain if c.kind in _WHOLE), None) or (chain[-2] if len(chain) > 2 else chain[-1])
        return Provision(tuple(filter(None, words)), self._unit(whole.start, whole.end))

    def _chain(self, place: int) -> list[Clause]:
        """The clauses around a place, outermost first."""
        around: list[Clause] = []
        for clause in self._outline[: bisect_right(self._starts, place)]:
            if clause.start <= place < clause.end:
                around.append(clause)
        return around

    def _sentences(self, start: int, end: int) -> tuple[tuple[str, str], ...]:
        pieces = (piece.strip() for piece in _STOP.split(bare(self._text[start:end])))
        return tuple((form, piece) for piece in pieces if (form := normal_text(piece)))


def difference(then: Provision, now: Provision) -> str:
    """What about the provision is not as it was, in Chinese; "" where nothing is."""
    if then.headings != now.headings:
        return f"所在条目由“{_named(then)}”变为“{_named(now)}”"
    gone, come = _beyond(then, now), _beyond(now, then)
    said = []
    if come:
        said.append(f"增加了“{_short(come[0])}”" + (f"等 {len(come)} 句" if len(come) > 1 else ""))
    if gone:
        said.append(f"删去了“{_short(gone[0])}”" + (f"等 {len(gone)} 句" if len(gone) > 1 else ""))
    return f"所在条款{'，'.join(said)}" if said else ""


def _beyond(one: Provision, other: Provision) -> list[str]:
    """The sentences that one has and the other has not, as written."""
    left = Counter(form for form, _ in other.sentences)
    more = []
    for form, written in one.sentences:
        if left[form]:
            left[form] -= 1
        else:
            more.append(written)
    return more


def _named(provision: Provision) -> str:
    return " › ".join(provision.headings) or "正文"


def _short(text: str, limit: int = 60) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= limit else flat[:limit] + "…"
