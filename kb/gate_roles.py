"""Who does it, whether it is denied, one or both, for each and for all: the small words that change a rule.

All by rule: `claim` is a claim, `cited` the sentences it rests on, `heads` what these stand under.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from .alike import normal_text
from .gate_facts import facts
from .gate_names import TELLING
from .gate_support import NOT_TAGS, clauses, containment, grams, plain

_NOT = r"不得|不准|不许|不予|不再|不能|不会|不应当?|不可以?|不要|不允许|禁止|严禁|没有|无需|无须|不需要?|不必|免于|不|未(?!经|来)"
_DENIED = re.compile(rf"(?:{_NOT})(?:应当?|可以?|进行|给予|再|予以)?(?P<what>[\u4e00-\u9fff]{{2}})")
_ANY_NOT = re.compile(rf"{_NOT}|未|无|非|除外|拒绝|取消|停止|暂停|废止")
_COMPARED = re.compile(
    r"(?:不|不得|不能|不应|未)(?:超过|高于|超出|多于|大于|长于|晚于|迟于|低于|少于|小于|短于|早于)|是否"
)
_EITHER, _BOTH = "或者|或", "并且|以及|[且和及与并]"
_JOINED = {
    words: re.compile(rf"(?=(?P<left>[\u4e00-\u9fff]{{2}})(?:{words})(?P<right>[\u4e00-\u9fff]{{2}}))")
    for words in (_EITHER, _BOTH)
}
_EACH = re.compile(r"每一?(?:平方米|立方米|季度|半年|小时|平米|[\u4e00-\u9fff])")
_EACH_ALSO = {
    "每年": "年度|年均|按年|逐年|/年|一年", "每月": "月均|按月|逐月|/月", "每日": "每天|日均|按日|/日|/天",
    "每天": "每日|日均|按日|/日|/天", "每人": "人均|每名|每位|/人|按人", "每户": "户均|/户|按户", "每名": "每人|每位|人均|/人|/名",
    "每位": "每人|每名|人均|/人", "每次": "/次|按次", "每台": "/台|按台", "每家": "/家|每个|每处", "每个": "/个|每家|每处|每",
    "每处": "/处|每个|每家", "每床": "/床|每张床位", "每张": "/张", "每周": "每星期|/周", "每平": "/平|/㎡|每㎡",
}  # fmt: skip
# A word of one line that is nowhere in the cited sentences, nor any other of its line, was put in.
_QUANTITIES = (
    re.compile(r"全体|所有|全部|一切|任何|全员"), re.compile(r"半数|过半|多数|大部分"),
    re.compile(r"免费|无偿"), re.compile(r"永久|终身|长期|无限期"), re.compile(r"只有|唯一|仅限|仅(?!仅)"),
    re.compile(r"^因(?!地制宜|素|此)|由于|(?<=[，,])因(?!地制宜|素|此)"),
)  # fmt: skip
_ALSO = (
    re.compile(r"全体|所有|全部|一切|任何|全员|凡|各|均|都|一律|全(?:市|省|县|区|面)|应[^，。]{1,6}尽|每"),
    re.compile(r"半数|过半|多数|大部分|二分之一|50"), re.compile(r"免费|无偿|不收|免收|不得收|免"),
    re.compile(r"永久|终身|长期|无限期"), re.compile(r"只|仅|唯一|限"), re.compile(r"因|由于|鉴于|造成|导致|引起"),
)  # fmt: skip
_ACTING = re.compile(
    r"^(?P<who>[^不未]{2,20}?)(?:应当|必须|不得|可以|负责|有权|须|应(?![急对用收])|可(?!持|再|行|靠)|禁止|严禁)"
    r"(?P<what>[^，,；;。]{2,})"
)
_BY = re.compile(
    r"由(?P<who>[\u4e00-\u9fff、]{1,20}?)(?:负责|承担|分担|审核|审批|组织|牵头|实施|按照?|给予|会同|制定|出具|建设|验收|管理|监督|安排|发放|受理|核定)"
)
_LEVEL = re.compile(r"[国省市县区镇乡村](?=[、和与及]|[两三]?级|财政|人民政府)")
_LEVEL_OF = re.compile(r"[国省市县区镇乡村](?=[\u4e00-\u9fff、]{0,5}?(?:级|财政|政府|部门|[局厅委]))")
_BODY = re.compile(
    r"(?:局|厅|委|办|部|处|部门|政府|财政|机构|单位|公司|中心|街道|委员会|企业|组织|协会|法院|站|所)$"
)
_ACTOR = re.compile(rf"{_BODY.pattern}|(?:业主|居民|村民|经营者|申请人|负责人|个人|家庭)$")
_SELF = re.compile(r"^(?:本|该)(?:办法|规定|条例|细则|意见|通知|方案|标准|规范)|^(?:其|此|前款|上述)")


def turned(claim: str, cited: Sequence[str]) -> bool:
    """Whether the claim denies what the cited words say, says what they deny, or has 或 for 且."""
    there = _masked("\n".join(cited))
    here = _masked(claim)
    return (
        any(_never_denied(what, there) for what in _denied(here))
        or any(_only_denied(what, here, there) for what in _denied(there))
        or _rejoined(claim, "\n".join(cited))
    )


def _masked(text: str) -> str:
    return _COMPARED.sub(lambda m: "　" * len(m[0]), NOT_TAGS.sub(lambda m: "　" * len(m[0]), text))


def _denied(text: str) -> Iterator[str]:
    for m in _DENIED.finditer(text):
        if m["what"] not in ("需要", "能够", "可以", "允许", "应该", "必须"):
            yield m["what"]


def _never_denied(what: str, there: str) -> bool:
    """It is said, and never after a 不 or 未 in its sentence."""
    told = list(re.finditer(what, there))
    return bool(told) and not any(_under_not(there, m.start()) for m in told)


def _only_denied(what: str, here: str, there: str) -> bool:
    """The claim says it outright, the cited words only deny it."""
    said = list(re.finditer(what, here))
    if not said or any(_under_not(here, m.start()) for m in said):
        return False
    return all(_under_not(there, m.start()) for m in re.finditer(what, there))


def _under_not(text: str, at: int) -> bool:
    """A 不得 or 禁止 before it in its sentence, or a 不 or 未 that no 的 ends."""
    sentence = re.split(r"[。！？!?\n]", text[:at])[-1]
    return any(len(m[0]) > 1 or "的" not in sentence[m.end() :] for m in _ANY_NOT.finditer(sentence))


def _rejoined(claim: str, cited: str) -> bool:
    """The same two words joined by 或 here and by 且 there, or the other way round."""
    for mine, theirs in ((_EITHER, _BOTH), (_BOTH, _EITHER)):
        for clause in clauses(claim):
            if _ANY_NOT.search(clause):
                continue  # 不得甲和乙 and 不得甲或乙 forbid the same
            for m in _JOINED[mine].finditer(clause):
                left, right = m["left"], m["right"]
                if re.search(f"{left}(?:{theirs}){right}", cited) and not re.search(
                    f"{left}(?:{mine}){right}", cited
                ):
                    return True
    strict = bool(re.search(r"(?<!而)且", cited)) and not re.search(r"或", cited)
    return strict and bool(re.search(r"或", claim))


def added(claim: str, cited: Sequence[str], heads: str) -> str:
    """A 每年, 全体, 免费 of the claim that the cited words do not have; "" where there is none."""
    there = normal_text("".join(cited) + heads)
    for clause in clauses(claim):
        if any(f.kind == "figure" for f in facts(clause)):
            for m in _EACH.finditer(clause):
                each = m[0].replace("一", "")
                also = _EACH_ALSO.get(each[:2], "")
                if each not in there and not (also and re.search(also, there)):
                    return m[0]
    for word, also_word in zip(_QUANTITIES, _ALSO, strict=True):
        found = word.search(claim)
        if found and not also_word.search(there):
            return found[0]
    return ""


def miscast(claim: str, cited: Sequence[str], heads: str, elsewhere: str) -> bool:
    """Whether the claim has somebody act whom the cited words have not, while others know him.

    `elsewhere` is all that may be known: whom nobody names is a stranger, and found as such.
    """
    above, rest = plain(heads), plain(elsewhere)
    for clause in _clauses(claim):
        for who, what in _roles(clause):
            wanted = grams(plain(what))
            sentence = _most_like(wanted, cited)
            if containment(wanted, grams(plain(sentence))) < 0.6:
                continue
            home = _most_like(wanted, _clauses(sentence))
            alone = bool(_BODY.search(who)) and any(_names(other) for other, _ in _roles(home))
            known = home if alone else sentence if _ACTOR.search(who) else "".join(cited)
            if _other(_names(who), plain(known) + ("" if alone else above), rest):
                return True
        for m in _BY.finditer(clause):
            levels = set(_LEVEL.findall(m["who"]))
            home = _most_like(grams(plain(clause)), cited)
            if levels and not levels <= set(_LEVEL_OF.findall(home)):
                return True
    return False


def _clauses(text: str) -> list[str]:
    return re.findall(r"[^，,；;。：:\n]+", text)


def _most_like(wanted: frozenset[str], texts: Sequence[str]) -> str:
    return max(texts, key=lambda t: containment(wanted, grams(plain(t))), default="")


def _roles(clause: str) -> Iterator[tuple[str, str]]:
    """Who is to do what, as a clause says it."""
    if (acting := _ACTING.match(clause)) and not _SELF.match(acting["who"]):
        yield acting["who"].rpartition("由")[2], acting["what"]
    for m in _BY.finditer(clause):
        yield m["who"], clause[m.end("who") :]


def _names(who: str) -> list[str]:
    told = TELLING.sub("　", plain(who))
    return [w for w in re.split(r"　|的", told) if len(w) >= 2 and "#" not in w]


def _other(who: Sequence[str], home: str, rest: str) -> bool:
    """Whether a name has a pair of characters that is known elsewhere, and not at home."""
    pairs = {a + b for w in who for a, b in pairwise(w)}
    return any(pair in rest and pair not in home for pair in pairs)
