"""Questions → hits of one mode through the product's own search, timed."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast

import numpy as np

from indexer.library import Library
from indexer.search import Searcher
from kb.model import Hit, Mode

from .dataset import Query

MODES = ("lexical", "dense", "fused", "hybrid")
SAME = {"rerank": "hybrid"}  # the product's hybrid search ends with its reranker


@dataclass(frozen=True, slots=True)
class Ranked:
    """What one mode found: hits by question id, and milliseconds a question in the order asked."""

    hits: dict[str, list[Hit]]
    times: np.ndarray  # (questions,) ms


def rank(library: Library, queries: Sequence[Query], mode: str, k: int) -> Ranked:
    """The best k passages for each question."""
    mode = SAME.get(mode, mode)
    searcher = library.searcher()
    for query in queries[:3]:  # the first ones pay for caches
        _search(searcher, query.text, mode, k)
    found: dict[str, list[Hit]] = {}
    times = []
    for query in queries:
        began = time.perf_counter()
        found[query.id] = _search(searcher, query.text, mode, k)
        times.append((time.perf_counter() - began) * 1000)
    return Ranked(found, np.array(times))


def _search(searcher: Searcher, text: str, mode: str, k: int) -> list[Hit]:
    if mode == "fused":
        return fused(searcher, text, k)
    return searcher.search(text, k=k, mode=cast(Mode, mode))


def fused(searcher: Searcher, text: str, k: int) -> list[Hit]:
    """Reciprocal rank fusion of both sides and nothing after it: what the learned ranker starts from."""
    lexical = searcher.search(text, k=k, mode="lexical")
    dense = searcher.search(text, k=k, mode="dense")
    hits = {hit.passage_id: hit for hit in (*dense, *lexical)}
    scores = reciprocal_rank_fusion([[h.passage_id for h in side] for side in (lexical, dense)])
    return [hits[i] for i in sorted(scores, key=scores.__getitem__, reverse=True)[:k]]


def reciprocal_rank_fusion(rankings: Sequence[Sequence[int]], k: int = 60) -> dict[int, float]:
    """Score passage ids by the sum of 1 / (k + rank), ranks from 1 (Cormack et al., SIGIR 2009)."""
    scores: dict[int, float] = {}
    for ranking in rankings:
        for rank, passage in enumerate(ranking, 1):
            scores[passage] = scores.get(passage, 0.0) + 1 / (k + rank)
    return scores
