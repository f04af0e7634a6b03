"""Train a network of one hidden layer that scores the candidates of a question (`indexer.rank.Ranker`)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

Weights = dict[str, np.ndarray]
# (log of each candidate's share (questions, n), what was wanted of it, which are there) → loss of each question
Loss = Callable[[Any, Any, Any], Any]


def train(
    rows: Sequence[np.ndarray], wanted: Sequence[np.ndarray], importance: Sequence[float], loss: Loss, seed: int,
    hidden: int, steps: int, dropout: float = 0.0, decay: float = 0.0,
) -> Weights:  # fmt: skip
    """All questions in one batch: of each the candidates' numbers (n, columns), what is wanted of each
    candidate (n,), and how much the question counts."""
    import torch

    torch.manual_seed(seed)
    torch.set_num_threads(1)
    every = np.concatenate(rows)
    mean, spread = every.mean(0), every.std(0) + 1e-3
    longest, columns = max(map(len, rows)), every.shape[1]
    x = torch.zeros(len(rows), longest, columns)
    there = torch.zeros(len(rows), longest, dtype=torch.bool)
    target = torch.zeros(len(rows), longest)
    for i, (row, want) in enumerate(zip(rows, wanted, strict=True)):
        n = len(row)
        x[i, :n] = torch.tensor(np.clip((row - mean) / spread, -5, 5))
        there[i, :n], target[i, :n] = True, torch.tensor(want)
    weights = torch.tensor(list(importance))
    first, last = torch.nn.Linear(columns, hidden), torch.nn.Linear(hidden, 1, bias=False)
    net = torch.nn.Sequential(torch.nn.Dropout(dropout), first, torch.nn.Tanh(), last)
    optimizer = torch.optim.AdamW(net.parameters(), lr=1e-2, weight_decay=decay)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, 1e-2, total_steps=steps)
    for _ in range(steps):
        shares = torch.log_softmax(net(x)[:, :, 0].masked_fill(~there, -1e9), 1)
        whole = (weights * loss(shares, target, there)).sum() / weights.sum()
        optimizer.zero_grad()
        whole.backward()
        optimizer.step()
        schedule.step()
    return {
        "mean": mean.astype(np.float32),
        "spread": spread.astype(np.float32),
        "w1": first.weight.detach().numpy().T.copy(),
        "b1": first.bias.detach().numpy().copy(),
        "w2": last.weight.detach().numpy()[0].copy(),
    }


def committee(members: Sequence[Weights]) -> Weights:
    """Several networks as one that gives their mean: hidden units side by side."""
    first = members[0]
    return {
        "mean": first["mean"],
        "spread": first["spread"],
        "w1": np.concatenate([m["w1"] for m in members], axis=1),
        "b1": np.concatenate([m["b1"] for m in members]),
        "w2": np.concatenate([m["w2"] for m in members]) / len(members),
    }
