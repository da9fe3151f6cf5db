"""An archive that cannot be read to its end is refused, as nobody can say what is in it."""

import gzip
import zipfile
from pathlib import Path

import pytest

from collection.files.contraband import digests_within
from models.errors import InputError


def _archive(path: Path) -> zipfile.ZipInfo:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("posts.txt", "a line of text\n" * 500)
        return archive.infolist()[0]


def _bent(path: Path, at: int, value: bytes) -> None:
    content = bytearray(path.read_bytes())
    content[at : at + len(value)] = value
    path.write_bytes(bytes(content))


def test_a_whole_archive_gives_its_own_digest_and_its_members(tmp_path: Path) -> None:
    path = tmp_path / "whole.zip"
    _archive(path)
    assert len(list(digests_within(path))) == 2


def test_a_member_that_does_not_inflate_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "damaged.zip"
    info = _archive(path)
    _bent(path, info.header_offset + 30 + len(info.filename), b"\xff" * 8)
    with pytest.raises(InputError):
        list(digests_within(path))


def test_a_member_packed_in_an_unknown_way_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "unknown.zip"
    _archive(path)
    content = path.read_bytes()
    _bent(path, content.index(b"PK\1\2") + 10, b"\x63\x00")
    _bent(path, 8, b"\x63\x00")
    with pytest.raises(InputError):
        list(digests_within(path))


@pytest.mark.parametrize(
    "content",
    [
        b"\x1f\x8b" + b"\xff" * 200,
        gzip.compress(
            b"WARC/1.0\r\nWARC-Type: response\r\nContent-Length: 60\r\n\r\n"
            b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n\xff\xff\xff\xffabc"
        ),
    ],
    ids=["no archive", "no warc"],
)
def test_a_damaged_web_archive_is_refused_without_its_words(tmp_path: Path, content: bytes) -> None:
    """What the library raises would repeat the archive's first line."""
    path = tmp_path / "damaged.warc.gz"
    path.write_bytes(content)
    with pytest.raises(InputError) as refusal:
        list(digests_within(path))
    assert refusal.value.__context__ is None
    assert "ÿ" not in str(refusal.value)
