"""Is the ledger as it was written? Every edited, removed, reordered or inserted record is named."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from heapq import merge
from itertools import groupby
from typing import Any, NamedTuple

from sqlalchemy import Connection, Engine, RowMapping, func, select, text
from sqlalchemy.exc import DBAPIError

from .chain import BROKEN, GENESIS, PRIVATE, SEALED, TABLES, digest, question_digest, sealed_by, snapshot
from .schema import answer_documents, answers, erasures, ledger_head

NAMES = {"answer": "答案", "review": "评价", "erasure": "清除记录"}
NULLABLE = {"reason"}
_NONE: tuple[Any, Any] = (None, None)


@dataclass(frozen=True, slots=True)
class ChainBreak:
    """One thing wrong: the record's place and id where there is one, and what, in Chinese."""

    seq: int | None
    id: str | None
    problem: str


@dataclass(frozen=True, slots=True)
class ChainReport:
    """`head` is (number of records, last hash) as found in the sealed end."""

    records: int
    head: tuple[int, str]
    breaks: tuple[ChainBreak, ...]

    @property
    def ok(self) -> bool:
        return not self.breaks

    def json(self) -> dict[str, Any]:
        return {
            "ok": self.ok,
            "records": self.records,
            "head": {"seq": self.head[0], "hash": self.head[1]},
            "breaks": [{"seq": b.seq, "id": b.id, "problem": b.problem} for b in self.breaks],
        }


class _Entry(NamedTuple):
    seq: int
    kind: str
    row: RowMapping

    @property
    def name(self) -> str:
        named = self.row["answer" if self.kind == "review" else "id"] if self.kind != "erasure" else None
        return str(named) if named is not None else ""

    def broken(self, problem: str) -> ChainBreak:
        return ChainBreak(
            self.seq, self.name or None, f"账本第 {self.seq} 条（{NAMES[self.kind]}{self.name}）{problem}"
        )


def check_chain(
    engine: Engine, key: bytes = b"", anchor: tuple[int, str] | None = None, begun: bool = False
) -> ChainReport:
    """Read the whole ledger in one snapshot and say what does not fit.

    `anchor` is an earlier head, (records, hash): a chain written anew from an earlier
    place on cannot hold it. `begun`: there have been records, so that an empty ledger has
    lost them. A file too damaged to read is a break as well.
    """
    breaks: list[ChainBreak] = []
    records, end = 0, (0, GENESIS)
    try:
        with snapshot(engine) as connection:
            breaks += _damaged(connection)
            head, problems = _head(connection, key)
            breaks += problems
            erased, problems = _erasures(connection)
            breaks += problems
            for entry, problems in _walk(connection, anchor):
                breaks += problems
                records += 1
                end = (entry.seq, entry.row["hash"])
                if entry.kind == "answer":
                    breaks += _question(entry, erased.get(entry.row["id"], []))
            breaks += _documents(connection)
            breaks += _end(connection, head, end)
    except (DBAPIError, OverflowError) as error:
        head = end
        breaks.append(ChainBreak(None, None, f"数据库已损坏，第 {end[0]} 条之后读不出（{_reason(error)}）"))
    if begun and not breaks and end == (0, GENESIS):
        breaks.append(ChainBreak(None, None, "账本是空的，而数据目录记着已有过答案（ledger.begun）：整本被删去"))
    if anchor and anchor[0] > end[0]:
        breaks.append(
            ChainBreak(anchor[0], None, f"账本只有 {end[0]} 条，而留底记着第 {anchor[0]} 条：末尾被删去")
        )
    return ChainReport(records, head, tuple(breaks))


def _reason(error: Exception) -> str:
    return str(getattr(error, "orig", error))


def _walk(
    connection: Connection, anchor: tuple[int, str] | None
) -> Iterator[tuple[_Entry, list[ChainBreak]]]:
    """Every record in order, each with what is wrong with it and with its place."""
    before: _Entry | None = None
    wanted: str | None = None  # the hash that the record before should have
    for entry in merge(*(_entries(connection, kind) for kind in TABLES), key=lambda e: e.seq):
        problems = []
        row, last = entry.row, before.seq if before else 0
        if entry.seq > last + 1:
            missing = f"{last + 1}" if entry.seq == last + 2 else f"{last + 1}–{entry.seq - 1}"
            problems.append(ChainBreak(last + 1, None, f"账本第 {missing} 条缺失：被删去"))
        elif entry.seq <= last:
            problems.append(entry.broken("的序号与另一条相同：是插入的"))
        elif row["previous"] not in (before.row["hash"] if before else GENESIS, wanted):
            problems.append(entry.broken(f"接不上第 {last} 条：两者之一被替换、调换或改动"))
        wanted = _digest(entry)
        if wanted is None or wanted != row["hash"]:
            problems.append(entry.broken("内容与当时的哈希不符：被改动"))
        if anchor and entry.seq == anchor[0] and row["hash"] != anchor[1]:
            problems.append(entry.broken("与留底的哈希不符：账本自此处或更早被重写"))
        before = entry
        yield entry, problems


def _entries(connection: Connection, kind: str) -> Iterator[_Entry]:
    table = TABLES[kind]
    query = select(table).order_by(table.c.seq).execution_options(yield_per=200)
    for row in connection.execute(query).mappings():
        yield _Entry(row["seq"] if isinstance(row["seq"], int) else -1, kind, row)


def _digest(entry: _Entry) -> str | None:
    """The hash the record should have; None where a column is not even of its type."""
    row = entry.row
    for name in (*SEALED[entry.kind], "previous", "hash"):
        number = name == "seq" or (name == "id" and entry.kind == "review")
        if row[name] is None and name in NULLABLE:
            continue
        if not isinstance(row[name], int if number else str):
            return None
    if entry.kind == "review" and row["id"] != row["seq"]:
        return None
    return digest(entry.kind, row, row["previous"])


def _erasures(connection: Connection) -> tuple[dict[str, list[str | None]], list[ChainBreak]]:
    """`{answer id: [hash after each erasure, null when erased]}`; broken ones are named by `_walk`."""
    erased: dict[str, list[str | None]] = {}
    problems = []
    for row in connection.execute(select(erasures).order_by(erasures.c.seq)):
        try:
            for answer, left in json.loads(row.answers).items():
                erased.setdefault(answer, []).append(left)
        except (ValueError, TypeError, AttributeError):
            problems.append(ChainBreak(None, None, f"清除记录 {row.seq} 读不出"))
    return erased, problems


def _question(entry: _Entry, erased: list[str | None]) -> list[ChainBreak]:
    """The question is the one asked, or is gone or masked as an erasure of the chain says."""
    row = entry.row
    private = {name: row[name] for name in PRIVATE}
    try:
        wanted = erased[-1] if erased else json.loads(row["record"])["question_sha256"]
    except (ValueError, TypeError, KeyError):
        return []  # the record itself is broken, and named
    if wanted is None:
        if all(value is None for value in private.values()):
            return []
        return [entry.broken("的问题已登记清除，现又有内容：被改动")]
    if all(value is None for value in private.values()):
        return [entry.broken("的问题被抹去，而账上没有清除记录")]
    right = (
        isinstance(private["question"], str)
        and isinstance(private["salt"], str)
        and all(isinstance(v, str | None) for v in private.values())
        and question_digest(**private) == wanted
    )
    return [] if right else [entry.broken("的问题与当时的哈希不符：被改动")]


def _documents(connection: Connection) -> list[ChainBreak]:
    """The list of documents beside each answer says what its record says."""
    d = answer_documents.c
    query = select(answers.c.seq, answers.c.id, answers.c.record).order_by(answers.c.id)
    beside = select(d.answer, d.doc_id, d.cited).order_by(d.answer, d.doc_id)
    groups = groupby(connection.execute(beside.execution_options(yield_per=1000)), key=lambda row: row.answer)
    problems = []
    answer, rows = next(groups, _NONE)
    for seq, id, record in connection.execute(query.execution_options(yield_per=200)):
        while rows and (not isinstance(answer, str) or (isinstance(id, str) and answer < id)):
            problems.append(_stray(answer))
            answer, rows = next(groups, _NONE)
        listed: list[tuple[Any, Any]] = []
        if rows and answer == id:
            listed = [(row.doc_id, row.cited) for row in rows]
            answer, rows = next(groups, _NONE)
        if _listed(record) not in (None, listed):
            problems.append(ChainBreak(seq, id, f"账本第 {seq} 条（答案{id}）旁的文档清单被改动"))
    return problems + ([_stray(answer)] if rows else []) + [_stray(answer) for answer, _ in groups]


def _stray(answer: object) -> ChainBreak:
    return ChainBreak(None, str(answer), f"文档清单里有不属于任何答案的一行（{answer}）：被插入或改动")


def _listed(record: object) -> list[tuple[str, int]] | None:
    try:
        named: Mapping[str, int] = json.loads(record)["documents"]  # type: ignore[arg-type]
        return sorted(named.items())
    except (ValueError, TypeError, KeyError, AttributeError):
        return None  # the record itself is broken, and named


def _head(connection: Connection, key: bytes) -> tuple[tuple[int, str], list[ChainBreak]]:
    rows = connection.execute(select(ledger_head)).all()
    if not rows:
        return (0, GENESIS), []
    head = rows[0]
    shaped = (head.id, type(head.seq), type(head.hash), type(head.seal)) == (1, int, str, str)
    good = len(rows) == 1 and shaped and sealed_by(key, head.seq, head.hash, head.seal)
    since = str(head.seal).removeprefix(BROKEN) if str(head.seal).startswith(BROKEN) else ""
    what = f"账本在第 {since} 条之前的封印" if since.isdecimal() else "账本末尾的封印"
    problem = ChainBreak(None, None, f"{what}不符：当时的末尾被改动，或 ledger.key 已更换")
    return (head.seq, str(head.hash)), [] if good else [problem]


def _end(connection: Connection, head: tuple[int, str], end: tuple[int, str]) -> list[ChainBreak]:
    problems = []
    if isinstance(head[0], int) and head[0] > end[0]:
        missing = f"{end[0] + 1}" if head[0] == end[0] + 1 else f"{end[0] + 1}–{head[0]}"
        problems.append(ChainBreak(end[0] + 1, None, f"账本第 {missing} 条缺失：末尾被删去"))
    elif head != end:
        problems.append(
            ChainBreak(end[0], None, f"账本末尾记着第 {head[0]} 条，实有至第 {end[0]} 条：末尾被改动")
        )
    given = _given(connection)
    if given > end[0] and given != head[0]:
        problems.append(ChainBreak(given, None, f"账本曾写到第 {given} 条，现只到第 {end[0]} 条：末尾被删去"))
    return problems


def _given(connection: Connection) -> int:
    """The highest place SQLite remembers having given to an answer."""
    if connection.dialect.name != "sqlite":
        return int(connection.execute(select(func.coalesce(func.max(answers.c.seq), 0))).scalar_one())
    value = connection.execute(text("SELECT max(seq) FROM sqlite_sequence WHERE name = 'answers'")).scalar()
    return value if isinstance(value, int) else 0


def _damaged(connection: Connection) -> list[ChainBreak]:
    """What SQLite itself finds wrong in the ledger's tables and their indexes."""
    if connection.dialect.name != "sqlite":
        return []
    problems = []
    for table in (*TABLES.values(), answer_documents, ledger_head):
        for (found,) in connection.exec_driver_sql(f"PRAGMA integrity_check('{table.name}')"):
            if found != "ok":
                problems.append(ChainBreak(None, None, f"数据表 {table.name} 已损坏：{found}"))
    return problems
