"""The index is a cache: whatever happens to its files, the next command has it whole again."""

from __future__ import annotations

import random
import shutil
from pathlib import Path

import pytest

from indexer.adding import add, remove
from indexer.library import Library
from kb.errors import KBError
from kb.settings import load_settings

QUESTIONS = ("停车收费", "房屋租赁登记", "第三条")


def made(folder: Path) -> Library:
    """Three documents added, one of them removed: the word index has a file of deletions."""
    for name in ("停车收费", "房屋租赁", "绿化养护"):
        text = f"云州市{name}管理办法\n\n" + "".join(
            f"第{n}条 {name}应当登记，第{n}项收费标准为{i * 10}元。\n\n" for i, n in enumerate("一二三四五六", 1)
        )
        folder.mkdir(exist_ok=True)
        (folder / f"{name}.txt").write_text(text, "utf-8")
    library = Library(load_settings(folder / "home", workers=1))
    report = add(library, [str(path) for path in sorted(folder.glob("*.txt"))])
    assert not remove(library, [report.done[-1].doc_id])
    return library


def found(library: Library) -> list[list[tuple[int, float]]]:
    return [[(h.passage_id, round(h.score, 4)) for h in library.search(q)] for q in QUESTIONS]


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Library:
    """Built anew, so that another building gives the same scores: deletions count in BM25 until then."""
    library = made(tmp_path_factory.mktemp("repair"))
    library.reindex()
    return library


def reopened(library: Library) -> Library:
    return Library(library.settings)


def flip(path: Path, chance: random.Random) -> None:
    data = bytearray(path.read_bytes())
    data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
    path.write_bytes(data)


def index_files(library: Library) -> list[Path]:
    return sorted(p for p in (library.settings.home / "index").rglob("*") if p.is_file() and p.stat().st_size)


def test_a_flipped_byte_in_any_index_file_is_mended_before_a_search_sees_it(library: Library) -> None:
    right, chance = found(library), random.Random(20261125)
    assert {p.suffix for p in index_files(library)} >= {".json", ".npy", ".idx", ".term", ".fast"}
    for number in range(max(20, len(index_files(library)))):
        files = index_files(library)
        path = files[number % len(files)]
        flip(path, chance)
        assert found(reopened(library)) == right, path.name


def test_a_flipped_byte_among_the_deletions_brings_nothing_back(tmp_path: Path) -> None:
    library, chance = made(tmp_path), random.Random(1)
    live = set(library.searcher().catalog.ids.tolist())
    (deletions,) = (p for p in index_files(library) if p.suffix == ".del")
    flip(deletions, chance)
    after = reopened(library)
    assert {h.passage_id for q in QUESTIONS for h in after.search(q, k=50)} <= live
    assert after.searcher().lexical.count() == len(live)


@pytest.mark.parametrize(
    ("pattern", "how"),
    [
        ("manifest.json", "missing"), ("manifest.json", "cut"), ("words/meta.json", "empty"),
        ("words/*.idx", "missing"), ("words/*.idx", "folder gone"), ("vectors/*.rows.npy", "cut"),
        ("vectors/*.rows.npy", "all zero"),
    ],
)  # fmt: skip
def test_lost_files_are_made_again(library: Library, pattern: str, how: str) -> None:
    library.reindex()
    right = found(library)
    path = next((library.settings.home / "index").glob(pattern))
    data = path.read_bytes()
    if how == "folder gone":
        shutil.rmtree(path.parent)
    elif how == "missing":
        path.unlink()
    else:
        path.write_bytes({"empty": b"", "cut": data[: len(data) // 2], "all zero": bytes(len(data))}[how])
    assert found(reopened(library)) == right


def test_what_a_killed_writer_left_does_not_stand_in_the_way_of_the_next(tmp_path: Path) -> None:
    """A commit killed before its last step leaves files whose names the next commit chooses again."""
    library = made(tmp_path)
    words = library.settings.home / "index" / "words"
    before = {p.name: p.read_bytes() for p in words.iterdir()}
    manifest = (words.parent / "manifest.json").read_bytes()
    (kept, *_) = library.store.documents()
    assert not remove(library, [kept.id])
    for name, data in before.items():  # as if the new deletions had been written and not yet named
        (words / name).write_bytes(data)
    (words.parent / "manifest.json").write_bytes(manifest)
    after = reopened(library)
    assert all(h.document.id != kept.id for q in QUESTIONS for h in after.search(q))
    assert after.searcher().lexical.count() == after.store.passage_count()


def test_a_word_index_committed_after_the_manifest_is_caught_up(tmp_path: Path) -> None:
    library = made(tmp_path)
    manifest = library.settings.home / "index" / "manifest.json"
    before = manifest.read_bytes()
    (folder := tmp_path / "more").mkdir()
    (folder / "新.txt").write_text("云州市养犬办法\n\n第一条 养犬应当登记，收费三百元。\n", "utf-8")
    add(library, [str(folder)])
    manifest.write_bytes(before)  # as if killed between the two
    after = reopened(library)
    assert after.search("养犬登记")[0].document.title == "云州市养犬办法"
    assert after.searcher().lexical.count() == after.store.passage_count()


def test_a_damaged_index_that_cannot_be_mended_is_said_in_one_line(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    (library.settings.home / "index" / "manifest.json").write_bytes(b"{")

    def full(*_: object, **__: object) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("indexer.lexical.LexicalIndex._write", full)
    with pytest.raises(KBError) as caught:
        reopened(library).search("停车")
    assert "\n" not in str(caught.value) and "index" in str(caught.value)
