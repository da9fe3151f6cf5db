"""What lies without its name is named if it is recorded, goes if it is not, or is somebody's."""

import hashlib
from pathlib import Path

import pytest

from collection.web.parts import give_name, hold, part_of, settle_parts
from models.errors import HomeError

NAME = "mastodon-0123456789ab.fetched.warc.gz"
PAGE = "page-20260901T120000Z-0123abcd.mhtml"
BODY = b"all of it"
SHA256 = hashlib.sha256(BODY).hexdigest()


def recorded(name: str, sha256: str) -> bool:
    return (name, sha256) in {(NAME, SHA256), (PAGE, SHA256)}


@pytest.mark.parametrize("name", [NAME, PAGE])
@pytest.mark.parametrize(("body", "left"), [(BODY, True), (BODY[:-1], False)])
def test_a_part_is_named_if_it_is_recorded_byte_for_byte(
    tmp_path: Path, name: str, body: bytes, *, left: bool
) -> None:
    part_of(tmp_path / name).write_bytes(body)
    assert settle_parts(tmp_path, recorded) == 1
    assert [path.name for path in tmp_path.iterdir()] == ([name] if left else [])


def test_a_part_that_somebody_is_at_work_on_is_left(tmp_path: Path) -> None:
    part = part_of(tmp_path / NAME)
    with part.open("wb") as stream:
        hold(stream.fileno())
        assert settle_parts(tmp_path, recorded) == 0
    assert part.exists()
    assert settle_parts(tmp_path, recorded) == 1
    assert not part.exists()


@pytest.mark.parametrize("name", ["notes.part", f"x{NAME}x.part", "page-1.mhtml.part", NAME])
def test_what_is_none_of_ours_is_left(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(b"mine")
    assert settle_parts(tmp_path, recorded) == 0
    assert (tmp_path / name).read_bytes() == b"mine"


def test_a_link_is_not_followed(tmp_path: Path) -> None:
    """A link in the place of a part could have another file renamed or destroyed."""
    other = tmp_path / "other"
    other.write_bytes(BODY)
    folder = tmp_path / "folder"
    folder.mkdir()
    part_of(folder / NAME).symlink_to(other)
    with pytest.raises(HomeError):
        settle_parts(folder, recorded)
    assert other.read_bytes() == BODY


def test_a_name_that_is_taken_is_not_taken_again(tmp_path: Path) -> None:
    (tmp_path / NAME).write_bytes(b"first")
    part_of(tmp_path / NAME).write_bytes(BODY)
    assert settle_parts(tmp_path, recorded) == 1
    assert [(path.name, path.read_bytes()) for path in tmp_path.iterdir()] == [(NAME, b"first")]


def test_a_name_that_cannot_be_given_is_a_fault(tmp_path: Path) -> None:
    with pytest.raises(HomeError):
        give_name(tmp_path / NAME)
