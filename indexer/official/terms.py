"""When a document takes effect and when it lapses, from the sentences that say so."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

from indexer.official.dates import DateAt, chinese_number, find_dates, last_day
from indexer.official.lines import TAIL
from kb.model import Field, Span

REACH = 500  # code points a sentence is followed either way
MOST = 2000  # sentences about taking effect that are looked at, the last ones
_START = re.compile(
    r"起[ 　]*(?:正式)?(?:施行|实施|实行|执行|生效|试行|启用|适用)|起开始(?:施行|实施|执行)"
    r"|日(?:正式)?(?:施行|实施|生效|试行)|后(?:施行|实施|生效)"
)
_PROMULGATED = re.compile(
    r"(?:自|从|于)?(?:公布|发布|印发|颁布|签发|下发|通过|批准|发文|公告|发出|出台)(?:之日起?|日起?|起"
    r"|后)(?:(?:满)?([0-9０-９一二三四五六七八九十]{1,3})(日|天|个月)后?)?"
)
_OWN = re.compile(
    r"本(?!市|省|区|县|级|人|单位|年|月|次|地|院|行政|企业|公司|部门|村|镇|乡|校|店|户|社区|科|专业|期"
    r"|届|款|项)[\u4e00-\u9fff]{1,14}|本《|现予(?:以)?(?:公布|发布)|予以公布|现(?:予|将)|该"
)
_TERM = re.compile(
    r"(?P<word>有效期限?|试行期限?|执行期限?|实施期限?|施行期限?|适用期限?|暂定期限?|试用期"
    r"|试行)[为是：: 　]{0,3}(?:自[^。；\n自]{1,24}起[，,]?)?(?:暂定|暂|定|延长)?[为是：: 　]{0,3}"
    r"(?P<n>[0-9０-９一二三四五六七八九十两]{1,3})(?P<unit>年|个月)(?:零?(?P<rest>[0-9０-９一二三四五六七八九十]{1,2})个月|(?P<half>半))?"
)
_YEAR_END = re.compile(r"[ 　]*(20[0-9]{2})年(?:年?底|末|12月底)")
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
    for match in list(_START.finditer(text))[-MOST:]:
        left, right = _sentence(text, match.start(), match.end())
        if right - left > 400:
            left = max(left, match.start() - 120)
        own = text[left : match.start()]
        if _of_part(text, left, own):
            continue
        clause = own[max(own.rfind("，"), own.rfind(",")) + 1 :].lstrip()
        bare = re.match(r"(?:第[^条]{1,6}条)?[\s　]*(?:自|从)", own) or (
            re.match(r"(?:并|现|均)?(?:自|从|于)", clause)
            and re.search(r"(?:公布|发布|印发|颁布|通过)[^《》]{0,6}[，,]", own)
        )
        if (_OWN.search(own) and not re.search(r"《[^》]*$", own)) or bare:
            found.append((left, match.end()))
    return found


def _of_part(text: str, left: int, own: str) -> bool:
    """Whether a sentence that begins at `left` says when a part of the document starts."""
    label = _LABEL.match(own) if left == 0 or text[left - 1] == "\n" else None
    return bool(_PART.search(own[label.end() :] if label else own))


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
        match = _PROMULGATED.search(own)
        if match:
            words = Field(text[span.start : span.end], span)
            base = original or (issued.day if issued else None)
            where = Span(left + match.start(), left + match.end())
            if base is None:
                return None, words
            n = chinese_number(match.group(1)) if match.group(1) else 0
            wait = timedelta(days=n or 0) if match.group(2) != "个月" else timedelta(days=30 * (n or 0))
            return Field((base + wait).isoformat(), where), words
    return None, None


_BOTH = re.compile(r"(?:零时)?[ 　]*(?:起)?[，, 　]*(?:至|到|—{1,2}|－|-|~|～)[ 　]*(?:于)?")
_SPAN_WORD = re.compile(
    r"(?:有效期限?|(?:试行|执行|实施|施行|适用|生效)(?:期限?|日期|时间))[为是：: 　]{0,3}(?:自|从)?[ 　]*$"
)
_SUBJECT = re.compile(r"(?:第[^条]{1,6}条|[一二三四五六七八九十]+、|（.{1,3}）|\d+[.、])?[\s　]*(?:本|该)[^的自从\s]{1,12}的?")
_ENDS = re.compile(r"[ 　]*(?:24时|24:00)?[ 　]*(?:止|(?:期间)?(?:施行|执行|实施|有效|试行|适用)|[，,。；;）)\s]|$)")
_LAPSES = re.compile(r"[ 　]*(?:起)?(?:自行|自动|即行|同时)?(?:废止|失效|停止执行|终止执行)")


def _own_range(text: str) -> tuple[DateAt, DateAt] | None:
    """`本公告自2020年1月1日至2020年12月31日执行`, `本办法执行期限为X至Y`: first and last day in force."""
    if "至" not in text and "到" not in text:
        return None
    days = list(find_dates(text))
    for first, last in pairwise(days):
        if not _BOTH.fullmatch(text, first.span.end, last.span.start) or first.day >= last.day:
            continue
        left, _ = _sentence(text, first.span.start, last.span.end)
        before = text[left : first.span.start]
        clause = before[max(before.rfind(mark) for mark in "，,；") + 1 :].strip(" 　")
        began = re.search(r"(?:自|从)$", clause)
        subject = _SPAN_WORD.sub("", clause[: began.start()] if began else clause)
        bare = subject != clause and re.fullmatch(r"(?:第[^条]{1,6}条)?[\s　]*", subject)
        if not (bare or (_SUBJECT.fullmatch(subject) and _OWN.search(subject))):
            continue
        if _SPAN_WORD.search(before) or (began and _ENDS.match(text, last.span.end)):
            return first, last
    return None


def _lapse(text: str) -> Field | None:
    """`本办法自……起施行，2025年4月30日自行失效`: the day named; 自…起 ends on the day before."""
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
            last = day.day - timedelta(days=1) if "起" in said.group() else day.day
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


def _own_term(text: str, start: int, end: int) -> bool:
    """Is a term in `[start, end)` the document's own, not that of a licence it speaks of?"""
    left, right = _sentence(text, start, end)
    before = text[left:start]
    if _FOREIGN.search(before.rstrip("，,（( 　")):
        return False
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
    return bool(_OWN.search(before) and _START.search(before))


def _expiry(text: str, effective: date | None, issued: date | None) -> Field | None:
    """The last day in force, from 有效期至… or from 有效期N年 counted from the first day."""
    begin = effective or issued
    if "有效期" not in text and "试行" not in text and "期限" not in text and "行至" not in text:
        return None
    for match in _UNTIL.finditer(text):
        day = _year_end(text, match.end()) or next(find_dates(text, match.end(), match.end() + 24), None)
        if (
            day is None
            or day.span.start - match.end() > 1
            or not _own_term(text, match.start(), day.span.end)
        ):
            continue
        return Field(day.day.isoformat(), Span(match.start(), day.span.end))
    for match in _TERM.finditer(text):
        n = chinese_number(match.group("n"))
        if not n or n > 50 or begin is None:
            continue
        if match.group("word") == "试行" and text[match.start() - 1 : match.start()] not in (
            "，",
            ",",
            "）",
            " ",
        ):
            continue
        if not _own_term(text, match.start(), match.end()):
            continue
        months = 12 * n if match.group("unit") == "年" else n
        months += 6 if match.group("half") else chinese_number(match.group("rest") or "") or 0
        ends = last_day(begin, months=months)
        return Field(ends.isoformat(), Span(match.start(), match.end()))
    return None


def _year_end(text: str, start: int) -> DateAt | None:
    """2025年底 right at `start` as the last day of that year."""
    found = _YEAR_END.match(text, start)
    if found is None:
        return None
    return DateAt(date(int(found[1]), 12, 31), Span(found.start(1), found.end()))


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
    begin = date.fromisoformat(effective.value) if effective else None
    return Terms(effective, _expiry(text, begin, issued.day if issued else None) or _lapse(text), commences)
