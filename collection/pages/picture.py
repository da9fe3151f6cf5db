"""A picture is opened as one of three formats, within limits, and gives its pixels alone.

Where it was taken, with what and when (EXIF, XMP, comments), what is behind its transparency and
what follows its end stay in the original.
"""

import logging
import struct
import warnings
from io import BytesIO
from typing import Final

from PIL import Image, ImageOps, UnidentifiedImageError

from collection.files.limits import MAX_PIXELS
from models.errors import InputError

FORMATS: Final = ("PNG", "JPEG", "WEBP")

_log: Final = logging.getLogger(__name__)
_PNG_END: Final = b"IEND\xaeB`\x82"
_JPEG_END: Final = b"\xff\xd9"
_SLACK: Final = 16


def opened(body: bytes) -> tuple[Image.Image, int]:
    """Return a picture's pixels as RGB, upright, on white; and how many pictures the file holds.

    Raises `InputError` for what is none of the formats, is too large, or is damaged.
    """
    fault = "damaged or cut off"
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            found = Image.open(BytesIO(body), formats=FORMATS)
            width, height = found.size
            if width * height > MAX_PIXELS:
                fault = f"a picture of more than {MAX_PIXELS} pixels"
            else:
                frames = int(getattr(found, "n_frames", 1))
                found.load()
                return _flat(found), frames
    except UnidentifiedImageError:
        fault = "none of the formats PNG, JPEG and WebP"
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        fault = f"a picture of more than {MAX_PIXELS} pixels"
    except Exception:  # noqa: BLE001 - the library raises all sorts of errors on hostile bytes
        _log.debug("picture not read")
    raise InputError(fault)


def has_more(body: bytes) -> bool:
    """Say whether something else follows the end of a picture."""
    if body.startswith(b"\x89PNG"):
        end = body.find(_PNG_END)
        return end >= 0 and end + len(_PNG_END) + _SLACK < len(body)
    if body.startswith(b"RIFF") and len(body) > 8:
        return int(struct.unpack("<I", body[4:8])[0]) + 8 + _SLACK < len(body)
    end = body.rfind(_JPEG_END)
    return end >= 0 and end + len(_JPEG_END) + _SLACK < len(body)


def _flat(found: Image.Image) -> Image.Image:
    upright = ImageOps.exif_transpose(found) or found
    if upright.mode in ("RGBA", "LA", "PA") or "transparency" in upright.info:
        clear = upright.convert("RGBA")
        ground = Image.new("RGBA", clear.size, "white")
        ground.alpha_composite(clear)
        upright = ground
    pixels = upright.convert("RGB")
    # A new picture, so that nothing of the old one's information comes along.
    plain = Image.new("RGB", pixels.size)
    plain.paste(pixels)
    return plain
