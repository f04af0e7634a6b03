"""Revisions and original files as a caller may see them; pages of PDFs as pictures."""

from __future__ import annotations

import io
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from indexer.library import Library
from indexer.parse import Source
from kb.access import Caller
from kb.errors import NotFound
from kb.model import Revision
from kb.store import Store, missing

if TYPE_CHECKING:
    from .service import Service

WIDEST = 1600  # pixels of a page's longer side


def revision_of(store: Store, caller: Caller, doc_id: str, number: int | None) -> Revision:
    """A revision of a listed document; auditors also see what was cited of one removed since."""
    try:
        store.document(doc_id, caller.visibility)
    except NotFound:
        if number is None or not caller.may("audit"):
            raise
        if store.ever(doc_id).visibility not in caller.visibility:
            raise missing(doc_id) from None
    return store.revision(doc_id, number)


def original_of(library: Library, caller: Caller, doc_id: str, number: int | None) -> tuple[Path, str]:
    """The file a revision was read from, and its name. A record of a JSON lines file has none."""
    wanted = revision_of(library.store, caller, doc_id, number).number
    for row in library.store.revisions(doc_id):
        if row.number == wanted:
            path = library.original(row.bytes_sha256)
            if path.is_file():
                return path, Path(row.name).name or "原件"
    raise NotFound("这篇文档没有留存原文件（来自 .jsonl 的一行，或原件已缺失）；请改看 /text")


def page_png(service: Service, caller: Caller, doc_id: str, number: int | None, page: int) -> bytes:
    """A page as PNG, drawn in a worker process with the limits of parsing."""
    path, name = original_of(service.library, caller, doc_id, number)
    with path.open("rb") as data:
        if data.read(1024).find(b"%PDF-") < 0:
            raise NotFound(f"{name} 不是 PDF，没有页面图像；请改看正文")
    source = Source(str(path), name, name, path=str(path))
    return service.pool().run(partial(draw_page, page=page), source)


def draw_page(source: Source, page: int) -> bytes:
    """Runs in a worker."""
    import pypdfium2

    document = pypdfium2.PdfDocument(source.load())
    try:
        if page > len(document):
            raise NotFound(f"{source.shown} 只有 {len(document)} 页，没有第 {page} 页")
        sheet = document[page - 1]
        longest = max(*sheet.get_size(), 1.0)
        picture = sheet.render(scale=min(2.0, WIDEST / longest)).to_pil()
        out = io.BytesIO()
        picture.convert("L" if picture.mode == "L" else "RGB").save(out, "PNG", compress_level=3)
        return out.getvalue()
    finally:
        document.close()


def page_sizes(source: Source) -> list[tuple[float, float]]:
    """Width and height of every page in points. Runs in a worker."""
    import pypdfium2

    document = pypdfium2.PdfDocument(source.load())
    try:
        return [document.get_page_size(i) for i in range(len(document))]
    finally:
        document.close()


def boxes(
    service: Service, caller: Caller, doc_id: str, number: int | None, start: int, end: int
) -> list[dict[str, Any]]:
    """The lines of a span on their pages: PDF points, origin top left, with the page's size."""
    revision = revision_of(service.library.store, caller, doc_id, number)
    touched = [box for box in revision.boxes if box.start < end and start < box.end]
    if not touched:
        return []
    sizes = _sizes(service, caller, doc_id, revision.number)
    return [
        {
            "page": b.page, "x0": b.x0, "y0": b.y0, "x1": b.x1, "y1": b.y1,
            "width": sizes[b.page - 1][0], "height": sizes[b.page - 1][1],
        }
        for b in touched
        if b.page <= len(sizes)
    ]  # fmt: skip


def _sizes(service: Service, caller: Caller, doc_id: str, number: int) -> list[tuple[float, float]]:
    try:
        path, name = original_of(service.library, caller, doc_id, number)
    except NotFound:
        return []
    return service.pool().run(page_sizes, Source(str(path), name, name, path=str(path)))
