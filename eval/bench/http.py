"""A running service under load, and how soon it finds a changed document."""

from __future__ import annotations

import http.client
import json
import threading
import time
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import numpy as np

from ..timing import percentiles
from .process import resident_mb, serving

FEW = 100  # questions everybody asks


def load(url: str, questions: list[str], clients: int, seconds: float, again: bool = True) -> dict[str, Any]:
    """`clients` keep asking `POST /api/search`, each over one kept connection; each question once, unless `again`."""
    address = urlsplit(url)
    until = time.perf_counter() + seconds
    times: list[list[float]] = [[] for _ in range(clients)]
    errors: list[str] = []

    def client(number: int) -> None:
        connection = http.client.HTTPConnection(address.hostname or "", address.port, timeout=60)
        at = number
        while time.perf_counter() < until and (again or at < len(questions)):
            body = json.dumps({"query": questions[at % len(questions)], "k": 10}).encode()
            began = time.perf_counter()
            try:
                connection.request("POST", "/api/search", body, {"Content-Type": "application/json"})
                answer = connection.getresponse()
                text = answer.read()
                if answer.status != 200:
                    errors.append(f"{answer.status} {text[:200]!r}")
            except OSError as error:
                errors.append(str(error))
                connection.close()
            times[number].append((time.perf_counter() - began) * 1000)
            at += clients
        connection.close()

    threads = [threading.Thread(target=client, args=(n,)) for n in range(clients)]
    began = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    took = time.perf_counter() - began
    every = np.concatenate([np.array(t) for t in times])
    return {
        "clients": clients, "answers": len(every), "answers_per_s": round(len(every) / took, 1),
        "errors": len(errors), "first_errors": errors[:3], **percentiles(every),
    }  # fmt: skip


def http_step(home: Path, questions: list[str], seconds: float) -> dict[str, Any]:
    """Questions none of which is asked twice, then (`again`) a few that everybody asks."""
    with serving(home) as service:
        load(service.url, questions[:FEW], 8, 1.0)
        found = load(service.url, questions[FEW:], 8, seconds, again=False)
        resident = round(resident_mb(service.process), 1)
        return found | {"resident_mb": resident, "again": load(service.url, questions[:FEW], 8, seconds / 2)}


def open_step(home: Path, times: int = 3) -> dict[str, Any]:
    """From starting the process until the service is ready, and its memory then."""
    ready, memory = [], []
    for _ in range(times):
        with serving(home) as service:
            ready.append(service.ready_seconds)
            memory.append(service.process.memory_info().rss / 2**20)
    return {"service_ready_s": float(np.median(ready)), "resident_mb": float(np.median(memory))}


def update_step(home: Path, times: int = 5) -> dict[str, Any]:
    """A changed document is uploaded while the service runs; seconds until a search finds its new words."""
    waits = []
    with serving(home) as service, httpx.Client(base_url=service.url, timeout=120) as client:
        for number in range(times + 1):
            word = f"检验词{time.time_ns() % 10**8}"
            text = f"# 更新检验办法\n\n第一条　本办法第{number}次修改，写有{word}。\n"
            began = time.perf_counter()
            answer = client.post("/api/documents", files={"files": ("更新检验办法.md", text.encode())})
            answer.raise_for_status()
            while not _finds(client, word):
                time.sleep(0.005)
                if time.perf_counter() - began > 60:
                    raise TimeoutError("改动的文档一分钟后仍搜不到")
            waits.append(time.perf_counter() - began)
        for result in answer.json()["results"]:
            client.delete(f"/api/documents/{result['doc_id']}").raise_for_status()
    return {"changed_to_searchable_s": float(np.median(waits[1:])), "slowest_s": max(waits[1:])}


def _finds(client: httpx.Client, word: str) -> bool:
    hits = client.post("/api/search", json={"query": word, "k": 3}).json()["hits"]
    return any(word in hit["text"] for hit in hits)
