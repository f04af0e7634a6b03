"""Homes and services that more than one folder of tests needs."""

from __future__ import annotations

import gc
import json
import os
import select
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest
from hypothesis import settings

settings.register_profile("patient", deadline=None)  # two workers on two cores: a slow example is no fault
settings.load_profile("patient")

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(autouse=True, scope="session")
def _settings_of_this_machine_do_not_matter() -> Iterator[None]:
    """A developer's KB_… variables must not reach the tests."""
    ours = [name for name in os.environ if name.startswith("KB_") and name != "KB_CHROMIUM"]
    kept = {name: os.environ.pop(name) for name in ours}
    os.environ["KB_HELPERS"] = "0"  # a second process for each of some hundred services takes its time
    yield
    del os.environ["KB_HELPERS"]
    os.environ.update(kept)


HELD = [1_500_000_000]  # bytes of a worker from which what its tests have opened is given back


@pytest.fixture(autouse=True)
def _what_tests_opened_is_given_back() -> Iterator[None]:
    """A service keeps what it has loaded from the collector for good; in a process that loads some hundred of them
    the memory is gone, and a collection takes seconds in the midst of what is timed."""
    yield
    if psutil.Process().memory_info().rss > HELD[-1]:
        gc.unfreeze()
        gc.collect()
        HELD.append(max(HELD[0], int(1.5 * psutil.Process().memory_info().rss)))


START = 240.0  # seconds a service gets to be ready: three are usual, but a test machine may be very busy


class _Service:
    """A `kb serve` process: what it writes to stdout is its address, to stderr its log."""

    def __init__(self, home: Path, arguments: tuple[str, ...], variables: dict[str, str]) -> None:
        home.parent.mkdir(parents=True, exist_ok=True)
        self.log = home.parent / f"{home.name}.log"
        command = ["-m", "api", "--home", str(home), "--json", "serve", "--port", "0", *arguments]
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-X", "faulthandler", *command],
                cwd=ROOT,
                env={**os.environ, **variables},
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=log,
            )
        assert self.process.stdout is not None
        self.stdout = self.process.stdout

    def address(self, seconds: float) -> str:
        """The address once questions are answered; fails with the service's log where they never are."""
        deadline = time.monotonic() + seconds
        told, _, _ = select.select([self.stdout], [], [], seconds)
        said = json.loads((told and self.stdout.readline()) or "{}")
        while "url" in said and time.monotonic() < deadline and self.process.poll() is None:
            if is_ready(said["url"]):
                return str(said["url"])
            time.sleep(0.05)
        gone = told and "url" not in said
        why = f"ended with {self.process.wait(30)}" if gone else f"was not ready after {seconds:g} s"
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGABRT)  # faulthandler writes where every thread stands
            self.process.wait(30)
        raise AssertionError(f"the service {why}; its log:\n{self.log.read_text('utf8', 'replace')[-6000:]}")

    def stop(self) -> None:
        self.process.terminate()
        try:
            self.process.wait(30)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait(30)
            raise
        finally:
            self.stdout.close()


def is_ready(address: str) -> bool:
    try:
        with urllib.request.urlopen(f"{address}/health/ready", timeout=10):
            return True
    except urllib.error.HTTPError as loading:
        loading.close()
        return False


@contextmanager
def serving(home: Path, *arguments: str, start: float = START, **variables: str) -> Iterator[str]:
    """A real `kb serve` in a process of its own, on a free loopback port; gives its address."""
    service = _Service(home, arguments, variables)
    try:
        yield service.address(start)
    finally:
        service.stop()


@pytest.fixture(scope="session")
def serve() -> Callable[..., object]:
    """`with serve(home, **variables) as address:` runs the real service over a data folder."""
    return serving


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a service over the shipped corpus, shared by a whole run."""
    with serving(tmp_path_factory.mktemp("served") / "home", KB_HELPERS="1") as address:
        yield address
