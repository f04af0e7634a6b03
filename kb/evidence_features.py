"""How well a sentence bears out a question: one row of numbers a sentence."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt

from .evidence import Reading
from .evidence_asked import NUMBER, Asked, Floats, WordVectors
from .fold import fold
from .forms import has_form
from .model import Document, Hit, Revision

FIXED = ("length", "long", "heading", "item", "lead", "title", "asks")  # features of the sentence alone
TYPES = (
    "number", "date", "list", "definition", "who", "where", "how", "condition", "comparison", "yesno", "open",
)  # fmt: skip
_OF_SOUGHT = ("given", "soft", "inside", "anywhere", "characters")
SOUGHT = tuple(f"sought_{side}_{name}" for side in ("after", "before") for name in _OF_SOUGHT)  # of the question word
FEATURES = (
    "words", "words_before", "words_heading", "words_all", "words_relative",
    "bigrams", "bigrams_context", "bigrams_relative",
    "soft", "soft_context", "soft_relative", "near", "near_soft",
    "cosine", "cosine_context", "cosine_relative", "run",
    "rarest", "rarest_context", "weakest",
    "shape", "shape_clause", "shape_soft", "unit", "form", "figures", "figures_context",
    "novelty", "length", "long", "position", "heading", "item", "lead", "title", "asks",
    *SOUGHT, "before", "after", "hit_rank", "hit_gap", "first_document", "same_document",
    *TYPES,
)  # fmt: skip
GAP_COST = 0.15  # of a standard deviation behind the best hit, in shares of the question's words
_CLAUSE = re.compile(r"[^，,；;：:。！？\n]+")
_FIGURE = re.compile(r"\d+(?:\.\d+)?")
_LEAD_END = re.compile(r"[：:]$|下列|如下|以下")


@dataclass(frozen=True, slots=True)
class Line:
    """A sentence and what surrounds it, folded: all that does not depend on the question."""

    text: str
    before: str  # its list's lead-in, or the sentence before
    head: str  # the title and headings it stands under
    clauses: tuple[str, ...]
    pairs: int  # different pairs of neighbouring characters
    fixed: tuple[float, ...]  # the features named in `FIXED`

    @property
    def wide(self) -> str:
        return f"{self.head} {self.before} {self.text}"


@dataclass
class Source:
    """One revision as evidence, with what was worked out about it. Bounded by its owner."""

    reading: Reading
    title: str
    words_of: dict[int, tuple[str, ...]] = field(default_factory=dict)
    _lines: dict[int, Line] = field(default_factory=dict)
    _heads: dict[tuple[str, ...], str] = field(default_factory=dict)

    @cached_property
    def folded(self) -> str:
        return fold(self.reading.text)

    @cached_property
    def folded_title(self) -> str:
        return fold(self.title)

    @cached_property
    def leads(self) -> frozenset[int]:
        """The sentences that introduce a list."""
        return frozenset(listing.lead for listing in self.reading.listings)

    def text(self, index: int) -> str:
        sentence = self.reading.sentences[index]
        return self.folded[sentence.start : sentence.end]

    def head(self, index: int) -> str:
        path = self.reading.path(self.reading.sentences[index].start)
        known = self._heads.get(path)
        if known is None:
            known = self._heads[path] = f"{self.folded_title} {fold(' '.join(path))}"
        return known

    def line(self, index: int) -> Line:
        known = self._lines.get(index)
        if known is None:
            known = self._lines[index] = self._line(index)
        return known

    def lines(self) -> list[Line]:
        """Those worked out so far."""
        return list(self._lines.values())

    def _line(self, index: int) -> Line:
        sentence, text = self.reading.sentences[index], self.text(index)
        fixed = (
            float(np.log1p(len(text)) / 6), float(len(text) > 150), float(sentence.heading), float(sentence.item >= 0),
            float(bool(_LEAD_END.search(text))), float(text in self.folded_title or index == 0),
            float(text.rstrip("”’」』").endswith(("?", "？"))),
        )  # fmt: skip
        pairs = len(set(pairwise(text)))
        return Line(text, self._before(index), self.head(index), tuple(_CLAUSE.findall(text)), pairs, fixed)

    def _before(self, index: int) -> str:
        sentence = self.reading.sentences[index]
        if 0 <= sentence.lead != index:
            return self.text(sentence.lead)
        near = index > 0 and (sentence.lead >= 0 or sentence.start - self.reading.sentences[index - 1].end < 3)
        return self.text(index - 1) if near else ""


@dataclass(frozen=True)
class Candidate:
    """A sentence that may answer, and the best hit it lies in (index from 0)."""

    source: Source
    document: int  # index among the documents found, from 0
    index: int  # of the sentence in its reading
    hit: int

    @property
    def text(self) -> str:
        return self.source.line(self.index).text

    @property
    def span(self) -> tuple[int, int]:
        sentence = self.source.reading.sentences[self.index]
        return sentence.start, sentence.end

    @property
    def head(self) -> str:
        """The title and headings it stands under, folded."""
        return self.source.line(self.index).head


@dataclass(frozen=True)
class Evidence:
    """All that was found for a question, ready to be judged."""

    asked: Asked
    hits: tuple[Hit, ...]
    documents: tuple[Document, ...]
    sources: tuple[Source, ...]
    revisions: tuple[Revision, ...]
    found: tuple[Candidate, ...]
    rows: Floats  # (found, features)
    soft: Floats  # (found, question words)
    prior: Floats  # (found,)

    def with_document(self, document: Document, source: Source, revision: Revision) -> tuple[Evidence, int]:
        """The same with a further document to quote from, and its index; one that is there already stays."""
        known = next((i for i, d in enumerate(self.documents) if d.id == document.id), None)
        if known is not None:
            return self, known
        more = replace(
            self, documents=(*self.documents, document), sources=(*self.sources, source), revisions=(*self.revisions, revision)
        )
        return more, len(self.documents)


def candidates(sources: Sequence[Source], owner: Sequence[int], hits: Sequence[Hit]) -> list[Candidate]:
    """The sentences of the hits' passages, best hit first, each once; `owner[h]` is hit h's source."""
    found: dict[tuple[int, int], Candidate] = {}
    for h, hit in enumerate(hits):
        source = sources[owner[h]]
        passage = hit.passage
        for index in source.reading.within(passage.start, passage.end):
            key = (owner[h], index)
            if key not in found:
                found[key] = Candidate(source, owner[h], index, h)
    return list(found.values())


def nearest(asked: Asked, found: Sequence[Candidate], hits: Sequence[Hit], most: int) -> list[Candidate]:
    """At most so many of the candidates: those with most of the question's words in and around them, less what
    their hit stays behind the best. In their old order.

    Measured on 2,694 questions: of 64 kept at least one answers wherever one of all did in 99.4 to 100 %.
    """
    if len(found) <= most:
        return list(found)
    total = sum(weight for _, weight in asked.words) or 1.0
    gaps = _gaps(hits)

    def score(c: Candidate) -> float:
        line, held = c.source.line(c.index), 0.0
        for word, weight in asked.words:
            if word in line.text:
                held += 2 * weight
            elif word in line.before or word in line.head:
                held += weight
        return held / total - GAP_COST * float(gaps[c.hit])

    scores = [score(c) for c in found]
    best = sorted(range(len(found)), key=scores.__getitem__, reverse=True)[:most]
    return [found[i] for i in sorted(best)]


def _gaps(hits: Sequence[Hit]) -> npt.NDArray[np.float64]:
    """How far each hit's score stays behind the best one's, in standard deviations."""
    scores = np.array([hit.score for hit in hits], np.float64)
    gaps: npt.NDArray[np.float64] = (scores.max() - scores) / (float(scores.std()) or 1.0)
    return gaps


def features(
    asked: Asked, found: Sequence[Candidate], hits: Sequence[Hit], vectors: WordVectors,
    cut: Mapping[int, Sequence[str]],
) -> tuple[Floats, Floats]:  # fmt: skip
    """(len(found), len(FEATURES)), and (len(found), question words): nearness of each word, context included.

    `cut[i]` are the words of candidate i.
    """
    if not found:
        return np.zeros((0, len(FEATURES)), np.float32), np.zeros((0, len(asked.words)), np.float32)
    lines = [c.source.line(c.index) for c in found]
    around = _Around.of([word for word, _ in asked.words], lines)
    soft = _soft(asked.word_rows, [cut[i] for i in range(len(found))], vectors)  # (n, words + 2)
    soft, likeness = soft[:, :-2], soft[:, -2:]
    columns: dict[str, Any] = {
        "cosine": vectors.sentences([line.text for line in lines]) @ asked.row,
        "cosine_context": vectors.sentences([line.wide for line in lines]) @ asked.row,
        **_of_words(asked, around, soft),
        **_of_sought(asked.understood.sought, lines, likeness),
        **_of_bigrams(asked, lines),
        **_of_form(asked, lines),
        **_of_hits(found, hits),
        **dict(zip(FIXED, zip(*(line.fixed for line in lines), strict=True), strict=True)),
        **{name: np.full(len(found), asked.type == name) for name in TYPES},
    }
    columns |= _beside(asked, found, columns["words"])
    table = np.zeros((len(found), len(FEATURES)), np.float32)
    for at, name in enumerate(FEATURES):
        if name in columns:
            table[:, at] = columns[name]
    return relative(table), np.maximum(soft, around.above)


@dataclass(frozen=True)
class _Around:
    """Which question words stand in each sentence, before it, and before or above it: (n, words) of 0 and 1."""

    inside: Floats
    before: Floats
    above: Floats

    @classmethod
    def of(cls, words: Sequence[str], lines: Sequence[Line]) -> _Around:
        def among(texts: Sequence[str]) -> Floats:
            place: dict[str, int] = {}
            at = [place.setdefault(text, len(place)) for text in texts]
            found = np.array([[word in text for word in words] for text in place], bool)
            return found.reshape(len(place), len(words)).astype(np.float32)[at]

        before = among([line.before for line in lines])
        return cls(among([line.text for line in lines]), before, np.maximum(before, among([line.head for line in lines])))


def _soft(rows: Floats, cut: Sequence[Sequence[str]], vectors: WordVectors) -> Floats:
    """(n, len(rows)): how near the nearest word of each sentence is to each word of the question."""
    out = np.zeros((len(cut), len(rows)), np.float32)
    place: dict[str, int] = {}
    columns = [place.setdefault(word, len(place)) for sentence in cut for word in sentence]
    if not columns:
        return out
    likeness = np.clip(rows @ vectors.rows(list(place)).T, 0, 1)  # (question words, words)
    lengths = np.array([len(sentence) for sentence in cut])
    filled = lengths > 0
    starts = (np.cumsum(lengths) - lengths)[filled]
    out[filled] = np.maximum.reduceat(likeness[:, columns], starts, axis=1).T
    return out


def _of_words(asked: Asked, around: _Around, soft: Floats) -> dict[str, Any]:
    """What each sentence has of the question's words, by their weight and by their nearness to the question word."""
    if not asked.words:
        return {"words": np.zeros(len(soft))}
    weights = np.array([w for _, w in asked.words], np.float32)
    weights = weights / (weights.sum() or 1.0)
    near = np.array(asked.near, np.float32)
    near = near / (near.sum() or 1.0)
    exact, above = around.inside, around.above
    anywhere, both = np.maximum(exact, above), np.maximum(soft, above)
    rare = int(np.argmax(weights))
    strong = weights >= 0.5 * weights.max()
    return {
        "words": exact @ weights, "words_before": np.maximum(exact, around.before) @ weights,
        "words_heading": anywhere @ weights, "words_all": anywhere @ weights,
        "soft": soft @ weights, "soft_context": both @ weights, "near": exact @ near, "near_soft": both @ near,
        "rarest": exact[:, rare], "rarest_context": both[:, rare], "weakest": both[:, strong].min(axis=1),
    }  # fmt: skip


def _of_sought(sought: tuple[str, str], lines: Sequence[Line], likeness: Floats) -> dict[str, Any]:
    """Whether each sentence speaks of what is sought: by its nearest word, in so many letters, in the sentence or
    around it, and by the share of its characters; ½ where nothing is. `likeness`: (n, 2), after and before."""
    found: dict[str, Any] = {}
    for side, word, near in zip(("after", "before"), sought, likeness.T, strict=True):
        inside = np.array([word in line.text for line in lines])
        around = np.array([word in line.before or word in line.head for line in lines])
        characters = [sum([c in line.text for c in word]) / len(word) for line in lines] if word else 0.5
        columns = (1.0, near, inside, inside | around, characters) if word else (0.0, 0.0, 0.5, 0.5, 0.5)
        found |= {f"sought_{side}_{name}": column for name, column in zip(_OF_SOUGHT, columns, strict=True)}
    return found


def _of_bigrams(asked: Asked, lines: Sequence[Line]) -> dict[str, Any]:
    """Share of the question's character pairs in each sentence, and in it with what stands before and above;
    the longest stretch in common; and the share of the sentence's pairs that the question lacks."""
    query = asked.understood.text
    given = {a + b for a, b in pairwise(query)}
    shared = [sum([pair in line.text for pair in given]) for line in lines]
    found: dict[str, Any] = {
        "run": [_run(query, line.text) for line in lines],
        "novelty": [1 - n / line.pairs if line.pairs else 0.0 for n, line in zip(shared, lines, strict=True)],
    }
    if asked.bigrams:
        around = _Around.of([pair for pair, _ in asked.bigrams], lines)
        weights = np.array([weight for _, weight in asked.bigrams], np.float32)
        weights /= weights.sum() or 1.0
        found |= {
            "bigrams": around.inside @ weights,
            "bigrams_context": np.maximum(around.inside, around.above) @ weights,
        }
    return found


def _of_form(asked: Asked, lines: Sequence[Line]) -> dict[str, Any]:
    """Whether each sentence holds what an answer of the asked form holds; 0.5 where none is asked for."""
    shape, shape_clause, shape_soft = zip(*_shapes(asked, lines), strict=True)
    figures = _FIGURE.findall(asked.understood.text)
    count = len(figures)
    unit = asked.with_unit
    return {
        "shape": shape, "shape_clause": shape_clause, "shape_soft": shape_soft,
        "unit": [bool(unit.search(line.text)) for line in lines] if unit else 0.5,
        "form": [has_form(asked.form, line.text) for line in lines] if asked.form else 0.5,
        "figures": [sum(f in line.text for f in figures) / count for line in lines] if figures else 0.5,
        "figures_context": [sum(f in line.wide for f in figures) / count for line in lines] if figures else 0.5,
    }  # fmt: skip


def _shapes(asked: Asked, lines: Sequence[Line]) -> Iterator[tuple[float, float, float]]:
    """Of each sentence: whether the form asked for occurs, and how well its clause and the one before cover
    the question."""
    words = [(word, weight, near) for (word, weight), near in zip(asked.words, asked.near, strict=True)]
    total = sum(weight for _, weight, _ in words) or 1.0
    total_near = sum(asked.near) or 1.0
    for line in lines:
        if not asked.exacting:
            yield 0.5, 0.0, 0.0
            continue
        if not asked.formed(line.text):
            yield 0.0, 0.0, 0.0
            continue
        best = nearby = 0.0
        before = ""
        for clause in line.clauses:
            if asked.formed(clause):
                joined = before + clause
                best = max(best, sum(weight for word, weight, _ in words if word in joined) / total)
                nearby = max(nearby, sum(near for word, _, near in words if word in clause) / total_near)
            before = clause
        yield 1.0, best, nearby


def _of_hits(found: Sequence[Candidate], hits: Sequence[Hit]) -> dict[str, Any]:
    """Where each sentence stands in what was found."""
    share_of = Counter(hit.document.id for hit in hits)
    of_hit = np.array([c.hit for c in found])
    starts = np.array([c.span[0] for c in found])
    passages = np.array([(hit.passage.start, max(len(hit.passage.text), 1)) for hit in hits])[of_hit]
    return {
        "position": (starts - passages[:, 0]) / passages[:, 1],
        "hit_rank": 1 / (1 + of_hit),
        "hit_gap": _gaps(hits)[of_hit],
        "first_document": [c.document == 0 for c in found],
        "same_document": np.array([share_of[hit.document.id] / len(hits) for hit in hits])[of_hit],
    }


def _run(query: str, text: str) -> float:
    """Length of the longest stretch of the question found in the text, as a share of the question."""
    best = start = 0
    while start + best < len(query):
        if query[start : start + best + 1] in text:
            best += 1
        else:
            start += 1
    return best / max(len(query), 1)


def _beside(asked: Asked, found: Sequence[Candidate], words: Sequence[float]) -> dict[str, Any]:
    """Word coverage of the sentences before and after each."""
    total = sum(w for _, w in asked.words)
    known = {(c.document, c.index): float(share) for c, share in zip(found, words, strict=True)}

    def share(c: Candidate, at: int) -> float:
        if not total or not 0 <= at < len(c.source.reading.sentences):
            return 0.0
        if (c.document, at) not in known:
            text = c.source.text(at)
            known[c.document, at] = sum(w for t, w in asked.words if t in text) / total
        return known[c.document, at]

    return {"before": [share(c, c.index - 1) for c in found], "after": [share(c, c.index + 1) for c in found]}


def relative(table: Floats) -> Floats:
    """Fill in how far each sentence stays behind the best one."""
    for name in ("words", "bigrams", "soft", "cosine"):
        column = table[:, FEATURES.index(name)]
        table[:, FEATURES.index(f"{name}_relative")] = column - column.max()
    return table


__all__ = ["FEATURES", "NUMBER", "Candidate", "Evidence", "Source", "candidates", "features", "nearest", "relative"]
