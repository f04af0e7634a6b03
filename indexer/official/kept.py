"""Sentences that speak of an end and end nothing: refused, proposed, conditional, undone, or said of something else."""

from __future__ import annotations

import re

_TITLES = re.compile(r"《[^》]*(?:》|$)")
_NOT = re.compile(
    r"(?:不|未|没有|尚未|缓|缓期|推迟|延期|暂停|免于|拒绝|避免|禁止)"
    r"(?:予以?|得|应当?|宜|能|可|再|会|必|需要?|用|准|许|立即|即行|即|同时|一并|全部|随之|自动|宣布|被|作|同意|批准|将其|对其|随意|擅自|急于)*$"
)
_PROPOSED = re.compile(  # a proposal whose object is the document or its end
    r"(?:建议|提议|提请|请求|申请|呼吁|主张|希望|计划|准备|打算|考虑|原定|避免|防止|以免|(?<!经)(?<!经过)研究|是否|能否|应否|可否|拟(?![定订稿])|曾)(?![（(])"
    r"(?:(?!决定|决议|同意|批准)[^，。；的]){0,60}$"
)
_MAY = re.compile(r"(?:可以?|需要?|应当|应该|必须|须|要|能够?|有权|负责|及时|适时)(?:予以|依法|及时|适时)*$")
_IF = re.compile(
    r"(?:^|[，,：:、\s　）)])(?:若|如果|如(?!下|上|实|何|期|图|表|此|前|今|数|约)|倘若?|假如|假使|假若|一旦|要是|万一|除非|即使|无论|不论|不管)"
)
_KEPT_THEN = re.compile(
    r"[）)]?[，,][ 　]*(?:现在?|后来?|后经[^，。；《》]{0,16}?[，,]?|经[^，。；《》]{0,16}?[，,]?|但|而|并|仍然?|依然|决定|予以|暂|目前|至今)*"
    r"(?:保留|继续(?:有效|执行|施行|实施|适用|使用)|恢复(?:执行|施行|效力)|有效)(?![^，。；《》]{0,6}《)"
)
_STAYS = re.compile(  # what a clause says of the document it begins with
    r"[）)]?[^，。；《》\n]{0,16}?(?:继续(?:有效|执行|施行|实施|适用|使用)|保留|恢复(?:执行|施行|效力|法律效力)"
    r"|(?:仍然?|依然)(?:有效|执行|适用)|(?:不予|暂不|不得|不)(?:废止|失效|停止执行))"
)
_STAYS_AHEAD = re.compile(r"(?:^|[，,；、\s　]|并|同时|决定|现)(?:保留|恢复|继续(?:执行|施行|实施|适用)|(?:对|将)?修[改订])[^《》，。；]{0,4}$")
_AFTER_END = re.compile(r"(?:后|之后|以后|时|前|之前|以前|期间|与否)(?!废止)")
_THING = re.compile(r"[）)]?[ 　]*[^，。；《》的]{0,10}的(?P<thing>[^，。；《》]{2,})$")
_DOCUMENT = re.compile(
    r"通知|公告|通告|决定|函|意见|规定|办法|细则|批复|规则|条例|说明|方案|解释|答复|制度|条款|条文|内容|部分|附件|附表|标准|文件|政策"
    r"|目录|第.{1,6}[章条款项]|^[ 　]*(?:自|从|于)|(?:有效|执行|实施|施行|试行|适用)(?:期|时间)"
)


def denied(sentence: str, subject: int, verb: int, end: int) -> bool:
    """Whether the verb at `[verb, end)`, said of what is named at `subject`, is no decision to end it.

    不予废止, 建议……废止, 若……废止, ……废止后, 曾……废止，现予保留.
    """
    before = _TITLES.sub("《》", sentence[:verb])
    clause = before[max((before.rfind(mark) for mark in "，,：:；"), default=-1) + 1 :]
    if _NOT.search(before) or (_MAY.search(before) and not sentence.startswith("同时", verb)):
        return True
    if _PROPOSED.search(clause) or _supposed(sentence, subject, verb):
        return True
    return bool(_AFTER_END.match(sentence, end) or _KEPT_THEN.match(sentence, end))


def _supposed(sentence: str, subject: int, verb: int) -> bool:
    """若《X》废止; 如政策调整，《X》相应废止; a condition two clauses back is that of another clause."""
    before = _TITLES.sub(lambda title: "《" * len(title[0]), sentence[:verb])
    found = list(_IF.finditer(before))
    return bool(found) and sentence[found[-1].end() : max(subject, found[-1].end())].count("，") <= 1


def taken_back(sentence: str, start: int) -> bool:
    """Whether what a leading verb says is the name of a decision that does not hold: 停止执行《X》的决定予以撤销."""
    return re.search(r"的(?:决定|通知|公告|决议)[^，。；《》]{0,24}(?:撤销|取消|收回|作废|失效|废止|无效)", sentence[start:]) is not None


def stays(sentence: str, start: int, end: int) -> bool:
    """Whether the clause about the document named at `[start, end)` says that it stays: 《X》继续有效."""
    return bool(_STAYS.match(sentence, end) or _STAYS_AHEAD.search(sentence[max(0, start - 12) : start]))


def of_a_thing(gap: str) -> bool:
    """Whether what ends is something a document speaks of, not the document: 《X》的行政许可, 《X》发放的证件."""
    thing = _THING.match(gap)
    return bool(thing and not _DOCUMENT.search(thing["thing"]))
