"""What belongs to an article quoted: the rule a penalty punishes the breach of (违反本条例第十七条第二款规定的), the
penalty for a rule, and what the article goes on to except."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date

from .articles import article_span
from .enumeration import markers
from .evidence import Reading
from .fold import chinese_number, fold

LIMIT = 400  # code points; of a longer rule nothing is added
MOST_PENALTIES = 2  # sentences added
_N = r"[零〇一二三四五六七八九十百\d]{1,6}"
_BROKEN = re.compile(
    rf"(?:违反|未按照?|不履行|依照|根据|有)(?:本[一-龥]{{1,4}})?第(?P<article>{_N})条(?:之(?P<sub>[一二三四五六七八九十]))?(?:第(?P<clause>{_N})款)?(?:第\(?(?P<item>{_N})\)?项)?"
)
_LABEL = re.compile(rf"第({_N})条(?:之([一二三四五六七八九十]))?")
_MAY = re.compile(
    r"(?:[能可准许让行得]|可以|允许|合法|合规|违法|违规|犯法|算不算|对)[^,，。;；?？]{0,20}(?:吗|么|不)(?=[?？,，。;；]|$)|"
    r"能不能|可不可以|可否|能否|准不准|许不许|行不行|让不让|是否(?:允许|可以|合法|违法|违规|准许)|允不允许|合不合法|违不违法"
)


def asks_whether_allowed(question: str) -> bool:
    """Whether a question is, in part, whether something may be done."""
    return bool(_MAY.search(fold(question)))


def rules_behind(reading: Reading, spans: Sequence[tuple[int, int]]) -> tuple[tuple[int, int], ...]:
    """Where the rules stand whose breach the quoted spans punish, in the same text; the first one of each span."""
    found = []
    for start, end in spans:
        named = _BROKEN.search(fold(reading.text[start:end]))
        span = _of(reading, named) if named else None
        if span is not None and span[1] - span[0] <= LIMIT:
            found.append(span)
    return tuple(dict.fromkeys(found))


def _of(reading: Reading, named: re.Match[str]) -> tuple[int, int] | None:
    """The 项, else the 款, else the article named."""
    whole = article_span(reading, (chinese_number(named["article"]), named["sub"] or ""))
    if whole is None:
        return None
    span = whole
    if named["clause"]:
        lines = _lines(reading.text, whole)
        n = chinese_number(named["clause"]) or 0
        paragraphs = [line for line in lines if not _is_item(reading.text[line[0] : line[1]])]
        if not 1 <= n <= len(paragraphs):
            return whole
        first = paragraphs[n - 1][0]
        span = (first, paragraphs[n][0] if n < len(paragraphs) else whole[1])
    if named["item"]:
        items = [line for line in _lines(reading.text, span) if _is_item(reading.text[line[0] : line[1]])]
        n = chinese_number(named["item"]) or 0
        if 1 <= n <= len(items):
            span = items[n - 1]
    end = span[0] + len(reading.text[span[0] : span[1]].rstrip())
    return span[0], end


def _lines(text: str, span: tuple[int, int]) -> list[tuple[int, int]]:
    found = [(m.start() + span[0], m.end() + span[0]) for m in re.finditer(r"[^\n]+", text[span[0] : span[1]])]
    return [(a, b) for a, b in found if text[a:b].strip()]


def _is_item(line: str) -> bool:
    return any(mark.start == 0 for mark in markers(line.lstrip()[:12]) if mark.family != "article")


_PUNISHED = re.compile(r"罚款|罚金|警告|没收|吊销|责令|拘留|处分|处[^,，。]{1,14}元|追究")
_STAGED = re.compile(
    rf"(?P<articles>本条|第{_N}条(?:[、，,和与及至]第{_N}条){{0,20}})(?:的?规定)?[^。;；\n]{{0,12}}?自(?P<y>\d{{4}})年(?P<m>\d{{1,2}})月(?P<d>\d{{1,2}})日起(?:施行|实施|执行)"
)
_ONLY_PENALTY = re.compile(
    r"(?:那么?|如果|要是|假如|一旦|不|没|未|有人|的话|了|会|将|要|得|被|的|呢|吗|怎么样?|如何|怎样|咋|多少钱?|什么|哪些|有|是|该|应当?|违反|违规|违章|违法|遵守|执行|按规定|这样|做|照办|办|"
    r"处罚|罚款?|处分|处理|后果|责任|追究|承担|[,，?？。!！\s])+"
)
_PENALTY_ASKED = re.compile(r"罚|处分|怎么处理|什么后果|什么责任|追究")
_SAVED = re.compile(
    r"(?:前款|前项|上款|本条|第[一二三四五六七八九十]款)[^。]{0,30}(?:限制|不适用|除外|不在此限|可以不|可以放宽)|不受[^。]{0,24}限制|除外情形"
)


def asks_for_penalty(question: str) -> bool:
    """Whether a question is about what is done to those who break a rule."""
    return bool(_PENALTY_ASKED.search(fold(question)))


def asks_only_for_penalty(turn: str) -> bool:
    """Whether a turn asks what is done to who breaks the rule spoken of, and names no other: 违反了怎么处罚."""
    return asks_for_penalty(turn) and bool(_ONLY_PENALTY.fullmatch(fold(turn)))


def penalties_for(reading: Reading, spans: Sequence[tuple[int, int]]) -> tuple[tuple[int, int], ...]:
    """The sentences that punish the breach of the articles quoted; none where a penalty is quoted already."""
    if any(_PUNISHED.search(reading.text[start:end]) for start, end in spans):
        return ()
    articles = {article for start, _ in spans if (article := _article(reading, start))}
    found = []
    for sentence in reading.sentences:
        text = fold(reading.text[sentence.start : sentence.end])
        if "违反" not in text or not _PUNISHED.search(text):
            continue
        if any((chinese_number(m["article"]), m["sub"] or "") in articles for m in _BROKEN.finditer(text)):
            found.append((sentence.start, sentence.end))
    return tuple(found[:MOST_PENALTIES])


def exceptions_to(reading: Reading, spans: Sequence[tuple[int, int]]) -> tuple[tuple[int, int], ...]:
    """What an article, a part of which is quoted, goes on to except from it: 博士研究生不受前款第二项限制."""
    found = []
    for article in {article for start, _ in spans if (article := _article(reading, start))}:
        whole = article_span(reading, article)
        if whole is None or not any(whole[0] <= start < whole[1] for start, _ in spans):
            continue
        for i in reading.within(*whole):
            sentence = reading.sentences[i]
            quoted = any(start <= sentence.start and sentence.end <= end for start, end in spans)
            after = any(start < sentence.start for start, _ in spans)
            if after and not quoted and sentence.end - sentence.start <= LIMIT and _SAVED.search(fold(reading.of(i))):
                found.append((sentence.start, sentence.end))
    return tuple(sorted(found)[:MOST_PENALTIES])


def later_articles(reading: Reading, spans: Sequence[tuple[int, int]], day: date) -> list[tuple[str, date]]:
    """The articles quoted that apply only after a day though the text is in force: 第十一条自2028年1月1日起施行."""
    found: dict[str, date] = {}
    articles = {article: start for start, _ in spans if (article := _article(reading, start))}
    for said in _STAGED.finditer(reading.text) if articles else ():
        named = [(chinese_number(m[1]), m[2] or "") for m in _LABEL.finditer(said["articles"])]
        if not named:  # 本条
            own = _article(reading, said.start())
            named = [own] if own else []
        try:
            begins = date(int(said["y"]), int(said["m"]), int(said["d"]))
        except ValueError:
            continue
        for article in named:
            if article in articles and begins > day:
                label = next((x for x in reading.path(articles[article]) if _LABEL.match(fold(x))), "")
                found[label] = begins
    return list(found.items())


def _article(reading: Reading, start: int) -> tuple[int | None, str] | None:
    labels = (_LABEL.match(fold(label)) for label in reading.path(start))
    return next(((chinese_number(m[1]), m[2] or "") for m in labels if m), None)


__all__ = ["asks_for_penalty", "asks_only_for_penalty", "asks_whether_allowed", "exceptions_to", "later_articles", "penalties_for", "rules_behind"]
