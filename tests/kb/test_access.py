"""A key opens what it is meant to open, for as long as it is meant to, and nothing else."""

import sqlite3
import threading
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.access import LOCAL, SCOPES, Caller, Keys, RateLimiter, require
from kb.database import open_engine
from kb.errors import BadInput, Forbidden, NotFound, TooBusy, Unauthorized


@pytest.fixture
def keys(tmp_path: Path) -> Keys:
    return Keys(open_engine(f"sqlite:///{tmp_path / 'kb.sqlite'}"))


def test_a_key_comes_back_with_what_it_was_made_for(keys: Keys) -> None:
    secret = keys.create(
        "门户", ["search", "ask"], ["internal", "public"], ["https://WWW.example.gov.cn/"], 60, "2999-01-01"
    )
    key = keys.authenticate(secret)
    assert (key.name, key.scopes, key.visibility) == ("门户", ("ask", "search"), ("public", "internal"))
    assert (key.origins, key.rate, key.expires) == (
        ("https://www.example.gov.cn",),
        60,
        "2999-01-01T23:59:59Z",
    )
    assert key.caller == Caller("门户", frozenset({"ask", "search"}), ("public", "internal"), 60)
    assert secret.startswith(f"kb_{key.id}_") and len(secret) > 50


def test_no_secret_is_kept(keys: Keys, tmp_path: Path) -> None:
    secret = keys.create("甲")
    dump = "\n".join(sqlite3.connect(tmp_path / "kb.sqlite").iterdump())
    assert "甲" in dump and secret not in dump and secret.split("_", 2)[2] not in dump
    assert secret not in str(keys.list())


CHANGES = (lambda s: s[:-1], lambda s: s + "A", lambda s: s.upper(), lambda s: "", lambda s: "\ud800")


@pytest.mark.parametrize("change", CHANGES)
def test_no_other_secret_is_taken(keys: Keys, change: Any) -> None:
    secret = keys.create("甲")
    with pytest.raises(Unauthorized):
        keys.authenticate(change(secret))


def test_a_revoked_key_is_refused_at_once_and_stays_on_the_list(keys: Keys) -> None:
    secret, other = keys.create("甲"), keys.create("乙")
    assert keys.any()
    assert keys.revoke("甲").revoked == keys.revoke("甲").revoked is not None
    with pytest.raises(Unauthorized, match="撤销"):
        keys.authenticate(secret)
    assert keys.authenticate(other).name == "乙"
    assert {k.name: k.revoked is None for k in keys.list()} == {"甲": False, "乙": True}
    keys.revoke(keys.authenticate(other).id)
    assert not keys.any()


def test_a_key_expires_on_the_second(keys: Keys) -> None:
    secret = keys.create("甲", expires="2030-01-01T08:00:00+08:00")
    assert keys.authenticate(secret, datetime(2029, 12, 31, 23, 59, 59, tzinfo=UTC))
    with pytest.raises(Unauthorized, match="到期"):
        keys.authenticate(secret, datetime(2030, 1, 1, tzinfo=UTC))


def test_a_page_of_another_origin_may_not_use_the_key(keys: Keys) -> None:
    secret = keys.create("门户", origins=["https://a.example"])
    assert keys.authenticate(secret, origin="https://A.example") == keys.authenticate(secret)
    for origin in ("https://b.example", "http://a.example", "https://a.example.evil.cn", "null", ""):
        with pytest.raises(Forbidden):
            keys.authenticate(secret, origin=origin)


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": " "}, {"name": "x" * 101}, {"name": "a\nb"}, {"scopes": ["root"]}, {"scopes": []},
        {"visibility": ["secret"]}, {"visibility": []}, {"origins": ["*"]}, {"origins": ["javascript:1"]},
        {"origins": ["https://a/b"]}, {"rate": 0}, {"rate": -1}, {"expires": "明天"},
        {"expires": "2030-02-30"}, {"expires": "2020-01-01"},
    ],
)  # fmt: skip
def test_a_key_that_makes_no_sense_is_not_made(keys: Keys, wrong: dict[str, Any]) -> None:
    with pytest.raises(BadInput):
        keys.create(**{"name": "甲", **wrong})
    assert keys.list() == []


def test_two_keys_never_share_a_name(keys: Keys) -> None:
    keys.create("甲")
    with pytest.raises(BadInput, match="甲"):
        keys.create("甲")
    with pytest.raises(NotFound):
        keys.revoke("乙")


@pytest.mark.parametrize("scope", SCOPES)
def test_only_its_scopes_and_admin_open_a_door(scope: str) -> None:
    require(LOCAL, scope)
    require(Caller("x", frozenset({scope}), ("public",)), scope)
    require(Caller("x", frozenset({"admin"}), ("public",)), scope)
    with pytest.raises(Forbidden, match=scope):
        require(Caller("x", frozenset(SCOPES) - {scope, "admin"}, ("public",)), scope)


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def test_a_bucket_empties_and_fills_again() -> None:
    clock = Clock()
    limiter = RateLimiter(clock)
    assert [limiter.wait("甲", 2) for _ in range(3)] == [0, 0, 30]
    assert limiter.wait("乙", 2) == 0
    clock.now = 29.9
    assert limiter.wait("甲", 2) > 0
    clock.now = 30.1
    assert limiter.wait("甲", 2) == 0 and limiter.wait("甲", 2) > 0


@given(st.integers(1, 20), st.lists(st.floats(0, 30), max_size=60))
def test_no_minute_holds_more_than_twice_the_rate(rate: int, pauses: list[float]) -> None:
    clock, allowed = Clock(), list[float]()
    limiter = RateLimiter(clock)
    for pause in [0.0] * 30 + pauses:
        clock.now += pause
        if limiter.wait("甲", rate) == 0:
            allowed.append(clock.now)
    for first in allowed:
        assert sum(first <= t < first + 60 for t in allowed) <= 2 * rate


def test_threads_share_one_bucket() -> None:
    limiter, passed = RateLimiter(lambda: 0.0), list[float]()
    threads = [
        threading.Thread(target=lambda: passed.extend(limiter.wait("甲", 50) for _ in range(40)))
        for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(passed) == 320 and passed.count(0.0) == 50


def test_many_names_do_not_fill_the_memory() -> None:
    limiter = RateLimiter(lambda: 0.0, names=10)
    for i in range(1000):
        limiter.wait(str(i), 5)
    assert len(limiter._buckets) == 10


def test_a_callers_own_rate_comes_before_the_general_one() -> None:
    limiter = RateLimiter(lambda: 0.0)
    for _ in range(50):
        limiter.check(Caller("free", frozenset(), ()))
    limiter.check(Caller("own", frozenset(), (), rate=1), 100)
    with pytest.raises(TooBusy, match="60 秒"):
        limiter.check(Caller("own", frozenset(), (), rate=1), 100)
