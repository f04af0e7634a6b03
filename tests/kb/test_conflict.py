"""Documents that disagree: by the value of their figures, at the ends of their ranges, only where both hold."""

from __future__ import annotations

import numpy as np
import pytest

from indexer.embed import load_embedder
from indexer.outline import outline
from indexer.words import Words
from kb.conflict import Conflict, find
from kb.evidence import read
from kb.evidence_asked import WordVectors, asked
from kb.evidence_features import Candidate, Source
from kb.model import Document, Parsed
from kb.understand import understand


def document(name: str, fallen: str = "") -> Document:
    """A rule of 松江市; `fallen`: the article that another text has repealed."""
    reason = f"自2026年8月11日起，被《松江市新办法》废止{fallen}" if fallen else None
    return Document(
        name, f"松江市{name}", "a.txt", 1, "0" * 64, region="松江市",
        status="partly_repealed" if fallen else "in_force", status_reason=reason,
    )  # fmt: skip


@pytest.fixture(scope="module")
def differing():  # type: ignore[no-untyped-def]
    """`differing(question, one, other)`: the conflict between two documents of one sentence each."""
    words, embedder = Words(), load_embedder()
    vectors = WordVectors(embedder.encode)

    def between(question: str, one: str, other: str, fallen: tuple[str, str] = ("", "")) -> Conflict | None:
        texts = [f"{text}\n" for text in (one, other)]
        documents = [document(name, article) for name, article in zip(("甲办法", "乙办法"), fallen, strict=True)]
        found = [
            Candidate(Source(read(text, outline(Parsed(text))), d.title), i, 0, i)
            for i, (text, d) in enumerate(zip(texts, documents, strict=True))
        ]
        understood = understand(question, words.index_tokens(question))
        made = asked(understood, tuple((word, 1.0) for word in understood.focus), (), vectors)
        return find(made, found, np.array([1.0, 0.5], np.float32), 0, documents, embedder.encode)

    return between


@pytest.mark.parametrize(
    ("question", "one", "other"),
    [
        ("茶园补助最高多少元？", "每户茶园补助最高不得超过20万元。", "每户茶园补助最高不得超过二十万元。"),
        ("茶园补助最高多少元？", "每户茶园补助最高不得超过200,000元。", "每户茶园补助最高不得超过２０万元。"),
        ("茶园补助申请多少日内审完？", "茶园补助申请应当在30日内审完。", "茶园补助申请应当在三十日内审完。"),
        ("茶园空地占全园的比例是多少？", "茶园空地不得超过全园的50%。", "茶园空地不得超过全园的百分之五十。"),
        ("茶园补助什么时候发放？", "茶园补助于2026年3月1日发放。", "茶园补助于二〇二六年三月一日发放。"),
        ("砍伐茶树罚款多少？", "砍伐茶树的，处二千元以上一万元以下罚款。", "砍伐茶树的，处2000元以上1万元以下罚款。"),
    ],
)
def test_one_figure_written_in_two_ways_is_no_disagreement(differing, question: str, one: str, other: str) -> None:  # type: ignore[no-untyped-def]
    assert differing(question, one, other) is None


@pytest.mark.parametrize(
    ("question", "one", "other"),
    [
        ("茶园补助最高多少元？", "每户茶园补助最高不得超过20万元。", "每户茶园补助最高不得超过三十万元。"),
        ("茶园空地占全园的比例是多少？", "茶园空地不得超过全园的50%。", "茶园空地不得超过全园的百分之六十。"),
        ("砍伐茶树罚款多少？", "砍伐茶树的，处二千元以上一万元以下罚款。", "砍伐茶树的，处二千元以上五万元以下罚款。"),
        ("砍伐茶树罚款多少？", "砍伐茶树的，处二千元以上一万元以下罚款。", "砍伐茶树的，处1000元以上1万元以下罚款。"),
        ("茶园补助申请多少日内审完？", "茶园补助申请应当在3至5日内审完。", "茶园补助申请应当在二至五日内审完。"),
    ],
)
def test_other_figures_and_other_ends_of_a_range_are_a_disagreement(differing, question: str, one: str, other: str) -> None:  # type: ignore[no-untyped-def]
    assert differing(question, one, other) == Conflict(1, True)


def test_ranges_for_two_different_deeds_are_none(differing) -> None:  # type: ignore[no-untyped-def]
    one = "砍伐茶树的，处二千元以上一万元以下罚款。"
    other = "砍伐茶树后拒不补种、逾期仍不缴纳补种费用又阻碍执法人员检查的，处二千元以上五万元以下罚款。"
    assert differing("砍伐茶树罚款多少？", one, other) is None


def test_the_days_on_which_two_documents_take_effect_are_none(differing) -> None:  # type: ignore[no-untyped-def]
    one, other = "茶园补助规定自2024年3月1日起施行。", "茶园补助规定自2026年5月1日起施行。"
    assert differing("茶园补助规定什么时候施行？", one, other) is None


@pytest.mark.parametrize("fallen", [("", "第二条"), ("第二条", "")])
def test_a_repealed_article_does_not_disagree_with_what_replaced_it(differing, fallen: tuple[str, str]) -> None:  # type: ignore[no-untyped-def]
    one, other = "第二条 茶园违法停车的，处一百五十元罚款。", "第二条 茶园违法停车的，处一百元罚款。"
    assert differing("茶园违法停车罚款多少？", one, other) == Conflict(1, True)
    assert differing("茶园违法停车罚款多少？", one, other, fallen) is None


def test_figures_of_two_years_are_none(differing) -> None:  # type: ignore[no-untyped-def]
    one, other = "2022年茶园产值共3402万元。", "{}茶园产值共3215万元。"
    assert differing("茶园产值多少万元？", one, other.format("2021年")) is None
    assert differing("茶园产值多少万元？", one, other.format("2022年")) == Conflict(1, False)
