"""Homes and services that more than one folder of tests needs."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(autouse=True, scope="session")
def _settings_of_this_machine_do_not_matter() -> Iterator[None]:
    """A developer's KB_… variables must not reach the tests."""
    kept = {name: os.environ.pop(name) for name in list(os.environ) if name.startswith("KB_") and name != "KB_CHROMIUM"}
    yield
    os.environ.update(kept)


@contextmanager
def serving(home: Path, *arguments: str, **variables: str) -> Iterator[str]:
    """A real `kb serve` in a process of its own, on a free loopback port; gives its address."""
    command = [sys.executable, "-m", "api", "--home", str(home), "--json", "serve", "--port", "0", *arguments]
    log = (home.parent / f"{home.name}.log").open("w+")
    process = subprocess.Popen(
        command, cwd=ROOT, env={**os.environ, **variables}, stdout=subprocess.PIPE, stderr=log, text=True
    )
    try:
        assert process.stdout is not None
        line = process.stdout.readline()  # the address, once connections are accepted
        if not line:
            log.seek(0)
            raise AssertionError(f"the service did not start: {log.read()[-2000:]}")
        yield json.loads(line)["url"]
    finally:
        process.terminate()
        process.wait(30)
        assert process.stdout is not None
        process.stdout.close()
        log.close()


@pytest.fixture(scope="session")
def serve() -> Callable[..., object]:
    """`with serve(home, **variables) as address:` runs the real service over a data folder."""
    return serving


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a service over the shipped corpus, shared by a whole run."""
    with serving(tmp_path_factory.mktemp("served") / "home") as address:
        yield address
