"""`/mcp` as a route. The official server behind it is loaded when first asked for: a second and 24 MB that
a service nobody connects tools to does without."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import TYPE_CHECKING, Any

from starlette.requests import Request
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from kb.errors import KBError

from .doors import caller_of
from .problems import problem_of

if TYPE_CHECKING:
    from .service import Service


class ToolsDoor:
    """Authenticates like every other route, then hands over to the official server."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self._wanted = asyncio.Event()
        self._manager: asyncio.Future[Any] | None = None  # the server's session manager, while the service runs

    def route(self) -> Route:
        return Route("/mcp", endpoint=self)

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """For the application's lifespan."""
        self._manager = asyncio.get_running_loop().create_future()
        serving = asyncio.create_task(self._serve(self._manager))
        yield
        serving.cancel()
        with suppress(asyncio.CancelledError):
            await serving

    async def _serve(self, promised: asyncio.Future[Any]) -> None:
        """One task from beginning to end: the session manager must be left by the task that entered it."""
        await self._wanted.wait()
        try:
            manager = (await asyncio.to_thread(_made, self._service)).session_manager
            async with manager.run():
                promised.set_result(manager)
                await asyncio.Event().wait()  # until cancelled
        except Exception as error:
            if promised.done():
                raise
            promised.set_exception(error)  # whoever asks is told, and nobody waits

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        try:
            await caller_of(request)
        except KBError as error:
            await problem_of(error, request)(scope, receive, send)
            return
        assert self._manager is not None, "the application's lifespan has not begun"
        self._wanted.set()
        manager = await asyncio.shield(self._manager)
        await manager.handle_request(scope, receive, send)


def _made(service: Service) -> Any:
    from .mcp import server

    return server(service)
