"""Sentences and lists that end the life of other documents, or of parts of them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from typing import Literal

from indexer.official.dates import find_dates
from indexer.official.lines import Line, lines
from indexer.official.names import ends_title
from indexer.official.naming import Named, named, sentences
from indexer.official.rows import is_number_only, row_title
from kb.model import Relation, Span

_ENDING = re.compile(
    r"(?:同时|予以|即行|相应|一并|均|全部|起|现|宣布|自行|即|自然|也|亦|随之|自动|应予|立即|正式"
    r"|同日)[ 　]*(?:废止|作废|失效|停止(?:执行|施行|实施|使用|适用)|不再(?:执行|施行|实施|适用))"
    r"(?!的|[^，。；\s]{0,16}(?:目录|清单))"
    r"|(?<![或者和及、与未被已])(?:废止|停止执行|停止施行|停止实施|不再执行|不再施行|不再适用)(?=[。；，,;\s　）)]|$)"
)
_BEFORE = re.compile(
    r"(?:^|[，,：:、\s　]|决定|现将|现|予以|宣布|同时|并|日起)(?:对)?(?:以下|下列)?(?:废止|停止执行|停止施行|停止实施"
    r"|宣布失效|撤销(?=《))(?:[了以下列：:]{0,4})(?=《|[\u4e00-\u9fff]{0,30}《|[\u4e00-\u9fff]{2,12}[ 　]?[〔\[（(【［﹝]\d{4})"
)
_HYPOTHETICAL = re.compile(
    r"修改(?:、|或者|或|和)(?:宣布失效|废止)|废止(?:、|或者|或|和)修改|立改废|被废止|未被|需要废止"
    r"|应当废止|建议废止|拟废止|可以(?:修改|废止)|是否废止|及时(?:修改|废止)|(?:撤销|收回|取消)[^，。；]{0,60}废止|废止决定(?:予以)?撤销"
)
_N = r"[一二三四五六七八九十百零\d]+"
_PIECE = rf"第[（(]?{_N}[）)]?(?:章|节|条|款|项|目|部分)"
_SCOPE = re.compile(
    rf"^[）)]?[ 　]*(?:中)?(?:的)?(?P<scope>除{_PIECE}(?:[、，和及至]?{_PIECE})*以?外"
    rf"|(?:{_PIECE}(?:[、，和及至到](?=第|附件|[一二三四五六七八九十]))?)+|附件[一二三四五六七八九十\d]*"
    r"|(?:中)?(?:有关|关于|涉及|与本)[^《》。；]{2,50}?(?:的规定|规定|内容|条款|部分)"
    r"|部分(?:条款|内容|规定)|[^《》。；，、\s（）()]{1,12}?(?:部分|条款|内容|规定)(?=[^，。；]{0,6}(?:同时|予以|即行|停止|废止|失效|$)))"
)
_NOT_TARGET = re.compile(
    r"(?:根据|依据|按照|依照|遵照|参照|(?<!停止)(?<!不再)(?:执行|适用)(?!的)|按)[^，。；》]{0,12}$|(?<![》）])(?:与|同|违反|不符合)$"
)
# What may stand between the last named document and the verb that ends its life.
_GAP = re.compile(
    r"[）)]?[^，。；《》]{0,60}(?:[，,、和及](?:自|从|于|同时|一并|即行|现|均|并|也|予以"
    r"|第)[^，。；《》]{0,40})?[，,]?"
)


def scope_after(text: str, after: int, limit: int) -> str:
    """The part that is meant of a document named right before `after`; "" for the whole."""
    match = _SCOPE.match(text[after : min(limit, after + 80)])
    return match.group("scope").strip("、，和及至 中") if match else ""


_WORDS = ("废止", "停止执行", "停止施行", "停止实施", "不再执行", "不再施行", "失效", "作废", "不再适用", "撤销《")


def repeals(text: str) -> Iterator[Relation]:
    """`《旧文》（文号）同时废止`, `停止执行`, `决定废止《X》`, each with the words that say so."""
    for left, right in sentences(text, _WORDS):
        sentence = text[left:right]
        if left and text[left - 1] == "\n" and _ENDING.match(sentence.lstrip(" 　")):
            left = text.rfind("\n", 0, left - 1) + 1  # the verb was carried over to a line of its own
            left = max(left, text.rfind("。", left, right - len(sentence)) + 1)
            sentence = text[left:right]
        if "《" in sentence or "号" in sentence:
            yield from _repealed(text, left, right, sentence)


def _repealed(text: str, left: int, right: int, sentence: str) -> Iterator[Relation]:
    ends = list(_ENDING.finditer(sentence))
    lead = _BEFORE.search(sentence)
    if not ends and not lead:
        return
    if _HYPOTHETICAL.search(sentence) and not lead and "同时" not in sentence:
        return
    stop = left + ends[-1].start() if ends else right
    targets = named(text, left if ends or not lead else left + lead.end(), stop)
    if lead and ends and not targets and lead.start() <= ends[-1].start():
        stop, ends = right, []
        targets = named(text, left + lead.end(), right)
    gap = text[targets[-1].end : stop] if ends and targets and not lead else ""
    if not _GAP.fullmatch(gap) or re.search(r"不一致|不符|抵触|违反|要求", gap):
        return
    kind: Literal["supersedes", "repeals"] = "supersedes" if re.search(r"代替|取代", sentence) else "repeals"
    own = next((m.end() for m in re.finditer(r"起(?:施行|实施|执行)[，,。]?", sentence)), 0)
    day = _day_given(text, left, targets, stop)
    for item in targets:
        if not _spared(text, left, own, item, len(targets)):
            last = min(right, left + ends[-1].end()) if ends else item.end
            scope = scope_after(text, item.end, stop)
            yield Relation(kind, item.title, item.number, Span(item.start, last), scope, day)


_AT_LAST = re.compile(r"(?:[（(][^（()）]*[）)])?(?:起|前|后|之日起?)?[，,]?[ 　]*(?:对|将|现|均|同时|予以|一并|正式)*$")
_FROM_THEN = re.compile(r"起?[，,]?[ 　]*(?:对|将|现)?(?:以?下列?)?(?:废止|停止(?:执行|施行|实施|使用)|不再(?:执行|施行))?[ 　]*$")


def _day_given(text: str, left: int, targets: Sequence[Named], stop: int) -> date | None:
    """The day that the sentence gives the end: 《X》自2027年7月1日起废止, 自2024年1月1日起，《X》停止执行."""
    if not targets:
        return None
    between = list(find_dates(text, targets[-1].end, stop))
    if between and _AT_LAST.match(text, between[-1].span.end, stop):
        before = text[targets[-1].end : between[-1].span.start].rstrip(" 　")
        return between[-1].day if re.search(r"[自从于]$", before) else None
    ahead = list(find_dates(text, left, targets[0].start))
    if ahead and _FROM_THEN.fullmatch(text, ahead[-1].span.end, targets[0].start):
        return ahead[-1].day if re.search(r"[自从]$", text[left : ahead[-1].span.start].rstrip(" 　")) else None
    return None


def _spared(text: str, left: int, own: int, item: Named, count: int) -> bool:
    """Is a named document only cited (根据《X》…, the document's own name before 起施行)?"""
    if _NOT_TARGET.search(text[max(left, item.start - 20) : item.start]):
        return True
    if not item.title and re.match(r"(?:文件?)?(?:修订|修正|修改)", text[item.end : item.end + 4]):
        return True  # （甲政发〔2010〕8号，甲政发〔2015〕2号修订）
    if count > 1 and own == 0 and re.search(r"关于(?:修改|废止)", item.title[:6]):
        return True
    return count > 1 and item.end <= left + own and re.search(r"本|自", text[left : left + own]) is not None


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
        if mode is None or _ENDING.search(line.text):
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
    row = len(rest) < len(line.text) or rest.startswith(("《", "关于")) or "文号" in line.text
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
