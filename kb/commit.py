"""Writes to the ledger, one transaction at a time; those who wait at the same moment share one.

A transaction ends with a wait for the disk. Where many answers come at once, each record would wait
for all the records before it; together they wait once.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Generic, TypeVar

from sqlalchemy import Connection, Engine

from .database import storage_errors

T = TypeVar("T")


class Commits:
    """The writers of one engine, in turn. Safe to share between threads."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self._where = str(engine.url.database or engine.url)
        self._turn = threading.Lock()
        self._waiting: deque[_Write[object]] = deque()

    def __call__(self, write: Callable[[Connection], T]) -> T:
        """What `write` returns, once all that it wrote is on the disk.

        `write` may be called again in a transaction of its own, after the first was rolled back: where
        several share a transaction and one of them fails, none of the others may suffer for it.
        """
        mine = _Write(write)
        self._waiting.append(mine)  # type: ignore[arg-type]
        with self._turn:
            if not mine.over:
                self._commit(self._all_waiting(mine))  # type: ignore[arg-type]
        return mine.outcome()

    def _all_waiting(self, mine: _Write[object]) -> list[_Write[object]]:
        found = []
        while self._waiting:
            found.append(self._waiting.popleft())
        return found if mine in found else [*found, mine]  # taken by one who was then interrupted

    def _commit(self, writes: list[_Write[object]]) -> None:
        begun = False
        try:
            with storage_errors(self._where), _transaction(self.engine) as connection:
                begun = True
                results = [one.write(connection) for one in writes]
        except Exception as error:
            if begun and len(writes) > 1:  # one of them may be to blame
                for one in writes:
                    self._commit([one])
            else:  # where none can begin (locked, read-only), none waits for it again
                for one in writes:
                    one.end(None, error)
            return
        for one, result in zip(writes, results, strict=True):
            one.end(result)


class _Write(Generic[T]):
    """One who waits, and what came of it."""

    def __init__(self, write: Callable[[Connection], T]) -> None:
        self.write = write
        self.over = False
        self._result: T | None = None
        self._error: Exception | None = None

    def end(self, result: T | None, error: Exception | None = None) -> None:
        self._result, self._error, self.over = result, error, True

    def outcome(self) -> T:
        if self._error is not None:
            raise self._error
        return self._result  # type: ignore[return-value]


@contextmanager
def _transaction(engine: Engine) -> Iterator[Connection]:
    """One that no other writer can enter, committed at its end."""
    with engine.connect() as connection:
        if engine.dialect.name == "sqlite":
            connection.exec_driver_sql("BEGIN IMMEDIATE")
        try:
            yield connection
        except BaseException:
            connection.rollback()
            raise
        connection.commit()
