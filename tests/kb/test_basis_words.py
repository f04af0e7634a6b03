"""The second judge's word-by-word rows, and the network that reads them."""

from __future__ import annotations

import numpy as np
import pytest

from indexer.embed import load_embedder
from indexer.words import Words
from kb.basis_words import WORD, Quoted, words
from kb.evidence_asked import Asked, WordVectors, asked
from kb.evidence_score import Basis, shipped
from kb.refusal import BASIS
from kb.understand import understand

QUESTION = "场馆的维护经费是多少"


@pytest.fixture(scope="module")
def question() -> Asked:
    understood = understand(QUESTION, Words().index_tokens(QUESTION))
    return asked(understood, tuple((w, 3.0) for w in understood.focus), (), WordVectors(load_embedder().encode))


def quoted(question: Asked, text: str, clauses: str = "") -> Quoted:
    return Quoted(text, text, "场馆管理办法", f"{text}场馆管理办法", clauses, np.zeros((3, len(question.words)), np.float32))


def column(rows: np.ndarray, question: Asked, name: str) -> dict[str, float]:
    return dict(zip((w for w, _ in question.words), rows[:, WORD.index(name)].tolist(), strict=True))


def test_each_word_of_a_question_is_looked_for_in_the_quotes_the_headings_and_the_documents(question: Asked) -> None:
    rows = words(question, quoted(question, "每年检修三次。"), lambda word: False, [8])
    assert rows.shape == (len(question.words), len(WORD)) and np.isfinite(rows).all()
    assert not any(column(rows, question, "quoted").values())
    assert column(rows, question, "heading")["场馆"] == 1 and column(rows, question, "document")["场馆"] == 1
    assert column(rows, question, "document")["经费"] == 0
    assert set(column(rows, question, "clause").values()) == {0.5}  # no clause has the form asked for


def test_a_word_s_place_in_the_question_and_what_is_sought_are_told(question: Asked) -> None:
    rows = words(question, quoted(question, "维护经费为三万元。", "维护经费为三万元"), lambda word: word == "场馆", [8])
    assert column(rows, question, "sought_before")["经费"] == 1
    assert column(rows, question, "clause")["经费"] == 1 and column(rows, question, "clause")["场馆"] == 0
    assert column(rows, question, "place") == {w: float(w == "场馆") for w, _ in question.words}
    distances = column(rows, question, "distance")
    assert distances["经费"] < distances["场馆"]


def test_a_question_without_words_has_no_rows_and_is_judged_all_the_same(question: Asked) -> None:
    none = words(Asked(question.understood, (), (), (), question.word_rows[-2:], question.row, "", False, False, ""), quoted(question, ""), lambda word: False, [])
    assert none.shape == (0, len(WORD))
    assert np.isfinite(shipped().basis.odds(np.zeros(len(BASIS), np.float32), none))


def test_the_word_that_is_lacking_counts(question: Asked) -> None:
    """The shipped judge, all else equal, believes less where the quotes lack the words of the question."""
    held = words(question, quoted(question, "场馆的维护经费为三万元。", "场馆的维护经费为三万元"), lambda word: False, [8])
    held[:, [WORD.index(f"soft_{name}") for name in ("quoted", "best", "found")]] = 1.0
    lacking = words(question, quoted(question, "每年检修三次。"), lambda word: False, [8])
    basis, row = shipped().basis, shipped().basis.mean
    assert basis.odds(row, held) > basis.odds(row, lacking)


def test_the_network_is_what_its_docstring_says() -> None:
    one = np.ones
    arrays = {
        "word_mean": np.zeros(2), "word_spread": one(2), "v1": one((2, 1)), "c1": np.zeros(1), "v2": one((1, 1)), "c2": np.zeros(1),
        "mean": np.zeros(1), "spread": one(1), "w1": one((3, 1)), "b1": np.zeros(1), "w2": one((1, 1)), "b2": np.zeros(1),
        "w3": one((1, 1)), "b3": np.zeros(1),
    }  # fmt: skip
    basis = Basis({f"basis_{name}": array for name, array in arrays.items()})
    rows = np.array([[1.0, 1.0], [2.0, 0.0], [-9.0, 1.0]], np.float32)  # e = 2, 2, 0 (−9 is cut off at −5)
    assert basis.odds(np.array([3.0], np.float32), rows) == pytest.approx(3 + 4 / 4 + 2)
