"""What was saved comes back whole, and nothing half, foreign or damaged is put in its place."""

import fcntl
import json
import random
import threading
import zipfile
from pathlib import Path

import pytest
from ledger_samples import added, ask, citing, opened

from kb.backup import MANIFEST, backup, restore
from kb.errors import BadInput, Locked
from kb.ledger import Ledger, ledger_key
from kb.store import Store
from kb.using import alone, in_service


def furnished(home: Path) -> tuple[Store, Ledger]:
    """A data folder with a document, three answers, an original file, settings and an index."""
    (home / "files" / "ab").mkdir(parents=True)
    (home / "files" / "ab" / "abcd").write_bytes(b"original")
    (home / "index").mkdir()
    (home / "index" / "vectors").write_bytes(b"cache")
    (home / "kb.toml").write_text("port = 8001\n")
    (home / "write.lock").touch()
    store, ledger = opened(home, ledger_key(home))
    document = added(store, "办法")
    for i in range(3):
        ledger.record(citing(store, [document], id=f"a{i}"), ask(), "甲")
    return store, ledger


def test_a_backup_brings_back_documents_ledger_files_and_settings(tmp_path: Path) -> None:
    home, target, again = tmp_path / "home", tmp_path / "out" / "kb.zip", tmp_path / "again"
    store, ledger = furnished(home)
    saved = backup(home, target)
    brought = restore(target, again)
    assert (saved.files, saved.bytes, saved.created) == (brought.files, brought.bytes, brought.created)
    store2, ledger2 = opened(again, ledger_key(again))
    assert store2.documents() == store.documents()
    assert list(ledger2.stream()) == list(ledger.stream())
    assert ledger2.verify_chain(ledger.head()).ok
    assert (again / "files" / "ab" / "abcd").read_bytes() == b"original"
    assert (again / "kb.toml").read_text() == "port = 8001\n"
    assert not (again / "index").exists() and not (again / "write.lock").exists()
    assert (again / "ledger.key").stat().st_mode & 0o077 == 0 == target.stat().st_mode & 0o077


def test_a_backup_taken_while_answers_are_written_holds_a_whole_ledger(tmp_path: Path) -> None:
    home = tmp_path / "home"
    store, ledger = furnished(home)
    document = store.documents()[0]
    stop = threading.Event()

    def write() -> None:
        while not stop.is_set():
            ledger.record(citing(store, [document]), ask(), "甲")

    writer = threading.Thread(target=write)
    writer.start()
    try:
        for i in range(5):
            backup(home, tmp_path / f"{i}.zip")
    finally:
        stop.set()
        writer.join()
    counts = []
    for i in range(5):
        restore(tmp_path / f"{i}.zip", tmp_path / f"home{i}")
        report = opened(tmp_path / f"home{i}", ledger_key(tmp_path / f"home{i}"))[1].verify_chain()
        assert report.ok
        counts.append(report.records)
    assert counts == sorted(counts) and counts[-1] > 3


def test_a_home_that_is_not_empty_is_kept_unless_told(tmp_path: Path) -> None:
    home, target = tmp_path / "home", tmp_path / "kb.zip"
    furnished(home)
    backup(home, target)
    (home / "kb.toml").write_text("port = 9\n")
    with pytest.raises(BadInput, match="不覆盖"):
        restore(target, home)
    assert (home / "kb.toml").read_text() == "port = 9\n"
    report = restore(target, home, overwrite=True)
    assert (home / "kb.toml").read_text() == "port = 8001\n"
    assert report.aside is not None and (report.aside / "kb.toml").read_text() == "port = 9\n"
    assert sorted(p.name for p in home.iterdir()) == sorted(
        ["files", "kb.sqlite", "kb.toml", "ledger.key", "service.lock", "write.lock", report.aside.name]
    )
    with zipfile.ZipFile(backup(home, tmp_path / "next.zip").path) as file:
        assert not [name for name in file.namelist() if "before-restore" in name]


def test_a_backup_kept_in_the_home_is_not_in_the_next_one(tmp_path: Path) -> None:
    home = tmp_path / "home"
    furnished(home)
    first = backup(home, home / "o" / "bk.zip")
    (home / "files" / "ab" / "backup").write_bytes(first.path.read_bytes())  # added as a document
    (home / "o" / "other.zip").write_bytes(b"PK\x05\x06" + b"\0" * 18)
    with zipfile.ZipFile(backup(home, home / "o" / "bk2.zip").path) as file:
        names = set(file.namelist())
    assert {"files/ab/backup", "o/other.zip"} <= names and not {"o/bk.zip", "o/bk2.zip"} & names
    with zipfile.ZipFile(first.path) as file:
        assert names - set(file.namelist()) == {"files/ab/backup", "o/other.zip"}


def test_a_home_in_use_is_not_restored_over(tmp_path: Path) -> None:
    home, target = tmp_path / "home", tmp_path / "kb.zip"
    furnished(home)
    backup(home, target)
    before = contents(home)
    with in_service(home), in_service(home), pytest.raises(Locked, match="运行中的服务"):
        restore(target, home, overwrite=True)
    with open(home / "write.lock") as writer:
        fcntl.flock(writer, fcntl.LOCK_EX)
        with pytest.raises(Locked, match="另一个进程写入"):
            restore(target, home, overwrite=True)
    assert contents(home) == {**before, "service.lock": b""}
    with alone(home), pytest.raises(Locked, match="正在恢复"), in_service(home):
        pass
    assert restore(target, home, overwrite=True).aside is not None


def test_an_existing_target_and_an_empty_home_are_refused(tmp_path: Path) -> None:
    home = tmp_path / "home"
    with pytest.raises(BadInput, match="备份"):
        backup(home, tmp_path / "a.zip")
    furnished(home)
    (tmp_path / "a.zip").write_bytes(b"precious")
    with pytest.raises(BadInput, match="不覆盖"):
        backup(home, tmp_path / "a.zip")
    assert (tmp_path / "a.zip").read_bytes() == b"precious"


def test_a_flipped_byte_is_found_or_changes_nothing(tmp_path: Path) -> None:
    home, target = tmp_path / "home", tmp_path / "kb.zip"
    furnished(home)
    backup(home, target)
    restore(target, tmp_path / "good")
    wanted = contents(tmp_path / "good")
    whole, dice, refused = target.read_bytes(), random.Random(3), 0
    for i in range(150):
        raw = bytearray(whole)
        raw[dice.randrange(len(raw))] ^= 1 << dice.randrange(8)
        target.write_bytes(raw)
        fresh = tmp_path / f"h{i}"
        try:
            restore(target, fresh)
            assert contents(fresh) == wanted
        except BadInput:
            refused += 1
            assert not fresh.exists() or not any(fresh.iterdir())
    assert refused > 100


def contents(home: Path) -> dict[str, bytes]:
    return {p.relative_to(home).as_posix(): p.read_bytes() for p in home.rglob("*") if p.is_file()}


@pytest.mark.parametrize("name", ["../evil", "/etc/evil", "a/../../evil", "C:evil", "a\\..\\evil", ".", ""])
def test_a_path_out_of_the_folder_is_refused(tmp_path: Path, name: str) -> None:
    target = tmp_path / "evil.zip"
    manifest = {
        "format": 1, "created": "2024", "files": [{"path": name, "size": 1, "sha256": "0" * 64}],
    }  # fmt: skip
    with zipfile.ZipFile(target, "w") as file:
        file.writestr(name or "x", b"e")
        file.writestr(MANIFEST, json.dumps(manifest))
    with pytest.raises(BadInput):
        restore(target, tmp_path / "deep" / "home")
    assert not list(tmp_path.rglob("evil"))


def test_a_file_that_unpacks_to_more_than_it_says_is_refused(tmp_path: Path) -> None:
    target = tmp_path / "bomb.zip"
    manifest = {
        "format": 1, "created": "2024", "files": [{"path": "a", "size": 10, "sha256": "0" * 64}],
    }  # fmt: skip
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("a", b"0" * 50_000_000)
        file.writestr(MANIFEST, json.dumps(manifest))
    with pytest.raises(BadInput, match="不符"):
        restore(target, tmp_path / "home")


@pytest.mark.parametrize("content", [b"", b"not a zip", b"PK\x03\x04"])
def test_what_is_no_backup_is_named(tmp_path: Path, content: bytes) -> None:
    target = tmp_path / "kb.zip"
    target.write_bytes(content)
    with pytest.raises(BadInput, match=r"kb\.zip 不是完好的备份文件；请换一份备份$"):
        restore(target, tmp_path / "home")
    with pytest.raises(BadInput, match="找不到"):
        restore(tmp_path / "missing.zip", tmp_path / "home")
