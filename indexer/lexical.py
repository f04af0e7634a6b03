"""BM25 over words and character bigrams, in Tantivy; ids are passage row ids."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import tantivy

from kb.errors import BrokenIndex
from kb.store import IndexRow

from .cutting import Cut, Fields

FIELDS = Fields._fields
HEAP = 128_000_000  # bytes the writer may fill before it flushes a segment
FREQUENCIES_KEPT = 65_536  # words whose frequency is remembered
FEW = 10_000  # passages taken out by one query


@dataclass(frozen=True, slots=True)
class Scope:
    """Which documents may be found: `rows` are row ids, to keep or (`exclude`) to leave out."""

    rows: np.ndarray  # (n,) int64
    exclude: bool


@dataclass(frozen=True, slots=True)
class Scored:
    """Passage ids, best first, with their BM25 scores."""

    ids: np.ndarray  # (n,) int64
    scores: np.ndarray  # (n,) float32


def schema() -> Any:
    builder = tantivy.SchemaBuilder()
    builder.add_unsigned_field("id", indexed=True, fast=True)
    builder.add_unsigned_field("doc", indexed=True, fast=True)
    for field in FIELDS:
        builder.add_text_field(field, stored=False, tokenizer_name="whitespace", index_option="freq")
    return builder.build()


class LexicalIndex:
    """One Tantivy folder: many readers; `write` belongs to whoever holds the writer's lock."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder
        try:
            self._index = tantivy.Index(schema(), path=str(folder), reuse=True)
            self._index.config_reader(reload_policy="manual")
            self._index.reload()
        except Exception as error:
            raise BrokenIndex(f"词索引 {folder} 已损坏（{error}）；请运行 `kb reindex` 重建") from error
        self._frequencies: dict[tuple[str, str], int] = {}  # as of the last reload

    def count(self) -> int:
        return int(self._index.searcher().num_docs)

    def write(self, added: Iterable[tuple[Sequence[IndexRow], Cut]], gone: Iterable[int]) -> int:
        """Take passages out and in, then commit. Doing it twice is doing it once."""
        sweep(self._folder)
        try:
            return self._write(added, gone)
        except (ValueError, OSError) as error:
            raise BrokenIndex(f"词索引 {self._folder} 写不进去（{error}）；请运行 `kb reindex` 重建") from error

    def _write(self, added: Iterable[tuple[Sequence[IndexRow], Cut]], gone: Iterable[int]) -> int:
        writer = self._index.writer(HEAP, 1)
        self._take_out(writer, list(gone))
        known = self._index.searcher().num_docs > 0
        count = 0
        for batch, cut in added:
            if known:  # a killed process may have written some of these before
                self._take_out(writer, [row.id for row in batch])
            for row, fields in zip(batch, cut.done(), strict=True):
                writer.add_document(_document(row, fields))
            count += len(batch)
        writer.commit()
        writer.wait_merging_threads()
        self._index.reload()
        self._frequencies = {}
        return count

    def _take_out(self, writer: Any, passages: Sequence[int]) -> None:
        """By query: a deletion by term does not reach an unsigned field."""
        for start in range(0, len(passages), FEW):
            chosen = list(passages[start : start + FEW])
            writer.delete_documents_by_query(tantivy.Query.term_set_query(self._index.schema, "id", chosen))

    def reload(self) -> None:
        try:
            self._frequencies = {}
            self._index.reload()
        except (ValueError, OSError) as error:
            raise BrokenIndex(f"词索引 {self._folder} 已损坏（{error}）；请运行 `kb reindex` 重建") from error

    def search(self, terms: dict[str, Sequence[tuple[str, float]]], k: int, scope: Scope | None) -> Scored:
        """The best k passages for weighted terms per field, inside a scope."""
        schema_ = self._index.schema
        should = [
            (
                tantivy.Occur.Should,
                tantivy.Query.boost_query(
                    tantivy.Query.term_query(schema_, field, term, index_option="freq"), weight
                ),
            )
            for field, weighted in terms.items()
            for term, weight in weighted
        ]
        if not should:
            return Scored(np.empty(0, np.int64), np.empty(0, np.float32))
        query = tantivy.Query.boolean_query(should)
        if scope is not None:
            limits = tantivy.Query.term_set_query(schema_, "doc", scope.rows.tolist())
            occur = tantivy.Occur.MustNot if scope.exclude else tantivy.Occur.Must
            limit = limits if scope.exclude else tantivy.Query.const_score_query(limits, 0.0)
            query = tantivy.Query.boolean_query([(tantivy.Occur.Must, query), (occur, limit)])
        searcher = self._index.searcher()
        found = searcher.search(query, limit=k, count=False).hits
        if not found:
            return Scored(np.empty(0, np.int64), np.empty(0, np.float32))
        ids = searcher.fast_field_values("id", [address for _, address in found])
        return Scored(np.asarray(ids, np.int64), np.asarray([score for score, _ in found], np.float32))

    def frequency(self, field: str, term: str) -> int:
        """In how many passages a term occurs."""
        counted = self._frequencies  # of this generation, also if a reload comes between
        known = counted.get((field, term))
        if known is None:
            known = int(self._index.searcher().doc_freq(field, term))
            if len(counted) < FREQUENCIES_KEPT:
                counted[field, term] = known
        return known


def _document(row: IndexRow, fields: Fields) -> Any:
    document = tantivy.Document()
    document.add_unsigned("id", row.id)
    document.add_unsigned("doc", row.document)
    for field, terms in zip(FIELDS, fields, strict=True):
        document.add_text(field, terms)
    return document


def sweep(folder: Path) -> None:
    """Remove what a killed writer has left: a later one would choose the same file names again.

    The caller holds the writer's lock. Readers that have a file open keep it.
    """
    try:
        segments = json.loads((folder / "meta.json").read_text("utf-8"))["segments"]
        kept = {s["segment_id"].replace("-", ""): (s["deletes"] or {}).get("opstamp") for s in segments}
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return  # opening it has said, or will say, what is wrong
    for path in folder.iterdir():
        segment, *rest = path.name.split(".")
        if len(segment) != 32:
            continue
        stale = rest[-1] == "del" and rest[0] != str(kept.get(segment))
        if segment not in kept or stale:
            path.unlink(missing_ok=True)
