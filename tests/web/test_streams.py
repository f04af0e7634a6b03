"""Fifty people ask at once: nobody is turned away, and everybody gets an answer."""

from __future__ import annotations

from .streams import measure


def test_fifty_streaming_conversations_run_at_once_without_an_error(server: str) -> None:
    figures = measure(server, conversations=50, questions=2, pause=2.0)
    for way, answers in (("together", 50), ("paced", 100)):
        assert figures[way]["first_errors"] == []
        assert figures[way]["answers"] == answers
    assert (
        figures["paced"]["median_ms"] < 3000
    )  # the machine may be busy: `python -m tests.web.streams` measures
