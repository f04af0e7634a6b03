"""`/mcp`: the knowledge base as tools for language models, over streamable HTTP. All of them only read."""

from __future__ import annotations

from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import Field
from starlette.requests import Request
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from kb.access import Caller, require
from kb.errors import BadInput, KBError
from kb.fold import bracket_number
from kb.model import Document, Filters, Hit, Question
from kb.wire import answer_json, document_json, document_url, span_url

from .asking import Conversation
from .commands.options import LONGEST_QUESTION, MOST_HITS, version
from .doors import caller_of, seen_by
from .links import base_of
from .listing import relations_of
from .originals import revision_of
from .problems import problem_of
from .quoting import find_quote
from .schemas import clean

if TYPE_CHECKING:
    from mcp.server.mcpserver import Context, MCPServer

    from .service import Service

ABOUT = (
    "中文政策文件知识库。search 找原文，fetch 取全文，ask_policy 得到逐句引用原文的回答，"
    "verify_quote 核对引文，check_validity 查时效性。回答用户时请保留来源链接。"
)
MEMBERS = 100_000  # characters of a text that fetch gives at once
Words = Annotated[str, Field(description="检索词、一句话或文号", min_length=1, max_length=LONGEST_QUESTION)]


@dataclass(frozen=True)
class Door:
    """The tools, mounted: `route()` for the application, `running()` for its lifespan."""

    server: MCPServer
    service: Service

    def running(self) -> AbstractAsyncContextManager[None]:
        manager: AbstractAsyncContextManager[None] = self.server.session_manager.run()
        return manager

    def route(self) -> Route:
        return Route("/mcp", endpoint=_Guarded(self))


class _Guarded:
    """Authenticates like every other route, then hands over to the official server."""

    def __init__(self, door: Door) -> None:
        self._door = door

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        try:
            await caller_of(request)
        except KBError as error:
            await problem_of(error, request)(scope, receive, send)
            return
        await self._door.server.session_manager.handle_request(scope, receive, send)


def server(service: Service) -> Door:
    """The five tools over one service."""
    from mcp.server.mcpserver import MCPServer
    from mcp.server.transport_security import TransportSecuritySettings
    from mcp_types import CallToolResult, ToolAnnotations

    made = MCPServer(name="policy-kb", title="政策知识库", instructions=ABOUT, version=version())
    reading = ToolAnnotations(read_only_hint=True, destructive_hint=False, open_world_hint=False)

    def tool(name: str, title: str, description: str) -> Any:
        return made.tool(name=name, title=title, description=description, annotations=reading)

    async def given(context: Context, work: Any, *scopes: str) -> CallToolResult:
        """The result of blocking work as text and as structured content; an error is said, not raised."""
        from mcp_types import TextContent

        from .problems import dumps

        try:
            caller, base = _asker(context)
            if not any(caller.may(scope) for scope in scopes):
                require(caller, scopes[0])
            found = await service.run(lambda: work(caller, base))
        except KBError as error:
            said = {"error": {"code": error.code, "message": str(error)}}
            return CallToolResult(
                content=[TextContent(type="text", text=str(error))], structured_content=said, is_error=True
            )
        text = dumps(found).decode()
        return CallToolResult(content=[TextContent(type="text", text=text)], structured_content=found)

    @tool("search", "检索", "检索政策原文，返回最相关的段落；id 可交给 fetch")
    async def search(context: Context, query: Words) -> CallToolResult:
        def work(caller: Caller, base: str) -> dict[str, Any]:
            hits = service.library.search(_words(query), seen_by(caller), 10)
            return {"results": [_result(hit, base) for hit in hits]}

        return await given(context, work, "search")

    @tool("fetch", "取全文", "取一篇文档的全文，或 search 给出的一段；id 形如 文档编号 或 文档编号#起-止")
    async def fetch(context: Context, id: Annotated[str, Field(max_length=300)]) -> CallToolResult:
        return await given(context, lambda caller, base: _fetched(service, caller, base, id), "search", "ask")

    @tool("ask_policy", "提问", "提问，得到逐句引用原文的回答；依据不足时明说没有依据")
    async def ask_policy(
        context: Context,
        question: Words,
        as_of: Annotated[str | None, Field(description="按这一天的效力，如 2024-01-31")] = None,
        k: Annotated[int, Field(ge=1, le=MOST_HITS)] = 5,
    ) -> CallToolResult:
        def work(caller: Caller, base: str) -> dict[str, Any]:
            asked = Question(_words(question), (), seen_by(caller, Filters(as_of=_day(as_of))), k)
            answer = answer_json(Conversation(service, asked, caller).answer())
            for one in (*answer["citations"], *answer["hits"]):
                one["url"] = base + one["url"]
            return answer

        return await given(context, work, "ask")

    @tool(
        "verify_quote",
        "核对引文",
        "核对一段引文是否出自知识库里的文件：exact 逐字、normalised 规范化后一致、near 近似、not_found",
    )
    async def verify_quote(
        context: Context,
        quote: Annotated[str, Field(min_length=1, max_length=10_000)],
        doc_id: Annotated[str | None, Field(max_length=200)] = None,
        number: Annotated[str | None, Field(max_length=200, description="引文所称的文号")] = None,
    ) -> CallToolResult:
        def work(caller: Caller, base: str) -> dict[str, Any]:
            found = find_quote(service, caller, quote, doc_id, number)
            return {**found, "url": base + str(found["url"]) if found["url"] else None}

        return await given(context, work, "search", "ask", "audit")

    @tool("check_validity", "查时效性", "按文档编号、文号或标题查文件是否有效，及其废止、修改关系")
    async def check_validity(
        context: Context,
        document: Annotated[str, Field(description="文档编号、文号或标题", min_length=1, max_length=300)],
        as_of: Annotated[str | None, Field(description="哪一天，如 2024-01-31；不写为今天")] = None,
    ) -> CallToolResult:
        return await given(
            context, lambda caller, base: _validity(service, caller, base, document, as_of), "search", "ask"
        )

    made.streamable_http_app(
        stateless_http=True,
        json_response=True,
        transport_security=TransportSecuritySettings(
            enable_dns_rebinding_protection=False
        ),  # `caller_of` has looked
    )
    return Door(made, service)


def _asker(context: Any) -> tuple[Caller, str]:
    request: Request = context.request_context.request
    caller: Caller = request.scope["state"]["caller"]
    return caller, base_of(request)


def _words(text: str) -> str:
    words = clean(text)
    if not words:
        raise BadInput("内容是空的；请写出要查的内容")
    return words


def _day(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise BadInput(f"日期 {text!r} 不合法；请写成 2024-01-31") from None


def _result(hit: Hit, base: str) -> dict[str, Any]:
    p, d = hit.passage, hit.document
    place = " › ".join(p.path)
    return {
        "id": f"{d.id}#{p.start}-{p.end}",
        "title": f"{d.title}{f' · {place}' if place and place != d.title else ''}",
        "url": base + span_url(d.id, p.start, p.end),
        "text": p.text,
    }


def _fetched(service: Service, caller: Caller, base: str, id: str) -> dict[str, Any]:
    doc_id, _, span = id.partition("#")
    store = service.library.store
    document = store.document(doc_id, caller.visibility)
    revision = revision_of(store, caller, doc_id, None)
    start, end = _span(span, len(revision.text))
    metadata = document_json(document)
    return {
        "id": id,
        "title": document.title,
        "text": revision.text[start:end],
        "url": base + (span_url(doc_id, start, end) if span else document_url(doc_id)),
        "metadata": {
            **{n: metadata[n] for n in ("doc_id", "number", "issuer", "issued", "effective", "expires", "status", "kind", "region")},
            "revision": revision.number,
            "sha256": revision.sha256,
            "start": start,
            "end": end,
            "length": len(revision.text),
            "truncated": end < len(revision.text) and not span,
        },
    }  # fmt: skip


def _span(text: str, length: int) -> tuple[int, int]:
    if not text:
        return 0, min(length, MEMBERS)
    start, _, end = text.partition("-")
    if not (start.isascii() and end.isascii() and start.isdigit() and end.isdigit() and len(text) < 30):
        raise BadInput("id 不合要求；请用 search 给出的 id，形如 文档编号#起-止")
    return min(int(start), length), min(int(end), length, int(start) + MEMBERS)


def _validity(service: Service, caller: Caller, base: str, wanted: str, as_of: str | None) -> dict[str, Any]:
    from .discretion import discreet

    library = service.library
    found = _named(service, caller, wanted.strip())
    rows = []
    for document in found[:10]:
        day = _day(as_of)
        now = discreet(service, caller, library.on_day(document, day) if day else document, day)
        rows.append(
            {
                **document_json(now), "url": base + document_url(now.id),
                "relations": relations_of(library.store, now, caller.visibility),
            }
        )  # fmt: skip
    return {"query": wanted, "as_of": as_of, "documents": rows}


def _named(service: Service, caller: Caller, wanted: str) -> list[Document]:
    """Documents by id, number or title, in that order; else those a search finds nearest."""
    library = service.library
    for filters in (Filters(doc_id=(wanted,)), Filters(number=bracket_number(wanted))):
        found = library.store.documents(seen_by(caller, filters), limit=10)
        if found:
            return found
    title = wanted.strip("《》")
    catalog = library.searcher().catalog
    titled = [d for d in catalog.documents.values() if d.title == title and d.visibility in caller.visibility]
    if titled:
        return titled
    hits = library.search(_words(wanted), seen_by(caller), 10)
    return list({hit.document.id: hit.document for hit in hits}.values())[:3]
