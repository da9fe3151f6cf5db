"""A sealed file opens whole, or fails where it was cut, swapped, shortened or lengthened."""

import io
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import storage.stream
from models.errors import SealBrokenError
from storage.envelope import SealingKey
from storage.stream import open_file, seal_file

KEY = SealingKey.of(b"k" * 32, "files")
PLACE = ("original", "case", "capture")
SMALL = 64
HEAD = 73
SEALED = SMALL + 16


@pytest.fixture(autouse=True)
def small_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(storage.stream, "CHUNK", SMALL)


def sealed(folder: Path, plaintext: bytes) -> Path:
    target = folder / "sealed"
    assert seal_file(io.BytesIO(plaintext), target, KEY, PLACE) == len(plaintext)
    return target


def opened(path: Path) -> bytes:
    return b"".join(open_file(path, KEY, PLACE))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.integers(0, 300))
def test_a_file_comes_back(tmp_path: Path, size: int) -> None:
    plaintext = bytes(range(256)) * 2
    assert opened(sealed(tmp_path, plaintext[:size])) == plaintext[:size]


def test_a_real_chunk_is_a_mebibyte(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(storage.stream, "CHUNK", 1 << 20)
    source = tmp_path / "source"
    source.write_bytes(b"walloff" * 400_000)
    seal_file(source, tmp_path / "sealed", KEY, PLACE)
    chunks = list(open_file(tmp_path / "sealed", KEY, PLACE))
    assert b"".join(chunks) == source.read_bytes()
    assert [len(chunk) for chunk in chunks[:-1]] == [1 << 20] * 2


def test_a_source_that_gives_little_at_a_time_is_read_whole(tmp_path: Path) -> None:
    class Slow(io.BytesIO):
        def read(self, size: int | None = -1, /) -> bytes:
            return super().read(min(size or 7, 7))

    seal_file(Slow(b"x" * 200), tmp_path / "sealed", KEY, PLACE)
    assert opened(tmp_path / "sealed") == b"x" * 200


def damaged(sealed_bytes: bytes) -> dict[str, bytes]:
    head, body = sealed_bytes[:HEAD], sealed_bytes[HEAD:]
    chunks = [body[at : at + SEALED] for at in range(0, len(body), SEALED)]
    return {
        "last chunk dropped": head + b"".join(chunks[:-1]),
        "all chunks dropped": head,
        "first chunk dropped": head + b"".join(chunks[1:]),
        "two swapped": head + b"".join([chunks[1], chunks[0], *chunks[2:]]),
        "one repeated": head + b"".join([chunks[0], *chunks]),
        "last repeated": head + b"".join([*chunks, chunks[-1]]),
        "byte appended": sealed_bytes + b"\0",
        "byte cut": sealed_bytes[:-1],
        "head cut": sealed_bytes[:40],
        "empty": b"",
    }


@pytest.mark.parametrize("damage", list(damaged(b"x" * 500)))
@pytest.mark.parametrize("size", [SMALL * 3, SMALL * 3 + 5])
def test_damage_between_chunks_is_found(tmp_path: Path, damage: str, size: int) -> None:
    path = sealed(tmp_path, b"y" * size)
    path.write_bytes(damaged(path.read_bytes())[damage])
    with pytest.raises(SealBrokenError):
        opened(path)


def test_no_byte_may_be_changed(tmp_path: Path) -> None:
    path = sealed(tmp_path, b"y" * 150)
    good = path.read_bytes()
    for at in range(len(good)):
        path.write_bytes(good[:at] + bytes([good[at] ^ 1]) + good[at + 1 :])
        with pytest.raises(SealBrokenError):
            opened(path)


def test_chunks_of_two_files_do_not_mix(tmp_path: Path) -> None:
    one = sealed(tmp_path, b"1" * 150).read_bytes()
    path = sealed(tmp_path, b"2" * 150)
    two = path.read_bytes()
    path.write_bytes(two[: HEAD + SEALED] + one[HEAD + SEALED :])
    with pytest.raises(SealBrokenError):
        opened(path)


def test_a_file_opens_only_with_its_key_and_in_its_place(tmp_path: Path) -> None:
    path = sealed(tmp_path, b"words")
    other = SealingKey.of(b"o" * 32, "files")
    for key, place in (
        (other, PLACE),
        (SealingKey(KEY.id, other.secret), PLACE),
        (KEY, ("original", "case", "another")),
    ):
        with pytest.raises(SealBrokenError):
            list(open_file(path, key, place))


def test_a_failure_leaves_no_file_and_keeps_the_old_one(tmp_path: Path) -> None:
    class Failing(io.BytesIO):
        def read(self, size: int | None = -1, /) -> bytes:
            raise OSError("the disk is gone")

    path = sealed(tmp_path, b"old")
    with pytest.raises(OSError, match="gone"):
        seal_file(Failing(b"new"), path, KEY, PLACE)
    assert opened(path) == b"old"
    assert [found.name for found in tmp_path.iterdir()] == ["sealed"]
    assert path.stat().st_mode & 0o777 == 0o600
