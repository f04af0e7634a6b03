"""Whether a text still holds, asked for by its name: 《某办法》还有效吗, 某文号被哪个文件废止了."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from .articles import shortly_named
from .fold import find_numbers, fold, typed_numbers
from .model import IN_FORCE, Document, Relation
from .understand import names_document, only_names, without_number
from .validity.titles import plain, titled

_END = r"(?:废止|失效|作废|过期|到期|停止执行)"
_WHEN = r"(?:什么时候|何时|哪[一]?[天日年月]|几时)"
_ASKS = re.compile(
    rf"(?:现在|目前|如今|到底|究竟|是否|是不是|还|仍然?|依然|继续)*(?:现行)?(?:有效|能用|管用|可用|作数|算数|适用)(?:吗|么|没有?|不(?:管用|有效|能用)?|(?=[?？]|$))|"
    rf"(?:现在|目前|是否|是不是|有没有|有无|已经?|被)*{_END}了?(?:吗|么|没有?|(?=[?？]|$))|"
    rf"(?:是|在|从)?{_WHEN}(?:被|开始|起)?{_END}的?|{_END}(?:日期|时间)(?:是|为)?(?:{_WHEN}|多少|什么)?|"
    rf"(?:是)?被(?:哪|什么|谁)[^,，。?？]{{0,12}}?(?:废止|取代|代替|替代)了?的?|"
    r"(?:有没有|是否|是不是|有无)被?(?:修改|修订|废止|取代|代替)过?了?|(?:效力|时效)(?:状态)?(?:是|为)?(?:如何|怎么?样|什么)|有效期?(?:到|至)(?:什么时候|何时|哪[天年])"
)
ENDS = {"repeals": "废止", "supersedes": "代替", "amends": "修改", "extends": "延长有效期"}


def asked(question: str) -> str | None:
    """The name that a question on whether a text holds gives of it, folded; None for other questions."""
    folded = fold(question)
    found = _ASKS.search(folded)
    if found is None:
        return None
    name = re.sub(r"^(?:请问|想问|问一下|查一下|那个?|这个?)+|[?？。!！,，]|请问", "", folded[: found.start()] + folded[found.end() :])
    return name.strip() if len(name.strip()) > 3 else None


def named(name: str, documents: Sequence[Document]) -> Document | None:
    """The document meant, one in force first; None where the name is of none, or of more than a document."""
    given = {number for _, _, number in find_numbers(name)} | set(typed_numbers(name))
    found = [d for d in documents if d.number in given and _nothing_else(without_number(name, [d.number]), d)]
    if not given:
        found = [d for d in documents if names_document(name, d.title, None) and only_names(name, d.title, None)]
        found = found or [documents[i] for i in shortly_named(name, documents)]
    return min(found, key=lambda d: d.status not in IN_FORCE, default=None)


def _nothing_else(rest: str, document: Document) -> bool:
    """Whether what a question says besides a 文号 is the number again or the document's name."""
    return bool(find_numbers(rest) or typed_numbers(rest)) or only_names(rest, document.title, None)


@dataclass(frozen=True, slots=True)
class Told:
    """What one document says of another that is not kept here."""

    document: int  # index among the documents
    relation: Relation


def told(name: str, documents: Sequence[Document], says: Callable[[str], Sequence[Relation]]) -> Told | None:
    """The first of the documents that ends, changes or extends what is named; `says(id)`: what one says of others."""
    numbers = {number for _, _, number in find_numbers(name)}
    bare = plain(name.strip("《》"))
    for i, document in enumerate(documents):
        for relation in says(document.id):
            if relation.type in ENDS and (relation.number in numbers if numbers and relation.number else plain(relation.title) == bare):
                return Told(i, relation)
    return None


def note(told: Told, documents: Sequence[Document]) -> str:
    """In words: since when which text has ended or changed the one asked for."""
    by, relation = documents[told.document], told.relation
    day = relation.day if relation.type != "extends" else None
    day = day or max((d for d in (by.issued, by.effective) if d), default=None)
    since = f"自{day.year}年{day.month}月{day.day}日起，" if day else ""
    name = titled(relation.title) if relation.title else relation.number
    number = f"（{by.number}）" if by.number else ""
    part = relation.scope if relation.type == "repeals" else ""
    return f"{name}的原文不在库中。{since}被{titled(by.title)}{number}{ENDS[relation.type]}{part}。"


__all__ = ["ENDS", "Told", "asked", "named", "note", "told"]
