"""First questions: made from a document's own words, kept where they are answered from there."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from indexer.adding import add
from indexer.assistant import Assistant
from indexer.library import Library
from indexer.suggest import candidates, in_turn
from kb.model import Document, Filters, Question
from kb.settings import load_settings

RULES = """\
云溪县口袋公园管理办法

一、什么是口袋公园
本办法所称口袋公园，是指面积在一万平方米以下的公共绿地。

二、申报条件
申报云溪县口袋公园，应当有固定的养护单位。

三、总体要求
口袋公园要便民。
"""


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Library:
    home = tmp_path_factory.mktemp("suggest")
    (home / "云溪县口袋公园管理办法.txt").write_text(RULES, "utf8")
    (home / "青石镇夜市公告.txt").write_text("青石镇夜市公告\n\n青石镇夜市每晚十点收摊。\n", "utf8")
    opened = Library(load_settings(home / "kb", workers=1))
    add(opened, [home / "云溪县口袋公园管理办法.txt", home / "青石镇夜市公告.txt"])
    return opened


def park(library: Library) -> Document:
    return next(d for d in library.store.documents() if "口袋公园" in d.title)


def test_definitions_and_telling_headings_become_questions_and_vague_ones_do_not(library: Library) -> None:
    document = park(library)
    asked = [each.text for each in candidates(document, library.store.revision(document.id))]
    assert asked == [
        "什么是口袋公园？",
        "什么是口袋公园？",
        "云溪县口袋公园管理的申报条件是什么？",
        "《云溪县口袋公园管理办法》主要讲什么？",
    ]


def test_each_document_is_asked_about_once(library: Library) -> None:
    documents = library.store.documents()
    suggested = list(in_turn((d, library.store.revision(d.id)) for d in documents))
    assert sorted(each.doc_id for each in suggested) == sorted(d.id for d in documents)


def test_an_answer_from_elsewhere_does_not_keep_a_question(library: Library) -> None:
    document = park(library)
    first = next(candidates(document, library.store.revision(document.id)))
    answer = Assistant(library).ask(Question(first.text))
    assert first.kept(answer)
    moved = [replace(c, start=c.end + 500, end=c.end + 510) for c in answer.citations]
    assert not first.kept(replace(answer, citations=tuple(moved)))
    assert not first.kept(replace(answer, basis="none"))


def test_what_is_suggested_is_answered_and_leaves_nothing_in_the_ledger(library: Library) -> None:
    assistant = Assistant(library)
    before = assistant.ledger.count()
    suggested = assistant.suggestions()
    assert "什么是口袋公园？" in suggested
    assert assistant.ledger.count() == before
    assert all(assistant.ask(Question(text)).basis == "grounded" for text in suggested)


def test_a_caller_who_sees_nothing_is_suggested_nothing(library: Library) -> None:
    assert library.store.documents(Filters(visibility=("restricted",))) == []
    assert Assistant(library).suggestions(("restricted",)) == []


def test_another_document_changes_what_is_suggested(tmp_path: Path) -> None:
    opened = Library(load_settings(tmp_path / "kb", workers=1))
    assistant = Assistant(opened)
    assert assistant.suggestions() == []
    (tmp_path / "规定.txt").write_text(RULES, "utf8")
    add(opened, [tmp_path / "规定.txt"])
    assert assistant.suggestions() == ["什么是口袋公园？"]
