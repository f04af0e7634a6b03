"""The steps of the bench, each a function from its settings to figures."""

from __future__ import annotations

import json
import os
import platform
import random
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from indexer.library import Library
from kb.errors import StaleIndex
from kb.settings import load_settings

from .. import laws
from ..contenders import CONTENDERS
from ..dataset import Query
from ..making import library_of, say
from ..sets import available, dataset
from .http import http_step, open_step, update_step
from .peers import contest
from .process import KB, run
from .talk import talk_step


@dataclass(frozen=True, slots=True)
class Bench:
    """What a run of the bench is told."""

    data: Path
    work: Path
    passages: int = 1_000_000
    sizes: tuple[int, ...] = (20_000, 60_000, 150_000)
    seconds: float = 10.0
    characters: int = 20_000_000  # of made-up texts where there is no data
    fresh: bool = False
    peers: tuple[str, ...] = tuple(CONTENDERS)

    @property
    def home(self) -> Path:
        return self.work / "bench" / "laws"


def questions(data: Path) -> list[str]:
    """What is asked for timing: kept-aside questions of the sets at hand, in fixed order."""
    found = [
        q.text for name in ("stard", "ncp") if name in available(data) for q in dataset(name, data).of("test")
    ]
    return found or [q.text for q in dataset("own", data).queries]


def many_questions(data: Path) -> list[str]:
    """Every question of every set at hand, each once, mixed: for timing only, where none may come twice."""
    found = list(dict.fromkeys(q.text for name in available(data) for q in dataset(name, data).queries))
    random.Random(0).shuffle(found)
    return found


def machine() -> dict[str, Any]:
    return {
        "processors": os.cpu_count(), "system": platform.system(), "python": platform.python_version(),
        "load": os.getloadavg()[0],
    }  # fmt: skip


def add_step(bench: Bench) -> dict[str, Any]:
    """From files to searchable with `kb add`, in a process of its own."""
    return _added(bench, bench.home, 1) | machine()


def _added(bench: Bench, home: Path, copies: int) -> dict[str, Any]:
    import shutil

    folder = home.parent / f"{home.name}-files"
    shutil.rmtree(folder, ignore_errors=True)
    shutil.rmtree(home, ignore_errors=True)
    files, characters = laws.write(folder, bench.data, copies, bench.characters)
    ran = run([*KB, "--home", str(home), "--json", "add", str(folder)], home.parent / "add.log")
    report = ran.json()
    shutil.rmtree(folder, ignore_errors=True)
    passages = len(Library(load_settings(home)).searcher().catalog.ids)
    return {
        "files": files, "characters": characters, "passages": passages, "seconds": ran.seconds,
        "peak_mb": ran.peak_mb, "failed": len(report.get("failed", ())) if isinstance(report, dict) else 0,
    }  # fmt: skip


def ready(bench: Bench) -> Path:
    """The library of the laws, added if it is not there, indexed anew if the embedder changed."""
    if bench.fresh or not (bench.home / "kb.sqlite").exists():
        _added(bench, bench.home, 1)
    return fresh_index(bench.home)


def fresh_index(home: Path) -> Path:
    library = Library(load_settings(home))
    try:
        library.searcher()
    except StaleIndex:
        say("向量模型或词表变了，正在重建索引……")
        library.reindex()
    return home


def inside(bench: Bench, home: Path, recall: bool) -> dict[str, Any]:
    asked = bench.work / "bench" / "questions.json"
    asked.write_text(json.dumps(questions(bench.data), ensure_ascii=False), "utf-8")
    command = [sys.executable, "-m", "eval.bench.inside", str(home), str(asked)]
    found: dict[str, Any] = run(
        [*command, *(["--recall"] if recall else [])], bench.work / "bench" / "inside.log"
    ).json()
    return found


def search_step(bench: Bench) -> dict[str, Any]:
    return inside(bench, ready(bench), recall=True) | machine()


def served_step(bench: Bench) -> dict[str, Any]:
    return http_step(ready(bench), many_questions(bench.data), bench.seconds) | machine()


def talked_step(bench: Bench) -> dict[str, Any]:
    asked = [q.text for q in dataset("own", bench.data).queries]
    random.Random(0).shuffle(asked)
    return talk_step(bench.work, asked) | machine()


def updated_step(bench: Bench) -> dict[str, Any]:
    return update_step(ready(bench)) | machine()


def opened_step(bench: Bench) -> dict[str, Any]:
    return open_step(ready(bench)) | machine()


def million_step(bench: Bench) -> dict[str, Any]:
    """The laws multiplied until there are so many passages; the library is kept for the next run."""
    home, added = multiplied(bench)
    return {
        **({"added": added} if added else {}),
        **inside(bench, home, recall=True),
        "update": update_step(home),
        "open": open_step(home, 1),
    }


def multiplied(bench: Bench) -> tuple[Path, dict[str, Any]]:
    """The library of the multiplied laws, and what adding it took; nothing where it was there."""
    home = bench.work / "bench" / f"many-{bench.passages}"
    added: dict[str, Any] = {}
    if bench.fresh or not (home / "kb.sqlite").exists():
        one = len(Library(load_settings(ready(bench))).searcher().catalog.ids)
        added = _added(bench, home, -(-bench.passages // one))
    return fresh_index(home), added


def peers_step(bench: Bench) -> dict[str, Any]:
    """Growth over the laws (multiplied, past their own number), and quality over the judged articles where
    they are at hand."""
    folder = bench.work / "bench" / "peers"
    asked = questions(bench.data)[:200]
    laws_only = Library(load_settings(ready(bench)))
    own = len(laws_only.searcher().catalog.ids)

    def of(size: int) -> Library:
        return laws_only if size <= own else Library(load_settings(multiplied(bench)[0]))

    found: dict[str, Any] = {
        "growth": [contest(of(size), size, asked, (), folder, bench.peers) for size in bench.sizes]
    }
    name = "stard" if "stard" in available(bench.data) else "own"
    chosen = dataset(name, bench.data)
    judged: tuple[Query, ...] = chosen.of("test")
    if name == "stard":
        found["judged"] = {"dataset": name} | contest(
            library_of(chosen, bench.work), 10**9, asked, judged, folder, bench.peers
        )
    return found | machine()


STEPS: dict[str, Callable[[Bench], dict[str, Any]]] = {
    "add": add_step, "search": search_step, "http": served_step, "talk": talked_step, "update": updated_step, "open": opened_step,
    "million": million_step, "peers": peers_step,
}  # fmt: skip
