"""What each step of retrieval is worth: one table from plain words to the whole search.

    python -m eval ablate [--dataset stard,ncp,cmrc] [--data ../shared/data] [--json]

Steps of both sides are taken from the product's own index. The learned ranker is fitted anew on the
tune parts without each group of features, and without each set, and measured on the test parts. It ranks
what plain fusion puts first (`READ`), so that the network that chooses what the product reads, which was
taught by the whole ranker, has no part in it; the product's own row stands last of the shipped ones.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from indexer import search
from indexer.rank import FEATURES, Candidate, Query, Ranker, features
from indexer.search import Searcher, past_preambles
from indexer.train.ranker import Group, fit, fused
from kb.errors import KBError
from kb.fold import fold
from kb.model import Hit

from . import dataset as nouns
from .making import library_of, say
from .metrics import Interval, paired, values
from .ranking import reciprocal_rank_fusion
from .sets import dataset

DEPTH = 100
READ = 64  # candidates that the learned ranker puts in order here
GROUPS: dict[str, tuple[str, ...]] = {
    "BM25 分数与名次": ("lexical", "lexical_rank", "lexical_per_term", "lexical_top"),
    "向量分数与名次": ("cosine", "cosine_gap", "dense_rank", "dense_top"),
    "词的覆盖": ("words_in_text", "words_anywhere", "words_in_sentence", "rarest_in_text"),
    "二字组与连续": ("bigrams_in_text", "bigrams_in_sentence", "longest_run"),
    "标题与路径": ("words_in_heading", "bigrams_in_heading", "title_in_query", "title_named"),
    "数字与句式": ("numbers", "cue"),
    "长度与位置": ("length", "lead"),
}
LEXICAL_STEPS: dict[str, tuple[str, ...]] = {
    "只有词（BM25）": ("words",),
    "＋二字组": ("words", "bigrams"),
    "＋标题": ("words", "bigrams", "title"),
}


@dataclass(frozen=True, slots=True)
class Prepared:
    """A set's questions with the candidates of both sides and their features, made once."""

    chosen: nouns.Dataset
    searcher: Searcher
    queries: tuple[nouns.Query, ...]
    asked: tuple[Query, ...]
    candidates: tuple[list[Candidate], ...]
    rows: tuple[np.ndarray, ...]  # (at most READ, features) each, of the first candidates

    def hit(self, candidate: Candidate) -> Hit:
        return self.searcher._hit(candidate, 0.0, ())


def prepare(chosen: nouns.Dataset, searcher: Searcher) -> Prepared:
    queries = tuple(q for q in chosen.queries if q.split != "train")
    asked = tuple(searcher.understand(q.text) for q in queries)
    candidates = tuple(
        searcher.gather(fused(searcher, query, q.text)) for query, q in zip(asked, queries, strict=True)
    )
    rows = tuple(features(query, found[:READ]) for query, found in zip(asked, candidates, strict=True))
    return Prepared(chosen, searcher, queries, asked, candidates, rows)


def lexical_step(prepared: Prepared, fields: Sequence[str]) -> list[list[Hit]]:
    """BM25 over some of the fields."""
    found = []
    for query in prepared.asked:
        words = [(w, search.FRAME_WEIGHT if w in search.FRAME else 1.0) for w, _ in query.words]
        terms = {
            "words": words,
            "title": [(w, search.TITLE_WEIGHT * weight) for w, weight in words],
            "bigrams": [(gram, search.BIGRAM_WEIGHT) for gram, _ in query.bigrams],
        }
        scored = prepared.searcher.lexical.search({f: terms[f] for f in fields}, DEPTH, None)
        found.append(as_hits(prepared.searcher, scored.ids.tolist()))
    return found


def dense_step(prepared: Prepared) -> list[list[Hit]]:
    found = []
    for q in prepared.queries:
        vector = prepared.searcher.embedder.encode([fold(q.text)])[0]
        ids, _ = prepared.searcher.vectors.search(vector, DEPTH, None)
        found.append(as_hits(prepared.searcher, ids.tolist()))
    return found


def fused_step(lexical: list[list[Hit]], dense: list[list[Hit]]) -> list[list[Hit]]:
    found = []
    for left, right in zip(lexical, dense, strict=True):
        hits = {h.passage_id: h for h in (*left, *right)}
        scores = reciprocal_rank_fusion([[h.passage_id for h in side] for side in (left, right)])
        found.append([hits[i] for i in sorted(scores, key=scores.__getitem__, reverse=True)])
    return found


def as_hits(searcher: Searcher, ids: Sequence[int]) -> list[Hit]:
    rows = searcher.store.passages(ids)
    owners = {i: searcher.catalog.document_of(i) for i in ids}
    return [
        Hit(i, document, rows[i].revision, rows[i].passage, 0.0, {})
        for i in ids
        if i in rows and (document := owners[i]) is not None
    ]


def learned_step(
    prepared: Prepared, score: Callable[[np.ndarray], np.ndarray], preambles: bool = False
) -> list[list[Hit]]:
    """The first candidates by a ranker's scores, then the rest as fused; `preambles` step back at the end."""
    found = []
    for candidates, rows in zip(prepared.candidates, prepared.rows, strict=True):
        scores = score(rows) if len(rows) else np.zeros(0, np.float32)
        if preambles:
            scores = past_preambles(candidates[: len(rows)], scores)
        order = np.argsort(-scores, kind="stable").tolist()
        order += range(len(rows), len(candidates))
        found.append([prepared.hit(candidates[i]) for i in order])
    return found


def product_step(prepared: Prepared) -> list[list[Hit]]:
    return [prepared.searcher.search(q.text, k=DEPTH) for q in prepared.queries]


def groups(prepared: Prepared, dropped: Sequence[str] = ()) -> list[Group]:
    """Training groups of the tune part, some features blotted out."""
    made = []
    for q, candidates, rows in zip(prepared.queries, prepared.candidates, prepared.rows, strict=True):
        if q.split == "tune" and len(rows):
            first = candidates[:READ]
            gains = np.array([nouns.holds(q, prepared.hit(c)) for c in first], np.float32)
            names = tuple(c.document.external_id or c.document.id for c in first)
            made.append(Group(without(rows, dropped), gains, "tune", names))
    return made


def without(rows: np.ndarray, dropped: Sequence[str]) -> np.ndarray:
    kept = np.array([name not in dropped for name in FEATURES], np.float32)
    return rows * kept


def fitted(
    training: Mapping[str, list[Group]], dropped: Sequence[str], seed: int
) -> Callable[[np.ndarray], np.ndarray]:
    ranker = Ranker.of(fit(dict(training), seed))
    return lambda rows: ranker.scores(without(rows, dropped))


def steps(prepared: Mapping[str, Prepared], seed: int = 1) -> dict[str, dict[str, list[list[Hit]]]]:
    """Step → set → hits a question, from plain words to the whole, then with parts left out."""
    table: dict[str, dict[str, list[list[Hit]]]] = {}

    def note(step: str, made: Callable[[Prepared], list[list[Hit]]]) -> None:
        table[step] = {name: made(p) for name, p in prepared.items()}
        say(f"消融：{step}")

    for step, fields in LEXICAL_STEPS.items():
        note(step, lambda p, fields=fields: lexical_step(p, fields))
    lexical = table[step]
    note("只有向量", dense_step)
    dense = table["只有向量"]
    table["倒数排名融合"] = {name: fused_step(lexical[name], dense[name]) for name in prepared}
    note("随附的学习排序", lambda p: learned_step(p, Ranker.shipped().scores))
    note("＋引言退后", lambda p: learned_step(p, Ranker.shipped().scores, preambles=True))
    note("＋选出三十二段来读（产品）", product_step)
    training = {name: groups(p) for name, p in prepared.items()}
    whole = fitted(training, (), seed)
    note("重新训练的学习排序", lambda p: learned_step(p, whole))
    for group, dropped in GROUPS.items():
        score = fitted({name: groups(p, dropped) for name, p in prepared.items()}, dropped, seed)
        note(f"－{group}", lambda p, score=score: learned_step(p, score))
    if len(prepared) > 1:
        table["训练时没见过这一套"] = {
            name: learned_step(p, fitted({n: g for n, g in training.items() if n != name}, (), seed))
            for name, p in prepared.items()
        }
    return table


def figures(
    prepared: Mapping[str, Prepared], table: Mapping[str, Mapping[str, list[list[Hit]]]]
) -> dict[str, Any]:
    """Set → step → the set's main measure on its test part, and the difference to the step it changes."""
    out: dict[str, Any] = {}
    for name, p in prepared.items():
        asked = [(i, q) for i, q in enumerate(p.queries) if q.split == "test"]
        queries = [q for _, q in asked]
        measured = {
            step: values(queries, {q.id: found[name][i] for i, q in asked}) for step, found in table.items()
        }
        main = ["passage@1", "passage@5"] if p.chosen.spans else ["nDCG@10", "R@100"]
        base = measured["重新训练的学习排序"]
        out[name] = {
            step: {
                measure: {
                    "mean": float(sample[measure].mean()),
                    "against_whole": asdict(paired(sample[measure], base[measure])),
                }
                for measure in main
            }
            for step, sample in measured.items()
        }
    return out


def shown(found: Mapping[str, Any]) -> str:
    lines = []
    for name, table in found.items():
        lines.append(f"{name}（测试部分；括号内为与“重新训练的学习排序”之差及其 95% 区间）")
        for step, measures in table.items():
            cells = [f"{m} {v['mean']:.3f}（{Interval(**v['against_whole'])}）" for m, v in measures.items()]
            lines.append(f"  {step:12}　" + "  ".join(cells))
    return "\n".join(lines)


def measure(names: Sequence[str], data: Path, work: Path) -> dict[str, Any]:
    prepared = {}
    for name in names:
        chosen = dataset(name, data)
        prepared[chosen.name] = prepare(chosen, library_of(chosen, work).searcher())
    return figures(prepared, steps(prepared))


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m eval ablate",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--dataset", default="stard,ncp,cmrc", help="用逗号隔开")
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--work", type=Path, default=Path(".work/eval"))
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args(arguments)
    try:
        found = measure(given.dataset.split(","), given.data, given.work)
    except (KBError, ImportError) as error:
        print(f"{error}", file=sys.stderr)
        return 1
    print(json.dumps(found, ensure_ascii=False) if given.json else shown(found))
    return 0
