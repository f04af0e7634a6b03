"""Documents over HTTP: list, read, add, remove; page pictures and boxes of PDFs; a person's word on validity."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Depends, File, Form, Path, Query, UploadFile
from starlette.responses import Response

from indexer.adding import remove as remove_documents
from kb.access import Caller
from kb.model import Kind, Visibility
from kb.store import missing
from kb.wire import document_json

from ..discretion import discreet, status_proof
from ..doors import may
from ..listing import relations_of, with_revisions
from ..memory import give_back
from ..notice import notify
from ..originals import boxes, original_of, page_png, revision_of
from ..problems import Json, StoredFile
from ..schemas import (
    BoxesOut,
    DocumentOut,
    DocumentsOut,
    RemovedOut,
    StatusIn,
    TextOut,
    UploadOut,
    clean,
    problems,
)
from ..uploads import Uploaded, add_uploads
from .asking import At
from .parameters import DocumentPage, Name, Revision

router = APIRouter(prefix="/api/documents", tags=["文档"])
Reader = Annotated[Caller, Depends(may("search", "ask", "audit"))]
Writer = Annotated[Caller, Depends(may("documents:write"))]
Id = Annotated[str, Path(min_length=1, max_length=200, description="文档编号")]
OfRevision = Annotated[Revision | None, Query(description="第几版；不写为现行版")]
BYTES = {
    200: {
        "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
        "description": "原文件",
    },
    416: {"content": problems()[400]["content"], "description": "没有 Range 所要的那一段"},
}
PNG = {
    200: {
        "content": {"image/png": {"schema": {"type": "string", "format": "binary"}}},
        "description": "这一页的图像",
    }
}


@router.get("", response_model=DocumentsOut, responses=problems(), summary="列出文档")
async def list_documents(service: At, caller: Reader, page: Annotated[DocumentPage, Query()]) -> Response:
    def listed() -> dict[str, object]:
        filters = service.library.by_day(page.filters(caller.visibility))
        store = service.library.store
        found = store.documents(filters, page.offset, page.limit)
        if filters.as_of:
            found = [service.library.on_day(document, filters.as_of) for document in found]
        shown = with_revisions(store, [discreet(service, caller, d) for d in found])
        return {"documents": shown, "total": store.count(filters), "offset": page.offset, "limit": page.limit}

    return Json(await service.run(listed))


@router.get("/{id}", response_model=DocumentOut, responses=problems(404), summary="一篇文档")
async def one_document(id: Id, service: At, caller: Reader) -> Response:
    def found() -> dict[str, object]:
        store = service.library.store
        document = discreet(service, caller, store.document(id, caller.visibility))
        known = document_json(document, store.revisions(id))
        known["relations"] = relations_of(store, document, caller.visibility)
        known["status_proof"] = status_proof(service, caller, document)
        return known

    return Json(await service.run(found))


@router.get("/{id}/text", response_model=TextOut, responses=problems(404), summary="规范文本与目录")
async def text(id: Id, service: At, caller: Reader, revision: OfRevision = None) -> Response:
    def found() -> dict[str, object]:
        store = service.library.store
        one = revision_of(store, caller, id, revision)
        return {
            "title": store.ever(id).title,
            "removed": store.removed(id),
            "revision": one.number,
            "sha256": one.sha256,
            "text": one.text,
            "outline": [
                {
                    "path": list(c.path),
                    "label": c.label,
                    "start": c.start,
                    "end": c.end,
                    "level": c.level,
                    "kind": c.kind,
                }
                for c in one.outline
            ],
            "pages": [[p.start, p.end] for p in one.pages],
        }

    return Json(await service.run(found))


@router.get("/{id}/file", responses={**problems(404), **BYTES}, response_class=Response, summary="原文件")
async def file(id: Id, service: At, caller: Reader, revision: OfRevision = None) -> Response:
    path, name = await service.run(lambda: original_of(service.library, caller, id, revision))
    headers = {
        "Content-Disposition": f"attachment; filename*=UTF-8''{quote(name, safe='', errors='replace')}",
        "Content-Security-Policy": "default-src 'none'; sandbox",
    }
    return StoredFile(path, media_type="application/octet-stream", headers=headers)


@router.get(
    "/{id}/pages/{n}.png",
    responses={**problems(404), **PNG},
    response_class=Response,
    summary="PDF 的一页，图像",
)
async def page(
    id: Id,
    n: Annotated[int, Path(ge=1, le=100_000)],
    service: At,
    caller: Reader,
    revision: OfRevision = None,
) -> Response:
    picture = await service.run(lambda: page_png(service, caller, id, revision, n))
    return Response(picture, media_type="image/png", headers={"Cache-Control": "private, max-age=3600"})


@router.get("/{id}/boxes", response_model=BoxesOut, responses=problems(404), summary="一段文字在页面上的方框")
async def boxes_of(
    id: Id,
    service: At,
    caller: Reader,
    start: Annotated[int, Query(ge=0, le=1_000_000_000)],
    end: Annotated[int, Query(ge=0, le=1_000_000_000)],
    revision: OfRevision = None,
) -> Response:
    return Json({"boxes": await service.run(lambda: boxes(service, caller, id, revision, start, end))})


@router.post("", response_model=UploadOut, responses=problems(415), summary="添加文档")
async def add(
    service: At,
    caller: Writer,
    files: Annotated[list[UploadFile], File(description="一个或多个文件", max_length=1000)],
    kind: Annotated[Kind | None, Form()] = None,
    issuer: Annotated[Name | None, Form()] = None,
    region: Annotated[Name | None, Form()] = None,
    visibility: Annotated[Visibility | None, Form()] = None,
) -> Response:
    stated = {"kind": kind, "issuer": issuer, "region": region, "visibility": visibility}
    overrides = {name: clean(value) for name, value in stated.items() if value and clean(value)}
    uploaded = [Uploaded(file.filename or "未命名", file.file) for file in files]
    seconds = max(service.settings.request_seconds, 600.0)  # a large upload is work, not a question
    results = await service.run(lambda: add_uploads(service, caller, uploaded, overrides), seconds)
    counts = {o: sum(r["outcome"] == o for r in results) for o in ("added", "updated", "unchanged", "failed")}
    return Json({"results": results, **counts})


@router.delete(
    "/{id}", response_model=RemovedOut, responses=problems(404), summary="移除文档；已被引用的原文仍留存"
)
async def delete(id: Id, service: At, caller: Writer) -> Response:
    def work() -> None:
        library = service.library
        library.store.document(id, caller.visibility)
        if remove_documents(library, [id]):
            raise missing(id)
        give_back()
        notify(service, [id])

    await service.run(work)
    return Json({"removed": id})


@router.post(
    "/{id}/status",
    response_model=DocumentOut,
    responses=problems(404, 415),
    summary="人工认定时效性，或收回认定",
)
async def set_status(id: Id, said: StatusIn, service: At, caller: Writer) -> Response:
    def work() -> dict[str, object]:
        library = service.library
        library.store.document(id, caller.visibility)
        author = f"{clean(said.by)}（{caller.name}）" if said.by and clean(said.by) else caller.name
        with library.writing(wait=10.0):
            library.store.override_status(id, said.status, clean(said.reason), author)
            library.refresh()
        notify(service, [id])
        document = discreet(service, caller, library.store.document(id, caller.visibility))
        return document_json(document, library.store.revisions(id))

    return Json(await service.run(work))
