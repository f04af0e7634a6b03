"""`/mcp`: the knowledge base as tools for language models, over streamable HTTP. All of them only read."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated, Any

from mcp.server.mcpserver import Context, MCPServer
from mcp.server.mcpserver.exceptions import ToolError
from mcp.server.transport_security import TransportSecuritySettings
from mcp_types import CallToolResult, TextContent, ToolAnnotations
from pydantic import Field, ValidationError
from starlette.requests import Request

from kb.access import Caller, require
from kb.errors import BadInput, KBError, NotFound

from . import tools
from .commands.options import LONGEST_QUESTION, MOST_HITS, version
from .links import base_of
from .problems import dumps, findings, problem_json

if TYPE_CHECKING:
    from .service import Service

ABOUT = (
    "中文政策文件知识库。search 找原文，fetch 取全文，ask_policy 得到逐句引用原文的回答，"
    "verify_quote 核对引文，check_validity 查时效性。回答用户时请保留来源链接。"
)
READING = ToolAnnotations(read_only_hint=True, destructive_hint=False, open_world_hint=False)
Words = Annotated[str, Field(description="检索词、一句话或文号", min_length=1, max_length=LONGEST_QUESTION)]
Many = Annotated[int, Field(ge=1, le=MOST_HITS, description="至多几条")]
Day = Annotated[str | None, Field(max_length=10, description="哪一天的效力，如 2024-01-31；不写为今天")]
Work = Callable[["Service", Caller, str], dict[str, Any]]
log = logging.getLogger("kb.service")


class Tools(MCPServer):
    """What the official server says itself of a call it refuses, in the words and shape of our own errors."""

    async def call_tool(
        self, name: str, arguments: dict[str, Any], context: Context[Any, Any] | None = None
    ) -> Any:
        try:
            return await super().call_tool(name, arguments, context)
        except ToolError as error:
            if isinstance(cause := error.__cause__, ValidationError):
                return _failed(BadInput(findings((one["loc"], one) for one in cause.errors())))
            if cause is None:
                known = "、".join(tool.name for tool in await self.list_tools())
                return _failed(NotFound(f"没有名为 {name[:50]} 的工具；可用的有 {known}"))
            log.error("unexpected", exc_info=cause)
            return _failed(cause)


def server(service: Service) -> MCPServer:
    """The five tools over one service."""
    made = Tools(name="policy-kb", title="政策知识库", instructions=ABOUT, version=version())

    async def given(context: Context, work: Work, *scopes: str) -> CallToolResult:
        """The result of blocking work as text and as structured content; an error is said, not raised."""
        try:
            caller, base = _asker(context)
            if not any(caller.may(scope) for scope in scopes):
                require(caller, scopes[0])
            found = await service.run(lambda: work(service, caller, base))
        except KBError as error:
            return _failed(error)
        text = [TextContent(type="text", text=dumps(found).decode())]
        return CallToolResult(content=text, structured_content=found)

    def tool(name: str, title: str, description: str) -> Any:
        return made.tool(name=name, title=title, description=description, annotations=READING)

    @tool("search", "检索", "检索政策原文，返回最相关的段落；id 可交给 fetch")
    async def search(context: Context, query: Words, k: Many = 10) -> CallToolResult:
        return await given(context, lambda *who: tools.searched(*who, query, k), "search")

    @tool("fetch", "取全文", "取一篇文档的全文（id 为文档编号），或 search 给出的一段（id 形如 文档编号@版本#起-止）")
    async def fetch(context: Context, id: Annotated[str, Field(max_length=300)]) -> CallToolResult:
        return await given(context, lambda *who: tools.fetched(*who, id), "search", "ask")

    @tool("ask_policy", "提问", "提问，得到逐句引用原文的回答；依据不足时明说没有依据")
    async def ask_policy(
        context: Context, question: Words, as_of: Day = None, k: Many = 5
    ) -> CallToolResult:
        return await given(context, lambda *who: tools.asked(*who, question, as_of, k), "ask")

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
        return await given(
            context, lambda *who: tools.verified(*who, quote, doc_id, number), "search", "ask", "audit"
        )

    @tool(
        "check_validity",
        "查时效性",
        "按文档编号、文号或标题查文件是否有效，及其废止、修改关系；documents 为空就是库里没有这份文件，"
        "similar 只是标题相近的别的文件，不可当作答案",
    )
    async def check_validity(
        context: Context,
        document: Annotated[str, Field(description="文档编号、文号或标题", min_length=1, max_length=300)],
        as_of: Day = None,
    ) -> CallToolResult:
        return await given(context, lambda *who: tools.validity(*who, document, as_of), "search", "ask")

    # `caller_of` has looked at the host and the origin already
    unguarded = TransportSecuritySettings(enable_dns_rebinding_protection=False)
    made.streamable_http_app(stateless_http=True, json_response=True, transport_security=unguarded)
    return made


def _failed(error: BaseException) -> CallToolResult:
    """An error as the result of a call: one Chinese sentence, and its code."""
    told = problem_json(error)
    said = {"error": {"code": told["code"], "message": told["detail"]}}
    text = [TextContent(type="text", text=told["detail"])]
    return CallToolResult(content=text, structured_content=said, is_error=True)


def _asker(context: Context) -> tuple[Caller, str]:
    request: Request = context.request_context.request
    caller: Caller = request.scope["state"]["caller"]
    return caller, base_of(request)
