"""Embeddings: texts → unit vectors, through one narrow seam.

The shipped model is a static one (a table of word vectors, averaged), kept in the
format of sentence-transformers' `StaticEmbedding`. `StaticEmbedder` reads the same
files with numpy alone and gives the same vectors, so no command waits for torch.
Any other sentence-transformers model can be named in the settings.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property, lru_cache
from importlib import import_module
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from kb.errors import BadSettings

Floats = npt.NDArray[np.float32]

_EDGE = 1 << 16  # bytes at either end of a file that tell one model from another
_CHUNK = 256  # texts summed at once; keeps the gathered rows inside the cache


class Embedder(Protocol):
    """Turns texts into vectors whose dot product is their likeness.

    `name` changes whenever the vectors do; the index manifest and the vector cache keep it.
    """

    @property
    def name(self) -> str: ...

    @property
    def dim(self) -> int: ...

    def encode(self, texts: Sequence[str]) -> Floats:
        """(len(texts), dim) float32, unit rows; the row of a text without known words is zero."""


class StaticEmbedder:
    """A `StaticEmbedding` folder of sentence-transformers, read without torch."""

    def __init__(self, path: Path, threads: int = 2) -> None:
        """Load weights and tokenizer from `path`; raises BadSettings naming what is missing."""
        from safetensors.numpy import load_file
        from tokenizers import Tokenizer

        folder = static_folder(path)
        if folder is None:
            raise BadSettings(
                f"{path} 不是静态向量模型（缺少 modules.json 或 StaticEmbedding 部分）；请检查 embedder 设置"
            )
        try:
            self._tokenizer: Any = Tokenizer.from_file(str(folder / "tokenizer.json"))
            self._rows, self._weights = _table(load_file(folder / "model.safetensors"))
        except Exception as error:  # tokenizers raises bare Exception for bad files
            raise BadSettings(f"向量模型 {path} 读不出：{error}；请重新安装或换一个模型") from error
        self._tokenizer.no_padding()
        self._path = path
        self._threads = threads
        self._question = lru_cache(maxsize=256)(self._encode_one)

    def _encode_one(self, text: str) -> Floats:
        row = self._encode([text])
        row.flags.writeable = False
        return row

    @property
    def dim(self) -> int:
        return int(self._rows.shape[1])

    @cached_property
    def name(self) -> str:
        """Folder name and the model's own version, or a digest of its weights without one."""
        return f"{self._path.name}@{_version(self._path)}"

    def encode(self, texts: Sequence[str]) -> Floats:
        if len(texts) == 1:  # a question, of which the search and the judges want the vector
            return self._question(texts[0])
        return self._encode(texts)

    def _encode(self, texts: Sequence[str]) -> Floats:
        sums = np.zeros((len(texts), self.dim), dtype=np.float32)  # (n, dim)
        if not texts:
            return sums
        starts = range(0, len(texts), _CHUNK)
        if len(starts) == 1:
            self._sum_into(sums, texts, 0)
        else:
            with ThreadPoolExecutor(self._threads) as pool:
                list(pool.map(lambda start: self._sum_into(sums, texts, start), starts))
        return sums

    def importance(self, words: Sequence[str]) -> Floats:
        """(len(words),) how long each word's summed vector is: telling words are long, 把 and 条例 short.

        Training learns it from all its texts, so it holds where a small library has no
        frequencies to go by. 0 for a word the model does not know.
        """
        encodings = self._tokenizer.encode_batch_fast(list(words), add_special_tokens=False)
        sums = [self._weights.take(e.ids) @ self._rows.take(e.ids, axis=0).astype(np.float32) for e in encodings]
        return np.array([np.sqrt(v @ v) for v in sums], np.float32)

    def _sum_into(self, out: Floats, texts: Sequence[str], start: int) -> None:
        """Write the unit sums of texts[start : start + _CHUNK] into their rows of `out`.

        The mean that sentence-transformers takes has the same direction as the sum.
        """
        encodings = self._tokenizer.encode_batch_fast(
            list(texts[start : start + _CHUNK]), add_special_tokens=False
        )
        for row, encoding in enumerate(encodings, start):
            ids = encoding.ids
            if ids:
                vector = self._weights.take(ids) @ self._rows.take(ids, axis=0).astype(np.float32)
                norm = float(np.sqrt(vector @ vector))
                out[row] = vector / norm if norm > 0 else 0.0


class SentenceTransformerEmbedder:
    """Any other sentence-transformers model; torch is imported here and only here."""

    def __init__(self, name: str, query_prompt: str | None = None) -> None:
        try:
            library = import_module("sentence_transformers")
        except ImportError as error:
            raise BadSettings(
                f"向量模型 {name} 需要 sentence-transformers；请运行 pip install 'policy-kb[models]'"
            ) from error
        try:
            self._model = library.SentenceTransformer(name, device="cpu", local_files_only=True)
        except Exception as error:  # the library raises many kinds
            why = "本机没有它" if isinstance(error, OSError) else " ".join(str(error).split())[:200]
            raise BadSettings(
                f"向量模型 {name} 载入失败：{why}；运行时不联网，请先把模型下载到本机，再在 embedder 里写它的路径或名字"
            ) from error
        self._name = name

    @cached_property
    def name(self) -> str:
        """Its name; that of a folder with a digest of its files, so that other weights are another model."""
        folder = Path(self._name)
        return f"{folder.name}@{_digest(folder)}" if folder.is_dir() else self._name

    @property
    def dim(self) -> int:
        return int(self._model.get_embedding_dimension())

    def encode(self, texts: Sequence[str]) -> Floats:
        if not texts:
            return np.zeros((0, self.dim), dtype=np.float32)
        rows = self._model.encode(list(texts), normalize_embeddings=True, show_progress_bar=False)
        return np.asarray(rows, dtype=np.float32)


def shipped_model() -> Path:
    """The folder of the model that comes with the product."""
    return Path(__file__).parent / "models" / "policy-static-zh"


def load_embedder(name_or_path: str = "default", *, base: Path | None = None) -> Embedder:
    """`default` is the shipped model; a StaticEmbedding folder loads light; the rest by name.

    A relative path is looked up under `base` (the data folder) first. Raises BadSettings.
    """
    if name_or_path == "default":
        return StaticEmbedder(shipped_model())
    path = Path(name_or_path).expanduser()
    if base is not None and not path.is_absolute() and (base / path).exists():
        path = base / path
    if path.exists() and static_folder(path) is not None:
        return StaticEmbedder(path)
    return SentenceTransformerEmbedder(str(path) if path.exists() else name_or_path)


def static_folder(path: Path) -> Path | None:
    """Where the StaticEmbedding of a sentence-transformers folder lies; None if it is another kind.

    Other modules may follow only if they do nothing to a unit vector (Normalize).
    """
    try:
        modules = json.loads((path / "modules.json").read_text(encoding="utf8"))
        kinds = [module["type"].rsplit(".", 1)[-1] for module in modules]
    except (OSError, ValueError, KeyError, TypeError):
        return None
    if kinds[:1] != ["StaticEmbedding"] or any(kind != "Normalize" for kind in kinds[1:]):
        return None
    return path / str(modules[0]["path"])


def _table(tensors: dict[str, npt.NDArray[Any]]) -> tuple[npt.NDArray[Any], Floats]:
    """`(rows, weights)`, one of each per token id; a token's vector is `weights[id] * rows[id]`.

    Rows stay as they are stored (int8 where quantised), so that opening a model costs a read
    and nothing more. The quantised form is that of model2vec, which sentence-transformers reads too:
    `embeddings[mapping[id]] * weights[id]`.
    """
    rows = tensors["embedding.weight"] if "embedding.weight" in tensors else tensors["embeddings"]
    if "mapping" in tensors:
        rows = rows[tensors["mapping"]]
    weights = tensors.get("weights", np.ones(len(rows)))
    return rows, weights.astype(np.float32)


def _version(path: Path) -> str:
    """The version in the model's `training.json`, else a digest of its weights."""
    try:
        return str(json.loads((path / "training.json").read_text(encoding="utf8"))["version"])
    except (OSError, ValueError, KeyError):
        import hashlib

        folder = static_folder(path) or path
        return hashlib.sha256((folder / "model.safetensors").read_bytes()).hexdigest()[:12]


def _digest(folder: Path) -> str:
    """Names, sizes and edges of a model's files: weights of gigabytes need not be read for it."""
    import hashlib

    found = hashlib.sha256()
    for path in sorted(p for p in folder.rglob("*") if p.is_file()):
        size = path.stat().st_size
        found.update(f"{path.relative_to(folder)} {size} ".encode())
        with path.open("rb") as file:
            found.update(file.read(_EDGE))
            file.seek(max(size - _EDGE, 0))
            found.update(file.read())
    return found.hexdigest()[:12]
