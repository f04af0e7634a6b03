"""Canonical text → clauses: 编/章/节/条/款/项, or 一、（一）1.（1）①, or format headings, or table rows.

Each line of the text is a unit. A line that opens with a marker opens a node
of the marker's rank, which closes every open node of the same or a deeper rank.
Leaves partition the text: a node's own lead line becomes a leaf of its own as
soon as the node has children.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from kb.enumeration import NAMES_ARTICLE, QUESTION
from kb.model import Clause, Heading, Parsed, Table

DIGITS = "零〇一二三四五六七八九十百千两0-9０-９"
LABEL_LIMIT = 30  # code points of a heading shown in a path

# Ranks: format headings 1–9, then the markers of Chinese law and 公文, outermost first.
RANKS: tuple[tuple[int, re.Pattern[str]], ...] = (
    (10, re.compile(rf"第[{DIGITS}]+(?:分编|编|部分)(?=[\s　、：:]|$)")),
    (20, re.compile(rf"第[{DIGITS}]+章(?=[\s　、：:]|\S{{0,24}}$)")),
    (30, re.compile(rf"第[{DIGITS}]+节(?=[\s　、：:]|\S{{0,24}}$)")),
    (
        40,
        re.compile(
            rf"第[{DIGITS}]+条(?:之[一二三四五六七八九十]+)?(?!{NAMES_ARTICLE})"
        ),
    ),
    (50, re.compile(r"[一二三四五六七八九十百]+[、．]")),
    (60, re.compile(r"[（(][一二三四五六七八九十百]+[）)]")),
    (70, re.compile(r"\d{1,3}(?:[.．](?!\d)|、)")),
    (80, re.compile(r"[（(]\d{1,3}[）)]")),
    (90, re.compile(r"[①-⑳]")),
)
ARTICLE = 40
QUESTION_RANK = 75  # 问：…？ with its answer
QUESTION_LIMIT = 60  # code points of it shown in a path
PARAGRAPH = 100
ITEM_RANKS = frozenset({50, 60, 70, 80, 90})
SENTENCE_END = frozenset("。！？；：，、,.;!?:")


_FOOT = re.compile(r"\s*(?:(?:咨询|联系|监督|举报|服务|投诉)?(?:电话|热线|方式|人|邮箱|地址)|附件|来源|[（(]?(?:责任编辑|编辑|作者))[^。，]{0,12}[：:]")


class Line(NamedTuple):
    """A line of the text with its line end; `rank` says what it opens."""

    start: int
    end: int  # after the line end
    rank: int
    label: str
    kind: str


@dataclass(slots=True)
class _Node:
    start: int
    rank: int
    label: str
    kind: str
    end: int = 0
    children: list[_Node] | None = None


def outline(parsed: Parsed) -> tuple[Clause, ...]:
    """The clauses of a text in preorder; the first is the whole document (level 0)."""
    root = _Node(0, 0, "", "document", len(parsed.text))
    open_nodes = [root]
    before = ""  # the line before
    for line in _lines(parsed):
        if _closes_items(line, before, open_nodes):
            line = line._replace(rank=ARTICLE + 1)
        if line.kind == "paragraph" and _FOOT.match(parsed.text, line.start) and any(n.rank == QUESTION_RANK for n in open_nodes):
            line = line._replace(rank=QUESTION_RANK)  # of the page, not of the last answer
        before = parsed.text[line.start : line.end].rstrip()
        while open_nodes[-1].rank >= line.rank:
            open_nodes.pop().end = line.start
        parent = open_nodes[-1]
        node = _Node(line.start, line.rank, line.label, line.kind, line.end)
        if parent.children is None:
            parent.children = [] if parent is root else [_Node(parent.start, 0, "", "lead", line.start)]
        parent.children.append(node)
        open_nodes.append(node)
    for node in open_nodes:
        node.end = len(parsed.text)
    return tuple(_flatten(root, 0, ()))


def _closes_items(line: Line, before: str, open_nodes: Sequence[_Node]) -> bool:
    """Whether a line is a paragraph of an article again, after its items: the last of them ended in a full stop."""
    if line.kind != "paragraph" or not before.endswith("。"):
        return False
    ranks = [node.rank for node in open_nodes]
    return ARTICLE in ranks and any(rank in ITEM_RANKS for rank in ranks[ranks.index(ARTICLE) :])


def leaves(clauses: Sequence[Clause]) -> list[Clause]:
    """The clauses without children, in order; together they are the whole text."""
    return [
        clause
        for clause, following in zip(clauses, (*clauses[1:], None), strict=True)
        if following is None or following.level <= clause.level
    ]


def _flatten(node: _Node, level: int, path: tuple[str, ...]) -> Iterator[Clause]:
    own = (*path, node.label) if node.label else path
    yield Clause(node.start, node.end, level, node.label, own, node.kind)
    for child in node.children or ():
        yield from _flatten(child, level + 1, own)


def _lines(parsed: Parsed) -> Iterator[Line]:
    """Lines with something on them; blank ones belong to the line before (or, at the head, after)."""
    text = parsed.text
    headings = {h.start: h for h in parsed.headings}
    rows = _row_starts(parsed.tables)
    spans = [(s, e) for s, e in _line_spans(text) if not text[s:e].isspace()]
    legal = sum(1 for s, e in spans if RANKS[3][1].match(text, _skip(text, s, e))) >= 3
    start = 0
    for index, (begin, end) in enumerate(spans):
        following = spans[index + 1][0] if index + 1 < len(spans) else len(text)
        at = _skip(text, begin, end)
        heading = headings.get(begin) or headings.get(at)
        rank, label, kind = _classify(text, at, end, heading, begin in rows or at in rows)
        if legal and kind == "paragraph" and _unnumbered_chapter(text, at, end, following):
            rank, label, kind = 20, text[at:end].strip(), "heading"
        yield Line(start, following, rank, label, kind)
        start = following


def _line_spans(text: str) -> Iterator[tuple[int, int]]:
    start = 0
    while start < len(text):
        end = text.find("\n", start)
        end = len(text) if end < 0 else end + 1
        yield start, end
        start = end


def _skip(text: str, start: int, end: int) -> int:
    while start < end and text[start].isspace():
        start += 1
    return start


def _row_starts(tables: Sequence[Table]) -> frozenset[int]:
    return frozenset(row.start for table in tables for row in table.rows)


def _classify(text: str, at: int, end: int, heading: Heading | None, is_row: bool) -> tuple[int, str, str]:
    """(rank, label, kind) of a line whose first visible character is at `at`."""
    if is_row:
        return PARAGRAPH, "", "row"
    line = text[at:end].rstrip()
    if QUESTION.match(line):
        return QUESTION_RANK, line[:QUESTION_LIMIT], "heading"
    for rank, marker in RANKS:
        found = marker.match(line)
        if found:
            return rank, _label(line, found.end(), rank), _kind(rank)
    if heading is not None:
        return heading.level, line[:LABEL_LIMIT], "heading"
    return PARAGRAPH, "", "paragraph"


def _kind(rank: int) -> str:
    if rank < ARTICLE:
        return "heading"
    return "article" if rank == ARTICLE else "item"


def _label(line: str, marker_end: int, rank: int) -> str:
    """“第七条”, “第二章 申请”, “一、总体要求”, “（一）加强领导” – or the bare marker before a long text."""
    if rank == ARTICLE:
        return line[:marker_end]
    rest = line[marker_end:].strip(" 　:：\t")
    head = rest
    for position, character in enumerate(rest):
        if character in "。；！？":
            head = rest[:position]
            break
    if rank < ARTICLE:
        return f"{line[:marker_end]} {rest}"[:LABEL_LIMIT].strip()
    marker = line[:marker_end]
    if len(head) <= LABEL_LIMIT and "，" not in head:
        return marker + head
    return marker


_OF_THE_HEAD = re.compile(r"\d{4}|[〔［【﹝]|号$|[日令]$|^第.{1,8}号")  # a 文号 or a day under the title


def _unnumbered_chapter(text: str, at: int, end: int, following: int) -> bool:
    """A short line without a sentence end, right before an article: a chapter title that lost its number."""
    line = text[at:end].strip()
    if not 2 <= len(line) <= 20 or line[-1] in SENTENCE_END or line[0] in "（(〈《" or _OF_THE_HEAD.search(line):
        return False
    return bool(RANKS[3][1].match(text, _skip(text, following, len(text))))
