"""A question many ask is worked out once: what is shared, what is not, and for how long."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest
from library_samples import notice, opened, put

from indexer.assistant import LONG_HISTORY, Assistant
from indexer.library import Library
from indexer.recent import Recent
from kb.model import Filters, Question, Turn

QUESTION = Question("停车应当向谁登记？", filters=Filters(visibility=("public",)))


@pytest.fixture
def library(tmp_path: Path) -> Library:
    library = opened(tmp_path / "home", workers=1)
    put(library, {"停车.md": notice("停车办法", "停车应当向街道办事处登记。")})
    return library


def counted(assistant: Assistant, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The questions really worked out, as they come."""
    worked, evidence = [], assistant.gatherer.evidence
    monkeypatch.setattr(
        assistant.gatherer, "evidence", lambda text, hits: worked.append(text) or evidence(text, hits)
    )
    return worked


def test_the_same_question_is_worked_out_once_and_recorded_each_time(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    assistant = Assistant(library)
    worked = counted(assistant, monkeypatch)
    heard: list[str] = []
    answers = [assistant.ask(QUESTION, f"第{i}人", lambda name, _: heard.append(name)) for i in range(3)]
    assert len(worked) == 1 and heard == ["hits", "claim"] * 3
    assert len({answer.id for answer in answers}) == 3
    assert answers[0].citations and all(answer.citations == answers[0].citations for answer in answers)
    assert [assistant.ledger.get(answer.id)["ledger"]["caller"] for answer in answers] == ["第0人", "第1人", "第2人"]


def test_a_changed_library_other_eyes_or_another_history_are_another_question(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    assistant = Assistant(library)
    worked = counted(assistant, monkeypatch)
    assert "街道办事处" in assistant.ask(QUESTION).citations[0].quote
    put(library, {"停车.md": notice("停车办法", "停车应当向社区居委会登记。")})
    assert "社区居委会" in assistant.ask(QUESTION).citations[0].quote
    assistant.ask(replace(QUESTION, filters=Filters(visibility=("public", "internal"))))
    assert len(worked) == 3


def test_those_who_ask_at_one_moment_wait_for_one_answer(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    assistant = Assistant(library)
    worked = counted(assistant, monkeypatch)
    with ThreadPoolExecutor(8) as pool:
        ids = {answer.id for answer in pool.map(lambda _: assistant.ask(QUESTION), range(8))}
    assert len(ids) == 8 and len(worked) == 1


def test_one_askers_ears_harm_nobody_else(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    assistant = Assistant(library)
    worked = counted(assistant, monkeypatch)

    def deaf(name: str, value: object) -> None:
        raise RuntimeError("聋了")

    with pytest.raises(RuntimeError, match="聋了"):
        assistant.ask(QUESTION, on_event=deaf)
    again: list[str] = []
    assistant.ask(QUESTION, on_event=lambda name, _: again.append(assistant.ask(QUESTION).id))
    assert len(worked) == 1 and len(set(again)) == 2


def test_everybody_hears_the_same_events(library: Library) -> None:
    assistant = Assistant(library)
    for question in (QUESTION, replace(QUESTION, text="写一首关于春天的诗")):
        heard: list[list[str]] = [[], []]
        for ears in heard:
            assistant.ask(question, on_event=lambda name, _, ears=ears: ears.append(name))
        assert heard[0] == heard[1]


def test_long_talk_is_not_remembered_and_forgetting_forgets(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    assistant = Assistant(library)
    worked = counted(assistant, monkeypatch)
    talk = replace(QUESTION, history=(Turn("user", "停车" * LONG_HISTORY),))
    first = assistant.ask(talk)
    once = len(worked)  # the question, and the one before it
    assert assistant.ask(talk).citations == first.citations
    assert len(worked) == 2 * once > 0
    worked.clear()
    assistant.ask(QUESTION)
    assistant.forget()
    assistant.ask(QUESTION)
    assert len(worked) == 2


def test_what_failed_is_tried_again_and_fails_for_those_who_waited() -> None:
    recent: Recent[str] = Recent(8)
    begun, over = threading.Event(), threading.Event()

    def failing() -> str:
        begun.set()
        over.wait(10)
        raise ValueError("兹事未成")

    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(recent.get, 1, "问", failing)
        assert begun.wait(10)
        second = pool.submit(recent.get, 1, "问", lambda: pytest.fail("worked out twice"))
        time.sleep(0.2)  # until it waits
        over.set()
        for waiting in (first, second):
            with pytest.raises(ValueError, match="兹事未成"):
                waiting.result(10)
    assert recent.get(1, "问", lambda: "答") == "答"


def test_only_so_many_are_kept_the_longest_unasked_go_first_and_all_in_another_state() -> None:
    recent: Recent[str] = Recent(2)
    for name in ("甲", "乙", "甲", "丙"):
        recent.get(1, name, lambda: "旧")
    assert [recent.get(1, name, lambda: "新") for name in ("甲", "丙", "乙")] == ["旧", "旧", "新"]
    assert [recent.get(2, name, lambda: "新") for name in ("丙", "乙")] == ["新", "新"]
    assert len(recent._known) == 2
