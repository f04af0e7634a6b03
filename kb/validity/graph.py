"""The graph of all documents: who repeals, amends or replaces whom.

A relation names its target by 文号, by title, or both; a name meets a document when the numbers agree
or, where one of them has none, when the titles share a key (see `titles`). A text never repeals itself,
a text younger than the repeal, or the norm of another region that happens to bear the same name.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, MutableMapping, Sequence
from datetime import date
from functools import lru_cache

from kb.fold import bracket_number
from kb.model import Relation

from .facts import Facts, Incoming, Verdict
from .rules import status_of
from .titles import plain, title_keys, version_key

NATION = "国家"
_DECIDING = frozenset({"repeals", "supersedes", "amends", "extends"})


class _Names:
    """Documents by 文号 and by title key."""

    def __init__(self, facts: Iterable[Facts]) -> None:
        self.by_number: dict[str, list[Facts]] = defaultdict(list)
        self.by_title: dict[str, list[Facts]] = defaultdict(list)
        for f in facts:
            if f.number and _number(f.number):
                self.by_number[_number(f.number)].append(f)
            for key in title_keys(f.title):
                self.by_title[key].append(f)

    def meant(self, source: Facts, relation: Relation) -> list[Facts]:
        """The documents a relation is aimed at; usually one, none where it is not in the collection."""
        number = _number(relation.number) if relation.number else ""
        if number and number in self.by_number:
            numbered = [f for f in self.by_number[number] if _may_reach(source, f, named=False)]
            if numbered:
                return numbered
        found: dict[str, Facts] = {}
        for key in title_keys(relation.title) if relation.title else ():
            for f in self.by_title.get(key, ()):
                if _differ(number, f.number):
                    continue
                if _may_reach(source, f, named=True) and (_specific(key, f) or _same_house(source, f)):
                    found.setdefault(f.id, f)
            if found:
                break
        return list(found.values())


@lru_cache(maxsize=100_000)
def _number(number: str) -> str:
    """One spelling of a 文号; "" for 公告第5号 and the like, which every body issues."""
    spelled = bracket_number(number)
    return "" if re.match(r"(?:公告|令|第|\d)", spelled) else spelled


def _differ(a: str, b: str) -> bool:
    """Are two 文号 surely those of two documents? 令 numbers are not: 市政府令第5号 has longer forms."""
    one, other = _number(a) if a else "", _number(b) if b else ""
    return "〔" in one and "〔" in other and "令" not in one + other and one != other


def _specific(key: str, target: Facts) -> bool:
    """Does a key tell the document apart? 关于做好…工作的通知 without its issuer does not."""
    return not key.startswith("关于") or (plain(target.title) == key and bool(target.region or target.issuer))


def _same_house(source: Facts, target: Facts) -> bool:
    if source.issuer and target.issuer and source.issuer == target.issuer:
        return True
    return bool(source.region and source.region == target.region)


_OFFICE = re.compile(r"(?:局|厅|委员?会?|办公室|部|署|处|中心|队|院)$")
_MARK = re.compile(r"^[^〔\[（(\d]+")


def _two_houses(a: Facts, b: Facts) -> bool:
    """Are two texts of one name those of two offices (甬应急, 甬交)? Each may have its own 举报奖励办法."""
    if not (_OFFICE.search(a.issuer) and _OFFICE.search(b.issuer)) or a.issuer == b.issuer:
        return False
    if a.issuer in b.issuer or b.issuer in a.issuer or re.search(r"人民代表大会|人大", a.issuer + b.issuer):
        return False
    marks = [m[0] if (m := _MARK.match(_number(f.number))) else "" for f in (a, b)]
    return not (marks[0] and marks[0] == marks[1])


def _compatible(a: Facts, b: Facts) -> bool:
    """Could the two belong to one line of norms? Regions, where both are known, must agree."""
    return not a.region or not b.region or a.region.endswith(b.region) or b.region.endswith(a.region)


def _may_reach(source: Facts, target: Facts, named: bool) -> bool:
    """May `source` end or change `target`? Not itself, nothing younger than its own first day; and,
    where only a title names the target, no text of an unrelated region and none of a higher body."""
    if source.id == target.id:
        return False
    if named and not _compatible(source, target) and not _wide(source.region):
        return False
    if named and _above(target.region, source.region):
        return False
    first = source.effective or source.issued
    if first and target.issued:
        return target.issued <= first
    return not version_key(source.title) or version_key(source.title) != version_key(target.title)


def _above(one: str, other: str) -> bool:
    """Is one region wider than another that may lie in it? What a ministry made no city repeals."""
    if not one or not other or one == other:
        return False
    return one == NATION or other.startswith(one)


def _wide(region: str) -> bool:
    """A region that others lie in: the country, a province, a municipality."""
    return (
        region == NATION
        or region.endswith(("省", "自治区"))
        or region[:2] in ("北京", "天津", "上海", "重庆")
    )


def incoming(facts: Sequence[Facts]) -> dict[str, list[Incoming]]:
    """`{document id: relations that repeal, replace or amend it}` over the whole collection."""
    names = _Names(facts)
    found: dict[str, list[Incoming]] = defaultdict(list)
    for source in facts:
        for relation in source.relations:
            if relation.type in _DECIDING:
                for target in names.meant(source, relation):
                    found[target.id].append(Incoming(source, relation))
    return found


def _families(facts: Sequence[Facts]) -> dict[str, list[Facts]]:
    """Texts of one norm by version key, and documents that share 文号 and title."""
    families: dict[str, list[Facts]] = defaultdict(list)
    for f in facts:
        key = version_key(f.title)
        if key:
            families[key].append(f)
        elif f.number and _number(f.number):
            families[f"{_number(f.number)} {plain(f.title)}"].append(f)
    return {key: members for key, members in families.items() if len(members) > 1}


def _later(facts: Sequence[Facts]) -> dict[str, list[Facts]]:
    """`{document id: later texts of the same norm}`; undated texts take no part."""
    found: dict[str, list[Facts]] = {}
    for members in _families(facts).values():
        for old in members:
            newer = [
                new for new in members
                if new.issued and old.issued and new.issued > old.issued and _compatible(new, old)
                and not _two_houses(new, old)
            ]  # fmt: skip
            if newer:
                found[old.id] = newer
    return found


def resolve(
    facts: Sequence[Facts], as_of: date | None = None, only: Iterable[str] | None = None,
    alone: MutableMapping[str, tuple[Facts, Verdict]] | None = None,
) -> Mapping[str, Verdict]:  # fmt: skip
    """The status of every document (or of those in `only`) on `as_of`, today where None.

    `alone` keeps, for another call on the same day, the verdicts on documents that no other touches: they
    follow from the document's own facts.
    """
    day = as_of or date.today()
    aimed, later = incoming(facts), _later(facts)
    wanted = None if only is None else set(only)
    kept = {} if alone is None else alone

    def verdict(f: Facts) -> Verdict:
        if f.id in aimed or f.id in later:
            return status_of(f, aimed.get(f.id, ()), day, later.get(f.id, ()))
        known = kept.get(f.id)
        if known is None or known[0] is not f:
            known = kept[f.id] = (f, status_of(f, (), day))
        return known[1]

    return {f.id: verdict(f) for f in facts if wanted is None or f.id in wanted}


def affected(changed: Facts, facts: Sequence[Facts]) -> set[str]:
    """The documents whose status may change when `changed` comes, changes or goes: itself, the ones it
    speaks of, the ones that speak of it, and the other texts of its norm."""
    names = _Names(facts)
    touched = {changed.id}
    for relation in changed.relations:
        touched |= {f.id for f in names.meant(changed, relation)}
    key = version_key(changed.title)
    for f in facts:
        if key and version_key(f.title) == key:
            touched.add(f.id)
    return touched
