import re
from itertools import pairwise

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from kb.fold import fold
from kb.occurrence import Texts

CHARACTERS = "甲乙丙丁aA1１。；!？\n𠮷"
texts_of = st.lists(st.text(CHARACTERS, max_size=30), min_size=1, max_size=6)
terms_of = st.lists(
    st.text("甲乙丙丁a1𠮷", min_size=1, max_size=4).map(fold), unique=True, max_size=8
)


@given(texts_of, terms_of)
def test_a_term_is_among_the_texts_it_stands_in(given_texts: list[str], terms: list[str]) -> None:
    texts = Texts(given_texts)
    found = texts.places(terms).among(texts.owners, len(texts))
    assert found.tolist() == [[term in fold(text) for term in terms] for text in given_texts]


@given(texts_of, terms_of)
def test_every_place_of_a_term_is_found_overlapping_ones_too(given_texts: list[str], terms: list[str]) -> None:
    texts = Texts(given_texts)
    places = texts.places(terms)
    found = sorted(zip(places.terms.tolist(), places.at.tolist(), strict=True))
    assert found == sorted(
        (number, match.start())
        for number, term in enumerate(terms)
        for match in re.finditer(f"(?={re.escape(term)})", texts.folded)
    )


@given(texts_of)
def test_sentences_are_what_lies_between_stops(given_texts: list[str]) -> None:
    texts = Texts(given_texts)
    sentences = texts.sentences
    for text, first, count in zip(given_texts, sentences.first, sentences.counts, strict=True):
        own = slice(first, first + count)
        bounds = zip(sentences.starts[own], sentences.ends[own], strict=True)
        assert [texts.folded[start:end] for start, end in bounds] == re.split("[。！？；!?;\n]", fold(text))


def test_each_character_knows_its_text_and_its_sentence() -> None:
    texts = Texts(["甲。乙", "", "丙"])
    assert texts.folded == "甲。乙\n\n丙\n"
    assert texts.owners.tolist() == [0, 0, 0, 0, 1, 2, 2]
    assert texts.sentences.owners.tolist() == [0, 0, 1, 1, 2, 3, 3]


def test_a_question_of_all_characters_needs_no_more_than_its_length() -> None:
    texts = Texts(["".join(map(chr, range(0x4E00, 0x9FA5)))])
    pairs = [a + b for a, b in pairwise(texts.folded.rstrip())]
    found = texts.places(list(dict.fromkeys(pairs)))
    assert np.all(found.among(texts.owners, 1))
