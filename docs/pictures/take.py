"""Take the pictures of a new reader's journey: `python docs/pictures/take.py http://127.0.0.1:8000`.

Run it against a service whose data folder may be thrown away: it adds one document.
"""

from __future__ import annotations

import io
import json
import shutil
import sys
import urllib.parse
import urllib.request
from pathlib import Path
from typing import Any

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

HERE = Path(__file__).parent
QUESTION = "八大专项行动有哪些？"
SEARCH = "未来社区 公共服务"
ARGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]


def main(server: str) -> None:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=ARGS)
        ask_and_check(browser, server)
        filter_and_open(browser, server)
        original_page(browser, server)
        on_a_phone(browser, server)
        portal(browser, server)
        audit(browser, server)
        browser.close()


def visitor(browser: Browser, **more: Any) -> Page:
    context = browser.new_context(**{"viewport": {"width": 1280, "height": 800}, "locale": "zh-CN", **more})
    return context.new_page()


def keep(page: Page, name: str) -> None:
    """A PNG of at most 256 colours: these pages have few."""
    page.wait_for_timeout(400)
    picture = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
    picture.quantize(256, dither=Image.Dither.NONE).save(HERE / f"{name}.png", optimize=True)


def ask(page: Page, server: str, question: str = QUESTION) -> None:
    page.goto(f"{server}/")
    page.wait_for_selector("facet-panel fieldset", state="attached")
    page.fill("#question", question)
    page.keyboard.press("Enter")
    page.wait_for_selector(".answer-foot")


def ask_and_check(browser: Browser, server: str) -> None:
    page = visitor(browser)
    page.goto(f"{server}/")
    page.wait_for_selector(".suggestion")
    page.wait_for_selector("facet-panel fieldset")
    keep(page, "1-start")
    ask(page, server)
    keep(page, "2-ask")
    page.locator(".answer button.chip").first.hover()
    page.wait_for_selector(".citation-card:popover-open")
    keep(page, "3-citation")
    page.locator(".answer button.chip").first.click()
    page.wait_for_selector("dialog.source mark.cited")
    keep(page, "4-source")
    page.keyboard.press("Escape")
    with page.expect_download():
        page.get_by_role("button", name="导出为 DOCX").click()
    page.locator(".answer-foot").scroll_into_view_if_needed()
    keep(page, "7-export")
    page.context.close()


def filter_and_open(browser: Browser, server: str) -> None:
    page = visitor(browser)
    page.goto(f"{server}/#search={urllib.parse.quote(SEARCH)}")
    page.wait_for_selector(".hits")
    page.locator("facet-panel input[type=checkbox]").first.check()
    page.wait_for_selector(".tags li")
    page.wait_for_timeout(600)
    keep(page, "5-filter")
    page.context.close()


def original_page(browser: Browser, server: str) -> None:
    """A document of the corpus, printed and added again as PDF, open at a cited line."""
    with urllib.request.urlopen(f"{server}/api/documents?limit=1") as got:
        listed = json.load(got)
    first = (listed["documents"] if isinstance(listed, dict) else listed)[0]
    with urllib.request.urlopen(f"{server}{'/api' + first['url']}/text") as got:
        text = json.load(got)["text"]
    page = visitor(browser)
    page.set_content('<meta charset="utf-8"><pre></pre>')
    page.add_style_tag(content="pre { white-space: pre-wrap; font: 12pt/2 'Noto Sans CJK SC', sans-serif }")
    page.evaluate("text => { document.querySelector('pre').textContent = text }", text)
    printed = page.pdf(format="A4", margin={"top": "25mm", "bottom": "25mm", "left": "25mm", "right": "25mm"})
    page.goto(f"{server}/")
    page.get_by_role("button", name="添加文件").click()
    page.set_input_files(
        "#upload-files", {"name": "打印件.pdf", "mimeType": "application/pdf", "buffer": printed}
    )
    address = page.locator(".upload-result.good a").get_attribute("href")
    page.goto(f"{server}{address}")
    with urllib.request.urlopen(f"{server}/api{address}/text") as got:
        copy = json.load(got)["text"]
    start = copy.index("。", len(copy) // 4) + 1
    page.goto(f"{server}{address}#c={start}-{copy.index('。', start + 20) + 1}")
    page.reload()
    page.locator("[data-view=pages]").click()
    page.wait_for_selector(".cited-box")
    keep(page, "6-page")
    page.context.close()


def on_a_phone(browser: Browser, server: str) -> None:
    page = visitor(
        browser,
        viewport={"width": 390, "height": 780},
        color_scheme="dark",
        device_scale_factor=1.5,
        has_touch=True,
    )
    ask(page, server)
    page.locator(".answer button.chip").first.tap()
    page.wait_for_selector(".citation-card:popover-open")
    keep(page, "10-phone")
    page.context.close()


def portal(browser: Browser, server: str) -> None:
    page = visitor(browser, viewport={"width": 1280, "height": 860})
    page.goto(f"{server}/demo")
    page.locator("#policy input").fill(QUESTION)
    page.locator("#policy .go").click()
    page.locator("#policy article").wait_for()
    page.evaluate("document.activeElement.blur(); scrollTo(0, 0)")
    keep(page, "8-portal")
    page.context.close()


def audit(browser: Browser, server: str) -> None:
    page = visitor(browser, viewport={"width": 1280, "height": 860})
    page.goto(f"{server}/audit")
    page.locator(".answer-row").first.click()
    page.wait_for_selector(".audit-source mark.cited")
    page.get_by_role("button", name="重新核对引文").click()
    page.wait_for_selector(".checks .notice")
    page.evaluate("scrollTo(0, 0)")
    keep(page, "9-audit")
    page.context.close()


if __name__ == "__main__":
    main(sys.argv[1].rstrip("/") if len(sys.argv) > 1 else "http://127.0.0.1:8000")
