"""Clauses → passages: at most 350 characters, cut along the outline, never across two articles.

Short neighbours under one parent are joined; what is longer than a passage is
cut at sentence ends, and such pieces overlap, so that an answer near a cut
stands whole in one of them.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence

from kb.model import Clause, Passage, Span

from .outline import ARTICLE, leaves

LIMIT = 350  # code points of one passage
OVERLAP = 120  # at most so many code points stand in two neighbouring passages
JOIN_BELOW = 160  # a section shorter than this is joined with the next one beside it

_SENTENCE = re.compile(r"[^。！？；\n]*(?:[。！？；]+[”’」』）)》]*|\n+|$)")
_CLAUSE_END = re.compile(r"[^，,、：:\s]*(?:[，,、：:\s]+|$)")


def passages(text: str, clauses: Sequence[Clause], pages: Sequence[Span] = ()) -> tuple[Passage, ...]:
    """The passages of a text in order. Each satisfies `text == revision.text[start:end]`."""
    starts = [page.start for page in pages]
    cut: list[Passage] = []
    for group in _groups(text, clauses):
        ends, paths = [leaf.end for leaf in group], _paths(group)
        for start, end in _windows(text, group):
            start, end = _trim(text, start, end)
            if start < end:
                page = max(1, bisect_right(starts, start)) if starts else None
                path = paths[bisect_right(ends, start)]
                cut.append(Passage(start, end, text[start:end], path, page))
    return tuple(cut)


def sentences(text: str, start: int = 0, end: int | None = None) -> list[Span]:
    """Sentences of `text[start:end]`, ends at 。！？； or a line end, closing quotes included."""
    end = len(text) if end is None else end
    found = []
    at = start
    while at < end:
        match = _SENTENCE.match(text, at, end)
        stop = match.end() if match and match.end() > at else end
        found.append(Span(at, stop))
        at = stop
    return found


def _groups(text: str, clauses: Sequence[Clause]) -> Iterator[list[Clause]]:
    """Runs of leaves that may share a passage: one article, or neighbours in one section."""
    group: list[Clause] = []
    keys: list[tuple[str, ...]] = []
    articles = _article_spans(clauses)
    for leaf in leaves(clauses):
        key = _unit(leaf, articles)
        if group and not _joins(group, keys[-1], key, leaf):
            yield group
            group, keys = [], []
        group.append(leaf)
        keys.append(key)
    if group:
        yield group


def _article_spans(clauses: Sequence[Clause]) -> list[tuple[int, int]]:
    return [(c.start, c.end) for c in clauses if c.kind == "article"]


def _unit(leaf: Clause, articles: Sequence[tuple[int, int]]) -> tuple[str, ...]:
    """What must stay apart: the article a leaf lies in, or else its section (path without its own item)."""
    at = bisect_right(articles, (leaf.start, float("inf"))) - 1
    if at >= 0 and articles[at][0] <= leaf.start < articles[at][1]:
        return ("article", str(articles[at][0]))
    return leaf.path[:2]


def _joins(group: Sequence[Clause], before: tuple[str, ...], key: tuple[str, ...], leaf: Clause) -> bool:
    if before == key:
        return True
    if "article" in (before[:1] + key[:1]):
        return _is_lead(group) and key[:1] == ("article",) and leaf.kind != "heading"
    return group[-1].end - group[0].start < JOIN_BELOW


def _is_lead(group: Sequence[Clause]) -> bool:
    """Only chapter and section titles so far: they go with the article that follows."""
    return all(clause.kind in ("heading", "lead") and clause.end - clause.start <= 40 for clause in group)


def _windows(text: str, group: Sequence[Clause]) -> Iterator[tuple[int, int]]:
    start, end = group[0].start, group[-1].end
    if end - start <= LIMIT:
        yield start, end
        return
    units = [piece for leaf in group for piece in _units(text, leaf)]
    first = 0
    while first < len(units):
        last = first
        while last + 1 < len(units) and _visible_end(text, units[last + 1]) - units[first].start <= LIMIT:
            last += 1
        yield units[first].start, units[last].end
        if last + 1 >= len(units):
            return
        first = _overlap(units, first, last)


def _visible_end(text: str, span: Span) -> int:
    end = span.end
    while end > span.start and text[end - 1].isspace():
        end -= 1
    return end


def _overlap(units: Sequence[Span], first: int, last: int) -> int:
    """Where the next window begins: as far back as OVERLAP allows, and always onward."""
    back = last + 1
    while back - 1 > first and units[last].end - units[back - 1].start <= OVERLAP:
        back -= 1
    return back


def _units(text: str, leaf: Clause) -> Iterator[Span]:
    """Sentences of a leaf, the over-long ones cut at commas, or at the limit as a last resort."""
    for sentence in sentences(text, leaf.start, leaf.end):
        if sentence.end - sentence.start <= LIMIT:
            yield sentence
            continue
        start = sentence.start
        for match in _CLAUSE_END.finditer(text, sentence.start, sentence.end):
            while match.end() - start > LIMIT:
                cut = (
                    match.start()
                    if start < match.start() and match.start() - start <= LIMIT
                    else start + LIMIT
                )
                yield Span(start, cut)
                start = cut
        if start < sentence.end:
            yield Span(start, sentence.end)


def _trim(text: str, start: int, end: int) -> tuple[int, int]:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return start, end


def _paths(group: Sequence[Clause]) -> list[tuple[str, ...]]:
    """The path of a passage that begins in each leaf: of the first leaf from there on that lies in an
    article, or else the leaf's own. From the last leaf to the first, so that a long table costs one look.
    """
    paths: list[tuple[str, ...]] = []
    article: tuple[str, ...] | None = None
    for leaf in reversed(group):
        if any(label.startswith("第") and label.endswith("条") for label in leaf.path[-2:]):
            article = leaf.path
        paths.append(leaf.path if article is None else article)
    return paths[::-1]


__all__ = ["ARTICLE", "LIMIT", "passages", "sentences"]
