"""One file → a draft: parse, official fields, outline, passages. Runs in a worker process."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from hashlib import sha256

from kb.errors import BadInput
from kb.model import Clause
from kb.store import Draft

from .official import read_official, unclear_visibility
from .outline import LABEL_LIMIT, outline
from .parse import Limits, Source
from .parse.names import one_line
from .passages import passages


@dataclass(frozen=True, slots=True)
class Prepared(Draft):
    """A draft, and what of its file could not be read ("" where all was): parts of it, and who may see it."""

    unread: str = ""
    unclear: str = ""


def prepare(source: Source, limits: Limits = Limits()) -> Prepared:
    """Everything of a draft that can be made without the store. Raises `BadInput` for unusable files."""
    data = source.load(limits)
    parsed = replace(source, path=None, members=(), data=data).parse(limits)
    if not parsed.text.strip():
        raise BadInput(f"{source.shown}：文件里没有文字；若是扫描件，请先做文字识别（OCR）再添加")
    official = read_official(parsed, source.name)
    title = official.value("title") or ""
    clauses = tuple(_shown(clause, title) for clause in outline(parsed))
    return Prepared(
        key=source.key,
        name=source.name,
        source=source.shown,
        bytes_sha256=sha256(data).hexdigest(),
        text=parsed.text,
        outline=clauses,
        passages=passages(parsed.text, clauses, parsed.pages),
        fields=official.fields,
        relations=official.relations,
        pages=parsed.pages,
        boxes=parsed.boxes,
        external_id=source.external_id,
        unread=" ".join(parsed.front.get("warning", "").split()),
        unclear=_unclear(parsed.front),
    )


def _unclear(front: Mapping[str, str]) -> str:
    """A word on a stated visibility that is none: nobody guesses, and the document is closed."""
    value = unclear_visibility(front)
    if value is None:
        return ""
    return (
        f"写明的可见范围或密级“{one_line(value)[:40]}”认不出，已按 restricted（受限）保存；"
        "请改写成 public（公开）、internal（内部）或 restricted（受限），再添加一次"
    )


def _shown(clause: Clause, title: str) -> Clause:
    """A path as people see it: no control characters, and not the document's own title again."""
    path = clause.path
    if not all(label.isprintable() for label in path):
        path = tuple(" ".join(label.split()) for label in path)
    if path and title.startswith(path[0].rstrip("…")) and len(path[0]) >= min(len(title), LABEL_LIMIT):
        path = path[1:]
    return clause if path == clause.path else replace(clause, path=path)
