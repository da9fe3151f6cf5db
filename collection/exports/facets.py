"""A Bluesky post says what its readers saw, and its links lead where they truly lead.

Links stand beside the text, at places counted in bytes of UTF-8. A place that is none (outside the
text, within a character, over another) is passed over, as the application does.
"""

import re
from typing import Any, Final

from models.errors import InputError

_LINK: Final = "app.bsky.richtext.facet#link"
_SCHEME: Final = re.compile(r"https?://(www\.)?", re.IGNORECASE)
_MAX_FACETS: Final = 1_000
_MAX_DEPTH: Final = 2


def text_of(record: dict[str, Any]) -> str:
    """Return a post's words: text with links, what its pictures show, the page that it shares."""
    text = record.get("text")
    if not isinstance(text, str):
        raise InputError("a post without its text")
    said = _with_links(text, record.get("facets"))
    parts = [said, *_of_embed(record.get("embed"), said, 0)]
    return "\n\n".join(part for part in parts if part.strip())


def _with_links(text: str, facets: object) -> str:
    body = text.encode("utf-8", "surrogatepass")
    links = [
        link
        for facet in (facets if isinstance(facets, list) else [])[:_MAX_FACETS]
        if (link := _link(facet, len(body))) is not None
    ]
    made, at = [], 0
    for start, end, address in sorted(links):
        label = _text(body[start:end])
        before = _text(body[at:start]) if start >= at else None
        if label is None or before is None:
            continue
        made += [before, _shown(label, address)]
        at = end
    rest = _text(body[at:])
    return text if rest is None else "".join(made) + rest


def _link(facet: Any, size: int) -> tuple[int, int, str] | None:
    """Return where a facet stands and where it leads, if it is a link at all."""
    if not isinstance(facet, dict):
        return None
    index, features = facet.get("index"), facet.get("features")
    if not isinstance(index, dict) or not isinstance(features, list):
        return None
    start, end = index.get("byteStart"), index.get("byteEnd")
    if type(start) is not int or type(end) is not int or not 0 <= start < end <= size:
        return None
    for feature in features:
        if isinstance(feature, dict) and feature.get("$type") == _LINK:
            address = feature.get("uri")
            return (start, end, address) if isinstance(address, str) and address else None
    return None


def _shown(label: str, address: str) -> str:
    """Return a link as words: its address alone where the label is no more than its beginning."""
    short = _SCHEME.sub("", label.strip()).removesuffix("...").removesuffix("\u2026")
    if "." in short and _SCHEME.sub("", address).startswith(short):
        return address
    return f"{label} ({address})"


def _of_embed(embed: Any, said: str, depth: int) -> list[str]:
    """Return what the author said of pictures, and the page that they share; no words of others."""
    if not isinstance(embed, dict) or depth > _MAX_DEPTH:
        return []
    found: list[object] = []
    match embed.get("$type"):
        case "app.bsky.embed.images":
            images = embed.get("images")
            found = [
                image.get("alt")
                for image in (images if isinstance(images, list) else [])
                if isinstance(image, dict)
            ]
        case "app.bsky.embed.video":
            found = [embed.get("alt")]
        case "app.bsky.embed.external":
            external = embed.get("external")
            address = external.get("uri") if isinstance(external, dict) else None
            found = [address] if isinstance(address, str) and address not in said else []
        case "app.bsky.embed.recordWithMedia":
            return _of_embed(embed.get("media"), said, depth + 1)
    return [one for one in found if isinstance(one, str)]


def _text(body: bytes) -> str | None:
    """Return the text of some bytes, None if they begin or end within a character."""
    try:
        return body.decode("utf-8", "surrogatepass")
    except UnicodeDecodeError:
        return None
