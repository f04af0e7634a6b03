"""When to be silent: prompts out of scope, names the evidence lacks, and evidence too weak to rest on."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from .basis_words import TELLING_WEIGHT, Quoted, words
from .bounds import foreign_place, foreign_year, other_namesake, other_sort
from .evidence_asked import WH, Asked, Floats
from .evidence_features import FEATURES, SOUGHT, Candidate, Evidence
from .evidence_prior import Places, places_about
from .evidence_score import shipped
from .fold import find_numbers, fold
from .forms import has_form, names_given, names_wanted, needed_form, only_echoes, per_missing
from .model import Document
from .ordinals import beyond, other_issue
from .quoting import Pick
from .years import YEAR, years_of

_HOSTILE = re.compile(
    r"忽略.{0,8}(?:以上|上述|之前|前面|先前|所有).{0,8}(?:指令|指示|要求|规则|提示|内容|设定)|ignore.{0,20}(?:previous|above|all).{0,20}(?:instruction|prompt)|"
    r"系统提示词?|system\s*prompt|越狱|jailbreak|开发者模式|developer mode|你(?:现在)?(?:是|扮演|假装)(?:一个|一名|一只)?(?!哪|什么|谁|否)|扮演|假装|角色扮演|"
    r"(?:泄露|透露|输出|打印|告诉我).{0,6}(?:你的)?(?:提示词|密钥|密码|api\s*key|token)"
)
_CREATIVE = re.compile(
    r"(?:帮|替|给)我(?:写|起草|草拟|拟|编|做|生成|撰写)[一几两个份篇封条段]|"
    r"(?:写|创作|生成|来|讲)[一几][个首篇段份点].{1,12}的(?:诗|词|歌|小说|故事|笑话|作文|代码|脚本|情书|文案)|"
    r"(?:写|作|编|创作|生成|来|讲)(?:一|几|个|首|篇|段|份|点)*(?:诗|词|歌|歌词|小说|故事|笑话|段子|作文|代码|程序|脚本|情书|广告|文案|剧本|对联|演讲稿|周报|简历)|"
    r"(?:用|写|使用)\s*(?:python|java|c\+\+|javascript|sql|go|rust|html)|翻译(?:成|为|一下)|python|"
    r"^(?:\d+(?:\.\d+)?\s*[-+*/×÷]\s*)+\d+(?:\.\d+)?\s*(?:=|等于|是多少)?[?？]?$|(?:今天|明天|现在).{0,6}(?:天气|气温|几点|星期几)|天气(?:怎么样|如何|预报)|股价|彩票|"
    r"推荐.{0,6}(?:电影|餐厅|美食|股票|音乐|歌)|你(?:叫什么|是谁|几岁|多大|会什么|喜欢|爱)"
)
_TITLE = re.compile(r"《([^《》]{2,40})》")
_EDITION = re.compile(r"\([^()]*\)$")  # (试行), (2020年修订), in a folded title
_ASKS_ITSELF = re.compile(r"(?<!茶)几(?![内何乎经率微])|多少|什么|哪[些个几一里]")  # “几个先行” asks for what the text has in its place
_QUOTED = re.compile(r"[“\"「]([^”\"」]{2,24})[”\"」]")
_NUMERAL = re.compile(r"\d+(?:\.\d+)?")


def out_of_scope(text: str) -> bool:
    """Whether a folded question is no question to the documents at all."""
    return bool(_HOSTILE.search(text) or _CREATIVE.search(text)) or not re.search(r"[a-z\u4e00-\u9fff]|\d{3}", text)


def log_odds(probability: float) -> float:
    """ln(p / (1 − p)); never and always are −∞ and +∞."""
    if probability <= 0 or probability >= 1:
        return math.inf if probability > 0 else -math.inf
    return math.log(probability / (1 - probability))


def lays_down(text: str) -> bool:
    """Whether a text lays something down, rather than count or tell what is."""
    return bool(_RULES.search(fold(text)))


@dataclass(frozen=True, slots=True)
class Support:
    """What the evidence holds of the question; `missing` names what it lacks, "" for nothing."""

    row: Floats  # (len(BASIS),) for the learned judge
    words: Floats  # (question words, len(basis_words.WORD)) for the learned judge
    missing: str
    unheld: bool = False  # a document, a place in a list, a form of figure is asked for, and what is quoted has none

    @property
    def odds(self) -> float:
        """Log-odds that what was picked answers the question, above what is asked of an answer."""
        return shipped().basis.odds(self.row, self.words) - THRESHOLD


THRESHOLD = -1.75  # log-odds an answer needs; on questions the judges never saw 5.0 % of right answers fall below it
NOTHING_NEAR = 0.35  # share of the question's words, by their weight and likeness, in all that was found
_RULES = re.compile(r"应当|应该|必须|不得|可以|禁止|[处罚][^,，。]{0,12}元|罚款|每[人月年日次户亩]|不(?:少|低|超|高|多|大|小)[于过]|标准|期限|有效期|以[上下内]|[日天月年时]内|之日")
SAME_TITLE = 0.8  # share of a title's character pairs from which it is the title asked for
SHORT_TITLE = 4  # character pairs; of a shorter name any text may be meant
# What is sought helps to choose the sentence; of its absence the second judge learned nothing that held for
# documents it had not seen (measured leaving one set out at a time).
_OF_BEST = tuple(at for at, name in enumerate(FEATURES) if name not in SOUGHT)
BASIS = (
    *(f"best_{FEATURES[at]}" for at in _OF_BEST),
    "belief", "second_belief", "entropy", "top_score", "margin", "picked_words", "picked_soft", "picked_weakest", "picked_mean",
    "unit_missing", "figure_missing", "place_missing", "year_missing", "name_missing", "documents",
    "document_words", "absent", "absent_near", "found_soft", "found_weakest", "numeral_missing",
    "place_far", "year_far",
    "gap_picked", "second_gap_picked", "gap_found", "gap_document", "gap_form",
    "gap_near", "names_short", "names_far_short", "form_missing", "per_missing", "only_echoes",
    "place_other", "year_other",
)  # fmt: skip

def support(
    evidence: Evidence, question: str, scores: Floats, belief: Floats, picks: Sequence[Pick], places: Places
) -> Support:
    """What the picked evidence says of the question."""
    quotes = "\n".join(evidence.revisions[p.document].text[start:end] for p in picks for start, end in p.spans)
    asked, found, rows = evidence.asked, evidence.found, evidence.rows
    order = np.argsort(-scores)
    best = int(order[0])
    quoted_of = {pick.document for pick in picks}
    picked = [i for i, c in enumerate(found) if c.document in quoted_of and _inside(c, picks)] or [best]
    weights = np.array([w for _, w in asked.words], np.float32)
    weights = weights / (weights.sum() or 1.0)
    cover = evidence.soft[picked].max(axis=0)  # (words,)
    strong = weights >= 0.5 * weights.max(initial=0.0)
    context = _context(found, picks, picked)
    quoted = " ".join(found[i].text for i in picked)
    place = _place_missing(question, context, places)
    dated = f"{context}\n{_dates(evidence, picks)}"
    year = next((y for y in YEAR.findall(asked.understood.text) if y not in dated), "")
    name = _name_missing(question, context)
    figure = asked.type == "number" and not (asked.shape and asked.shape.search(quoted))
    unit = asked.with_unit is not None and not asked.with_unit.search(quoted)
    row = [
        *rows[best, _OF_BEST],
        float(belief[best]), float(belief[order[1]]) if len(order) > 1 else 0.0,
        float(-(belief * np.log(belief + 1e-9)).sum()), float(scores[best]),
        float(scores[best] - scores[order[1]]) if len(order) > 1 else 5.0,
        float(rows[picked][:, FEATURES.index("words_all")].max()), float(cover @ weights),
        float(cover[strong].min(initial=1.0)), float(cover.mean()) if len(cover) else 0.0,
        float(unit), float(figure), float(bool(place)), float(bool(year)), float(bool(name)),
        float(len({c.document for c in found})) / 10,
        *_absences(evidence, weights, context),
        *_distances(evidence, question, picks, picked, places),
        *_gaps(evidence, picked, context),
        *_forms(evidence, picked, fold(quotes), places),
        other_place(question, found[best], places), float(other_year(asked.understood.text, found[best])),
    ]  # fmt: skip
    outside = _outside(evidence, fold(question), best, picks, fold(quotes), context, places)
    short = _short(evidence, question, picked, fold(quotes), quoted, places)
    missing = outside or name or place or (f"{year}年" if year else "") or short
    nothing_near = row[BASIS.index("found_soft")] < NOTHING_NEAR
    each = _words(evidence, best, picked, fold(quotes), context, places)
    return Support(np.array(row, np.float32), each, missing, bool(outside or short) or nothing_near)


def _words(
    evidence: Evidence, best: int, picked: Sequence[int], quotes: str, context: str, places: Places
) -> Floats:
    """Each word of the question by itself."""
    asked, found = evidence.asked, evidence.found
    quoted = [found[i] for i in picked]
    soft = np.stack([evidence.soft[picked].max(axis=0), evidence.soft[best], evidence.soft.max(axis=0)])
    titles = {c.source.folded_title for c in quoted}
    headings = " ".join([*titles, *(c.head for c in quoted)])
    paragraphs = " ".join(map(_paragraph, quoted))
    stands = Quoted(quotes, paragraphs, headings, context, _formed(asked, quoted), soft)
    return words(asked, stands, lambda word: bool(places(word)), [m.start() for m in WH.finditer(asked.understood.text)])


def _outside(
    evidence: Evidence, question: str, best: int, picks: Sequence[Pick], quotes: str, context: str, places: Places
) -> str:
    """The document, item, batch, name, place or year of the (folded) question that what is quoted is not of; "" for none."""
    cited = [evidence.documents[p.document] for p in picks]
    sentence = evidence.found[best]
    first, near = evidence.documents[sentence.document], _paragraph(sentence)
    year = foreign_year(question, first, near, context)
    return (
        _unheld(question, cited, context, places) or beyond(question, quotes, context)
        or other_issue(question, fold("\n".join(d.title for d in cited)), context) or _name_unheld(question, context)
        or foreign_place(question, first, near, places) or (f"{year}年" if year else "") or other_namesake(question, _about(first, near))
        or other_sort(question, quotes, near)
    )  # fmt: skip


def _about(document: Document, near: str) -> str:
    """What stands around words quoted, with who issued them: of a town's notice all is about the town."""
    return f"{fold(f'{document.issuer or str()} {document.title}')} {near}"


def _short(
    evidence: Evidence, question: str, picked: Sequence[int], quotes: str, quoted: str, places: Places
) -> str:
    """The form of figure that the quotes lack, or the place that their figures are not of; "" for none.

    A rule holds in every place of the region it is made for.
    """
    asked = evidence.asked
    if asked.form and not has_form(asked.form, quotes) and needed_form(asked.form):
        return needed_form(asked.form)
    counts = asked.type in ("number", "date") and not _RULES.search(quoted)
    return _far_place(evidence, question, picked, places) if counts else ""


def _distances(
    evidence: Evidence, question: str, picks: Sequence[Pick], picked: Sequence[int], places: Places
) -> tuple[float, float]:
    """Whether a place or year of the question stands neither in the paragraphs quoted nor above them."""
    near = " ".join([*(_paragraph(evidence.found[i]) for i in picked), _dates(evidence, picks)])
    far = _far_place(evidence, question, picked, places)
    return float(bool(far)), float(any(year not in near for year in YEAR.findall(evidence.asked.understood.text)))


def _far_place(evidence: Evidence, question: str, picked: Sequence[int], places: Places) -> str:
    """A place of the question that the documents quoted are not about and that stands nowhere near the quotes."""
    near = " ".join(_paragraph(evidence.found[i]) for i in picked)
    known: set[str] = set()
    for document in {evidence.found[i].document for i in picked}:
        known |= places_about(evidence.documents[document], places)
    return next((name for name, region in places(question) if region not in known and not _speaks_of(near, region, places)), "")


def other_place(question: str, sentence: Candidate, places: Places) -> float:
    """Whether a sentence speaks of another place than the question; ½ where of a wider one.

    A sentence without a place speaks of the last one named before it in its line.
    """
    wanted = {region for _, region in places(question)}
    if not wanted:
        return 0.0
    named = [region for _, region in places(sentence.text)] or [region for _, region in places(_opening(sentence))][-1:]
    if not named or any(region in wanted or wanted & places.wider(region) for region in named):
        return 0.0
    return 0.5 if all(region in places.wider(w) for region in named for w in wanted) else 1.0


def other_year(question: str, sentence: Candidate) -> bool:
    """Whether a sentence gives years, and none of those of the (folded) question."""
    wanted, said = YEAR.findall(question), YEAR.findall(sentence.text)
    return bool(wanted) and bool(said) and not set(wanted) & set(said)


def _opening(c: Candidate) -> str:
    """What stands in a sentence's line before it."""
    folded, start = c.source.folded, c.span[0]
    return folded[folded.rfind("\n", 0, start) + 1 : start]


def _gaps(evidence: Evidence, picked: Sequence[int], context: str) -> tuple[float, ...]:
    """The telling words that what is quoted, what was found, and the documents lack, by their own weight.

    Not as shares: one telling word without a counterpart makes a near miss however long the
    question is. The last is the gap in the clause that has the form asked for.
    """
    asked = evidence.asked
    if not asked.words:
        return 0.0, 0.0, 0.0, 0.0, 0.0
    weights = np.array([w for _, w in asked.words], np.float32) / TELLING_WEIGHT
    there = np.array([word in context for word, _ in asked.words], np.float32)
    of_picked = np.sort(weights * (1 - evidence.soft[picked].max(axis=0)))[::-1]
    nearest = evidence.soft.max(axis=0)
    clause = _formed(asked, [evidence.found[i] for i in picked])
    lacking = [w for (word, _), w in zip(asked.words, weights, strict=True) if clause and word not in clause]
    return (
        float(of_picked[0]), float(of_picked[1]) if len(of_picked) > 1 else 0.0,
        float((weights * (1 - nearest)).max()), float((weights * (1 - np.maximum(there, nearest))).max()),
        float(max(lacking, default=0.0)),
    )  # fmt: skip


def _forms(evidence: Evidence, picked: Sequence[int], quotes: str, places: Places) -> tuple[float, ...]:
    """The telling word nearest the question word that is lacking, and whether the quotes have too few
    names, no figure of the form or measure asked for, or none but those of the question."""
    asked = evidence.asked
    cover = evidence.soft[picked].max(axis=0)
    near = np.array(asked.near, np.float32) / TELLING_WEIGHT
    wanted, given = names_wanted(asked.understood.text), names_given(quotes)
    question = asked.understood.text
    formless = bool(asked.form) and not has_form(asked.form, quotes) and not (asked.form == "city" and places(quotes))
    return (
        float((near * (1 - cover)).max(initial=0.0)), float(given < wanted),
        float(wanted > 2 and given < wanted - 1), float(formless),
        float(per_missing(question, quotes)), float(asked.type == "number" and only_echoes(question, quotes)),
    )  # fmt: skip


def _formed(asked: Asked, quoted: Sequence[Candidate]) -> str:
    """The clauses with a figure, day or whatever form is asked for, with what stands above them; "" for none."""
    if not asked.form and (asked.shape is None or asked.type not in ("number", "date")):
        return ""
    found = []
    for c in quoted:
        clauses = re.split(r"[，,；;：:。！？\n]", c.text)
        found += [f"{c.head} {' '.join(clauses[max(0, i - 1) : i + 1])}" for i, x in enumerate(clauses) if asked.formed(x)]
    return " ".join(found)


def _paragraph(c: Candidate) -> str:
    """The line a sentence stands in, with its headings."""
    folded, (start, end) = c.source.folded, c.span
    first = folded.rfind("\n", 0, start) + 1
    last = folded.find("\n", end)
    return f"{c.head} {folded[first : last if last >= 0 else len(folded)]}"


def _absences(evidence: Evidence, weights: Floats, context: str) -> tuple[float, ...]:
    """How far the documents quoted, and all that was found, lack the question's words."""
    asked = evidence.asked
    near = np.array(asked.near, np.float32)
    near = near / (near.sum() or 1.0)
    there = np.array([word in context for word, _ in asked.words], np.float32)
    nearest = evidence.soft.max(axis=0)
    gap = (1 - there) * (1 - nearest)
    strong = weights >= 0.5 * weights.max(initial=0.0)
    numerals = [n for n in _NUMERAL.findall(asked.understood.text) if n not in context]
    return (
        float(there @ weights), float((gap * weights).max(initial=0.0)), float((gap * near).max(initial=0.0)),
        float(nearest @ weights), float(nearest[strong].min(initial=1.0)), float(bool(numerals)),
    )  # fmt: skip


def _inside(c: Candidate, picks: Sequence[Pick]) -> bool:
    sentence = c.source.reading.sentences[c.index]
    return any(
        p.document == c.document and start <= sentence.start and sentence.end <= end
        for p in picks
        for start, end in p.spans
    )


def _context(found: Sequence[Candidate], picks: Sequence[Pick], picked: Sequence[int]) -> str:
    """Everything said by the documents quoted: names may stand anywhere in them."""
    wanted = {p.document for p in picks}
    texts = {c.document: f"{c.source.folded_title}\n{c.source.folded}" for c in found if c.document in wanted}
    return "\n".join(texts.values())


def _dates(evidence: Evidence, picks: Sequence[Pick]) -> str:
    """When the documents quoted were issued and take effect, and by what 文号: 2020年那份细则 is one of 2020.
    One that its title dates otherwise is of that year only."""
    quoted = [evidence.documents[i] for i in {p.document for p in picks}]
    quoted = [d for d in quoted if not years_of(fold(d.title))]
    return "\n".join(f"{d.issued or ''} {d.effective or ''} {d.number or ''}" for d in quoted)


def _place_missing(question: str, context: str, places: Places) -> str:
    """A place the question names and the quoted documents never do."""
    for name, region in places(question):
        if not _speaks_of(context, region, places):
            return name
    return ""


def _speaks_of(text: str, region: str, places: Places) -> bool:
    return any(name in text for name in places.names(region))


def _name_missing(question: str, context: str) -> str:
    for pattern in (_TITLE, _QUOTED):
        for name in pattern.findall(question):
            if name.lower() in context or (pattern is _QUOTED and _ASKS_ITSELF.search(name)):
                continue
            return f"《{name}》" if pattern is _TITLE else f"“{name}”"
    return ""


_PROPER = re.compile(r"(?!.*[的了可能是不把被将先为])[\u4e00-\u9fff]{4,16}")


def _name_unheld(question: str, context: str) -> str:
    """A name of at least four characters in quotation marks that the documents quoted never say; "" for none."""
    for name in _QUOTED.findall(question):
        if _PROPER.fullmatch(name) and name not in context:
            return f"“{name}”"
    return ""


def _unheld(question: str, quoted: Sequence[Document], context: str, places: Places) -> str:
    """A document that the (folded) question names by title or 文号 and that is neither quoted nor spoken of
    by what is; "" for none. A title may be given a little differently, but not that of another place."""
    for name in _TITLE.findall(question):
        wanted = set(pairwise(_EDITION.sub("", name)))
        if len(wanted) < SHORT_TITLE or name in context:
            continue
        where = {region for _, region in places(name)}
        if not any(
            len(wanted & set(pairwise(fold(d.title)))) >= SAME_TITLE * len(wanted)
            and (not where or where & (places_about(d, places) or where))
            for d in quoted
        ):
            return f"《{name}》"
    numbers = {number for _, _, number in find_numbers(question)}
    said = {d.number for d in quoted}
    if numbers and not numbers & said and not numbers & {number for _, _, number in find_numbers(context)}:
        return min(numbers)
    return ""


__all__ = ["BASIS", "Support", "other_place", "other_year", "out_of_scope", "support"]
