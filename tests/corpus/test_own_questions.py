"""The shipped question set: every gold answer stands, word for word, in a shipped document.

A line of `eval/own/questions.jsonl` has `id`, `question`, `type`, `kind_wanted`, `style`, `split`,
`answerable`, `facts` (all must appear in the answer), `document` and `evidence` (lists of equal
length for questions across documents), `history`; and, where it applies, `also` (other places
that answer as well), `why` (what makes it unanswerable) and `nearest` (the document it tempts with).
`stated_absent` marks questions whose nearest document itself says that the fact is not published.
"""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

import corpus

FILE = Path(__file__).resolve().parents[2] / "eval" / "own" / "questions.jsonl"
QUESTIONS: list[dict[str, Any]] = [json.loads(line) for line in FILE.read_text(encoding="utf-8").splitlines()]
ANSWERABLE = [q for q in QUESTIONS if q["answerable"]]
BASELESS = [q for q in QUESTIONS if not q["answerable"]]
BODIES = {
    f"{path.parent.name}/{path.name}": path.read_text(encoding="utf-8").split("---\n", 2)[2]
    for path in corpus.documents()
}
TYPES = {
    "number",
    "date",
    "list",
    "definition",
    "who",
    "where",
    "how",
    "condition",
    "comparison",
    "yesno",
    "open",
}


def as_list(value: str | list[str]) -> list[str]:
    return value if isinstance(value, list) else [value]


def test_the_set_is_large_enough_and_a_fifth_has_no_basis() -> None:
    assert len(QUESTIONS) >= 180
    assert len(BASELESS) >= 0.2 * len(QUESTIONS)
    assert {q["why"] for q in BASELESS} == {"near_miss", "stated_absent", "invention", "out_of_domain"}
    assert sum(bool(q["history"]) for q in QUESTIONS) >= 12
    assert sum(isinstance(q["document"], list) for q in QUESTIONS) >= 8


def test_every_type_kind_and_style_is_asked() -> None:
    assert {q["type"] for q in QUESTIONS} == TYPES
    assert {q["style"] for q in QUESTIONS} == {"plain", "citizen"}
    assert {q["kind_wanted"] for q in QUESTIONS} == {"standard", "action", "case", "policy", None}


def test_tune_and_test_are_about_half_each_and_ids_are_unique() -> None:
    split = Counter(q["split"] for q in QUESTIONS)
    assert set(split) == {"tune", "test"}
    assert abs(split["tune"] - split["test"]) <= 0.1 * len(QUESTIONS)
    assert len({q["id"] for q in QUESTIONS}) == len(QUESTIONS)


def test_no_question_is_asked_twice() -> None:
    asked = [(q["question"], json.dumps(q["history"], ensure_ascii=False)) for q in QUESTIONS]
    assert len(set(asked)) == len(asked)


@pytest.mark.parametrize("q", ANSWERABLE, ids=lambda q: q["id"])
def test_evidence_is_an_exact_slice_and_holds_every_fact(q: dict[str, Any]) -> None:
    documents, evidence = as_list(q["document"]), as_list(q["evidence"])
    assert len(documents) == len(evidence)
    for document, quote in zip(documents, evidence, strict=True):
        assert quote and quote in BODIES[document]
    assert q["facts"]
    for fact in q["facts"]:
        assert any(fact in quote for quote in evidence), fact


@pytest.mark.parametrize("q", [q for q in ANSWERABLE if "also" in q], ids=lambda q: q["id"])
def test_another_place_that_answers_holds_every_fact_too(q: dict[str, Any]) -> None:
    for other in q["also"]:
        assert (other["document"], other["evidence"]) != (q["document"], q["evidence"])
        assert other["evidence"] in BODIES[other["document"]]
        assert all(fact in other["evidence"] for fact in q["facts"])


@pytest.mark.parametrize("q", BASELESS, ids=lambda q: q["id"])
def test_a_question_without_a_basis_claims_no_document(q: dict[str, Any]) -> None:
    assert (q["facts"], q["document"], q["evidence"]) == ([], None, "")
    if q["why"] in {"near_miss", "stated_absent"}:
        assert q["nearest"] in BODIES


@pytest.mark.parametrize("q", [q for q in QUESTIONS if q["history"]], ids=lambda q: q["id"])
def test_a_history_alternates_and_ends_with_the_assistant(q: dict[str, Any]) -> None:
    roles = [turn["role"] for turn in q["history"]]
    assert roles == ["user", "assistant"] * (len(roles) // 2) and roles
