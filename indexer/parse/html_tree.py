"""An HTML page as a small tree of plain objects, whatever the page looks like."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from selectolax.lexbor import LexborHTMLParser

from .raised import raised

_DROPPED = frozenset(
    [
        "script",
        "style",
        "noscript",
        "template",
        "svg",
        "math",
        "object",
        "embed",
        "iframe",
        "applet",
        "head",
        "title",
        "meta",
        "link",
        "base",
        "input",
        "button",
        "select",
        "option",
        "textarea",
        "canvas",
        "audio",
        "video",
        "map",
        "area",
        "datalist",
        "dialog",
        "del",
        "s",
        "strike",
    ]
)
_STRUCK = re.compile(r"text-decoration(-line)?\s*:[^;]*\bline-through", re.IGNORECASE)
_NOTED = {"h1": 1, "h2": 2, "h3": 4, "table": 8, "ul": 16, "ol": 32}
_WORDY = frozenset(("div", "section", "article", "main", "table", "td", "p", "dl", "pre", "blockquote"))
_DEEPEST_TAGS = 500  # levels of nested tags given to the parser
_NESTING = re.compile(  # tags that a browser never closes by itself
    r"<(/?)(?:div|span|font|section|article|main|ul|ol|dl|table|blockquote|center|form|b|i|u|em|strong|a|big"
    r"|small|code|nobr|tt|s|strike|ruby|button|fieldset|details|figure|header|footer|nav|aside|[a-z]+[-:][a-z]*"
    r"|svg|math|template|object|select|pre|label|sub|sup|ins|del|q|cite)\b[^>]*>",
    re.IGNORECASE,
)
_DEEPEST = 120  # levels kept; what is nested deeper hangs on the last of them


@dataclass(slots=True, eq=False)
class Element:
    """One element; `kids` in order are strings (text) and elements."""

    tag: str
    attributes: dict[str, str]
    kids: list[Element | str] = field(default_factory=list)
    size: int = 0  # non-blank characters inside
    linked: int = 0  # of these, inside links
    links: int = 0
    marks: int = 0  # sentence marks inside
    plain: bool = False  # whether a block inside has words of its own, not links
    holds: int = 0  # bits of _NOTED: which of those tags are inside, itself included

    @property
    def hints(self) -> str:
        """Class and id, lower case."""
        return f"{self.attributes.get('class', '')} {self.attributes.get('id', '')}".lower()

    @property
    def elements(self) -> list[Element]:
        return [kid for kid in self.kids if isinstance(kid, Element)]

    def first(self, tag: str) -> Element | None:
        """The first element of that tag, in document order."""
        stack: list[Element] = [self]
        while stack:
            element = stack.pop()
            if element.tag == tag:
                return element
            stack.extend(reversed(element.elements))
        return None

    def has(self, *tags: str) -> bool:
        """Whether one of these tags (of `_NOTED`) is inside, itself included."""
        return any(self.holds & _NOTED[tag] for tag in tags)

    def text(self) -> str:
        """All text inside, as it stands."""
        parts: list[str] = []
        stack: list[Element | str] = [self]
        while stack:
            node = stack.pop()
            if isinstance(node, str):
                parts.append(node)
            else:
                stack.extend(reversed(node.kids))
        return "".join(parts)


def build(html: str) -> tuple[Element, str, dict[str, str]]:
    """(root, page title, meta name → content) of a page; scripts, styles, controls and struck words left out."""
    tree = LexborHTMLParser(_shallow(html))
    root = Element("html", {})
    title, meta = "", {}
    if (node := tree.css_first("title")) is not None:
        title = node.text().strip()
    for node in tree.css("meta[name]"):
        attributes = node.attributes
        meta[str(attributes.get("name") or "").lower()] = str(attributes.get("content") or "").strip()
    if tree.root is not None:
        _copy(tree.root, root)
    measure(root)
    return root, title, meta


def _shallow(html: str) -> str:
    """The page without the tags that open beyond a depth no real page has: the parser's time grows
    with the square of the depth."""
    depth = deepest = 0
    for match in _NESTING.finditer(html):
        depth = max(0, depth - 1) if match[1] else depth + 1
        deepest = max(deepest, depth)
    if deepest <= _DEEPEST_TAGS:
        return html
    depth = 0

    def kept(match: re.Match[str]) -> str:
        nonlocal depth
        if match[1]:
            depth = max(0, depth - 1)
            return match[0] if depth < _DEEPEST_TAGS else ""
        depth += 1
        return match[0] if depth <= _DEEPEST_TAGS else ""

    return _NESTING.sub(kept, html)


def _copy(top: Any, root: Element) -> None:
    """Copy the parser's tree below `top` without recursion."""
    stack: list[tuple[Any, Element, int]] = [(top.child, root, 0)]
    while stack:
        node, parent, depth = stack.pop()
        while node is not None:
            tag = node.tag
            if tag == "-text":
                words = node.text_content or ""
                parent.kids.append(raised(words) if parent.tag == "sup" else words)
            elif tag and tag[0].isalpha() and tag not in _DROPPED and not _unseen(node):
                element = Element(tag, {k: v or "" for k, v in node.attributes.items()})
                parent.kids.append(element)
                if (child := node.child) is not None:
                    stack.append((node.next, parent, depth))
                    node, parent, depth = child, element if depth < _DEEPEST else parent, depth + 1
                    continue
            node = node.next


def _unseen(node: Any) -> bool:
    """Struck out, or hidden by the page's author."""
    return bool(_STRUCK.search(_style(node))) or node.attributes.get("hidden", "no") in ("", None, "hidden", "true")


def _style(node: Any) -> str:
    return node.attributes.get("style") or ""


def measure(root: Element) -> None:
    """Fill in sizes bottom-up."""
    order: list[Element] = []
    stack = [root]
    while stack:
        element = stack.pop()
        order.append(element)
        stack.extend(element.elements)
    for element in reversed(order):
        element.size = element.linked = element.links = element.marks = 0
        element.holds = _NOTED.get(element.tag, 0)
        element.plain = False
        for kid in element.kids:
            if isinstance(kid, str):
                element.size += len(kid) - sum(map(str.isspace, kid))
                element.marks += sum(map(kid.count, "。；，、"))
            else:
                element.size += kid.size
                element.linked += kid.linked
                element.links += kid.links
                element.marks += kid.marks
                element.holds |= kid.holds
                element.plain |= kid.plain
        if element.tag == "a" and element.attributes.get("href"):
            element.linked, element.links = element.size, 1
        if element.tag in _WORDY and element.size >= 8 and element.linked < 0.3 * element.size:
            element.plain = True
