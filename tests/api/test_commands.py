"""`kb`, command by command: one JSON document on stdout, messages on stderr, exit codes that mean something."""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from api_samples import DOCUMENTS, QUESTION, write

from api.commands.options import build_parser
from api.main import main

ROOT = Path(__file__).resolve().parents[2]
NOWHERE = "没有这个编号"


class Terminal:
    """`kb(…)` runs a command on one home and gives its exit code, its stdout and its stderr."""

    def __init__(self, home: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.home = home
        self._capsys = capsys

    def __call__(self, *arguments: object) -> tuple[int, str, str]:
        self._capsys.readouterr()
        code = main(["--home", str(self.home), *map(str, arguments)])
        out, err = self._capsys.readouterr()
        return code, out, err

    def json(self, *arguments: object, code: int = 0) -> Any:
        """The one JSON document of a command that ends with this exit code."""
        got, out, err = self(*arguments, "--json")
        assert got == code, err
        assert out.endswith("\n") and out.count("\n") == 1
        return json.loads(out)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("commands")
    write(folder / "in", DOCUMENTS)
    assert main(["--home", str(folder / "home"), "add", str(folder / "in")]) == 0
    return folder / "home"


@pytest.fixture
def kb(home: Path, capsys: pytest.CaptureFixture[str]) -> Terminal:
    return Terminal(home, capsys)


@pytest.fixture
def fresh(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Terminal:
    return Terminal(tmp_path / "home", capsys)


def one_id(kb: Terminal) -> str:
    identity: str = kb.json("list", "--kind", "standard")["documents"][0]["doc_id"]
    return identity


def test_add_reports_what_became_of_every_file_and_a_bad_one_stops_nothing(fresh: Terminal, tmp_path: Path) -> None:
    folder = tmp_path / "in"
    write(folder, {"甲规定.txt": "甲规定\n\n第一条 甲。\n", "乙.pdf": "no pdf"})
    (folder / "几条.jsonl").write_text(json.dumps({"_id": "r1", "title": "丙规定", "text": "第一条 丙丙。"}) + "\n")
    first = fresh.json("add", folder)
    assert first["counts"] == {"added": 2, "updated": 0, "unchanged": 0, "failed": 1}
    assert first["failed"][0]["file"].endswith("乙.pdf") and "PDF" in first["failed"][0]["reason"]
    (folder / "甲规定.txt").write_text("甲规定\n\n第一条 甲甲。\n", "utf-8")
    again = fresh.json("add", folder, "--kind", "standard")
    assert again["counts"]["updated"] >= 1 and again["counts"]["added"] == 0
    listed = fresh.json("list")
    assert listed["total"] == 2 and "r1" in [d["external_id"] for d in listed["documents"]]
    assert fresh.json("add", folder / "无", code=1)["failed"][0]["reason"]
    code, out, err = fresh("add", folder)
    assert code == 0 and out == "" and "失败：" in err and "未变" in err


def test_search_and_ask_give_the_shapes_of_the_interface(kb: Terminal) -> None:
    found = kb.json("search", "驿站 开放时间", "-k", 2, "--mode", "lexical")
    assert 1 <= len(found["hits"]) <= 2 and {"passage_id", "highlights", "ranks", "url"} <= set(found["hits"][0])
    assert kb.json("search", "驿站", "--issued-from", "2024-01-01")["hits"] == []
    answer = kb.json("ask", QUESTION)
    assert answer["basis"] == "grounded" and "九小时" in answer["text"]
    before = kb.json("ask", QUESTION, "--as-of", "2023-04-10")
    assert before["citations"] == [] or before["citations"][0]["status"] == "not_yet"


def test_a_refusal_is_a_result_and_no_failure(kb: Terminal) -> None:
    answer = kb.json("ask", QUESTION, "--region", "西藏自治区")
    assert answer["basis"] == "none" and answer["reason"] == "no_hit"
    code, out, _ = kb("ask", QUESTION, "--region", "西藏自治区")
    assert code == 0 and "没有依据" in out


def test_an_answer_is_printed_with_the_day_and_the_filters_it_holds_for(kb: Terminal) -> None:
    out = kb("ask", QUESTION, "--as-of", "2024-05-06", "--kind", "standard")[1]
    assert "按 2024-05-06 的规定" in out and "筛选条件：类别 标准" in out
    out = kb("ask", QUESTION)[1]
    assert "筛选条件" not in out and not out.startswith("按 ")


def test_people_see_the_answer_its_sources_and_its_number(kb: Terminal) -> None:
    code, out, err = kb("ask", QUESTION)
    assert code == 0 and "九小时" in out and "[1]" in out and "安政发〔2023〕5号" in out and "答案编号" in out
    code, out, err = kb("search", "社区食堂餐位")
    assert code == 0 and "餐位" in out and "毫秒" in err


def test_show_list_status_and_remove(fresh: Terminal, tmp_path: Path) -> None:
    fresh.json("add", *write(tmp_path / "in", DOCUMENTS))
    identity = one_id(fresh)
    shown = fresh.json("show", identity, "--text")
    assert shown["doc_id"] == identity and "餐位数" in shown["text"] and shown["outline"] and shown["revisions"]
    said = fresh.json("status", identity, "--set", "repealed", "--reason", "已由新标准取代", "--by", "王某")
    assert said["status"] == "repealed" and "王某" in said["status_reason"]
    assert fresh.json("list", "--status", "repealed")["total"] == 1
    assert fresh.json("status", identity, "--clear", "--reason", "误", "--by", "王某")["status"] == "in_force"
    assert fresh.json("remove", identity, NOWHERE, code=1)["removed"] == [identity]
    assert fresh.json("list")["total"] == 2
    assert fresh.json("show", identity, code=1)["error"]["code"] == "not_found"


def test_a_quote_from_elsewhere_is_placed_or_not_and_the_exit_code_says_which(kb: Terminal) -> None:
    exact = kb.json("verify", "--quote", "社区食堂餐位数不得少于四十个。")
    assert exact["result"] == "exact" and exact["url"]
    assert kb.json("verify", "--quote", "社区食堂餐位数 不得少于四十个")["result"] in ("exact", "normalised")
    near = kb.json("verify", "--quote", "社区食堂餐位数不得少于五十个。", code=1)
    assert near["result"] == "near" and near["diff"]
    assert kb.json("verify", "--quote", "月球基地的氧气由谁供应？", code=1)["result"] == "not_found"
    assert kb.json("verify", "--quote", "餐位", "--doc", NOWHERE, code=1)["error"]["code"] == "not_found"
    code, out, _ = kb("verify", "--quote", "社区食堂餐位数不得少于四十个。")
    assert code == 0 and "逐字一致" in out and "德清县社区食堂建设标准" in out


def test_stored_answers_are_checked_and_exported(fresh: Terminal, tmp_path: Path) -> None:
    paths = write(tmp_path / "in", DOCUMENTS)
    fresh.json("add", *paths)
    answer = fresh.json("ask", QUESTION)
    report = fresh.json("verify")
    assert report["ok"] and report["stands"] == 1 and report["chain"]["ok"]
    Path(paths[0]).write_text(DOCUMENTS["安吉县未来乡村驿站管理办法.md"].replace("九小时", "七小时"), "utf-8")
    fresh.json("add", paths[0])
    changed = fresh.json("verify", answer["id"])
    assert changed["review"] == 1 and "[-九-]{+七+}" in changed["answers"][0]["citations"][0]["diff"]
    fresh.json("remove", answer["citations"][0]["doc_id"])
    assert fresh.json("verify", code=1)["fallen"] == 1
    code, out, _ = fresh("verify")
    assert code == 1 and answer["id"] in out and "不再成立" in out
    assert fresh.json("verify", NOWHERE, code=1)["error"]["code"] == "not_found"
    assert [one["id"] for one in fresh.json("audit", "export")["answers"]] == [answer["id"]]
    for form, begins in (("jsonl", b"{"), ("csv", b"\xef\xbb\xbfseq,"), ("xlsx", b"PK")):
        path = tmp_path / f"out.{form}"
        done = fresh.json("audit", "export", "--format", form, "-o", path)
        assert done["answers"] == 1 and path.read_bytes().startswith(begins)
    assert fresh.json("audit", "export", "--until", "2000-01-01")["answers"] == []


def test_keys_are_made_listed_and_revoked_and_the_secret_is_shown_once(fresh: Terminal) -> None:
    made = fresh.json(
        "keys", "create", "门户", "--scopes", "ask,search", "--visibility", "public,internal",
        "--origins", "https://portal.example", "--rate", 60, "--expires", "2099-12-31",
    )  # fmt: skip
    assert made["key"].startswith("kb_") and made["origins"] == ["https://portal.example"] and made["rate"] == 60
    (listed,) = fresh.json("keys", "list")["keys"]
    assert listed["name"] == "门户" and "key" not in listed and made["key"] not in json.dumps(listed)
    assert fresh.json("keys", "create", "门户", code=1)["error"]["code"] == "bad_input"
    assert fresh.json("keys", "create", "乙", "--scopes", "everything", code=1)["error"]["code"] == "bad_input"
    assert fresh.json("keys", "revoke", "门户")["revoked"]
    assert fresh.json("keys", "revoke", NOWHERE, code=1)["error"]["code"] == "not_found"
    code, out, err = fresh("keys", "create", "丙")
    assert code == 0 and out.startswith("kb_") and out.count("\n") == 1 and "只显示这一次" in err


def test_a_backup_brings_everything_back(kb: Terminal, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    saved = tmp_path / "备份.zip"
    assert kb.json("backup", saved)["path"] == str(saved)
    other = Terminal(tmp_path / "other", capsys)
    restored = other.json("restore", saved)
    assert restored["files"] > 0 and restored["created"]
    assert other.json("list")["documents"] == kb.json("list")["documents"]
    assert other.json("search", "餐位数")["hits"]
    assert other.json("restore", saved, code=1)["error"]["code"] == "bad_input"
    assert other.json("restore", saved, "--overwrite")["aside"]
    assert other.json("restore", tmp_path / "无.zip", "--overwrite", code=1)["error"]["message"]


def test_reindex_builds_the_same_index_again(kb: Terminal) -> None:
    hits = kb.json("search", "社区食堂")["hits"]
    built = kb.json("reindex")
    assert built["passages"] > 0 and built["embedder"]
    assert [h["passage_id"] for h in kb.json("search", "社区食堂")["hits"]] == [h["passage_id"] for h in hits]


def test_doctor_shows_every_setting_and_where_it_came_from(kb: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    from kb.settings import Settings

    monkeypatch.setenv("KB_QUEUE", "7")
    report = kb.json("doctor", "--full")
    assert report["ok"], [check for check in report["checks"] if check["state"] == "problem"]
    settings = {one["name"]: one for one in report["settings"]}
    assert set(settings) == set(Settings.model_fields)
    assert settings["queue"]["value"] == 7 and settings["queue"]["source"] == "环境变量"
    monkeypatch.setenv("KB_QUEUE", "many")
    bad = kb.json("doctor", code=1)
    assert not bad["ok"] and any("queue" in check["detail"] for check in bad["checks"])


@pytest.mark.parametrize(
    "arguments",
    [
        ["show", NOWHERE], ["remove", NOWHERE], ["verify", NOWHERE], ["ask", " "], ["search", "\x00"], ["ask", "问" * 2001],
        ["status", NOWHERE, "--clear", "--reason", "误", "--by", "某"], ["show", NOWHERE, "--revision", "3"],
        ["audit", "export", "-o", "/没有/这个/目录"],
    ],
)  # fmt: skip
def test_a_failure_is_one_line_in_chinese_an_exit_code_and_a_json_error(kb: Terminal, arguments: list[str]) -> None:
    told = kb.json(*arguments, code=1)
    assert told.get("error", {}).get("message") or told["failed"][0]["reason"]
    code, out, err = kb(*arguments)
    assert code == 1 and out == "" and "Traceback" not in err and err.count("\n") <= 3
    assert any("\u4e00" <= c <= "\u9fff" for c in err)


def test_a_path_that_cannot_be_is_named_with_what_to_do(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (file := tmp_path / "文件").touch()

    def said(home: Path, *arguments: object) -> str:
        code, _, err = Terminal(home, capsys)(*arguments)
        assert code == 1 and "Errno" not in err and "kb restore" not in err
        return err.replace("\n", "")

    for place in (file, file / "下"):
        for command in (["list"], ["add", file], ["verify"], ["keys", "list"]):
            assert f"{place}：{file} 是文件，这里要的是目录；请换一个路径（数据目录用 --home 指定）" in said(place, *command)
    home = tmp_path / "home"
    told = said(home, "audit", "export", "--output", tmp_path / "没有" / "x.csv")
    assert f"{tmp_path}/没有/x.csv：目录 {tmp_path}/没有 不存在；请先建立这个目录，或换一个路径" in told
    assert f"{tmp_path}：这是目录，不能当作文件来写；请在后面写上文件名" in said(home, "audit", "export", "-o", tmp_path)
    assert f"{file} 是文件，这里要的是目录" in said(home, "backup", file / "x.zip")
    assert "路径过长" in said(home, "audit", "export", "-o", tmp_path / f"{'长' * 200}.csv")


@pytest.mark.parametrize(
    "arguments",
    [
        [], ["frob"], ["ask"], ["search", "x", "-k", "0"], ["search", "x", "--mode", "psychic"], ["ask", "x", "--as-of", "昨天"],
        ["serve", "--port", "99999"], ["keys"], ["audit"], ["status", "x"], ["list", "--frob"],
    ],
)  # fmt: skip
def test_wrong_usage_is_exit_code_2_with_the_right_usage_shown(kb: Terminal, arguments: list[str]) -> None:
    assert kb.json(*arguments, code=2)["error"]["code"] == "usage"
    code, out, err = kb(*arguments)
    assert code == 2 and out == "" and "用法" in err


def commands(parser: argparse.ArgumentParser | None = None, before: str = "") -> list[str]:
    """Every command, subcommands written out."""
    found: list[str] = []
    for action in (parser or build_parser())._actions:
        if isinstance(action, argparse._SubParsersAction):
            for name, below in action.choices.items():
                found += commands(below, f"{before}{name} ") or [f"{before}{name}"]
    return found


@pytest.mark.parametrize("command", commands())
def test_every_command_explains_itself_and_takes_json_before_or_after_its_name(
    command: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([*command.split(), "--help"]) == 0
    shown = capsys.readouterr().out
    assert "--home" in shown or command == "audit export"
    known = build_parser().parse_known_args
    extra = {"remove": ["x"], "show": ["x"], "search": ["x"], "ask": ["x"], "add": ["x"], "backup": ["x"], "restore": ["x"],
             "status": ["x", "--clear", "--reason", "r", "--by", "b"], "keys create": ["x"], "keys revoke": ["x"]}  # fmt: skip
    for argv in (["--json", *command.split()], [*command.split(), "--json"]):
        assert known([*argv, *extra.get(command, [])], argparse.Namespace(json=False))[0].json


def test_output_survives_a_pipe_that_closes_and_a_locale_without_chinese(home: Path) -> None:
    environment = {**os.environ, "LC_ALL": "C", "PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"}
    command = [sys.executable, "-m", "api", "--home", str(home), "list"]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, timeout=60)
    assert done.returncode == 0 and "社区食堂".encode() in done.stdout
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None and process.stderr is not None
        process.stdout.close()
        assert b"Traceback" not in process.stderr.read() and process.wait(60) in (0, 1)
