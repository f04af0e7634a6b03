"""The judges' word on a question: what was found, what of it to quote, and whether that will do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

from kb import (
    amending,
    articles,
    asks,
    casebook,
    comparison,
    conflict,
    particulars,
    references,
    standing_asked,
)
from kb.evidence_asked import Floats
from kb.evidence_features import Evidence
from kb.evidence_prior import places_about
from kb.evidence_score import shipped, softmax
from kb.fold import fold
from kb.model import IN_FORCE, Document, Filters, Hit, Question, Span
from kb.quoting import CHANGE, Pick, choose, with_spans
from kb.refusal import lays_down, log_odds, support
from kb.understand import past_day, without_number
from kb.validity.titles import titled, version_key
from kb.verify import STATUS_NAMES
from kb.years import years_of

from .gather import READ_HITS, Gatherer, joined
from .official.places import places

NEAREST = 5  # passages that an answer for a past day must be among the documents of
CASE_HITS = 40  # passages looked through for a list of cases


@dataclass(frozen=True, slots=True)
class Chosen:
    """What is to be quoted, and what the reader must be told first."""

    picks: tuple[Pick, ...]
    notes: tuple[str, ...] = ()
    conflict: bool = False
    listed: bool = False  # whole documents are named, each by a line of it


@dataclass(frozen=True, slots=True)
class Verdict:
    """What was found for one reading of a question, what of it to quote, and whether that will do."""

    hits: tuple[Hit, ...]
    evidence: Evidence | None = None
    chosen: Chosen = Chosen(())
    supported: bool = False
    missing: str = ""  # a name or place that the evidence lacks
    day: date | None = None  # the past day that it holds for, where the question names one


class Judge:
    """Judges questions over what one gatherer finds. Safe to share between threads."""

    def __init__(self, gatherer: Gatherer) -> None:
        self.gatherer = gatherer
        self._least_odds = log_odds(gatherer.library.settings.evidence_threshold)

    def verdict(self, question: Question, text: str) -> Verdict:
        """The judges' word on a question; one that sets places side by side is put for each of them."""
        apart = comparison.by_place(text, places)
        if apart:
            verdicts = {place: self._judged_whole(question, alone) for place, alone in apart.items()}
            if any(v.supported for v in verdicts.values()):
                return _together(verdicts)
        verdict = self._judged_whole(question, text)
        if verdict.supported:
            return verdict
        return self._of_then(question, text) or self._of_the_city(question, text) or verdict

    def _of_then(self, question: Question, text: str) -> Verdict | None:
        """What was laid down on the day of a past year or month that is asked for, where no text speaks of that year
        itself; the reader is told the day. Figures that count something are not the year's."""
        then = None if question.filters.as_of else past_day(text, date.today())
        if then is None:
            return None
        day, rest = then
        verdict = self._judged_whole(replace(question, filters=replace(question.filters, as_of=day)), rest)
        evidence, chosen = verdict.evidence, verdict.chosen
        if evidence is None or not verdict.supported or chosen.conflict:
            return None
        quoted = "\n".join(evidence.revisions[p.document].text[a:b] for p in chosen.picks for a, b in p.spans)
        cited = [evidence.documents[p.document] for p in chosen.picks]
        nearest = [hit.document for hit in self._hits(rest, question)[:NEAREST]]  # of all days: or else anything of then
        alike = {d.id for d in nearest} | {version_key(d.title) for d in nearest} - {""}
        if not lays_down(quoted) or not all(alike & {d.id, version_key(d.title)} and _held_on(d, day) for d in cited):
            return None
        told = f"以下是{day.year}年{day.month}月{day.day}日施行的规定。"
        return replace(verdict, day=day, chosen=replace(chosen, notes=(told, *chosen.notes)))

    def _of_the_city(self, question: Question, text: str) -> Verdict | None:
        """What a city lays down, for a county or district of it that is asked for and has no rule of its own; the
        reader is told. Figures that count something are not the district's."""
        named = places(text)
        name, region = named[-1] if named else ("", "")
        cities = [w for w in places.wider(region) if len(places.wider(w)) == 1]
        if len(cities) != 1:
            return None
        there = any(of == cities[0] for _, of in named)
        verdict = self._judged_whole(question, text.replace(name, "" if there else cities[0], 1))
        evidence, chosen = verdict.evidence, verdict.chosen
        if evidence is None or not verdict.supported:
            return None
        quoted = [evidence.revisions[p.document].text[a:b] for p in chosen.picks for a, b in p.spans]
        own = all(cities[0] in places_about(evidence.documents[p.document], places) for p in chosen.picks)
        if not own or not lays_down("\n".join(quoted)):
            return None
        told = f"没有找到专门针对{name}的规定，以下是{cities[0]}的规定。"
        return replace(verdict, chosen=replace(chosen, notes=(told, *chosen.notes)))

    def _completed(self, text: str, verdict: Verdict) -> Verdict:
        """With what answers each of several things asked at once, in the documents quoted; with what the articles
        quoted except; with the rule that a penalty rests on, or the penalty for a rule, where those are asked for."""
        evidence, chosen = verdict.evidence, verdict.chosen
        if evidence is None or not verdict.supported or chosen.conflict or chosen.listed:
            return verdict
        at = {evidence.documents[p.document].id: p.document for p in chosen.picks}
        picks = list(chosen.picks)
        for part in asks.apart(text, self.gatherer.library.words.cut):
            other = self._read(part, verdict.hits)
            if other.evidence is None or not other.supported or other.chosen.conflict:
                continue
            for pick in other.chosen.picks[:1]:
                document = at.get(other.evidence.documents[pick.document].id)
                if document is not None:
                    picks = with_spans(picks, replace(pick, document=document))
        for pick in list(picks):
            reading = evidence.sources[pick.document].reading
            more = references.exceptions_to(reading, pick.spans)
            if references.asks_whether_allowed(text):
                more += references.rules_behind(reading, pick.spans[:1])
            if references.asks_for_penalty(text):
                more += references.penalties_for(reading, pick.spans)
            picks = with_spans(picks, replace(pick, spans=more))
        return replace(verdict, chosen=replace(chosen, picks=tuple(picks)))

    def _judged_whole(self, question: Question, text: str) -> Verdict:
        """The judges' word on one question as it stands, with all that belongs to the answer."""
        hits = tuple(self._hits(text, question))
        of_standing = self._of_standing(text, question.filters, hits)
        if of_standing is not None:
            return of_standing
        verdict = self._completed(text, self._read(text, hits))
        return self._as_amended(question.filters, verdict) if verdict.supported else verdict

    def _of_standing(self, text: str, filters: Filters, hits: tuple[Hit, ...]) -> Verdict | None:
        """Whether the text that the question names still holds, and the words that decide it."""
        name = standing_asked.asked(text) if hits else None
        evidence = self.gatherer.evidence(text, hits) if name else None
        if name is None or evidence is None:
            return None
        library, day = self.gatherer.library, filters.as_of or date.today()
        named = standing_asked.named(name, evidence.documents)
        if named is None:
            told = standing_asked.told(name, evidence.documents, library.standing.says)
            if told is None:
                return None
            return _quoting(hits, evidence, told.document, told.relation.span, (standing_asked.note(told, evidence.documents),))
        verdict, catalog = library.verdicts(day).get(named.id), library.searcher().catalog
        if verdict is None or verdict.proof is None:
            return None
        rows = [catalog.by_id.get(id) for id in (verdict.proof.document, *verdict.by)]
        said_by = [catalog.documents[row] for row in rows if row is not None]
        if len(said_by) < len(rows) or any(d.visibility not in filters.visibility for d in said_by):
            return None
        proving = said_by[0]
        evidence, at = evidence.with_document(proving, *self.gatherer.source(proving, proving.revision))
        number = f"（{named.number}）" if named.number else ""
        told_first = f"{titled(named.title)}{number}：{STATUS_NAMES[verdict.status]}（{verdict.reason}）。"
        return _quoting(hits, evidence, at, verdict.proof.span, (told_first,))

    def _as_amended(self, filters: Filters, verdict: Verdict) -> Verdict:
        """With what later texts, as far as they may be seen, changed of the words quoted."""
        evidence, picks = verdict.evidence, list(verdict.chosen.picks)
        if evidence is None or verdict.chosen.listed:
            return verdict
        day = filters.as_of or date.today()
        for pick in verdict.chosen.picks:
            amended = evidence.documents[pick.document]
            if amended.status not in ("amended", "partly_repealed"):
                continue
            reading = evidence.sources[pick.document].reading
            quoted = [(reading.path(start), reading.text[start:end]) for start, end in pick.spans]
            for document in self._amending(amended, filters, day):
                source, revision = self.gatherer.source(document, document.revision)
                spans = amending.changes(source.reading, amended, quoted)
                if spans:
                    evidence, at = evidence.with_document(document, source, revision)
                    picks = with_spans(picks, Pick(at, spans, 0.0, CHANGE))
        return replace(verdict, evidence=evidence, chosen=replace(verdict.chosen, picks=tuple(picks)))

    def _amending(self, document: Document, filters: Filters, day: date) -> list[Document]:
        """The documents that brought the standing of this one about on a day, as far as the asker may see them."""
        library = self.gatherer.library
        verdict, catalog = library.verdicts(day).get(document.id), library.searcher().catalog
        rows = [catalog.by_id[id] for id in (verdict.by if verdict else ()) if id in catalog.by_id]
        return [d for d in (catalog.documents[row] for row in rows) if d.visibility in filters.visibility]

    def _read(self, text: str, hits: tuple[Hit, ...]) -> Verdict:
        """The judges' word on these passages."""
        bare = without_number(text, {h.document.number for h in hits if h.document.number})
        evidence = self.gatherer.evidence(bare, hits) if hits else None
        if evidence is None or not evidence.found:
            return Verdict(hits)
        readings = [s.reading for s in evidence.sources]
        article = articles.asked_for(text, evidence.documents, readings)
        if article is not None:
            return _of_articles(hits, evidence, article)
        of_itself = particulars.asked_for(text, evidence.documents, readings)
        if of_itself is not None:
            pick = Pick(of_itself.document, (of_itself.span,), 1.0, "sentence")
            return Verdict(hits, evidence, Chosen((pick,)), True)
        scores = shipped().sentence.scores(evidence.rows) + evidence.prior
        chosen = self._choose(bare, evidence, scores)
        judged = support(evidence, bare, scores, softmax(scores), chosen.picks, places)
        enough = judged.odds >= self._least_odds or (chosen.listed and not judged.missing)
        return Verdict(hits, evidence, chosen, enough and not judged.unheld, judged.missing)

    def _hits(self, text: str, question: Question) -> list[Hit]:
        """Passages to read: for a comparison each side's too, for a list of cases those of cases only."""
        filters, k = question.filters, max(question.k, READ_HITS)
        search = self.gatherer.search
        if casebook.asks_for_cases(text) and not filters.kind:
            cases = search(text, replace(filters, kind=("case",)), CASE_HITS)
            if cases:
                return cases
        hits = search(text, filters, k)
        given = {h.document.number: h.document.id for h in hits if h.document.number and without_number(text, [h.document.number]) != text}
        if given and not filters.doc_id:  # who gives a 文号 asks of that document
            return search(without_number(text, given), replace(filters, doc_id=tuple(given.values())), k) or hits
        names = comparison.sides(text)
        if names is None:
            return hits
        sides = [search(names.question(side), filters, READ_HITS // 2) for side in (names.one, names.two)]
        return list({hit.passage_id: hit for hit in [*hits, *sides[0], *sides[1]]}.values())

    def _choose(self, text: str, evidence: Evidence, scores: Floats) -> Chosen:
        """Which sentences to quote, by what kind of question it is."""
        asked, found = evidence.asked, evidence.found
        if casebook.asks_for_cases(asked.understood.text):
            cases = casebook.listed(asked, found, scores, evidence.soft, evidence.documents, evidence.hits)
            if len(cases) > 1:
                return Chosen(tuple(cases), listed=True)
        names = comparison.sides(text)
        if names is not None:
            sides = comparison.both(asked, found, scores, names)
            if sides:
                return Chosen(tuple(sides))
        picks = choose(asked, found, softmax(scores))
        best = int(scores.argmax())
        differing = conflict.find(asked, found, scores, best, evidence.documents, self.gatherer.library.embedder.encode)
        if differing is None or found[best].document not in {p.document for p in picks}:
            return Chosen(tuple(picks))
        sentence = found[differing.other]
        against = Pick(sentence.document, (sentence.span,), 0.0, "sentence")
        mine = next(p for p in picks if p.document == found[best].document)
        pair = [mine, against]
        order = conflict.newer_first([evidence.documents[p.document] for p in pair])
        pair = [pair[i] for i in order]
        told = conflict.note([evidence.documents[p.document] for p in pair], differing.rules)
        return Chosen(tuple(pair), (told,), True)


def _held_on(document: Document, day: date) -> bool:
    """Whether a document, with its standing of a day, had begun and was in force then, and is not of another year."""
    begins, titled = document.effective or document.issued, years_of(fold(document.title))
    of_then = not titled or str(day.year) in titled
    return document.status in IN_FORCE and begins is not None and begins <= day and of_then


def _quoting(hits: tuple[Hit, ...], evidence: Evidence, document: int, span: Span, notes: tuple[str, ...]) -> Verdict:
    """The sentences of one document that a span touches, as the answer."""
    reading = evidence.sources[document].reading
    touched = [reading.sentences[i] for i in reading.within(*span)]
    if not touched:
        return Verdict(hits)
    spans = [(touched[0].start, touched[-1].end)]
    if touched[0].lead >= 0:
        lead = reading.sentences[touched[0].lead]
        spans.insert(0, (lead.start, lead.end))
    return Verdict(hits, evidence, Chosen((Pick(document, tuple(spans), 1.0, "sentence"),), notes), True)


def _of_articles(hits: tuple[Hit, ...], evidence: Evidence, asked: articles.Asked) -> Verdict:
    title = titled(evidence.documents[asked.document].title)
    lacking = f"{title}{'、'.join(asked.lacking)}" if asked.lacking else ""
    if not asked.spans:
        return Verdict(hits, missing=lacking)
    notes = (f"没有找到{lacking}。",) if lacking else ()
    return Verdict(hits, evidence, Chosen((Pick(asked.document, asked.spans, 1.0, "list"),), notes), True)


def _together(verdicts: Mapping[str, Verdict]) -> Verdict:
    """The verdicts on several places as one; a place without a basis is named."""
    good = [v for v in verdicts.values() if v.supported]
    hits = {hit.passage_id: hit for v in verdicts.values() for hit in v.hits}
    evidence = joined([v.evidence for v in good if v.evidence is not None])
    picks, seen, first = [], set(), 0
    for verdict in good:
        for pick in verdict.chosen.picks:
            document = evidence.documents[first + pick.document]
            if (document.id, pick.spans) not in seen:
                picks.append(replace(pick, document=first + pick.document))
                seen.add((document.id, pick.spans))
        first += len(verdict.evidence.documents) if verdict.evidence else 0
    notes = [note for v in good for note in v.chosen.notes]
    notes += [f"没有找到关于{place}的依据。" for place, v in verdicts.items() if not v.supported]
    conflict = any(v.chosen.conflict for v in good)
    return Verdict(tuple(hits.values()), evidence, Chosen(tuple(picks), tuple(dict.fromkeys(notes)), conflict), True)
