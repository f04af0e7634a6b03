"""BM25 in Tantivy: as its formula says, inside a scope, and the same done twice as once."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import pytest

from indexer.cutting import Cut, Cutter
from indexer.lexical import LexicalIndex, Scope
from indexer.words import Words
from kb.errors import BrokenIndex
from kb.store import IndexRow

WORDS = Words(shipped=False)
TEXTS = ["停车 停车 登记", "停车 收费", "绿化 养护 登记", "收费 收费 收费 标准"]


def rows(texts: list[str] = TEXTS) -> list[IndexRow]:
    """Passages 1, 2, … of documents 10, 11, …"""
    return [IndexRow(n, 9 + n, "", "", "", text) for n, text in enumerate(texts, 1)]


def cut(*batches: list[IndexRow]) -> Iterator[tuple[Sequence[IndexRow], Cut]]:
    return Cutter(WORDS, 0).each(batches)


@pytest.fixture
def index(tmp_path: Path) -> LexicalIndex:
    made = LexicalIndex(tmp_path)
    made.write(cut(rows()), [])
    return made


def found(index: LexicalIndex, *terms: str, scope: Scope | None = None) -> dict[int, float]:
    scored = index.search({"words": [(term, 1.0) for term in terms]}, 10, scope)
    return dict(zip(scored.ids.tolist(), scored.scores.tolist(), strict=True))


def bm25(term: str, text: str) -> float:
    """Robertson's formula with k1 = 1.2, b = 0.75."""
    lengths = [len(t.split()) for t in TEXTS]
    with_term = sum(term in t.split() for t in TEXTS)
    idf = math.log(1 + (len(TEXTS) - with_term + 0.5) / (with_term + 0.5))
    words = text.split()
    norm = 1 - 0.75 + 0.75 * len(words) / (sum(lengths) / len(lengths))
    return idf * words.count(term) * 2.2 / (words.count(term) + 1.2 * norm)


@pytest.mark.parametrize("term", ["停车", "收费", "登记"])
def test_scores_are_bm25(index: LexicalIndex, term: str) -> None:
    wanted = {n: bm25(term, text) for n, text in enumerate(TEXTS, 1) if term in text.split()}
    assert found(index, term) == pytest.approx(wanted, rel=1e-5)


def test_a_scope_keeps_or_leaves_out_documents_and_changes_no_score(index: LexicalIndex) -> None:
    everything = found(index, "停车", "收费")
    only = found(index, "停车", "收费", scope=Scope(np.array([11, 13]), exclude=False))
    others = found(index, "停车", "收费", scope=Scope(np.array([11, 13]), exclude=True))
    assert only == pytest.approx({n: everything[n] for n in (2, 4)})
    assert others == pytest.approx({1: everything[1]})


def test_writing_twice_is_writing_once(index: LexicalIndex) -> None:
    before = found(index, "停车")
    index.write(cut(rows()), [])
    assert index.count() == 4
    assert list(found(index, "停车")) == list(before)


def test_what_is_taken_out_is_gone_and_the_rest_stays(index: LexicalIndex) -> None:
    index.write([], [1, 3])
    assert index.count() == 2
    assert list(found(index, "登记")) == []
    assert set(found(index, "停车")) == {2}


def test_frequency_counts_passages_not_words(index: LexicalIndex) -> None:
    assert (index.frequency("words", "收费"), index.frequency("words", "没有")) == (2, 0)


def test_a_reader_sees_a_commit_after_it_reloads(tmp_path: Path, index: LexicalIndex) -> None:
    reader = LexicalIndex(tmp_path)
    index.write(cut([IndexRow(5, 14, "", "", "", "停车 新规")]), [])
    assert 5 not in found(reader, "新规")
    reader.reload()
    assert 5 in found(reader, "新规")


def test_no_terms_find_nothing(index: LexicalIndex) -> None:
    assert found(index) == {}


def test_a_broken_index_is_named_with_the_repair(tmp_path: Path, index: LexicalIndex) -> None:
    (tmp_path / "meta.json").write_text("{", "utf-8")
    with pytest.raises(BrokenIndex, match="kb reindex"):
        LexicalIndex(tmp_path)
