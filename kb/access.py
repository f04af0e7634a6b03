"""Who is calling, and what may they do: access keys, their scopes, origins and rates.

A key's secret is 256 random bits, shown once; the store keeps its sha256 only.
"""

from __future__ import annotations

import hmac
import json
import re
import secrets
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from hashlib import sha256
from typing import Any

from sqlalchemy import Engine, Row, insert, or_, select, update

from .database import storage_errors
from .errors import BadInput, Forbidden, NotFound, TooBusy, Unauthorized
from .listing import ALL
from .schema import keys

SCOPES = ("ask", "search", "documents:write", "audit", "admin")  # admin may do everything
_ORIGIN = re.compile(r"https?://[a-z0-9.\-]+(?::\d{1,5})?|https?://\[[0-9a-f:]+\](?::\d{1,5})?")


@dataclass(frozen=True, slots=True)
class Caller:
    """Who calls, as the rest of the house needs to know them. `rate` is calls a minute, None unlimited."""

    name: str
    scopes: frozenset[str]
    visibility: tuple[str, ...]
    rate: int | None = None

    def may(self, scope: str) -> bool:
        return scope in self.scopes or "admin" in self.scopes


LOCAL = Caller("本机", frozenset(SCOPES), ALL)  # loopback, while no keys are asked for


@dataclass(frozen=True, slots=True)
class Key:
    """An access key without its secret; moments are ISO 8601, UTC."""

    id: str
    name: str
    scopes: tuple[str, ...]
    visibility: tuple[str, ...]
    origins: tuple[str, ...]  # pages that may use it from a browser; empty: any
    rate: int | None
    expires: str | None
    created: str
    revoked: str | None

    @property
    def caller(self) -> Caller:
        return Caller(self.name, frozenset(self.scopes), self.visibility, self.rate)

    def json(self) -> dict[str, Any]:
        return {
            "id": self.id, "name": self.name, "scopes": list(self.scopes),
            "visibility": list(self.visibility), "origins": list(self.origins), "rate": self.rate,
            "expires": self.expires, "created": self.created, "revoked": self.revoked,
        }  # fmt: skip


class Keys:
    """The keys of one store. Safe to share between threads."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self._where = str(engine.url.database or engine.url)

    def create(
        self,
        name: str,
        scopes: Sequence[str] = ("ask", "search"),
        visibility: Sequence[str] = ("public",),
        origins: Sequence[str] = (),
        rate: int | None = None,
        expires: str | None = None,
    ) -> str:
        """A new key's secret, which nobody can read again. Raises `BadInput` naming what is wrong."""
        created = _text(datetime.now(UTC))
        until = None if expires is None else _moment(expires)
        if until is not None and until <= created:
            raise BadInput(f"到期时间 {expires} 已经过去；请写一个将来的日期")
        values = {
            "name": _name(name),
            "scopes": _among(scopes, SCOPES, "权限"),
            "visibility": _among(visibility, ALL, "可见范围"),
            "origins": json.dumps([_origin(o) for o in origins]),
            "rate": _rate(rate),
            "expires": until,
            "created": created,
            "id": secrets.token_hex(4),
        }
        secret = f"kb_{values['id']}_{secrets.token_urlsafe(32)}"
        with storage_errors(self._where), self.engine.begin() as connection:
            if connection.execute(select(keys.c.id).where(keys.c.name == values["name"])).first():
                raise BadInput(f"已有名为 {name} 的密钥；请换一个名字（撤销的密钥也占用名字，以便审计）")
            connection.execute(insert(keys).values(hash=_hash(secret), **values))
        return secret

    def list(self) -> Sequence[Key]:
        """Every key ever made, oldest first, revoked ones too."""
        with storage_errors(self._where), self.engine.connect() as connection:
            return [_key(row) for row in connection.execute(select(keys).order_by(keys.c.created, keys.c.id))]

    def revoke(self, key: str) -> Key:
        """Take a key, named by id or name, out of use at once; revoking twice changes nothing."""
        named = or_(keys.c.id == key, keys.c.name == key)
        moment = _text(datetime.now(UTC))
        with storage_errors(self._where), self.engine.begin() as connection:
            connection.execute(update(keys).where(named, keys.c.revoked.is_(None)).values(revoked=moment))
            row = connection.execute(select(keys).where(named)).first()
        if row is None:
            raise NotFound(f"没有名为 {key} 的密钥；请用 `kb keys list` 查看")
        return _key(row)

    def any(self) -> bool:
        """Is there a key that is not revoked? Without one, only loopback is served."""
        with storage_errors(self._where), self.engine.connect() as connection:
            return connection.execute(select(keys.c.id).where(keys.c.revoked.is_(None))).first() is not None

    def authenticate(self, secret: str, now: datetime | None = None, origin: str | None = None) -> Key:
        """The key of a secret. Raises `Unauthorized`, or `Forbidden` for a page the key is not meant for.

        `origin` is the request's Origin header; requests without one come from programs, or from
        the service's own pages.
        """
        with storage_errors(self._where), self.engine.connect() as connection:
            row = connection.execute(select(keys).where(keys.c.hash == _hash(secret))).first()
        if row is None or not hmac.compare_digest(row.hash, _hash(secret)):
            raise Unauthorized("访问密钥无效；请检查是否抄写完整，或请管理员用 `kb keys create` 另发一个")
        key = _key(row)
        if key.revoked is not None:
            raise Unauthorized(f"访问密钥 {key.name} 已撤销；请向管理员另要一个")
        if key.expires is not None and _text(now or datetime.now(UTC)) >= key.expires:
            raise Unauthorized(f"访问密钥 {key.name} 已于 {key.expires[:10]} 到期；请向管理员另要一个")
        if key.origins and origin is not None and origin.lower() not in key.origins:
            raise Forbidden(f"访问密钥 {key.name} 不可用于网页 {origin[:200]}；请让管理员把它加入允许的来源")
        return key


class RateLimiter:
    """Token buckets: so many calls a minute for each name, as many at once, steadily refilled."""

    def __init__(self, clock: Callable[[], float] = time.monotonic, names: int = 10_000) -> None:
        self._clock = clock
        self._names = names
        self._lock = threading.Lock()
        self._buckets: dict[str, tuple[float, float]] = {}  # name → (tokens, seconds at which counted)

    def wait(self, name: str, rate: int) -> float:
        """Take one call: 0.0 when it may go on, else the seconds after which to try again."""
        with self._lock:
            now = self._clock()
            tokens, then = self._buckets.pop(name, (float(rate), now))
            tokens = min(float(rate), tokens + max(0.0, now - then) * rate / 60)
            allowed = tokens >= 1
            self._buckets[name] = (tokens - 1 if allowed else tokens, now)  # latest last
            if len(self._buckets) > self._names:
                del self._buckets[next(iter(self._buckets))]
            return 0.0 if allowed else (1 - tokens) * 60 / rate

    def check(self, caller: Caller, rate: int = 0) -> None:
        """Raise `TooBusy` when a caller has used up their own rate, or else the general one (0: none)."""
        allowed = caller.rate or rate
        if allowed and (seconds := self.wait(caller.name, allowed)):
            raise TooBusy(f"请求太频繁（每分钟至多 {allowed} 次）；请 {max(1, round(seconds))} 秒后再试")


def require(caller: Caller, scope: str) -> None:
    """Raise `Forbidden` unless the caller may do this."""
    if not caller.may(scope):
        raise Forbidden(f"访问密钥 {caller.name} 没有 {scope} 权限；请让管理员另发一个密钥")


def _hash(secret: str) -> str:
    return sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


def _text(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _key(row: Row[*tuple[Any, ...]]) -> Key:
    return Key(
        row.id, row.name, tuple(json.loads(row.scopes)), tuple(json.loads(row.visibility)),
        tuple(json.loads(row.origins)), row.rate, row.expires, row.created, row.revoked,
    )  # fmt: skip


def _name(name: str) -> str:
    if not name.strip() or len(name) > 100 or not name.isprintable():
        raise BadInput(f"密钥名 {name!r} 不合法；请用 1–100 个可见字符")
    return name.strip()


def _among(given: Sequence[str], known: Sequence[str], what: str) -> str:
    """The JSON of a non-empty choice, in the order of `known`."""
    for one in given:
        if one not in known:
            raise BadInput(f"{what} {one!r} 不合法；可用：{'、'.join(known)}")
    if not given:
        raise BadInput(f"{what}不能为空；可用：{'、'.join(known)}")
    return json.dumps([one for one in known if one in given])


def _origin(origin: str) -> str:
    plain = origin.strip().lower().rstrip("/")
    if not _ORIGIN.fullmatch(plain):
        raise BadInput(f"来源 {origin!r} 不合法；请写成 https://主机名 或 https://主机名:端口")
    return plain


def _rate(rate: int | None) -> int | None:
    if rate is not None and not 1 <= rate <= 1_000_000:
        raise BadInput(f"频率 {rate} 不合法；请给出每分钟 1–1000000 次，或不设")
    return rate


def _moment(expires: str) -> str:
    """A day lasts to its end; a moment without a zone is UTC."""
    try:
        if len(expires) == 10:
            day = date.fromisoformat(expires)
            return f"{day.isoformat()}T23:59:59Z"
        moment = datetime.fromisoformat(expires)
    except ValueError:
        raise BadInput(f"到期时间 {expires!r} 不合法；请写成 2030-12-31 或 2030-12-31T18:00:00Z") from None
    return _text(moment if moment.tzinfo else moment.replace(tzinfo=UTC))
