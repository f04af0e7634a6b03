"""Saved web pages: the document in the page, without the page around it."""

from __future__ import annotations

import re

from kb.model import Parsed

from .decode import decode
from .draft import Draft
from .html_tree import Element, build
from .main_content import boilerplate_line, keep_outside, main_element, prune, without_counters
from .render import Line, TableLines, render

_META = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([A-Za-z0-9_-]{2,20})", re.IGNORECASE)
_SITE = re.compile(r"\s*[-_|—–·]+\s*[^-_|—–·]{2,30}(网|门户|平台|网站|政府|官网|频道)\s*$")
ENCODINGS = {"gb2312": "gb18030", "gbk": "gb18030", "gb18030": "gb18030", "big5": "big5hkscs"}


class HtmlParser:
    """`.html`: main content by density of text and links; headings and tables kept."""

    suffixes: tuple[str, ...] = (".html", ".htm", ".shtml", ".xhtml", ".jhtml")

    def parse(self, data: bytes, name: str) -> Parsed:
        root, page_title, meta = build(_decoded(data, name))
        body = root.first("body") or root
        draft = Draft()
        prune(body)
        title = _write_main(draft, body)
        if draft.length == 0:  # a page of links only: then the links are the document
            body = build(_decoded(data, name))[0]
            for item in render(body.first("body") or body):
                _write(draft, item)
        title = meta.get("articletitle") or title or _SITE.sub("", page_title)
        return draft.parsed(title or None)


def add_fragment(draft: Draft, html: str) -> None:
    """Write a piece of HTML that stands in another format (a table in Markdown)."""
    root, _, _ = build(html)
    for item in render(root.first("body") or root):
        _write(draft, item)


def _decoded(data: bytes, name: str) -> str:
    """By the declared encoding where it fits, else by what the bytes look like."""
    declared = _META.search(data[:4096])
    if declared and not data.startswith((b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")):
        label = declared[1].decode("ascii").lower()
        try:
            if (encoding := ENCODINGS.get(label)) is not None:
                return data.decode(encoding)
        except UnicodeDecodeError:
            pass
    return decode(data, name)


def _write_main(draft: Draft, body: Element) -> str | None:
    """Write the content of a pruned page; returns its only top heading, if there is one."""
    main = main_element(body)
    tops: list[str] = []
    for item in render(body, main):
        if isinstance(item, TableLines):
            if item.inside or len(item.rows) > 1:
                draft.table(item.rows)
            else:
                for row in item.rows:
                    if keep_outside(row):
                        draft.line(row)
            continue
        if item.level == 1:
            tops.append(item.text)
        if boilerplate_line(item.text) or not (item.inside or item.level == 1 or keep_outside(item.text)):
            continue
        _write(draft, Line(without_counters(item.text), item.level))
    return tops[0] if len(tops) == 1 else None


def _write(draft: Draft, item: Line | TableLines) -> None:
    if isinstance(item, TableLines):
        draft.table(item.rows)
    else:
        draft.line(item.text, item.level)
