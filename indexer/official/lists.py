"""Lists of documents and what befalls each: under a heading, in a table, or by the cell of its own row."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Literal

from indexer.official.fates import Fate, fate_of, row_fate, row_name
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
_PLANNED = re.compile(r"(?:拟(?![定订稿])|建议|限期|不予|暂不|暂缓|不|未|待)(?:予以|宣布|同时)?(?:废止|失效|停止执行|修[改订])|征[求集]")
Mode = Literal["repeals", "amends"]
_ATTRIBUTE = re.compile(
    r"(?:(?:发文|发布|印发|颁布|公布|制定)?(?:单位|机关|时间|日期|文号|字号)|说明|备注|理由|原因)[^：:。]{0,8}[：:]"
)
_NUMBER = re.compile(r"[^：:]{0,10}[文字]号[：:]")  # 说明：… names the laws that made a text needless
_LIST = re.compile(r"目录|清单|下列|以下|如下|一览表|名单|附件|[：:]$|规章$|文件$")


def repeal_list(text: str, title: str, begin: int) -> Iterator[Relation]:
    """The lists of a 废止 decision: one document a line, under a heading that says what befalls them or with a
    cell of its own that says so."""
    reading = _Reading(text, _opening(title))
    for line in _paragraphs(text, begin):
        if len(line.text) > 300:
            yield from _run_list(text, line)
        else:
            yield from reading.read(line)
    yield from reading.rest()


class _Reading:
    """What the lines before one have said, as a list is read line by line."""

    def __init__(self, text: str, mode: Mode | None) -> None:
        self.text = text
        self.mode = mode  # what befalls the documents of the lines; None: nothing known
        self.listing = False  # a heading has announced the list
        self.last: Relation | None = None  # a title whose 文号 may stand in a line below
        self.stacked: Relation | None = None  # a row of one cell a line, whose fate may stand in a line below
        self.cells: list[Line] = []  # lines since the last document: the cells of a table that lost its rows

    def read(self, line: Line) -> Iterator[Relation]:
        """The documents that a line ends or changes, and those before it that it completes."""
        if self.stacked and (told := fate_of(line.text)):
            yield from _befallen(self.stacked, told)
            self.stacked, self.cells = None, []
            return
        items = named(self.text, line.start, line.end)
        fate = row_fate(line.text)
        if fate and (fate != "other" or self.mode is None) and (row := _of_row(self.text, line, items)):
            yield from self.rest()
            yield from _befallen(row, fate)
        elif _is_heading(line.text, items, self.listing):
            yield from self._done()
            self.mode, self.cells = _mode(line.text, self.mode), []
            self.listing = self.listing or bool(_LIST.search(line.text))
        elif ENDING.search(line.text) or INLINE.search(line.text):
            pass  # a sentence, read as such
        elif items and is_number_only(line.text):
            yield from self._done()
            if self.listing or self.mode is None:
                self.stacked = _stacked(self.cells, line, items[0], self.mode or "repeals")
            self.cells = []
        elif self.mode is not None:
            yield from self._listed(line, items, self.mode)
        else:
            yield from _run_list(self.text, line)
            self.cells.append(line)

    def _listed(self, line: Line, items: list[Named], mode: Mode) -> Iterator[Relation]:
        if _ATTRIBUTE.match(line.text):
            if self.last and not self.last.number and items and _NUMBER.match(line.text):
                self.last = replace(self.last, number=items[-1].number)
        elif items:
            yield from self.rest()
            yield from _listed(self.text, line, items, mode)
        elif self.listing and (name := _unnumbered(line.text)):
            yield from self.rest()
            self.last = Relation(mode, name, "", Span(line.start, line.end))
        else:
            self.cells.append(line)

    def _done(self) -> Iterator[Relation]:
        """The stacked row before, once no fate of its own can follow."""
        if self.stacked and self.mode is not None:
            yield self.stacked
        self.stacked = None

    def rest(self) -> Iterator[Relation]:
        """The documents read and not yet given."""
        yield from self._done()
        if self.last:
            yield self.last
        self.last, self.cells = None, []


def _opening(title: str) -> Mode | None:
    """What a title alone says befalls the documents listed; None: each heading or row must say it."""
    first = re.search(r"废止|失效|停止(?:执行|施行)|作废|撤销|取消|修改|修订", title)
    if first is None or _PLANNED.search(title):
        return None
    return "amends" if first.group() in ("修改", "修订") else "repeals"


def _of_row(text: str, line: Line, items: list[Named]) -> Relation | None:
    """The document of a row that has cells."""
    marked = re.search(r"[|\t；;]", line.text)
    name = row_name(line.text) if marked or items else ""
    title = name if name and (marked or ends_title(name)) else next((x.title for x in items if x.title), name)
    numbers = [x for x in items if x.number]
    if not title and not numbers:
        return None
    span = Span(line.start, line.end)
    return Relation("repeals", title, numbers[0].number if numbers else "", span)


def _befallen(row: Relation, fate: Fate) -> Iterator[Relation]:
    """The document of a row with the fate its own cell gives it."""
    if fate in ("repeals", "amends"):
        yield replace(row, type=fate)
    elif fate == "partly":
        yield replace(row, type="repeals", scope="部分内容")


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


def _stacked(cells: list[Line], line: Line, item: Named, mode: Mode) -> Relation:
    """A 文号 on a line of its own: the title is on the one or two lines above it."""
    above = [c for c in cells[-3:] if not c.text.isdecimal()]
    for count in range(1, len(above) + 1):
        name = "".join(c.text for c in above[-count:]).strip("《》 　")
        if ends_title(name) and len(name) >= 6:
            return Relation(mode, name, item.number, Span(above[-count].start, line.end))
    return Relation(mode, "", item.number, Span(line.start, line.end))


def _mode(heading: str, before: Mode | None) -> Mode | None:
    """What a heading says befalls the documents under it; None: they stay."""
    first = re.search(r"废止|失效|停止执行|修改|修订", heading)
    if _PLANNED.search(heading):
        return None
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
        if _PLANNED.search(line.text, max(0, heading.start() - 4), heading.end()):
            continue
        if fate in ("保留", "继续有效") or re.search(r"保留|继续有效|修[改订]", heading.group()[len(fate) :]):
            continue
        kind: Mode = "amends" if fate.startswith("修") else "repeals"
        for item in named(text, line.start + heading.end(), line.start + end):
            numbered = re.search(r"\d[ 　.．、]{0,2}$", text[max(0, item.start - 4) : item.start])
            if item.title and numbered:
                yield Relation(kind, item.title, item.number, Span(item.start, item.end))
