"""What a searcher keeps in memory of the store: documents, and which passage belongs to which.

Immutable: a new generation makes a new one from the old and what changed.
Filters become a scope here, before anything is ranked.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np

from kb.model import Document, Filters
from kb.store import Store

from .lexical import Scope


@dataclass(frozen=True)
class Allowed:
    """A filter worked out: for BM25 a scope of documents, for vectors a mask over passage ids."""

    scope: Scope | None
    mask: np.ndarray | None  # (highest id + 1,) bool
    count: int  # passages that may be found


class Catalog:
    """Documents by row id and the passages of each, as of one generation."""

    def __init__(self, generation: int, documents: dict[int, Document], ids: np.ndarray, owners: np.ndarray,
                 holes: bool) -> None:  # fmt: skip
        self.generation = generation
        self.documents = documents  # by row id
        self.ids = ids  # (n,) int64, ascending passage ids
        self.owners = owners  # (n,) int64 row id of each passage's document
        self.holes = holes  # whether the index may still hold passages that are gone
        self.allowed = lru_cache(maxsize=256)(self._allowed)

    @classmethod
    def load(cls, store: Store, previous: Catalog | None = None) -> Catalog:
        """The catalog of the store as it is now; from `previous` only what changed is read."""
        generation = store.generation()
        if previous is not None and previous.generation == generation:
            return previous
        since = previous.generation if previous else 0
        fresh = store.passage_documents(since)
        ids, owners = fresh[:, 0], fresh[:, 1]
        holes = False
        if previous is not None:
            gone = np.array(store.gone_since(since), np.int64)
            store.let_go(gone.tolist())
            keep = ~np.isin(previous.ids, gone, assume_unique=True)
            holes = previous.holes or not keep.all()
            ids = np.concatenate([previous.ids[keep], ids])
            owners = np.concatenate([previous.owners[keep], owners])
        documents = dict(previous.documents) if previous else {}
        for row, document in store.document_rows(since).items():
            if document is None:
                documents.pop(row, None)
            else:
                documents[row] = document
        return cls(generation, documents, ids, owners, holes)

    @cached_property
    def by_id(self) -> dict[str, int]:
        """Row id of each document id."""
        return {document.id: row for row, document in self.documents.items()}

    @cached_property
    def by_number(self) -> dict[str, list[int]]:
        """Row ids by 发文字号."""
        numbers: dict[str, list[int]] = {}
        for row, document in self.documents.items():
            if document.number:
                numbers.setdefault(document.number, []).append(row)
        return numbers

    def document_of(self, passage: int) -> Document | None:
        at = int(np.searchsorted(self.ids, passage))
        if at >= len(self.ids) or self.ids[at] != passage:
            return None
        return self.documents.get(int(self.owners[at]))

    def documents_of(self, passages: np.ndarray) -> list[Document | None]:
        """As `document_of`, of many: (n,) int64 → n."""
        if not len(self.ids):
            return [None] * len(passages)
        at = np.minimum(np.searchsorted(self.ids, passages), len(self.ids) - 1)
        there = self.ids[at] == passages
        return [
            self.documents.get(owner) if known else None
            for owner, known in zip(self.owners[at].tolist(), there.tolist(), strict=True)
        ]

    def passages_of(self, row: int) -> np.ndarray:
        """Passage ids of a document, ascending: (n,) int64."""
        own: np.ndarray = self.ids[self.owners == row]
        return own

    def matching(self, filters: Filters) -> list[int]:
        """Row ids of the documents a filter lets through."""
        return [row for row, document in self.documents.items() if passes(document, filters)]

    def _allowed(self, filters: Filters) -> Allowed:
        rows = np.array(self.matching(filters), np.int64)
        if len(rows) == len(self.documents):
            mask = self._live() if self.holes else None
            return Allowed(None, mask, len(self.ids))
        inside = np.isin(self.owners, rows)
        mask = np.zeros(int(self.ids[-1]) + 1 if len(self.ids) else 0, bool)
        mask[self.ids[inside]] = True
        exclude = 2 * len(rows) > len(self.documents)
        if exclude:
            rows = np.setdiff1d(np.fromiter(self.documents, np.int64, len(self.documents)), rows)
        return Allowed(Scope(rows, exclude), mask, int(inside.sum()))

    def _live(self) -> np.ndarray:
        mask = np.zeros(int(self.ids[-1]) + 1 if len(self.ids) else 0, bool)
        mask[self.ids] = True
        return mask


def passes(document: Document, filters: Filters) -> bool:
    """Whether a document may answer under a filter."""
    if document.visibility not in filters.visibility:
        return False
    for value, wanted in (
        (document.kind, filters.kind),
        (document.issuer, filters.issuer),
        (document.status, filters.status),
        (document.id, filters.doc_id),
    ):
        if wanted and value not in wanted:
            return False
    if filters.region and not (document.region or "").startswith(filters.region):  # a province's cities are in it
        return False
    if filters.number and document.number != filters.number:
        return False
    issued = document.issued
    if filters.issued_from and (issued is None or issued < filters.issued_from):
        return False
    if filters.issued_to and (issued is None or issued > filters.issued_to):
        return False
    return not (filters.as_of and issued is not None and issued > filters.as_of)
