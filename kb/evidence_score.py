"""The learned judges: small networks over feature rows, their weights in `kb/models/answers.npz`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
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


class Basis:
    """Log-odds that what was chosen supports the question, from one row of it all and a row of each question word.

    A word's row becomes e = relu(v2 · relu(v1 · ŵ + c1) + c2); their sum (by `SUMMED`) and greatest stand beside the
    row before it goes through the layers of a `Network`.
    """

    def __init__(self, arrays: Mapping[str, Floats], prefix: str = "basis") -> None:
        names = ("word_mean", "word_spread", "v1", "c1", "v2", "c2", "mean", "spread", "w1", "b1", "w2", "b2", "w3", "b3")
        (self.word_mean, self.word_spread, self.v1, self.c1, self.v2, self.c2, self.mean, self.spread,
         self.w1, self.b1, self.w2, self.b2, self.w3, self.b3) = (
            np.asarray(arrays[f"{prefix}_{name}"], np.float32) for name in names
        )  # fmt: skip

    def odds(self, row: Floats, words: Floats) -> float:
        """`row`: (features,); `words`: (question words, features of a word), perhaps none."""
        e = np.clip((words - self.word_mean) / self.word_spread, -5, 5)
        e = np.maximum(e @ self.v1 + self.c1, 0)
        e = np.maximum(e @ self.v2 + self.c2, 0)
        x = np.clip((row - self.mean) / self.spread, -5, 5)
        x = np.concatenate([x, e.sum(axis=0) / SUMMED, e.max(axis=0, initial=0.0)])
        x = np.maximum(x @ self.w1 + self.b1, 0)
        x = np.maximum(x @ self.w2 + self.b2, 0)
        return float((x @ self.w3 + self.b3).reshape(-1)[0])


SUMMED = 4.0  # words, as the unit of their sum


@dataclass(frozen=True, slots=True)
class Judges:
    """`sentence` ranks sentences; `basis` says whether what was chosen supports the question."""

    sentence: Network
    basis: Basis


@cache
def shipped() -> Judges:
    """The judges whose weights come with the product."""
    with as_file(files("kb") / "models" / "answers.npz") as path, np.load(path) as data:
        return Judges(Network(data, "sentence"), Basis(data))


def softmax(scores: Floats) -> Floats:
    if not len(scores):
        return scores
    shifted = np.exp(scores - scores.max())
    return np.asarray(shifted / shifted.sum(), np.float32)
