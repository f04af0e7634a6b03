"""Train the static embedder: prepare once, then step until the time or the steps are used up."""

from __future__ import annotations

import hashlib
import pickle
import sys
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np

from indexer.embed import StaticEmbedder
from indexer.train import evaluate, export, sources, vocabulary
from indexer.train.encoded import PairSampler, Sampler, TextSampler
from indexer.train.hard import HardSampler
from indexer.train.model import Bag
from kb.fold import fold


@dataclass(frozen=True, slots=True)
class Plan:
    """Everything that decides the outcome besides the data."""

    dim: int = 384
    size: int = 56000  # pieces
    phrases: int = 8000  # collocations among them
    steps: int = 1600
    batch: int = 1024
    rate: float = 0.005
    temperature: float = 0.03
    truncations: tuple[int, ...] = (128,)
    mine_from: int = 500  # the step from which hard negatives stand beside the lay questions
    mine_every: int = 200
    seed: int = 1


# How often each source gives a batch.
MIX = {
    "laws": 0.27, "stard": 0.18, "policies": 0.12, "news": 0.08, "untitled": 0.08, "letters": 0.06,
    "reading": 0.05, "notices": 0.03, "services": 0.01, "questions": 0.04,
    "citations": 0.06,
}  # fmt: skip


def texts(data: Path) -> dict[str, list[sources.Text]]:
    return {
        "laws": list(sources.laws(data)),
        "stard": list(sources.stard_articles(data)),
        "policies": list(sources.policies(data)),
        "news": list(sources.titled_news(data)),
        "untitled": list(sources.untitled_news(data)),
    }


def pairs(data: Path) -> dict[str, list[sources.Pair]]:
    return {
        "letters": list(sources.letters(data)),
        "reading": list(sources.reading_questions(data)),
        "notices": list(sources.notice_questions(data)),
        "services": list(sources.service_items(data)),
        "questions": list(sources.legal_questions(data)),
        "citations": list(sources.citations(data)),
    }


def counted(data: Path, work: Path) -> vocabulary.Counts:
    """Word counts over all training texts; kept in `work`, because they take a minute."""
    kept = work / "counts.pickle"
    if kept.exists():
        counts: vocabulary.Counts = pickle.loads(kept.read_bytes())
        return counts
    bodies: Iterator[str] = chain(
        (f"{t.title}\n{t.body}" for name in texts(data).values() for t in name),
        (f"{p.question}\n{p.body}" for name in pairs(data).values() for p in name),
    )
    counts = vocabulary.count(map(fold, bodies))
    work.mkdir(parents=True, exist_ok=True)
    kept.write_bytes(pickle.dumps(counts))
    return counts


def samplers(data: Path, work: Path, tokenizer: Any, tag: str) -> dict[str, Sampler]:
    """One sampler a source; kept in `work` under the vocabulary's `tag`."""
    kept = work / f"samplers-{tag}.pickle"
    if kept.exists():
        loaded: dict[str, Sampler] = pickle.loads(kept.read_bytes())
        return loaded
    made: dict[str, Sampler] = {name: TextSampler(tokenizer, rows) for name, rows in texts(data).items()}
    made |= {name: PairSampler(tokenizer, rows) for name, rows in pairs(data).items()}
    kept.write_bytes(pickle.dumps(made))
    return made


def train(data: Path, out: Path, work: Path, plan: Plan) -> StaticEmbedder:
    """Train by `plan`, write the model to `out`, and give it back loaded."""
    vocab = vocabulary.pieces(counted(data, work), plan.size, plan.phrases)
    tokenizer = vocabulary.build_tokenizer(vocab)
    drawn = samplers(data, work, tokenizer, f"{plan.size}-{plan.phrases}")
    drawn["questions"] = HardSampler(tokenizer, data)
    logp = np.array([p for _, p in vocab], dtype=np.float32)
    bag = Bag(vocabulary.components(vocab), logp, plan.dim, plan.seed)
    say(f"{len(vocab)} pieces, {len(bag.rows)} rows; { ({k: len(v) for k, v in drawn.items()}) }")
    run(bag, drawn, plan, work / f"checkpoint-{plan.size}x{plan.dim}-{plan.seed}")
    return finish(bag, tokenizer, out, plan)


def run(bag: Bag, drawn: dict[str, Sampler], plan: Plan, checkpoint: Path) -> None:
    """Steps from where the checkpoint stands; the random stream of a step depends on its number only."""
    if checkpoint.exists():
        bag.load(checkpoint)
        say(f"resumed at step {bag.t}")
    names = [n for n in MIX if n in drawn and len(drawn[n])]
    odds = np.array([MIX[n] for n in names])
    odds /= odds.sum()
    losses: dict[str, float] = {}
    began = time.monotonic()
    mined = False
    for step in range(bag.t, plan.steps):
        rng = np.random.default_rng((plan.seed, step))
        hard = drawn.get("questions")
        if (
            isinstance(hard, HardSampler)
            and step >= plan.mine_from
            and (not mined or step % plan.mine_every == 0)
        ):
            hard.mine(bag.table())
            mined = True
        name = names[int(rng.choice(len(names), p=odds))]
        batch = drawn[name].draw(rng, plan.batch)
        rate = plan.rate * min(1.0, (step + 1) / 50) * (1 - step / plan.steps * 0.97)
        texts_ = batch.questions + batch.documents
        loss = bag.step(texts_, len(batch.questions), batch.same, rate, plan.temperature, plan.truncations)
        losses[name] = loss if name not in losses else 0.9 * losses[name] + 0.1 * loss
        if (step + 1) % 100 == 0:
            seconds = time.monotonic() - began
            say(f"step {step + 1} {seconds:.0f}s " + " ".join(f"{k} {v:.2f}" for k, v in losses.items()))
        if (step + 1) % 250 == 0 or step + 1 == plan.steps:
            bag.save(checkpoint)


def finish(bag: Bag, tokenizer: Any, out: Path, plan: Plan) -> StaticEmbedder:
    """Write the model; its version names the plan and the weights themselves."""
    table = bag.table()
    digest = hashlib.sha256(table.tobytes()).hexdigest()[:8]
    about = {"version": f"{plan.size}x{plan.dim}-{digest}", "steps": bag.t, "plan": asdict(plan)}
    export.save(out, table, tokenizer, about)
    return StaticEmbedder(out)


def scores(embedder: StaticEmbedder, data: Path) -> dict[str, dict[str, float]]:
    """All figures of the model card."""
    return {
        "stard/tune": evaluate.stard(embedder, data, "tune"),
        "stard/test": evaluate.stard(embedder, data, "test"),
        "ncp/tune": evaluate.ncp(embedder, data, "tune"),
        "ncp/test": evaluate.ncp(embedder, data, "test"),
    }


def say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)
