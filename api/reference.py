"""`/docs`: the interface as one plain page made from its OpenAPI; needs no network and no script."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from html import escape
from typing import Any

from .instances import FILES, example_of

METHODS = ("get", "post", "put", "patch", "delete")
PLACES = {"path": "路径", "query": "查询串", "header": "请求头", "cookie": "Cookie"}
Operation = Mapping[str, Any]


def reference_page(openapi: Mapping[str, Any]) -> str:
    """Every route with its parameters, an example to send, and what comes back, by the field it serves."""
    info = openapi["info"]
    groups = _groups(openapi)
    return "".join(
        [
            "<!doctype html><html lang='zh-CN'><head><meta charset='utf-8'>",
            "<meta name='viewport' content='width=device-width, initial-scale=1'>",
            f"<title>接口 · {escape(info['title'])}</title>",
            "<link rel='icon' href='/static/icon.svg' type='image/svg+xml'>",
            "<link rel='stylesheet' href='/static/style/base.css'>",
            "<link rel='stylesheet' href='/static/style/docs.css'></head><body>",
            "<a class='skip' href='#routes'>跳到接口</a>",
            f"<header class='docs-head'><a href='/'>{escape(info['title'])}</a><span>接口文档</span>",
            "<a class='machine' href='/openapi.json'>openapi.json</a></header>",
            "<div class='docs'>",
            *_contents(groups),
            "<main id='routes'>",
            f"<h1>接口 {escape(info['version'])}</h1><p>{escape(info.get('description', ''))}</p>",
            *_manners(openapi),
            *(part for tag, routes in groups.items() for part in _group(tag, routes, openapi)),
            "</main></div></body></html>",
        ]
    )


def _groups(openapi: Mapping[str, Any]) -> dict[str, list[tuple[str, str, Operation]]]:
    """tag → (method, path, operation), both in the order of the document."""
    groups: dict[str, list[tuple[str, str, Operation]]] = {}
    for path, operations in openapi["paths"].items():
        for method in METHODS:
            if method in operations:
                tag = (operations[method].get("tags") or ["其他"])[0]
                groups.setdefault(tag, []).append((method, path, operations[method]))
    return groups


def _anchor(method: str, path: str) -> str:
    return escape(f"{method}-{path.strip('/').replace('/', '-').replace('{', '').replace('}', '')}")


def _contents(groups: Mapping[str, list[tuple[str, str, Operation]]]) -> Iterator[str]:
    yield "<nav aria-label='目录'>"
    for tag, routes in groups.items():
        yield f"<h2>{escape(tag)}</h2><ul>"
        for method, path, what in routes:
            yield f"<li><a href='#{_anchor(method, path)}'>{escape(what.get('summary', path))}</a></li>"
        yield "</ul>"
    yield "</nav>"


def _manners(openapi: Mapping[str, Any]) -> Iterator[str]:
    """What holds for every route, said once: keys, and the errors in their one shape."""
    known: dict[str, str] = {}
    for operations in openapi["paths"].values():
        for what in operations.values():
            for status, one in what.get("responses", {}).items():
                if status >= "400":
                    known.setdefault(status, one.get("description", ""))
    yield (
        "<p>需要密钥时写在请求头里：<code>Authorization: Bearer 密钥</code>。"
        "出错时一律返回 <code>application/problem+json</code>（RFC 9457），"
        "<code>detail</code> 用中文说明原因，<code>code</code> 供程序判断；"
        "<code>/v1</code> 下用 OpenAI 的错误格式。</p>"
    )
    yield "<details><summary>错误状态</summary><table><tbody>"
    for status in sorted(known):
        yield f"<tr><th scope='row'>{status}</th><td>{escape(known[status])}</td></tr>"
    yield "</tbody></table></details>"


def _group(tag: str, routes: list[tuple[str, str, Operation]], openapi: Mapping[str, Any]) -> Iterator[str]:
    yield f"<section><h2>{escape(tag)}</h2>"
    for method, path, what in routes:
        yield f"<article id='{_anchor(method, path)}'>"
        yield f"<h3><span class='method {method}'>{method.upper()}</span> <code>{escape(path)}</code></h3>"
        yield f"<p>{escape(what.get('summary', ''))}</p>"
        yield from _parameters(what)
        yield from _request(what, openapi)
        yield from _response(what, openapi)
        yield "</article>"
    yield "</section>"


def _parameters(what: Operation) -> Iterator[str]:
    if not what.get("parameters"):
        return
    yield "<div class='scrolls' tabindex='0' role='region' aria-label='参数'><table>"
    heads = "".join(f"<th scope='col'>{each}</th>" for each in ("参数", "位置", "说明"))
    yield f"<thead><tr>{heads}</tr></thead><tbody>"
    for one in what["parameters"]:
        said = one.get("description") or one.get("schema", {}).get("description", "")
        need = " <span class='need'>必需</span>" if one.get("required") else ""
        place = PLACES.get(one["in"], one["in"])
        values = "、".join(map(str, _choices(one.get("schema", {}))))
        told = "；".join(each for each in (said, f"可取 {values}" if values else "") if each)
        yield f"<tr><td><code>{escape(one['name'])}</code>{need}</td><td>{place}</td><td>{escape(told)}</td></tr>"
    yield "</tbody></table></div>"


def _choices(schema: Mapping[str, Any]) -> list[Any]:
    """The values a parameter may take, where they are few and stated."""
    if "enum" in schema:
        return [each for each in schema["enum"] if each != ""]
    inner = [*schema.get("anyOf", ()), *([schema["items"]] if "items" in schema else ())]
    return [value for each in inner for value in _choices(each)]


def _request(what: Operation, openapi: Mapping[str, Any]) -> Iterator[str]:
    for kind, body in what.get("requestBody", {}).get("content", {}).items():
        yield f"<h4>请求体 <code>{escape(kind)}</code></h4>{_pre(example_of(body, openapi))}"


def _response(what: Operation, openapi: Mapping[str, Any]) -> Iterator[str]:
    """The successful answer; the errors are the same everywhere and told once."""
    for status, one in what.get("responses", {}).items():
        if status >= "400":
            continue
        said = one.get("description", "")
        said = "" if said == "Successful Response" else f" {escape(said)}"
        for kind, body in one.get("content", {}).items():
            yield f"<details><summary>响应 {status} <code>{escape(kind)}</code>{said}</summary>"
            yield _pre(example_of(body, openapi)) if kind == "application/json" else f"<p>{_stream(kind)}</p>"
            yield "</details>"


def _stream(kind: str) -> str:
    if kind == "text/event-stream":
        return (
            "依次是事件 <code>hits</code>、若干 <code>claim</code>，最后是完整的 <code>answer</code>；"
            "中途出错则为 <code>error</code>。"
        )
    return FILES


def _pre(example: Any) -> str:
    text = json.dumps(example, ensure_ascii=False, indent=2)
    return f"<pre tabindex='0'>{escape(text)}</pre>"
