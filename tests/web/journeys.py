"""Steps a reader takes, shared by the tests of the pages."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
import uuid
from typing import Any

from playwright.sync_api import Page, Route

QUESTION = "青禾镇邻里驿站每日开放时间不得少于几小时？"
ARTICLES = """\
青禾镇邻里驿站管理办法

第一章 总则
第一条 为规范青禾镇邻里驿站的建设和运行，制定本办法。
第二条 本办法所称𠮷野😀邻里驿站，是指为居民提供借阅、托管和助餐服务的场所。
第二章 运行
第三条 青禾镇邻里驿站每日开放时间不得少于七小时。
第四条 青禾镇邻里驿站助餐点应当备有留样柜，留样保存四十八小时。
第五条 本办法自2024年3月1日起施行。
"""


def send(server: str, name: str, text: str) -> dict[str, Any]:
    """Add a document over HTTP, as a form with one file."""
    edge = uuid.uuid4().hex
    head = f'--{edge}\r\nContent-Disposition: form-data; name="files"; filename="{name}"\r\n'
    body = f"{head}Content-Type: text/plain\r\n\r\n{text}\r\n--{edge}--\r\n".encode()
    kind = {"Content-Type": f"multipart/form-data; boundary={edge}"}
    return _sent(urllib.request.Request(f"{server}/api/documents", body, kind))


def call(server: str, path: str, body: dict[str, Any] | None = None, method: str | None = None) -> Any:
    data = json.dumps(body).encode() if body is not None else None
    return _sent(
        urllib.request.Request(f"{server}{path}", data, {"Content-Type": "application/json"}, method=method)
    )


def _sent(request: urllib.request.Request) -> Any:
    """The service's JSON; its own words where it refuses."""
    try:
        with urllib.request.urlopen(request, timeout=60) as got:
            return json.load(got)
    except urllib.error.HTTPError as error:
        with error:
            raise AssertionError(f"{error.code} {request.full_url}: {error.read().decode()}") from None


def held_back(page: Page, url: str) -> list[Route]:
    """The first request to `url`, kept from the service until the test lets it go; those after it pass."""
    held: list[Route] = []
    page.route(url, lambda route: route.continue_() if held else held.append(route))
    return held


BROKEN = """() => {
  const claim = new TextEncoder().encode('event: claim\\ndata: {"text": "说了一半。"}\\n\\nevent: claim\\ndata: {"te');
  window.fetch = async () => new Response(
    new ReadableStream({
      start: (stream) => {
        stream.enqueue(claim);
        window.end = (how) => (how === "error" ? stream.error(new TypeError("network error")) : stream.close());
      },
    }),
    { headers: { "Content-Type": "text/event-stream" } },
  );
}"""
"""Every answer of the page breaks off in the middle of an event, once `window.end(how)` is called."""


def home(page: Page, server: str) -> None:
    page.goto(f"{server}/")
    page.wait_for_selector("facet-panel fieldset", state="attached")


def ask(page: Page, question: str) -> None:
    """Ask and wait for the finished answer, which is the page's newest."""
    before = page.locator(".answer-foot").count()
    page.fill("#question", question)
    page.keyboard.press("Enter")
    page.locator(".answer-foot").nth(before).wait_for()


def marked(page: Page, within: str = "document-text") -> str:
    return "".join(page.locator(f"{within} mark.cited").all_text_contents())
