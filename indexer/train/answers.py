"""Train the judges of evidence: which sentence answers, and whether what was chosen is a basis at all.

    python -m indexer.train.answers DATA_DIR --work FOLDER [--own eval/own/questions.jsonl]

Questions with known answers are put to the real search over libraries made from the
data; the sentences found become feature rows. Tune parts are trained on, test parts are
only measured. Negatives for the second judge are the same questions with the gold
sentence or the gold document taken away, with a name or a word in them exchanged, and
questions that have no basis. The sets are worked on side by side, one a processor.
"""

from __future__ import annotations

import argparse
import os
import random
import re
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from indexer.adding import add
from indexer.gather import READ_HITS, Gatherer
from indexer.library import Library
from indexer.official.places import places
from indexer.train.judges import Judged, committee, fit_basis, fit_sentences, held_out
from indexer.train.known import (
    Known,
    asked,
    beijing,
    central,
    cmrc,
    current,
    file_texts,
    hebei,
    library,
    ncp,
    own,
    squeeze,
)
from kb.evidence_features import Evidence, relative
from kb.evidence_score import Basis, Network, softmax
from kb.model import Filters
from kb.quoting import choose
from kb.refusal import support
from kb.settings import load_settings

OFF_TOPIC = 0.25  # share of the questions beside which a stranger's is put
# Seeds of the networks whose scores are averaged. Of four, two trainings on the same questions in another order
# differed by up to five points on a test set.
MEMBERS = range(1, 9)
Group = tuple[Known, np.ndarray, np.ndarray]  # question, rows (n, features), labels (n,)


def labels(evidence: Evidence, known: Known) -> np.ndarray:
    """(found,) 1 where the answer, or a piece of it, begins; in a list its lead-in and its items."""
    out = np.zeros(len(evidence.found), np.float32)
    if not known.answer:
        return out
    inside = {
        i: squeeze(c.source.reading.of(c.index))
        for i, c in enumerate(evidence.found)
        if known.names(evidence.documents[c.document])
    }
    for piece in map(squeeze, known.pieces or (known.answer,)):
        for i, sentence in inside.items():
            if piece[:24] in sentence or (len(sentence) >= 12 and piece.startswith(sentence)):
                out[i] = 1.0
    facts = [squeeze(fact) for fact in known.facts]
    gold = squeeze(known.answer)
    if len(facts) == 1:
        out[[i for i, sentence in inside.items() if facts[0] in sentence and sentence in gold]] = 1.0
    if out.any():
        return _with_items(evidence, out, inside, gold)
    lines = [[squeeze(cell) for cell in line.strip("|-*# ").split("|")] for line in known.answer.splitlines()]
    for i, sentence in inside.items():  # the rows of a table
        if any(all(cell in sentence for cell in cells) and 2 * len("".join(cells)) > len(sentence) for cells in lines):
            out[i] = 1.0
    leads = {(c.document, c.source.reading.sentences[c.index].lead) for c, y in zip(evidence.found, out, strict=True) if y}
    for i in inside:
        out[i] = max(out[i], float((evidence.found[i].document, evidence.found[i].index) in leads))
    if not out.any():  # the answer begins in the middle of a sentence cut elsewhere
        out[[i for i, sentence in inside.items() if len(sentence) > 8 and sentence in gold][:1]] = 1.0
    return out


def _with_items(evidence: Evidence, out: np.ndarray, inside: dict[int, str], gold: str) -> np.ndarray:
    """With a list's lead-in its items answer too, as far as they belong to the answer."""
    leads = {(evidence.found[i].document, evidence.found[i].index) for i in np.flatnonzero(out)}
    for i, sentence in inside.items():
        c = evidence.found[i]
        if sentence in gold and (c.document, c.source.reading.sentences[c.index].lead) in leads:
            out[i] = 1.0
    return out


def collect(gatherer: Gatherer, known: Sequence[Known]) -> list[Group]:
    """The evidence of every question as rows and labels."""
    groups = []
    for k in known:
        hits = gatherer.search(k.question, k=READ_HITS)
        if hits:
            evidence = gatherer.evidence(k.question, hits)
            groups.append((k, evidence.rows, labels(evidence, k)))
    return groups


class Situations:
    """Every question as it is and made unanswerable in several ways, over one library."""

    def __init__(self, gatherer: Gatherer, sentence: Network, known: Sequence[Known], strangers: Sequence[str], seed: int = 1):
        self.gatherer, self.sentence, self.known, self.strangers = gatherer, sentence, known, strangers
        self.rng = random.Random(seed)
        self.documents = gatherer.library.store.documents()

    def __iter__(self) -> Iterator[Judged]:
        for k in self.known:
            yield from (replace(m, part=k.part, question=k.question) for m in self._of(k) if m is not None)

    def _of(self, k: Known) -> Iterator[Judged | None]:
        search, read = self.gatherer.search, self.gatherer.evidence
        hits = search(k.question, k=2 * READ_HITS)
        if not hits:
            return
        evidence = read(k.question, hits)
        yield self.judged(k, k.question, evidence, "asked" if k.answer else "no basis")
        if not k.answer:
            return
        gold = labels(evidence, k)
        if gold.any():
            yield self.judged(k, k.question, without(evidence, gold > 0), "sentence removed")
        others = [h for h in hits if not k.names(h.document)]
        if others:
            yield self.judged(k, k.question, read(k.question, others), "document removed")
            nearest = Filters(doc_id=(others[0].document.id,))
            yield self.judged(k, k.question, read(k.question, search(k.question, nearest)), "other document")
        home = next((d.id for d in self.documents if k.names(d)), "")
        alone = search(k.question, Filters(doc_id=(home,)), READ_HITS)
        if alone:
            only = read(k.question, alone)
            yield self.judged(k, k.question, only, "alone")
            yield self._strange(k, self._exchanged(k.question, only), alone_in=home)
        yield self._strange(k, self._exchanged(k.question, evidence))
        if self.rng.random() < OFF_TOPIC:
            yield self._strange(k, self.rng.choice(self.strangers), "off topic")
            yield self._strange(k, self.rng.choice(self.strangers), "off topic", home)

    def _strange(self, k: Known, question: str | None, made: str = "exchanged", alone_in: str = "") -> Judged | None:
        """A question that the library (or one document) cannot answer."""
        if question is None:
            return None
        hits = self.gatherer.search(question, Filters(doc_id=(alone_in,) if alone_in else ()), READ_HITS)
        if not hits:
            return None
        return self.judged(replace(k, answer=""), question, self.gatherer.evidence(question, hits), made)

    def judged(self, k: Known, question: str, evidence: Evidence, made: str) -> Judged | None:
        if not evidence.found:
            return None
        scores = self.sentence.scores(evidence.rows) + evidence.prior
        belief = softmax(scores)
        picks = choose(evidence.asked, evidence.found, belief)
        found = support(evidence, question, scores, belief, picks, places)
        quoted = "".join(evidence.sources[p.document].reading.text[s:e] for p in picks for s, e in p.spans)
        return Judged(found.row, k.answered_by(quoted), made, words=found.words)

    def _exchanged(self, question: str, evidence: Evidence) -> str | None:
        """The question with a place, year or telling word in it exchanged for one the documents lack."""
        named = [name for name, _ in places(question)]
        if named and self.rng.random() < 0.6:
            other = self.rng.choice([p for p in OTHER_PLACES if p not in question])
            return question.replace(named[-1], other)
        year = re.search(r"(?:19|20)\d{2}(?=年)", question)
        if year:
            return question.replace(year[0], str(int(year[0]) + self.rng.choice([-7, -5, 4, 6])))
        telling = [w for w, _ in sorted(evidence.asked.words, key=lambda w: -w[1])[:3] if len(w) > 1 and w in question]
        if not telling:
            return None
        stranger = self.gatherer.library.searcher().understand(self.rng.choice(self.strangers)).words
        other_words = [w for w, _ in sorted(stranger, key=lambda w: -w[1])[:2] if len(w) > 1 and w not in question]
        context = " ".join(s.folded for s in evidence.sources)
        other_words = [w for w in other_words if w not in context]
        return question.replace(self.rng.choice(telling), other_words[0]) if other_words else None


OTHER_PLACES = ("湖州市", "台州", "昆明市", "兰州", "佛山市", "大连", "黑龙江省", "唐山", "湛江市", "贵阳")


def without(evidence: Evidence, drop: np.ndarray) -> Evidence:
    """The evidence with some sentences never found."""
    keep = np.flatnonzero(~drop)
    return replace(
        evidence, found=tuple(evidence.found[i] for i in keep), rows=relative(evidence.rows[keep].copy()),
        soft=evidence.soft[keep], prior=evidence.prior[keep],
    )  # fmt: skip


def top_hits(network: Network, groups: Sequence[Group]) -> dict[str, float]:
    """How often a labelled sentence is first, or among the first three."""
    one = three = found = 0
    for _, x, y in groups:
        if not y.any():
            continue
        found += 1
        order = np.argsort(-network.scores(x))
        one += bool(y[order[0]])
        three += bool(y[order[:3]].any())
    n = max(len(groups), 1)
    return {"questions": n, "reachable": found / n, "first": one / n, "among three": three / n}


def refusals(basis: Basis, judged: Sequence[Judged]) -> dict[str, float]:
    """At log-odds 0: right answers refused, wrong quotes shown, and those by how they came about."""
    odds = np.array([basis.odds(j.row, j.words) for j in judged])
    right = np.array([j.right for j in judged])
    out = {"right refused": float((odds[right] < 0).mean()), "baseless refused": float((odds[~right] < 0).mean())}
    for made in sorted({j.made for j in judged}):
        those = np.array([j.made == made and not j.right for j in judged])
        if those.any():
            out[f"refused: {made}"] = float((odds[those] < 0).mean())
    return {name: round(value, 3) for name, value in out.items()}


def thresholds(odds: np.ndarray, kinds: np.ndarray) -> str:
    """What a threshold costs, on questions the judges never saw: `kb.refusal.THRESHOLD` is chosen from this."""
    right, absent = kinds.T
    lines = ["门槛　答对者被拒　无依据者被拒（五折，各折的问题没有参加训练）"]
    for at in np.arange(-2.5, 0.51, 0.25):
        lines.append(f"{at:+.2f}　{(odds < at)[right].mean():.3f}　{(odds < at)[absent].mean():.3f}")
    return "\n".join(lines)


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m indexer.train.answers", description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--own", type=Path, default=Path("eval/own/questions.jsonl"))
    parser.add_argument("--asked", type=Path, default=Path("eval/asked"), help="questions on the files beside DATA_DIR")
    parser.add_argument("--corpus", type=Path, default=Path("corpus/documents"))
    parser.add_argument("--out", type=Path, default=Path("kb/models/answers.npz"))
    parser.add_argument("--questions", type=int, default=1000, help="of CMRC train, for the first judge")
    parser.add_argument("--situations", type=int, default=150, help="of them for the second")
    given = parser.parse_args(arguments)
    arrays: dict[str, np.ndarray] = {}
    with ProcessPoolExecutor(os.cpu_count()) as pool:
        groups = dict(zip(SETS, pool.map(partial(groups_of, given), SETS), strict=True))
        rows = weighted(groups)
        members = list(pool.map(partial(fit_sentences, rows), MEMBERS))
        arrays |= {f"sentence_{n}": a for n, a in committee(members).items()}
        sentence = Network(arrays, "sentence")
        for name, gs in groups.items():
            for part in ("tune", "test"):
                if some := [g for g in gs if g[0].part == part and g[0].answer]:
                    print(name, part, top_hits(sentence, some), flush=True)
        asked_of = {name: [k.question for k, _, _ in gs if k.part != "test"] for name, gs in groups.items()}
        judged = dict(zip(SETS, pool.map(partial(situations_of, given, arrays, asked_of), SETS), strict=True))
        training = [j for js in judged.values() for j in js if j.part != "test"]
        members = list(pool.map(partial(fit_basis, training), MEMBERS))
        arrays |= {f"basis_{n}": a for n, a in committee(members).items()}
        print(thresholds(*held_out(training, MEMBERS, pool)), flush=True)
    basis = Basis(arrays)
    for name, js in judged.items():
        for part in ("train", "tune", "test"):
            if shown := [j for j in js if j.part == part]:
                print(name, part, refusals(basis, shown), flush=True)
    given.out.parent.mkdir(parents=True, exist_ok=True)
    np.savez(given.out, allow_pickle=False, **arrays)
    return 0


def groups_of(given: argparse.Namespace, name: str) -> list[Group]:
    """Material of the first judge from one set."""
    gatherer, known = prepared(given, name)
    if name in KINDS:
        known = known + asked(given.asked / f"kinds_{name}.jsonl", text_of(given, name))
    gathered = collect(gatherer, known)
    print(name, len(gathered), "questions", flush=True)
    return gathered


def situations_of(
    given: argparse.Namespace, arrays: dict[str, np.ndarray], asked_of: dict[str, list[str]], name: str
) -> list[Judged]:
    """Material of the second judge from one set; what the other sets ask is off its topic."""
    gatherer, known = prepared(given, name)
    strangers = [question for other, questions in asked_of.items() if other != name for question in questions]
    chosen = known[: given.situations] if name == "cmrc" else known
    judged = list(Situations(gatherer, Network(arrays, "sentence"), chosen, strangers))
    print(name, len(judged), "situations", flush=True)
    return judged


SETS = ("files", "policies", "together", "ncp", "own", "cmrc", "seed", "beijing", "central")  # the largest first
# Of these there are questions of the rarer kinds besides (whether, who, where, which ones), half of them without a
# basis. The first judge learns from them. The second gains nothing by them: what is said and what is almost said differ too little
# in its rows (measured leaving one set out at a time, with them and without).
KINDS = ("files", "policies")
# Sets over policies given as records: what reads those, and the files of questions put to them.
RECORDS: dict[str, tuple[Callable[[Path], dict[str, dict[str, Any]]], tuple[str, ...]]] = {
    "policies": (hebei, ("policies", "policies2")),
    "beijing": (beijing, ("exam2_beijing",)),
    "central": (central, ("exam3_central",)),
}
EXAMINED = ("exam_files", "exam2_files", "exam3_files", "exam4_files", "exam4_policies")  # over files and policies together


def prepared(given: argparse.Namespace, name: str) -> tuple[Gatherer, list[Known]]:
    """One set's library and questions."""
    beside = given.data.parent
    home = given.work / name
    texts = text_of(given, name)
    if name == "cmrc":
        records, known = cmrc(given.data, "train")
        random.Random(1).shuffle(known)
        return Gatherer(library(home, records)), known[: given.questions]
    if name == "ncp":
        records, known = ncp(given.data)
        return Gatherer(library(home, records)), known
    if name == "own":
        folder, known = own(given.own, given.corpus)
        return Gatherer(filled(home, [folder])), known
    if name == "together":  # files and policies in one library
        policies = hebei(given.data)
        library(home, lambda: iter(policies.values()))
        return Gatherer(filled(home, [beside / "files"])), questions_of(given, EXAMINED, texts)
    if name in RECORDS:
        policies_of, questions = RECORDS[name]
        policies = policies_of(given.data)
        return Gatherer(library(home, lambda: iter(policies.values()))), questions_of(given, questions, texts)
    if name == "seed":
        return Gatherer(filled(home, [beside / "seed"])), questions_of(given, ("seed", "seed2", "exam_seed", "exam2_seed", "exam3_seed"), texts)
    return Gatherer(filled(home, [beside / "files"])), questions_of(given, ("regulations", "cases", "files"), texts)


def questions_of(given: argparse.Namespace, names: Sequence[str], texts: Callable[[str], str]) -> list[Known]:
    """Questions of some files that can be understood by themselves."""
    return [k for name in names for k in asked(given.asked / f"{name}.jsonl", texts) if not k.history]


def text_of(given: argparse.Namespace, name: str) -> Callable[[str], str]:
    """The text of a document of a set, by its name."""
    known = RECORDS.get("policies" if name == "together" else name)
    records = known[0](given.data) if known else {}
    of_file = file_texts([given.data.parent / "files", given.data.parent / "seed"])
    return lambda document: str(records[document]["text"]) if document in records else of_file(document)


def filled(home: Path, folders: Sequence[Path]) -> Library:
    """A library over files, brought up to date."""
    made = Library(load_settings(home))
    add(made, list(folders))
    return current(made)


def weighted(groups: dict[str, list[Group]]) -> list[tuple[np.ndarray, np.ndarray, float]]:
    """Training rows of the first judge: policy questions count more than reading comprehension."""
    rows = [(x, y, 1.0) for _, x, y in groups["cmrc"] if y.any()]
    for name in sorted(groups.keys() - {"cmrc"}):
        rows += [(x, y, 1.5) for k, x, y in groups[name] if y.any() and k.part == "tune"] * 3
    return rows


if __name__ == "__main__":
    raise SystemExit(main())
