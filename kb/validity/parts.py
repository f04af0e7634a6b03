"""Which articles a scope means (第三条至第五条, 第六条第二款、第九条, 除第五条外)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

from kb.fold import chinese_number, fold

_N = r"[零〇一二三四五六七八九十百\d]{1,8}"
_ARTICLE = re.compile(rf"第({_N})条(?:之([一二三四五六七八九十]))?")
_RANGE = re.compile(rf"第({_N})条?(?:至|到|—|-)第?({_N})条")
_BELOW = re.compile(rf"第\(?{_N}\)?[款项目]")  # only a part of the article before it
_SAVE = re.compile(r"^除(.+?)以?外")
_WORDS = re.compile(r"废止([^《》]+)$")


class Parts(NamedTuple):
    """Articles by number (and 之一, 之二), or all but these."""

    articles: frozenset[tuple[int, str]]
    others: bool = False  # all but these

    def has(self, article: tuple[int, str]) -> bool:
        return (article in self.articles) != self.others


@lru_cache(maxsize=4096)
def parts_of(scope: str) -> Parts:
    """The articles that a scope takes in whole; one of which only a 款 or 项 is meant is not among them."""
    folded = fold(scope)
    saved = _SAVE.match(folded)
    if saved:
        return Parts(_whole(saved[1]), others=True)
    return Parts(_whole(folded))


def _whole(text: str) -> frozenset[tuple[int, str]]:
    found: set[tuple[int, str]] = set()
    for span in _RANGE.finditer(text):
        first, last = chinese_number(span[1]), chinese_number(span[2])
        if first is not None and last is not None and first <= last < first + 500:
            found |= {(n, "") for n in range(first, last + 1)}
    for match in _ARTICLE.finditer(text):
        number = chinese_number(match[1])
        if number is not None and not _BELOW.match(text, match.end()):
            found.add((number, match[2] or ""))
    return frozenset(found)


def article_of(label: str) -> tuple[int, str] | None:
    """第六条 of a clause path as a number; None for other labels."""
    match = _ARTICLE.match(fold(label))
    number = chinese_number(match[1]) if match else None
    return (number, match[2] or "") if match and number is not None else None


def articles_named(text: str) -> set[tuple[int, str]]:
    """Every article that a text names, also one of which only a 款 or 项 is meant."""
    found = ((chinese_number(m[1]), m[2] or "") for m in _ARTICLE.finditer(fold(text)))
    return {(number, sub) for number, sub in found if number is not None}


def ended(reason: str, path: Sequence[str]) -> str:
    """The article of a clause path that a status reason (…被《…》废止第六条；…) says is repealed; "" for none."""
    scopes = [m[1] for said in reason.split("；") if (m := _WORDS.search(said))]
    for label in path:
        article = article_of(label)
        if article is not None and any(parts_of(scope).has(article) for scope in scopes):
            found = _ARTICLE.match(fold(label))
            return found[0] if found else label
    return ""


__all__ = ["Parts", "article_of", "articles_named", "ended", "parts_of"]
