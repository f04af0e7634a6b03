"""Film a new reader's ten minutes as pictures: `python docs/pictures/take.py`, from the project's folder.

A service over the shipped corpus is started in a folder thrown away afterwards; the pictures beside
this file are taken anew. `docs/JOURNEY.md` shows them in order.
"""

from __future__ import annotations

import io
import json
import shutil
import subprocess
import sys
import tempfile
import urllib.parse
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

HERE = Path(__file__).resolve().parent
QUESTION = "到2025年底，未来社区要覆盖多少城镇社区？"
FOLLOWING = "建成了多少个？"
SEARCH = "物业管理用房 配置比例"
PDF = "物业管理用房"  # words of the title of the document that is printed and added again
CITED = "地上总建筑面积"  # words of the line to look at in it
ARGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--lang=zh-CN"]
LARGEST = 150_000  # bytes of a picture


@contextmanager
def service() -> Iterator[str]:
    """The address of a `kb serve` over the shipped corpus."""
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "api", "--home", f"{folder}/home", "--json", "serve", "--port", "0"]
        process = subprocess.Popen(
            command, cwd=HERE.parent.parent, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        )
        assert process.stdout is not None
        try:
            yield json.loads(process.stdout.readline())["url"]
        finally:
            process.terminate()
            process.wait(30)
            process.stdout.close()


def main() -> None:
    for old in HERE.glob("*.png"):
        old.unlink()
    with service() as server, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=ARGS)
        ask_and_check(browser, server)
        filter_and_read(browser, server)
        open_the_pdf(browser, server)
        export(browser, server)
        embed(browser, server)
        on_a_phone(browser, server)
        audit(browser, server)
        browser.close()
    sizes = {path.name: path.stat().st_size for path in sorted(HERE.glob("*.png"))}
    print(json.dumps(sizes, indent=1))
    assert max(sizes.values()) <= LARGEST, "a picture is too large for the documents"


def visitor(browser: Browser, **more: Any) -> Page:
    context = browser.new_context(**{"viewport": {"width": 1280, "height": 800}, "locale": "zh-CN", **more})
    return context.new_page()


def keep(page: Page, name: str) -> None:
    """A PNG of at most 128 colours: these pages have few."""
    page.wait_for_timeout(500)
    picture = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
    picture.quantize(128, dither=Image.Dither.NONE).save(HERE / f"{name}.png", optimize=True)


def get(server: str, path: str) -> Any:
    with urllib.request.urlopen(server + urllib.parse.quote(path, safe="/?=&")) as got:
        return json.load(got)


def open_page(page: Page, server: str, hash_: str = "") -> None:
    page.goto(f"{server}/{hash_}")
    page.wait_for_selector("facet-panel fieldset", state="attached")


def ask(page: Page, question: str = QUESTION) -> None:
    before = page.locator(".answer-foot").count()
    page.fill("#question", question)
    page.keyboard.press("Enter")
    page.locator(".answer-foot").nth(before).wait_for()
    page.mouse.move(5, 5)


def ask_and_check(browser: Browser, server: str) -> None:
    page = visitor(browser)
    open_page(page, server)
    page.wait_for_selector(".suggestion")
    keep(page, "1-start")
    ask(page)
    keep(page, "2-answer")
    page.locator(".answer button.chip").first.hover()
    page.wait_for_selector(".citation-card:popover-open")
    keep(page, "3-citation")
    page.locator(".answer button.chip").first.click()
    page.wait_for_selector("dialog.source mark.cited")
    page.mouse.move(5, 5)
    keep(page, "4-source")
    shutil.copyfile(HERE / "4-source.png", HERE / "ask.png")
    page.context.close()


def filter_and_read(browser: Browser, server: str) -> None:
    page = visitor(browser)
    open_page(page, server, f"#search={urllib.parse.quote(SEARCH)}")
    page.wait_for_selector(".hits")
    with page.expect_response(lambda response: response.url.endswith("/api/search")):
        page.locator("facet-panel input[value=standard]").check()
    page.wait_for_selector(".hits .snippet")
    page.mouse.move(5, 5)
    keep(page, "5-filter")
    address = page.locator(".hit-foot a").first.get_attribute("href")
    page.goto(f"{server}{address}")
    page.wait_for_selector("mark.cited")
    keep(page, "6-reader")
    page.context.close()


def open_the_pdf(browser: Browser, server: str) -> None:
    """A document of the corpus, printed and added as PDF through the page, open at a cited line."""
    listed = get(server, "/api/documents?limit=200")["documents"]
    document = next(each for each in listed if PDF in each["title"])
    text = get(server, f"/api{document['url']}/text")["text"]
    page = visitor(browser)
    page.set_content('<meta charset="utf-8"><pre></pre>')
    page.add_style_tag(content="pre { white-space: pre-wrap; font: 12pt/2 'Noto Sans CJK SC', sans-serif }")
    page.evaluate("text => { document.querySelector('pre').textContent = text }", text)
    printed = page.pdf(format="A4", margin=dict.fromkeys(("top", "bottom", "left", "right"), "25mm"))
    open_page(page, server)
    page.get_by_role("button", name="添加文件").click()
    page.set_input_files(
        "#upload-files", {"name": f"{document['title']}.pdf", "mimeType": "application/pdf", "buffer": printed}
    )
    link = page.locator(".upload-result.good a")
    link.wait_for()
    keep(page, "7-upload")
    address = link.get_attribute("href")
    copy = get(server, f"/api{address}/text")["text"]
    start = copy.index(CITED)
    line = copy.rindex("\n", 0, start) + 1, copy.index("\n", start)
    page.goto(f"{server}{address}#c={line[0]}-{line[1]}")
    page.locator("[data-view=pages]").click()
    page.wait_for_selector(".cited-box")
    keep(page, "8-pdf")
    page.context.close()


def export(browser: Browser, server: str) -> None:
    page = visitor(browser)
    open_page(page, server)
    ask(page)
    ask(page, FOLLOWING)
    with page.expect_download():
        page.get_by_role("button", name="导出为 DOCX").last.click()
    page.locator(".said", has_text="已导出").wait_for()
    page.mouse.move(5, 5)
    keep(page, "9-export")
    page.context.close()


def embed(browser: Browser, server: str) -> None:
    page = visitor(browser, viewport={"width": 1280, "height": 860})
    page.goto(f"{server}/demo")
    page.locator("#policy input").fill(QUESTION)
    page.locator("#policy .go").click()
    page.locator("#policy article").wait_for()
    page.evaluate("document.activeElement.blur(); scrollTo(0, 0)")
    page.mouse.move(5, 5)
    keep(page, "10-portal")
    page.context.close()


def on_a_phone(browser: Browser, server: str) -> None:
    page = visitor(
        browser,
        viewport={"width": 390, "height": 780},
        color_scheme="dark",
        device_scale_factor=1.5,
        has_touch=True,
    )
    open_page(page, server)
    ask(page)
    page.locator(".answer button.chip").first.tap()
    page.wait_for_selector(".citation-card:popover-open")
    keep(page, "11-phone")
    page.context.close()


def audit(browser: Browser, server: str) -> None:
    page = visitor(browser, viewport={"width": 1280, "height": 900})
    page.goto(f"{server}/audit")
    page.locator(".answer-row", has_text=QUESTION).first.click()
    page.wait_for_selector(".audit-source mark.cited")
    page.get_by_role("button", name="重新核对引文").click()
    page.wait_for_selector(".checks .notice")
    page.evaluate("scrollTo(0, 0)")
    page.mouse.move(5, 5)
    keep(page, "12-audit")
    page.context.close()


if __name__ == "__main__":
    main()
