"""What validity is decided from, and what is decided."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

from kb.model import Document, Relation, Span, Status


class Proof(NamedTuple):
    """The words that prove a status: a span of the current text of `document`."""

    document: str
    span: Span


@dataclass(frozen=True, slots=True)
class Override:
    """A person's word on a document's status; `status` None takes an earlier word back."""

    status: Status | None
    reason: str
    by: str
    at: str  # ISO 8601, UTC


@dataclass(frozen=True, slots=True)
class Facts:
    """All that one document says about itself and about others.

    `stated` is the status its front matter or a label line gives. `overrides` come oldest first;
    the last one counts. `evidence` holds the span of each field by name.
    """

    id: str
    title: str
    number: str = ""
    issuer: str = ""
    region: str = ""
    issued: date | None = None
    effective: date | None = None
    expires: date | None = None
    stated: Status | None = None
    evidence: Mapping[str, Span] = field(default_factory=dict)
    relations: tuple[Relation, ...] = ()
    overrides: tuple[Override, ...] = ()

    @property
    def begins(self) -> date | None:
        """The first day of this text: an amended law keeps its old 施行 date but begins when issued."""
        if self.issued and self.effective:
            return max(self.issued, self.effective)
        return self.effective or self.issued

    def proof(self, *names: str) -> Proof | None:
        """The span of the first of these fields that has one."""
        return next((Proof(self.id, self.evidence[n]) for n in names if n in self.evidence), None)


@dataclass(frozen=True, slots=True)
class Incoming:
    """A relation as seen from the document it is aimed at."""

    source: Facts
    relation: Relation

    @property
    def begins(self) -> date | None:
        """Its first day: the one its own sentence gives, else that of the document it stands in."""
        given = self.relation.day if self.relation.type != "extends" else None
        return given or self.source.begins


@dataclass(frozen=True, slots=True)
class Verdict:
    """A status, why, and the words that prove it.

    `by` are the ids of the documents that brought it about, `proof` the first of their spans.
    """

    status: Status
    reason: str
    proof: Proof | None = None
    by: tuple[str, ...] = ()


def facts_of(
    document: Document,
    relations: tuple[Relation, ...] = (),
    stated: Status | None = None,
    overrides: tuple[Override, ...] = (),
) -> Facts:
    """The facts of a stored document."""
    return Facts(
        document.id, document.title, document.number or "", document.issuer or "", document.region or "",
        document.issued, document.effective, document.expires, stated, document.evidence,
        relations, overrides,
    )  # fmt: skip
