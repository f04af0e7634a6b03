"""The web pages: shells of HTML whose scripts call the interface like everyone else."""

from __future__ import annotations

from pathlib import Path

from fastapi import APIRouter, Request
from fastapi.staticfiles import StaticFiles
from starlette.responses import FileResponse, HTMLResponse, Response

from ..reference import reference_page

WEB = Path(__file__).resolve().parent.parent / "web"
router = APIRouter(include_in_schema=False)
FRESH = {"Cache-Control": "no-cache"}  # asked again each time, answered 304 while unchanged


def static() -> StaticFiles:
    return _Fresh(directory=WEB)


class _Fresh(StaticFiles):
    def file_response(self, *args: object, **kwargs: object) -> Response:
        response: Response = super().file_response(*args, **kwargs)  # type: ignore[arg-type]
        response.headers["Cache-Control"] = "no-cache"
        return response


def _page(name: str) -> Response:
    return FileResponse(WEB / name, headers=FRESH)


@router.get("/")
async def first_page() -> Response:
    return _page("index.html")


@router.get("/documents/{id}")
async def reader(id: str) -> Response:
    return _page("reader.html")


@router.get("/audit")
async def audit_desk() -> Response:
    return _page("audit.html")


@router.get("/embed")
async def frame() -> Response:
    return _page("embed.html")


@router.get("/demo")
async def demo() -> Response:
    return _page("demo.html")


@router.get("/embed.js")
async def widget() -> Response:
    return FileResponse(WEB / "embed.js", media_type="text/javascript", headers=FRESH)


@router.get("/favicon.ico")
async def icon() -> Response:
    return FileResponse(WEB / "icon.svg", media_type="image/svg+xml")


@router.get("/docs")
async def docs(request: Request) -> Response:
    return HTMLResponse(reference_page(request.app.openapi()))
