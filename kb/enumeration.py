"""Enumerations in running text: 一、（一）1.（1）① 一是 第一 and the like, in lines or within one.

Markers count only in sequence: an enumeration begins with its first number and every
further marker follows the one before, so that （一）项 in a cross-reference is none.
The rows of a short table are one as well. No list goes on into the signature under a text.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

from .fold import chinese_number

_HAN = "一二三四五六七八九十百"
# What follows a number that only names an article or an item: 第三条规定的, 第三条和第五条, （一）项, （一）至（三）项.
# 第三条项目单位…, 第四条及时…, （三）至少… open one.
NAMES_ARTICLE = r"(?:的|规定|所[列称规述指定]|款(?!项)|项(?!目)|[、，,]|之?第|(?:和|或|及|至|与|以及)(?:第|本|其|前|《))"
_NAMES_ITEM = r"(?:[项款目](?:[、，。；：,;）)和或及至的所之规与以]|$)|(?:、|至|和|或|及|与|以及)第?[（(])"
# 问：…？ and Q1: of questions and answers, numbered or not; what follows up to the next is its answer.
QUESTION = re.compile(r"[ 　]*(?:[（(]?[一二三四五六七八九十\d]{1,3}[）)]?[、.．]?[ 　]*)?(?:提?问(?:题)?|[QqＱ])[ 　]*\d{0,3}[ 　]*[：:.．、][ 　]*(?=\S)")
ANSWER = re.compile(r"[ 　]*(?:回?答(?:复)?|[AaＡ])[ 　]*\d{0,3}[ 　]*[：:.．、]")
_OPEN = r"(?:(?<=[。；;：:！？!?\n，,  　])|(?<=[”’》）)])|^)"
_FAMILIES: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("chapter", re.compile(rf"(?:^|(?<=\n))[ 　]*第(?P<n>[{_HAN}]+)[编章节](?=[ 　\n])")),
    ("article", re.compile(rf"(?:^|(?<=[\n。；]))[ 　]*第(?P<n>[{_HAN}零〇\d]+)条(?!{NAMES_ARTICLE})")),
    ("一、", re.compile(rf"(?:(?<=[。；;：:！？!?\n 　])|^)(?P<n>[{_HAN}]{{1,3}})、(?![{_HAN}]{{1,3}}(?:、|是|类|级|等))")),
    ("（一）", re.compile(rf"(?<![第款条项、和至及或])[（(](?P<n>[{_HAN}]{{1,3}})[）)](?!{_NAMES_ITEM})")),
    ("1.", re.compile(r"(?:(?<=[。；;：:！？!?\n） )　])|^)(?P<n>\d{1,3})(?:[.．](?!\d)|、(?!\d))")),
    ("（1）", re.compile(rf"(?<![第款条项、和至及或])[（(](?P<n>\d{{1,3}})[）)](?!{_NAMES_ITEM})")),
    ("1）", re.compile(r"(?:(?<=[。；;：:！？!?\n 　])|^)(?P<n>\d{1,3})[）)]")),
    ("①", re.compile(r"(?P<n>[①-⑳])")),
    ("一是", re.compile(rf"(?:(?<=[。；;：:！？!?\n，, 　])|^)(?P<n>[{_HAN}])(?:是|要|则)(?![否不])")),
    ("第一", re.compile(rf"(?:(?<=[。；;：:！？!?\n 　])|^)第(?P<n>[{_HAN}])(?=[，,、：:]|(?:步|方面|类|种|批)[，,：:])")),
)  # fmt: skip
_RANK = {name: i for i, (name, _) in enumerate(_FAMILIES)}
_BULLET = re.compile(r"(?:^|(?<=\n))[ 　]*[-•●■◆□▪·*][ 　]*(?=\S)")
_FULL_STOP = re.compile(r"[。！？]|\n")
_LEAD_LINE = re.compile(r"[：:][ 　]*\n")
PLAIN_ITEM = 60  # code points of an item without a marker
SHORT_TABLE = 1200  # code points; in a longer table one looks up a row
_ROW = re.compile(r"^[ 　]*(?P<first>[^：；。\n]{1,24})：[^；\n]*；[^：；。\n]{1,24}：.*$", re.M)  # 类别：宾馆；收费标准：4
_DAY_LINE = re.compile(
    r"^[ 　]*(?:(?:19|20)\d\d|二[〇○零]..)[ 　]*年[ 　]*[\d一二三四五六七八九十]{1,3}[ 　]*月[ 　]*[\d一二三四五六七八九十]{1,3}[ 　]*日[ 　]*$", re.M
)
_SIGNS = re.compile(r"(?![省市县区镇乡州各本])[^，。；：、]{2,40}(?:政府|委员会|办公室|[局厅部委院办会]|中心|公司)")  # by full name, not 市财政局


class Marker(NamedTuple):
    start: int
    family: str
    number: int


@dataclass(frozen=True, slots=True)
class Enumeration:
    """Markers of one list in order, and where the last item ends."""

    marks: tuple[Marker, ...]
    end: int


def markers(text: str) -> Iterator[Marker]:
    """Everything that looks like a marker, in text order."""
    found = [
        Marker(_skip_blank(text, m.start()), name, number)
        for name, pattern in _FAMILIES
        for m in pattern.finditer(text)
        if (number := _value(m["n"])) is not None
    ]
    return iter(sorted(found))


def _skip_blank(text: str, at: int) -> int:
    while at < len(text) and text[at] in " 　\n":
        at += 1
    return at


def _value(digits: str) -> int | None:
    if "①" <= digits <= "⑳":
        return ord(digits) - ord("①") + 1
    return chinese_number(digits)


@dataclass(slots=True)
class _Open:
    family: str
    marks: list[Marker]


def enumerations(text: str, marks: Sequence[Marker]) -> list[Enumeration]:
    """The lists in a text, inner ones too, in the order in which they close."""
    done: list[Enumeration] = []
    stack: list[_Open] = []
    signed = list(_signatures(text))

    def close(down_to: int, at: int) -> None:
        while len(stack) > down_to:
            ended = stack.pop()
            if len(ended.marks) >= 2:
                done.append(Enumeration(tuple(ended.marks), _end(text, ended.marks, before(ended.marks[-1].start, at))))

    def before(mark: int, at: int) -> int:
        """Where the last item of a list ends at the latest: at the signature, if one comes before `at`."""
        return min([at, *signed[bisect_left(signed, mark) :][:1]])

    for mark in marks:
        if mark.family in ("chapter", "article"):
            close(0, mark.start)
            continue
        depth = next((i for i, o in enumerate(stack) if o.family == mark.family), None)
        if depth is not None and stack[depth].marks[-1].number + 1 == mark.number:
            close(depth + 1, mark.start)
            stack[depth].marks.append(mark)
        elif mark.number == 1:
            close(_parent(stack, mark, depth), mark.start)
            stack.append(_Open(mark.family, [mark]))
    close(0, len(text))
    return [*done, *_plain(text, done, frozenset(signed)), *_tables(text)]


def _parent(stack: Sequence[_Open], mark: Marker, same: int | None) -> int:
    """How many open lists stay open when a new one begins: a list of its own family closes."""
    if same is not None:
        return same
    rank = _RANK[mark.family]
    if mark.family in ("一是", "第一"):
        return len(stack)
    keep = len(stack)
    while keep and _RANK[stack[keep - 1].family] > rank and stack[keep - 1].family not in ("一是", "第一"):
        keep -= 1
    return keep


def _end(text: str, marks: Sequence[Marker], limit: int) -> int:
    """Where the last item ends: its sentence where items end in ；, its line where each is one line."""
    pieces = [text[a.start : b.start] for a, b in pairwise(marks)]
    last = marks[-1].start
    line = text.find("\n", last, limit)
    line = limit if line < 0 else line
    bare = [p.rstrip() for p in pieces]
    if all(p.endswith(("；", ";", "，", ",")) or p.endswith(("；以及", "；和", "；或者")) for p in bare):
        stop = _FULL_STOP.search(text, last, limit)
        return min(stop.end() if stop else limit, limit)
    if all("\n" not in p for p in bare):
        if marks[0].family in ("一是", "第一", "①", "1）") and all(p.count("。") <= 1 for p in bare):
            stop = _FULL_STOP.search(text, last, line)
            return stop.end() if stop else line
        return line
    return limit


def _signatures(text: str) -> Iterator[int]:
    """Where each signature (落款) begins: who signs, in the line above a day."""
    for day in _DAY_LINE.finditer(text):
        end = day.start()
        while end and text[end - 1] in " 　\n":
            end -= 1
        start = text.rfind("\n", 0, end) + 1
        if _SIGNS.fullmatch(text[start:end].strip()):
            yield start


def _plain(text: str, known: Sequence[Enumeration], signed: frozenset[int]) -> Iterator[Enumeration]:
    """Bulleted lines, and short lines without markers under a line that ends in a colon."""
    for lead in _LEAD_LINE.finditer(text):
        marks: list[Marker] = []
        at, before = lead.end(), ""
        while at < len(text):
            end = text.find("\n", at)
            end = len(text) if end < 0 else end
            line = text[at:end].strip()
            bulleted = bool(_BULLET.match(text, at))
            if not line or not (bulleted or len(line) <= PLAIN_ITEM) or line.endswith(("：", ":")):
                break
            if at in signed or any(e.marks[0].start <= at < e.end for e in known):
                break
            if before and _DAY_LINE.fullmatch(line) and not _DAY_LINE.fullmatch(before):
                break
            marks.append(Marker(_skip_blank(text, at), "•", len(marks) + 1))
            at, before = end + 1, line
            if line.endswith("。") and not bulleted:
                break
        if len(marks) >= 2:
            yield Enumeration(tuple(marks), min(at, len(text)))


def _tables(text: str) -> Iterator[Enumeration]:
    """The rows of each short table: neighbouring lines whose first cell has the same header."""
    rows: list[re.Match[str]] = []
    for row in [*_ROW.finditer(text), None]:
        if rows and (row is None or row["first"] != rows[0]["first"] or text[rows[-1].end() : row.start()].strip(" 　\n")):
            if len(rows) >= 2 and rows[-1].end() - rows[0].start() <= SHORT_TABLE:
                marks = (Marker(_skip_blank(text, r.start()), "row", n) for n, r in enumerate(rows, 1))
                yield Enumeration(tuple(marks), rows[-1].end())
            rows = []
        if row is not None:
            rows.append(row)
