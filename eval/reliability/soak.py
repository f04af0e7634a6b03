"""A long mixed load on a real service: no error, flat memory, steady times.

    python -m eval.reliability soak --minutes 60 [--also FOLDER] [--out report.json]

First the capacity (four clients, as fast as they can), then half of it for the rest of the time. In five
minutes of six documents are added, changed and removed; the sixth is quiet, so that both figures are of the
same hour: a machine that others slow down slows both. One call in four is `POST /api/ask`, the
others `POST /api/search`; the service remembers none of them (`KB_REMEMBERED=0`), or the capacity would
be that of its memory, which every changed document empties. Times are from the moment a call was due, so
that a stall counts in full.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import httpx
import numpy as np

from ..bench.process import Service, resident_mb, serving

CLIENTS = 4
EXTRA = 20  # documents that come and go
CHANGE_EVERY = 5.0  # seconds
LOOK_EVERY = 5.0
ROUND, QUIET = 360.0, 60.0  # seconds: of so many the last are without changes
SETTLING = 5.0  # seconds after the last change that count for neither
OWN = Path(__file__).parents[1] / "own" / "questions.jsonl"


@dataclass(frozen=True, slots=True)
class Load:
    """Milliseconds at the median, the 99th and the 99.9th percentile, and what went wrong."""

    calls: int
    per_second: float
    p50: float
    p99: float
    p999: float
    errors: int
    first_errors: tuple[str, ...]


def summary(times: Sequence[float], seconds: float, errors: Sequence[str]) -> Load:
    p50, p99, p999 = (round(float(np.percentile(times or [0.0], q)), 1) for q in (50, 99, 99.9))
    return Load(
        len(times), round(len(times) / max(seconds, 1e-9), 1), p50, p99, p999, len(errors), tuple(dict.fromkeys(errors))[:5]
    )


class Caller:
    """Calls the service; keeps what it took and what went wrong. Safe to share between threads."""

    def __init__(self, url: str, questions: Sequence[str]) -> None:
        self.client = httpx.Client(base_url=url, timeout=60)
        self.questions = questions
        self.times: list[float] = []
        self.began: list[float] = []  # when each call should have begun (`time.monotonic`)
        self.errors: list[str] = []
        self._noting = threading.Lock()

    def call(self, number: int, due: float | None = None) -> None:
        """One question; `due` is when it should have begun (`time.monotonic`)."""
        began = time.monotonic() if due is None else due
        question = self.questions[number % len(self.questions)]
        path, body = (
            ("/api/ask", {"question": question}) if number % 4 == 0 else ("/api/search", {"query": question})
        )
        try:
            answer = self.client.post(path, json=body)
            if answer.status_code != 200:
                self.errors.append(f"{path} {answer.status_code} {answer.json().get('detail')}")
        except httpx.HTTPError as error:
            self.errors.append(f"{path} {type(error).__name__} {error}")
        took = (time.monotonic() - began) * 1000
        with self._noting:
            self.times.append(took)
            self.began.append(began)

    def taken(self, seconds: float) -> Load:
        load = summary(self.times, seconds, self.errors)
        self.times, self.began, self.errors = [], [], []
        return load


def closed(caller: Caller, seconds: float) -> Load:
    """As fast as `CLIENTS` can."""
    until = time.monotonic() + seconds

    def client(first: int) -> None:
        number = first
        while time.monotonic() < until:
            caller.call(number)
            number += CLIENTS

    with ThreadPoolExecutor(CLIENTS) as pool:
        list(pool.map(client, range(CLIENTS)))
    return caller.taken(seconds)


def paced(caller: Caller, per_second: float, seconds: float) -> float:
    """So many calls a second, whether or not the earlier ones are done; gives when it began (`time.monotonic`)."""
    began, due = time.monotonic(), 0.0
    with ThreadPoolExecutor(32) as pool:
        number = 0
        while due < seconds:
            pause = began + due - time.monotonic()
            if pause > 0:
                time.sleep(pause)
            pool.submit(caller.call, number, began + due)
            number += 1
            due = number / per_second
    return began


def is_quiet(seconds: float, until: float) -> bool | None:
    """Whether no documents change so far into the load, `until` seconds long; None while the last change settles."""
    into, whole = seconds % ROUND, min(ROUND, until)
    if into < whole - QUIET:
        return False
    return True if into >= whole - QUIET + SETTLING else None


class Changing(threading.Thread):
    """Adds, changes and removes documents, one every few seconds but in the quiet ones, until told to stop."""

    def __init__(self, url: str, seconds: float) -> None:
        super().__init__(daemon=True)
        self.seconds = seconds
        self.client = httpx.Client(base_url=url, timeout=120)
        self.over = threading.Event()
        self.chance = random.Random(1)
        self.known: dict[int, str] = {}
        self.done = {"added": 0, "updated": 0, "removed": 0}
        self.errors: list[str] = []

    def run(self) -> None:
        version, began = 0, time.monotonic()
        while not self.over.wait(CHANGE_EVERY):
            if is_quiet(time.monotonic() - began, self.seconds) is not False:
                continue
            version += 1
            number = self.chance.randrange(EXTRA)
            try:
                if number in self.known and self.chance.random() < 0.5:
                    self._told(self.client.delete(f"/api/documents/{self.known.pop(number)}"), "removed")
                else:
                    self._add(number, version)
            except httpx.HTTPError as error:
                self.errors.append(f"documents {type(error).__name__} {error}")

    def _add(self, number: int, version: int) -> None:
        text = f"# 编号{number}的临时办法\n\n" + "\n\n".join(
            f"第{i}条 编号{number}版本{version}的办法规定第{i}项事项应当在{i + version % 90}日内办理。" for i in range(1, 40)
        )
        answer = self.client.post("/api/documents", files={"files": (f"编号{number}.md", text.encode())})
        self._told(answer, "updated" if number in self.known else "added")
        if answer.status_code == 200:
            self.known[number] = answer.json()["results"][0]["doc_id"]

    def _told(self, answer: httpx.Response, what: str) -> None:
        if answer.status_code == 200:
            self.done[what] += 1
        else:
            self.errors.append(f"{what} {answer.status_code} {answer.text[:200]}")


class Memory(threading.Thread):
    """Looks at the resident memory of the service and its children until told to stop."""

    def __init__(self, service: Service) -> None:
        super().__init__(daemon=True)
        self.process = service.process
        self.over = threading.Event()
        self.seen: list[tuple[float, float]] = []  # (seconds, MB)

    def run(self) -> None:
        began = time.monotonic()
        while True:
            self.seen.append((time.monotonic() - began, resident_mb(self.process)))
            if self.over.wait(LOOK_EVERY):
                return

    def slope(self, share: float = 0.5) -> float:
        """MB an hour over the last `share` of the time, by least squares."""
        seen = np.array(self.seen[int(len(self.seen) * (1 - share)) :])
        if len(seen) < 3:
            return 0.0
        return round(float(np.polyfit(seen[:, 0], seen[:, 1], 1)[0]) * 3600, 2)


def apart(caller: Caller, began: float, seconds: float, per_second: float) -> tuple[Load, Load]:
    """The calls while documents changed, and those of the quiet minutes."""
    kinds = np.array([{False: 0, True: 1, None: 2}[is_quiet(at - began, seconds)] for at in caller.began], int)
    times = np.array(caller.times)
    busy, calm = (times[kinds == kind].tolist() for kind in (0, 1))
    return summary(busy, len(busy) / per_second, caller.errors), summary(calm, len(calm) / per_second, ())


def soak(service: Service, questions: Sequence[str], minutes: float, first: float, tell: Callable[[str], None]) -> dict[str, Any]:
    caller, seconds = Caller(service.url, questions), minutes * 60
    closed(caller, first / 4)  # warm
    capacity = closed(caller, first)
    tell(f"四个客户端的吞吐：每秒 {capacity.per_second} 次，p99 {capacity.p99} ms")
    half = max(1.0, capacity.per_second / 2)
    changing, memory = Changing(service.url, seconds), Memory(service)
    changing.start()
    memory.start()
    busy, calm = apart(caller, paced(caller, half, seconds), seconds, half)
    for thread in (changing, memory):
        thread.over.set()
        thread.join(120)
    levels = [mb for _, mb in memory.seen]
    return {
        "minutes": minutes,
        "capacity": asdict(capacity),
        "quiet": asdict(calm),
        "soak": asdict(busy),
        "p99_ratio": round(busy.p99 / calm.p99, 2) if calm.p99 else None,
        "changes": changing.done,
        "change_errors": changing.errors[:5],
        "memory_mb": {"first": round(levels[0]), "last": round(levels[-1]), "peak": round(max(levels))},
        "memory_slope_mb_per_hour": memory.slope(),
    }


def kept_promises(report: dict[str, Any]) -> list[str]:
    """What did not hold, in Chinese; empty when all did. A slope under 5 % of the level an hour is flat."""
    broken = []
    if report["soak"]["errors"] or report["change_errors"]:
        broken.append("有调用出错")
    if report["p99_ratio"] and report["p99_ratio"] > 2:
        broken.append("p99 超过安静时的两倍")
    if report["memory_slope_mb_per_hour"] > 0.05 * report["memory_mb"]["last"]:
        broken.append("内存在增长")
    return broken


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="eval.reliability soak", description=__doc__)
    parser.add_argument("--minutes", type=float, default=60)
    parser.add_argument("--first", type=float, default=60, help="seconds for the capacity")
    parser.add_argument("--home", type=Path, help="a data folder to work on; else a new one with the shipped corpus")
    parser.add_argument("--out", type=Path, help="write the figures as JSON too")
    options = parser.parse_args(arguments)
    questions = [json.loads(line)["question"] for line in OWN.read_text("utf-8").splitlines()]
    with tempfile.TemporaryDirectory(prefix="kb-soak-") as folder:
        with serving(options.home or Path(folder) / "home", KB_REMEMBERED="0") as service:
            report = soak(service, questions, options.minutes, options.first, lambda line: print(line, flush=True))
        log = (options.home or Path(folder) / "home").with_name(f"{(options.home or Path('home')).name}.serve.log")
        report["log_errors"] = sum('"level": "error"' in line for line in log.read_text("utf-8").splitlines())
    broken = kept_promises(report) + (["日志里有错误"] if report["log_errors"] else [])
    print(json.dumps(report, ensure_ascii=False, indent=1))
    print("；".join(broken) if broken else "没有出错，内存持平，p99 在安静时的两倍以内")
    if options.out:
        options.out.write_text(json.dumps({**report, "broken": broken}, ensure_ascii=False, indent=1), "utf-8")
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
