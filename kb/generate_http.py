"""An HTTP client that is over at its deadline, whatever the far end does: silence, drips, floods.

The limits stand below TLS and HTTP, at each read of the socket, so that headers, redirects and
endless bodies all end. No proxies, no redirects, no retries, no compressed answers.
"""

from __future__ import annotations

import ssl
import time
from collections.abc import Iterable, Iterator

import httpcore
import httpx

MOST_BYTES = 8_000_000  # of one answer, headers included


class _Stream(httpcore.NetworkStream):
    def __init__(self, inner: httpcore.NetworkStream, deadline: float) -> None:
        self._inner = inner
        self._deadline = deadline
        self._left = MOST_BYTES

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        data = self._inner.read(max_bytes, _left(self._deadline))
        self._left -= len(data)
        if self._left < 0:
            raise httpcore.ReadError("答复过长")
        return data

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._inner.write(buffer, _left(self._deadline))

    def close(self) -> None:
        self._inner.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        inner = self._inner.start_tls(ssl_context, server_hostname, _left(self._deadline))
        return _Stream(inner, self._deadline)

    def get_extra_info(self, info: str) -> object:
        return self._inner.get_extra_info(info)


class _Backend(httpcore.NetworkBackend):
    def __init__(self, deadline: float) -> None:
        self._inner = httpcore.SyncBackend()
        self._deadline = deadline

    def connect_tcp(
        self, host: str, port: int, timeout: float | None = None, local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:  # fmt: skip
        inner = self._inner.connect_tcp(host, port, _left(self._deadline), local_address, socket_options)
        return _Stream(inner, self._deadline)


def _left(deadline: float) -> float:
    left = deadline - time.monotonic()
    if left <= 0:
        raise httpcore.ReadTimeout("时限已到")
    return left


class _Body(httpx.SyncByteStream):
    def __init__(self, inner: httpcore.Response) -> None:
        self._inner = inner

    def __iter__(self) -> Iterator[bytes]:
        try:
            yield from self._inner.iter_stream()
        except httpcore.TimeoutException as error:
            raise httpx.ReadTimeout(str(error)) from error
        except (httpcore.NetworkError, httpcore.ProtocolError) as error:
            raise httpx.RemoteProtocolError(str(error)) from error

    def close(self) -> None:
        self._inner.close()


class DeadlineTransport(httpx.BaseTransport):
    """`deadline` is of `time.monotonic()`; after it every read raises `httpx.ReadTimeout`."""

    def __init__(self, deadline: float, secure: bool) -> None:
        context = httpx.create_ssl_context() if secure else None
        self._pool = httpcore.ConnectionPool(ssl_context=context, network_backend=_Backend(deadline))

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        url = request.url
        request.headers["accept-encoding"] = "identity"
        asked = httpcore.Request(
            request.method,
            httpcore.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path),
            headers=request.headers.raw,
            content=request.stream,
        )
        try:
            got = self._pool.handle_request(asked)
        except httpcore.TimeoutException as error:
            raise httpx.ReadTimeout(str(error), request=request) from error
        except (httpcore.NetworkError, httpcore.ProtocolError, httpcore.UnsupportedProtocol) as error:
            raise httpx.ConnectError(str(error), request=request) from error
        response = httpx.Response(got.status, headers=got.headers, stream=_Body(got))
        if response.headers.get("content-encoding", "identity") != "identity":
            got.close()
            raise httpx.DecodingError("答复是压缩的", request=request)
        return response

    def close(self) -> None:
        self._pool.close()


def deadline_client(deadline: float, url: str) -> httpx.Client:
    return httpx.Client(
        transport=DeadlineTransport(deadline, url.lower().startswith("https")),
        timeout=max(deadline - time.monotonic(), 0.001),
        follow_redirects=False,
    )
