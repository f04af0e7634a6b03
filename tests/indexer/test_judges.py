"""The judges as they are fitted: a committee is the mean of its members; what is lacking is learned."""

from __future__ import annotations

import numpy as np
import pytest

from kb.basis_words import WORD

pytest.importorskip("torch", reason="训练裁判需要 torch")

from indexer.train.judges import Judged, basis_of, fit_basis


def situations(count: int) -> list[Judged]:
    """Made ones in which only one column of the words tells right from absent."""
    rng = np.random.default_rng(3)
    made = []
    for i in range(count):
        right = i % 2 == 0
        words = rng.normal(size=(2 + i % 3, len(WORD))).astype(np.float32)
        words[:, WORD.index("quoted")] = 1.0
        if not right:
            words[-1, WORD.index("quoted")] = 0.0
        made.append(Judged(rng.normal(size=4).astype(np.float32), right, "asked" if right else "no basis", words=words))
    return made


def test_a_committee_is_the_mean_of_its_members() -> None:
    made = situations(200)
    members = [fit_basis(made, seed, epochs=2) for seed in (1, 2, 3)]
    together, apart = basis_of(members), [basis_of([m]) for m in members]
    for j in (*made[:5], Judged(made[0].row, True, "asked")):
        assert together.odds(j.row, j.words) == pytest.approx(np.mean([b.odds(j.row, j.words) for b in apart]), abs=1e-4)


def test_one_word_that_is_lacking_is_learned() -> None:
    basis = basis_of([fit_basis(situations(1200), epochs=30)])
    odds = np.array([basis.odds(j.row, j.words) for j in situations(1400)[1200:]])
    right = np.array([j.right for j in situations(1400)[1200:]])
    assert ((odds > 0) == right).mean() > 0.9
