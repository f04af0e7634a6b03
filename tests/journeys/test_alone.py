"""The whole journey with the network cut and only what a plain `pip install .` brings."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import urllib.request
import zipfile
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
# Runs before everything else in every process of the journey, workers too.
GUARD = """
import os, sys

OPTIONAL = {"torch", "sentence_transformers", "transformers", "sklearn", "scipy", "matplotlib", "playwright",
            "hypothesis", "pytest", "openai_agents", "txtai", "bm25s", "ir_measures"}

class Absent:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in OPTIONAL:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)

def watch(event, arguments):
    if event in ("socket.connect", "socket.sendto", "socket.sendmsg"):
        address = arguments[1]
        far = isinstance(address, tuple) and not str(address[0]).startswith(("127.", "::1", "localhost"))
    elif event in ("socket.getaddrinfo", "socket.gethostbyname"):
        far = arguments[0] not in (None, "", b"", "127.0.0.1", "::1", "localhost", b"127.0.0.1", b"localhost")
        address = arguments[0]
    else:
        return
    if far:
        with open(os.environ["JOURNEY_LOG"], "a") as log:
            print(event, address, sys.argv, file=log)
        raise OSError(f"the network is cut: {event} {address}")

sys.meta_path.insert(0, Absent())
sys.addaudithook(watch)
"""


@pytest.fixture
def cut(tmp_path: Path) -> dict[str, str]:
    """Variables that put the guard into a process; what tries to reach out is written to JOURNEY_LOG."""
    guard = tmp_path / "guard"
    guard.mkdir()
    (guard / "sitecustomize.py").write_text(GUARD, "utf-8")
    (tmp_path / "log").touch()
    return {"PYTHONPATH": f"{guard}:{ROOT}", "JOURNEY_LOG": str(tmp_path / "log")}


def python(
    cut: dict[str, str], *arguments: str, home: Path | None = None
) -> subprocess.CompletedProcess[str]:
    variables = {**os.environ, **cut, **({"KB_HOME": str(home)} if home else {})}
    return subprocess.run(
        [sys.executable, *arguments], cwd=cut["JOURNEY_LOG"].rsplit("/", 1)[0], env=variables,
        capture_output=True, text=True, timeout=120,
    )  # fmt: skip


def kb(cut: dict[str, str], home: Path, *arguments: str) -> dict[str, object]:
    """The JSON a command gives; it must end well."""
    done = python(cut, "-m", "api", "--json", *arguments, home=home)
    assert done.returncode == 0, done.stderr
    document: dict[str, object] = json.loads(done.stdout)
    return document


def test_the_guard_bites(cut: dict[str, str]) -> None:
    code = "import socket\ntry: socket.create_connection(('192.0.2.1', 9), 1)\nexcept OSError as e: print(e)"
    assert "the network is cut" in python(cut, "-c", code).stdout
    assert "192.0.2.1" in Path(cut["JOURNEY_LOG"]).read_text()
    assert python(cut, "-c", "import torch").returncode == 1


def test_add_ask_and_serve_reach_nothing_but_this_machine(
    cut: dict[str, str], tmp_path: Path, serve: Callable[..., AbstractContextManager[str]]
) -> None:
    home, folder = tmp_path / "home", tmp_path / "in"
    folder.mkdir()
    (folder / "办法.md").write_text("# 节水办法\n\n第一条 用水单位应当每年开展一次水平衡测试。\n", "utf-8")
    (folder / "页.html").write_text("<h1>托育通知</h1><p>每个社区至少设一处托育点。</p>", "utf-8")
    with zipfile.ZipFile(folder / "包.zip", "w") as packed:
        packed.writestr("养老.txt", "养老服务规定\n\n日间照料中心每日开放不少于八小时。\n")
    assert not kb(cut, home, "add", str(folder))["failed"]
    answer = kb(cut, home, "ask", "用水单位多久开展一次水平衡测试？")
    assert answer["basis"] == "grounded" and "水平衡测试" in str(answer["text"])
    assert kb(cut, home, "search", "托育点")["hits"]
    kb(cut, home, "reindex")
    kb(cut, home, "verify")
    assert kb(cut, home, "doctor")["ok"]
    with serve(home, "--no-corpus", **cut) as address:
        asked = urllib.request.Request(
            f"{address}/api/ask",
            json.dumps({"question": "日间照料中心每日开放多少小时？"}).encode(),
            {"content-type": "application/json"},
        )
        with urllib.request.urlopen(asked, timeout=60) as response:
            assert json.load(response)["basis"] == "grounded"
        for path in ("/", "/health/ready", "/v1/models", "/openapi.json"):
            with urllib.request.urlopen(address + path, timeout=60) as response:
                assert response.status == 200
    assert Path(cut["JOURNEY_LOG"]).read_text() == ""


def test_no_command_waits_for_torch_though_it_is_here(tmp_path: Path) -> None:
    code = (
        "import sys; from api.main import main\n"
        "codes = [main(['--home', sys.argv[1], *line.split()]) for line in sys.argv[2:]]\n"
        "sys.exit(any(codes) or 'torch' in sys.modules or 'sentence_transformers' in sys.modules)"
    )
    (tmp_path / "办法.md").write_text("# 节水办法\n\n用水单位应当节约用水。\n", "utf-8")
    lines = [
        f"add {tmp_path}/办法.md",
        "ask 用水单位应当做什么",
        "search 节水",
        "list",
        "reindex",
        "doctor",
        "verify",
    ]
    done = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path / "home"), *lines], cwd=ROOT, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout + done.stderr
