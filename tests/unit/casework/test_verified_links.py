"""A verified link is shown beside the account that it leads to, and beside no other."""

from datetime import UTC, datetime
from typing import Final

import pytest

from casework.attribution.verified_links import leads_to
from models.consent import PlatformKind
from models.evidence import AccessGate, SourceItem
from models.fetching import VerifiedLink
from models.text import RawText

AT: Final = datetime(2026, 1, 2, tzinfo=UTC)


def link(address: str) -> VerifiedLink:
    return VerifiedLink(account=RawText("rowan_a@social.example"), address=RawText(address), at=AT)


def item(platform: str, author: str, url: str) -> SourceItem:
    return SourceItem(
        native_id=RawText("1"),
        platform=RawText(platform),
        kind=PlatformKind.OTHER,
        author=RawText(author),
        created_at=AT,
        url=RawText(url),
        text=RawText("x"),
        gate=AccessGate.NONE,
        pointer="record:1",
    )


CODE: Final = item("github", "rowan-code", "https://github.com/sam/bread/issues/1#issuecomment-2")
BLOG: Final = item("rowan.example", "", "https://www.rowan.example/2024/a-walk")
OF_MANY: Final = item("users.example", "sam", "https://users.example/~sam/a")


@pytest.mark.parametrize(
    ("address", "one", "leads"),
    [
        ("https://github.com/rowan-code", CODE, True),
        ("https://www.github.com/Rowan-Code/", CODE, True),
        ("https://github.com/rowan-codes", CODE, False),
        ("https://gitlab.com/rowan-code", CODE, False),
        ("https://github.com/", CODE, False),
        ("https://rowan.example/", BLOG, True),
        ("http://rowan.example", BLOG, True),
        ("https://rowan.example/2024", BLOG, True),
        ("https://rowan.example/202", BLOG, False),
        ("https://other.example/", BLOG, False),
        ("https://users.example/~sam", OF_MANY, True),
        ("https://users.example/~rowan", OF_MANY, False),
        ("https://rowan.example@evil.example/", BLOG, False),
        ("https://[", BLOG, False),
        ("javascript:1", BLOG, False),
        ("", BLOG, False),
    ],
)
def test_a_link_leads_to_a_profile_or_to_the_site_that_items_are_on(
    address: str, one: SourceItem, *, leads: bool
) -> None:
    assert leads_to(link(address), [one]) is leads


def test_an_item_without_an_address_is_on_no_site() -> None:
    nowhere = item("forum", "rowan-code", "")
    assert not leads_to(link("https://rowan.example/"), [nowhere])
