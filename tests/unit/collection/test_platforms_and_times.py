"""Platforms have a closed kind, and HTML times mean one moment or none."""

from datetime import UTC, datetime

import pytest

from collection.files.platforms import kind_of, platform_of_host
from collection.files.times import html_time
from models.consent import PlatformKind


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("mastodon", PlatformKind.SOCIAL),
        ("X", PlatformKind.SOCIAL),
        ("Facebook", PlatformKind.SOCIAL),
        ("twitter.com", PlatformKind.SOCIAL),
        ("You Tube", PlatformKind.VIDEO),
        ("www.youtube.com", PlatformKind.VIDEO),
        ("old.reddit.com", PlatformKind.FORUM),
        ("someone.tumblr.com", PlatformKind.SOCIAL),
        ("LinkedIn", PlatformKind.PROFESSIONAL),
        ("wordpress", PlatformKind.BLOG),
        ("someone.wordpress.com", PlatformKind.BLOG),
        ("micro.blog", PlatformKind.BLOG),
        ("", PlatformKind.OTHER),
        ("a platform of tomorrow", PlatformKind.OTHER),
        ("kitchen.example", PlatformKind.OTHER),
        ("x.example", PlatformKind.OTHER),
    ],
)
def test_a_name_nobody_knows_is_other(name: str, kind: PlatformKind) -> None:
    assert kind_of(name) is kind


def test_a_host_that_only_sounds_like_a_platform_is_itself() -> None:
    assert platform_of_host("www.notreddit.com") == "notreddit.com"
    assert platform_of_host("reddit.com.evil.example") == "reddit.com.evil.example"


@pytest.mark.parametrize(
    ("stamp", "moment"),
    [
        ("2024-05-01T10:00:00-07:00", datetime(2024, 5, 1, 17, tzinfo=UTC)),
        ("2024-05-01 10:00:00-0700", datetime(2024, 5, 1, 17, tzinfo=UTC)),
        ("2024-05-01T10:00Z", datetime(2024, 5, 1, 10, tzinfo=UTC)),
        ("2024-05-01T10:00:00.5", datetime(2024, 5, 1, 10, tzinfo=UTC)),
        (" 2024-05-01 ", datetime(2024, 5, 1, tzinfo=UTC)),
        ("2024-02-30", None),
        ("1 May 2024", None),
        ("", None),
    ],
)
def test_html_times_mean_one_moment_or_none(stamp: str, moment: datetime | None) -> None:
    assert html_time(stamp) == moment
