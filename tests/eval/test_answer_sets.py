"""Question sets over documents that lie beside the data folder, as files and as records together."""

from __future__ import annotations

import json
import lzma
from pathlib import Path

import pytest

from eval import answer_sets
from eval.answer_sets import answer_set
from eval.answers import main, part
from eval.making import library_of
from kb.errors import BadInput

REGULATION = "松岭乡路灯管理办法\n\n第一条 路灯每日十八时开启。\n\n第二条 损坏路灯的，处二百元罚款。\n"
POLICY = "青溪县对返乡开店的居民给予一次性补贴三千元。"


def question(text: str, split: str, **more: object) -> str:
    return json.dumps({"question": text, "type": "number", "split": split, **more}, ensure_ascii=False) + "\n"


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A data folder with a policy, a file beside it, and questions on both."""
    data, files, asked = tmp_path / "data", tmp_path / "files" / "regulations", tmp_path / "asked"
    for folder in (data / "hebei", files, asked):
        folder.mkdir(parents=True)
    (files / "松岭乡路灯管理办法.md").write_text(REGULATION, "utf-8")
    row = {"id": 7, "title": "青溪县返乡创业补贴办法", "text": POLICY}
    with lzma.open(data / "hebei" / "policies.jsonl.xz", "wt", encoding="utf-8") as out:
        out.write(json.dumps(row, ensure_ascii=False) + "\n")
    fine, grant = REGULATION.index("二百元"), POLICY.index("三千元")
    for name in ("regulations", "cases", "files", "policies"):
        (asked / f"{name}.jsonl").write_text("", "utf-8")
    (asked / "mixed.jsonl").write_text(
        question("松岭乡弄坏路灯罚多少", "test", doc="松岭乡路灯管理办法.md", answers=[[fine, fine + 3]])
        + question("青溪县回乡开店一次给多少补贴", "test", doc="hebei-7", answers=[[grant, grant + 3]])
        + question("松岭乡路灯几点关", "tune", refuse=True),
        "utf-8",
    )
    monkeypatch.setattr(answer_sets, "ASKED", asked)
    return data


def test_questions_stand_over_files_and_records_together(data: Path, tmp_path: Path) -> None:
    chosen = answer_set("files", data)
    fine, grant = part(chosen, "test")
    assert (fine.answers, grant.answers) == (("二百元",), ("三千元",))
    assert fine.docs == ("松岭乡路灯管理办法.md",)
    (absent,) = part(chosen, "tune")
    assert absent.refuse and not absent.docs
    assert chosen.dataset is not None
    titles = {d.title for d in library_of(chosen.dataset, tmp_path / "work").store.documents()}
    assert titles == {"松岭乡路灯管理办法", "青溪县返乡创业补贴办法"}


def test_the_questions_are_put_and_the_share_answered_right_is_told(
    data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    given = ["--dataset", "files", "--data", str(data), "--work", str(tmp_path / "work"), "--json"]
    assert main(given) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["questions"] == 2
    assert found["right and right document"] == 1.0


def test_a_folder_that_is_not_there_is_named(data: Path) -> None:
    with pytest.raises(BadInput, match="seed"):
        answer_set("seed", data)


@pytest.mark.parametrize(("name", "documents", "asked", "refused"), [("exam7-one", 16, 226, 55), ("exam7-two", 22, 84, 32)])
def test_the_examination_on_documents_made_for_it_needs_nothing_beside_the_repository(
    name: str, documents: int, asked: int, refused: int, tmp_path: Path
) -> None:
    chosen = answer_set(name, tmp_path / "absent")
    assert chosen.dataset is not None and len(chosen.dataset.files) == documents
    assert len(chosen.asked) == asked and sum(one.refuse for one in chosen.asked) == refused
    assert all(one.answers or one.refuse for one in chosen.asked)
