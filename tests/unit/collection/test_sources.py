"""Every file of an applicant's folder is listed; nothing leads out of it."""

import hashlib
import os
import tarfile
import zipfile
from pathlib import Path

import pytest

from collection import sources
from collection.files.digest import sha256_of
from collection.sources import find_sources
from models.errors import InputError


def names(folder: Path) -> dict[str, str | None]:
    return {item.name: item.reader.name if item.reader else None for item in find_sources(folder)}


def test_each_file_has_its_reader_or_none(tmp_path: Path) -> None:
    (tmp_path / "disclosure.toml").write_text("")
    (tmp_path / "b").mkdir()
    (tmp_path / "b" / "Posts.JSONL").write_text("")
    (tmp_path / "a.warc.gz").write_text("")
    (tmp_path / "z.doc").write_text("")
    (tmp_path / "b" / "disclosure.toml").write_text("")
    assert names(tmp_path) == {
        "a.warc.gz": "warc",
        "b/Posts.JSONL": "posts-jsonl",
        "b/disclosure.toml": None,
        "z.doc": None,
    }


def test_the_order_is_that_of_names(tmp_path: Path) -> None:
    for name in ("c.jsonl", "a.jsonl", "b.jsonl"):
        (tmp_path / name).write_text("")
    assert list(names(tmp_path)) == ["a.jsonl", "b.jsonl", "c.jsonl"]


def test_an_archive_without_an_outbox_has_no_reader(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "other.zip", "w") as archive:
        archive.writestr("posts.json", "[]")
    with tarfile.open(tmp_path / "other.tar.gz", "w:gz") as archive_of_tar:
        archive_of_tar.addfile(tarfile.TarInfo("posts.json"))
    assert names(tmp_path) == {"other.tar.gz": None, "other.zip": None}


def test_a_damaged_archive_keeps_its_reader(tmp_path: Path) -> None:
    """So that the damage is reported, and what came before it is read."""
    (tmp_path / "cut.tar.gz").write_bytes(b"\x1f\x8b\x08\0")
    (tmp_path / "cut.zip").write_bytes(b"PK\3\4")
    assert names(tmp_path) == {
        "cut.tar.gz": "mastodon-archive",
        "cut.zip": "mastodon-archive",
    }


@pytest.mark.parametrize("where", ["", "nested"])
def test_an_unpacked_archive_is_one_source(tmp_path: Path, where: str) -> None:
    folder = tmp_path / where
    (folder / "media_attachments" / "files").mkdir(parents=True)
    for name in ("outbox.json", "actor.json", "likes.json", "bookmarks.json", "avatar.png"):
        (folder / name).write_text("{}")
    (folder / "media_attachments" / "files" / "1.png").write_text("")
    (folder / "posts.jsonl").write_text("")
    prefix = f"{where}/" if where else ""
    assert names(tmp_path) == {
        f"{prefix}outbox.json": "mastodon-archive",
        f"{prefix}posts.jsonl": "posts-jsonl",
    }


@pytest.mark.parametrize("to_folder", [True, False])
def test_a_symbolic_link_refuses_the_folder(tmp_path: Path, to_folder: bool) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    inside = tmp_path / "inside"
    (inside / "deeper").mkdir(parents=True)
    target = outside if to_folder else outside / "posts.jsonl"
    (inside / "deeper" / "canary").symlink_to(target)
    with pytest.raises(InputError, match="symbolic link") as refused:
        find_sources(inside)
    assert "canary" not in str(refused.value)


def test_a_link_in_place_of_the_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "real")
    with pytest.raises(InputError):
        find_sources(tmp_path / "link")


def test_a_pipe_refuses_the_folder(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "posts.jsonl")
    with pytest.raises(InputError, match="no file"):
        find_sources(tmp_path)


def test_a_missing_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError):
        find_sources(tmp_path / "canary")


def test_too_many_files_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sources, "MAX_FILES", 2)
    for number in range(3):
        (tmp_path / f"{number}.jsonl").write_text("")
    with pytest.raises(InputError, match="more than 2 files"):
        find_sources(tmp_path)


def test_folders_without_end_are_refused(tmp_path: Path) -> None:
    (tmp_path / "/".join("d" * 30)).mkdir(parents=True)
    with pytest.raises(InputError, match="too deeply"):
        find_sources(tmp_path)


def test_a_name_that_is_no_utf_8_still_lists(tmp_path: Path) -> None:
    Path(os.fsdecode(os.fsencode(tmp_path) + b"/\xff.jsonl")).write_text("")
    (source,) = find_sources(tmp_path)
    source.name.encode()


def test_the_digest_is_of_the_bytes_as_they_came(tmp_path: Path) -> None:
    body = os.urandom(3_000_000)
    (tmp_path / "f").write_bytes(body)
    assert sha256_of(tmp_path / "f") == (hashlib.sha256(body).hexdigest(), 3_000_000)
