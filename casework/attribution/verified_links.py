"""A link that a disclosed account's platform verified leads to an account: shown, never counted.

Mastodon looks whether a page links back (`rel="me"`) to the profile that names it. Whoever runs the
disclosed account's server could say so of anything, so an analyst sees it with where it is from and
states it, or not, as one identifier among three.
"""

from collections.abc import Iterator, Sequence
from typing import Final
from urllib.parse import SplitResult, urlsplit

from collection.files.platforms import listed_name, platform_of_host
from models.evidence import SourceItem
from models.fetching import FetchRecord, VerifiedLink, VerifiedLinkShown
from models.ids import CaseId
from storage.records import RecordKind, RecordStore
from storage.transaction import Transaction

_LOOKUP: Final = "lookup"


def verified_links_to(
    tx: Transaction, case_id: CaseId, items: Sequence[SourceItem]
) -> tuple[VerifiedLinkShown, ...]:
    """Return the verified links of disclosed accounts that lead to the account of some items.

    Each once, as it was found last.
    """
    found = {
        (shown.link.account.reveal(), shown.link.address.reveal()): shown
        for record in RecordStore(tx).all(case_id, RecordKind.FETCH, FetchRecord)
        for shown in _shown(record)
        if leads_to(shown.link, items)
    }
    return tuple(found.values())


def leads_to(link: VerifiedLink, items: Sequence[SourceItem]) -> bool:
    """Say whether a link's address is the profile of an account, or the site that its items are on.

    The front page of a platform that many share is nobody's.
    """
    address = _parts(link.address.reveal())
    if address is None or not address.hostname:
        return False
    platform = platform_of_host(address.hostname)
    steps = [step for step in address.path.split("/") if step]
    if listed_name(platform) is not None and not steps:
        return False
    return any(_is_profile(platform, steps, item) or _is_below(address, item) for item in items)


def _is_profile(platform: str, steps: list[str], item: SourceItem) -> bool:
    theirs = listed_name(item.platform.reveal())
    if theirs is None or theirs != listed_name(platform) or not steps:
        return False
    return _handle(steps[-1]) == _handle(item.author.reveal())


def _is_below(address: SplitResult, item: SourceItem) -> bool:
    found = _parts(item.url.reveal())
    if found is None or _host(found) != _host(address):
        return False
    above, path = address.path.rstrip("/"), found.path.rstrip("/")
    return path == above or path.startswith(f"{above}/")


def _shown(record: FetchRecord) -> Iterator[VerifiedLinkShown]:
    asked = [one for one in record.requests if one.step.endswith(f"/{_LOOKUP}")]
    for link in record.verified if asked else ():
        yield VerifiedLinkShown(
            link=link,
            platform=record.platform,
            file=record.file,
            file_sha256=record.file_sha256,
            query=asked[-1].sequence,
            fetched_by=record.fetched_by,
            fetched_at=asked[-1].asked_at,
        )


def _parts(address: str) -> SplitResult | None:
    try:
        found = urlsplit(address.strip())
    except ValueError:
        return None
    return found if found.scheme in ("http", "https") else None


def _host(address: SplitResult) -> str:
    return (address.hostname or "").rstrip(".").removeprefix("www.")


def _handle(written: str) -> str:
    return written.strip().casefold().removeprefix("@").removeprefix("u/")
