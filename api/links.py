"""Absolute addresses of what the service cites."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from starlette.requests import Request


def base_of(request: Request) -> str:
    """`https://host` without a slash at its end: the setting, or where this request came to."""
    public: str = request.app.state.service.settings.public_url
    return public.rstrip("/") if public else str(request.base_url).rstrip("/")


def span_address(base: str, doc_id: str, revision: int, start: int, end: int) -> str:
    """Where the words `[start, end)` stand, in the revision they were found in."""
    return f"{base}/documents/{doc_id}?revision={revision}#c={start}-{end}"
