"""A running service follows the store: what another thread adds is found as soon as it is indexed."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from indexer.adding import add
from indexer.index import Index
from indexer.library import Library
from kb.settings import load_settings

FIRST = "杏花村鱼塘管理规定\n\n第一条 杏花村鱼塘每季度清淤一次。\n"
SECOND = "柳浪村凉亭管理规定\n\n第一条 柳浪村凉亭每月清扫三次。\n"


def found(library: Library, words: str) -> bool:
    return any(words in hit.passage.text for hit in library.search(words, k=3))


def test_a_search_between_storing_and_indexing_does_not_hide_the_new_document_for_good(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "鱼塘.txt").write_text(FIRST, "utf8")
    (tmp_path / "凉亭.txt").write_text(SECOND, "utf8")
    library = Library(load_settings(tmp_path / "kb", workers=1))
    add(library, [tmp_path / "鱼塘.txt"])
    assert found(library, "每季度清淤一次")
    stored, searched = threading.Event(), threading.Event()
    sync = Index.sync

    def late(index: Index, *arguments: object) -> object:
        stored.set()
        assert searched.wait(30)
        return sync(index, *arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(Index, "sync", late)
    adding = threading.Thread(target=add, args=(library, [tmp_path / "凉亭.txt"]))
    adding.start()
    assert stored.wait(30)
    assert found(library, "每季度清淤一次")  # the writer is at work: the index of before answers
    assert not found(library, "每月清扫三次")
    searched.set()
    adding.join()
    assert found(library, "每月清扫三次")
