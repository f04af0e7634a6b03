"""Whoever changes a byte of the ledger is found, and the record is named."""

import random
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest
from ledger_samples import added, ask, citing, hit, opened, refusal
from sqlalchemy.exc import DBAPIError

from kb.chain import GENESIS, digest, seal
from kb.errors import KBError
from kb.ledger import ALL, Ledger, ledger_at
from kb.privacy import mask

TABLES = ("answers", "reviews", "erasures", "answer_documents", "ledger_head")
ROW_IDS = {("answers", "seq"), ("erasures", "seq"), ("reviews", "id"), ("ledger_head", "id")}


@pytest.fixture
def book(tmp_path: Path) -> tuple[Ledger, Path]:
    """Six answers, two reviews and an erasure: nine records."""
    store, ledger = opened(tmp_path)
    document = added(store, "办法")
    ids = [
        ledger.record(citing(store, [document], id=f"answer{i}"), ask("问", "先前"), "甲") for i in range(3)
    ]
    ids += [ledger.record(refusal(hit(document)), ask(), "乙") for _ in range(3)]
    ledger.review(ids[0], "wrong", "数字不对", "张三")
    ledger.review(ids[3], "correct", "", "李四")
    ledger.erase([ids[4]], "管理员")
    assert ledger.verify_chain().ok and ledger.verify_chain().records == 9
    return ledger, tmp_path / "kb.sqlite"


def write(path: Path, sql: str, *values: object) -> None:
    with sqlite3.connect(path) as connection:
        connection.execute(sql, values)
    connection.close()


def named(ledger: Ledger) -> list[int | None]:
    return [b.seq for b in ledger.verify_chain().breaks]


def test_an_edited_record_is_named_and_no_innocent_one(book: tuple[Ledger, Path]) -> None:
    ledger, path = book
    write(path, "UPDATE answers SET record = replace(record, '三百元', '五百元') WHERE seq = 2")
    report = ledger.verify_chain()
    assert [(b.seq, b.id) for b in report.breaks] == [(2, "answer1")]
    assert "被改动" in report.breaks[0].problem and not ledger.get("answer1")["ledger"]["intact"]


@pytest.mark.parametrize("seq", range(1, 10))
def test_a_removed_record_is_named_wherever_it_stood(book: tuple[Ledger, Path], seq: int) -> None:
    ledger, path = book
    for table in ("answers", "reviews", "erasures"):
        write(path, f"DELETE FROM {table} WHERE seq = ?", seq)
    assert seq in named(ledger)


def test_a_cut_end_is_found_even_when_the_head_is_cut_to_match(book: tuple[Ledger, Path]) -> None:
    ledger, path = book
    (before,) = sqlite3.connect(path).execute("SELECT hash FROM answers WHERE seq = 5").fetchone()
    for table in ("answers", "reviews", "erasures"):
        write(path, f"DELETE FROM {table} WHERE seq > 5")
    write(path, "DELETE FROM answer_documents WHERE answer NOT IN (SELECT id FROM answers)")
    write(path, "UPDATE ledger_head SET seq = 5, hash = ?", before)
    assert any("封印不符" in b.problem for b in ledger.verify_chain().breaks)


def test_an_emptied_ledger_does_not_look_new(book: tuple[Ledger, Path]) -> None:
    ledger, path = book
    for table in TABLES:
        write(path, f"DELETE FROM {table}")
    assert "第 6 条" in ledger.verify_chain().breaks[0].problem


def cut(path: Path, ledger: Ledger) -> None:
    """The last four records gone, and the head and SQLite's memory made to fit, without the sealing key."""
    (before,) = sqlite3.connect(path).execute("SELECT hash FROM answers WHERE seq = 5").fetchone()
    for table in ("answers", "reviews", "erasures"):
        write(path, f"DELETE FROM {table} WHERE seq > 5")
    write(path, "DELETE FROM answer_documents WHERE answer NOT IN (SELECT id FROM answers)")
    write(path, "UPDATE ledger_head SET seq = 5, hash = ?", before)
    write(path, "UPDATE sqlite_sequence SET seq = 5 WHERE name = 'answers'")


def key_lost(path: Path, ledger: Ledger) -> None:
    ledger.key = b"another"


def head_gone(path: Path, ledger: Ledger) -> None:
    write(path, "DELETE FROM ledger_head")


@pytest.mark.parametrize("spoil", [cut, key_lost, head_gone])
def test_what_is_recorded_after_a_broken_seal_does_not_make_it_good(
    book: tuple[Ledger, Path], spoil: Callable[[Path, Ledger], None]
) -> None:
    ledger, path = book
    spoil(path, ledger)
    last = 5 if spoil is cut else 9
    for _ in range(3):
        ledger.record(refusal(), ask(), "甲")
        assert [b.problem for b in ledger.verify_chain().breaks if f"第 {last + 1} 条之前的封印不符" in b.problem]
    assert ledger.head()[0] == last + 3


def test_a_ledger_emptied_to_the_last_trace_in_the_database_does_not_look_new(tmp_path: Path) -> None:
    store, _ = opened(tmp_path)
    ledger = ledger_at(tmp_path, store.engine)
    assert ledger.verify_chain().ok
    ledger.record(refusal(), ask(), "甲")
    for table in (*TABLES, "sqlite_sequence"):
        write(tmp_path / "kb.sqlite", f"DELETE FROM {table}")
    assert ["整本被删去" in b.problem for b in ledger_at(tmp_path, store.engine).verify_chain().breaks] == [True]


def test_swapped_records_are_named(book: tuple[Ledger, Path]) -> None:
    ledger, path = book
    for old, new in ((2, 99), (3, 2), (99, 3)):
        write(path, "UPDATE answers SET seq = ? WHERE seq = ?", new, old)
    assert {2, 3} <= set(named(ledger))


def test_a_well_made_insertion_is_found(book: tuple[Ledger, Path]) -> None:
    """The intruder computes a right hash for a record of their own at the end, without the sealing key."""
    ledger, path = book
    _, last = ledger.head()
    row = {
        "seq": 10, "id": 10, "answer": "answer0", "verdict": "correct", "note": "", "author": "x",
        "created": "2024",
    }  # fmt: skip
    made = digest("review", row, last)
    columns = ", ".join([*row, "previous", "hash"])
    write(path, f"INSERT INTO reviews ({columns}) VALUES ({', '.join('?' * 9)})", *row.values(), last, made)
    assert named(ledger) == [10]
    write(path, "UPDATE ledger_head SET seq = 10, hash = ?, seal = ?", made, seal(b"", 10, made))
    assert any("封印不符" in b.problem for b in ledger.verify_chain().breaks)


def test_an_anchor_finds_a_chain_written_anew_with_the_key(tmp_path: Path) -> None:
    _, ledger = opened(tmp_path)
    for _ in range(3):
        ledger.record(refusal(), ask(), "甲")
    anchor = ledger.head()
    ledger.record(refusal(), ask(), "甲")
    assert ledger.verify_chain(anchor).ok
    (tmp_path / "b").mkdir()
    _, forged = opened(tmp_path / "b")
    assert not forged.verify_chain(anchor).ok
    for _ in range(5):
        forged.record(refusal(), ask(), "甲")
    assert forged.verify_chain().ok
    assert [b.seq for b in forged.verify_chain(anchor).breaks] == [3]


def test_an_erased_question_is_not_tampering_and_tampering_is_not_an_erasure(
    book: tuple[Ledger, Path],
) -> None:
    ledger, path = book
    blank = "question = NULL, rewritten = NULL, history = NULL, salt = NULL"
    write(path, f"UPDATE answers SET {blank} WHERE seq = 2")
    (found,) = ledger.verify_chain().breaks
    assert found.seq == 2 and "没有清除记录" in found.problem
    assert ledger.erase(["answer0"], "管理员") == 1 and ledger.erase(["answer0"], "管理员") == 0
    assert ledger.get("answer0")["question"] is None and ledger.get("answer0")["ledger"]["history"] == []
    assert named(ledger) == [2]


def test_writing_into_an_erased_question_is_found(book: tuple[Ledger, Path]) -> None:
    ledger, path = book
    write(path, "UPDATE answers SET question = '另一个问题', salt = '00' WHERE seq = 5")
    assert named(ledger) == [5]


def test_an_erased_question_is_nowhere_in_the_files(tmp_path: Path) -> None:
    _, ledger = opened(tmp_path)
    answer = refusal()
    ids = [ledger.record(answer, ask(), "甲") for _ in range(50)]
    assert ledger.erase(ids, "管理员") == 50
    assert not [f for f in tmp_path.iterdir() if answer.question.encode() in f.read_bytes()]
    assert ledger.verify_chain().ok


def test_a_masked_question_still_verifies_and_a_later_edit_is_found(tmp_path: Path) -> None:
    store, ledger = opened(tmp_path)
    asked = "我的手机是13800138000，补助多少？"
    id = ledger.record(citing(store, [added(store, "办法")], question=asked), ask(asked, asked), "甲")
    assert ledger.erase([id], "管理员", mask) == 1 and ledger.erase([id], "管理员", mask) == 0
    assert ledger.get(id)["question"] == "我的手机是138****8000，补助多少？"
    assert ledger.verify_chain().ok
    write(tmp_path / "kb.sqlite", "UPDATE answers SET question = '别的'")
    assert named(ledger) == [1]


def _columns(connection: sqlite3.Connection) -> list[tuple[str, int, str, object]]:
    """Every value of the ledger's tables as (table, rowid, column, value)."""
    cells = []
    for table in TABLES:
        names = [row[1] for row in connection.execute(f"PRAGMA table_info({table})")]
        for row in connection.execute(f"SELECT rowid, {', '.join(names)} FROM {table}"):
            cells += [(table, row[0], name, value) for name, value in zip(names, row[1:], strict=True)]
    return cells


def _flipped(value: object, dice: random.Random) -> object:
    if value is None:
        return "x"
    if isinstance(value, int):
        return value ^ (1 << dice.randrange(8))
    assert isinstance(value, str)
    raw = bytearray(value.encode())
    if not raw:
        return "x"
    raw[dice.randrange(len(raw))] ^= 1 << dice.randrange(8)
    try:
        return raw.decode()
    except UnicodeDecodeError:
        return bytes(raw)


@pytest.mark.timeout(900)
def test_every_single_bit_flipped_in_any_column_is_found(book: tuple[Ledger, Path]) -> None:
    ledger, path = book
    dice = random.Random(20240501)
    connection = sqlite3.connect(path, isolation_level=None)
    cells = _columns(connection)
    flips = 0
    for _ in range(1200):
        table, rowid, name, value = dice.choice(cells)
        flipped = _flipped(value, dice)
        text = "CAST(? AS TEXT)" if isinstance(flipped, bytes) and dice.random() < 0.5 else "?"
        try:
            connection.execute(f"UPDATE {table} SET {name} = {text} WHERE rowid = ?", (flipped, rowid))
        except sqlite3.IntegrityError:
            continue
        flips += 1
        moved = flipped if (table, name) in ROW_IDS else rowid
        assert not ledger.verify_chain().ok, (table, rowid, name, value, flipped)
        connection.execute(f"UPDATE {table} SET {name} = ? WHERE rowid = ?", (value, moved))
    connection.close()
    assert flips > 1000 and ledger.verify_chain().ok


def _view(ledger: Ledger) -> object:
    return [ledger.get(f"answer{i}") for i in range(3)], list(ledger.stream()), ledger.resting_on("x", ALL)


def _quietly(read: Callable[[], object]) -> object:
    try:
        return read()
    except (KBError, DBAPIError, OverflowError, ValueError):
        return None


@pytest.mark.timeout(900)
def test_a_byte_flipped_in_the_file_is_found_or_changes_nothing(book: tuple[Ledger, Path]) -> None:
    ledger, path = book
    with ledger.engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    wanted = _view(ledger)
    ledger.engine.dispose()
    whole = path.read_bytes()
    dice = random.Random(7)
    places = [i for i in range(len(whole)) if whole[i]]
    found = 0
    for place in dice.sample(places, 900):
        raw = bytearray(whole)
        raw[place] ^= 1 << dice.randrange(8)
        path.write_bytes(raw)
        for extra in ("-wal", "-shm"):
            path.with_name(path.name + extra).unlink(missing_ok=True)
        report = _quietly(ledger.verify_chain)
        if report is None or not report.ok:  # type: ignore[attr-defined]
            found += 1
        else:
            assert _view(ledger) == wanted, place
        ledger.engine.dispose()
    assert found > 200


def test_a_new_ledger_is_whole_and_its_head_is_the_genesis(tmp_path: Path) -> None:
    _, ledger = opened(tmp_path)
    assert ledger.verify_chain().ok and ledger.head() == (0, GENESIS)
