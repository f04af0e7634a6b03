"""Past answers that no longer stand after a change are told to the webhook of the settings."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from kb.listing import AnswerFilters
from kb.verify import verify_all

from .service import quietly

if TYPE_CHECKING:
    from .service import Service

SECONDS = 10.0


def shaken(service: Service, doc_ids: Sequence[str]) -> dict[str, Any]:
    """The answers resting on these documents that need review or have fallen."""
    ledger, store = service.assistant.ledger, service.library.store
    ids = sorted({id for doc_id in doc_ids for id in ledger.resting_on(doc_id)})
    report = (
        verify_all(ledger.stream(AnswerFilters(ids=tuple(ids))), store).json() if ids else {"answers": []}
    )
    return {
        "event": "answers_shaken",
        "documents": list(doc_ids),
        "answers": [one for one in report["answers"] if one["standing"] != "stands"],
    }


def notify(service: Service, doc_ids: Sequence[str]) -> None:
    """In the background, and only where a webhook is set."""
    url = service.settings.webhook
    if not url or not doc_ids:
        return

    def tell() -> None:
        import httpx

        found = shaken(service, doc_ids)
        if found["answers"]:
            httpx.post(url, json=found, timeout=SECONDS, follow_redirects=False)

    threading.Thread(target=quietly, args=(tell,), name="kb-webhook", daemon=True).start()
