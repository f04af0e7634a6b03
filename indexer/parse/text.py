"""Plain text files."""

from __future__ import annotations

from kb.model import Parsed

from .decode import decode
from .draft import LINE_END, Draft, closed_up
from .unwrap import unwrap


class TextParser:
    """`.txt`: any of the usual encodings; hard-wrapped lines become paragraphs again."""

    suffixes: tuple[str, ...] = (".txt", ".text", ".log")

    def parse(self, data: bytes, name: str) -> Parsed:
        return parsed_text(decode(data, name))


def parsed_text(text: str, title: str | None = None, front: dict[str, str] | None = None) -> Parsed:
    """Plain characters as a document, one paragraph a line."""
    draft = Draft()
    for paragraph in unwrap(LINE_END.split(text)):
        draft.line(closed_up(paragraph))
    return draft.parsed(title, front)
