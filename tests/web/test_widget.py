"""The widget on other people's pages: another origin, a strict policy, hostile styles."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from indexer.adding import add
from indexer.library import Library
from kb.access import Keys
from kb.settings import load_settings

from .journeys import ARTICLES, BROKEN, send

ROOT = Path(__file__).resolve().parents[2]

HOSTILE = """
html { font-size: 61px; }
body { font: 48px/3 fantasy; color: lime; text-transform: uppercase; letter-spacing: 9px; direction: rtl; }
body * {
  display: none !important; visibility: hidden !important; opacity: .01 !important; width: 3px !important;
  position: absolute !important; left: -9999px !important; transform: scale(0) !important;
  clip-path: inset(50%) !important;
}
"""
QUESTION = "青禾镇邻里驿站每日开放时间不得少于几小时？"


class Host:
    """A portal on an origin of its own; `pages` maps a path to (type, policy, body)."""

    def __init__(self) -> None:
        self.pages: dict[str, tuple[str, str, str]] = {}
        host = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                kind, policy, body = host.pages.get(self.path, ("text/plain", "default-src 'none'", ""))
                self.send_response(200)
                self.send_header("Content-Type", f"{kind}; charset=utf-8")
                self.send_header("Content-Security-Policy", policy)
                self.end_headers()
                self.wfile.write(body.encode())

            def log_message(self, *args: object) -> None:
                pass

        self.http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.origin = f"http://127.0.0.1:{self.http.server_port}"
        threading.Thread(target=self.http.serve_forever, daemon=True).start()

    def stop(self) -> None:
        self.http.shutdown()
        self.http.server_close()


@pytest.fixture
def host() -> Iterator[Host]:
    started = Host()
    yield started
    started.stop()


@pytest.fixture(scope="module", autouse=True)
def station(server: str) -> None:
    send(server, "青禾镇邻里驿站管理办法.txt", ARTICLES)


def portal(host: Host, server: str, attributes: str = "", css: str = "") -> str:
    policy = f"default-src 'none'; script-src {server}; connect-src {server}; style-src 'self'"
    host.pages["/hostile.css"] = ("text/css", policy, css)
    host.pages["/"] = (
        "text/html",
        policy,
        f'<!doctype html><link rel="stylesheet" href="/hostile.css">'
        f'<script src="{server}/embed.js" async></script><policy-search {attributes}></policy-search>',
    )
    return host.origin + "/"


def asked(page: Page, question: str = QUESTION) -> None:
    page.locator("policy-search input").fill(question)
    page.locator("policy-search .go").click()
    page.locator("policy-search article").wait_for()


def test_it_answers_from_another_origin_under_a_strict_policy(page: Page, server: str, host: Host) -> None:
    page.goto(portal(host, server))
    asked(page)
    widget = page.locator("policy-search")
    expect(widget.locator("article")).to_contain_text("七小时")
    assert widget.locator("blockquote").first.text_content() in ARTICLES
    assert (widget.locator("a.title").first.get_attribute("href") or "").startswith(f"{server}/documents/")


def test_it_survives_hostile_styles(page: Page, server: str, host: Host) -> None:
    page.goto(portal(host, server, css=HOSTILE))
    asked(page)
    card = page.locator("policy-search .card")
    expect(card).to_be_visible()
    box = card.bounding_box()
    assert box and box["width"] > 600 and 0 <= box["x"] < 700
    style = card.evaluate(
        """node => {
          const style = getComputedStyle(node);
          return [style.fontSize, style.direction, style.textTransform, style.letterSpacing];
        }"""
    )
    assert style == ["16px", "ltr", "none", "normal"]
    assert page.locator("policy-search").evaluate("node => getComputedStyle(node).opacity") == "1"


def test_it_looks_as_a_plain_page_shows_it_whatever_the_host_does(
    page: Page, server: str, host: Host
) -> None:
    page.goto(portal(host, server))
    page.locator("policy-search .card").wait_for()
    plain = page.locator("policy-search .card").screenshot()
    page.goto(
        portal(
            host,
            server,
            css="body * { display: none !important; color: red !important; font: 90px fantasy !important }",
        )
    )
    page.locator("policy-search .card").wait_for()
    assert page.locator("policy-search .card").screenshot() == plain


def test_its_colours_follow_the_hosts_variables(page: Page, server: str, host: Host) -> None:
    page.goto(
        portal(
            host, server, css="policy-search { --policy-accent: rgb(156, 43, 34); --policy-font-size: 20px; }"
        )
    )
    button = page.locator("policy-search .go")
    button.wait_for()
    assert button.evaluate("node => getComputedStyle(node).backgroundColor") == "rgb(156, 43, 34)"
    assert page.locator("policy-search .card").evaluate("node => getComputedStyle(node).fontSize") == "20px"


def test_it_sends_its_key_and_filters_and_leaves_no_cookie_behind(
    page: Page, server: str, host: Host
) -> None:
    page.goto(portal(host, server, 'key="k-1" region="某地, 另一地"'))
    page.route(
        "**/api/ask",
        lambda route: (
            route.fulfill(
                status=401,
                content_type="application/problem+json",
                body='{"title":"x"}',
                headers={"Access-Control-Allow-Origin": "*"},
            )
            if route.request.method == "POST"
            else route.continue_()
        ),
    )
    with page.expect_request(
        lambda request: request.url.endswith("/api/ask") and request.method == "POST"
    ) as waiting:
        page.locator("policy-search input").fill("问")
        page.locator("policy-search .go").click()
    assert waiting.value.headers["authorization"] == "Bearer k-1"
    assert waiting.value.post_data_json["filters"] == {"region": ["某地", "另一地"]}
    expect(page.locator("policy-search [role=alert]")).to_contain_text("访问密钥未被接受")
    assert page.context.cookies() == []
    assert page.evaluate("localStorage.length + sessionStorage.length") == 0


def test_a_key_works_on_the_origins_it_was_made_for_and_nowhere_else(
    page: Page, host: Host, serve: Callable[..., AbstractContextManager[str]], tmp_path: Path
) -> None:
    library = Library(load_settings(tmp_path / "home", workers=1))
    (tmp_path / "青禾镇邻里驿站管理办法.txt").write_text(ARTICLES, "utf8")
    add(library, [tmp_path / "青禾镇邻里驿站管理办法.txt"])
    key = Keys(library.store.engine).create("门户", ["ask", "search"], ["public"], [host.origin])
    elsewhere = Host()
    with serve(tmp_path / "home", "--no-corpus") as address:
        page.goto(portal(host, address, f'key="{key}"'))
        asked(page)
        expect(page.locator("policy-search article")).to_contain_text("七小时")
        expect(page.locator("policy-search article .title").first).to_be_visible()
        assert page.locator("policy-search article a").count() == 0  # its readers have no key of their own
        page.goto(portal(host, address, f'key="{key}" links'))
        asked(page)
        expect(page.locator("policy-search article a.title").first).to_be_visible()
        page.goto(portal(elsewhere, address, f'key="{key}"'))
        page.locator("policy-search input").fill(QUESTION)
        page.locator("policy-search .go").click()
        expect(page.locator("policy-search [role=alert]")).to_contain_text(elsewhere.origin)
        assert page.locator("policy-search article").count() == 0
    elsewhere.stop()


def test_search_results_link_to_the_service_only(page: Page, server: str, host: Host) -> None:
    page.goto(portal(host, server, 'mode="search"'))
    hit = {"doc_id": "d", "title": "<b>题</b>", "text": "😀甲乙", "highlights": [[1, 2]], "path": []}
    evil = json.dumps({"hits": [{**hit, "status": "repealed", "url": "javascript:alert(1)"}], "took_ms": 1})
    page.route(
        "**/api/search",
        lambda route: (
            route.fulfill(
                status=200,
                content_type="application/json",
                body=evil,
                headers={"Access-Control-Allow-Origin": "*"},
            )
            if route.request.method == "POST"
            else route.continue_()
        ),
    )
    page.locator("policy-search input").fill("甲")
    page.locator("policy-search .go").click()
    link = page.locator("policy-search a.title")
    expect(link).to_have_text("<b>题</b>")
    assert (link.get_attribute("href") or "").startswith(server)
    assert page.locator("policy-search mark").all_text_contents() == ["甲"]
    expect(page.locator("policy-search .badge")).to_have_text("已废止")


def test_the_answer_is_told_to_the_host_page(page: Page, server: str, host: Host) -> None:
    page.goto(portal(host, server))
    page.locator("policy-search .card").wait_for()
    page.evaluate(
        "document.addEventListener('policy-answer', (event) => { window.told = event.detail.basis; })"
    )
    asked(page)
    assert page.evaluate("window.told") == "grounded"


@pytest.mark.parametrize(
    ("lang", "said"), [("zh", "回答没有传完，连接中途断开，请重试。"), ("en", "The answer was cut off")]
)
@pytest.mark.parametrize("how", ["error", "close"])
def test_an_answer_that_is_cut_off_says_so(
    page: Page, server: str, host: Host, lang: str, said: str, how: str
) -> None:
    page.goto(portal(host, server, f'lang="{lang}"'))
    page.locator("policy-search .card").wait_for()
    page.evaluate(BROKEN)
    page.locator("policy-search input").fill(QUESTION)
    page.locator("policy-search .go").click()
    expect(page.locator("policy-search .out")).to_contain_text("说了一半。")
    page.evaluate("how => window.end(how)", how)
    expect(page.locator("policy-search [role=alert]")).to_contain_text(said)


def test_the_frame_form_works_and_tells_its_height(page: Page, server: str, host: Host) -> None:
    host.pages["/"] = (
        "text/html",
        f"default-src 'none'; frame-src {server}",
        f'<!doctype html><iframe src="{server}/embed#lang=en" width="700" height="700"></iframe>',
    )
    page.goto(f"{host.origin}/")
    page.evaluate("addEventListener('message', (event) => { window.tall = event.data.height; })")
    frame = page.frame_locator("iframe")
    frame.locator("policy-search input").fill(QUESTION)
    frame.locator("policy-search .go").click()
    expect(frame.locator("policy-search article")).to_contain_text("七小时")
    expect(frame.locator("policy-search .go")).to_have_text("Ask")
    page.wait_for_function("window.tall > 200")


def test_the_demo_portal_shows_both_forms(new_page: Callable[..., Page], server: str) -> None:
    page = new_page()
    page.goto(f"{server}/demo")
    expect(page.locator("#policy policy-search .card")).to_be_visible()
    expect(page.frame_locator("iframe").locator("policy-search .card")).to_be_visible()
    expect(page.locator("#code-element")).to_contain_text(f"{server}/embed.js")
    assert page.locator("iframe").evaluate("node => node.clientHeight") > 80


def test_the_frame_to_be_copied_takes_the_width_and_grows_with_its_answer(
    page: Page, server: str, host: Host
) -> None:
    page.goto(f"{server}/demo")
    code = page.locator("#code-frame").inner_text().strip()
    told = (ROOT / "docs/INTEGRATION.md").read_text("utf8")
    assert code.replace(server, "https://kb.example").replace("key=…", "key=kb_…") in told
    for script in (True, False):
        policy = f"script-src 'unsafe-inline'; style-src 'unsafe-inline'; frame-src {server}"
        body = code.replace("#key=…", "") if script else code.split("\n")[0].replace("#key=…", "")
        host.pages["/"] = ("text/html", policy, f"<!doctype html>{body}")
        page.goto(f"{host.origin}/")
        frame = page.frame_locator("iframe")
        frame.locator("policy-search .card").wait_for()
        size = page.locator("iframe").bounding_box()
        assert size and size["width"] > 1200
        if not script:
            assert size["height"] == 600
            continue
        page.wait_for_function("document.querySelector('iframe').clientHeight < 300")
        frame.locator("policy-search input").fill(QUESTION)
        frame.locator("policy-search .go").click()
        frame.locator("policy-search article").wait_for()
        page.wait_for_function("document.querySelector('iframe').clientHeight > 300")
        assert frame.locator("html").evaluate("node => node.scrollHeight <= innerHeight")


def test_it_asks_in_good_json_whatever_the_host_has_done_to_arrays_and_objects(
    page: Page, server: str, host: Host
) -> None:
    page.add_init_script(
        "Array.prototype.toJSON = function () { return '[' + this.join() + ']' };"
        "Object.prototype.toJSON = () => '{}'; Object.prototype.extra = () => 0;"
    )
    page.goto(portal(host, server, 'region="某地"'))
    with page.expect_request(
        lambda request: request.url.endswith("/api/ask") and request.method == "POST"
    ) as sent:
        page.locator("policy-search input").fill(QUESTION)
        page.locator("policy-search .go").click()
    assert json.loads(sent.value.post_data or "") == {
        "question": QUESTION, "stream": True, "history": [], "filters": {"region": ["某地"]},
    }  # fmt: skip


def test_what_is_typed_and_found_outlives_new_attributes_and_a_move(
    page: Page, server: str, host: Host
) -> None:
    page.goto(portal(host, server))
    asked(page)
    widget = page.locator("policy-search")
    widget.locator("input").fill("那么助餐点")
    for change in (
        "node.setAttribute('heading', '新标题')",
        "node.setAttribute('theme', 'dark')",
        "node.setAttribute('lang', 'en')",
        "const place = node.parentNode; node.remove(); place.append(node)",
    ):
        page.evaluate(f"() => {{ const node = document.querySelector('policy-search'); {change} }}")
        expect(widget.locator("article")).to_contain_text("七小时")
        expect(widget.locator("input")).to_have_value("那么助餐点")
    expect(widget.locator("h2")).to_have_text("新标题")
    expect(widget.locator("article .badge").first).to_have_text("In force")


def test_a_question_under_way_is_answered_though_the_element_is_moved_or_taken_out_for_a_while(
    page: Page, server: str, host: Host
) -> None:
    page.goto(portal(host, server))
    page.locator("policy-search .card").wait_for()
    page.evaluate(
        """question => {
          const node = document.querySelector('policy-search'), place = node.parentNode;
          node.ask(question); node.remove(); place.append(node);
        }""",
        QUESTION,
    )
    expect(page.locator("policy-search article")).to_contain_text("七小时")
    page.evaluate(
        """question => {
          const node = document.querySelector('policy-search'), place = node.parentNode;
          node.ask(question); node.remove();
          return new Promise(done => setTimeout(() => { place.append(node); done(); }, 200));
        }""",
        "青禾镇邻里驿站助餐点的留样要保存多久？",
    )
    expect(page.locator("policy-search article")).to_contain_text("四十八小时")


def test_the_focus_stays_where_a_key_was_pressed(page: Page, server: str, host: Host) -> None:
    page.goto(portal(host, server))
    widget = page.locator("policy-search")
    for name in ("检索", "提问"):
        tab = widget.locator(".tab", has_text=name)
        tab.press("Enter")
        expect(tab).to_have_attribute("aria-pressed", "true")
        expect(tab).to_be_focused()
    page.route("**/api/ask", lambda route: route.abort())
    widget.locator("input").fill(QUESTION)
    widget.locator("input").press("Enter")
    again = widget.get_by_role("button", name="重试")
    again.wait_for()
    page.unroute_all()
    again.press("Enter")
    expect(widget.locator("article")).to_contain_text("七小时")
    expect(widget.locator(".out")).to_be_focused()


def test_a_question_that_is_too_long_is_kept_whole_and_not_sent(page: Page, server: str, host: Host) -> None:
    page.goto(portal(host, server))
    sent = []
    page.on("request", lambda request: sent.append(request.url) if "/api/" in request.url else None)
    page.locator("policy-search input").fill("问" * 2003)
    page.locator("policy-search .go").click()
    expect(page.locator("policy-search .long")).to_have_text(
        "最多 2000 字，现有 2003 字；请删去 3 字后再提交。"
    )
    assert len(page.locator("policy-search input").input_value()) == 2003 and sent == []
    page.locator("policy-search input").fill("问" * 2000)
    expect(page.locator("policy-search .long")).to_be_hidden()
