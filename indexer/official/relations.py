"""What a document does to others: repeals, replaces, amends, implements, explains them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from itertools import islice

from indexer.official.dates import find_dates
from indexer.official.extensions import extends
from indexer.official.lists import repeal_list
from indexer.official.names import core
from indexer.official.naming import named, sentences
from indexer.official.repeals import inline_lists, repeals, scope_after
from indexer.official.standards import replaced
from indexer.official.succession import runs_until, succeeds
from kb.model import Field, Relation, Span

LIMIT = 2000  # relations kept of one document
_AMENDS = re.compile(
    r"(?:作(?:出|了)?(?:如下|以下|相应)?(?:修改|修订|修正)|作(?:出|了)?(?:如下|以下)(?:调整|变更)|(?:进行|予以|作出)(?:如下|以下|部分"
    r"|相应)?(?:修改|修订|调整)|修改(?:为|如下|内容如下)|修改《|修订《|修正《"
    r"|(?:事项|内容|要求|条款|政策|标准|期限|条件)(?:作|进行|予以)?(?:调整|变更|修改|修订|补充)(?:通知)?如下)"
)
_IMPLEMENTS = re.compile(
    r"根据|依据|依照|按照|贯彻落实|为贯彻|为落实|为深入贯彻|贯彻实施|为了实施|为实施|遵照|落实"
)
_MAKES = re.compile(
    r"制定(?:本|了|《)|制订(?:本|了|《)|特制定|特制订|提出(?:以下|如下|本)|现(?:提出|就|将|印发)"
    r"|通知如下|作如下|本决定|本规定|结合[^。]{1,20}实际"
)
_HYPOTHETICAL = re.compile(
    r"修改(?:、|或者|或|和)(?:宣布失效|废止)|废止(?:、|或者|或|和)修改|及时修改|可以修改"
)
_LISTS = re.compile(r"废止|宣布失效|清理|停止执行|停止施行|失效|作废")
_CHANGES = re.compile(r"关于(?:修改|修订|修正|(?:调整|变更|完善|补充)(?=《[^》]+》(?:有关|部分|相关|若干|第|附件|中)))")
_ENDS = re.compile(r"关于(?:公布|宣布|决定)?(?:废止|停止执行|停止施行|宣布|撤销)[^修改]*$")  # before a name in a title
_NOT_TARGET = re.compile(r"(?:根据|依据|按照|依照|遵照|参照|执行|适用|按)[^，。；》]{0,12}$")
_READING = re.compile(r"解读|图解|一图读懂|问答|答记者问|起草说明|政策说明")
_TAIL_READING = re.compile(
    r"(?:的)?(?:政策|文字|图文|专家|有关|相关|起草)*(?:解读|图解|说明|问答|答记者问).*$"
    r"|^一图读懂[：:]?|^图解[：:]?|^(?:政策|文字|图文)?解读[：:丨|]?"
)


def _amends(text: str, title: Field) -> Iterator[Relation]:
    """`关于修改《X》的决定`, `对《X》作如下修改`."""
    if _CHANGES.search(title.value) and title.span:
        for item in named(text, title.span.start, title.span.end):
            yield Relation("amends", item.title, item.number, title.span)
        if "《" not in title.value:
            bare = re.search(r"关于(?:修改|修订|修正)(.{4,60}?)的(?:决定|通知|公告)", title.value)
            if bare and "部分" not in bare.group(1) and "等" not in bare.group(1):
                yield Relation("amends", bare.group(1).strip("〈〉<>"), "", title.span)
    for left, right in sentences(text, ("修改", "修订", "修正", "调整", "变更如下", "补充")):
        sentence = text[left:right]
        if "《" not in sentence or right - left > 1500:
            continue
        verb = _AMENDS.search(sentence)
        if (
            verb is None
            or _HYPOTHETICAL.search(sentence)
            or re.search(r"通过|会议|修正》?\s*[）)]?$", sentence[:80])
        ):
            continue
        if re.search(r"如下|以下|部分|作(?:出|了)?(?:相应)?修|修改为", verb.group()):
            for item in named(text, left, left + verb.start()):
                before = text[max(left, item.start - 14) : item.start]
                if (
                    item.title
                    and not _NOT_TARGET.search(before)
                    and re.search(r"(?:对|将)[^，。；]{0,14}$|[、和》）]$|^[\s　]*$", before)
                    and not item.title.startswith("关于修改")
                ):
                    yield Relation("amends", item.title, item.number, Span(item.start, left + verb.end()))


_DELETED = re.compile(r"(?:删去|删除)(?P<articles>第[一二三四五六七八九十百零\d]+条(?:之[一二三四五六七八九十])?(?:[、，和及至](?:第[一二三四五六七八九十百零\d]+条))*)(?=[。；，,;\s]|$)")
_DELETED_OF = re.compile(r"(?:删去|删除)(?=《)")


def _deletes(text: str, title: Field) -> Iterator[Relation]:
    """`删去第五条` in a decision that amends one document, `删除《X》第二条`: those articles are no more."""
    if _CHANGES.search(title.value) and title.span:
        items = named(text, title.span.start, title.span.end)
        for said in _DELETED.finditer(text, title.span.end) if len(items) == 1 else ():
            yield Relation("repeals", items[0].title, items[0].number, Span(said.start(), said.end()), said["articles"])
    for verb in _DELETED_OF.finditer(text):
        end = min([at for mark in "。；\n" if (at := text.find(mark, verb.end())) >= 0], default=len(text))
        for item in named(text, verb.end(), end)[:1]:
            scope = scope_after(text, item.end, end)
            if scope:
                yield Relation("repeals", item.title, item.number, Span(verb.start(), end), scope)


_ENDS_THEN = re.compile(r"(?:自|从|于)(?P<day>[^，。；《》]{6,16}?)起?[，,]?(?:正式|予以)?(?:废止|停止(?:执行|施行|实施)|不再(?:执行|施行|适用)|失效)")


def _only_day(text: str, begin: int) -> date | None:
    """The day from which a decision ends what its title names, where its text gives one."""
    days = {found[0].day for said in _ENDS_THEN.finditer(text, begin) if (found := list(find_dates(text, *said.span("day"))))}
    return days.pop() if len(days) == 1 else None


def _ends_of(relation: Relation) -> set[tuple[str, str]]:
    """What a relation ends, by title and by 文号, each with the part that is meant; nothing if it ends nothing."""
    if relation.type not in ("repeals", "supersedes"):
        return set()
    return {(name, relation.scope) for name in (core(relation.title), relation.number) if name}


def _implements(text: str, begin: int) -> Iterator[Relation]:
    """The documents that the opening sentences name as their ground."""
    window = min(len(text), begin + 2500)
    for left, right in sentences(text[:window], ("根据", "依据", "依照", "按照", "落实", "贯彻", "实施")):
        if left < begin - 1 or right - left > 1200:
            continue
        sentence = text[left:right]
        ground = _IMPLEMENTS.search(sentence)
        makes = _MAKES.search(sentence)
        if ground is None or makes is None or makes.start() < ground.start():
            continue
        for item in named(text, left + ground.end(), left + makes.start()):
            if item.title:
                yield Relation("implements", item.title, item.number, Span(item.start, item.end))


def _interprets(text: str, title: Field) -> Iterator[Relation]:
    """解读 of a policy: the policy named in the title, else the first ones named with a 文号."""
    span = title.span
    if span is not None:
        items = [x for x in named(text, span.start, span.end) if x.title]
        for item in items:
            yield Relation("interprets", item.title, item.number, span)
        if items:
            return
        bare = re.sub(r"^关于", "", _TAIL_READING.sub("", title.value)).strip("”“\"' ")
        if len(bare) >= 6:
            yield Relation("interprets", core(bare), "", span)
        return
    quoted = re.search(r"《(.+)》", title.value)
    name = quoted.group(1) if quoted else _TAIL_READING.sub("", title.value).strip()
    for words in (name, core(name), re.sub(r"^.*?(?=关于)", "", name)):
        at = text.find(words) if len(words) >= 4 else -1
        if at >= 0:
            yield Relation("interprets", name, "", Span(at, at + len(words)))
            return
    for item in named(text, 0, min(len(text), 600)):
        if item.title and (item.title in name or name in item.title):
            yield Relation("interprets", item.title, item.number, Span(item.start, item.end))
            return


def read_relations(text: str, title: Field) -> tuple[Relation, ...]:
    """Every relation with the span that states it; the same one is given once."""
    begin = title.span.end if title.span else 0
    if _READING.search(title.value):  # it tells what another text does, and does nothing itself
        return tuple(_interprets(text, title))
    found: list[Relation] = []
    if _LISTS.search(title.value) and re.search(r"决定|通知|公告|目录|清单|通告|公布|结果", title.value):
        found += islice(repeal_list(text, title.value, begin), LIMIT)
        if title.span:
            day = _only_day(text, begin)
            found += [
                Relation("repeals", x.title, x.number, title.span, scope_after(text, x.end, title.span.end), day)
                for x in named(text, title.span.start, title.span.end)
                if _ENDS.search(text[title.span.start : x.start])
            ]
    found += islice(inline_lists(text), LIMIT)
    found += islice(repeals(text), LIMIT)
    found += islice(_amends(text, title), LIMIT)
    found += islice(_deletes(text, title), LIMIT)
    found += islice(replaced(text), LIMIT)
    found += islice(succeeds(text), LIMIT)
    found += islice(runs_until(text), LIMIT)
    found += _implements(text, begin)
    found += islice(extends(text, title), LIMIT)
    dated = {end for relation in found if relation.day is not None for end in _ends_of(relation)}
    whole = {(relation.type, relation.number, relation.scope) for relation in found if relation.title}
    kept: dict[tuple[str, str, str, str], Relation] = {}
    for relation in found:
        if relation.day is None and not dated.isdisjoint(_ends_of(relation)):
            continue  # the title says what, a sentence when
        if len(relation.title) < 3 and not relation.number:
            continue
        if not relation.title and (relation.type, relation.number, relation.scope) in whole:
            continue  # the same 文号, told with its title
        kept.setdefault((relation.type, relation.title, relation.number, relation.scope), relation)
    return tuple(kept.values())[:LIMIT]
