"""`kb.fold` as a `Precompiled` normaliser, so that the tokenizer folds text by itself.

The format is SentencePiece's: a darts-clone double array over UTF-8 bytes whose values are
positions in a blob of NUL-ended replacements (github.com/s-yata/darts-clone).
"""

from __future__ import annotations

import struct
from collections.abc import Mapping
from typing import Any

from tokenizers import normalizers

from kb.fold import fold_table

_Tree = dict[int, Any]


def fold_normalizer() -> Any:
    """A tokenizers normaliser that maps single characters as `kb.fold.fold` does."""
    table = {chr(old): chr(new) for old, new in fold_table().items()}
    table |= {c: c.lower() for c in map(chr, range(0x41, 0x5B))}
    return normalizers.Precompiled(charsmap(table))


def charsmap(table: Mapping[str, str]) -> bytes:
    """The binary form of a replacement table."""
    blob, values, tree = b"", {}, {}  # type: bytes, dict[str, int], _Tree
    for old, new in table.items():
        if new not in values:
            values[new] = len(blob)
            blob += new.encode() + b"\0"
        node = tree
        for byte in old.encode():
            node = node.setdefault(byte, {})
        node[0] = values[new]
    units = double_array(tree)
    return struct.pack("<I", 4 * len(units)) + struct.pack(f"<{len(units)}I", *units) + blob


def double_array(tree: _Tree) -> list[int]:
    """Units of a darts-clone double array; a child with label c of base b stands at b ^ c."""
    units: dict[int, int] = {0: 0}
    used: set[int] = set()  # bases, each of one node
    base = 0
    waiting: list[tuple[int, _Tree]] = [(0, tree)]
    while waiting:
        at, node = waiting.pop()
        base += 1  # next fit: quick, and the array stays about half full
        while base in used or any(base ^ label in units for label in node):
            base += 1
        used.add(base)
        units[at] |= ((at ^ base) << 10) | (0x100 if 0 in node else 0)
        for label, child in node.items():
            units[base ^ label] = child | 0x80000000 if label == 0 else label
        waiting += [(base ^ label, child) for label, child in node.items() if label != 0]
    size = (max(units) | 0xFF) + 1
    return [units.get(i, 0) for i in range(size)]
