"""Shapes of titles and of the bodies that issue them."""

from __future__ import annotations

import re

# What a title of an official document ends with (a trailing 试行/year in brackets aside).
TITLE_END = (
    "通知|意见|办法|规定|决定|方案|条例|细则|公告|通告|通报|批复|函|复函|报告|请示|决议|纪要|命令|令|议案|规划|计划|纲要|"
    "措施|政策|标准|规范|规程|规则|导则|指南|指引|目录|清单|要点|制度|章程|准则|解释|法|预案|行动|解读|问答|"
    "名单|公示|建议|倡议书|公报|汇报|讲话|说明|案例|案|白皮书|体系|工程|手册|大纲|答复|目标|样本|做法|经验"
)
# What a text calls itself until it is adopted.
DRAFT = (
    r"征求意见[稿本]|征[集询]意见稿|意见征[求集]稿|草案(?:[\u4e00-\u9fff]{0,6}稿)?|草稿|初稿"
    r"|(?:送审|报审|报批|审议|审查|讨论|论证|代拟)稿"
)
VERSION = re.compile(
    r"[（(\[〔【]?(?:\d{4}[年版]?)?[ 　]*(?:第?[一二三四五六七八九十\d]+[次版])?"
    rf"(?:试行|暂行|修订稿?|修正|修正案|修改稿?|(?:公开|修订|修正)?(?:{DRAFT})|本|版|\d{{4}}年版?"
    r"|\d{4}[-.]\d{1,2}[-.]\d{1,2})[）)\]〕】]?$"
)
ENDS_TITLE = re.compile(rf"(?:{TITLE_END})[》〉>”]?(?:[（(][^（()）]{{1,20}}[)）])*$")
ORG_END = (
    "人民政府|人民代表大会常务委员会|人民代表大会|人大常委会|委员会|办公厅|办公室|总局|管理局|局|厅|部|院|署|领导小组|指挥部|"
    "管委会|党委|党组|市委|省委|县委|区委|政府|协会|学会|联合会|总会|总工会|银行|法院|检察院|公司|集团|中心|处|司|大学|学院|学校|"
    "医院|研究所|社|工会|团|联盟|专班|办|委|国务院|中共中央|中央军委|总队|支队|大队|所|站|基金会|商会|科|组织|党校|网信办|秘书处"
)
ORG = re.compile(rf"^[\u4e00-\u9fff“”（）()、·]{{2,40}}?(?:{ORG_END})(?:[（(][\u4e00-\u9fff]{{2,24}}[）)])?$")
_BANNER = re.compile(
    r"^(?!.*(?:关于|发布|签署|公布|印发|《|会议|号文件))"
    r"(?:[\u4e00-\u9fff]{2,30}(?:文件|简报|专报|内参|门户网站?|政府网)"
    r"|[\u4e00-\u9fff]{0,24}(?:人民代表大会(?:常务委员会)?|人民政府|委员会|国务院|主席|部|局|厅|院|署)"
    r"(?:公告|令|通告|函|公报)(?:[（(]?第.{1,8}号[）)]?)?|公告|通告|令|文件|政务公开|网站)$"
    r"|^(?:中华人民共和国|[\u4e00-\u9fff]{2,8})?(?:国家|行业|地方|团体|企业|工程建设(?:地方)?)标准$"
    r"|^[（(〔]?第[ 　]*[\d一二三四五六七八九十百]{1,6}[ 　]*号[）)〕]?$"
)
_MARK = re.compile(
    rf"(?:[（(](?:试行|暂行|[^（()）]{{0,16}}?(?:{DRAFT})(?:[，,、 　·第\d][^（()）]{{0,12}})?)[）)]|{DRAFT})"
)
_BODY = re.compile(
    r"[。；;]$|^(?:第[一二三四五六七八九十百\d]+[章节条编篇]|[一二三四五六七八九十]+、"
    r"|（[一二三四五六七八九十]+）|\d+[.．、])"
)


def is_organisation(line: str) -> bool:
    """Is the whole line the name of an issuing body (blanks between characters allowed)?"""
    compact = re.sub(r"[\s　]+", "", line)
    return 3 <= len(compact) <= 45 and ORG.match(compact) is not None


def is_banner(line: str) -> bool:
    """A red head, 令 or 公告 line: names the body and the form, not the document."""
    return _BANNER.match(re.sub(r"[\s　]+", "", line)) is not None


def is_mark(line: str) -> bool:
    """A line that only says which text this is, （试行） or （征求意见稿）: part of the title it stands by."""
    return _MARK.fullmatch(line) is not None


def is_body(line: str) -> bool:
    """A line that reads as running text or a numbered heading rather than a title."""
    return _BODY.search(line) is not None


def ends_title(line: str) -> bool:
    return ENDS_TITLE.search(re.sub(r"[\s　]+", "", line)) is not None


def without_version(title: str) -> str:
    """A title without its trailing （试行）, （2020年修订）, (2020-11-27)."""
    before = None
    while before != title:
        before, title = title, VERSION.sub("", title).rstrip(" 　")
        title = title if title else before
    return title


_INNER = re.compile(
    r"(?:印发|发布|公布|颁布|转发|批转|下达|执行)[<《〈「『]?(.+?)[>》〉」』]?[ 　]*的(?:通知|公告"
    r"|决定|函|通告|令)$"
)


def core(title: str) -> str:
    """The name of what a covering notice carries: 关于印发《X》的通知 → X; other titles unchanged."""
    inner = _INNER.search(re.sub(r"[（(][^（()）]{1,12}[）)]$", "", title))
    return inner.group(1) if inner else title
