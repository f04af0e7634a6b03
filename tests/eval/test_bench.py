"""The bench runs for everybody: without a data folder, at a small size, and says what is missing."""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path

import pytest

from eval import bench, contenders
from eval.__main__ import main
from eval.bench.inside import vector_recall
from eval.bench.table import peer_rows, rows
from eval.laws import texts, varied, write
from eval.report.page import page
from indexer.library import Library

NOWHERE = Path("/nonexistent")


def test_made_up_texts_reach_the_size_asked_for_with_words_of_real_documents(tmp_path: Path) -> None:
    files, characters = write(tmp_path / "files", NOWHERE, 1, 150_000)
    assert characters >= 150_000
    assert files == len(list((tmp_path / "files").iterdir())) == len(texts(NOWHERE, 150_000))


def test_a_varied_copy_keeps_headings_and_length_but_not_the_sentences_and_figures() -> None:
    original = {
        "甲": "# 甲条例\n\n第一条　每年拨款300万元用于修缮。其余由业主承担费用和责任。",
        "乙": "# 乙办法\n\n第一条　学校应当设置食堂并且公开价格。",
    }
    ((name, text), _) = varied(original, 2)
    assert name == "甲-2"
    assert text.startswith("# 甲条例（第2版）\n")
    assert "522万元" in text  # every figure two higher: 300 → 522
    assert text != original["甲"]


def test_exact_search_has_a_recall_of_one(own_library: Library) -> None:
    assert vector_recall(own_library, ["未来社区有多少个？", "物业服务要求"]) == 1.0


def test_the_steps_measure_a_small_library_and_keep_their_figures_for_the_report(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = [
        "--data",
        str(NOWHERE),
        "--work",
        str(tmp_path),
        "--characters",
        "60000",
        "--seconds",
        "0.5",
        "--json",
    ]
    steps = "add,search,http,update,peers"
    assert main(["bench", "--only", steps, "--sizes", "100", "--peers", "ours,exact", *arguments]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["add"]["failed"] == 0
    assert found["add"]["passages"] == found["search"]["passages"] > 100
    assert found["search"]["vector_recall@10"] == 1.0
    assert found["http"]["answers"] > 0
    assert found["http"]["errors"] == 0
    assert found["update"]["changed_to_searchable_s"] < 30
    (contest,) = found["peers"]["growth"]
    assert set(contest["contenders"]) == {"ours", "exact"}
    assert json.loads((tmp_path / "bench.json").read_text("utf-8")) == found
    assert len(rows(found)) == 7  # adding, searching and serving have two each
    assert len(peer_rows(contest)) == len(contest["contenders"])
    assert all(0 < one["open_s"] < one["first_answer_s"] for one in contest["contenders"].values())
    told = page(
        {
            "date": "2026-01-01",
            "machine": "两核",
            "versions": dict.fromkeys(("embedder", "ranker", "shortlist", "judges"), "x"),
            "bench": found,
        }
    )
    assert told.count("<svg") == 3
    assert "src=" not in told and "http-equiv" not in told


def test_a_peer_that_is_not_installed_is_named_with_the_command_that_installs_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    monkeypatch.setattr(contenders, "find_spec", lambda name: None)
    assert contenders.missing("txtai") == ["txtai"]
    with pytest.raises(contenders.KBError, match=r"pip install .*peers"):
        contenders.make("txtai")


def test_an_unknown_step_is_refused_with_the_list_of_steps(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["bench", "--only", "fly"]) == 1
    assert "million" in capsys.readouterr().err


def test_a_contest_over_another_number_of_passages_leaves_the_earlier_ones() -> None:
    first = bench._with_other_sizes({}, {"growth": [{"passages": 60, "run": 1}]})
    both = bench._with_other_sizes(first, {"growth": [{"passages": 20, "run": 2}], "judged": {}})
    assert [(c["passages"], c["run"]) for c in both["growth"]] == [(20, 2), (60, 1)] and "judged" in both
    again = bench._with_other_sizes(both, {"growth": [{"passages": 60, "run": 3}]})
    assert [(c["passages"], c["run"]) for c in again["growth"]] == [(20, 2), (60, 3)]
    assert bench._with_other_sizes(both, {"p50_ms": 1.0}) == {"p50_ms": 1.0}
