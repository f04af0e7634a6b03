"""How well a sentence bears out a question: one row of numbers a sentence."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from .evidence import Reading
from .evidence_asked import NUMBER, Asked, Floats, WordVectors, has_unit
from .fold import fold
from .forms import has_form
from .model import Document, Hit, Revision

TYPES = (
    "number", "date", "list", "definition", "who", "where", "how", "condition", "comparison", "yesno", "open",
)  # fmt: skip
FEATURES = (
    "words", "words_before", "words_heading", "words_all", "words_relative",
    "bigrams", "bigrams_context", "bigrams_relative",
    "soft", "soft_context", "soft_relative", "near", "near_soft",
    "cosine", "cosine_context", "cosine_relative", "run",
    "rarest", "rarest_context", "weakest",
    "shape", "shape_clause", "shape_soft", "unit", "form", "figures", "figures_context",
    "novelty", "length", "long", "position", "heading", "item", "lead", "title", "asks",
    "before", "after", "hit_rank", "hit_gap", "first_document", "same_document",
    *TYPES,
)  # fmt: skip
_CLAUSE = re.compile(r"[^，,；;：:。！？\n]+")
_FIGURE = re.compile(r"\d+(?:\.\d+)?")
_LEAD_END = re.compile(r"[：:]$|下列|如下|以下")


@dataclass
class Source:
    """One revision as evidence, with what was worked out about it. Bounded by its owner."""

    reading: Reading
    title: str
    words_of: Mapping[int, tuple[str, ...]] = field(default_factory=dict)

    @cached_property
    def folded(self) -> str:
        return fold(self.reading.text)

    @cached_property
    def folded_title(self) -> str:
        return fold(self.title)


@dataclass(frozen=True)
class Candidate:
    """A sentence that may answer, and the best hit it lies in (index from 0)."""

    source: Source
    document: int  # index among the documents found, from 0
    index: int  # of the sentence in its reading
    hit: int

    @property
    def text(self) -> str:
        sentence = self.source.reading.sentences[self.index]
        return self.source.folded[sentence.start : sentence.end]

    @property
    def span(self) -> tuple[int, int]:
        sentence = self.source.reading.sentences[self.index]
        return sentence.start, sentence.end

    @property
    def head(self) -> str:
        """The title and headings it stands under, folded."""
        reading = self.source.reading
        path = reading.path(reading.sentences[self.index].start)
        return f"{self.source.folded_title} {fold(' '.join(path))}"


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


def features(
    asked: Asked, found: Sequence[Candidate], hits: Sequence[Hit], vectors: WordVectors,
    cut: Mapping[int, Sequence[str]],
) -> tuple[Floats, Floats]:  # fmt: skip
    """(len(found), len(FEATURES)), and (len(found), question words): nearness of each word, context included.

    `cut[i]` are the words of candidate i.
    """
    if not found:
        return np.zeros((0, len(FEATURES)), np.float32), np.zeros((0, len(asked.words)), np.float32)
    texts = [c.text for c in found]
    contexts = [_context(c) for c in found]
    cosines = vectors.sentences(texts) @ asked.row
    wide = [f"{head} {before} {text}" for text, (before, head) in zip(texts, contexts, strict=True)]
    wide_cosines = vectors.sentences(wide) @ asked.row
    beside: dict[tuple[int, int], float] = {}
    soft = _soft(asked, [cut[i] for i in range(len(found))], vectors)  # (n, words)
    heads = _soft_heads(asked, contexts)
    total = sum(w for _, w in asked.words) or 1.0
    weights = np.array([w for _, w in asked.words], np.float32) / total
    near = np.array(asked.near, np.float32)
    near = near / (near.sum() or 1.0)
    top_score = max((h.score for h in hits), default=0.0)
    spread = float(np.std([h.score for h in hits])) or 1.0
    words = _of_words(asked, texts, contexts, soft, heads, weights, near)  # (n, 11)
    bigrams = _of_bigrams(asked, texts, contexts)  # (n, 2)
    figures = _FIGURE.findall(asked.understood.text)
    share_of = {h.document.id: 0.0 for h in hits}
    for h in hits:
        share_of[h.document.id] += 1 / len(hits)
    rows = []
    for i, c in enumerate(found):
        text, (before, head) = texts[i], contexts[i]
        rows.append(
            _row(asked, c, text, before, head, words[i], bigrams[i], figures,
                 float(cosines[i]), float(wide_cosines[i]), hits, share_of, top_score, spread, beside)
        )  # fmt: skip
    table = np.array(rows, np.float32)
    return relative(table), np.maximum(soft, heads)


def _context(c: Candidate) -> tuple[str, str]:
    """What stands before a sentence (its list's lead-in, or the sentence before) and its headings."""
    reading, folded = c.source.reading, c.source.folded
    sentence = reading.sentences[c.index]
    lead = sentence.lead if 0 <= sentence.lead != c.index else c.index - 1
    before = ""
    if lead >= 0:
        s = reading.sentences[lead]
        if sentence.lead >= 0 or sentence.start - s.end < 3:
            before = folded[s.start : s.end]
    return before, c.head


def _soft(asked: Asked, cut: Sequence[Sequence[str]], vectors: WordVectors) -> Floats:
    """(n, question words): how near the nearest word of each sentence is to each question word."""
    words = list(dict.fromkeys(w for sentence in cut for w in sentence))
    out = np.zeros((len(cut), len(asked.words)), np.float32)
    if not words or not asked.words:
        return out
    place = {w: i for i, w in enumerate(words)}
    likeness = np.clip(asked.word_rows @ vectors.rows(words).T, 0, 1)  # (question words, words)
    for i, sentence in enumerate(cut):
        if sentence:
            out[i] = likeness[:, [place[w] for w in sentence]].max(axis=1)
    return out


def _soft_heads(asked: Asked, contexts: Sequence[tuple[str, str]]) -> Floats:
    """As `_soft` for what surrounds each sentence, where only the word itself counts."""
    out = np.zeros((len(contexts), len(asked.words)), np.float32)
    for i, (before, head) in enumerate(contexts):
        for j, (word, _) in enumerate(asked.words):
            if word in before or word in head:
                out[i, j] = 1.0
    return out


def _of_words(
    asked: Asked, texts: Sequence[str], contexts: Sequence[tuple[str, str]], soft: Floats, heads: Floats,
    weights: Floats, near: Floats,
) -> list[list[float]]:  # fmt: skip
    """What each sentence has of the question's words: the columns `words`… to `words_all`, `soft`,
    `soft_context`, `near`, `near_soft`, `rarest`, `rarest_context`, `weakest`."""
    terms = [word for word, _ in asked.words]
    if not terms:
        return [[0.0] * 11] * len(texts)
    exact = np.array([[term in text for term in terms] for text in texts], np.float32)
    in_before = np.array([[term in before for term in terms] for before, _ in contexts], np.float32)
    anywhere, both = np.maximum(exact, heads), np.maximum(soft, heads)
    rare = int(np.argmax(weights))
    strong = weights >= 0.5 * weights.max()
    columns = (
        exact @ weights, np.maximum(exact, in_before) @ weights, anywhere @ weights,
        np.maximum(anywhere, in_before) @ weights, soft @ weights, both @ weights, exact @ near, both @ near,
        exact[:, rare], both[:, rare], both[:, strong].min(axis=1),
    )  # fmt: skip
    rows: list[list[float]] = np.stack(columns, axis=1).tolist()
    return rows


def _of_bigrams(asked: Asked, texts: Sequence[str], contexts: Sequence[tuple[str, str]]) -> list[list[float]]:
    """Share of the question's character pairs in each sentence, and in it with what stands before and above."""
    if not asked.bigrams:
        return [[0.0, 0.0]] * len(texts)
    pairs = [pair for pair, _ in asked.bigrams]
    weights = np.array([weight for _, weight in asked.bigrams], np.float32)
    weights /= weights.sum() or 1.0
    above = {around: np.array([pair in around[0] or pair in around[1] for pair in pairs]) for around in set(contexts)}
    inside = np.array([[pair in text for pair in pairs] for text in texts])
    wide = inside | np.stack([above[around] for around in contexts])
    rows: list[list[float]] = np.stack([inside @ weights, wide @ weights], axis=1).tolist()
    return rows


def _row(
    asked: Asked, c: Candidate, text: str, before: str, head: str, words: Sequence[float], bigrams: Sequence[float],
    figures: Sequence[str], cosine: float, wide: float, hits: Sequence[Hit], share_of: Mapping[str, float],
    top_score: float, spread: float, beside: dict[tuple[int, int], float],
) -> tuple[float, ...]:  # fmt: skip
    reading = c.source.reading
    sentence = reading.sentences[c.index]
    own, with_before, with_heading, with_all, soft, soft_context, near, near_soft, rarest, rarest_context, weakest = words
    shape, shape_clause, shape_soft = _shape(asked, text)
    hit = hits[c.hit]
    length = len(text)
    passage = hit.passage
    return (
        own, with_before, with_heading, with_all, 0.0,
        bigrams[0], bigrams[1], 0.0,
        soft, soft_context, 0.0, near, near_soft,
        cosine, wide, 0.0, _run(asked.understood.text, text),
        rarest, rarest_context, weakest,
        shape, shape_clause, shape_soft,
        float(has_unit(text, asked.unit)) if asked.unit else 0.5,
        float(has_form(asked.form, text)) if asked.form else 0.5,
        sum(f in text for f in figures) / len(figures) if figures else 0.5,
        sum(f in text or f in before or f in head for f in figures) / len(figures) if figures else 0.5,
        _novelty(asked.understood.text, text), float(np.log1p(length) / 6), float(length > 150),
        (sentence.start - passage.start) / max(len(passage.text), 1),
        float(sentence.heading), float(sentence.item >= 0), float(bool(_LEAD_END.search(text))),
        float(text in c.source.folded_title or c.index == 0), float(text.rstrip("”’」』").endswith(("?", "？"))),
        _beside(asked, c, -1, beside), _beside(asked, c, 1, beside),
        1 / (1 + c.hit), (top_score - hit.score) / spread, float(c.document == 0),
        share_of[hit.document.id],
        *(float(asked.type == name) for name in TYPES),
    )  # fmt: skip


def _share(terms: Sequence[tuple[str, float]], text: str) -> float:
    total = sum(w for _, w in terms)
    return sum(w for t, w in terms if t in text) / total if total else 0.0


def _shape(asked: Asked, text: str) -> tuple[float, float, float]:
    """Whether the form asked for occurs, and how well its clause and the one before cover the question."""
    pattern = asked.shape
    if pattern is None:
        return 0.5, 0.0, 0.0
    best, found, before = 0.0, False, ""
    nearby = 0.0
    pairs = list(zip(asked.words, asked.near, strict=True))
    total = sum(w for (_, w), _ in pairs) or 1.0
    total_near = sum(asked.near) or 1.0
    for match in _CLAUSE.finditer(text):
        clause = match[0]
        if pattern.search(clause):
            found = True
            joined = before + clause
            best = max(best, sum(w for (word, w), _ in pairs if word in joined) / total)
            nearby = max(nearby, sum(n for (word, _), n in pairs if word in clause) / total_near)
        before = clause
    if not found and pattern.search(text):
        return 1.0, 0.0, 0.0
    return float(found), best, nearby


def _run(query: str, text: str) -> float:
    """Length of the longest stretch of the question found in the text, as a share of the question."""
    best = start = 0
    while start + best < len(query):
        if query[start : start + best + 1] in text:
            best += 1
        else:
            start += 1
    return best / max(len(query), 1)


def _novelty(query: str, text: str) -> float:
    """Share of the sentence's character pairs that the question lacks."""
    pairs = {text[i : i + 2] for i in range(len(text) - 1)}
    return sum(p not in query for p in pairs) / len(pairs) if pairs else 0.0


def _beside(asked: Asked, c: Candidate, step: int, known: dict[tuple[int, int], float]) -> float:
    """Word coverage of a neighbouring sentence; `known` remembers it by document and sentence."""
    at = c.index + step
    reading = c.source.reading
    if not 0 <= at < len(reading.sentences):
        return 0.0
    share = known.get((c.document, at))
    if share is None:
        s = reading.sentences[at]
        share = known[c.document, at] = _share(asked.words, c.source.folded[s.start : s.end])
    return share


def relative(table: Floats) -> Floats:
    """Fill in how far each sentence stays behind the best one."""
    for name in ("words", "bigrams", "soft", "cosine"):
        column = table[:, FEATURES.index(name)]
        table[:, FEATURES.index(f"{name}_relative")] = column - column.max()
    return table


__all__ = ["FEATURES", "NUMBER", "Candidate", "Evidence", "Source", "candidates", "features", "relative"]
