"""What speaks for a sentence before its words are read, and what form its answer has."""

from __future__ import annotations

import numpy as np
import pytest

from indexer.embed import load_embedder
from indexer.official.places import places
from indexer.words import Words
from kb.evidence import read
from kb.evidence_asked import SHAPES, Asked, WordVectors, asked
from kb.evidence_features import Candidate, Source
from kb.evidence_prior import OTHER_PLACE, SAME_PLACE, WIDER_PLACE, place_fit, places_about, prior
from kb.model import Document
from kb.understand import question_type, understand

LAW = (
    "第一条 本条例所称共享单车，是指供公众租用的自行车。\n"
    "第二条 共享单车应当停放在划定的区域。\n"
    "第三条 违反本条例规定，乱停共享单车的，处五百元罚款。\n"
)


def document(title: str, region: str | None = None) -> Document:
    return Document("d", title, "甲.md", 1, "0" * 64, region=region, status="in_force")


@pytest.fixture(scope="module")
def ready():  # type: ignore[no-untyped-def]
    words, vectors = Words(), WordVectors(load_embedder().encode)

    def made(question: str) -> Asked:
        understood = understand(question, words.index_tokens(question))
        return asked(understood, tuple((w, 1.0) for w in understood.focus), (), vectors)

    return made


def priors(asked_: Asked, question: str, title: str = "共享单车条例") -> np.ndarray:
    source = Source(read(LAW), title)
    found = [Candidate(source, 0, i, 0) for i in range(3)]
    return prior(asked_, question, found, [document(title)], places)


def test_what_is_punished_steps_back_where_the_rule_is_asked_and_not_where_the_penalty_is(ready) -> None:  # type: ignore[no-untyped-def]
    rule, penalty = "共享单车应当停在哪些地方？", "乱停共享单车怎么罚？"
    assert priors(ready(rule), rule)[2] < priors(ready(rule), rule)[1]
    assert priors(ready(penalty), penalty)[2] == priors(ready(penalty), penalty)[1]


def test_a_sentence_that_defines_comes_forward_where_a_definition_is_asked(ready) -> None:  # type: ignore[no-untyped-def]
    question = "共享单车怎么定义？"
    assert priors(ready(question), question)[0] > priors(ready(question), question)[1]


def test_a_text_that_its_title_dates_otherwise_steps_back(ready) -> None:  # type: ignore[no-untyped-def]
    question = "2023年共享单车有多少辆？"
    given = [priors(ready(question), question, f"共享单车{title}")[1] for title in ("2023年公报", "三年计划（2022—2024年）", "公报")]
    assert given[0] == given[1] == given[2] > priors(ready(question), question, "共享单车2022年公报")[1]


@pytest.mark.parametrize(
    ("title", "region", "about"),
    [
        ("养犬规定", "浙江省杭州市", {"杭州市"}), ("养犬规定", "杭州市", {"杭州市"}), ("温州市养犬规定", "浙江省", {"温州市"}),
        ("养犬规定", "国家", set()), ("养犬规定", None, set()), ("养犬规定", "某不知名镇", {"某不知名镇"}),
    ],
)  # fmt: skip
def test_a_document_is_about_the_most_local_place_it_names(title: str, region: str | None, about: set[str]) -> None:
    assert places_about(document(title, region), places) == about


@pytest.mark.parametrize(
    ("region", "fit"),
    [("安吉县", SAME_PLACE), ("湖州市", WIDER_PLACE), ("浙江省", WIDER_PLACE), ("金华市", OTHER_PLACE), ("湖北省", OTHER_PLACE), (None, 0.0)],
)  # fmt: skip
def test_what_a_place_lies_in_may_speak_for_it_and_its_neighbours_may_not(region: str | None, fit: float) -> None:
    assert place_fit(document("养犬规定", region), {"安吉县"}, places) == fit


@pytest.mark.parametrize(
    ("question", "has", "lacks"),
    [
        ("商场里不准做什么？", "禁止携犬进入。", "应当登记。"), ("官司最后怎么判？", "判决驳回上诉。", "双方签订合同。"),
        ("法院为什么没有采信？", "因其由单方保存，不足以证明。", "双方到庭。"), ("乱停车怎么处理？", "处五百元罚款。", "停车场应当登记。"),
    ],
)  # fmt: skip
def test_prohibitions_verdicts_reasons_and_penalties_have_forms_of_their_own(
    ready, question: str, has: str, lacks: str
) -> None:  # type: ignore[no-untyped-def]
    shape = ready(question).shape
    assert shape is not None and shape.search(has) and not shape.search(lacks)


def test_a_figure_in_chinese_numerals_is_a_number_and_that_of_an_article_is_none() -> None:
    assert SHAPES["number"].search("高度不得超过一百五十厘米")
    assert not SHAPES["number"].search("第二十条")


@pytest.mark.parametrize(
    ("question", "kind"),
    [
        ("条例对禁渔期有什么规定？", "open"), ("见义勇为怎么定义？", "definition"), ("保护范围里不准干什么？", "list"),
        ("执法人员能行使什么职权？", "list"), ("规定了多少个项目？", "number"),
    ],
)  # fmt: skip
def test_a_question_is_told_by_its_form(question: str, kind: str) -> None:
    assert question_type(question) == kind
