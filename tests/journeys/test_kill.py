"""`kill -9` at random moments: documents are wholly in or wholly out, nothing acknowledged is lost."""

from __future__ import annotations

from pathlib import Path

import pytest

from eval.reliability.kill import DOINGS, Broken, World, check, run, version_of, world_in
from indexer.library import Library
from kb.settings import load_settings


@pytest.mark.timeout(600)
def test_an_add_killed_at_random_moments_leaves_whole_documents_and_a_mended_index(
    tmp_path: Path,
) -> None:
    result = run(tmp_path, 10, ("add",), seed=20261123)  # two hundred with `python -m eval.reliability kill`
    assert result.struck["add"] >= 10 // 4, "the kills must strike while the work goes on"


@pytest.mark.timeout(600)
def test_adding_removing_reindexing_and_asking_killed_in_turn_lose_nothing_acknowledged(
    tmp_path: Path,
) -> None:
    result = run(tmp_path, 10, DOINGS, seed=20261124)
    assert sum(result.struck.values()) >= 4 and result.answers >= 1


def test_the_check_itself_notices_a_lost_document_a_lost_answer_and_a_half_one(tmp_path: Path) -> None:
    with world_in(tmp_path, 1) as (world, victims):
        order = world.order("add", {})
        did, _ = victims.run(order, None)
        world.learn(order, did, {})
        present, _ = check(world)
    library = Library(load_settings(world.home))

    def broken(changed: World) -> str:
        with pytest.raises(Broken) as caught:
            check(changed)
        return str(caught.value)

    world.least[0] += 1
    assert "went back" in broken(world)
    world.least[0] -= 1
    world.answers.append("0123456789abcdef")
    assert "every answer" in broken(world)
    world.answers.clear()
    library.store.remove(present[3])
    assert "lost" in broken(world)
    with library.store.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE revisions SET text = replace(text, '第一条', '第三条')")
    assert "slices" in broken(world)


def test_a_version_is_read_from_a_text() -> None:
    assert version_of("第一条 编号3版本17的办法") == 17
