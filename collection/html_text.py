"""The one way from HTML to text: what a reader of the page sees, and nothing else.

Redaction and display both use this text and nothing but it, so that no sentence can be in the
one and not in the other. A page that a parser could choke on, or read otherwise than a browser,
is refused rather than half read.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from selectolax.lexbor import LexborHTMLParser, LexborNode

from collection.limits import MAX_NESTING, MAX_PAGE, MAX_TAG_PARTS, MAX_TAGS
from collection.strict_json import whole
from models.errors import InputError

_DATA: Final = re.compile(r"""data:[^"'\s>)]{64,}""")
_START: Final = re.compile(r"<(?=[A-Za-z])")
_PARTS: Final = re.compile(r"""[\s/"']""")
# An unclosed <b> is opened again in every following paragraph: n of them in n paragraphs make
# n * n nodes. As elements of other names they format nothing, and so cost nothing.
_FORMATTING: Final = re.compile(
    r"<(/?)(a|b|big|code|em|font|i|nobr|s|small|strike|strong|tt|u)(?=[\s/>])", re.IGNORECASE
)

_UNSEEN: Final = frozenset(
    {
        *("script", "style", "template", "noscript", "head", "title", "meta", "link", "base"),
        *("iframe", "object", "embed", "applet", "audio", "video", "canvas", "datalist"),
        *("noembed", "noframes", "param", "source", "track"),
    }
)
_PARAGRAPHS: Final = frozenset(
    {
        *("p", "blockquote", "pre", "ul", "ol", "dl", "table", "figure", "hr", "article"),
        *("section", "h1", "h2", "h3", "h4", "h5", "h6"),
    }
)
_LINES: Final = frozenset(
    {
        *("br", "div", "li", "dt", "dd", "tr", "header", "footer", "main", "nav", "aside"),
        *("form", "fieldset", "address", "figcaption", "details", "summary", "option"),
    }
)
_CELLS: Final = frozenset({"td", "th"})
_HIDING: Final = re.compile(
    r"(?:^|;)\s*(?:display\s*:\s*none|visibility\s*:\s*(?:hidden|collapse)"
    r"|opacity\s*:\s*0*\.?0*%?\s*(?:;|!|$)|font-size\s*:\s*0[a-z%]*\s*(?:;|!|$))",
    re.IGNORECASE,
)
_COMMENT: Final = re.compile(r"/\*.*?\*/", re.DOTALL)
_BLANKS: Final = re.compile(r"[ \t\n\r\f]+")


@dataclass(frozen=True, slots=True)
class Shown:
    """The text of an element as a reader sees it."""

    text: str
    hidden: bool
    """True if the element also holds text that its own markup keeps from readers."""


def parse_page(markup: str) -> LexborNode:
    """Return a page's root. Formatting elements have other names in it: `a` is `x-a`.

    Raises `InputError` for a page that is too large, or nests too deeply.
    """
    # The parser takes half a surrogate pair for the end of everything.
    markup = _DATA.sub("data:,", whole(markup))
    if len(markup) > MAX_PAGE:
        raise InputError(f"a page of more than {MAX_PAGE} characters")
    starts = [found.start() for found in _START.finditer(markup)]
    if len(starts) > MAX_TAGS:
        raise InputError(f"a page of more than {MAX_TAGS} elements")
    for start, end in pairwise([*starts, len(markup)]):
        if end - start > MAX_TAG_PARTS and len(_PARTS.findall(markup, start, end)) > MAX_TAG_PARTS:
            raise InputError("a page with an element of too many parts")
    root = LexborHTMLParser(_FORMATTING.sub(r"<\1x-\2", markup)).root
    if root is None:
        raise InputError("a page without content")
    if any(depth > MAX_NESTING for _, depth in walk(root)):
        raise InputError(f"a page that nests deeper than {MAX_NESTING}")
    return root


def walk(root: LexborNode) -> Iterator[tuple[LexborNode, int]]:
    """Yield the nodes below and with `root` in the order of the page, with their depth."""
    stack: list[tuple[LexborNode, int]] = [(root, 0)]
    while stack:
        node, depth = stack.pop()
        yield node, depth
        below = []
        child = node.first_child
        while child is not None:
            below.append((child, depth + 1))
            child = child.next
        stack.extend(reversed(below))


def shown(root: LexborNode, *, without: frozenset[str] = frozenset()) -> Shown:
    """Return what a reader sees of an element: paragraphs apart by one empty line.

    Left out are comments, scripts, alternative texts of images, elements named in `without`, and
    what the element's own markup hides (`hidden`, or an inline style); style sheets are not
    looked at, so that what only they hide is taken for shown.
    """
    writer = _Writer(without)
    writer.write(root)
    return Shown(writer.text(), hidden=writer.hidden)


def is_hidden(node: LexborNode) -> bool:
    """Say whether an element's own markup hides it."""
    attributes = node.attributes
    if "hidden" in attributes:
        return True
    if node.tag == "dialog" and "open" not in attributes:
        return True
    style = attributes.get("style")
    return bool(style) and _HIDING.search(_COMMENT.sub("", style or "")) is not None


class _Writer:
    def __init__(self, without: frozenset[str]) -> None:
        self._without = without
        self._parts: list[str] = []
        self._gap = ""
        self.hidden = False

    def write(self, node: LexborNode, *, preformatted: bool = False) -> None:
        tag = node.tag or ""
        if tag == "-text":
            self._words(node.text_content or "", preformatted=preformatted)
            return
        if tag.startswith(("-", "!")) and tag != "-document":
            return
        if tag in _UNSEEN or tag in self._without:
            return
        if is_hidden(node):
            self.hidden = self.hidden or bool((node.text() or "").strip())
            return
        gap = _gap(tag)
        self._break(gap)
        child = node.first_child
        while child is not None:
            self.write(child, preformatted=preformatted or tag == "pre")
            child = child.next
        if tag != "br":
            self._break(gap)

    def text(self) -> str:
        return "".join(self._parts).strip()

    def _words(self, words: str, *, preformatted: bool) -> None:
        if not preformatted:
            words = _BLANKS.sub(" ", words)
            if words.startswith(" "):
                self._break(" ")
                words = words[1:]
        if not words:
            return
        trailing = words.endswith(" ") and not preformatted
        words = words[:-1] if trailing else words
        if words:
            self._parts += [self._gap if self._parts else "", words]
            self._gap = ""
        if trailing:
            self._break(" ")

    def _break(self, gap: str) -> None:
        """Ask for a gap before the next word; the widest asked for counts, lines add up to two."""
        if gap == "\n" and self._gap == "\n":
            return
        if len(gap.strip(" ")) > len(self._gap.strip(" ")) or not self._gap:
            self._gap = gap or self._gap


def _gap(tag: str) -> str:
    if tag in _PARAGRAPHS:
        return "\n\n"
    if tag in _LINES:
        return "\n"
    return " " if tag in _CELLS else ""
