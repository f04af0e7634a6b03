"""What a language model is given to read: the passages the quotes stand in, then the best hits, each once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from kb.compose import page_of
from kb.evidence import Reading
from kb.evidence_features import Evidence
from kb.gate import Exhibit
from kb.model import Answer, Citation, Document, Hit, Revision, Span

MOST_EXHIBITS = 10
MOST_TEXT = 8000  # code points of all exhibits together
Texts = Mapping[tuple[str, int], tuple[Revision, Reading]]


def given(evidence: Evidence, answer: Answer) -> tuple[Exhibit, ...]:
    """Of the evidence of a quoting answer; nothing of a text that has been altered since it came in."""
    owners = {d.id: i for i, d in enumerate(evidence.documents)}
    texts = {
        (id, evidence.revisions[i].number): (evidence.revisions[i], evidence.sources[i].reading)
        for id, i in owners.items()
    }
    hits = [hit for hit in evidence.hits if not evidence.revisions[owners[hit.document.id]].altered]
    return exhibits(hits, answer.citations, texts)


def exhibits(hits: Sequence[Hit], citations: Sequence[Citation], texts: Texts) -> tuple[Exhibit, ...]:
    """`texts` has every (document id, revision) of the hits and citations; without overlaps."""
    spans: list[tuple[Document, int, int, int]] = []
    for citation in citations:
        around = next((h for h in hits if _holds(h, citation)), None)
        alone = (citation.document, citation.revision, citation.start, citation.end)
        spans.append(_span(around) if around else alone)
    spans += [_span(hit) for hit in hits]
    kept: list[tuple[Document, int, int, int]] = []
    left = MOST_TEXT
    for document, revision, start, end in spans:
        known = any(d.id == document.id and r == revision and a < end and start < b for d, r, a, b in kept)
        if known or (kept and end - start > left) or len(kept) >= MOST_EXHIBITS:
            continue
        kept.append((document, revision, start, end))
        left -= end - start
    return tuple(_exhibit(d, start, end, *texts[d.id, r]) for d, r, start, end in kept)


def _span(hit: Hit) -> tuple[Document, int, int, int]:
    return hit.document, hit.revision, hit.passage.start, hit.passage.end


def _holds(hit: Hit, citation: Citation) -> bool:
    same = hit.document.id == citation.document.id and hit.revision == citation.revision
    return same and hit.passage.start <= citation.start and citation.end <= hit.passage.end


def _exhibit(document: Document, start: int, end: int, revision: Revision, reading: Reading) -> Exhibit:
    inside = [reading.sentences[i] for i in reading.within(start, end)]
    cut = [Span(max(s.start, start), min(s.end, end)) for s in inside]
    return Exhibit(
        document, revision.number, revision.sha256, start, end, revision.text[start:end],
        reading.path(start), page_of(revision, start),
        tuple(Span(s.start - start, s.end - start) for s in cut),
        tuple((s.start, reading.path(s.start), page_of(revision, s.start)) for s in cut),
    )  # fmt: skip
