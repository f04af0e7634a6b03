"""Many people in conversation with one service: how soon does each hear the first words of an answer?"""

from __future__ import annotations

import asyncio
import json
import random
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import numpy as np

from .process import resident_mb, serving

PEOPLE = 50
TURNS = 3  # questions of each, the first of all at one instant; so many that no shipped question comes twice
PAUSE = 4.0  # seconds at most between an answer and the next question
END = b"0\r\n\r\n"  # of a response in chunks


@dataclass(slots=True)
class Heard:
    """What became of one question. Times in ms from when it was sent."""

    first: float | None = None  # until the first claim; None for a refusal
    whole: float = 0.0
    error: str = ""


@dataclass(slots=True)
class Person:
    """One connection, kept for the whole conversation."""

    questions: list[str]
    rng: random.Random
    heard: list[Heard] = field(default_factory=list)

    async def talk(self, host: str, port: int, together: asyncio.Barrier) -> None:
        reader, writer = await asyncio.open_connection(host, port)
        for number, question in enumerate(self.questions):
            body = json.dumps({"question": question, "stream": True}).encode()
            head = f"POST /api/ask HTTP/1.1\r\nHost: {host}:{port}\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
            if number == 0:
                await together.wait()
            self.heard.append(await _asked(reader, writer, head.encode() + body))
            if self.heard[-1].error:
                break
            await asyncio.sleep(self.rng.uniform(0.0, PAUSE))
        writer.close()


async def _asked(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, request: bytes) -> Heard:
    heard, read = Heard(), b""
    began = time.perf_counter()
    writer.write(request)
    while not read.endswith(END):
        some = await reader.read(1 << 16)
        now = (time.perf_counter() - began) * 1000
        if not some:
            return Heard(error="连接断了")
        read += some
        if heard.first is None and b"event: claim" in read:
            heard.first = now
        heard.whole = now
    if not read.startswith(b"HTTP/1.1 200") or b"event: answer" not in read:
        heard.error = read[:200].decode("utf-8", "replace")
    return heard


async def _talk(url: str, questions: list[str], people: int, turns: int) -> list[Person]:
    address = urlsplit(url)
    everyone = [
        Person([questions[(n + turn * people) % len(questions)] for turn in range(turns)], random.Random(n))
        for n in range(people)
    ]
    together = asyncio.Barrier(people)
    await asyncio.gather(*(p.talk(address.hostname or "", address.port or 80, together) for p in everyone))
    return everyone


def talk(url: str, questions: list[str], people: int = PEOPLE, turns: int = TURNS) -> dict[str, Any]:
    """`people` converse at the same time: the first questions come at one instant, the others as it happens."""
    everyone = asyncio.run(_talk(url, questions, people, turns))
    errors = [h.error for p in everyone for h in p.heard if h.error]
    return {
        "people": people, "turns": turns, "errors": len(errors), "first_errors": errors[:3],
        "at_once": _figures([p.heard[0] for p in everyone]),
        "under_way": _figures([h for p in everyone for h in p.heard[1:]]),
    }  # fmt: skip


def _figures(heard: list[Heard]) -> dict[str, Any]:
    """Percentiles in ms of the first words of what was answered, and of every whole answer or refusal."""
    answered = [h.first for h in heard if h.first is not None]
    first = np.array(answered or [np.nan])
    whole = np.array([h.whole for h in heard if not h.error] or [np.nan])
    return {
        "answered": len(answered),
        "first_p50_ms": float(np.percentile(first, 50)), "first_p90_ms": float(np.percentile(first, 90)),
        "whole_p50_ms": float(np.percentile(whole, 50)), "whole_p99_ms": float(np.percentile(whole, 99)),
    }  # fmt: skip


def talk_step(work: Path, questions: list[str]) -> dict[str, Any]:
    """Over the shipped documents; every question is asked once, after a few others."""
    home = work / "bench" / "talk"
    with serving(home) as service:
        talk(service.url, questions[-10:], people=5, turns=2)
        time.sleep(3)  # what starts beside it has started
        return talk(service.url, questions[:-10]) | {"resident_mb": round(resident_mb(service.process), 1)}
