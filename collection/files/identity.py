"""Two items are the same post if a name that the platform gave it and its words are the same.

A post comes in an archive under its number, in a recorded page under its address, in an answer of
an interface under both; so an item has several names, and one in common is enough.
"""

import hashlib
import re
import unicodedata
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from urllib.parse import parse_qsl, unquote, urlencode, urlsplit

from collection.files.platforms import listed_name
from models.evidence import SourceItem

_A_MINUTE: Final = timedelta(minutes=1)
"""Some sources tell no seconds."""
_ANY_ZONE: Final = timedelta(hours=26)
"""From UTC-12 to UTC+14: as far apart as one moment is shown anywhere."""
_TRACKING: Final = re.compile(
    r"utm_\w+|fbclid|gclid|igsh(id)?|mc_[ce]id|ref_(src|url)|share_id|__tn__|__cft__.*"
)
"""Parameters that say where a reader came from."""
_TRACKING_ON_X: Final = re.compile(r"[st]|ref_\w+|cxt")
_SUBDOMAINS: Final = ("www.", "m.", "mobile.", "old.", "new.", "np.")
_SAME_HOST: Final = {
    "twitter.com": "x.com",
    "fb.com": "facebook.com",
    "instagr.am": "instagram.com",
}


def names_of_post(item: SourceItem) -> frozenset[bytes]:
    """Return the digests of the names that an item's post goes by; none for one without any."""
    native_id, address = item.native_id.reveal().strip(), item.url.reveal().strip()
    platform = item.platform.reveal()
    found = (
        {f"of {(listed_name(platform) or platform).casefold()} {native_id}"} if native_id else set()
    )
    found |= {f"at {one}" for one in (canonical(native_id), canonical(address)) if one}
    return frozenset(hashlib.sha256(name.encode("utf-8", "replace")).digest() for name in found)


def words_of_post(item: SourceItem) -> bytes:
    """Return the digest of what an item says, its blanks and Unicode's forms not counted."""
    words = " ".join(unicodedata.normalize("NFC", item.text.reveal()).split())
    return hashlib.sha256(words.encode("utf-8", "replace")).digest()


@dataclass(frozen=True, slots=True)
class Said:
    """Who said something and when, as far as an item says: no words, and no name in clear."""

    author: bytes
    """Digest; empty where no author is named."""
    at: datetime | None

    @classmethod
    def of(cls, item: SourceItem) -> "Said":
        """Take down what an item says of itself."""
        name = " ".join(item.author.reveal().split()).casefold()
        author = name.removeprefix("@").partition("@")[0] or name  # a host is told or left out
        digest = hashlib.sha256(author.encode("utf-8", "replace")).digest() if author else b""
        return cls(digest, item.created_at)

    def says_more(self, kept: "Said") -> bool:
        """Say whether author or time is named here where the one that was kept did not."""
        return bool(self.author and not kept.author) or (self.at is not None and kept.at is None)

    def contradicts(self, kept: "Said") -> bool:
        """Say whether it is another's, or of another time than any clock would show for the same.

        A number may be used again on another site, and an address may be a page's with many
        comments; an author's name is spelt in several ways, and a time is read in the wrong zone.
        """
        apart = None if self.at is None or kept.at is None else abs(self.at - kept.at)
        if not self.author or not kept.author or self.author == kept.author:
            return apart is not None and apart > _ANY_ZONE
        return apart is None or apart >= _A_MINUTE


def canonical(address: str) -> str:
    """Return one spelling of a web address, or nothing for what is none."""
    try:
        parts = urlsplit(address)
        host = (parts.hostname or "").rstrip(".")
        port = parts.port
    except ValueError:
        return ""
    if parts.scheme.lower() not in ("http", "https") or not host:
        return ""
    for prefix in _SUBDOMAINS:
        if host.startswith(prefix) and host.count(".") > 1:
            host = host.removeprefix(prefix)
            break
    host = _SAME_HOST.get(host, host)
    place = host if port in (None, 80, 443) else f"{host}:{port}"
    kept = [
        (key, value)
        for key, value in parse_qsl(parts.query, keep_blank_values=True)
        if not _TRACKING.fullmatch(key) and not (host == "x.com" and _TRACKING_ON_X.fullmatch(key))
    ]
    query = urlencode(sorted(kept))
    path = unquote(parts.path).rstrip("/")
    return f"{place}{path}?{query}" if query else f"{place}{path}"
