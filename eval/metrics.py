"""Rankings and judgements → figures, each per question, and what a comparison of two is worth."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import ir_measures
import numpy as np
from ir_measures import RR, R, nDCG

from kb.model import Hit

from .dataset import Query, hits_by_document, holds

DOCUMENT_MEASURES = {"nDCG@10": nDCG @ 10, "RR@10": RR @ 10, "R@10": R @ 10, "R@100": R @ 100}
PASSAGE_DEPTHS = (1, 5, 20)
Values = dict[str, np.ndarray]  # measure → (questions,) float64, in the order of the questions


def document_values(queries: Sequence[Query], rankings: Mapping[str, Sequence[str]]) -> Values:
    """Measures over documents in ranked order, by ir-measures."""
    qrels = [ir_measures.Qrel(q.id, d, g) for q in queries for d, g in q.grades.items()]
    run = [
        ir_measures.ScoredDoc(query, document, -float(rank))
        for query, ranked in rankings.items()
        for rank, document in enumerate(ranked)
    ]
    at = {q.id: i for i, q in enumerate(queries)}
    names = {str(measure): name for name, measure in DOCUMENT_MEASURES.items()}
    values = {name: np.zeros(len(queries)) for name in DOCUMENT_MEASURES}
    if run:
        for one in ir_measures.iter_calc(list(DOCUMENT_MEASURES.values()), qrels, run):
            values[names[str(one.measure)]][at[one.query_id]] = one.value
    return values


def passage_values(queries: Sequence[Query], right: Mapping[str, Sequence[bool]]) -> Values:
    """Whether a whole answer stands inside one of the first 1, 5, 20 passages."""
    return {
        f"passage@{k}": np.array([any(right.get(q.id, ())[:k]) for q in queries], float)
        for k in PASSAGE_DEPTHS
    }


def values(queries: Sequence[Query], hits: Mapping[str, Sequence[Hit]]) -> Values:
    """All measures that the questions' judgements allow."""
    made = document_values(queries, {q: list(hits_by_document(found)) for q, found in hits.items()})
    if any(q.answers for q in queries):
        made |= passage_values(
            queries, {q.id: [holds(q, hit) for hit in hits.get(q.id, ())] for q in queries}
        )
    return made


@dataclass(frozen=True, slots=True)
class Interval:
    """A mean with the limits between which it lies in 95 of 100 resamplings."""

    mean: float
    low: float
    high: float

    def __str__(self) -> str:
        return f"{self.mean:.3f} [{self.low:.3f}, {self.high:.3f}]"


def bootstrap(samples: np.ndarray, times: int = 5000, seed: int = 1) -> Interval:
    """The mean of (n,) values with its percentile bootstrap interval (Efron 1979)."""
    if not len(samples):
        return Interval(0.0, 0.0, 0.0)
    rng = np.random.default_rng(seed)
    means = np.concatenate(
        [
            samples[rng.integers(0, len(samples), (min(500, times - at), len(samples)))].mean(axis=1)
            for at in range(0, times, 500)
        ]
    )
    low, high = np.quantile(means, (0.025, 0.975))
    return Interval(float(samples.mean()), float(low), float(high))


def paired(ours: np.ndarray, theirs: np.ndarray) -> Interval:
    """The mean difference over the same questions; an interval without 0 is a difference."""
    return bootstrap(np.asarray(ours, float) - np.asarray(theirs, float))
