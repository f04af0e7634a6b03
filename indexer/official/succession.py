"""What takes the place of another document, and what runs until a day: 取代《X》, 《X》由本办法替代, 《X》执行至……."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta

from indexer.official.dates import find_dates
from indexer.official.kept import denied
from indexer.official.names import ends_title, without_version
from indexer.official.naming import Named, named, sentences
from indexer.official.repeals import scope_after
from kb.model import Relation, Span

_VERB = r"(?P<verb>取代|代替|替代|替换)"
_TAKES = re.compile(  # the verb begins its clause, and names what it takes the place of
    rf"(?:^|[，,；;、\s　]|并|同时|本[\u4e00-\u9fff]{{1,6}}?)(?:将|全面|全部)?{_VERB}了?[ 　]*"
    r"(?=原?《|原?[\u4e00-\u9fff]{2,12}[〔\[（(]\d{4}|[^，。；《》]{0,30}(?:公布|发布|印发|颁布|施行|实施|制定)的原?《)"
)
_TAKEN = re.compile(rf"(?:，|,|同时|即|均|已|将)*(?:由|被|为)本[\u4e00-\u9fff]{{1,8}}?(?:所|予以)?(?:{_VERB}|代之)(?!的)")
_ITS_OWN = re.compile(r"本(?:办法|规定|通知|条例|细则|意见|方案|规则|标准|规范|公告|决定|制度|目录|指南|文件|规程|导则)|施行|实施|起执行")
_RUNS = re.compile(
    r"[）)]?[ 　]*(?:可|将|暂|均|统一|一律|仍)*(?:执行|施行|实施|适用|沿用|试行)(?:至|到|截至)[ 　]*(?=[12１２一二])"
)
_LONGER = re.compile(r"延长|延续|顺延|继续|延期|续期|重新|修订")


def succeeds(text: str) -> Iterator[Relation]:
    """`本办法自……起施行，取代《X》`, `《X》由本办法替代`."""
    for left, right in sentences(text, ("取代", "代替", "替代", "替换", "代之")):
        sentence = text[left:right]
        taken = _TAKEN.search(sentence)
        if taken:
            before = named(text, left, left + taken.start())
            for item in before[-1:]:
                if re.fullmatch(r"[）)]?[ 　]*", text[item.end : left + taken.start()]) and _is_document(item):
                    yield Relation("supersedes", item.title, item.number, Span(item.start, left + taken.end()))
            continue
        takes = _TAKES.search(sentence)
        if not takes or not _ITS_OWN.search(sentence) or denied(sentence, takes.end(), takes.start("verb"), len(sentence)):
            continue
        scope = "部分内容" if "部分" in takes.group() else ""
        for item in _joined(text, named(text, left + takes.end(), right)):
            if _is_document(item):
                part = scope or scope_after(text, item.end, right)
                yield Relation("supersedes", item.title, item.number, Span(left + takes.start(), item.end), part)


def _is_document(item: Named) -> bool:
    """Is what is named an official text, not a card or a certificate?"""
    return bool(item.number) or ends_title(without_version(item.title))


def _joined(text: str, items: list[Named]) -> Iterator[Named]:
    """The first documents of a sentence as long as 、 or 和 joins them."""
    end = items[0].start if items else 0
    for item in items:
        if item is not items[0] and not re.fullmatch(r"[）)]?[ 　]*(?:[、和及与]|以及)[^，。；]{0,20}", text[end : item.start]):
            return
        yield item
        end = item.end


def runs_until(text: str) -> Iterator[Relation]:
    """`《X》（文号）执行至2020年12月31日`: its last day, whatever term of its own it has."""
    for left, right in sentences(text, ("行至", "施至", "用至", "行到", "施到", "用到", "行截至")):
        sentence = text[left:right]
        for item in [] if _LONGER.search(sentence) else named(text, left, right):
            runs = _RUNS.match(text, item.end, right)
            day = next(find_dates(text, runs.end(), right), None) if runs else None
            if runs is None or day is None or day.span.start - runs.end() > 1:
                continue
            if re.search(r"(?:根据|依据|按照|依照|参照|按|与)$", text[max(left, item.start - 4) : item.start]):
                continue
            if denied(sentence, item.start - left, runs.end() - left, day.span.end - left):
                continue
            said = Span(item.start, day.span.end)
            yield Relation("repeals", item.title, item.number, said, "", day.day + timedelta(days=1))
            yield Relation("extends", item.title, item.number, said, "", day.day)
