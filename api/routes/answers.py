"""The audit side: stored answers, their checks, replays, reviews, exports, figures."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal
from urllib.parse import quote

from fastapi import APIRouter, Depends, Path, Query, Request
from starlette.concurrency import iterate_in_threadpool
from starlette.responses import Response, StreamingResponse

from kb.access import Caller
from kb.listing import AnswerFilters
from kb.verify import Verifier, verify_all
from kb.wire import answer_json

from ..asking import Conversation
from ..discretion import seen_chain
from ..doors import may
from ..export import as_docx, as_markdown
from ..links import base_of
from ..problems import Json
from ..schemas import (
    AnswerOut,
    AnswersOut,
    AuditOut,
    ReplayOut,
    ReviewedOut,
    ReviewIn,
    StatsOut,
    VerifiedOut,
    clean,
    problems,
)
from ..service import Service
from ..stored import question_of, shown
from .asking import At
from .parameters import AnswerPage, AnswerQuery, ExportQuery

router = APIRouter(prefix="/api", tags=["审计"])
Asker = Annotated[Caller, Depends(may("ask", "audit"))]
Auditor = Annotated[Caller, Depends(may("audit"))]
Id = Annotated[str, Path(min_length=1, max_length=100, description="答案编号")]
TYPES = {
    "jsonl": "application/x-ndjson", "csv": "text/csv; charset=utf-8", "md": "text/markdown; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}  # fmt: skip
SHEETS = {
    200: {
        "content": {TYPES[f]: {"schema": {"type": "string"}} for f in ("jsonl", "csv", "xlsx")},
        "description": "导出的文件",
    }
}
TEXTS = {
    200: {
        "content": {TYPES[f]: {"schema": {"type": "string"}} for f in ("md", "docx")},
        "description": "导出的文件",
    }
}


@router.get("/answers", response_model=AnswersOut, responses=problems(), summary="列出已有答案，新的在前")
async def list_answers(service: At, caller: Auditor, page: Annotated[AnswerPage, Query()]) -> Response:
    def listed() -> dict[str, Any]:
        ledger = service.assistant.ledger
        wanted = _standing_as(service, caller, page)
        found = ledger.list(wanted, page.offset, page.limit, caller.visibility)
        verifier = Verifier(service.library.store)
        return {
            "answers": [shown(one, caller, verifier.answer(one).standing) for one in found],
            "total": ledger.count(wanted, caller.visibility),
            "offset": page.offset,
            "limit": page.limit,
        }

    return Json(await service.run(listed))


def _standing_as(service: Service, caller: Caller, asked: AnswerQuery) -> AnswerFilters:
    """The filter, with the wanted standing worked out: which answers stand is never stored."""
    wanted = asked.wanted()
    if not asked.status:
        return wanted
    stored = service.assistant.ledger.readable([], wanted, caller.visibility)  # what cannot be read, the chain tells
    report = verify_all(stored, service.library.store)
    return AnswerFilters(ids=tuple(one.id for one in report.answers if one.standing == asked.status))


@router.get(
    "/answers/export", responses={**problems(), **SHEETS}, response_class=Response, summary="导出答案账本"
)
async def export(service: At, caller: Auditor, asked: Annotated[ExportQuery, Query()]) -> Response:
    wanted = await service.run(lambda: _standing_as(service, caller, asked))
    pieces = service.assistant.ledger.export(asked.format, wanted, caller.visibility)
    name = f"answers-{date.today().isoformat()}.{asked.format}"
    return StreamingResponse(
        iterate_in_threadpool(pieces), media_type=TYPES[asked.format], headers=_attachment(name)
    )


def _attachment(name: str) -> dict[str, str]:
    return {"Content-Disposition": f"attachment; filename*=UTF-8''{quote(name, safe='', errors='replace')}"}


@router.get("/answers/stats", response_model=StatsOut, responses=problems(), summary="审计数字")
async def stats(service: At, caller: Auditor, days: Annotated[int, Query(ge=1, le=3660)] = 30) -> Response:
    found = await service.run(lambda: service.assistant.ledger.stats(days, caller.visibility))
    return Json(
        {
            **found,
            "per_day": [{**day, "refused": day["refusals"]} for day in found["per_day"]],
            "repealed_share": found["repealed_rate"],
            "open_disputes": found["disputes"],
            "most_cited": [{**row, "count": row["answers"]} for row in found["most_cited"]],
        }
    )


@router.get("/answers/{id}", response_model=AnswerOut, responses=problems(404), summary="一个已有答案")
async def one_answer(id: Id, service: At, caller: Asker) -> Response:
    def found() -> dict[str, Any]:
        stored = service.assistant.ledger.get(id, caller.visibility)
        return shown(stored, caller, Verifier(service.library.store).answer(stored).standing)

    return Json(await service.run(found))


@router.post(
    "/answers/{id}/verify",
    response_model=VerifiedOut,
    responses=problems(404),
    summary="对照现有文档复核引文",
)
async def verify(id: Id, service: At, caller: Asker) -> Response:
    def checked() -> dict[str, Any]:
        stored = service.assistant.ledger.get(id, caller.visibility)
        return Verifier(service.library.store).answer(stored).json()

    return Json(await service.run(checked))


@router.post(
    "/answers/{id}/replay", response_model=ReplayOut, responses=problems(404), summary="用现在的索引再答一次"
)
async def replay(id: Id, service: At, caller: Auditor) -> Response:
    def again() -> dict[str, Any]:
        stored = service.assistant.ledger.get(id, caller.visibility)
        answer = Conversation(service, question_of(stored, caller.visibility), caller).answer()
        return {"answer": answer_json(answer), "same": answer.text == stored["text"]}

    return Json(await service.run(again))


@router.post(
    "/answers/{id}/review", response_model=ReviewedOut, responses=problems(404, 415), summary="评价答案"
)
async def review(id: Id, said: ReviewIn, service: At, caller: Asker) -> Response:
    ledger = service.assistant.ledger
    await service.run(
        lambda: ledger.review(id, said.verdict, clean(said.note), caller.name, caller.visibility)
    )
    return Json({"id": id, "verdict": said.verdict})


@router.get(
    "/answers/{id}/export",
    responses={**problems(404), **TEXTS},
    response_class=Response,
    summary="把答案存成文件",
)
async def save(
    id: Id,
    request: Request,
    service: At,
    caller: Asker,
    format: Annotated[Literal["md", "docx"], Query()] = "md",
) -> Response:
    base = base_of(request)

    def made() -> bytes:
        stored = service.assistant.ledger.get(id, caller.visibility)
        return (
            as_docx(stored, base)
            if format == "docx"
            else as_markdown(stored, base).encode("utf-8", "backslashreplace")
        )

    return Response(
        await service.run(made), media_type=TYPES[format], headers=_attachment(f"答案-{id}.{format}")
    )


@router.post(
    "/audit/verify", response_model=AuditOut, responses=problems(), summary="复核全部答案与账本的哈希链"
)
async def audit(service: At, caller: Auditor) -> Response:
    def checked() -> dict[str, Any]:
        ledger = service.assistant.ledger
        chain = seen_chain(service, caller, ledger.verify_chain())
        report = verify_all(ledger.readable([], visibility=caller.visibility), service.library.store).json()
        return {
            "chain": chain,
            "answers": report["checked"],
            "standing": {name: report[name] for name in ("stands", "review", "fallen")},
        }

    return Json(await service.run(checked, 600.0))
