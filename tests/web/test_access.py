"""Everyone can use the pages: contrast, names, sizes, no sideways scrolling, in both themes and widths."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from .journeys import ARTICLES, ask, call, home, send

CHECK = (Path(__file__).parent / "access.js").read_text("utf8")
QUESTION = "青禾镇邻里驿站助餐点的留样保存多久？"
VIEWS = {"wide": (1280, False), "wide dark": (1280, True), "phone": (390, False), "phone dark": (390, True)}


@pytest.fixture(scope="module")
def station(server: str) -> tuple[str, str]:
    document = send(server, "青禾镇邻里驿站管理办法.txt", ARTICLES)["results"][0]["doc_id"]
    return document, call(server, "/api/ask", {"question": QUESTION})["id"]


@pytest.fixture(params=VIEWS)
def visitor(request: pytest.FixtureRequest, new_page: Callable[..., Page]) -> Page:
    width, dark = VIEWS[request.param]
    return new_page(width=width, dark=dark)


def test_the_first_page_and_an_answer_with_its_source_open(
    visitor: Page, server: str, station: tuple[str, str]
) -> None:
    home(visitor, server)
    assert visitor.evaluate(CHECK) == []
    ask(visitor, QUESTION)
    assert visitor.evaluate(CHECK) == []
    visitor.locator(".answer .source-line").first.click()
    visitor.wait_for_selector("dialog.source mark.cited")
    assert visitor.evaluate(CHECK) == []


def test_a_refusal_and_search_results(visitor: Page, server: str) -> None:
    home(visitor, server)
    ask(visitor, "如何办理出国护照的换发手续？")
    assert visitor.evaluate(CHECK) == []
    visitor.locator(".tab[data-mode=search]").click()
    visitor.fill("#question", "社区")
    visitor.keyboard.press("Enter")
    visitor.wait_for_selector(".hits")
    assert visitor.evaluate(CHECK) == []


def test_the_reader(visitor: Page, server: str, station: tuple[str, str]) -> None:
    visitor.goto(f"{server}/documents/{station[0]}#c=20-40")
    visitor.wait_for_selector("mark.cited")
    assert visitor.evaluate(CHECK) == []


def test_the_audit_desk_and_its_dashboard(visitor: Page, server: str, station: tuple[str, str]) -> None:
    visitor.goto(f"{server}/audit")
    visitor.wait_for_selector(".answer-row")
    assert visitor.evaluate(CHECK) == []
    visitor.goto(f"{server}/audit#a={station[1]}")
    visitor.wait_for_selector(".audit-source mark.cited")
    assert visitor.evaluate(CHECK) == []
    visitor.locator("[data-tab=dashboard]").click()
    visitor.wait_for_selector(".tile")
    assert visitor.evaluate(CHECK) == []


def test_the_interface_page_and_the_demonstration_portal(visitor: Page, server: str) -> None:
    for path in ("/docs", "/demo"):
        visitor.goto(f"{server}{path}")
        assert visitor.evaluate(CHECK) == []


def test_the_tab_key_walks_the_page_as_it_is_read_and_always_shows_where_it_is(
    page: Page, server: str, station: tuple[str, str]
) -> None:
    page.goto(f"{server}/#answer={station[1]}")
    page.wait_for_selector(".answer-foot")
    page.wait_for_selector("facet-panel fieldset")
    seen: list[tuple[int, str]] = []
    while True:
        page.keyboard.press("Tab")
        place, what, lit = page.evaluate(
            """() => {
              const node = document.activeElement;
              const box = node.id === "question" ? node.closest(".composer") : node; // the whole box is lit
              const style = getComputedStyle(box);
              const lit = style.outlineStyle !== "none" || style.boxShadow !== "none";
              return [[...document.querySelectorAll("*")].indexOf(node), node.id || node.className || node.localName, lit];
            }"""
        )
        if what in {"body", ""} or (seen and place < seen[-1][0]):
            break
        assert lit, what
        seen.append((place, what))
    names = [what for _, what in seen]
    assert names[0] == "skip"
    assert {"brand", "new", "chip", "source-line", "question", "send"} <= set(names)


def test_the_skip_link_leads_to_the_question(page: Page, server: str) -> None:
    home(page, server)
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("#question")).to_be_focused()


def test_text_enlarged_to_twice_its_size_stays_within_the_window(
    new_page: Callable[..., Page], server: str, station: tuple[str, str]
) -> None:
    page = new_page(width=640, height=450)  # 1280 at 200 %
    home(page, server)
    ask(page, QUESTION)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.parametrize("size", [(320, 256), (812, 375)])  # 1280 × 1024 at 400 %; a phone lying down
def test_in_a_low_window_nothing_covers_the_answer(
    new_page: Callable[..., Page], server: str, station: tuple[str, str], size: tuple[int, int]
) -> None:
    page = new_page(*size)
    home(page, server)
    ask(page, QUESTION)
    page.evaluate("scrollTo(0, 100)")
    bar, answer, box = (
        page.locator(part).bounding_box() or {} for part in ("top-bar", ".answer", "#composer")
    )
    assert bar["y"] <= -bar["height"] / 2
    assert box["y"] >= answer["y"] + answer["height"]
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_the_page_for_an_unknown_address(visitor: Page, server: str) -> None:
    visitor.goto(f"{server}/nothing")
    expect(visitor.locator("top-bar .brand")).to_be_visible()
    assert visitor.evaluate(CHECK) == []
    visitor.get_by_role("link", name="回首页").click()
    expect(visitor.locator(".welcome h1")).to_have_text("向政策文件提问，句句有据")
