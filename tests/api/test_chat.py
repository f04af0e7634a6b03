"""`kb chat` as a person at a terminal has it: a real process behind a pseudo-terminal."""

from __future__ import annotations

import json
import os
import re
import select
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from api_samples import DOCUMENTS, QUESTION, write

from indexer.adding import add
from indexer.library import Library
from kb.settings import load_settings

pty = pytest.importorskip("pty", reason="no pseudo-terminals on this system")
ROOT = Path(__file__).resolve().parents[2]
STYLE = re.compile(r"\x1b\[[0-9;?]*[a-zA-Z]|\x1b\]8;[^\x1b]*\x1b\\")


class Screen:
    """What a person types and reads."""

    def __init__(self, home: Path) -> None:
        self._fd, child = pty.openpty()
        self._came = b""
        self._read = 0  # characters of what came that have been looked at
        environment = {**os.environ, "TERM": "xterm-256color", "COLUMNS": "100", "LINES": "40"}
        environment.pop("NO_COLOR", None)
        self.process = subprocess.Popen(
            [sys.executable, "-m", "api", "--home", str(home), "chat"], cwd=ROOT, env=environment,
            stdin=child, stdout=child, stderr=child, start_new_session=True,
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # a shell's background job ignores it
        )  # fmt: skip
        os.close(child)

    def until(self, words: str, seconds: float = 40.0) -> str:
        """What came since the last look, up to these words, with its colours and links."""
        deadline = time.monotonic() + seconds
        while True:
            seen = self._came.decode("utf-8", "ignore")[self._read :]
            if words in seen:
                seen = seen[: seen.index(words) + len(words)]
                self._read += len(seen)
                return seen
            ready, _, _ = select.select([self._fd], [], [], max(0.0, deadline - time.monotonic()))
            assert ready, f"{words!r} never came; the screen shows: {seen!r}"
            try:
                self._came += os.read(self._fd, 65536)
            except OSError:  # the other end has closed
                pytest.fail(f"{words!r} never came; the screen showed last: {seen!r}")

    def type(self, text: str) -> None:
        os.write(self._fd, text.encode())

    def close(self) -> None:
        os.close(self._fd)
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait(10)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("chat")
    add(Library(load_settings(folder / "home", workers=1)), write(folder / "in", DOCUMENTS))
    return folder / "home"


@pytest.fixture
def screen(home: Path) -> Iterator[Screen]:
    made = Screen(home)
    yield made
    made.close()


def test_a_conversation_with_a_follow_up_a_source_and_an_end(screen: Screen) -> None:
    assert "3 篇文档" in screen.until("问> ")
    screen.type(f"{QUESTION}\n")
    answer = screen.until("答案编号")
    assert "九小时" in answer and "\x1b[" in answer
    screen.until("问> ")
    screen.type("它应当配备什么？\n")
    follow_up = STYLE.sub("", screen.until("答案编号"))
    assert "理解为" in follow_up and "急救箱" in follow_up
    screen.until("问> ")
    screen.type("/原文 1\n")
    around = STYLE.sub("", screen.until("问> "))
    assert "共享雨伞" in around and "第二条" in around  # the quote among its neighbours
    screen.type("/新\n")
    screen.until("已开始新对话")
    screen.type("/原文 9\n")
    assert "没有第 9 条引文" in screen.until("引文")
    screen.type("/退出\n")
    assert screen.process.wait(20) == 0


def test_references_can_be_clicked_and_history_called_back(screen: Screen) -> None:
    screen.until("问> ")
    screen.type(f"{QUESTION}\n")
    answer = screen.until("答案编号")
    (target,) = set(re.findall(r"\x1b\]8;[^;]*;(file://[^\x1b]+)\x1b\\", answer))
    assert target.endswith(".md")
    screen.until("问> ")
    screen.type("\x1b[A\n")  # arrow up: the question again
    assert "九小时" in screen.until("答案编号")
    screen.until("问> ")
    screen.type("\x04")  # Ctrl+D
    assert screen.process.wait(20) == 0


def test_an_interrupt_ends_it_quietly(screen: Screen) -> None:
    screen.until("问> ")
    time.sleep(0.5)  # readline hears signals only once it waits for a key
    screen.process.send_signal(signal.SIGINT)  # what the terminal sends for Ctrl+C
    assert "Traceback" not in screen.until("已中断")
    assert screen.process.wait(20) == 130


def test_lines_from_a_pipe_give_one_json_document(home: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "api", "--home", str(home), "--json", "chat"], cwd=ROOT, capture_output=True, timeout=60,
        input=f"{QUESTION}\n\n它应当配备什么？\n/原文 1\n".encode(),
    )  # fmt: skip
    first, second = json.loads(done.stdout)["answers"]
    assert done.returncode == 0 and "九小时" in first["text"] and "急救箱" in second["text"] and second["rewritten"]


def test_with_a_public_address_references_open_the_reader_at_the_words(home: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "api", "--home", str(home), "ask", QUESTION], cwd=ROOT, capture_output=True, timeout=60,
        env={**os.environ, "KB_PUBLIC_URL": "https://kb.example/", "FORCE_COLOR": "1", "TERM": "xterm-256color"},
    )  # fmt: skip
    assert re.search(r"\x1b\]8;[^;]*;https://kb\.example/documents/\w+\?revision=1#c=\d+-\d+\x1b", done.stdout.decode())
