"""The ledger's chain: every record carries the hash of the one before, and a sealed head closes it.

Answers, reviews and erasures stand in three tables but in one sequence. The hash of
a record covers all of its columns except the question, which may be erased: of that
the record holds a salted hash.
"""

from __future__ import annotations

import hmac
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from hashlib import sha256
from typing import Any

from sqlalchemy import Connection, Engine, bindparam, insert, select, update

from .schema import answers, erasures, ledger_head, reviews

GENESIS = "0" * 64
TABLES = {"answer": answers, "review": reviews, "erasure": erasures}
SEALED = {
    "answer": ("seq", "id", "created", "caller", "basis", "reason", "visibility", "record"),
    "review": ("seq", "id", "answer", "verdict", "note", "author", "created"),
    "erasure": ("seq", "created", "author", "answers"),
}
_INSERTS = {kind: insert(table) for kind, table in TABLES.items()}
_HEAD = select(ledger_head).with_for_update()
_END = update(ledger_head).values({name: bindparam(name) for name in ("seq", "hash", "seal")})
BROKEN = "broken before "  # and the place of the first record that was built on a broken seal
PRIVATE = ("question", "rewritten", "history", "salt")


def canonical(value: object) -> str:
    """One text for one value: sorted keys, no spaces; a lone surrogate is written as its escape."""
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)
    return text.encode("utf-8", "backslashreplace").decode()


def digest(kind: str, values: Mapping[Any, Any], previous: str) -> str:
    """sha256 over the canonical JSON of a record's sealed columns and the hash before it."""
    sealed = {name: values[name] for name in SEALED[kind]}
    return sha256(canonical({"kind": kind, "previous": previous, **sealed}).encode()).hexdigest()


def question_digest(question: object, rewritten: object, history: object, salt: str) -> str:
    """Salted, so that a question cannot be found again by guessing once its text is erased."""
    return sha256(canonical([salt, question, rewritten, history]).encode()).hexdigest()


def seal(key: bytes, seq: int, last: str) -> str:
    """Closes the chain: only who has the key can put another end in its place."""
    return hmac.new(key, f"{seq}:{last}".encode("utf-8", "surrogatepass"), sha256).hexdigest()


def sealed_by(key: bytes, seq: int, last: str, found: str) -> bool:
    """Whether a seal is the one that this key puts on this end."""
    return hmac.compare_digest(seal(key, seq, last).encode(), found.encode("utf-8", "replace"))


@contextmanager
def snapshot(engine: Engine) -> Iterator[Connection]:
    """One unmoving view of the database, however much is written meanwhile.

    On SQLite broken UTF-8 is handed over as lone surrogates, so that a damaged record can be named.
    """
    with engine.connect() as connection:
        if engine.dialect.name != "sqlite":
            yield connection.execution_options(isolation_level="REPEATABLE READ")
            return
        driver = connection.connection.driver_connection
        assert driver is not None
        driver.text_factory = lambda raw: raw.decode("utf-8", "surrogateescape")
        try:
            connection.exec_driver_sql("BEGIN")
            yield connection
        finally:
            driver.text_factory = str
            connection.rollback()


def append(connection: Connection, kind: str, values: Mapping[str, Any], key: bytes) -> int:
    """Put one record at the end of the chain; returns its place. Needs a transaction that no other writer can enter.

    A seal that was broken is never made good again: what is built on it bears the mark of it (`BROKEN`).
    """
    head = connection.execute(_HEAD).first()
    if head is None:
        at, last = _last(connection)
        first = {"id": 1, "seq": at, "hash": last, "seal": seal(key, at, last) if at == 0 else ""}
        connection.execute(insert(ledger_head), first)
        head = connection.execute(_HEAD).one()
    seq: int = head.seq + 1
    previous = head.hash
    row = {**values, "seq": seq} | ({"id": seq} if kind == "review" else {})
    row |= {"previous": previous, "hash": digest(kind, row, previous)}
    connection.execute(_INSERTS[kind], row)
    whole = sealed_by(key, head.seq, head.hash, str(head.seal))
    since = seq if whole or not str(head.seal).startswith(BROKEN) else str(head.seal).removeprefix(BROKEN)
    end = seal(key, seq, row["hash"]) if whole else f"{BROKEN}{since}"
    connection.execute(_END, {"seq": seq, "hash": row["hash"], "seal": end})
    return seq


def _last(connection: Connection) -> tuple[int, str]:
    """The last record's place and hash where no head tells them: of a new ledger, or of one whose head was taken away."""
    ends = [connection.execute(select(t.c.seq, t.c.hash).order_by(t.c.seq.desc()).limit(1)).first() for t in TABLES.values()]
    return max(((end.seq, end.hash) for end in ends if end), default=(0, GENESIS))
