"""Vectors: small sets exactly, large sets nearly, and never what a mask forbids."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indexer import vectors
from indexer.vectors import (
    VectorIndex,
    fetched_for,
    fold,
    length,
    merge,
    nlist_for,
    nprobe_for,
    read_part,
    to_fold,
    write_part,
)
from kb.errors import BrokenIndex

DIM = 16


def unit_rows(count: int, seed: int) -> np.ndarray:
    """(count, DIM) float32, unit rows."""
    rows = np.random.default_rng(seed).normal(size=(count, DIM)).astype(np.float32)
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


def kept(rows: np.ndarray) -> np.ndarray:
    """The rows as they come back from disk."""
    return rows.astype(np.float16).astype(np.float32)


def naive(ids: np.ndarray, rows: np.ndarray, query: np.ndarray, k: int, allowed: np.ndarray) -> list[int]:
    keep = allowed[ids]
    order = np.argsort(-(rows[keep] @ query), kind="stable")[:k]
    return [int(i) for i in ids[keep][order]]


@settings(max_examples=20, deadline=None)
@given(
    sizes=st.lists(st.integers(0, 40), min_size=1, max_size=3),
    k=st.integers(1, 15),
    share=st.floats(0, 1),
    seed=st.integers(0, 99),
)
def test_base_and_additions_search_as_one_exact_list(
    tmp_path_factory: pytest.TempPathFactory, sizes: list[int], k: int, share: float, seed: int
) -> None:
    folder = tmp_path_factory.mktemp("vectors")
    rows, ids = unit_rows(sum(sizes), seed), np.arange(1, sum(sizes) + 1, dtype=np.int64) * 3
    at = 0
    for n, size in enumerate(sizes):
        write_part(folder, f"part-{n}", ids[at : at + size], rows[at : at + size].astype(np.float16))
        at += size
    index = VectorIndex(folder, "part-0", [f"part-{n}" for n in range(1, len(sizes))], DIM)
    query = unit_rows(1, seed + 1000)[0]
    allowed = np.random.default_rng(seed).random(ids[-1] + 1 if len(ids) else 1) < share
    found, cosines = index.search(query, k, allowed)
    assert len(index) == len(ids)
    assert [int(i) for i in found] == naive(ids, kept(rows), query, k, allowed)
    np.testing.assert_allclose(cosines, [kept(rows)[list(ids).index(i)] @ query for i in found], atol=1e-6)
    np.testing.assert_allclose(index.cosines(found, query), cosines, atol=1e-6)


def test_an_id_newer_than_the_mask_is_not_allowed_and_one_without_a_row_has_cosine_zero(
    tmp_path: Path,
) -> None:
    write_part(tmp_path, "base", np.array([1, 9]), unit_rows(2, 0).astype(np.float16))
    index = VectorIndex(tmp_path, "base", [], DIM)
    found, _ = index.search(unit_rows(1, 0)[0], 5, np.ones(5, bool))
    assert list(found) == [1]
    assert index.cosines(np.array([7]), unit_rows(1, 0)[0]) == [0]


@pytest.mark.parametrize(
    ("lengths", "count"),
    [([], 0), ([5], 0), ([5, 5], 2), ([10, 5], 2), ([11, 5], 0), ([100, 11, 5], 0), ([30, 10, 5], 3), ([0, 0], 2)],
)
def test_the_last_additions_are_folded_when_they_are_about_as_long(lengths: list[int], count: int) -> None:
    assert to_fold(lengths) == count


@given(st.lists(st.integers(1, 500), min_size=1, max_size=300))
def test_however_many_additions_come_few_parts_remain_and_rows_are_seldom_written_again(sizes: list[int]) -> None:
    parts: list[int] = []
    written = 0
    for size in sizes:
        parts.append(size)
        count = to_fold(parts)
        if count:
            written += sum(parts[-count:])
            parts[-count:] = [sum(parts[-count:])]
    levels = np.log2(sum(sizes)) + 1
    assert sum(parts) == sum(sizes)
    assert len(parts) <= levels and written <= 2 * levels * sum(sizes)


def test_folding_drops_the_gone_and_keeps_the_last_row_of_an_id(tmp_path: Path) -> None:
    old, new = unit_rows(3, 1).astype(np.float16), unit_rows(1, 2).astype(np.float16)
    write_part(tmp_path, "a", np.array([1, 2, 3]), old)
    write_part(tmp_path, "b", np.array([2]), new)
    assert (length(tmp_path, "a"), length(tmp_path, "b"), length(tmp_path, "none")) == (3, 1, 0)
    whole = fold([read_part(tmp_path, "a"), read_part(tmp_path, "b")], DIM, np.array([1]))
    assert list(whole.ids) == [2, 3]
    np.testing.assert_array_equal(whole.rows, [new[0], old[2]])


def test_merging_drops_the_dead_and_keeps_the_last_row_of_an_id(tmp_path: Path) -> None:
    old, new = unit_rows(3, 1).astype(np.float16), unit_rows(1, 2).astype(np.float16)
    write_part(tmp_path, "a", np.array([1, 2, 3]), old)
    write_part(tmp_path, "b", np.array([2]), new)
    parts = [read_part(tmp_path, "a"), read_part(tmp_path, "b")]
    whole = merge(parts, DIM, np.array([2, 3]))
    assert list(whole.ids) == [2, 3]
    np.testing.assert_array_equal(whole.rows, [new[0], old[2]])


def test_inverted_lists_find_nearly_all_that_an_exact_search_finds(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(vectors, "FLAT_LIMIT", 1000)
    ids = np.arange(1, 12_001, dtype=np.int64)
    centres = unit_rows(200, 3)
    rows = centres[ids % 200] + 0.6 * unit_rows(len(ids), 4)
    rows = (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float16)
    write_part(tmp_path, "base", ids, rows)
    vectors.write_lists(tmp_path, read_part(tmp_path, "base"), 2)
    index = VectorIndex(tmp_path, "base", [], DIM)
    everything = np.ones(len(ids) + 1, bool)
    hit = 0
    for query in centres[:50]:
        wanted = naive(ids, rows.astype(np.float32), query, 10, everything)
        hit += len(set(wanted) & {int(i) for i in index.search(query, 10, None)[0]})
    assert hit / 500 >= 0.95
    only_odd = ids_mask(len(ids))
    assert all(i % 2 for i in index.search(centres[0], 50, only_odd)[0])


def ids_mask(count: int) -> np.ndarray:
    """(count + 1,) bool, true for odd ids."""
    return np.arange(count + 1) % 2 == 1


def test_missing_or_unequal_files_are_named_with_the_repair(tmp_path: Path) -> None:
    with pytest.raises(BrokenIndex, match="kb reindex"):
        read_part(tmp_path, "none")
    write_part(tmp_path, "odd", np.array([1, 2]), unit_rows(3, 0).astype(np.float16))
    with pytest.raises(BrokenIndex, match="kb reindex"):
        read_part(tmp_path, "odd")


def test_lists_grow_with_the_square_root_of_the_rows() -> None:
    assert [nlist_for(n) for n in (1_000, 30_000, 150_000, 1_000_000, 10**9)] == [64, 256, 512, 1024, 8192]
    assert [nprobe_for(nlist) for nlist in (64, 256, 512, 1024, 8192)] == [64, 256, 256, 512, 4096]
    assert [fetched_for(n, 10) for n in (500, 150_000, 1_000_000)] == [500, 800, 1666]
    assert fetched_for(150_000, 200) == 1600


def test_dot_products_of_half_precision_rows_are_exact() -> None:
    every = np.arange(1 << 16, dtype=np.uint16).view(np.float16)
    finite = every[np.isfinite(every)][: 63488 // DIM * DIM].reshape(-1, DIM)
    chosen = np.random.default_rng(0).permutation(len(finite))
    for query in np.eye(DIM, dtype=np.float32):
        wanted = finite[chosen].astype(np.float32) @ query
        assert np.array_equal(vectors._cosines(finite, chosen, query), wanted)
    query = unit_rows(1, 3)[0]
    rows = unit_rows(500, 4).astype(np.float16)
    assert np.allclose(vectors._cosines(rows, np.arange(500), query), rows.astype(np.float32) @ query, atol=1e-6)
