"""Train the choice of candidates that are read (`indexer/models/shortlist.npz`).

    python -m indexer.train.shortlist DATA_DIR [--work DIR] [--seed 1]

It is taught, on the tune splits that the ranker (`indexer.train.ranker`) learned from, what the shipped
ranker makes of every candidate of a question, and which are right. Prints, for the tune and the test
parts of each set, how well the ranker does with all candidates, with those that plain fusion puts
first, with those chosen, and with those chosen by a network that never saw the set.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from indexer.library import Library
from indexer.rank import Ranker, features
from indexer.search import RERANKED
from indexer.shortlist import numbers
from indexer.train import sources
from indexer.train.known import library
from indexer.train.network import Weights, committee, train
from indexer.train.ranker import SETS, Asked, fused, given_records

SOFTENING = 2.0  # of the ranker's scores before they become shares
MEMBERS = 3
Choice = Callable[["Lesson"], np.ndarray]


@dataclass(frozen=True, slots=True)
class Lesson:
    """The candidates of one question as plain fusion orders them."""

    rows: np.ndarray  # (n, len(NUMBERS))
    scores: np.ndarray  # (n,) the ranker's, of all
    right: np.ndarray  # (n,) bool
    documents: tuple[str, ...]
    part: sources.Split

    @property
    def wanted(self) -> np.ndarray:
        """(n,) shares: half by the ranker's scores, half to what is right, where that is among them."""
        shares: np.ndarray = np.exp((self.scores - self.scores.max()) / SOFTENING)
        shares /= shares.sum()
        if self.right.any():
            shares = 0.5 * shares + 0.5 * self.right / self.right.sum()
        return shares


def lessons(found: Library, asked: Sequence[Asked]) -> list[Lesson]:
    searcher, ranker = found.searcher(), Ranker.shipped()
    made = []
    for one in asked:
        query = searcher.understand(one.question)
        pool = fused(searcher, query, one.question)
        candidates = searcher.gather(pool)
        if not candidates or len(candidates) != len(pool):
            continue
        right = np.array([one.right(c) for c in candidates])
        documents = tuple(c.document.external_id or c.document.id for c in candidates)
        scores = ranker.scores(features(query, candidates))
        made.append(Lesson(numbers(query, pool), scores, right, documents, one.part))
    return made


def fit(training: Mapping[str, Sequence[Lesson]], seed: int, hidden: int = 16, steps: int = 500) -> Weights:
    """Cross-entropy with the wanted shares, all questions in one batch; every set weighs the same."""
    every = [(lesson, 1 / len(group)) for group in training.values() for lesson in group]

    def loss(shares: Any, wanted: Any, there: Any) -> Any:
        return -(wanted * shares.masked_fill(~there, 0.0)).sum(1)

    return train(
        [lesson.rows for lesson, _ in every], [lesson.wanted for lesson, _ in every], [weight for _, weight in every],
        loss, seed, hidden, steps, decay=0.02,
    )  # fmt: skip


def taught(training: Mapping[str, Sequence[Lesson]], seed: int) -> Weights:
    return committee([fit(training, seed + i) for i in range(MEMBERS)])


def chooser(weights: Weights, count: int = RERANKED) -> Choice:
    """The positions a network chooses of a lesson's candidates."""
    network = Ranker.of(weights)
    return lambda lesson: np.argsort(-network.scores(lesson.rows), kind="stable")[:count]


def measure(group: Sequence[Lesson], choice: Choice) -> dict[str, float]:
    """Right documents among the first ten, and a right passage among the first one and five, as the ranker orders
    what was chosen, by the scores it gave them among all candidates (a search has it score the chosen alone)."""
    tenth, first, fifth = [], [], []
    for lesson in group:
        at = choice(lesson)
        at = at[np.argsort(-lesson.scores[at], kind="stable")]
        ten = list(dict.fromkeys(lesson.documents[i] for i in at))[:10]
        wanted = {document for document, right in zip(lesson.documents, lesson.right, strict=True) if right}
        tenth.append(len(wanted & set(ten)) / len(wanted) if wanted else 0.0)
        first.append(bool(lesson.right[at[:1]].any()))
        fifth.append(bool(lesson.right[at[:5]].any()))
    return {"R@10 (of what was found)": float(np.mean(tenth)), "@1": float(np.mean(first)), "@5": float(np.mean(fifth))}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("--work", type=Path, default=Path(".work/ranker"))
    parser.add_argument("--out", type=Path, default=Path(__file__).parent.parent / "models" / "shortlist.npz")
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    given.work.mkdir(parents=True, exist_ok=True)
    made = {}
    for name, make in SETS.items():
        records, asked = make(given.data)
        found = library(given.work / name, partial(given_records, records))
        made[name] = lessons(found, [one for one in asked if one.part != "train"])
        print(name, len(made[name]), flush=True)
    training = {name: [one for one in group if one.part == "tune"] for name, group in made.items()}
    weights = taught(training, given.seed)
    for name, group in made.items():
        others = taught({n: g for n, g in training.items() if n != name}, given.seed)
        for part in ("tune", "test"):
            chosen = [one for one in group if one.part == part]
            for label, choice in (
                ("all", lambda lesson: np.arange(len(lesson.rows))),
                ("fused", lambda lesson: np.arange(min(len(lesson.rows), RERANKED))),
                ("chosen", chooser(weights)),
                ("set unseen", chooser(others)),
            ):
                figures = {k: round(v, 3) for k, v in measure(chosen, choice).items()}
                print(name, part, label, figures, flush=True)
    np.savez(given.out, allow_pickle=False, **weights)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
