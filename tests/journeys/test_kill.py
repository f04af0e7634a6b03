"""`kill -9` at random moments of `kb add`: documents are wholly in or wholly out, the index mends itself."""

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from indexer.library import Library
from kb.settings import load_settings

KILLS = 50
ADD = """
import sys
from indexer.adding import add
import pytest

from indexer.library import Library
from kb.settings import load_settings
if __name__ == "__main__":
    library = Library(load_settings(sys.argv[1], workers=1))
    print("ready", flush=True)
    report = add(library, [sys.argv[2]])
    print("done", len(report.done), flush=True)
"""


def document(number: int, version: int) -> str:
    """Twelve articles that all carry the number and the version."""
    articles = "\n\n".join(
        f"第{'一二三四五六七八九十百千'[i]}条 编号{number}版本{version}的办法规定第{i}项事项应当按期办理。"
        for i in range(12)
    )
    return f"# 编号{number}的办法\n\n{articles}\n"


def add_and_kill(script: Path, home: Path, folder: Path, delay: float | None) -> bool:
    """Run an add in a process of its own; kill it `delay` seconds after it began. True if it finished."""
    process = subprocess.Popen(
        [sys.executable, str(script), str(home), str(folder)],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        start_new_session=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    if delay is not None:
        time.sleep(delay)
        os.killpg(process.pid, signal.SIGKILL)
    finished = process.stdout.read().startswith("done")
    process.wait()
    process.stdout.close()
    return finished


def whole_documents(library: Library) -> dict[str, int]:
    """Every stored document's passages say one version, and all twelve articles are there and found."""
    searcher = library.searcher()
    assert searcher.lexical.count() == len(searcher.catalog.ids)
    assert set(searcher.vectors.parts()[0].ids) | set(searcher.vectors.parts()[1].ids) >= set(
        searcher.catalog.ids
    )
    found = {}
    for document_ in library.store.documents():
        revision = library.store.revision(document_.id)
        version = revision.text.split("版本")[1].split("的")[0]
        assert revision.text.count(f"版本{version}的") == 12
        passages = library.store.passages_of(document_.id)
        assert {p.revision for p in passages} == {document_.revision}
        assert all(p.passage.text == revision.text[p.passage.start : p.passage.end] for p in passages)
        assert sum(p.passage.text.count("版本") for p in passages) == 12
        found[document_.title] = int(version)
    return found


@pytest.mark.timeout(900)
def test_an_add_killed_at_fifty_random_moments_leaves_whole_documents_and_a_mended_index(
    tmp_path: Path,
) -> None:
    home, folder, script = tmp_path / "home", tmp_path / "in", tmp_path / "add.py"
    folder.mkdir()
    script.write_text(ADD, "utf-8")
    chance = random.Random(20261123)
    for number in range(8):
        (folder / f"{number}.md").write_text(document(number, 0), "utf-8")
    started = time.monotonic()
    assert add_and_kill(script, home, folder, None)
    usual = time.monotonic() - started
    killed, least = 0, {f"编号{n}的办法": 0 for n in range(8)}
    for turn in range(1, KILLS + 1):
        for number in chance.sample(range(8), 4):
            (folder / f"{number}.md").write_text(document(number, turn), "utf-8")
        killed += not add_and_kill(script, home, folder, chance.uniform(0, usual))
        if turn % 5 == 0:
            versions = whole_documents(Library(load_settings(home)))
            assert all(versions[title] >= least[title] for title in least), "nothing acknowledged goes back"
            least = versions
    assert killed >= KILLS // 4, "the kills must strike while the work goes on"
    assert add_and_kill(script, home, folder, None)
    whole = whole_documents(Library(load_settings(home)))
    assert whole == {
        f"编号{n}的办法": int((folder / f"{n}.md").read_text("utf-8").split("版本")[1].split("的")[0])
        for n in range(8)
    }
