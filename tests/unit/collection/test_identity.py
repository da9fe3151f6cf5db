"""Addresses of one post are one, however they are written; other posts' stay apart."""

from datetime import UTC, datetime, timedelta

import pytest

from collection.files.identity import Said, canonical, names_of_post, words_of_post
from models.consent import PlatformKind
from models.evidence import AccessGate, SourceItem
from models.text import RawText


def item(**changes: str) -> SourceItem:
    fields = {"native_id": "7", "platform": "forum", "author": "sam", "url": "", "text": "calm"}
    return SourceItem(
        **{key: RawText(value) for key, value in (fields | changes).items()},
        kind=PlatformKind.FORUM,
        created_at=None,
        gate=AccessGate.NONE,
        pointer="line:1",
    )


@pytest.mark.parametrize(
    "other",
    [
        "http://x.com/sam/status/1",
        "https://twitter.com/sam/status/1",
        "https://mobile.twitter.com/sam/status/1?s=20&t=abc",
        "https://www.x.com/sam/status/1/?utm_source=mail#top",
        "https://X.com:443/sam/status/1",
    ],
)
def test_spellings_of_an_address_are_one(other: str) -> None:
    assert canonical(other) == canonical("https://x.com/sam/status/1")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("https://f.example/view?t=1", "https://f.example/view?t=2"),
        ("https://f.example/a", "https://f.example/A"),
        ("https://f.example/a", "https://g.example/a"),
        ("https://f.example:8080/a", "https://f.example/a"),
    ],
)
def test_addresses_of_different_posts_stay_apart(one: str, other: str) -> None:
    assert canonical(one) != canonical(other)


@pytest.mark.parametrize("none", ["", "7", "urn:x:1", "https://[::1/a", "javascript:alert(1)"])
def test_what_is_no_web_address_is_no_name(none: str) -> None:
    assert canonical(none) == ""


def test_an_item_goes_by_its_number_and_by_its_address() -> None:
    archive = item(native_id="7", url="https://f.example/7")
    page = item(native_id="https://f.example/7/")
    assert names_of_post(archive) & names_of_post(page)
    assert not names_of_post(item(platform="other")) & names_of_post(item())
    assert names_of_post(item(native_id="")) == frozenset()


def test_blanks_and_forms_of_letters_make_no_other_words() -> None:
    assert words_of_post(item(text="caf\u00e9  calm\n")) == words_of_post(
        item(text="cafe\u0301 calm")
    )
    assert words_of_post(item(text="Calm")) != words_of_post(item(text="calm"))


NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def said(author: str, hours: float | None) -> Said:
    at = None if hours is None else NOON + timedelta(hours=hours)
    return Said.of(item(author=author).model_copy(update={"created_at": at}))


@pytest.mark.parametrize(
    ("author", "hours", "another"),
    [
        ("sam", 0, False),
        ("@Sam", 2, False),
        ("@sam@social.example", 2, False),
        ("sam", 14, False),
        ("sam", None, False),
        ("Sam Rowan", 0, False),
        ("", 0, False),
        ("sam", 72, True),
        ("Sam Rowan", 2, True),
        ("Sam Rowan", None, True),
    ],
)
def test_another_author_at_another_time_is_another_post(
    author: str, hours: float | None, another: bool
) -> None:
    """A number is used again elsewhere, and a page has many comments that say the same."""
    assert said(author, hours).contradicts(said("sam", 0)) is another


def test_what_an_item_says_of_itself_is_compared_without_its_words() -> None:
    assert b"sam" not in said("sam", 0).author
    assert said("sam", 0).says_more(said("", 0))
    assert said("sam", 0).says_more(said("sam", None))
    assert not said("", None).says_more(said("sam", 0))
