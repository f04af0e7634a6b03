"""First questions for a reader who does not know the library yet.

They are made from the documents' own definitions and headings. Each knows the place it was made
from, so that only those need be shown whose answer cites that very place.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import zip_longest

from kb.model import Answer, Document, Revision, Span
from kb.validity.titles import bare, titled

LONGEST = 24  # characters of a question that reads at a glance
_DEFINED = re.compile(r"所称的?([\u4e00-\u9fff]{2,14}?)，?(?:是指|系指|指的是)")
_NUMBERING = re.compile(r"^(?:第?[一二三四五六七八九十百零]+[、章节条部分编]+|[（(][一二三四五六七八九十]+[）)]|\d+[.、．])\s*")
_ASKS = re.compile(r"什么|哪些|哪里|谁|怎么|怎样|如何|多少")
_TELLS = re.compile(
    r"^[^的和与、：]{0,6}(?:条件|标准|范围|对象|原则|目标|任务|措施|做法|职责|程序|时限|期限|比例|要求|成效|项目)$"
)
_VAGUE = re.compile(r"[这本该]|^(?:案例概况|适用范围|总体要求|基本原则|工作要求|保障措施|为什么)")
_FORM = re.compile(r"(?:政策要点|要点|基本规则|规则|规定|办法|条例|细则|要求|标准|简介|的通知|的意见)$")


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A question, and the place in a document that answers it."""

    text: str
    doc_id: str
    place: Span
    general: bool = False  # of the whole document, not of a place in it

    def kept(self, answer: Answer) -> bool:
        """Does the answer cite the place the question was made from?"""
        return answer.basis == "grounded" and any(
            c.document.id == self.doc_id and c.start < self.place.end and self.place.start < c.end
            for c in answer.citations
        )


def candidates(document: Document, revision: Revision) -> Iterator[Suggestion]:
    """Short questions about one document, in the order of its text; of the whole of it last."""
    for found in _DEFINED.finditer(revision.text):
        yield Suggestion(f"什么是{found[1]}？", document.id, Span(*found.span()))
    subject = _subject(document.title)
    for clause in revision.outline:
        heading = _NUMBERING.sub("", clause.label).strip()
        if len(clause.path) != 1 or not 3 <= len(heading) <= 16 or _VAGUE.search(heading):
            continue
        asked = _asked(subject, heading)
        if asked and len(asked) <= LONGEST:
            yield Suggestion(asked, document.id, Span(clause.start, clause.end))
    if len(bare(document.title)) <= LONGEST - 8:
        whole = Span(0, len(revision.text))
        yield Suggestion(f"{titled(document.title)}主要讲什么？", document.id, whole, general=True)


def _asked(subject: str, heading: str) -> str:
    """The question a heading answers; "" where it answers none that reads well."""
    if heading.startswith("什么是"):
        return f"{heading}？"
    if not subject:
        return ""
    if _ASKS.search(heading):
        return f"{subject}，{heading}？"
    return f"{subject}的{heading}是什么？" if _TELLS.search(heading) else ""


def _subject(title: str) -> str:
    """What a document is about: its title without the name of its form; "" where that is no phrase."""
    plain = title.rpartition("关于印发")[2].replace("《", "").replace("》", "")
    subject = _FORM.sub("", plain)
    return subject if re.fullmatch(r"[\u4e00-\u9fff“”·]{4,}", subject) else ""


def in_turn(documents: Iterable[tuple[Document, Revision]]) -> Iterator[Suggestion]:
    """One question of each document: general ones last, the kinds of document in turn, the shortest first."""
    kinds: dict[tuple[bool, str], list[Suggestion]] = {}
    for document, revision in documents:
        first = next(candidates(document, revision), None)
        if first is not None:
            kinds.setdefault((first.general, document.kind), []).append(first)
    for general in (False, True):
        rows = [sorted(each, key=lambda one: len(one.text)) for (g, _), each in kinds.items() if g is general]
        for row in zip_longest(*rows):
            yield from (each for each in row if each is not None)
