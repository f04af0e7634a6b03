"""A question and its evidence → what a language model writes of it, past the gate; else the quoting answer.

The far end is any OpenAI-compatible service, reached through LlamaIndex. Whatever it does, a
cited answer is back by the deadline: the model's, or the quoting one with a note why. Only where the
model itself says that it finds no basis is the answer that there is none.
"""

from __future__ import annotations

import queue
import re
import threading
import time
import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from typing import Any

from .compose import KIND_NAMES, caution, refusal_text
from .errors import BadSettings
from .gate import Exhibit, Gate, GateResult
from .gate_claims import shown
from .model import Answer, Citation, Claim
from .settings import Settings
from .validity.titles import bare
from .verify import STATUS_NAMES

FAILED_GATE = "模型回答未通过出处核对，以下为原文摘引"
NO_BASIS = "语言模型读了找到的段落，没有从中找到依据"
CUT_SHORT = "语言模型的回答到了长度上限，没有写完，这里只有前一部分"
CONTEXT_WINDOW = 32_768  # tokens; told to LlamaIndex so that it looks nothing up
MOST_TOKENS = 1500
QUESTION_LIMIT = 2000  # code points of a question that are sent
_HARMLESS = str.maketrans("<>[]", "‹›（）")
_LOOKALIKES = str.maketrans({"〖": "【", "〗": "】"})
_CHAT_TOKEN = re.compile(r"<\|[^|>\n]{0,40}\|>|</?s>|\[/?INST\]|<</?SYS>>|</?think(?:ing)?>", re.I)
_REFUSAL = re.compile(
    r"^\W*(?:抱歉|对不起|很遗憾|作为(?:一个)?(?:AI|人工智能|语言模型)|我(?:无法|不能)|"
    r"I['’]?m sorry|Sorry|As an AI|I can(?:no|')t)",
    re.I,
)
Send = Callable[[Claim], None]


class ModelFailed(Exception):
    """The far end gave no usable answer; the message says why, in words that follow 语言模型."""


@dataclass(frozen=True, slots=True)
class Bit:
    """What came in: some text, the end of the stream (`finish`), or what went wrong."""

    text: str = ""
    finish: str | None = None
    failure: str = ""
    over: bool = False


class Generator:
    """One model behind one address. Safe to share between threads.

    Raises `BadSettings` for an address or name that cannot be right. LlamaIndex is loaded here,
    once, so that no question waits for it.
    """

    def __init__(self, settings: Settings) -> None:
        if not re.match(r"https?://[^/\s]+", settings.model_url, re.I):
            raise BadSettings(
                f"设置 model_url 的值 {settings.model_url!r} 不是 http(s) 地址；例如 http://127.0.0.1:11434/v1"
            )
        if not settings.model_name:
            raise BadSettings("设了 model_url 而没有 model_name；请写明语言模型名，例如 qwen2.5:7b")
        _ = _like()
        self.name = settings.model_name
        self._url = settings.model_url.rstrip("/")
        self._key = settings.model_key or "none"  # never one from another program's environment
        # A request that itself ends first would throw the quoting answer away too.
        self._seconds = min(
            settings.model_seconds, max(settings.request_seconds - 2, settings.request_seconds / 2)
        )

    def answer(self, question: str, exhibits: Sequence[Exhibit], quoting: Answer, send: Send) -> Answer:
        """The model's answer as far as it passed the gate, else `quoting` with a note; a refusal where all
        that the model says is that it finds no basis.

        `send` gets each claim that passed, as soon as it is complete; void where `quoting` comes back.
        """
        began = time.monotonic()
        try:
            result, complete = self._generated(question, exhibits, began + self._seconds, send)
        except ModelFailed as failure:
            return _fallen(quoting, f"语言模型{failure}，以下为原文摘引")
        if result.only_no_basis:
            return _without_basis(quoting, self.name)
        if not result.enough:
            return _fallen(quoting, FAILED_GATE)
        return _composed(quoting, result, self.name, complete)

    def _generated(
        self, question: str, exhibits: Sequence[Exhibit], deadline: float, send: Send
    ) -> tuple[GateResult, bool]:
        """What passed the gate, and whether the model came to an end by itself."""
        gate = Gate(exhibits)
        written: list[str] = []
        finish: str | None = None
        for bit in self._bits(messages(question, exhibits), deadline):
            finish = bit.finish or finish
            written.append(bit.text)
            for claim in gate.feed(bit.text):
                send(claim)
        text = "".join(written)
        if finish is None:
            raise ModelFailed("的回答中途断了" if text.strip() else "没有给出回答")
        if finish == "content_filter":
            raise ModelFailed("拒绝作答")
        if finish != "length":  # a sentence cut off by the length limit is not one
            for claim in gate.flush():
                send(claim)
        result = gate.result()
        if not result.enough and not result.only_no_basis:
            _explain(text)
        return result, finish != "length"

    def _bits(self, asked: Sequence[tuple[str, str]], deadline: float) -> Iterator[Bit]:
        """What the model writes, until it is done. Raises `ModelFailed`, at the deadline at the latest."""
        bits: queue.SimpleQueue[Bit] = queue.SimpleQueue()
        given_up = threading.Event()
        worker = threading.Thread(
            target=self._ask, args=(asked, deadline, bits.put, given_up), name="language-model", daemon=True
        )
        worker.start()
        try:
            while True:
                try:
                    bit = bits.get(timeout=max(deadline - time.monotonic(), 0))
                except queue.Empty:
                    raise ModelFailed(self._late()) from None
                if bit.failure:
                    raise ModelFailed(bit.failure)
                if bit.over:
                    return
                yield bit
                if time.monotonic() > deadline:
                    raise ModelFailed(self._late())
        finally:
            given_up.set()

    def _late(self) -> str:
        return f"在 {self._seconds:g} 秒内没有答完"

    def _ask(
        self,
        asked: Sequence[tuple[str, str]],
        deadline: float,
        put: Callable[[Bit], None],
        given_up: threading.Event,
    ) -> None:
        """In its own thread: every end of the conversation becomes a `Bit`."""
        from .generate_http import deadline_client

        try:
            with deadline_client(deadline, self._url) as client:
                for chunk in self._model(client).stream_chat(_chat(asked)):
                    if given_up.is_set():
                        return
                    choices = getattr(chunk.raw, "choices", None) or ()
                    finish = getattr(choices[0], "finish_reason", None) if choices else None
                    put(Bit(chunk.delta or "", finish))
            put(Bit(over=True))
        except Exception as error:  # any misbehaviour of the far end, in any library's words
            put(Bit(failure=self._late() if time.monotonic() >= deadline else _because(error, self._seconds)))

    def _model(self, client: Any) -> Any:
        return _like()(
            model=self.name, api_base=self._url, api_key=self._key, is_chat_model=True,
            is_function_calling_model=False, context_window=CONTEXT_WINDOW, max_tokens=MOST_TOKENS,
            temperature=0.0, max_retries=0, timeout=self._seconds, http_client=client,
        )  # fmt: skip


def _like() -> Any:
    from llama_index.llms.openai_like import OpenAILike

    return OpenAILike


def _chat(asked: Sequence[tuple[str, str]]) -> list[Any]:
    from llama_index.core.base.llms.types import ChatMessage

    return [ChatMessage(role=role, content=content) for role, content in asked]


def _because(error: Exception, seconds: float) -> str:
    """Why it failed, in words that follow 语言模型; never an address, a key or a foreign message."""
    import httpx
    import openai

    if isinstance(error, openai.APITimeoutError | httpx.TimeoutException):
        return f"在 {seconds:g} 秒内没有答完"
    if isinstance(error, openai.APIStatusError):
        other = "服务出错" if error.status_code >= 500 else "不接受这个请求"
        return f"{_STATUS.get(error.status_code, other)}（HTTP {error.status_code}）"
    if isinstance(error, openai.APIConnectionError | httpx.ConnectError):
        return "连接不上"
    if isinstance(error, httpx.TransportError):
        return "的回答中途断了"
    return "返回了无法读取的内容"


_STATUS: Mapping[int, str] = {
    401: "不认所用的密钥", 403: "不许使用", 404: "地址或模型名不对", 429: "请求过多，暂不受理",
}  # fmt: skip


def _explain(text: str) -> None:
    """Names the reason where a text that failed the gate is no attempt at an answer."""
    visible = shown(text).strip()
    if not visible:
        raise ModelFailed("没有给出回答")
    if _REFUSAL.search(visible):
        raise ModelFailed("拒绝作答")
    if not any("\u4e00" <= c <= "\u9fff" for c in visible):
        raise ModelFailed("没有用中文作答")


def _fallen(quoting: Answer, note: str) -> Answer:
    return replace(quoting, notes=(*quoting.notes, note))


def _without_basis(quoting: Answer, name: str) -> Answer:
    nearest = [c.document for c in quoting.citations]
    return replace(
        quoting, text=refusal_text("below_threshold", nearest), basis="none", reason="below_threshold",
        kind="policy", claims=(), citations=(), model=name, notes=(NO_BASIS,),
    )  # fmt: skip


def _composed(quoting: Answer, result: GateResult, name: str, complete: bool) -> Answer:
    left_out = f"另有 {result.cut} 句未通过出处核对，已略去。" if result.cut else ""
    own = tuple(filter(None, (left_out, "" if complete else CUT_SHORT)))
    kinds = list(dict.fromkeys(c.document.kind for c in result.citations))
    return replace(
        quoting, text=result.text, claims=result.claims, citations=result.citations, model=name,
        kind=kinds[0] if len(kinds) == 1 else "mixed", notes=_notes(quoting, result.citations) + own,
    )  # fmt: skip


def _notes(quoting: Answer, citations: Sequence[Citation]) -> tuple[str, ...]:
    """The quoting answer's cautions, and those of each further document."""
    warned = {c.document.id for c in quoting.citations}
    further = {c.document.id: c.document for c in citations if c.document.id not in warned}
    cautions = [caution(d, [c.path for c in citations if c.document.id == id]) for id, d in further.items()]
    return quoting.notes + tuple(filter(None, cautions))


# ---- the prompt ------------------------------------------------------------------------------


@cache
def prompts() -> Mapping[str, str]:
    """The three texts of `prompts.toml`."""
    texts = tomllib.loads(files("kb").joinpath("prompts.toml").read_text("utf-8"))
    return {name: text.strip() for name, text in texts.items()}


def messages(question: str, exhibits: Sequence[Exhibit]) -> list[tuple[str, str]]:
    """(role, content) of what is sent. Documents stand between marks that they cannot write themselves."""
    passages = "\n\n".join(_passage(n, exhibit) for n, exhibit in enumerate(exhibits, 1))
    values = {"passages": passages, "question": _data(question[:QUESTION_LIMIT])}
    asked = _filled(prompts()["question"], values)
    return [("system", prompts()["system"]), ("user", asked)]


def _passage(n: int, exhibit: Exhibit) -> str:
    document = exhibit.document
    return _filled(prompts()["passage"], {
        "n": str(n),
        "title": _line(bare(document.title)),
        "number": _line(document.number or "无"),
        "path": _line(" ".join(exhibit.path) or "—"),
        "issued": document.issued.isoformat() if document.issued else "未知",
        "status": STATUS_NAMES.get(document.status, "未知"),
        "kind": KIND_NAMES.get(document.kind, "政策"),
        "text": _data(exhibit.text),
    })  # fmt: skip


def _filled(template: str, values: Mapping[str, str]) -> str:
    """In one pass: what is put in is not looked at again."""
    return re.sub(r"\{(\w+)\}", lambda m: values.get(m[1], m[0]), template)


def _data(text: str) -> str:
    """A stranger's text without what could pass for our marks, a model's own, or nothing visible."""
    text = shown(text).translate(_LOOKALIKES)
    return _CHAT_TOKEN.sub(lambda m: m[0].translate(_HARMLESS), text)


def _line(text: str) -> str:
    return " ".join(_data(text).split())[:200]


__all__ = ["FAILED_GATE", "Generator", "messages", "prompts"]
