"""A real OpenAI-compatible server on loopback that plays a model's good and bad days.

`with playing(behaviour) as model:` gives its address, `model.url`, and what it was asked,
`model.asked`. A behaviour is a function that writes whatever it likes to the connection.
"""

from __future__ import annotations

import contextlib
import gzip
import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Behaviour = Callable[["Connection"], None]


class Connection(BaseHTTPRequestHandler):
    """One request. What a behaviour needs: headers, chunks, raw bytes."""

    server: Server
    protocol_version = "HTTP/1.0"

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("content-length", 0)))
        self.server.model.asked.append(json.loads(body))
        self.server.model.keys.append(self.headers.get("authorization", ""))
        with contextlib.suppress(OSError):
            self.server.behaviour(self)

    def log_message(self, format: str, *args: object) -> None:
        """Quiet."""

    @property
    def stopped(self) -> bool:
        return self.server.stopped.is_set()

    def head(self, status: int = 200, kind: str = "text/event-stream", **more: str) -> None:
        self.send_response(status)
        self.send_header("content-type", kind)
        for name, value in more.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()

    def raw(self, data: bytes) -> None:
        self.wfile.write(data)
        self.wfile.flush()

    def event(self, value: object) -> None:
        self.raw(b"data: " + json.dumps(value).encode() + b"\n\n")

    def chunk(self, content: str | None, finish: str | None = None) -> None:
        delta = {} if content is None else {"content": content}
        self.event({
            "id": "1", "object": "chat.completion.chunk", "created": 1, "model": "fake",
            "choices": [{"index": 0, "delta": delta, "finish_reason": finish}],
        })  # fmt: skip

    def done(self, finish: str = "stop") -> None:
        self.chunk(None, finish)
        self.raw(b"data: [DONE]\n\n")


class Server(ThreadingHTTPServer):
    daemon_threads = True
    behaviour: Behaviour
    model: Playing
    stopped: threading.Event

    def handle_error(self, request: Any, client_address: Any) -> None:
        """The client may hang up."""


@dataclass
class Playing:
    url: str
    asked: list[dict[str, Any]] = field(default_factory=list)
    keys: list[str] = field(default_factory=list)


@contextmanager
def playing(behaviour: Behaviour) -> Iterator[Playing]:
    server = Server(("127.0.0.1", 0), Connection)
    server.behaviour, server.stopped = behaviour, threading.Event()
    server.model = Playing(f"http://127.0.0.1:{server.server_address[1]}/v1")
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield server.model
    finally:
        server.stopped.set()
        server.shutdown()
        server.server_close()
        thread.join()


# ---- good days ---------------------------------------------------------------------------------


def says(text: str, size: int = 3, finish: str = "stop", pause: float = 0.0) -> Behaviour:
    """Streams a text in tokens of `size` characters."""

    def behave(to: Connection) -> None:
        to.head()
        for i in range(0, len(text), size):
            to.chunk(text[i : i + size])
            time.sleep(pause)
        to.done(finish)

    return behave


# ---- bad days ----------------------------------------------------------------------------------


def status(code: int) -> Behaviour:
    def behave(to: Connection) -> None:
        to.head(code, "application/json", retry_after="60")
        to.raw(json.dumps({"error": {"message": "secret-internal-detail", "type": "x"}}).encode())

    return behave


def breaks_off(text: str) -> Behaviour:
    """Half a stream, then the connection closes without a word."""

    def behave(to: Connection) -> None:
        to.head()
        for c in text:
            to.chunk(c)

    return behave


def breaks_off_chunked(to: Connection) -> None:
    to.protocol_version = "HTTP/1.1"
    to.head(transfer_encoding="chunked")
    to.raw(b"ffff\r\ndata: {")


def writes(data: bytes, kind: str = "text/event-stream") -> Behaviour:
    def behave(to: Connection) -> None:
        to.head(200, kind)
        to.raw(data)

    return behave


def silent(to: Connection) -> None:
    """Takes the question and never answers."""
    while not to.stopped:
        time.sleep(0.02)


def drips_headers(to: Connection) -> None:
    to.raw(b"HTTP/1.1 200 OK\r\nx-slow: ")
    while not to.stopped:
        to.raw(b"a")
        time.sleep(0.02)


def drips_bytes(to: Connection) -> None:
    """A line that never ends, one byte at a time: no read ever times out."""
    to.head()
    to.raw(b"data: ")
    while not to.stopped:
        to.raw(b" ")
        time.sleep(0.02)


def keeps_alive(to: Connection) -> None:
    to.head()
    while not to.stopped:
        to.raw(b": keep-alive\n\n")
        time.sleep(0.02)


def endless(text: str) -> Behaviour:
    """The same over and over."""

    def behave(to: Connection) -> None:
        to.head()
        while not to.stopped:
            to.chunk(text)
            time.sleep(0.005)

    return behave


def floods(to: Connection) -> None:
    """One line of any length as fast as it goes."""
    to.head()
    to.raw(b"data: ")
    while not to.stopped:
        to.raw(b"x" * 65536)


def redirects(to: Connection) -> None:
    to.head(302, location="http://127.0.0.1:1/elsewhere")


def zipped_bomb(to: Connection) -> None:
    to.head(content_encoding="gzip")
    to.raw(gzip.compress(b"\0" * 50_000_000))


def errs_in_stream(to: Connection) -> None:
    to.head()
    to.chunk("社区")
    to.event({"error": {"message": "overloaded", "code": 500}})


def odd_chunks(to: Connection) -> None:
    to.head()
    for value in ({"choices": None}, [], {"choices": [{"delta": None}]}, "text", {"choices": [{"delta": {"content": 7}}]}):
        to.event(value)
    to.raw(b"data: [DONE]\n\n")
