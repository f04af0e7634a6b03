"""Many conversations at once over the streaming interface: how soon does each answer's first sentence come?

    python -m tests.web.streams [address] [--conversations 50] [--questions 4] [--pause 6]

Without an address a service over the shipped corpus is started in a folder thrown away afterwards.
Every conversation keeps a history, asks, reads the stream to its end, pauses as a reader does, and
asks on. `together` is the harder case: every conversation sends its first question at one moment.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import statistics
import tempfile
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

TIMEOUT = httpx.Timeout(60)


@dataclass(slots=True)
class Figures:
    """Milliseconds from sending a question to its first claim (of a refusal: to the answer), and what failed."""

    first: list[float] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    def json(self) -> dict[str, Any]:
        ordered = sorted(self.first)
        return {
            "answers": len(ordered),
            "errors": len(self.errors),
            "first_errors": self.errors[:3],
            "median_ms": round(statistics.median(ordered), 1) if ordered else None,
            "p95_ms": round(ordered[int(0.95 * (len(ordered) - 1))], 1) if ordered else None,
        }


async def converse(client: httpx.AsyncClient, questions: Sequence[str], pause: float, into: Figures) -> None:
    """One conversation; `pause` is the mean of its reading times in seconds."""
    history: list[dict[str, str]] = []
    for question in questions:
        try:
            answer = await _one(client, question, history, into)
        except (httpx.HTTPError, ValueError) as error:
            into.errors.append(f"{type(error).__name__}: {error}")
            return
        history += [
            {"role": "user", "content": question},
            {"role": "assistant", "content": answer["text"]},
        ]
        await asyncio.sleep(random.uniform(0.5, 1.5) * pause)


async def _one(
    client: httpx.AsyncClient, question: str, history: list[dict[str, str]], into: Figures
) -> dict[str, Any]:
    began = time.perf_counter()
    body = {"question": question, "history": history[-6:], "stream": True}
    first, name = None, ""
    async with client.stream("POST", "/api/ask", json=body) as response:
        if response.status_code != 200:
            raise ValueError(f"{response.status_code} {(await response.aread()).decode()[:200]}")
        async for line in response.aiter_lines():
            if line.startswith("event: "):
                name = line[7:]
                if name in ("claim", "answer") and first is None:
                    first = (time.perf_counter() - began) * 1000
            elif name == "error" and line.startswith("data: "):
                raise ValueError(line)
            elif name == "answer" and line.startswith("data: ") and first is not None:
                into.first.append(first)
                answer: dict[str, Any] = json.loads(line[6:])
                return answer
    raise ValueError("the stream ended without an answer")


async def _measure(address: str, conversations: int, questions: int, pause: float) -> dict[str, Any]:
    limits = httpx.Limits(max_connections=conversations, max_keepalive_connections=conversations)
    async with httpx.AsyncClient(base_url=address, timeout=TIMEOUT, limits=limits) as client:
        asked = (await client.get("/api/suggestions")).json()["suggestions"]
        each = [[asked[(c + q) % len(asked)] for q in range(questions)] for c in range(conversations)]
        await converse(client, asked, 0, Figures())  # what a first question warms is not what is measured
        together, paced = Figures(), Figures()
        await asyncio.gather(*(converse(client, row[:1], 0, together) for row in each))
        await asyncio.gather(*(_later(client, row, pause, paced) for row in each))
    return {
        "conversations": conversations,
        "together": together.json(),
        "paced": paced.json(),
        "pause_s": pause,
    }


async def _later(client: httpx.AsyncClient, questions: Sequence[str], pause: float, into: Figures) -> None:
    await asyncio.sleep(random.uniform(0, pause))  # readers do not begin at one moment
    await converse(client, questions, pause, into)


def measure(address: str, conversations: int = 50, questions: int = 4, pause: float = 6.0) -> dict[str, Any]:
    with ThreadPoolExecutor(1) as own:  # the caller's thread may have a loop of its own
        return own.submit(lambda: asyncio.run(_measure(address, conversations, questions, pause))).result()


def main() -> None:
    parser = argparse.ArgumentParser(description="many streaming conversations at once")
    parser.add_argument("address", nargs="?")
    parser.add_argument("--conversations", type=int, default=50)
    parser.add_argument("--questions", type=int, default=4)
    parser.add_argument("--pause", type=float, default=6.0, help="mean reading time, seconds")
    args = parser.parse_args()
    from tests.conftest import serving  # run from the project's folder

    with tempfile.TemporaryDirectory() as folder:
        service = nullcontext(args.address) if args.address else serving(Path(folder) / "home")
        with service as address:
            print(json.dumps(measure(address, args.conversations, args.questions, args.pause), indent=1))


if __name__ == "__main__":
    main()
