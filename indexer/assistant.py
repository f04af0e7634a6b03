"""A question → a cited answer or a refusal with its reason; every one goes into the ledger first.

The judging is `kb`'s; here evidence is gathered, put before the judges, and their verdict written up.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import islice
from typing import TYPE_CHECKING

from kb import particulars, references
from kb.compose import (
    COURTESY,
    GREETING,
    NOT_REWORDED,
    Composed,
    caution,
    compose,
    edition,
    fallen_article,
    refusal_text,
)
from kb.evidence_features import Evidence
from kb.evidence_prior import names_edition
from kb.fold import fold
from kb.history import Tools, readings
from kb.ledger import ledger_at
from kb.localities import localities
from kb.model import IN_FORCE, Answer, Document, Filters, Hit, Question, Reason, Turn
from kb.privacy import mask
from kb.quoting import CHANGE, Pick
from kb.refusal import out_of_scope
from kb.settings import Settings
from kb.store import now
from kb.understand import asks_to_reword, courteous, greets, is_asking, names_document, names_past
from kb.validity import version_key
from kb.validity.titles import titled

from .gather import Gatherer
from .judging import Chosen, Judge, Verdict
from .library import Library
from .official.places import places
from .recent import Recent
from .suggest import in_turn

if TYPE_CHECKING:
    from kb.generate import Generator

    from .helper import Seats

Event = Callable[[str, object], None]
Worked = tuple[Answer, list[tuple[str, object]]]  # an answer, and what is told on the way to it
QUOTING = "quoting"  # the name of the answer that no language model wrote
SUGGESTED = 6  # first questions offered
CONSIDERED = 80  # documents they are made from
LONG_HISTORY = 8000  # code points; after so much talk a question is nobody else's
LONGEST_LAST = 2000  # code points; a longer last turn is a pasted text, no question
UNTOLD = 2  # last turns whose answers are worked out again where the history leaves them out
BORNE_OUT = 0.5  # share of a remark's own words that a quote found under an earlier topic must speak of


@dataclass(frozen=True, slots=True)
class Topic:
    """The documents a conversation is about, by id; `fallen` where they were wanted though no longer in force."""

    titles: Mapping[str, str]
    fallen: bool
    verdict: Verdict  # on the question before

    def asked(self, text: str) -> str:
        """How a follow-up is understood: 《某办法》：由谁签发？"""
        return f"{'、'.join(map(titled, self.titles.values()))}：{text}"


class Assistant:
    """Answers over one library. Safe to share between threads.

    The last quoting answers are remembered for as long as nothing in the library changes: as many as the
    settings say, or `remembered`. With `seats` a helper may do the work.
    """

    def __init__(self, library: Library, remembered: int | None = None, seats: Seats | None = None) -> None:
        self.library = library
        self._seats = seats
        most = library.settings.remembered if remembered is None else remembered
        self._recent: Recent[Worked] = Recent(most)
        self.gatherer = Gatherer(library)
        self._judge = Judge(self.gatherer)
        masked = mask if library.settings.mask_personal else None
        self.ledger = ledger_at(library.settings.home, library.store.engine, masked)
        self._generator = _generator(library.settings)
        self._suggested: dict[tuple[str, ...], tuple[int, list[str]]] = {}  # by what a caller may see
        self._tools = Tools(library.words.cut, self._likeness, places)

    # ---- asking --------------------------------------------------------------------------

    def ask(self, question: Question, caller: str = "local", on_event: Event | None = None) -> Answer:
        """One cited answer or a refusal, recorded before it is returned.

        `on_event` hears of the hits, then of each claim: a quoted one once the answer is in the ledger,
        a language model's as soon as it passed the gate, in force only when the answer has come back.
        """
        began = time.perf_counter()
        emit = on_event or (lambda name, value: None)
        with self.library.held():
            answer = self._lately_or_now(question, emit)
        answer = replace(answer, took_ms=round((time.perf_counter() - began) * 1000, 2))
        self.ledger.record(answer, question, caller, self._circumstances())
        if answer.model == QUOTING:
            for claim in answer.claims:
                emit("claim", claim)
        return answer

    def _circumstances(self) -> dict[str, str]:
        library = self.library
        return {
            "lexicon": library.words.lexicon_hash,
            "embedder": library.embedder.name,
            "settings": library.settings.fingerprint(),
        }

    def _lately_or_now(self, question: Question, emit: Event) -> Answer:
        """The same question, seen by the same eyes of the same library on the same day, is worked out once;
        a language model is asked each time. Nobody's `emit` runs while others wait."""
        history = tuple(question.history)
        long = sum(len(turn.content) for turn in history) > LONG_HISTORY
        if long or (self._generator is not None and not question.quoting):
            return self._answer(question, emit)

        def work() -> Worked:
            if self._seats is None:
                return self.worked_out(question)
            return self._seats.work("answer", (question,), lambda: self.worked_out(question))

        state = (self.library.version(), date.today())
        key = (question.text, history, question.filters, question.k, question.quoting)
        answer, heard = self._recent.get(state, key, work)
        for name, value in heard:
            emit(name, value)
        return replace(answer, id=secrets.token_hex(8), created=now())

    def worked_out(self, question: Question) -> Worked:
        """The answer to a question as it stands, neither remembered nor recorded, with what is to be told."""
        heard: list[tuple[str, object]] = []
        return self._answer(question, lambda name, value: heard.append((name, value))), heard

    def forget(self) -> None:
        """Drop what is remembered of questions and answers; the ledger keeps what it keeps."""
        self._recent.forget()

    def _answer(self, question: Question, emit: Event) -> Answer:
        said = _small_talk(question.text)
        if said:
            return replace(self._blank(question, question.text), reason="out_of_scope", text=said)
        return self._worked_out(self._told(question), emit)

    def _worked_out(self, question: Question, emit: Event) -> Answer:
        """The first reading of a question that is answered, else what is said of the last."""
        choices = readings(question.text, question.history, self._tools)
        answer = self._followed(question, choices[0], emit) or self._attempt(question, choices[0], emit)
        for other in choices[1:]:
            if _settled(answer):
                break
            second = self._attempt(question, other, emit, guessed=True)
            answer = second if _settled(second) else answer
        if not _settled(answer):
            emit("hits", answer.hits)
        return answer

    def _told(self, question: Question) -> Question:
        """The question with the answers that its history leaves out: some send on their own questions only."""
        turns: list[Turn] = []
        last = len(question.history) - 1
        for i, turn in enumerate(question.history):
            turns.append(turn)
            answered = turn.role != "user" or (i < last and question.history[i + 1].role != "user")
            if not answered and last - i < UNTOLD and len(turn.content) <= LONGEST_LAST:
                earlier = replace(question, text=turn.content, history=tuple(turns[:-1]), quoting=True)
                turns.append(Turn("assistant", self._worked_out(earlier, lambda name, value: None).text))
        return replace(question, history=tuple(turns))

    def _followed(self, question: Question, resolved: str, emit: Event) -> Answer | None:
        """A follow-up answered by the documents that the last question was answered by; None where they
        do not answer it, or where it names a place or document of its own."""
        topic = self._spoken_of(question)
        if topic is None:
            return None
        punished = self._punished(question, resolved, topic, emit)
        if punished is not None:
            return punished
        for text in dict.fromkeys((resolved, question.text)):
            answer = self._attempt(question, text, emit, topic)
            if _settled(answer):
                return answer
        return None

    def _punished(self, question: Question, resolved: str, topic: Topic, emit: Event) -> Answer | None:
        """“违反了怎么处罚” after a rule: the penalty for the articles quoted; None where none is laid down."""
        evidence = topic.verdict.evidence
        if evidence is None or not references.asks_only_for_penalty(question.text):
            return None
        picks = []
        for pick in topic.verdict.chosen.picks:
            spans = references.penalties_for(evidence.sources[pick.document].reading, pick.spans)
            picks += [Pick(pick.document, spans, 1.0, "sentence")] if spans else []
        if not picks or _altered(evidence, picks):
            return None
        blank = replace(self._blank(question, question.text), rewritten=resolved, hits=topic.verdict.hits[: question.k])
        emit("hits", blank.hits)
        return self._grounded(blank, evidence, Chosen(tuple(picks)), emit, question)

    def _spoken_of(self, question: Question) -> Topic | None:
        """The documents that answered the question before, where this one may go on about them."""
        said = [i for i, turn in enumerate(question.history) if turn.role == "user"]
        if not said or question.filters.doc_id or "《" in question.text or places(question.text) or localities(fold(question.text)):
            return None
        if len(question.history[said[-1]].content) > LONGEST_LAST:
            return None
        last = readings(question.history[said[-1]].content, question.history[: said[-1]], self._tools)[0]
        if out_of_scope(last.lower()) or out_of_scope(question.text.lower()):
            return None
        before = replace(question, text=last, history=())
        with self.library.turns:
            verdict = self._judge.verdict(before, last)
        evidence, chosen = verdict.evidence, verdict.chosen
        if evidence is None or not verdict.supported or self._stale(before, last, evidence, chosen):
            return None
        cited = [evidence.documents[p.document] for p in chosen.picks]
        fallen = not any(_holds(evidence, pick) for pick in chosen.picks)
        return Topic({document.id: document.title for document in cited}, fallen, verdict)

    def _attempt(
        self, question: Question, text: str, emit: Event, topic: Topic | None = None, guessed: bool = False
    ) -> Answer:
        """The answer to a question read as `text`; of a topic, by its documents alone.

        A reading that only guesses the earlier topic (`guessed`) must, where the turn itself asks nothing, be
        borne out in its words, or any remark (李白的诗) would be given the earlier answer again.

        The hits are told once there is an answer in them; of a refusal, by who asked for the attempt.
        """
        blank = self._blank(question, text)
        if out_of_scope(text.lower()):
            return replace(blank, reason="out_of_scope", text=refusal_text("out_of_scope"))
        inside = question
        if topic is not None:
            inside = replace(question, filters=replace(question.filters, doc_id=tuple(topic.titles)))
            blank = replace(blank, rewritten=blank.rewritten or topic.asked(text))
        with self.library.turns:  # from the search to the choice: what is begun is ended first
            verdict = self._judge.verdict(inside, text)
        blank = replace(blank, hits=verdict.hits[: question.k])
        if verdict.day is not None:
            blank = replace(blank, filters=replace(blank.filters, as_of=verdict.day))
        if not verdict.hits:
            return replace(blank, reason="no_hit", text=refusal_text("no_hit"))
        evidence, chosen = verdict.evidence, verdict.chosen
        if evidence is None or not verdict.supported:
            return self._refused(blank, "below_threshold", verdict.hits, verdict.missing)
        if guessed and not is_asking(question.text) and not _bears_out(question.text, evidence, chosen):
            return self._refused(blank, "below_threshold", verdict.hits)
        wanted = inside if topic is not None and topic.fallen else question
        stale = self._stale(wanted, text, evidence, chosen)
        if stale:
            named = {document.id for document in stale}
            nearest = sorted(verdict.hits, key=lambda hit: hit.document.id not in named)[: question.k]
            return self._refused(replace(blank, hits=tuple(nearest)), "not_in_force", [], named=stale)
        chosen = _of_today(evidence, chosen)
        altered = _altered(evidence, chosen.picks)
        if altered:
            return self._refused(blank, "quote_unverified", [], named=altered)
        emit("hits", blank.hits)
        return self._grounded(blank, evidence, chosen, emit, question)

    def _blank(self, question: Question, text: str) -> Answer:
        generation = self.library.searcher().catalog.generation
        rewritten = text if text != question.text else None
        return Answer(
            secrets.token_hex(8), question.text, "", "none", None, "policy", (), (), (), QUOTING,
            generation, now(), 0.0, rewritten, filters=question.filters,
        )  # fmt: skip

    def _refused(
        self, blank: Answer, reason: Reason, hits: Sequence[Hit], missing: str = "", named: Sequence[Document] = ()
    ) -> Answer:
        nearest = named or [hit.document for hit in hits[:3]]
        return replace(blank, reason=reason, text=refusal_text(reason, nearest, missing))

    def _stale(self, question: Question, text: str, evidence: Evidence, chosen: Chosen) -> list[Document]:
        """The documents quoted, where nothing of what is quoted is in force and the question asks for what is.

        Who names a document or a past time, or filters by either, wants that text: it is quoted
        with a warning instead.
        """
        cited = {evidence.documents[p.document].id: evidence.documents[p.document] for p in chosen.picks}
        if any(_holds(evidence, pick) for pick in chosen.picks if pick.form != CHANGE):
            return []
        if particulars.field_asked(text) == "effective" and any(d.status == "not_yet" for d in cited.values()):
            return []
        f = question.filters
        if f.status or f.doc_id or f.number or f.issued_to:
            return []
        if names_past(text) or any(names_document(text, d.title, d.number) for d in cited.values()):
            return []
        return list(cited.values())

    def _grounded(self, blank: Answer, evidence: Evidence, chosen: Chosen, emit: Event, question: Question) -> Answer:
        paths: dict[int, list[tuple[str, ...]]] = {}
        for pick in chosen.picks:
            reading = evidence.sources[pick.document].reading
            paths.setdefault(pick.document, []).extend(reading.path(start) for start, _ in pick.spans)
        quoted = [evidence.documents[i] for i in paths]
        cautions = dict.fromkeys(
            caution(evidence.documents[i], of_it, edition(evidence.documents[i], quoted)) for i, of_it in paths.items()
        )
        notes = chosen.notes + tuple(filter(None, cautions)) + _staged(evidence, chosen, question.filters.as_of or date.today())
        composed: Composed = compose(
            chosen.picks, evidence.documents, evidence.revisions, [s.reading for s in evidence.sources], "\n".join(notes)
        )
        answer = replace(
            blank, text=composed.text, basis="grounded", reason="conflict" if chosen.conflict else None,
            kind=composed.kind, claims=composed.claims, citations=composed.citations, notes=notes,
        )  # fmt: skip
        if self._generator is not None and not question.quoting:
            from .generation import given

            asked, exhibits = answer.rewritten or answer.question, given(evidence, answer)
            return self._generator.answer(asked, exhibits, answer, lambda claim: emit("claim", claim))
        return answer

    def _likeness(self, word: str, others: Sequence[str]) -> list[float]:
        rows = self.gatherer.vectors.rows([word, *others])
        return [float(x) for x in rows[1:] @ rows[0]]

    # ---- suggestions ---------------------------------------------------------------------

    def suggestions(self, visibility: Sequence[str] = ("public",)) -> list[str]:
        """First questions that this library answers from the place they were made from."""
        generation, seen = self.library.searcher().catalog.generation, tuple(visibility)
        if self._suggested.get(seen, (-1, []))[0] != generation:
            self._suggested[seen] = (generation, list(islice(self._answered(Filters(visibility=seen)), SUGGESTED)))
        return self._suggested[seen][1]

    def _answered(self, filters: Filters) -> Iterator[str]:
        store = self.library.store
        pairs = [(d, store.revision(d.id)) for d in store.documents(filters, limit=CONSIDERED)]
        for suggestion in islice(in_turn(pairs), 2 * SUGGESTED):
            question = Question(suggestion.text, filters=filters, quoting=True)
            if suggestion.kept(self._answer(question, lambda name, value: None)):
                yield suggestion.text


def _generator(settings: Settings) -> Generator | None:
    """The language model of the settings; it and its gate are imported only where there is one."""
    if not settings.model_url:
        return None
    from kb.generate import Generator

    return Generator(settings)


def _small_talk(text: str) -> str:
    """What is said to a turn that asks nothing of the documents; "" where it may ask something."""
    if courteous(text):
        return COURTESY
    if greets(text):
        return GREETING
    return NOT_REWORDED if asks_to_reword(text) else ""


def _settled(answer: Answer) -> bool:
    """Whether no other reading is tried: there is a basis, or a language model read it and found none."""
    return answer.basis == "grounded" or answer.model != QUOTING


def _staged(evidence: Evidence, chosen: Chosen, day: date) -> tuple[str, ...]:
    """A word on each article quoted that does not apply yet on a day."""
    return tuple(
        f"注意：{titled(evidence.documents[pick.document].title)}{label}自{begins.year}年{begins.month}月{begins.day}日起施行"
        for pick in chosen.picks
        for label, begins in references.later_articles(evidence.sources[pick.document].reading, pick.spans, day)
    )


def _bears_out(words: str, evidence: Evidence, chosen: Chosen) -> bool:
    """Whether what is quoted speaks of what these words say, weighed by how telling they are."""
    spans = [(pick.document, span) for pick in chosen.picks for span in pick.spans]
    quoted = [
        i for i, c in enumerate(evidence.found)
        if any(c.document == d and start < c.span[1] and c.span[0] < end for d, (start, end) in spans)
    ]  # fmt: skip
    said = fold(words)
    own = [(at, weight) for at, (word, weight) in enumerate(evidence.asked.words) if word in said]
    if not own or not quoted:
        return False
    cover = evidence.soft[quoted].max(axis=0)
    return bool(sum(weight * cover[at] for at, weight in own) >= BORNE_OUT * sum(weight for _, weight in own))


def _holds(evidence: Evidence, pick: Pick) -> bool:
    """Whether anything of what is quoted is in force today."""
    document, reading = evidence.documents[pick.document], evidence.sources[pick.document].reading
    return document.status in IN_FORCE and not all(
        fallen_article(document, reading.path(start)) for start, _ in pick.spans
    )


def _altered(evidence: Evidence, picks: Sequence[Pick]) -> list[Document]:
    """The documents quoted whose kept text is no longer the one that came in."""
    quoted = dict.fromkeys(pick.document for pick in picks)
    return [evidence.documents[i] for i in quoted if evidence.revisions[i].altered]


def _of_today(evidence: Evidence, chosen: Chosen) -> Chosen:
    """Without the quotes of an edition that is not in force, where one in force is quoted beside it; of one before
    it, where that is asked for, the other way round."""
    if chosen.conflict or chosen.listed or evidence.asked.type == "comparison":
        return chosen
    wanted = not names_edition(evidence.asked.understood.text)
    held = {_edition(evidence, pick) for pick in chosen.picks if _holds(evidence, pick) is wanted} - {""}
    kept = tuple(p for p in chosen.picks if _holds(evidence, p) is wanted or _edition(evidence, p) not in held)
    return replace(chosen, picks=kept)


def _edition(evidence: Evidence, pick: Pick) -> str:
    return version_key(evidence.documents[pick.document].title)
