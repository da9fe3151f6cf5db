"""Every format that can be read stands in one table; what is not in it is reported, never guessed.

A reader is added by one `Format` in `FORMATS`. Readers run in a box (`collection.boxed`), so a
module with a reader imports what it needs to parse within its functions, or names it in `preload`.
"""

from typing import Final

from collection.exports.mastodon import MastodonReader
from collection.files.limits import MIB
from collection.formats.export_formats import EXPORTS
from collection.formats.format import Format as Format
from collection.formats.format import Needs as Needs
from collection.formats.report_formats import CANDIDATES, CASES, MAPPED
from collection.formats.unsupported import (
    UnsupportedReader,
    unsupported_endings,
    unsupported_sample,
)
from collection.pages.har import HarReader, recording_of_har
from collection.pages.html_file import HtmlFileReader, recording_of_html
from collection.pages.mhtml import MhtmlReader, recording_of_mhtml
from collection.pages.pdf import PdfReader
from collection.pages.screenshot import ScreenshotReader
from collection.pages.single_file import SingleFileReader, recording_of_single_file
from collection.pages.wacz import WaczReader, wacz_recording_of
from collection.pages.warc import WarcReader
from collection.pages.warc_recording import recording_of
from collection.reports.posts import PostsReader
from collection.samples.sample_fetched import fetched_sample
from collection.samples.sample_files import mastodon_sample, posts_sample, wacz_sample, warc_sample
from collection.samples.sample_pages import (
    har_sample,
    html_sample,
    mhtml_sample,
    picture_sample,
    single_file_sample,
)
from collection.samples.sample_pdf import pdf_sample
from collection.web.fetched import FetchedReader
from models.documentation import CaptureMethod

_OF_A_PAGE: Final = (
    "pictures and films",
    "hidden text",
    "what components and style sheets put in",
)

FORMATS: Final[tuple[Format, ...]] = (
    *MAPPED,
    Format(
        reader=PostsReader(),
        endings=(".jsonl",),
        method=CaptureMethod.LISTED_POSTS,
        not_read=("lines that are not posts", "media"),
        sample=posts_sample,
        by_name=True,
    ),
    Format(
        reader=FetchedReader(),
        endings=(".fetched.warc.gz",),
        method=CaptureMethod.WEB_ARCHIVE,
        not_read=(
            "answers other than 2xx",
            "who an account follows, likes or blocks",
            "what was not public",
            "boosts",
            "media",
        ),
        sample=fetched_sample,
        by_name=True,
        recording=recording_of,
        preload=("warcio.archiveiterator", "selectolax.lexbor", "feedparser"),
    ),
    Format(
        reader=WarcReader(),
        endings=(".warc", ".warc.gz"),
        method=CaptureMethod.WEB_ARCHIVE,
        not_read=("pictures and films", "scripts", "answers other than 2xx", "requests"),
        sample=warc_sample,
        by_name=True,
        recording=recording_of,
        preload=("warcio.archiveiterator", "selectolax.lexbor"),
    ),
    *EXPORTS,
    Format(
        reader=WaczReader(),
        endings=(".wacz", ".zip"),
        method=CaptureMethod.WEB_ARCHIVE,
        not_read=(
            "pictures and films",
            "scripts",
            "what the crawler wrote for itself (urn:...)",
            "files without a matching digest",
            "signatures",
        ),
        sample=wacz_sample,
        recording=wacz_recording_of,
    ),
    *CASES,
    Format(
        reader=MastodonReader(),
        endings=(".tar.gz", ".tgz", ".tar", ".zip", "outbox.json"),
        method=CaptureMethod.EXPORT,
        not_read=("likes", "bookmarks", "what was not public", "boosts", "media"),
        sample=mastodon_sample,
        beside=("actor.json",),
    ),
    Format(
        reader=MhtmlReader(),
        endings=(".mhtml", ".mht"),
        method=CaptureMethod.SAVED_PAGE,
        not_read=(*_OF_A_PAGE, "frames of other sites"),
        sample=mhtml_sample,
        by_name=True,
        recording=recording_of_mhtml,
    ),
    Format(
        reader=SingleFileReader(),
        endings=(".html", ".htm"),
        method=CaptureMethod.SAVED_PAGE,
        not_read=(*_OF_A_PAGE, "frames", "pages that are an archive in themselves"),
        sample=single_file_sample,
        recording=recording_of_single_file,
    ),
    Format(
        reader=HtmlFileReader(),
        endings=(".html", ".htm", ".xhtml"),
        method=CaptureMethod.PAGE_ALONE,
        not_read=(*_OF_A_PAGE, "frames", "style sheets beside it", "addresses in the page"),
        sample=html_sample,
        by_name=True,
        recording=recording_of_html,
    ),
    Format(
        reader=HarReader(),
        endings=(".har",),
        method=CaptureMethod.WEB_ARCHIVE,
        not_read=(
            *_OF_A_PAGE,
            "what was asked for with a cookie or a password",
            "data (JSON)",
            "answers other than 2xx",
            "headers",
        ),
        sample=har_sample,
        by_name=True,
        recording=recording_of_har,
    ),
    Format(
        reader=PdfReader(),
        endings=(".pdf",),
        method=CaptureMethod.PAGE_ALONE,
        not_read=(
            "letters that the page does not show",
            "pictures and scans",
            "notes and form fields",
            "attached files",
            "scripts",
            "title, author and times of the file",
        ),
        sample=pdf_sample,
        by_name=True,
        preload=("pypdfium2",),
    ),
    Format(
        reader=ScreenshotReader(),
        endings=(".png", ".jpg", ".jpeg", ".webp"),
        method=CaptureMethod.PAGE_ALONE,
        not_read=(
            "lines with an unsure word",
            "all words, without the extra `ocr`",
            "where and when it was taken (EXIF)",
        ),
        sample=picture_sample,
        by_name=True,
        needs=Needs(scratch=256 * MIB, programs=True),
        preload=("PIL.Image", "pytesseract"),
    ),
    *CANDIDATES,
    Format(
        reader=UnsupportedReader(),
        endings=unsupported_endings(),
        method=CaptureMethod.EXPORT,
        not_read=("all of it",),
        sample=unsupported_sample,
        supported=False,
    ),
)
"""Asked in this order; the first that accepts a file reads it."""


def format_named(name: str) -> Format | None:
    """Return the format of a name, or None."""
    return next((one for one in FORMATS if one.name == name), None)


def candidates(name: str) -> tuple[Format, ...]:
    """Return the formats that a file of this name may have, in order."""
    low = name.lower()
    return tuple(one for one in FORMATS if low.endswith(one.endings))
