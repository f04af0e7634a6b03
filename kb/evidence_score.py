"""The learned judges: small networks over feature rows, their weights in `kb/models/answers.npz`."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib.resources import as_file, files

import numpy as np

from .evidence_asked import Floats


class Network:
    """score = w3 · relu(w2 · relu(w1 · x̂ + b1) + b2) + b3 with x̂ = (x − mean) / spread, clipped to ±5."""

    def __init__(self, arrays: Mapping[str, Floats], prefix: str) -> None:
        names = ("mean", "spread", "w1", "b1", "w2", "b2", "w3", "b3")
        (self.mean, self.spread, self.w1, self.b1, self.w2, self.b2, self.w3, self.b3) = (
            np.asarray(arrays[f"{prefix}_{name}"], np.float32) for name in names
        )

    def scores(self, rows: Floats) -> Floats:
        """(n, features) → (n,) float32."""
        x = np.clip((rows - self.mean) / self.spread, -5, 5)
        x = np.maximum(x @ self.w1 + self.b1, 0)
        x = np.maximum(x @ self.w2 + self.b2, 0)
        return np.asarray((x @ self.w3 + self.b3).reshape(-1), np.float32)


@cache
def shipped() -> dict[str, Network]:
    """`sentence` ranks sentences; `basis` gives the log-odds that what was chosen supports the question."""
    with as_file(files("kb") / "models" / "answers.npz") as path, np.load(path) as data:
        return {name: Network(data, name) for name in ("sentence", "basis")}


def softmax(scores: Floats) -> Floats:
    if not len(scores):
        return scores
    shifted = np.exp(scores - scores.max())
    return np.asarray(shifted / shifted.sum(), np.float32)
