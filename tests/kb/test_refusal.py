"""Whether a sentence speaks of another place or year than the question."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from indexer.official.places import places
from kb.evidence import read
from kb.evidence_features import Candidate, Source
from kb.refusal import _name_missing, other_place, other_year

TEXT = "湖州市接待游客三万人次。杭州市推出研学线路。当地接待游客五万人次。全国共有二十条。\n2023年建成九条，浙江省接待游客一百万人次。"


@dataclass
class _Sentences:
    source: Source

    def of(self, words: str) -> Candidate:
        sentences = self.source.reading.sentences
        index = next(i for i, s in enumerate(sentences) if words in TEXT[s.start : s.end])
        return Candidate(self.source, 0, index, 0)


@pytest.fixture(scope="module")
def sentences() -> _Sentences:
    return _Sentences(Source(read(TEXT, ()), "游线"))


@pytest.mark.parametrize(
    ("question", "words", "other"),
    [
        ("湖州接待了多少游客？", "三万", 0.0),
        ("宁波接待了多少游客？", "三万", 1.0),
        ("湖州接待了多少游客？", "五万", 1.0),  # 当地 is the place named last
        ("杭州接待了多少游客？", "五万", 0.0),
        ("浙江接待了多少游客？", "五万", 0.0),  # part of what is asked about
        ("杭州接待了多少游客？", "一百万", 0.5),  # of the whole province
        ("接待了多少游客？", "五万", 0.0),
    ],
)
def test_a_sentence_speaks_of_its_place_or_of_the_one_named_before_it(
    question: str, words: str, other: float, sentences: _Sentences
) -> None:
    assert other_place(question, sentences.of(words), places) == other


@pytest.mark.parametrize(("question", "other"), [("2023年建成几条？", False), ("2024年建成几条？", True), ("建成几条？", False)])
def test_a_sentence_with_a_year_speaks_of_no_other(question: str, other: bool, sentences: _Sentences) -> None:
    assert other_year(question, sentences.of("九条")) is other
    assert not other_year(question, sentences.of("三万"))  # without a year it may be of any


@pytest.mark.parametrize(
    ("question", "missing"),
    [("推动“几个先行”？", ""), ("“三个先行”指什么？", "“三个先行”"), ("“两个先行”指什么？", ""), ("《什么办法》？", "《什么办法》"), ("“何家营”补多少？", "“何家营”"), ("“几何中心”在哪？", "“几何中心”"), ("“几加N”架构？", ""), ("《停车办法》怎么说？", "《停车办法》")],
)
def test_a_name_that_itself_asks_is_none(question: str, missing: str) -> None:
    assert _name_missing(question, "推动“两个先行”") == missing
