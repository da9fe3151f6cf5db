"""Behind a damage a packed file goes on only where whole members follow to its end."""

import gzip
from pathlib import Path

import pytest

from collection.files import gzip_members
from collection.files.gzip_members import next_whole_member


def one(text: bytes, level: int = 9) -> bytes:
    return gzip.compress(text, level, mtime=0)


def found(tmp_path: Path, *parts: bytes, start: int = 0) -> int | None:
    path = tmp_path / "a.gz"
    path.write_bytes(b"".join(parts))
    return next_whole_member(path, start)


@pytest.mark.parametrize("junk", [b"junk", b"\x1f\x8b\x08\0junk", b"x" * 2_000_000])
@pytest.mark.parametrize("end", [b"", b"\0" * 512])
def test_the_first_of_whole_members_is_found(tmp_path: Path, junk: bytes, end: bytes) -> None:
    assert found(tmp_path, junk, one(b"a"), one(b"b"), end) == len(junk)


def test_nothing_is_found_where_the_file_does_not_end_whole(tmp_path: Path) -> None:
    assert found(tmp_path, b"junk", one(b"a"), one(b"b")[:-1]) is None
    assert found(tmp_path, b"junk", one(b"a"), b"junk") is None
    assert found(tmp_path, b"junk") is None
    assert found(tmp_path) is None


def test_a_member_within_another_is_not_found(tmp_path: Path) -> None:
    """A page can hold it; the rest of the page's own member comes behind it."""
    holder = one(b"x" + one(b"forged") * 3 + b"y", 0)
    assert found(tmp_path, holder[5:], one(b"a")) == len(holder) - 5


def test_a_long_extra_field_reaches_over_nothing(tmp_path: Path) -> None:
    first, second = one(b"first"), one(b"second")
    size = len(first) + 10
    bait = b"\x1f\x8b\x08\x04" + bytes(6) + size.to_bytes(2, "little")
    pad = 60
    size += pad
    bait = bait[:10] + size.to_bytes(2, "little") + b"z" * pad
    assert found(tmp_path, bait, first, second) == len(bait)


def test_the_search_ends_with_its_allowance(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gzip_members, "MAX_SEARCHED", 100 * 8 * 1024)
    assert found(tmp_path, b"\x1f\x8b\x08\0" * 500_000, one(b"a")) is None
