"""What an article says, asked for by its number: 《办法》第七条规定了什么."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import dropwhile, takewhile

from .evidence import Reading
from .fold import chinese_number, fold
from .model import IN_FORCE, Document
from .understand import names_document

LIMIT = 1500  # code points; a longer article is quoted up to the sentence that passes them
_NUMBER = r"第(?P<n>[零〇一二三四五六七八九十百千\d]{1,8})条(?:之(?P<sub>[一二三四五六七八九十]))?"
_WHAT = r"(?:些)?(?:什么|哪些|啥)"
_ASKS = re.compile(
    rf"{_NUMBER}(?:中|里)?(?:的|具体)*(?:"
    rf"(?:内容|规定|条文|原文|全文)?(?:是|有|为)?(?:{_WHAT}|怎么?样?(?:规定|说|写|讲)的?)|"
    rf"(?:规定|说|写|讲)(?:了|的是)?{_WHAT}|(?:内容|条文|原文|全文)[?？。]?$)"
)
_LABEL = re.compile(_NUMBER)


@dataclass(frozen=True, slots=True)
class Article:
    """An article of one of the documents found; `span` is None where that document has none of this number."""

    document: int  # index among the documents
    label: str
    span: tuple[int, int] | None


def asked_for(question: str, documents: Sequence[Document], readings: Sequence[Reading]) -> Article | None:
    """The article whose words are asked for, of the document the question names, rather of one in force."""
    asks = _ASKS.search(fold(question)) if len(_LABEL.findall(fold(question))) == 1 else None
    named = [i for i, d in enumerate(documents) if names_document(question, d.title, d.number)] if asks else []
    if asks is None or not named:
        return None
    chosen = min(named, key=lambda i: documents[i].status not in IN_FORCE)
    label = f"第{asks['n']}条" + (f"之{asks['sub']}" if asks["sub"] else "")
    return Article(chosen, label, _span(readings[chosen], _value(asks)))


def _value(match: re.Match[str]) -> tuple[int | None, str]:
    return chinese_number(match["n"]), match["sub"] or ""


def _span(reading: Reading, wanted: tuple[int | None, str]) -> tuple[int, int] | None:
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
