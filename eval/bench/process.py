"""Other processes under watch: how long they run and how much memory they and their children hold."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil

from kb.errors import KBError

KB = (sys.executable, "-m", "api")
EVERY = 0.05  # seconds between two looks at the memory


@dataclass(frozen=True, slots=True)
class Ran:
    """A process that has ended. `peak_mb` sums the resident memory of it and its children."""

    seconds: float
    peak_mb: float
    output: str

    def json(self) -> Any:
        return json.loads(self.output.strip().splitlines()[-1])


def run(command: Sequence[str], log: Path) -> Ran:
    """Run to the end under watch; raises `KBError` with the last words of what failed."""
    began = time.perf_counter()
    peak = 0.0
    with log.open("w+b") as errors, (log.with_suffix(".out")).open("w+b") as out:
        process = subprocess.Popen(command, stdout=out, stderr=errors, env=quiet())
        watched = psutil.Process(process.pid)
        while process.poll() is None:
            peak = max(peak, resident_mb(watched))
            time.sleep(EVERY)
        seconds = time.perf_counter() - began
        out.seek(0)
        output = out.read().decode("utf-8", "replace")
        if process.returncode:
            errors.seek(0)
            told = errors.read().decode("utf-8", "replace")[-1500:] or output[-1500:]
            raise KBError(f"{' '.join(command[1:5])} … 失败（退出码 {process.returncode}）：{told}")
    return Ran(seconds, peak, output)


def resident_mb(process: psutil.Process) -> float:
    """Resident memory of a process and its children together, MB."""
    total = 0
    try:
        for one in (process, *process.children(recursive=True)):
            total += one.memory_info().rss
    except psutil.Error:
        pass  # it ended while being looked at
    return total / 2**20


def quiet() -> dict[str, str]:
    """The environment without settings of this machine's own; modules are kept compiled, as where they are installed."""
    own = ("KB_", "PYTHONDONTWRITEBYTECODE")
    return {name: value for name, value in os.environ.items() if not name.startswith(own)}


@dataclass(frozen=True, slots=True)
class Service:
    """A running `kb serve`."""

    url: str
    process: psutil.Process
    ready_seconds: float  # from the start of the process until it says it is ready


@contextmanager
def serving(home: Path, **settings: str) -> Iterator[Service]:
    """A real service over a data folder, until the block ends."""
    import httpx

    command = [*KB, "--home", str(home), "--json", "serve", "--port", "0"]
    began = time.perf_counter()
    with (home.parent / f"{home.name}.serve.log").open("w+") as log:
        process = subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=log, text=True, env={**quiet(), **settings}
        )
        assert process.stdout is not None
        try:
            line = process.stdout.readline()
            if not line:
                log.seek(0)
                raise KBError(f"服务没有启动：{log.read()[-1500:]}")
            url = str(json.loads(line)["url"]).rstrip("/")
            with httpx.Client(timeout=30) as client:
                while client.get(f"{url}/health/ready").status_code != 200:
                    time.sleep(0.01)
            yield Service(url, psutil.Process(process.pid), time.perf_counter() - began)
        finally:
            process.terminate()
            process.wait(60)
            process.stdout.close()
