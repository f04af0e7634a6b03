"""Parsing in separate processes: a file may crash, hang or blow up its worker, and only itself fails.

Workers come from a fork server, so they carry no thread or lock of a running service, and start in
milliseconds once it is up.
"""

from __future__ import annotations

import gc
import os
import threading
import traceback
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import TimeoutError as FutureTimeout
from dataclasses import dataclass
from multiprocessing import spawn
from multiprocessing.context import ForkServerContext, ForkServerProcess
from multiprocessing.process import BaseProcess
from types import TracebackType
from typing import Any, Generic, Protocol, TypeVar

from kb import errors
from kb.errors import BadInput, KBError, TooLarge

from .names import one_line
from .sources import Failure, Source

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)
_MEGABYTE = 1 << 20
_BATCH = 32  # JSON lines handed to a worker at once
_BATCH_BYTES = 100_000
_SELDOM = 50_000  # objects a worker makes between two looks for garbage in rings


@dataclass(frozen=True, slots=True)
class Outcome(Generic[T]):
    """What became of one source: a value, or the error that says why not."""

    source: Source | Failure
    value: T | None = None
    error: KBError | None = None


class Work(Protocol[T_co]):
    """A module-level function of a source; it runs in the worker."""

    def __call__(self, source: Source, /) -> T_co: ...


class _Worker(ForkServerProcess):
    """A process that does not run the caller's main script again.

    Our work lies in modules. A script that adds documents without the `if __name__ == "__main__"`
    guard would otherwise add them again in every worker, and wait for itself.
    """

    _starting = threading.Lock()

    @staticmethod
    def _Popen(process_obj: BaseProcess) -> Any:
        with _Worker._starting:
            whole = spawn.get_preparation_data
            spawn.get_preparation_data = lambda name: {
                key: value for key, value in whole(name).items() if not key.startswith("init_main")
            }
            try:
                return ForkServerProcess._Popen(process_obj)
            finally:
                spawn.get_preparation_data = whole


class WithoutMain(ForkServerContext):
    """Where processes are started that do not run the caller's main script again."""

    Process = _Worker


class ParsePool:
    """A few worker processes with limits on memory and time.

    `memory` is bytes of address space a worker may take beyond what it starts with; `seconds` the
    time one source may take. Safe to share between threads. Use as a context manager or `close()`.
    """

    def __init__(
        self,
        workers: int = 2,
        seconds: float = 60.0,
        memory: int = 1000 * _MEGABYTE,
        preload: tuple[str, ...] = (),
    ) -> None:
        import pebble

        self.workers, self.seconds, self.memory = max(workers, 1), seconds, memory
        context = WithoutMain()
        context.set_forkserver_preload(["indexer.parse.warm", *preload])
        self._pool = pebble.ProcessPool(
            max_workers=self.workers, context=context, initializer=_limit, initargs=(memory,)
        )

    def __enter__(self) -> ParsePool:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close(at_once=error is not None)

    def close(self, at_once: bool = False) -> None:
        """End the workers; `at_once` drops what is not finished."""
        if at_once:
            self._pool.stop()  # type: ignore[no-untyped-call]
        else:
            self._pool.close()  # type: ignore[no-untyped-call]
        self._pool.join()

    def run(self, function: Work[T], source: Source, seconds: float | None = None) -> T:
        """One source now. Raises the source's error."""
        outcome = self._outcome(source, self._submit(function, source, seconds), seconds or self.seconds)
        if outcome.error is not None:
            raise outcome.error
        return outcome.value  # type: ignore[return-value]

    def map(
        self, function: Work[T], sources: Iterable[Source | Failure], ahead: int | None = None
    ) -> Iterator[Outcome[T]]:
        """Outcomes in the order of the sources; at most `ahead` files (or batches of JSON lines) are
        under way at a time.

        Failures among the sources pass through. Nothing raises but a broken pool.
        """
        ahead = ahead or 8 * self.workers
        waiting: deque[tuple[list[Source | Failure], Any]] = deque()
        try:
            for batch in _batches(sources):
                waiting.append((batch, self._submit_batch(function, batch)))
                while len(waiting) >= ahead or (waiting and _done(waiting[0][1])):
                    yield from self._outcomes(function, *waiting.popleft())
            while waiting:
                yield from self._outcomes(function, *waiting.popleft())
        finally:
            for _, task in waiting:
                if task is not None:
                    task.cancel()

    def _submit_batch(self, function: Work[T], batch: list[Source | Failure]) -> Any:
        """The task of a batch; None for a failure, which needs none."""
        if len(batch) > 1:
            return self._pool.schedule(_guarded_all, args=(function, batch), timeout=self.seconds)
        return None if isinstance(batch[0], Failure) else self._submit(function, batch[0], None)

    def _outcomes(self, function: Work[T], batch: list[Source | Failure], task: Any) -> Iterator[Outcome[T]]:
        if len(batch) == 1:
            yield self._outcome(batch[0], task, self.seconds)
            return
        try:
            results = task.result()
        except Exception:  # one of them spoilt it for all: each on its own then
            for source in batch:
                if isinstance(source, Source):
                    yield self._outcome(source, self._submit(function, source, None), self.seconds)
            return
        for source, (code, value) in zip(batch, results, strict=True):
            yield Outcome(source, value=value) if code is None else Outcome(source, error=_error(code, value))

    def _submit(self, function: Work[T], source: Source, seconds: float | None) -> Any:
        return self._pool.schedule(_guarded, args=(function, source), timeout=seconds or self.seconds)

    def _outcome(self, source: Source | Failure, task: Any, seconds: float) -> Outcome[Any]:
        import pebble

        if isinstance(source, Failure):
            return Outcome(source, error=source.error)
        try:
            code, value = task.result()
        except FutureTimeout:
            return Outcome(
                source,
                error=BadInput(f"{source.shown}：{seconds:g} 秒内没有读完，已放弃；请拆分或另存后再添加"),
            )
        except pebble.ProcessExpired:
            return Outcome(
                source,
                error=BadInput(
                    f"{source.shown}：读取时解析进程崩溃（文件损坏或内存超限），已跳过；请另存后再添加"
                ),
            )
        except MemoryError:
            return Outcome(source, error=_out_of_memory(source))
        except Exception as error:  # a result that cannot travel back
            return Outcome(
                source, error=BadInput(f"{source.shown}：无法解析（{type(error).__name__}），已跳过")
            )
        if code is None:
            return Outcome(source, value=value)
        return Outcome(source, error=_error(code, value))


def _batches(sources: Iterable[Source | Failure]) -> Iterator[list[Source | Failure]]:
    """Each source alone, but neighbouring JSON lines together: they are small and there are many."""
    batch: list[Source | Failure] = []
    size = 0
    for source in sources:
        record = isinstance(source, Source) and source.record
        length = len(source.data or b"") if isinstance(source, Source) else 0
        if batch and (not record or len(batch) >= _BATCH or size + length > _BATCH_BYTES):
            yield batch
            batch, size = [], 0
        if record:
            batch.append(source)
            size += length
        else:
            yield [source]
    if batch:
        yield batch


def _done(task: Any) -> bool:
    return task is None or bool(task.done())


def _limit(memory: int) -> None:
    """In a new worker: cap the address space at what it has now plus `memory`; leave Ctrl-C to the parent; look for
    garbage seldom."""
    import signal

    signal.signal(signal.SIGINT, signal.SIG_IGN)
    gc.freeze()  # the parsers stay; and a document makes many objects but few rings of them
    gc.set_threshold(_SELDOM, 20, 20)
    if hasattr(os, "nice"):
        os.nice(10)  # questions go first
    try:
        import resource

        with open("/proc/self/statm", encoding="ascii") as stream:
            now = int(stream.read().split()[0]) * os.sysconf("SC_PAGE_SIZE")
        resource.setrlimit(resource.RLIMIT_AS, (now + memory, now + memory))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    except (ImportError, OSError, ValueError):
        return  # no such limits on this system; the time limit still holds


def _guarded(function: Callable[[Source], Any], source: Source) -> tuple[str | None, Any]:
    """In the worker: (None, value), or (error code, message)."""
    try:
        return None, function(source)
    except KBError as error:
        return error.code, str(error)
    except MemoryError:
        return "too_large", str(_out_of_memory(source))
    except RecursionError:
        return "bad_input", f"{source.shown}：文件结构嵌套过深，已拒绝；请另存后再添加"
    except Exception as error:
        place = traceback.extract_tb(error.__traceback__)[-1]
        detail = one_line(f"{type(error).__name__}: {error}")[:160]
        where = f"{os.path.basename(place.filename)}:{place.lineno}"
        return "bad_input", f"{source.shown}：处理时出错（{detail}，{where}），已跳过；请另存后再添加"


def _guarded_all(function: Callable[[Source], Any], sources: list[Source]) -> list[tuple[str | None, Any]]:
    return [_guarded(function, source) for source in sources]


def _out_of_memory(source: Source) -> TooLarge:
    return TooLarge(f"{source.shown}：解析所需内存超过上限，已跳过；请拆分文件后再添加")


def _error(code: str, message: str) -> KBError:
    for kind in (errors.UnsupportedFormat, errors.TooLarge):
        if kind.code == code:
            return kind(message)
    return BadInput(message)
