"""A question → hits: both rankers inside the filter's scope, their candidates ranked as one."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np

from kb.fold import bracket_number, fold, fold_all
from kb.model import IN_FORCE, Filters, Hit, Mode, Span
from kb.store import Store
from kb.understand import FRAME, Understood, understand

from .catalog import Allowed, Catalog, passes
from .embed import Embedder
from .lexical import LexicalIndex, Scored
from .rank import Candidate, Query, Ranker, features
from .shortlist import Pool, numbers, pooled
from .vectors import VectorIndex
from .words import Words

POOL = 100  # candidates each ranker gives
RERANKED = 32  # of both pools together that are read and put in order by the ranker
UNRANKED = 64  # read where one ranking stands as it is, so that passages of one text may give way to others
_PREAMBLE = re.compile(
    r"如下|现就|现将|特制定|制定本|[〔﹝\[]20\d{2}[〕﹞\]]|各(?:省|市|区|县|地|级|有关|单位|部门|直属)[^。]{0,60}[：:]|[：:]\s*\n|"
    r"为(?:了|进一步|深入|全面|切实|认真|贯彻|落实|加强|做好|应对)"
)
PREAMBLE_LEAD = 1.0  # by which a document's preamble must outscore its next passage (tune splits)
FRAME_WEIGHT = 0.15  # BM25 weight of words that frame a question (哪些, 多少)
BIGRAM_WEIGHT = 0.25
TITLE_WEIGHT = 0.6

# What people put before or after another word when they ask, and the cutter takes for part of it.
_BEGINS = re.compile(r"(最[多少高低长短大小快晚早]|[要得能会该需想再只还没不可应])(.{1,4})")
_ENDS = re.compile(r"(.{2,4}?)([罚收交补赔发给拿领报办管住付缴扣退算判])")


@dataclass(frozen=True)
class Searcher:
    """Everything one generation needs to answer a search. Immutable, shared by all threads."""

    store: Store
    catalog: Catalog
    words: Words
    embedder: Embedder
    lexical: LexicalIndex
    vectors: VectorIndex
    ranker: Ranker
    shortlister: Ranker

    def search(
        self, text: str, filters: Filters = Filters(), k: int = 10, mode: Mode = "hybrid"
    ) -> list[Hit]:
        """The k best passages of the documents a filter lets through, best first."""
        query = self.understand(text)
        filters = _bracketed(filters)
        candidates = self.candidates(query, text, filters, k, mode)
        if not candidates:
            return []
        scores = self._scores(query, candidates, mode)
        named = self._named(query, filters)
        order = sorted(
            range(len(candidates)),
            key=lambda i: (candidates[i].document.id in named, float(scores[i])),
            reverse=True,
        )
        best = self._in_order(candidates, self._distinct(candidates, order, k), named)
        marked = highlights(query.understood, fold_all([candidates[i].passage.text for i in best]))
        return [
            self._hit(candidates[i], float(scores[i]), spans) for i, spans in zip(best, marked, strict=True)
        ]

    def candidates(
        self, query: Query, text: str, filters: Filters = Filters(), k: int = 10, mode: Mode = "hybrid"
    ) -> list[Candidate]:
        """Candidates for k hits inside the filter's scope: first those to be put in order by the ranker
        (`RERANKED`, of a document named by its 文号 before all others), then the rest as fused."""
        filters = _bracketed(filters)
        allowed = self.catalog.allowed(filters)
        if not allowed.count:
            return []
        vector = self.embedder.encode([fold(text)])[0]
        named = self._named(query, filters)
        pool = self._with_openings(self.pool(query, vector, allowed, max(POOL, 2 * k), mode), named, vector, mode)
        pool = self._promising_first(query, pool, named, mode)
        most = max(RERANKED if mode == "hybrid" else UNRANKED, 2 * k)
        return self.gather(pool.of(np.arange(min(len(pool), most))))

    def pool(self, query: Query, vector: np.ndarray, allowed: Allowed, depth: int, mode: Mode = "hybrid") -> Pool:
        """What both rankers offer, or the one that the mode names: `depth` passages each."""
        lexical = self._lexical(query, allowed, depth) if mode != "dense" else _nothing()
        dense = self._dense(vector, allowed, depth) if mode != "lexical" else _nothing()
        pool = pooled(lexical, dense, self._cosines_to(vector, mode))
        if self.catalog.holes:  # the word index may still have what is gone
            pool = pool.of(np.flatnonzero(np.isin(pool.ids, self.catalog.ids)))
        return pool

    def gather(self, pool: Pool) -> list[Candidate]:
        """The passages themselves; those that are gone are left out."""
        rows = self.store.passages(pool.ids.tolist())
        owners = self.catalog.documents_of(pool.ids)
        return [
            Candidate(id, document, row.revision, row.passage, lexical, lexical_rank, dense_rank, cosine)
            for id, document, lexical, lexical_rank, dense_rank, cosine in zip(
                pool.ids.tolist(), owners, pool.lexical.tolist(), pool.lexical_ranks.tolist(),
                pool.dense_ranks.tolist(), pool.cosines.tolist(), strict=True,
            )
            if document is not None and (row := rows.get(id)) is not None
        ]  # fmt: skip

    # ---- the steps -----------------------------------------------------------------------

    def understand(self, text: str) -> Query:
        """The question's type and its words and bigrams with their inverse document frequencies."""
        tokens = [part for token in self.words.index_tokens(text) for part in self._parted(token)]
        understood = understand(text, tokens)
        seen = dict.fromkeys(understood.focus)
        bare = "".join(understood.focus)
        return Query(
            understood,
            tuple((word, self._idf("words", word)) for word in seen),
            tuple((gram, self._idf("bigrams", gram)) for gram in dict.fromkeys(self.words.bigrams(bare))),
        )

    def _parted(self, token: str) -> tuple[str, ...]:
        """A token of a question apart where the cutter ran two words into one that no passage has: 最多|收, 群租|罚."""
        found = _BEGINS.fullmatch(token) or _ENDS.fullmatch(token)
        if found is None or self.words.known(token) or self.lexical.frequency("words", token):
            return (token,)
        return found.groups()

    def _idf(self, field: str, term: str) -> float:
        """ln(1 + (N − n + ½) / (n + ½)), BM25's own."""
        total, n = len(self.catalog.ids), self.lexical.frequency(field, term)
        return math.log(1 + max(total - n + 0.5, 0.5) / (n + 0.5))

    def _lexical(self, query: Query, allowed: Allowed, k: int) -> Scored:
        words = [(w, FRAME_WEIGHT if w in FRAME else 1.0) for w, _ in query.words]
        return self.lexical.search(
            {
                "words": words,
                "title": [(w, TITLE_WEIGHT * weight) for w, weight in words],
                "bigrams": [(gram, BIGRAM_WEIGHT) for gram, _ in query.bigrams],
            },
            k,
            allowed.scope,
        )

    def _dense(self, vector: np.ndarray, allowed: Allowed, k: int) -> Scored:
        ids, cosines = self.vectors.search(vector, k, allowed.mask)
        return Scored(ids, cosines)

    def _cosines_to(self, vector: np.ndarray, mode: Mode) -> Callable[[np.ndarray], np.ndarray]:
        return _zeros if mode == "lexical" else lambda ids: self.vectors.cosines(ids, vector)

    def _promising_first(self, query: Query, pool: Pool, named: frozenset[str], mode: Mode) -> Pool:
        """The most promising, `RERANKED` of them, before the others; both as they stood.

        Where both rankings count, a network tells them by numbers; it was taught on what is within `POOL` of
        either, so that asking for more hits leaves the first as they are.
        """
        if len(pool) <= RERANKED:
            return pool
        if mode == "hybrid":
            within = [(ranks > 0) & (ranks <= POOL) for ranks in (pool.lexical_ranks, pool.dense_ranks)]
            promise = np.where(within[0] | within[1], self.shortlister.scores(numbers(query, pool)), -np.inf)
        else:
            promise = -np.arange(len(pool), dtype=np.float32)
        if named:
            owners = self.catalog.documents_of(pool.ids)
            promise[[owner is not None and owner.id in named for owner in owners]] = np.inf
        chosen = np.zeros(len(pool), bool)
        chosen[np.argsort(-promise, kind="stable")[:RERANKED]] = True
        return pool.of(np.concatenate([np.flatnonzero(chosen), np.flatnonzero(~chosen)]))

    def _named(self, query: Query, filters: Filters) -> frozenset[str]:
        """Documents whose 文号 the question gives, as far as the filter lets them through."""
        rows = [r for number in query.understood.numbers for r in self.catalog.by_number.get(number, ())]
        documents = [self.catalog.documents[r] for r in rows]
        return frozenset(d.id for d in documents if passes(d, filters))

    def _with_openings(self, pool: Pool, named: frozenset[str], vector: np.ndarray, mode: Mode) -> Pool:
        """Also the first passage of each named document, so that it is found even by its number alone."""
        if not named:
            return pool
        firsts = [self.catalog.passages_of(self.catalog.by_id[doc_id])[:1] for doc_id in sorted(named)]
        ids = np.concatenate(firsts)
        return pool.followed_by(ids[~np.isin(ids, pool.ids)], self._cosines_to(vector, mode))

    def _scores(self, query: Query, candidates: Sequence[Candidate], mode: Mode) -> np.ndarray:
        if mode == "lexical":
            return np.array([c.lexical for c in candidates], np.float32)
        if mode == "dense":
            return np.array([c.cosine for c in candidates], np.float32)
        head = candidates[:RERANKED]
        scores = past_preambles(head, self.ranker.scores(features(query, head)))
        return _tailed(scores, len(candidates))

    def _in_order(
        self, candidates: Sequence[Candidate], best: Sequence[int], named: frozenset[str]
    ) -> list[int]:
        """A document named by its 文号 first, then texts in force, then the rest; else as scored."""

        def place(i: int) -> tuple[bool, bool]:
            document = candidates[i].document
            return (document.id not in named, document.status not in IN_FORCE)

        return sorted(best, key=place)

    def _distinct(self, candidates: Sequence[Candidate], order: Sequence[int], k: int) -> list[int]:
        """The first k: of passages that overlap by more than half only the best, the others at the end."""
        kept: list[int] = []
        rest: list[int] = []
        taken: dict[str, list[Span]] = {}
        for i in order:
            if len(kept) == k:
                return kept
            passage = candidates[i].passage
            spans = taken.setdefault(candidates[i].document.id, [])
            length = passage.end - passage.start
            if any(min(s.end, passage.end) - max(s.start, passage.start) > length / 2 for s in spans):
                rest.append(i)
            else:
                kept.append(i)
                spans.append(Span(passage.start, passage.end))
        return (kept + rest)[:k]

    def _hit(self, candidate: Candidate, score: float, marked: tuple[Span, ...]) -> Hit:
        document = candidate.document
        ranks = {"lexical": candidate.lexical_rank, "dense": candidate.dense_rank}
        return Hit(
            candidate.id, document, candidate.revision, candidate.passage, score,
            {name: rank for name, rank in ranks.items() if rank}, marked,
        )  # fmt: skip


def past_preambles(candidates: Sequence[Candidate], scores: np.ndarray) -> np.ndarray:
    """Where a document's preamble leads its next best passage by little, the two change places.

    A preamble has the title's words in it and so looks like an answer, but seldom holds one. The order
    of documents stays as it is.
    """
    openings: dict[str, int] = {}
    others: dict[str, int] = {}
    for i, candidate in enumerate(candidates):
        first = candidate.passage.start == 0 and _PREAMBLE.search(candidate.passage.text)
        best = openings if first else others
        known = best.get(candidate.document.id)
        if known is None or scores[i] > scores[known]:
            best[candidate.document.id] = i
    changed = scores.copy()
    for document, opening in openings.items():
        other = others.get(document)
        if other is not None and 0 < scores[opening] - scores[other] < PREAMBLE_LEAD:
            changed[[opening, other]] = scores[[other, opening]]
    return changed


def _tailed(scores: np.ndarray, count: int) -> np.ndarray:
    """Scores of `count` candidates of which the ranker has scored the first: the others stand after them as fused.

    The ranker is trained to put the right passage first; far down, plain fusion finds more.
    """
    after = scores.min(initial=0.0) - 1e-3 * np.arange(1, count - len(scores) + 1)
    return np.concatenate([scores, after.astype(np.float32)])


def _bracketed(filters: Filters) -> Filters:
    """With its 文号 in the one spelling that documents have."""
    return replace(filters, number=bracket_number(filters.number)) if filters.number else filters


def _nothing() -> Scored:
    return Scored(np.empty(0, np.int64), np.empty(0, np.float32))


def _zeros(ids: np.ndarray) -> np.ndarray:
    return np.zeros(len(ids), np.float32)


def highlights(understood: Understood, folded: Sequence[str]) -> list[tuple[Span, ...]]:
    """Where the question's content words stand in each folded passage, in order, without overlap, the longest first."""
    left = "\n".join(folded)  # all at once: a call a word, not a call a word and passage
    found: list[tuple[int, int]] = []
    for word in _worth_marking(understood.focus):
        at = left.find(word)
        if at < 0:
            continue
        length = len(word)
        while at >= 0:
            found.append((at, at + length))
            at = left.find(word, at + length)
        left = left.replace(word, "\0" * length)
    found.sort()
    marked, start, at = [], 0, 0
    for text in folded:
        first, end = at, start + len(text)
        while at < len(found) and found[at][0] < end:
            at += 1
        marked.append(tuple(Span(s - start, e - start) for s, e in found[first:at]))
        start = end + 1
    return marked


@lru_cache(maxsize=1024)
def _worth_marking(focus: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(sorted({w for w in focus if len(w) > 1 or w.isdigit()}, key=lambda w: (-len(w), w)))
