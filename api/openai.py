"""`/v1`: the same answers in OpenAI's shapes, for clients that speak nothing else."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Request
from pydantic import BaseModel, ConfigDict, Field, model_validator
from starlette.responses import Response, StreamingResponse

from kb.access import Caller
from kb.errors import BadInput, NotFound, TooLarge
from kb.fold import fold
from kb.model import Filters, Question, Turn

from .asking import Conversation, events
from .commands.options import LONGEST_QUESTION
from .completion import Completion
from .doors import may, seen_by
from .links import base_of
from .problems import Json, problem
from .routes.asking import STREAMING, At
from .schemas import clean
from .service import Service

router = APIRouter(prefix="/v1", tags=["OpenAI 兼容"])
QUOTING = "policy-quoting"
TEXTS = ("text", "input_text", "output_text")  # the parts of a content that are words
MOST_INPUTS = 256
MOST_CHARACTERS = 500_000


class Lenient(BaseModel):
    """Clients send many settings that mean nothing here; they are not refused."""

    model_config = ConfigDict(extra="ignore")


class Part(Lenient):
    """A part of a content; some clients send its words alone, or no words at all."""

    type: str = "text"
    text: str | None = None

    @model_validator(mode="before")
    @classmethod
    def _alone(cls, given: Any) -> Any:
        return {"text": given} if isinstance(given, str) else given


class Message(Lenient):
    role: str
    content: str | list[Part] | None = None

    @property
    def text(self) -> str:
        if isinstance(self.content, list):
            return "\n".join(part.text for part in self.content if part.text and part.type in TEXTS)
        return self.content or ""


class StreamOptions(Lenient):
    include_usage: bool | None = False


class ChatIn(Lenient):
    model: Annotated[str, Field(max_length=200)] | None = Field(QUOTING, examples=[QUOTING])
    messages: Annotated[list[Message], Field(min_length=1, max_length=200)] = Field(
        examples=[[{"role": "user", "content": "诸暨的样板区带动了多少消费？"}]]
    )
    stream: bool | None = False
    stream_options: StreamOptions | None = None
    n: int | None = Field(None, description="只能是 1：每次只有一个回答")


Some = Annotated[str, Field(min_length=1)]


class EmbedIn(Lenient):
    model: Annotated[str, Field(max_length=200)] = "policy-embedding"
    input: Some | Annotated[list[Some], Field(min_length=1, max_length=MOST_INPUTS)] = Field(
        examples=["未来社区"]
    )
    encoding_format: Literal["float", "base64"] | None = "float"
    dimensions: Annotated[int, Field(ge=1)] | None = None


def models(service: Service) -> list[str]:
    """The names one may ask for: quoting always, and the configured model where there is one."""
    name = service.settings.model_name
    return [QUOTING, f"policy-{name}"] if name and service.settings.model_url else [QUOTING]


def _responses(*required: str, streams: bool = False) -> dict[int | str, dict[str, Any]]:
    """What a route gives: an object with these fields, perhaps a stream of them, or an error of OpenAI's."""
    content: dict[str, Any] = {"application/json": {"schema": {"type": "object", "required": list(required)}}}
    if streams:
        content["text/event-stream"] = {"schema": {"type": "string"}}
    said = {"schema": {"type": "object", "required": ["error"], "properties": {"error": {"type": "object"}}}}
    errors = {
        status: {"description": "OpenAI 格式的错误", "content": {"application/json": said}}
        for status in (400, 401, 403, 404, 408, 413, 415, 422, 429, 500, 503)
    }
    return {200: {"description": "OpenAI 格式", "content": content}, **errors}


@router.get("/models", responses=_responses("object", "data"), summary="可用的模型名")
async def list_models(service: At, caller: Annotated[Caller, Depends(may("ask", "search"))]) -> Response:
    service.check_ready()
    return Json({"object": "list", "data": [_model(name) for name in models(service)]})


@router.get("/models/{name:path}", responses=_responses("id", "object"), summary="一个模型")
async def one_model(
    name: str, service: At, caller: Annotated[Caller, Depends(may("ask", "search"))]
) -> Response:
    if name not in models(service):
        raise _no_model(service, name)
    return Json(_model(name))


def _no_model(service: Service, name: str) -> NotFound:
    return NotFound(f"没有名为 {name[:200]} 的模型；可用：{'、'.join(models(service))}")


def _model(name: str) -> dict[str, Any]:
    return {"id": name, "object": "model", "created": 1704067200, "owned_by": "policy-kb"}


@router.post("/embeddings", responses=_responses("object", "data", "model", "usage"), summary="文本的向量")
async def embeddings(
    asked: EmbedIn, service: At, caller: Annotated[Caller, Depends(may("ask", "search"))]
) -> Response:
    texts = [asked.input] if isinstance(asked.input, str) else asked.input
    if sum(map(len, texts)) > MOST_CHARACTERS:
        raise TooLarge(f"input 总长超过 {MOST_CHARACTERS} 字的上限；请分批发送")
    embedder = service.library.embedder
    if asked.dimensions not in (None, embedder.dim):
        raise BadInput(f"向量只有 {embedder.dim} 维；请去掉 dimensions，或写成 {embedder.dim}")
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


@router.post(
    "/chat/completions",
    responses=_responses("id", "object", "created", "model", "choices", "usage", streams=True),
    summary="提问，OpenAI 聊天格式",
)
async def complete(
    asked: ChatIn, request: Request, service: At, caller: Annotated[Caller, Depends(may("ask"))]
) -> Response:
    model = asked.model or QUOTING
    if model not in models(service):
        raise _no_model(service, model)
    if asked.n not in (None, 1):
        return problem(400, "bad_request", "n 只能是 1：每次只有一个回答；请去掉 n 或写成 1", request)
    question = question_of(asked, caller)
    completion = Completion(model, base_of(request), question)
    if not asked.stream:
        answer = await service.run(lambda: Conversation(service, question, caller).answer())
        return Json(completion.whole(answer))
    stream = await events(service, question, caller)
    usage = bool(asked.stream_options and asked.stream_options.include_usage)
    return StreamingResponse(
        completion.chunks(stream, usage), media_type="text/event-stream", headers=STREAMING
    )


def question_of(asked: ChatIn, caller: Caller) -> Question:
    """The last user message is the question, what stands before it the history."""
    messages = asked.messages
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
    return Question(text, history, seen_by(caller, Filters()), quoting=asked.model in (None, "", QUOTING))
