"""What articles say, asked for by their numbers: 《办法》第七条规定了什么, 第四条和第五条分别规定了什么."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import dropwhile, takewhile

from .evidence import Reading
from .fold import chinese_number, fold
from .model import IN_FORCE, Document
from .understand import names_document, only_names
from .validity.titles import title_names

LIMIT = 1500  # code points; a longer article is quoted up to the sentence that passes them
MOST = 6  # articles quoted at once
_DIGITS = r"[零〇一二三四五六七八九十百千\d]"
_ONE = rf"第{_DIGITS}{{1,8}}条(?:之[一二三四五六七八九十])?"
_NUMBER = rf"第(?P<n>{_DIGITS}{{1,8}})条(?:之(?P<sub>[一二三四五六七八九十]))?"
_WHAT = r"(?:些)?(?:什么|哪些|啥)(?!区别|不同|差[别异]|关系|联系)"
_ASKS = re.compile(
    rf"{_ONE}(?:[、,和与及以]{{1,2}}{_ONE})*(?:第{_DIGITS}{{1,3}}[款项目])*(?:中|里|各|分别|现在|目前|如今|现行)*(?:的|具体)*(?:"
    rf"(?:内容|规定|条文|原文|全文)?(?:是|有|为)?(?:{_WHAT}|怎么?样?(?:规定|说|写|讲)的?)|"
    rf"(?:规定|说|写|讲)(?:了|的是)?{_WHAT}|(?:内容|条文|原文|全文)[?？。]?$)"
)
_BARE = re.compile(rf"{_ONE}(?:[、,和与及以]{{1,2}}{_ONE})*(?:第{_DIGITS}{{1,3}}[款项目])*[?？。]?$")  # 《办法》第五条, and nothing more
_LABEL = re.compile(_NUMBER)


@dataclass(frozen=True, slots=True)
class Asked:
    """Articles of one of the documents found: where those stand that it has, and the numbers it has not."""

    document: int  # index among the documents
    spans: tuple[tuple[int, int], ...]
    lacking: tuple[str, ...]


def asked_for(question: str, documents: Sequence[Document], readings: Sequence[Reading]) -> Asked | None:
    """The articles whose words are asked for, of the document the question names, rather of one in force."""
    folded = fold(question)
    asks = _ASKS.search(folded)
    bare = None if asks else _BARE.search(folded)
    asks = asks or bare
    wanted = {_value(m): m[0] for m in _LABEL.finditer(asks[0])} if asks else {}
    elsewhere = len(_LABEL.findall(folded)) > len(wanted)
    named = [
        i for i, d in enumerate(documents)
        if wanted and names_document(question, d.title, d.number)
        and (bare is None or only_names(folded[: bare.start()], d.title, d.number))
    ]  # fmt: skip
    named = named or (shortly_named(folded[: asks.start()], documents) if asks else [])
    if not named or elsewhere or len(wanted) > MOST:
        return None
    chosen = min(named, key=lambda i: documents[i].status not in IN_FORCE)
    places = {label: article_span(readings[chosen], number) for number, label in wanted.items()}
    spans = tuple(sorted(span for span in places.values() if span is not None))
    return Asked(chosen, spans, tuple(label for label, span in places.items() if span is None))


_BEFORE_NAME = re.compile(r"^(?:请问|想问|问|一下|查|看看?|我想知道|根据|按照?|依照|[\s,，：:《])+")
SHORT_NAME = 5  # characters; the end of a title that is shorter may be that of any


def shortly_named(before: str, documents: Sequence[Document]) -> list[int]:
    """Documents whose title ends with all that stands before the article (养犬管理办法 of a 云州市养犬管理办法), if
    those are not several."""
    name = _BEFORE_NAME.sub("", before).rstrip("》的 ")
    if len(name) < SHORT_NAME:
        return []
    titles = [{re.sub(r"\([^()]*\)|[《》]", "", fold(each)) for each in title_names(d.title)} for d in documents]
    found = {i: each for i, of in enumerate(titles) for each in of if each.endswith(name)}
    return list(found) if len(set(found.values())) == 1 else []


def _value(match: re.Match[str]) -> tuple[int | None, str]:
    return chinese_number(match["n"]), match["sub"] or ""


def article_span(reading: Reading, wanted: tuple[int | None, str]) -> tuple[int, int] | None:
    """The first run of sentences under that article; an annex may count its own articles from one again."""

    def under(at: int) -> bool:
        labels = map(_LABEL.match, map(fold, reading.path(at)))
        return any(m is not None and _value(m) == wanted for m in labels)

    inside = takewhile(lambda s: under(s.start), dropwhile(lambda s: not under(s.start), reading.sentences))
    first = next(inside, None)
    if first is None:
        return None
    end = first.end
    for sentence in inside:
        if end - first.start >= LIMIT:
            break
        end = sentence.end
    return first.start, end
