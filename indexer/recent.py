"""What was worked out lately, so that what many people ask is worked out once."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from concurrent.futures import Future
from typing import Generic, TypeVar

T = TypeVar("T")


class Recent(Generic[T]):
    """The last results by what was asked. Safe to share between threads.

    Of those who ask for the same at one moment one works it out and the others wait for it. What fails
    is not kept.
    """

    def __init__(self, most: int) -> None:
        self.most = most
        self._known: OrderedDict[Hashable, Future[T]] = OrderedDict()
        self._state: Hashable = None  # of the world the results hold for
        self._turn = threading.Lock()

    def get(self, state: Hashable, key: Hashable, work: Callable[[], T]) -> T:
        """The result of `work`, or of another's for the same key. In another state of the world nothing
        that was known holds any more."""
        mine: Future[T] = Future()
        with self._turn:
            if state != self._state:
                self._known.clear()
                self._state = state
            known = self._known.setdefault(key, mine)
            self._known.move_to_end(key)
            while len(self._known) > self.most:
                self._known.popitem(last=False)
        if known is not mine:
            return known.result()
        try:
            mine.set_result(work())
        except BaseException as error:
            with self._turn:
                if self._known.get(key) is mine:
                    del self._known[key]
            mine.set_exception(error)
            raise
        return mine.result()

    def forget(self) -> None:
        with self._turn:
            self._known.clear()
