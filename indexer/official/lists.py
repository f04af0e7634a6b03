"""Lists of documents and what befalls each: under a heading, in a table, or by the cell of its own row."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Literal

from indexer.official.lines import Line, lines
from indexer.official.names import ends_title
from indexer.official.naming import Named, named
from indexer.official.repeals import ENDING, INLINE, scope_after
from indexer.official.rows import is_number_only, row_title
from kb.model import Relation, Span

_HEADING = re.compile(r"废止|失效|停止执行|修改|修订|保留|继续有效|有效")
_KEPT = re.compile(r"保留|继续有效|有效(?:的)?(?:规范性)?文件目录")
_ITEM = re.compile(
    r"^[\s　|]*(?:[（(]?[一二三四五六七八九十百\d]+[）)、.．]|\d{1,4}(?=[\s　|])|[-•·]|序号|标题|文件名称|名称"
    r"|第[一二三四五六七八九十\d]+[项条])?[\s　：:|]*"
)
Mode = Literal["repeals", "amends"]
_ATTRIBUTE = re.compile(
    r"(?:(?:发文|发布|印发|颁布|公布|制定)?(?:单位|机关|时间|日期|文号|字号)|说明|备注|理由|原因)[^：:。]{0,8}[：:]"
)
_NUMBER = re.compile(r"[^：:]{0,10}[文字]号[：:]")  # 说明：… names the laws that made a text needless
_LIST = re.compile(r"目录|清单|下列|以下|如下|一览表|名单|附件|[：:]$|规章$|文件$")


def repeal_list(text: str, title: str, begin: int) -> Iterator[Relation]:
    """The lists of a 废止 decision: one document a line, under a heading that says what befalls them."""
    amends_first = "修改" in title and ("废止" not in title or title.find("修改") < title.find("废止"))
    mode: Mode | None = "amends" if amends_first else "repeals"
    listing = False  # a heading has announced the list
    last: Relation | None = None  # a title whose 文号 may stand in a line below
    cells: list[Line] = []  # lines since the last document: the cells of a table that lost its rows
    for line in _paragraphs(text, begin):
        if len(line.text) > 300:
            yield from _run_list(text, line)
            continue
        items = named(text, line.start, line.end)
        if _is_heading(line.text, items, listing):
            mode, listing, cells = _mode(line.text, mode), listing or bool(_LIST.search(line.text)), []
            continue
        if mode is None or (ENDING.search(line.text) or INLINE.search(line.text)):
            continue
        if items and is_number_only(line.text):
            yield from _stacked(cells, line, items[0], mode) if listing else ()
            cells = []
        elif _ATTRIBUTE.match(line.text):
            if last and not last.number and items and _NUMBER.match(line.text):
                last = replace(last, number=items[-1].number)
        elif items:
            if last:
                yield last
            last, cells = None, []
            yield from _listed(text, line, items, mode)
        elif listing and (name := _unnumbered(line.text)):
            if last:
                yield last
            last, cells = Relation(mode, name, "", Span(line.start, line.end)), []
        else:
            cells.append(line)
    if last:
        yield last


def _is_heading(line: str, items: list[Named], listing: bool) -> bool:
    """Does a line say what befalls those below it, rather than name a document with such a word?"""
    if not _HEADING.search(line) or (items and not (len(line) < 60 and line[-1] in "：:")):
        return False
    return not (listing and _unnumbered(line) and not _LIST.search(line))


def _is_row(line: str) -> bool:
    """Does a line begin as an item or a row of a table does?"""
    bullet = _ITEM.match(line)
    return bool(bullet and bullet.end() > 0)


def _unnumbered(line: str) -> str:
    """The title in a row that gives no 文号: it must look like a row and end like a title."""
    name = row_title(line)
    return name if name and _is_row(line) and ends_title(name) else ""


def _stacked(cells: list[Line], line: Line, item: Named, mode: Mode) -> Iterator[Relation]:
    """A 文号 on a line of its own: the title is on the one or two lines above it."""
    above = [c for c in cells[-3:] if not c.text.isdecimal()]
    for count in range(1, len(above) + 1):
        name = "".join(c.text for c in above[-count:]).strip("《》 　")
        if ends_title(name) and len(name) >= 6:
            yield Relation(mode, name, item.number, Span(above[-count].start, line.end))
            return
    yield Relation(mode, "", item.number, Span(line.start, line.end))


def _mode(heading: str, before: Mode | None) -> Mode | None:
    """What a heading says befalls the documents under it; None: they stay."""
    first = re.search(r"废止|失效|停止执行|修改|修订", heading)
    if _KEPT.search(heading) and not re.search(r"废止|失效", heading):
        return None
    if first is None:
        return before
    return "amends" if first.group() in ("修改", "修订") else "repeals"


_INNER = re.compile(
    r"(?![和与及等第中自由同])的?[\u4e00-\u9fff“”]{0,30}?(?:通知|函|意见|规定|办法|说明|批复|公告|决定|解释|细则|答复|问题|方案)"
)


def _listed(text: str, line: Line, items: list[Named], mode: Mode) -> Iterator[Relation]:
    """The documents of one row or item; running text that only cites documents gives none."""
    bullet = _ITEM.match(line.text)
    rest = line.text[bullet.end() :] if bullet else line.text
    whole = ends_title(row_title(line.text)) and re.fullmatch(r"[）)]?[；;、。，]?", text[items[-1].end : line.end])
    row = bool(whole) or len(rest) < len(line.text) or rest.startswith(("《", "关于")) or "文号" in line.text
    if not row:
        return
    numbered = any(not item.title for item in items)
    for item in items:
        inner = bool(item.title and _INNER.match(text, item.end, line.end))
        if inner and numbered:
            continue  # 关于印发《X》的通知（文号）: the row names the notice, its number comes with the whole title
        name = row_title(line.text) if inner or not item.title else item.title
        before = text[line.start : item.start]
        cited = re.search(r"根据|依据|按照|(?:被|由|与|见|执行|适用|同)[^《》]{0,6}$", before)
        itself = re.search(r"废止.{0,12}的(?:决定|通知|公告)$", name)
        if cited or itself or (not name and len(line.text) > 60):
            continue
        scope = scope_after(text, item.end, line.end)
        yield Relation(mode, name, item.number, Span(line.start, line.end), scope)


def _paragraphs(text: str, begin: int) -> Iterator[Line]:
    """Lines; a long one of a saved page that lost its line ends is cut at its paragraph indents."""
    for line in lines(text, begin):
        if len(line.text) <= 300 or "　　" not in line.text:
            yield line
            continue
        for match in re.finditer(r"[^　](?:[^　]|　(?!　))*", line.text):
            piece = match.group().rstrip(" 　")
            if piece:
                at = line.start + match.start()
                yield Line(at, at + len(piece), piece)


_TABLE = re.compile(
    r"(?P<fate>保留|继续有效|废止|失效|停止执行|修改|修订|修正)[^《》。；]{0,24}?(?:目录|清单|一览表|[（(]\d+件[）)])"
)


def _run_list(text: str, line: Line) -> Iterator[Relation]:
    """Lists run into one line: each heading (…废止的规范性文件目录) rules the numbered items after it."""
    headings = list(_TABLE.finditer(line.text))
    ends = [*(h.start() for h in headings[1:]), len(line.text)]
    for heading, end in zip(headings, ends, strict=False):
        fate = heading.group("fate")
        if fate in ("保留", "继续有效") or re.search(r"保留|继续有效|修[改订]", heading.group()[len(fate) :]):
            continue
        kind: Mode = "amends" if fate.startswith("修") else "repeals"
        for item in named(text, line.start + heading.end(), line.start + end):
            numbered = re.search(r"\d[ 　.．、]{0,2}$", text[max(0, item.start - 4) : item.start])
            if item.title and numbered:
                yield Relation(kind, item.title, item.number, Span(item.start, item.end))
