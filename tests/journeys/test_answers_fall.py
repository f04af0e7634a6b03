"""A new revision or a repeal makes past answers fall, and people are told at once."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from api.app import create_app
from api.main import main
from indexer.adding import add
from indexer.assistant import Assistant
from indexer.library import Library
from indexer.shaken import shaken
from kb.model import Question
from kb.settings import load_settings

OLD = """云州市停车收费管理办法

云政发〔2010〕8号

第一条 中心城区路内停车收费标准为每小时五元。

第二条 本办法自2010年5月1日起施行。
"""
REPEAL = """云州市人民政府关于废止《云州市停车收费管理办法》的决定

云政发〔2020〕3号

市人民政府决定废止《云州市停车收费管理办法》（云政发〔2010〕8号），自公布之日起生效。

云州市人民政府
2020年3月1日
"""
QUESTION = "中心城区路内停车收费标准是每小时多少元？"


def put(folder: Path, name: str, text: str) -> str:
    folder.mkdir(exist_ok=True)
    path = folder / name
    path.write_text(text, "utf-8")
    return str(path)


@pytest.fixture
def library(tmp_path: Path) -> Library:
    """One document and an answer that cites it."""
    made = Library(load_settings(tmp_path / "home", workers=1))
    add(made, [put(tmp_path / "in", "停车.txt", OLD)])
    answer = Assistant(made).ask(Question(QUESTION))
    assert answer.basis == "grounded" and "五元" in answer.text
    return made


def ledger(library: Library):  # type: ignore[no-untyped-def]
    return Assistant(library).ledger


def test_a_repeal_by_another_document_makes_the_answer_fall(library: Library, tmp_path: Path) -> None:
    report = add(library, [put(tmp_path / "in", "废止.txt", REPEAL)])
    (one,) = shaken(library, ledger(library), [report.done[0].doc_id])
    assert one.standing == "fallen" and one.citations[0].state == "repealed"
    assert "云政发〔2020〕3号" in one.citations[0].detail


def test_a_document_that_touches_nothing_shakes_nothing(library: Library, tmp_path: Path) -> None:
    report = add(library, [put(tmp_path / "in", "养犬.txt", "云州市养犬办法\n\n第一条 养犬应当登记。\n")])
    assert shaken(library, ledger(library), [report.done[0].doc_id]) == ()


def test_the_command_says_which_answers_fall(
    library: Library, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    changed = put(tmp_path / "in", "停车.txt", OLD.replace("五元", "八元"))
    assert main(["--home", str(library.settings.home), "--json", "add", changed]) == 0
    out = capsys.readouterr()
    (one,) = json.loads(out.out)["answers_shaken"]
    assert one["standing"] == "review" and one["citations"][0]["state"] == "changed"
    assert "需复核" in out.err
    assert main(["--home", str(library.settings.home), "add", put(tmp_path / "in", "废止.txt", REPEAL)]) == 0
    assert "不再成立" in "".join(capsys.readouterr())


@pytest.fixture
def hook() -> Iterator[tuple[str, list[dict]]]:
    """A real receiver on loopback."""
    got: list[dict] = []
    heard = threading.Event()

    class Receiver(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            got.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(204)
            self.end_headers()
            heard.set()

        def log_message(self, *_: object) -> None: ...

    server = HTTPServer(("127.0.0.1", 0), Receiver)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    got.append({"heard": heard})
    yield f"http://127.0.0.1:{server.server_port}/", got
    server.shutdown()
    thread.join()
    server.server_close()


def test_an_upload_that_repeals_is_told_to_the_webhook(
    library: Library, hook: tuple[str, list[dict]]
) -> None:
    url, got = hook
    heard = got.pop()["heard"]
    settings = library.settings.model_copy(update={"webhook": url})
    with TestClient(create_app(settings, library), base_url="http://127.0.0.1") as client:
        while client.get("/health/ready").status_code != 200:
            pass
        reply = client.post("/api/documents", files={"files": ("废止.txt", REPEAL.encode())})
        assert reply.status_code == 200
        assert heard.wait(20)
    (told,) = got
    assert told["event"] == "answers_shaken"
    assert [one["standing"] for one in told["answers"]] == ["fallen"]
