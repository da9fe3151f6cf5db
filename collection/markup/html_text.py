"""The one way from HTML to text: what a reader of the page sees, and nothing else.

Redaction and display both use this text and nothing but it, so that no sentence can be in the
one and not in the other. A page that a parser could choke on, or read otherwise than a browser,
is refused rather than half read.
"""

import re
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from selectolax.lexbor import LexborHTMLParser, LexborNode

from collection.files.limits import MAX_NESTING, MAX_PAGE, MAX_TAG_PARTS, MAX_TAGS
from collection.files.strict_json import whole
from collection.markup.looks import Colour, Look, alike
from collection.markup.styles import Styles, walk
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
        *("desc", "metadata", "defs", "symbol", "annotation", "annotation-xml", "rp", "bdo"),
    }
)
_TOLD: Final = frozenset({"bdo"})
"""Of these it is told that they were left out: a reader sees their letters in another order."""
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
_PRIVATE: Final = dict.fromkeys(
    [*range(0xE000, 0xF900), *range(0xF0000, 0xFFFFE), *range(0x100000, 0x10FFFE)]
)
"""Characters that mean only what some font makes of them."""
_BLANKS: Final = re.compile(r"[ \t\n\r\f]+")


@dataclass(frozen=True, slots=True)
class Shown:
    """The text of an element as a reader sees it."""

    text: str
    hidden: bool
    """True if the page also holds text here that it keeps from readers, or draws by itself."""


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


def shown(
    root: LexborNode,
    *,
    without: frozenset[str] = frozenset(),
    styles: Styles | None = None,
) -> Shown:
    """Return what a reader sees of an element: paragraphs apart by one empty line.

    Left out are comments, scripts, alternative texts of images, elements named in `without`, and
    what the page hides: by an attribute, by a style sheet (those of `styles`), by letters of no
    size or in the colour of their ground, or by a font of its own for which it made up characters.
    """
    styles = styles or Styles(root, ())
    writer = _Writer(without, styles)
    sight = _SEEN
    for above in _above(root):
        sight = sight.within(above, styles.look(above))
    writer.write(root, sight)
    text = writer.text()
    kept = text.translate(_PRIVATE)
    return Shown(kept, hidden=writer.hidden or kept != text)


@dataclass(frozen=True, slots=True)
class _Sight:
    """What is known of how the words of an element look, from all that is around it."""

    gone: bool = False
    visible: bool = True
    sized: bool = True
    colour: Colour | None = (0, 0, 0)
    clear: bool = False
    ground: Colour | None = (255, 255, 255)

    def within(self, node: LexborNode, look: Look) -> "_Sight":
        """Return the same for what is in an element."""
        attributes = node.attributes
        gone = "hidden" in attributes or (node.tag == "dialog" and "open" not in attributes)
        if not gone and look is PLAIN:
            return self
        colour = None if look.colour_unknown else look.colour or self.colour
        lettered = look.colour is not None or look.colour_unknown
        return _Sight(
            gone=self.gone or gone or look.gone,
            visible=self.visible if look.visible is None else look.visible,
            sized=self.sized if look.sized is None else look.sized,
            colour=colour,
            clear=look.clear if lettered else self.clear,
            ground=None if look.ground_unknown else look.ground or self.ground,
        )

    @property
    def seen(self) -> bool:
        """Say whether words here are seen."""
        if self.gone or not self.visible or not self.sized or self.clear:
            return False
        if self.colour is None or self.ground is None:
            return True
        return not alike(self.colour, self.ground)


PLAIN: Final = Look()
"""The look of what nothing is declared for."""
_SEEN: Final = _Sight()


def _above(node: LexborNode) -> list[LexborNode]:
    found = []
    above = node.parent
    while above is not None:
        found.append(above)
        above = above.parent
    return found[::-1]


class _Writer:
    def __init__(self, without: frozenset[str], styles: Styles) -> None:
        self._without = without
        self._styles = styles
        self._parts: list[str] = []
        self._gap = ""
        self.hidden = False

    def write(self, node: LexborNode, sight: _Sight, *, preformatted: bool = False) -> None:
        tag = node.tag or ""
        if tag == "-text":
            words = node.text_content or ""
            if sight.seen:
                self._words(words, preformatted=preformatted)
            elif words.strip():
                self.hidden = True
            return
        if tag.startswith(("-", "!")) and tag != "-document":
            return
        if tag in _UNSEEN or tag in self._without:
            self.hidden = self.hidden or (tag in _TOLD and bool((node.text() or "").strip()))
            return
        sight = sight.within(node, self._styles.look(node))
        if sight.gone:
            self.hidden = self.hidden or bool((node.text() or "").strip())
            return
        gap = _gap(tag)
        self._break(gap)
        child = node.first_child
        while child is not None:
            self.write(child, sight, preformatted=preformatted or tag == "pre")
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
