"""When are two stretches of Chinese text the same words, and where do they differ?

`normal` gives the searching form of a text with the offset of every character it kept;
`nearest` finds the place most like a quote; `marked_diff` shows a difference to people.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from difflib import SequenceMatcher
from itertools import groupby
from typing import NamedTuple

from .fold import fold

# One spelling of each kind of mark. Brackets stay, since 〔2023〕1号 without them is another number.
_MARKS = str.maketrans(
    dict.fromkeys("〔[【〖{「『", "(") | dict.fromkeys("〕]】〗}」』", ")")
    | dict.fromkeys("‐‑‒–—―−﹣~〜", "-")
    | dict.fromkeys("“”„‟\"'‘’`´〝〞…·•・*!?;", ",")
    | {"、": ",", "。": "."}
)  # fmt: skip
_STOPS = ",.:"
_BLANK = r"\s\u200b-\u200f\u2060\ufeff\u00ad"
_TOKEN = re.compile(r"[0-9]+(?:[.,][0-9]+)*%?|[A-Za-z]+|.", re.DOTALL)
STEPS = ("标点", "繁简", "大小写", "空白", "全角半角")  # in the order in which we try to do without


def _dropping(marks: str) -> re.Pattern[str]:
    """Runs of these marks, save between two digits (3.5 is not 35), and a dash's repetitions."""
    return re.compile(rf"(?<![0-9{marks}])[{marks}]+|[{marks}]+(?![0-9{marks}])|(?<=-)-+")


_DROP = _dropping(_BLANK + _STOPS)
_DROP_BLANK = _dropping(_BLANK)
_DROP_MARKS = _dropping(_STOPS)


class Normal(NamedTuple):
    """`text[i]` stands for the character at `offsets[i]` of the text it was made from."""

    text: str
    offsets: list[int]


def normal_text(text: str) -> str:
    """The searching form: folded, marks in one spelling, blanks and stops dropped."""
    return _DROP.sub("", fold(text).translate(_MARKS))


def normal(text: str) -> Normal:
    marked = fold(text).translate(_MARKS)
    kept, offsets, last = [], list[int](), 0
    for match in _DROP.finditer(marked):
        kept.append(marked[last : match.start()])
        offsets.extend(range(last, match.start()))
        last = match.end()
    kept.append(marked[last:])
    offsets.extend(range(last, len(marked)))
    return Normal("".join(kept), offsets)


def _form(text: str, steps: frozenset[str]) -> str:
    if "全角半角" in steps:
        text = "".join(_single(c) for c in text)
    if "大小写" in steps:
        text = text.lower()
    if "繁简" in steps:
        text = "".join(fold(c) if c >= "\u3400" else c for c in text)
    if "标点" in steps:
        text = text.translate(_MARKS)
    if {"标点", "空白"} <= steps:
        return _DROP.sub("", text)
    if "标点" in steps:
        return _DROP_MARKS.sub("", text)
    return _DROP_BLANK.sub("", text) if "空白" in steps else text


def _single(c: str) -> str:
    plain = unicodedata.normalize("NFKC", c)
    return plain if len(plain) == 1 else c


def steps_between(quote: str, found: str) -> tuple[str, ...]:
    """The fewest of `STEPS` after which the two are the same, given that after all of them they are."""
    needed = frozenset(STEPS)
    for step in STEPS:
        fewer = needed - {step}
        if _form(quote, fewer) == _form(found, fewer):
            needed = fewer
    return tuple(step for step in reversed(STEPS) if step in needed)


class Place(NamedTuple):
    """`[start, end)` of a text and how like it is: 2 · matched / (both lengths), from 0 to 1."""

    start: int
    end: int
    ratio: float


def nearest(quote: str, text: str) -> Place | None:
    """The place of `text` most like `quote`, both in searching form; None where nothing is shared.

    Short grams of the quote that are rare in the text vote for a diagonal; only the windows
    around the best diagonals are compared character by character.
    """
    best: Place | None = None
    for n in (8, 4, 2):
        if len(quote) < n:
            continue
        for diagonal in _diagonals(quote, text, n):
            place = _compare(quote, text, diagonal)
            if place and (best is None or place.ratio > best.ratio):
                best = place
        if best and best.ratio >= 0.5:
            return best
    return best


def _diagonals(quote: str, text: str, n: int, samples: int = 256, common: int = 24) -> list[int]:
    """Where the quote would start, by the votes of its grams: up to three guesses, best first."""
    width = max(8, len(quote) // 4)
    votes: Counter[int] = Counter()
    places = range(0, len(quote) - n + 1, max(1, (len(quote) - n + 1) // samples))
    for i in places:
        found = _occurrences(text, quote[i : i + n], common)
        for at in found:
            votes[(at - i) // width] += 1 / len(found)  # type: ignore[assignment]
    joined = {d: votes[d] + votes.get(d + 1, 0) for d in votes}
    return [d * width + width // 2 for d in sorted(joined, key=lambda d: (-joined[d], d))[:3]]


def _occurrences(text: str, gram: str, common: int) -> list[int]:
    """The first `common` places of a gram: one that has so many says little about any of them."""
    found: list[int] = []
    at = text.find(gram)
    while at >= 0 and len(found) < common:
        found.append(at)
        at = text.find(gram, at + 1)
    return found


def _matcher(a: Sequence[str], b: Sequence[str], most: int = 2_000_000) -> SequenceMatcher[str]:
    """difflib's cost is the number of equal pairs; beyond `most`, what is frequent only extends matches."""
    counts, others = Counter(a), Counter(b)
    pairs = sum(n * others[c] for c, n in counts.items())
    return SequenceMatcher(None, a, b, autojunk=pairs > most)


def shared(quote: str, text: str, samples: int = 64) -> float:
    """A quick guess at likeness: the share of the quote's 4-grams (or what it has) that the text holds."""
    n = min(4, max(1, len(quote) // 2))
    step = max(1, (len(quote) - n + 1) // samples)
    grams = [quote[i : i + n] for i in range(0, len(quote) - n + 1, step)]
    return sum(gram in text for gram in grams) / len(grams) if grams else 0.0


def _compare(quote: str, text: str, diagonal: int) -> Place | None:
    margin = max(16, len(quote) // 3)
    low = max(0, diagonal - margin)
    window = text[low : max(0, diagonal) + len(quote) + margin]
    blocks = [b for b in _matcher(window, quote).get_matching_blocks() if b.size]
    if not blocks:
        return None
    return max(
        (_placed(low, blocks[i:j], len(quote)) for i, j in _trimmings(len(blocks))), key=lambda p: p.ratio
    )


def _trimmings(n: int, most: int = 6) -> list[tuple[int, int]]:
    """Keep all blocks, or leave out a few stray ones at either end."""
    few = range(min(most, n))
    return [(i, n - j) for i in few for j in few if i < n - j]


def _placed(low: int, blocks: Sequence[tuple[int, int, int]], length: int) -> Place:
    start, end = blocks[0][0], blocks[-1][0] + blocks[-1][2]
    matched = sum(size for _, _, size in blocks)
    return Place(low + start, low + end, 2 * matched / (length + end - start))


def marked_diff(old: str, new: str, context: int = 24) -> str:
    """`old` against `new` on one line: `[-gone-]{+come+}`, long common stretches shortened by …"""
    a, b = _TOKEN.findall(old), _TOKEN.findall(new)
    pieces = []
    codes = _matcher(a, b).get_opcodes()
    for same, group in groupby(codes, key=lambda code: code[0] == "equal"):
        span = list(group)
        gone = "".join(a[span[0][1] : span[-1][2]])
        come = "".join(b[span[0][3] : span[-1][4]])
        if same:
            long = len(gone) > 2 * context + 1
            pieces.append(f"{gone[:context]}…{gone[-context:]}" if long else gone)
        else:
            pieces.append((f"[-{gone}-]" if gone else "") + (f"{{+{come}+}}" if come else ""))
    return "".join(pieces)
