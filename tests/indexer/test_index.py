"""The index follows the store: step by step it holds what a rebuilt one holds, and says when it cannot."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from library_samples import notice, opened, put, take

from indexer.library import Library
from indexer.vectors import VectorIndex
from kb.errors import Locked, StaleIndex
from kb.model import Hit

STEPS = st.lists(
    st.tuples(st.sampled_from(["add", "change", "remove"]), st.integers(0, 5), st.integers(0, 9)),
    min_size=1,
    max_size=6,
)
QUESTIONS = ("停车登记", "第二条", "收费不得超过9元")


def text(number: int, version: int) -> str:
    return notice(f"停车办法{number}", f"停车应当登记，第{version}版。", f"收费不得超过{version}元。")


def take_steps(library: Library, steps: list[tuple[str, int, int]]) -> None:
    known: dict[int, str] = {}
    for what, number, version in steps:
        if what == "remove" and number in known:
            take(library, [known.pop(number)])
        elif what != "remove":
            [known[number]] = put(library, {f"{number}.md": text(number, version)})


def held(vectors: VectorIndex) -> set[int]:
    return {int(i) for part in vectors.parts() for i in part.ids}


def places(hits: list[Hit]) -> list[tuple[int, float]]:
    return [(hit.passage_id, round(hit.score, 4)) for hit in hits]


def test_many_small_changes_leave_few_files_and_nothing_that_is_gone(tmp_path: Path) -> None:
    library = opened(tmp_path / "home")
    for step in range(24):
        take_steps(library, [("add", step % 3, step)])
    manifest = library.index.manifest()
    assert manifest is not None and len(manifest.additions) <= 6
    assert held(library.searcher().vectors) >= {int(i) for i in library.searcher().catalog.ids}
    assert len(library.searcher().vectors) <= 3 * library.store.passage_count()
    assert library.search("收费不得超过23元", k=3)[0].passage.text.endswith("23元。")


@settings(max_examples=4, deadline=None)
@given(steps=STEPS)
def test_an_index_kept_up_step_by_step_holds_what_a_rebuilt_one_holds(
    tmp_path_factory: pytest.TempPathFactory, steps: list[tuple[str, int, int]]
) -> None:
    library = opened(tmp_path_factory.mktemp("steps"))
    take_steps(library, steps)
    kept = library.searcher()
    live = {int(i) for i in kept.catalog.ids}
    assert live == set(library.store.passage_documents()[:, 0].tolist())
    assert kept.lexical.count() == len(live)
    assert live <= held(kept.vectors)
    dense = [places(library.search(q, k=100, mode="dense")) for q in QUESTIONS]
    words = [{h.passage_id for h in library.search(q, k=100, mode="lexical")} for q in QUESTIONS]
    library.reindex()
    rebuilt = library.searcher()
    assert held(rebuilt.vectors) == {int(i) for i in rebuilt.catalog.ids} == live
    assert [places(library.search(q, k=100, mode="dense")) for q in QUESTIONS] == dense
    assert [{h.passage_id for h in library.search(q, k=100, mode="lexical")} for q in QUESTIONS] == words


def test_the_same_text_again_makes_no_new_revision_and_leaves_the_same_places(tmp_path: Path) -> None:
    library = opened(tmp_path)
    put(library, {"a.md": text(1, 1)})
    before = [(h.revision, h.passage) for h in library.search("停车")]
    put(library, {"a.md": text(1, 1)})
    assert [(h.revision, h.passage) for h in library.search("停车")] == before
    assert library.searcher().lexical.count() == len(before)


def test_a_lost_index_is_made_again_by_the_next_search(tmp_path: Path) -> None:
    library = opened(tmp_path)
    put(library, {"a.md": text(1, 1)})
    before = places(library.search("停车"))
    library.index.clear()
    assert places(opened(tmp_path).search("停车")) == before


def test_what_the_store_gained_while_no_index_was_written_is_found_by_the_next_reader(tmp_path: Path) -> None:
    from indexer.parse import Source
    from indexer.prepare import prepare

    library = opened(tmp_path)
    put(library, {"a.md": text(1, 1)})
    draft = prepare(Source("b.md", "b.md", "b.md", data=notice("绿化办法", "绿地应当养护。").encode()))
    with library.writing():
        library.store.write([draft])
    assert opened(tmp_path).search("绿地养护")[0].document.title == "绿化办法"


def test_another_lexicon_makes_the_index_stale_and_the_message_names_the_repair(tmp_path: Path) -> None:
    put(opened(tmp_path), {"a.md": text(1, 1)})
    (tmp_path / "lexicon.txt").write_text("停车办法\n", "utf-8")
    library = opened(tmp_path)
    with pytest.raises(StaleIndex, match="kb reindex") as told:
        library.search("停车")
    assert told.value.code == "stale_index"
    library.reindex()
    assert library.search("停车办法")[0].document.title == "停车办法1"


def test_another_embedder_makes_the_index_stale_and_is_named_beside_the_old_one(tmp_path: Path) -> None:
    put(opened(tmp_path / "home"), {"a.md": text(1, 1)})
    other = opened(tmp_path / "home", embedder=str(tiny_model(tmp_path / "tiny")))
    with pytest.raises(StaleIndex, match="kb reindex") as told:
        other.search("停车")
    assert "policy-static-zh" in str(told.value) and "tiny" in str(told.value)
    other.reindex()
    assert other.search("停车")
    with pytest.raises(StaleIndex):
        opened(tmp_path / "home").search("停车")


def tiny_model(folder: Path) -> Path:
    """A static model of a few pieces in the format of sentence-transformers, made without torch."""
    import json

    import numpy as np
    from safetensors.numpy import save_file
    from tokenizers import Tokenizer, models

    folder.mkdir()
    pieces = ["<unk>", "停车", "办法", "登记", "收费", "第", "条"]
    tokenizer = Tokenizer(models.Unigram([(p, -float(i)) for i, p in enumerate(pieces)], unk_id=0))
    tokenizer.save(str(folder / "tokenizer.json"))
    weights = np.random.default_rng(1).normal(size=(len(pieces), 8)).astype(np.float32)
    save_file({"embedding.weight": weights}, folder / "model.safetensors")
    kind = "sentence_transformers.models.StaticEmbedding"
    modules = [{"idx": 0, "name": "0", "path": "", "type": kind}]
    (folder / "modules.json").write_text(json.dumps(modules), "utf-8")
    return folder


def test_a_running_reader_swaps_to_a_new_generation_and_the_old_searcher_still_answers(
    tmp_path: Path,
) -> None:
    writer, reader = opened(tmp_path), opened(tmp_path)
    put(writer, {"a.md": text(1, 1)})
    old = reader.searcher()
    [second] = put(writer, {"b.md": notice("绿化办法", "绿地应当养护。")})
    assert reader.search("绿地养护")[0].document.id == second
    assert old.search("停车登记")[0].document.title == "停车办法1"
    take(writer, [second])
    assert second not in {h.document.id for h in reader.search("绿地养护")}


def test_readers_never_stumble_while_a_writer_adds_changes_and_removes(tmp_path: Path) -> None:
    writer, reader = opened(tmp_path), opened(tmp_path)
    put(writer, {f"{n}.md": text(n, 0) for n in range(5)})
    troubles: list[BaseException] = []
    found: list[int] = []
    done = threading.Event()

    def read() -> None:
        try:
            while not done.is_set():
                found.append(len(reader.search("停车登记", k=50)))
        except BaseException as error:
            troubles.append(error)

    threads = [threading.Thread(target=read) for _ in range(3)]
    for thread in threads:
        thread.start()
    take_steps(writer, [("add", n % 6, n) for n in range(9)] + [("remove", n, 0) for n in range(3)])
    done.set()
    for thread in threads:
        thread.join()
    assert not troubles
    assert found and min(found) > 0
    assert len({h.document.id for h in reader.search("停车登记", k=50)}) == 3


def test_one_writes_at_a_time_and_the_rest_may_read(tmp_path: Path) -> None:
    one, other = opened(tmp_path), opened(tmp_path)
    put(one, {"a.md": text(1, 1)})
    with one.writing():
        with pytest.raises(Locked, match="另一个进程"), other.writing(wait=0.0):
            pass
        assert other.search("停车")
    with other.writing(wait=0.0):
        pass
