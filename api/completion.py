"""An Answer in the shapes of OpenAI's chat completions, with the citation fields real clients read.

Open WebUI and LobeChat read `annotations` once, from the chunk that ends the answer; others read
Perplexity's `citations` and `search_results`, or Azure's `message.context.citations`.
"""

from __future__ import annotations

import re
import secrets
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from kb.model import Answer, Citation, Question

from .links import span_address
from .problems import dumps, openai_error, problem_json

UNTITLED = "无题文档"
DONE = b"data: [DONE]\n\n"


@dataclass(frozen=True)
class Completion:
    """What every chunk of one completion shares; `base` makes addresses absolute."""

    model: str
    base: str
    question: Question
    id: str = field(default_factory=lambda: f"chatcmpl-{secrets.token_hex(12)}")
    created: int = field(default_factory=lambda: int(time.time()))  # seconds

    def whole(self, answer: Answer) -> dict[str, Any]:
        context = {"citations": self._azure(answer), "intent": answer.rewritten or answer.question}
        message = {
            "role": "assistant", "content": told(answer), "refusal": None,
            "annotations": self._annotations(answer), "context": context,
        }  # fmt: skip
        return {
            **self._shared("chat.completion"),
            "choices": [{"index": 0, "message": message, "logprobs": None, "finish_reason": "stop"}],
            "usage": self._usage(answer),
            **self._perplexity(answer),
            "policy": _policy(answer),
        }

    async def chunks(self, stream: AsyncIterator[tuple[str, Any]], usage: bool) -> AsyncIterator[bytes]:
        """Role, text, then once the citations in the chunk that ends the answer.

        While a language model writes, each claim that has passed the gate goes out as
        `reasoning_content`; only the answer as it stands in the ledger is ever `content`.
        """
        yield self._chunk({"role": "assistant", "content": ""})
        async for name, value in stream:
            if name == "claim" and not self.question.quoting:
                yield self._chunk({"reasoning_content": f"{value.text}\n"})
            elif name == "answer":
                yield b"".join(self._ended(value, usage))  # ready together, sent together
            elif name == "error":
                said = problem_json(value)
                yield _event(openai_error(said["status"], said["code"], said["detail"]))
                return
        yield DONE

    def _ended(self, answer: Answer, usage: bool) -> list[bytes]:
        last = {"content": "", "annotations": self._annotations(answer)}
        made = [self._chunk({"content": piece}) for piece in pieces(answer)]
        made.append(self._chunk(last, "stop", **self._perplexity(answer), policy=_policy(answer)))
        if usage:
            counted = {"choices": [], "usage": self._usage(answer)}
            made.append(_event({**self._shared("chat.completion.chunk"), **counted}))
        return made

    def _shared(self, kind: str) -> dict[str, Any]:
        return {"id": self.id, "object": kind, "created": self.created, "model": self.model}

    def _chunk(self, delta: dict[str, Any], finish: str | None = None, **more: Any) -> bytes:
        choice = {"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish}
        return _event({**self._shared("chat.completion.chunk"), "choices": [choice], **more})

    def _address(self, c: Citation) -> str:
        return span_address(self.base, c.document.id, c.revision, c.start, c.end)

    def _annotations(self, answer: Answer) -> list[dict[str, Any]]:
        """A `url_citation` for each citation, in order of their numbers, at its first marker in the content."""
        text = told(answer)
        return [
            {
                "type": "url_citation",
                "url_citation": {
                    "url": self._address(c), "title": _title(c), **_marked(text, c.n), "content": c.quote,
                },
            }
            for c in answer.citations
        ]  # fmt: skip

    def _perplexity(self, answer: Answer) -> dict[str, Any]:
        results = [
            {"title": _title(c), "url": self._address(c), "date": _issued(c), "snippet": c.quote}
            for c in answer.citations
        ]
        return {"citations": [one["url"] for one in results], "search_results": results}

    def _azure(self, answer: Answer) -> list[dict[str, Any]]:
        return [
            {
                "title": _title(c), "content": c.quote, "url": self._address(c), "filepath": _file(c),
                "chunk_id": str(c.n),
            }
            for c in answer.citations
        ]  # fmt: skip

    def _usage(self, answer: Answer) -> dict[str, int]:
        """Characters, counted as tokens: clients want figures, and no tokenizer has read the text."""
        asked = len(self.question.text) + sum(len(turn.content) for turn in self.question.history)
        written = len(told(answer))
        return {
            "prompt_tokens": asked, "completion_tokens": written, "total_tokens": asked + written,
        }  # fmt: skip


def told(answer: Answer) -> str:
    """The answer's text under those of its notes that it does not say itself: clients show nothing else."""
    notes = [f"{note}\n" for note in answer.notes if note not in answer.text]
    return "".join(notes) + answer.text


def pieces(answer: Answer) -> list[str]:
    """The content in order, cut after each claim and its markers."""
    text = told(answer)
    before = len(text) - len(answer.text)
    ends = (_end(text, before + claim.end) for claim in answer.claims)
    return [text[a:b] for a, b in pairwise(sorted({0, *ends, len(text)})) if b > a]


def _end(text: str, at: int) -> int:
    """The end of the marker that follows `at`, on the same line; else `at`."""
    line = text.find("\n", at)
    marker = text.find("]", at, line if line >= 0 else len(text))
    return marker + 1 if marker >= 0 else at


def _marked(text: str, n: int) -> dict[str, int]:
    marker = f"[{n}]"
    at = text.find(marker)
    start, end = (at, at + len(marker)) if at >= 0 else (len(text), len(text))
    return {"start_index": start, "end_index": end}


def _file(citation: Citation) -> str:
    """The name of the file alone: where it lies on the server is nobody's business."""
    return re.split(r"[/\\]", citation.document.source.rstrip("/\\"))[-1]


def _title(citation: Citation) -> str:
    return citation.document.title.strip() or UNTITLED


def _issued(citation: Citation) -> str | None:
    return citation.document.issued.isoformat() if citation.document.issued else None


def _policy(answer: Answer) -> dict[str, Any]:
    """What OpenAI's shape has no place for."""
    return {
        "answer_id": answer.id, "basis": answer.basis, "reason": answer.reason, "kind": answer.kind,
        "model": answer.model, "notes": list(answer.notes),
    }  # fmt: skip


def _event(value: Any) -> bytes:
    return b"data: " + dumps(value) + b"\n\n"
