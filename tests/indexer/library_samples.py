"""Libraries made in this process: the real parsers, store and index, without worker processes."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from indexer.library import Library
from indexer.parse import Source
from indexer.prepare import prepare
from kb.settings import load_settings


def opened(home: Path, **settings: object) -> Library:
    return Library(load_settings(home, **settings))


def put(library: Library, texts: Mapping[str, str]) -> list[str]:
    """Store and index texts by file name; gives their document ids."""
    drafts = [prepare(Source(name, name, name, data=text.encode())) for name, text in texts.items()]
    with library.writing():
        outcomes = library.store.write(drafts)
        library.refresh()
    return [outcome.doc_id for outcome in outcomes]


def take(library: Library, doc_ids: list[str]) -> None:
    with library.writing():
        for doc_id in doc_ids:
            library.store.remove(doc_id)
        library.refresh()


def notice(subject: str, *articles: str, **front: str) -> str:
    """A Markdown document with front matter and numbered articles."""
    head = "".join(f"{name}: {value}\n" for name, value in front.items())
    body = "\n\n".join(f"第{'一二三四五六七八九十'[i]}条 {text}" for i, text in enumerate(articles))
    return f"---\ntitle: {subject}\n{head}---\n\n# {subject}\n\n{body}\n"
