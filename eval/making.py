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
RANKING = ("*.py", "models/ranker.npz")


def library_of(dataset: Dataset, work: Path, fresh: bool = False) -> Library:
    """The library of a set; a changed embedder makes it index anew, changed cutting only says so."""
    home = work / "libraries" / dataset.name
    stamp = home / "made.json"
    made = json.loads(stamp.read_text("utf-8")) if stamp.is_file() else None
    cutting = source_digest(CUTTING)
    if made and made["cutting"] != cutting and not fresh:
        say(f"{dataset.name} 的库是用从前的切段代码建的；要重建请加 --fresh")
    if fresh or not made:
        _forget(home)
    library = Library(load_settings(home))
    if fresh or not made:
        say(f"正在建立 {dataset.name} 的库……")
        report = add(library, list(dataset.files) or [_written(dataset, work)])
        for failure in report.failed:
            say(f"没有加入：{failure.reason}")
        stamp.write_text(json.dumps({"cutting": cutting, "documents": len(report.done)}), "utf-8")
    try:
        library.searcher()
    except StaleIndex:
        say(f"向量模型或词表变了，正在为 {dataset.name} 重建索引……")
        library.reindex()
    return library


def _written(dataset: Dataset, work: Path) -> Path:
    path = work / "libraries" / f"{dataset.name}.jsonl"
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8") as out:
        for record in dataset.documents():
            out.write(json.dumps(record, ensure_ascii=False) + "\n")
    return path


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
