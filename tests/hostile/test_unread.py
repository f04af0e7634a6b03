"""A file of which a part could not be read is added, and whoever adds it is told which part."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from api.app import create_app
from api.main import main
from eval.reliability.made_files import PdfPage, pdf
from indexer.library import Library
from kb.settings import load_settings

SCANNED = pdf([PdfPage().add(90, 300, "莲塘村渡口守则。"), PdfPage(picture=True).add(280, 810, "2", 10)])
TOLD = "第 2 页是图像，没有文字层，未能读取"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "守则.pdf"
    path.write_bytes(SCANNED)
    return path


@pytest.fixture
def client(tmp_path: Path) -> Iterator[TestClient]:
    settings = load_settings(tmp_path / "home", workers=1)
    app = create_app(settings, Library(settings))
    with TestClient(app, base_url="http://127.0.0.1:8000", client=("127.0.0.1", 50000)) as made:
        while made.get("/health/ready").status_code != 200:
            pass
        yield made


def test_the_terminal_says_which_pages_were_not_read(
    file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--home", str(tmp_path / "home"), "add", str(file)]) == 0
    told = capsys.readouterr().err
    assert "新增 1 篇" in told and TOLD in told and "守则.pdf" in told


def test_the_json_report_says_which_pages_were_not_read(
    file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--home", str(tmp_path / "home"), "add", "--json", str(file)]) == 0
    (row,) = json.loads(capsys.readouterr().out)["added"]
    assert row["note"].startswith(TOLD)


def test_the_answer_to_an_upload_says_which_pages_were_not_read(client: TestClient) -> None:
    (row,) = client.post("/api/documents", files=[("files", ("守则.pdf", SCANNED))]).json()["results"]
    assert row["outcome"] == "added" and row["reason"].startswith(TOLD)
