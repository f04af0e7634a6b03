"""Filters and paging as query parameters."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from kb.listing import AnswerFilters
from kb.model import Filters

from ..schemas import FiltersIn, In, Name, Verdict

Short = Annotated[str, StringConstraints(max_length=200)]
Offset = Annotated[int, Field(ge=0, le=10_000_000)]
Revision = Annotated[int, Field(ge=1, le=1_000_000)]


class DocumentFilters(FiltersIn):
    as_of: date | None = None

    def filters(self, visibility: tuple[str, ...], as_of: date | None = None) -> Filters:
        return super().filters(visibility, as_of or self.as_of)


class DocumentPage(DocumentFilters):
    offset: Offset = 0
    limit: Annotated[int, Field(ge=1, le=500)] = 50


class AnswerQuery(In):
    """Which stored answers are wanted. An empty value is no limit, as a form sends it."""

    q: Short = Field("", description="问题含有")
    since: date | Literal[""] = Field("", alias="from", description="起于（含），UTC")
    until: date | Literal[""] = Field("", alias="to", description="止于（含），UTC")
    caller: Short = ""
    basis: Literal["grounded", "none", ""] = ""
    reason: Short = ""
    verdict: Literal[Verdict, "none", ""] = ""  # type: ignore[valid-type]
    status: Literal["stands", "review", "fallen", ""] = Field("", description="复核结论")
    doc_id: Short = Field("", description="引用了这篇文档")

    def wanted(self) -> AnswerFilters:
        return AnswerFilters(
            since=self.since.isoformat() if self.since else None,
            until=self.until.isoformat() if self.until else None,
            caller=self.caller or None,
            basis=self.basis or None,
            reason=self.reason or None,
            verdict=self.verdict or None,
            doc_id=self.doc_id or None,
            text=self.q or None,
        )


class AnswerPage(AnswerQuery):
    offset: Offset = 0
    limit: Annotated[int, Field(ge=1, le=200)] = 30


class ExportQuery(AnswerQuery):
    format: Literal["jsonl", "csv", "xlsx"] = "jsonl"


__all__ = ["AnswerPage", "AnswerQuery", "DocumentFilters", "DocumentPage", "ExportQuery", "Name", "Revision"]
