"""Values that people state outright: Markdown front matter and the label lines of portal pages."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from indexer.official.dates import read_date
from indexer.official.lines import HEAD
from indexer.official.secrecy import most_closed, of_secrecy, of_words
from indexer.official.standards import is_standard, spelled
from kb.fold import bracket_number
from kb.model import Field, Span

# 公开属性, 信息公开选项, 主动公开方式, 政府信息公开形式, …
_OPENNESS = [
    f"{lead}公开{what}"
    for lead in ("政府信息", "信息", "主动", "")
    for what in "选项 属性 方式 类型 类别 形式 范围 程度 性质".split()
]
_NAMES = {
    "title": "title 标题 名称 文件名称 文件标题 题名",
    "number": "number doc_number 文号 发文字号 发文号 文件编号 文件号 标准号 公文文号 发文文号",
    "issuer": "issuer publisher 发布机关 发文机关 发布机构 发文单位 发布单位 制定机关 制定单位 颁布机关 "
    "颁布单位 印发机关 发文机构 制发机关",
    "issued": "issued date publish_date 成文日期 发文日期 印发日期 发布日期 公布日期 颁布日期 "
    "发布时间 生成日期 签发日期 成文时间",
    "effective": "effective effective_date 施行日期 实施日期 生效日期 施行时间 生效时间 实施时间 执行日期 执行时间 实行日期 启用日期",
    "expires": "expires expiry expire_date 失效日期 废止日期 有效期至 截止日期 失效时间 有效期",
    "kind": "kind type 类型 文件类型 文种 类别",
    "region": "region 地区 地域 区域 适用地区 行政区域",
    "status": "status 状态 时效性 效力状态 有效性 效力 时效 文件状态 是否有效",
    "visibility": "visibility access_level 可见范围 可见性 访问级别 密级范围 " + " ".join(_OPENNESS),
    "recipients": "recipients 主送机关 主送",
    "attachments": "attachments 附件",
    "secrecy": "secrecy 密级 保密级别 保密等级 秘密等级 涉密等级 文件密级",
    "source": "source 来源 原文链接 信息来源",
}
KEY = {name.lower(): key for key, names in _NAMES.items() for name in names.split()}
_DATES = {"issued", "effective", "expires"}
_STATUS = (
    ("partly_repealed", r"partly_repealed|部分(?:废止|失效)"),
    ("not_yet", r"not_yet|尚未|未生效|未施行|待生效|即将"),
    ("repealed", r"repealed|废止|作废|撤销"),
    ("expired", r"expired|失效|无效|过期|到期|^否$"),
    ("amended", r"amended|修改|修订|修正"),
    ("in_force", r"in_force|有效|生效|active|^是$"),
    ("unknown", r"unknown|未知|不详"),
)
_KIND = (
    ("standard", r"standard|标准|规范|导则|指南"),
    ("action", r"action|行动|计划|方案"),
    ("case", r"case|案例|典型"),
    ("policy", r"policy|政策|法规|条例|规章|文件|通知|意见|办法|规定|法律|公文"),
)


def _choose(value: str, table: tuple[tuple[str, str], ...]) -> str | None:
    lowered = value.strip().lower()
    return next((name for name, pattern in table if re.search(pattern, lowered)), None)


def _bare(value: str) -> str:
    return value.strip().strip("\"'").strip()


def _is_empty(value: str) -> bool:
    return _bare(value) in {"", "无", "-", "—", "null", "None", "~", "暂无", "/"}


def standardise(key: str, value: str) -> str | None:
    """The value in the form every reader expects (ISO date, status word, one 文号 spelling), or None."""
    if _is_empty(value):
        return None
    value = _bare(value)
    if key in _DATES:
        day = read_date(value)
        return day.isoformat() if day else None
    if key == "number":
        return spelled(value) if is_standard(value) else bracket_number(value)
    if key == "status":
        return _choose(value, _STATUS)
    if key == "kind":
        return _choose(value, _KIND)
    if key == "visibility":
        return of_words(value)
    if key == "secrecy":
        return value if value.isascii() else re.sub(r"\s", "", value)
    return value


def from_front(front: Mapping[str, str]) -> dict[str, Field]:
    """Front matter, English or Chinese keys; what cannot be read is left to detection.

    But who may see the document is never left to it: of several visibilities the most closed holds,
    and one that cannot be read is `restricted`.
    """
    found: dict[str, Field] = {}
    for key, raw in _known(front):
        value = standardise(key, raw)
        if value and key == "visibility" and key in found:
            found[key] = most_closed((found[key], Field(value))) or found[key]
        elif value and key not in found:
            found[key] = Field(value)
    level = of_secrecy(found["secrecy"].value) if "secrecy" in found else None
    stated = (Field(level),) if level and (level != "public" or "visibility" in found) else ()
    if unclear_visibility(front) is not None:
        stated = (Field("restricted"),)
    if visibility := most_closed((*stated, found.get("visibility"))):
        found["visibility"] = visibility
    return found


def _known(front: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """The values whose names are known, by our name of each; blanks in a name do not count."""
    for name, raw in front.items():
        key = KEY.get(re.sub(r"\s", "", str(name)).lower())
        if key and raw is not None:
            yield key, str(raw)


def unclear_visibility(front: Mapping[str, str]) -> str | None:
    """What front matter states of who may see the document, where nothing of it can be read."""
    stated = [(key, raw) for key, raw in _known(front) if key in ("visibility", "secrecy") and not _is_empty(raw)]
    if any(key == "visibility" and of_words(raw) for key, raw in stated):
        return None
    return next((raw for key, raw in stated if not (of_secrecy(raw) if key == "secrecy" else of_words(raw))), None)


# 成文日期 outranks the day a page went on line.
_LABELS = [
    ("title", "标题|文件名称|名称|题名"),
    ("number", "发文字号|发文文号|公文文号|文号|文件编号|发文号"),
    ("issuer", "发文机关|发布机关|发文机构|发布机构|发文单位|制定机关|制定单位|发布单位"),
    ("issued", "成文日期|成文时间|发文日期|印发日期|生成日期|签发日期"),
    ("effective", "施行日期|实施日期|生效日期|执行日期|实行日期|启用日期|施行时间|生效时间|实施时间|执行时间"),
    ("expires", "失效日期|废止日期|失效时间|有效期至"),
    ("status", "时效性|有效性|效力状态|文件状态|是否有效"),
    ("secrecy", "密级|保密级别|保密等级|秘密等级|涉密等级|文件密级"),
    ("visibility", "|".join(("visibility", "可见范围", "可见性", *_OPENNESS))),
]
_SPREAD = {key: "|".join(r"[ 　\t]*".join(name) for name in names.split("|")) for key, names in _LABELS}
_LABEL = re.compile(
    r"(?<![^ 　\t\n；;|【\[])(?:" + "|".join(f"(?P<{key}>{names})" for key, names in _SPREAD.items()) + ")"
)
_OTHER = r"索[ 　]*引[ 　]*号|主题分类|主题词|发布日期|发布时间|公布日期|公开\S{2}|来源|字体|浏览|组配分类"
_ANY_LABEL = re.compile(rf"(?:{_OTHER}|[^\s：:，。]{{2,6}}(?=[：:]))")
_ROW = re.compile(r"[\s　|]*(?:序[ 　]*号|编[ 　]*号)[：:]")
_COLON = re.compile(r"[ 　\t]*[】\]]?[ 　\t]*[：:](?![ 　\t]*\|)[ 　\t]*\n?[ 　\t]*")
_GAP = re.compile(r"[；;|\n]|[ 　\t]{2,}|[ 　\t](?=" + _ANY_LABEL.pattern + ")")
_CELL = re.compile(r"[ 　\t]*([：:])?[ 　\t]*\|[ 　\t]*")  # from a label in one cell to its value in the next
_CELL_END = re.compile(r"[|\n]")
_FIRST_CELL = re.compile(
    rf"^[ 　\t|]*({'|'.join(_SPREAD.values())}|{_OTHER})[ 　\t]*[：:]?[ 　\t]*\|", re.MULTILINE
)
_NAME = re.compile(rf"(?:{'|'.join(_SPREAD.values())}|{_OTHER})[ 　\t]*[：:]?")


def is_label(line: str) -> bool:
    """Does a line begin with one of the labels and a colon or a cell's end (`发文机关：…`, `发文机关 | …`)?"""
    match = _LABEL.match(line)
    return match is not None and any(x.match(line, match.end()) for x in (_COLON, _CELL))


def from_labels(text: str) -> dict[str, Field]:
    """Label lines such as `发文字号：浙政发〔2023〕1号` near the head of a saved page, and rows of its table
    of facts, label and value in alternate cells (`发文机关： | 某市人民政府 | 成文日期： | 2020年1月6日`)."""
    found: dict[str, Field] = {}
    window = text[: HEAD // 2]
    if not re.search(r"[：:|]", window):
        return found
    facts = len(set(_FIRST_CELL.findall(window))) > 1
    for match in _LABEL.finditer(window):
        key = match.lastgroup or ""
        if key in found or _ROW.match(window, window.rfind("\n", 0, match.start()) + 1):
            continue  # a row of a list of documents (序号：1；…) speaks of another one
        span = _beside(window, match, facts)
        raw = span.of(window) if span else ""
        value = standardise(key, raw)
        if value and len(raw) <= 120 and not (is_label(raw) or _NAME.fullmatch(raw)):
            found[key] = Field(value, span)
    return found


def _beside(window: str, label: re.Match[str], facts: bool) -> Span | None:
    """Where the value of a label stands: after its colon, or in the next cell of its row.

    Cells without a colon are label and value only in a table of `facts`; elsewhere they head columns.
    """
    cell = _CELL.match(window, label.end())
    if cell:
        before = window[window.rfind("\n", 0, label.start()) + 1 : label.start()].rstrip(" 　\t")
        if not (facts or cell.group(1)) or before[-1:] not in ("", "|"):
            return None
    begins = cell or _COLON.match(window, label.end())
    if begins is None:
        return None
    end = (_CELL_END if cell else _GAP).search(window, begins.end())
    words = window[begins.end() : end.start() if end else len(window)].rstrip()
    return Span(begins.end(), begins.end() + len(words)) if words else None
