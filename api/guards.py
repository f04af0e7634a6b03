"""Around every request: an id, limits on its body, safe headers, one line in the log."""

from __future__ import annotations

import asyncio
import json
import logging
import re
import secrets
import time
from typing import Any

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from .doors import address_of
from .problems import OF_STATUS, problem
from .service import Service

BODY_LIMIT = 1 << 20  # bytes of a request that is not an upload
_ID = re.compile(r"[A-Za-z0-9._\-]{1,64}")
POLICY = (
    "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; form-action 'self'; "
    "frame-ancestors {ancestors}"
)
_POLICIES = {framed: POLICY.format(ancestors="*" if framed else "'self'").encode() for framed in (True, False)}
_FIXED = (
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"strict-origin-when-cross-origin"),
    (b"permissions-policy", b"camera=(), microphone=(), geolocation=()"),
)
_OURS = {name for name, _ in _FIXED} | {b"x-request-id", b"x-frame-options", b"cross-origin-resource-policy"}
SENT = ("authorization", "content-type", "accept", "mcp-session-id", "mcp-protocol-version")
LONGEST_ASKED = 2000  # characters of the header names a preflight may ask for
_TOKEN = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~\-]{1,100}")  # a header's name (RFC 9110)
CROSS_ORIGIN = ("/api/ask", "/api/search", "/api/suggestions", "/api/facets", "/v1/", "/mcp")
access = logging.getLogger("kb.access")
log = logging.getLogger("kb.service")


class Guards:
    """The outermost layer: what it decides holds for every route, also for those that fail."""

    def __init__(self, app: ASGIApp, service: Service) -> None:
        self.app = app
        self.service = service

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        given = headers.get("x-request-id", "")
        identity = given if _ID.fullmatch(given) else secrets.token_hex(8)
        scope.setdefault("state", {})["request_id"] = identity
        request = Request(scope)
        began = time.perf_counter()
        answer = _Answer(send, request, identity)
        body = _Body(receive, self._limit(scope), self.service.settings.request_seconds)
        try:
            allowed = preflight(scope)
            if allowed is not None:
                await Response(status_code=204, headers=allowed)(scope, receive, answer.send)
                return
            if body.declared_too_large(headers):
                body.exceeded = True
                raise _Refused
            await self.app(scope, body.receive, answer.unless(body))
            if body.refused:
                raise _Refused
        except _Refused:
            await self._refuse(body, answer, scope)
        except Exception as error:
            log.error("unexpected", exc_info=error, extra={"request_id": identity})
            if not answer.started:
                await problem(500, *OF_STATUS[500], request)(scope, receive, answer.send)
        finally:
            self._note(request, answer, time.perf_counter() - began, identity)

    def _limit(self, scope: Scope) -> int:
        if scope["path"] == "/api/documents" and scope["method"] == "POST":
            return self.service.settings.max_upload_mb << 20
        return BODY_LIMIT

    async def _refuse(self, body: _Body, answer: _Answer, scope: Scope) -> None:
        if answer.started:
            return
        status = 413 if body.exceeded else 408
        code, detail = OF_STATUS[status]
        if status == 413:
            detail = f"请求体超过 {body.limit / (1 << 20):g} MB 的上限；请缩小或分批后重试"
        refusal = problem(status, code, detail, Request(scope), {"Connection": "close"})
        await refusal(scope, body.receive, answer.send)

    def _note(self, request: Request, answer: _Answer, seconds: float, identity: str) -> None:
        route = getattr(request.scope.get("route"), "path", None) or "（无此路由）"
        if request.scope["path"].startswith("/static/"):
            route = "/static"
        elif request.scope["path"] == "/mcp":
            route = "/mcp"
        self.service.metrics.requests.labels(route, _method(request.method), str(answer.status)).observe(
            seconds
        )
        caller = getattr(request.state, "caller", None)
        access.info(
            "request",
            extra={
                "request_id": identity, "method": request.method, "route": route, "status": answer.status,
                "ms": round(seconds * 1000, 1), "bytes": answer.bytes, "caller": caller.name if caller else None,
            },
        )  # fmt: skip


class Heads:
    """Answers HEAD as GET without the body, so that whatever can be read can be asked about.

    `/mcp` is left alone: there GET opens a stream that does not end.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] != "HEAD" or scope["path"] == "/mcp":
            await self.app(scope, receive, send)
            return

        async def head(message: Message) -> None:
            if message["type"] == "http.response.start":
                await send(message)
                await send({"type": "http.response.body"})

        asked = {**scope, "method": "GET"}  # the server goes by its own scope: to a HEAD it sends no body
        try:
            await self.app(asked, receive, head)
        finally:
            scope["route"] = asked.get("route")  # for the log


def _method(method: str) -> str:
    """Made-up methods must not fill the metrics."""
    return method if method in ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS") else "OTHER"


class _Refused(Exception):
    """The body is too large or too slow; said by `Guards` itself."""


class _Body:
    """Counts what arrives and watches the clock until the body is whole."""

    def __init__(self, receive: Receive, limit: int, seconds: float) -> None:
        self._receive = receive
        self.limit = limit
        self._deadline = time.monotonic() + max(seconds, 1.0) * 4  # a slow line may still send a large file
        self._seconds = seconds
        self._whole = False
        self._arrived = 0
        self.exceeded = False
        self.slow = False

    @property
    def refused(self) -> bool:
        return self.exceeded or self.slow

    def declared_too_large(self, headers: Headers) -> bool:
        length = headers.get("content-length", "")
        return length.isascii() and length.isdigit() and int(length[:20]) > self.limit

    async def receive(self) -> Message:
        if self._whole:
            return await self._receive()
        try:
            wait = min(self._seconds, self._deadline - time.monotonic())
            async with asyncio.timeout(max(wait, 0.001)):
                message = await self._receive()
        except TimeoutError:
            self.slow = True
            raise _Refused from None
        if message["type"] == "http.request":
            self._arrived += len(message.get("body", b""))
            self._whole = not message.get("more_body", False)
            if self._arrived > self.limit:
                self.exceeded = True
                raise _Refused
        return message


class _Answer:
    """Sees the response off: status and size for the log, headers for safety."""

    def __init__(self, send: Send, request: Request, identity: str) -> None:
        self._send = send
        self._request = request
        self._identity = identity
        self.started = False
        self.status = 0
        self.bytes = 0

    def unless(self, body: _Body) -> Send:
        """Sends, unless the body was refused: what the application makes of that is not said."""

        async def send(message: Message) -> None:
            if self.started or not body.refused:
                await self.send(message)

        return send

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.started = True
            self.status = message["status"]
            self._head(message)
        elif message["type"] == "http.response.body":
            self.bytes += len(message.get("body", b""))
        await self._send(message)

    def _head(self, message: Message) -> None:
        path = self._request.scope["path"]
        given = [header for header in message["headers"] if header[0] not in _OURS]
        names = {name for name, _ in given}
        framed = path == "/embed"
        shared = path == "/embed.js" or path.startswith("/static/") or framed
        given += _FIXED
        given.append((b"x-request-id", self._identity.encode()))
        if not framed:
            given.append((b"x-frame-options", b"SAMEORIGIN"))
        if b"content-security-policy" not in names:
            given.append((b"content-security-policy", _POLICIES[framed]))
        given.append((b"cross-origin-resource-policy", b"cross-origin" if shared or _crosses(path) else b"same-origin"))
        if path.startswith(("/api/", "/v1/")) and b"cache-control" not in names:
            given.append((b"cache-control", b"no-store"))
        message["headers"] = given
        self._cross_origin(MutableHeaders(raw=given), path)

    def _cross_origin(self, headers: MutableHeaders, path: str) -> None:
        """Pages elsewhere may read what their key lets them ask; `caller_of` has checked the origin."""
        origin = self._request.headers.get("origin")
        if origin is None or not _crosses(path):
            return
        headers.add_vary_header("Origin")
        there = address_of(origin)
        if len(origin) < 300 and there is not None and there.scheme in ("http", "https"):
            headers["Access-Control-Allow-Origin"] = origin
            headers["Access-Control-Expose-Headers"] = "X-Request-ID, Retry-After, Mcp-Session-Id"


def _crosses(path: str) -> bool:
    return any(path == door or (door.endswith("/") and path.startswith(door)) for door in CROSS_ORIGIN)


def preflight(scope: Scope) -> dict[str, str] | None:
    """The headers that let another page send its key along; None where this is no preflight.

    A preflight carries no key, so it cannot tell which pages are allowed; `caller_of` does when the call comes.
    """
    headers = Headers(scope=scope)
    if scope["method"] != "OPTIONS" or "access-control-request-method" not in headers:
        return None
    if not _crosses(scope["path"]):
        return None
    return {
        "Access-Control-Allow-Methods": "GET, POST, DELETE",
        "Access-Control-Allow-Headers": ", ".join((*SENT, *_asked_for(headers))),
        "Access-Control-Max-Age": "600",
        "Vary": "Access-Control-Request-Headers",
    }


def _asked_for(headers: Headers) -> list[str]:
    """The header names a page wants to send besides `SENT`: libraries add their own, OpenAI's `x-stainless-*`."""
    asked = headers.get("access-control-request-headers", "")
    if len(asked) > LONGEST_ASKED:
        return []
    names = dict.fromkeys(name.strip().lower() for name in asked.split(","))
    return [name for name in names if _TOKEN.fullmatch(name) and name not in SENT]


class JsonLines(logging.Formatter):
    """One JSON object a line."""

    FIELDS = ("request_id", "method", "route", "status", "ms", "bytes", "caller", "question")

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = {
            "time": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(record.created)),
            "level": record.levelname.lower(),
            "event": record.getMessage(),
        }
        line |= {name: value for name in self.FIELDS if (value := getattr(record, name, None)) is not None}
        if record.exc_info:
            line["error"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=False).encode("utf-8", "backslashreplace").decode()
