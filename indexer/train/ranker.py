"""Train the learned ranker (`indexer/models/ranker.npz`) on tune splits of several sets.

    python -m indexer.train.ranker DATA_DIR [--work DIR] [--seed 1]

The embedder has seen STARD's train split and CMRC's train file; the ranker must not
learn from questions whose vectors were trained on them, so it learns from the tune
splits only (of STARD, NCP, CMRC's development file, letters, services and
interpretations), and is measured on the other parts.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from indexer.library import Library
from indexer.rank import FEATURES, Candidate, Query, Ranker, features
from indexer.search import POOL, Searcher
from indexer.shortlist import Pool
from indexer.train import sources
from indexer.train.known import library
from indexer.train.network import committee, train
from kb.fold import fold
from kb.model import Filters

DEPTH = 100  # candidates of a question that are ranked, the first as plain fusion orders them


@dataclass(frozen=True, slots=True)
class Asked:
    """A question and what counts as a right passage."""

    question: str
    right: Callable[[Candidate], bool]
    part: sources.Split


@dataclass(frozen=True, slots=True)
class Group:
    """The candidates of one question: features (n, f) and gains (n,), in fused order."""

    rows: np.ndarray
    gains: np.ndarray
    part: sources.Split
    documents: tuple[str, ...]


def _is_one_of(gold: frozenset[str], candidate: Candidate) -> bool:
    return candidate.document.external_id in gold


def given_records(records: Iterator[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    return records


def stard(data: Path) -> tuple[Iterator[dict[str, Any]], list[Asked]]:
    articles = (
        {"_id": str(r["id"]), "title": sources.law_title(r), "text": r["text"]}
        for r in sources.records(data / "stard" / "corpus.jsonl.xz")
    )
    asked = []
    for r in sources.records(data / "stard" / "queries_train.jsonl.xz"):
        part = sources.stard_split(r["query_id"])
        gold = frozenset(str(i) for i in r["gold_ids"])
        if part != "train":
            asked.append(Asked(r["question"], partial(_is_one_of, gold), part))
    return articles, asked


def ncp(data: Path) -> tuple[Iterator[dict[str, Any]], list[Asked]]:
    def documents() -> Iterator[dict[str, Any]]:
        yield from sources.records(data / "ncp_dev" / "documents.jsonl.xz")
        for i, r in enumerate(sources.records(data / "hebei" / "policies.jsonl.xz")):
            if i < 300 and r["text"]:
                yield {"_id": f"hebei-{i}", "title": r["title"], "text": r["text"]}

    asked = []
    for r in sources.records(data / "ncp_dev" / "questions.jsonl.xz"):
        answer = _bare(r["answer"])

        def right(c: Candidate, docid: str = r["docid"], answer: str = answer) -> bool:
            return c.document.external_id == docid and answer in _bare(c.passage.text)

        asked.append(Asked(r["question"], right, sources.ncp_split(r["docid"])))
    return documents(), asked


def cmrc(data: Path) -> tuple[Iterator[dict[str, Any]], list[Asked]]:
    held = list(sources.records(data / "cmrc2018" / "dev.jsonl.xz"))
    contexts = {r["context"]: i for i, r in enumerate(held)}
    asked = []
    for r in held[::3]:
        where = str(contexts[r["context"]])
        answers = [_bare(a) for a in _answers(r)]

        def right(c: Candidate, where: str = where, answers: list[str] = answers) -> bool:
            return c.document.external_id == where and any(a in _bare(c.passage.text) for a in answers)

        part: sources.Split = "tune" if sources.split_of(f"cmrc/{where}", 0, 50) == "tune" else "test"
        asked.append(Asked(r["question"], right, part))
    return ({"_id": str(i), "title": "", "text": c} for c, i in contexts.items()), asked


def letters(data: Path) -> tuple[Iterator[dict[str, Any]], list[Asked]]:
    """The subject of a citizen's letter → the reply."""
    rows = [r for r in sources.records(data / "mailbox" / "letters_with_replies.jsonl.xz") if r["reply"]]
    asked = [_by_id(r["subject"], {str(r["id"])}, sources.mailbox_split(r["id"])) for r in rows]
    return ({"_id": str(r["id"]), "title": "", "text": r["reply"]} for r in rows), asked


def services(data: Path) -> tuple[Iterator[dict[str, Any]], list[Asked]]:
    """The name of a government service → the guide to it, its name left out."""
    guides: list[tuple[str, str]] = []
    for r in sources.records(data / "guangdong_service_items.jsonl.xz"):
        name = str(r.get("TASK_NAME") or "")
        told = "\n".join(str(r[f]) for f in ("accept_standard", "DEPT_NAME", "material_intro") if r.get(f)).replace(name, "")
        if len(name) > 3 and len(told) > 60:
            guides.append((name, told))
    ids: dict[str, set[str]] = {}
    for i, (name, _) in enumerate(guides):
        ids.setdefault(name, set()).add(str(i))
    asked = [_by_id(name, where, sources.services_split(name)) for name, where in ids.items()]
    return ({"_id": str(i), "title": "", "text": told} for i, (_, told) in enumerate(guides)), asked


def interpretations(data: Path) -> tuple[Iterator[dict[str, Any]], list[Asked]]:
    """How an interpretation begins → the policy it interprets."""
    texts = {str(r["id"]): r for r in sources.records(data / "hebei" / "policies.jsonl.xz") if r["text"]}
    links = list(sources.records(data / "hebei" / "interpretation_to_policy.jsonl.xz"))
    readings = {str(link["interp_id"]) for link in links}
    asked = [
        _by_id(texts[key]["text"][:80], {str(p) for p in link["policy_ids"]}, sources.hebei_split(key))
        for link in links
        if (key := str(link["interp_id"])) in texts
    ]
    policies = ({"_id": k, "title": r["title"], "text": r["text"]} for k, r in texts.items() if k not in readings)
    return policies, asked


def _by_id(question: str, where: set[str], part: sources.Split) -> Asked:
    return Asked(question, lambda c: c.document.external_id in where, part)


def _answers(record: dict[str, Any]) -> list[str]:
    answers = record.get("answers") or record.get("answer") or []
    if isinstance(answers, dict):
        answers = answers.get("text", [])
    return (
        [answers] if isinstance(answers, str) else [a["text"] if isinstance(a, dict) else a for a in answers]
    )


def _bare(text: str) -> str:
    return "".join(text.split())


SETS = {
    "stard": stard, "ncp": ncp, "cmrc": cmrc, "letters": letters, "services": services, "interpretations": interpretations,
}  # fmt: skip


def fused(searcher: Searcher, query: Query, text: str) -> Pool:
    """What both rankers find for a question anywhere, as plain fusion orders it."""
    vector = searcher.embedder.encode([fold(text)])[0]
    return searcher.pool(query, vector, searcher.catalog.allowed(Filters()), POOL)


def groups(found: Library, asked: Sequence[Asked]) -> list[Group]:
    searcher = found.searcher()
    made = []
    for one in asked:
        query = searcher.understand(one.question)
        pool = fused(searcher, query, one.question)
        candidates = searcher.gather(pool.of(np.arange(len(pool))[:DEPTH]))
        gains = np.array([one.right(c) for c in candidates], np.float32)
        documents = tuple(c.document.external_id or c.document.id for c in candidates)
        made.append(Group(features(query, candidates), gains, one.part, documents))
    return made


def fit(
    training: dict[str, list[Group]], seed: int, hidden: int = 24, steps: int = 400
) -> dict[str, np.ndarray]:
    """Softmax over each question's candidates, all questions in one batch; every set weighs the same."""
    usable = [(g, 1 / len(gs)) for gs in training.values() for g in gs if g.gains.any()]

    def loss(shares: Any, gains: Any, there: Any) -> Any:
        return -shares.masked_fill(gains <= 0, -1e9).logsumexp(1)

    return train(
        [g.rows for g, _ in usable], [g.gains for g, _ in usable], [weight for _, weight in usable], loss, seed,
        hidden, steps, dropout=0.1, decay=0.05,
    )  # fmt: skip


def measure(made: Sequence[Group], score: Callable[[np.ndarray], np.ndarray]) -> dict[str, float]:
    """nDCG@10 with one gain a document, and right passage among the first 1 and 5."""
    ndcg, first, fifth = [], [], []
    for group in made:
        order = np.argsort(-score(group.rows), kind="stable")
        gains, seen = [], set()
        for i in order:
            if group.documents[i] not in seen:
                seen.add(group.documents[i])
                gains.append(group.gains[i])
        ideal = sorted((group.gains > 0).astype(float), reverse=True)[:10]
        best = sum(g / np.log2(i + 2) for i, g in enumerate(ideal))
        ndcg.append(sum(g / np.log2(i + 2) for i, g in enumerate(gains[:10])) / best if best else 0.0)
        first.append(bool(group.gains[order[:1]].any()))
        fifth.append(bool(group.gains[order[:5]].any()))
    return {"ndcg@10 (of what was found)": np.mean(ndcg), "@1": np.mean(first), "@5": np.mean(fifth)}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("--work", type=Path, default=Path(".work/ranker"))
    parser.add_argument("--out", type=Path, default=Path(__file__).parent.parent / "models" / "ranker.npz")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--members", type=int, default=5, help="networks whose scores are averaged")
    given = parser.parse_args()
    given.work.mkdir(parents=True, exist_ok=True)
    made = {}
    for name, make in SETS.items():
        records, asked = make(given.data)
        asked = [one for one in asked if one.part != "train"]
        made[name] = groups(library(given.work / name, partial(given_records, records)), asked)
        print(name, len(asked), "found", np.mean([g.gains.any() for g in made[name]]), flush=True)
    training = {name: [g for g in gs if g.part == "tune"] for name, gs in made.items()}
    weights = committee([fit(training, given.seed + i) for i in range(given.members)])
    ranker = Ranker.of(weights)
    before = Ranker.shipped()
    for name, gs in made.items():
        for part in ("tune", "test"):
            chosen = [g for g in gs if g.part == part]
            for label, score in (
                ("lexical", lambda x: x[:, FEATURES.index("lexical")]),
                ("dense", lambda x: x[:, FEATURES.index("cosine")]),
                ("before", before.scores),
                ("learned", ranker.scores),
            ):
                figures = {k: round(float(v), 3) for k, v in measure(chosen, score).items()}
                print(name, part, label, figures, flush=True)
    np.savez(given.out, allow_pickle=False, **weights)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
