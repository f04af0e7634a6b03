"""What a running service does by itself: drop questions that have been kept long enough."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import TYPE_CHECKING

from kb.privacy import erase_questions

from .service import quietly

if TYPE_CHECKING:
    from .service import Service

HOUR = 3600.0


async def keep_tidy(service: Service) -> None:
    """Once an hour, until cancelled."""
    while True:
        await asyncio.sleep(5.0)
        days = service.settings.keep_questions_days
        if days and service.trouble is None:
            await asyncio.to_thread(quietly, partial(_erase, service, days))
        await asyncio.sleep(HOUR)


def _erase(service: Service, days: int) -> None:
    if erase_questions(service.assistant.ledger, days):
        service.forget()
