"""A running service follows the store: what another thread adds is found as soon as it is indexed."""

from __future__ import annotations

import threading
from datetime import date
from pathlib import Path

import pytest
from library_samples import opened, put, take

from indexer.adding import add
from indexer.catalog import Catalog
from indexer.index import Index
from indexer.library import Library
from kb.errors import StorageFailed
from kb.settings import load_settings
from kb.standing import Standing

FIRST = "杏花村鱼塘管理规定\n\n第一条 杏花村鱼塘每季度清淤一次。\n"
SECOND = "柳浪村凉亭管理规定\n\n第一条 柳浪村凉亭每月清扫三次。\n"


def found(library: Library, words: str) -> bool:
    return any(words in hit.passage.text for hit in library.search(words, k=3))


@pytest.mark.parametrize("other_process", [False, True])
def test_a_search_between_storing_and_indexing_does_not_hide_the_new_document_for_good(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, other_process: bool
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
    writer = Library(library.settings) if other_process else library
    adding = threading.Thread(target=add, args=(writer, [tmp_path / "凉亭.txt"]))
    adding.start()
    assert stored.wait(30)
    assert found(library, "每季度清淤一次")  # the writer is at work: the index of before answers
    assert not found(library, "每月清扫三次")
    searched.set()
    adding.join()
    assert found(library, "每月清扫三次")


def test_while_a_document_goes_in_and_out_every_question_is_answered_as_before(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    library = opened(tmp_path / "kb")
    put(library, {"鱼塘.txt": FIRST})
    before = library.searcher()
    seen: list[bool] = []
    refresh = Standing.refresh

    def watched(standing: Standing, day: date) -> int:
        changed = refresh(standing, day)
        seen.append(library.searcher() is before and found(library, "每季度清淤一次"))
        return changed

    monkeypatch.setattr(Standing, "refresh", watched)
    (new,) = put(library, {"凉亭.txt": SECOND})
    assert seen == [True]
    after = library.searcher()
    assert after is not before and found(library, "每月清扫三次")
    monkeypatch.setattr(Standing, "refresh", refresh)
    take(library, [new])
    assert not found(library, "每月清扫三次")


def test_the_writer_exchanges_what_questions_are_answered_from(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    library = opened(tmp_path / "kb")
    put(library, {"鱼塘.txt": FIRST})
    library.searcher()
    opening: list[str] = []
    load = Catalog.load

    def noted(*arguments: object) -> Catalog:
        opening.append(threading.current_thread().name)
        return load(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(Catalog, "load", noted)
    writer = threading.Thread(target=put, args=(library, {"凉亭.txt": SECOND}), name="writer")
    writer.start()
    writer.join()
    assert found(library, "每月清扫三次")
    assert opening == ["writer"]


def test_a_change_that_fails_is_followed_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    library = opened(tmp_path / "kb")
    put(library, {"鱼塘.txt": FIRST})
    library.searcher()

    def broken(*arguments: object) -> None:
        raise OSError("no space")

    with monkeypatch.context() as patch:
        patch.setattr(Index, "sync", broken)
        with pytest.raises(StorageFailed, match="no space"):
            put(library, {"凉亭.txt": SECOND})
    assert found(library, "每月清扫三次")  # stored, so the next question has it indexed


def test_what_is_asked_of_a_held_library_is_answered_by_one_generation(tmp_path: Path) -> None:
    (tmp_path / "鱼塘.txt").write_text(FIRST, "utf8")
    (tmp_path / "凉亭.txt").write_text(SECOND, "utf8")
    library = Library(load_settings(tmp_path / "kb", workers=1))
    add(library, [tmp_path / "鱼塘.txt"])
    with library.held():
        before = library.version()
        writer = threading.Thread(target=add, args=(library, [tmp_path / "凉亭.txt"]))
        writer.start()
        writer.join()
        assert library.version() == before
        assert not found(library, "每月清扫三次")
    assert library.version() != before
    assert found(library, "每月清扫三次")
