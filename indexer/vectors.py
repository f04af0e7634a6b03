"""Unit vectors in FAISS: exact while the corpus is small, inverted lists when it is large.

On disk a base and a few additions, each a pair of arrays (`ids` int64, `rows`
float16), plus the trained FAISS file beside a large base. Nothing is ever
changed in place: an addition writes new files, and the manifest names the
files that count. Removed passages are masked out by the caller's `allowed`.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from kb.errors import BrokenIndex

FLAT_LIMIT = 30_000  # rows up to which every search is exact (about 2 ms at 256 dimensions)
TRAIN_LIMIT = 60_000  # rows the inverted lists are trained on
DELTA_LIMIT = 20_000  # added rows that may stand beside the base before they are folded in
NPY_HEADER = 128  # bytes before the values of a one-dimensional .npy file
BITMAPS = 64  # filters whose bitmaps are kept
OVERFETCH = 8  # candidates of the compressed rows rescored exactly, per wanted result,
LEAST_FETCHED = 800  # but no fewer than this,
FETCHED_SHARE = 600  # and at least one row of so many: codes blur more where rows lie closer
LEAST_VISITED = 256  # lists, where there are so many
LIST_BY_LIST = 11  # FAISS's way through packed lists that suits one query at a time: half the time of its own choice


@dataclass(frozen=True, slots=True)
class Part:
    """One immutable set of rows, ascending by id."""

    name: str
    ids: np.ndarray  # (n,) int64
    rows: np.ndarray  # (n, dim) float16, unit length before rounding


def nlist_for(n: int) -> int:
    """Number of inverted lists: 1.2·√n, a power of two.

    FAISS's rule of thumb has three times as many. But to visit a list costs as much as to scan some
    hundred packed rows: of few, long lists a larger share can be visited in less time.
    """
    return 1 << max(6, min(13, round(math.log2(1.2 * math.sqrt(n)))))


def nprobe_for(nlist: int) -> int:
    """Lists visited by a search; docs/EVALUATION.md has the measured recall of this choice."""
    return max(nlist // 2, min(nlist, LEAST_VISITED))


def fetched_for(rows: int, k: int) -> int:
    """Candidates of so many compressed rows that are rescored exactly for k results."""
    return min(rows, max(k * OVERFETCH, LEAST_FETCHED, rows // FETCHED_SHARE))


def write_part(folder: Path, name: str, ids: np.ndarray, rows: np.ndarray) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    np.save(folder / f"{name}.ids.npy", ids)
    np.save(folder / f"{name}.rows.npy", rows)


def length(folder: Path, name: str) -> int:
    """Rows of a stored part, from the size of its file alone; 0 where it is missing."""
    try:
        return max((folder / f"{name}.ids.npy").stat().st_size - NPY_HEADER, 0) // 8
    except OSError:
        return 0


def to_fold(lengths: Sequence[int]) -> int:
    """How many of the last additions are best written as one, given the rows of each: 0 or at least 2.

    One as long as twice what comes after it is folded in. So there are few parts to open (some log₂ of
    the rows), and a row is written again as seldom.
    """
    count, rows = 0, 0
    for n in reversed(lengths):
        if count and n > 2 * rows:
            break
        count, rows = count + 1, rows + n
    return count if count > 1 else 0


def read_part(folder: Path, name: str) -> Part:
    try:
        ids = np.load(folder / f"{name}.ids.npy")
        rows = np.load(folder / f"{name}.rows.npy", mmap_mode="r").view(np.ndarray)
    except (OSError, ValueError) as error:
        raise BrokenIndex(f"向量索引文件 {name} 缺失或损坏（{error}）；请运行 `kb reindex` 重建") from error
    if len(ids) != len(rows):
        raise BrokenIndex(f"向量索引文件 {name} 前后不一致；请运行 `kb reindex` 重建")
    return Part(name, ids, rows)


def write_lists(folder: Path, part: Part, threads: int) -> None:
    """Train inverted lists over a large part and store them beside it."""
    import faiss

    faiss.omp_set_num_threads(threads)
    count, dim = part.rows.shape
    nlist = nlist_for(count)
    # Four numbers to four bits, looked up in registers: faster than reading bytes, and what it blurs
    # the exact rescoring sets right (`OVERFETCH`).
    codes = f"PQ{dim // 4}x4fs" if dim % 4 == 0 else "SQ8"
    lists = faiss.index_factory(dim, f"IVF{nlist},{codes}", faiss.METRIC_INNER_PRODUCT)
    lists.cp.niter = 6
    sample = np.random.default_rng(0).permutation(count)[: max(TRAIN_LIMIT, nlist * 40)]
    lists.train(np.asarray(part.rows[np.sort(sample)], np.float32))
    for start in range(0, count, 65_536):
        lists.add(np.asarray(part.rows[start : start + 65_536], np.float32))
    faiss.write_index(lists, str(folder / f"{part.name}.faiss"))
    faiss.omp_set_num_threads(1)


class VectorIndex:
    """An opened set of parts. Immutable: a new generation opens a new one and shares what it still names."""

    def __init__(self, folder: Path, base: str | None, additions: Sequence[str], dim: int,
                 previous: VectorIndex | None = None) -> None:  # fmt: skip
        self.dim = dim
        self._base_name = base
        self._base: Part
        self._lists: Any
        self._added: Part
        self._flat_added: Any
        self._bitmaps: dict[tuple[str, int], tuple[np.ndarray, np.ndarray]] = {}
        if previous is not None and previous._base_name == base:
            self._base, self._lists = previous._base, previous._lists
        else:
            self._base = read_part(folder, base) if base else _empty(dim)
            self._lists = self._open_lists(folder)
        known: dict[str, Part] = previous._additions if previous is not None else {}
        self._additions: dict[str, Part] = {name: known.get(name) or read_part(folder, name) for name in additions}
        if previous is not None and known.keys() == self._additions.keys():
            self._added, self._flat_added = previous._added, previous._flat_added
            return
        self._added = _concatenate(self._additions.values(), dim)
        self._flat_added = _flat(self._added.rows, dim)

    def _open_lists(self, folder: Path) -> Any:
        """A FAISS index over the base's rows, by position."""
        import faiss

        path = folder / f"{self._base_name}.faiss"
        if len(self._base.ids) > FLAT_LIMIT:
            try:
                lists = faiss.read_index(str(path), faiss.IO_FLAG_MMAP | faiss.IO_FLAG_READ_ONLY)
            except RuntimeError as error:
                raise BrokenIndex(f"向量索引文件 {path.name} 已损坏；请运行 `kb reindex` 重建") from error
            if isinstance(lists, faiss.IndexIVFFastScan):
                lists.implem = LIST_BY_LIST
            return lists
        return _flat(self._base.rows, self.dim)

    def __len__(self) -> int:
        return len(self._base.ids) + len(self._added.ids)

    def parts(self) -> tuple[Part, Part]:
        """The base and all additions as one part."""
        return self._base, self._added

    def search(self, query: np.ndarray, k: int, allowed: np.ndarray | None) -> tuple[np.ndarray, np.ndarray]:
        """(ids, cosines) of the best k, exact cosines. `allowed[id]` (bool) limits them to some ids."""
        import faiss

        faiss.omp_set_num_threads(1)  # of this thread: a helper for one query spins longer than it works
        found = [
            self._search_part(part, lists, query, k, allowed)
            for part, lists in ((self._base, self._lists), (self._added, self._flat_added))
            if len(part.ids)
        ]
        if not found:
            return np.empty(0, np.int64), np.empty(0, np.float32)
        ids = np.concatenate([ids for ids, _ in found])
        cosines = np.concatenate([cosines for _, cosines in found])
        order = np.argsort(-cosines, kind="stable")[:k]
        return ids[order], cosines[order]

    def _search_part(
        self, part: Part, lists: Any, query: np.ndarray, k: int, allowed: np.ndarray | None
    ) -> tuple[np.ndarray, np.ndarray]:
        import faiss

        selector = None
        if allowed is not None:
            selector = faiss.IDSelectorBitmap(self._bits(part, allowed))
        compressed = hasattr(lists, "nprobe")
        wanted = fetched_for(len(part.ids), k) if compressed else min(len(part.ids), k)
        if compressed:
            parameters = faiss.SearchParametersIVF(sel=selector, nprobe=nprobe_for(lists.nlist))
        else:
            parameters = faiss.SearchParameters(sel=selector)
        cosines, positions = lists.search(query.reshape(1, -1), wanted, params=parameters)
        keep = positions[0] >= 0
        positions, cosines = positions[0][keep], cosines[0][keep]
        if compressed and len(positions):
            cosines = _cosines(part.rows, positions, query)
        return part.ids[positions], cosines

    def _bits(self, part: Part, allowed: np.ndarray) -> np.ndarray:
        """The part's rows that are allowed, as a bitmap; a filter's mask is worked out once."""
        known = self._bitmaps.get((part.name, id(allowed)))
        if known is not None and known[0] is allowed:
            return known[1]
        bits = np.packbits(_mask(part.ids, allowed), bitorder="little")
        if len(self._bitmaps) >= BITMAPS:
            self._bitmaps.clear()
        self._bitmaps[part.name, id(allowed)] = (allowed, bits)
        return bits

    def cosines(self, ids: np.ndarray, query: np.ndarray) -> np.ndarray:
        """Exact cosines of some passages, 0 where an id has no row."""
        result = np.zeros(len(ids), np.float32)
        for part in (self._base, self._added):
            if not len(part.ids):
                continue
            at = np.minimum(np.searchsorted(part.ids, ids), len(part.ids) - 1)
            there = part.ids[at] == ids
            if there.any():
                result[there] = _cosines(part.rows, at[there], query)
        return result


def _cosines(rows: np.ndarray, chosen: np.ndarray, query: np.ndarray) -> np.ndarray:
    """Dot products of some float16 rows with a float32 query, as exact as after numpy's conversion.

    The bits of a float16, moved to where a float32 has them, are the same number times 2⁻¹¹²; that
    factor the query takes. Four times as fast as numpy's conversion, twice as fast as FAISS's.
    """
    bits = rows.take(chosen, axis=0).view(np.int16).astype(np.int32)
    bits <<= 13
    bits &= ~0x70000000  # the sign was copied into the three bits beside it
    products: np.ndarray = bits.view(np.float32) @ (query * np.float32(2.0**112))
    return products


def _mask(ids: np.ndarray, allowed: np.ndarray) -> np.ndarray:
    """Which of `ids` are allowed; ids beyond the mask are newer than it and are not."""
    inside = ids < len(allowed)
    mask = np.zeros(len(ids), bool)
    mask[inside] = allowed[ids[inside]]
    return mask


def _flat(rows: np.ndarray, dim: int) -> Any:
    import faiss

    index = faiss.IndexFlatIP(dim)
    if len(rows):
        index.add(np.ascontiguousarray(rows, np.float32))
    return index


def _empty(dim: int) -> Part:
    return Part("", np.empty(0, np.int64), np.empty((0, dim), np.float16))


def _concatenate(parts: Iterable[Part], dim: int) -> Part:
    """One part of many, ascending by id; of an id given twice the last row counts."""
    parts = [part for part in parts if len(part.ids)]
    if not parts:
        return _empty(dim)
    ids = np.concatenate([part.ids for part in parts])
    rows = np.concatenate([np.asarray(part.rows) for part in parts])
    _, last = np.unique(ids[::-1], return_index=True)
    keep = len(ids) - 1 - last
    return Part("+".join(part.name for part in parts), ids[keep], rows[keep])


def fold(parts: Sequence[Part], dim: int, gone: np.ndarray) -> Part:
    """The parts as one, without the rows whose id is in `gone`."""
    whole = _concatenate(parts, dim)
    keep = ~np.isin(whole.ids, gone)
    return Part(whole.name, whole.ids[keep], whole.rows[keep])


def merge(parts: Sequence[Part], dim: int, live: np.ndarray) -> Part:
    """The parts as one, without the rows whose id is not in `live` (sorted ids)."""
    whole = _concatenate(parts, dim)
    if not len(whole.ids) or not len(live):
        return _empty(dim)
    at = np.minimum(np.searchsorted(live, whole.ids), len(live) - 1)
    keep = live[at] == whole.ids
    return Part(whole.name, whole.ids[keep], whole.rows[keep])
