"""Documents whose last day another puts off: 《X》有效期延长5年, 继续有效，有效期至2030年4月30日."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from indexer.official.dates import ARABIC, CHINESE, find_dates, last_day
from indexer.official.kept import denied, of_a_thing
from indexer.official.naming import Named, named, sentences
from indexer.official.waits import N, number
from kb.model import Field, Relation, Span

_WORDS = ("延长", "延续", "顺延", "延期", "续期", "展期", "继续")
_VERB = re.compile(r"延长|延续|顺延|延期|续期|展期|继续(?:有效|执行|施行|实施|适用|使用)")
_TERM = r"(?:有效期限?|(?:执行|实施|施行|试行|适用)(?:期限?|时间|日期)?|期限|时间)"  # in runs of at most `_RUN`
_RUN = 10
_LENGTH = rf"(?:(?P<years>{N})年(?:零?(?P<rest>{N})个月)?|(?P<months>{N})个月)"
# What may stand between the verb and the last day: ，有效期自……起延长2年，至
_DAY = ARABIC.replace(r"\1", "[-./]").replace("([-./])", "[-./]")
_BETWEEN = re.compile(
    rf"(?:[，,（( 　的了]|其|原|{_TERM}|延长|延续|顺延|统一|均|再|为期|为|即|{N}(?:年|个月)|(?:自|从)(?:{_DAY}|{CHINESE})起?){{0,{_RUN}}}"
    r"(?:至|到|截至|截止到?|止于)[ 　]*(?=[12１２一二])|[^，。；《》\d]{0,8}?(?:至|到)[ 　]*(?=[12１２一二])"
)
_BY = re.compile(rf"(?:[，,（( 　了]|其|原|{_TERM}|再|为期|为|的){{0,{_RUN}}}(?P<whole>至|到)?(?:最长)?{_LENGTH}(?!前|内|以[内上])")
_AHEAD = re.compile(r"[了原]?(?:《|[\u4e00-\u9fff]{2,10}[〔\[（(])")
_SINCE = re.compile(r"(?:自|从)[^，。；《》]{2,24}?(?:起|之日)[ 　]*[，,]?[ 　]*$")
_NOT_TARGET = re.compile(
    r"(?:根据|依据|按照|依照|遵照|参照|(?<!继续)(?<!停止)执行|(?<!继续)适用|按)[^，。；》]{0,12}$"
)


@dataclass(frozen=True, slots=True)
class _Longer:
    """By how much a term is longer: its last day, or a length where only that is told."""

    end: int
    day: date | None
    length: str = ""


def extends(text: str, title: Field) -> Iterator[Relation]:
    """Every document whose last day a sentence of the text puts off."""
    meant = _of_title(text, title)
    for left, right in sentences(text, _WORDS):
        every: list[Named] | None = None
        for verb in _VERB.finditer(text, left, right):
            ahead = _AHEAD.match(text, verb.end())  # 延长《X》有效期
            if not ahead and not _longer(text, left, verb, verb.end(), right):
                continue
            every = named(text, left, right) if every is None else every
            items = _targets(text, left, verb, every)
            longer = _longer(text, left, verb, max([verb.end(), *(x.end for x in items)]), right)
            if longer is None or not (items or meant):
                continue
            if items and verb.start() > items[-1].end and _of_other(text[items[-1].end : verb.start()]):
                continue
            subject = items[0].start if items else verb.start()
            if denied(text[left:right], subject - left, verb.start() - left, right - left):
                continue
            for item in items or meant:
                begin = item.start if items else verb.start()
                said = Span(min(begin, verb.start()), longer.end)
                yield Relation("extends", item.title, item.number, said, longer.length, longer.day)


_OWN_TERM = re.compile(r"(?:有效|执行|实施|施行|试行|适用)(?:期|时间)|到期|届满|期满")


def _of_other(gap: str) -> bool:
    """Whether the term is that of something the document speaks of: 《X》规定的补贴期限延长1年."""
    clause = gap[max(gap.rfind("，"), gap.rfind(",")) + 1 :]
    return of_a_thing(gap) or bool(re.search(r"期限?|时间", clause) and not _OWN_TERM.search(clause))


def _of_title(text: str, title: Field) -> list[Named]:
    """The one document that the title of an extension names, for sentences that say 该办法."""
    if title.span is None or not _VERB.search(title.value):
        return []
    found = named(text, title.span.start, title.span.end)
    return found if len(found) == 1 else []


def _targets(text: str, left: int, verb: re.Match[str], every: list[Named]) -> list[Named]:
    """The documents of a sentence that stand before the verb, or the one right after it (延长《X》有效期)."""
    after = [x for x in every if verb.end() <= x.start <= verb.end() + 1]
    if after:
        return after
    before = (x for x in every if x.end <= verb.start())
    return [x for x in before if not _NOT_TARGET.search(text[max(left, x.start - 20) : x.start])]


def _longer(text: str, left: int, verb: re.Match[str], start: int, right: int) -> _Longer | None:
    """What follows the verb (and its documents): a last day, else a length of whole months."""
    between = _BETWEEN.match(text, start, right)
    last = next(find_dates(text, between.end(), right), None) if between else None
    if between and last and last.span.start - between.end() <= 1:
        return _Longer(last.span.end, last.day)
    by = _BY.match(text, start, right)
    years, months = (number(by["years"]) or 0, number(by["rest"] or by["months"]) or 0) if by else (0, 0)
    if by is None or not 0 < years * 12 + months <= 600:
        return None
    length = (f"{years}年" if years else "") + (f"{months}个月" if months else "")
    if by["whole"]:
        return _Longer(by.end(), None, f"共{length}")
    since = _SINCE.search(text, max(left, verb.start() - 40), verb.start())
    if since is None:
        return _Longer(by.end(), None, length)
    first = next(find_dates(since.group()), None)
    if first:
        return _Longer(by.end(), last_day(first.day, years, months))
    own = re.search(r"本|印发|发布|公布|发文", since.group())
    return _Longer(by.end(), None, f"自施行之日起{length}" if own else length)
