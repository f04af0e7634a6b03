"""What HTTP itself promises: HEAD, Allow, ranges, unchanged pages, other origins, errors in words."""

from __future__ import annotations

from typing import Any

import pytest
from fastapi.testclient import TestClient

QUESTION = "驿站每日开放几小时？"


def problem(response: Any, status: int, code: str) -> str:
    """The detail of a problem document, which has no English but names and header values."""
    assert response.status_code == status, response.text
    assert response.headers["content-type"] == "application/problem+json"
    told = response.json()
    assert told["code"] == code and "\u4e00" <= told["title"][0] <= "\u9fff"
    detail: str = told["detail"]
    return detail


@pytest.fixture
def first(client: TestClient) -> str:
    """The address of a document."""
    return f"/api/documents/{client.get('/api/documents').json()['documents'][0]['doc_id']}"


# ---- HEAD and Allow --------------------------------------------------------------------------


@pytest.mark.parametrize(
    "path", ["/", "/embed.js", "/static/icon.svg", "/docs", "/health", "/api/documents", "/v1/models"]
)
def test_head_answers_as_get_does_without_the_body(client: TestClient, path: str) -> None:
    head, get = client.head(path), client.get(path)
    assert head.status_code == 200 and head.content == b""
    for name in ("content-type", "content-length", "etag", "content-security-policy", "vary"):
        assert head.headers.get(name) == get.headers.get(name), name


def test_head_tells_of_a_file_and_of_what_is_not_there(client: TestClient, first: str) -> None:
    whole = client.get(f"{first}/file")
    assert client.head(f"{first}/file").headers["content-length"] == str(len(whole.content))
    assert client.head("/api/documents/无此编号").status_code == 404
    assert 'method="HEAD",route="/api/documents/{id}/file",status="200"' in client.get("/metrics").text


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("PATCH", "/api/documents", "GET, HEAD, POST"), ("PUT", "/api/documents/x", "GET, HEAD, DELETE"),
        ("GET", "/api/ask", "POST"), ("HEAD", "/api/ask", "POST"), ("POST", "/audit", "GET, HEAD"),
        ("POST", "/static/icon.svg", "GET, HEAD"),
    ],
)  # fmt: skip
def test_a_refused_method_is_told_all_that_are_allowed(
    client: TestClient, method: str, path: str, allowed: str
) -> None:
    response = client.request(method, path)
    assert response.status_code == 405
    assert set(response.headers["allow"].split(", ")) == set(allowed.split(", "))


# ---- files -----------------------------------------------------------------------------------


def test_a_range_that_cannot_be_given_is_refused_in_words(client: TestClient, first: str) -> None:
    whole = client.get(f"{first}/file").content
    for path in (f"{first}/file", "/static/icon.svg", "/"):
        beyond = client.get(path, headers={"Range": "bytes=999999999-"})
        assert "Range" in problem(beyond, 416, "bad_range") and beyond.headers["content-range"].startswith(
            "bytes */"
        )
        assert "止不小于起" in problem(client.get(path, headers={"Range": "bytes=5-1"}), 400, "bad_request")
    part = client.get(f"{first}/file", headers={"Range": "bytes=3-9"})
    assert part.status_code == 206 and part.content == whole[3:10]


@pytest.mark.parametrize(
    "path", ["/", "/documents/x", "/audit", "/embed", "/demo", "/embed.js", "/static/icon.svg"]
)
def test_an_unchanged_page_is_not_sent_again(client: TestClient, path: str) -> None:
    page = client.get(path)
    assert page.headers["cache-control"] == "no-cache"
    again = client.get(path, headers={"If-None-Match": page.headers["etag"]})
    assert again.status_code == 304 and again.content == b"" and again.headers["etag"] == page.headers["etag"]
    assert client.get(path, headers={"If-None-Match": '"another"'}).content == page.content


# ---- other origins ---------------------------------------------------------------------------


def test_a_page_elsewhere_may_send_the_headers_its_library_adds(client: TestClient) -> None:
    def allowed(asked: str) -> list[str]:
        headers = {
            "Origin": "https://chat.example", "Access-Control-Request-Method": "POST",
            "Access-Control-Request-Headers": asked,
        }  # fmt: skip
        response = client.options("/v1/chat/completions", headers=headers)
        assert response.status_code == 204
        assert response.headers["access-control-allow-origin"] == "https://chat.example"
        assert "Access-Control-Request-Headers" in response.headers["vary"]
        return response.headers["access-control-allow-headers"].split(", ")

    usual = allowed("authorization")
    assert {"authorization", "content-type"} <= set(usual)
    assert allowed("authorization,content-type,x-stainless-os, X-Stainless-Arch") == [
        *usual,
        "x-stainless-os",
        "x-stainless-arch",
    ]
    assert allowed("no header, x:y, ,x-fine") == [*usual, "x-fine"]
    assert allowed(",".join(f"x-{n}" for n in range(1000))) == usual


@pytest.mark.parametrize("origin", ["http://[", "http://[::1", "null", "//", "http://elsewhere.example"])
@pytest.mark.parametrize("path", ["/api/facets", "/api/documents", "/v1/models"])
def test_an_origin_that_is_no_address_is_a_foreign_one(client: TestClient, path: str, origin: str) -> None:
    response = client.get(path, headers={"Origin": origin})
    assert response.status_code == 403
    known = response.headers.get("access-control-allow-origin")
    assert known == (origin if origin.endswith(".example") and path != "/api/documents" else None)


# ---- words -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "body", "said"),
    [
        ("/api/ask", {"question": "问" * 2001}, "question：太长（至多 2000 个字）"),
        ("/api/ask", {"question": QUESTION, "k": 0}, "k：太小（至少 1）"),
        ("/api/ask", {"question": QUESTION, "as_of": "2024-01-31T05:00"}, "as_of：应为日期，如 2024-01-31"),
        ("/api/ask", {"question": QUESTION, "history": [{"role": "user", "content": "问"}] * 51}, "history：太多（至多 50 项）"),
        ("/api/ask", {"question": QUESTION, "filters": {"kind": ["诗"]}},
         "filters.kind.0：不在可选值之内（可选：standard、action、case、policy）"),
        ("/api/search", {}, "query：缺少此项"),
        ("/api/search", {"query": QUESTION, "mode": "x", "k": 1.5},
         "k：应为整数；mode：不在可选值之内（可选：hybrid、lexical、dense）"),
        ("/api/ask", [], "请求体：应为对象"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_request_is_said_in_chinese(
    client: TestClient, path: str, body: Any, said: str
) -> None:
    assert problem(client.post(path, json=body), 422, "bad_input") == said


def test_what_is_wrong_with_a_query_is_said_in_chinese(client: TestClient) -> None:
    told = problem(client.get("/api/answers", params={"from": "昨天", "limit": 0}), 422, "bad_input")
    assert told == "from：应为日期，如 2024-01-31；limit：太小（至少 1）"


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (5, "input：应为字符串，或应为数组"),
        ([1], "input.0：应为字符串"),
        (["字", ""], "input.1：太短（至少 1 个字）"),
    ],
)
def test_of_a_value_of_several_kinds_the_names_of_the_kinds_stay_inside(
    client: TestClient, value: Any, said: str
) -> None:
    assert client.post("/v1/embeddings", json={"input": value}).json()["error"]["message"] == said


def test_json_that_is_not_called_json_is_told_what_to_set(client: TestClient) -> None:
    body = f'{{"question": "{QUESTION}"}}'.encode()
    for headers in ({}, {"Content-Type": "application/x-www-form-urlencoded"}):
        told = problem(client.post("/api/ask", content=body, headers=headers), 415, "unsupported_format")
        assert "Content-Type 设为 application/json" in told
    assert client.post("/v1/chat/completions", content=body).json()["error"]["code"] == "unsupported_format"
