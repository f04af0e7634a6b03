"""Errors as RFC 9457 problem documents: one table from `KBError.code` to an HTTP status."""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response

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
    "bad_request": "请求无法读懂", "method_not_allowed": "不支持这种请求方法", "internal": "内部错误",
}  # fmt: skip
OF_STATUS = {
    400: ("bad_request", "请求体不是合法的内容；请检查格式后重试"),
    404: ("not_found", "没有这个地址；可用的地址见 /docs"),
    405: ("method_not_allowed", "这个地址不支持这种请求方法；可用的方法见 Allow 响应头"),
    408: ("timeout", "请求体没有在时限内送完；请检查网络后重试"),
    413: ("too_large", "请求体过大；请缩小后重试"),
    415: ("unsupported_format", "请求体的类型不受支持；请按 /docs 所列的 Content-Type 发送"),
    500: ("internal", "服务内部出错，已记入日志；请稍后重试，或把请求编号告诉管理员"),
}
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


def problem_json(error: Exception) -> dict[str, Any]:
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
    text = json.dumps(content, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return text.encode("utf-8", "backslashreplace")


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
        return problem(422, "bad_input", "；".join(_said(one) for one in errors[:5]), request)

    @app.exception_handler(HTTPException)
    async def http(request: Request, error: HTTPException) -> Response:
        code, detail = OF_STATUS.get(error.status_code, ("error", "请求失败；请检查后重试"))
        return problem(error.status_code, code, detail, request, error.headers)

    @app.exception_handler(Exception)
    async def unexpected(request: Request, error: Exception) -> Response:
        log.error("unexpected", exc_info=error)
        return problem(500, *OF_STATUS[500], request)


MESSAGES = {
    "missing": "缺少此项", "extra_forbidden": "没有此项", "string_too_short": "太短", "string_too_long": "太长",
    "too_long": "太多", "too_short": "太少", "int_parsing": "应为整数", "int_type": "应为整数",
    "string_type": "应为字符串", "literal_error": "不在可选值之内", "greater_than_equal": "太小",
    "less_than_equal": "太大", "date_from_datetime_parsing": "应为日期，如 2024-01-31", "list_type": "应为数组",
    "date_type": "应为日期，如 2024-01-31", "bool_type": "应为 true 或 false", "model_attributes_type": "应为对象",
    "string_pattern_mismatch": "不能是空白", "string_unicode": "含有不成对的代理字符", "date_parsing": "应为日期",
}  # fmt: skip


def _said(error: Mapping[str, Any]) -> str:
    """One finding of pydantic's in Chinese; what was sent is never echoed."""
    place = ".".join(str(part) for part in error["loc"] if part not in ("body", "query", "path"))
    place = place.encode("utf-8", "backslashreplace").decode()[:80] or "请求体"
    said = MESSAGES.get(error["type"], "不合要求")
    limits = {
        k: v
        for k, v in (error.get("ctx") or {}).items()
        if k in ("expected", "ge", "le", "min_length", "max_length")
    }
    return f"{place}：{said}" + (f"（{'，'.join(f'{k}={v}' for k, v in limits.items())}）" if limits else "")
