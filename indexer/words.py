"""Words: how Chinese text is cut for searching.

Cutting is jieba's own (default mode with its HMM), done by `rjieba`, which gives the
same tokens some thirty times faster. Lexicon words are added the way jieba's
`load_userdict` adds them: frequency just high enough that the word alone stays whole.

`python -m indexer.words FILE…` lists words that a corpus uses and the lexicon lacks.
"""

from __future__ import annotations

import hashlib
import math
import re
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from importlib.resources import files
from itertools import filterfalse, pairwise
from operator import add
from pathlib import Path

import rjieba

from kb.errors import BadInput
from kb.fold import find_numbers, fold

# Only particles without meaning of their own; never a word that carries obligation.
STOP_WORDS = frozenset("的了")
_HAN_RUN = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U000323af]+")
# GB/T 9704—2012, DB33/T 1234-2020, ISO 9001:2015; the text is folded already.
_STANDARD = re.compile(
    r"(?<![0-9a-z])([a-z]{1,5}\d{0,2}(?:/[a-z]{1,3})?)\s{0,2}(\d{2,6}(?:\.\d{1,3})?)\s?[-—–−:]{1,2}\s?((?:19|20)\d{2})(?!\d)"
)
_JOINTS = re.compile(r"[-._%&+#]")
_LATIN = re.compile(r"([a-zA-Z0-9]+(?:\.\d+)?%?)")  # finalseg.re_skip of jieba
_KEPT = str.isalnum
# rjieba reads its dictionary once when imported (a tenth of a second); the first Words takes that one.
_SPARE = [rjieba._DEFAULT_JIEBA]


@dataclass(frozen=True, slots=True)
class Entry:
    """A lexicon line: the word and, where given, its frequency and part of speech."""

    word: str
    freq: int | None = None
    tag: str | None = None


def read_lexicon(text: str, source: str) -> tuple[Entry, ...]:
    """Lexicon entries in file order; raises BadInput naming `source` and the line."""
    entries = []
    for number, line in enumerate(text.lstrip("\ufeff").splitlines(), 1):
        fields = line.split("#", 1)[0].split()
        if not fields:
            continue
        freq = int(fields[1]) if len(fields) > 1 and fields[1].isdecimal() else None
        tag = fields[-1] if len(fields) > 1 and not fields[-1].isdecimal() else None
        if len(fields) > 3 or len(fields[0]) > 40:
            raise BadInput(
                f"词表 {source} 第 {number} 行看不懂：{line[:40]}；应为“词 [词频] [词性]”，每行一个"
            )
        entries.append(Entry(fields[0], freq, tag))
    return tuple(entries)


def shipped_lexicon() -> str:
    return files("indexer").joinpath("lexicon.txt").read_text(encoding="utf8")


class Words:
    """The one way text becomes words, for the index and for questions alike."""

    def __init__(self, user_lexicon: Path | None = None, *, shipped: bool = True) -> None:
        """Load the shipped lexicon and then the user's own; a missing user file is none.

        Raises BadInput for a lexicon that cannot be read.
        """
        entries = read_lexicon(shipped_lexicon(), "lexicon.txt") if shipped else ()
        if user_lexicon is not None and user_lexicon.exists():
            try:
                own = user_lexicon.read_text(encoding="utf8")
            except (OSError, UnicodeDecodeError) as error:
                raise BadInput(f"词表 {user_lexicon} 读不出：{error}；请存为 UTF-8 文本") from error
            entries += read_lexicon(own, str(user_lexicon))
        self.user_lexicon = user_lexicon
        self.entries = entries
        self._jieba = _SPARE.pop() if _SPARE else rjieba.Jieba()
        self._parts: dict[str, list[str]] = {}  # lexicon word → what jieba alone would cut it into
        for entry in entries:
            self._add(entry)

    def _add(self, entry: Entry) -> None:
        """Add a word as jieba's `add_word` does, and its folded twin for the index."""
        for word in dict.fromkeys((entry.word, fold(entry.word))):
            parts = [part for part in self.cut(word) if _has_content(part)]
            if len(parts) > 1:
                self._parts[word] = parts
            self._jieba.add_word(word, entry.freq, entry.tag)

    @cached_property
    def _mixing(self) -> re.Pattern[str]:
        """Characters that may stand inside a word though they are neither letter nor digit.

        In a text without them every word is either all letters and digits, or punctuation.
        """
        marks = {c for entry in self.entries for c in entry.word if not c.isalnum()}
        return re.compile("[" + re.escape("".join(sorted(marks | set("-._%&+#")))) + "]")

    @cached_property
    def lexicon_hash(self) -> str:
        """Changes when a lexicon word does; the index manifest keeps it."""
        lines = (f"{e.word} {e.freq} {e.tag}" for e in self.entries)
        return hashlib.sha256("\n".join(lines).encode()).hexdigest()[:16]

    def cut(self, text: str) -> list[str]:
        """jieba's words of `text` as it stands; joined they give `text` again."""
        words: list[str] = self._jieba.cut(text)
        return self._as_jieba(words) if _JOINTS.search(text) else words

    def _as_jieba(self, words: list[str]) -> list[str]:
        """Part the Latin runs that rjieba leaves joined (v2.0fr, 1234-2020) where jieba parts them."""
        parted: list[str] = []
        for word in words:
            if len(word) < 2 or not word.isascii() or word.isalnum() or self._jieba.has_word(word):
                parted.append(word)
            else:
                parted.extend(part for part in _LATIN.split(word) if part)
        return parted

    def known(self, word: str) -> bool:
        """Whether a word stands in the dictionary or lexicon; others the cutter made up."""
        return bool(self._jieba.has_word(word))

    def spans(self, text: str) -> list[tuple[int, int]]:
        """(start, end) of each word of `cut(fold(text))`, punctuation left out."""
        spans, start = [], 0
        for word in self.cut(fold(text)):
            end = start + len(word)
            if _has_content(word):
                spans.append((start, end))
            start = end
        return spans

    def index_tokens(self, text: str) -> list[str]:
        """Searching tokens: folded words without punctuation, then whole 文号 and standard numbers.

        A number's parts stay among the words, so that a question may name only part of it.
        """
        return self.tokens(fold(text))

    def tokens(self, folded: str) -> list[str]:
        """`index_tokens` of a text that is folded already."""
        words = self.cut(folded)
        content = filter(_has_content, words) if self._mixing.search(folded) else filter(_KEPT, words)
        tokens = list(filterfalse(STOP_WORDS.__contains__, content))
        if not self._parts.keys().isdisjoint(tokens):
            tokens.extend(part for word in tokens[:] for part in self._parts.get(word, ()))
        if "号" in folded or "20" in folded or "19" in folded:
            tokens.extend(number_tokens(folded))
        return tokens

    def bigrams(self, text: str) -> list[str]:
        """Character bigrams over runs of Han characters, a lone character as itself."""
        return grams(fold(text))


def _has_content(word: str) -> bool:
    """Whether a token is more than punctuation and space."""
    return word.isalnum() or any(map(_KEPT, word))


def grams(folded: str) -> list[str]:
    """`Words.bigrams` of a text that is folded already."""
    return [gram for run in _HAN_RUN.findall(folded) for gram in _grams(run)]


def _grams(run: str) -> Iterable[str]:
    return map(add, run, run[1:]) if len(run) > 1 else (run,)


def number_tokens(text: str) -> list[str]:
    """文号 and standard numbers of `text` as single tokens: 浙政发〔2023〕1号, gb/t9704-2012."""
    tokens = [fold(number) for _, _, number in find_numbers(text)]
    tokens += ["".join((m[1], m[2], "-", m[3])) for m in _STANDARD.finditer(fold(text))]
    return tokens


def discover(texts: Iterable[str], words: Words, least: int = 20) -> list[tuple[str, int]]:
    """Neighbouring words that a corpus always uses together, most telling first.

    Scored by normalised pointwise mutual information (Bouma 2009); both words must be
    Han, at least three characters together, and the pair must stand `least` times.
    """
    single: Counter[str] = Counter()
    pair: Counter[tuple[str, str]] = Counter()
    for text in texts:
        cut = words.cut(text)
        single.update(cut)
        pair.update((a, b) for a, b in _neighbours(cut))
    total = sum(single.values())
    scored = []
    for (a, b), n in pair.items():
        if n < least:
            continue
        npmi = math.log(n * total / (single[a] * single[b])) / -math.log(n / total)
        if npmi > 0.6:
            scored.append((a + b, n))
    return sorted(scored, key=lambda s: -s[1])


def _neighbours(cut: list[str]) -> Iterator[tuple[str, str]]:
    for a, b in pairwise(cut):
        if 2 < len(a) + len(b) < 12 and _HAN_RUN.fullmatch(a) and _HAN_RUN.fullmatch(b):
            yield a, b


def main(paths: list[str]) -> int:
    """Print candidate lexicon words of the files, one a line with how often they stand."""
    texts = [Path(p).read_text(encoding="utf8", errors="replace") for p in paths]
    for word, n in discover(texts, Words()):
        print(f"{word} {n}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
