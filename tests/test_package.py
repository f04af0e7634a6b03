"""`pip install .` gives a `kb` that works in any directory: the wheel has everything it reads."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("kb", "corpus", "indexer", "api", "eval")


@pytest.fixture(scope="module")
def unpacked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The built wheel, unpacked."""
    folder = tmp_path_factory.mktemp("wheel")
    code = "import sys; from hatchling.build import build_wheel; print(build_wheel(sys.argv[1]))"  # PEP 517
    subprocess.run([sys.executable, "-c", code, str(folder)], cwd=ROOT, check=True, capture_output=True)
    [wheel] = folder.glob("*.whl")
    with zipfile.ZipFile(wheel) as packed:
        packed.extractall(folder / "site")
    return folder / "site"


def files(root: Path) -> set[str]:
    return {
        str(path.relative_to(root))
        for package in PACKAGES
        for path in (root / package).rglob("*")
        if path.is_file() and path.suffix != ".pyc"
    }


def test_the_wheel_has_every_file_of_the_packages_and_no_other_folder(unpacked: Path) -> None:
    assert files(unpacked) == files(ROOT)
    assert {p.name for p in unpacked.iterdir() if not p.name.endswith(".dist-info")} == set(PACKAGES)


def test_the_wheel_gives_the_kb_command_and_names_the_version(unpacked: Path) -> None:
    [info] = unpacked.glob("*.dist-info")
    assert "kb = api.main:main" in (info / "entry_points.txt").read_text("utf-8")
    assert (info / "METADATA").read_text("utf-8").startswith("Metadata-Version")


def test_kb_answers_from_the_shipped_documents_in_any_directory(unpacked: Path, tmp_path: Path) -> None:
    variables = {**os.environ, "PYTHONPATH": str(unpacked), "KB_HOME": str(tmp_path / "home")}

    def kb(*arguments: str) -> dict[str, object]:
        done = subprocess.run(
            [sys.executable, "-P", "-m", "api", "--json", *arguments],
            cwd=tmp_path, env=variables, capture_output=True, text=True,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        document: dict[str, object] = json.loads(done.stdout)
        return document

    kb("add", str(unpacked / "corpus" / "documents"))
    answer = kb("ask", "六级贯通是哪六级？")
    assert answer["basis"] == "grounded" and "小区" in str(answer["text"])
    assert kb("doctor")["ok"]
