"""Rules the files keep, read from the files themselves."""

from __future__ import annotations

import gzip
import re
from pathlib import Path

import pytest

HTML = ["index.html", "reader.html", "audit.html", "embed.html", "demo.html"]


def scripts(web: Path) -> list[Path]:
    return sorted([*web.glob("*.js"), *web.glob("js/*.js")])


def words(web: Path) -> dict[str, dict[str, str]]:
    text = (web / "texts.js").read_text("utf8")
    blocks = re.findall(r"const (zh|en) = \{(.*?)\n\};", text, re.S)
    return {name: dict(re.findall(r'"([^"\n]+)": "([^"\n]*)"', block)) for name, block in blocks}


def test_no_script_can_turn_text_into_markup_or_code(web: Path) -> None:
    risky = re.compile(
        r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|DOMParser|\beval\(|new Function"
    )
    assert [
        (path.name, risky.findall(path.read_text("utf8")))
        for path in scripts(web)
        if risky.search(path.read_text("utf8"))
    ] == []


@pytest.mark.parametrize("name", HTML)
def test_pages_have_no_inline_script_style_or_handler(web: Path, name: str) -> None:
    text = (web / name).read_text("utf8")
    assert re.findall(r"<script(?![^>]*\ssrc=)|<style|\sstyle=|\son\w+=|javascript:", text) == []


def test_nothing_is_loaded_from_elsewhere(web: Path) -> None:
    found = {}
    for path in [*web.rglob("*.html"), *web.rglob("*.css"), *web.rglob("*.js")]:
        addresses = re.findall(r"(?:https?:)?//[\w.-]+\.[a-z]{2,}", path.read_text("utf8"))
        foreign = {each for each in addresses if "library.example" not in each and "www.w3.org" not in each}
        if foreign:
            found[path.name] = foreign
    assert found == {}


def test_both_languages_have_every_word_and_every_word_asked_for_exists(web: Path) -> None:
    both = words(web)
    assert both["zh"].keys() == both["en"].keys()
    asked = set()
    for path in [*scripts(web), *(web / name for name in HTML)]:
        text = path.read_text("utf8")
        asked |= set(re.findall(r'\bt\("([\w.]+)"', text)) | set(
            re.findall(r'data-t(?:-\w+)?="([\w.]+)"', text)
        )
    assert sorted(asked - both["zh"].keys()) == []


def test_both_languages_fill_the_same_blanks(web: Path) -> None:
    both = words(web)
    blanks = {
        name: {key: set(re.findall(r"\{(\w+)\}", text)) for key, text in each.items()}
        for name, each in both.items()
    }
    assert {key for key in blanks["zh"] if blanks["zh"][key] != blanks["en"][key]} == set()


def test_chinese_words_of_the_pages_stand_in_one_file(web: Path) -> None:
    def code(path: Path) -> str:
        return re.sub(r"//[^\n]*|/\*.*?\*/", "", path.read_text("utf8"), flags=re.S)

    own = {"texts.js", "embed.js", "demo-page.js"}  # the widget is one file for its hosts; the demo is a page
    told = {
        path.name: re.findall(r"[\u4e00-\u9fff]+", code(path))
        for path in scripts(web)
        if path.name not in own
    }
    assert {name: found for name, found in told.items() if found} == {}


def test_the_widget_is_under_25_kb_compressed(web: Path) -> None:
    assert len(gzip.compress((web / "embed.js").read_bytes())) < 25_000


def test_every_import_names_a_file(web: Path) -> None:
    missing = [
        (path.name, name)
        for path in scripts(web)
        for name in re.findall(r'(?:from|import|import\()\s*"(\.[^"]+)"', path.read_text("utf8"))
        if not (path.parent / name).exists()
    ]
    assert missing == []


def needed(path: Path, known: dict[Path, None]) -> dict[Path, None]:
    """A script and everything it imports at once, in order."""
    if path not in known:
        known[path] = None
        for name in re.findall(r'^(?:import|export)[^;]*?"(\.[^"]+)";', path.read_text("utf8"), re.M):
            needed((path.parent / name).resolve(), known)
    return known


def test_the_first_page_fetches_all_its_scripts_at_once(web: Path) -> None:
    modules = [f"/static/{path.relative_to(web)}" for path in needed((web / "js/ask-page.js").resolve(), {})]
    preloaded = re.findall(r'rel="modulepreload" href="([^"]+)"', (web / "index.html").read_text("utf8"))
    assert sorted(preloaded) == sorted(modules[1:])
