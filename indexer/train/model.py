"""A bag of composed pieces and its contrastive gradient, in numpy and scipy alone.

vector(piece) = exp(weight) · (own row + mean of its characters' rows + mean of its bigrams' rows);
a text is the unit sum of its pieces. Composition is folded away at export.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix  # type: ignore[import-untyped]

Floats = npt.NDArray[np.float32]
Ids = npt.NDArray[np.int32]


@dataclass(slots=True)
class Adam:
    """Adam that touches only the rows a batch has used (Kingma & Ba 2015, lazily)."""

    first: Floats
    second: Floats

    @classmethod
    def like(cls, values: Floats) -> Adam:
        return cls(np.zeros_like(values), np.zeros_like(values))

    def step(self, values: Floats, rows: npt.NDArray[np.int64], grad: Floats, rate: float, t: int) -> None:
        """One update of `values[rows]`; `t` counts steps from 1."""
        m = self.first[rows]
        m += 0.1 * (grad - m)
        self.first[rows] = m
        v = self.second[rows]
        v += 0.01 * (grad * grad - v)
        self.second[rows] = v
        np.sqrt(v, out=v)
        v /= np.sqrt(np.float32(1 - 0.99**t))
        v += 1e-8
        m /= v
        m *= rate / (1 - 0.9**t)
        values[rows] -= m


class Bag:
    """The trainable model: rows (components, dim), log weights (pieces,)."""

    def __init__(
        self,
        made_of: tuple[npt.NDArray[np.int64], npt.NDArray[np.int64], Floats, int],
        logp: Floats,
        dim: int,
        seed: int,
    ) -> None:
        self.indptr, self.ids, self.shares, rows = made_of
        rng = np.random.default_rng(seed)
        self.rows: Floats = rng.standard_normal((rows, dim), dtype=np.float32) / np.float32(np.sqrt(dim))
        # smooth inverse frequency (Arora et al. 2017) is where the weights start
        self.weights: Floats = np.log(1e-4 / (1e-4 + np.exp(logp)) + 1e-3).astype(np.float32)
        self.rows_adam, self.weights_adam = Adam.like(self.rows), Adam.like(self.weights)
        self.t = 0

    def save(self, folder: Path) -> None:
        """Write everything needed to go on (a killed write leaves the one before)."""
        folder.mkdir(parents=True, exist_ok=True)
        part = folder / "state.part.npz"
        np.savez(
            part,
            rows=self.rows,
            weights=self.weights,
            t=self.t,
            m=self.rows_adam.first,
            v=self.rows_adam.second,
            wm=self.weights_adam.first,
            wv=self.weights_adam.second,
        )
        part.replace(folder / "state.npz")

    def load(self, folder: Path) -> None:
        with np.load(folder / "state.npz") as state:
            self.rows, self.weights, self.t = state["rows"], state["weights"], int(state["t"])
            self.rows_adam = Adam(state["m"], state["v"])
            self.weights_adam = Adam(state["wm"], state["wv"])

    def compose(self, pieces: npt.NDArray[np.int64]) -> tuple[csr_matrix, npt.NDArray[np.int64]]:
        """(len(pieces), used rows) matrix of shares, and which rows are used."""
        counts = self.indptr[pieces + 1] - self.indptr[pieces]
        starts = np.concatenate([[0], np.cumsum(counts)])
        at = np.arange(starts[-1]) - np.repeat(starts[:-1], counts) + np.repeat(self.indptr[pieces], counts)
        used, columns = np.unique(self.ids[at], return_inverse=True)
        return csr_matrix((self.shares[at], columns, starts), shape=(len(pieces), len(used))), used

    def table(self) -> Floats:
        """The folded vectors of all pieces, (pieces, dim); the unknown piece is zero."""
        made, used = self.compose(np.arange(len(self.weights)))
        table: Floats = (made @ self.rows[used]) * np.exp(self.weights)[:, None]
        table[0] = 0
        return table

    def step(
        self,
        texts: Sequence[Ids],
        queries: int,
        same: npt.NDArray[np.bool_],
        rate: float,
        temperature: float,
        dims: Sequence[int],
    ) -> float:
        """One InfoNCE step: texts[:queries] are questions, text queries + i answers question i.

        Further texts are extra negatives. `same[i, j]` marks documents j that are no fair
        negative for question i. Returns the loss at full width.
        """
        self.t += 1
        lengths = np.array([len(t) for t in texts])
        flat = np.concatenate(texts)
        pieces, columns = np.unique(flat, return_inverse=True)
        bag = csr_matrix(
            (np.ones(len(flat), np.float32), columns, np.concatenate([[0], np.cumsum(lengths)])),
            shape=(len(texts), len(pieces)),
        )
        made, used = self.compose(pieces.astype(np.int64))
        plain: Floats = made @ self.rows[used]  # (pieces, dim)
        scale = np.exp(self.weights[pieces])
        sums: Floats = bag @ (plain * scale[:, None])  # (texts, dim)
        grad = np.zeros_like(sums)
        loss = 0.0
        for share, dim in zip([1.0] + [0.5] * len(dims), [sums.shape[1], *dims], strict=False):
            part, value = contrast(sums[:, :dim], queries, same, temperature)
            grad[:, :dim] += np.float32(share) * part
            loss = loss or value
        back: Floats = bag.T @ grad  # (pieces, dim)
        weight_grad = (back * plain).sum(axis=1) * scale
        rows_grad: Floats = made.T @ (back * scale[:, None])
        self.rows_adam.step(self.rows, used, rows_grad, rate, self.t)
        self.weights_adam.step(self.weights, pieces.astype(np.int64), weight_grad, rate * 3, self.t)
        return loss


def contrast(
    sums: Floats, queries: int, same: npt.NDArray[np.bool_], temperature: float
) -> tuple[Floats, float]:
    """Gradient with respect to `sums`, and the loss, of InfoNCE over unit rows, both directions."""
    norms = np.maximum(np.linalg.norm(sums, axis=1, keepdims=True), 1e-6)
    unit = sums / norms
    q, d = unit[:queries], unit[queries:]
    logits = (q @ d.T) / np.float32(temperature)
    logits[same] = -1e4
    forward = np.exp(logits - logits.max(axis=1, keepdims=True))
    forward /= forward.sum(axis=1, keepdims=True)
    square = logits[:, :queries]
    backward = np.exp(square - square.max(axis=0, keepdims=True))
    backward /= backward.sum(axis=0, keepdims=True)
    own = np.arange(queries)
    loss = float(-np.log(forward[own, own] + 1e-12).mean())
    change = forward
    change[own, own] -= 1
    backward[own, own] -= 1
    change[:, :queries] += np.float32(0.5) * backward
    change /= np.float32(temperature * queries)
    grad = np.concatenate([change @ d, change.T @ q])
    grad -= (grad * unit).sum(axis=1, keepdims=True) * unit
    grad /= norms
    return grad, loss
