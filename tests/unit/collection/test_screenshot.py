"""A picture gives only pixels on, and only words that were read surely."""

import hashlib
import time
import zlib
from contextlib import suppress
from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image, ImageDraw, ImageFont, PngImagePlugin

from collection.files.reader import Problem
from collection.markup.saved_page import NO_ORIGIN
from collection.pages import screenshot
from collection.pages.picture import opened
from collection.pages.screenshot import (
    ScreenshotReader,
    Words,
    can_read_words,
    read_screenshot,
    words_of,
)
from models.errors import InputError
from models.evidence import SourceItem

FONT = "/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf"


def picture(text: str = "", *, size: tuple[int, int] = (600, 120)) -> Image.Image:
    made = Image.new("RGB", size, "white")
    if text:
        ImageDraw.Draw(made).text((20, 40), text, "black", ImageFont.truetype(FONT, 28))
    return made


def saved(made: Image.Image, kind: str = "PNG", **options: object) -> bytes:
    out = BytesIO()
    made.save(out, kind, **options)
    return out.getvalue()


def faults(body: bytes) -> list[str]:
    found = list(read_screenshot(body))
    if found[0] == NO_ORIGIN:
        del found[0]
    return [part.fault for part in found if isinstance(part, Problem)]


def chunk(kind: bytes, body: bytes) -> bytes:
    check = zlib.crc32(kind + body).to_bytes(4, "big")
    return len(body).to_bytes(4, "big") + kind + body + check


def giant(width: int, height: int) -> bytes:
    """A PNG of a few bytes that says it is huge."""
    header = width.to_bytes(4, "big") + height.to_bytes(4, "big") + b"\x08\x02\0\0\0"
    data = zlib.compress(b"\0" * 1000)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", data) + chunk(b"IEND", b"")
    )


@pytest.mark.skipif(not can_read_words(), reason="needs tesseract; `make system` installs it")
def test_the_words_of_a_picture_are_read() -> None:
    body = saved(picture("The lake was calm"))
    version = str(pytest.importorskip("pytesseract").get_tesseract_version())
    found = list(read_screenshot(body))
    (item,) = (part for part in found if isinstance(part, SourceItem))
    assert item.text.reveal() == "The lake was calm"
    assert item.created_at is None
    assert item.platform.reveal() == "unknown"
    assert [part.fault for part in found if isinstance(part, Problem)] == [
        NO_ORIGIN.fault,
        f"words read off a picture by Tesseract {version}: a person compares them",
    ]
    assert version[0].isdigit()
    assert item.native_id.reveal() == f"sha256:{hashlib.sha256(body).hexdigest()}"


def test_without_tesseract_a_person_has_to_look(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(screenshot, "can_read_words", lambda: False)
    assert faults(saved(picture())) == ["a picture: needs the extra `ocr` or a person"]


def test_a_line_with_one_unsure_word_is_left_out_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    """Left out alone, the one word could turn the sentence: "not", for example."""
    pytesseract = pytest.importorskip("pytesseract")
    found = {
        "block_num": [1, 1, 1, 1, 1, 1, 2],
        "par_num": [1, 1, 1, 1, 1, 1, 1],
        "line_num": [1, 1, 1, 2, 2, 3, 1],
        "text": ["It", "was", "", "not", "canary", "seen", "end"],
        "conf": [95, 96.5, -1, 20, 99, 90, 71],
    }
    monkeypatch.setattr(pytesseract, "image_to_data", lambda *_, **__: found)
    monkeypatch.setattr(screenshot, "_languages", lambda: "eng")
    assert words_of(picture()) == Words("It was\n\nseen\n\nend", 1)


def test_reading_that_takes_too_long_is_a_problem(monkeypatch: pytest.MonkeyPatch) -> None:
    pytesseract = pytest.importorskip("pytesseract")

    def stuck(*_: object, **__: object) -> None:
        raise RuntimeError("canary")

    monkeypatch.setattr(pytesseract, "image_to_data", stuck)
    monkeypatch.setattr(screenshot, "_languages", lambda: "eng")
    monkeypatch.setattr(screenshot, "can_read_words", lambda: True)
    assert faults(saved(picture())) == ["the words of a picture could not be read"]


def test_nothing_of_the_files_own_words_goes_on() -> None:
    exif = Image.Exif()
    exif[0x010E] = "canary"  # description
    exif[0x0112] = 6  # lies on its side
    exif.get_ifd(0x8825)[1] = "N"  # where it was taken
    png = PngImagePlugin.PngInfo()
    png.add_text("Comment", "canary")
    png.add_itxt("XML:com.adobe.xmp", "canary")
    for kind, options in (
        ("JPEG", {"exif": exif, "comment": b"canary"}),
        ("PNG", {"exif": exif, "pnginfo": png}),
        ("WEBP", {"exif": exif.tobytes(), "xmp": b"canary"}),
    ):
        body = saved(picture(), kind, **options)
        assert b"canary" in body
        pixels, _ = opened(body)
        assert not pixels.info
        assert not pixels.getexif()
        assert pixels.size == (120, 600)


def test_what_is_behind_transparency_is_not_brought_out() -> None:
    """Taking the transparency away would show it."""
    made = picture("canary").convert("RGBA")
    made.putalpha(0)
    flat, _ = opened(saved(made))
    assert flat.getextrema() == ((255, 255), (255, 255), (255, 255))


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
def test_what_follows_a_picture_is_told(monkeypatch: pytest.MonkeyPatch, kind: str) -> None:
    monkeypatch.setattr(screenshot, "can_read_words", lambda: False)
    body = saved(picture(), kind)
    told = "something else follows the picture in the file"
    assert told not in faults(body)
    assert told in faults(body + b"PK\x03\x04" * 20)


def test_further_pictures_of_a_file_are_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(screenshot, "can_read_words", lambda: False)
    body = saved(picture("a"), "PNG", save_all=True, append_images=[picture("b"), picture("c")])
    assert "2 further pictures of the file were not looked at" in faults(body)


@pytest.mark.parametrize(
    ("body", "fault"),
    [
        (giant(60_000, 60_000), "picture: a picture of more than 40000000 pixels"),
        (giant(2**31 - 1, 2**31 - 1), "picture: a picture of more than 40000000 pixels"),
        (giant(7_000, 6_000), "picture: a picture of more than 40000000 pixels"),
        (giant(5_000, 5_000), "picture: damaged or cut off"),
        (b"", "picture: none of the formats PNG, JPEG and WebP"),
        (b"canary", "picture: none of the formats PNG, JPEG and WebP"),
        (b"%!PS-Adobe-3.0 EPSF canary", "picture: none of the formats PNG, JPEG and WebP"),
        (b"<svg><!ENTITY canary></svg>", "picture: none of the formats PNG, JPEG and WebP"),
        (saved(Image.new("P", (9, 9)), "GIF"), "picture: none of the formats PNG, JPEG and WebP"),
        (saved(picture(), "TIFF"), "picture: none of the formats PNG, JPEG and WebP"),
        (saved(picture("canary"))[:-900], "picture: damaged or cut off"),
    ],
)
def test_what_is_no_picture_or_too_large_a_one_is_one_problem(body: bytes, fault: str) -> None:
    """A name that says PNG makes nothing a PNG."""
    started = time.process_time()
    assert faults(body) == [fault]
    assert time.process_time() - started < 10


def test_a_text_chunk_that_grows_is_refused() -> None:
    """Pillow's own limit: 1 MiB of text in one chunk."""
    header = b"\0\0\0\x01\0\0\0\x01\x08\x02\0\0\0"
    text = chunk(b"zTXt", b"a\0\0" + zlib.compress(b"canary" * 4_000_000))
    body = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + text
    body += chunk(b"IDAT", zlib.compress(b"\0\0\0\0")) + chunk(b"IEND", b"")
    assert faults(body) == ["picture: damaged or cut off"]


def test_a_file_is_accepted_by_its_name(tmp_path: Path) -> None:
    assert ScreenshotReader().accepts(tmp_path / "X.PNG")
    assert not ScreenshotReader().accepts(tmp_path / "x.gif")


@given(st.data())
@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_no_flipped_byte_crashes_or_leaks(
    monkeypatch: pytest.MonkeyPatch, data: st.DataObject
) -> None:
    monkeypatch.setattr(screenshot, "can_read_words", lambda: False)
    kind = data.draw(st.sampled_from(["PNG", "JPEG", "WEBP"]))
    body = bytearray(saved(picture("canary"), kind))
    for _ in range(data.draw(st.integers(1, 4))):
        body[data.draw(st.integers(0, len(body) - 1))] ^= data.draw(st.integers(1, 255))
    with suppress(InputError):
        opened(bytes(body))
    assert not any("canary" in fault for fault in faults(bytes(body)))
