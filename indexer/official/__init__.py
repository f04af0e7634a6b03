"""The official metadata of a document (公文要素), each value with the span it was read from."""

from __future__ import annotations

from collections.abc import Mapping

from indexer.official.record import Official
from kb.model import Parsed

__all__ = ["Official", "read_official", "unclear_visibility"]


def read_official(parsed: Parsed, name: str) -> Official:
    """Read a document's official metadata. `name` is the file name it came under.

    Front matter wins over label lines, label lines over detection, the text over the file name.
    Traditional characters are read as their simplified twins, and the words kept are those of the
    document. Never fails: what cannot be read is left out; only title and kind are always there.
    A stated visibility that cannot be read is `restricted`.
    """
    from .reading import read  # its patterns take a tenth of a second; a service may never need them

    return read(parsed, name)


def unclear_visibility(front: Mapping[str, str]) -> str | None:
    """What front matter states of who may see the document, where nothing of it can be read."""
    from .front import unclear_visibility as unclear

    return unclear(front)
