"""Training: fixed splits, a true gradient, a normaliser that folds, and a model that learns."""

import json
import lzma
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.embed import StaticEmbedder
from indexer.train import export, vocabulary
from indexer.train.charsmap import fold_normalizer
from indexer.train.embedder import Plan, train
from indexer.train.evaluate import cut, ndcg, top
from indexer.train.model import Adam, contrast
from indexer.train.sources import law_title, ncp_split, stard_split
from kb.fold import fold, fold_table


def test_the_tokenizers_normaliser_folds_every_character_as_we_do() -> None:
    normaliser = fold_normalizer()
    for code in [*fold_table(), *range(0x20, 0x7F)]:
        assert normaliser.normalize_str(f"社{chr(code)}区") == f"社{fold(chr(code))}区"


def test_splits_are_fixed_and_their_sizes_about_right() -> None:
    parts = [stard_split(i) for i in range(2000)]
    assert 0.55 < parts.count("train") / 2000 < 0.65
    assert [stard_split(i) for i in (0, 1, 2)] == parts[:3]
    assert {ncp_split(f"d{i}") for i in range(50)} == {"tune", "test"}


def test_the_gradient_is_the_slope_of_the_loss() -> None:
    rng = np.random.default_rng(0)
    sums = rng.normal(size=(7, 4))
    same = np.zeros((3, 4), dtype=bool)
    same[0, 1] = True
    grad, _ = contrast(sums, 3, same, 0.1)
    for row, column in [(0, 0), (2, 3), (5, 1), (6, 2)]:
        step = np.zeros_like(sums)
        step[row, column] = 1e-6
        slope = (_both(sums + step, same) - _both(sums - step, same)) / 2e-6
        assert grad[row, column] == pytest.approx(slope, abs=1e-5)


def _both(sums: np.ndarray, same: np.ndarray) -> float:
    """The loss written out: question → document, and half of document → question."""
    unit = sums / np.linalg.norm(sums, axis=1, keepdims=True)
    logits = unit[:3] @ unit[3:].T / 0.1
    logits[same] = -1e4
    forward = logits - np.log(np.exp(logits).sum(axis=1, keepdims=True))
    square = logits[:, :3]
    backward = square - np.log(np.exp(square).sum(axis=0, keepdims=True))
    return float(-np.diag(forward[:, :3]).mean() - 0.5 * np.diag(backward).mean())


def test_adam_leaves_unused_rows_alone() -> None:
    values = np.ones((3, 2), dtype=np.float32)
    Adam.like(values).step(values, np.array([1]), np.ones((1, 2), dtype=np.float32), 0.1, 1)
    np.testing.assert_allclose(values, [[1, 1], [0.9, 0.9], [1, 1]], atol=1e-6)


@given(st.lists(st.lists(st.floats(-5, 5, width=32), min_size=3, max_size=3), min_size=1, max_size=9))
def test_int8_rows_stay_within_half_a_step(rows: list[list[float]]) -> None:
    table = np.array(rows, dtype=np.float32)
    quantised, scale = export.quantise(table)
    assert np.abs(quantised * scale[:, None] - table).max() <= np.abs(table).max() / 127 * 0.51 + 1e-6


@given(st.text(alphabet="政策。\n；长", max_size=300), st.integers(5, 40))
def test_measured_passages_cover_the_text_in_order(text: str, size: int) -> None:
    spans = cut(text, size)
    assert "".join(text[s:e] for s, e in spans) == text
    assert all(e - s <= size for s, e in spans)


def test_ndcg_of_a_known_ranking() -> None:
    assert ndcg([7, 1, 9], {7}) == 1.0
    assert ndcg([1, 7], {7}) == pytest.approx(1 / np.log2(3))
    assert ndcg([1, 2], {7}) == 0.0


def test_the_nearest_come_first() -> None:
    rows = np.eye(4, dtype=np.float32)
    assert top(np.array([[0.1, 0.9, 0.5, 0.2]], dtype=np.float32), rows, 3).tolist() == [[1, 2, 3]]


def test_an_article_is_headed_by_law_path_and_number() -> None:
    record = {"law": "渔业条例", "path": ["第一章  总则"], "article": "第二条"}
    assert law_title(record) == "渔业条例 第一章 总则 第二条"


def test_pieces_hold_words_characters_and_collocations() -> None:
    counts = vocabulary.count(["劳动合同应当书面订立。用人单位支付劳动报酬。"] * 80)
    names = [name for name, _ in vocabulary.pieces(counts, 7200, 50)]
    assert {"劳动合同", "应当", "书", "用人单位"} <= set(names)
    assert len(names) == len(set(names)) and len(names) <= 7200


@pytest.fixture
def small_data(tmp_path: Path) -> Path:
    """Forty made-up laws whose articles say one thing in two sentences."""
    topics = ["渔业", "公园", "桥梁", "图书", "校车", "食堂", "电梯", "河道", "古树", "停车"]
    duties = ["收费", "安全", "检查", "登记"]
    records = [
        {
            "law": f"{t}{d}条例",
            "path": ["总则"],
            "article": "第一条",
            "date": "2020-01-01",
            "text": f"{t}的{d}工作由{t}主管部门负责管理。任何单位从事{t}活动应当接受{d}，不得拒绝阻挠{d}。",
        }
        for t in topics
        for d in duties
    ]
    with lzma.open(tmp_path / "laws_articles.jsonl.xz", "wt", encoding="utf8") as out:
        out.writelines(json.dumps(r, ensure_ascii=False) + "\n" for r in records)
    return tmp_path


def test_training_on_little_learns_to_find_and_goes_on_where_it_stopped(
    small_data: Path, tmp_path: Path
) -> None:
    plan = Plan(dim=16, size=7000, phrases=10, steps=30, batch=32, truncations=(8,))
    model = train(small_data, tmp_path / "model", tmp_path / "work", plan)
    assert isinstance(model, StaticEmbedder) and model.dim == 16
    documents = ["电梯安全条例 任何单位应当接受检查", "河道收费条例 任何单位不得拒绝", "图书登记条例"]
    assert int((model.encode(["电梯的安全"]) @ model.encode(documents).T).argmax()) == 0
    again = train(small_data, tmp_path / "again", tmp_path / "work", plan)  # nothing left to do
    np.testing.assert_array_equal(again.encode(documents), model.encode(documents))
