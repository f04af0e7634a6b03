"""Is every stored text as it came in? Each revision against its own sha256, and none missing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256

from sqlalchemy import Engine, LargeBinary, cast, func, select

from .schema import documents, revisions
from .validity.titles import titled


@dataclass(frozen=True, slots=True)
class Altered:
    """A revision that is not what was stored, or is not there; `problem` says in Chinese which, and what to do."""

    doc_id: str
    title: str
    revision: int
    problem: str


def altered(engine: Engine) -> Iterator[Altered]:
    """Every revision that cannot be trusted, removed documents' too, in the order of the documents."""
    yield from _rewritten(engine)
    yield from _missing(engine)


def _rewritten(engine: Engine) -> Iterator[Altered]:
    d, r = documents.c, revisions.c
    words = cast(r.text, LargeBinary) if engine.dialect.name == "sqlite" else r.text  # broken UTF-8 is no obstacle
    query = (
        select(d.doc_id, d.title, d.revision, d.sha256.label("known"), r.number, r.sha256, words.label("words"))
        .join(revisions, r.document == d.id)
        .order_by(d.id, r.number)
        .execution_options(yield_per=100)
    )
    with engine.connect() as connection:
        for row in connection.execute(query):
            raw = row.words.encode() if isinstance(row.words, str) else row.words or b""
            as_listed = row.number != row.revision or row.known == row.sha256
            if sha256(raw).hexdigest() != row.sha256 or not as_listed:
                yield _told(row.doc_id, row.title, row.number, "与入库时的 sha256 不符，文字被改动")


def _missing(engine: Engine) -> Iterator[Altered]:
    d, r = documents.c, revisions.c
    short = (
        select(d.id, d.doc_id, d.title, d.revision)
        .outerjoin(revisions, (r.document == d.id) & (r.number <= d.revision))
        .group_by(d.id, d.doc_id, d.title, d.revision)
        .having(func.count(r.number) < d.revision)
        .order_by(d.id)
    )
    with engine.connect() as connection:
        for row in connection.execute(short).all():
            there = set(connection.execute(select(r.number).where(r.document == row.id)).scalars())
            for number in range(1, row.revision + 1):
                if number not in there:
                    yield _told(row.doc_id, row.title, number, "不见了，被删去")


def _told(doc_id: str, title: str, number: int, what: str) -> Altered:
    name = f"{titled(title)}（{doc_id}）第 {number} 版"
    return Altered(doc_id, title, number, f"{name}的存档{what}；请用 `kb restore` 恢复完好的备份")
