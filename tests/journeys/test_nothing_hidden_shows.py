"""Whatever documents there are and whoever asks what: nothing of a document a key may not see comes out.

Every document carries words that stand nowhere else: in its title, number, issuer, region, file name and
text. A call may use one of them; none of the others, and no id of a hidden document or answer, may come
back. Every route of the OpenAPI description is knocked at, and the pages, and MCP.
"""

from __future__ import annotations

import io
import json
import random
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import hypothesis.strategies as st
import pytest
from fastapi.testclient import TestClient
from hypothesis import Phase, given, settings

from api.app import create_app
from indexer.assistant import Assistant
from indexer.library import Library
from indexer.parse import Source
from indexer.prepare import prepare
from kb.access import SCOPES, Keys
from kb.model import Field, Question
from kb.settings import load_settings
from kb.store import Draft

ALL = ("public", "internal", "restricted")
RARE = "仄仂仃仉仍仞仟仡佟佤佧佶佻侂侉侑俅俎俑俦俨俪俳偌偈偬偻傥傧傩僖僦僮儋儇兕冁冱凫刍刖刭刳剀剌剜剞勖匏卮厍厝厣叁叵咂咔哙咛哂唔唢唳啖啜嗄嗉"


@dataclass(frozen=True)
class Secret:
    """The words of one document that stand nowhere else, and how it is to be seen."""

    visibility: str
    title: str
    issuer: str
    region: str
    body: str
    tail: str
    name: str
    number: str
    repeals: int | None = None  # index of the document it repeals

    @property
    def words(self) -> tuple[str, ...]:
        return (self.title, self.issuer, self.region, self.body, self.tail, self.name, self.number)

    def text(self, others: list[Secret]) -> str:
        ends = (
            f"《{others[self.repeals].title}管理办法》（{others[self.repeals].number}）同时废止。"
            if self.repeals is not None
            else ""
        )
        return (
            f"---\nissuer: {self.issuer}人民政府\nregion: {self.region}市\nnumber: {self.number}\n---\n"
            f"# {self.title}管理办法\n\n{self.issuer}人民政府\n\n"
            f"第一条 {self.body}的补贴标准为每人每年三百二十元，由{self.tail}负责发放。\n\n"
            f"第二条 申请{self.body}应当在三十日内提交材料，逾期不予受理。\n\n"
            f"第三条 本办法自2021年5月1日起施行。{ends}\n"
        )


@st.composite
def worlds(draw: st.DrawFn) -> tuple[list[Secret], tuple[str, ...], tuple[str, ...]]:
    """(documents, what the key sees, its scopes); something is hidden from it."""
    chance = random.Random(draw(st.integers(0, 2**32)))
    seen = tuple(draw(st.sampled_from([("public",), ("internal",), ("public", "internal"), ("restricted",)])))
    count = draw(st.integers(3, 6))
    letters = chance.sample(RARE, 42)
    secrets = []
    for n in range(count):
        own = letters[n * 7 : n * 7 + 7]
        t, i, r, b, e, f, k = (f"{c}{chance.choice('江河湖海山川')}{c}" for c in own)
        visibility = draw(st.sampled_from(ALL))
        repeals = draw(st.none() | st.integers(0, n - 1)) if n else None
        secrets.append(Secret(visibility, t, i, r, b, e, f, f"{k}政发〔20{20 - n}〕{n + 1}号", repeals))
    hidden = draw(st.sampled_from([v for v in ALL if v not in seen]))
    at = draw(st.integers(0, count - 1))
    secrets[at] = Secret(hidden, *secrets[at].words, secrets[at].repeals)
    scopes = tuple(draw(st.sets(st.sampled_from(SCOPES), min_size=1)))
    return secrets, seen, draw(st.sampled_from([scopes, SCOPES]))


@dataclass
class Stage:
    """A filled library behind its application, the ids in it, and the key that knocks."""

    client: TestClient
    documents: dict[str, Secret]  # by id
    answers: dict[str, set[str]]  # answer id → ids of the documents it touches
    seen: tuple[str, ...]
    heads: dict[str, str] = field(default_factory=dict)

    @property
    def hidden(self) -> dict[str, Secret]:
        return {i: s for i, s in self.documents.items() if s.visibility not in self.seen}

    def forbidden(self, said: str) -> set[str]:
        """What no reply to a call with these words may hold: nor may a document in sight have named it."""
        words = {w for s in self.hidden.values() for w in s.words}
        words |= set(self.hidden)
        words |= {a for a, touched in self.answers.items() if touched & set(self.hidden)}
        named = "".join(
            s.text(list(self.documents.values())) for s in self.documents.values() if s.visibility in self.seen
        )
        return {w for w in words if w not in said and w not in named}


def draft(secret: Secret, secrets: list[Secret]) -> Draft:
    made = prepare(Source(f"/{secret.name}.md", f"{secret.name}.md", f"{secret.name}.md",
                          data=secret.text(secrets).encode()))  # fmt: skip
    return replace(made, fields={**made.fields, "visibility": Field(secret.visibility)})


def staged(folder: Path, secrets: list[Secret], seen: tuple[str, ...], scopes: tuple[str, ...]) -> Stage:
    library = Library(load_settings(folder, workers=1))
    outcomes = library.store.write([draft(s, secrets) for s in secrets])
    for secret, outcome in zip(secrets, outcomes, strict=True):
        path = library.original(library.store.known(f"/{secret.name}.md").bytes_sha256)  # type: ignore[union-attr]
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(secret.text(secrets).encode())
        assert outcome.change == "added"
    with library.writing():
        library.refresh()
    documents = {o.doc_id: s for s, o in zip(secrets, outcomes, strict=True)}
    assistant = Assistant(library)
    answers: dict[str, set[str]] = {}
    for secret in secrets:
        answer = assistant.ask(Question(f"{secret.body}的补贴标准是多少？"), "全见")
        answers[answer.id] = {h.document.id for h in answer.hits} | {c.document.id for c in answer.citations}
    key = Keys(library.store.engine).create("敲门", scopes, seen)
    client = TestClient(
        create_app(library.settings, library), base_url="http://127.0.0.1", raise_server_exceptions=False
    )
    return Stage(client, documents, answers, seen, {"Authorization": f"Bearer {key}"})


Call = tuple[str, str, dict[str, Any]]


def calls(stage: Stage, secret: Secret, id: str, answer: str) -> Iterator[Call]:
    """Every route, asked about a hidden document, by one of its words or by its id; the ledger's first,
    before the key has asked anything that the ledger might rightly show it."""
    yield "GET", "/api/answers", {"params": {"q": "补贴", "limit": 100}}
    yield "GET", "/api/answers", {"params": {"doc_id": id}}
    yield "GET", "/api/answers", {}
    for format in ("jsonl", "csv", "xlsx"):
        yield "GET", "/api/answers/export", {"params": {"format": format}}
    words = (f"{secret.body}的补贴标准是多少？", f"{secret.title}管理办法", secret.number, "补贴标准是多少？")
    filters = ({"doc_id": [id]}, {"number": secret.number}, {"issuer": [f"{secret.issuer}人民政府"]},
               {"region": [f"{secret.region}市"]})  # fmt: skip
    for text in words:
        yield "POST", "/api/ask", {"json": {"question": text}}
        yield "POST", "/api/search", {"json": {"query": text, "k": 50}}
        yield "POST", "/v1/chat/completions", {"json": {"messages": [{"role": "user", "content": text}]}}
    for given_ in filters:
        yield "POST", "/api/search", {"json": {"query": "补贴标准", "filters": given_, "as_of": "2022-01-01"}}
        yield "GET", "/api/documents", {"params": {**given_, "limit": 100}}
        yield "GET", "/api/facets", {"params": given_}
    yield "POST", "/api/ask", {"json": {"question": words[0], "stream": True, "history": [
        {"role": "user", "content": f"{secret.title}管理办法"}, {"role": "assistant", "content": "是的"}]}}
    yield "POST", "/api/search", {"json": {"query": secret.body, "mode": "dense", "k": 100}}
    yield "POST", "/v1/chat/completions", {"json": {"messages": [{"role": "user", "content": words[0]}], "stream": True}}
    yield "POST", "/v1/embeddings", {"json": {"input": secret.body}}
    for quote in (f"申请{secret.body}应当在三十日内提交材料", "应当在三十日内提交材料，逾期不予受理", "补贴标准为每人每年三百二十元"):
        for more in ({}, {"doc_id": id}, {"number": secret.number}):
            yield "POST", "/api/verify", {"json": {"quote": quote, **more}}
    for path in ("/api/documents", "/api/facets", "/api/suggestions", "/api/answers/stats", "/health",
                 "/health/ready", "/metrics", "/v1/models", "/", "/audit", "/embed", "/demo", "/openapi.json"):  # fmt: skip
        yield "GET", path, {}
    for path in ("", "/text", "/file", "/pages/1.png", "/boxes?start=0&end=9", "/text?revision=1", "/file?revision=1"):
        yield "GET", f"/api/documents/{id}{path}", {}
    yield "GET", f"/documents/{id}", {}
    yield "GET", "/v1/models/quoting", {}
    for format in ("md", "docx"):
        yield "GET", f"/api/answers/{answer}/export", {"params": {"format": format}}
    yield "GET", f"/api/answers/{answer}", {}
    for doing in ("verify", "replay"):
        yield "POST", f"/api/answers/{answer}/{doing}", {}
    yield "POST", f"/api/answers/{answer}/review", {"json": {"verdict": "wrong", "note": "查"}}
    yield "POST", "/api/audit/verify", {}
    yield "POST", f"/api/documents/{id}/status", {"json": {"status": "expired", "reason": "试", "by": "甲"}}
    yield "DELETE", f"/api/documents/{id}", {}
    yield "POST", "/api/documents", {"files": {"files": (f"{secret.name}.exe", b"MZ\x00")}}
    tools = {"search": {"query": words[0]}, "fetch": {"id": id}, "ask_policy": {"question": words[0]},
             "verify_quote": {"quote": f"申请{secret.body}应当在三十日内提交材料"}, "check_validity": {"number": secret.number}}  # fmt: skip
    for name, arguments in tools.items():
        call = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"name": name, "arguments": arguments}}
        yield "POST", "/mcp", {"json": call, "headers": {"Accept": "application/json, text/event-stream"}}


def said(method: str, path: str, more: dict[str, Any]) -> str:
    """The words of a call, which a reply may give back."""
    return " ".join([path, json.dumps({k: v for k, v in more.items() if k in ("json", "params")}, ensure_ascii=False),
                     str(more.get("files", ""))])  # fmt: skip


def unfolded(content: bytes) -> str:
    """Everything a reader could find in a reply, also inside of an office file or JSON's escapes."""
    if content[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            content = b"\n".join(archive.read(name) for name in archive.namelist())
    text = content.decode("utf-8", "replace")
    return text + text.encode().decode("unicode_escape", "replace") if "\\u" in text else text


def knock(stage: Stage, method: str, path: str, more: dict[str, Any]) -> tuple[int, str]:
    headers = stage.heads | more.get("headers", {})
    reply = stage.client.request(method, path, **{**more, "headers": headers})
    return reply.status_code, unfolded(reply.content) + str(dict(reply.headers))


@settings(max_examples=8, deadline=None, derandomize=True, phases=(Phase.explicit, Phase.generate))
@given(world=worlds())
def test_no_door_shows_anything_of_a_hidden_document(
    tmp_path_factory: pytest.TempPathFactory, world: tuple[list[Secret], tuple[str, ...], tuple[str, ...]]
) -> None:
    stage = staged(tmp_path_factory.mktemp("hidden") / "home", *world)
    with stage.client:
        while stage.client.get("/health/ready").status_code != 200:
            pass
        id, secret = next(iter(stage.hidden.items()))
        answer = next(a for a, touched in stage.answers.items() if touched & set(stage.hidden))
        for method, path, more in calls(stage, secret, id, answer):
            status, shown = knock(stage, method, path, more)
            assert status < 500, f"{method} {path}: {status} {shown[:300]}"
            shows = [w for w in stage.forbidden(said(method, path, more)) if w in shown]
            assert not shows, f"{method} {path} {more} shows {shows}: {shown[:600]}"
        check_counts(stage)


def check_counts(stage: Stage) -> None:
    """Totals and facets count what may be seen and nothing else."""
    visible = len(stage.documents) - len(stage.hidden)
    status, _ = knock(stage, "GET", "/api/documents", {})
    if status == 200:
        assert stage.client.get("/api/documents", headers=stage.heads).json()["total"] == visible
    facets = stage.client.get("/api/facets", headers=stage.heads)
    if facets.status_code == 200:
        assert sum(row["count"] for row in facets.json()["status"]) == visible
    chain = stage.client.post("/api/audit/verify", headers=stage.heads)
    if chain.status_code == 200:
        assert chain.json()["chain"] == {"ok": True, "breaks": [], "broken": []}
    stats = stage.client.get("/api/answers/stats", headers=stage.heads)
    if stats.status_code == 200:
        open_ = {a for a, touched in stage.answers.items() if not touched & set(stage.hidden)}
        listed_ = stage.client.get("/api/answers", params={"limit": 200}, headers=stage.heads).json()
        assert {one["id"] for one in listed_["answers"]} & set(stage.answers) <= open_
        assert stats.json()["answers"] == listed_["total"]


def test_every_route_is_knocked_at(tmp_path: Path) -> None:
    secrets = [Secret("restricted", *(f"{c}山{c}" for c in RARE[:6]), f"{RARE[6]}政发〔2020〕1号")]
    stage = staged(tmp_path / "home", secrets, ("public",), SCOPES)
    id, answer = next(iter(stage.documents)), next(iter(stage.answers))
    knocked = {(m, p.split("?")[0].replace(id, "{id}").replace(answer, "{id}").replace("pages/1", "pages/{n}")
                .replace("models/quoting", "models/{name}")) for m, p, _ in calls(stage, secrets[0], id, answer)}  # fmt: skip
    described = {
        (method.upper(), path)
        for path, methods in create_app(load_settings(tmp_path / "other")).openapi()["paths"].items()
        for method in methods
    }
    assert not described - knocked, "a new route needs a call in `calls`"


def test_the_property_notices_a_store_that_does_not_hide(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same knocking finds what comes out once the store no longer looks at visibility."""
    secrets = [
        Secret("restricted", *(f"{c}山{c}" for c in RARE[:6]), f"{RARE[6]}政发〔2020〕1号"),
        Secret("public", *(f"{c}河{c}" for c in RARE[7:13]), f"{RARE[13]}政发〔2021〕2号"),
    ]
    stage = staged(tmp_path / "home", secrets, ("public",), SCOPES)
    monkeypatch.setattr("indexer.catalog.passes", lambda document, filters: True)
    with stage.client:
        while stage.client.get("/health/ready").status_code != 200:
            pass
        id, answer = next(iter(stage.hidden)), next(iter(stage.answers))
        leaks = set()
        for method, path, more in calls(stage, secrets[0], id, answer):
            _, shown = knock(stage, method, path, more)
            if any(w in shown for w in stage.forbidden(said(method, path, more))):
                leaks.add(path)
    assert leaks >= {"/api/search", "/api/ask", "/api/facets", "/v1/chat/completions", "/mcp"}
