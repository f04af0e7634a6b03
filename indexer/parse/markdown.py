"""Markdown: the words without the marks; headings, lists, tables and front matter kept."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

import yaml
from markdown_it import MarkdownIt
from markdown_it.token import Token

from kb.model import Parsed

from .decode import decode
from .draft import LINE_END, Draft, lines_of
from .html import add_fragment
from .tables import Cell, table_lines
from .unwrap import unwrap

_FRONT = re.compile(r"\A\s*---[ \t]*\n(.*?)(?:\n|\A)(?:---|\.\.\.)[ \t]*(?=\n|#|\Z)", re.DOTALL)
_PAIR = re.compile(r"^([A-Za-z_][\w-]*|[\u4e00-\u9fff]{1,12})\s*[:：]\s*(.*)$")
_TAG = re.compile(
    r"</?(a|abbr|b|big|center|cite|code|del|div|em|font|i|img|ins|kbd|li|mark|ol|p|q|s|small|span|strike|strong|sub"
    r"|sup|table|tbody|td|th|tr|tt|u|ul|var)\b",
    re.IGNORECASE,
)
_STRIKE = re.compile(r"<(/?)(?:del|s|strike)\b", re.IGNORECASE)
_COMMENT = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)


class MarkdownParser:
    """`.md`: CommonMark with tables; front matter values become plain strings."""

    suffixes: tuple[str, ...] = (".md", ".markdown")

    def parse(self, data: bytes, name: str) -> Parsed:
        text = "\n".join(LINE_END.split(decode(data, name)))
        front, body = split_front(text)
        draft = Draft()
        _Reader(draft).read(_commonmark().parse(body))
        return draft.parsed(front.get("title"), front)


def split_front(text: str) -> tuple[dict[str, str], str]:
    """Front matter as strings (lists joined by “、”) and the text after it; ({}, text) without one."""
    match = _FRONT.match(text)
    if match is None:
        return {}, text
    block = match[1]
    values: object
    try:
        values = yaml.load(block, _StringLoader) if block.strip() else {}  # type: ignore[no-untyped-call]
    except (yaml.YAMLError, ValueError, RecursionError):
        values = {m[1]: m[2].strip("\"' ") for line in block.split("\n") if (m := _PAIR.match(line.strip()))}
    if not isinstance(values, Mapping):
        return {}, text
    front = {str(key).strip(): flat for key, value in values.items() if (flat := _flat(value))}
    return front, text[match.end() :]


class _StringLoader(yaml.BaseLoader):
    """Scalars stay the strings they are; aliases are refused, for they can grow without bound."""

    def compose_node(self, parent: object, index: object) -> object:
        if self.check_event(yaml.AliasEvent):  # type: ignore[no-untyped-call]
            raise yaml.YAMLError("alias")
        return super().compose_node(parent, index)  # type: ignore[no-untyped-call]


def _flat(value: object) -> str:
    if isinstance(value, Mapping):
        return "；".join(f"{key}：{_flat(item)}" for key, item in value.items())
    if isinstance(value, list):
        return "、".join(_flat(item) for item in value)
    return " ".join(lines_of(str(value))) if value is not None else ""


def _commonmark() -> MarkdownIt:
    """CommonMark with tables; blanks before a paragraph never make it program code."""
    return MarkdownIt("commonmark").enable(["table", "strikethrough"]).disable("code")


class _Reader:
    """Walks the flat token list once and writes lines into the draft."""

    def __init__(self, draft: Draft) -> None:
        self.draft = draft
        self.mark = ""  # what the next line of a list item starts with

    def read(self, tokens: Sequence[Token]) -> None:
        level: int | None = None
        position = 0
        while position < len(tokens):
            token = tokens[position]
            if token.type == "table_open":
                position = self._table(tokens, position)
                continue
            if token.type == "heading_open":
                level = int(token.tag[1:])
            elif token.type == "heading_close":
                level = None
            elif token.type == "list_item_open":
                self.mark = f"{token.info}{token.markup} " if token.info else "• "
            elif token.type == "inline":
                self._paragraph(plain(token), level)
            elif token.type in ("fence", "code_block"):
                for line in token.content.split("\n"):
                    self.draft.line(line)
            elif token.type == "html_block" and (html := _COMMENT.sub("", token.content)).strip():
                add_fragment(self.draft, html)
            position += 1

    def _paragraph(self, text: str, level: int | None) -> None:
        if level is not None:
            self.draft.line(" ".join(lines_of(text)), level)
            return
        for paragraph in unwrap(text.split("\n")):
            self.draft.line(self.mark + paragraph)
            self.mark = ""

    def _table(self, tokens: Sequence[Token], position: int) -> int:
        """Write the table that opens at `position`; returns the position after it."""
        rows: list[list[Cell]] = []
        head = False
        while tokens[position].type != "table_close":
            token = tokens[position]
            if token.type == "tr_open":
                rows.append([])
            elif token.type in ("th_open", "td_open"):
                head = token.type == "th_open"
            elif token.type == "inline":
                rows[-1].append(Cell(plain(token), head))
            position += 1
        if rows and not any(cell.text for cell in rows[0]):
            self.draft.table(table_lines(rows[1:]))
        else:
            self.draft.table(table_lines(rows, header_rows=1))
        return position + 1


def _inline_html(tag: str) -> str:
    """A line break for `<br>`, nothing for other HTML; “<GB9704>” only looks like a tag and is kept."""
    if re.match(r"<br\b", tag, re.IGNORECASE):
        return "\n"
    return "" if tag.startswith("<!--") or _TAG.match(tag) else tag


def plain(token: Token) -> str:
    """The words of an inline token: emphasis, link targets and struck words dropped, line breaks kept."""
    parts: list[str] = []
    for child in _standing(token.children or ()):
        if child.type in ("softbreak", "hardbreak"):
            parts.append("\n")
        elif child.type == "html_inline":
            parts.append(_inline_html(child.content))
        else:
            parts.append(child.content)
    return "".join(parts)


def _standing(children: Sequence[Token]) -> list[Token]:
    """The children outside `~~…~~` and `<del>…</del>`; a mark that is never closed strikes nothing."""
    kept: list[Token] = []
    opened: list[int] = []  # how much was kept where each mark opens
    for child in children:
        html = _STRIKE.match(child.content) if child.type == "html_inline" else None
        if child.type == "s_open" or (html and not html[1]):
            opened.append(len(kept))
        elif (child.type == "s_close" or html) and opened:
            del kept[opened.pop() :]
        else:
            kept.append(child)
    return kept
