"""Which part of a web page is the document: judged by density of text and links, not by site.

Only what is plainly not the document goes: lists of links, and blocks whose class says menu, foot,
breadcrumb or share. Outside the main block a line stays when it is a sentence or names a fact of the
document (发布时间、文号 …), so that a page laid out in an unusual way loses nothing.
"""

from __future__ import annotations

import re

from .html_tree import Element, measure
from .unwrap import NUMBERED

_BLOCKS = frozenset(
    [
        "div",
        "section",
        "article",
        "main",
        "aside",
        "nav",
        "header",
        "footer",
        "ul",
        "ol",
        "dl",
        "table",
        "tbody",
        "tr",
        "td",
        "p",
        "form",
        "center",
        "dd",
    ]
)
_FURNITURE = re.compile(
    r"(^|[\W_])(top|main|sub|left|right|y|m|pc|wap|g|w|c)?[-_]?"
    r"(nav|navi|navbar|menu|foot|footer|bread|breadcrumb|crumbs?|share|sharing|copyright|toolbar|pager|pagination"
    r"|sidebar|jiathis|bdsharebuttonbox|bdshare|qrcode|ewm|erweima|friendlinks?|position|location|weizhi|dqwz"
    r"|daohang|searchbox|search|login|siteinfo|skip|accessibility)"
    r"([-_]?(box|bar|list|wrap|wrapper|inner|con|content|main|area|nav|top|bottom|left|right|txt|text|info|title"
    r"|menu|link|links|path|\d+))*([\W_]|$)"
)
_CONTENT = re.compile(r"article|trs_editor|zoom|detail|(^|[\W_])(content|main|conTxt|pages_content)([\W_]|$)")
_FILE = re.compile(r"\.(docx?|xlsx?|pdf|zip|rar|ofd|wps|et|pptx?|csv|txt)(\?|#|$)", re.IGNORECASE)
_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)

_FACT = re.compile(
    r"(索引号|索\s*引\s*号|发文机关|发文单位|发布机构|公开机构|文\s*号|成文日期|发文日期|发布日期|发布时间|生成日期|公开日期"
    r"|更新时间|生效日期|施行日期|实施日期|废止日期|失效日期|有效性|有效期|时效性|效力状态|主题分类|主题词|来\s*源|信息来源"
    r"|发布单位)\s*[:：]?"
)
_NOISE = re.compile(
    r"^[\s【\[（(《]*(分享(到|至|给)?|打印(本页|此页|文章)?|关闭(本页|此页|窗口)?|返回(顶部|首页|列表)?|回(到)?顶部|收藏(本页)?"
    r"|纠错|我要纠错|字体|字号|大|中|小|扫一扫.{0,20}|扫描二维码.{0,16}|微信|微博|新浪微博|腾讯微博|QQ空间|人人网|朋友圈"
    r"|相关(链接|新闻|文章|阅读|文档|信息|报道)|上一篇.{0,80}|下一篇.{0,80}|无障碍(阅读|浏览)?|网站地图|联系我们|关于我们|登录|注册"
    r"|(点击数|点击量|点击率|点击|浏览次数|浏览量|浏览|阅读次数|阅读量|阅读|访问量|人气)\s*[:：]?\s*\d*\s*次?|责任编辑[:：]\S{0,8}"
    r"|默认|超大|朗读|语音播报|保存|复制链接|下载本?文?|PDF下载|首页|更多|查看更多|Copyright.{0,100})"
    r"[\s】\])）》:：|/·,，、>]*$",
    re.IGNORECASE,
)
_SHORT_NOISE = re.compile(
    r"(分享(到|至)?|打印(本页|此页)?|关闭(窗口|本页|此页)?|字体|字号|大|中|小|收藏|返回|微信|微博|[\s：:【】\[\]|/()（）、,，·])+"
)
_COUNTER = re.compile(
    r"\s*[|【\[]?\s*(点击数|点击量|点击率|浏览次数|浏览量|阅读次数|阅读量|访问量|人气)\s*[:：]\s*\d*\s*次?\s*[】\]]?"
    r"|[【\[]?\s*(字体|字号)\s*[:：]?\s*([大中小]\s*){1,3}[】\]]?"
)
_REGISTERED = re.compile(
    r"ICP备(案(编?号)?)?\s*[:：]?\s*\S{0,4}\d{5,}|公网安备\s*\d{5,}|网站标识码\s*[:：]?\s*[A-Za-z]{0,4}\d{5,}"
)
_LEGAL = re.compile(
    r"(^|[\s|])版权所有|版权所有(?=[\s:：，,|©\d]|$)|Copyright\s*[©&(]|技术支持\s*[:：](?!\s*[\d(（])|浏览本网主页"
    r"|建议使用.{0,20}浏览器"
)
_PATH = re.compile(
    r"^您?(现在|当前)(的)?(所在)?的?位置\s*[:：]?[^，。；]*([>»›＞→/|]|$)|^所在位置\s*[:：]?[^，。；]*(首页|[>»›＞→])"
    r"|^当前栏目\s*[:：]?|^首页\s*[>»›/＞→-]|(>|»|›|＞)\s*(正文|详情|内容)\s*$"
)
_PROSE = re.compile(  # what a rule or an instruction says, and a notice of the site does not
    r"应当|应该|必须|不得|可以|负责|按照|依照|根据|依法|规定|是指|属于|登录|填[写报]|申[请报]"
)
_RESERVED = re.compile(r"未经.{0,16}(不得|禁止|严禁|请勿|谢绝)")


def prune(body: Element) -> None:
    """Take furniture out of the tree, in place; sizes are right again afterwards."""
    whole = max(body.size, 1)
    stack = [body]
    while stack:
        element = stack.pop()
        kept: list[Element | str] = []
        for kid in element.kids:
            if isinstance(kid, str) or not _is_furniture(kid, whole):
                kept.append(kid)
                if isinstance(kid, Element):
                    stack.append(kid)
        element.kids = kept
    measure(body)


def _is_furniture(element: Element, whole: int) -> bool:
    if element.size == 0 or element.tag not in _BLOCKS:
        return False
    if _HIDDEN.search(element.attributes.get("style", "")) and element.size < 0.3 * whole:
        return True
    titled = element.has("h1")
    share = element.size / whole
    if element.tag in ("nav", "footer", "aside") and share < 0.5 and not titled:
        return True
    if element.tag in ("td", "tr", "tbody", "p"):
        return False
    hints = element.hints
    if _FURNITURE.search(hints) and not _CONTENT.search(hints) and share < 0.4 and not titled:
        return not _holds_table(element)
    return not titled and _is_link_list(element)


def _holds_table(element: Element) -> bool:
    """Whether a block holds a table of three rows or more that is not made of links."""
    table = element.first("table")
    return table is not None and _count(table, "tr") >= 3 and table.linked < 0.5 * max(table.size, 1)


def _count(element: Element, tag: str) -> int:
    count, stack = 0, [element]
    while stack:
        node = stack.pop()
        count += node.tag == tag
        stack.extend(node.elements)
    return count


def _is_link_list(element: Element) -> bool:
    """Mostly link text, three links or more, no block of words among them, and not the attachments
    of the document."""
    if element.plain:
        return False
    if element.links < 3 or element.linked < 0.6 * element.size or element.marks > 2 * element.links:
        return False
    return _file_links(element) < 0.5 * element.links


def _file_links(element: Element) -> int:
    count = 0
    stack = [element]
    while stack:
        node = stack.pop()
        if node.tag == "a" and _FILE.search(node.attributes.get("href", "")):
            count += 1
        stack.extend(node.elements)
    return count


def main_element(body: Element) -> Element:
    """The smallest element that holds four fifths of the page's own words."""
    node, whole = body, _weight(body)
    while whole > 0:
        heavy = [kid for kid in node.elements if _weight(kid) >= 0.8 * whole]
        if not heavy or heavy[0].tag not in _BLOCKS or heavy[0].tag in ("p", "ul", "ol", "dl", "table"):
            break
        node = heavy[0]
    return node


def _weight(element: Element) -> int:
    return element.size - element.linked + 10 * element.marks


def keep_outside(line: str) -> bool:
    """Whether a line outside the main block belongs to the document all the same."""
    if _FACT.search(line) and len(line) < 200:
        return True
    legal = _REGISTERED.search(line) or _LEGAL.search(line)
    return len(line) >= 25 and any(mark in line for mark in "。；，") and (not legal or _is_clause(line))


def without_counters(line: str) -> str:
    """A line of facts (发布时间、来源) without the page's counters and controls beside them."""
    return _COUNTER.sub(" ", line).strip() if len(line) < 200 and _FACT.search(line) else line


def boilerplate_line(line: str) -> bool:
    """Whether a line is a control or a notice of the site: share, print, close, copyright, “you are here”.

    A rule about such notices (“应当标明网站标识码”) is none: what reads like the document's own words stays.
    """
    if len(line) > 200:
        return False
    if _NOISE.match(line) or (_SHORT_NOISE.fullmatch(line) and len(line) > 1):
        return True
    if _is_clause(line) or line.endswith(("。", "；")):
        return False
    if _REGISTERED.search(line) or (_PATH.search(line) and len(line) < 120):
        return True
    return bool(_LEGAL.search(line)) and not _PROSE.search(_RESERVED.sub("", line))


def _is_clause(line: str) -> bool:
    """Whether a line opens with the number of a clause or an item; the bullet of a list is none."""
    return not line.startswith("•") and bool(NUMBERED.match(line))
