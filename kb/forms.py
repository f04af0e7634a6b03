"""Whether quotes have the form a question asks for: so many names, or a figure in such a unit."""

from __future__ import annotations

import re

from .fold import chinese_number

_COUNT = r"(?P<n>\d{1,3}|[一二两三四五六七八九十]{1,3})"
_KIND = r"(?:大|个(?!月|工作日|小时|学期|百分点)|项|条|类|种|级|批|家|位|名|处|座|部委|部门|方面|块|步|点|章|款|所|支|省|市|县|镇|村)"
_COUNTED = (  # 八大专项行动有哪些, 是哪六级, 10个社区的名单, 17个应用分别叫什么
    re.compile(rf"{_COUNT}\s*{_KIND}(?!以上|以下|以内|多|左右).{{0,24}}?(?:是哪|有哪|哪些|分别|名单|叫什么|名称|是什么|各是)"),
    re.compile(rf"(?:是|指|为|有|分)?哪{_COUNT}\s*{_KIND}"),
)
_LISTED = re.compile(r"名单|分别(?:是|为|叫|有|指)|叫什么名字|叫什么名称|都叫什么|具体是哪|有哪些|是哪[一二三四五六七八九十\d]")
_PARTS = re.compile(r"[、；;\n]|[-—－–]+|(?<=[^\d])[,，](?=[^\d])|和|以及|与|及")
_MARKER = re.compile(r"^\s*(?:[一二三四五六七八九十]{1,3}、|\d{1,2}[.、]|[（(][一二三四五六七八九十\d]{1,3}[)）])\s*", re.M)
_STOP = re.compile(r"[。！？]")

FAMILIES = (
    ("money", r"元|美元|欧元"),
    ("length", r"公里|千米|米|厘米|毫米"),
    ("area", r"亩|公顷|平方(?:公里|千米|米)|平米|㎡"),
    ("share", r"%|‰|百分之|成|分之"),
    ("weight", r"吨|公斤|千克|克|斤"),
    ("volume", r"立方米|升|毫升"),
    ("sound", r"分贝"),
    ("score", r"分(?!之|钟|批|别|期|级|类|层)"),
    ("age", r"周?岁"),
)
_FIGURE = r"(?:\d[\d,.]*|[零〇一二三四五六七八九十百千万亿两半]+)\s*(?:余|多)?(?:百|千|万|亿)*\s*"


def names_wanted(question: str) -> int:
    """How many names a (folded) question wants listed: the count it gives, 2 for a bare list, 0 for none."""
    for pattern in _COUNTED:
        found = pattern.search(question)
        if found:
            count = int(found["n"]) if found["n"].isdigit() else chinese_number(found["n"].replace("两", "二")) or 0
            if 2 <= count <= 100:
                return count
    return 2 if _LISTED.search(question) else 0


def names_given(quotes: str) -> int:
    """The longest enumeration within one sentence of the (folded) quotes, or their lines, whichever is longer."""
    quotes = _MARKER.sub("", quotes)
    lines = sum(bool(line.strip()) for line in quotes.splitlines())
    return max([lines, *(len([p for p in _PARTS.split(s) if p.strip()]) for s in _STOP.split(quotes))], default=0)


def family(question: str) -> str:
    """The family of the unit that a (folded) question names after its question word, "" for none or a bare counter."""
    asked = re.search(r"(?:多少|几)(?:个|百|千|万|亿)*(?P<unit>[一-龥%‰㎡]{1,5})", question)
    if re.search(r"多少钱|百分之(?:多少|几)|几[百千万亿]*元", question):
        return "share" if "百分之" in question else "money"
    if asked is None:
        return ""
    return next((name for name, units in FAMILIES if re.match(rf"(?:{units})", asked["unit"])), "")


def has_family(name: str, quotes: str) -> bool:
    """Whether a figure of that family stands in (folded) quotes."""
    if name == "share":
        return bool(re.search(rf"{_FIGURE}(?:%|‰|成)|百分之|分之|全部|过半|半数", quotes))
    units = dict(FAMILIES)[name]
    return bool(re.search(rf"{_FIGURE}(?:{units})", quotes))


__all__ = ["family", "has_family", "names_given", "names_wanted"]
