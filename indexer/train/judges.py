"""The two judges of evidence as networks: fitting them and writing them down."""

from __future__ import annotations

import random
import zlib
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from kb.evidence_score import Network


@dataclass(frozen=True, slots=True)
class Judged:
    """One situation for the second judge: its row, whether the quotes hold the answer, how it was made."""

    row: np.ndarray
    right: bool
    made: str  # asked | alone | no basis | sentence removed | document removed | other document | exchanged | off topic
    part: str = "tune"
    question: str = ""


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


def fit_basis(judged: Sequence[Judged], seed: int = 1, epochs: int = 15) -> dict[str, np.ndarray]:
    """A calibrated judge (logistic loss): log-odds that the quotes hold the answer."""
    import torch

    torch.manual_seed(seed)
    judged = [j for j in judged if (RIGHT if j.right else WRONG)[j.made] > 0]
    x = np.stack([j.row for j in judged])
    mean, spread = x.mean(0), x.std(0) + 1e-3
    inputs = torch.tensor(np.clip((x - mean) / spread, -5, 5), dtype=torch.float32)
    target = torch.tensor([float(j.right) for j in judged])
    weight = torch.tensor([(RIGHT if j.right else WRONG)[j.made] for j in judged])
    net = torch.nn.Sequential(
        torch.nn.Linear(x.shape[1], 20), torch.nn.ReLU(), torch.nn.Dropout(0.3),
        torch.nn.Linear(20, 12), torch.nn.ReLU(), torch.nn.Linear(12, 1),
    )  # fmt: skip
    optimizer = torch.optim.AdamW(net.parameters(), 2e-3, weight_decay=0.1)
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


# Real questions count most, made ones show what absence looks like. A wrong quote where the answer exists
# teaches nothing about absence (measured: leaving those out refuses near misses better), and a question
# whose document is gone little, since another may answer it.
RIGHT = defaultdict(lambda: 1.0, {"asked": 3.0, "alone": 1.5})
WRONG = defaultdict(float, {"no basis": 6.0, "exchanged": 0.5, "document removed": 0.1, "off topic": 0.3})


REAL = ("asked", "no basis")  # situations as people meet them


def held_out(judged: Sequence[Judged], members: Sequence[int], folds: int = 5) -> tuple[np.ndarray, np.ndarray]:
    """The real situations by judges that never saw their questions: (n,) log-odds; (n, 2) right, without a basis."""
    fold = np.array([zlib.crc32(j.question.encode()) % folds for j in judged])
    odds, right = [], []
    for number in range(folds):
        rest = [j for j, f in zip(judged, fold, strict=True) if f != number]
        net = Network({f"basis_{n}": a for n, a in committee([fit_basis(rest, i) for i in members]).items()}, "basis")
        kept = [j for j, f in zip(judged, fold, strict=True) if f == number and j.made in REAL]
        odds.append(net.scores(np.stack([j.row for j in kept])))
        right += [(j.right, j.made) for j in kept]
    made = np.array([(r, m == "no basis") for r, m in right], bool)
    return np.concatenate(odds), made


def committee(members: Sequence[dict[str, np.ndarray]]) -> dict[str, np.ndarray]:
    """Several networks as one that gives their mean: hidden units side by side."""
    first = members[0]
    w2 = np.zeros([sum(m["w2"].shape[i] for m in members) for i in (0, 1)], np.float32)
    row = column = 0
    for m in members:
        rows, columns = m["w2"].shape
        w2[row : row + rows, column : column + columns] = m["w2"]
        row, column = row + rows, column + columns
    return {
        "mean": first["mean"],
        "spread": first["spread"],
        "w1": np.concatenate([m["w1"] for m in members], axis=1),
        "b1": np.concatenate([m["b1"] for m in members]),
        "w2": w2,
        "b2": np.concatenate([m["b2"] for m in members]),
        "w3": np.concatenate([m["w3"] for m in members]) / len(members),
        "b3": np.mean([m["b3"] for m in members], axis=0),
    }


def exported(net: Any, mean: np.ndarray, spread: np.ndarray) -> dict[str, np.ndarray]:
    linear = [m for m in net if hasattr(m, "weight")]
    out = {"mean": mean.astype(np.float32), "spread": spread.astype(np.float32)}
    for number, layer in enumerate(linear, 1):
        out[f"w{number}"] = layer.weight.detach().numpy().T.astype(np.float32)
        out[f"b{number}"] = layer.bias.detach().numpy().astype(np.float32)
    return out
