"""The validity of every document: facts kept in memory, brought up to date by what changed."""

from __future__ import annotations

import threading
from collections import defaultdict
from datetime import date
from functools import lru_cache

from .model import Document, Relation
from .store import Store
from .validity import Facts, Override, Verdict, facts_of, resolve


class Standing:
    """Facts of all listed documents of one store, and what follows from them on any day."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._lock = threading.Lock()
        self._generation = 0
        self._facts: dict[int, Facts] = {}  # by row id
        self._documents: dict[str, Document] = {}
        self._relations: dict[str, tuple[Relation, ...]] = {}
        self._resolved = lru_cache(maxsize=64)(self._resolve)
        self._alone: tuple[date, dict[str, tuple[Facts, Verdict]]] = (date.min, {})  # see `resolve`; of one day

    def verdicts(self, day: date) -> dict[str, Verdict]:
        """The verdict on every listed document on a day, by document id."""
        with self._lock:
            self._catch_up()
            return self._resolved(self._generation, day)

    def says(self, doc_id: str) -> tuple[Relation, ...]:
        """What a listed document says of others."""
        with self._lock:
            self._catch_up()
            return self._relations.get(doc_id, ())

    def refresh(self, day: date) -> int:
        """Keep the statuses of a day in the store; returns how many changed."""
        verdicts = self.verdicts(day)
        changed = {
            doc_id: (verdict.status, verdict.reason)
            for doc_id, verdict in verdicts.items()
            if (kept := self._documents.get(doc_id)) is not None
            and (kept.status, kept.status_reason) != (verdict.status, verdict.reason)
        }
        self._store.set_statuses(changed, day)
        return len(changed)

    def _catch_up(self) -> None:
        generation = self._store.generation()
        if generation == self._generation:
            return
        since = self._generation
        relations = self._store.relations(since)
        stated = self._store.stated_statuses(since)
        said: dict[str, list[Override]] = defaultdict(list)
        for row in self._store.status_overrides():
            said[row.doc_id].append(Override(row.status, row.reason, row.author, row.created))
        for row_id, document in self._store.document_rows(since).items():
            before = self._facts.pop(row_id, None)
            if before is not None:
                self._documents.pop(before.id, None)
                self._relations.pop(before.id, None)
                self._alone[1].pop(before.id, None)
            if document is not None:
                self._documents[document.id] = document
                if document.id in relations:
                    self._relations[document.id] = tuple(relations[document.id])
                self._facts[row_id] = facts_of(
                    document,
                    self._relations.get(document.id, ()),
                    stated.get(document.id),  # type: ignore[arg-type]
                    tuple(said.get(document.id, ())),
                )
        self._generation = generation

    def _resolve(self, _generation: int, day: date) -> dict[str, Verdict]:
        if day == date.today() != self._alone[0]:
            self._alone = (day, {})
        alone = self._alone[1] if day == self._alone[0] else None
        return dict(resolve(list(self._facts.values()), day, alone=alone))
