"""Sentences that end the life of other documents, or of parts of them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import Literal

from indexer.official.dates import find_dates
from indexer.official.kept import denied, of_a_thing, stays, taken_back
from indexer.official.names import ends_title, without_version
from indexer.official.naming import Named, named, sentences
from indexer.official.rows import row_title
from kb.model import Relation, Span

_STOP = r"停止(?:执行|施行|实施|使用|适用)|终止(?:执行|施行|实施|使用|适用|效力)"
_WEAK = r"作废|失效|失去(?:法律)?效力|停止(?:使用|适用)|终止(?:执行|施行|实施|使用|适用|效力)"
ENDING = re.compile(
    r"(?:同时|予以|即行|相应|一并|均|全部|起|现|宣布|自行|即|自然|也|亦|随之|自动|应予|立即|正式"
    rf"|同日)[ 　]*(?:废止|作废|失效|失去(?:法律)?效力|{_STOP}|不再(?:执行|施行|实施|适用))"
    r"(?!的|[^，。；\s]{0,16}(?:目录|清单))"
    r"|(?<![或者和及、与未被已])(?:(?P<bare>废止|停止执行|停止施行|停止实施|不再执行|不再施行|不再适用)"
    rf"|(?P<weak>{_WEAK}))(?=[。；，,;\s　）)]|$)"
)
# Between a document and 失效, 停止使用 and the like, which are said of much else, only this may stand.
_NEAR = re.compile(
    r"[）)]?[ 　]*(?:等[^，。；《》]{0,10}(?:文件|规定|通知|办法))?[ 　]*(?:(?:自|从|于)[^，。；《》]{2,24}?(?:起|日|后|时))?[，,]?"
    r"(?:全部|均|也|亦|即|应当?|将|随之|自然|现)*"
)
_BEFORE = re.compile(
    r"(?:^|[，,：:、\s　]|决定|现将|现|予以|宣布|同时|并|日起)(?:对)?(?:以下|下列)?(?:废止|停止执行|停止施行|停止实施"
    r"|宣布失效|撤销(?=《))(?:[了以下列：:]{0,4})(?=《|[\u4e00-\u9fff]{0,30}《|[\u4e00-\u9fff]{2,12}[ 　]?[〔\[（(【［﹝]\d{4})"
)
_HYPOTHETICAL = re.compile(
    r"修改(?:、|或者|或|和)(?:宣布失效|废止)|废止(?:、|或者|或|和)修改|立改废|被废止|未被|需要废止"
    r"|应当废止|建议废止|拟废止|可以(?:修改|废止)|是否废止|及时(?:修改|废止)|(?:撤销|收回|取消)[^，。；]{0,60}废止|废止决定(?:予以)?撤销"
)
# 决定废止以下规范性文件：甲（文号）；乙（文号）。 and 对下列文件予以废止：甲、乙。, all on one line
INLINE = re.compile(
    rf"(?:(?:废止|宣布失效|宣布废止|{_STOP})(?:以下|下列|如下)[^：:。；《》\n]{{0,24}}"
    rf"|(?:以下|下列)[^：:。；《》\n]{{0,24}}(?:废止|失效|作废|{_STOP}))[：:](?=[^\n]{{6}})"
)
_N = r"[一二三四五六七八九十百零\d]+"
_PIECE = rf"第[（(]?{_N}[）)]?(?:章|节|条|款|项|目|部分)"
_SCOPE = re.compile(
    rf"^[）)]?[ 　]*(?:中)?(?:的)?(?P<scope>除{_PIECE}(?:[、，和及至]?{_PIECE})*以?外"
    rf"|(?:{_PIECE}(?:[、，和及至到](?=第|附件|[一二三四五六七八九十]))?)+|附件[一二三四五六七八九十\d]*"
    r"|(?:中)?(?:有关|关于|涉及|与本)[^《》。；]{2,50}?(?:的规定|规定|内容|条款|部分)"
    r"|部分(?:条款|内容|规定)|(?!(?:以?及|和|与|等|并|连同)(?![^，。；《》]{0,16}中))[^《》。；，、\s（）()]{1,16}?(?:部分|条款|内容|规定)(?=[^，。；]{0,6}(?:同时|予以|即行|停止|废止|失效|$)))"
)
_NOT_TARGET = re.compile(
    r"(?:根据|依据|按照|依照|遵照|参照|(?<!停止)(?<!不再)(?:执行|适用)(?!的)|按)[^，。；》]{0,12}$|(?<![》）])(?:与|同|违反|不符合)$"
)
# What may stand between the last named document and the verb that ends its life.
_GAP = re.compile(
    r"[）)]?[^，。；《》]{0,60}(?:[，,、和及](?:自|从|于|同时|一并|即行|现|均|并|也|予以"
    r"|第|到期|届满|期满)[^，。；《》]{0,40})?[，,]?"
)


def scope_after(text: str, after: int, limit: int) -> str:
    """The part that is meant of a document named right before `after`; "" for the whole."""
    match = _SCOPE.match(text[after : min(limit, after + 80)])
    return match.group("scope").strip("、，和及至 中") if match else ""


_WORDS = ("废止", "停止", "终止", "不再执行", "不再施行", "失效", "失去", "作废", "不再适用", "撤销《")


def repeals(text: str) -> Iterator[Relation]:
    """`《旧文》（文号）同时废止`, `停止执行`, `决定废止《X》`, each with the words that say so."""
    for left, right in sentences(text, _WORDS):
        sentence = text[left:right]
        if left and text[left - 1] == "\n" and ENDING.match(sentence.lstrip(" 　")):
            left = text.rfind("\n", 0, left - 1) + 1  # the verb was carried over to a line of its own
            left = max(left, text.rfind("。", left, right - len(sentence)) + 1)
            sentence = text[left:right]
        if "《" in sentence or "号" in sentence:
            yield from _repealed(text, left, right, sentence)


def _repealed(text: str, left: int, right: int, sentence: str) -> Iterator[Relation]:
    items = named(text, left, right)
    ends = [said for said in ENDING.finditer(sentence) if _decides(sentence, said, left, items)]
    lead = _BEFORE.search(sentence)
    if lead and (denied(sentence, lead.end(), _verb(lead), len(sentence)) or taken_back(sentence, lead.end())):
        lead = None
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
    if not _GAP.fullmatch(gap) or re.search(r"不一致|不符|抵触|违反|要求", gap) or of_a_thing(gap):
        return
    kind: Literal["supersedes", "repeals"] = "supersedes" if re.search(r"代替|取代", sentence) else "repeals"
    own = next((m.end() for m in re.finditer(r"起(?:施行|实施|执行)[，,。]?", sentence)), 0)
    day = _day_given(text, left, targets, stop)
    if day is None and _AT_TERM.search(gap):
        return  # 《X》到期后自动失效: its own term ends it
    for item in targets:
        if not _spared(text, left, own, item, len(targets)):
            last = min(right, left + ends[-1].end()) if ends else item.end
            scope = scope_after(text, item.end, stop) or ("部分内容" if re.search(r"部分[ 　]*$", gap) else "")
            yield Relation(kind, item.title, item.number, Span(item.start, last), scope, day)


def inline_lists(text: str) -> Iterator[Relation]:
    """`决定废止以下规范性文件：甲（文号）；乙（文号）。`: one document after another, with or without 《》."""
    for said in INLINE.finditer(text):
        left, _ = next(sentences(text[: said.end()], (said.group(),)), (said.start(), 0))
        if denied(text[left : said.end()], said.end() - left, said.start() - left, said.end() - left):
            continue
        stop = min((at for mark in "。\n" if (at := text.find(mark, said.end())) >= 0), default=len(text))
        at = said.end()
        for piece in re.split(r"(?<=[；;])|(?<=[）)》])、", text[at:stop]):
            items = named(text, at, at + len(piece))
            title = row_title(piece)
            number = next((x.number for x in items if x.number), "")
            if title and (ends_title(title) or number) and not re.search(r"根据|依据|修[改订]", piece[:4]):
                scope = scope_after(text, items[-1].end, at + len(piece)) if items else ""
                yield Relation("repeals", title, number, Span(at, at + len(piece.rstrip("；;，, "))), scope)
            at = text.find(piece, at, stop) + len(piece)
            at += text.startswith("、", at)


def _verb(lead: re.Match[str]) -> int:
    """Where the verb of a leading 决定废止《X》 begins; what it is said by stands before."""
    said = re.search(r"废止|停止|宣布失效|撤销", lead.group())
    return lead.start() + said.start() if said else lead.start()


def _decides(sentence: str, said: re.Match[str], left: int, items: Sequence[Named]) -> bool:
    """Whether the words end what is named before them (or after: 废止《X》)."""
    before = [item for item in items if item.end <= left + said.start()]
    if said["weak"]:
        is_text = before and (before[-1].number or ends_title(without_version(before[-1].title)))
        if not is_text or not _ends_it(sentence[before[-1].end - left : said.start()]):
            return False  # 《商标注册证》作废 ends no document
    return not denied(sentence, before[-1].start - left if before else said.start(), said.start(), said.end())


def _ends_it(gap: str) -> bool:
    part = _SCOPE.match(gap)
    return bool(_NEAR.fullmatch(gap[part.end() if part else 0 :]))


_AT_LAST = re.compile(r"(?:[（(][^（()）]*[）)])?(?:起|前|后|之日起?)?[，,]?[ 　]*(?:对|将|现|均|同时|予以|一并|正式)*$")
_FROM_THEN = re.compile(r"起?[，,]?[ 　]*(?:对|将|现)?(?:以?下列?)?(?:废止|停止(?:执行|施行|实施|使用)|不再(?:执行|施行))?[ 　]*$")


_AT_TERM = re.compile(r"(?:到期|届满|期满)(?:后|之日|之时|时|即|自动|自行|，|之后)*$")
_TILL = re.compile(r"(?:至|到|截至|截止到?)[ 　]*$")
_TILL_THEN = re.compile(r"[ 　]*(?:24时)?(?:止|后|之后|以后|期满|到期|届满|之日|时|起|即|[，,])*(?:对|将|现|均|同时|予以|一并|正式|自行|自动)*$")


def _runs_out(before: str, after: str) -> bool:
    """Whether a day between `before` and `after` is the last one: 执行至那日后废止, 于那日到期，到期后不再执行."""
    till = _TILL.search(before) or (re.search(r"于[ 　]*$", before) and re.match(r"[ 　]*(?:到期|届满|期满)", after))
    return bool(till and _TILL_THEN.match(after))


def _day_given(text: str, left: int, targets: Sequence[Named], stop: int) -> date | None:
    """The day that the sentence gives the end: 《X》自2027年7月1日起废止, 自2024年1月1日起，《X》停止执行."""
    if not targets:
        return None
    between = list(find_dates(text, targets[-1].end, stop))
    if between and _runs_out(text[targets[-1].end : between[-1].span.start], text[between[-1].span.end : stop]):
        return between[-1].day + timedelta(days=1)  # 执行至2027年12月31日后废止
    if between and _AT_LAST.match(text, between[-1].span.end, stop):
        before = text[targets[-1].end : between[-1].span.start].rstrip(" 　")
        return between[-1].day if re.search(r"[自从于]$", before) else None
    ahead = list(find_dates(text, left, targets[0].start))
    if ahead and _FROM_THEN.fullmatch(text, ahead[-1].span.end, targets[0].start):
        return ahead[-1].day if re.search(r"[自从]$", text[left : ahead[-1].span.start].rstrip(" 　")) else None
    return None


def _spared(text: str, left: int, own: int, item: Named, count: int) -> bool:
    """Is a named document only cited (根据《X》…, the document's own name before 起施行)?"""
    if _NOT_TARGET.search(text[max(left, item.start - 20) : item.start]) or stays(text, item.start, item.end):
        return True
    if not item.title and re.match(r"(?:文件?)?(?:修订|修正|修改)", text[item.end : item.end + 4]):
        return True  # （甲政发〔2010〕8号，甲政发〔2015〕2号修订）
    if count > 1 and own == 0 and re.search(r"关于(?:修改|废止)", item.title[:6]):
        return not re.search(r"撤销$", text[max(left, item.start - 2) : item.start])
    return count > 1 and item.end <= left + own and re.search(r"本|自", text[left : left + own]) is not None
