"""The web pages: shells of HTML whose scripts call the interface like everyone else."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from fastapi import APIRouter, FastAPI, Request
from fastapi.staticfiles import StaticFiles
from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.responses import HTMLResponse, Response
from starlette.staticfiles import NotModifiedResponse
from starlette.types import Scope

from ..problems import StoredFile
from ..reference import reference_page

WEB = Path(__file__).resolve().parent.parent / "web"
router = APIRouter(include_in_schema=False)


def static() -> StaticFiles:
    return _Fresh(directory=WEB)


class _Fresh(StaticFiles):
    """Files that are asked for again each time, and answered 304 while unchanged."""

    def file_response(
        self,
        full_path: str | os.PathLike[str],
        stat_result: os.stat_result,
        scope: Scope,
        status_code: int = 200,
    ) -> Response:
        response = StoredFile(full_path, status_code, {"Cache-Control": "no-cache"}, stat_result=stat_result)
        if self.is_not_modified(response.headers, Headers(scope=scope)):
            return NotModifiedResponse(response.headers)
        return response


FOR_PROGRAMS = ("/api/", "/v1/", "/mcp", "/static/")  # whose errors stay problem documents


def install_missing(app: FastAPI) -> None:
    """An address that is not there is a page to a browser, a problem document to everyone else."""
    problem: Any = app.exception_handlers[HTTPException]

    @app.exception_handler(404)
    async def missing(request: Request, error: HTTPException) -> Response:
        wants_page = "text/html" in request.headers.get("accept", "")
        if not wants_page or request.url.path.startswith(FOR_PROGRAMS):
            refused: Response = await problem(request, error)
            return refused
        return HTMLResponse((WEB / "missing.html").read_bytes(), 404, {"Vary": "Accept"})


async def _page(name: str, request: Request) -> Response:
    return await static().get_response(name, request.scope)


@router.get("/")
async def first_page(request: Request) -> Response:
    return await _page("index.html", request)


@router.get("/documents/{id}")
async def reader(request: Request) -> Response:
    return await _page("reader.html", request)


@router.get("/audit")
async def audit_desk(request: Request) -> Response:
    return await _page("audit.html", request)


@router.get("/embed")
async def frame(request: Request) -> Response:
    return await _page("embed.html", request)


@router.get("/demo")
async def demo(request: Request) -> Response:
    return await _page("demo.html", request)


@router.get("/embed.js")
async def widget(request: Request) -> Response:
    return await _page("embed.js", request)


@router.get("/favicon.ico")
async def icon(request: Request) -> Response:
    return await _page("icon.svg", request)


@router.get("/docs")
async def docs(request: Request) -> Response:
    return HTMLResponse(reference_page(request.app.openapi()))
