"""The gate: the shipped questions over the shipped documents, search and answers, kept-aside half.

The floors lie a little under what `python -m eval run --dataset own` and `python -m eval answers
--dataset own` give (docs/EVALUATION.md); a change that falls below one has made the product worse.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from eval import answers
from eval.answer_sets import answer_set
from eval.answering import Outcome
from eval.metrics import Values, values
from eval.ranking import rank
from eval.sets import dataset
from indexer.assistant import Assistant
from indexer.library import Library

NOWHERE = Path("/nonexistent")


@pytest.fixture(scope="module")
def search(own_library: Library) -> dict[str, Values]:
    queries = dataset("own", NOWHERE).of("test")
    return {
        mode: values(queries, rank(own_library, queries, mode, 20).hits)
        for mode in ("hybrid", "lexical", "dense")
    }


@pytest.fixture(scope="module")
def outcomes(own_library: Library) -> list[Outcome]:
    asked = answers.part(answer_set("own", NOWHERE), "test")
    return answers.measure(Assistant(own_library), asked)


@pytest.mark.parametrize(
    ("measure", "floor"), [("nDCG@10", 0.92), ("R@10", 0.97), ("passage@1", 0.76), ("passage@5", 0.92)]
)
def test_hybrid_search_finds_the_right_document_and_passage(
    search: dict[str, Values], measure: str, floor: float
) -> None:
    assert search["hybrid"][measure].mean() >= floor


def test_hybrid_search_is_no_worse_than_either_half(search: dict[str, Values]) -> None:
    for half in ("lexical", "dense"):
        assert search["hybrid"]["nDCG@10"].mean() >= search[half]["nDCG@10"].mean() - 0.01


def test_every_quote_is_an_exact_slice_and_every_figure_is_cited(outcomes: list[Outcome]) -> None:
    assert sum(o.inexact for o in outcomes) == 0
    assert not [o.answer.text for o in outcomes if o.foreign]


def test_every_claim_is_supported_by_what_it_cites(outcomes: list[Outcome]) -> None:
    found = answers.citation_figures(outcomes)
    assert found["claims"] > 100
    assert found["citation recall"] == 1.0
    assert found["citation precision"] == 1.0


def test_most_answers_hold_what_they_should_and_cite_the_right_document(outcomes: list[Outcome]) -> None:
    found = answers.figures(outcomes)
    assert found["right"] >= ANSWERED_RIGHT
    assert found["right document cited"] >= RIGHT_DOCUMENT
    assert found["list completeness"] >= LISTS_COMPLETE


def test_questions_without_a_basis_are_refused_and_others_are_not(outcomes: list[Outcome]) -> None:
    found = answers.figures(outcomes)
    assert found["refused rightly"] >= REFUSED_RIGHTLY
    assert found["refused wrongly"] <= REFUSED_WRONGLY


ANSWERED_RIGHT = 0.80
RIGHT_DOCUMENT = 0.90
LISTS_COMPLETE = 0.65
REFUSED_RIGHTLY = 0.66
REFUSED_WRONGLY = 0.07
