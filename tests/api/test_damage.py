"""What was tampered with behind the program's back is told, never quoted, and stops nothing else."""

from __future__ import annotations

import csv
import io
import json
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from api_samples import key_of, ready

from api.main import main
from indexer.library import Library
from kb.settings import load_settings

FEES = "云州市停车管理办法\n\n第一条 停车收费标准为每小时500元。\n\n第二条 本办法自2023年1月1日起施行。\n"
CATS = "云州市养猫规定\n\n第一条 养猫应当在三十日内登记。\n"
FEE, CAT = "云州市停车收费标准是每小时多少元？", "云州市养猫应当在多少日内登记？"


class Home:
    """A data folder with two documents and an answer from each."""

    def __init__(self, folder: Path, source: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.folder, self.source, self.capsys = folder / "home", source, capsys
        listed = self.json("list")[1]["documents"]
        assert len(listed) == 2
        kept = self.json("audit", "export")[1]
        self.fee, self.cat = kept["answers"]

    def __call__(self, *arguments: object) -> tuple[int, str, str]:
        self.capsys.readouterr()
        code = main(["--home", str(self.folder), *map(str, arguments)])
        out, err = self.capsys.readouterr()
        return code, out, err

    def json(self, *arguments: object) -> tuple[int, dict[str, Any]]:
        code, out, _ = self(*arguments, "--json")
        return code, json.loads(out)

    def ask(self, question: str) -> dict[str, Any]:
        return self.json("ask", question)[1]

    def sql(self, *statements: str) -> None:
        with closing(sqlite3.connect(self.folder / "kb.sqlite")) as connection:
            for statement in statements:
                connection.execute(statement)
            connection.commit()


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("damage")
    (folder / "in").mkdir()
    (folder / "in" / "停车.txt").write_text(FEES, "utf-8")
    (folder / "in" / "养猫.txt").write_text(CATS, "utf-8")
    for arguments in (["add", str(folder / "in")], ["ask", FEE], ["ask", CAT]):
        assert main(["--home", str(folder / "home"), *arguments]) == 0
    return folder


@pytest.fixture
def home(made: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Home:
    shutil.copytree(made, tmp_path, dirs_exist_ok=True)
    return Home(tmp_path, made / "in", capsys)  # a document is known by its path


def problems(home: Home) -> list[str]:
    _, report = home.json("doctor")
    return [one["detail"] for one in report["checks"] if one["state"] == "problem" and one["name"] == "存档"]


def test_a_text_altered_in_the_store_is_not_quoted_and_is_told(home: Home) -> None:
    assert home.fee["basis"] == home.cat["basis"] == "grounded"
    assert problems(home) == []
    home.sql("UPDATE revisions SET text = replace(text, '500元', '900元')")
    asked = home.ask(FEE)
    assert (asked["basis"], asked["reason"]) == ("none", "quote_unverified")
    assert "900" not in asked["text"] and home.ask(CAT)["basis"] == "grounded"
    code, report = home.json("verify")
    states = {one["id"]: [c["state"] for c in one["citations"]] for one in report["answers"]}
    assert code == 1 and not report["ok"]
    assert states[home.fee["id"]] == ["tampered"] and states[home.cat["id"]] == ["valid"]
    assert [one["revision"] for one in report["archive"]] == [1]
    assert "存档被改动" in home("verify")[1] and home.json("verify", home.cat["id"])[0] == 0
    (told,) = problems(home)
    assert "云州市停车管理办法" in told and "kb restore" in told


def test_a_text_altered_with_its_own_hash_is_found_too(home: Home) -> None:
    home.sql("UPDATE revisions SET text = 'x', sha256 = '2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881'")
    assert len(problems(home)) == 2 and home.json("verify")[0] == 1


def test_a_revision_deleted_from_the_store_is_told_and_stops_no_other_question(home: Home) -> None:
    doc_id = home.fee["citations"][0]["doc_id"]
    home.sql(f"DELETE FROM revisions WHERE document = (SELECT id FROM documents WHERE doc_id = '{doc_id}')")
    (told,) = problems(home)
    assert "被删去" in told
    assert home.json("ask", FEE, "--doc", doc_id)[1]["basis"] == "none" and home.ask(CAT)["basis"] == "grounded"
    code, report = home.json("verify")
    assert code == 1 and report["archive"][0]["doc_id"] == doc_id


def rows(exported: bytes, format: str) -> list[tuple[str, str]]:
    """(id, text or what is said in its place) of every record of an exported ledger."""
    if format == "jsonl":
        return [(one["id"], one.get("text") or one["problem"]) for one in map(json.loads, exported.splitlines())]
    if format == "csv":
        cells = list(csv.reader(io.StringIO(exported.decode("utf-8-sig"), newline="")))
    else:
        cells = [list(row) for row in openpyxl.load_workbook(io.BytesIO(exported)).active.iter_rows(values_only=True)]
    at, text = cells[0].index("id"), cells[0].index("text")
    return [(row[at], row[text]) for row in cells[1:]]


@pytest.mark.parametrize("record", ["'{'", "'[]'", "'{\"answer\": {}}'", "CAST(x'80ff' AS TEXT)"])
def test_one_corrupt_record_is_named_and_the_rest_is_checked_and_exported(
    home: Home, tmp_path: Path, record: str
) -> None:
    home.sql(f"UPDATE answers SET record = {record} WHERE id = '{home.fee['id']}'")
    code, report = home.json("verify")
    assert code == 1 and [one["id"] for one in report["answers"]] == [home.cat["id"]]
    assert [one["id"] for one in report["unreadable"]] == [home.fee["id"]]
    code, out, _ = home("verify", home.fee["id"])
    assert code == 1 and home.fee["id"] in out and "已损坏" in out
    for format in ("jsonl", "csv", "xlsx"):
        target = tmp_path / f"out.{format}"
        code, _, err = home("audit", "export", "--format", format, "--output", target)
        assert code == 1 and "已导出 1 条答案" in err and f"内容未导出：账本第 1 条（答案 {home.fee['id']}）" in err
        with ready(Library(load_settings(home.folder, workers=1))) as client:
            served = client.get("/api/answers/export", params={"format": format}).content
        for told in (rows(target.read_bytes(), format), rows(served, format)):
            assert [(id, "已损坏" in text) for id, text in told] == [(home.fee["id"], True), (home.cat["id"], False)]
    (home.source / "养猫.txt").write_text(CATS.replace("三十日", "十日"), "utf-8")
    assert home.json("add", home.source)[0] == 0  # what it shakes is worked out all the same


def test_the_noted_end_of_the_chain_is_looked_for(home: Home) -> None:
    noted = home.json("verify")[1]["chain"]["head"]["hash"]
    assert noted in home("verify")[1]
    home.ask(CAT)
    assert home("verify", "--anchor", noted)[0] == home("verify", "--anchor", noted[:16].upper())[0] == 0
    code, out, _ = home("verify", "--anchor", "ab" * 32)
    assert code == 1 and "账本里没有哈希为" in out
    assert home.json("verify", "--anchor", "abc")[1]["error"]["code"] == "bad_input"


def test_addresses_that_are_none_are_told(home: Home) -> None:
    (home.folder / "kb.toml").write_text('public_url = "zc.example.cn"\nwebhook = "foo"\n', "utf-8")
    code, report = home.json("doctor")
    told = [one["detail"] for one in report["checks"] if one["name"] == "网址"]
    assert code == 1 and [detail.split()[1] for detail in told] == ["public_url", "webhook"]


def test_a_quote_is_shown_with_what_speaks_against_relying_on_it(home: Home) -> None:
    (home.source / "停车.txt").write_text(FEES.replace("500", "600"), "utf-8")
    home("add", home.source)
    old = home("verify", "--quote", "停车收费标准为每小时500元。")[1]
    assert "只见于第 1 版，现行第 2 版里没有" in old
    home("status", home.cat["citations"][0]["doc_id"], "--set", "repealed", "--reason", "清理", "--by", "甲")
    assert "这份文件废止" in home("verify", "--quote", "养猫应当在三十日内登记。")[1]
    assert "注意" not in home("verify", "--quote", "停车收费标准为每小时600元。")[1]


def test_the_chain_of_the_ledger_tells_a_key_nothing_of_answers_it_may_not_see(home: Home) -> None:
    home("add", home.source / "养猫.txt", "--visibility", "restricted")
    library = Library(load_settings(home.folder, workers=1))
    public = key_of(library, "公众", scopes=["ask", "audit"])
    everything = key_of(library, "全部", scopes=["audit"], visibility=["public", "internal", "restricted"])

    def chain(key: dict[str, str]) -> dict[str, Any]:
        found: dict[str, Any] = client.post("/api/audit/verify", headers=key).json()["chain"]
        return found

    with ready(library) as client:
        assert chain(public) == {"ok": True, "breaks": [], "broken": []}
        assert chain(everything)["records"] == chain(everything)["head"]["seq"] == 2
        home.sql(f"UPDATE answers SET basis = 'model' WHERE id = '{home.cat['id']}'")
        hidden = chain(public)
        assert not hidden["ok"] and [(one["seq"], one["id"]) for one in hidden["broken"]] == [(None, None)]
        assert "请管理员用 `kb verify`" in hidden["broken"][0]["problem"] and "2" not in hidden["broken"][0]["problem"]
        assert chain(everything)["broken"][0]["id"] == home.cat["id"]
        own = client.post("/api/ask", json={"question": FEE}, headers=public).json()["id"]
        home.sql(f"UPDATE answers SET basis = 'model' WHERE id = '{own}'")
        assert [one["id"] for one in chain(public)["broken"]] == [own, None]
