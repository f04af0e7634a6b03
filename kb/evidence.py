"""A revision's text → what can be quoted from it: sentences, and enumerated lists under their lead-in.

Everything is a span of the text. Sentences end at 。！？ and line ends (a closing quote
belongs to the sentence), and one begins at every marker of an enumeration.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise, zip_longest

from .enumeration import ANSWER, QUESTION, Enumeration, Marker, enumerations, markers
from .model import Clause, Span

OVERLONG = 160  # code points; a longer sentence is also cut at ；
_END = re.compile(r"[。！？!?]+[”’」』）)》\"]*|\n+")
_SEMICOLON = re.compile(r"[；;]+")
_LEAD_IN = re.compile(r"[：:]\s*$|(?:下列|以下|如下)[^。！？]{0,24}[：:]?\s*$")
HEADING_LIMIT = 40


@dataclass(frozen=True, slots=True)
class Sentence:
    """A stretch to quote. `lead` is the index of the sentence that introduces its list, −1 for none."""

    start: int
    end: int
    lead: int = -1
    group: int = -1  # index of the innermost list it stands in
    item: int = -1  # which item of that list
    heading: bool = False
    line: int = 0  # number of the line it begins in
    question: bool = False  # 问：…？, introducing its answer


@dataclass(frozen=True, slots=True)
class Listing:
    """An enumeration: sentences `first..last` without its lead-in, and the first sentence of each item."""

    lead: int  # sentence index, −1 where none
    items: tuple[tuple[int, int], ...]  # (first sentence, one past the last) of each item
    heading: bool  # its items are headings with text of their own

    @property
    def first(self) -> int:
        return self.items[0][0]

    @property
    def last(self) -> int:
        return self.items[-1][1]


@dataclass(frozen=True, slots=True)
class Reading:
    """A revision read for evidence. Sentences are in order and do not overlap."""

    text: str
    sentences: tuple[Sentence, ...]
    listings: tuple[Listing, ...]
    starts: tuple[int, ...]  # of the sentences
    clauses: tuple[Clause, ...]  # leaves, in order
    clause_starts: tuple[int, ...]

    def of(self, index: int) -> str:
        sentence = self.sentences[index]
        return self.text[sentence.start : sentence.end]

    def within(self, start: int, end: int) -> range:
        """Indexes of the sentences that touch `[start, end)`."""
        first = max(bisect_right(self.starts, start) - 1, 0)
        if first < len(self.sentences) and self.sentences[first].end <= start:
            first += 1
        last = first
        while last < len(self.sentences) and self.sentences[last].start < end:
            last += 1
        return range(first, last)

    def path(self, start: int) -> tuple[str, ...]:
        """The clause path of the deepest clause at an offset."""
        at = bisect_right(self.clause_starts, start) - 1
        return self.clauses[at].path if at >= 0 else ()


def read(text: str, outline: Sequence[Clause] = ()) -> Reading:
    """Sentences and lists of a text; `outline` is in preorder, as stored."""
    marks = list(markers(text))
    found = enumerations(text, marks)
    inside = {m.start for e in found for m in e.marks}
    spans = list(_sentences(text, sorted(inside)))
    starts = [s.start for s in spans]
    line_starts = [0] + [m.end() for m in re.finditer("\n", text)]
    listings = [kept for e in found if (kept := _listing(text, e, spans, starts)) is not None]
    listings.sort(key=lambda listing: (listing.first, -listing.last))
    leaves = _leaves(outline)
    placed = _placed(text, spans, listings, line_starts, {c.start for c in outline if c.kind == "heading"})
    return Reading(
        text,
        tuple(_with_questions(text, list(placed))),
        tuple(listings),
        tuple(starts),
        leaves,
        tuple(c.start for c in leaves),
    )


def _leaves(outline: Sequence[Clause]) -> tuple[Clause, ...]:
    return tuple(
        clause
        for clause, following in zip_longest(outline, outline[1:])
        if following is None or following.level <= clause.level
    )


def _sentences(text: str, cuts: Sequence[int]) -> Iterator[Span]:
    """Trimmed sentences in order; `cuts` are further places where one begins."""
    bounds = {m.end() for m in _END.finditer(text)} | set(cuts) | {len(text)}
    start = 0
    for end in sorted(bounds):
        span = _trimmed(text, start, end)
        start = end
        if span is None:
            continue
        if span.end - span.start > OVERLONG:
            yield from _halved(text, span)
        else:
            yield span


def _halved(text: str, span: Span) -> Iterator[Span]:
    """An over-long sentence cut at its semicolons."""
    start = span.start
    for match in _SEMICOLON.finditer(text, span.start, span.end):
        if match.end() - start >= OVERLONG // 4 and span.end - match.end() > 8:
            piece = _trimmed(text, start, match.end())
            start = match.end()
            if piece is not None:
                yield piece
    rest = _trimmed(text, start, span.end)
    if rest is not None:
        yield rest


def _trimmed(text: str, start: int, end: int) -> Span | None:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    if start == end or not any(c.isalnum() for c in text[start:end]):
        return None
    return Span(start, end)


def _listing(
    text: str, found: Enumeration, spans: Sequence[Span], starts: Sequence[int]
) -> Listing | None:
    """An enumeration in terms of sentences, with the sentence that leads into it."""
    cuts = [*(m.start for m in found.marks), found.end]
    items = []
    for begin, end in pairwise(cuts):
        first, last = bisect_right(starts, begin - 1), bisect_right(starts, end - 1)
        if first < len(starts) and last > first:
            items.append((first, last))
    if len(items) < 2:
        return None
    before = items[0][0] - 1
    lead = -1
    if before >= 0:
        lead_text = text[spans[before].start : spans[before].end]
        gap = text[spans[before].end : spans[items[0][0]].start]
        short = len(lead_text) <= HEADING_LIMIT and lead_text[-1] not in "。！？；"
        if gap.count("\n") <= 2 and (_LEAD_IN.search(lead_text) or short or lead_text[-1] in "，,：:"):
            lead = before
    heading = any(
        last - first > 1 and text[spans[first].start : spans[last - 1].end].count("\n") > 0
        for first, last in items[:-1]
    )
    return Listing(lead, tuple(items), heading)


def _placed(
    text: str,
    spans: Sequence[Span],
    listings: Sequence[Listing],
    line_starts: Sequence[int],
    headings: set[int],
) -> Iterator[Sentence]:
    """Each sentence with the innermost list it stands in."""
    group: dict[int, tuple[int, int]] = {}
    for number, listing in enumerate(listings):  # outer lists come first, inner ones overwrite
        for item, (first, last) in enumerate(listing.items):
            for index in range(first, last):
                group[index] = (number, item)
    for index, span in enumerate(spans):
        number, item = group.get(index, (-1, -1))
        lead = listings[number].lead if number >= 0 else -1
        line = bisect_right(line_starts, span.start) - 1
        body = text[span.start : span.end]
        row = "|" in body or "；" in body  # of a table
        bare = len(body) <= HEADING_LIMIT and body[-1] not in "。！？!?；;：:，,、”" and not row
        whole_line = (span.start == 0 or text[span.start - 1] == "\n") and (
            span.end >= len(text) or text[span.end] == "\n"
        )
        yield Sentence(span.start, span.end, lead, number, item, bare and (whole_line or span.start in headings), line)


def question_of(reading: Reading, index: int) -> int:
    """The sentence of the 问：…？ that a sentence answers, or is; −1 where there is none."""
    at = reading.sentences[index].lead
    if at < 0 or not reading.sentences[at].question:
        at = index
    return at if reading.sentences[at].question else -1


def _with_questions(text: str, sentences: list[Sentence]) -> Iterator[Sentence]:
    """问：…？ as a heading, and as what introduces its answer: the next line, with the items below it."""
    asked, answer = -1, -1  # the question's sentence, and the line its answer has come to
    for index, sentence in enumerate(sentences):
        opens = index == 0 or sentences[index - 1].line < sentence.line
        if opens and QUESTION.match(text, sentence.start):
            asked, answer = index, -1
            yield replace(sentence, heading=True, lead=-1, question=True)
            continue
        if asked >= 0 and sentence.line != sentences[asked].line:
            if answer < 0 or (opens and (ANSWER.match(text, sentence.start) or sentence.item >= 0)):
                answer = sentence.line
            if sentence.line == answer and sentence.lead < 0:
                sentence = replace(sentence, lead=asked)
        yield sentence


__all__ = ["Listing", "Marker", "Reading", "Sentence", "question_of", "read"]
