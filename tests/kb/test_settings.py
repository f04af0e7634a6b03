"""Settings: where each value comes from, and what is said of a wrong one."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from kb.database import open_engine
from kb.errors import BadSettings
from kb.settings import DEFAULT_HOME, load_settings, sources, unknown_variables


def toml(home: Path, text: str) -> Path:
    home.mkdir(exist_ok=True)
    (home / "kb.toml").write_text(text, "utf-8")
    return home


def test_the_command_line_wins_over_the_environment_and_that_over_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = toml(tmp_path, "port = 1\nqueue = 2\nconcurrency = 3\n")
    monkeypatch.setenv("KB_PORT", "10")
    monkeypatch.setenv("KB_QUEUE", "20")
    settings = load_settings(home, port=100)
    assert (settings.port, settings.queue, settings.concurrency, settings.workers) == (100, 20, 3, 0)


def test_the_source_of_every_value_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home = toml(tmp_path, "concurrency = 3\nqueue = 2\n")
    monkeypatch.setenv("KB_QUEUE", "20")
    told = sources(load_settings(home, port=100))
    assert told["home"] == told["port"] == "命令行"
    assert (told["queue"], told["concurrency"], told["workers"]) == ("环境变量", "kb.toml", "默认值")


def test_a_value_of_the_command_line_is_told_so_though_the_environment_has_one_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KB_PORT", "10")
    assert sources(load_settings(tmp_path, port=100))["port"] == "命令行"


def test_the_data_folder_comes_from_the_environment_where_none_is_given(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KB_HOME", str(toml(tmp_path, "port = 7\n")))
    assert (load_settings().home, load_settings().port) == (tmp_path, 7)
    monkeypatch.delenv("KB_HOME")
    assert load_settings().home == Path(DEFAULT_HOME).expanduser()


def test_the_database_lies_in_the_data_folder_unless_it_is_named(tmp_path: Path) -> None:
    assert load_settings(tmp_path).database_url == f"sqlite:///{tmp_path}/kb.sqlite"
    assert load_settings(tmp_path, database="sqlite:////elsewhere").database_url == "sqlite:////elsewhere"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("prot = 1", "没有名为 prot 的设置；是不是 port？"),
        ('port = "abc"', "port 的值 'abc' 不合法：应为整数；请检查 kb.toml 与 KB_PORT"),
        ("port = 70000", "不得大于 65535"),
        ("parse_seconds = 0", "不得小于 1"),
        ("request_seconds = 0", "应大于 0"),
        ('log_level = "loud"', "只能是 'debug', 'info', 'warning' 或 'error'"),
        ('open_access = "maybe"', "应为 true 或 false"),
        ("port =", "kb.toml 不是合法的 TOML"),
        ('home = "/elsewhere"', "home 不能写在 kb.toml 里"),
    ],
)
def test_a_wrong_setting_is_named_with_the_way_to_mend_it(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(BadSettings) as told:
        load_settings(toml(tmp_path, text))
    assert said in str(told.value)
    assert "\n" not in str(told.value)


def test_a_file_that_is_not_utf_8_is_named(tmp_path: Path) -> None:
    (tmp_path / "kb.toml").write_bytes("# 设置\n".encode("gb18030"))
    with pytest.raises(BadSettings, match=r"kb\.toml"):
        load_settings(tmp_path)


def test_a_misspelled_variable_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KB_EMBEDER", "x")
    monkeypatch.setenv("KB_PORT", "1")
    assert unknown_variables() == ("KB_EMBEDER",)


def test_a_key_is_not_shown_with_the_settings(tmp_path: Path) -> None:
    assert "secret" not in repr(load_settings(tmp_path, model_key="secret"))


def test_the_fingerprint_changes_with_what_answers_depend_on_and_with_nothing_else(tmp_path: Path) -> None:
    plain = load_settings(tmp_path).fingerprint()
    assert load_settings(tmp_path, port=1, log_level="debug").fingerprint() == plain
    assert load_settings(tmp_path, evidence_threshold=0.6).fingerprint() != plain
    assert load_settings(tmp_path, model_name="m").fingerprint() != plain


@pytest.mark.parametrize("url", ["mysql://x", "不是地址"])
def test_a_database_that_cannot_be_used_is_named_with_what_to_write(url: str) -> None:
    with pytest.raises(BadSettings, match="sqlite:///"):
        open_engine(url)


def test_a_settings_file_may_begin_with_a_byte_order_mark(tmp_path: Path) -> None:
    (tmp_path / "kb.toml").write_bytes(b"\xef\xbb\xbfport = 8001\r\n")
    settings = load_settings(tmp_path)
    assert settings.port == 8001 and sources(settings)["port"] == "kb.toml"


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        ('model_name = "模型"\n'.encode("gbk"), "不是 UTF-8 编码"),
        ("port = 1\n".encode("utf-16"), "不是 UTF-8 编码"),
        (b"port = 1\nport = 2\n", "第 2 行第 9 列有误"),
        (b"port = [1]\n", "应为整数"),
    ],
)
def test_what_is_wrong_with_a_settings_file_is_said_in_chinese(tmp_path: Path, raw: bytes, said: str) -> None:
    (tmp_path / "kb.toml").write_bytes(raw)
    with pytest.raises(BadSettings, match=said) as error:
        load_settings(tmp_path)
    assert not re.search(r"[a-z]{3,} [a-z]{3,}", str(error.value))
