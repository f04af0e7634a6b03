"""A question → evidence: the sentences of the passages found, with everything the judges look at."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache

from kb.errors import NotFound
from kb.evidence import read
from kb.evidence_asked import WordVectors, asked
from kb.evidence_features import Candidate, Evidence, Source, candidates, features, nearest
from kb.evidence_prior import places_about, prior
from kb.model import Document, Filters, Hit, Revision

from .library import Library
from .official.places import places

READ_HITS = 16  # passages whose sentences may be judged
SENTENCES = 64  # of them that are
LOCAL_HITS = 8  # of them from documents about the place asked for
SMALL_LIBRARY = 1000  # passages at which a word's rarity here counts half
USUAL_RARITY = 4.5  # idf of a middling word in a large library
TELLING = 1.5  # importance of a middling content word
CHARACTERS_KEPT = 8_000_000  # of revisions read, remembered


class Gatherer:
    """Finds evidence in one library. Safe to share between threads."""

    def __init__(self, library: Library) -> None:
        self.library = library
        self.vectors = WordVectors(library.embedder.encode)
        self._sources: OrderedDict[str, tuple[Source, Revision]] = OrderedDict()  # by document
        self._kept = 0
        self._places_of = lru_cache(maxsize=2)(self._by_place)
        self._reading = threading.Lock()

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
            for region in places_about(document, places):
                table.setdefault(region, []).append(document.id)
        return table, len(documents)

    def evidence(self, text: str, hits: Sequence[Hit]) -> Evidence:
        """The sentences of the hits with their features."""
        hits = [hit for hit in hits[:READ_HITS] if self._kept_whole(hit)]
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
        searcher = self.library.searcher()
        query = searcher.understand(text)
        weighed = self._weighed(query.words, len(searcher.catalog.ids))
        question = asked(query.understood, weighed, query.bigrams, self.vectors)
        found = candidates(sources, [owners[h.document.id] for h in hits], hits)
        found = nearest(question, found, hits, SENTENCES)
        cut = {i: self._words(c) for i, c in enumerate(found)}
        rows, soft = features(question, found, hits, self.vectors, cut)
        return Evidence(
            question, tuple(hits), tuple(documents), tuple(sources), tuple(revisions), tuple(found), rows, soft,
            prior(question, text, found, documents, places),
        )  # fmt: skip

    def _weighed(self, words: Sequence[tuple[str, float]], passages: int) -> tuple[tuple[str, float], ...]:
        """Words with how much each tells: their rarity in the library, as far as it is large enough to
        show it, times what the embedder has learned of them."""
        importance = getattr(self.library.embedder, "importance", None)
        if importance is None or not words:
            return tuple(words)
        trusted = passages / (passages + SMALL_LIBRARY)
        learned = importance([word for word, _ in words]) / TELLING
        return tuple(
            (word, (trusted * idf + (1 - trusted) * USUAL_RARITY) * (float(weight) or 1.3))
            for (word, idf), weight in zip(words, learned, strict=True)
        )

    def _kept_whole(self, hit: Hit) -> bool:
        """Whether the revision of a passage found is there to be read; `kb doctor` tells of those that are not."""
        try:
            self.source(hit.document, hit.revision)
        except NotFound:
            return False
        return True

    def source(self, document: Document, number: int) -> tuple[Source, Revision]:
        """A revision read for evidence; the most recently used are remembered, one of each document."""
        with self._reading:
            known = self._sources.get(document.id)
            if known is not None and known[1].number == number:
                self._sources.move_to_end(document.id)
                return known
        revision = self.library.store.revision(document.id, number)
        made = Source(read(revision.text, revision.outline), document.title), revision
        with self._reading:
            known = self._sources.get(document.id)
            if known is not None and known[1].number == number:  # read by another thread meanwhile
                return known
            self._let_go(document.id)
            self._sources[document.id] = made
            self._kept += len(revision.text)
            while self._kept > CHARACTERS_KEPT and len(self._sources) > 1:
                self._let_go(next(iter(self._sources)))
        return made

    def _let_go(self, doc_id: str) -> None:
        """Forget what is remembered of a document, the vectors of its sentences too."""
        source, revision = self._sources.pop(doc_id, (None, None))
        if source is not None and revision is not None:
            self._kept -= len(revision.text)
            self.vectors.forget(text for line in source.lines() for text in (line.text, line.wide))

    def _words(self, candidate: Candidate) -> tuple[str, ...]:
        known = candidate.source.words_of
        words = known.get(candidate.index)
        if words is None:
            words = tuple(dict.fromkeys(w for w in self.library.words.cut(candidate.text) if w.isalnum()))
            known[candidate.index] = words
        return words


def joined(parts: Sequence[Evidence]) -> Evidence:
    """Evidence for several questions beside each other, judged as the first one was.

    The documents of a later part follow those of the earlier ones, even where they are the same.
    """
    first = parts[0]
    return replace(
        first,
        hits=tuple({hit.passage_id: hit for part in parts for hit in part.hits}.values()),
        documents=tuple(d for part in parts for d in part.documents),
        sources=tuple(s for part in parts for s in part.sources),
        revisions=tuple(r for part in parts for r in part.revisions),
    )
