"""Candidates of both rankers → one order: features of each, and a small learned ranker over them.

The ranker is a network of one hidden layer, trained by `python -m indexer.train
ranker` on tune splits of several sets; its weights lie in `indexer/models/ranker.npz`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import as_file, files

import numpy as np

from kb.fold import fold
from kb.model import Document, Passage
from kb.understand import Understood

FEATURES = (
    "lexical", "lexical_rank", "lexical_per_term", "cosine", "cosine_gap", "dense_rank", "both",
    "words_in_text", "words_in_heading", "words_anywhere", "words_in_sentence", "rarest_in_text",
    "bigrams_in_text", "bigrams_in_heading", "bigrams_in_sentence", "longest_run",
    "title_in_query", "title_named", "numbers", "cue", "length", "lead",
    "query_words", "lexical_top", "dense_top",
)  # fmt: skip

_SENTENCE = re.compile(r"[^。！？；!?;\n]+")
_FIGURE = re.compile(r"\d+(?:\.\d+)?")
_CUES = {
    "number": re.compile(
        r"\d|[一二三四五六七八九十百千万亿两]+(?:个|项|类|种|条|名|倍|成|元|平方|公里|万|亿|%)"
    ),
    "date": re.compile(r"\d{4}年|\d{1,2}月|[一二三四五六七八九十\d]+(?:个)?(?:工作日|日内|日|天|月|年|小时)"),
    "list": re.compile(r"[、；]|[（(][一二三四五六七八九十\d]+[）)]|下列|以下|包括"),
    "definition": re.compile(r"是指|指的是|本(?:条例|办法|规定|法|细则)所称|称为|即"),
    "who": re.compile(r"部门|机关|机构|单位|政府|委员会|局|厅|负责|主管"),
    "where": re.compile(r"省|市|县|区|镇|乡|村|街道|社区|平台|窗口"),
    "how": re.compile(r"应当|申请|提交|办理|程序|材料|步骤|通过|采取"),
    "condition": re.compile(r"符合|条件|具备|下列|情形|应当|可以"),
    "yesno": re.compile(r"应当|不得|可以|必须|禁止|允许|无需|不予"),
}


@dataclass(frozen=True, slots=True)
class Query:
    """A question made ready for ranking."""

    understood: Understood
    words: tuple[tuple[str, float], ...]  # content words with their idf
    bigrams: tuple[tuple[str, float], ...]


@dataclass(frozen=True, slots=True)
class Candidate:
    """A passage under consideration and what the two rankers say of it."""

    id: int
    document: Document
    revision: int
    passage: Passage
    lexical: float  # BM25, 0 where not found
    lexical_rank: int  # from 1; 0 where not found
    dense_rank: int
    cosine: float


class Ranker:
    """score = w2 · tanh(w1 · (x − mean) / spread + b1), over the columns of `FEATURES`."""

    def __init__(self, mean: np.ndarray, spread: np.ndarray, w1: np.ndarray, b1: np.ndarray, w2: np.ndarray):
        self.mean, self.spread, self.w1, self.b1, self.w2 = mean, spread, w1, b1, w2

    @classmethod
    @cache
    def shipped(cls) -> Ranker:
        with as_file(files("indexer") / "models" / "ranker.npz") as path:
            data = np.load(path)
            return cls(*(data[name] for name in ("mean", "spread", "w1", "b1", "w2")))

    def scores(self, features: np.ndarray) -> np.ndarray:
        """(n, len(FEATURES)) → (n,) float32, higher is better."""
        scaled = np.clip((features - self.mean) / self.spread, -5, 5)
        hidden = np.tanh(scaled @ self.w1 + self.b1)
        scores: np.ndarray = (hidden @ self.w2).astype(np.float32)
        return scores


def features(query: Query, candidates: Sequence[Candidate]) -> np.ndarray:
    """(n, len(FEATURES)) float32, one row a candidate, columns as in `FEATURES`."""
    if not candidates:
        return np.zeros((0, len(FEATURES)), np.float32)
    words, bigrams = _Terms(query.words), _Terms(query.bigrams)
    texts = [folded(c.passage.text) for c in candidates]
    headings = [_heading(c.document.title, c.passage.path) for c in candidates]
    asked = query.understood.text
    in_text, in_heading = words.present(texts), words.present(headings)
    pairs_in_text = bigrams.present(texts)
    best_words, best_bigrams, cue = _best_sentences(query, words, bigrams, texts, in_text)
    lexical = np.array([c.lexical for c in candidates], np.float32)
    cosines = np.array([c.cosine for c in candidates], np.float32)
    lexical_ranks = np.array([c.lexical_rank for c in candidates], np.float32)
    dense_ranks = np.array([c.dense_rank for c in candidates], np.float32)
    titles = {c.document.title for c in candidates}
    asked_pairs = frozenset(asked[i : i + 2] for i in range(len(asked) - 1))
    contained = {title: _contained(title, asked_pairs) for title in titles}
    named = {title: _named(title, asked) for title in titles}
    count, top = len(candidates), float(lexical.max()) or 1.0
    columns = (
        lexical / top,
        _reciprocal(lexical_ranks),
        lexical / words.total,
        cosines,
        cosines.max() - cosines,
        _reciprocal(dense_ranks),
        (lexical_ranks > 0) & (dense_ranks > 0),
        words.share(in_text),
        words.share(in_heading),
        words.share(in_text | in_heading),
        best_words,
        words.rarest(in_text | in_heading),
        bigrams.share(pairs_in_text),
        bigrams.share(bigrams.present(headings)),
        best_bigrams,
        _longest_run(pairs_in_text),
        np.array([contained[c.document.title] for c in candidates]),
        np.array([named[c.document.title] for c in candidates]),
        _figures(asked, texts, headings),
        cue,
        np.log1p([len(text) for text in texts]) / 6,
        np.array([c.passage.start == 0 for c in candidates]),
        np.full(count, min(len(query.words), 20) / 20),
        np.full(count, top / words.total),
        np.full(count, cosines.max()),
    )
    return np.stack([np.asarray(column, np.float32) for column in columns], axis=1)


class _Terms:
    """Weighted terms, and which of them occur in which text."""

    def __init__(self, weighted: Sequence[tuple[str, float]]) -> None:
        self.terms = [term for term, _ in weighted]
        self.weights = np.array([weight for _, weight in weighted], np.float32)
        self.total = float(self.weights.sum()) or 1.0

    def present(self, texts: Sequence[str]) -> np.ndarray:
        """(len(texts), len(terms)) bool."""
        terms = self.terms
        found = [[term in text for term in terms] for text in texts]
        return np.array(found, bool).reshape(len(texts), len(terms))

    def share(self, present: np.ndarray) -> np.ndarray:
        """Share of the terms' weight that occurs: (n,) in 0–1."""
        return np.asarray((present * self.weights).sum(axis=1) / self.total)

    def rarest(self, present: np.ndarray) -> np.ndarray:
        """Whether the weightiest term occurs: (n,) bool."""
        if not self.terms:
            return np.zeros(len(present), bool)
        return np.asarray(present[:, int(self.weights.argmax())])


def _best_sentences(
    query: Query, words: _Terms, bigrams: _Terms, texts: Sequence[str], in_text: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Of each text's best sentence: word share, bigram share, and whether it has the form asked for.

    `in_text`: (texts, words) bool, which words a text has at all.
    """
    weights = words.weights.tolist()
    chosen: list[str] = []
    shares = words.share(in_text)  # of a text of one sentence, and the most a longer one can have
    for i, (text, row) in enumerate(zip(texts, in_text.tolist(), strict=True)):
        sentences = _split(text)
        if len(sentences) == 1:
            chosen.append(sentences[0])
            continue
        there = [(term, weight) for term, weight, found in zip(words.terms, weights, row, strict=True) if found]
        held = [sum([weight for term, weight in there if term in sentence]) for sentence in sentences]
        best = max(held)
        chosen.append(sentences[held.index(best)])
        shares[i] = best / words.total
    pattern = _CUES.get(query.understood.type)
    cue = [float(bool(pattern.search(s))) if pattern else 0.5 for s in chosen]
    return shares, bigrams.share(bigrams.present(chosen)), np.array(cue)


def _reciprocal(ranks: np.ndarray) -> np.ndarray:
    return np.where(ranks > 0, 1 / (5 + ranks), 0.0)


def _longest_run(present: np.ndarray) -> np.ndarray:
    """Longest run of neighbouring query bigrams found, as a share of all: (n,)."""
    run = np.zeros(len(present))
    best: np.ndarray = np.zeros(len(present))
    for column in present.T:
        run = (run + 1) * column
        best = np.maximum(best, run)
    best = best / max(present.shape[1], 1)
    return best


def _figures(asked: str, texts: Sequence[str], headings: Sequence[str]) -> np.ndarray:
    """Share of the question's figures that occur; ½ where it has none: (n,)."""
    figures = _FIGURE.findall(asked)
    if not figures:
        return np.full(len(texts), 0.5)
    return np.array(
        [
            sum(f in text or f in heading for f in figures) / len(figures)
            for text, heading in zip(texts, headings, strict=True)
        ]
    )


folded = lru_cache(maxsize=16_384)(fold)


@lru_cache(maxsize=16_384)
def _split(text: str) -> tuple[str, ...]:
    return tuple(_SENTENCE.findall(text)) or (text,)


@lru_cache(maxsize=65_536)
def _heading(title: str, path: tuple[str, ...]) -> str:
    return fold(f"{title} {' '.join(path)}")


@lru_cache(maxsize=16_384)
def _pairs(title: str) -> tuple[str, frozenset[str]]:
    plain = fold(title)
    return plain, frozenset(plain[i : i + 2] for i in range(len(plain) - 1))


def _contained(title: str, asked: frozenset[str]) -> float:
    """Share of the title's character pairs that the question (its pairs) has."""
    _, pairs = _pairs(title)
    return len(pairs & asked) / len(pairs) if pairs else 0.0


def _named(title: str, asked: str) -> float:
    plain, _ = _pairs(title)
    return float(len(plain) >= 4 and plain in asked)
