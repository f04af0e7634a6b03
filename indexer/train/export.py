"""Writing a trained bag as a sentence-transformers StaticEmbedding folder, int8 by row."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from safetensors.numpy import save_file


def quantise(table: npt.NDArray[np.float32]) -> tuple[npt.NDArray[np.int8], npt.NDArray[np.float32]]:
    """Rows as int8 with one float32 scale each: `rows * scale[:, None]` is `table` within 0.4 %."""
    scale = np.maximum(np.abs(table).max(axis=1), 1e-12) / 127
    return np.rint(table / scale[:, None]).astype(np.int8), scale.astype(np.float32)


def save(folder: Path, table: npt.NDArray[np.float32], tokenizer: Any, about: dict[str, Any]) -> None:
    """Write modules, tokenizer, int8 weights and `training.json` (how it was made)."""
    folder.mkdir(parents=True, exist_ok=True)
    rows, scale = quantise(table)
    save_file({"embeddings": rows, "weights": scale}, folder / "model.safetensors")
    (folder / "model.safetensors").chmod(0o644)
    (folder / "tokenizer.json").write_text(tokenizer.to_str(pretty=False), encoding="utf8")
    kind = "sentence_transformers.sentence_transformer.modules.static_embedding.StaticEmbedding"
    modules = [{"idx": 0, "name": "0", "path": "", "type": kind}]
    write_json(folder / "modules.json", modules)
    write_json(folder / "config_sentence_transformers.json", {"prompts": {}, "similarity_fn_name": "cosine"})
    write_json(folder / "training.json", about)


def write_json(path: Path, value: Any) -> None:
    path.write_text(json.dumps(value, ensure_ascii=False, indent=1) + "\n", encoding="utf8")
