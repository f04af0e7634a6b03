"""Errors as RFC 9457 problem documents: one table from `KBError.code` to an HTTP status."""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from pydantic_core import PydanticSerializationError, to_json
from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import Match, Mount
from starlette.types import Message, Receive, Scope, Send

from kb.errors import KBError

log = logging.getLogger("kb.service")

STATUS = {
    "bad_input": 422, "unsupported_format": 415, "too_large": 413, "not_found": 404, "locked": 503,
    "stale_index": 503, "broken_index": 503, "storage_failed": 503, "bad_settings": 500, "forbidden": 403,
    "unauthorized": 401, "too_busy": 429, "not_ready": 503, "timeout": 503, "error": 500,
}  # fmt: skip
TITLES = {
    "bad_input": "请求内容不合要求", "unsupported_format": "不支持的格式", "too_large": "内容过大",
    "not_found": "没有找到", "locked": "正在写入", "stale_index": "索引与配置不一致", "broken_index": "索引损坏",
    "storage_failed": "存储出错", "bad_settings": "设置有误", "forbidden": "没有权限", "unauthorized": "需要访问密钥",
    "too_busy": "服务繁忙", "not_ready": "服务尚未就绪", "timeout": "处理超时", "error": "内部错误",
    "bad_range": "没有这一段", "bad_request": "请求无法读懂", "method_not_allowed": "不支持这种请求方法", "internal": "内部错误",
}  # fmt: skip
OF_STATUS = {
    400: ("bad_request", "请求体不是合法的内容；请检查格式后重试"),
    404: ("not_found", "没有这个地址；可用的地址见 /docs"),
    405: ("method_not_allowed", "这个地址不支持这种请求方法；可用的方法见 Allow 响应头"),
    408: ("timeout", "请求体没有在时限内送完；请检查网络后重试"),
    413: ("too_large", "请求体过大；请缩小后重试"),
    415: ("unsupported_format", "请求体的类型不受支持；请按 /docs 所列的 Content-Type 发送"),
    416: (
        "bad_range",
        "文件没有 Range 请求头所要的那一段；请按 Content-Range 响应头里的总字节数另取，或去掉 Range",
    ),
    500: ("internal", "服务内部出错，已记入日志；请稍后重试，或把请求编号告诉管理员"),
}
NOT_JSON = "请求体没有标明是 JSON；请把请求头 Content-Type 设为 application/json"
RETRY_SECONDS = {"too_busy": 2, "locked": 5, "not_ready": 2, "timeout": 5}


class NotReady(KBError):
    code = "not_ready"


class TookTooLong(KBError):
    code = "timeout"


class UnsupportedMedia(KBError):
    code = "unsupported_format"


def problem(
    status: int,
    code: str,
    detail: str,
    request: Request | None = None,
    headers: Mapping[str, str] | None = None,
) -> Response:
    """A problem document; under `/v1` the same in OpenAI's shape."""
    path = request.url.path if request is not None else ""
    given = dict(headers or {})
    if code in RETRY_SECONDS:
        given.setdefault("Retry-After", str(RETRY_SECONDS[code]))
    if status == 401:
        given.setdefault("WWW-Authenticate", 'Bearer realm="policy-kb"')
    title = TITLES.get(code, "请求失败")
    if path == "/v1" or path.startswith("/v1/"):
        return Json(openai_error(status, code, detail), status, given)
    body: dict[str, Any] = {
        "type": f"urn:policy-kb:problem:{code}", "title": title, "status": status, "detail": detail, "code": code,
        "instance": path,
    }  # fmt: skip
    identity = getattr(request.state, "request_id", None) if request is not None else None
    if identity:
        body["request_id"] = identity
    return Json(body, status, given, media_type="application/problem+json")


def problem_of(error: KBError, request: Request | None = None) -> Response:
    wait = getattr(error, "retry_after", None)
    headers = {"Retry-After": str(wait)} if wait else None
    return problem(STATUS.get(error.code, 500), error.code, str(error), request, headers)


def problem_json(error: BaseException) -> dict[str, Any]:
    """The problem of an error that comes in the middle of a stream."""
    if isinstance(error, KBError):
        code, detail = error.code, str(error)
    else:
        code, detail = "internal", OF_STATUS[500][1]
    return {
        "type": f"urn:policy-kb:problem:{code}", "title": TITLES.get(code, "请求失败"),
        "status": STATUS.get(code, 500), "detail": detail, "code": code,
    }  # fmt: skip


def openai_error(status: int, code: str, detail: str) -> dict[str, Any]:
    """OpenAI's error shape."""
    other = "invalid_request_error" if status < 500 else "server_error"
    kind = {
        401: "authentication_error", 403: "permission_error", 404: "not_found_error", 429: "rate_limit_error",
    }.get(status, other)  # fmt: skip
    return {"error": {"message": detail, "type": kind, "param": None, "code": code}}


class Json(JSONResponse):
    """JSON in readable Chinese; a lone surrogate, which UTF-8 cannot carry, becomes its escape."""

    def render(self, content: Any) -> bytes:
        return dumps(content)


def dumps(content: Any) -> bytes:
    try:
        return to_json(content, inf_nan_mode="null")  # three times as fast as the standard library,
    except PydanticSerializationError:  # which can write a lone surrogate
        pass
    text = json.dumps(content, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return text.encode("utf-8", "backslashreplace")


class StoredFile(FileResponse):
    """A file whose refused ranges are problem documents, too."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        refusal: Response | None = None

        async def checked(message: Message) -> None:
            nonlocal refusal
            if message["type"] == "http.response.start" and message["status"] in (400, 416):
                total = Headers(raw=message["headers"]).get("content-range")
                refusal = _no_range(message["status"], Request(scope), total)
            if refusal is None:
                await send(message)

        await super().__call__(scope, receive, checked)
        if refusal is not None:
            await refusal(scope, receive, send)


def _no_range(status: int, request: Request, total: str | None) -> Response:
    code, detail = OF_STATUS[status]
    if status == 400:
        detail = "Range 请求头读不懂；请写成 bytes=起-止（止不小于起），或去掉它取整个文件"
    return problem(status, code, detail, request, {"Content-Range": total} if total else None)


def install(app: FastAPI) -> None:
    """Every error of the application becomes a problem document."""

    @app.exception_handler(KBError)
    async def known(request: Request, error: KBError) -> Response:
        return problem_of(error, request)

    @app.exception_handler(RequestValidationError)
    async def invalid(request: Request, error: RequestValidationError) -> Response:
        errors = error.errors()
        if any(one["type"] == "json_invalid" for one in errors):
            return problem(400, "bad_request", "请求体不是合法的 JSON；请检查格式后重试", request)
        if isinstance(error.body, bytes):  # not read as JSON, since nothing says that it is
            return problem(415, "unsupported_format", NOT_JSON, request)
        return problem(422, "bad_input", findings((one["loc"][1:], one) for one in errors), request)

    @app.exception_handler(HTTPException)
    async def http(request: Request, error: HTTPException) -> Response:
        code, detail = OF_STATUS.get(error.status_code, ("error", "请求失败；请检查后重试"))
        headers = dict(error.headers or {})
        if error.status_code == 405:
            headers["Allow"] = _allowed(request) or headers.get("Allow", "")
        return problem(error.status_code, code, detail, request, headers)

    @app.exception_handler(Exception)
    async def unexpected(request: Request, error: Exception) -> Response:
        log.error("unexpected", exc_info=error)
        return problem(500, *OF_STATUS[500], request)


def _allowed(request: Request) -> str:
    """Every method of an address, where the router names those of the first route that fits it.

    A folder of files takes any method as its own and answers for itself: "".
    """
    routes = [route for route in request.app.router.routes if not isinstance(route, Mount)]
    plain = {name: request.scope[name] for name in ("type", "path", "root_path", "app")}

    def takes(method: str) -> bool:
        scope = {**plain, "method": method, "headers": []}
        return any(route.matches(scope)[0] is Match.FULL for route in routes)

    known = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE")
    return ", ".join(method for method in known if takes("GET" if method == "HEAD" else method))


MESSAGES = {
    "missing": "缺少此项", "extra_forbidden": "没有此项", "string_too_short": "太短", "string_too_long": "太长",
    "too_long": "太多", "too_short": "太少", "int_parsing": "应为整数", "int_type": "应为整数",
    "string_type": "应为字符串", "literal_error": "不在可选值之内", "greater_than_equal": "太小",
    "less_than_equal": "太大", "date_from_datetime_parsing": "应为日期，如 2024-01-31", "list_type": "应为数组",
    "date_type": "应为日期，如 2024-01-31", "bool_type": "应为 true 或 false", "model_attributes_type": "应为对象",
    "string_pattern_mismatch": "不能是空白", "string_unicode": "含有不成对的代理字符", "date_parsing": "应为日期",
    "date_from_datetime_inexact": "应为日期，如 2024-01-31", "bool_parsing": "应为 true 或 false", "int_from_float": "应为整数",
    "int_parsing_size": "应为整数", "value_error": "应为文件",  # only of an upload
}  # fmt: skip
LIMITS = {
    "string_too_short": "至少 {min_length} 个字", "string_too_long": "至多 {max_length} 个字", "too_short": "至少 {min_length} 项",
    "too_long": "至多 {max_length} 项", "greater_than_equal": "至少 {ge}", "less_than_equal": "至多 {le}",
}  # fmt: skip
_BRANCH = re.compile(
    r"(?:str|int|date|constrained-str|(?:list|literal|nullable|function-\w+)\[.*\])", re.DOTALL
)
MOST_FINDINGS = 5


def findings(errors: Iterable[tuple[Sequence[str | int], Mapping[str, Any]]]) -> str:
    """What pydantic found, each with its place, in one Chinese sentence; what was sent is never echoed.

    Of a value that may be one of several kinds pydantic reports each kind, with its name in the place; the
    kind whose parts are at fault is the one that was meant.
    """
    said: dict[str, list[str]] = {}
    for loc, error in errors:
        words, found = said.setdefault(_place(loc), []), _said(error)
        if found and found not in words:
            words.append(found)
    deepest = [place for place in said if not any(other.startswith(f"{place}.") for other in said)]
    return "；".join(f"{place}：{'，或'.join(said[place])}" for place in deepest[:MOST_FINDINGS])


def _place(loc: Sequence[str | int]) -> str:
    place = ".".join(str(part) for part in loc if not _BRANCH.fullmatch(str(part)))
    return place.encode("utf-8", "backslashreplace").decode()[:80] or "请求体"


def _said(error: Mapping[str, Any]) -> str:
    """Empty where only an empty value would have been right: a form sends one for what is not filled in."""
    context = error.get("ctx") or {}
    said = MESSAGES.get(error["type"], "不合要求")
    if error["type"] == "literal_error":
        choices = "、".join(filter(None, re.findall(r"'([^']*)'", context["expected"])))
        return f"{said}（可选：{choices}）" if choices else ""
    limit = LIMITS.get(error["type"])
    return f"{said}（{limit.format_map(context)}）" if limit else said
