"""The docs are true: README commands run, every setting, route and command is told, links resolve."""

from __future__ import annotations

import argparse
import json
import os
import re
import shlex
import subprocess
import sys
import tomllib
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import pytest

from api.commands.options import build_parser
from kb.settings import Settings

ROOT = Path(__file__).resolve().parent.parent
README = (ROOT / "README.md").read_text("utf-8")
DOCS = {path: path.read_text("utf-8") for path in [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]}
ALL = "\n".join(DOCS.values())


def examples(language: str) -> list[str]:
    """The code blocks of the README in one language."""
    return re.findall(rf"^```{language}\n(.*?)^```", README, re.MULTILINE | re.DOTALL)


COMMANDS = [line for block in examples("sh") for line in block.splitlines() if line.strip()]


@pytest.fixture(scope="module")
def address(
    serve: Callable[..., AbstractContextManager[str]], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[str, Path]]:
    """A service over the shipped corpus, as `make serve` starts it, and its data folder."""
    home = tmp_path_factory.mktemp("readme") / "home"
    with serve(home) as url:
        yield url, home


def run(command: str, address: tuple[str, Path], folder: Path) -> subprocess.CompletedProcess[str]:
    """A line of the README, in a folder of one's own, with `kb` and the service where they are here."""
    url, home = address
    command = command.replace("http://127.0.0.1:8000", url)
    if command.startswith("kb "):
        command = f"{shlex.quote(sys.executable)} -m api {command[3:]}"
    variables = {**os.environ, "KB_HOME": str(home), "PYTHONPATH": str(ROOT)}
    return subprocess.run(
        ["bash", "-c", command], cwd=folder, env=variables, capture_output=True, text=True, timeout=120
    )


def test_the_readme_has_at_least_five_examples_of_which_one_is_http() -> None:
    assert len(COMMANDS) >= 5
    assert any(line.startswith("curl ") for line in COMMANDS)


@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_of_the_readme_runs(command: str, address: tuple[str, Path], tmp_path: Path) -> None:
    (tmp_path / "政策文件").mkdir()
    (tmp_path / "政策文件" / "通知.md").write_text("# 关于节水的通知\n\n用水单位应当节约用水。\n", "utf-8")
    done = run(command, address, tmp_path)
    assert done.returncode == 0, done.stderr
    if command.startswith("curl"):
        answer = json.loads(done.stdout)
        assert answer["basis"] == "grounded" and answer["citations"]
    elif " ask " in command:
        assert examples("text")[0].strip() in done.stdout
    elif " search " in command:
        assert "住宅专项维修资金" in done.stdout


def test_the_two_commands_are_in_the_makefile() -> None:
    makefile = (ROOT / "Makefile").read_text("utf-8")
    for target in re.findall(r"^make (\w+)", "\n".join(examples("")), re.MULTILINE):
        assert re.search(rf"^{target}:", makefile, re.MULTILINE)


def test_every_setting_stands_on_the_settings_page_with_its_default_and_meaning() -> None:
    page = DOCS[ROOT / "docs" / "SETTINGS.md"]
    rows = re.findall(r"^\| `(\w+)` \| `(KB_\w+)` \| (.+?) \| (.+?) \|$", page, re.MULTILINE)
    told = {name: (variable, default.strip("`"), meaning) for name, variable, default, meaning in rows}
    real = {}
    for name, field in Settings.model_fields.items():
        default = str(field.default).lower() if isinstance(field.default, bool) else str(field.default)
        real[name] = (f"KB_{name.upper()}", default or "（空）", field.description)
    assert told == real


def test_every_variable_the_docs_name_is_one() -> None:
    named = set(re.findall(r"KB_[A-Z_]+[A-Z]", ALL))
    assert named <= {f"KB_{name.upper()}" for name in Settings.model_fields} | {"KB_DEBUG", "KB_CHROMIUM"}


def commands(parser: argparse.ArgumentParser, before: str = "kb") -> Iterator[str]:
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            for name, below in action.choices.items():
                deeper = list(commands(below, f"{before} {name}"))
                yield from deeper or [f"{before} {name}"]


@pytest.mark.parametrize("command", list(commands(build_parser())))
def test_every_command_is_told(command: str) -> None:
    assert f"`{command}" in DOCS[ROOT / "docs" / "COMMANDS.md"]


def test_every_option_of_every_command_is_told() -> None:
    def options(parser: argparse.ArgumentParser) -> Iterator[str]:
        for action in parser._actions:
            if isinstance(action, argparse._SubParsersAction):
                for below in action.choices.values():
                    yield from options(below)
            elif action.option_strings and action.help != argparse.SUPPRESS:
                yield action.option_strings[0]

    page = DOCS[ROOT / "docs" / "COMMANDS.md"]
    missing = {o for o in options(build_parser()) if o not in page} - {"-h", "--version"}
    assert not missing


def test_every_route_is_told(tmp_path: Path) -> None:
    from api.app import create_app
    from kb.settings import load_settings

    paths = create_app(load_settings(tmp_path)).openapi()["paths"]
    told = {path for path in paths if re.search(rf"(?<![\w/]){re.escape(path)}(?![\w/])", ALL)}
    assert not set(paths) - told


@pytest.mark.parametrize("path", DOCS, ids=lambda path: path.name)
def test_relative_links_and_pictures_resolve(path: Path) -> None:
    for target in re.findall(r"\]\((?!https?:|#)([^)#]+)", DOCS[path]):
        assert (path.parent / target).exists(), target


def test_every_page_of_docs_can_be_reached_from_the_readme() -> None:
    for path in DOCS:
        assert path.name == "README.md" or f"](docs/{path.name})" in README


def test_files_the_docs_name_exist() -> None:
    for name in re.findall(r"`((?:kb|indexer|api|eval|corpus|tests|docs)/[\w./-]+\.\w+)`", ALL):
        assert (ROOT / name).exists(), name


def sections() -> dict[str, str]:
    """The architecture page by folder: what stands under `## kb：…` and so on."""
    parts = re.split(r"^## (\w+)：.*$", DOCS[ROOT / "docs" / "ARCHITECTURE.md"], flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


@pytest.mark.parametrize("folder", ["kb", "indexer", "api"])
def test_the_architecture_names_every_module_of_a_folder_and_no_other(folder: str) -> None:
    told = set(re.findall(r"`(\w+\.py|\w+/)`", sections()[folder]))
    real = {p.name for p in (ROOT / folder).glob("*.py")} | {
        f"{p.parent.name}/" for p in (ROOT / folder).glob("*/__init__.py")
    }
    assert {p for p in real if not p.startswith("__")} - told == set()
    assert {name for name in told if not (ROOT / folder / name).exists()} == set()


def test_the_architecture_has_a_section_for_every_package() -> None:
    assert list(sections())[:5] == ["kb", "indexer", "api", "corpus", "eval"]


def test_the_container_copies_what_exists_and_what_the_wheel_needs() -> None:
    dockerfile = (ROOT / "Dockerfile").read_text("utf-8")
    copied = {
        name for line in re.findall(r"^COPY (.+) \S+$", dockerfile, re.MULTILINE) for name in line.split()
    }
    assert all((ROOT / name).exists() for name in copied)
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    assert copied >= set(project["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"])
    assert copied >= {"pyproject.toml", "constraints.txt", project["project"]["readme"]}
    let_in = set(re.findall(r"^!(\S+)$", (ROOT / ".dockerignore").read_text("utf-8"), re.MULTILINE))
    assert let_in == copied


def test_every_dependency_is_pinned_once() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    lines = (ROOT / "constraints.txt").read_text("utf-8").split()
    pinned = [re.fullmatch(r"([\w.-]+)==[\w.]+", line) for line in lines]
    assert all(pinned)
    names = [plain(match[1]) for match in pinned if match]
    assert len(names) == len(set(names))
    extras = [line for group in project["optional-dependencies"].values() for line in group]
    for wanted in [*project["dependencies"], *extras]:
        assert plain(re.split(r"[\[<>=~!]", wanted)[0]) in names, wanted
    assert "torch==2.13.0" in lines


def plain(name: str) -> str:
    """A distribution's name as package indexes compare it (PEP 503)."""
    return re.sub(r"[-_.]+", "-", name).lower()
