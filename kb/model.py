"""The nouns of the house: frozen values that every room passes to the next.

Offsets count Unicode code points, half-open. What is normalised for searching
is never what is cited: a quote is always a slice of a stored revision.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Literal, NamedTuple

Kind = Literal["standard", "action", "case", "policy"]  # 标准 / 行动 / 案例 / 一般政策
Status = Literal[
    "in_force",  # 现行有效
    "amended",  # 已修改
    "partly_repealed",  # 部分废止
    "repealed",  # 废止
    "expired",  # 失效
    "not_yet",  # 尚未生效
    "unknown",  # 未知
]
Visibility = Literal["public", "internal", "restricted"]  # 公开 / 内部 / 受限
Reason = Literal["no_hit", "below_threshold", "not_in_force", "quote_unverified", "out_of_scope", "conflict"]
Mode = Literal["hybrid", "lexical", "dense"]

IN_FORCE: frozenset[str] = frozenset({"in_force", "amended", "partly_repealed", "unknown"})


class Span(NamedTuple):
    """`[start, end)` in code points of one text."""

    start: int
    end: int

    def of(self, text: str) -> str:
        return text[self.start : self.end]


@dataclass(frozen=True, slots=True)
class Heading:
    """A line that the file format itself marks as a heading; `level` 1 is the outermost."""

    start: int
    end: int
    level: int


@dataclass(frozen=True, slots=True)
class Table:
    """A table in canonical text: one line a row, each cell written `表头：内容`.

    `rows` are the spans of those lines, in order, without their line ends.
    """

    start: int
    end: int
    rows: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class LineBox:
    """Where a line of canonical text stands on its page: PDF points, origin top left."""

    start: int
    end: int
    page: int  # from 1
    x0: float
    y0: float
    x1: float
    y1: float


@dataclass(frozen=True, slots=True)
class Parsed:
    """What a parser makes of a file: canonical text and the layout that goes with it.

    `text` has `\\n` line ends, no byte order mark, no NUL, and no page furniture.
    `pages[i]` is the span of page `i + 1`; the spans are in order and do not overlap.
    """

    text: str
    title: str | None = None  # as the format names it (HTML title, DOCX core property)
    headings: tuple[Heading, ...] = ()
    tables: tuple[Table, ...] = ()
    pages: tuple[Span, ...] = ()
    boxes: tuple[LineBox, ...] = ()
    front: Mapping[str, str] = field(default_factory=dict)  # Markdown front matter


@dataclass(frozen=True, slots=True)
class Field:
    """A value read from a document and the span that proves it (None: not from the text)."""

    value: str
    span: Span | None = None


@dataclass(frozen=True, slots=True)
class Relation:
    """What a document says it does to another, and the span that says so.

    `scope` names the part touched (“第七条”) where only a part is. `day` is the day the sentence itself gives:
    of an end the first day of it, of an extension the last day in force; None where it gives none. An extension
    without a day has its length as `scope`: “5年” more, “自施行之日起5年”, “共5年” in all.
    """

    type: Literal["supersedes", "amends", "repeals", "extends", "implements", "interprets"]
    title: str  # of the other document, without 《》; "" when only the number is given
    number: str  # 文号 of the other document, normalised; "" when not given
    span: Span
    scope: str = ""
    day: date | None = None


@dataclass(frozen=True, slots=True)
class Clause:
    """A node of a document's own outline.

    Leaves partition the text: every code point belongs to exactly one of them.
    `path` ends with the clause's own label: ("第二章 申请", "第七条").
    """

    start: int
    end: int
    level: int  # 0 is the whole document
    label: str
    path: tuple[str, ...]
    kind: str = "text"  # heading | article | paragraph | item | row | text


class Passage(NamedTuple):
    """A stretch of a revision small enough to quote; `text == revision.text[start:end]` always."""

    start: int
    end: int
    text: str
    path: tuple[str, ...] = ()
    page: int | None = None


@dataclass(frozen=True, slots=True)
class Document:
    """One policy document as the store knows it now. `id` never changes."""

    id: str
    title: str
    source: str  # file name or path as added
    revision: int  # number of the current revision, from 1
    sha256: str  # of the current revision's canonical text, UTF-8
    external_id: str | None = None
    number: str | None = None  # 发文字号
    issuer: str | None = None  # 发文机关
    issued: date | None = None  # 成文日期
    effective: date | None = None  # 施行日期
    expires: date | None = None  # 失效日期
    status: Status = "unknown"
    status_reason: str | None = None
    kind: Kind = "policy"
    region: str | None = None
    visibility: Visibility = "public"
    evidence: Mapping[str, Span] = field(default_factory=dict)
    details: Mapping[str, str] = field(
        default_factory=dict
    )  # recipients 主送, attachments 附件, secrecy 密级


@dataclass(frozen=True, slots=True)
class Revision:
    """One immutable canonical text of a document."""

    document_id: str
    number: int  # from 1 within the document
    sha256: str
    text: str
    outline: tuple[Clause, ...]
    added: str  # ISO 8601, UTC
    pages: tuple[Span, ...] = ()
    boxes: tuple[LineBox, ...] = ()
    altered: bool = False  # the text kept is not the one whose sha256 was kept: never to be cited


@dataclass(frozen=True, slots=True)
class Filters:
    """Which documents may answer; empty means no limit. Applied before ranking."""

    kind: tuple[str, ...] = ()
    issuer: tuple[str, ...] = ()
    region: tuple[str, ...] = ()
    status: tuple[str, ...] = ()
    number: str | None = None
    issued_from: date | None = None
    issued_to: date | None = None
    doc_id: tuple[str, ...] = ()
    visibility: tuple[str, ...] = ("public", "internal", "restricted")  # set from the caller's key
    as_of: date | None = None


@dataclass(frozen=True, slots=True)
class Turn:
    """One earlier message of a conversation."""

    role: Literal["user", "assistant", "system"]
    content: str


@dataclass(frozen=True, slots=True)
class Question:
    text: str
    history: tuple[Turn, ...] = ()
    filters: Filters = Filters()
    k: int = 10
    quoting: bool = False  # answer by quoting even where a language model is configured


@dataclass(frozen=True, slots=True)
class Hit:
    """A found passage, best first; `ranks` say where each ranker placed it, from 1."""

    passage_id: int
    document: Document
    revision: int
    passage: Passage
    score: float
    ranks: Mapping[str, int]
    highlights: tuple[Span, ...] = ()  # in code points of the passage's text


@dataclass(frozen=True, slots=True)
class Citation:
    """Exact words of a stored revision: `quote == revision.text[start:end]`."""

    n: int
    document: Document
    revision: int
    sha256: str
    start: int
    end: int
    quote: str
    path: tuple[str, ...] = ()
    page: int | None = None


@dataclass(frozen=True, slots=True)
class Claim:
    """A span of the answer's text with the numbers of the citations it rests on."""

    text: str
    start: int
    end: int
    citations: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Answer:
    """A cited answer (`basis == "grounded"`) or a refusal with its reason."""

    id: str
    question: str
    text: str
    basis: Literal["grounded", "none"]
    reason: Reason | None
    kind: str  # standard | action | case | policy | mixed
    claims: tuple[Claim, ...]
    citations: tuple[Citation, ...]
    hits: tuple[Hit, ...]
    model: str  # "quoting", or the language model's name
    generation: int  # of the index
    created: str  # ISO 8601, UTC
    took_ms: float
    rewritten: str | None = None  # the question with its history resolved, where that changed it
    notes: tuple[str, ...] = ()  # warnings shown at the head (validity, conflict, fallback)
    filters: Filters = Filters()  # what it was asked within: it holds for their day, or for that of `created`
