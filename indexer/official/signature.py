"""Who signed and when: the signature block, a law's history lines, the date under a title."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from indexer.official.dates import DateAt, find_dates
from indexer.official.lines import HEAD, TAIL, Line, lines, tail_start
from indexer.official.names import ORG_END, is_organisation
from kb.model import Span

LETTER = 30_000  # a covering letter ends within so many code points
_ACTS = re.compile(r"通过|批准|修正|修订|公布|发布|修改|颁布|审议|讨论|起施行|施行$")
_STARTS = re.compile(r"[ 　]*起?(?:施行|实施|执行|生效)[ 　）)。]*$")
_AMENDED = re.compile(r"修正|修改")
_NO_HISTORY = re.compile(r"^[^（(]*本|[自从]$|[：:]\s*$")  # 三、本通知自2025年……, 发布日期：2025年……
_REMARK = re.compile(r"[（(]此件[^（()）]{1,20}[）)]|[（(](?:此页无正文|盖章|印章|代章|公章)[）)]|印发?$")
_ENACTED = (
    re.compile(
        r"(?:(?<![\u4e00-\u9fff])(?!日)|(?<=日))([\u4e00-\u9fff]{2,20}?(?:人民代表大会(?:常务委员会)?"
        r"|人民政府|国务院|委员会))"
        r"第[^，。\n]{1,20}(?:会议|次)[^，。\n]{0,8}通过"
    ),
    re.compile(
        r"(?:(?<![\u4e00-\u9fff])(?!日)|(?<=日))([\u4e00-\u9fff]{2,20}?(?:人民代表大会(?:常务委员会)?"
        r"|人民政府|国务院|部|局))(?:公告|令)[ 　]*(?:第|[（(〔])"
    ),
    re.compile(
        r"(?:(?<![\u4e00-\u9fff])(?!日)|(?<=日))([\u4e00-\u9fff]{2,14}?(?:省|市|县|区"
        r"|州))[\u4e00-\u9fff]{0,3}届人大"
    ),
)
_BODY_END = re.compile(rf"(?:{ORG_END})[）)]?$|代章[）)]$")
_NOT_SIGNED = re.compile(
    r"[，,、前后至到起以在之]|印发?(?:的|《)|发布的|出台|发出|通过|召开|公布的|下发|制定"
)
_PUBLISHED = re.compile(  # the day of something else (截止日期, 活动时间) is not the document's own
    r"(?:(?:发布|公布|发表|发文|成文|印发|签发|颁布|更新|公开|上传|录入|制定|编制|生成)|(?<![\u4e00-\u9fff]))"
    r"(?:日期|时间)[：:]?[ 　]*$|发布于[：:]?[ 　]*$"
)


@dataclass(frozen=True, slots=True)
class Signed:
    """The date a document bears and the bodies above it; any of the three may be missing."""

    day: DateAt | None = None
    bodies: tuple[Line, ...] = ()
    history: tuple[DateAt, ...] = ()  # of a law: the first text, this text
    starts: DateAt | None = None  # a history line “2011年10月1日 施行”

    def original(self) -> date | None:
        """The day of the first text, before any 修正."""
        return self.history[0].day if self.history else self.day.day if self.day else None


def _whole_date(line: Line) -> DateAt | None:
    """The date of a line that is nothing but a date (brackets and remarks aside)."""
    if len(line.text) > 40 or not (line.text[-1] in "日）)印发" or line.text[-1].isdecimal()):
        return None
    rest = _REMARK.sub("", line.text).strip("（()）[] 　\t发印。")
    found = next(find_dates(rest), None)
    if found is None or found.span.start > 0 or found.span.end < len(rest):
        return None
    start = line.text.find(rest[:4])
    here = next(find_dates(line.text, max(start, 0)), None)
    if here is None:
        return None
    return DateAt(here.day, Span(line.start + here.span.start, line.start + here.span.end))


def _date_lines(text: str) -> Iterator[tuple[DateAt, list[Line]]]:
    """Date-only lines of a covering letter or a close, with the few lines above; jumps from 日 to 日."""
    position, close = 0, max(0, len(text) - 4 * TAIL)
    while (position := text.find("日", position)) >= 0:
        if LETTER < position < close:
            position = close
            continue
        following = text[position + 1 : position + 2]
        if following in ("", "\n", " ", "　", "）", ")", "（", "(", "印", "\t", "\xa0"):
            start = text.rfind("\n", max(0, position - 81), position) + 1
            stop = text.find("\n", position, position + 81)
            stop = min(len(text), position + 81) if stop < 0 else stop
            if stop - start <= 80:
                for line in lines(text, start, stop):
                    found = _whole_date(line)
                    if found:
                        yield found, list(lines(text, max(0, start - 400), start))[-12:]
        position += 1


def _bodies_above(above: list[Line]) -> list[Line]:
    bodies: list[Line] = []
    for line in reversed(above):
        cleaned = re.sub(r"[（(][^（()）]*代章[）)]", "", line.text).strip()
        if not cleaned:
            continue
        if is_organisation(cleaned) or (
            all(is_organisation(part) for part in re.split(r"[ 　]+", cleaned)) and len(cleaned) < 90
        ):
            bodies.insert(0, line)
        else:
            break
    return bodies


def _split(line: Line) -> list[Line]:
    """`海南省农业农村厅 海南省财政厅` is two bodies; `河 北 省 教 育 厅` is one."""
    cleaned = re.sub(r"[（(][^（()）]*代章[）)]", "", line.text).strip()
    parts = [m for m in re.finditer(r"[^\s　]+", cleaned)]
    if len(parts) > 1 and all(len(m.group()) >= 4 for m in parts):
        return [Line(line.start + m.start(), line.start + m.end(), m.group()) for m in parts]
    return [Line(line.start, line.start + len(cleaned), cleaned)]


def _history(top: list[Line], title_end: int) -> list[tuple[DateAt, str]]:
    """`(date, the words after it)` of the lines under a title that tell a law's passing and changes."""
    dated: list[tuple[DateAt, str]] = []
    strangers = 0
    for line in top:
        if line.start < title_end:
            continue
        text = line.text
        first = next(find_dates(text), None)
        begins = first is not None and first.span.start <= 6 and not _NO_HISTORY.search(text[: first.span.start])
        acts = _ACTS.search(text) is not None
        bracketed = text[0] in "（(" and text[-1] in "）)"
        if (begins and (acts or bracketed)) or (dated and acts and len(text) < 200):
            days = list(find_dates(text))
            for i, d in enumerate(days):
                stop = days[i + 1].span.start if i + 1 < len(days) else len(text)
                at = Span(line.start + d.span.start, line.start + d.span.end)
                dated.append((DateAt(d.day, at), text[d.span.end : stop]))
            strangers = 0 if days else strangers + 1
        else:
            strangers += 1
        if strangers > (2 if dated else 6) or (len(text) > 60 and not dated and not begins):
            break
    return dated


def read_history(text: str, top: list[Line], title_end: int, hint: date | None) -> Signed | None:
    """The date a law bears, from its history lines; `hint` (the date in the file name) picks among them.

    None where no line under the title tells of 通过, 修正 and the like.
    """
    told = _history(top, title_end)
    starts = [d for d, words in told if _STARTS.match(words)]
    dated = [x for x in told if x[0] not in starts]
    if not dated:
        return None
    first_change = next((i for i, (_, words) in enumerate(dated) if _AMENDED.search(words)), len(dated))
    original = dated[max(first_change - 1, 0)][0]
    newest = max((d for d, _ in dated), key=lambda d: d.day)
    chosen = next((d for d, _ in dated if d.day == hint), newest)
    begin, end = max(title_end, dated[0][0].span.start - 40), dated[-1][0].span.end + 120
    match = next((m for p in _ENACTED if (m := p.search(text, begin, end))), None)
    bodies = (Line(match.start(1), match.end(1), match.group(1)),) if match else ()
    return Signed(chosen, bodies, (original, chosen), starts[-1] if starts else None)


def read_signature(text: str) -> Signed | None:
    """The signature block: in a covering letter before the attached text, or at the very end.

    The first date line with a body right above it wins; then a date line near the end;
    then a body with its date inside running text.
    """
    last: DateAt | None = None
    for day, above in _date_lines(text):
        bodies = _bodies_above(above)
        if bodies:
            return Signed(day, tuple(part for line in bodies for part in _split(line)))
        if day.span.start >= len(text) - TAIL and day.span.start > 60:
            last = day
    if last:
        return Signed(last)
    return _run_signature(text)


def _run_signature(text: str) -> Signed | None:
    """`…教育厅2017年9月13日` inside a line: where a saved page lost its line ends.

    The last one near the end counts, else the first one near the head.
    """
    near_end = list(_run_dates(text, max(0, tail_start(text)), len(text)))
    if near_end:
        return near_end[-1]
    return next(_run_dates(text, 0, min(HEAD, len(text))), None) if len(text) > TAIL else None


def _run_dates(text: str, start: int, end: int) -> Iterator[Signed]:
    """Dates that stand right after the name of a body and do not go on as a sentence."""
    for day in find_dates(text, start, end):
        before = text[max(start, day.span.start - 120) : day.span.start].rstrip()
        after = text[day.span.end : day.span.end + 3].lstrip()
        if not _BODY_END.search(before[-12:]) or _NOT_SIGNED.match(after):
            continue
        signed = re.sub(r"[（(][^（()）]*代章[）)]$", "", before)
        name = re.split(r"[。；：\n　 ，、！？”》.)）]", signed)[-1]
        at = text.rfind(name, 0, day.span.start) if name else -1
        yield Signed(day, (Line(at, at + len(name), name),) if is_organisation(name) else ())


def published(top: list[Line]) -> DateAt | None:
    """The day a page says it was published: the first date alone or labelled in its head."""
    for line in top[:20]:
        if len(line.text) > 120:
            return None
        found = next(find_dates(line.text), None)
        if found is None:
            continue
        before, after = line.text[: found.span.start], line.text[found.span.end :]
        labelled = _PUBLISHED.search(before) is not None
        alone = not before.strip("[（( 　") and re.match(
            r"[ 　\t]*(?:\d{1,2}[:：]\d{2}(?:[:：]\d{2})?)?[ 　\t]*(?:$|来源|[）)\]]|浏览|作者|\|)", after
        )
        if labelled or alone:
            return DateAt(found.day, Span(line.start + found.span.start, line.start + found.span.end))
    return None
