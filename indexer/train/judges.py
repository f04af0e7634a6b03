"""The two judges of evidence as networks: fitting them and writing them down."""

from __future__ import annotations

import random
import zlib
from collections import defaultdict
from collections.abc import Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import numpy as np

from kb.basis_words import WORD
from kb.evidence_score import SUMMED, Basis


@dataclass(frozen=True, slots=True)
class Judged:
    """One situation for the second judge: its row, whether the quotes hold the answer, how it was made."""

    row: np.ndarray
    right: bool
    made: str  # asked | alone | no basis | sentence removed | document removed | other document | exchanged | off topic
    part: str = "tune"
    question: str = ""
    words: np.ndarray = field(default_factory=lambda: np.zeros((0, len(WORD)), np.float32))


def fit_sentences(
    groups: Sequence[tuple[np.ndarray, np.ndarray, float]], seed: int = 1, epochs: int = 8
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


def fit_basis(judged: Sequence[Judged], seed: int = 1, epochs: int = 30) -> dict[str, np.ndarray]:
    """A calibrated judge (logistic loss): log-odds that the quotes hold the answer, as `kb.evidence_score.Basis` has it."""
    import torch

    torch.manual_seed(seed)
    torch.set_num_threads(1)
    judged = [j for j in judged if (RIGHT if j.right else WRONG)[j.made] > 0]
    rows, row_scale = _scaled(np.stack([j.row for j in judged]))
    longest = max(len(j.words) for j in judged)
    there = torch.tensor([[float(i < len(j.words)) for i in range(longest)] for j in judged])[:, :, None]
    _, word_scale = _scaled(np.concatenate([j.words for j in judged]))
    padded = np.zeros((len(judged), longest, len(WORD)), np.float32)
    for at, j in enumerate(judged):
        padded[at, : len(j.words)] = _scaled(j.words, word_scale)[0]
    words = torch.tensor(padded)
    target = torch.tensor([float(j.right) for j in judged])
    weight = torch.tensor([(RIGHT if j.right else WRONG)[j.made] for j in judged])
    of_word = torch.nn.Sequential(
        torch.nn.Linear(len(WORD), 20), torch.nn.ReLU(), torch.nn.Linear(20, POOLED), torch.nn.ReLU()
    )
    net = torch.nn.Sequential(
        torch.nn.Linear(rows.shape[1] + 2 * POOLED, 20), torch.nn.ReLU(), torch.nn.Dropout(0.3),
        torch.nn.Linear(20, 12), torch.nn.ReLU(), torch.nn.Linear(12, 1),
    )  # fmt: skip
    inputs = torch.tensor(rows)
    optimizer = torch.optim.AdamW([*of_word.parameters(), *net.parameters()], 2e-3, weight_decay=0.1)
    for _ in range(epochs):
        order = torch.randperm(len(rows))
        for at in range(0, len(rows), 128):
            batch = order[at : at + 128]
            each = of_word(words[batch]) * there[batch]
            row = torch.cat([inputs[batch], each.sum(1) / SUMMED, each.max(1).values], 1)
            loss = torch.nn.functional.binary_cross_entropy_with_logits(net(row).squeeze(-1), target[batch], weight[batch])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
    word_layers = exported(of_word, *word_scale)
    names = {"mean": "word_mean", "spread": "word_spread", "w1": "v1", "b1": "c1", "w2": "v2", "b2": "c2"}
    return exported(net, *row_scale) | {names[name]: array for name, array in word_layers.items()}


def _scaled(rows: np.ndarray, scale: tuple[np.ndarray, np.ndarray] | None = None) -> tuple[np.ndarray, tuple[np.ndarray, np.ndarray]]:
    """Rows by their mean and spread, cut off at ±5; and those."""
    mean, spread = scale or (rows.mean(0), rows.std(0) + 1e-3)
    return np.clip((rows - mean) / spread, -5, 5).astype(np.float32), (mean, spread)


POOLED = 10  # numbers that the words of a question are summed up in, twice


# Real questions count most, made ones show what absence looks like. A wrong quote where the answer exists
# teaches nothing about absence (measured: leaving those out refuses near misses better), and a question
# whose document is gone little, since another may answer it.
RIGHT = defaultdict(lambda: 1.0, {"asked": 3.0, "alone": 1.5})
WRONG = defaultdict(float, {"no basis": 6.0, "exchanged": 0.5, "document removed": 0.1, "off topic": 0.3})


REAL = ("asked", "no basis")  # situations as people meet them


def held_out(
    judged: Sequence[Judged], members: Sequence[int], pool: Executor, folds: int = 5
) -> tuple[np.ndarray, np.ndarray]:
    """The real situations by judges that never saw their questions: (n,) log-odds; (n, 2) right, without a basis."""
    fold = np.array([zlib.crc32(j.question.encode()) % folds for j in judged])
    odds, right = [], []
    for number in range(folds):
        rest = [j for j, f in zip(judged, fold, strict=True) if f != number]
        net = basis_of(list(pool.map(partial(fit_basis, rest), members)))
        kept = [j for j, f in zip(judged, fold, strict=True) if f == number and j.made in REAL]
        odds.append(np.array([net.odds(j.row, j.words) for j in kept]))
        right += [(j.right, j.made) for j in kept]
    made = np.array([(r, m == "no basis") for r, m in right], bool)
    return np.concatenate(odds), made


def basis_of(members: Sequence[dict[str, np.ndarray]]) -> Basis:
    """The second judge that several networks make together."""
    return Basis({f"basis_{name}": array for name, array in committee(members).items()})


def committee(members: Sequence[dict[str, np.ndarray]]) -> dict[str, np.ndarray]:
    """Several networks as one that gives their mean: hidden units side by side."""
    first = members[0]
    out = {
        "mean": first["mean"],
        "spread": first["spread"],
        "w1": np.concatenate([m["w1"] for m in members], axis=1),
        "b1": np.concatenate([m["b1"] for m in members]),
        "w2": _diagonal([m["w2"] for m in members]),
        "b2": np.concatenate([m["b2"] for m in members]),
        "w3": np.concatenate([m["w3"] for m in members]) / len(members),
        "b3": np.mean([m["b3"] for m in members], axis=0),
    }
    if "v1" not in first:
        return out
    own = len(first["mean"])  # of w1's rows; then come the words' sums and their greatest, of each member its own
    sums = _diagonal([m["w1"][own : own + POOLED] for m in members])
    greatest = _diagonal([m["w1"][own + POOLED :] for m in members])
    return out | {
        "w1": np.concatenate([np.concatenate([m["w1"][:own] for m in members], axis=1), sums, greatest]),
        "word_mean": first["word_mean"],
        "word_spread": first["word_spread"],
        "v1": np.concatenate([m["v1"] for m in members], axis=1),
        "c1": np.concatenate([m["c1"] for m in members]),
        "v2": _diagonal([m["v2"] for m in members]),
        "c2": np.concatenate([m["c2"] for m in members]),
    }


def _diagonal(blocks: Sequence[np.ndarray]) -> np.ndarray:
    """Blocks along the diagonal, nothing beside them."""
    out = np.zeros([sum(b.shape[i] for b in blocks) for i in (0, 1)], np.float32)
    row = column = 0
    for block in blocks:
        rows, columns = block.shape
        out[row : row + rows, column : column + columns] = block
        row, column = row + rows, column + columns
    return out


def exported(net: Any, mean: np.ndarray, spread: np.ndarray) -> dict[str, np.ndarray]:
    linear = [m for m in net if hasattr(m, "weight")]
    out = {"mean": mean.astype(np.float32), "spread": spread.astype(np.float32)}
    for number, layer in enumerate(linear, 1):
        out[f"w{number}"] = layer.weight.detach().numpy().T.astype(np.float32)
        out[f"b{number}"] = layer.bias.detach().numpy().astype(np.float32)
    return out
