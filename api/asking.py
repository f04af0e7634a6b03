"""A question on its way through a thread, its events on their way to the one who asked."""

from __future__ import annotations

import asyncio
import logging
import time
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


class Events:
    """What becomes of one question: `("hits", …)`, `("claim", …)`…, then `("answer", …)` or `("error", …)`.

    `more` says whether the next is there already: what is there together is best sent together.
    """

    def __init__(self, seconds: float) -> None:
        self._loop = asyncio.get_running_loop()
        self._queue: asyncio.Queue[tuple[str, Any]] = asyncio.Queue()
        self._seconds = seconds
        self._deadline = self._loop.time() + seconds
        self._over = False

    def tell(self, name: str, value: object) -> None:
        """Called from the thread at work."""
        if not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._queue.put_nowait, (name, value))

    @property
    def more(self) -> bool:
        return not self._queue.empty()

    def __aiter__(self) -> Events:
        return self

    async def __anext__(self) -> tuple[str, Any]:
        if self._over:
            raise StopAsyncIteration
        try:
            async with asyncio.timeout_at(self._deadline):
                name, value = await self._queue.get()
        except TimeoutError:
            self._over = True
            return "error", TookTooLong(f"处理超过 {self._seconds:g} 秒，已放弃；请稍后重试")
        if name == END:
            self._over = True
            raise StopAsyncIteration
        return name, value


async def events(service: Service, question: Question, caller: Caller) -> Events:
    """Start answering. Raises `TooBusy` at once where the question cannot be taken, before any event."""
    heard = Events(service.settings.request_seconds)

    def work() -> None:
        try:
            heard.tell("answer", Conversation(service, question, caller).answer(heard.tell))
        except Exception as error:
            heard.tell("error", error)
        finally:
            heard.tell(END, None)

    service.submit(work)
    return heard
