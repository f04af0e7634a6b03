"""Who is at the door: the caller of a request, what they may do and see.

Without keys a service on loopback is open to its own machine, whatever its clients send for a key
(OpenAI's always send one). As soon as a key exists, every call needs one, unless `open_access`
says otherwise in words.
"""

from __future__ import annotations

import ipaddress
import math
import time
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import replace
from functools import lru_cache
from urllib.parse import SplitResult, urlsplit

from starlette.requests import Request

from kb.access import LOCAL, SCOPES, Caller, Key, require
from kb.errors import Forbidden, TooBusy, Unauthorized
from kb.model import Filters

from .commands.service import is_loopback
from .service import Service

ANYONE = Caller("匿名", frozenset(SCOPES) - {"admin"}, ("public",))  # where open_access lets strangers in
REMEMBERED_SECONDS = 1.0  # how long the answer to “are there keys?” is believed


async def caller_of(request: Request) -> Caller:
    """The caller of a request, within their rate. Raises `Unauthorized`, `Forbidden` or `TooBusy`."""
    service: Service = request.app.state.service
    secret = bearer(request.headers.get("authorization"))
    origin = foreign_origin(request)
    if secret is not None and (secret.startswith("kb_") or await asks_for_keys(service)):
        key = await service.run(lambda: service.keys.authenticate(secret, origin=origin))
        caller = _of_key(key)
    else:
        caller = await _without_key(request, service, origin)
    _within_rate(service, caller)
    request.state.caller = caller
    return caller


def _within_rate(service: Service, caller: Caller) -> None:
    rate = caller.rate or service.settings.rate_per_minute
    if rate and (seconds := service.limiter.wait(caller.name, rate)):
        wait = max(1, math.ceil(seconds))
        raise TooManyCalls(f"请求太频繁（每分钟至多 {rate} 次）；请 {wait} 秒后再试", wait)


class TooManyCalls(TooBusy):
    """`retry_after` is in seconds."""

    def __init__(self, message: str, retry_after: int) -> None:
        super().__init__(message)
        self.retry_after = retry_after


def bearer(header: str | None) -> str | None:
    if header is None:
        return None
    scheme, _, secret = header.partition(" ")
    if scheme.lower() != "bearer" or not secret.strip():
        raise Unauthorized("Authorization 请求头不合要求；请写成 Bearer 加访问密钥")
    return secret.strip()


def _of_key(key: Key) -> Caller:
    return replace(key.caller, name=key.name)


async def _without_key(request: Request, service: Service, origin: str | None) -> Caller:
    settings = service.settings
    if not settings.open_access and await asks_for_keys(service):
        raise Unauthorized("请在 Authorization 请求头里给出访问密钥（Bearer …）")
    if not is_loopback(settings.host):
        if settings.open_access:
            return ANYONE
        raise Unauthorized("请在 Authorization 请求头里给出访问密钥（Bearer …）")
    if not _is_near(request) or not _named_locally(request, settings.public_url):
        raise Forbidden(
            "没有密钥时只接受本机的访问；请用 127.0.0.1 打开，或在设置 public_url 里写明对外网址并使用密钥"
        )
    if origin is not None and not ((there := address_of(origin)) and is_loopback(there.hostname or "")):
        raise Forbidden(
            f"网页 {origin[:200]} 不可使用本机的服务；请用 `kb keys create --origins` 给它一个密钥"
        )
    return LOCAL


async def asks_for_keys(service: Service) -> bool:
    """Is there a key? Asked at most once a second."""
    known = getattr(service, "_any_key", None)
    now = time.monotonic()
    if known is None or now - known[0] > REMEMBERED_SECONDS:
        known = (now, await service.run(service.keys.any))
        service._any_key = known  # type: ignore[attr-defined]
    return bool(known[1])


def _is_near(request: Request) -> bool:
    return _is_this_machine(request.client.host if request.client else "")


@lru_cache(maxsize=1024)
def _is_this_machine(host: str) -> bool:
    try:
        return ipaddress.ip_address(host.split("%")[0]).is_loopback
    except ValueError:
        return True  # a Unix socket, or a test without a network


def _named_locally(request: Request, public_url: str) -> bool:
    """A page of another site that has pointed its name at this machine still sends its own name."""
    return _is_named_locally(request.headers.get("host") or request.url.netloc, public_url)


@lru_cache(maxsize=1024)
def _is_named_locally(host: str, public_url: str) -> bool:
    there = address_of(f"//{host}")
    name = (there.hostname if there else None) or ""
    return is_loopback(name) or (bool(public_url) and name == urlsplit(public_url).hostname)


def foreign_origin(request: Request) -> str | None:
    """The Origin of a page that is not our own; one that is no address at all is nobody's, so not ours."""
    origin = request.headers.get("origin")
    if origin is None:
        return None
    there = address_of(origin)
    if there is None or not there.netloc:  # "null", or made up
        return origin
    if there.netloc == request.headers.get("host"):
        return None
    public = request.app.state.service.settings.public_url
    return None if public and urlsplit(public)[:2] == there[:2] else origin


def address_of(origin: str) -> SplitResult | None:
    """An Origin header taken apart; None for what is no address, as `http://[` is."""
    try:
        return urlsplit(origin)
    except ValueError:
        return None


def may(*scopes: str) -> Callable[[Request], Awaitable[Caller]]:
    """A dependency: the caller, who must have one of the scopes."""

    async def allowed(request: Request) -> Caller:
        caller = await caller_of(request)
        if not any(caller.may(scope) for scope in scopes):
            require(caller, scopes[0])
        return caller

    return allowed


def seen_by(caller: Caller, filters: Filters = Filters()) -> Filters:
    """A filter narrowed to what the caller may see."""
    return replace(filters, visibility=caller.visibility)


def sees_all(caller: Caller) -> bool:
    return set(caller.visibility) >= set(LOCAL.visibility)


def narrowest(visibility: Iterable[str]) -> str:
    """The visibility of what a limited caller adds: the most open one they may see."""
    order = LOCAL.visibility
    return min(visibility, key=order.index)
