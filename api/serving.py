"""Running the application under uvicorn on a socket that is bound already."""

from __future__ import annotations

import signal
import socket
from collections.abc import Callable

import uvicorn

from indexer.library import Library
from kb.settings import Settings

from .app import create_app
from .guards import JsonLines
from .memory import few_arenas

GRACE = 20  # seconds that running requests get when the service is told to stop


def run_server(
    settings: Settings, library: Library, listener: socket.socket, started: Callable[[str], None]
) -> None:
    """Serve until told to stop; calls `started` with the address once connections are accepted."""
    few_arenas()
    config = uvicorn.Config(
        create_app(settings, library),
        log_config=logging_of(settings),
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=GRACE,
        timeout_keep_alive=15,
        h11_max_incomplete_event_size=64 << 10,
        ws="none",
    )
    host, port = listener.getsockname()[:2]
    address = f"http://{f'[{host}]' if ':' in host else host}:{port}"

    class Server(uvicorn.Server):
        async def startup(self, sockets: list[socket.socket] | None = None) -> None:
            await super().startup(sockets)
            started(address)

    for number in (signal.SIGTERM, signal.SIGINT):
        # uvicorn raises the signal again once everything is finished; being told to stop is no failure
        signal.signal(number, lambda *_: None)
    Server(config).run(sockets=[listener])


def logging_of(settings: Settings) -> dict[str, object]:
    """JSON lines on stderr; the access log knows no question."""
    level = settings.log_level.upper()
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"json": {"()": JsonLines}},
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "json"}},
        "root": {"handlers": ["stderr"], "level": "WARNING"},
        "loggers": {
            "kb": {"level": level},
            "uvicorn": {"level": "WARNING" if level == "INFO" else level},
            "mcp": {"level": "ERROR"},
        },
    }
