"""A page's bytes become text by its byte order mark, its header, its own word, or UTF-8."""

import re
from typing import Final

_BOMS: Final = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
_HEADER: Final = re.compile(r"charset\s*=\s*[\"']?([\w.:-]{1,40})", re.ASCII)
_META: Final = re.compile(rb"(?i)<meta[^>]{0,200}?charset\s*=\s*[\"']?([\w.:-]{1,40})")
_META_WITHIN: Final = 1024

# Python knows codecs that are no character sets, and browsers read Latin-1 as Windows-1252.
_KNOWN: Final = {
    **dict.fromkeys(("utf-8", "utf8", "unicode-1-1-utf-8"), "utf-8"),
    **dict.fromkeys(("utf-16", "utf-16le", "utf-16be"), "utf-8"),
    **dict.fromkeys(
        ("iso-8859-1", "latin1", "latin-1", "ascii", "us-ascii", "windows-1252", "cp1252"),
        "cp1252",
    ),
    **{name: name for name in ("iso-8859-2", "iso-8859-5", "iso-8859-7", "iso-8859-15")},
    **{name: name.replace("windows-", "cp") for name in ("windows-1250", "windows-1251")},
    **{name: name for name in ("koi8-r", "koi8-u", "shift_jis", "euc-jp", "iso-2022-jp")},
    **{name: name for name in ("euc-kr", "gb18030", "big5")},
    **dict.fromkeys(("gbk", "gb2312"), "gb18030"),
    "iso-8859-9": "cp1254",
    "windows-1254": "cp1254",
}


def decode(body: bytes, content_type: str) -> str:
    """Return a page's text; what is not of its character set becomes U+FFFD.

    The order is that of the HTML standard, section 13.2.3.2: byte order mark, `Content-Type`,
    a `meta` element in the first 1024 bytes. Then UTF-8, and Windows-1252 where that fails.
    """
    for mark, codec in _BOMS:
        if body.startswith(mark):
            return body.decode(codec, "replace")
    stated = _HEADER.search(content_type)
    named = _named_by_header(stated[1].lower()) if stated else None
    if named is None:
        meta = _META.search(body, 0, _META_WITHIN)
        named = _KNOWN.get(meta[1].decode("ascii", "replace").lower()) if meta else None
    if named is not None:
        return body.decode(named, "replace")
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError:
        return body.decode("cp1252", "replace")


def _named_by_header(name: str) -> str | None:
    # In a page's own words UTF-16 cannot be true: they were read as ASCII.
    wide = {"utf-16": "utf-16-le", "utf-16le": "utf-16-le", "utf-16be": "utf-16-be"}
    return wide.get(name) or _KNOWN.get(name)
