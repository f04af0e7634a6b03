"""The tables of the store. Migrations in `kb/migrations` lead any older file here."""

from __future__ import annotations

from sqlalchemy import (
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
)

metadata = MetaData()

counters = Table(
    "counters",
    metadata,
    Column("name", String, primary_key=True),  # "generation": grows by one with every change
    Column("value", Integer, nullable=False),
)

documents = Table(
    "documents",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("doc_id", String, nullable=False, unique=True),
    Column("key", Text, nullable=False, unique=True),  # identity: absolute path, zip!member, jsonl#_id
    Column("external_id", Text),
    Column("title", Text, nullable=False),
    Column("number", Text),
    Column("issuer", Text),
    Column("issued", String),  # ISO date
    Column("effective", String),
    Column("expires", String),
    Column("status", String, nullable=False),
    Column("status_reason", Text),
    Column("stated_status", String),  # as front matter or the caller says; null when derived
    Column("kind", String, nullable=False),
    Column("region", Text),
    Column("visibility", String, nullable=False),
    Column("source", Text, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("sha256", String, nullable=False),
    Column("bytes_sha256", String, nullable=False),  # of the original file, also its name under files/
    Column("evidence", Text, nullable=False),  # JSON {field: [start, end]}
    Column("details", Text, nullable=False),  # JSON {field: value} of the fields without a column
    Column("overrides", Text, nullable=False),  # JSON of the values a caller set on add
    Column("removed", String),  # ISO 8601, null while listed
    Column("generation", Integer, nullable=False),  # of the last change to this row
    Index("documents_bytes", "bytes_sha256"),
    Index("documents_generation", "generation"),
    Index("documents_external", "external_id"),
    sqlite_autoincrement=True,
)

revisions = Table(
    "revisions",
    metadata,
    Column("document", ForeignKey("documents.id"), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("sha256", String, nullable=False),
    Column("bytes_sha256", String, nullable=False),
    Column("name", Text, nullable=False),  # file name, for handing the original back
    Column("text", Text, nullable=False),
    Column("outline", LargeBinary, nullable=False),  # zlib JSON [[start, end, level, label, path, kind]]
    Column("layout", LargeBinary, nullable=False),  # zlib JSON {"pages": [...], "boxes": [...]}
    Column("added", String, nullable=False),
)

passages = Table(
    "passages",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("document", ForeignKey("documents.id"), nullable=False),
    Column("revision", Integer, nullable=False),
    Column("start", Integer, nullable=False),
    Column("end", Integer, nullable=False),
    Column("page", Integer),
    Column("path", Text, nullable=False),  # labels joined by "\x1f"
    Column("text", Text, nullable=False),
    Column("generation", Integer, nullable=False),  # of the change that added it
    Index("passages_document", "document"),
    Index("passages_generation", "generation"),
    sqlite_autoincrement=True,  # ids are never given twice: the index is keyed by them
)

gone = Table(
    "gone",
    metadata,
    Column("passage", Integer, primary_key=True),
    Column("generation", Integer, nullable=False),  # of the change that removed it
    Index("gone_generation", "generation"),
)

relations = Table(
    "relations",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("document", ForeignKey("documents.id"), nullable=False),
    Column("revision", Integer, nullable=False),
    Column("type", String, nullable=False),
    Column("title", Text, nullable=False),
    Column("number", Text, nullable=False),
    Column("scope", Text, nullable=False),
    Column("start", Integer, nullable=False),
    Column("end", Integer, nullable=False),
    Column("day", String),  # the day the sentence itself gives
    Index("relations_document", "document"),
)

status_overrides = Table(
    "status_overrides",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("document", ForeignKey("documents.id"), nullable=False),
    Column("status", String),  # null takes an earlier override back
    Column("reason", Text, nullable=False),
    Column("author", Text, nullable=False),
    Column("created", String, nullable=False),
    Index("status_overrides_document", "document"),
)

answers = Table(
    "answers",
    metadata,
    Column("seq", Integer, primary_key=True),
    Column("id", String, nullable=False, unique=True),
    Column("created", String, nullable=False),
    Column("caller", Text, nullable=False),
    Column("basis", String, nullable=False),
    Column("reason", String),
    Column("question", Text),  # erasable; the record holds its salted hash
    Column("rewritten", Text),
    Column("history", Text),  # JSON [[role, content]] of earlier turns, erasable with the question
    Column("salt", String),
    Column("visibility", String, nullable=False),  # of all documents it touched, sorted, joined by ","
    Column("record", Text, nullable=False),  # canonical JSON, never changed
    Column("previous", String, nullable=False),
    Column("hash", String, nullable=False),
    Index("answers_created", "created"),
    sqlite_autoincrement=True,
)

answer_documents = Table(
    "answer_documents",
    metadata,
    Column("answer", String, primary_key=True),
    Column("doc_id", String, primary_key=True),
    Column("cited", Integer, nullable=False),  # 1: the answer rests on it; 0: it was only among the hits
    Index("answer_documents_doc", "doc_id"),
)

reviews = Table(
    "reviews",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("answer", String, nullable=False),
    Column("verdict", String, nullable=False),
    Column("note", Text, nullable=False),
    Column("author", Text, nullable=False),
    Column("created", String, nullable=False),
    Column("seq", Integer, nullable=False, unique=True),  # place in the ledger's chain, shared with answers
    Column("previous", String, nullable=False),
    Column("hash", String, nullable=False),
    Index("reviews_answer", "answer"),
)

erasures = Table(
    "erasures",
    metadata,
    Column("seq", Integer, primary_key=True),  # place in the ledger's chain, shared with answers
    Column("created", String, nullable=False),
    Column("author", Text, nullable=False),
    Column("answers", Text, nullable=False),  # JSON {answer id: sha256 of the masked question, null: erased}
    Column("previous", String, nullable=False),
    Column("hash", String, nullable=False),
)

ledger_head = Table(
    "ledger_head",
    metadata,
    Column("id", Integer, primary_key=True),  # always 1
    Column("seq", Integer, nullable=False),
    Column("hash", String, nullable=False),
    Column("seal", String, nullable=False),  # HMAC of seq and hash
)

keys = Table(
    "keys",
    metadata,
    Column("id", String, primary_key=True),
    Column("name", Text, nullable=False),
    Column("hash", String, nullable=False, unique=True),
    Column("scopes", Text, nullable=False),  # JSON list
    Column("visibility", Text, nullable=False),  # JSON list
    Column("origins", Text, nullable=False),  # JSON list
    Column("rate", Integer),  # calls a minute
    Column("expires", String),
    Column("created", String, nullable=False),
    Column("revoked", String),
    UniqueConstraint("name"),
)
