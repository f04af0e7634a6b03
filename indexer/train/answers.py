"""Train the judges of evidence: which sentence answers, and whether what was chosen is a basis at all.

    python -m indexer.train.answers DATA_DIR --work FOLDER

Questions with known answers are put to the real search over libraries made from the
data; the sentences found become feature rows. Tune parts are trained on, test parts are
only measured. Negatives for the second judge are the same questions with the gold
sentence or the gold document taken away, or with a name in them exchanged.
"""

from __future__ import annotations

import argparse
import json
import random
import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from indexer.adding import add
from indexer.assistant import READ_HITS, Assistant, Evidence, places
from indexer.library import Library
from indexer.train import sources
from kb.evidence_features import relative
from kb.evidence_score import Network, softmax
from kb.model import Filters
from kb.quoting import choose
from kb.refusal import support
from kb.settings import load_settings


@dataclass(frozen=True, slots=True)
class Known:
    """A question whose answer is known: a span of a document named by its `_id`."""

    question: str
    document: str
    answer: str
    part: str  # train | tune | test


def library(home: Path, records: Callable[[], Iterator[dict[str, Any]]]) -> Library:
    """A library over records, made once."""
    made = Library(load_settings(home))
    if not made.store.count():
        path = home / "records.jsonl"
        with path.open("w", encoding="utf8") as out:
            for record in records():
                out.write(json.dumps(record, ensure_ascii=False) + "\n")
        add(made, [path])
    return made


def cmrc(data: Path, name: str) -> tuple[Callable[[], Iterator[dict[str, Any]]], list[Known]]:
    known, contexts = [], {}
    for r in sources.records(data / "cmrc2018" / f"{name}.jsonl.xz"):
        key = contexts.setdefault(r["context"], f"{name}{len(contexts)}")
        known.append(
            Known(r["question"], key, r["answers"][0]["text"], "train" if name == "train" else "test")
        )
    return lambda: ({"_id": k, "title": "", "text": c} for c, k in contexts.items()), known


def ncp(data: Path) -> tuple[Callable[[], Iterator[dict[str, Any]]], list[Known]]:
    known = [
        Known(r["question"], r["docid"], r["answer"], sources.ncp_split(r["docid"]))
        for r in sources.records(data / "ncp_dev" / "questions.jsonl.xz")
    ]
    return lambda: sources.records(data / "ncp_dev" / "documents.jsonl.xz"), known


def stard(data: Path, laws: int = 120) -> tuple[Callable[[], Iterator[dict[str, Any]]], list[Known]]:
    """Citizens' legal questions over whole laws; the answer is the sentence nearest the lawyer's words."""
    articles = list(sources.records(data / "stard" / "corpus.jsonl.xz"))
    by_id = {r["id"]: r for r in articles}
    asked = [
        (r, by_id[r["gold_ids"][0]])
        for r in sources.records(data / "stard" / "queries_train.jsonl.xz")
        if sources.stard_split(r["query_id"]) == "train" and len(r["gold_ids"]) == 1 and r["gold_ids"][0] in by_id
    ]
    often = Counter(gold["law"] for _, gold in asked)
    kept = {law for law, _ in often.most_common(laws)}
    known = [Known(r["question"], g["law"], _told(g["text"], r.get("answer_lecoqa") or ""), "train")
             for r, g in asked if g["law"] in kept]  # fmt: skip

    def records() -> Iterator[dict[str, Any]]:
        texts: dict[str, list[str]] = {}
        for r in articles:
            if r["law"] in kept:
                label = r.get("article") or str(r.get("name", "")).removeprefix(r["law"])
                body = r["text"] if r["text"].startswith(label) else f"{label} {r['text']}"
                texts.setdefault(r["law"], []).append(body)
        yield from ({"_id": law, "title": law, "text": "\n".join(t)} for law, t in texts.items())

    return records, known


def _told(article: str, told: str) -> str:
    """The sentence of an article that shares most character pairs with what the lawyer said."""
    pieces = [p for p in re.split(r"(?<=[。；\n])", article) if len(p.strip()) > 6] or [article]
    said = {told[i : i + 2] for i in range(len(told) - 1)}
    def share(p: str) -> float:
        pairs = {p[i : i + 2] for i in range(len(p) - 1)}
        return len(pairs & said) / (len(pairs) + 5)
    return max(pieces, key=share).strip()


def squeeze(text: str) -> str:
    return re.sub(r"\s+", "", text)


def labels(evidence: Evidence, known: Known) -> np.ndarray:
    """(found,) 1 where the answer begins in the sentence or, for short answers, lies in it."""
    gold = squeeze(known.answer)
    out = np.zeros(len(evidence.found), np.float32)
    begins = gold[:24]
    for i, c in enumerate(evidence.found):
        if evidence.documents[c.document].external_id != known.document:
            continue
        sentence = squeeze(c.source.reading.of(c.index))
        if begins in sentence or (len(sentence) >= 12 and gold.startswith(sentence)):
            out[i] = 1.0
    if not out.any():  # the answer begins in the middle of a sentence cut elsewhere
        for i, c in enumerate(evidence.found):
            sentence = squeeze(c.source.reading.of(c.index))
            if (
                evidence.documents[c.document].external_id == known.document
                and len(sentence) > 8
                and sentence in gold
            ):
                out[i] = 1.0
                break
    return out


def collect(assistant: Assistant, known: Sequence[Known]) -> list[tuple[Known, np.ndarray, np.ndarray]]:
    groups = []
    for k in known:
        hits = assistant.search(k.question, k=READ_HITS)
        if not hits:
            continue
        evidence = assistant.evidence(k.question, hits)
        y = labels(evidence, k)
        groups.append((k, evidence.rows, y))
    return groups


def fit_sentences(
    groups: Sequence[tuple[np.ndarray, np.ndarray, float]], seed: int = 1, epochs: int = 12
) -> dict[str, np.ndarray]:
    """A listwise network: the softmax over a question's sentences should lie on the labelled ones."""
    import torch

    torch.manual_seed(seed)
    torch.set_num_threads(1)
    every = np.concatenate([x for x, _, _ in groups])
    mean, spread = every.mean(0), every.std(0) + 1e-3
    net = torch.nn.Sequential(
        torch.nn.Linear(every.shape[1], 48), torch.nn.ReLU(), torch.nn.Dropout(0.1),
        torch.nn.Linear(48, 24), torch.nn.ReLU(), torch.nn.Linear(24, 1),
    )  # fmt: skip
    optimizer = torch.optim.AdamW(net.parameters(), 2e-3, weight_decay=1e-3)
    tensors = [
        (torch.tensor(np.clip((x - mean) / spread, -5, 5), dtype=torch.float32), torch.tensor(y), w)
        for x, y, w in groups
    ]
    rng = random.Random(seed)
    steps = max(epochs * len(tensors) // 32, 1)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, 4e-3, total_steps=steps + 1)
    for _ in range(steps):
        batch = rng.sample(tensors, min(32, len(tensors)))
        joined = net(torch.cat([x for x, _, _ in batch])).squeeze(-1)
        loss, at = torch.zeros(()), 0
        for x, y, w in batch:
            scores = joined[at : at + len(x)]
            at += len(x)
            log = torch.log_softmax(scores, 0)
            loss = loss - w * torch.logsumexp(log[y > 0], 0)
        optimizer.zero_grad()
        (loss / len(batch)).backward()
        optimizer.step()
        schedule.step()
    return exported(net, mean, spread)


@dataclass(frozen=True, slots=True)
class Judged:
    """One situation for the second judge: its row, whether the quotes hold the answer, how it was made."""

    row: np.ndarray
    right: bool
    made: str  # asked | alone | sentence removed | document removed | other document | name exchanged | off topic


def judge(assistant: Assistant, sentence: Network, question: str, evidence: Evidence, gold: str, made: str) -> Judged | None:
    if not evidence.found:
        return None
    scores = sentence.scores(evidence.rows) + evidence.prior
    belief = softmax(scores)
    picks = choose(evidence.asked, evidence.found, belief)
    judged = support(evidence.asked, question, evidence.found, evidence.rows, scores, belief, evidence.soft, picks, places)
    quoted = squeeze("".join(evidence.sources[p.document].reading.text[s:e] for p in picks for s, e in p.spans))
    right = bool(gold) and squeeze(gold).rstrip("。；;，.")[:60] in quoted
    return Judged(judged.row, right, made)


def without(evidence: Evidence, drop: np.ndarray) -> Evidence:
    """The evidence with some sentences never found."""
    keep = [i for i in range(len(evidence.found)) if not drop[i]]
    return replace(
        evidence, found=tuple(evidence.found[i] for i in keep), rows=relative(evidence.rows[keep]), soft=evidence.soft[keep], prior=evidence.prior[keep],
    )


def exchanged(question: str, rng: random.Random) -> str | None:
    """The question with a place, year or figure in it exchanged for another; None where it has none."""
    named = [name for name, _ in places(question)]
    if named:
        other = rng.choice([p for p in OTHER_PLACES if p not in question])
        return question.replace(named[-1], other)
    year = re.search(r"(?:19|20)\d{2}(?=年)", question)
    if year:
        return question.replace(year[0], str(int(year[0]) + rng.choice([-7, -5, 4, 6])))
    return None


OTHER_PLACES = ("湖州市", "台州", "昆明市", "兰州", "佛山市", "大连", "黑龙江省", "唐山", "湛江市", "贵阳")


def situations(assistant: Assistant, sentence: Network, known: Sequence[Known], strangers: Sequence[str], seed: int = 1) -> Iterator[Judged]:
    """Every question as it is and made unanswerable in several ways."""
    rng = random.Random(seed)
    search, read = assistant.search, assistant.evidence
    ids = {d.external_id: d.id for d in assistant.library.store.documents()}
    for k in known:
        hits = search(k.question, k=2 * READ_HITS)
        made: list[Judged | None] = []
        if not hits or k.document not in ids:
            continue
        evidence = read(k.question, hits)
        made.append(judge(assistant, sentence, k.question, evidence, k.answer, "asked"))
        gold = labels(evidence, k)
        if gold.any():
            made.append(judge(assistant, sentence, k.question, without(evidence, gold > 0), k.answer, "sentence removed"))
        others = [h for h in hits if h.document.external_id != k.document]
        if others:
            made.append(judge(assistant, sentence, k.question, read(k.question, others), k.answer, "document removed"))
            nearest = Filters(doc_id=(others[0].document.id,))
            near = search(k.question, nearest, READ_HITS)
            made.append(judge(assistant, sentence, k.question, read(k.question, near), k.answer, "other document"))
        alone = search(k.question, Filters(doc_id=(ids[k.document],)), READ_HITS)
        if alone:
            made.append(judge(assistant, sentence, k.question, read(k.question, alone), k.answer, "alone"))
        swapped = exchanged(k.question, rng)
        if swapped and (hits := search(swapped, k=READ_HITS)):
            made.append(judge(assistant, sentence, swapped, read(swapped, hits), "", "name exchanged"))
        stranger = rng.choice(strangers)
        if hits := search(stranger, k=READ_HITS):
            made.append(judge(assistant, sentence, stranger, read(stranger, hits), "", "off topic"))
        yield from (m for m in made if m is not None)


def fit_basis(judged: Sequence[Judged], seed: int = 1, epochs: int = 30) -> dict[str, np.ndarray]:
    """A calibrated judge (logistic loss): log-odds that the quotes hold the answer."""
    import torch

    torch.manual_seed(seed)
    x = np.stack([j.row for j in judged])
    mean, spread = x.mean(0), x.std(0) + 1e-3
    inputs = torch.tensor(np.clip((x - mean) / spread, -5, 5), dtype=torch.float32)
    target = torch.tensor([float(j.right) for j in judged])
    weight = torch.tensor([WEIGHTS.get(j.made, 1.0) if not j.right else 1.5 for j in judged])
    net = torch.nn.Sequential(
        torch.nn.Linear(x.shape[1], 32), torch.nn.ReLU(), torch.nn.Dropout(0.2),
        torch.nn.Linear(32, 16), torch.nn.ReLU(), torch.nn.Linear(16, 1),
    )  # fmt: skip
    optimizer = torch.optim.AdamW(net.parameters(), 2e-3, weight_decay=1e-2)
    for _ in range(epochs):
        order = torch.randperm(len(x))
        for at in range(0, len(x), 128):
            batch = order[at : at + 128]
            loss = torch.nn.functional.binary_cross_entropy_with_logits(
                net(inputs[batch]).squeeze(-1), target[batch], weight[batch]
            )
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
    net.eval()
    return exported(net, mean, spread)


# A wrong quote for an answerable question is a lesser fault than an answer without any basis.
WEIGHTS = {"asked": 0.5, "alone": 0.5}


def exported(net: Any, mean: np.ndarray, spread: np.ndarray) -> dict[str, np.ndarray]:
    linear = [m for m in net if hasattr(m, "weight")]
    out = {"mean": mean.astype(np.float32), "spread": spread.astype(np.float32)}
    for number, layer in enumerate(linear, 1):
        out[f"w{number}"] = layer.weight.detach().numpy().T.astype(np.float32)
        out[f"b{number}"] = layer.bias.detach().numpy().astype(np.float32)
    return out


def top_hits(network: Network, groups: Sequence[tuple[Known, np.ndarray, np.ndarray]]) -> dict[str, float]:
    """How often a labelled sentence is first, or among the first three."""
    one = three = found = 0
    for _, x, y in groups:
        if not y.any():
            continue
        found += 1
        order = np.argsort(-network.scores(x))
        one += bool(y[order[0]])
        three += bool(y[order[:3]].any())
    n = max(len(groups), 1)
    return {"questions": n, "reachable": found / n, "first": one / n, "among three": three / n}


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m indexer.train.answers", description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--out", type=Path, default=Path("kb/models/answers.npz"))
    parser.add_argument("--questions", type=int, default=4000, help="of CMRC train")
    given = parser.parse_args(arguments)
    cmrc_records, cmrc_known = cmrc(given.data, "train")
    ncp_records, ncp_known = ncp(given.data)
    random.Random(1).shuffle(cmrc_known)
    groups = {}
    for name, records, known in (
        ("cmrc", cmrc_records, cmrc_known[: given.questions]),
        ("ncp", ncp_records, ncp_known),
    ):
        made = library(given.work / name, records)
        groups[name] = collect(Assistant(made), known)
        print(name, len(groups[name]), flush=True)
    weighted = [(x, y, 1.0) for _, x, y in groups["cmrc"] if y.any()]
    weighted += [(x, y, 2.0) for k, x, y in groups["ncp"] if y.any() and k.part == "tune"] * 4
    arrays = {f"sentence_{n}": a for n, a in fit_sentences(weighted).items()}
    sentence = Network(arrays, "sentence")
    for part in ("tune", "test"):
        print(part, top_hits(sentence, [g for g in groups["ncp"] if g[0].part == part]))
    zero = {f"basis_{n}": np.zeros_like(a) for n, a in arrays.items()}
    np.savez(given.out, **arrays)
    del zero
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
