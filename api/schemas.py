"""The shapes of strangers' JSON, in and out, as OpenAPI shows them."""

from __future__ import annotations

import re
from datetime import date
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from kb.fold import bracket_number
from kb.model import Filters, Kind, Mode, Question, Reason, Status, Turn, Visibility

from .commands.options import LONGEST_QUESTION, MOST_HITS

CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
SOME_WORDS = r"[^\s\x00-\x1f\x7f-\x9f]"
Words = Annotated[str, StringConstraints(min_length=1, max_length=LONGEST_QUESTION, pattern=SOME_WORDS)]
Name = Annotated[str, StringConstraints(min_length=1, max_length=200)]
Names = Annotated[list[Name], Field(max_length=100)]
Pair = Annotated[list[int], Field(min_length=2, max_length=2)]
Standing = Literal["stands", "review", "fallen"]
Verdict = Literal["correct", "wrong", "incomplete"]


class In(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Out(BaseModel):
    """What we send; fields may be added."""

    model_config = ConfigDict(extra="allow", defer_build=True)  # built when the API is described, not at the start


class FiltersIn(In):
    """Which documents may answer; empty means no limit. Applied before ranking."""

    kind: Annotated[list[Kind], Field(max_length=10)] = []
    issuer: Names = []
    region: Names = []
    status: Annotated[list[Status], Field(max_length=10)] = []
    number: Annotated[str, StringConstraints(max_length=200)] | None = Field(
        None, examples=["浙政发〔2023〕1号"]
    )
    issued_from: date | None = None
    issued_to: date | None = None
    doc_id: Names = []

    def filters(self, visibility: tuple[str, ...], as_of: date | None) -> Filters:
        return Filters(
            kind=tuple(self.kind), issuer=tuple(self.issuer), region=tuple(self.region),
            status=tuple(self.status), number=bracket_number(self.number) if self.number else None,
            issued_from=self.issued_from, issued_to=self.issued_to, doc_id=tuple(self.doc_id),
            visibility=visibility, as_of=as_of,
        )  # fmt: skip


class TurnIn(In):
    role: Literal["user", "assistant", "system"]
    content: Annotated[str, StringConstraints(max_length=20_000)]


class AskIn(In):
    question: Words = Field(description="问题", examples=["诸暨的样板区带动了多少消费？"])
    history: Annotated[list[TurnIn], Field(max_length=50)] = []
    filters: FiltersIn | None = None
    as_of: date | None = Field(None, description="按这一天的效力回答")
    k: int = Field(10, ge=1, le=MOST_HITS, description="附上几条相关原文")
    stream: bool = Field(False, description="以服务器推送事件返回：hits、claim……、answer")

    def asked(self, visibility: tuple[str, ...]) -> Question:
        history = tuple(Turn(turn.role, clean(turn.content)) for turn in self.history)
        filters = (self.filters or FiltersIn()).filters(visibility, self.as_of)
        return Question(clean(self.question), history, filters, self.k)


class SearchIn(In):
    query: Words = Field(description="检索词、一句话或文号", examples=["物业维修资金的监管"])
    k: int = Field(10, ge=1, le=MOST_HITS)
    filters: FiltersIn | None = None
    as_of: date | None = None
    mode: Mode = "hybrid"


class QuoteIn(In):
    quote: Annotated[str, StringConstraints(min_length=1, max_length=10_000, pattern=SOME_WORDS)] = Field(
        description="要核对的引文", examples=["到2025年底，创建未来社区要覆盖全省30%的城镇社区。"]
    )
    doc_id: Name | None = None
    number: Annotated[str, StringConstraints(max_length=200)] | None = None


class ReviewIn(In):
    verdict: Verdict = Field(examples=["correct"])
    note: Annotated[str, StringConstraints(max_length=2000)] = ""


class StatusIn(In):
    status: Status | None = Field(description="认定为；null 收回人工认定", examples=["repealed"])
    reason: Annotated[str, StringConstraints(min_length=1, max_length=500, pattern=SOME_WORDS)] = Field(
        examples=["已由新办法取代，见公报"]
    )
    by: Annotated[str, StringConstraints(max_length=100)] | None = Field(
        None, description="认定人；不写则为密钥的名字"
    )


class Problem(Out):
    """RFC 9457."""

    type: str
    title: str
    status: int
    detail: str
    code: str
    instance: str = ""
    request_id: str | None = None


class HitOut(Out):
    passage_id: int
    doc_id: str
    external_id: str | None
    revision: int
    title: str
    number: str | None
    issuer: str | None
    issued: date | None
    status: Status
    kind: Kind
    path: list[str]
    page: int | None
    start: int
    end: int
    text: str
    highlights: list[Pair]
    score: float
    ranks: dict[str, int]
    url: str


class ClaimOut(Out):
    text: str
    start: int
    end: int
    citations: list[int]


class CitationOut(Out):
    n: int
    doc_id: str
    external_id: str | None
    revision: int
    sha256: str
    title: str
    number: str | None
    issuer: str | None
    issued: date | None
    status: Status
    path: list[str]
    page: int | None
    start: int
    end: int
    quote: str
    url: str


class AnswerOut(Out):
    id: str
    question: str | None = Field(description="问题；已按保留期限清除的为 null")
    rewritten: str | None = None
    text: str
    basis: Literal["grounded", "none"]
    reason: Reason | None
    kind: str
    claims: list[ClaimOut]
    citations: list[CitationOut]
    hits: list[HitOut]
    notes: list[str] = []
    as_of: date | None = Field(None, description="答案按这一天的规定；null 即作答当天")
    filters: dict[str, Any] = Field({}, description="提问时的筛选条件，只列有限制的")
    model: str
    generation: int
    created: str
    took_ms: float


class SearchOut(Out):
    hits: list[HitOut]
    took_ms: float


class RevisionOut(Out):
    revision: int
    sha256: str
    added: str


class DocumentOut(Out):
    doc_id: str
    external_id: str | None
    title: str
    number: str | None
    issuer: str | None
    issued: date | None
    effective: date | None
    expires: date | None
    status: Status
    status_reason: str | None
    kind: Kind
    region: str | None
    visibility: Visibility
    source: str
    sha256: str
    revision: int
    revisions: list[RevisionOut]
    evidence: dict[str, Pair]
    url: str


class DocumentsOut(Out):
    documents: list[DocumentOut]
    total: int
    offset: int
    limit: int


class OutlineOut(Out):
    path: list[str]
    label: str
    start: int
    end: int


class TextOut(Out):
    revision: int
    sha256: str
    text: str
    outline: list[OutlineOut]
    pages: list[Pair]


class AddedOut(Out):
    file: str
    outcome: Literal["added", "updated", "unchanged", "failed"]
    doc_id: str | None
    title: str | None
    reason: str | None


class UploadOut(Out):
    results: list[AddedOut]
    added: int
    updated: int
    unchanged: int
    failed: int


class RemovedOut(Out):
    removed: str


class FacetOut(Out):
    value: str
    count: int


class FacetsOut(Out):
    kind: list[FacetOut]
    status: list[FacetOut]
    issuer: list[FacetOut]
    region: list[FacetOut]
    year: list[FacetOut]


class SuggestionsOut(Out):
    suggestions: list[str]


class QuoteOut(Out):
    result: Literal["exact", "normalised", "near", "not_found"]
    doc_id: str | None
    revision: int | None
    title: str | None
    number: str | None
    status: Status | None
    start: int | None
    end: int | None
    text: str | None
    diff: str | None
    ratio: float
    url: str | None
    note: str | None = Field(None, description="没有可比对的文件时说明原因")
    also: list[dict[str, Any]]


class AnswersOut(Out):
    answers: list[AnswerOut]
    total: int
    offset: int
    limit: int


class CheckedOut(Out):
    n: int
    doc_id: str
    title: str
    state: Literal["valid", "moved", "changed", "tampered", "withdrawn", "superseded", "repealed"]
    detail: str
    diff: str | None


class VerifiedOut(Out):
    id: str
    standing: Standing
    citations: list[CheckedOut]


class ReplayOut(Out):
    answer: AnswerOut
    same: bool


class AuditOut(Out):
    chain: dict[str, Any]
    answers: int
    standing: dict[str, int]


class StatsOut(Out):
    per_day: list[dict[str, Any]]
    refusal_rate: float | None
    repealed_share: float | None
    open_disputes: int
    most_cited: list[dict[str, Any]]


class BoxOut(Out):
    page: int
    x0: float
    y0: float
    x1: float
    y1: float
    width: float
    height: float


class BoxesOut(Out):
    boxes: list[BoxOut]


class HealthOut(Out):
    status: str


class ReviewedOut(Out):
    id: str
    verdict: Verdict


def clean(text: str) -> str:
    """Words without control characters."""
    return CONTROL.sub(" ", text).strip()


def problems(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """The errors of a route for OpenAPI, all of one shape."""
    content = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
    words = {
        400: "请求体不是合法的 JSON", 401: "需要访问密钥", 403: "没有权限", 404: "没有找到", 408: "请求体太慢", 413: "内容过大",
        415: "类型不受支持", 422: "请求内容不合要求", 429: "服务繁忙", 500: "内部错误", 503: "暂不可用",
    }  # fmt: skip
    wanted = {400, 401, 403, 408, 413, 422, 429, 500, 503, *statuses}
    return {status: {"description": words[status], "content": content} for status in sorted(wanted)}
