"""Attribution is automatic only where the applicant's own list proves it."""

from datetime import UTC, datetime

import pytest

from models.consent import PlatformKind
from models.disclosure import Account, Disclosure
from models.evidence import AccessGate, AttributionGrade, SourceItem
from models.text import RawText
from triage.attribution import grade


def item(author: str, platform: str = "x") -> SourceItem:
    return SourceItem(
        native_id=RawText("1"),
        platform=RawText(platform),
        kind=PlatformKind.SOCIAL,
        author=RawText(author),
        created_at=datetime(2025, 1, 1, tzinfo=UTC),
        url=RawText(""),
        text=RawText("hello"),
        gate=AccessGate.NONE,
        pointer="line:1",
    )


def disclosure(
    *handles: str, accounts: tuple[tuple[str, str], ...] = (), emails: tuple[str, ...] = ()
) -> Disclosure:
    return Disclosure(
        name=RawText("Sam Doe"),
        emails=tuple(RawText(email) for email in emails),
        handles=tuple(RawText(handle) for handle in handles),
        accounts=tuple(
            Account(platform=RawText(platform), handle=RawText(handle))
            for platform, handle in accounts
        ),
    )


@pytest.mark.parametrize(
    ("author", "disclosed"),
    [
        ("sam_doe", "@Sam_Doe"),
        ("u/sam_doe", "sam_doe"),
        ("/u/sam_doe", "SAM_DOE"),
        (" @sam_doe ", "sam _doe"),
        ("ｓａｍ_doe", "sam_doe"),
        ("sam.bsky.social", "@sam"),
        ("sam_doe", "https://x.com/sam_doe"),
    ],
)
def test_spellings_of_one_handle_are_one_account(author: str, disclosed: str) -> None:
    assert grade(item(author), disclosure(disclosed)) is AttributionGrade.DISCLOSED


@pytest.mark.parametrize("author", ["sam_doe1", "samdoe", "", "@", "sam-doe"])
def test_another_handle_is_not_attributed(author: str) -> None:
    assert grade(item(author), disclosure("sam_doe")) is AttributionGrade.UNATTRIBUTED


def test_an_account_counts_on_its_own_platform_alone() -> None:
    mine = disclosure(accounts=(("Twitter", "sam"),))
    assert grade(item("sam", "x.com"), mine) is AttributionGrade.DISCLOSED
    assert grade(item("sam", "reddit"), mine) is AttributionGrade.UNATTRIBUTED


def test_a_fediverse_account_may_be_written_without_its_server() -> None:
    mine = disclosure(accounts=(("mastodon", "@sam@example.social"),))
    assert grade(item("sam", "mastodon"), mine) is AttributionGrade.DISCLOSED
    assert grade(item("sam@example.social", "mastodon"), mine) is AttributionGrade.DISCLOSED


def test_the_same_name_on_another_server_is_somebody_else() -> None:
    """Anyone may register the applicant's handle on a server of their own."""
    mine = disclosure(accounts=(("mastodon", "sam@example.social"),))
    assert grade(item("sam@elsewhere.test", "mastodon"), mine) is AttributionGrade.UNATTRIBUTED


@pytest.mark.parametrize("platform", ["x", "mastodon"])
def test_the_local_part_of_an_email_address_proves_nothing(platform: str) -> None:
    mine = disclosure("sam@mail.test", emails=("sam@mail.test", "doe@mail.test"))
    assert grade(item("sam", platform), mine) is AttributionGrade.UNATTRIBUTED
    assert grade(item("doe", platform), mine) is AttributionGrade.UNATTRIBUTED


def test_nothing_disclosed_attributes_nothing() -> None:
    assert grade(item("sam"), disclosure()) is AttributionGrade.UNATTRIBUTED
