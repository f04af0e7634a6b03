"""The HTTP application: assembled here, and holding no answering logic of its own."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from starlette.middleware.gzip import GZipMiddleware

from indexer.library import Library
from kb.settings import Settings

from . import openai
from .commands.options import version
from .examples import add_examples
from .guards import Guards, Heads
from .mcp_door import ToolsDoor
from .problems import install
from .retention import keep_tidy
from .routes import answers, asking, documents, health, pages
from .schemas import Problem
from .service import Service

COMPRESSION = 3  # of gzip: of an answer 9 saves a twentieth more, for twice the time
ABOUT = "中文政策文件知识库：检索、引用原文的问答、引文核对、答案账本。每个答案的每句话都附原文出处。"


def create_app(settings: Settings, library: Library | None = None) -> FastAPI:
    """The application over one data folder, loading in the background once it is started.

    `library` may be given where it is open already.
    """
    service = Service(settings, library)
    tools = ToolsDoor(service)

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        loading = threading.Thread(target=service.load, name="kb-load", daemon=True)
        loading.start()
        tidying = asyncio.create_task(keep_tidy(service))
        async with tools.running():
            yield
        tidying.cancel()
        service.stopping = True
        await asyncio.to_thread(loading.join)
        await asyncio.to_thread(service.close)

    app = FastAPI(
        title="政策知识库", version=version(), description=ABOUT, lifespan=lifespan, docs_url=None, redoc_url=None,
        redirect_slashes=False,
    )  # fmt: skip
    app.state.service = service
    install(app)
    pages.install_missing(app)
    for module in (asking, documents, answers, health, openai, pages):
        app.include_router(module.router)
    app.router.routes.append(tools.route())
    app.mount("/static", pages.static())
    app.add_middleware(GZipMiddleware, minimum_size=1024, compresslevel=COMPRESSION)
    app.add_middleware(Heads)
    app.add_middleware(Guards, service=service)
    app.openapi = lambda: _openapi(app)  # type: ignore[method-assign]
    return app


def _openapi(app: FastAPI) -> dict[str, Any]:
    if app.openapi_schema is None:
        made = get_openapi(
            title=app.title,
            version=app.version,
            description=app.description,
            routes=app.routes,
            tags=app.openapi_tags,
        )
        schemas = made.setdefault("components", {}).setdefault("schemas", {})
        schemas["Problem"] = Problem.model_json_schema()
        for unused in ("HTTPValidationError", "ValidationError"):
            schemas.pop(unused, None)
        made["components"]["securitySchemes"] = {
            "key": {"type": "http", "scheme": "bearer", "description": "访问密钥"}
        }
        made["security"] = [{}, {"key": []}]
        add_examples(made)
        app.openapi_schema = made
    return app.openapi_schema
