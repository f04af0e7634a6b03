"""The shortlist: both rankings as one, what is told of each passage, and which ones are read."""

from __future__ import annotations

import numpy as np
import pytest
from library_samples import notice, opened, put

from indexer.lexical import Scored
from indexer.library import Library
from indexer.search import POOL, RERANKED
from indexer.shortlist import NUMBERS, Pool, numbers, pooled
from kb.model import Filters, Mode

COPIES = 12
TOPICS = ("停车", "绿化", "用水", "电梯", "养老", "托育", "垃圾", "消防")


def scored(ids: list[int], scores: list[float]) -> Scored:
    return Scored(np.array(ids, np.int64), np.array(scores, np.float32))


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Library:
    made = opened(tmp_path_factory.mktemp("shortlist"))
    words = {
        f"{topic}{i}.md": notice(
            f"{topic}管理办法之{i}", f"{topic}收费每小时不得超过{i + 2}元。", f"{topic}应当每{i + 2}个月检查一次。"
        )
        for topic in TOPICS
        for i in range(COPIES)
    }
    long = [f"仪式第{i}项由第{i}位主持人主持。" for i in range(9)] + ["礼服应当整洁。"]
    put(made, words | {"号.md": notice("礼仪规则", *long, number="浙政发〔2023〕71号")})
    return made


def asked(library: Library, question: str, depth: int = 100) -> tuple[Pool, np.ndarray]:
    searcher = library.searcher()
    query, vector = searcher.understand(question), library.embedder.encode([question])[0]
    pool = searcher.pool(query, vector, searcher.catalog.allowed(Filters()), depth)
    return pool, numbers(query, pool)


def test_both_rankings_become_one_by_weighted_reciprocal_ranks() -> None:
    asked_for: list[list[int]] = []

    def cosines_of(ids: np.ndarray) -> np.ndarray:
        asked_for.append(ids.tolist())
        return np.full(len(ids), 0.25, np.float32)

    pool = pooled(scored([7, 8], [3.0, 2.0]), scored([8, 9], [0.9, 0.5]), cosines_of)
    fused = {7: 1 / 61, 8: 1 / 62 + 1.5 / 61, 9: 1.5 / 62}
    assert pool.ids.tolist() == sorted(fused, key=fused.__getitem__, reverse=True)
    told = dict(zip(pool.ids.tolist(), zip(pool.lexical_ranks, pool.dense_ranks, pool.lexical, strict=True), strict=True))
    assert told == {7: (1, 0, 3.0), 8: (2, 1, 2.0), 9: (0, 2, 0.0)}
    assert dict(zip(pool.ids.tolist(), pool.cosines.round(2).tolist(), strict=True)) == pytest.approx(
        {7: 0.25, 8: 0.9, 9: 0.5}
    )
    assert asked_for == [[7]]  # of the others the vectors have said it already


@pytest.mark.parametrize("question", ["停车收费每小时多少元", "第三条", "？", "", "浙政发〔2023〕71号"])
def test_every_passage_has_one_finite_row_of_numbers(library: Library, question: str) -> None:
    pool, rows = asked(library, question)
    assert rows.shape == (len(pool), len(NUMBERS)) and rows.dtype == np.float32
    assert np.isfinite(rows).all() and np.isfinite(library.searcher().shortlister.scores(rows)).all()


def test_nothing_found_is_nothing_told(library: Library) -> None:
    nothing = scored([], [])
    pool = pooled(nothing, nothing, lambda ids: np.zeros(len(ids), np.float32))
    assert len(pool) == 0 and numbers(library.searcher().understand("停车"), pool).shape == (0, len(NUMBERS))


def test_the_passage_that_answers_is_among_those_read(library: Library) -> None:
    searcher = library.searcher()
    for topic in TOPICS:
        question = f"{topic}收费每小时不得超过多少元？"
        read = searcher.candidates(searcher.understand(question), question)
        assert len(read) == RERANKED
        assert sum(f"{topic}收费" in one.passage.text for one in read) == COPIES


def test_asking_for_more_keeps_the_first_in_their_order_and_no_passage_comes_twice(library: Library) -> None:
    assert len(library.searcher().catalog.ids) > 2 * POOL
    for question in ("电梯多久检查一次", "消防收费", "每小时不得超过五元"):
        few = [hit.passage_id for hit in library.search(question, k=10)]
        many = [hit.passage_id for hit in library.search(question, k=100)]
        assert many[:10] == few and len(many) == len(set(many)) > RERANKED


@pytest.mark.parametrize("mode", ["hybrid", "lexical"])
@pytest.mark.parametrize("k", [5, 40])
def test_of_a_document_named_by_its_number_its_passages_are_read_first(library: Library, mode: Mode, k: int) -> None:
    hits = library.search("浙政发〔2023〕71号对礼服怎么说，停车收费每小时多少元", k=k, mode=mode)
    own = [hit for hit in hits if hit.document.number == "浙政发〔2023〕71号"]
    assert hits[: len(own)] == own and any("礼服应当整洁" in hit.passage.text for hit in own)


def test_a_named_document_is_found_by_its_number_alone_and_what_was_said_of_it_is_kept(library: Library) -> None:
    searcher, question = library.searcher(), "浙政发〔2023〕71号"
    pool, _ = asked(library, question)
    told = {id: (ranks, cosine) for id, ranks, cosine in zip(pool.ids.tolist(), pool.lexical_ranks, pool.cosines, strict=True)}
    read = searcher.candidates(searcher.understand(question), question)
    opening = min(one.id for one in read if one.document.number == question)
    assert opening == min(searcher.catalog.passages_of(searcher.catalog.by_number[question][0]))
    for one in read:
        rank, cosine = told.get(one.id, (0, one.cosine))
        assert one.lexical_rank == rank and one.cosine == pytest.approx(float(cosine))


def test_the_chosen_are_not_just_those_that_plain_fusion_puts_first(library: Library) -> None:
    searcher = library.searcher()
    changed = 0
    for topic in TOPICS:
        question = f"{topic}应当多久检查一次，由谁负责？"
        pool, rows = asked(library, question)
        best = set(pool.ids[np.argsort(-searcher.shortlister.scores(rows), kind="stable")[:RERANKED]].tolist())
        read = {one.id for one in searcher.candidates(searcher.understand(question), question)}
        assert read == best
        changed += best != set(pool.ids[:RERANKED].tolist())
    assert changed
