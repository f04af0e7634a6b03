"""Questions whose answers are known, over libraries made from data: what the judges learn from."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from indexer.adding import add
from indexer.library import Library
from indexer.train import sources
from kb.errors import StaleIndex
from kb.model import Document
from kb.settings import load_settings


@dataclass(frozen=True, slots=True)
class Known:
    """A question whose answer is known: a span of a document, or nothing (`document` "")."""

    question: str
    document: str  # its `_id`, or the end of its source
    answer: str
    part: str  # train | tune | test
    facts: tuple[str, ...] = ()  # what an answer must hold; the answer's beginning where empty
    pieces: tuple[str, ...] = ()  # of an answer that stands in several places
    type: str = ""  # what is asked for, or where there is no answer, why
    history: tuple[str, ...] = ()  # what was asked before

    def names(self, document: Document) -> bool:
        return bool(self.document) and (
            document.external_id == self.document or document.source.endswith(self.document)
        )

    def answered_by(self, quoted: str) -> bool:
        """Whether quoted text (blanks ignored) holds the answer."""
        wanted = self.facts or (self.answer.rstrip("。；;，.\n ")[:60],)
        return bool(self.answer) and all(squeeze(w) in squeeze(quoted) for w in wanted)


def library(home: Path, records: Callable[[], Iterator[dict[str, Any]]]) -> Library:
    """A data folder over records, made once and kept; indexed anew when the embedder has changed."""
    made = Library(load_settings(home))
    if not made.store.count():
        path = home / "records.jsonl"
        with path.open("w", encoding="utf8") as out:
            for record in records():
                out.write(json.dumps(record, ensure_ascii=False) + "\n")
        add(made, [path])
    return current(made)


def current(made: Library) -> Library:
    """The library with an index of today's embedder."""
    try:
        made.searcher()
    except StaleIndex:
        made.reindex()
    return made


def cmrc(data: Path, name: str) -> tuple[Callable[[], Iterator[dict[str, Any]]], list[Known]]:
    known: list[Known] = []
    contexts: dict[str, str] = {}
    for r in sources.records(data / "cmrc2018" / f"{name}.jsonl.xz"):
        key = contexts.setdefault(r["context"], f"{name}{len(contexts)}")
        known.append(
            Known(r["question"], key, r["answers"][0]["text"], "train" if name == "train" else "test")
        )
    return lambda: ({"_id": k, "title": "", "text": c} for c, k in contexts.items()), known


def ncp(data: Path) -> tuple[Callable[[], Iterator[dict[str, Any]]], list[Known]]:
    known = [
        Known(r["question"], r["docid"], r["answer"], sources.ncp_split(r["docid"]))
        for r in sources.records(data / "ncp_dev" / "questions.jsonl.xz")
    ]
    return lambda: sources.records(data / "ncp_dev" / "documents.jsonl.xz"), known


def own(questions: Path, documents: Path) -> tuple[Path, list[Known]]:
    """The shipped question set over the shipped corpus; questions across documents are left out."""
    known = []
    for line in questions.read_text("utf8").splitlines():
        r = json.loads(line)
        if r["history"] or isinstance(r["document"], list):
            continue
        known.append(Known(r["question"], r["document"] or "", r["evidence"] or "", r["split"], tuple(r["facts"])))
    return documents, known


def asked(questions: Path, text_of: Callable[[str], str]) -> list[Known]:
    """Questions on public documents that are not shipped: JSON lines with spans into a document's text.

    `text_of` gives the text of a document by its name. A line has `question`, `split`, perhaps `type` and `history`, and either
    `refuse` or `doc`, `answers` and perhaps `evidence`, both lists of [start, end).
    """
    known = []
    for line in questions.read_text("utf8").splitlines():
        r = json.loads(line)
        if r.get("refuse"):
            known.append(Known(r["question"], "", "", r["split"], type=r.get("type", "")))
            continue
        text = text_of(r["doc"])
        facts = tuple(text[start:end] for start, end in r["answers"])
        pieces = tuple(text[start:end] for start, end in r.get("evidence", ())) or facts
        before = tuple(r.get("history", ()))
        known.append(Known(r["question"], r["doc"], "\n".join(pieces), r["split"], facts, pieces, r.get("type", ""), before))
    return known


def file_texts(folders: Sequence[Path]) -> Callable[[str], str]:
    """The text of a file by its name, looked for in some folders."""
    paths = {path.name: path for folder in folders for path in folder.rglob("*") if path.is_file()}
    return lambda name: paths[name].read_text("utf8", errors="replace")


def hebei(data: Path) -> dict[str, dict[str, Any]]:
    """Policy documents of Hebei by `hebei-<id>`, as records to add."""
    rows = sources.records(data / "hebei" / "policies.jsonl.xz")
    return {f"hebei-{r['id']}": {"_id": f"hebei-{r['id']}", "title": r["title"], "text": r["text"]} for r in rows if r["text"]}


def beijing(data: Path) -> dict[str, dict[str, Any]]:
    """Policy documents of Beijing by `beijing-<row>`, as records to add."""
    rows = sources.records(data / "beijing" / "policies_dev.jsonl.xz")
    return {
        f"beijing-{i}": {"_id": f"beijing-{i}", "title": r["标题"], "text": r["正文"], "issuer": r["发布机关"], "number": r["发文字号"]}
        for i, r in enumerate(rows)
    }


def central(data: Path) -> dict[str, dict[str, Any]]:
    """Policy documents of the central bodies and of Shandong by `policies-<row>`, as records to add; they have no title."""
    rows = sources.records(data / "policies_central_shandong.jsonl.xz")
    return {f"policies-{i}": {"_id": f"policies-{i}", "title": "", "text": r["text"]} for i, r in enumerate(rows)}


def squeeze(text: str) -> str:
    return re.sub(r"\s+", "", text)
