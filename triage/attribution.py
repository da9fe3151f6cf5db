"""An item is the applicant's, for the machine, only if its author is an account they disclosed."""

import hashlib
import re
import unicodedata
from typing import Final, NamedTuple, Protocol

from models.disclosure import Disclosure
from models.evidence import AttributionGrade, SourceItem

_PLATFORMS: Final = {
    "bluesky": "bluesky|bsky|bskysocial|bskyapp",
    "discord": "discord|discordapp|discordcom",
    "facebook": "facebook|fb|facebookcom|fbcom",
    "fediverse": "fediverse|mastodon|mastodonsocial|pleroma|misskey|lemmy|pixelfed|peertube",
    "instagram": "instagram|ig|insta|instagramcom",
    "linkedin": "linkedin|linkedincom",
    "reddit": "reddit|redditcom|oldredditcom",
    "threads": "threads|threadsnet|threadscom",
    "tiktok": "tiktok|tiktokcom",
    "tumblr": "tumblr|tumblrcom",
    "x": "x|twitter|xcom|twittercom|xtwitter|twitterx",
    "youtube": "youtube|yt|youtubecom",
}
_ALIASES: Final = {
    alias: name for name, aliases in _PLATFORMS.items() for alias in aliases.split("|")
}
_URL: Final = re.compile(
    r"(?:https?://)?(?:www\.)?([a-z0-9.-]+\.[a-z]{2,})/(?:.*/)?@?([^/?#]+)/?(?:[?#].*)?"
)
_DECORATION: Final = re.compile(r"^(?:/?(?:u|user)/|@)+")
_RECORD: Final = re.compile(r"at://(did:[a-z]+:[^/\s]+)/")
_ADDRESS: Final = re.compile(r"([^@\s]+)@([^@\s]+\.[^@\s]+)")


class _Name(NamedTuple):
    """An account's name as compared: `host` is None where none was written."""

    local: str
    host: str | None
    platform: str | None


class SignatureVerifier(Protocol):
    """Says whether the platform's own signature over an item holds (Bluesky signs commits)."""

    def verifies(self, item: SourceItem) -> bool:
        """Return True only for a signature that was checked, with the account's own key."""


class CheckedByReader:
    """The reader checked it, in its box, with the key of the account's document (decision 0057)."""

    def verifies(self, item: SourceItem) -> bool:
        """Return what the reader found."""
        return item.signed


BY_READER: Final[SignatureVerifier] = CheckedByReader()


def grade(
    item: SourceItem, disclosure: Disclosure, *, verifier: SignatureVerifier = BY_READER
) -> AttributionGrade:
    """Grade an item: `DISCLOSED` if its author is a disclosed account, else `UNATTRIBUTED`.

    It is `PLATFORM_SIGNED` if the platform's signature over it holds as well: a signature says
    which account wrote, and the disclosure whose account it is.

    A handle given without a platform counts on any platform; an account counts on its own. An
    e-mail address proves nothing about an account of the same name, so it is never compared.
    """
    platform = _platform(item.platform.reveal())
    authors = [
        name
        for written in (item.author.reveal(), _did(item, platform))
        if (name := _name(written, platform)).local
    ]
    if not authors:
        return AttributionGrade.UNATTRIBUTED
    emails = {_folded(email.reveal()) for email in disclosure.emails}
    claims: list[tuple[str, str | None]] = [
        (handle.reveal(), None) for handle in disclosure.handles
    ]
    claims += [
        (account.handle.reveal(), _platform(account.platform.reveal()))
        for account in disclosure.accounts
    ]
    for written, where in claims:
        claim = _name(written, where)
        if _folded(written) not in emails and any(_same(claim, author) for author in authors):
            signed = verifier.verifies(item)
            return AttributionGrade.PLATFORM_SIGNED if signed else AttributionGrade.DISCLOSED
    return AttributionGrade.UNATTRIBUTED


def account_of(item: SourceItem) -> str:
    """Return the digest that stands for an item's account: platform and handle, folded."""
    platform = _platform(item.platform.reveal())
    name = _name(item.author.reveal(), platform)
    text = "\0".join((platform, name.local, name.host or ""))
    return hashlib.sha256(text.encode()).hexdigest()


def _did(item: SourceItem, platform: str) -> str:
    """Return the account's lasting name on Bluesky, which stands in each post's own."""
    found = _RECORD.match(item.native_id.reveal()) if platform == "bluesky" else None
    return "" if found is None else found[1]


def _same(claim: _Name, author: _Name) -> bool:
    if claim.local != author.local:
        return False
    if claim.platform is not None and claim.platform != author.platform:
        return False
    if claim.host == author.host:
        return True
    # One side names a server: only the fediverse leaves it out when speaking of the same account.
    return (claim.host is None or author.host is None) and author.platform == "fediverse"


def _name(written: str, platform: str | None) -> _Name:
    text = _folded(written)
    url = _URL.fullmatch(text)
    if url is not None:
        platform = platform or _platform(url[1])
        text = url[2]
    text = _DECORATION.sub("", text)
    address = _ADDRESS.fullmatch(text)
    if address is not None:
        return _Name(address[1], address[2], platform)
    return _Name(text.removesuffix(".bsky.social"), None, platform)


def _platform(written: str) -> str:
    key = re.sub(r"[\W_]", "", _folded(written).removeprefix("https://").removeprefix("www."))
    return _ALIASES.get(key, key)


def _folded(written: str) -> str:
    """Fold what people write differently without meaning another account."""
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", written)).casefold()
