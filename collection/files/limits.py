"""How much of a hostile file is looked at: more than any real one needs, less than hurts."""

from typing import Final

MIB: Final = 1 << 20

MAX_FILES: Final = 10_000
"""Files in one applicant's folder."""

MAX_DEPTH_OF_FOLDERS: Final = 20

MAX_LINE: Final = MIB
"""Bytes in one line of a line-based file."""

MAX_TEXT: Final = 200_000
"""Characters in one item."""

MAX_LISTED: Final = 1_000
"""Problems of one kind that are listed one by one; the rest is counted."""

MAX_ENTRIES: Final = 100_000
"""Entries of one archive, or records of one WARC file."""

MAX_MEMBER: Final = 256 * MIB
"""Bytes of one archive member that is read."""

MAX_INFLATED: Final = 16 << 30
"""Bytes that one compressed file may grow to."""

MAX_RATIO: Final = 200
"""Growth by which text does not compress: applies after the first 64 MiB."""

RATIO_GRACE: Final = 64 * MIB

MAX_RECORD: Final = 16 * MIB
"""Bytes of one WARC record that is read; a larger one is a film, not a page."""

MAX_PAGE: Final = 4 * MIB
"""Characters of one HTML page, images in `data:` addresses not counted."""

MAX_TAGS: Final = 50_000
"""Start tags of one page: an HTML parser's time grows with their square when they nest."""

MAX_TAG_PARTS: Final = 20_000
"""Blanks, slashes and quotes between two tags: a parser's time grows with the square of these."""

MAX_NESTING: Final = 200
"""Depth of one page."""

MAX_CAPTURE: Final = 64 * MIB
"""Bytes of one file with a saved page, a document or a picture."""

MAX_PARTS: Final = 10_000
"""Parts of one MHTML file."""

MAX_PART_HEADER: Final = 16 * 1024
"""Characters of one header of a part: the parser's time grows with the square of them."""

MAX_PAGES_OF_PDF: Final = 2_000

MAX_PAGE_SIDE: Final = 20_000
"""Points of one side of a PDF page."""

MAX_PIXELS: Final = 40_000_000
"""Pixels of one picture."""
