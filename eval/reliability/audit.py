"""The ledger under measure: recording, re-checking, checking the chain; and every kind of tampering.

    python -m eval.reliability audit --answers 5000 --flips 3000

Answers to the questions of `eval/own` over the shipped corpus are recorded again and again, as a service
records them; then every citation is verified, the chain is checked, and single bytes of the ledger's rows
are flipped in a copy, each of which the check must name.
"""

from __future__ import annotations

import argparse
import json
import random
import shutil
import sqlite3
import sys
import tempfile
import time
from contextlib import closing
from dataclasses import replace
from pathlib import Path

from indexer.adding import add
from indexer.assistant import Assistant
from indexer.library import Library
from kb.database import open_engine
from kb.ledger import Ledger
from kb.model import Answer, Question
from kb.settings import load_settings
from kb.verify import verify_all

ROOT = Path(__file__).parents[2]
COLUMNS = {
    "answers": ("created", "caller", "basis", "visibility", "record", "previous", "hash", "question", "salt"),
    "reviews": ("answer", "verdict", "note", "author", "created", "previous", "hash"),
    "ledger_head": ("hash", "seal"),
}


def filled(home: Path, answers: int) -> tuple[Library, Assistant, float]:
    """A library over the shipped corpus with so many recorded answers, and records a second."""
    library = Library(load_settings(home))
    add(library, [ROOT / "corpus" / "documents"])
    assistant = Assistant(library)
    lines = (ROOT / "eval" / "own" / "questions.jsonl").read_text("utf-8").splitlines()
    asked = [Question(json.loads(line)["question"]) for line in lines[:100]]
    given: list[tuple[Question, Answer]] = [(question, assistant.ask(question)) for question in asked]
    began = time.perf_counter()
    for number in range(answers - len(given)):
        question, answer = given[number % len(given)]
        id = assistant.ledger.record(replace(answer, id="", created=""), question, "测量")
        if number % 50 == 0:
            assistant.ledger.review(id, "wrong", "数字不对", "张三")
    return library, assistant, (answers - len(given)) / max(time.perf_counter() - began, 1e-9)


def flips(home: Path, key: bytes, times: int, seed: int) -> tuple[int, int]:
    """(flips tried, flips found): one bit of one byte of one text column, put back afterwards."""
    chance, found = random.Random(seed), 0
    path = home / "kb.sqlite"
    engine = open_engine(f"sqlite:///{path}")
    ledger = Ledger(engine, key)
    with closing(sqlite3.connect(path, isolation_level=None)) as raw:
        raw.text_factory = bytes
        places = [(t, c, r) for t, cs in COLUMNS.items() for (r,) in raw.execute(f"SELECT rowid FROM {t}") for c in cs]
        for _ in range(times):
            table, column, row = chance.choice(places)
            (value,) = raw.execute(f"SELECT CAST({column} AS BLOB) FROM {table} WHERE rowid = ?", (row,)).fetchone()
            if not value:
                found += 1
                continue
            changed = bytearray(value)
            changed[chance.randrange(len(changed))] ^= 1 << chance.randrange(8)
            write = f"UPDATE {table} SET {column} = CAST(? AS TEXT) WHERE rowid = ?"
            raw.execute(write, (bytes(changed), row))
            found += not ledger.verify_chain().ok
            raw.execute(write, (value, row))
        whole = ledger.verify_chain().ok
    engine.dispose()
    return times, found if whole else -1


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="eval.reliability audit", description=__doc__)
    parser.add_argument("--answers", type=int, default=5000)
    parser.add_argument("--flips", type=int, default=3000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="kb-audit-") as folder:
        home = Path(folder) / "home"
        library, assistant, rate = filled(home, options.answers)
        print(f"记账：每秒 {rate:.0f} 条（每条落盘后才返回）")
        began = time.perf_counter()
        report = verify_all(assistant.ledger.stream(), library.store).json()
        spent = time.perf_counter() - began
        print(f"复核引文：{report['checked']} 条用 {spent:.1f} 秒，每分钟 {report['checked'] / spent * 60:,.0f} 条")
        began = time.perf_counter()
        chain = assistant.ledger.verify_chain()
        spent = time.perf_counter() - began
        print(f"查链：{chain.records} 条记录用 {spent:.1f} 秒，每分钟 {chain.records / spent * 60:,.0f} 条；完整：{chain.ok}")
        small = Path(folder) / "small"
        _, few, _ = filled(small, 101)
        library.store.engine.dispose()
        few.ledger.engine.dispose()
        copy = Path(folder) / "copy"
        shutil.copytree(small, copy)
        tried, found = flips(copy, few.ledger.key, options.flips, options.seed)
        print(f"翻转账本里的单个比特 {tried} 次，发现 {found} 次")
    return 0 if chain.ok and tried == found else 1


if __name__ == "__main__":
    sys.exit(main())
