"""`POST /api/ask`, `POST /api/search`, `POST /api/verify`, facets and first questions."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from starlette.responses import Response, StreamingResponse

from kb.access import Caller
from kb.model import Filters
from kb.wire import answer_json, claim_json, hit_json

from ..asking import Conversation, events
from ..doors import may
from ..listing import facets, matching
from ..problems import Json, dumps, problem_json
from ..quoting import find_quote
from ..schemas import (
    AnswerOut,
    AskIn,
    FacetsOut,
    FiltersIn,
    QuoteIn,
    QuoteOut,
    SearchIn,
    SearchOut,
    SuggestionsOut,
    clean,
    problems,
)
from ..service import Service, Stopwatch
from .parameters import DocumentFilters

router = APIRouter(prefix="/api")
EVENTS = {
    200: {
        "content": {"text/event-stream": {"schema": {"type": "object", "required": ["event", "data"]}}},
        "description": "回答；stream 为 true 时是事件流",
    }
}


async def service_of(request: Request) -> Service:
    service: Service = request.app.state.service
    return service


At = Annotated[Service, Depends(service_of)]


@router.post(
    "/ask",
    response_model=AnswerOut,
    responses={**problems(415), **EVENTS},
    tags=["问答"],
    summary="提问，得到引用原文的回答",
)
async def ask(asked: AskIn, service: At, caller: Annotated[Caller, Depends(may("ask"))]) -> Response:
    question = asked.asked(caller.visibility)
    if not asked.stream:
        answer = await service.run(lambda: Conversation(service, question, caller).answer())
        return Json(answer_json(answer))
    stream = await events(service, question, caller)

    async def sent() -> object:  # an async generator
        ready = b""
        async for name, value in stream:
            if name == "hits":
                data: object = {"hits": [hit_json(hit) for hit in value]}
            elif name == "claim":
                data = claim_json(value)
            elif name == "answer":
                data = answer_json(value)
            else:
                data = problem_json(value)
            ready += b"event: " + name.encode() + b"\ndata: " + dumps(data) + b"\n\n"
            if not stream.more:
                yield ready
                ready = b""
        if ready:
            yield ready

    return StreamingResponse(sent(), media_type="text/event-stream", headers=STREAMING)  # type: ignore[arg-type]


STREAMING = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}


@router.post(
    "/search",
    response_model=SearchOut,
    responses=problems(415),
    tags=["检索"],
    summary="检索原文，最相关的在前",
)
async def search(asked: SearchIn, service: At, caller: Annotated[Caller, Depends(may("search"))]) -> Response:
    filters = (asked.filters or FiltersIn()).filters(caller.visibility, asked.as_of)
    watch = Stopwatch()
    hits = await service.run(lambda: service.search(clean(asked.query), filters, asked.k, asked.mode))
    service.metrics.stages.labels("search").observe(watch.ms / 1000)
    return Json({"hits": [hit_json(hit) for hit in hits], "took_ms": watch.ms})


@router.post(
    "/verify",
    response_model=QuoteOut,
    responses=problems(404, 415),
    tags=["核对"],
    summary="核对别处写的引文",
)
async def verify(
    asked: QuoteIn, service: At, caller: Annotated[Caller, Depends(may("search", "ask", "audit"))]
) -> Response:
    report = await service.run(lambda: find_quote(service, caller, asked.quote, asked.doc_id, asked.number))
    return Json(report)


@router.get(
    "/facets",
    response_model=FacetsOut,
    responses=problems(),
    tags=["检索"],
    summary="各类别、机关、地区、年份、时效的文档数",
)
async def count_facets(
    service: At,
    caller: Annotated[Caller, Depends(may("search", "ask"))],
    wanted: Annotated[DocumentFilters, Query()],
) -> Response:
    filters = wanted.filters(caller.visibility)
    return Json(await service.run(lambda: facets(_listed(service, filters))))


def _listed(service: Service, filters: Filters) -> list:  # type: ignore[type-arg]
    return matching(service.library.searcher().catalog, filters)


@router.get(
    "/suggestions",
    response_model=SuggestionsOut,
    responses=problems(),
    tags=["问答"],
    summary="可以先问的问题",
)
async def suggestions(service: At, caller: Annotated[Caller, Depends(may("ask", "search"))]) -> Response:
    found = await service.run(lambda: service.assistant.suggestions(caller.visibility))
    return Json({"suggestions": found})
