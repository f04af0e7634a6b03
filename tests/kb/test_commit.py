"""Those who wait to write share a transaction, and none suffers for another's failure."""

from __future__ import annotations

import threading
import time
from pathlib import Path

import pytest
from ledger_samples import ask, opened, refusal
from sqlalchemy import Connection, event, text
from sqlalchemy.exc import IntegrityError, OperationalError

from kb.commit import Commits
from kb.database import open_engine
from kb.errors import StorageFailed


@pytest.fixture
def commits(tmp_path: Path) -> Commits:
    made = Commits(open_engine(f"sqlite:///{tmp_path / 'kb.sqlite'}"))
    made(lambda c: c.execute(text("CREATE TABLE numbers (n INTEGER PRIMARY KEY)")))
    return made


def put(n: int):
    def write(connection: Connection) -> int:
        connection.execute(text("INSERT INTO numbers VALUES (:n)"), {"n": n})
        return 10 * n

    return write


def waiting(commits: Commits, numbers: list[int]) -> tuple[dict[int, int], dict[int, Exception]]:
    """Every number from a thread of its own, all of them waiting before the first begins."""
    done: dict[int, int] = {}
    failed: dict[int, Exception] = {}

    def one(place: int, n: int) -> None:
        try:
            done[place] = commits(put(n))
        except Exception as error:
            failed[place] = error

    threads = [threading.Thread(target=one, args=pair) for pair in enumerate(numbers)]
    with commits._turn:
        for thread in threads:
            thread.start()
        until = time.monotonic() + 30
        while len(commits._waiting) < len(numbers) and time.monotonic() < until:
            time.sleep(0.001)
    for thread in threads:
        thread.join(30)
    return done, failed


def stored(commits: Commits) -> list[int]:
    with commits.engine.connect() as connection:
        return list(connection.execute(text("SELECT n FROM numbers ORDER BY n")).scalars())


def test_those_who_wait_at_one_moment_are_committed_together(commits: Commits) -> None:
    ended: list[int] = []
    event.listen(commits.engine, "commit", lambda connection: ended.append(1))
    done, failed = waiting(commits, list(range(20)))
    assert done == {i: 10 * i for i in range(20)} and not failed
    assert stored(commits) == list(range(20))
    assert len(ended) == 1


def test_one_that_fails_fails_alone_with_its_own_error(commits: Commits) -> None:
    done, failed = waiting(commits, [1, 2, 2, 3])
    assert stored(commits) == [1, 2, 3]
    (error,) = failed.values()
    assert isinstance(error, (IntegrityError, StorageFailed)) and len(done) == 3


def test_where_none_can_begin_all_hear_of_it_after_one_try(commits: Commits, monkeypatch: pytest.MonkeyPatch) -> None:
    tried: list[int] = []

    def locked(self: object) -> None:
        tried.append(1)
        raise OperationalError("BEGIN IMMEDIATE", {}, Exception("database is locked"))

    monkeypatch.setattr(type(commits.engine), "connect", locked)
    done, failed = waiting(commits, list(range(10)))
    assert not done and len(failed) == 10 and len(tried) == 1
    assert all(isinstance(error, StorageFailed) and "另一个进程" in str(error) for error in failed.values())


def test_nothing_of_a_failed_write_stays(commits: Commits) -> None:
    def half(connection: Connection) -> None:
        put(7)(connection)
        raise ValueError("not after all")

    with pytest.raises(ValueError, match="not after all"):
        commits(half)
    assert stored(commits) == [] and commits(put(8)) == 80


def test_answers_recorded_from_many_threads_make_one_whole_chain(tmp_path: Path) -> None:
    _, ledger = opened(tmp_path)
    threads = [
        threading.Thread(target=lambda: [ledger.record(refusal(), ask(), "a") for _ in range(15)]) for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert ledger.count() == 120 and ledger.verify_chain().ok
