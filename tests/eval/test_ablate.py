"""The steps of an ablation that need no training, over the shipped questions."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from eval.ablate import dense_step, fused_step, groups, learned_step, lexical_step, prepare, product_step
from eval.sets import dataset
from indexer.library import Library
from indexer.rank import Ranker

FEW = 12


def test_its_last_step_ranks_as_the_product_does_and_the_earlier_ones_find_the_same_passages(own_library: Library) -> None:
    searcher = own_library.searcher()
    chosen = dataset("own", Path("/nonexistent"))
    asked = replace(chosen, queries=tuple(q for q in chosen.queries if q.split == "tune")[:FEW])
    prepared = prepare(asked, searcher)
    ranked = learned_step(prepared, Ranker.shipped().scores, preambles=True)
    chosen_only = product_step(prepared)  # reads half as many
    first = [one[0].passage_id == other[0].passage_id for one, other in zip(ranked, chosen_only, strict=True)]
    assert sum(first) >= FEW - 1
    shared = [len({h.passage_id for h in one[:5]} & {h.passage_id for h in other[:5]}) for one, other in zip(ranked, chosen_only, strict=True)]
    assert sum(shared) >= 0.9 * 5 * FEW
    fused = fused_step(lexical_step(prepared, ("words", "bigrams", "title")), dense_step(prepared))
    assert all({h.passage_id for h in one[:5]} & {h.passage_id for h in other[:20]} for one, other in zip(ranked, fused, strict=True))
    made = groups(prepared)
    assert len(made) == FEW and sum(bool(group.gains.any()) for group in made) >= FEW - 2
