"""The running service: one library, opened once, and the threads that work on it."""

from __future__ import annotations

import asyncio
import gc
import logging
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import date
from typing import Any, TypeVar

from indexer.adding import parse_pool
from indexer.assistant import Assistant
from indexer.helper import Seats
from indexer.library import Library
from indexer.parse import ParsePool
from indexer.recent import Recent
from kb.access import Keys, RateLimiter
from kb.errors import KBError, TooBusy
from kb.model import Filters, Hit, Mode
from kb.settings import Settings

from .metrics import Metrics
from .problems import NotReady, TookTooLong

T = TypeVar("T")
log = logging.getLogger("kb.service")


class Service:
    """Everything a request needs. Built when the application starts, ready once `load` is done."""

    def __init__(self, settings: Settings, library: Library | None = None) -> None:
        self.settings = settings
        self.metrics = Metrics()
        self.limiter = RateLimiter()
        self.trouble: str | None = None  # why loading failed
        self.stopping = False
        self._library = library
        self._assistant: Assistant | None = None
        self._seats: Seats | None = None
        self._keys: Keys | None = None
        self._pool: ParsePool | None = None
        self._pool_lock = threading.Lock()
        self._searches: Recent[tuple[Hit, ...]] = Recent(settings.remembered)
        self._threads = ThreadPoolExecutor(settings.concurrency, thread_name_prefix="kb")
        self._under_way = 0  # calls running or waiting; touched in the event loop only
        self._loaded = threading.Event()

    # ---- loading and stopping ------------------------------------------------------------

    def load(self) -> None:
        """Open the library and warm what the first question would wait for."""
        try:
            library = self._library or Library(self.settings)
            self._library = library
            self._keys = Keys(library.store.engine)
            self._seats = Seats(library, self.settings.helpers)
            self._assistant = Assistant(library, seats=self._seats)
            library.searcher()
            library.search("政策", k=1)
            self.metrics.follow(library)
            gc.freeze()  # what is loaded stays; the collector need not walk it again
            self._seats.start()
        except KBError as error:
            self.trouble = str(error)
        except Exception as error:
            log.error("loading failed", exc_info=error)
            self.trouble = "打开数据目录时出错，已记入日志；请运行 `kb doctor` 检查"
        gc.enable()  # `kb serve` starts without: nothing that is loaded becomes garbage
        self._loaded.set()
        if self.trouble is None and not self.stopping:
            quietly(self._look_ahead)

    def _look_ahead(self) -> None:
        """What the first change, or the first question about another day, would wait for."""
        assert self._library is not None
        self._library.verdicts(date.today())

    def close(self) -> None:
        """Let what is running finish, then end the workers."""
        self.stopping = True
        self._threads.shutdown(wait=True, cancel_futures=True)
        if self._seats is not None:
            self._seats.close()
        with self._pool_lock:
            if self._pool is not None:
                self._pool.close(at_once=True)
                self._pool = None

    def check_ready(self) -> None:
        """Raise `NotReady` with the reason while questions cannot be answered."""
        if self.stopping:
            raise NotReady("服务正在停止")
        if not self._loaded.is_set():
            raise NotReady("正在打开数据目录、加载索引；请稍候")
        if self.trouble is not None:
            raise NotReady(self.trouble)

    # ---- parts ---------------------------------------------------------------------------

    @property
    def library(self) -> Library:
        self.check_ready()
        assert self._library is not None
        return self._library

    @property
    def assistant(self) -> Assistant:
        self.check_ready()
        assert self._assistant is not None
        return self._assistant

    @property
    def keys(self) -> Keys:
        self.check_ready()
        assert self._keys is not None
        return self._keys

    def search(self, text: str, filters: Filters, k: int, mode: Mode) -> tuple[Hit, ...]:
        """As `Library.search`; what many look for is worked out once for as long as nothing changes."""
        asked = (text, filters, k, mode)
        with self.library.held():
            state = (self.library.version(), date.today())
            return self._searches.get(state, asked, lambda: self._searched(asked))

    def _searched(self, asked: tuple[str, Filters, int, Mode]) -> tuple[Hit, ...]:
        assert self._seats is not None
        return self._seats.work("search", asked, lambda: tuple(self.library.search(*asked)))

    def forget(self) -> None:
        """Drop what is remembered of questions and searches."""
        self._searches.forget()
        self.assistant.forget()

    def pool(self) -> ParsePool:
        """Worker processes for strangers' files, started at the first."""
        with self._pool_lock:
            if self._pool is None:
                self._pool = parse_pool(self.library)
            return self._pool

    # ---- work ----------------------------------------------------------------------------

    def submit(self, work: Callable[[], T]) -> Future[T]:
        """Start blocking work, or raise `TooBusy` where too much is waiting already."""
        self.check_ready()
        most = self.settings.concurrency + self.settings.queue
        if self._under_way >= most:
            self.metrics.rejected.inc()
            raise TooBusy("同时处理的请求太多；请稍后重试")
        loop = asyncio.get_running_loop()
        self._under_way += 1
        self.metrics.under_way.set(self._under_way)
        future = self._threads.submit(work)
        future.add_done_callback(lambda _: self._over(loop))
        return future

    def _over(self, loop: asyncio.AbstractEventLoop) -> None:
        def count() -> None:
            self._under_way -= 1
            self.metrics.under_way.set(self._under_way)

        if not loop.is_closed():
            loop.call_soon_threadsafe(count)

    async def run(self, work: Callable[[], T], seconds: float | None = None) -> T:
        """Blocking work in a thread, within the time of a request.

        A thread cannot be stopped: work that overruns keeps its place until it ends, the caller is told.
        """
        limit = self.settings.request_seconds if seconds is None else seconds
        future = asyncio.wrap_future(self.submit(work))
        done, _ = await asyncio.wait({future}, timeout=limit)
        if not done:
            future.cancel()
            raise TookTooLong(f"处理超过 {limit:g} 秒，已放弃；请稍后重试，或把请求拆小")
        return future.result()


class Stopwatch:
    """Milliseconds since it was made."""

    def __init__(self) -> None:
        self._began = time.perf_counter()

    @property
    def ms(self) -> float:
        return round((time.perf_counter() - self._began) * 1000, 2)


def quietly(work: Callable[[], Any]) -> None:
    """Background work whose failure is logged and stops nothing."""
    try:
        work()
    except Exception as error:
        log.error("background work failed", exc_info=error)
