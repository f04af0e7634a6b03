"""Words cut in another process are the words cut here, whatever becomes of that process."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import psutil
import pytest
from library_samples import notice, opened, put

from indexer import cutting
from indexer.cutting import Cutter, Fields, fields_of
from indexer.library import Library
from indexer.words import Words
from kb.store import IndexRow

ROWS = [
    IndexRow(n, 1, "停车办法", "浙政发〔2023〕1号", f"第{n}条", f"第{n}条　停车应当在{n}日内登记，收费5元。")
    for n in range(1, 9)
]
BATCHES = [ROWS[:3], ROWS[3:6], ROWS[6:]]


@pytest.fixture
def many(monkeypatch: pytest.MonkeyPatch) -> None:
    """A few passages count as many."""
    monkeypatch.setattr(cutting, "MANY", 2)
    monkeypatch.setattr(os, "cpu_count", lambda: 2)


def cut(words: Words, count: int = 8) -> list[Fields]:
    with Cutter(words, count) as cutter:
        return [fields for _, one in cutter.each(BATCHES) for fields in one.done()]


@pytest.mark.usefixtures("many")
def test_cut_elsewhere_is_as_cut_here(tmp_path: Path) -> None:
    own = tmp_path / "lexicon.txt"
    own.write_text("日内登记\n", "utf-8")
    for words in (Words(), Words(own)):
        assert cut(words) == fields_of(ROWS, words)
    assert "日内登记" in cut(Words(own))[0].words.split()
    assert "浙政发〔2023〕1号" in cut(Words())[0].title.split()


@pytest.mark.usefixtures("many")
def test_each_batch_comes_with_its_own_words_in_order() -> None:
    words = Words()
    with Cutter(words, 8) as cutter:
        got = [(list(batch), one.done()) for batch, one in cutter.each(BATCHES)]
    assert got == [(batch, fields_of(batch, words)) for batch in BATCHES]


@pytest.mark.usefixtures("many")
def test_a_lexicon_that_changes_meanwhile_is_not_mixed_in(tmp_path: Path) -> None:
    own = tmp_path / "lexicon.txt"
    own.write_text("日内登记\n", "utf-8")
    words = Words(own)
    own.write_text("应当在\n", "utf-8")
    assert cut(words) == fields_of(ROWS, words)


@pytest.mark.usefixtures("many")
def test_what_a_killed_process_leaves_is_cut_here() -> None:
    words = Words()
    with Cutter(words, 8) as cutter:
        each = cutter.each(BATCHES)
        fields = next(each)[1].done()
        assert cutter._elsewhere is not None
        for pid in list(cutter._elsewhere._processes):
            psutil.Process(pid).send_signal(signal.SIGKILL)
        fields += [found for _, one in each for found in one.done()]
    assert fields == fields_of(ROWS, words)


def test_it_ends_with_the_one_it_works_for() -> None:
    script = (
        "import os, time\nos.cpu_count = lambda: 2\nfrom indexer.cutting import Cutter\nfrom indexer.words import Words\n"
        "from kb.store import IndexRow\nwith Cutter(Words(), 10**6) as cutter:\n"
        "    next(cutter.each([[IndexRow(1, 1, '', '', '', '停车')]]))[1].done()\n"
        "    print(*cutter._elsewhere._processes, flush=True)\n    time.sleep(600)\n"
    )
    with subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True) as owner:
        assert owner.stdout is not None
        [worker] = map(psutil.Process, map(int, owner.stdout.readline().split()))
        owner.kill()
    worker.wait(60)


def test_few_passages_or_one_processor_need_no_process(monkeypatch: pytest.MonkeyPatch) -> None:
    assert Cutter(Words(), 8)._elsewhere is None
    monkeypatch.setattr(os, "cpu_count", lambda: 1)
    assert Cutter(Words(), 10**6)._elsewhere is None


@pytest.mark.usefixtures("many")
def test_an_index_built_with_two_processes_finds_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def library(name: str) -> Library:
        made = opened(tmp_path / name, workers=1)
        put(made, {f"{n}.md": notice(f"停车办法之{n}", "停车应当登记。", f"收费{n}元。") for n in range(6)})
        return made

    two = library("two")
    monkeypatch.setattr(cutting, "MANY", 10**9)
    one = library("one")
    asked = ("停车收费", "登记", "办法之3")
    for text in asked:
        found = [[(h.document.title, round(h.score, 5)) for h in made.search(text)] for made in (one, two)]
        assert found[0] == found[1] and found[0]
