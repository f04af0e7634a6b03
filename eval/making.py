"""A set's documents → a library over them, made once in a work folder and kept."""

from __future__ import annotations

import json
import sys
from hashlib import sha256
from pathlib import Path

import indexer
from indexer.adding import add
from indexer.library import Library
from kb.errors import StaleIndex
from kb.settings import load_settings

from .dataset import Dataset

CUTTING = ("parse/*.py", "official/*.py", "outline.py", "passages.py", "prepare.py")


def library_of(dataset: Dataset, work: Path, fresh: bool = False) -> Library:
    """The library of a set. Changed documents are added, a changed embedder indexes anew by itself;
    changed cutting only says so, because it would build everything again."""
    home = work / "libraries" / dataset.name
    stamp = home / "made.json"
    made = json.loads(stamp.read_text("utf-8")) if stamp.is_file() else {}
    now = {"cutting": source_digest(CUTTING), "documents": documents_digest(dataset)}
    if made and made["cutting"] != now["cutting"] and not fresh:
        say(f"{dataset.name} 的库是用从前的切段代码建的；要重建请加 --fresh")
    if fresh or made.get("documents") != now["documents"]:
        _forget(home)
        made = {}
    library = Library(load_settings(home))
    if not made:
        say(f"正在建立 {dataset.name} 的库……")
        for failure in add(library, [*dataset.files, *_written(dataset, work)]).failed:
            say(f"没有加入：{failure.reason}")
        stamp.write_text(json.dumps(now), "utf-8")
    try:
        library.searcher()
    except StaleIndex:
        say(f"向量模型或词表变了，正在为 {dataset.name} 重建索引……")
        library.reindex()
    return library


def documents_digest(dataset: Dataset) -> str:
    """A digest of all that would be added."""
    whole = sha256()
    for path in dataset.files:
        whole.update(path.read_bytes())
    for record in dataset.documents():
        whole.update(json.dumps(record, ensure_ascii=False).encode())
    return whole.hexdigest()[:16]


def _written(dataset: Dataset, work: Path) -> list[Path]:
    """The records as a file to add; none where there are no records."""
    path = work / "libraries" / f"{dataset.name}.jsonl"
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8") as out:
        for record in dataset.documents():
            out.write(json.dumps(record, ensure_ascii=False) + "\n")
    return [path] if path.stat().st_size else []


def _forget(home: Path) -> None:
    import shutil

    if home.exists():
        shutil.rmtree(home)


def source_digest(patterns: tuple[str, ...]) -> str:
    """A digest of files of the indexer, so that a kept figure is never another version's."""
    root = Path(indexer.__file__).parent
    whole = sha256()
    for path in sorted({p for pattern in patterns for p in root.glob(pattern)}):
        whole.update(path.name.encode())
        whole.update(path.read_bytes())
    return whole.hexdigest()[:16]


def say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)
