"""What speaks for or against a sentence before its words are read: place, validity, kind, standing.

Added to the learned scores, in log-odds, so that a rule can be seen and changed.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Protocol

import numpy as np

from .evidence_asked import Asked, Floats
from .evidence_features import Candidate
from .fold import fold
from .localities import localities
from .model import IN_FORCE, Document
from .years import years_of


class Places(Protocol):
    """A table of places."""

    def __call__(self, text: str) -> Sequence[tuple[str, str]]:
        """(name as written, region it means) of every place a text names."""

    def wider(self, region: str) -> frozenset[str]:
        """The regions that one lies in."""

    def names(self, region: str) -> tuple[str, ...]:
        """What a region goes by."""


SAME_PLACE, OTHER_PLACE, WIDER_PLACE = 1.5, -3.0, -0.7
OTHER_YEAR = -3.0  # its title is dated by another year than is asked for
OTHER_YEAR_SAID = -3.0  # it speaks of other years only, where another sentence found speaks of the one asked for
NOT_IN_FORCE = -1.5
EDITION = 1.5  # of the edition asked for: 2021年版, 老办法
KIND_WANTED, CASE_AS_RULE = 1.0, -3.0
BARE_HEADING = -5.0
DEFINES = 2.0  # a sentence that says what a thing is, where that is asked of it
PENALTY_UNASKED = -2.0  # what is punished, where the rule itself is asked for
_PENALTY = re.compile(r"罚款|吊销|没收|处[^,，。]{1,10}元|给予(?:警告|处分)")
_OF_PENALTIES = re.compile(r"罚|处分|责任|后果|违|没收|吊销|怎么办|赔|判|追究|会怎")
_ABOUT = frozenset("定义 界定 含义 意思 概念 理解".split())
_DEFINES = re.compile(r"所称|是指|系指|指的是|定义为|含义是|简称")


def prior(asked: Asked, question: str, found: Sequence[Candidate], documents: Sequence[Document], places: Places) -> Floats:
    """(len(found),) float32."""
    wanted = {region for _, region in places(question)}
    of_document = np.array([_document(asked, d, wanted, places) for d in documents], np.float32)
    out = np.array([of_document[c.document] for c in found], np.float32)
    rule = asked.type not in ("number", "yesno", "date") and not _OF_PENALTIES.search(question)
    here = {name for name, _ in places(question)}
    topic = [(word, w) for word, w in asked.words if word not in _ABOUT and word not in here]
    out += _other_years(asked, found, documents)
    for i, c in enumerate(found):
        sentence = c.source.reading.sentences[c.index]
        leads = c.index in c.source.leads
        if (sentence.heading or c.index == 0) and not leads and _is_title(c):
            out[i] += BARE_HEADING
        if rule and _PENALTY.search(c.text if sentence.lead < 0 else c.text + c.source.reading.of(sentence.lead)):
            out[i] += PENALTY_UNASKED
        if asked.type == "definition" and _DEFINES.search(c.text) and _names(c.text, topic):
            out[i] += DEFINES
    return out


def _other_years(asked: Asked, found: Sequence[Candidate], documents: Sequence[Document]) -> Floats:
    """(len(found),): against sentences on other years than the one asked for, where one on it is found.

    The one year by which a document is known says which document is meant, not which of its sentences.
    """
    out = np.zeros(len(found), np.float32)
    wanted = years_of(asked.understood.text)
    if not wanted or asked.type in ("date", "comparison"):  # what is asked for is a day itself
        return out
    dated = [titled if len(titled := years_of(fold(d.title))) == 1 else set() for d in documents]
    said = [years_of(c.text) for c in found]
    on_it = [bool(years & (wanted - dated[c.document])) for c, years in zip(found, said, strict=True)]
    tell = {c.document for c, told in zip(found, on_it, strict=True) if told}
    for i, c in enumerate(found):
        if c.document in tell and said[i] and not on_it[i]:
            out[i] = OTHER_YEAR_SAID
    return out


def _names(text: str, topic: Sequence[tuple[str, float]]) -> bool:
    """Whether half of the topic's weight stands in a text."""
    return sum(w for word, w in topic if word in text) >= 0.5 * sum(w for _, w in topic) > 0


def _is_title(c: Candidate) -> bool:
    sentence = c.source.reading.sentences[c.index]
    return sentence.heading or c.text.strip() in c.source.folded_title or c.source.folded_title in c.text


def _document(asked: Asked, document: Document, wanted: set[str], places: Places) -> float:
    total = _of_edition(asked, document)
    if wanted:
        total += place_fit(document, wanted, places)
    small, here = localities(asked.understood.text), localities(fold(f"{document.issuer or ''} {document.title}"))
    if small and here:
        total += SAME_PLACE if set(small) & set(here) else OTHER_PLACE if {s.sort for s in small} & {h.sort for h in here} else 0.0
    years = years_of(asked.understood.text)
    titled = years_of(fold(document.title)) if years else set()
    if titled and not titled & years:
        total += OTHER_YEAR
    kind = asked.understood.kind
    if kind is not None and document.kind == kind:
        total += KIND_WANTED
    if kind == "standard" and document.kind == "case":
        total += CASE_AS_RULE
    return total


_OLD = re.compile(r"老办法|旧办法|老规定|旧规定|[旧老]政策|[旧老]标准|[旧老]版|旧的|修[订改]前|调整前|废止前|原办法|原规定|原来的?(?:办法|规定|标准)|以前的?(?:办法|规定|标准)")
_VERSION_OF = re.compile(r"((?:19|20)\d{2})\s*年?(?:的?(?:旧|老|原)?版|那[一]?版|年版|修[订正]版)")


def names_edition(question: str) -> bool:
    """Whether a (folded) question asks for an earlier edition of a text: 老办法, 2021版."""
    return bool(_OLD.search(question) or _VERSION_OF.search(question))


def _of_edition(asked: Asked, document: Document) -> float:
    """Whether a document is of the edition asked for: of a year, else the one in force, or one before it."""
    question = asked.understood.text
    versions = set(_VERSION_OF.findall(question))
    if len(versions) == 1 and asked.type != "comparison":
        days = {str(day.year) for day in (document.issued, document.effective) if day}
        return EDITION if versions & (days | years_of(fold(document.number or ""))) else NOT_IN_FORCE
    if _OLD.search(question):
        return NOT_IN_FORCE if document.status in IN_FORCE else EDITION
    return 0.0 if document.status in IN_FORCE else NOT_IN_FORCE


def places_about(document: Document, places: Places) -> set[str]:
    """The regions in a document's title, else the most local one of its own (浙江省杭州市 → 杭州市)."""
    named = {region for _, region in places(document.title)}
    if named or not document.region or document.region in ("国家", "全国"):
        return named
    own = [region for _, region in places(document.region)]
    return {own[-1]} if own else {document.region}


def place_fit(document: Document, wanted: set[str], places: Places) -> float:
    """Whether a document is about a place asked for, about another one, or about a wider one."""
    about = places_about(document, places)
    if about & wanted:
        return SAME_PLACE
    if not about:
        return 0.0
    return WIDER_PLACE if any(about & places.wider(region) for region in wanted) else OTHER_PLACE


__all__ = ["Places", "names_edition", "place_fit", "places_about", "prior"]
