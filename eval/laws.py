"""Texts at scale: whole laws put together from their articles, one Markdown file each; or made-up ones."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from pathlib import Path

import corpus
from indexer.train.sources import records

SENTENCE = re.compile(r"[^。；\n]+[。；\n]+")


def law_texts(data: Path) -> dict[str, tuple[str, str]]:
    """File name (without ending) → law and its Markdown: chapters as headings, articles in their order."""
    laws: dict[str, str] = {}
    names: dict[str, str] = {}  # by path: two folders may have a file of one name
    bodies: dict[str, list[str]] = {}
    standing: dict[str, list[str]] = {}
    for r in records(data / "laws_articles.jsonl.xz"):
        name = names.get(r["file"])
        if name is None:
            stem = Path(r["file"]).stem
            name = names[r["file"]] = stem if stem not in laws else f"{stem}-{len(names)}"
        laws[name] = r["law"]
        lines = bodies.setdefault(name, [f"# {r['law']}", ""])
        chapters = [" ".join(part.split()) for part in r.get("path") or ()]
        before = standing.get(name, [])
        for level, chapter in enumerate(chapters):
            if before[: level + 1] != chapters[: level + 1]:
                lines += [f"{'#' * (level + 2)} {chapter}", ""]
        standing[name] = chapters
        lines += [f"{r['article']}　{r['text']}", ""]
    return {name: (laws[name], "\n".join(lines)) for name, lines in bodies.items()}


def texts(data: Path, characters: int = 20_000_000) -> dict[str, str]:
    """The laws; where there are none, the shipped documents multiplied with variation to that size."""
    real = {name: text for name, (_, text) in law_texts(data).items()}
    if real:
        return real
    made: dict[str, str] = {}
    originals = {p.stem: p.read_text("utf-8").split("---\n", 2)[2] for p in corpus.documents()}
    copy = size = 0
    while size < characters:
        for name, text in varied(originals, copy):
            made[name] = text
            size += len(text)
        copy += 1
    return made


def varied(originals: dict[str, str], copy: int) -> Iterator[tuple[str, str]]:
    """Each text once more (copy 0 as it is): every other sentence from another text, figures changed.

    The words stay those of real documents, so dictionary, postings and vectors are as in real ones.
    """
    if copy == 0:
        yield from originals.items()
        return
    rng = random.Random(copy)
    pool = [s for text in originals.values() for s in SENTENCE.findall(text) if "#" not in s and len(s) > 12]
    for name, text in originals.items():
        lines = []
        for line in text.splitlines():
            pieces = SENTENCE.findall(line + "\n") if line and not line.startswith("#") else [line]
            kept = [piece if i % 2 == 0 else rng.choice(pool) for i, piece in enumerate(pieces)]
            lines.append(re.sub(r"[\n]", "", "".join(kept)))
        changed = "\n".join(lines)
        turned = str.maketrans("0123456789", "".join(str((d + copy) % 10) for d in range(10)))
        head, _, body = changed.partition("\n")
        yield f"{name}-{copy}", f"{head}（第{copy}版）\n{body.translate(turned)}"


def write(folder: Path, data: Path, copies: int = 1, size: int = 20_000_000) -> tuple[int, int]:
    """One Markdown file a text under `folder`, made up to `size` characters where there are no laws;
    returns how many files and characters."""
    folder.mkdir(parents=True, exist_ok=True)
    originals = texts(data, size)
    files = characters = 0
    for copy in range(copies):
        for name, text in varied(originals, copy):
            (folder / f"{name}.md").write_text(text, encoding="utf-8")
            files += 1
            characters += len(text)
    return files, characters
