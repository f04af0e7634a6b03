"""Searching: filters come before ranking, numbers are found however typed, twins find each other."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import get_args

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from library_samples import notice, opened, put

from indexer.catalog import passes
from indexer.library import Library
from indexer.rank import Candidate
from indexer.search import PREAMBLE_LEAD, past_preambles
from kb.model import Filters, Hit, Mode, Passage

KINDS = ("standard", "action", "case", "policy")
REGIONS = ("云州市", "海宁县", "山阴区")
SUBJECTS = ("停车收费", "房屋租赁", "绿化养护", "垃圾分类", "电梯加装", "托育服务")
EVERYTHING = 1000  # more than there are passages


def documents() -> dict[str, str]:
    """Thirty documents that differ in kind, region, date, number and subject."""
    made = {}
    for n in range(30):
        subject = SUBJECTS[n % 6]
        made[f"{n}.md"] = notice(
            f"{REGIONS[n % 3]}{subject}管理规定之{n}",
            f"{subject}应当登记，每年检查{n + 1}次。",
            f"社区负责{subject}，收费不得超过{n * 10}元。",
            "本规定自公布之日起施行。",
            kind=KINDS[n % 4],
            region=REGIONS[n % 3],
            issuer=f"{REGIONS[n % 3]}人民政府",
            number=f"云政发〔20{10 + n % 5}〕{n + 1}号",
            issued=f"20{10 + n % 5}-03-{n % 27 + 1:02d}",
        )
    return made


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Library:
    made = opened(tmp_path_factory.mktemp("search") / "home")
    put(made, documents())
    return made


def places(hits: list[Hit]) -> list[tuple[int, float]]:
    return [(hit.passage_id, round(hit.score, 4)) for hit in hits]


some = lambda values: st.lists(st.sampled_from(values), max_size=2, unique=True).map(tuple)  # noqa: E731
FILTERS = st.builds(
    Filters,
    kind=some(KINDS),
    region=some(REGIONS),
    issued_from=st.none() | st.dates(date(2009, 1, 1), date(2015, 1, 1)),
    issued_to=st.none() | st.dates(date(2009, 1, 1), date(2015, 1, 1)),
    number=st.none() | st.integers(1, 30).map(lambda n: f"云政发〔20{10 + (n - 1) % 5}〕{n}号"),
)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    filters=FILTERS,
    question=st.sampled_from([f"{s}如何收费" for s in SUBJECTS] + ["社区检查", "登记"]),
    mode=st.sampled_from(["lexical", "dense"]),
)
def test_a_filtered_search_is_the_filtered_search_of_everything(
    library: Library, filters: Filters, question: str, mode: Mode
) -> None:
    naive = [h for h in library.search(question, k=EVERYTHING, mode=mode) if passes(h.document, filters)]
    assert places(library.search(question, filters, EVERYTHING, mode)) == places(naive)


@pytest.mark.parametrize("mode", get_args(Mode))
def test_a_filter_brings_up_what_stands_far_down_without_it(library: Library, mode: Mode) -> None:
    question = "停车收费应当登记"
    last = library.search(question, k=EVERYTHING, mode=mode)[-1].document
    assert last.id not in {h.document.id for h in library.search(question, k=5, mode=mode)}
    alone = library.search(question, Filters(doc_id=(last.id,)), 5, mode)
    assert {h.document.id for h in alone} == {last.id}


def test_a_filter_that_lets_nothing_through_finds_nothing(library: Library) -> None:
    assert library.search("停车收费", Filters(region=("火星",))) == []
    assert library.search("停车收费", Filters(visibility=())) == []


@pytest.mark.parametrize(
    "typed",
    [
        "云政发〔2012〕8号",
        "云政发[2012]8号",
        "云政发（2012）8号",
        "云政发【2012】第8号",
        "雲政發〔２０１２〕８號",
        "云政发 2012 8号",
        "云政发2012年第8号",
    ],
)
def test_a_number_typed_in_any_form_finds_its_document_first(library: Library, typed: str) -> None:
    hits = library.search(f"{typed}说了什么")
    assert hits[0].document.number == "云政发〔2012〕8号"
    assert library.search(typed)[0].document.number == "云政发〔2012〕8号"


def test_a_number_in_the_filter_may_be_typed_in_any_form_too(library: Library) -> None:
    hits = library.search("登记", Filters(number="云政发[2012]第8号"))
    assert {hit.document.number for hit in hits} == {"云政发〔2012〕8号"}


@pytest.mark.parametrize(
    ("plain", "twin"),
    [("停车收费不得超过60元", "停車收費不得超過６０元"), ("垃圾分类检查3次", "垃圾分類檢查３次")],
)
@pytest.mark.parametrize("mode", get_args(Mode))
def test_traditional_characters_and_full_width_digits_find_what_their_twins_find(
    library: Library, plain: str, twin: str, mode: Mode
) -> None:
    assert places(library.search(plain, mode=mode)) == places(library.search(twin, mode=mode))


def test_a_text_in_traditional_characters_is_found_by_simplified_words_and_quoted_as_it_stands(
    tmp_path: Path,
) -> None:
    library = opened(tmp_path)
    put(
        library,
        {"a.txt": "關於電梯維護的規定\n\n電梯每１５日應當維護１次。\n", "b.txt": "别的事情\n\n天气很好。\n"},
    )
    best = library.search("电梯每15日维护")[0]
    assert "電梯每１５日應當維護１次" in best.passage.text
    marked = {span.of(best.passage.text) for span in best.highlights}
    assert {"電梯", "維護"} <= marked


def test_highlights_are_ordered_parts_of_the_passage_that_the_question_names(library: Library) -> None:
    for hit in library.search("停车收费不得超过多少元"):
        spans = hit.highlights
        assert all(0 <= s.start < s.end <= len(hit.passage.text) for s in spans)
        assert all(a.end <= b.start for a, b in pairwise(spans))
        assert {s.of(hit.passage.text) for s in spans} <= set("停车 收费 停车收费 不得 超过 元".split())


def test_a_hit_says_how_each_ranker_placed_it_and_each_place_is_given_once(library: Library) -> None:
    hits = library.search("垃圾分类每年检查几次", k=20)
    for ranker in ("lexical", "dense"):
        ranks = [hit.ranks[ranker] for hit in hits if ranker in hit.ranks]
        assert len(ranks) == len(set(ranks)) and min(ranks) >= 1


def test_a_passage_is_a_slice_of_the_stored_revision(library: Library) -> None:
    for hit in library.search("社区负责电梯加装", k=30):
        text = library.store.revision(hit.document.id, hit.revision).text
        assert hit.passage.text == text[hit.passage.start : hit.passage.end]


def test_a_question_of_nothing_but_signs_finds_nothing_by_words_and_breaks_nothing(library: Library) -> None:
    assert library.search("？！……", mode="lexical") == []
    library.search("？！……")
    library.search("")


def test_as_of_leaves_out_what_was_not_yet_issued(library: Library) -> None:
    hits = library.search("登记", Filters(as_of=date(2011, 1, 1)), EVERYTHING)
    assert hits and all(h.document.issued and h.document.issued <= date(2011, 1, 1) for h in hits)


def test_the_same_search_twice_gives_the_same(library: Library) -> None:
    again = replace(library.searcher())
    assert places(again.search("托育服务收费")) == places(library.search("托育服务收费"))


def test_a_preamble_changes_places_with_what_it_introduces_and_documents_keep_their_order(library: Library) -> None:
    first, second = list(library.searcher().catalog.documents.values())[:2]

    def candidate(id: int, document: int, start: int, text: str) -> Candidate:
        return Candidate(id, (first, second)[document], 1, Passage(start, start + len(text), text), 0.0, 0, 0, 0.0)

    found = [
        candidate(0, 0, 0, "关于停车收费的通知 各区人民政府： 现就有关事项通知如下"),
        candidate(1, 0, 40, "停车收费每小时不得超过五元。"),
        candidate(2, 1, 0, "停车场应当登记。"),
        candidate(3, 1, 20, "登记不收费。"),
    ]
    near = np.array([5.0, 5.0 - PREAMBLE_LEAD / 2, 4.9, 4.8], np.float32)
    moved = past_preambles(found, near)
    assert moved[[1, 0]].tolist() == near[[0, 1]].tolist()
    assert moved[2:].tolist() == near[2:].tolist()  # an opening that says something keeps its place
    far = np.array([5.0, 4.9 - PREAMBLE_LEAD, 1.0, 0.5], np.float32)
    assert past_preambles(found, far).tolist() == far.tolist()


@pytest.mark.parametrize(
    ("question", "words"),
    [("押金最多收多少", {"最多", "收"}), ("群租罚多少钱", {"群租", "罚"}), ("得交多少", {"得", "交"})],
)
def test_words_that_the_cutter_ran_together_are_parted(tmp_path: Path, question: str, words: set[str]) -> None:
    library = opened(tmp_path)
    put(library, {"a.md": notice("租赁办法", "押金不得超过一个月租金。")})
    assert words <= {word for word, _ in library.searcher().understand(question).words}
