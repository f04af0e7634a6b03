"""`/v1`: the same answers in OpenAI's shapes, for clients that speak nothing else."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Request
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response, StreamingResponse

from kb.access import Caller
from kb.errors import BadInput, NotFound, TooLarge
from kb.fold import fold
from kb.model import Answer, Filters, Question, Turn

from .asking import Conversation, events
from .commands.options import LONGEST_QUESTION
from .doors import may, seen_by
from .links import base_of
from .problems import Json, dumps, problem_json
from .routes.asking import STREAMING, At
from .service import Service

router = APIRouter(prefix="/v1", tags=["OpenAI 兼容"])
QUOTING = "policy-quoting"
MOST_INPUTS = 256
MOST_CHARACTERS = 500_000
TITLE = "无题文档"


class Lenient(BaseModel):
    """Clients send many settings that mean nothing here; they are not refused."""

    model_config = ConfigDict(extra="ignore")


class Part(Lenient):
    type: str = "text"
    text: str = ""


class Message(Lenient):
    role: str
    content: str | list[Part] | None = None

    @property
    def text(self) -> str:
        if isinstance(self.content, list):
            return "\n".join(part.text for part in self.content if part.type == "text")
        return self.content or ""


class StreamOptions(Lenient):
    include_usage: bool | None = False


class ChatIn(Lenient):
    model: Annotated[str, Field(max_length=200)] = Field(QUOTING, examples=[QUOTING])
    messages: Annotated[list[Message], Field(min_length=1, max_length=200)] = Field(
        examples=[[{"role": "user", "content": "诸暨的样板区带动了多少消费？"}]]
    )
    stream: bool | None = False
    stream_options: StreamOptions | None = None


class EmbedIn(Lenient):
    model: Annotated[str, Field(max_length=200)] = "policy-embedding"
    input: str | Annotated[list[str], Field(min_length=1, max_length=MOST_INPUTS)] = Field(
        examples=["未来社区"]
    )
    encoding_format: Literal["float", "base64"] | None = "float"


def models(service: Service) -> list[str]:
    """The names one may ask for: quoting always, and the configured model where there is one."""
    name = service.settings.model_name
    return [QUOTING, f"policy-{name}"] if name and service.settings.model_url else [QUOTING]


def _errors() -> dict[int | str, dict[str, Any]]:
    said = {"schema": {"type": "object", "required": ["error"], "properties": {"error": {"type": "object"}}}}
    return {
        status: {"description": "OpenAI 格式的错误", "content": {"application/json": said}}
        for status in (400, 401, 403, 404, 408, 413, 422, 429, 500, 503)
    }


@router.get("/models", responses=_errors(), summary="可用的模型名")
async def list_models(service: At, caller: Annotated[Caller, Depends(may("ask", "search"))]) -> Response:
    service.check_ready()
    return Json({"object": "list", "data": [_model(name) for name in models(service)]})


@router.get("/models/{name}", responses=_errors(), summary="一个模型")
async def one_model(
    name: str, service: At, caller: Annotated[Caller, Depends(may("ask", "search"))]
) -> Response:
    if name not in models(service):
        raise NotFound(f"没有名为 {name[:200]} 的模型；可用：{'、'.join(models(service))}")
    return Json(_model(name))


def _model(name: str) -> dict[str, Any]:
    return {"id": name, "object": "model", "created": 1704067200, "owned_by": "policy-kb"}


@router.post("/embeddings", responses=_errors(), summary="文本的向量")
async def embeddings(
    asked: EmbedIn, service: At, caller: Annotated[Caller, Depends(may("ask", "search"))]
) -> Response:
    texts = [asked.input] if isinstance(asked.input, str) else asked.input
    if sum(map(len, texts)) > MOST_CHARACTERS:
        raise TooLarge(f"input 总长超过 {MOST_CHARACTERS} 字的上限；请分批发送")
    embedder = service.library.embedder
    rows = await service.run(lambda: embedder.encode([fold(text) for text in texts]))  # (n, dim) float32
    tokens = sum(map(len, texts))
    return Json(
        {
            "object": "list",
            "data": [
                {"object": "embedding", "index": i, "embedding": _vector(row, asked.encoding_format)}
                for i, row in enumerate(rows)
            ],
            "model": embedder.name,
            "usage": {"prompt_tokens": tokens, "total_tokens": tokens},
        }
    )


def _vector(row: Any, format: str | None) -> Any:
    if format != "base64":
        return [float(value) for value in row]
    import base64

    return base64.b64encode(row.astype("<f4").tobytes()).decode()


@router.post("/chat/completions", responses=_errors(), summary="提问，OpenAI 聊天格式")
async def complete(
    asked: ChatIn, request: Request, service: At, caller: Annotated[Caller, Depends(may("ask"))]
) -> Response:
    if asked.model not in models(service):
        raise NotFound(f"没有名为 {asked.model[:200]} 的模型；可用：{'、'.join(models(service))}")
    question = question_of(asked.messages, caller)
    head = _Head(asked.model, base_of(request))
    if not asked.stream:
        answer = await service.run(lambda: Conversation(service, question, caller).answer())
        return Json(head.completion(answer, question))
    stream = await events(service, question, caller)
    usage = bool(asked.stream_options and asked.stream_options.include_usage)
    return StreamingResponse(
        head.chunks(stream, question, usage), media_type="text/event-stream", headers=STREAMING
    )


def question_of(messages: list[Message], caller: Caller) -> Question:
    """The last user message is the question, what stands before it the history."""
    from .schemas import clean

    places = [i for i, message in enumerate(messages) if message.role == "user" and clean(message.text)]
    if not places:
        raise BadInput("messages 里没有用户的问题；请至少给出一条 role 为 user 的消息")
    text = clean(messages[places[-1]].text)
    if len(text) > LONGEST_QUESTION:
        raise BadInput(f"问题有 {len(text)} 字，超过 {LONGEST_QUESTION} 字的上限；请写短一些")
    history = tuple(
        Turn(m.role, clean(m.text)[:20_000])  # type: ignore[arg-type]
        for m in messages[: places[-1]][-50:]
        if m.role in ("user", "assistant", "system") and m.text
    )
    return Question(text, history, seen_by(caller, Filters()))


class _Head:
    """What every chunk of one completion shares."""

    def __init__(self, model: str, base: str) -> None:
        import secrets

        self.id = f"chatcmpl-{secrets.token_hex(12)}"
        self.created = int(time.time())
        self.model = model
        self.base = base

    def _shared(self, kind: str) -> dict[str, Any]:
        return {"id": self.id, "object": kind, "created": self.created, "model": self.model}

    def completion(self, answer: Answer, question: Question) -> dict[str, Any]:
        message = {
            "role": "assistant", "content": answer.text, "refusal": None,
            "annotations": annotations(answer, self.base),
            "context": {"citations": azure_citations(answer, self.base), "intent": answer.rewritten or answer.question},
        }  # fmt: skip
        return {
            **self._shared("chat.completion"),
            "choices": [{"index": 0, "message": message, "logprobs": None, "finish_reason": "stop"}],
            "usage": usage_of(answer, question),
            **perplexity(answer, self.base),
            "policy": policy(answer),
        }

    def _chunk(self, delta: dict[str, Any], finish: str | None = None, **more: Any) -> bytes:
        body = {
            **self._shared("chat.completion.chunk"),
            "choices": [{"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish}],
            **more,
        }
        return b"data: " + dumps(body) + b"\n\n"

    async def chunks(
        self, stream: AsyncIterator[tuple[str, Any]], question: Question, usage: bool
    ) -> AsyncIterator[bytes]:
        """Role, text, then once the citations in the chunk that ends the answer."""
        yield self._chunk({"role": "assistant", "content": ""})
        async for name, value in stream:
            if name == "error":
                said = problem_json(value)
                yield (
                    b"data: "
                    + dumps(
                        {
                            "error": {
                                "message": said["detail"],
                                "type": "server_error",
                                "param": None,
                                "code": said["code"],
                            }
                        }
                    )
                    + b"\n\n"
                )
                return
            if name != "answer":
                continue
            for piece in pieces(value):
                yield self._chunk({"content": piece})
            last = {"content": "", "annotations": annotations(value, self.base)}
            yield self._chunk(last, "stop", **perplexity(value, self.base), policy=policy(value))
            if usage:
                body = {
                    **self._shared("chat.completion.chunk"),
                    "choices": [],
                    "usage": usage_of(value, question),
                }
                yield b"data: " + dumps(body) + b"\n\n"
        yield b"data: [DONE]\n\n"


def pieces(answer: Answer) -> list[str]:
    """The text in order, cut after each claim and its marker: only what has passed the gate is ever sent."""
    ends = (answer.text.find("]", claim.end) + 1 or claim.end for claim in answer.claims)
    cuts = sorted({0, *ends, len(answer.text)})
    return [answer.text[a:b] for a, b in zip(cuts, cuts[1:], strict=False) if b > a]


def annotations(answer: Answer, base: str) -> list[dict[str, Any]]:
    """A `url_citation` for each citation, at its first marker in the text."""
    made = []
    for c in answer.citations:
        marker = f"[{c.n}]"
        at = answer.text.find(marker)
        start, end = (at, at + len(marker)) if at >= 0 else (len(answer.text), len(answer.text))
        cited = {
            "url": address(c, base), "title": c.document.title or TITLE, "start_index": start, "end_index": end,
            "content": c.quote,
        }  # fmt: skip
        made.append({"type": "url_citation", "url_citation": cited})
    return made


def address(citation: Any, base: str) -> str:
    """Where the cited words stand, in the revision they were cited from."""
    return f"{base}/documents/{citation.document.id}?revision={citation.revision}#c={citation.start}-{citation.end}"


def perplexity(answer: Answer, base: str) -> dict[str, Any]:
    return {
        "citations": [address(c, base) for c in answer.citations],
        "search_results": [
            {
                "title": c.document.title or TITLE, "url": address(c, base),
                "date": c.document.issued.isoformat() if c.document.issued else None, "snippet": c.quote,
            }
            for c in answer.citations
        ],
    }  # fmt: skip


def azure_citations(answer: Answer, base: str) -> list[dict[str, Any]]:
    return [
        {
            "title": c.document.title or TITLE, "content": c.quote, "url": address(c, base), "filepath": c.document.source,
            "chunk_id": str(c.n),
        }
        for c in answer.citations
    ]  # fmt: skip


def policy(answer: Answer) -> dict[str, Any]:
    """What OpenAI's shape has no place for."""
    return {"answer_id": answer.id, "basis": answer.basis, "reason": answer.reason, "kind": answer.kind}


def usage_of(answer: Answer, question: Question) -> dict[str, int]:
    """Characters, counted as tokens: no model has read them."""
    asked = len(question.text) + sum(len(turn.content) for turn in question.history)
    return {
        "prompt_tokens": asked,
        "completion_tokens": len(answer.text),
        "total_tokens": asked + len(answer.text),
    }
