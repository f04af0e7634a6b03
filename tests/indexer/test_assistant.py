"""Answers over a few documents made here: several documents at once, and short plain ones."""

from __future__ import annotations

from pathlib import Path

import pytest

from indexer.adding import add
from indexer.assistant import Assistant
from indexer.library import Library
from kb.model import Answer, Question
from kb.settings import load_settings

DOCUMENTS = {
    "甲": "---\ntitle: 湖州市养犬规定\nkind: policy\nregion: 湖州市\n---\n第一条 携犬进入商场的，由综合行政执法部门责令改正，处三百元罚款。\n",
    "乙": "---\ntitle: 温州市养犬条例\nkind: policy\nregion: 温州市\n---\n第九条 携犬进入商场的，由城市管理部门责令改正，处八百元罚款。\n",
    "丙": "---\ntitle: 节水办法\nkind: policy\n---\n第一条 用水单位应当每年开展一次水平衡测试。\n",
    "丁": "---\ntitle: 竹溪村以竹编带动就业\nkind: case\n---\n竹溪村办起竹编工坊，带动六十名村民就业。\n",
    "戊": "---\ntitle: 石桥村开直播带动就业\nkind: case\n---\n石桥村建起直播间卖山货，带动四十名村民就业。\n",
    "己": "---\ntitle: 老街夜市的管理\nkind: case\n---\n老街划定夜市摊位，由商户轮流值日打扫。\n",
}


@pytest.fixture(scope="module")
def answer(tmp_path_factory: pytest.TempPathFactory):  # type: ignore[no-untyped-def]
    home, folder = tmp_path_factory.mktemp("home"), tmp_path_factory.mktemp("in")
    for name, text in DOCUMENTS.items():
        (folder / f"{name}.md").write_text(text, "utf-8")
    library = Library(load_settings(home))
    add(library, [Path(folder)])
    assistant = Assistant(library)
    return lambda text: assistant.ask(Question(text))


def quoted(given: Answer) -> dict[str, str]:
    return {c.document.title: c.quote for c in given.citations}


def test_two_cities_set_side_by_side_are_each_answered_from_their_own_document(answer) -> None:  # type: ignore[no-untyped-def]
    found = quoted(answer("带狗进商场，湖州和温州分别罚多少？"))
    assert "三百元" in found["湖州市养犬规定"] and "八百元" in found["温州市养犬条例"]


def test_a_city_without_a_basis_is_named_beside_the_one_that_has_it(answer) -> None:  # type: ignore[no-untyped-def]
    given = answer("带狗进商场，湖州和昆明分别罚多少？")
    assert set(quoted(given)) == {"湖州市养犬规定"}
    assert any("昆明" in note for note in given.notes) and "昆明" in given.text.splitlines()[0]


def test_a_question_word_is_no_word_the_documents_must_have(answer) -> None:  # type: ignore[no-untyped-def]
    given = answer("用水单位多久开展一次水平衡测试？")
    assert given.basis == "grounded" and "每年" in quoted(given)["节水办法"]


def test_cases_on_a_topic_are_listed_one_citation_each_and_others_left_out(answer) -> None:  # type: ignore[no-untyped-def]
    given = answer("有哪些带动村民就业的案例？")
    assert set(quoted(given)) == {"竹溪村以竹编带动就业", "石桥村开直播带动就业"}
    assert len(given.citations) == 2


def test_cases_on_a_topic_that_none_touches_are_refused(answer) -> None:  # type: ignore[no-untyped-def]
    assert answer("有哪些海上风电的案例？").basis == "none"
