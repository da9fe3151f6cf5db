"""What lies under a page's name is a page: files of other kinds, and of two kinds, are refused."""

from typing import Final

from models.errors import InputError

_OTHERS: Final = (
    *(b"%PDF", b"PK\x03\x04", b"PK\x05\x06", b"\x1f\x8b", b"\x89PNG", b"\xff\xd8\xff", b"GIF8"),
    *(b"RIFF", b"BM", b"\x7fELF", b"MZ", b"7z\xbc\xaf", b"BZh", b"\xfd7zXZ", b"SQLite format 3"),
    *(b"Rar!", b"\xd0\xcf\x11\xe0", b"OggS", b"ID3", b"II*\0", b"MM\0*"),
)
_WIDE: Final = (b"\xff\xfe", b"\xfe\xff")
_FIRST: Final = 4096


def refuse_other_kinds(body: bytes) -> None:
    """Raise `InputError` for bytes that are no page, whatever their name or header says."""
    if not body.strip():
        raise InputError("empty")
    if body.startswith(_OTHERS):
        raise InputError("another kind of file under the name of a page")
    if b"\0" in body[:_FIRST] and not body.startswith(_WIDE):
        raise InputError("bytes that are no text under the name of a page")
