"""Two documents in force that give different figures for one thing: both are shown, and said so.

Two sentences speak of one thing when they hold the same words of the question, their clauses
are alike once figures are taken out, and their documents are about the same place. Figures are
compared by value: 二十万元 and 20万元 are one.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from .compose import fallen_article
from .evidence_asked import Asked, Floats
from .evidence_features import Candidate
from .gate_facts import Fact, facts, held
from .model import IN_FORCE, Document
from .validity.titles import bare, titled
from .years import YEAR, years_of

Encode = Callable[[Sequence[str]], Floats]

NEAR_SCORE = 2.5  # how far below the best sentence's score a contradicting one may lie
ALIKE = 0.86  # cosine of the two clauses without their figures
_CLAUSE = re.compile(r"[^，,；;：:。！？\n]+")
_NUMERAL = re.compile(r"百分之|[\d,.%零〇一二三四五六七八九十百千万亿两]+")
_DUTY = re.compile(r"应当|必须|不得|不少于|不低于|不超过|以上|以下|罚款|处以")
_OF_ITSELF = re.compile(r"起(?:正式)?(?:施行|实施|生效|执行)|^有效期")  # a document's own dates: each has others
_TO = re.compile(r"\s*(?:以上、?|[-—–~至到]|(?:以上)?(?:但|且)?不(?:超过|高于|多于))\s*")  # between the ends of a range


@dataclass(frozen=True, slots=True)
class Said:
    """The clause of a sentence that holds the figure asked for, its figures of that form, and its ranges."""

    clause: str
    figures: tuple[Fact, ...]
    ranges: tuple[tuple[Fact, Fact], ...]  # 二千元以上一万元以下: its two ends


@dataclass(frozen=True, slots=True)
class Conflict:
    """Another document's sentence (index among the found) that differs, and whether both are rules."""

    other: int
    rules: bool  # both lay something down; else they are statistics, of which the later counts


def find(
    asked: Asked, found: Sequence[Candidate], scores: Floats, best: int, documents: Sequence[Document], encode: Encode
) -> Conflict | None:
    """The strongest sentence of another document in force that contradicts `found[best]`."""
    if asked.type not in ("number", "date") or _fallen(found[best], documents):
        return None
    mine = said(asked, found[best].text)
    if mine is None:
        return None
    words = {word for word, _ in asked.words if word in found[best].text or word in found[best].head}
    home = documents[found[best].document]
    for i in sorted(range(len(found)), key=lambda i: -float(scores[i])):
        c = found[i]
        if scores[best] - scores[i] > NEAR_SCORE:
            return None
        if c.document == found[best].document or not _comparable(home, documents[c.document]) or _fallen(c, documents):
            continue
        if not all(word in c.text or word in c.head for word in words) or _of_other_years(found[best], c):
            continue
        theirs = said(asked, c.text)
        if theirs is None:
            continue
        if _apart(mine, theirs):
            of_one_thing = _alike(mine.clause, theirs.clause, encode)
        else:
            of_one_thing = _other_range(mine, theirs) and _alike(found[best].text, c.text, encode)
        if of_one_thing:
            return Conflict(i, bool(_DUTY.search(mine.clause) and _DUTY.search(theirs.clause)))
    return None


def _of_other_years(one: Candidate, other: Candidate) -> bool:
    """Whether two sentences or their titles are dated by years of which they have none in common."""
    mine, theirs = ((set(YEAR.findall(c.text)) or years_of(c.source.folded_title)) for c in (one, other))
    return bool(mine) and bool(theirs) and not mine & theirs


def said(asked: Asked, text: str) -> Said | None:
    """The clause of the asked form nearest the question's words, with its figures; None where there is none."""
    shape = asked.shape
    if shape is None:
        return None
    best, clause = -1.0, ""
    for match in _CLAUSE.finditer(text):
        if shape.search(match[0]) and (not asked.unit or asked.unit in match[0]) and not _OF_ITSELF.search(match[0]):
            near = sum(n for (word, _), n in zip(asked.words, asked.near, strict=True) if word in match[0])
            if near > best:
                best, clause = near, match[0]
    formed = [match.span() for match in shape.finditer(clause)]
    known = _figures(clause)
    figures = tuple(f for f in known if any(f.start < end and start < f.end for start, end in formed))
    return Said(clause, figures, tuple(_ranges(clause, known))) if figures else None


def _figures(text: str) -> list[Fact]:
    """The figures and dates of a text, in its order."""
    return sorted((f for f in facts(text) if f.kind in ("figure", "date")), key=lambda f: f.start)


def _ranges(clause: str, figures: Sequence[Fact]) -> Iterator[tuple[Fact, Fact]]:
    for low, high in pairwise(figures):
        if low.kind == high.kind == "figure" and low.unit == high.unit and _TO.fullmatch(clause[low.end : high.start]):
            yield low, high


def _apart(one: Said, other: Said) -> bool:
    """Whether no figure of either is one of the other's."""
    common = any(held(fact, other.figures, "") for fact in one.figures)
    return not common and not any(held(fact, one.figures, "") for fact in other.figures)


def _other_range(one: Said, other: Said) -> bool:
    """Whether each gives one range in the same unit and the two differ at an end."""
    if len(one.ranges) != 1 or len(other.ranges) != 1:
        return False
    mine, theirs = one.ranges[0], other.ranges[0]
    same_unit = mine[0].unit == theirs[0].unit
    return same_unit and any(f.value != g.value for f, g in zip(mine, theirs, strict=True))


def _alike(one: str, other: str, encode: Encode) -> bool:
    """Whether two stretches of text say the same but for their figures."""
    rows = encode([_without_figures(one), _without_figures(other)])
    return float(rows[0] @ rows[1]) >= ALIKE


def _without_figures(text: str) -> str:
    """A text without the numerals of its figures; their units stay."""
    for f in reversed(_figures(text)):
        text = text[: f.start] + _NUMERAL.sub("", text[f.start : f.end]) + text[f.end :]
    return text


def _fallen(c: Candidate, documents: Sequence[Document]) -> bool:
    """Whether a sentence stands in an article repealed while its document stays: it has been replaced, not contradicted."""
    return bool(fallen_article(documents[c.document], c.source.reading.path(c.span[0])))


def _comparable(one: Document, other: Document) -> bool:
    """Whether two documents could contradict: both in force, of one place, neither a mere case."""
    places = {one.region, other.region} - {None}
    return one.status in IN_FORCE and other.status in IN_FORCE and len(places) <= 1 and "case" not in (one.kind, other.kind)


def newer_first(documents: Sequence[Document]) -> list[int]:
    """Positions of documents, the most recent first, undated ones last."""
    return sorted(range(len(documents)), key=lambda i: str(documents[i].issued or documents[i].effective or ""), reverse=True)


_RANKS = (
    ("宪法", re.compile(r"^中华人民共和国宪法")),
    ("法律", re.compile(r"^中华人民共和国.*(?:法|法典)(?:[（(].*)?$")),
    ("行政法规", re.compile(r"^中华人民共和国.*条例")),
    ("地方性法规", re.compile(r"条例(?:[（(].*)?$")),
)


def rank_name(document: Document) -> str:
    """What standing a document has, by its title and kind (效力位阶)."""
    if document.kind == "case":
        return "案例"
    if document.kind == "standard":
        return "标准"
    title = bare(document.title)
    for name, pattern in _RANKS:
        if pattern.search(title):
            return name
    if document.number and "令" in document.number:
        return "规章"
    return "规范性文件" if document.number else "政策文件"


def note(documents: Sequence[Document], rules: bool) -> str:
    """What to say at the head of an answer; `documents` newest first."""
    named = "、".join(
        f"{titled(d.title)}（{rank_name(d)}，{d.issued or d.effective or '日期不详'}）" for d in documents
    )
    if rules:
        return f"注意：{named}的规定不一致，以下并列，请核对后使用"
    return f"注意：{named}的数据不一致，以日期较新的为准，较早的一并列出"


__all__ = ["Conflict", "find", "newer_first", "note", "rank_name", "said"]
