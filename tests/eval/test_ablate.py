"""The steps of an ablation that need no training, over the shipped questions."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from eval.ablate import dense_step, fused_step, groups, learned_step, lexical_step, prepare
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
    first = [hits[0].passage_id == searcher.search(q.text, k=10)[0].passage_id for q, hits in zip(asked.queries, ranked, strict=True)]
    assert sum(first) >= FEW - 1
    fused = fused_step(lexical_step(prepared, ("words", "bigrams", "title")), dense_step(prepared))
    assert all({h.passage_id for h in one[:5]} & {h.passage_id for h in other[:20]} for one, other in zip(ranked, fused, strict=True))
    made = groups(prepared)
    assert len(made) == FEW and sum(bool(group.gains.any()) for group in made) >= FEW - 2
