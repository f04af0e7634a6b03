"""Where and when a document holds: rules and figures of another place or year answer nothing."""

from __future__ import annotations

import re

from .evidence_prior import Places, places_about
from .fold import fold
from .localities import localities
from .model import Document
from .years import YEAR, years_of


def foreign_place(question: str, document: Document, near: str, places: Places) -> str:
    """A place that the question names, where the document is about another one; "" where it is not.

    A document of a wider region holds for the place too, and one of a narrower region is part of it.
    `near` is what stands around the words quoted: it may speak of the place all the same.
    """
    asked, about = places(question), places_about(document, places)
    if not asked or not about:
        return ""
    for _, region in asked:
        within = region in about or about & places.wider(region) or any(region in places.wider(a) for a in about)
        if within or any(name in near for name in places.names(region)):
            return ""
    return asked[0][0]


def foreign_year(question: str, document: Document, near: str, context: str) -> str:
    """A year that the (folded) question names, where the words quoted are of another one; "" where they are not.

    What a title is dated by holds for all of the text, else the day of issue: a later text says nothing of the
    year unless it speaks of it.
    """
    wanted = set(YEAR.findall(question))
    if not wanted or any(year in near for year in wanted):
        return ""
    titled = years_of(fold(document.title))
    if titled:
        return "" if titled & wanted else min(wanted)
    issued = {str(day.year) for day in (document.issued, document.effective) if day}
    later = bool(issued) and min(issued) > max(wanted)
    return min(wanted) if later and not any(year in context for year in wanted) else ""


def other_namesake(question: str, near: str) -> str:
    """A village, town, community or street that the (folded) question names, where what stands around the words quoted
    speaks of others of the sort only: 竹园社区 asked for, 北山社区 found; "" for no such thing."""
    said = localities(near)
    for asked in localities(question):
        if asked.name not in near and any(each.sort == asked.sort for each in said):
            return f"所问的{asked.sort}"
    return ""


def _sorts(*alike: str) -> tuple[tuple[tuple[str, ...], ...], ...]:
    return tuple(tuple(tuple(names.split("/")) for names in sorts.split()) for sorts in alike)


_SORTS = _sorts(  # one thing is of one of these; names of the same sort are parted by a stroke
    "大型 中型 小型/小微 微型/小微", "专职 兼职", "露天 室内", "男性 女性", "公办 民办", "一级保护 二级保护 三级保护 四级保护 准保护"
)
_SORTS_OF = _sorts(  # the same, where the same word follows: 重点管理区, 一般管理区
    "重点 一般", "一级 二级 三级 四级", "甲级 乙级 丙级", "甲类 乙类 丙类", "初级 中级 高级", "城镇/城市 农村/乡村", "首次/初次 再次"
)
_SAID_TOGETHER = (  # 大中型, 专兼职, 一、二级; bounded, as in `forms`
    (re.compile(r"([大中小])(?=[中小微]{1,3}型)"), r"\1型"),
    (re.compile(r"专(?=兼职)"), "专职"),
    (re.compile(r"([一二三四甲乙丙])(?=(?:[、,和及或]?[一二三四甲乙丙]){1,4}(?P<unit>[级类][\u4e00-\u9fff]{0,2}))"), r"\1\g<unit>"),
)
_FROM_TO = re.compile(r"[一二三甲乙][级类]?(?:保护区?)?[至到~—-][二三四乙丙][级类]")
_THING = re.compile(r"[^\W\da-z_的了在是有能要会和与及]{2}")


def other_sort(question: str, quotes: str, near: str) -> str:
    """A sort of thing that the (folded) question names, where the words quoted are of its siblings only: 小型泵站 asked
    for, 大型泵站 found; "" for no such thing. `near` is what stands around the words quoted: it may speak of it all the same."""
    question, quotes, near = map(_each_said, (question, quotes, near))
    if _FROM_TO.search(quotes):
        return ""
    for sorts, followed in ((_SORTS, False), (_SORTS_OF, True)):
        for alike in sorts:
            found = [(names, name) for names in alike for name in names if name in question]
            if len(found) != 1 or f"不分{found[0][1]}" in question:
                continue
            own, name = found[0]
            at = question.find(name) + len(name)
            thing = question[at : at + 2] if _THING.fullmatch(question[at : at + 2]) else ""
            if followed and not thing:
                continue
            tail = thing if followed else ""
            if any(f"{n}{tail}" in near or f"{n}{tail}" in quotes for n in own):
                continue
            if any(f"{n}{tail}" in quotes for names in alike if names != own for n in names):
                return f"{name}{thing}"
    return ""


def _each_said(text: str) -> str:
    """With what is said of several sorts at once said of each: 大中型 as 大型中型."""
    for together, each in _SAID_TOGETHER:
        text = together.sub(each, text)
    return text


__all__ = ["foreign_place", "foreign_year", "other_namesake", "other_sort"]
