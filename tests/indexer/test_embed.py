"""The light loader gives the vectors of sentence-transformers, without torch."""

import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from library_samples import notice, opened, put

from indexer.embed import (
    SentenceTransformerEmbedder,
    StaticEmbedder,
    load_embedder,
    shipped_model,
    static_folder,
)
from kb.errors import BadSettings

TEXTS = [
    "未来社区要覆盖多少城镇社区？",
    "物业 维修资金，由业主监管",
    "",
    "☃",
    "ＧＢ/T 9704—2012",
    "业主" * 400,
]


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A StaticEmbedding of twelve pieces and eight dimensions, saved by sentence-transformers."""
    pytest.importorskip("sentence_transformers")
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import StaticEmbedding
    from tokenizers import Tokenizer, models

    pieces = ["<unk>", "未来", "社区", "未来社区", "物业", "维修", "资金", "业主", "监管", "覆", "盖", "由"]
    tokenizer = Tokenizer(models.Unigram([(p, -float(i)) for i, p in enumerate(pieces)], unk_id=0))
    weights = np.random.default_rng(1).normal(size=(len(pieces), 8)).astype(np.float32)
    folder = tmp_path_factory.mktemp("models") / "tiny"
    SentenceTransformer(modules=[StaticEmbedding(tokenizer, embedding_weights=weights)]).save(str(folder))
    return folder


def reference(folder: Path, texts: list[str]) -> np.ndarray:
    from sentence_transformers import SentenceTransformer

    return SentenceTransformer(str(folder), device="cpu").encode(texts, normalize_embeddings=True)


def test_the_light_loader_gives_the_vectors_of_sentence_transformers(tiny: Path) -> None:
    np.testing.assert_allclose(StaticEmbedder(tiny).encode(TEXTS), reference(tiny, TEXTS), atol=1e-6)


def test_the_shipped_model_gives_the_same_vectors_both_ways() -> None:
    pytest.importorskip("sentence_transformers")
    ours = load_embedder().encode(TEXTS)
    np.testing.assert_allclose(ours, reference(shipped_model(), TEXTS), atol=1e-5)


def test_rows_are_unit_and_a_text_without_words_is_zero(tiny: Path) -> None:
    norms = np.linalg.norm(StaticEmbedder(tiny).encode(["未来社区", "", "业主监管"]), axis=1)
    np.testing.assert_allclose(norms, [1, 0, 1], atol=1e-6)


def test_a_text_has_one_vector_whatever_stands_beside_it() -> None:
    embedder = load_embedder()
    alone = embedder.encode(["物业维修资金由谁监管"])
    among = embedder.encode(["别的"] * 700 + ["物业维修资金由谁监管"])
    assert among.shape == (701, embedder.dim)
    assert among.dtype == np.float32
    np.testing.assert_array_equal(alone[0], among[-1])


def test_nothing_gives_no_rows(tiny: Path) -> None:
    assert StaticEmbedder(tiny).encode([]).shape == (0, 8)
    assert SentenceTransformerEmbedder(str(tiny)).encode([]).shape == (0, 8)


def test_a_folder_of_another_model_goes_to_sentence_transformers(tiny: Path) -> None:
    light = load_embedder(str(tiny))
    heavy = SentenceTransformerEmbedder(str(tiny))
    assert isinstance(light, StaticEmbedder)
    np.testing.assert_allclose(light.encode(TEXTS), heavy.encode(TEXTS), atol=1e-6)
    assert light.dim == heavy.dim == 8


def test_a_relative_path_is_looked_up_in_the_data_folder(tiny: Path) -> None:
    assert load_embedder(tiny.name, base=tiny.parent).dim == 8


def test_the_name_changes_with_the_weights(tiny: Path, tmp_path: Path) -> None:
    from safetensors.numpy import load_file, save_file

    other = tmp_path / tiny.name
    shutil.copytree(tiny, other)
    assert StaticEmbedder(other).name == StaticEmbedder(tiny).name
    tensors = load_file(other / "model.safetensors")
    save_file({key: value * 2 for key, value in tensors.items()}, other / "model.safetensors")
    assert StaticEmbedder(other).name != StaticEmbedder(tiny).name


def test_a_missing_or_broken_model_is_one_clear_line(tiny: Path, tmp_path: Path) -> None:
    with pytest.raises(BadSettings, match="不是静态向量模型"):
        StaticEmbedder(tmp_path)
    broken = tmp_path / "broken"
    shutil.copytree(tiny, broken)
    (broken / "model.safetensors").write_bytes(b"x")
    with pytest.raises(BadSettings, match="读不出"):
        StaticEmbedder(broken)
    assert static_folder(tmp_path / "none") is None


def test_without_sentence_transformers_the_message_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "sentence_transformers", None)
    with pytest.raises(BadSettings, match=r"pip install .*\[models\]"):
        load_embedder("some-org/some-model")


def test_the_shipped_model_loads_without_torch() -> None:
    code = (
        "import sys; from indexer.embed import load_embedder; load_embedder().encode(['社区']);"
        "sys.exit('torch' in sys.modules or 'transformers' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


@pytest.fixture(scope="module")
def transformer(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A transformer of one layer and sixteen dimensions over single characters, made on the spot."""
    pytest.importorskip("sentence_transformers")
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import Pooling, Transformer
    from transformers import BertConfig, BertModel, BertTokenizerFast

    folder = tmp_path_factory.mktemp("bert")
    vocabulary = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *"停车收费登记绿地养护不得超过元应当每月"]
    (folder / "vocab.txt").write_text("\n".join(vocabulary), "utf-8")
    BertTokenizerFast(str(folder / "vocab.txt")).save_pretrained(str(folder))
    shape = BertConfig(
        vocab_size=len(vocabulary),
        hidden_size=16,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=16,
    )
    BertModel(shape).save_pretrained(str(folder))
    made = tmp_path_factory.mktemp("models") / "small"
    body = Transformer(str(folder))
    SentenceTransformer(modules=[body, Pooling(16)], device="cpu").save(str(made))
    return made


def test_another_model_named_in_the_settings_by_its_path_serves_the_whole_search(
    transformer: Path, tmp_path: Path
) -> None:
    library = opened(tmp_path, embedder=str(transformer))
    assert isinstance(library.embedder, SentenceTransformerEmbedder)
    put(
        library,
        {"a.md": notice("停车办法", "停车应当登记。"), "b.md": notice("绿地办法", "绿地应当每月养护。")},
    )
    hits = library.search("停车登记", mode="dense")
    assert len(hits) == 2 and all(-1.001 <= hit.score <= 1.001 for hit in hits)
    manifest = library.index.manifest()
    assert manifest is not None and manifest.dim == 16 and manifest.embedder.startswith("small@")
    retrained = tmp_path / "small"
    shutil.copytree(transformer, retrained)
    weights = bytearray((retrained / "model.safetensors").read_bytes())
    weights[-1] ^= 64
    (retrained / "model.safetensors").write_bytes(weights)
    assert SentenceTransformerEmbedder(str(retrained)).name != manifest.embedder


def test_a_model_that_is_not_on_this_machine_is_not_fetched() -> None:
    pytest.importorskip("sentence_transformers")
    with pytest.raises(BadSettings, match=r"本机没有它.*不联网"):
        load_embedder("no-such-org/no-such-model")


def test_nobody_can_spoil_the_remembered_vector_of_a_question() -> None:
    embedder = load_embedder()
    row = embedder.encode(["路灯几点开？"])
    with pytest.raises(ValueError):
        row[0, 0] = 1.0
    np.testing.assert_array_equal(embedder.encode(["路灯几点开？"]), row)
