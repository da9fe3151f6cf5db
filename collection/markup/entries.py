"""A page gives one item for each post marked up as h-entry, or one for its main text.

Markup after microformats2: h-entry with e-content, p-name, dt-published, p-author, u-url.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Final
from urllib.parse import urljoin, urlsplit

from selectolax.lexbor import LexborNode

from collection.files.limits import MAX_TEXT
from collection.files.platforms import kind_of, platform_of_host
from collection.files.reader import Problem
from collection.files.strict_json import whole
from collection.files.times import html_time
from collection.markup.html_text import parse_page, shown
from collection.markup.own_fonts import shows_other_letters
from collection.markup.page_sheets import sheets_of
from collection.markup.styles import Styles, embedded
from models.consent import PlatformKind
from models.errors import InputError
from models.evidence import AccessGate, SourceItem
from models.text import RawText

_HIDDEN: Final = "text that readers do not see was left out"
_OTHER_LETTERS: Final = "withheld: the page's font shows other letters than the page holds"
_FONT_FACE: Final = re.compile(r"@font-face\s*\{", re.IGNORECASE)
_CONTENT: Final = re.compile(r"content\s*:\s*(?:\"[^\"\\]*\w{3}|'[^'\\]*\w{3})", re.IGNORECASE)
_AROUND: Final = frozenset({"nav", "header", "footer", "aside", "form", "button", "select"})


def entries_of(
    address: str,
    markup: str,
    pointer: str,
    *,
    sheets: Mapping[str, str] | None = None,
    fonts: Mapping[str, bytes] | None = None,
) -> Iterator[SourceItem | Problem]:
    """Yield a page's posts; without any, its main text as one item.

    An author whom the page does not name stays empty, a time it does not state is None. `sheets`
    and `fonts` are those that lie beside the page, by their addresses; None where nobody looked.
    A page whose font draws other letters than the page holds is a problem and no item.
    Raises `InputError` for a page that cannot be read as a whole.
    """
    root = parse_page(markup)
    beside = sheets_of(root, address, embedded(root), sheets or {})
    # In the markup as it stands: of what was parsed the embedded fonts were cut out.
    declared = [(address, markup), *beside.linked]
    if shows_other_letters(declared, fonts or {}):
        yield Problem(_OTHER_LETTERS, pointer)
        return
    styles = Styles(root, [text for _, text in beside.linked])
    yield from _entries(root, address, pointer, styles)
    if beside.missing and sheets is not None:
        fault = f"{beside.missing} style sheets are missing: what they hide is in the text"
        yield Problem(fault, pointer)
    if styles.partial:
        yield Problem("style sheets too large to follow: what they hide is in the text", pointer)
    if root.css_first("template[shadowrootmode], template[shadowmode], template[shadowroot]"):
        yield Problem("parts that the page's components draw were not read", pointer)
    if any(_FONT_FACE.search(sheet) for _, sheet in declared):
        yield Problem("the page has fonts of its own: letters may have looked otherwise", pointer)
    if any(_CONTENT.search(sheet) for _, sheet in declared):
        yield Problem("words that style sheets put into the page were not read", pointer)


def _entries(
    root: LexborNode, address: str, pointer: str, styles: Styles
) -> Iterator[SourceItem | Problem]:
    entries = [node for node in root.css(".h-entry") if not _within(node, "h-entry")]
    if not entries:
        yield from _page(root, address, pointer, styles)
        return
    page_author = _author_of(root)
    for entry in entries:
        content = _property(entry, "e-content")
        title = _property(entry, "p-name")
        parts = [shown(node, styles=styles) for node in (title, content) if node is not None]
        link = _property(entry, "u-url")
        published = _property(entry, "dt-published")
        yield from _item(
            address=_resolved(address, _attribute(link, "href")),
            kind=PlatformKind.BLOG,
            author=_name(_property(entry, "p-author")) or page_author,
            stamp=_attribute(published, "datetime") or _shown(published),
            text="\n\n".join(part.text for part in parts if part.text),
            hidden=any(part.hidden for part in parts),
            pointer=pointer,
        )


def _page(
    root: LexborNode, address: str, pointer: str, styles: Styles
) -> Iterator[SourceItem | Problem]:
    articles = root.css("article")
    main = root.css_first("main") or (articles[0] if len(articles) == 1 else None)
    text = shown(main or root.css_first("body") or root, without=_AROUND, styles=styles)
    times = root.css("time[datetime]")
    stamp = _attribute(root.css_first('meta[property="article:published_time"]'), "content")
    personal = root.css_first(".h-feed, .h-card") is not None
    yield from _item(
        address=address,
        kind=PlatformKind.BLOG if personal else PlatformKind.OTHER,
        author=_author_of(root),
        stamp=stamp or (_attribute(times[0], "datetime") if len(times) == 1 else ""),
        text=text.text,
        hidden=text.hidden,
        pointer=pointer,
    )


def _item(
    *,
    address: str,
    kind: PlatformKind,
    author: str,
    stamp: str,
    text: str,
    hidden: bool,
    pointer: str,
) -> Iterator[SourceItem | Problem]:
    """Yield one item. `kind` is that of a platform which nobody knows."""
    if not text:
        yield Problem("a post or page without text", pointer)
        if hidden:
            yield Problem(_HIDDEN, pointer)
        return
    if len(text) > MAX_TEXT:
        raise InputError(f"a text longer than {MAX_TEXT} characters")
    platform = platform_of_host(_host(address))
    known = kind_of(platform)
    yield SourceItem(
        native_id=RawText(whole(address)),
        platform=RawText(whole(platform)),
        kind=kind if known is PlatformKind.OTHER else known,
        author=RawText(whole(author)),
        created_at=html_time(stamp),
        url=RawText(whole(address)),
        text=RawText(whole(text)),
        gate=AccessGate.NONE,
        pointer=pointer,
    )
    if hidden:
        yield Problem(_HIDDEN, pointer)


def _classes(node: LexborNode) -> list[str]:
    return (node.attributes.get("class") or "").split()


def _within(node: LexborNode, root_class: str, *, prefix: bool = False) -> bool:
    above = node.parent
    while above is not None:
        names = _classes(above)
        if any(name.startswith(root_class) if prefix else name == root_class for name in names):
            return True
        above = above.parent
    return False


def _property(entry: LexborNode, name: str) -> LexborNode | None:
    """Return an entry's first property of that name that belongs to no microformat inside it."""
    for node in entry.css(f".{name}"):
        above = node.parent
        while above is not None and above.mem_id != entry.mem_id:
            if any(part.startswith("h-") for part in _classes(above)):
                break
            if name == "p-name" and "e-content" in _classes(above):
                break
            above = above.parent
        else:
            if node.mem_id != entry.mem_id and not (name == "p-name" and node.css(".e-content")):
                return node
    return None


def _author_of(root: LexborNode) -> str:
    outside = (node for node in root.css(".p-author") if not _within(node, "h-entry"))
    for node in (next(outside, None), root.css_first('x-a[rel~="author"]')):
        if name := _name(node):
            return name
    return _attribute(root.css_first('meta[name="author"]'), "content").strip()


def _name(card: LexborNode | None) -> str:
    """Return the nickname or the name on an h-card, or all that it shows."""
    if card is None:
        return ""
    inner = card.css_first(".p-nickname") or card.css_first(".p-name")
    return _shown(inner) or _shown(card)


def _shown(node: LexborNode | None) -> str:
    return " ".join(shown(node).text.split()) if node is not None else ""


def _attribute(node: LexborNode | None, name: str) -> str:
    return (node.attributes.get(name) or "") if node is not None else ""


def _host(address: str) -> str:
    try:
        return urlsplit(address).hostname or ""
    except ValueError:
        return ""


def _resolved(base: str, link: str) -> str:
    try:
        return urljoin(base, link) if link else base
    except ValueError:
        return base
