"""Ranking: one row of finite features a candidate, and the learned order prefers what answers."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from library_samples import notice, opened, put

from indexer.library import Library
from indexer.rank import FEATURES, Ranker, features
from kb.model import Filters


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Library:
    made = opened(tmp_path_factory.mktemp("rank"))
    put(
        made,
        {
            "停车.md": notice("停车收费办法", "停车收费每小时不得超过五元。", "停车场应当公示收费标准。"),
            "绿化.md": notice("绿化养护办法", "绿地应当每月养护一次。", "停车不得占用绿地。"),
            "节水.md": notice("节水办法", "用水单位应当每年开展水平衡测试。", "本办法自公布之日起施行。"),
        },
    )
    return made


def test_every_candidate_has_one_finite_row(library: Library) -> None:
    searcher = library.searcher()
    for question in ("停车收费每小时多少元", "第三条", "？", "2030年目标是什么", "节水办法"):
        query = searcher.understand(question)
        candidates = searcher.candidates(query, question, Filters())
        rows = features(query, candidates)
        assert rows.shape == (len(candidates), len(FEATURES)) and rows.dtype == np.float32
        assert np.isfinite(rows).all() and np.isfinite(Ranker.shipped().scores(rows)).all()


def test_no_candidates_have_no_rows(library: Library) -> None:
    assert features(library.searcher().understand("停车"), []).shape == (0, len(FEATURES))


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("停车收费每小时不得超过多少元？", "不得超过五元"),
        ("绿地多久养护一次？", "每月养护一次"),
        ("谁应当开展水平衡测试？", "用水单位应当"),
        ("节水办法什么时候施行？", "自公布之日起施行"),
    ],
)
def test_the_passage_that_answers_is_one_of_the_first_two(library: Library, question: str, answer: str) -> None:
    assert any(answer in hit.passage.text for hit in library.search(question)[:2])


def test_a_text_no_longer_in_force_stands_after_one_that_is(tmp_path: Path) -> None:
    library = opened(tmp_path)
    words = ("停车收费每小时不得超过五元。", "停车场应当公示收费标准。")
    put(
        library,
        {
            "旧.md": notice("停车收费办法", *words, status="repealed"),
            "新.md": notice("停车收费规定", *words, status="in_force"),
        },
    )
    statuses = [hit.document.status for hit in library.search("停车收费办法每小时多少元", k=10)]
    assert statuses == sorted(statuses) and {"in_force", "repealed"} == set(statuses)
