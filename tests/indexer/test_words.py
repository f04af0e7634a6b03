"""Words are jieba's own; what carries meaning survives; the lexicon keeps its words whole."""

import random
from itertools import pairwise
from pathlib import Path

import jieba
import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.words import Words, discover, read_lexicon, shipped_lexicon
from kb.errors import BadInput
from kb.fold import fold


@pytest.fixture(scope="module")
def words() -> Words:
    return Words()


@pytest.fixture(scope="module")
def mixed_text() -> list[str]:
    """120,000 characters and more: dictionary words, rare characters, Latin, digits, signs."""
    rng = random.Random(7)
    jieba.initialize()
    vocabulary = sorted(w for w, freq in jieba.dt.FREQ.items() if freq)
    signs = list("，。；：、（）《》〔〕“”！？ \n\t-—.%+#&_/@0123456789")
    signs += ["GB/T 9704", "v2.0", "ＡＢ１２", "㎡", "①", "😀"]
    lines, size = [], 0
    while size < 120_000:
        parts = []
        for _ in range(rng.randint(1, 60)):
            kind = rng.random()
            if kind < 0.7:
                parts.append(rng.choice(vocabulary))
            elif kind < 0.8:
                parts.append("".join(chr(rng.randint(0x4E00, 0x9FD5)) for _ in range(rng.randint(1, 4))))
            elif kind < 0.85:
                parts.append("".join(chr(rng.randint(0x20, 0x7E)) for _ in range(rng.randint(1, 6))))
            else:
                parts.append(rng.choice(signs))
        lines.append("".join(parts))
        size += len(lines[-1])
    return lines


def test_the_fast_cutter_gives_jiebas_own_tokens(mixed_text: list[str]) -> None:
    plain = Words(shipped=False)
    assert sum(map(len, mixed_text)) >= 100_000
    for line in mixed_text:
        assert plain.cut(line) == jieba.lcut(line)


def test_with_the_lexicon_the_tokens_are_those_of_jieba_with_the_same_words(
    words: Words, mixed_text: list[str], tmp_path: Path
) -> None:
    twin = jieba.Tokenizer()
    for entry in words.entries:
        twin.add_word(entry.word, entry.freq, entry.tag)
    lexicon = [e.word for e in words.entries]
    rng = random.Random(3)
    for line in mixed_text[:300]:
        line = line[:40] + rng.choice(lexicon) + line[40:] + rng.choice(lexicon)
        assert words.cut(line) == twin.lcut(line)


def test_every_lexicon_word_stays_whole(words: Words) -> None:
    for entry in words.entries:
        assert words.cut(entry.word) == [entry.word]
        assert fold(entry.word) in words.index_tokens(f"，{entry.word}。")


def test_places_of_the_field_are_words(words: Words) -> None:
    cut = words.cut("浙江建设共富风貌驿、未来社区和城乡风貌样板区")
    assert {"共富风貌驿", "未来社区", "城乡风貌样板区"} <= set(cut)


def test_users_add_their_own_words_in_a_file(tmp_path: Path) -> None:
    own = tmp_path / "lexicon.txt"
    own.write_text("# 自己的词\n云端会客厅驿站 50 n\n", encoding="utf8")
    assert Words(own).cut("建成云端会客厅驿站一处")[1] == "云端会客厅驿站"
    assert Words(own).lexicon_hash != Words().lexicon_hash
    assert Words(tmp_path / "none.txt").lexicon_hash == Words().lexicon_hash


def test_a_broken_lexicon_is_named_with_its_line(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="第 2 行"):
        read_lexicon("好词\n一 二 三 四\n", "我的词表")
    bad = tmp_path / "lexicon.txt"
    bad.write_bytes("未来".encode("gb18030"))
    with pytest.raises(BadInput, match="UTF-8"):
        Words(bad)


def test_document_and_standard_numbers_are_single_tokens_beside_their_parts(words: Words) -> None:
    tokens = words.index_tokens("依据ＧＢ／Ｔ 9704—2012和浙政发[2023]第1号")
    assert {"gb/t9704-2012", "浙政发〔2023〕1号", "2023", "gb", "9704"} <= set(tokens)
    assert "浙政发〔2023〕1号" in words.index_tokens("浙政發（２０２３）1號说了什么")


@pytest.mark.parametrize("word", ["应当", "不得", "可以", "必须", "禁止", "行动", "要求", "规定", "不", "有"])
def test_no_word_that_carries_obligation_is_dropped(words: Words, word: str) -> None:
    assert word in words.index_tokens(f"，{word}，")


def test_part_of_a_lexicon_word_finds_the_whole(words: Words) -> None:
    assert words.index_tokens("未来社区") == ["未来社区", "未来", "社区"]


def test_traditional_and_full_width_text_gives_the_tokens_of_its_plain_twin(words: Words) -> None:
    assert words.index_tokens("國務院２０２３年規定") == words.index_tokens("国务院2023年规定")


def test_bigrams_run_over_han_characters_only(words: Words) -> None:
    assert words.bigrams("未来社区，AB驿") == ["未来", "来社", "社区", "驿"]


@given(st.text(max_size=200))
def test_cutting_loses_no_character(text: str) -> None:
    assert "".join(_SHARED.cut(text)) == text


@given(st.text(alphabet="国務院应当〔２０２３〕1号，。 aB驿站的\n", max_size=60))
def test_spans_are_ordered_slices_that_carry_the_index_words(text: str) -> None:
    spans = _SHARED.spans(text)
    assert all(s < e for s, e in spans)
    assert all(a[1] <= b[0] for a, b in pairwise(spans))
    slices = [fold(text[s:e]) for s, e in spans]
    assert [w for w in slices if w not in "的了"] == _SHARED.index_tokens(text)[
        : len([w for w in slices if w not in "的了"])
    ]


def test_words_that_always_stand_together_are_proposed_for_the_lexicon() -> None:
    texts = ["共富风貌驿建在村口。", "每个共富风貌驿都有人。", "浙江的风很大，驿站很远，共同努力。"] * 20
    assert "共富风貌" in dict(discover(texts, Words(shipped=False)))


def test_the_shipped_lexicon_has_no_word_twice() -> None:
    shipped = [e.word for e in read_lexicon(shipped_lexicon(), "lexicon.txt")]
    assert len(shipped) == len(set(shipped))


_SHARED = Words()
