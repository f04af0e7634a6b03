"""The cover of a technical standard: its number, its two dates, the standard it replaces."""

from __future__ import annotations

import re
from collections.abc import Iterator

from indexer.official.dates import find_dates
from indexer.official.signature import Signed
from kb.fold import find_numbers
from kb.model import Field, Relation, Span

_NUMBER = (
    r"(?:GB|DB\d{2}|JGJ|CJJ|TB|JT|HJ|NY|SB|LY|WS|MZ|CECS|T/[A-Z]{2,8})(?:/T|/Z)?[ 　]?\d{1,6}(?:\.\d+)?"
    r"(?:[/／]T)?[ 　]*[-—–－]+[ 　]*\d{4}"
)
_ALONE = re.compile(rf"^[ 　\t#>]*(?:标准号[：:][ 　]*)?({_NUMBER})[ 　\t]*$", re.MULTILINE)
_REPLACES = re.compile(
    rf"本(?:标准|文件|规范|规程|导则|办法|规定|细则|条例|通知|意见|方案)(?:全部|部分)?(?:代替|替代|取代)(?:了)?[ 　]*({_NUMBER})?"
    r"[ 　]*(?:《([^《》\n]{2,80})》)?(?:[（(]([^（()）\n]{4,40})[）)])?"
)
HEAD = 1500


def spelled(number: str) -> str:
    """One spelling of a standard number: `GB/T9704-2012` → `GB/T 9704—2012`."""
    compact = re.sub(r"[-—–－]+", "—", re.sub(r"[ 　]+", "", number))
    return re.sub(r"^([A-Z/]+(?:\d{2}(?=/))?(?:/T|/Z)?)(?=\d)", r"\1 ", compact)


def is_standard(number: str) -> bool:
    """Is this the number of a technical standard rather than a 文号?"""
    return re.fullmatch(_NUMBER, number.strip()) is not None


def standard_number(text: str) -> Field | None:
    """The number that stands alone on a line of the cover."""
    match = _ALONE.search(text, 0, min(len(text), HEAD))
    return Field(spelled(match.group(1)), Span(*match.span(1))) if match else None


def cover_dates(text: str) -> Signed | None:
    """`2012-06-29发布　2012-07-01实施`, on one line or two."""
    if "实施" not in text[:HEAD] or "发布" not in text[:HEAD]:
        return None
    days = list(find_dates(text, 0, min(len(text), HEAD)))
    said = {text[d.span.end : d.span.end + 6].strip()[:2]: d for d in reversed(days)}
    if "发布" not in said or "实施" not in said:
        return None
    return Signed(said["发布"], (), (said["发布"],), said["实施"])


def replaced(text: str) -> Iterator[Relation]:
    """`本标准代替GB/T 9704—1999《…》`, in the preface."""
    if "代替" not in text and "替代" not in text:
        return
    for match in _REPLACES.finditer(text):
        number, title = match.group(1), match.group(2)
        beside = find_numbers(match.group(3) or "")
        if number or title:
            given = spelled(number) if number else beside[0][2] if beside else ""
            yield Relation("supersedes", title or "", given, Span(*match.span()))
