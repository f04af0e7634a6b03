"""What people see in the terminal: results on stdout, messages and progress on stderr."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rich.console import Console
    from rich.progress import Progress


class Terminal:
    """The two streams. With `json_mode`, stdout gets one JSON document and nothing else."""

    def __init__(self, json_mode: bool = False) -> None:
        self.json_mode = json_mode

    @cached_property
    def out(self) -> Console:
        """Where results are printed for people; with `json_mode` that is not stdout."""
        from rich.console import Console

        return Console(stderr=self.json_mode, highlight=False, soft_wrap=True)

    @cached_property
    def err(self) -> Console:
        from rich.console import Console

        return Console(stderr=True, highlight=False, soft_wrap=True)

    def give(self, document: Any) -> None:
        """The one JSON document of a command."""
        text = json.dumps(document, ensure_ascii=False, indent=2 if sys.stdout.isatty() else None)
        sys.stdout.write(text.encode("utf-8", "backslashreplace").decode() + "\n")
        sys.stdout.flush()

    def say(self, message: str) -> None:
        """A message for people, on stderr."""
        sys.stderr.write(printable(message) + "\n")
        sys.stderr.flush()

    def fail(self, message: str, code: str) -> None:
        """The one line that says why a command gave nothing."""
        self.say(f"错误：{message}")
        if self.json_mode:
            self.give({"error": {"code": code, "message": message}})

    @contextmanager
    def progress(self) -> Iterator[Progress]:
        """A progress display on stderr; silent where stderr is not a terminal."""
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
        shown = self.err.is_terminal
        with Progress(*columns, console=self.err, transient=True, disable=not shown) as progress:
            yield progress


    @contextmanager
    def waiting(self, message: str) -> Iterator[None]:
        """A moving sign on stderr while an answer is worked out; silent where stderr is not a terminal."""
        if not self.err.is_terminal:
            yield
            return
        with self.err.status(escaped(message)):
            yield


def printable(text: str) -> str:
    """No control character of a file name or a document reaches the terminal."""
    return "".join(c if c.isprintable() or c == "\n" else "\ufffd" for c in text)


def escaped(text: object) -> str:
    """Plain text inside rich markup."""
    from rich.markup import escape

    return escape(printable("" if text is None else str(text)))
