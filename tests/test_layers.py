"""One direction only: kb ← indexer ← {api, eval}; api and eval never meet."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
MAY_IMPORT = {
    "kb": {"kb"},
    "corpus": {"corpus"},
    "indexer": {"indexer", "kb"},
    "api": {"api", "kb", "indexer", "corpus"},
    "eval": {"eval", "kb", "indexer", "corpus"},
}


def imported(path: Path) -> set[str]:
    """Top-level packages a file imports absolutely."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found |= {name.name.split(".")[0] for name in node.names}
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            found.add(node.module.split(".")[0])
    return found


@pytest.mark.parametrize("package", MAY_IMPORT)
def test_a_package_imports_only_what_stands_before_it(package: str) -> None:
    for path in sorted((ROOT / package).rglob("*.py")):
        wrong = (imported(path) & set(MAY_IMPORT)) - MAY_IMPORT[package]
        assert not wrong, f"{path.relative_to(ROOT)} imports {wrong}"


def test_torch_is_imported_only_where_models_are_trained_or_loaded_by_name() -> None:
    users = {
        str(path.relative_to(ROOT))
        for package in MAY_IMPORT
        for path in (ROOT / package).rglob("*.py")
        if imported(path) & {"torch", "sentence_transformers"}
    }
    assert all(name.startswith("indexer/train/") or name == "indexer/embed.py" for name in users), users
