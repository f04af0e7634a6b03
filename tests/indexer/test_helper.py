"""A second interpreter: the same answers, of the same edition of the library, and never the reason for none."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest
from library_samples import notice, opened, put, take

from indexer import helper as helpers
from indexer.assistant import Assistant
from indexer.helper import Seats, _Line
from indexer.library import Library
from kb.model import Filters, Hit, Question

ASKED = ("停车", Filters(), 5, "hybrid")
PATIENCE = 60.0


@pytest.fixture
def library(tmp_path: Path) -> Library:
    made = opened(tmp_path / "home", workers=1)
    put(made, {"停车.md": notice("停车办法", "停车应当在三日内登记。")})
    put(made, {"节水.md": notice("节水办法", "用水单位应当每年开展一次水平衡测试。")})
    return made


@pytest.fixture
def seats(library: Library) -> Iterator[Seats]:
    made = Seats(library, 1, processors=2)
    made.start()
    until(lambda: made.ready == 1)
    yield made
    made.close()


def until(true: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def refused() -> Any:
    raise AssertionError("done here, though a helper was free")


def searched(library: Library) -> tuple[Hit, ...]:
    return tuple(library.search(*ASKED))  # type: ignore[arg-type]


class Busy:
    """While entered, the one seat here is taken by another thread."""

    def __init__(self, seats: Seats) -> None:
        self._seats = seats
        self._go, self._taken = threading.Event(), threading.Event()
        self._thread = threading.Thread(target=seats.work, args=("search", ASKED, self._sit))

    def _sit(self) -> None:
        self._taken.set()
        assert self._go.wait(PATIENCE)

    def __enter__(self) -> None:
        self._thread.start()
        assert self._taken.wait(PATIENCE)

    def __exit__(self, *_: object) -> None:
        self._go.set()
        self._thread.join()


def processes() -> list[psutil.Process]:
    return [p for p in psutil.Process().children() if "indexer.helper" in " ".join(p.cmdline())]


def test_it_finds_and_answers_just_what_is_found_and_answered_here(library: Library, seats: Seats) -> None:
    assistant = Assistant(library, remembered=0)
    question = Question("用水单位多久开展一次水平衡测试？")
    with Busy(seats):
        hits = seats.work("search", ASKED, refused)
        answer, told = seats.work("answer", (question,), refused)
    here, told_here = assistant.worked_out(question)
    assert hits == searched(library) and hits
    assert answer.basis == "grounded" and "每年" in answer.text
    assert (answer.text, answer.citations, answer.claims) == (here.text, here.citations, here.claims)
    assert [name for name, _ in told] == [name for name, _ in told_here]


def test_who_asks_alone_is_answered_here(library: Library, seats: Seats) -> None:
    hits = searched(library)
    seats._ask = refused  # type: ignore[assignment]
    assert seats.work("search", ASKED, lambda: hits) is hits


def test_it_answers_from_the_edition_it_is_told(library: Library, seats: Seats) -> None:
    put(library, {"新.md": notice("停车新办法", "停车应当在五日内登记。")})
    with Busy(seats):
        first = seats.work("search", ASKED, lambda: searched(library))  # it is behind: done here
        until(lambda: seats.ready == 1)
        second = seats.work("search", ASKED, refused)
    assert first == second == searched(library)
    assert "停车新办法" in {hit.document.title for hit in second}
    take(library, [next(hit.document.id for hit in second if hit.document.title == "停车新办法")])
    with Busy(seats):
        assert "停车新办法" not in {h.document.title for h in seats.work("search", ASKED, lambda: searched(library))}


def test_an_older_edition_held_is_not_answered_from_a_newer_one(library: Library, seats: Seats) -> None:
    with library.held(), Busy(seats):
        thread = threading.Thread(target=put, args=(library, {"新.md": notice("停车新办法", "停车应当登记。")}))
        thread.start()
        thread.join()
        found = seats.work("search", ASKED, lambda: searched(library))
    assert "停车新办法" not in {hit.document.title for hit in found}


def test_a_helper_that_dies_is_done_without(library: Library, seats: Seats) -> None:
    [process] = processes()
    process.send_signal(signal.SIGKILL)
    with Busy(seats):
        hits = seats.work("search", ASKED, lambda: searched(library))
    assert hits == searched(library)
    assert seats.ready == 0
    threads = [threading.Thread(target=seats.work, args=("search", ASKED, lambda: searched(library))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE)
    assert not any(thread.is_alive() for thread in threads)


def test_another_is_started_where_one_has_lived_for_a_while(
    library: Library, seats: Seats, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(helpers, "AGAIN", 0.0)
    [process] = processes()
    process.kill()
    with Busy(seats):
        seats.work("search", ASKED, lambda: searched(library))
    until(lambda: seats.ready == 1)
    assert processes() != [process]


def test_one_that_hangs_is_ended_and_the_question_answered(library: Library) -> None:
    library.settings = library.settings.model_copy(update={"request_seconds": 0.2})
    seats = Seats(library, 1, processors=2)
    seats.start()
    until(lambda: seats.ready == 1)
    [process] = processes()
    process.suspend()
    with Busy(seats):
        assert seats.work("search", ASKED, lambda: searched(library)) == searched(library)
    until(lambda: not processes())
    seats.close()


def test_what_fails_there_is_told_here(library: Library, seats: Seats) -> None:
    def told() -> None:
        raise ValueError("说清楚")

    with Busy(seats), pytest.raises(ValueError, match="说清楚"):
        seats.work("search", ("停车", None, 5, "hybrid"), told)
    assert seats.ready == 1


def test_closing_ends_it(library: Library) -> None:
    seats = Seats(library, 1, processors=2)
    seats.start()
    until(lambda: seats.ready == 1)
    seats.close()
    assert not processes()
    assert seats.work("search", ASKED, lambda: searched(library)) == searched(library)


def test_one_processor_or_none_wanted_means_none(library: Library) -> None:
    for helpers_wanted, processors in ((1, 1), (0, 8)):
        seats = Seats(library, helpers_wanted, processors)
        seats.start()
        time.sleep(0.1)
        assert not processes()
        assert seats.work("search", ASKED, lambda: searched(library)) == searched(library)


def test_it_ends_with_the_one_it_helps(library: Library, tmp_path: Path) -> None:
    script = (
        "import sys, time\nfrom pathlib import Path\nfrom indexer.helper import Seats\n"
        "from indexer.library import Library\nfrom kb.settings import load_settings\n"
        "seats = Seats(Library(load_settings(Path(sys.argv[1]))), 1, processors=2)\nseats.start()\n"
        "while not seats.ready: time.sleep(0.01)\nprint('ready', flush=True)\ntime.sleep(600)\n"
    )
    command = [sys.executable, "-c", script, str(library.settings.home)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as owner:
        assert owner.stdout is not None and owner.stdout.readline().strip() == "ready"
        [helper] = psutil.Process(owner.pid).children()
        os.kill(owner.pid, signal.SIGKILL)
    helper.wait(PATIENCE)


def test_a_long_message_arrives_whole_and_one_that_is_late_is_an_error() -> None:
    one, other = socket.socketpair()
    here, there = _Line(one, 0.1), _Line(other)
    long = "长" * 1_000_000
    sender = threading.Thread(target=there.send, args=(long,))
    sender.start()
    assert here.receive() == long
    sender.join()
    with pytest.raises(BlockingIOError):
        here.receive()
    there.close()
    with pytest.raises(EOFError):
        here.receive(patient=True)
    here.close()
