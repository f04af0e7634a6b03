"""A real Chromium for the pages; every test fails on a page error or a broken content policy."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from .journeys import ARTICLES, send

PATIENCE = 30_000  # ms for what a busy machine does late
ARGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]

expect.set_options(timeout=PATIENCE)


def chromium() -> str | None:
    """The browser of the machine; None lets Playwright use its own."""
    named = os.environ.get("KB_CHROMIUM")
    return (
        named or shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    )


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Gone with its file: the event loop it leaves in the thread is in the way of other tests' own."""
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=chromium(), args=ARGS)
        yield started
        started.close()


@pytest.fixture
def new_page(browser: Browser) -> Iterator[Callable[..., Page]]:
    """`new_page(width=, dark=, touch=)`: a fresh visitor, whose page errors are collected."""
    contexts, errors = [], []

    def make(width: int = 1280, height: int = 900, dark: bool = False, touch: bool = False) -> Page:
        context = browser.new_context(
            viewport={"width": width, "height": height},
            color_scheme="dark" if dark else "light",
            has_touch=touch,
            locale="zh-CN",
            accept_downloads=True,
        )
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(PATIENCE)
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on("console", lambda said: errors.append(said.text) if "Content Security" in said.text else None)
        return page

    yield make
    for context in contexts:
        context.close()
    assert errors == []


@pytest.fixture(scope="module")
def station(server: str) -> str:
    """A document of our own, so that answers are known to the character."""
    made: str = send(server, "青禾镇邻里驿站管理办法.txt", ARTICLES)["results"][0]["doc_id"]
    return made


@pytest.fixture
def page(new_page: Callable[..., Page]) -> Page:
    return new_page()


@pytest.fixture(scope="session")
def web() -> Path:
    """The folder the pages are served from."""
    import api  # found where it is installed

    return Path(api.__file__).parent / "web"
