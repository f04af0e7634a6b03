"""When a document takes effect and when it lapses, from the sentences that say so."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import chain, pairwise

from indexer.official.dates import DateAt, find_dates, last_day, month_end
from indexer.official.lines import TAIL
from indexer.official.waits import N, find_wait, number
from kb.model import Field, Span

REACH = 500  # code points a sentence is followed either way
MOST = 2000  # sentences about taking effect that are looked at, the last ones
_START = re.compile(
    r"起[ 　]*(?:正式|开始)?(?:施行|实施|实行|执行|生效|试行|启用|适用)"
    r"|日(?:正式)?(?:施行|实施|生效|试行)|日开始(?:施行|实施|实行|执行|生效|试行)|后(?:施行|实施|生效)"
)
# What follows the start of another document: 起施行的《X》, 起施行、2015年修订的《X》.
_OF_OTHER = re.compile(
    r"[ 　]*(?:的|之(?=《))|[、并且和及](?![^《》。；]{0,40}(?:废止|停止|失效|作废|取代|代替|替代|撤销))[^《》。；，]{0,40}的[^《》。；，]{0,12}《"
)
_IN_BRACKETS = re.compile(r"[》号][^（()）。；，《》]{0,6}[（(][^（()）]*$")  # 《X》（自2010年1月1日起施行）
_OWN = re.compile(
    r"本(?!市|省|区|县|级|人|单位|年|月|次|地|院|行政|企业|公司|部门|村|镇|乡|校|店|户|社区|科|专业|期"
    r"|届|款|项)[\u4e00-\u9fff]{1,14}|本《|现予(?:以)?(?:公布|发布)|予以公布|现(?:予|将)|该"
)
_TERM = re.compile(
    r"(?P<word>有效期限?|试行期限?|执行期限?|实施期限?|施行期限?|适用期限?|暂定期限?|试用期"
    r"|试行|有效)[为是：: 　]{0,3}(?:(?:自|从)(?P<from>[^。；\n自]{1,24})起[，,]?(?:为期)?)?(?:暂定|暂|定|延长)?[为是：: 　]{0,3}"
    rf"(?:最长)?(?:不超过)?(?P<n>{N})(?P<unit>年|个月)(?:零?(?P<rest>{N})个月|(?P<half>半))?"
    rf"|(?P<n_within>{N})(?P<unit_within>年|个月)(?:之?内)?(?P<within>有效)(?!期)"
)
_FROM_THEN = re.compile(  # 期限为五年，从2020年5月1日起计算
    r"[，,（( 　]{0,2}(?:均|并)?(?:自|从|于)(?P<from>[^。；\n，,]{4,24}?)(?:起|开始)(?:开始)?(?:计算|起算|算起|算|计)"
)
_PERIOD_END = re.compile(
    r"[ 　]*(?P<year>[2２][0０][0-9０-９]{2}|二[〇○零O][〇○零O一二三四五六七八九]{2})[ 　]*年"
    rf"(?:年?[底末]|[ 　]*(?P<month>{N})[ 　]*月(?:份|[底末])?(?![ 　]*(?:[上中下]旬|{N}[ 　]*日)))?"
    r"(?=[止，,。；;）)、\s]|$)"
)
_UNTIL = re.compile(
    r"(?P<word>有效期限?|试行期限?|执行期限?|实施期限?|施行期限?|适用期限?|执行|施行|实施|试行"
    r"|有效)[为是：: 　]{0,3}(?:自[^。；\n自]{1,28}?起?)?[为是：: 　]{0,3}(?:至|到|截至|截止到?|止于"
    r"|延长至|延续至)[ 　]*(?=[12１２一二])"
)
_FOREIGN = re.compile(
    r"(?:证书?|许可|执照|合同|资质|资格|检测|检验|报告|协议|备案|处罚|产品|结果|承诺书?|名单|称号|批准"
    r"|批文|登记|公示|印章|投标|成绩|认定|备案|信用|预案|保函|清单)的?(?:有效|施行|试行|执行)?$"
)


_LABEL = re.compile(r"[\s　#]*第[^条。，]{1,6}条[\s　]*")
_PART = re.compile(  # 第五条、第七条第二款自……: the start of a part, not of the whole
    r"(?:第[零〇一二三四五六七八九十百\d]{1,8}[章节条款项][、，和及至]?)+(?:的?规定)?[ 　]*(?:自|从|于)[^，,。；]*$"
)


@dataclass(frozen=True, slots=True)
class Terms:
    effective: Field | None = None
    expires: Field | None = None
    commences: Field | None = None  # the words, even where they name no date


def _sentence(text: str, start: int, end: int) -> tuple[int, int]:
    """The sentence around `[start, end)`; sentences end at 。；and line ends and are read up to `REACH`."""
    first, last = max(0, start - REACH), min(len(text), end + REACH)
    left = max(text.rfind(c, first, start) for c in "。；\n") + 1
    rights = [p for p in (text.find(c, end, last) for c in "。；\n") if p >= 0]
    return max(left, first), min(rights, default=last)


def _starts(text: str) -> list[tuple[int, int]]:
    """Sentences that may say when the document takes effect, first to last."""
    found: list[tuple[int, int]] = []
    said = -1  # where the sentence that was taken last begins
    for match in list(_START.finditer(text))[-MOST:]:
        left, right = _sentence(text, match.start(), match.end())
        sentence = left
        if right - left > 400:
            left = max(left, match.start() - 120)
        own = text[left : match.start()]
        if _of_part(text, left, own) or _of_other(text, match, right, own):
            continue
        clause = own[max(own.rfind("，"), own.rfind(",")) + 1 :].lstrip()
        bare = re.match(r"(?:第[^条]{1,6}条)?[\s　]*(?:自|从)", own) or (
            re.match(r"(?:并|现|均)?(?:自|从|于)", clause)
            and re.search(r"(?:公布|发布|印发|颁布|通过)[^《》]{0,6}[，,]", own)
        )
        if sentence == said and not _OWN.search(clause):
            continue  # 本办法自……起施行，2010年起施行，2015年修订的《X》: a second start is that of another
        if (_OWN.search(own) and not re.search(r"《[^》]*$", own)) or bare:
            found.append((left, match.end()))
            said = sentence
    return found


def _of_other(text: str, said: re.Match[str], right: int, own: str) -> bool:
    """Whether the words tell since when another document has been in force: 2010年5月1日起施行的《X》."""
    return bool(_OF_OTHER.match(text, said.end(), right) or _IN_BRACKETS.search(own))


def _of_part(text: str, left: int, own: str) -> bool:
    """Whether a sentence that begins at `left` says when a part of the document starts."""
    label = _LABEL.match(own) if left == 0 or text[left - 1] == "\n" else None
    return bool(_PART.search(own[label.end() :] if label else own))


_MONTH = re.compile(r"(?:自|从|于)[ 　]*([12][09]\d{2})[ 　]*年[ 　]*(\d{1,2})[ 　]*月(?:份|初)?起[^起]{0,6}$")


def _commencement(
    text: str, issued: DateAt | None, original: date | None
) -> tuple[Field | None, Field | None]:
    """(effective, commences): the last sentence of the text about itself decides."""
    for left, right in reversed(_starts(text)):
        own = text[left:right]
        cut = max(own.rfind("《", 0), 0) if own.count("《") > own.count("》") else 0
        days = [d for d in find_dates(text, left + cut, right)]
        span = Span(left + len(text[left:right]) - len(text[left:right].lstrip(" 　\t\n#")), right)
        if days:
            day = days[-1]
            return Field(day.day.isoformat(), day.span), Field(text[span.start : span.end], span)
        month = _MONTH.search(own)
        if month and 1 <= int(month[2]) <= 12:
            where = Span(left + month.start(1), left + month.end(2) + 1)
            return Field(date(int(month[1]), int(month[2]), 1).isoformat(), where), Field(text[span.start : span.end], span)
        wait = find_wait(own)
        if wait:
            words = Field(text[span.start : span.end], span)
            base = original or (issued.day if issued else None)
            where = Span(left + wait.start, left + wait.end)
            return Field(wait.first(base).isoformat(), where) if base else None, words
    return None, None


_BOTH = re.compile(r"(?:零时)?[ 　]*(?:起)?[，, 　]*(?:至|到|[—–―]{1,2}|－|-|~|～)[ 　]*(?:于)?")
_DAY_OF_YEAR = re.compile(r"(\d{1,2})[ 　]*月[ 　]*(\d{1,2})[ 　]*日")
_SPAN_WORD = re.compile(
    r"(?:有效期限?|(?:试行|执行|实施|施行|适用|生效)(?:期限?|日期|时间))[为是：: 　]{0,3}(?:自|从)?[ 　]*$"
)
_SUBJECT = re.compile(r"(?:第[^条]{1,6}条|[一二三四五六七八九十]+、|（.{1,3}）|\d+[.、])?[\s　]*(?:本|该)[^的自从\s]{1,12}的?")
_ENDS = re.compile(r"[ 　]*(?:24时|24:00)?[ 　]*(?:止|(?:期间)?(?:施行|执行|实施|有效|试行|适用)|[，,。；;）)\s]|$)")
_LAPSES = re.compile(r"[ 　]*(?:起)?(?:自行|自动|即行|同时)?(?:废止|失效|停止执行|终止执行)")


def _own_range(text: str) -> tuple[DateAt, DateAt] | None:
    """`本公告自2020年1月1日至2020年12月31日执行`, `本办法执行期限为X至Y`: first and last day in force."""
    days = list(find_dates(text))
    for first, last in chain(pairwise(days), _of_one_year(text, days)):
        if not _BOTH.fullmatch(text, first.span.end, last.span.start) or first.day >= last.day:
            continue
        left, _ = _sentence(text, first.span.start, last.span.end)
        before = text[left : first.span.start]
        clause = before[max(before.rfind(mark) for mark in "，,；") + 1 :].strip(" 　")
        began = re.search(r"(?:自|从)$", clause)
        subject = _SPAN_WORD.sub("", clause[: began.start()] if began else clause)
        ahead = before[: before.rindex(clause)].strip() if clause else before
        bare = subject != clause and re.fullmatch(r"(?:第[^条]{1,6}条)?[\s　]*", subject)
        if bare and ahead and not _OWN.search(ahead):
            continue  # 给予补贴，实施期限为2020年1月1日至12月31日: that of the allowance
        if not (bare or (_SUBJECT.fullmatch(subject) and _OWN.search(subject))):
            continue
        if _SPAN_WORD.search(before) or (began and _ENDS.match(text, last.span.end)):
            return first, last
    return None


def _of_one_year(text: str, days: list[DateAt]) -> Iterator[tuple[DateAt, DateAt]]:
    """`2020年1月1日至12月31日`: the second day is of the year of the first."""
    for first in days:
        joined = _BOTH.match(text, first.span.end)
        last = _DAY_OF_YEAR.match(text, joined.end()) if joined else None
        if last is None:
            continue
        try:
            day = date(first.day.year, int(last[1]), int(last[2]))
        except ValueError:
            continue
        yield first, DateAt(day, Span(*last.span()))


def _lapse(text: str, effective: date | None) -> Field | None:
    """`本办法自……起施行，2025年4月30日自行失效`: the day named, or the day before it.

    自…起 ends on the day before, and so does a term of whole years or months: 2020年5月1日起施行，2025年5月1日失效.
    """
    for match in re.finditer(r"废止|失效|停止执行|终止执行", text):
        days = list(find_dates(text, max(0, match.start() - 24), match.start()))
        day = days[-1] if days else None
        if day is None or not (said := _LAPSES.match(text, day.span.end)) or said.end() != match.end():
            continue
        left, _ = _sentence(text, day.span.start, match.end())
        before = text[left : day.span.start]
        clause = before[max(before.rfind("，"), before.rfind(",")) + 1 :]
        if "《" in clause or "号" in clause or not _OWN.search(before):
            continue
        if _START.search(before) or _OWN.search(clause):
            until = re.search(r"(?:至|到)[ 　]*$", clause)
            whole = day.day.day == 1 or (effective and day.day.timetuple()[1:3] == effective.timetuple()[1:3])
            before_it = "起" in said.group() or (whole and not until)
            last = day.day - timedelta(days=1) if before_it else day.day
            return Field(last.isoformat(), Span(day.span.start, match.end()))
    return None


_NAMED_DAY = re.compile(r"(?:施行|实施|生效|执行|试行|实行)(?:日期|时间)[为是：: 　]{1,3}(?=[12１２一二])")
_LABELLED_DAY = re.compile(r"^[ 　|（(]*(?:施行|实施|生效|执行|试行|实行)日期[：:]", re.MULTILINE)


def _named_start(text: str) -> Field | None:
    """`本办法施行日期为2020年5月1日`, or a line below the text that begins with the label, `执行日期：2020年5月1日`."""
    for match in reversed(list(_NAMED_DAY.finditer(text))):
        day = next(find_dates(text, match.end(), match.end() + 24), None)
        left, _ = _sentence(text, match.start(), match.end())
        if day is None or day.span.start != match.end():
            continue
        stated = _LABELLED_DAY.match(text, left) and text[day.span.end : day.span.end + 1] not in ("；", ";")
        if (stated and len(text) - left <= TAIL) or _OWN.search(text[left : match.start()]):
            return Field(day.day.isoformat(), day.span)
    return None


# 《X》（有效期至…）, 《X》（文号）有效期延长…: the term of another document
_OF_TITLE = re.compile(r"[》号][^（()）。；，《》]{0,4}[（(][^（()）]*$|[》号][）)]?(?:的|可|将)?$")


def _own_term(text: str, start: int, end: int) -> bool:
    """Is a term in `[start, end)` the document's own, not that of a licence it speaks of?"""
    left, right = _sentence(text, start, end)
    before = text[left:start]
    if _FOREIGN.search(before.rstrip("，,（( 　")) or _OF_TITLE.search(before):
        return False
    if re.match(r"止?的[^，。；]|[及或]?以[上下]", text[end : end + 4]):
        return False  # 有效期5年的《X》, 执行期5年及以上的项目
    if re.search(r"(?<!自)本[^自之日起，。；、《]{1,10}$", before.rstrip(" 　的")) or re.search(
        r"[，,；（(]$", before.rstrip(" 　")
    ):
        return bool(_OWN.search(before) or re.match(r"[\s　]*(?:第[^条]{1,6}条)?[\s　]*(?:自|从|于)", before))
    if not re.sub(
        r"^[\s　]*(?:第[^条]{1,6}条|[一二三四五六七八九十]+、|（[一二三四五六七八九十]+）|\d+[.、])?[\s　]*",
        "",
        before,
    ):
        previous = text[max(0, left - 60) : left]
        return bool(_START.search(previous) or right - left < 40 or "本" in text[start:right])
    return bool(_OWN.search(before) and _START.search(text[left : start + 2]))  # …起施行至2021年4月30日止


def _last_named(text: str) -> Field | None:
    """The last day in force where it is named: 有效期至2025年4月30日, 执行至2025年12月."""
    for match in _UNTIL.finditer(text):
        day = _period_end(text, match.end()) or next(find_dates(text, match.end(), match.end() + 24), None)
        if day and day.span.start - match.end() <= 1 and _own_term(text, match.start(), day.span.end):
            return Field(day.day.isoformat(), Span(match.start(), day.span.end))
    return None


@dataclass(frozen=True, slots=True)
class _Term:
    """A term of whole months, where it stands, and the day it is counted from, where the words give one."""

    months: int
    span: Span
    begin: DateAt | None


def _own_length(text: str) -> _Term | None:
    """有效期N年 of the document itself."""
    for match in _TERM.finditer(text):
        n = number(match["n"] or match["n_within"])
        word = match["word"] or match["within"]
        if not n or n > 50:
            continue
        if word in ("试行", "有效") and text[match.start() - 1 : match.start()] not in tuple("，,） 、后"):
            continue
        if not _own_term(text, match.start(), match.end()):
            continue
        months = 12 * n if (match["unit"] or match["unit_within"]) == "年" else n
        months += 6 if match["half"] else number(match["rest"]) or 0
        then = _FROM_THEN.match(text, match.end())
        since = then.span("from") if then else match.span("from")
        begin = next(find_dates(text, *since), None) if since[0] >= 0 else None
        return _Term(months, Span(match.start(), match.end()), begin)
    return None


def _period_end(text: str, start: int) -> DateAt | None:
    """2025年底, 2025年12月 or 2025年 right at `start` as the last day of that year or month."""
    found = _PERIOD_END.match(text, start)
    year = number(found["year"]) if found else None
    month = number(found["month"]) or 12 if found else 12
    if found is None or year is None or not 1 <= month <= 12:
        return None
    return DateAt(month_end(year, month), Span(found.start("year"), found.end()))


def read_terms(text: str, issued: DateAt | None, original: date | None) -> Terms:
    """`issued` is the date the document bears, `original` that of its first text (laws)."""
    both = _own_range(text)
    if both:
        first, last = both
        whole = Span(first.span.start, last.span.end)
        words = Field(text[whole.start : whole.end], whole)
        return Terms(
            Field(first.day.isoformat(), first.span), Field(last.day.isoformat(), last.span), words
        )
    effective, commences = _commencement(text, issued, original)
    if effective is None and (said := _named_start(text)):
        effective, commences = said, said
    term = _own_length(text) if re.search(r"期|试行|有效", text) else None
    if effective is None and term and term.begin:
        effective = commences = Field(term.begin.day.isoformat(), term.begin.span)
    start = date.fromisoformat(effective.value) if effective else None
    begin = start or (issued.day if issued else None)
    expires = _last_named(text)
    if expires is None and term and begin:
        expires = Field(last_day(begin, months=term.months).isoformat(), term.span)
    return Terms(effective, expires or _lapse(text, start), commences)
