"""Does a stored answer still stand? Each citation against the documents as they are now."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from typing import Any, Literal

from .alike import marked_diff, nearest, normal, normal_text, steps_between
from .compose import fallen_article
from .errors import NotFound
from .model import IN_FORCE, Document
from .provision import Provisions, difference
from .standing import Standing as StandingOf
from .store import Store, text_sha256
from .validity import BY_HAND

State = Literal["valid", "moved", "changed", "tampered", "withdrawn", "superseded", "repealed"]
Standing = Literal["stands", "review", "fallen"]
GONE = frozenset({"withdrawn", "superseded", "repealed"})
NO_LONGER = frozenset({"repealed", "expired"})
STATUS_NAMES = {
    "in_force": "现行有效", "amended": "已修改", "partly_repealed": "部分废止", "repealed": "废止",
    "expired": "失效", "not_yet": "尚未生效", "unknown": "效力未知",
}  # fmt: skip
_REPLACED = re.compile(r"被.*(?:代替|取代|替代)")
_SENTENCE_ENDS = "。；！？\n"
_DECIDING = ("doc_id", "title", "revision", "sha256", "start", "end", "quote", "status")
_COPIES = 50  # of the same words, those looked at
_LONG = 12  # characters from which the same words elsewhere are the same provision
_LAYOUT = frozenset({"空白", "全角半角"})  # differences that change no word
_ALIKE = 0.5  # ratio from which a sentence is a new wording of an old one


@dataclass(frozen=True, slots=True)
class CitationReport:
    """`detail` says in Chinese what was found; `diff` leads from the cited words to today's."""

    n: int
    doc_id: str
    title: str
    state: State
    detail: str
    diff: str | None = None
    place: tuple[int, int] | None = None  # in the current revision, where the words stand now
    doubtful: bool = False  # the words are there, but their sentence or document was amended since


@dataclass(frozen=True, slots=True)
class AnswerReport:
    id: str
    standing: Standing
    citations: tuple[CitationReport, ...]

    def json(self) -> dict[str, Any]:
        return {
            "id": self.id,
            "standing": self.standing,
            "citations": [
                {
                    "n": c.n, "doc_id": c.doc_id, "title": c.title, "state": c.state, "detail": c.detail,
                    "diff": c.diff, "place": list(c.place) if c.place else None,
                }
                for c in self.citations
            ],
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Report:
    """Many answers checked in one go."""

    answers: tuple[AnswerReport, ...]

    def json(self) -> dict[str, Any]:
        counts = {s: sum(a.standing == s for a in self.answers) for s in ("stands", "review", "fallen")}
        return {"checked": len(self.answers), **counts, "answers": [a.json() for a in self.answers]}


class Verifier:
    """Checks answers against one moment of a store; keeps the texts it has read."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._statuses = StandingOf(store)
        self._text = lru_cache(256)(self._read)
        self._provisions = lru_cache(32)(self._outlined)
        self._now = lru_cache(4096)(self._look)
        self._seen: dict[tuple[Any, ...], CitationReport] = {}

    def _read(self, doc_id: str, revision: int) -> tuple[str, str] | None:
        """(text, its sha256 as computed now), None where there is no such revision."""
        text = self._store.revision_text(doc_id, revision)
        return None if text is None else (text, text_sha256(text))

    def _outlined(self, doc_id: str, revision: int) -> Provisions:
        read = self._store.revision(doc_id, revision)
        return Provisions(read.text, read.outline)

    def _look(self, doc_id: str) -> tuple[Document, str | None] | None:
        """(document, when it was removed), None where there never was one."""
        try:
            return self._store.ever(doc_id), self._store.removed(doc_id)
        except NotFound:
            return None

    def answer(self, stored: Mapping[str, Any]) -> AnswerReport:
        """`stored` is an answer as `Ledger.get` gives it."""
        day = stored.get("as_of") or stored.get("ledger", {}).get("filters", {}).get("as_of")
        as_of = date.fromisoformat(day) if day else None
        notes = tuple(stored.get("notes") or ())
        reports = tuple(self._cached(citation, as_of, notes) for citation in stored["citations"])
        return AnswerReport(stored["id"], _standing(reports, stored["claims"]), reports)

    def _cached(self, cited: Mapping[str, Any], as_of: date | None, notes: Sequence[str]) -> CitationReport:
        """Many answers cite the same words. `notes` are the answer's: what was said of the document then."""
        told = tuple(note for note in notes if cited["title"] in note)
        key = (*(cited[name] for name in _DECIDING), as_of, told)
        if key not in self._seen:
            self._seen[key] = self._citation(cited, as_of, told)
        return replace(self._seen[key], n=cited["n"])

    def _on(self, document: Document, as_of: date | None) -> Document:
        """The document with the status that decides: today's, or that of the day the answer speaks of."""
        verdict = self._statuses.verdicts(as_of).get(document.id) if as_of else None
        return replace(document, status=verdict.status, status_reason=verdict.reason) if verdict else document

    def _citation(self, cited: Mapping[str, Any], as_of: date | None, told: Sequence[str]) -> CitationReport:
        def found(state: State, detail: str, diff: str | None = None, **more: Any) -> CitationReport:
            return CitationReport(cited["n"], cited["doc_id"], cited["title"], state, detail, diff, **more)

        now = self._now(cited["doc_id"])
        if now is None:
            return found("withdrawn", f"知识库里没有《{cited['title']}》")
        document, removed = self._on(now[0], as_of), now[1]
        then = self._text(document.id, cited["revision"])
        if then is None or then[1] != cited["sha256"] or _slice(then[0], cited) != cited["quote"]:
            gone = "读不到" if then is None else "与账本记载不符，原文被改动"
            return found(
                "tampered",
                f"所引《{document.title}》第 {cited['revision']} 版的存档{gone}；请用 `kb restore` 恢复完好的备份",
                None if then is None else marked_diff(cited["quote"], _slice(then[0], cited)),
            )
        if removed:
            return found("withdrawn", f"《{document.title}》已于 {removed[:10]} 从知识库撤下")
        if document.status in NO_LONGER and cited["status"] not in NO_LONGER:
            reason = document.status_reason or STATUS_NAMES[document.status]
            if document.status == "repealed" and _REPLACED.search(reason):
                return found("superseded", f"《{document.title}》已被新文件取代：{reason}")
            verb = "废止" if document.status == "repealed" else "失效"
            return found("repealed", f"《{document.title}》回答之后已{verb}：{reason}")
        article = fallen_article(document, cited.get("path") or ())
        if article and not any(article in note for note in told):
            return found("repealed", f"《{document.title}》{article}回答之后已废止：{document.status_reason}")
        words = self._words(document, cited, then[0], found)
        if words.state not in ("valid", "moved"):
            return words
        doubts = [self._elsewhere(document, cited, words.place), _doubt(document, cited, told)]
        if not any(doubts):
            return words
        detail = "；但".join([words.detail, *filter(None, doubts)]) + "，请复核"
        return replace(words, detail=detail, doubtful=True)

    def _elsewhere(self, document: Document, cited: Mapping[str, Any], place: tuple[int, int] | None) -> str:
        """What is different about the provision that the same words stand in now; "" for nothing."""
        if place is None or document.sha256 == cited["sha256"]:
            return ""
        then = self._provisions(document.id, cited["revision"])
        now = self._provisions(document.id, document.revision)
        ends = zip((cited["start"], cited["end"] - 1), (place[0], place[1] - 1), strict=True)
        return next(filter(None, (difference(then.at(old), now.at(new)) for old, new in ends)), "")

    def _words(
        self, document: Document, cited: Mapping[str, Any], then: str, found: Callable[..., CitationReport]
    ) -> CitationReport:
        """The cited words in the document's current text."""
        start, end = cited["start"], cited["end"]
        current = self._text(document.id, document.revision)
        if current is None or current[1] != document.sha256:
            gone = "读不到" if current is None else "与入库时的 sha256 不符，文字被改动"
            detail = f"《{document.title}》第 {document.revision} 版的存档{gone}；请用 `kb restore` 恢复完好的备份"
            return found("tampered", detail)
        text, digest = current
        if digest == cited["sha256"]:
            return found("valid", "所引文字与现行文本逐字一致", place=(start, end))
        low, high = sentence(then, start, end)
        at = self._copy(document, cited, text, then[low:high], low)
        if at is not None:
            at += start - low
            place = (at, at + end - start)
            if at == start:
                return found("valid", f"《{document.title}》已有新版，所引文字未变", place=place)
            return found("moved", f"《{document.title}》已有新版，所引文字一字未改，位置移动", place=place)
        return self._altered(document, then[low:high], cited["quote"], text, found)

    def _copy(
        self, document: Document, cited: Mapping[str, Any], text: str, words: str, near: int
    ) -> int | None:
        """Where the same words stand, rather in the same provision, then nearest to where they stood."""
        copies = sorted(_copies(text, words), key=lambda at: abs(at - near))[:_COPIES]
        if len(copies) < 2:
            return copies[0] if copies else None
        old = self._provisions(document.id, cited["revision"]).at(near)
        now = self._provisions(document.id, document.revision)
        return min(copies, key=lambda at: ((there := now.at(at)).headings != old.headings, there != old))

    def _altered(
        self, document: Document, old: str, quote: str, text: str, found: Callable[..., CitationReport]
    ) -> CitationReport:
        """The cited sentence is not there as it was: is it there at all, and does it hold the quote?"""
        place = _likest(old, text)
        if place is None:
            at = text.find(quote) if len(quote) >= _LONG else -1
            if at < 0:
                return found("changed", f"《{document.title}》现行文本里已没有所引文字", f"[-{old}-]")
            place = sentence(text, at, at + len(quote))
        new = text[place[0] : place[1]]
        diff = marked_diff(old, new)
        if normal_text(old) == normal_text(new):
            steps = steps_between(old, new)
            detail = f"《{document.title}》已有新版，所引文字除{'、'.join(steps)}外一字未改"
            return found("moved", detail, diff, place=place, doubtful=not set(steps) <= _LAYOUT)
        if quote in new:
            at = place[0] + new.index(quote)
            detail = f"《{document.title}》已有新版，所引文字还在，但所在句子有改动，请复核"
            return found("moved", detail, diff, place=(at, at + len(quote)), doubtful=True)
        return found("changed", f"《{document.title}》现行文本里所引文字已有改动", diff, place=place)


def sentence(text: str, start: int, end: int) -> tuple[int, int]:
    """`[start, end)` widened to whole sentences, without the blanks around them."""
    low = max(text.rfind(mark, 0, start) for mark in _SENTENCE_ENDS) + 1
    ends = [at for mark in _SENTENCE_ENDS if (at := text.find(mark, max(start, end - 1))) >= 0]
    high = max(end, min(ends) + 1 if ends else len(text))
    while low < start and text[low].isspace():
        low += 1
    while high > end and text[high - 1].isspace():
        high -= 1
    return low, high


def _slice(text: str, cited: Mapping[str, Any]) -> str:
    return text[cited["start"] : cited["end"]]


def _doubt(document: Document, cited: Mapping[str, Any], told: Sequence[str]) -> str:
    """Is the document less in force than the answer took it for, or changed by more than it said then?"""
    then, now = cited["status"], document.status
    reason = f"《{document.title}》此后{STATUS_NAMES[now]}：{document.status_reason or STATUS_NAMES[now]}"
    if now in ("amended", "partly_repealed"):
        untold = bool(told) and not any((document.status_reason or "") in note for note in told)
        return reason if then != now or untold else ""
    if now == "not_yet":
        return reason if then in IN_FORCE else ""
    by_hand = (document.status_reason or "").startswith(BY_HAND)
    return reason if now == "unknown" and by_hand and then in IN_FORCE and then != now else ""


def _copies(text: str, words: str) -> Iterator[int]:
    """Every place where the same words stand."""
    at = text.find(words)
    while at >= 0:
        yield at
        at = text.find(words, at + 1)


def _likest(old: str, text: str) -> tuple[int, int] | None:
    """The place of today's sentence most like an old one."""
    form = normal(text)
    place = nearest(normal_text(old), form.text)
    if place is None or place.ratio < _ALIKE:
        return None
    return sentence(text, form.offsets[place.start], form.offsets[place.end - 1] + 1)


def _standing(reports: Sequence[CitationReport], claims: Iterable[Mapping[str, Any]]) -> Standing:
    """Fallen where a claim has lost every text it rested on; review where anything else moved."""
    by_number = {r.n: r for r in reports}
    for claim in claims:
        rests = [by_number[n] for n in claim["citations"] if n in by_number]
        if rests and all(r.state in GONE for r in rests):
            return "fallen"
    if reports and all(r.state in GONE for r in reports):
        return "fallen"
    return "stands" if all(r.state in ("valid", "moved") and not r.doubtful for r in reports) else "review"


def verify_answer(stored: Mapping[str, Any], store: Store) -> AnswerReport:
    """One stored answer against the store as it is now."""
    return Verifier(store).answer(stored)


def verify_all(stored: Iterable[Mapping[str, Any]], store: Store) -> Report:
    """Many stored answers, e.g. `ledger.stream(AnswerFilters(ids=…), visibility)`."""
    verifier = Verifier(store)
    return Report(tuple(verifier.answer(one) for one in stored))
