"""A question → a cited answer or a refusal with its reason; every one goes into the ledger first.

The judging is `kb`'s; here the library's search, words, vectors and revisions are put into its hands.
"""

from __future__ import annotations

import secrets
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from kb.compose import Composed, compose, refusal_text
from kb.evidence import read
from kb.evidence_asked import Asked, Floats, WordVectors, asked
from kb.evidence_features import Candidate, Source, candidates, features
from kb.evidence_prior import prior
from kb.evidence_score import shipped, softmax
from kb.gate import Exhibit
from kb.generate import Generator
from kb.history import Tools, readings
from kb.ledger import Ledger, ledger_key
from kb.model import IN_FORCE, Answer, Document, Filters, Hit, Question, Reason, Revision
from kb.quoting import Pick, choose
from kb.refusal import out_of_scope, support
from kb.store import now

from .generation import exhibits
from .library import Library
from .official.places import _table

Event = Callable[[str, object], None]
READ_HITS = 16  # passages whose sentences are judged
LOCAL_HITS = 8  # of them from documents about the place asked for
CHARACTERS_KEPT = 12_000_000  # of revisions read, remembered
STATUS_NAMES = {
    "repealed": "已废止", "expired": "已失效", "not_yet": "尚未施行", "amended": "已修改", "partly_repealed": "部分废止",
}  # fmt: skip


@dataclass(frozen=True)
class Evidence:
    """All that was found for a question and what the judges say of it."""

    asked: Asked
    hits: tuple[Hit, ...]
    documents: tuple[Document, ...]
    sources: tuple[Source, ...]
    revisions: tuple[Revision, ...]
    found: tuple[Candidate, ...]
    rows: Floats  # (found, features)
    soft: Floats  # (found, question words)
    prior: Floats  # (found,)


class Assistant:
    """Answers over one library. Safe to share between threads."""

    def __init__(self, library: Library) -> None:
        self.library = library
        self.vectors = WordVectors(library.embedder.encode)
        self.ledger = Ledger(library.store.engine, ledger_key(library.settings.home))
        self._generator = Generator(library.settings) if library.settings.model_url else None
        self._tools = Tools(library.words.cut, self._likeness, places)
        self._sources: OrderedDict[tuple[str, int], tuple[Source, Revision]] = OrderedDict()
        self._kept = 0
        self._places_of = lru_cache(maxsize=2)(self._by_place)
        self._reading = threading.Lock()

    # ---- asking --------------------------------------------------------------------------

    def ask(self, question: Question, caller: str = "local", on_event: Event | None = None) -> Answer:
        """One cited answer or a refusal, recorded before it is returned."""
        began = time.perf_counter()
        emit = on_event or (lambda name, value: None)
        answer = self._answer(question, emit)
        answer = replace(answer, took_ms=round((time.perf_counter() - began) * 1000, 2))
        self.ledger.record(answer, question, caller, self._circumstances())
        return answer

    def _circumstances(self) -> dict[str, str]:
        library = self.library
        return {
            "lexicon": library.words.lexicon_hash,
            "embedder": library.embedder.name,
            "settings": library.settings.fingerprint(),
        }

    def _answer(self, question: Question, emit: Event) -> Answer:
        choices = readings(question.text, question.history, self._tools)
        answer = self._attempt(question, choices[0], emit)
        for other in choices[1:]:
            if answer.basis == "grounded":
                break
            second = self._attempt(question, other, emit)
            answer = second if second.basis == "grounded" else answer
        return answer

    def _attempt(self, question: Question, text: str, emit: Event) -> Answer:
        blank = self._blank(question, text)
        if out_of_scope(text.lower()):
            return replace(blank, reason="out_of_scope", text=refusal_text("out_of_scope"))
        hits = self.search(text, question.filters, max(question.k, READ_HITS))
        blank = replace(blank, hits=tuple(hits[: question.k]))
        emit("hits", blank.hits)
        if not hits:
            return replace(blank, reason="no_hit", text=refusal_text("no_hit"))
        evidence = self.evidence(text, hits)
        if not evidence.found:
            return self._refused(blank, "below_threshold", hits)
        scores = shipped()["sentence"].scores(evidence.rows) + evidence.prior
        belief = softmax(scores)
        picks = choose(evidence.asked, evidence.found, belief)
        judged = support(
            evidence.asked, text, evidence.found, evidence.rows, scores, belief, evidence.soft, picks, places
        )
        odds = float(shipped()["basis"].scores(judged.row[None])[0])
        if odds < 0:
            return self._refused(blank, "below_threshold", hits, judged.missing)
        return self._grounded(blank, evidence, picks, emit)

    def _blank(self, question: Question, text: str) -> Answer:
        generation = self.library.searcher().catalog.generation
        rewritten = text if text != question.text else None
        return Answer(
            secrets.token_hex(8), question.text, "", "none", None, "policy", (), (), (), "quoting",
            generation, now(), 0.0, rewritten,
        )  # fmt: skip

    def _refused(self, blank: Answer, reason: Reason, hits: Sequence[Hit], missing: str = "") -> Answer:
        nearest = [hit.document for hit in hits[:3]]
        return replace(blank, reason=reason, text=refusal_text(reason, nearest, missing))

    def _grounded(self, blank: Answer, evidence: Evidence, picks: Sequence[Pick], emit: Event) -> Answer:
        cited = [evidence.documents[p.document] for p in picks]
        notes = tuple(
            f"注意：《{d.title}》{STATUS_NAMES.get(d.status, '不是现行文件')}"
            for d in {d.id: d for d in cited}.values()
            if d.status not in IN_FORCE
        )
        composed: Composed = compose(
            picks, evidence.documents, evidence.revisions, [s.reading for s in evidence.sources], "\n".join(notes)
        )
        answer = replace(
            blank, text=composed.text, basis="grounded", kind=composed.kind, claims=composed.claims,
            citations=composed.citations, notes=notes,
        )  # fmt: skip
        if self._generator is not None:
            given = self._exhibits(evidence, answer)
            asked = answer.rewritten or answer.question
            return self._generator.answer(asked, given, answer, lambda claim: emit("claim", claim))
        for claim in composed.claims:
            emit("claim", claim)
        return answer

    def _exhibits(self, evidence: Evidence, answer: Answer) -> tuple[Exhibit, ...]:
        """What a language model is given to read of the evidence."""
        owners = {d.id: i for i, d in enumerate(evidence.documents)}
        texts = {
            (id, evidence.revisions[i].number): (evidence.revisions[i], evidence.sources[i].reading)
            for id, i in owners.items()
        }
        return exhibits(evidence.hits, answer.citations, texts)

    def _likeness(self, word: str, others: Sequence[str]) -> list[float]:
        rows = self.vectors.rows([word, *others])
        return [float(x) for x in rows[1:] @ rows[0]]

    # ---- evidence ------------------------------------------------------------------------

    def search(self, text: str, filters: Filters = Filters(), k: int = READ_HITS) -> list[Hit]:
        """The library's hits; where the question names a place, documents about that place also get
        their own search, without the place's name, and come first."""
        hits = self.library.search(text, filters, k)
        local = self._about_places(text, filters)
        if not local:
            return hits
        bare = text
        for name, _ in places(text):
            bare = bare.replace(name, "")
        own = self.library.search(bare.strip("，,的省市县区 ") or text, replace(filters, doc_id=local), LOCAL_HITS)
        known = {h.passage_id for h in own}
        return [*own, *(h for h in hits if h.passage_id not in known)][: max(k, len(own))]

    def _about_places(self, text: str, filters: Filters) -> tuple[str, ...]:
        """Ids of the documents about a place the question names; none where that is nearly all of them."""
        wanted = {region for _, region in places(text)}
        if not wanted or filters.doc_id:
            return ()
        by_place, total = self._places_of(self.library.searcher().catalog.generation)
        ids = {i for region in wanted for i in by_place.get(region, ())}
        return tuple(sorted(ids)) if 0 < len(ids) < 0.6 * total else ()

    def _by_place(self, _generation: int) -> tuple[dict[str, list[str]], int]:
        table: dict[str, list[str]] = {}
        documents = self.library.searcher().catalog.documents.values()
        for document in documents:
            about = {region for _, region in places(document.title)} or {document.region or ""}
            for region in about:
                table.setdefault(region, []).append(document.id)
        return table, len(documents)

    def evidence(self, text: str, hits: Sequence[Hit]) -> Evidence:
        """The sentences of the hits with their features."""
        hits = hits[:READ_HITS]
        owners: dict[str, int] = {}
        documents: list[Document] = []
        sources: list[Source] = []
        revisions: list[Revision] = []
        for hit in hits:
            if hit.document.id not in owners:
                owners[hit.document.id] = len(sources)
                source, revision = self.source(hit.document, hit.revision)
                documents.append(hit.document)
                sources.append(source)
                revisions.append(revision)
        query = self.library.searcher().understand(text)
        question = asked(query.understood, query.words, query.bigrams, self.vectors)
        found = candidates(sources, [owners[h.document.id] for h in hits], hits)
        cut = {i: self._words(c) for i, c in enumerate(found)}
        rows, soft = features(question, found, hits, self.vectors, cut)
        return Evidence(
            question, tuple(hits), tuple(documents), tuple(sources), tuple(revisions), tuple(found), rows, soft,
            prior(question, text, found, documents, places),
        )  # fmt: skip

    def source(self, document: Document, number: int) -> tuple[Source, Revision]:
        """A revision read for evidence; the most recently used are remembered."""
        key = (document.id, number)
        with self._reading:
            known = self._sources.get(key)
            if known is not None:
                self._sources.move_to_end(key)
                return known
        revision = self.library.store.revision(document.id, number)
        made = Source(read(revision.text, revision.outline), document.title, {}), revision
        with self._reading:
            self._sources[key] = made
            self._kept += len(revision.text)
            while self._kept > CHARACTERS_KEPT and len(self._sources) > 1:
                _, (_, oldest) = self._sources.popitem(last=False)
                self._kept -= len(oldest.text)
        return made

    def _words(self, candidate: Candidate) -> tuple[str, ...]:
        known = candidate.source.words_of
        words = known.get(candidate.index)
        if words is None:
            words = tuple(dict.fromkeys(w for w in self.library.words.cut(candidate.text) if w.isalnum()))
            known[candidate.index] = words  # type: ignore[index]
        return words

    # ---- suggestions ---------------------------------------------------------------------

    def suggestions(self, visibility: Sequence[str] = ("public",)) -> list[str]:
        """First questions, made from the titles of the documents at hand."""
        listed = self.library.store.documents(Filters(visibility=tuple(visibility)), limit=400)
        asked_of: list[str] = []
        for kind, form in (("standard", "{}有哪些要求？"), ("action", "{}的主要任务有哪些？"), ("policy", "{}主要规定了什么？")):
            titles = sorted((d.title.strip("《》") for d in listed if d.kind == kind), key=len)
            asked_of += [form.format(t) for t in titles if 5 <= len(t) <= 24][:2]
        if any(d.kind == "case" for d in listed):
            asked_of.append("有哪些案例？")
        return asked_of


def places(text: str) -> list[tuple[str, str]]:
    """The places a text names: (name as written, region it means)."""
    pattern, names = _table()
    return [(m[0], names[m[0]]) for m in pattern.finditer(text)]
