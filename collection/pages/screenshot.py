"""A screenshot's words are read where the agency has Tesseract, and only the lines it is sure of.

Without it, and for every line that holds one unsure word, a person has to look: a word left out of
a sentence could turn its meaning. What was read by a machine says so, and gives way to the picture.
"""

import hashlib
import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Final

from PIL.Image import Image

from collection.files.limits import MAX_TEXT
from collection.files.reader import WHOLE_FILE, Problem
from collection.files.strict_json import whole
from collection.markup.saved_page import NO_ORIGIN, UNKNOWN, bytes_of
from collection.pages.picture import has_more, opened
from models.consent import PlatformKind
from models.errors import InputError
from models.evidence import AccessGate, SourceItem
from models.text import RawText

SURE: Final = 70.0
"""Of 100: what Tesseract must be sure of each word of a line."""

SECONDS: Final = 120
_VERSION: Final = re.compile(r"[^0-9A-Za-z.+-]")
_POINTER: Final = "page:1"
_SMALL: Final = 2_200
"""Pixels of the longer side below which letters are doubled in size: screens have few pixels."""
_ENDINGS: Final = (".png", ".jpg", ".jpeg", ".webp")


class ScreenshotReader:
    """Reads the words of a picture of a screen."""

    name: Final = "screenshot"
    version: Final = "2"
    seen_versions: Final = ("PNG", "JPEG", "WebP")
    gate: Final = AccessGate.NONE

    def accepts(self, path: Path) -> bool:
        """Say whether the file's name ends as that of a picture."""
        return path.name.lower().endswith(_ENDINGS)

    def read(self, path: Path) -> Iterator[SourceItem | Problem]:
        """Yield the words of the picture as one item, and what could not be read."""
        try:
            body = bytes_of(path)
        except InputError as damage:
            yield Problem(f"picture: {damage.fault}", WHOLE_FILE)
            return
        yield from read_screenshot(body)


@dataclass(frozen=True, slots=True)
class Words:
    """What was read off a picture."""

    text: str
    unsure: int
    """Lines that were left out."""


def read_screenshot(body: bytes) -> Iterator[SourceItem | Problem]:
    """Yield what a picture says, and what is damaged or needs a person."""
    try:
        picture, frames = opened(body)
    except InputError as damage:
        yield Problem(f"picture: {damage.fault}", WHOLE_FILE)
        return
    yield NO_ORIGIN
    if frames > 1:
        yield Problem(f"{frames - 1} further pictures of the file were not looked at", WHOLE_FILE)
    if has_more(body):
        yield Problem("something else follows the picture in the file", WHOLE_FILE)
    if not can_read_words():
        yield Problem("a picture: needs the extra `ocr` or a person", _POINTER)
        return
    try:
        words = words_of(picture)
    except InputError as fault:
        yield Problem(fault.fault, _POINTER)
        return
    if words.text:
        yield _item(words.text, hashlib.sha256(body).hexdigest())
        by = f"Tesseract {_VERSION.sub('', _version())[:40]}".strip()
        yield Problem(f"words read off a picture by {by}: a person compares them", _POINTER)
    if words.unsure:
        yield Problem(f"{words.unsure} lines could not be read surely and were left out", _POINTER)
    elif not words.text:
        yield Problem("a picture without words", _POINTER)


def can_read_words() -> bool:
    """Say whether Tesseract and the extra `ocr` are installed."""
    return find_spec("pytesseract") is not None and shutil.which("tesseract") is not None


def words_of(picture: Image) -> Words:
    """Return the lines that were read surely. Raises `InputError` if it took too long."""
    import pytesseract

    if max(picture.size) <= _SMALL:
        picture = picture.resize((picture.width * 2, picture.height * 2))
    found = None
    try:
        found = pytesseract.image_to_data(
            picture, lang=_languages(), timeout=SECONDS, output_type=pytesseract.Output.DICT
        )
    except (RuntimeError, OSError, ValueError):
        found = None
    if found is None:
        raise InputError("the words of a picture could not be read")
    lines: dict[tuple[int, int, int], list[tuple[str, float]]] = {}
    for block, paragraph, line, word, sure in zip(
        *(found[name] for name in ("block_num", "par_num", "line_num", "text", "conf")), strict=True
    ):
        if str(word).strip():
            lines.setdefault((block, paragraph, line), []).append((str(word), float(sure)))
    return _sure_lines(lines)


def _sure_lines(lines: dict[tuple[int, int, int], list[tuple[str, float]]]) -> Words:
    text, unsure, last, gap = "", 0, (0, 0), ""
    for (block, paragraph, _), words in lines.items():
        if any(sure < SURE for _, sure in words):
            unsure += 1
            gap = "\n\n"
            continue
        same = (block, paragraph) == last
        gap = gap or (" " if same else "\n\n")
        text += (gap if text else "") + " ".join(word for word, _ in words)
        last, gap = (block, paragraph), ""
    return Words(text[:MAX_TEXT], unsure)


@cache
def _languages() -> str:
    import pytesseract

    installed = pytesseract.get_languages()
    return "+".join(name for name in ("eng", "spa") if name in installed) or "eng"


@cache
def _version() -> str:
    import pytesseract

    try:
        return str(pytesseract.get_tesseract_version())
    except (RuntimeError, OSError, ValueError, SystemExit):
        return "of an unknown version"


def _item(text: str, digest: str) -> SourceItem:
    return SourceItem(
        native_id=RawText(f"sha256:{digest}"),
        platform=RawText(UNKNOWN),
        kind=PlatformKind.OTHER,
        author=RawText(""),
        created_at=None,
        url=RawText(""),
        text=RawText(whole(text)),
        gate=AccessGate.NONE,
        pointer=_POINTER,
    )
