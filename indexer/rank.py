"""Candidates of both rankers → one order: features of each, and a small learned ranker over them.

The ranker is a network of one hidden layer, trained by `python -m
indexer.train.ranker` on tune splits of several sets; its weights lie in `indexer/models/ranker.npz`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import as_file, files
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from kb.fold import fold
from kb.model import Document, Passage
from kb.occurrence import Places, Texts
from kb.understand import Understood

FEATURES = (
    "lexical", "lexical_rank", "lexical_per_term", "cosine", "cosine_gap", "dense_rank", "both",
    "words_in_text", "words_in_heading", "words_anywhere", "words_in_sentence", "rarest_in_text",
    "bigrams_in_text", "bigrams_in_heading", "bigrams_in_sentence", "longest_run",
    "title_in_query", "title_named", "numbers", "cue", "length", "lead",
    "query_words", "lexical_top", "dense_top",
)  # fmt: skip

EARLY = 5  # damping of reciprocal ranks that tells the first few apart
_TEXT, _HEADING, _ANYWHERE, _BEST = range(4)  # where terms are looked for
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


class Candidate(NamedTuple):
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
    """score = w2 · tanh(w1 · (x − mean) / spread + b1), over the columns it was trained on."""

    def __init__(self, mean: np.ndarray, spread: np.ndarray, w1: np.ndarray, b1: np.ndarray, w2: np.ndarray):
        self.mean, self.spread, self.w1, self.b1, self.w2 = mean, spread, w1, b1, w2

    @classmethod
    @cache
    def shipped(cls, name: str = "ranker") -> Ranker:
        """The one that orders passages (columns of `FEATURES`), or `shortlist` (`indexer.shortlist.NUMBERS`)."""
        with as_file(files("indexer") / "models" / f"{name}.npz") as path:
            return cls.of(np.load(path))

    @classmethod
    def of(cls, weights: Mapping[str, np.ndarray]) -> Ranker:
        """From its arrays by name, as they are kept."""
        return cls(*(weights[name] for name in ("mean", "spread", "w1", "b1", "w2")))

    def scores(self, features: np.ndarray) -> np.ndarray:
        """(n, columns) → (n,) float32, higher is better."""
        scaled = np.clip((features - self.mean) / self.spread, -5, 5)
        hidden = np.tanh(scaled @ self.w1 + self.b1)
        scores: np.ndarray = (hidden @ self.w2).astype(np.float32)
        return scores


def features(query: Query, candidates: Sequence[Candidate]) -> np.ndarray:
    """(n, len(FEATURES)) float32, one row a candidate, columns as in `FEATURES`."""
    if not candidates:
        return np.zeros((0, len(FEATURES)), np.float32)
    count, asked = len(candidates), query.understood.text
    figures = _FIGURE.findall(asked)
    terms = list(dict.fromkeys([*(w for w, _ in query.words), *(gram for gram, _ in query.bigrams), *figures]))
    words, bigrams = _Terms(query.words, terms), _Terms(query.bigrams, terms)
    headings = [f"{c.document.title} {' '.join(c.passage.path)}" for c in candidates]
    texts = Texts([*(c.passage.text for c in candidates), *headings])
    places = texts.places(terms)
    found = places.among(texts.owners, len(texts))  # (texts and headings, terms)
    best = _best_sentences(words, texts, places)[:count]
    of_best = places.among(texts.sentences.owners, len(texts.sentences.ends))[best]
    in_text, in_heading = found[:count], found[count:]
    anywhere = in_text | in_heading
    looked_in = np.concatenate([in_text, in_heading, anywhere, of_best]).astype(np.float32)
    shares = (looked_in @ np.stack([words.shares, bigrams.shares], axis=1)).reshape(4, count, 2)
    said = np.array([(c.lexical, c.lexical_rank, c.dense_rank, c.cosine) for c in candidates], np.float32)
    lexical, lexical_ranks, dense_ranks, cosines = said.T
    titles = {c.document.title for c in candidates}
    asked_pairs = frozenset(asked[i : i + 2] for i in range(len(asked) - 1))
    titled = {title: (_contained(title, asked_pairs), _named(title, asked)) for title in titles}
    in_query = np.array([titled[c.document.title] for c in candidates], np.float32)
    top, nearest = float(lexical.max()) or 1.0, float(cosines.max())
    columns: tuple[npt.ArrayLike, ...] = (
        lexical / top,
        reciprocal(lexical_ranks),
        lexical / words.total,
        cosines,
        nearest - cosines,
        reciprocal(dense_ranks),
        (lexical_ranks > 0) & (dense_ranks > 0),
        shares[_TEXT, :, 0],
        shares[_HEADING, :, 0],
        shares[_ANYWHERE, :, 0],
        shares[_BEST, :, 0],
        words.rarest(anywhere),
        shares[_TEXT, :, 1],
        shares[_HEADING, :, 1],
        shares[_BEST, :, 1],
        _longest_run(in_text[:, bigrams.columns]),
        in_query[:, 0],
        in_query[:, 1],
        _share_of_figures(figures, terms, anywhere),
        _cue(query.understood.type, texts, best),
        np.log1p(texts.lengths[:count]) / 6,
        [c.passage.start == 0 for c in candidates],
        min(len(query.words), 20) / 20,
        top / words.total,
        nearest,
    )
    return in_columns(columns, count)


def reciprocal(ranks: np.ndarray, damping: int = EARLY) -> np.ndarray:
    """1 / (damping + rank), 0 where there is no rank (0)."""
    return np.where(ranks > 0, 1 / (damping + ranks), 0.0)


def in_columns(columns: Sequence[npt.ArrayLike], count: int) -> np.ndarray:
    """(count, columns) float32 of what is said of each, or of all alike."""
    made = np.empty((count, len(columns)), np.float32)
    for i, column in enumerate(columns):
        made[:, i] = column
    return made


class _Terms:
    """Weighted terms, some of all the `terms` looked for."""

    def __init__(self, weighted: Sequence[tuple[str, float]], terms: Sequence[str]) -> None:
        number = {term: i for i, term in enumerate(terms)}
        self.columns = [number[term] for term, _ in weighted]
        self.weights = np.array([weight for _, weight in weighted], np.float32)
        self.total = float(self.weights.sum()) or 1.0
        self.shares = np.zeros(len(terms), np.float32)  # of the total, 0 of other terms
        self.shares[self.columns] = self.weights / self.total

    def share(self, present: np.ndarray) -> np.ndarray:
        """Share of the terms' weight that occurs: (n, all terms) → (n,) in 0–1, the same for the same terms."""
        return np.asarray((present[:, self.columns] * self.weights).sum(axis=1) / self.total)

    def rarest(self, present: np.ndarray) -> np.ndarray:
        """Whether the weightiest term occurs: (n, all terms) → (n,) bool."""
        if not self.columns:
            return np.zeros(len(present), bool)
        return np.asarray(present[:, self.columns[int(self.weights.argmax())]])


def _best_sentences(words: _Terms, texts: Texts, places: Places) -> np.ndarray:
    """(texts,) of each the sentence that holds most of the words' weight, the first of equals."""
    sentences = texts.sentences
    held = words.share(places.among(sentences.owners, len(sentences.ends)))
    held[sentences.starts == sentences.ends] = -1.0
    most = np.repeat(np.maximum.reduceat(held, sentences.first), sentences.counts)
    at = np.flatnonzero(held == most)
    owners = texts.owners[sentences.ends[at]]
    best: np.ndarray = at[np.flatnonzero(np.diff(owners, prepend=-1))]
    return best


def _cue(kind: str, texts: Texts, best: np.ndarray) -> np.ndarray:
    """Whether each chosen sentence has the form asked for, ½ where none is: (n,)."""
    pattern = _CUES.get(kind)
    if pattern is None:
        return np.full(len(best), 0.5)
    sentences = texts.sentences
    stretches = zip(sentences.starts[best].tolist(), sentences.ends[best].tolist(), strict=True)
    return np.array([bool(pattern.search(texts.folded, start, end)) for start, end in stretches])


def _longest_run(present: np.ndarray) -> np.ndarray:
    """Longest run of neighbouring query bigrams found, as a share of all: (n,)."""
    count = present.shape[1]
    if not count:
        return np.zeros(len(present))
    columns = np.arange(count)
    missed = np.maximum.accumulate(np.where(present, -1, columns), axis=1)  # the last one not found, so far
    return np.asarray((columns - missed).max(axis=1) / count)


def _share_of_figures(figures: Sequence[str], terms: Sequence[str], found: np.ndarray) -> np.ndarray:
    """Share of the question's figures that occur; ½ where it has none: (n,)."""
    if not figures:
        return np.full(len(found), 0.5)
    return np.asarray(found[:, [terms.index(figure) for figure in figures]].mean(axis=1))


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
