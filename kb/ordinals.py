"""“第九项是什么？” of a list that has eight, “第六批” where there are five: questions about what is not there.

Nearest by its words is always the list itself, or the batch before, which answers nothing; the judges of
likeness cannot tell.
"""

from __future__ import annotations

import re

from .enumeration import markers
from .fold import chinese_number

_NTH = re.compile(
    r"第(?P<n>[一二三四五六七八九十]{1,3}|\d{1,2})(?P<unit>方面|个|项|类|种|点|档|级|步)"
    r"(?!工作日|自然日|年|月|日|周|星期|季|学|小时|百|线|方|国|台阶|阶段|五年|时间|目|案)"
)
_ISSUE = re.compile(r"第(?P<n>[一二三四五六七八九十]{1,3}|\d{1,2})(?P<unit>批|届|期|轮|版|次)(?!次?[性会])")
_IN_TITLES = frozenset("次")  # counts so many things that only a title's is a name
_HAN = "零一二三四五六七八九十"
LONGEST = 100
_RUN = re.compile(r"[^。；;：:\n]+")


def beyond(question: str, quotes: str, context: str) -> str:
    """The place in a list that a (folded) question asks for and that no list quoted reaches; "" for none.

    `context` is all that the documents quoted say (folded): what is called 第三类 there need not be
    the third of anything.
    """
    found = _NTH.search(question)
    if found is None:
        return ""
    n = chinese_number(found["n"])
    if n is None or not 2 <= n < LONGEST or _named(n, found["unit"], context) or longest(quotes) >= n:
        return ""
    return found[0]


def other_issue(question: str, titles: str, context: str) -> str:
    """The batch, term or round (第六批, 第三届) that a (folded) question asks for, where what is quoted speaks of
    others only; "" for no such thing."""
    for found in _ISSUE.finditer(question):
        n, unit = chinese_number(found["n"]) or 0, found["unit"]
        said = {chinese_number(m["n"]) for m in _ISSUE.finditer(titles if unit in _IN_TITLES else f"{titles}\n{context}") if m["unit"] == unit}
        if n == 1:  # 第一批 is seldom written where there is but one; a title that counts on is another
            said = {chinese_number(m["n"]) for m in _ISSUE.finditer(titles) if m["unit"] == unit}
        if n and said and n not in said and f"{n}{unit}" not in context and f"{_chinese(n)}{unit}" not in context:
            return found[0]
    return ""


def longest(text: str) -> int:
    """Members of the longest list in a text: items with marks, else what 、 or ； part."""
    marked = max((m.number for m in markers(text)), default=0)  # also of one item without those before it
    if marked > 1:
        return marked
    parted = max((run.count("、") + 1 for run in _RUN.findall(text)), default=0)
    clauses = max((len([p for p in re.split(r"[；;]", s) if p.strip()]) for s in re.split(r"[。\n]", text)), default=0)
    lines = len([line for line in text.splitlines() if line.strip()])
    return max(1, parted, clauses, lines if lines > 2 else 0)


def _named(n: int, unit: str, context: str) -> bool:
    """Whether a text speaks of the n-th by name: 第三类, 三级, 3档."""
    han = _chinese(n)
    names = {f"第{han}{unit}", f"第{n}{unit}"}
    if unit in ("类", "级", "档"):
        names |= {f"{han}{unit}", f"{n}{unit}"}
    return any(name in context for name in names)


def _chinese(n: int) -> str:
    """12 → 十二."""
    tens, ones = divmod(n, 10)
    head = "" if not tens else "十" if tens == 1 else f"{_HAN[tens]}十"
    return head + (_HAN[ones] if ones or not tens else "")


__all__ = ["beyond", "longest", "other_issue"]
