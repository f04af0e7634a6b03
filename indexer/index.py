"""The index: a cache of the store. Opening reconciles; anything lost can be made again from the store.

The manifest is the one file that says which generation the index holds and
which files belong to it; it is replaced atomically and last, so a killed
process leaves the generation before.
"""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import shutil
import zlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

import numpy as np

from kb.errors import BrokenIndex, StaleIndex
from kb.fold import fold_all
from kb.store import PATH_SEPARATOR, IndexRow, Store

from . import vectors
from .cutting import Cut, Cutter
from .embed import Embedder
from .lexical import LexicalIndex
from .vectors import VectorIndex
from .words import Words

FORMAT = 1
WORDS_META = "words/meta.json"  # the one file of the word index that is replaced in place
Progress = Callable[[int], None]  # called with the number of passages done since the last call


@dataclass(frozen=True, slots=True)
class Manifest:
    """What an index was built from, and its files with their checksums (CRC-32)."""

    embedder: str
    dim: int
    lexicon: str
    generation: int
    base: str | None = None
    additions: tuple[str, ...] = ()
    format: int = FORMAT
    files: dict[str, int] = field(default_factory=dict)

    @property
    def built_with(self) -> str:
        return f"格式 {self.format}、向量模型 {self.embedder}（{self.dim} 维）、词表 {self.lexicon[:8]}"


class Index:
    """The index folder and what it was made with. Reading needs no lock, `sync` needs the writer's."""

    def __init__(self, folder: Path, words: Words, embedder: Embedder) -> None:
        self.folder = folder
        self.words = words
        self.embedder = embedder
        self._vectors: VectorIndex | None = None
        self._sound: dict[str, int] = {}  # files found whole, with their checksums

    # ---- reading -------------------------------------------------------------------------

    def manifest(self) -> Manifest | None:
        """The manifest on disk; None where there is no index yet."""
        try:
            data = json.loads((self.folder / "manifest.json").read_text("utf-8"))
            if data.pop("check") != _check(data):
                raise ValueError("checksum")
            return Manifest(**{**data, "additions": tuple(data["additions"])})
        except FileNotFoundError:
            return None
        except (OSError, ValueError, TypeError, KeyError) as error:
            raise BrokenIndex(
                f"索引清单 {self.folder / 'manifest.json'} 已损坏；请运行 `kb reindex` 重建"
            ) from error

    def stamp(self) -> tuple[int, int]:
        """Changes whenever the manifest on disk is replaced; (0, 0) while there is none."""
        try:
            found = (self.folder / "manifest.json").stat()
        except OSError:
            return 0, 0
        return found.st_ino, found.st_mtime_ns

    def check(self, manifest: Manifest) -> None:
        """Raise `StaleIndex` unless the index was made with today's embedder, lexicon and format."""
        wanted = self._fresh_manifest(0)
        if manifest.built_with != wanted.built_with:
            raise StaleIndex(manifest.built_with, wanted.built_with)

    def damaged(self, manifest: Manifest, again: bool = True) -> list[str]:
        """Files of the manifest that are missing or whose bytes have changed.

        Without `again`, files this process has found sound before are only looked for.
        """
        bad = []
        later = self._written_later(manifest)
        for name, crc in manifest.files.items():
            path = self.folder / name
            if later and name.startswith("words/") and (name == WORDS_META or not path.exists()):
                continue  # replaced by a commit that the manifest did not live to see
            if not path.is_file() or ((again or self._sound.get(name) != crc) and _crc(path) != crc):
                bad.append(name)
            else:
                self._sound[name] = crc
        return bad

    def _written_later(self, manifest: Manifest) -> bool:
        """Has the word index been committed again since the manifest was? A writer was killed in between;
        what it wrote is written again by the next."""
        known, path = manifest.files.get(WORDS_META), self.folder / WORDS_META
        return known is not None and path.is_file() and _crc(path) != known

    def open_lexical(self) -> LexicalIndex:
        return LexicalIndex(self.folder / "words")

    def open_vectors(self, manifest: Manifest) -> VectorIndex:
        opened = VectorIndex(
            self.folder / "vectors", manifest.base, manifest.additions, manifest.dim, self._vectors
        )
        self._vectors = opened
        return opened

    # ---- writing -------------------------------------------------------------------------

    def sync(self, store: Store, progress: Progress | None = None) -> Manifest:
        """Bring the index to the store's generation; rebuild what is damaged or missing."""
        generation = store.generation()
        known = self._sound_manifest(generation)
        if known is not None and known.generation == generation:
            return known
        if known is not None:
            with contextlib.suppress(BrokenIndex):
                return self._catch_up(store, known, generation, progress)
        self.clear()
        return self._catch_up(store, self._fresh_manifest(0), generation, progress)

    def _sound_manifest(self, generation: int) -> Manifest | None:
        """The manifest, where its files are whole and, if nothing has changed since, its own."""
        try:
            known = self.manifest()
        except BrokenIndex:
            return None
        if known is None:
            return None
        self.check(known)
        return None if self.unsound(known, generation) else known

    def unsound(self, manifest: Manifest, generation: int) -> bool:
        """Is a file missing or damaged? Files found whole before are only looked for."""
        torn = manifest.generation == generation and self._written_later(manifest)
        return torn or bool(self.damaged(manifest, again=False))

    def clear(self) -> None:
        """Forget the index; the store still has everything."""
        shutil.rmtree(self.folder, ignore_errors=True)
        self._vectors = None

    def _fresh_manifest(self, generation: int) -> Manifest:
        return Manifest(self.embedder.name, self.embedder.dim, self.words.lexicon_hash, generation)

    def _catch_up(
        self, store: Store, known: Manifest, generation: int, progress: Progress | None
    ) -> Manifest:
        self.folder.mkdir(parents=True, exist_ok=True)
        gone = store.gone_since(known.generation)
        count = store.added_count(known.generation)
        if known.files and not gone and not count:
            manifest = replace(known, generation=generation)
            self._commit(manifest)
            return manifest
        lexical = self.open_lexical()
        ids: list[np.ndarray] = []
        rows: list[np.ndarray] = []

        def stream(cutter: Cutter) -> Iterator[tuple[Sequence[IndexRow], Cut]]:
            for batch, cut in cutter.each(store.added_since(known.generation)):
                ids.append(np.fromiter((row.id for row in batch), np.int64, len(batch)))
                encoded = self.embedder.encode(embedding_texts(batch))
                rows.append(encoded.astype(np.float16))
                yield batch, cut
                if progress:
                    progress(len(batch))

        with Cutter(self.words, count) as cutter:
            lexical.write(stream(cutter), gone)
        if lexical.count() != store.passage_count():
            raise BrokenIndex(f"词索引 {self.folder / 'words'} 与库存不符；请运行 `kb reindex` 重建")
        manifest = self._write_vectors(store, replace(known, generation=generation), ids, rows)
        self._commit(manifest)
        return manifest

    def _write_vectors(
        self, store: Store, manifest: Manifest, ids: list[np.ndarray], rows: list[np.ndarray]
    ) -> Manifest:
        folder = self.folder / "vectors"
        additions = manifest.additions
        if ids:
            name = _fresh_name("add", manifest)
            vectors.write_part(folder, name, np.concatenate(ids), np.concatenate(rows))
            additions = self._folded(store, manifest, (*additions, name))
        if sum(vectors.length(folder, name) for name in additions) <= vectors.DELTA_LIMIT:
            return replace(manifest, additions=additions)
        parts = [vectors.read_part(folder, name) for name in (manifest.base, *additions) if name]
        live = store.passage_documents()[:, 0]
        whole = vectors.merge(parts, manifest.dim, live)
        base = _fresh_name("base", manifest)
        vectors.write_part(folder, base, whole.ids, whole.rows)
        if len(whole.ids) > vectors.FLAT_LIMIT:
            vectors.write_lists(folder, replace(whole, name=base), os.cpu_count() or 1)
        return replace(manifest, base=base, additions=())

    def _folded(self, store: Store, manifest: Manifest, additions: tuple[str, ...]) -> tuple[str, ...]:
        """The additions, the last small ones written as one."""
        folder = self.folder / "vectors"
        count = vectors.to_fold([vectors.length(folder, name) for name in additions])
        if not count:
            return additions
        parts = [vectors.read_part(folder, name) for name in additions[-count:]]
        ids = np.concatenate([part.ids for part in parts])
        gone = store.gone_between(int(ids.min(initial=0)), int(ids.max(initial=0)))
        whole = vectors.fold(parts, manifest.dim, np.array(gone, np.int64))
        name = _fresh_name("add", manifest)
        vectors.write_part(folder, name, whole.ids, whole.rows)
        return (*additions[:-count], name)

    def _commit(self, manifest: Manifest) -> None:
        """Name the files that count, replace the manifest, sweep what no longer counts."""
        wanted = {manifest.base, *manifest.additions}
        folder = self.folder / "vectors"
        named = [p for p in sorted(folder.glob("*")) if p.name.split(".")[0] in wanted]
        named += [
            p for p in sorted((self.folder / "words").glob("*.*")) if p.suffix not in (".json", ".lock")
        ]
        named.append(self.folder / WORDS_META)
        before = self._known_crcs()
        files = {}
        for path in named:
            name = str(path.relative_to(self.folder))
            files[name] = _crc(path) if name == WORDS_META else before.get(name) or _crc(path)
            self._sound[name] = files[name]
        temporary = self.folder / "manifest.json.new"
        data = asdict(replace(manifest, files=files))
        with temporary.open("w", encoding="utf-8") as out:
            json.dump({**data, "check": _check(data)}, out, ensure_ascii=False, indent=1)
            out.flush()
            os.fsync(out.fileno())
        temporary.replace(self.folder / "manifest.json")
        for path in folder.glob("*"):
            if path.name.split(".")[0] not in wanted:
                path.unlink(missing_ok=True)

    def _known_crcs(self) -> dict[str, int]:
        """Checksums of files already named: they are never changed in place."""
        try:
            known = self.manifest()
        except BrokenIndex:
            return {}
        return known.files if known else {}


def _fresh_name(sort: str, manifest: Manifest) -> str:
    """A name no other part ever has: who has a part of that name open need not read it again."""
    return f"{sort}-{manifest.generation}-{secrets.token_hex(4)}"


def embedding_texts(rows: Sequence[IndexRow]) -> list[str]:
    """What stands for each passage in the vector space: its title, its place, its words, folded."""
    return fold_all([f"{row.title} {row.path.replace(PATH_SEPARATOR, ' ')} {row.text}" for row in rows])


def _check(data: dict[str, object]) -> int:
    """CRC-32 of the manifest's own values."""
    return zlib.crc32(json.dumps(data, sort_keys=True, ensure_ascii=False).encode())


def _crc(path: Path) -> int:
    value = 0
    with path.open("rb") as data:
        while chunk := data.read(1 << 20):
            value = zlib.crc32(chunk, value)
    return value
