"""What ships is complete, honest about its sources, and in our own words."""

from __future__ import annotations

import lzma
import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
import yaml

import corpus

KEYS = [
    "title",
    "kind",
    "issuer",
    "number",
    "region",
    "issued",
    "effective",
    "status",
    "visibility",
    "source",
]
KIND_OF_FOLDER = {"standards": "standard", "actions": "action", "cases": "case", "policies": "policy"}
SHARED = Path(__file__).resolve().parents[3] / "shared"
RUN = 25  # code points; a longer run shared with a source would be a copied sentence


def split(path: Path) -> tuple[dict[str, object], str]:
    """Front matter and body of a shipped document."""
    _, front, body = path.read_text(encoding="utf-8").split("---\n", 2)
    return yaml.safe_load(front), body


def name(path: Path) -> str:
    return f"{path.parent.name}/{path.name}"


def facts_by_file() -> dict[str, str]:
    facts: dict[str, str] = {}
    for row in corpus.sources():
        facts[row["file"]] = facts.get(row["file"], "") + "\n" + row["fact"]
    return facts


def test_at_least_forty_documents_ship_and_every_kind_is_there() -> None:
    paths = corpus.documents()
    assert len(paths) >= 40
    assert {path.parent.name for path in paths} == set(KIND_OF_FOLDER)


@pytest.mark.parametrize("path", corpus.documents(), ids=name)
def test_front_matter_is_complete_and_agrees_with_the_folder(path: Path) -> None:
    front, _ = split(path)
    assert list(front) == KEYS
    assert front["kind"] == KIND_OF_FOLDER[path.parent.name]
    assert isinstance(front["issued"], date)
    assert (front["status"], front["visibility"]) == ("in_force", "public")
    assert all(front[key] for key in ("title", "issuer", "region", "source"))


@pytest.mark.parametrize("path", corpus.documents(), ids=name)
def test_a_document_is_short_has_headings_and_ends_with_its_basis(path: Path) -> None:
    front, body = split(path)
    lines = body.strip().splitlines()
    assert 300 <= len(body.strip()) <= 1500
    assert lines[0] == f"# {front['title']}"
    assert sum(line.startswith("## ") for line in lines) >= 2
    assert lines[-1].startswith("依据：")


def test_titles_are_unique() -> None:
    titles = [split(path)[0]["title"] for path in corpus.documents()]
    assert len(set(titles)) == len(titles)


def test_sources_name_exactly_the_shipped_documents() -> None:
    assert {row["file"] for row in corpus.sources()} == {name(path) for path in corpus.documents()}


def test_every_source_row_says_what_where_and_from_which_document() -> None:
    for row in corpus.sources():
        assert all(row[key] for key in ("file", "fact", "source", "where")), row
        assert len(row["where"]) <= 12, row


@pytest.mark.parametrize("path", corpus.documents(), ids=name)
def test_every_figure_of_a_document_stands_in_its_source_rows(path: Path) -> None:
    facts = facts_by_file()[name(path)]
    _, body = split(path)
    for figure in re.findall(r"\d{2,}(?:\.\d+)?|\d\.\d+", body):
        assert re.search(rf"(?<!\d){re.escape(figure)}(?!\d)", facts), figure


def bare(text: str) -> str:
    return re.sub(r"\s+", "", text).replace(",", "，")


def shared_texts() -> Iterator[str]:
    yield (SHARED / "seed" / "article.txt").read_text(encoding="utf-8")
    for path in sorted((SHARED / "files" / "zhejiang_regulations").glob("*.md")):
        yield path.read_text(encoding="utf-8")
    for packed in ("policies_central_shandong.jsonl.xz", "news/title_body_pairs.jsonl.xz"):
        with lzma.open(SHARED / "data" / packed, "rt", encoding="utf-8") as lines:
            yield from lines


def runs(text: str) -> Iterator[str]:
    for sentence in re.split(r"[。！？；]|\n", text):
        sentence = bare(sentence)
        for start in range(len(sentence) - RUN + 1):
            yield sentence[start : start + RUN]


@pytest.mark.shared
@pytest.mark.skipif(not SHARED.exists(), reason="../shared is absent")
def test_no_sentence_is_copied_from_the_sources() -> None:
    ours = {run: name(path) for path in corpus.documents() for run in runs(split(path)[1])}
    copied = set()
    for text in shared_texts():
        text = bare(text)
        for start in range(len(text) - RUN + 1):
            run = text[start : start + RUN]
            if run in ours:
                copied.add((ours[run], run))
    assert not copied
