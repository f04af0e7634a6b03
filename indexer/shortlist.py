"""What both rankers found → the few candidates whose texts are read.

Reading a candidate's text costs most of what a search costs, and the ranker (`rank.py`) reads
them all. Which ones it will put first can be told well enough from numbers alone: ranks, BM25 and
cosine. A small network that was taught by the ranker's own scores chooses them; trained by
`python -m indexer.train.shortlist`, its weights lie in `indexer/models/shortlist.npz`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from .lexical import Scored
from .rank import Query, in_columns, reciprocal

NUMBERS = (
    "lexical", "lexical_rank", "lexical_place", "lexical_per_term", "cosine", "cosine_gap", "dense_rank", "dense_place",
    "both", "query_words", "lexical_top", "dense_top",
)  # fmt: skip
LEXICAL_WEIGHT, DENSE_WEIGHT = 1.0, 1.5  # of each ranking (tune splits: +0.009 recall@100 on lay questions)
DAMPING = 60  # of reciprocal ranks (Cormack et al., SIGIR 2009)

Floats = npt.NDArray[np.float32]
Ints = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Pool:
    """Passages that either ranker found, best first by reciprocal rank, and what each ranker says of them."""

    ids: Ints  # (n,)
    lexical: Floats  # (n,) BM25, 0 where not found
    lexical_ranks: Ints  # (n,) from 1, 0 where not found
    dense_ranks: Ints  # (n,) likewise
    cosines: Floats  # (n,)

    def __len__(self) -> int:
        return len(self.ids)

    def of(self, at: Ints) -> Pool:
        """Some of them, in the order given."""
        return Pool(*(column[at] for column in self._columns()))

    def followed_by(self, ids: Ints, cosines_of: Callable[[Ints], Floats]) -> Pool:
        """These, then some that neither ranker has found."""
        none = np.zeros(len(ids), np.int64)
        more = Pool(ids, none.astype(np.float32), none, none, cosines_of(ids))
        both = zip(self._columns(), more._columns(), strict=True)
        return Pool(*(np.concatenate(pair) for pair in both))

    def _columns(self) -> tuple[npt.NDArray[Any], ...]:
        return self.ids, self.lexical, self.lexical_ranks, self.dense_ranks, self.cosines


def pooled(lexical: Scored, dense: Scored, cosines_of: Callable[[Ints], Floats]) -> Pool:
    """Both rankings as one, by the sum of weight / (60 + rank): ranks, so that BM25 and cosine can mix.

    `cosines_of` is asked for the cosines of those that only words have found.
    """
    places = {id: i for i, id in enumerate(lexical.ids.tolist())}
    in_dense = [places.setdefault(id, len(places)) for id in dense.ids.tolist()]
    ids = np.fromiter(places, np.int64, len(places))
    by_words = len(lexical.ids)
    scores, cosines = np.zeros(len(ids), np.float32), np.zeros(len(ids), np.float32)
    lexical_ranks, dense_ranks = np.zeros(len(ids), np.int64), np.zeros(len(ids), np.int64)
    scores[:by_words] = lexical.scores
    lexical_ranks[:by_words] = np.arange(1, by_words + 1)
    cosines[in_dense] = dense.scores
    dense_ranks[in_dense] = np.arange(1, len(in_dense) + 1)
    rest = np.flatnonzero(dense_ranks == 0)
    cosines[rest] = cosines_of(ids[rest])
    fused = LEXICAL_WEIGHT * reciprocal(lexical_ranks, DAMPING) + DENSE_WEIGHT * reciprocal(dense_ranks, DAMPING)
    return Pool(ids, scores, lexical_ranks, dense_ranks, cosines).of(np.argsort(-fused, kind="stable"))


def numbers(query: Query, pool: Pool) -> Floats:
    """(n, len(NUMBERS)), one row a passage, columns as in `NUMBERS`."""
    weight = sum(idf for _, idf in query.words) or 1.0
    top, nearest = float(pool.lexical.max(initial=0.0)) or 1.0, float(pool.cosines.max(initial=-1.0))
    columns: tuple[npt.ArrayLike, ...] = (
        pool.lexical / top,
        reciprocal(pool.lexical_ranks),
        DAMPING * reciprocal(pool.lexical_ranks, DAMPING),
        pool.lexical / weight,
        pool.cosines,
        nearest - pool.cosines,
        reciprocal(pool.dense_ranks),
        DAMPING * reciprocal(pool.dense_ranks, DAMPING),
        (pool.lexical_ranks > 0) & (pool.dense_ranks > 0),
        min(len(query.words), 20) / 20,
        top / weight,
        nearest,
    )
    return in_columns(columns, len(pool))
