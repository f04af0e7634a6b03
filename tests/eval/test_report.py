"""One page from kept results, complete in itself."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from eval.__main__ import main


@pytest.fixture
def written(tmp_path: Path) -> str:
    out = tmp_path / "page.html"
    arguments = [
        "--sets",
        "own",
        "--only",
        "quality",
        "--data",
        "/nonexistent",
        "--work",
        str(tmp_path / "work"),
    ]
    assert main(["report", *arguments, "--out", str(out)]) == 0
    return out.read_text("utf-8")


def test_the_page_holds_tables_pictures_and_the_commands_and_loads_nothing(written: str) -> None:
    assert written.startswith("<!doctype html>")
    assert "python -m eval run --dataset stard" in written
    assert "自有问题" in written
    assert "混合（产品默认）" in written
    assert "<svg" in written
    for foreign in ("<script", "<link", "src=", "@import"):
        assert foreign not in written


def test_a_second_report_uses_what_the_first_one_measured(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    arguments = ["--sets", "own", "--only", "quality", "--data", "/nonexistent", "--work", str(tmp_path)]
    monkeypatch.setattr("eval.report.gather.source_digest", lambda patterns: "the same code")
    assert main(["report", *arguments, "--out", str(tmp_path / "one.html")]) == 0
    monkeypatch.setattr("eval.run.measure", lambda *a, **k: pytest.fail("measured again"))
    assert main(["report", *arguments, "--out", str(tmp_path / "two.html")]) == 0
    assert (tmp_path / "one.html").read_text("utf-8") == (tmp_path / "two.html").read_text("utf-8")
    kept = json.loads((tmp_path / "report" / "quality.json").read_text("utf-8"))
    assert kept["key"]["sets"] == ["own"]
