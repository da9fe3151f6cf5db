"""What comes out of a box is one line of JSON for each thing, and every line has its limit."""

from typing import Final

from pydantic import Field

from collection.files.limits import MAX_ENTRIES, MAX_TEXT, MIB
from models.value import Value

MAX_LINE: Final = 8 * MIB
"""Bytes: an item's text and addresses at their longest, written as JSON."""

MAX_OUTPUT: Final = 512 * MIB
"""Bytes that come out of a box for one file."""

MAX_PARTS: Final = 1_000_000
"""Items, problems, pages or digests of one file."""

MAX_PROBLEMS: Final = 20_000
MAX_PAGES: Final = MAX_ENTRIES
MAX_FIELD: Final = MAX_TEXT
"""Characters in any one field of an item."""

MAX_POINTER: Final = 40

MAX_REQUEST: Final = 64 * 1024
MAX_BESIDE: Final = 100
"""Files that a reader opens beside the one that it reads."""

ITEM, PROBLEM, PAGE, SOFTWARE, DIGEST, ACCEPTED, LEAD, END, FAILED = (
    b"I",
    b"P",
    b"R",
    b"S",
    b"D",
    b"A",
    b"L",
    b"E",
    b"X",
)


class Failure(Value):
    """Why a reader could not go on: one of a few fixed words."""

    why: str = Field(pattern=r"^(memory|unreadable|failed|unprotected)$")


class BoxedProblem(Value):
    """A problem as it comes out of a box: plain printable text, short."""

    fault: str = Field(pattern=r"^[\x20-\x7e]+$", max_length=200)
    pointer: str = Field(pattern=r"^[a-z]+:[0-9]+$", max_length=40)


class BoxedName(Value):
    """The format that accepts a file, or nothing."""

    name: str = Field(max_length=80)


class BoxedSoftware(Value):
    """What recorded a file, in the file's own words."""

    software: str = Field(max_length=400)


class BoxedDigest(Value):
    """The SHA-256 of something in a file."""

    sha256: str = Field(pattern=r"^[0-9a-f]{64}$")


class BoxedEnd(Value):
    """The last line: how many came before it."""

    count: int = Field(ge=0)
