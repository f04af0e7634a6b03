"""The training of the shortlist: it learns what it is told is wanted, and says how well it chooses."""

from __future__ import annotations

import numpy as np
import pytest

from indexer.shortlist import NUMBERS
from indexer.train.shortlist import Lesson, chooser, fit, measure

COSINE = NUMBERS.index("cosine")


def lesson(seed: int, count: int = 60) -> Lesson:
    """Candidates of which the one with the largest cosine is right, and the ranker's scores follow it."""
    rows = np.random.default_rng(seed).random((count, len(NUMBERS))).astype(np.float32)
    scores = 8 * rows[:, COSINE]
    right = np.arange(count) == int(scores.argmax())
    return Lesson(rows, scores, right, tuple(map(str, range(count))), "tune")


def test_what_is_wanted_adds_up_to_one_and_half_of_it_goes_to_what_is_right() -> None:
    one = lesson(1)
    assert one.wanted.sum() == pytest.approx(1.0)
    assert one.wanted[one.right].sum() > 0.5
    none = Lesson(one.rows, one.scores, np.zeros(60, bool), one.documents, "tune")
    assert none.wanted.sum() == pytest.approx(1.0) and none.wanted.max() < 0.5


def test_a_network_learns_which_number_tells_and_the_same_seed_gives_the_same() -> None:
    training = {"made": [lesson(seed) for seed in range(12)]}
    weights = fit(training, seed=1, steps=80)
    unseen = [lesson(seed) for seed in range(100, 120)]
    assert measure(unseen, chooser(weights, 8))["@1"] > 0.9
    assert measure(unseen, lambda one: np.arange(8))["@1"] < 0.5  # the first as they stand
    again = fit(training, seed=1, steps=80)
    assert all(np.array_equal(weights[name], again[name]) for name in weights)
