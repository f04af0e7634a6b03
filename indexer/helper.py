"""A second interpreter over the same data folder, for when many ask at once.

One interpreter lets one thread run at a time, so a second processor stands idle however many ask. A helper is
a process that has opened the library as well and only reads: it searches and answers with the same code, from
the very edition of the library that it is told, and writes nothing. Whatever it cannot do (it is not up to
date, it failed, it has ended) is done here instead, so nothing depends on it but the speed.

    python -m indexer.helper DESCRIPTOR    (run by `Seats`; the socket of that number is its only connection)
"""

from __future__ import annotations

import gc
import logging
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from multiprocessing.connection import Connection, Pipe
from typing import Any, Final, Literal, TypeVar

from kb.errors import KBError
from kb.model import Filters, Hit, Mode, Question
from kb.settings import Settings

from .assistant import Assistant, Worked
from .library import Edition, Library

T = TypeVar("T")
log = logging.getLogger("kb.helper")
Call = Literal["search", "answer"]
READY: Final = "ready"  # can be asked
LATER: Final = "later"  # has not the edition asked for; READY follows once it has opened what is newest
DONE: Final = "done"  # followed by the result
FAILED: Final = "failed"
AGAIN = 30.0  # seconds a helper must have lived for another to be started in its place


class Seats:
    """Where a question is worked out: here, on as many threads as there are processors, or in a helper.

    Each helper takes the place of one thread here. Safe to share between threads.
    """

    def __init__(self, library: Library, helpers: int, processors: int | None = None) -> None:
        self._library = library
        self._processors = processors or os.cpu_count() or 1
        self._wanted = min(helpers, self._processors - 1)
        self._change = threading.Condition()
        self._here = 0  # threads at work here
        self._ready: set[_Helper] = set()
        self._idle: list[_Helper] = []  # those of the ready with nothing to do
        self._all: set[_Helper] = set()
        self._closed = False

    def start(self) -> None:
        """Begin to start the helpers; returns at once, until they are ready all is done here."""
        for _ in range(self._wanted):
            threading.Thread(target=self._start_one, name="kb-helper", daemon=True).start()

    def close(self) -> None:
        with self._change:
            self._closed = True
            gone = list(self._all)
            self._ready, self._idle, self._all = set(), [], set()
            self._change.notify_all()
        for helper in gone:
            helper.end()

    @property
    def ready(self) -> int:
        """Helpers that can be asked."""
        return len(self._ready)

    def work(self, call: Call, arguments: tuple[Any, ...], here: Callable[[], T]) -> T:
        """What `here()` gives, of which a helper may do the work.

        `here` must be that call with those arguments on this library, and change nothing.
        """
        edition = self._library.edition()
        helper = self._take()
        if helper is None:
            return self._done_here(here)
        try:
            done, result = helper.ask(edition, call, arguments, self._library.settings.request_seconds)
        except Exception as error:  # whatever has become of it: the question is answered here
            self._lose(helper, error)
            done, result = FAILED, None
        else:
            self._give_back(helper, done)
        if done == DONE:
            return result  # type: ignore[no-any-return]
        with self._change:
            self._here += 1
        return self._done_here(here)

    # ---- seats ---------------------------------------------------------------------------

    def _take(self) -> _Helper | None:
        """A seat: a helper's, or, counted in `_here`, one here (None)."""
        with self._change:
            while True:
                if self._here < max(1, self._processors - len(self._ready)):
                    self._here += 1
                    return None
                if self._idle and not self._library.at_work:
                    return self._idle.pop()
                self._change.wait()

    def _done_here(self, here: Callable[[], T]) -> T:
        try:
            return here()
        finally:
            with self._change:
                self._here -= 1
                self._change.notify()

    def _give_back(self, helper: _Helper, done: str) -> None:
        if done == LATER:
            with self._change:
                self._ready.discard(helper)
                self._change.notify()
            threading.Thread(target=self._await, args=(helper,), name="kb-helper", daemon=True).start()
            return
        with self._change:
            if helper in self._ready:
                self._idle.append(helper)
            self._change.notify()

    # ---- helpers -------------------------------------------------------------------------

    def _start_one(self) -> None:
        try:
            helper = _Helper(self._library.settings)
        except OSError as error:
            log.warning("helper not started: %s", error)
            return
        with self._change:
            closed = self._closed
            if not closed:
                self._all.add(helper)
        if closed:
            helper.end()
            return
        self._await(helper)

    def _await(self, helper: _Helper) -> None:
        """Until it says that it is ready; then it has a seat."""
        try:
            helper.become_ready()
        except Exception as error:
            self._lose(helper, error)
            return
        with self._change:
            if helper in self._all:
                self._ready.add(helper)
                self._idle.append(helper)
            self._change.notify()

    def _lose(self, helper: _Helper, why: Exception) -> None:
        """Do without one that does not answer; where it lived for a while, start another."""
        with self._change:
            known = helper in self._all
            self._all.discard(helper)
            self._ready.discard(helper)
            self._change.notify_all()
        helper.end()
        if not known or self._closed:
            return
        log.warning("helper lost: %s", type(why).__name__)
        if helper.age > AGAIN:
            threading.Thread(target=self._start_one, name="kb-helper", daemon=True).start()


class _Helper:
    """The process, seen from here. One thread at a time speaks with it."""

    def __init__(self, settings: Settings) -> None:
        self._began = time.monotonic()
        self._connection, theirs = Pipe()
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, "-m", __name__, str(theirs.fileno())],
                pass_fds=(theirs.fileno(),), stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
            )  # fmt: skip
        self._connection.send(settings)

    @property
    def age(self) -> float:
        """Seconds since it was started."""
        return time.monotonic() - self._began

    def become_ready(self) -> None:
        if self._connection.recv() != READY:
            raise EOFError

    def ask(self, edition: Edition, call: Call, arguments: tuple[Any, ...], seconds: float) -> tuple[str, Any]:
        """(DONE, result), (LATER, None) or (FAILED, None). Raises where it has ended, or takes too long."""
        self._connection.send((edition, call, arguments))
        if not self._connection.poll(seconds):
            raise TimeoutError
        done, result = self._connection.recv()
        return done, result

    def end(self) -> None:
        self._connection.close()  # what it waits for
        self._process.kill()
        self._process.wait()


# ---- the other side --------------------------------------------------------------------


def main(descriptor: int) -> int:
    """Answer what comes over a socket until its other end is closed."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the service, which then closes the socket
    connection = Connection(descriptor)
    try:
        settings: Settings = connection.recv()
        library = Library(settings)
        assistant = Assistant(library, remembered=0)
        library.search("政策", k=1)
        gc.collect()
        gc.freeze()
        connection.send(READY)
        while True:
            edition, call, arguments = connection.recv()
            _answer(connection, library, assistant, edition, call, arguments)
    except (EOFError, OSError):
        return 0
    except KBError as error:
        log.warning("helper: %s", error)
        return 1


def _answer(
    connection: Connection, library: Library, assistant: Assistant, edition: Edition, call: Call,
    arguments: tuple[Any, ...],
) -> None:  # fmt: skip
    if library.edition_open() == edition:
        with library.held():
            if library.edition() == edition:
                connection.send(_worked_out(library, assistant, call, arguments))
                return
    connection.send((LATER, None))
    library.searcher()
    connection.send(READY)


def _worked_out(library: Library, assistant: Assistant, call: Call, arguments: tuple[Any, ...]) -> tuple[str, Any]:
    try:
        return DONE, _CALLS[call](library, assistant, *arguments)
    except Exception:  # it is done again where it can be told
        return FAILED, None


def _search(
    library: Library, _: Assistant, text: str, filters: Filters, k: int, mode: Mode
) -> tuple[Hit, ...]:
    return tuple(library.search(text, filters, k, mode))


def _answered(_: Library, assistant: Assistant, question: Question) -> Worked:
    return assistant.worked_out(question)


_CALLS: dict[Call, Callable[..., Any]] = {"search": _search, "answer": _answered}


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1])))
