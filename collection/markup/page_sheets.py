"""The style sheets of a page: in it, those it links to, and those that these import.

What lies beside the page is found by its address; what does not is counted, because what a missing
sheet hides is taken for shown.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import urljoin

from selectolax.lexbor import LexborNode

MAX_LINKED: Final = 200
"""Style sheets of one page that are looked for, imported ones with them."""

_IMPORT: Final = re.compile(
    r"@import\s+(?:url\(\s*)?(?:\"([^\"\n]*)\"|'([^'\n]*)'|([^\"'();\s]+))", re.IGNORECASE
)
_COMMENT: Final = re.compile(r"/\*.*?(?:\*/|\Z)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class PageSheets:
    """What is known of a page's style sheets."""

    linked: tuple[tuple[str, str], ...]
    """Address and text of each that is beside the page, an imported one before its importer."""
    missing: int


def sheets_of(
    root: LexborNode, address: str, embedded: list[str], sheets: Mapping[str, str]
) -> PageSheets:
    """Return the style sheets that a page asks for."""
    search = _Search(sheets)
    for text in embedded:
        search.imports(text, address)
    for link in root.css('link[rel~="stylesheet"][href]'):
        kind = (link.attributes.get("rel") or "").lower()
        if "alternate" not in kind and (link.attributes.get("media") or "").lower() != "print":
            search.look(address, (link.attributes.get("href") or "").strip())
    return PageSheets(tuple(search.found.items()), search.missing)


class _Search:
    def __init__(self, sheets: Mapping[str, str]) -> None:
        self._sheets = sheets
        self._asked: set[str] = set()
        self.found: dict[str, str] = {}
        self.missing = 0

    def look(self, base: str, link: str, depth: int = 0) -> None:
        place = _resolved(base, link)
        if place in self._asked:
            return
        self._asked.add(place)
        text = self._sheets.get(place)
        if text is None or len(self._asked) > MAX_LINKED or depth > MAX_LINKED // 10:
            self.missing += 1
            return
        self.imports(text, place, depth + 1)
        self.found[place] = text

    def imports(self, text: str, base: str, depth: int = 0) -> None:
        if "@import" not in text.lower():
            return
        for found in _IMPORT.finditer(_COMMENT.sub(" ", text)):
            self.look(base, "".join(found.groups("")).strip(), depth)


def _resolved(base: str, link: str) -> str:
    try:
        return urljoin(base, link) if link else base
    except ValueError:
        return base
