"""What other tools and vendors write, as rows of the table of formats.

Tools that only find candidates give leads and no evidence: as evidence they are refused by name.
"""

from typing import Final

from collection.formats.format import Format
from collection.reports.hunchly import HunchlyReader, recording_of_hunchly
from collection.reports.hunchly_marks import leads_of_hunchly
from collection.reports.maigret import MaigretReader, leads_of_maigret
from collection.reports.mapped import ENDINGS, MappedReader, recording_of_mapped
from collection.reports.mapping import MAPPING
from collection.reports.sherlock import SherlockReader, leads_of_sherlock
from collection.samples.sample_reports import (
    hunchly_sample,
    maigret_sample,
    mapped_sample,
    sherlock_sample,
)
from models.documentation import CaptureMethod

MAPPED: Final[tuple[Format, ...]] = (
    Format(
        reader=MappedReader(),
        endings=ENDINGS,
        method=CaptureMethod.LISTED_POSTS,
        not_read=(
            "every field that the mapping does not name",
            "a vendor's scores, flags and labels (opinion)",
            "rows of a vendor's report without address and time",
            "media",
        ),
        sample=mapped_sample,
        by_name=True,
        recording=recording_of_mapped,
        beside=(MAPPING,),
        preload=("regex", "zoneinfo"),
    ),
)
"""Asked first: a mapping speaks for all such files of its folder."""

CASES: Final[tuple[Format, ...]] = (
    Format(
        reader=HunchlyReader(),
        endings=(".zip",),
        method=CaptureMethod.SAVED_PAGE,
        not_read=(
            "pictures and films",
            "hidden text",
            "what components and style sheets put in",
            "frames of other sites",
            "pages without a matching digest",
            "notes and captions (opinion)",
            "selectors (leads: `walloff lead import`)",
        ),
        sample=hunchly_sample,
        recording=recording_of_hunchly,
        leads=leads_of_hunchly,
        preload=("selectolax.lexbor",),
    ),
)
"""Asked before readers that take any damaged archive for theirs."""

CANDIDATES: Final[tuple[Format, ...]] = (
    Format(
        reader=MaigretReader(),
        endings=(".json", ".ndjson", ".csv"),
        method=CaptureMethod.EXPORT,
        not_read=("what it guessed of a person", "pages that are only alike"),
        sample=maigret_sample,
        leads=leads_of_maigret,
        supported=False,
    ),
    Format(
        reader=SherlockReader(),
        endings=(".csv",),
        method=CaptureMethod.EXPORT,
        not_read=("sites that do not claim the name",),
        sample=sherlock_sample,
        leads=leads_of_sherlock,
        supported=False,
    ),
)
"""Asked after every format that holds evidence."""
