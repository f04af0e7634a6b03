"""What a sentence has of a question: what is sought in it, which sentences are looked at at all, units."""

from __future__ import annotations

import numpy as np
import pytest

from indexer.embed import load_embedder
from indexer.words import Words
from kb.evidence import read
from kb.evidence_asked import Asked, WordVectors, asked
from kb.evidence_features import FEATURES, Candidate, Source, candidates, features, nearest
from kb.model import Document, Hit, Passage
from kb.understand import understand

TEXT = "省运会组委会由副省长任主任。\n省运会的吉祥物由美术学院设计。\n比赛场馆每年检修三次。\n村民可以免费参观。\n"


@pytest.fixture(scope="module")
def words() -> Words:
    return Words()


@pytest.fixture(scope="module")
def vectors() -> WordVectors:
    return WordVectors(load_embedder().encode)


def made(question: str, words: Words, vectors: WordVectors) -> Asked:
    understood = understand(question, words.index_tokens(question))
    return asked(understood, tuple((w, 1.0) for w in understood.focus), (), vectors)


def hits(*scores: float) -> list[Hit]:
    document = Document("d", "省运会", "甲.md", 1, "0" * 64, status="in_force")
    return [Hit(i, document, 1, Passage(0, len(TEXT), (), TEXT), score, {}, ()) for i, score in enumerate(scores)]


def column(name: str, question: str, words: Words, vectors: WordVectors) -> list[float]:
    source = Source(read(TEXT), "省运会")
    found = candidates([source], [0], hits(1.0))
    cut = {i: words.cut(c.text) for i, c in enumerate(found)}
    rows, soft = features(made(question, words, vectors), found, hits(1.0), vectors, cut)
    assert rows.shape == (4, len(FEATURES)) and soft.shape == (4, len(made(question, words, vectors).words))
    return [float(v) for v in rows[:, FEATURES.index(name)]]


def test_a_sentence_that_speaks_of_what_is_sought_is_told_from_those_that_do_not(words: Words, vectors: WordVectors) -> None:
    question = "省运会吉祥物是哪家学院设计的？"
    assert column("sought_after_inside", question, words, vectors) == [0, 1, 0, 0]
    assert column("sought_before_inside", question, words, vectors) == [0, 1, 0, 0]
    assert np.argmax(column("sought_after_soft", question, words, vectors)) == 1


def test_where_nothing_is_sought_no_sentence_is_better_than_another(words: Words, vectors: WordVectors) -> None:
    assert column("sought_after_given", "介绍省运会", words, vectors) == [0, 0, 0, 0]
    assert column("sought_after_inside", "介绍省运会", words, vectors) == [0.5, 0.5, 0.5, 0.5]


def test_of_many_sentences_those_with_most_of_the_questions_words_are_kept_in_their_order(words: Words, vectors: WordVectors) -> None:
    source = Source(read(TEXT), "省运会")
    found = [Candidate(source, 0, i, 0) for i in range(4)]
    question = made("比赛场馆检修和吉祥物设计", words, vectors)
    assert [c.index for c in nearest(question, found, hits(1.0), 2)] == [1, 2]
    assert nearest(question, found, hits(1.0), 4) == found


def test_of_like_sentences_those_of_the_better_hit_are_kept(words: Words, vectors: WordVectors) -> None:
    source = Source(read(TEXT), "省运会")
    found = [Candidate(source, 0, 3, 1), Candidate(source, 0, 3, 0)]
    assert [c.hit for c in nearest(made("村民参观", words, vectors), found, hits(2.0, 0.5), 1)] == [0]


@pytest.mark.parametrize(("text", "held"), [("每年检修三次", True), ("每年检修三个月", False), ("每月巡查两趟", True)])
def test_a_unit_is_met_by_one_that_counts_the_same(text: str, held: bool, words: Words, vectors: WordVectors) -> None:
    pattern = made("一年要检修几回？", words, vectors).with_unit
    assert pattern is not None
    assert bool(pattern.search(text)) is held
