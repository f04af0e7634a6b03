"""A second interpreter over the same data folder, for when many ask at once.

One interpreter lets one thread run at a time, so a second processor stands idle however many ask. A helper is
a process that has opened the library as well and only reads: it searches and answers with the same code, from
the very edition of the library that it is told, and writes nothing. Whatever it cannot do (it is not up to
date, it failed, it has ended) is done here instead, so nothing depends on it but the speed.

    python -m indexer.helper DESCRIPTOR…    (run by `Seats`; the sockets of these numbers are all it knows)
"""

from __future__ import annotations

import copyreg
import gc
import logging
import os
import pickle
import select
import signal
import socket
import struct
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import fields
from typing import Any, Final, Literal, TypeVar

from kb.errors import KBError
from kb.model import Answer, Citation, Claim, Document, Filters, Hit, Mode, Question
from kb.settings import Settings

from .assistant import Assistant, Worked
from .library import Edition, Library

T = TypeVar("T")
log = logging.getLogger("kb.helper")
Call = Literal["search", "answer"]
READY: Final = "ready"  # can be asked
LATER: Final = "later"  # has not the edition asked for; READY follows once it has opened what is newest
DONE: Final = "done"  # comes with the result
FAILED: Final = "failed"
LINES = 2  # to a helper: while it works on one question, the next has arrived
AGAIN = 30.0  # seconds a helper must have lived for another to be started in its place
_LENGTH = struct.Struct("!Q")  # stands before every message
_WAIT = struct.Struct("ll")  # a `timeval`
_PIECE = 1 << 16  # bytes read at once; most messages are shorter


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
        self._idle: list[_Line] = []
        self._helpers: set[_Helper] = set()
        self._closed = False

    def start(self) -> None:
        """Begin to start the helpers; returns at once, until they are ready all is done here."""
        for _ in range(self._wanted):
            _in_background(self._start_one)

    def close(self) -> None:
        """End the helpers. What is asked after it is done here."""
        with self._change:
            self._closed = True
            gone, self._helpers, self._idle = self._helpers, set(), []
            self._change.notify_all()
        for helper in gone:
            helper.end()

    @property
    def ready(self) -> int:
        """Helpers that can be asked."""
        return sum(helper.usable > 0 for helper in self._helpers)

    def work(self, call: Call, arguments: tuple[Any, ...], here: Callable[[], T]) -> T:
        """What `here()` gives, of which a helper may do the work.

        `here` must be that call with those arguments on this library, and change nothing.
        """
        edition = self._library.edition()
        line = self._take()
        if line is not None:
            done, result = self._ask(line, (edition, call, arguments))
            if done == DONE:
                return result  # type: ignore[no-any-return]
            with self._change:
                self._here += 1
        try:
            return here()
        finally:
            with self._change:
                self._here -= 1
                self._change.notify()

    # ---- seats ---------------------------------------------------------------------------

    def _take(self) -> _Line | None:
        """A seat: a line to a helper, or, counted in `_here`, one here (None)."""
        with self._change:
            while True:
                alone = self._library.at_work  # the edition in use is no longer the one a helper would open
                if self._here < max(1, self._processors - (0 if alone else self.ready)):
                    self._here += 1
                    return None
                if self._idle and not alone:
                    return self._idle.pop(0)
                self._change.wait()

    def _ask(self, line: _Line, message: tuple[Edition, Call, tuple[Any, ...]]) -> tuple[str, Any]:
        try:
            line.send(message)
            done, result = line.receive()
        except Exception as error:  # whatever has become of it: the question is answered here
            self._lose(line.helper, error)
            return FAILED, None
        if done == LATER:
            with self._change:
                line.helper.usable -= 1
                self._change.notify()
            _in_background(self._await, line)
        else:
            self._free(line)
        return done, result

    def _free(self, line: _Line) -> None:
        with self._change:
            if line.helper in self._helpers:
                self._idle.append(line)
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
                self._helpers.add(helper)
        if closed:
            helper.end()
            return
        for line in helper.lines:
            self._await(line)

    def _await(self, line: _Line) -> None:
        """Until the helper says on this line that it is ready; then it can be used."""
        try:
            if line.receive(patient=True) != READY:
                raise EOFError
        except Exception as error:
            self._lose(line.helper, error)
            return
        with self._change:
            line.helper.usable += 1
        self._free(line)

    def _lose(self, helper: _Helper, why: Exception) -> None:
        """Do without one that does not answer; where it lived for a while, start another."""
        with self._change:
            known = helper in self._helpers
            self._helpers.discard(helper)
            self._idle = [line for line in self._idle if line.helper is not helper]
            self._change.notify_all()
        helper.end()
        if not known or self._closed:
            return
        log.warning("helper lost: %s", type(why).__name__)
        if helper.age > AGAIN:
            _in_background(self._start_one)


def _in_background(work: Callable[..., None], *arguments: Any) -> None:
    threading.Thread(target=work, args=arguments, name="kb-helper", daemon=True).start()


class _Helper:
    """The process, seen from here."""

    def __init__(self, settings: Settings) -> None:
        self._began = time.monotonic()
        self.usable = 0  # lines
        pairs = [socket.socketpair() for _ in range(LINES)]
        self.lines = [_Line(ours, settings.request_seconds, self) for ours, _ in pairs]
        numbers = [theirs.fileno() for _, theirs in pairs]
        self._process = subprocess.Popen(
            [sys.executable, "-m", __name__, *map(str, numbers)],
            pass_fds=numbers, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
        )  # fmt: skip
        for _, theirs in pairs:
            theirs.close()
        self.lines[0].send(settings)

    @property
    def age(self) -> float:
        """Seconds since it was started."""
        return time.monotonic() - self._began

    def end(self) -> None:
        """Whoever waits for it hears that it is gone."""
        self._process.kill()
        self._process.wait()
        for line in self.lines:
            line.close()


class _Line:
    """One end of a connection between the two. One thread at a time speaks on it.

    A whole message goes out in one call and, if short, comes in in one: after each the interpreter has to be
    waited for.
    """

    def __init__(self, connection: socket.socket, seconds: float = 0.0, helper: Any = None) -> None:
        self.helper: _Helper = helper
        self._connection = connection
        connection.setsockopt(
            socket.SOL_SOCKET, socket.SO_RCVTIMEO, _WAIT.pack(int(seconds), int(seconds % 1 * 1_000_000))
        )

    def close(self) -> None:
        self._connection.close()

    def send(self, message: object) -> None:
        body = pickle.dumps(message, pickle.HIGHEST_PROTOCOL)
        self._connection.sendall(_LENGTH.pack(len(body)) + body)

    def receive(self, patient: bool = False) -> Any:
        """The next message. Raises `EOFError` where the other end is gone, and, unless `patient`, `OSError` where
        none comes in time."""
        data = b""
        while len(data) < _LENGTH.size or len(data) < _LENGTH.size + _LENGTH.unpack_from(data)[0]:
            try:
                piece = self._connection.recv(_PIECE)
            except BlockingIOError:
                if patient:
                    continue
                raise
            if not piece:
                raise EOFError
            data += piece
        return pickle.loads(memoryview(data)[_LENGTH.size :])


def _plainly(kind: type[Any]) -> None:
    """Pickle a frozen dataclass as the call that makes it: a third of the time."""
    names = [field.name for field in fields(kind)]
    copyreg.pickle(kind, lambda value: (kind, tuple(getattr(value, name) for name in names)))


for _kind in (Answer, Citation, Claim, Document, Filters, Hit, Question):
    _plainly(_kind)


# ---- the other side --------------------------------------------------------------------


def main(descriptors: Sequence[int]) -> int:
    """Answer what comes over some sockets until their other ends are closed."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the service, which then ends this
    lines = {number: _Line(socket.socket(fileno=number)) for number in descriptors}
    try:
        settings: Settings = lines[descriptors[0]].receive()
        library = Library(settings)
        assistant = Assistant(library, remembered=0)
        library.search("政策", k=1)
        gc.collect()
        gc.freeze()
        for line in lines.values():
            line.send(READY)
        waiting = select.poll()
        for number in lines:
            waiting.register(number, select.POLLIN)
        while True:
            for number, _ in waiting.poll():
                _answer(lines[number], library, assistant)
    except (EOFError, OSError):
        return 0
    except KBError as error:
        log.warning("helper: %s", error)
        return 1


def _answer(line: _Line, library: Library, assistant: Assistant) -> None:
    edition, call, arguments = line.receive()
    if library.edition_open() == edition:
        with library.held():
            if library.edition() == edition:
                line.send(_worked_out(library, assistant, call, arguments))
                return
    line.send((LATER, None))
    library.searcher()
    line.send(READY)


def _worked_out(library: Library, assistant: Assistant, call: Call, arguments: tuple[Any, ...]) -> tuple[str, Any]:
    try:
        return DONE, _CALLS[call](library, assistant, *arguments)
    except Exception:  # it is done again where it can be told
        return FAILED, None


def _search(library: Library, _: Assistant, text: str, filters: Filters, k: int, mode: Mode) -> tuple[Hit, ...]:
    return tuple(library.search(text, filters, k, mode))


def _answered(_: Library, assistant: Assistant, question: Question) -> Worked:
    return assistant.worked_out(question)


_CALLS: dict[Call, Callable[..., Any]] = {"search": _search, "answer": _answered}


if __name__ == "__main__":
    sys.exit(main([int(number) for number in sys.argv[1:]]))
