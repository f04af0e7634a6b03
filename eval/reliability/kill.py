"""`kill -9` at random moments: nothing acknowledged is lost, no half document shows, the ledger verifies.

    python -m eval.reliability kill --times 200 [--only add] [--seed 1]

Ten small documents, each of twelve articles that all carry one version number, are added, changed,
removed, indexed anew and asked about by processes that are killed at a random moment of their work.
After every kill the folder is opened as the next command would open it, and everything is checked.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from indexer.library import Library
from kb.chain_check import check_chain
from kb.ledger import Ledger, ledger_key
from kb.settings import load_settings

DOCUMENTS, ARTICLES = 10, "一二三四五六七八九十百千"
DOINGS = ("add", "remove", "reindex", "ask")
BEYOND = 1.3  # of the usual time: some finish, so that there is something acknowledged to lose


class Broken(AssertionError):
    """A promise was not kept."""


def promise(kept: bool, what: str) -> None:
    if not kept:
        raise Broken(what)


def write(folder: Path, number: int, version: int) -> None:
    articles = "\n\n".join(
        f"第{n}条 编号{number}版本{version}的办法规定第{i}项事项应当在{i + 3}日内办理。"
        for i, n in enumerate(ARTICLES)
    )
    (folder / f"{number}.md").write_text(f"# 编号{number}的办法\n\n{articles}\n", "utf-8")


class Victims:
    """The forking process and what its children said."""

    def __init__(self, home: Path) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "eval.reliability.victim", str(home)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
            cwd=Path(__file__).parents[2], env=os.environ | {"OMP_NUM_THREADS": "1"},
        )  # fmt: skip

    def run(self, order: dict[str, Any], delay: float | None) -> tuple[Any, float]:
        """(what was acknowledged or None, seconds from its beginning); killed `delay` seconds after it."""
        assert self.process.stdin and self.process.stdout
        self.process.stdin.write(json.dumps(order, ensure_ascii=False) + "\n")
        self.process.stdin.flush()
        did, pid, began = None, 0, time.monotonic()
        for raw in self.process.stdout:
            line = json.loads(raw)
            if "over" in line:
                break
            promise("error" not in line, f"{order}: {line.get('error')}")
            pid, did = line.get("pid", pid), line.get("did", did)
            if "ready" in line:
                began = time.monotonic()
                if delay is not None:
                    time.sleep(delay)
                    kill(pid)
        return did, time.monotonic() - began

    def close(self) -> None:
        assert self.process.stdin and self.process.stdout
        self.process.stdin.close()
        self.process.wait(60)
        self.process.stdout.close()


def kill(pid: int) -> None:
    """The child and its parsers; it may have ended by itself."""
    with suppress(ProcessLookupError):
        os.killpg(pid, signal.SIGKILL)


@dataclass
class World:
    """What has been acknowledged so far, and how long each doing usually takes."""

    home: Path
    folder: Path
    random: random.Random
    least: dict[int, int] = field(default_factory=dict)  # document number → version it has at least
    gone: set[int] = field(default_factory=set)  # documents whose removal was acknowledged
    answers: list[str] = field(default_factory=list)
    usual: dict[str, float] = field(default_factory=dict)
    turn: int = 0

    def order(self, doing: str, present: dict[int, str]) -> dict[str, Any]:
        self.turn += 1
        if doing == "add":
            for number in self.random.sample(range(DOCUMENTS), DOCUMENTS // 2):
                write(self.folder, number, self.turn)
            return {"do": "add", "path": str(self.folder)}
        if doing == "remove":
            return {"do": "remove", "id": self.random.choice(sorted(present.values()))}
        if doing == "ask":
            number = self.random.randrange(DOCUMENTS)
            return {"do": "ask", "question": f"编号{number}的办法规定第3项事项应当在几日内办理？"}
        return {"do": doing}

    def learn(self, order: dict[str, Any], did: Any, before: dict[int, str]) -> None:
        """Only what was acknowledged is promised."""
        match order["do"]:
            case "add":
                self.gone.clear()  # an addition brings removed ones back, wholly or not at all
                if did is not None:
                    for path in self.folder.glob("*.md"):
                        self.least[int(path.stem)] = version_of(path.read_text("utf-8"))
            case "remove":
                number = next(n for n, id in before.items() if id == order["id"])
                self.least.pop(number, None)
                if did is not None:
                    self.gone.add(number)
            case "ask" if did is not None:
                self.answers.append(did["answer"])


def version_of(text: str) -> int:
    return int(text.split("版本")[1].split("的")[0])


def check(world: World) -> tuple[dict[int, str], float]:
    """(documents present by number, seconds until the folder could be searched again)."""
    began = time.monotonic()
    library = Library(load_settings(world.home))
    searcher = library.searcher()
    seconds = time.monotonic() - began
    ids = set(searcher.catalog.ids.tolist())
    promise(searcher.lexical.count() == len(ids), "the word index holds what the store holds")
    base, added = searcher.vectors.parts()
    promise(ids <= set(base.ids.tolist()) | set(added.ids.tolist()), "every passage has its vector")
    present = {}
    for document in library.store.documents():
        number, revision = int(document.title[2:-3]), library.store.revision(document.id)
        version, passages = version_of(revision.text), library.store.passages_of(document.id)
        promise(revision.text.count(f"版本{version}的") == len(ARTICLES), f"{document.title} is of one version")
        promise({p.revision for p in passages} == {document.revision}, f"{document.title} is of one revision")
        quoted = all(p.passage.text == revision.text[p.passage.start : p.passage.end] for p in passages)
        promise(quoted, f"the passages of {document.title} are slices of it")
        promise(sum(p.passage.text.count("版本") for p in passages) == len(ARTICLES), "no article is missing")
        promise(version >= world.least.get(number, 0), f"{document.title} went back to version {version}")
        present[number] = document.id
    promise(set(world.least) <= set(present), "no acknowledged document is lost")
    promise(not world.gone & set(present), "no acknowledged removal is undone")
    _check_ledger(library, world)
    library.store.engine.dispose()
    return present, seconds


def _check_ledger(library: Library, world: World) -> None:
    key = ledger_key(world.home)
    report = check_chain(library.store.engine, key)
    promise(report.ok, f"the ledger verifies: {report.breaks}")
    kept = set(Ledger(library.store.engine, key).ids())
    promise(set(world.answers) <= kept, "every answer shown is in the ledger")


@dataclass(frozen=True)
class Result:
    """`struck` counts kills that came before the work was acknowledged, by doing."""

    times: int
    struck: dict[str, int]
    slowest: float  # seconds to open and mend
    answers: int


@contextmanager
def world_in(folder: Path, seed: int) -> Iterator[tuple[World, Victims]]:
    world = World(folder / "home", folder / "in", random.Random(seed))
    world.folder.mkdir(parents=True)
    for number in range(DOCUMENTS):
        write(world.folder, number, 0)
    victims = Victims(world.home)
    try:
        yield world, victims
    finally:
        victims.close()


def run(folder: Path, times: int, doings: Sequence[str] = DOINGS, seed: int = 1) -> Result:
    """Raises `Broken` with the promise that was not kept."""
    struck: Counter[str] = Counter()
    slowest = 0.0
    with world_in(folder, seed) as (world, victims):
        present: dict[int, str] = {}
        for doing in ("add", *(d for d in doings if d != "add")):  # once in peace, to know how long it takes
            order = world.order(doing, present)
            did, world.usual[doing] = victims.run(order, None)
            world.learn(order, did, present)
            present, _ = check(world)
        for number in range(times):
            doing = doings[number % len(doings)]
            if doing == "remove" and not present:
                doing = "add"
            order = world.order(doing, present)
            did, _ = victims.run(order, world.random.uniform(0, BEYOND * world.usual.get(doing, 1.0)))
            struck[doing] += did is None
            world.learn(order, did, present)
            present, seconds = check(world)
            slowest = max(slowest, seconds)
        order = world.order("add", present)
        did, _ = victims.run(order, None)
        world.learn(order, did, present)
        present, _ = check(world)
        promise(set(present) == set(range(DOCUMENTS)), "the last, undisturbed addition is whole")
    return Result(times, dict(struck), slowest, len(world.answers))


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="eval.reliability kill", description=__doc__)
    parser.add_argument("--times", type=int, default=200)
    parser.add_argument("--only", choices=DOINGS, help="one doing instead of all four")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args(arguments)
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="kb-kill-") as folder:
        try:
            result = run(Path(folder), options.times, (options.only,) if options.only else DOINGS, options.seed)
        except Broken as error:
            print(f"broken: {error}")
            return 1
    struck = "，".join(f"{doing} {n}" for doing, n in sorted(result.struck.items()))
    print(
        f"杀 {result.times} 次，其中 {sum(result.struck.values())} 次落在完成之前（{struck}）；"
        f"已确认的文档、移除与 {result.answers} 条答案一件不少，没有半份文档，账本完整；"
        f"重新打开最慢 {result.slowest:.2f} 秒；共用 {time.monotonic() - began:.0f} 秒"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
