"""A question on its way through a thread, its events on their way to the one who asked."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import AsyncIterator
from typing import Any

from kb.access import Caller
from kb.model import Answer, Question
from kb.privacy import mask

from .problems import TookTooLong
from .service import Service

log = logging.getLogger("kb.service")
END = ""  # the name of the event after the last


class Conversation:
    """One question of one caller; measures its stages."""

    def __init__(self, service: Service, question: Question, caller: Caller) -> None:
        self.service = service
        self.question = question
        self.caller = caller
        self._began = time.perf_counter()
        self._claimed = False

    def answer(self, tell: Any = None) -> Answer:
        """Blocking. `tell(name, value)` hears of hits and claims as they come."""
        metrics = self.service.metrics

        def on_event(name: str, value: object) -> None:
            if name == "hits":
                metrics.stages.labels("search").observe(self._seconds)
            elif name == "claim" and not self._claimed:
                self._claimed = True
                metrics.stages.labels("first_claim").observe(self._seconds)
            if tell is not None:
                tell(name, value)

        answer = self.service.assistant.ask(self.question, self.caller.name, on_event)
        metrics.answered(answer, self._seconds)
        if self.service.settings.log_questions:
            text = mask(self.question.text) if self.service.settings.mask_personal else self.question.text
            log.info("question", extra={"question": text, "caller": self.caller.name})
        return answer

    @property
    def _seconds(self) -> float:
        return time.perf_counter() - self._began


async def events(service: Service, question: Question, caller: Caller) -> AsyncIterator[tuple[str, Any]]:
    """Start answering; gives `("hits", …)`, `("claim", …)`…, then `("answer", …)` or `("error", …)`.

    Raises `TooBusy` at once where the question cannot be taken, before any event.
    """
    loop = asyncio.get_running_loop()
    queue: asyncio.Queue[tuple[str, Any]] = asyncio.Queue()

    def tell(name: str, value: object) -> None:
        if not loop.is_closed():
            loop.call_soon_threadsafe(queue.put_nowait, (name, value))

    def work() -> None:
        try:
            tell("answer", Conversation(service, question, caller).answer(tell))
        except Exception as error:
            tell("error", error)
        finally:
            tell(END, None)

    service.submit(work)
    return _until_end(queue, service.settings.request_seconds)


async def _until_end(queue: asyncio.Queue[tuple[str, Any]], seconds: float) -> AsyncIterator[tuple[str, Any]]:
    deadline = asyncio.get_running_loop().time() + seconds
    while True:
        try:
            async with asyncio.timeout_at(deadline):
                name, value = await queue.get()
        except TimeoutError:
            yield "error", TookTooLong(f"处理超过 {seconds:g} 秒，已放弃；请稍后重试")
            return
        if name == END:
            return
        yield name, value
