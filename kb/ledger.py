"""The answer ledger: every answer kept before it is shown, never changed afterwards.

`Ledger` writes and reads; `kb.chain` is how records hang together, `kb.listing` which of
them a caller sees, `kb.chain_check`, `kb.figures` and `kb.sheets` are the auditor's tools.
"""

from __future__ import annotations

import json
import os
import secrets
from collections.abc import Callable, Iterator, Mapping, MutableSequence, Sequence
from contextlib import suppress
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any, Literal, TypeVar, get_args

from sqlalchemy import Connection, Engine, func, insert, select, update

from .chain import GENESIS, TABLES, append, canonical, digest, question_digest, snapshot
from .chain_check import ChainBreak, ChainReport, check_chain
from .commit import Commits
from .database import storage_errors
from .errors import BadInput, BrokenRecord, NotFound
from .figures import figures
from .listing import ALL, AnswerFilters, conditions
from .model import Answer, Document, Question
from .schema import answer_documents, answers, ledger_head, reviews
from .sheets import export
from .store import now
from .wire import answer_json, filters_json, within_json

T = TypeVar("T")
Verdict = Literal["correct", "wrong", "incomplete"]  # 正确 / 有误 / 不完整

_CITED = {
    "n": int, "doc_id": str, "title": str, "revision": int, "sha256": str, "start": int, "end": int, "quote": str,
    "status": str,
}  # fmt: skip
_NOTED = 16  # characters of a noted hash that tell it from every other
_BESIDE = insert(answer_documents)


def ledger_key(home: Path) -> bytes:
    """The key that seals the chain's end, made on first use beside the database (`ledger.key`)."""
    path = home / "ledger.key"
    with storage_errors(str(path)):
        if not path.exists():
            fresh = path.with_name(f"ledger.key.{secrets.token_hex(4)}.tmp")
            handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(handle, "wb") as out:
                out.write(secrets.token_hex(32).encode())
                out.flush()
                os.fsync(out.fileno())
            with suppress(FileExistsError):
                os.link(fresh, path)  # whole or not at all, and never over another process's key
            fresh.unlink()
        return path.read_bytes()


def ledger_at(home: Path, engine: Engine, mask: Callable[[str], str] | None = None) -> Ledger:
    """The ledger of a data folder, sealed by its key."""
    return Ledger(engine, ledger_key(home), mask, home / "ledger.begun")


class Ledger:
    """The ledger over one SQLAlchemy engine. Safe to share between threads and processes.

    `begun` is a file that is there once anything was recorded: a ledger emptied since cannot pass for a new one.
    `mask` is applied to the question, its rewriting and its history before they are kept.
    Every reading function hides answers that touch a document outside `visibility`, as it
    was when the answer was given or as it is now.
    """

    def __init__(
        self, engine: Engine, key: bytes = b"", mask: Callable[[str], str] | None = None, begun: Path | None = None
    ) -> None:
        self.engine = engine
        self.key = key
        self._begun = begun
        self._marked = begun is None
        self._mask = mask or (lambda text: text)
        self._where = str(engine.url.database or engine.url)
        self._commits = Commits(engine)

    def _commit(self, write: Callable[[Connection], T]) -> T:
        done = self._commits(write)
        if not self._marked and self._begun is not None:
            with storage_errors(str(self._begun)):
                self._begun.touch(0o600)
            self._marked = True
        return done

    # ---- writing -------------------------------------------------------------------------

    def record(
        self, answer: Answer, question: Question, caller: str, context: Mapping[str, Any] | None = None
    ) -> str:
        """Keep an answer as it will be shown; returns its id.

        `context` is kept as it is (JSON values): lexicon hash, embedder, settings hash, timings.
        `context["documents"]` may list further `Document`s that the answer's words name.
        """
        answer = replace(answer, id=answer.id or secrets.token_hex(8), created=answer.created or now())
        kept = dict(context or {})
        touched = _touched(answer, kept.pop("documents", ()))
        private = self._private(answer, question)
        shown = answer_json(answer)
        del shown["question"], shown["rewritten"]
        record = {
            "answer": shown,
            "question_sha256": question_digest(**private),
            "filters": filters_json(question.filters),
            "k": question.k,
            "context": kept,
            "documents": {i: cited for i, (_, cited) in touched.items()},
        }
        row = {
            "id": answer.id,
            "created": answer.created,
            "caller": _storable(caller),
            "basis": answer.basis,
            "reason": answer.reason,
            "visibility": ",".join(sorted({v for v, _ in touched.values()})),
            "record": canonical(record),
            **private,
        }
        beside = [{"answer": answer.id, "doc_id": i, "cited": c} for i, (_, c) in touched.items()]

        def write(connection: Connection) -> None:
            append(connection, "answer", row, self.key)
            if beside:
                connection.execute(_BESIDE, beside)

        self._commit(write)
        return answer.id

    def _private(self, answer: Answer, question: Question) -> dict[str, Any]:
        """The erasable columns: what was asked, as far as the settings let us keep it."""

        def kept(text: str) -> str:
            return _storable(self._mask(text))

        history = [[turn.role, kept(turn.content)] for turn in question.history]
        return {
            "question": kept(answer.question),
            "rewritten": None if answer.rewritten is None else kept(answer.rewritten),
            "history": canonical(history) if history else None,
            "salt": secrets.token_hex(16),
        }

    def review(self, id: str, verdict: str, note: str, author: str, visibility: Sequence[str] = ALL) -> None:
        """A person's word on an answer; reviews are records of the chain too."""
        if verdict not in get_args(Verdict):
            raise BadInput(f"评价 {verdict!r} 不合法；请用 correct、wrong 或 incomplete")
        self._one(id, visibility)
        values = {"answer": id, "verdict": verdict, "note": _storable(note), "author": _storable(author)}
        self._commit(lambda connection: append(connection, "review", {**values, "created": now()}, self.key))

    def erase(self, ids: Sequence[str], author: str, mask: Callable[[str], str] | None = None) -> int:
        """Drop (or, given `mask`, mask) the questions of these answers; returns how many were touched.

        The erasure is itself a record of the chain, so it can be told from tampering.
        """
        done = 0
        for start in range(0, len(ids), 500):
            done += self._commit(partial(self._erase, ids=ids[start : start + 500], author=author, mask=mask))
        if done and self.engine.dialect.name == "sqlite":
            with self.engine.connect() as connection:
                connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        return done

    def _erase(
        self, connection: Connection, *, ids: Sequence[str], author: str, mask: Callable[[str], str] | None
    ) -> int:
        if self.engine.dialect.name == "sqlite":
            connection.exec_driver_sql("PRAGMA secure_delete=ON")  # no copy in freed pages
        c = answers.c
        rows = connection.execute(
            select(c.id, c.question, c.rewritten, c.history).where(c.id.in_(ids), c.question.is_not(None))
        ).all()
        left: dict[str, dict[str, Any]] = {}
        for row in rows:
            private = dict.fromkeys(("question", "rewritten", "history", "salt"))
            if mask is not None:
                private = _masked(row.question, row.rewritten, row.history, mask)
                if all(private[name] == getattr(row, name) for name in ("question", "rewritten", "history")):
                    continue
            left[row.id] = private
        if not left:
            return 0
        hashes = {i: question_digest(**p) if p["salt"] else None for i, p in left.items()}
        event = {"created": now(), "author": _storable(author), "answers": canonical(hashes)}
        append(connection, "erasure", event, self.key)
        for i, private in left.items():
            connection.execute(update(answers).where(c.id == i).values(**private))
        return len(left)

    # ---- reading -------------------------------------------------------------------------

    def get(self, id: str, visibility: Sequence[str] = ALL) -> dict[str, Any]:
        """The answer as it was shown, with `ledger` and `reviews`; an erased question is null.

        Raises `NotFound`, also for what the caller may not see.
        """
        (stored,) = self._stored([self._one(id, visibility)])
        if isinstance(stored, BrokenRecord):
            raise stored
        return stored

    def list(
        self,
        filters: AnswerFilters = AnswerFilters(),
        offset: int = 0,
        limit: int = 50,
        visibility: Sequence[str] = ALL,
    ) -> Sequence[dict[str, Any]]:
        """Stored answers as `get` gives them, newest first; what cannot be read is left out (`verify_chain` tells)."""
        query = select(answers).where(conditions(filters, visibility)).order_by(answers.c.seq.desc())
        with storage_errors(self._where), snapshot(self.engine) as connection:
            rows = connection.execute(query.offset(offset).limit(limit)).all()
        return [one for one in self._stored(rows) if not isinstance(one, BrokenRecord)]

    def count(self, filters: AnswerFilters = AnswerFilters(), visibility: Sequence[str] = ALL) -> int:
        query = select(func.count()).select_from(answers).where(conditions(filters, visibility))
        with storage_errors(self._where), self.engine.connect() as connection:
            return connection.execute(query).scalar_one()

    def ids(self, filters: AnswerFilters = AnswerFilters(), visibility: Sequence[str] = ALL) -> Sequence[str]:
        """Ids of the answers that match, oldest first."""
        query = select(answers.c.id).where(conditions(filters, visibility)).order_by(answers.c.seq)
        with storage_errors(self._where), self.engine.connect() as connection:
            return connection.execute(query).scalars().all()

    def before(self, moment: str) -> Sequence[str]:
        """Ids of the answers given before an ISO 8601 moment whose question is still kept."""
        query = select(answers.c.id).where(answers.c.created < moment, answers.c.question.is_not(None))
        with storage_errors(self._where), self.engine.connect() as connection:
            return connection.execute(query.order_by(answers.c.seq)).scalars().all()

    def resting_on(self, doc_id: str, visibility: Sequence[str] = ALL) -> Sequence[str]:
        """Ids of the answers that cite a document, oldest first."""
        return self.ids(AnswerFilters(doc_id=doc_id), visibility)

    def stream(
        self,
        filters: AnswerFilters = AnswerFilters(),
        visibility: Sequence[str] = ALL,
        batch: int = 200,
    ) -> Iterator[dict[str, Any]]:
        """Stored answers as `get` gives them, oldest first, a batch in memory at a time.

        Raises `BrokenRecord` at the first that cannot be read.
        """
        for one in self._each(filters, visibility, batch):
            if isinstance(one, BrokenRecord):
                raise one
            yield one

    def readable(
        self,
        broken: MutableSequence[ChainBreak],
        filters: AnswerFilters = AnswerFilters(),
        visibility: Sequence[str] = ALL,
    ) -> Iterator[dict[str, Any]]:
        """Like `stream`, but goes on past records that cannot be read and adds them to `broken`."""
        for one in self._each(filters, visibility, 200):
            if isinstance(one, BrokenRecord):
                broken.append(ChainBreak(one.seq, one.id, str(one)))
            else:
                yield one

    def _each(
        self, filters: AnswerFilters, visibility: Sequence[str], batch: int
    ) -> Iterator[dict[str, Any] | BrokenRecord]:
        last = 0
        while True:
            query = select(answers).where(conditions(filters, visibility), answers.c.seq > last)
            with storage_errors(self._where), snapshot(self.engine) as connection:
                rows = connection.execute(query.order_by(answers.c.seq).limit(batch)).all()
            if not rows:
                return
            last = rows[-1].seq
            yield from self._stored(rows)

    def head(self) -> tuple[int, str]:
        """(number of records, last hash): what an auditor notes down to check the chain against later."""
        with storage_errors(self._where), self.engine.connect() as connection:
            row = connection.execute(select(ledger_head.c.seq, ledger_head.c.hash)).first()
        return (row.seq, row.hash) if row else (0, GENESIS)

    # ---- auditing ------------------------------------------------------------------------

    def verify_chain(self, anchor: tuple[int, str] | None = None) -> ChainReport:
        """Check every record; `anchor` is an earlier `head()` that must still be in the chain."""
        with storage_errors(self._where):
            return check_chain(self.engine, self.key, anchor, self._begun is not None and self._begun.exists())

    def noted(self, hash: str) -> tuple[int, str] | None:
        """The record whose hash begins so, as an anchor for `verify_chain`; None where there is none."""
        start = hash.strip().lower()
        if not _NOTED <= len(start) <= len(GENESIS) or set(start) - set("0123456789abcdef"):
            raise BadInput(f"链尾哈希 {hash!r} 不合法；请照 `kb verify` 当时打印的抄录（{_NOTED} 至 {len(GENESIS)} 位十六进制）")
        if start == GENESIS[: len(start)]:
            return 0, GENESIS
        with storage_errors(self._where), snapshot(self.engine) as connection:
            for table in TABLES.values():
                found = connection.execute(select(table.c.seq, table.c.hash).where(table.c.hash.startswith(start))).first()
                if found is not None:
                    return found.seq, found.hash
        return None

    def stats(self, days: int = 30, visibility: Sequence[str] = ALL) -> dict[str, Any]:
        """Figures of the last days, see `kb.figures.figures`."""
        with storage_errors(self._where):
            return figures(self.engine, days, visibility)

    def export(
        self,
        format: str,
        filters: AnswerFilters = AnswerFilters(),
        visibility: Sequence[str] = ALL,
        broken: MutableSequence[ChainBreak] | None = None,
    ) -> Iterator[bytes]:
        """The ledger as `jsonl`, `csv` or `xlsx`, in pieces, oldest answer first.

        A record that cannot be read has its line too, with its place, its id and what is wrong; it is added to
        `broken`, if given, as the file is made.
        """

        def whole() -> Iterator[dict[str, Any] | BrokenRecord]:
            for one in self._each(filters, visibility, 200):
                if isinstance(one, BrokenRecord) and broken is not None:
                    broken.append(ChainBreak(one.seq, one.id, str(one)))
                yield one

        return export(whole(), format)

    def _one(self, id: str, visibility: Sequence[str]) -> Any:
        query = select(answers).where(answers.c.id == id, conditions(AnswerFilters(), visibility))
        with storage_errors(self._where), snapshot(self.engine) as connection:
            row = connection.execute(query).one_or_none()
        if row is None:
            raise NotFound(f"没有编号为 {id} 的答案；请到审计页面查看现有答案")
        return row

    def _stored(self, rows: Sequence[Any]) -> Sequence[dict[str, Any] | BrokenRecord]:
        said: dict[str, list[dict[str, Any]]] = {}
        query = select(reviews).where(reviews.c.answer.in_([row.id for row in rows])).order_by(reviews.c.seq)
        with storage_errors(self._where), snapshot(self.engine) as connection:
            for r in connection.execute(query):
                one = {"verdict": r.verdict, "note": r.note, "author": r.author, "created": r.created}
                said.setdefault(r.answer, []).append(one)
        return [_readable(row, said.get(row.id, [])) for row in rows]


def _readable(row: Any, said: list[dict[str, Any]]) -> dict[str, Any] | BrokenRecord:
    """A row as `Ledger.get` gives it, or, where it is not of the shape that was written, what to say of it."""
    try:
        made = _stored_json(row, said)
        for kept in (row.caller, row.created, row.record, row.question or "", row.rewritten or "", row.history or ""):
            kept.encode()  # broken UTF-8 was handed over as lone surrogates
        shaped = all(type(c[name]) is kind for c in made["citations"] for name, kind in _CITED.items())
        if shaped and all(type(n) is int for claim in made["claims"] for n in claim["citations"]):
            return made
    except (ValueError, TypeError, KeyError, AttributeError):
        pass
    return BrokenRecord(row.seq, row.id)


def _stored_json(row: Any, said: list[dict[str, Any]]) -> dict[str, Any]:
    record = json.loads(row.record)
    return {
        **within_json(record["filters"]),  # records of earlier versions tell it only there
        **record["answer"],
        "question": row.question,
        "rewritten": row.rewritten,
        "ledger": {
            "seq": row.seq,
            "hash": row.hash,
            "previous": row.previous,
            "caller": row.caller,
            "intact": digest("answer", row._mapping, row.previous) == row.hash,
            "history": json.loads(row.history) if row.history else [],
            "erased": row.question is None,
            "filters": record["filters"],
            "k": record["k"],
            "context": record["context"],
        },
        "reviews": said,
    }


def _storable(text: str) -> str:
    return text.encode("utf-8", "backslashreplace").decode()


def _masked(
    question: str, rewritten: str | None, history: str | None, mask: Callable[[str], str]
) -> dict[str, Any]:
    turns = [[role, _storable(mask(content))] for role, content in json.loads(history or "[]")]
    return {
        "question": _storable(mask(question)),
        "rewritten": None if rewritten is None else _storable(mask(rewritten)),
        "history": canonical(turns) if turns else None,
        "salt": secrets.token_hex(16),
    }


def _touched(answer: Answer, named: Sequence[Document]) -> dict[str, tuple[str, int]]:
    """`{doc_id: (visibility, 1 if cited)}` of every document an answer shows anything of."""
    touched = {d.id: (str(d.visibility), 0) for d in named}
    touched |= {hit.document.id: (str(hit.document.visibility), 0) for hit in answer.hits}
    touched |= {c.document.id: (str(c.document.visibility), 1) for c in answer.citations}
    return touched
