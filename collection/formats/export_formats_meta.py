"""The exports of X, Facebook, Instagram with Threads, and Reddit, as rows of the table."""

from typing import Final

from collection.exports.facebook import FacebookReader
from collection.exports.html_exports import HtmlExportReader, html_export_sample
from collection.exports.instagram import InstagramReader
from collection.exports.reddit import RedditReader
from collection.exports.x_archive import XReader
from collection.formats.format import Format
from collection.samples.sample_archives_meta import (
    facebook_sample,
    instagram_sample,
    reddit_sample,
    x_sample,
)
from models.documentation import CaptureMethod

_SHUT: Final = ("messages, contacts, searches, logins", "media")

META_EXPORTS: Final[tuple[Format, ...]] = (
    Format(
        reader=XReader(),
        endings=(".zip", ".js"),
        method=CaptureMethod.EXPORT,
        not_read=(
            "reposts",
            "deleted posts",
            "earlier versions of edited posts",
            "likes and bookmarks",
            "the profile",
            *_SHUT,
        ),
        sample=x_sample,
    ),
    Format(
        reader=FacebookReader(),
        endings=(".zip", ".json"),
        method=CaptureMethod.EXPORT,
        not_read=(
            "posts without words",
            "what others wrote, and what was shared of theirs",
            "reactions, polls, events, stories, reviews",
            "anonymous and pending posts",
            "albums",
            "the profile but for the account's name",
            *_SHUT,
        ),
        sample=facebook_sample,
    ),
    Format(
        reader=InstagramReader(),
        endings=(".zip", ".json"),
        method=CaptureMethod.EXPORT,
        not_read=(
            "posts without words",
            "archived and deleted posts",
            "comments on stories",
            "labels in other languages than English",
            "likes, saved posts, follows",
            "the profile but for the account's name",
            *_SHUT,
        ),
        sample=instagram_sample,
    ),
    Format(
        reader=RedditReader(),
        endings=(".zip", ".csv"),
        method=CaptureMethod.EXPORT,
        not_read=(
            "what was deleted or removed",
            "votes, saved and hidden posts, drafts",
            "addresses and numbers",
            *_SHUT,
        ),
        sample=reddit_sample,
    ),
    Format(
        reader=HtmlExportReader(),
        endings=(".html",),
        method=CaptureMethod.EXPORT,
        not_read=("all of it",),
        sample=html_export_sample,
        by_name=True,
        supported=False,
    ),
)
"""Asked in this order."""
