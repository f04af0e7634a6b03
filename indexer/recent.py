"""Answers worked out lately, so that a question many people ask is worked out once."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from concurrent.futures import Future

from kb.model import Answer

KEPT = 512


class Recent:
    """The last answers by what they depend on. Safe to share between threads.

    Of those who ask for the same at one moment one works it out and the others wait for it. What fails
    is not kept.
    """

    def __init__(self, most: int = KEPT) -> None:
        self.most = most
        self._known: OrderedDict[Hashable, Future[Answer]] = OrderedDict()
        self._turn = threading.Lock()

    def get(self, key: Hashable, work: Callable[[], Answer]) -> tuple[Answer, bool]:
        """The answer, and whether it had been worked out, or was being, for somebody else."""
        mine: Future[Answer] = Future()
        with self._turn:
            known = self._known.setdefault(key, mine)
            self._known.move_to_end(key)
            while len(self._known) > self.most:
                self._known.popitem(last=False)
        if known is not mine:
            return known.result(), True
        try:
            mine.set_result(work())
        except BaseException as error:
            with self._turn:
                if self._known.get(key) is mine:
                    del self._known[key]
            mine.set_exception(error)
            raise
        return mine.result(), False
