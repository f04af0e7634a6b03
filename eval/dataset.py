"""What a question set is, whoever made it: documents, questions, and judgements by document or span."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from kb.errors import BadInput
from kb.fold import fold
from kb.model import Hit

Split = Literal["train", "tune", "test"]
SPLITS: tuple[Split, ...] = ("train", "tune", "test")
Record = dict[str, Any]  # {"_id", "title", "text"}: one document, as `kb add` reads it


@dataclass(frozen=True, slots=True)
class Query:
    """A question and what counts as found.

    `grades` gives every right document a grade above zero. Where there are `answers`, a passage is
    right when it is of a right document and wholly holds one of them: every text it consists of.
    """

    id: str
    text: str
    grades: Mapping[str, int]
    answers: tuple[tuple[str, ...], ...] = ()
    split: Split = "test"


@dataclass(frozen=True, slots=True)
class Dataset:
    """A question set. `documents` gives the records anew at each call; `files` are added as they lie."""

    name: str
    about: str  # one Chinese line for tables: what is asked over what
    documents: Callable[[], Iterator[Record]]
    queries: tuple[Query, ...]
    files: tuple[Path, ...] = ()
    notes: Mapping[str, str] = field(default_factory=dict)

    @property
    def spans(self) -> bool:
        """Whether passages are judged by the answer they hold."""
        return any(q.answers for q in self.queries)

    def of(self, split: str) -> tuple[Query, ...]:
        """The questions of one part, or of `all`."""
        if split == "all":
            return self.queries
        if split not in SPLITS:
            raise BadInput(f"没有名为 {split} 的部分；可选 train、tune、test、all")
        return tuple(q for q in self.queries if q.split == split)


def document_key(hit: Hit) -> str:
    """A document by the name its set gives it: its `_id`, else folder/file."""
    document = hit.document
    return document.external_id or "/".join(Path(document.source).parts[-2:])


def holds(query: Query, hit: Hit) -> bool:
    """Whether the passage is of a right document and has a whole answer; spaces do not count.

    The passage is a slice of the document, so this is the same as its span covering the answer's.
    """
    if query.grades.get(document_key(hit), 0) <= 0:
        return False
    text = bare(hit.passage.text)
    return not query.answers or any(all(bare(part) in text for part in answer) for answer in query.answers)


def bare(text: str) -> str:
    """Without spaces and folded, for comparing what was cut or wrapped differently."""
    return re.sub(r"\s+", "", fold(text))


def hits_by_document(hits: Sequence[Hit]) -> dict[str, int]:
    """Documents in the order of their best passage: name → rank from 1."""
    ranks: dict[str, int] = {}
    for hit in hits:
        ranks.setdefault(document_key(hit), len(ranks) + 1)
    return ranks
