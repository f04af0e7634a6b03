"""The promises of docs/VALIDITY.md, measured on the shared data where it is at hand."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from indexer.official import measure

SHARED = Path(__file__).parents[3] / "shared"
pytestmark = [
    pytest.mark.shared,
    pytest.mark.skipif(not SHARED.is_dir(), reason="../shared is absent"),
]


def shares(lines: list[str]) -> dict[str, float]:
    """`{"beijing number": 1.0, …}` of a report."""
    found = {}
    for line in lines:
        match = re.match(r"(\S[^:]*): (\d+)/(\d+)", line)
        if match:
            found[match[1]] = int(match[2]) / int(match[3])
    return found


def test_numbers_dates_and_titles_are_exact_where_the_text_has_them() -> None:
    found = shares(measure.beijing(SHARED / "data" / "beijing" / "policies_dev.jsonl.xz"))
    found |= shares(measure.regulations(SHARED / "files" / "zhejiang_regulations"))
    found |= shares(measure.hebei(SHARED / "data" / "hebei" / "policies.jsonl.xz"))
    assert len(found) >= 8
    assert min(found.values()) >= 0.95, found


@pytest.mark.timeout(120)
def test_older_texts_of_a_law_are_repealed_with_proof_and_newest_ones_are_not() -> None:
    lines = measure.laws(SHARED / "data" / "laws_articles.jsonl.xz")
    found = shares(lines)
    assert found["laws older text repealed"] >= 0.95
    assert found["laws newest text in force"] >= 0.95
    assert "laws repealed without proof: 0" in lines
