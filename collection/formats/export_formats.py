"""The exports that platforms give to their users, as rows of the table of formats.

They are asked before readers that take any damaged archive for theirs.
"""

from typing import Final

from collection.exports.bluesky_car import DOCUMENT, BlueskyReader
from collection.exports.discord import DiscordReader
from collection.exports.linkedin import LinkedInReader
from collection.exports.takeout import TakeoutReader
from collection.exports.tiktok import TikTokReader
from collection.exports.youtube import YouTubeReader
from collection.formats.export_formats_meta import META_EXPORTS
from collection.formats.format import Format
from collection.samples.sample_archives_more import (
    discord_sample,
    linkedin_sample,
    takeout_sample,
    tiktok_sample,
    youtube_sample,
)
from collection.samples.sample_repository import bluesky_sample
from models.documentation import CaptureMethod

EXPORTS: Final[tuple[Format, ...]] = (
    *META_EXPORTS,
    Format(
        reader=LinkedInReader(),
        endings=(".zip", ".csv"),
        method=CaptureMethod.EXPORT,
        not_read=(
            "reactions and reposts",
            "posts for fewer than all members, or whose audience is not stated",
            "the profile",
            "messages, contacts, searches",
            "media",
        ),
        sample=linkedin_sample,
    ),
    Format(
        reader=TikTokReader(),
        endings=(".zip", ".json"),
        method=CaptureMethod.EXPORT,
        not_read=(
            "posts that were not public, or whose audience is not stated",
            "messages, histories, searches, likes, followers",
            "birth date, contacts and all of the profile but its text",
            "live comments",
            "films and what is said in them",
        ),
        sample=tiktok_sample,
    ),
    Format(
        reader=BlueskyReader(),
        endings=(".car",),
        method=CaptureMethod.EXPORT,
        not_read=(
            "likes, reposts, follows, blocks and lists",
            "whether the posts are still there",
            "that the DID document is the account's own (get it from the directory)",
            "media",
        ),
        sample=bluesky_sample,
        by_name=True,
        beside=(f"*{DOCUMENT}",),
        signs=True,
        preload=("libipld", "cryptography.hazmat.primitives.asymmetric.ec"),
    ),
    Format(
        reader=TakeoutReader(),
        endings=(".zip", ".tgz", ".tar.gz"),
        method=CaptureMethod.EXPORT,
        not_read=(
            "everything but YouTube comments and live chats",
            "exports in other languages than English, or in HTML",
        ),
        sample=takeout_sample,
    ),
    Format(
        reader=DiscordReader(),
        endings=(".zip",),
        method=CaptureMethod.EXPORT,
        not_read=(
            "direct messages, groups and private threads",
            "channels whose kind is not known",
            "what others wrote",
            "activity, servers, the account but for its name",
            "media",
        ),
        sample=discord_sample,
    ),
    Format(
        reader=YouTubeReader(),
        endings=(".csv",),
        method=CaptureMethod.EXPORT,
        not_read=("exports in other languages than English, or in HTML", "what others wrote"),
        sample=youtube_sample,
    ),
)
"""Asked in this order."""
