"""A zip member that cannot be taken in is named for what it is."""

import zipfile
from pathlib import Path

from collection.files.members import Member
from collection.files.reader import Problem
from collection.files.zip_members import zip_members

UNKNOWN_METHOD = (99).to_bytes(2, "little")


def archive(path: Path, *, method: bytes | None = None, damage: bool = False) -> Path:
    """Write one deflated member; then say another method of packing, or spoil its bytes."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr("outbox.json", '{"a": 1}' * 50)
    content = bytearray(path.read_bytes())
    local, central = content.index(b"PK\x03\x04"), content.index(b"PK\x01\x02")
    if method is not None:
        content[local + 8 : local + 10] = content[central + 10 : central + 12] = method
    if damage:
        body = local + 30 + len("outbox.json")
        content[body : body + 4] = b"\xff\xff\xff\xff"
    path.write_bytes(content)
    return path


def faults(path: Path) -> list[str]:
    found = zip_members(path, lambda _name: True)
    return [part.fault for part in found if isinstance(part, Problem)]


def test_a_good_member_has_no_fault(tmp_path: Path) -> None:
    assert faults(archive(tmp_path / "good.zip")) == []


def test_a_member_packed_in_an_unsupported_way_is_not_called_damaged(tmp_path: Path) -> None:
    """The investigator asks the applicant for another export, not for the same one again."""
    path = archive(tmp_path / "odd.zip", method=UNKNOWN_METHOD)
    assert faults(path) == ["zip: a member packed in a way that is not supported"]


def test_a_spoilt_member_is_called_damaged(tmp_path: Path) -> None:
    assert faults(archive(tmp_path / "bad.zip", damage=True)) == ["zip: a damaged member"]


def test_an_entry_without_a_name_is_none_of_the_wanted(tmp_path: Path) -> None:
    """Found by fuzzing: the standard library fails on such a name."""
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as made:
        made.writestr(zipfile.ZipInfo(""), b"canary")
        made.writestr("b", b"x")
    parts = list(zip_members(path, lambda name: name.name == "b"))
    assert [part.body for part in parts if isinstance(part, Member)] == [b"x"]
