"""Past answers that no longer stand after a change are told to the webhook of the settings."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from indexer.library import Library
from indexer.shaken import shaken
from kb.ledger import Ledger
from kb.verify import AnswerReport

from .service import quietly

if TYPE_CHECKING:
    from .service import Service

SECONDS = 10.0


def message(doc_ids: Sequence[str], answers: Sequence[AnswerReport]) -> dict[str, Any]:
    """What the webhook gets: the documents that changed, the answers they shake and why."""
    return {"event": "answers_shaken", "documents": list(doc_ids), "answers": [one.json() for one in answers]}


def tell(url: str, doc_ids: Sequence[str], answers: Sequence[AnswerReport]) -> None:
    import httpx

    if answers:
        reply = httpx.post(url, json=message(doc_ids, answers), timeout=SECONDS, follow_redirects=False)
        reply.raise_for_status()


def notify(service: Service, doc_ids: Sequence[str]) -> None:
    """In the background, and only where a webhook is set."""
    url = service.settings.webhook
    if not url or not doc_ids:
        return

    def work() -> None:
        tell(url, doc_ids, shaken(service.library, service.assistant.ledger, doc_ids))

    threading.Thread(target=quietly, args=(work,), name="kb-webhook", daemon=True).start()


def told_by_command(library: Library, ledger: Ledger, doc_ids: Sequence[str]) -> tuple[AnswerReport, ...]:
    """The answers shaken by a command, told to the webhook too; a deaf webhook stops nothing."""
    answers = shaken(library, ledger, doc_ids)
    if answers and library.settings.webhook:
        quietly(lambda: tell(library.settings.webhook, doc_ids, answers))
    return answers
