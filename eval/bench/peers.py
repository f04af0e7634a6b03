"""Peers side by side: the same passages, each contender in its own process, one after the other."""

from __future__ import annotations

import json
import pickle
import shutil
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from hashlib import sha256
from pathlib import Path
from typing import Any

from indexer.library import Library
from kb.errors import KBError
from kb.model import Field, Passage
from kb.store import Draft

from ..contenders import CONTENDERS, missing
from ..dataset import Query
from ..making import say
from ..metrics import bootstrap, document_values
from .process import run


def drafts(library: Library, most: int) -> Iterator[Draft]:
    """Stored documents as drafts again, until `most` passages are reached."""
    count = 0
    for document in library.store.documents():
        found = library.store.passages_of(document.id)
        if count + len(found) > most:
            return
        count += len(found)
        revision = library.store.revision(document.id)
        cut = tuple(
            Passage(r.passage.start, r.passage.end, r.passage.text, r.passage.path, r.passage.page)
            for r in found
        )
        yield Draft(
            key=document.id, name=document.title, source=document.source,
            bytes_sha256=sha256(revision.text.encode()).hexdigest(), text=revision.text, outline=revision.outline,
            passages=cut, fields={"title": Field(document.title)}, external_id=document.external_id,
        )  # fmt: skip


def lay_out(
    library: Library, most: int, questions: Sequence[str], judged: Sequence[Query], folder: Path
) -> int:
    """Write what every contender reads; returns the number of passages."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    made = list(drafts(library, most))
    count = 0
    with (folder / "passages.jsonl").open("w", encoding="utf-8") as out:
        for draft in made:
            title = draft.fields["title"].value
            for passage in draft.passages:
                text = f"{title} {' '.join(passage.path)} {passage.text}"
                line = {"doc": draft.external_id or draft.key, "text": text}
                out.write(json.dumps(line, ensure_ascii=False) + "\n")
                count += 1
    (folder / "drafts.pickle").write_bytes(pickle.dumps(made))
    (folder / "questions.json").write_text(json.dumps(list(questions), ensure_ascii=False), "utf-8")
    asked = {q.id: q.text for q in judged}
    (folder / "judged.json").write_text(json.dumps(asked, ensure_ascii=False), "utf-8")
    return count


def contest(
    library: Library, most: int, questions: Sequence[str], judged: Sequence[Query], folder: Path,
    names: Sequence[str] = tuple(CONTENDERS),
) -> dict[str, Any]:  # fmt: skip
    """Figures of every contender at hand over at most `most` passages."""
    passages = lay_out(library, most, questions, judged, folder)
    found: dict[str, Any] = {"passages": passages, "contenders": {}}
    for name in names:
        about = CONTENDERS[name][0]
        if missing(name):
            say(f"{about} 没有安装，略过；要一起比较，请运行 pip install -c constraints.txt '.[peers]'")
            continue
        say(f"同类比较：{about}，{passages} 段")
        try:
            found["contenders"][name] = {"about": about, **one(name, folder, judged)}
        except KBError as error:
            say(f"{about} 失败，略过：{error}")
    shutil.rmtree(folder, ignore_errors=True)
    return found


def one(name: str, folder: Path, judged: Sequence[Query]) -> dict[str, Any]:
    command = [sys.executable, "-m", "eval.contest"]
    built = run([*command, "build", name, str(folder)], folder / f"{name}.build.log")
    opened = run([*command, "open", name, str(folder), str(time.time())], folder / f"{name}.open.log")
    figures: dict[str, Any] = {**built.json(), "build_peak_mb": built.peak_mb, **opened.json()}
    ranked = figures.pop("ranked")
    if judged:
        measured = document_values(judged, ranked)
        figures["quality"] = {measure: asdict(bootstrap(sample)) for measure, sample in measured.items()}
    return figures
