"""How the service behaves while it loads, when it is busy, when it fails and when it is told to stop."""

from __future__ import annotations

import gc
import io
import json
import logging
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import httpx
import psutil
import pytest
from fastapi.testclient import TestClient

sys.path.insert(0, str(Path(__file__).parent.parent))
import fake_model as fake
from api_samples import DOCUMENTS, LOOPBACK, QUESTION, key_of, write

from api.app import create_app
from api.guards import JsonLines
from api.problems import dumps
from api.service import Service
from indexer.adding import add
from indexer.library import Library
from kb.settings import load_settings

ROOT = Path(__file__).resolve().parents[2]
Make = Callable[..., tuple[Library, TestClient]]
Over = Callable[..., TestClient]


@pytest.fixture
def over(library: Library) -> Iterator[Over]:
    """`over(**settings)`: a service of its own, ready, over the shared library."""
    with ExitStack() as stack:

        def made(**settings: object) -> TestClient:
            changed = library.settings.model_copy(update=settings)
            app = create_app(changed, library)
            client = TestClient(app, base_url=LOOPBACK, raise_server_exceptions=False)
            stack.enter_context(client)
            while client.get("/health/ready").status_code != 200:
                time.sleep(0.005)
            return client

        yield made


def problem(response: httpx.Response, status: int, code: str) -> dict[str, Any]:
    """The problem document of a response, as RFC 9457 wants it and people can read it."""
    assert response.status_code == status, response.text
    assert response.headers["content-type"] == "application/problem+json"
    told: dict[str, Any] = response.json()
    assert told["status"] == status and told["code"] == code and told["type"].endswith(code)
    assert any("\u4e00" <= c <= "\u9fff" for c in told["title"]) and told["detail"]
    assert told["request_id"] == response.headers["x-request-id"]
    assert "Traceback" not in response.text
    return told


# ---- loading ---------------------------------------------------------------------------------


def test_while_it_loads_it_lives_but_is_not_ready_and_says_why(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import api.service

    opened, may_open = api.service.Library, threading.Event()

    def slowly(settings: Any) -> Library:
        may_open.wait(30)
        return opened(settings)

    monkeypatch.setattr(api.service, "Library", slowly)
    with TestClient(create_app(load_settings(tmp_path / "home", workers=1)), base_url=LOOPBACK) as client:
        assert client.get("/health").json() == {"status": "ok"}
        told = problem(client.get("/health/ready"), 503, "not_ready")
        assert "加载" in told["detail"] and int(client.get("/health/ready").headers["retry-after"]) > 0
        problem(client.post("/api/ask", json={"question": QUESTION}), 503, "not_ready")
        body = {"messages": [{"role": "user", "content": QUESTION}]}
        assert client.post("/v1/chat/completions", json=body).json()["error"]["code"] == "not_ready"
        may_open.set()
        for _ in range(500):
            if client.get("/health/ready").status_code == 200:
                break
            time.sleep(0.02)
        assert client.get("/health/ready").json() == {"status": "ready"}


def test_a_folder_that_cannot_be_opened_leaves_it_alive_with_the_reason(tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    (home / "kb.sqlite").write_bytes(b"this is no database" * 1000)
    with TestClient(create_app(load_settings(home, workers=1)), base_url=LOOPBACK) as client:
        for _ in range(500):
            told = problem(client.get("/health/ready"), 503, "not_ready")
            if "加载" not in told["detail"]:
                break
            time.sleep(0.02)
        assert "损坏" in told["detail"] and "kb restore" in told["detail"]
        assert client.get("/health").status_code == 200


# ---- busy ------------------------------------------------------------------------------------


@pytest.mark.parametrize("broken", [False, True])
def test_once_loaded_it_collects_garbage_again_whatever_came_of_it(tmp_path: Path, broken: bool) -> None:
    if broken:
        (tmp_path / "kb.sqlite").write_bytes(b"no database" * 100)
    service = Service(load_settings(tmp_path))
    gc.disable()  # as `kb serve` does
    try:
        service.load()
        assert gc.isenabled() and bool(service.trouble) is broken
    finally:
        gc.enable()
        gc.unfreeze()
        service.close()


def test_too_many_questions_at_once_are_turned_away_with_a_time_to_come_back(over: Over) -> None:
    client = over(concurrency=1, queue=1)
    service = client.app.state.service  # type: ignore[attr-defined]
    go_on, answer = threading.Event(), service.assistant.ask

    def slowly(*given: Any) -> Any:
        go_on.wait(30)
        return answer(*given)

    service._assistant.ask = slowly
    with ThreadPoolExecutor(6) as pool:
        asked = [pool.submit(client.post, "/api/ask", json={"question": QUESTION}) for _ in range(2)]
        while service._under_way < 2:
            time.sleep(0.005)
        turned_away = client.post("/api/ask", json={"question": QUESTION})
        told = problem(turned_away, 429, "too_busy")
        assert int(turned_away.headers["retry-after"]) >= 1 and "稍后" in told["detail"]
        streamed = client.post("/v1/chat/completions", json={"stream": True, "messages": [{"role": "user", "content": "问"}]})
        assert streamed.status_code == 429 and streamed.headers["retry-after"]
        assert client.get("/health").status_code == 200
        go_on.set()
        assert [one.result().status_code for one in asked] == [200, 200]
    assert client.post("/api/ask", json={"question": QUESTION}).json()["basis"] == "grounded"
    assert "kb_rejected_total 2.0" in client.get("/metrics").text


def test_many_questions_at_once_are_shared_with_a_helper_and_answered_alike(
    over: Over, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "cpu_count", lambda: 2)
    questions = [f"{QUESTION}{'？' * n}" for n in range(1, 13)]
    alone, client = over(helpers=0), over(helpers=1)
    seats = client.app.state.service._seats  # type: ignore[attr-defined]
    deadline = time.monotonic() + 60
    while seats.ready < 1:
        assert time.monotonic() < deadline
        time.sleep(0.02)
    [process] = [p for p in psutil.Process().children() if "indexer.helper" in " ".join(p.cmdline())]
    asked, shared = seats._ask, []
    monkeypatch.setattr(seats, "_ask", lambda *given: shared.append(asked(*given)) or shared[-1])

    def said(client: TestClient, question: str) -> Any:
        answer = client.post("/api/ask", json={"question": question}).json()
        return answer["basis"], answer["claims"], [(h["passage_id"], h["highlights"]) for h in answer["hits"]]

    with ThreadPoolExecutor(12) as pool:
        found = list(pool.map(lambda question: said(client, question), questions))
    assert found == [said(alone, question) for question in questions]
    assert {done for done, _ in shared} == {"done"}
    client.app.state.service.close()  # type: ignore[attr-defined]
    assert not process.is_running()


def test_each_key_has_its_rate(make: Make) -> None:
    library, client = make()
    headers = key_of(library, "慢慢来", rate=2)
    codes = [client.post("/api/search", json={"query": "驿站"}, headers=headers) for _ in range(3)]
    assert [one.status_code for one in codes] == [200, 200, 429]
    assert 1 <= int(codes[2].headers["retry-after"]) <= 30
    assert client.post("/api/search", json={"query": "驿站"}, headers=key_of(library, "另一个")).status_code == 200


def test_a_question_that_takes_too_long_is_given_up(over: Over) -> None:
    client = over(request_seconds=0.3)
    service = client.app.state.service  # type: ignore[attr-defined]
    service._assistant.ask = lambda *_: time.sleep(1)
    problem(client.post("/api/ask", json={"question": QUESTION}), 503, "timeout")
    events = client.post("/api/ask", json={"question": QUESTION, "stream": True}).text
    assert events.startswith("event: error") and json.loads(events.split("data: ")[1])["code"] == "timeout"


# ---- bad requests ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("method", "path", "sent", "status", "code"),
    [
        ("GET", "/nowhere", {}, 404, "not_found"),
        ("GET", "/api/nowhere", {}, 404, "not_found"),
        ("PATCH", "/api/ask", {}, 405, "method_not_allowed"),
        ("POST", "/api/ask", {"content": "{"}, 400, "bad_request"),
        ("POST", "/api/ask", {"json": {"question": ""}}, 422, "bad_input"),
        ("POST", "/api/ask", {"json": {"question": "问", "surprise": 1}}, 422, "bad_input"),
        ("POST", "/api/ask", {"json": {"question": "问", "filters": {"kind": ["诗"]}}}, 422, "bad_input"),
        ("POST", "/api/search", {"json": {"query": "x", "k": 0}}, 422, "bad_input"),
        ("GET", "/api/documents/无此编号", {}, 404, "not_found"),
        ("GET", "/api/documents/无此编号/text", {}, 404, "not_found"),
        ("GET", "/api/documents/无此编号/file", {}, 404, "not_found"),
        ("DELETE", "/api/documents/无此编号", {}, 404, "not_found"),
        ("GET", "/api/answers/无此编号", {}, 404, "not_found"),
        ("POST", "/api/answers/无此编号/review", {"json": {"verdict": "correct"}}, 404, "not_found"),
        ("GET", "/api/answers/export?format=pdf", {}, 422, "bad_input"),
        ("POST", "/api/documents", {"json": {}}, 422, "bad_input"),
        ("POST", "/api/verify", {"json": {"quote": "x", "doc_id": "无此编号"}}, 404, "not_found"),
    ],
)
def test_every_error_is_a_problem_document(
    client: TestClient, method: str, path: str, sent: dict[str, Any], status: int, code: str
) -> None:
    headers = {"content-type": "application/json"} if "content" in sent else None
    problem(client.request(method, path, headers=headers, **sent), status, code)


def test_what_breaks_inside_is_told_without_its_insides(over: Over, monkeypatch: pytest.MonkeyPatch) -> None:
    client = over()
    service = client.app.state.service  # type: ignore[attr-defined]

    def broken(*_: Any, **__: Any) -> None:
        raise RuntimeError("secret detail")

    monkeypatch.setattr(type(service.library), "search", broken)
    response = client.post("/api/search", json={"query": "驿站"})
    problem(response, 500, "internal")
    assert "secret" not in response.text
    events = client.post("/api/ask", json={"question": QUESTION, "stream": True}).text
    assert "event: error" in events and "secret" not in events


def test_a_body_may_only_be_so_large(over: Over) -> None:
    client = over(max_upload_mb=1)
    large = "问" * 600_000
    problem(client.post("/api/search", json={"query": large}), 413, "too_large")
    pieces: Iterator[bytes] = (b"x" * 65536 for _ in range(20))
    headers = {"content-type": "application/json"}
    problem(client.post("/api/search", content=pieces, headers=headers), 413, "too_large")
    problem(client.post("/api/documents", files={"files": ("a.txt", b"x" * (2 << 20))}), 413, "too_large")
    small = client.post("/api/documents", files={"files": ("a.txt", "甲规定\n\n第一条 甲。\n".encode())})
    assert small.json()["added"] == 1


def test_a_request_keeps_its_id_unless_the_id_is_no_id(client: TestClient) -> None:
    assert client.get("/health", headers={"X-Request-ID": "trace-7.a"}).headers["x-request-id"] == "trace-7.a"
    made = client.get("/health", headers={"X-Request-ID": "bad id;" * 20}).headers["x-request-id"]
    assert len(made) == 16 and made != client.get("/health").headers["x-request-id"]


# ---- logs and figures ------------------------------------------------------------------------


@contextmanager
def logged() -> Iterator[Callable[[], list[dict[str, Any]]]]:
    """What the service logs meanwhile, as its JSON lines are read."""
    out = io.StringIO()
    handler = logging.StreamHandler(out)
    handler.setFormatter(JsonLines())
    logger = logging.getLogger("kb")
    before = logger.level
    logger.addHandler(handler)
    logger.setLevel("INFO")
    try:
        yield lambda: [json.loads(line) for line in out.getvalue().splitlines()]
    finally:
        logger.removeHandler(handler)
        logger.setLevel(before)


def test_the_log_tells_of_each_request_and_not_what_was_asked_unless_told_to(over: Over) -> None:
    client = over()
    with logged() as lines:
        client.post("/api/ask", json={"question": QUESTION}, headers={"X-Request-ID": "abc"})
        client.post("/v1/chat/completions", json={"messages": [{"role": "user", "content": QUESTION}]})
    first = lines()[0]
    assert {"time", "level", "event", "request_id", "method", "route", "status", "ms", "bytes"} <= set(first)
    assert first["request_id"] == "abc" and first["route"] == "/api/ask" and first["status"] == 200
    assert "驿站" not in json.dumps(lines(), ensure_ascii=False)
    outspoken = over(log_questions=True)
    with logged() as lines:
        outspoken.post("/api/ask", json={"question": QUESTION})
    assert QUESTION in json.dumps(lines(), ensure_ascii=False)


def test_figures_tell_of_stages_refusals_and_the_index_in_use(over: Over, library: Library) -> None:
    client = over()
    client.post("/api/ask", json={"question": QUESTION})
    client.post("/api/ask", json={"question": QUESTION, "filters": {"region": ["西藏自治区"]}})
    text = client.get("/metrics").text
    for stage in ("search", "first_claim", "answer"):
        assert f'kb_stage_seconds_bucket{{le="0.5",stage="{stage}"}}' in text
    assert 'kb_answers_total{basis="grounded",reason=""} 1.0' in text
    assert 'kb_answers_total{basis="none",reason="no_hit"} 1.0' in text
    assert f"kb_index_generation {float(library.store.generation())}" in text
    assert 'kb_request_seconds_count{method="POST",route="/api/ask",status="200"} 2.0' in text
    client.post("/api/documents", files={"files": ("乙.txt", "乙规定\n\n第一条 乙。\n".encode())})
    assert f"kb_index_generation {float(library.store.generation())}" in client.get("/metrics").text


# ---- stopping --------------------------------------------------------------------------------


def test_told_to_stop_it_finishes_what_it_is_saying(tmp_path: Path) -> None:
    home = tmp_path / "home"
    add(Library(load_settings(home, workers=1)), write(tmp_path / "in", DOCUMENTS))
    slow = fake.says("社区食堂建筑面积不得少于120平方米[1]。社区食堂餐位数不得少于四十个[1]。", size=1, pause=0.05)
    with fake.playing(slow) as model:
        command = [sys.executable, "-m", "api", "--home", str(home), "--json", "serve", "--port", "0"]
        variables = {"KB_MODEL_URL": model.url, "KB_MODEL_NAME": "slow"}
        with subprocess.Popen(
            command, cwd=ROOT, env={**os.environ, **variables}, stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL, text=True,
        ) as process:  # fmt: skip
            assert process.stdout is not None
            address = json.loads(process.stdout.readline())["url"]
            while httpx.get(f"{address}/health/ready").status_code != 200:
                time.sleep(0.02)
            body = {"question": "社区食堂建筑面积不得少于多少平方米？", "stream": True}
            names = []
            with httpx.stream("POST", f"{address}/api/ask", json=body, timeout=30) as response:
                for line in response.iter_lines():
                    if line.startswith("event: "):
                        names.append(line.removeprefix("event: "))
                        if len(names) == 1:
                            process.send_signal(signal.SIGTERM)
            assert names[0] == "hits" and names[-1] == "answer" and "claim" in names
            assert process.wait(30) == 0
            with pytest.raises(httpx.ConnectError):
                httpx.get(f"{address}/health")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ({"条": ["第一条", 1, 0.5, None, True]}, {"条": ["第一条", 1, 0.5, None, True]}),
        ({"半个字": "甲\ud83d乙"}, {"半个字": "甲\ud83d乙"}),  # UTF-8 cannot carry it
        ({"数": float("nan")}, {"数": None}),
    ],
)
def test_what_is_written_can_be_read(content: dict[str, Any], said: dict[str, Any]) -> None:
    assert json.loads(dumps(content).decode("utf-8")) == said
