"""`/docs`: the interface as one plain page made from its OpenAPI; needs no network and no script."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from html import escape
from typing import Any

METHODS = ("get", "post", "put", "patch", "delete")


def reference_page(openapi: Mapping[str, Any]) -> str:
    """Every route with its parameters, an example to send, and what comes back."""
    info = openapi["info"]
    parts = [
        "<!doctype html><html lang='zh-CN'><head><meta charset='utf-8'>",
        "<meta name='viewport' content='width=device-width, initial-scale=1'>",
        f"<title>接口 · {escape(info['title'])}</title>",
        "<link rel='stylesheet' href='/static/style/base.css'>"
        "<link rel='stylesheet' href='/static/style/reader.css'></head>",
        f"<body><main class='columns'><article><h1>{escape(info['title'])} {escape(info['version'])}</h1>",
        f"<p>{escape(info.get('description', ''))}</p>",
        "<p>机器可读：<a href='/openapi.json'>/openapi.json</a></p>",
    ]
    for path, operations in openapi["paths"].items():
        for method in METHODS:
            if method in operations:
                parts += _operation(method, path, operations[method], openapi)
    parts.append("</article></main></body></html>")
    return "".join(parts)


def _operation(method: str, path: str, what: Mapping[str, Any], openapi: Mapping[str, Any]) -> Iterator[str]:
    yield f"<section><h2><code>{method.upper()} {escape(path)}</code></h2><p>{escape(what.get('summary', ''))}</p>"
    if what.get("parameters"):
        yield "<table><thead><tr><th>参数</th><th>位置</th><th>说明</th></tr></thead><tbody>"
        for one in what["parameters"]:
            said = one.get("description") or one.get("schema", {}).get("description", "")
            need = "（必需）" if one.get("required") else ""
            yield f"<tr><td><code>{escape(one['name'])}</code>{need}</td><td>{one['in']}</td><td>{escape(said)}</td></tr>"
        yield "</tbody></table>"
    for kind, body in what.get("requestBody", {}).get("content", {}).items():
        example = json.dumps(example_of(body, openapi), ensure_ascii=False, indent=2)
        yield f"<p>请求体 <code>{escape(kind)}</code>，例如：</p><pre>{escape(example)}</pre>"
    answers = "、".join(
        f"{status} {escape(one.get('description', ''))}" for status, one in what.get("responses", {}).items()
    )
    yield f"<p>响应：{answers}</p></section>"


def example_of(body: Mapping[str, Any], openapi: Mapping[str, Any]) -> Any:
    """The stated example, or one built from the schema."""
    if "example" in body:
        return body["example"]
    return _instance(body.get("schema", {}), openapi, 0)


def _instance(schema: Mapping[str, Any], openapi: Mapping[str, Any], depth: int) -> Any:
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        schema = openapi["components"]["schemas"][name]
    if schema.get("examples"):
        return schema["examples"][0]
    if "default" in schema:
        return schema["default"]
    for choice in ("anyOf", "oneOf", "allOf"):
        if choice in schema:
            return _instance(schema[choice][0], openapi, depth + 1)
    if schema.get("enum"):
        return schema["enum"][0]
    if schema.get("type") == "object" and depth < 4:
        required = set(schema.get("required", ()))
        return {
            name: _instance(one, openapi, depth + 1)
            for name, one in schema.get("properties", {}).items()
            if name in required or one.get("examples")
        }
    return {"array": [], "integer": 0, "number": 0.0, "boolean": False, "object": {}}.get(
        schema.get("type", ""), "…"
    )
