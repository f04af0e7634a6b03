"""Does a stretch of text bear a claim out? Words shared, what is allowed or forbidden, which figure is whose.

All pure and by rule; nothing here knows of any document. Containment counts character pairs
(and single characters, for half) with every figure as one sign, as ALCE counts n-grams.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from difflib import SequenceMatcher
from itertools import pairwise

from .fold import fold
from .gate_facts import Fact, facts, held, plain_digits

_CLAUSE = re.compile(r"[^，,；;：:。！？!?\n]+")
_SUBSTANCE = re.compile(r"[^\w#]|_")
_FUNCTION = frozenset(
    "的了等及和与或将对为是在由向并给予以应当须需可可以进行实行实施要会能其该此之所者就都也还按照根据依据上下中内没有"
)
NOT_TAGS = re.compile(
    r"^以上|不动产|不断|不仅|不但|不管|不论|不同|不良|不足(?!\d)|不可抗力|不定期|无论|无障碍|无人|无线|无偿|无形|"
    r"非常|非物质|非营利|非税|非公|非遗|未来|未成年|可持续|可再生|可行性|可靠|应急|应对|应用|应收|相应|响应|"
    r"反应|供应|适应|对应|必需品|能力|能源|功能|智能|节能|职能|效能|性能|产能|上下|"
    r"以下(?:简称|称|条件|材料|情形|内容|方面|几|事项|措施|规定)|下列|以上(?:规定|条件|材料|情形|内容)"
)
# Order matters: what is found is taken out before the next is looked for.
_TAGS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("upper", re.compile(
        r"(?:不|不得|不能|不应|未|无法)(?:超过|高于|超出|多于|大于|长于|晚于|迟于)|以下|以内|之内|最高|最多|至多|"
        r"上限|封顶|低于|少于|小于|不足(?=\d)"
    )),
    ("lower", re.compile(r"以上|至少|最低|最少|不少|下限|起步|超过|高于|多于|大于")),
    ("exempt", re.compile(r"无需|无须|不必|不需要?|不用|免于|可以?不|不要求|免除|免予")),
    ("forbid", re.compile(r"不得|不准|不许|禁止|严禁|不可以?|不能|不允许|不应当?|不宜|一律不")),
    ("must", re.compile(r"必须|应当|应(?!该?不)|须|务必|有义务|需要|需(?!求)")),
    ("should", re.compile(r"(?<![便适事相制权])宜(?![居昌宾兴春家])")),
    ("may", re.compile(r"可以|可(?!见|谓|以不)|允许|准予|准许|有权|能够|能(?!否)")),
    ("not", re.compile(r"(?<!是)不(?!是否)|未|没有|没|无(?!锡|人)|非(?!洲)|拒绝|取消|废止|停止|暂停|除外")),
    ("up", re.compile(r"增长|增加|提高|上升|上调|增至|扩大|上浮|同比增")),
    ("down", re.compile(r"下降|减少|降低|下调|降至|缩小|缩减|下浮|同比降|削减")),
)  # fmt: skip
_LOWER_NOT = re.compile(r"(?:不|不得|不能|不应|未)(?:低于|少于|小于|短于|早于)")


def plain(text: str) -> str:
    """Folded, without marks; every figure and date is `#`."""
    found = [f for f in facts(text) if f.kind in ("figure", "date")]
    marked = plain_digits(text)
    for fact in sorted(found, key=lambda f: -f.start):
        if not marked[fact.start : fact.end].startswith("#"):
            marked = marked[: fact.start] + "#" + marked[fact.end :]
    return _SUBSTANCE.sub("", marked)


def grams(form: str) -> frozenset[str]:
    """Character pairs of a plain text, and its characters (what containment is counted on)."""
    return frozenset(a + b for a, b in pairwise(form)) | frozenset(form)


def containment(claim: frozenset[str], there: frozenset[str]) -> float:
    """Half the share of the claim's pairs found there, half that of its characters; 1 for no claim."""
    parts = []
    for n in (2, 1):
        wanted = {g for g in claim if len(g) == n}
        if wanted:
            parts.append(len(wanted & there) / len(wanted))
    return sum(parts) / len(parts) if parts else 1.0


def tags(text: str) -> frozenset[str]:
    """What a clause demands, allows, forbids or denies, and how it bounds a figure."""
    rest = NOT_TAGS.sub("　", fold(text))
    found = set()
    if _LOWER_NOT.search(rest):
        found.add("lower")
        rest = _LOWER_NOT.sub("　", rest)
    for name, pattern in _TAGS:
        if pattern.search(rest):
            found.add(name)
            rest = pattern.sub("　", rest)
    return frozenset(found)


def clauses(text: str) -> list[str]:
    return [m[0].strip() for m in _CLAUSE.finditer(text) if m[0].strip()]


def contradicts(claim: str, cited: Sequence[str]) -> bool:
    """Whether some clause of the claim turns the clause most like it round: 应当 → 可以, 不得 left out."""
    there = [(c, grams(plain(c)), tags(c)) for text in cited for c in clauses(text)]
    if not there:
        return False
    everything = frozenset[str]().union(*(t for _, _, t in there))
    for clause in clauses(claim):
        wanted = grams(plain(clause))
        mine = tags(clause)
        if len(clause) < 3 and not mine:
            continue
        like = sorted(there, key=lambda t: (-round(containment(wanted, t[1]), 2), len(t[0])))
        best = containment(wanted, like[0][1])
        near = [t for t in like[:4] if containment(wanted, t[1]) >= best - 0.02]
        if all(_turned(clause, mine, text, theirs) for text, _, theirs in near):
            return True
        if mine & {"forbid", "not", "exempt"} and not everything & {"forbid", "not", "exempt"}:
            return True
    return False


def _turned(clause: str, mine: frozenset[str], text: str, theirs: frozenset[str]) -> bool:
    negative = {"forbid", "not", "exempt"}
    if (mine & negative and not theirs & negative) or (theirs & negative and not mine & negative):
        return True
    if mine & negative and theirs & negative and ("exempt" in mine) != ("exempt" in theirs):
        return True
    if "forbid" in mine and "forbid" not in theirs and "not" not in theirs:
        return True
    if not mine & negative:
        if "may" in mine and "must" not in mine and "must" in theirs and "may" not in theirs:
            return True
        if "must" in mine and "may" not in mine and "may" in theirs and "must" not in theirs:
            return True
        if ("should" in mine) != ("should" in theirs) and (mine | theirs) & {"must", "may"}:
            return not {"must", "may"} & mine & theirs
    if ("up" in mine and "down" in theirs and "up" not in theirs) or (
        "down" in mine and "up" in theirs and "down" not in theirs
    ):
        return True
    figured = any(f.kind in ("figure", "date") for f in facts(clause)) and any(
        f.kind in ("figure", "date") for f in facts(text)
    )
    return figured and (mine & {"upper", "lower"}) != (theirs & {"upper", "lower"})


def substituted(claim: str, cited: Sequence[str], context: str) -> bool:
    """Whether the claim is a cited clause with some other word put in: 财政部门 for 民政部门.

    A word that occurs in `context` (the cited text, its title and path), or that only frames, is none.
    """
    known = plain(context)
    there = [plain(c) for text in cited for c in clauses(text)]
    for clause in clauses(claim):
        form = plain(clause)
        if len(form) < 5:
            continue
        for other in there:
            matcher = SequenceMatcher(None, other, form, autojunk=False)
            if matcher.real_quick_ratio() < 0.5 or matcher.quick_ratio() < 0.5:
                continue
            codes = matcher.get_opcodes()
            same = sum(b2 - b1 for op, _, _, b1, b2 in codes if op == "equal")
            if same < 0.55 * len(form):
                continue
            for op, a1, a2, b1, b2 in codes:
                put = form[b1:b2]
                other_word = op == "replace" and a2 - a1 <= 8 and len(put) <= 8
                if other_word and put not in known and not set(put) <= _FUNCTION:
                    return True
    return False


def unheld(found: Sequence[Fact], there: Sequence[Fact], form: str) -> list[Fact]:
    return [f for f in found if not held(f, there, form)]
