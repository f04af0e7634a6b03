"""The OpenAPI document: every route explained, with an example that is true to its schema."""

from __future__ import annotations

from typing import Any

import jsonschema_rs
import pytest
from api_samples import LOOPBACK, QUESTION
from fastapi.testclient import TestClient

from api.app import create_app
from kb.settings import load_settings

BYTES = ("application/octet-stream", "image/png", "openxmlformats")


@pytest.fixture(scope="module")
def openapi(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    made: dict[str, Any] = create_app(load_settings(tmp_path_factory.mktemp("openapi"))).openapi()
    return made


def operations(openapi: dict[str, Any]) -> list[tuple[str, str, dict[str, Any]]]:
    return [(method, path, one) for path, methods in openapi["paths"].items() for method, one in methods.items()]


def test_every_route_says_in_chinese_what_it_does_and_which_errors_it_has(openapi: dict[str, Any]) -> None:
    for method, path, one in operations(openapi):
        assert any("\u4e00" <= c <= "\u9fff" for c in one["summary"]), (method, path)
        for status in set(one["responses"]) - {"200"}:
            kinds = set(one["responses"][status]["content"])
            wanted = "application/json" if path.startswith("/v1/") else "application/problem+json"
            assert kinds == {wanted}, (method, path, status)


def test_every_answer_of_a_route_has_an_example_true_to_its_schema(openapi: dict[str, Any]) -> None:
    for method, path, one in operations(openapi):
        content = one["responses"]["200"]["content"]
        assert content
        for kind, shown in content.items():
            if not any(part in kind for part in BYTES):
                assert "example" in shown, (method, path, kind)
            if kind == "application/json":
                schema = {**shown["schema"], "components": openapi["components"]}
                problems = [error.message for error in jsonschema_rs.iter_errors(schema, shown["example"])]
                assert not problems, (method, path, problems)


def test_the_examples_have_the_fields_of_real_answers(client: TestClient, openapi: dict[str, Any]) -> None:
    def example(method: str, path: str) -> dict[str, Any]:
        shown: dict[str, Any] = openapi["paths"][path][method]["responses"]["200"]["content"]["application/json"]["example"]
        return shown

    answer = client.post("/api/ask", json={"question": QUESTION}).json()
    assert set(answer) == set(example("post", "/api/ask"))
    assert set(answer["citations"][0]) == set(example("post", "/api/ask")["citations"][0])
    assert set(answer["hits"][0]) == set(example("post", "/api/ask")["hits"][0])
    body = {"messages": [{"role": "user", "content": QUESTION}]}
    completion = client.post("/v1/chat/completions", json=body).json()
    shown = example("post", "/v1/chat/completions")
    assert set(completion) == set(shown)
    assert set(completion["choices"][0]["message"]) == set(shown["choices"][0]["message"])
    assert set(completion["policy"]) == set(shown["policy"])
    document = client.get(f"/api/documents/{answer['citations'][0]['doc_id']}").json()
    assert set(example("get", "/api/documents/{id}")) <= set(document)


def test_it_is_given_and_shown_over_an_empty_folder_too(tmp_path: Any) -> None:
    with TestClient(create_app(load_settings(tmp_path / "home")), base_url=LOOPBACK) as client:
        assert client.get("/openapi.json").json()["info"]["title"] == "政策知识库"
        assert "/api/ask" in client.get("/docs").text
