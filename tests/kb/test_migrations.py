"""A database of the first release is led to today, whole; a newer one is refused in words."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import create_engine, inspect

from kb.database import SCHEMA_VERSION, open_engine
from kb.errors import StorageFailed
from kb.ledger import Ledger
from kb.listing import AnswerFilters
from kb.schema import metadata
from kb.store import Store
from kb.verify import verify_all

FIRST = Path(__file__).with_name("first_release.sql")  # as that release wrote it, ledger key b"k"


@pytest.fixture
def old(tmp_path: Path) -> Path:
    path = tmp_path / "kb.sqlite"
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(FIRST.read_text("utf-8"))
    return path


def shape(url: str) -> dict[str, object]:
    """Tables, columns, keys and indexes as the database itself names them."""
    engine = create_engine(url)
    found = inspect(engine)
    made = {
        name: (
            [(c["name"], str(c["type"]), c["nullable"]) for c in found.get_columns(name)],
            found.get_pk_constraint(name)["constrained_columns"],
            sorted((i["name"], tuple(i["column_names"])) for i in found.get_indexes(name)),
            sorted(tuple(u["column_names"]) for u in found.get_unique_constraints(name)),
        )
        for name in found.get_table_names()
        if name != "alembic_version"
    }
    engine.dispose()
    return made


def test_migrations_lead_to_the_tables_that_the_code_names(tmp_path: Path) -> None:
    migrated, plain = f"sqlite:///{tmp_path / 'a.sqlite'}", f"sqlite:///{tmp_path / 'b.sqlite'}"
    open_engine(migrated).dispose()
    engine = create_engine(plain)
    metadata.create_all(engine)
    engine.dispose()
    assert shape(migrated) == shape(plain)


def test_a_database_of_the_first_release_opens_whole(old: Path, tmp_path: Path) -> None:
    engine = open_engine(f"sqlite:///{old}")
    store, ledger = Store(engine), Ledger(engine, b"k")
    titles = {d.title: d for d in store.documents()}
    assert set(titles) == {"云州市补助办法", "云州市旧补助办法"}
    assert titles["云州市补助办法"].number == "云政发〔2022〕8号"
    assert "每平方米三百元" in store.revision(titles["云州市补助办法"].id).text
    assert [row.author for row in store.status_overrides()] == ["李四"]
    assert ledger.verify_chain().ok and ledger.verify_chain().records == 3
    assert ledger.get("firstanswer00001")["reviews"][0]["verdict"] == "correct"
    report = verify_all(ledger.stream(AnswerFilters()), store)
    assert {one.standing for one in report.answers} == {"stands"}
    engine.dispose()
    new = f"sqlite:///{tmp_path / 'new.sqlite'}"
    open_engine(new).dispose()
    assert shape(f"sqlite:///{old}") == shape(new)


def test_opening_twice_migrates_once(old: Path) -> None:
    for _ in range(2):
        engine = open_engine(f"sqlite:///{old}")
        with engine.connect() as connection:
            assert connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar() == SCHEMA_VERSION
        engine.dispose()


def test_a_database_of_a_newer_release_is_refused_and_left_alone(old: Path) -> None:
    with closing(sqlite3.connect(old)) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
        connection.commit()
    before = old.read_bytes()
    with pytest.raises(StorageFailed, match="更新版本的程序写成"):
        open_engine(f"sqlite:///{old}")
    with closing(sqlite3.connect(old)) as connection:
        assert connection.execute("SELECT count(*) FROM documents").fetchone() == (2,)
        assert connection.execute("SELECT version_num FROM alembic_version").fetchone() == ("9999",)
    assert len(before) == old.stat().st_size


@pytest.mark.parametrize("damage", ["cut", "noise", "not a database"])
def test_a_damaged_database_is_named_in_one_line(old: Path, damage: str) -> None:
    data = old.read_bytes()
    old.write_bytes(
        {"cut": data[:5000], "noise": data[:100] + bytes(range(256)) * 40, "not a database": "不是".encode() * 99}[damage]
    )
    with pytest.raises(StorageFailed) as caught:
        store = Store(open_engine(f"sqlite:///{old}"))
        store.documents()
        Ledger(store.engine, b"k").list()
    assert "\n" not in str(caught.value) and "kb.sqlite" in str(caught.value)
    assert "已损坏" in str(caught.value) and "kb restore" in str(caught.value)
