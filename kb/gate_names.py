"""Names and words that a claim puts in: a place, a body, a clause that what it cites does not speak of.

All by rule, on the surface of the words; no list of places or bodies is needed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from .alike import normal_text
from .gate_facts import Fact, facts
from .gate_support import clauses, plain

REF = r"第[一二三四五六七八九十百零〇\d]+[编章节条款项](?:之[一二三四五六七八九])?"
# The two characters before 省, 市, 县 or 区 tell one place from another; 全省, 城市, 社区 name none.
_PLACE = re.compile(
    r"[\u4e00-\u9fff](?![全我本各该社园小景街新老城郊片林牧矿灾库校厂院辖农地山战保特禁时省市县区镇乡等个的级间外由在对为向与和及并以从到于经按被将])"
    r"[\u4e00-\u9fff](?:省|自治区|市|县|区)(?![域分别块间内级场政民委属里外长])"
)
_BODY = re.compile(
    r"(?!有关|相关|主管|各级|职能|上级|所属|其他|责任|行政|业务|本级|多个)[\u4e00-\u9fff]{2}"
    r"(?:(?<![布格大全开结邮棋])局|厅|部门|委员会|公司|协会|中心|集团|法院|检察院)"
)
# What people say around a fact when they tell it in their own words.
TELLING = re.compile(
    r"根据|依据|按照|依照|规定|要求|明确|提出|指出|强调|显示|具体|主要|包括|包含|涵盖|涉及|以下|如下|其中|此外|另外|同时|"
    r"并且|以及|分别|例如|比如|总共|一共|共计|合计|需要|应该|应当|必须|情况|方面|内容|条件|标准|措施|目标|任务|达到|不低于|"
    r"不高于|至少|最多|至多|最高|最低|左右|每天|每日|每年|期间|时间|期限|截止|截至|由于|因此|所以|因为|如果|对于|关于|针对|属于|"
    r"作为|进行|开展|实施|实行|负责|可以|能够|允许|不能|不可|没有|上述|他们|以来|之前|之后|以前|以后|以内|之内|超过|少于|"
    r"多于|大于|小于|大约|目前|现行|有效|文件|政策|办法|通知|条款|规范|制定|适用|相应|有关|相关|均须|须|均|都|也|已|将|需|应|若|则|"
    r"该|此|这|那|本|其|它|自|从|至|到|起|约|等|即|还|再|又|并|而|但|且|与|和|及|或|或者|被|把|让|使|个|项|名|称|为|是|有|无|不"
)


def strangers(claim: str, context: str) -> str:
    """A place, body or word of the claim that `context` (the cited text with all around it) does not
    know; "" where there is none."""
    known = normal_text(context)
    for name in (*_PLACE.findall(claim), *_BODY.findall(claim)):
        if normal_text(name) not in known:
            return str(name)
    letters = set(known)
    for clause in clauses(claim):
        told = TELLING.sub("　", plain(clause))
        new = "".join("　" if c in letters else c for c in told)
        if found := re.search(r"[\u4e00-\u9fff]{2,}", new):
            return found[0]
    return ""


def elsewhere(claim: str, cited: Sequence[tuple[Sequence[Fact], str]]) -> bool:
    """Whether a figure of the claim stands only in documents that do not know its place.

    `cited` are the facts of each cited sentence and all that its document says around it.
    """
    everywhere = _PLACE.findall(claim)
    for clause in clauses(claim):
        places = [normal_text(p) for p in _PLACE.findall(clause) or everywhere]
        if not places:
            continue
        for fact in facts(clause):
            if fact.kind not in ("figure", "date"):
                continue
            homes = [normal_text(around) for there, around in cited if _has(there, fact)]
            if homes and not any(place in home for home in homes for place in places):
                return True
    return False


def _has(there: Iterable[Fact], fact: Fact) -> bool:
    return any(f.kind == fact.kind and f.value == fact.value for f in there)


def articles(text: str) -> set[tuple[object, str]]:
    """The clauses a text names, 第十条 and 第10条 alike."""
    return {_article(ref) for ref in re.findall(REF, text)}


def _article(ref: str) -> tuple[object, str]:
    found = [f for f in facts(ref) if f.kind == "figure"]
    return (found[0].value if found else ref, ref[-1])
