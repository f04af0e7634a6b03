"""Full disks, read-only disks, two writers, clocks that go back: a clear line and no loss."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import event

from indexer.adding import add
from indexer.assistant import Assistant
from indexer.library import Library
from kb.errors import StorageFailed
from kb.model import Question
from kb.settings import load_settings

ROOT = Path(__file__).parents[2]
KB = f"{sys.executable} -m api --home"
QUESTION = "停车收费标准是每小时多少元？"
SMALL = "云州市停车管理办法\n\n第一条 停车收费标准为每小时五元。\n"


def put(folder: Path, name: str, text: str) -> str:
    folder.mkdir(exist_ok=True)
    path = folder / name
    path.write_text(text, "utf-8")
    return str(path)


def large(seed: str) -> str:
    """A text of 600,000 characters."""
    return f"# {seed}办法\n\n" + "\n\n".join(f"第{i}条 {seed}事项{i}" + "甲乙丙丁戊己庚辛壬癸" * 20 for i in range(3000))


def with_mount(script: str) -> list[str]:
    """Run shell lines where mounting is allowed, in a name space of their own; their output."""
    if shutil.which("unshare") is None:
        pytest.skip("no unshare on this machine")
    probe = subprocess.run(["unshare", "-Urm", "true"], capture_output=True)
    if probe.returncode:
        pytest.skip("no user name spaces on this machine")
    done = subprocess.run(
        ["unshare", "-Urm", "sh", "-c", script], cwd=ROOT, capture_output=True, text=True, timeout=200
    )
    return (done.stdout + done.stderr).splitlines()


def test_a_full_disk_is_said_and_what_was_there_stays(tmp_path: Path) -> None:
    (disk := tmp_path / "disk").mkdir()
    small = put(tmp_path / "in", "停车.txt", SMALL)
    big = put(tmp_path / "in", "大.md", large("甲"))
    kb = f"{KB} {disk}/home"
    lines = with_mount(
        f"mount -t tmpfs -o size=3m tmpfs {disk}; {kb} add {small} 2>&1; {kb} add {big} 2>&1; echo rc $?; "
        f"{kb} ask {QUESTION} 2>&1; {kb} verify 2>&1"
    )
    said = "\n".join(lines)
    assert "新增 1 篇" in lines[0]
    (full,) = (line for line in lines if "磁盘已满" in line)
    assert "已存内容不受影响" in full and "rc 1" in lines
    assert "每小时五元" in said and "账本完整：1 条记录" in said
    assert "Traceback" not in said


def test_a_read_only_disk_is_said_in_one_line(tmp_path: Path) -> None:
    (disk := tmp_path / "disk").mkdir()
    small = put(tmp_path / "in", "停车.txt", SMALL)
    kb = f"{KB} {disk}/home"
    lines = with_mount(
        f"mount -t tmpfs -o size=9m tmpfs {disk}; {kb} add {small} >/dev/null 2>&1; "
        f"mount -o remount,ro {disk}; {kb} add {small} 2>&1; echo rc $?"
    )
    assert lines[-1] == "rc 1"
    assert len(lines) == 2 and "只读" in lines[0] and str(disk) in lines[0]


def test_a_read_only_disk_is_read_and_saved_all_the_same(tmp_path: Path) -> None:
    (disk := tmp_path / "disk").mkdir()
    small = put(tmp_path / "in", "停车.txt", SMALL)
    kb = f"{KB} {disk}/home"
    said = "\n".join(
        with_mount(
            f"mount -t tmpfs -o size=9m tmpfs {disk}; {kb} add {small} >/dev/null 2>&1; "
            f"{kb} ask {QUESTION} >/dev/null 2>&1; mount -o remount,ro {disk}; "
            f"for c in list verify 'backup {tmp_path}/saved.zip'; do {kb} $c 2>&1; done"
        )
    )
    assert "共 1 篇" in said and "账本完整：1 条记录" in said and "已备份到" in said


def test_a_disk_without_a_byte_left_is_said_in_one_line(tmp_path: Path) -> None:
    (disk := tmp_path / "disk").mkdir()
    small = put(tmp_path / "in", "停车.txt", SMALL)
    kb = f"{KB} {disk}/home"
    lines = with_mount(
        f"mount -t tmpfs -o size=9m tmpfs {disk}; {kb} add {small} >/dev/null 2>&1; "
        f"dd if=/dev/zero of={disk}/fill bs=1k 2>/dev/null; "
        f"for c in list verify 'backup {tmp_path}/saved.zip'; do {kb} $c 2>&1; done"
    )
    assert len(lines) == 3 and all("磁盘已满" in line and "已存内容不受影响" in line for line in lines)


@pytest.fixture
def library(tmp_path: Path) -> Library:
    made = Library(load_settings(tmp_path / "home", workers=1))
    add(made, [put(tmp_path / "in", "停车.txt", SMALL)])
    return made


def no_more_room(library: Library) -> Callable[[], None]:
    """SQLite's own full disk: no page may be added. Returns what gives the room back."""
    engine = library.store.engine

    def limit(connection: object, *_: object) -> None:
        connection.execute("PRAGMA max_page_count=1")  # type: ignore[attr-defined]

    event.listen(engine, "connect", limit)
    engine.dispose()

    def free() -> None:
        event.remove(engine, "connect", limit)
        engine.dispose()

    return free


def test_no_answer_is_shown_that_the_ledger_could_not_keep(library: Library) -> None:
    assistant = Assistant(library)
    assistant.ask(Question(QUESTION))
    free = no_more_room(library)
    shown = 1
    with pytest.raises(StorageFailed, match="磁盘已满"):
        while shown < 200:  # pages already there take a few more
            assistant.ask(Question(QUESTION))
            shown += 1
    free()
    assert assistant.ledger.count() == shown
    assert assistant.ledger.verify_chain().ok
    assert assistant.ask(Question(QUESTION)).basis == "grounded"


def test_a_quoted_claim_is_told_only_once_its_answer_is_in_the_ledger(library: Library) -> None:
    assistant = Assistant(library)
    kept: list[int] = []

    def heard(name: str, value: object) -> None:
        if name == "claim":
            kept.append(assistant.ledger.count())

    answer = assistant.ask(Question(QUESTION), on_event=heard)
    assert kept == [1] * len(answer.claims) and kept
    free = no_more_room(library)
    with pytest.raises(StorageFailed, match="磁盘已满"):
        for _ in range(200):
            assistant.ask(Question(QUESTION), on_event=heard)
    free()
    assert kept[-1] == assistant.ledger.count() and len(kept) == len(answer.claims) * kept[-1]


def test_a_batch_that_does_not_fit_is_not_there_in_part(library: Library, tmp_path: Path) -> None:
    before = library.store.generation()
    free = no_more_room(library)
    paths = [put(tmp_path / "more", f"{n}.md", large(n)[:100_000]) for n in ("甲", "乙")]
    with pytest.raises(StorageFailed, match="磁盘已满"):
        add(library, paths)
    free()
    assert library.store.count() == 1 and library.store.generation() == before
    assert len(add(library, paths).done) == 2
    assert library.store.count() == 3


def test_two_processes_that_write_at_once_both_get_their_turn(tmp_path: Path) -> None:
    folders = [tmp_path / name for name in ("甲", "乙")]
    for folder in folders:
        for n in range(6):
            put(folder, f"{folder.name}{n}.txt", f"{folder.name}{n}号办法\n\n第一条 事项{folder.name}{n}应当办理。\n")
    home = tmp_path / "home"
    running = [
        subprocess.Popen(
            [sys.executable, "-m", "api", "--home", str(home), "add", str(folder)],
            cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        )
        for folder in folders
    ]  # fmt: skip
    said = [process.communicate(timeout=120)[0] for process in running]
    assert [process.returncode for process in running] == [0, 0], said
    library = Library(load_settings(home))
    assert library.store.count() == 12
    assert library.searcher().lexical.count() == library.store.passage_count()


def test_a_clock_that_goes_back_changes_no_order_and_breaks_no_chain(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    assistant = Assistant(library)
    first = assistant.ask(Question(QUESTION)).id
    for name in ("kb.ledger.now", "indexer.assistant.now"):
        monkeypatch.setattr(name, lambda: "2001-01-01T00:00:00.000Z", raising=False)
    second = assistant.ask(Question(QUESTION)).id
    assert [one["id"] for one in assistant.ledger.list()] == [second, first]
    assert assistant.ledger.verify_chain().ok


def test_statuses_worked_out_for_a_day_that_has_not_come_are_worked_out_again(
    tmp_path: Path,
) -> None:
    library = Library(load_settings(tmp_path / "home", workers=1))
    ends = date.today() + timedelta(days=30)
    text = f"云州市停车管理办法\n\n第一条 本办法自2020年1月1日起施行，有效期至{ends.year}年{ends.month}月{ends.day}日。\n"
    add(library, [put(tmp_path / "in", "停车.txt", text)])
    with library.writing():
        library.standing.refresh(ends + timedelta(days=9))  # the clock stood ahead
    assert library.store.documents()[0].status == "expired"
    again = Library(library.settings)
    again.searcher()
    assert again.store.documents()[0].status == "in_force"
    assert again.store.status_day() == date.today()
