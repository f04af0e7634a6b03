"""The truth: documents, their immutable revisions, passages and relations.

Every change is one transaction and raises the generation by one, so that an
index can ask what came and what went since the generation it knows.
"""

from __future__ import annotations

import json
import zlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from hashlib import sha256
from itertools import chain, islice
from typing import Any, Literal, NamedTuple, TypeVar

import numpy as np
from sqlalchemy import (
    Connection,
    Engine,
    Row,
    and_,
    bindparam,
    delete,
    func,
    insert,
    literal,
    or_,
    select,
    update,
)

from .database import storage_errors
from .errors import BadInput, NotFound
from .model import Clause, Document, Field, Filters, LineBox, Passage, Relation, Revision, Span
from .schema import counters, documents, gone, passages, relations, revisions, status_overrides
from .validity import Facts, status_of

T = TypeVar("T")
PATH_SEPARATOR = "\x1f"
PASSAGES_KEPT = 32_768  # in memory, some 50 MB
DETAILS = ("recipients", "attachments", "secrecy", "issuers")


@dataclass(frozen=True, slots=True)
class Draft:
    """All that the way in has made of one file, ready to be stored."""

    key: str  # identity of the document among all files: absolute path, zip!member, jsonl#_id
    name: str  # file name
    source: str  # as shown to people
    bytes_sha256: str
    text: str
    outline: tuple[Clause, ...]
    passages: tuple[Passage, ...]
    fields: Mapping[str, Field]
    relations: tuple[Relation, ...] = ()
    pages: tuple[Span, ...] = ()
    boxes: tuple[LineBox, ...] = ()
    external_id: str | None = None
    overrides: Mapping[str, str] = field(default_factory=dict)


class Outcome(NamedTuple):
    """What storing one draft did."""

    doc_id: str
    change: Literal["added", "updated", "unchanged"]


class PassageRow(NamedTuple):
    """A stored passage: its row id and the revision it is cut from. Whose it is, the catalog knows."""

    id: int
    revision: int
    passage: Passage


class IndexRow(NamedTuple):
    """What the index needs of a passage: its id, its document's row id, its words."""

    id: int
    document: int
    title: str
    number: str
    path: str
    text: str


def document_id(key: str) -> str:
    """A stable short id: the same file name gives the same id on every machine."""
    return sha256(key.encode("utf-8", "surrogatepass")).hexdigest()[:12]


def text_sha256(text: str) -> str:
    return sha256(text.encode()).hexdigest()


def now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def batched(values: Iterable[T], size: int) -> Iterator[list[T]]:
    """The values in lists of at most so many (`itertools.batched` of Python 3.12)."""
    rest = iter(values)
    while some := list(islice(rest, size)):
        yield some


def pack(value: object) -> bytes:
    return zlib.compress(json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode(), 1)


def unpack(data: bytes) -> Any:
    return json.loads(zlib.decompress(data))


class Store:
    """Documents over one SQLAlchemy engine. Safe to share between threads."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self._where = str(engine.url.database or engine.url)
        self._passages: dict[int, PassageRow] = {}

    # ---- writing -------------------------------------------------------------------------

    def write(self, drafts: Sequence[Draft]) -> list[Outcome]:
        """Store drafts in one transaction: all of them, or, on any error, none."""
        with storage_errors(self._where), self.engine.begin() as connection:
            generation = self._next_generation(connection)
            made = self._write_new(connection, drafts, generation)
            return [made.get(draft.key) or self._write_one(connection, draft, generation) for draft in drafts]

    def _write_new(self, connection: Connection, drafts: Sequence[Draft], generation: int) -> dict[str, Outcome]:
        """Store together what has a key and an id that nobody has yet; the outcome of each key."""
        ids = {draft.key: document_id(draft.key) for draft in drafts}
        often = Counter([*ids.values(), *(draft.key for draft in drafts)])
        taken: set[str] = set()
        for some in batched(ids.items(), 500):
            query = select(documents.c.key, documents.c.doc_id).where(
                or_(documents.c.key.in_([key for key, _ in some]), documents.c.doc_id.in_([id for _, id in some]))
            )
            taken.update(chain.from_iterable(connection.execute(query)))
        fresh = [
            draft for draft in drafts
            if not {draft.key, ids[draft.key]} & taken and often[draft.key] == often[ids[draft.key]] == 1
        ]  # fmt: skip
        if not fresh:
            return {}
        digests = [text_sha256(draft.text) for draft in fresh]
        connection.execute(
            insert(documents),
            [
                {"doc_id": ids[draft.key], "key": draft.key, "revision": 1, "generation": generation,
                 **self._columns(draft, digest)}
                for draft, digest in zip(fresh, digests, strict=True)
            ],
        )  # fmt: skip
        rows: dict[str, int] = {}
        for keys in batched((draft.key for draft in fresh), 500):
            found = connection.execute(select(documents.c.key, documents.c.id).where(documents.c.key.in_(keys)))
            rows.update({key: row for key, row in found})
        connection.execute(
            insert(revisions),
            [_revision_row(rows[d.key], 1, d, digest) for d, digest in zip(fresh, digests, strict=True)],
        )
        for table, values in ((passages, _passage_rows), (relations, _relation_rows)):
            made = [row for draft in fresh for row in values(rows[draft.key], 1, draft, generation)]
            if made:
                connection.execute(insert(table), made)
        return {draft.key: Outcome(ids[draft.key], "added") for draft in fresh}

    def _write_one(self, connection: Connection, draft: Draft, generation: int) -> Outcome:
        digest = text_sha256(draft.text)
        known = connection.execute(
            select(documents.c.id, documents.c.doc_id, documents.c.revision, documents.c.sha256,
                   documents.c.removed).where(documents.c.key == draft.key)
        ).one_or_none()  # fmt: skip
        values = self._columns(draft, digest) | {"generation": generation}
        if known is None:
            doc_id = self._free_id(connection, draft.key)
            made = connection.execute(
                insert(documents).values(doc_id=doc_id, key=draft.key, revision=1, **values)
            ).inserted_primary_key
            assert made is not None
            row = made[0]
            self._add_revision(connection, row, 1, draft, digest, generation)
            return Outcome(doc_id, "added")
        same_text = known.sha256 == digest
        number = known.revision if same_text else known.revision + 1
        connection.execute(
            update(documents).where(documents.c.id == known.id).values(revision=number, **values)
        )
        self._drop_passages(connection, known.id, generation)
        if same_text:
            self._add_passages(connection, known.id, number, draft, generation)
        else:
            self._add_revision(connection, known.id, number, draft, digest, generation)
        return Outcome(known.doc_id, "updated" if known.removed is None else "added")

    def _columns(self, draft: Draft, digest: str) -> dict[str, Any]:
        values: dict[str, Any] = {
            name: draft.fields[name].value if name in draft.fields else None
            for name in ("number", "issuer", "issued", "effective", "expires", "region")
        }
        title = draft.fields.get("title")
        status = draft.fields.get("status")
        values |= {
            "title": title.value if title else draft.name,
            "stated_status": status.value if status else None,
            **_first_status(draft, status),
            "kind": draft.fields["kind"].value if "kind" in draft.fields else "policy",
            "visibility": draft.fields["visibility"].value if "visibility" in draft.fields else "public",
            "source": draft.source,
            "external_id": draft.external_id,
            "sha256": digest,
            "bytes_sha256": draft.bytes_sha256,
            "evidence": json.dumps(
                {name: [f.span.start, f.span.end] for name, f in draft.fields.items() if f.span}
            ),
            "details": json.dumps(
                {n: f.value for n, f in draft.fields.items() if n in DETAILS}, ensure_ascii=False
            ),
            "overrides": json.dumps(dict(draft.overrides), ensure_ascii=False),
            "removed": None,
        }
        return values

    def _free_id(self, connection: Connection, key: str) -> str:
        """The key's own id, lengthened in the unlikely case that another document has it."""
        full = sha256(key.encode("utf-8", "surrogatepass")).hexdigest()
        for length in (12, 20, 64):
            taken = connection.execute(
                select(documents.c.id).where(documents.c.doc_id == full[:length])
            ).first()
            if taken is None:
                return full[:length]
        raise AssertionError("two keys with one sha256")

    def _add_revision(
        self, connection: Connection, document: int, number: int, draft: Draft, digest: str, generation: int
    ) -> None:
        connection.execute(insert(revisions).values(_revision_row(document, number, draft, digest)))
        self._add_passages(connection, document, number, draft, generation)

    def _add_passages(
        self, connection: Connection, document: int, number: int, draft: Draft, generation: int
    ) -> None:
        connection.execute(delete(relations).where(relations.c.document == document))
        for table, values in ((passages, _passage_rows), (relations, _relation_rows)):
            made = values(document, number, draft, generation)
            if made:
                connection.execute(insert(table), made)

    def _drop_passages(self, connection: Connection, document: int, generation: int) -> None:
        ids = select(passages.c.id, literal(generation)).where(passages.c.document == document)
        connection.execute(insert(gone).from_select(["passage", "generation"], ids))
        connection.execute(delete(passages).where(passages.c.document == document))
        connection.execute(delete(relations).where(relations.c.document == document))

    def remove(self, doc_id: str) -> None:
        """Take a document out of search; its revisions stay, because answers cite them."""
        with storage_errors(self._where), self.engine.begin() as connection:
            generation = self._next_generation(connection)
            row = connection.execute(
                select(documents.c.id).where(documents.c.doc_id == doc_id, documents.c.removed.is_(None))
            ).scalar()
            if row is None:
                raise missing(doc_id)
            self._drop_passages(connection, row, generation)
            connection.execute(
                update(documents).where(documents.c.id == row).values(removed=now(), generation=generation)
            )

    def set_statuses(self, changed: Mapping[str, tuple[str, str | None]], day: date) -> None:
        """Keep derived statuses `{doc_id: (status, reason)}` that differ from the kept ones, true for `day`."""
        with storage_errors(self._where), self.engine.begin() as connection:
            if changed:
                generation = self._next_generation(connection)
                connection.execute(
                    update(documents)
                    .where(documents.c.doc_id == bindparam("wanted"))
                    .values(status=bindparam("new"), status_reason=bindparam("why"), generation=generation),
                    [{"wanted": i, "new": status, "why": reason} for i, (status, reason) in changed.items()],
                )
            self._set_counter(connection, "status_day", day.toordinal())

    def status_day(self) -> date | None:
        """The day the kept statuses are true for."""
        with self.engine.connect() as connection:
            value = self._counter(connection, "status_day")
        return date.fromordinal(value) if value else None

    def override_status(self, doc_id: str, status: str | None, reason: str, author: str) -> None:
        """A person's word on a document's status; `None` takes it back. History is kept."""
        if not reason.strip() or not author.strip():
            raise BadInput("人工认定时效要写明理由和认定人；请用 --reason 和 --by 给出")
        with storage_errors(self._where), self.engine.begin() as connection:
            row = connection.execute(
                select(documents.c.id).where(documents.c.doc_id == doc_id, documents.c.removed.is_(None))
            ).scalar()
            if row is None:
                raise missing(doc_id)
            connection.execute(
                insert(status_overrides).values(
                    document=row, status=status, reason=reason, author=author, created=now()
                )
            )
            generation = self._next_generation(connection)
            connection.execute(update(documents).where(documents.c.id == row).values(generation=generation))

    def status_overrides(self) -> list[Row[*tuple[Any, ...]]]:
        """Every override, oldest first: (doc_id, status, reason, author, created)."""
        query = (
            select(documents.c.doc_id, status_overrides.c.status, status_overrides.c.reason,
                   status_overrides.c.author, status_overrides.c.created)
            .join(documents, documents.c.id == status_overrides.c.document)
            .order_by(status_overrides.c.id)
        )  # fmt: skip
        with self.engine.connect() as connection:
            return list(connection.execute(query))

    def _next_generation(self, connection: Connection) -> int:
        value = (self._counter(connection, "generation") or 0) + 1
        self._set_counter(connection, "generation", value)
        return value

    def _counter(self, connection: Connection, name: str) -> int | None:
        return connection.execute(select(counters.c.value).where(counters.c.name == name)).scalar()

    def _set_counter(self, connection: Connection, name: str, value: int) -> None:
        done = connection.execute(update(counters).where(counters.c.name == name).values(value=value))
        if done.rowcount == 0:
            connection.execute(insert(counters).values(name=name, value=value))

    # ---- reading -------------------------------------------------------------------------

    def generation(self) -> int:
        with self.engine.connect() as connection:  # every search asks: the shortest way there is
            row = connection.exec_driver_sql("SELECT value FROM counters WHERE name = 'generation'").first()
        return int(row[0]) if row else 0

    def known(self, key: str) -> Row[*tuple[Any, ...]] | None:
        """(doc_id, bytes_sha256, overrides, removed) of the document with this key."""
        with self.engine.connect() as connection:
            return connection.execute(
                select(documents.c.doc_id, documents.c.bytes_sha256, documents.c.overrides,
                       documents.c.removed).where(documents.c.key == key)
            ).one_or_none()  # fmt: skip

    def all_known(self) -> dict[str, tuple[str, str, str]]:
        """`{key: (doc_id, bytes_sha256, overrides)}` of every listed document."""
        with self.engine.connect() as connection:
            rows = connection.execute(
                select(documents.c.key, documents.c.doc_id, documents.c.bytes_sha256, documents.c.overrides)
                .where(documents.c.removed.is_(None))
            )  # fmt: skip
            return {r.key: (r.doc_id, r.bytes_sha256, r.overrides) for r in rows}

    def document(self, doc_id: str, visibility: Sequence[str] | None = None) -> Document:
        """One listed document. Raises `NotFound`, also for what the caller may not see."""
        found = self.documents(Filters(doc_id=(doc_id,), **_visible(visibility)))
        if not found:
            raise missing(doc_id)
        return found[0]

    def documents(
        self, filters: Filters = Filters(), offset: int = 0, limit: int | None = None
    ) -> list[Document]:
        query = select(documents).where(_conditions(filters)).order_by(documents.c.id).offset(offset)
        with self.engine.connect() as connection:
            return [to_document(r) for r in connection.execute(query.limit(limit) if limit else query)]

    def count(self, filters: Filters = Filters()) -> int:
        query = select(func.count()).select_from(documents).where(_conditions(filters))
        with self.engine.connect() as connection:
            return connection.execute(query).scalar_one()

    def document_rows(self, generation: int = 0) -> dict[int, Document | None]:
        """Documents by row id that changed after a generation; None for those no longer listed."""
        query = select(documents).where(documents.c.generation > generation).order_by(documents.c.id)
        with self.engine.connect() as connection:
            return {r.id: None if r.removed else to_document(r) for r in connection.execute(query)}

    def ever(self, doc_id: str) -> Document:
        """A document even after its removal, for the auditor."""
        with self.engine.connect() as connection:
            row = connection.execute(select(documents).where(documents.c.doc_id == doc_id)).one_or_none()
        if row is None:
            raise missing(doc_id)
        return to_document(row)

    def removed(self, doc_id: str) -> str | None:
        """When a document was removed; None while it is listed."""
        with self.engine.connect() as connection:
            return connection.execute(
                select(documents.c.removed).where(documents.c.doc_id == doc_id)
            ).scalar()

    def revision(self, doc_id: str, number: int | None = None) -> Revision:
        """One revision with its text, the current one unless a number is given."""
        query = (
            select(revisions, documents.c.revision.label("current"), documents.c.sha256.label("known"))
            .join(documents, documents.c.id == revisions.c.document)
            .where(documents.c.doc_id == doc_id)
            .where(revisions.c.number == (documents.c.revision if number is None else number))
        )
        with self.engine.connect() as connection:
            row = connection.execute(query).one_or_none()
        if row is None:
            raise missing(doc_id) if number is None else NotFound(f"文档 {doc_id} 没有第 {number} 版")
        layout = unpack(row.layout)
        as_listed = row.number != row.current or row.sha256 == row.known
        return Revision(
            document_id=doc_id, number=row.number, sha256=row.sha256, text=row.text, added=row.added,
            altered=text_sha256(row.text) != row.sha256 or not as_listed,
            outline=tuple(Clause(s, e, lv, la, tuple(pa), ki) for s, e, lv, la, pa, ki in unpack(row.outline)),
            pages=tuple(Span(*p) for p in layout["pages"]),
            boxes=tuple(LineBox(*b) for b in layout["boxes"]),
        )  # fmt: skip

    def revision_text(self, doc_id: str, number: int) -> str | None:
        with self.engine.connect() as connection:
            return connection.execute(
                select(revisions.c.text)
                .join(documents, documents.c.id == revisions.c.document)
                .where(documents.c.doc_id == doc_id, revisions.c.number == number)
            ).scalar()

    def revisions(self, doc_id: str) -> list[Row[*tuple[Any, ...]]]:
        """(number, sha256, added, bytes_sha256, name) of each revision, oldest first."""
        query = (
            select(revisions.c.number, revisions.c.sha256, revisions.c.added, revisions.c.bytes_sha256,
                   revisions.c.name)
            .join(documents, documents.c.id == revisions.c.document)
            .where(documents.c.doc_id == doc_id)
            .order_by(revisions.c.number)
        )  # fmt: skip
        with self.engine.connect() as connection:
            return list(connection.execute(query))

    def passages(self, ids: Sequence[int]) -> dict[int, PassageRow]:
        """Passages by row id; ids that were never given are left out.

        A passage never changes and its id is never given again, so those read last are remembered;
        whether it is still there, the catalog knows.
        """
        known = self._passages
        found = {i: row for i in ids if (row := known.get(i)) is not None}
        missing = [int(i) for i in ids if i not in found]
        if missing:
            query = _PASSAGES.format(marks=",".join("?" * len(missing)))
            # Past SQLAlchemy: a tenth of a millisecond less.
            with storage_errors(self._where), closing(self.engine.raw_connection()) as connection:
                cursor = connection.cursor()
                cursor.execute(query, missing)
                [(rows,)] = cursor.fetchall()
            read = {
                id: PassageRow(id, revision, Passage(start, end, text, _path(path), page))
                for id, revision, start, end, page, path, text in json.loads(rows)
            }
            if len(known) + len(read) > PASSAGES_KEPT:
                known = self._passages = {}
            known.update(read)
            found |= read
        return found

    def let_go(self, ids: Iterable[int]) -> None:
        """Remember these passages no longer; they are gone."""
        for id in ids:
            self._passages.pop(id, None)

    def passages_of(self, doc_id: str) -> list[PassageRow]:
        query = (
            select(passages)
            .join(documents, documents.c.id == passages.c.document)
            .where(documents.c.doc_id == doc_id)
            .order_by(passages.c.start)
        )
        with self.engine.connect() as connection:
            return [PassageRow(r.id, r.revision, to_passage(r)) for r in connection.execute(query)]

    def added_since(self, generation: int, batch: int = 4096) -> Iterator[list[IndexRow]]:
        """Passages that came after a generation, in id order, a batch at a time."""
        with self.engine.connect() as connection:
            # Between the first and the last there are no others: ids only grow. Without these two SQLite would
            # look through all the older ones.
            first, last = connection.execute(
                select(func.min(passages.c.id), func.max(passages.c.id)).where(passages.c.generation > generation)
            ).one()
            before = (first or 0) - 1
            while last is not None:
                rows = [
                    IndexRow(r.id, r.document, r.title, r.number or "", r.path, r.text)
                    for r in connection.execute(
                        select(passages.c.id, passages.c.document, passages.c.path, passages.c.text,
                               documents.c.title, documents.c.number)
                        .join(documents, documents.c.id == passages.c.document)
                        .where(passages.c.id > before, passages.c.id <= last)
                        .order_by(passages.c.id).limit(batch)
                    )
                ]  # fmt: skip
                if not rows:
                    return
                before = rows[-1].id
                yield rows

    def added_count(self, generation: int) -> int:
        """How many passages came after a generation."""
        with self.engine.connect() as connection:
            query = select(func.count()).select_from(passages).where(passages.c.generation > generation)
            return connection.execute(query).scalar_one()

    def passage_count(self) -> int:
        """How many passages can be found."""
        with self.engine.connect() as connection:
            return connection.execute(select(func.count()).select_from(passages)).scalar_one()

    def gone_since(self, generation: int) -> list[int]:
        with self.engine.connect() as connection:
            return list(
                connection.execute(select(gone.c.passage).where(gone.c.generation > generation)).scalars()
            )

    def gone_between(self, first: int, last: int) -> list[int]:
        """Passage ids from `first` to `last`, both included, that are gone, in order."""
        column = gone.c.passage
        with self.engine.connect() as connection:
            return list(connection.execute(select(column).where(column.between(first, last)).order_by(column)).scalars())

    def passage_documents(self, generation: int = 0) -> np.ndarray:
        """(n, 2) int64: passage id and document row id of what came after a generation, in id order."""
        # The plus keeps SQLite from going by document where few have come: it would look at all the others.
        since, by = (f"WHERE generation > {int(generation)}", "+document") if generation else ("", "document")
        with self.engine.connect() as connection:
            # The ids of a document follow each other: a row a document is enough to know them all.
            runs = _numbers(
                connection,
                f"SELECT document, min(id), max(id), count(*) FROM passages {since} GROUP BY {by} ORDER BY 2", 4,
            )  # fmt: skip
            document, first, last, count = runs.T
            if (last - first + 1 == count).all():
                ids = np.arange(count.sum()) + np.repeat(first - np.cumsum(count) + count, count)
                return np.stack([ids, np.repeat(document, count)], axis=1)
            pairs = _numbers(connection, f"SELECT id, document FROM passages {since}", 2)
        return pairs[np.argsort(pairs[:, 0], kind="stable")]

    def relations(self, generation: int = 0) -> dict[str, list[Relation]]:
        """The relations stated by each listed document that changed after a generation."""
        query = (
            select(relations, documents.c.doc_id)
            .join(documents, documents.c.id == relations.c.document)
            .where(documents.c.removed.is_(None), documents.c.generation > generation)
            .order_by(relations.c.id)
        )
        found: dict[str, list[Relation]] = {}
        with self.engine.connect() as connection:
            for r in connection.execute(query):
                relation = Relation(r.type, r.title, r.number, Span(r.start, r.end), r.scope, _day(r.day))
                found.setdefault(r.doc_id, []).append(relation)
        return found

    def stated_statuses(self, generation: int = 0) -> dict[str, str]:
        """What listed documents that changed after a generation say of their own status."""
        query = select(documents.c.doc_id, documents.c.stated_status).where(
            documents.c.removed.is_(None),
            documents.c.stated_status.is_not(None),
            documents.c.generation > generation,
        )
        with self.engine.connect() as connection:
            return {r.doc_id: r.stated_status for r in connection.execute(query)}


def missing(doc_id: str) -> NotFound:
    return NotFound(f"没有编号为 {doc_id} 的文档；请用 `kb list` 查看现有文档")


def _first_status(draft: Draft, stated: Field | None) -> dict[str, str]:
    """The status a document's own words give it; what others do to it is added when all are resolved."""
    days = {n: _day(draft.fields[n].value) for n in ("issued", "effective", "expires") if n in draft.fields}
    facts = Facts("", draft.name, stated=stated.value if stated else None, **days)  # type: ignore[arg-type]
    verdict = status_of(facts, (), date.today(), ())
    return {"status": verdict.status, "status_reason": verdict.reason}


def _visible(visibility: Sequence[str] | None) -> dict[str, Any]:
    return {} if visibility is None else {"visibility": tuple(visibility)}


def _conditions(filters: Filters) -> Any:
    """The document conditions of a filter, for SQL; the in-memory catalog has the same rules."""
    c = documents.c
    conditions: list[Any] = [c.removed.is_(None), c.visibility.in_(filters.visibility)]
    for column, wanted in ((c.kind, filters.kind), (c.issuer, filters.issuer), (c.status, filters.status), (c.doc_id, filters.doc_id)):
        if wanted:
            conditions.append(column.in_(wanted))
    if filters.region:
        conditions.append(or_(*(c.region.startswith(region, autoescape=True) for region in filters.region)))
    if filters.number:
        conditions.append(c.number == filters.number)
    if filters.issued_from:
        conditions.append(c.issued >= filters.issued_from.isoformat())
    if filters.issued_to:
        conditions.append(c.issued <= filters.issued_to.isoformat())
    if filters.as_of:
        conditions.append(or_(c.issued.is_(None), c.issued <= filters.as_of.isoformat()))
    return and_(*conditions)


def to_document(row: Row[*tuple[Any, ...]]) -> Document:
    """Of a row of `documents`, taken apart at once: by names it takes twice as long, and there are thousands."""
    (
        _, doc_id, _, external_id, title, number, issuer, issued, effective, expires, status, status_reason, _, kind,
        region, visibility, source, revision, digest, _, evidence, details, *_,
    ) = row  # fmt: skip
    return Document(
        doc_id, title, source, revision, digest, external_id, number, issuer, _day(issued), _day(effective),
        _day(expires), status, status_reason, kind, region, visibility,
        {k: Span(*v) for k, v in json.loads(evidence).items()} if evidence != "{}" else {},
        json.loads(details) if details != "{}" else {},
    )  # fmt: skip


def _numbers(connection: Connection, query: str, columns: int) -> np.ndarray:
    """(rows, columns) int64."""
    rows = connection.exec_driver_sql(query)
    return np.fromiter(chain.from_iterable(rows), np.int64).reshape(-1, columns)


def to_passage(row: Row[*tuple[Any, ...]]) -> Passage:
    return Passage(row.start, row.end, row.text, _path(row.path), row.page)


def _revision_row(document: int, number: int, draft: Draft, digest: str) -> dict[str, Any]:
    layout = {
        "pages": [(p.start, p.end) for p in draft.pages],
        "boxes": [(b.start, b.end, b.page, b.x0, b.y0, b.x1, b.y1) for b in draft.boxes],
    }
    outline = [(c.start, c.end, c.level, c.label, c.path, c.kind) for c in draft.outline]
    return {
        "document": document, "number": number, "sha256": digest, "bytes_sha256": draft.bytes_sha256,
        "name": draft.name, "text": draft.text, "outline": pack(outline), "layout": pack(layout), "added": now(),
    }  # fmt: skip


def _passage_rows(document: int, number: int, draft: Draft, generation: int) -> list[dict[str, Any]]:
    return [
        {
            "document": document, "revision": number, "start": p.start, "end": p.end, "page": p.page,
            "path": PATH_SEPARATOR.join(p.path), "text": p.text, "generation": generation,
        }
        for p in draft.passages
    ]  # fmt: skip


def _relation_rows(document: int, number: int, draft: Draft, _generation: int) -> list[dict[str, Any]]:
    return [
        {
            "document": document, "revision": number, "type": r.type, "title": r.title,
            "number": r.number, "scope": r.scope, "start": r.span.start, "end": r.span.end,
            "day": r.day.isoformat() if r.day else None,
        }
        for r in draft.relations
    ]  # fmt: skip


def _path(labels: str) -> tuple[str, ...]:
    return tuple(labels.split(PATH_SEPARATOR)) if labels else ()


# All in one row: a thread gives the interpreter up for every row it reads, and under load waits for it again.
_PASSAGES = (
    "SELECT json_group_array(json_array(id, revision, start, \"end\", page, path, text)) "
    "FROM passages WHERE id IN ({marks})"
)


def _day(value: str | None) -> date | None:
    if value is None:
        return None
    try:
        return date.fromisoformat(value)
    except ValueError:
        return None
