"""Figures checked against what a person can work out on paper."""

from __future__ import annotations

import math

import numpy as np
import pytest

from eval.dataset import Query
from eval.metrics import bootstrap, document_values, paired, passage_values

TWO = (Query("a", "甲问", {"d1": 1, "d2": 1}), Query("b", "乙问", {"d9": 1}))


def test_the_right_document_in_third_place_has_half_the_gain_and_a_third_of_the_rank() -> None:
    values = document_values(TWO[1:], {"b": ["x", "y", "d9"]})
    assert values["nDCG@10"][0] == pytest.approx(1 / math.log2(4))
    assert values["RR@10"][0] == pytest.approx(1 / 3)
    assert values["R@10"][0] == 1.0


def test_of_two_right_documents_one_first_and_one_missing() -> None:
    values = document_values(TWO[:1], {"a": ["d1", "x"]})
    assert values["nDCG@10"][0] == pytest.approx(1 / (1 + 1 / math.log2(3)))
    assert values["R@100"][0] == 0.5


def test_the_eleventh_place_counts_for_recall_at_100_only() -> None:
    values = document_values(TWO[1:], {"b": [f"x{i}" for i in range(10)] + ["d9"]})
    assert {name: sample[0] for name, sample in values.items()} == {
        "nDCG@10": 0.0,
        "RR@10": 0.0,
        "R@10": 0.0,
        "R@100": 1.0,
    }


def test_a_question_without_any_hit_counts_as_zero_and_keeps_its_place() -> None:
    values = document_values(TWO, {"b": ["d9"], "a": []})
    assert values["nDCG@10"].tolist() == [0.0, 1.0]


def test_an_answer_in_the_second_passage_is_inside_five_but_not_one() -> None:
    values = passage_values(TWO, {"a": [False, True], "b": []})
    assert values["passage@1"].tolist() == [0.0, 0.0]
    assert values["passage@5"].tolist() == [1.0, 0.0]
    assert values["passage@20"].tolist() == [1.0, 0.0]


def test_the_interval_of_a_mean_is_about_two_standard_errors_wide_on_each_side() -> None:
    sample = np.random.default_rng(7).normal(0.5, 0.1, 400)
    found = bootstrap(sample)
    error = sample.std() / math.sqrt(len(sample))
    assert found.mean == pytest.approx(sample.mean())
    assert found.low == pytest.approx(found.mean - 1.96 * error, abs=0.3 * error)
    assert found.high == pytest.approx(found.mean + 1.96 * error, abs=0.3 * error)


def test_pairing_sees_a_small_steady_gain_that_two_separate_intervals_hide() -> None:
    theirs = np.random.default_rng(3).uniform(0, 0.9, 200)
    ours = theirs + 0.05
    assert bootstrap(ours).low < bootstrap(theirs).high
    assert paired(ours, theirs).low == pytest.approx(0.05)


def test_no_difference_has_an_interval_around_zero() -> None:
    rng = np.random.default_rng(5)
    found = paired(rng.uniform(size=300), rng.uniform(size=300))
    assert found.low < 0 < found.high
