"""A question set in a folder is read, searched and judged; what is wrong with one is said plainly."""

from __future__ import annotations

import json
import lzma
from pathlib import Path
from typing import Any

import pytest

from eval.__main__ import main
from eval.folder import read_folder
from eval.making import library_of
from kb.errors import BadInput

TEXTS = {
    "d1": ("渔业管理条例", "第一条　每年三月一日至六月三十日为禁渔期。\n第二条　禁渔期内禁止捕捞。"),
    "d2": ("物业管理条例", "第一条　住宅物业维修资金由住房主管部门监督管理。"),
    "d3": ("未来社区导则", "第一条　未来社区应当设置邻里中心。"),
}


def write(path: Path, records: list[dict[str, Any]]) -> None:
    path.write_text("".join(json.dumps(r, ensure_ascii=False) + "\n" for r in records), "utf-8")


@pytest.fixture
def beir(tmp_path: Path) -> Path:
    folder = tmp_path / "tiny"
    (folder / "qrels").mkdir(parents=True)
    write(folder / "corpus.jsonl", [{"_id": k, "title": t, "text": x} for k, (t, x) in TEXTS.items()])
    questions = {"q1": "禁渔期是什么时候？", "q2": "维修资金由谁监管？", "q3": "没有判定的问题"}
    write(folder / "queries.jsonl", [{"_id": k, "text": t} for k, t in questions.items()])
    (folder / "qrels" / "test.tsv").write_text("query-id\tcorpus-id\tscore\nq1\td1\t1\nq1\td2\t0\n", "utf-8")
    (folder / "qrels" / "dev.tsv").write_text("q2\td2\t2\n", "utf-8")
    return folder


def test_beir_files_give_questions_with_grades_and_parts(beir: Path) -> None:
    found = read_folder(beir)
    assert {q.id: (dict(q.grades), q.split) for q in found.queries} == {
        "q1": ({"d1": 1, "d2": 0}, "test"),
        "q2": ({"d2": 2}, "tune"),
    }
    assert [r["_id"] for r in found.documents()] == ["d1", "d2", "d3"]
    assert not found.spans


def test_one_qrels_file_in_trec_form_and_a_packed_corpus_do_as_well(beir: Path) -> None:
    for path in (beir / "qrels").iterdir():
        path.unlink()
    (beir / "qrels.tsv").write_text("q1 0 d1 1\n", "utf-8")
    packed = lzma.compress((beir / "corpus.jsonl").read_bytes())
    (beir / "corpus.jsonl").unlink()
    (beir / "corpus.jsonl.xz").write_bytes(packed)
    found = read_folder(beir)
    assert [(q.id, q.split) for q in found.queries] == [("q1", "test")]
    assert len(list(found.documents())) == 3


def test_the_run_command_searches_the_folder_and_prints_figures(
    beir: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = ["run", "--dataset", str(beir), "--split", "all", "--work", str(tmp_path / "work"), "--json"]
    assert main(arguments) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["questions"] == 2
    assert found["modes"]["lexical"]["RR@10"]["mean"] == 1.0
    assert found["modes"]["hybrid"]["R@10"]["mean"] == 1.0
    assert set(found["hybrid_against_better"]) == {"nDCG@10", "RR@10", "R@10", "R@100"}


def test_a_gold_answer_must_stand_wholly_in_the_passage(
    beir: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (beir / "queries.jsonl").unlink()
    asked = [
        {"question": "禁渔期从哪天到哪天？", "doc": "d1", "answer": "三月一日至 六月三十日"},
        {"question": "禁渔期从哪天到哪天？", "doc": "d1", "answer": "四月一日至六月三十日"},
    ]
    write(beir / "questions.jsonl", asked)
    arguments = [
        "run",
        "--dataset",
        str(beir),
        "--mode",
        "lexical",
        "--work",
        str(tmp_path / "work"),
        "--json",
    ]
    assert main(arguments) == 0
    measured = json.loads(capsys.readouterr().out)["modes"]["lexical"]
    assert measured["RR@10"]["mean"] == 1.0  # the document is found both times
    assert measured["passage@20"]["mean"] == 0.5  # the second answer stands nowhere


def test_a_library_is_kept_until_the_documents_change(beir: Path, tmp_path: Path) -> None:
    first = library_of(read_folder(beir), tmp_path / "work")
    again = library_of(read_folder(beir), tmp_path / "work")
    assert again.store.generation() == first.store.generation()
    with (beir / "corpus.jsonl").open("a", encoding="utf-8") as out:
        out.write(json.dumps({"_id": "d4", "text": "第一条　新加的办法。"}, ensure_ascii=False) + "\n")
    changed = library_of(read_folder(beir), tmp_path / "work")
    assert {d.external_id for d in changed.store.documents()} == {"d1", "d2", "d3", "d4"}


@pytest.mark.parametrize(
    ("file", "content", "told"),
    [
        ("queries.jsonl", '{"_id": "q1"}\n', "第 1 行缺少 text"),
        ("queries.jsonl", "{坏的\n", "第 1 行不是合法的 JSON"),
        ("qrels/test.tsv", "q1\td1\t一\nq1\td1\t一\n", "第 2 行应是"),
        ("qrels/test.tsv", "无关\td1\t1\n", "编号是否一致"),
    ],
)
def test_a_broken_file_is_named_with_its_line(beir: Path, file: str, content: str, told: str) -> None:
    (beir / "qrels" / "dev.tsv").unlink()
    (beir / file).write_text(content, "utf-8")
    with pytest.raises(BadInput, match=told):
        read_folder(beir)


def test_a_folder_without_judgements_says_which_files_are_missing(beir: Path) -> None:
    for path in (beir / "qrels").iterdir():
        path.unlink()
    with pytest.raises(BadInput, match=r"qrels\.tsv"):
        read_folder(beir)


def test_an_unknown_name_lists_the_known_ones(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["run", "--dataset", "没有这个"]) == 1
    assert "stard" in capsys.readouterr().err
