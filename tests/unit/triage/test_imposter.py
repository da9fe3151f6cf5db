"""Signs of an imposter or a stolen account are shown, each by a fact; nothing is decided."""

from datetime import UTC, datetime, timedelta

import pytest

from models.attribution import AccountConfirmation, AccountFacts, AccountHistory, Sign
from models.consent import PlatformKind
from models.disclosure import Account, Disclosure
from models.evidence import AccessGate, AttributionGrade, SourceItem
from models.text import RawText
from triage.attribution import account_of, grade
from triage.imposter import signs

NOTICE = datetime(2026, 6, 1, tzinfo=UTC)
NAME = "Rowan Applegate"
DIGEST = "0" * 64


def item(said: datetime | None, author: str = "rowan_a", platform: str = "x") -> SourceItem:
    return SourceItem(
        native_id=RawText("1"),
        platform=RawText(platform),
        kind=PlatformKind.SOCIAL,
        author=RawText(author),
        created_at=said,
        url=RawText(""),
        text=RawText(""),
        gate=AccessGate.NONE,
        pointer="line:1",
    )


def facts(**history: object) -> AccountFacts:
    contradictions = history.pop("contradictions", 0)
    return AccountFacts(
        account=DIGEST,
        history=AccountHistory.model_validate(history),
        contradictions=contradictions,
    )


def test_an_account_younger_than_the_notice_is_a_sign() -> None:
    young = facts(created_at=NOTICE + timedelta(days=1))
    assert signs([], name=NAME, notice_at=NOTICE, facts=young) == (Sign.YOUNGER_THAN_NOTICE,)
    old = facts(created_at=NOTICE - timedelta(days=1))
    assert signs([], name=NAME, notice_at=NOTICE, facts=old) == ()


def test_a_name_that_the_earlier_handles_contradict_is_a_sign() -> None:
    new = facts(display_name=RawText(NAME), handles=(RawText("cheap_watches4u"),))
    assert signs([], name=NAME, notice_at=NOTICE, facts=new) == (Sign.NAME_WITHOUT_HISTORY,)
    own = facts(display_name=RawText(NAME), handles=(RawText("rowan.photos"),))
    assert signs([], name=NAME, notice_at=NOTICE, facts=own) == ()


def test_a_burst_after_long_silence_is_a_sign() -> None:
    start = datetime(2024, 1, 1, tzinfo=UTC)
    later = start + timedelta(days=200)
    burst = [item(start), *(item(later + timedelta(hours=hour)) for hour in range(10))]
    assert signs(burst, name=NAME, notice_at=NOTICE) == (Sign.BURST_AFTER_SILENCE,)
    assert signs(burst[:-1], name=NAME, notice_at=NOTICE) == ()
    steady = [item(start + timedelta(days=day)) for day in range(0, 300, 20)]
    assert signs(steady, name=NAME, notice_at=NOTICE) == ()


def test_a_contradicting_fact_is_a_sign() -> None:
    assert signs([], name=NAME, notice_at=NOTICE, facts=facts(contradictions=1)) == (
        Sign.CONTRADICTING_FACT,
    )


@pytest.mark.parametrize(("day", "shown"), [(5, True), (1, False), (20, False)])
def test_posts_while_the_account_was_reported_stolen_are_a_sign(day: int, shown: bool) -> None:
    word = AccountConfirmation(
        account=DIGEST,
        mine=True,
        stolen_from=datetime(2026, 1, 3, tzinfo=UTC),
        stolen_until=datetime(2026, 1, 10, tzinfo=UTC),
        said_at=NOTICE,
    )
    found = signs([item(datetime(2026, 1, day, tzinfo=UTC))], name=NAME, notice_at=None, word=word)
    assert (Sign.WHILE_STOLEN in found) is shown


def test_an_item_without_a_date_shows_no_sign() -> None:
    assert signs([item(None)], name=NAME, notice_at=NOTICE) == ()


class Verifies:
    def verifies(self, _item: SourceItem) -> bool:
        return True


def test_nothing_is_platform_signed_where_nothing_verifies() -> None:
    disclosure = Disclosure(
        name=RawText(NAME),
        accounts=(Account(platform=RawText("bluesky"), handle=RawText("rowan.bsky.social")),),
    )
    posted = item(NOTICE, "rowan.bsky.social", "bluesky")
    assert grade(posted, disclosure) is AttributionGrade.DISCLOSED
    signed = grade(posted, disclosure, verifier=Verifies())
    assert signed is AttributionGrade.PLATFORM_SIGNED


DID = "did:plc:rowanrowanrowanrowanrowa"


@pytest.mark.parametrize(
    "disclosed",
    [DID, f"https://bsky.app/profile/{DID}", "@rowan.bsky.social", "rowan.bsky.social"],
)
def test_what_a_reader_found_signed_is_platform_signed_if_its_account_is_disclosed(
    disclosed: str,
) -> None:
    """By the account's lasting name, or by the handle in the document that holds the key."""
    posted = item(NOTICE, "rowan.bsky.social", "bluesky").model_copy(
        update={"native_id": RawText(f"at://{DID}/app.bsky.feed.post/3k"), "signed": True}
    )
    account = Account(platform=RawText("bluesky"), handle=RawText(disclosed))
    disclosure = Disclosure(name=RawText(NAME), accounts=(account,))
    assert grade(posted, disclosure) is AttributionGrade.PLATFORM_SIGNED
    unsigned = posted.model_copy(update={"signed": False})
    assert grade(unsigned, disclosure) is AttributionGrade.DISCLOSED
    others = posted.model_copy(
        update={
            "author": RawText("other.bsky.social"),
            "native_id": RawText("at://did:plc:otherotherotherotherothe/app.bsky.feed.post/3k"),
        }
    )
    assert grade(others, disclosure) is AttributionGrade.UNATTRIBUTED


def test_a_lasting_name_in_a_post_of_another_platform_is_no_account() -> None:
    posted = item(NOTICE, "somebody", "mastodon").model_copy(
        update={"native_id": RawText(f"at://{DID}/app.bsky.feed.post/3k"), "signed": True}
    )
    disclosure = Disclosure(name=RawText(NAME), handles=(RawText(DID),))
    assert grade(posted, disclosure) is AttributionGrade.UNATTRIBUTED


def test_a_signature_alone_does_not_say_whose_account_it_is() -> None:
    posted = item(NOTICE, "somebody.bsky.social", "bluesky")
    graded = grade(posted, Disclosure(name=RawText(NAME)), verifier=Verifies())
    assert graded is AttributionGrade.UNATTRIBUTED


def test_one_account_has_one_digest_however_it_is_written() -> None:
    assert account_of(item(NOTICE, "@Rowan_A", "Twitter")) == account_of(item(NOTICE))
    assert account_of(item(NOTICE, "rowan_b")) != account_of(item(NOTICE))
