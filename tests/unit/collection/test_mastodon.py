"""A Mastodon archive gives what its owner said in public, from whatever is left of the archive."""

import gzip
import io
import json
import tarfile
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from collection.exports import mastodon
from collection.exports.mastodon import MastodonReader
from collection.files import members, tar_members, zip_members
from collection.files.reader import Problem
from models.evidence import AccessGate, SourceItem

PUBLIC = "https://www.w3.org/ns/activitystreams#Public"
ME = "https://tide.example/users/quill"
ACTOR = {"id": ME, "type": "Person", "preferredUsername": "quill"}


def create(number: int = 1, **changes: Any) -> dict[str, Any]:
    note = {
        "id": f"{ME}/statuses/{number}",
        "type": "Note",
        "summary": None,
        "published": "2024-02-29T10:00:00Z",
        "url": f"https://tide.example/@quill/{number}",
        "attributedTo": ME,
        "to": [PUBLIC],
        "cc": [f"{ME}/followers"],
        "content": f"<p>canary {number}</p>",
    } | changes
    return {"type": "Create", "actor": ME, "to": note["to"], "cc": note["cc"], "object": note}


def outbox(*items: Any) -> bytes:
    return json.dumps({"type": "OrderedCollection", "orderedItems": list(items)}).encode()


def as_tar(path: Path, files: dict[str, bytes]) -> Path:
    body = io.BytesIO()
    with tarfile.open(fileobj=body, mode="w", format=tarfile.USTAR_FORMAT) as archive:
        for name, content in files.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    (path / "archive.tar.gz").write_bytes(gzip.compress(body.getvalue()))
    return path / "archive.tar.gz"


def as_zip(path: Path, files: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path / "archive.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return path / "archive.zip"


def as_folder(path: Path, files: dict[str, bytes]) -> Path:
    for name, content in files.items():
        (path / name).write_bytes(content)
    return path / "outbox.json"


PACKERS = pytest.mark.parametrize("pack", [as_tar, as_zip, as_folder])
Packer = Callable[[Path, dict[str, bytes]], Path]


def read(path: Path) -> tuple[list[SourceItem], list[Problem]]:
    found = list(MastodonReader().read(path))
    return (
        [item for item in found if isinstance(item, SourceItem)],
        [item for item in found if isinstance(item, Problem)],
    )


def read_items(tmp_path: Path, *items: Any) -> tuple[list[SourceItem], list[Problem]]:
    return read(as_folder(tmp_path, {"outbox.json": outbox(*items), "actor.json": b"{}"}))


@PACKERS
def test_each_way_of_packing_gives_the_same(tmp_path: Path, pack: Packer) -> None:
    files = {"outbox.json": outbox(create()), "actor.json": json.dumps(ACTOR).encode()}
    (item,), problems = read(pack(tmp_path, files))
    assert problems == []
    assert item.text.reveal() == "canary 1"
    assert item.author.reveal() == "quill@tide.example"
    assert item.created_at == datetime(2024, 2, 29, 10, tzinfo=UTC)
    assert item.url.reveal() == "https://tide.example/@quill/1"
    assert item.native_id.reveal() == f"{ME}/statuses/1"
    assert item.platform.reveal() == "mastodon"
    assert item.gate is AccessGate.GIVEN
    assert item.pointer == "item:1"


def test_without_its_actor_file_the_object_names_the_author(tmp_path: Path) -> None:
    (item,), _ = read(as_folder(tmp_path, {"outbox.json": outbox(create())}))
    assert item.author.reveal() == "quill@tide.example"


@pytest.mark.parametrize(
    ("to", "cc", "kept"),
    [
        ([PUBLIC], [f"{ME}/followers"], True),
        ([f"{ME}/followers"], [PUBLIC], True),
        ("as:Public", [], True),
        ([f"{ME}/followers"], [], False),
        (["https://reef.example/users/pal"], [], False),
        ([], [], False),
    ],
)
def test_only_what_was_public_is_read(tmp_path: Path, to: Any, cc: Any, kept: bool) -> None:
    items, problems = read_items(tmp_path, create(to=to, cc=cc))
    assert len(items) == kept
    assert [item.fault for item in problems] == (
        [] if kept else ["left out: items that were not public (1)"]
    )


def test_a_private_object_in_a_public_activity_stays_private(tmp_path: Path) -> None:
    activity = create(to=[f"{ME}/followers"], cc=[])
    items, _ = read_items(tmp_path, activity | {"to": [PUBLIC]})
    assert items == []


def test_words_of_others_are_counted_and_not_read(tmp_path: Path) -> None:
    boost = {"type": "Announce", "to": [PUBLIC], "cc": [], "object": "https://reef.example/1"}
    items, problems = read_items(tmp_path, boost, create(), boost, {"type": "Like"})
    assert len(items) == 1
    assert [item.fault for item in problems] == [
        "left out: activities that say nothing (1)",
        "left out: repeated words of others (2)",
    ]


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({"content": "<p>a<br>b</p><p>c</p>"}, "a\nb\n\nc"),
        ({"content": "<p>a</p>", "summary": "cw: b"}, "cw: b\n\na"),
        (
            {
                "content": '<p><span class="h-card"><a href="https://r.example/@pal" '
                'class="u-url mention">@<span>pal</span></a></span> hi</p>'
            },
            "@pal hi",
        ),
        (
            {
                "content": '<a href="https://r.example/a/b"><span class="invisible">https://'
                '</span><span class="ellipsis">r.example/a</span><span class="invisible">/b'
                "</span></a>"
            },
            "https://r.example/a/b",
        ),
        (
            {
                "type": "Question",
                "content": "<p>which</p>",
                "oneOf": [{"type": "Note", "name": "this"}, {"type": "Note", "name": "that"}],
            },
            "which\n\nthis\n\nthat",
        ),
        ({"content": None, "summary": None}, ""),
        ({"content": None, "contentMap": {"en": "<p>a</p>", "de": "<p>a</p>"}}, "a"),
        ({"content": None, "contentMap": {"en": "<p>a</p>", "de": "<p>b</p>"}}, "a\n\nb"),
        ({"content": "<p>a</p>", "contentMap": {"en": "<p>a</p>"}}, "a"),
        (
            {"content": "<p>a</p>", "attachment": [{"name": "a lake"}, {"name": None}, {}]},
            "a\n\na lake",
        ),
        ({"content": "<p>\ud83d</p>"}, "\ufffd"),
    ],
)
def test_content_reads_as_it_was_shown(tmp_path: Path, changes: dict[str, Any], text: str) -> None:
    (item,), _ = read_items(tmp_path, create(**changes))
    assert item.text.reveal() == text


def test_what_was_edited_is_told_and_keeps_its_first_time(tmp_path: Path) -> None:
    """The words may be younger than the time, and nobody should think otherwise."""
    same, later = "2024-02-29T10:00:00Z", "2025-01-01T00:00:00Z"
    items, problems = read_items(tmp_path, create(1, updated=later), create(2, updated=same))
    assert {item.created_at for item in items} == {datetime(2024, 2, 29, 10, tzinfo=UTC)}
    assert problems == [Problem("edited: the words are those of the last edit (1)", "file:0")]


@pytest.mark.parametrize("pack", [as_tar, as_zip])
def test_other_files_are_counted_and_private_ones_stay_shut(tmp_path: Path, pack: Packer) -> None:
    files = {
        "outbox.json": outbox(create()),
        "likes.json": b"canary",
        "bookmarks.json": b"canary",
        "media_attachments/files/1/canary.png": b"",
        "avatar.png": b"",
        "canary.doc": b"",
    }
    items, problems = read(pack(tmp_path, files))
    assert len(items) == 1
    assert [item.fault for item in problems] == [
        "never opened: files that are private (2)",
        "not read: other files (document: 1)",
    ]


def test_hidden_text_is_told(tmp_path: Path) -> None:
    items, problems = read_items(tmp_path, create(content="a<p hidden>canary</p>"))
    assert items[0].text.reveal() == "a"
    assert problems == [Problem("text that readers do not see was left out", "item:1")]


@pytest.mark.parametrize(
    "damaged",
    [
        pytest.param("canary", id="no object"),
        pytest.param({"type": 7}, id="no type"),
        pytest.param({"type": "Create", "to": [PUBLIC], "object": "canary"}, id="no note"),
        pytest.param(create(published="canary"), id="no time"),
        pytest.param(create(published=None), id="time missing"),
        pytest.param(create(id=None), id="no id"),
        pytest.param(create(type="canary"), id="unknown type"),
        pytest.param(create(content=["canary"]), id="content no text"),
        pytest.param(create(content=None, contentMap={"en": 7}), id="map no text"),
        pytest.param(create(attachment=["canary"]), id="attachment no object"),
        pytest.param(create(attachment=[{"name": {"canary": 1}}]), id="its name no text"),
        pytest.param(create(content="<div>" * 300 + "canary"), id="deep"),
        pytest.param(create(oneOf=["canary"]), id="poll without names"),
        pytest.param(create(oneOf="canary"), id="poll no list"),
        pytest.param(create(to=[{"canary": 1}]), id="audience no text"),
        pytest.param(create(content="canary " * 50_000), id="long"),
    ],
)
def test_a_damaged_item_is_one_problem_between_good_ones(tmp_path: Path, damaged: Any) -> None:
    items, problems = read_items(tmp_path, create(1), damaged, create(3))
    assert [item.pointer for item in items] == ["item:1", "item:3"]
    assert [item.pointer for item in problems] == ["item:2"]
    assert "canary" not in problems[0].fault


@pytest.mark.parametrize(
    "body",
    [b"", b"canary", b"[]", b"{}", b'{"orderedItems": 1}', b'{"a": ' + b"[" * 99_999, b"\xff"],
)
def test_an_outbox_that_is_none_is_one_problem(tmp_path: Path, body: bytes) -> None:
    items, problems = read(as_folder(tmp_path, {"outbox.json": body}))
    assert items == []
    assert len(problems) == 1
    assert "canary" not in problems[0].fault


def test_the_outbox_may_lie_behind_other_keys_of_any_shape(tmp_path: Path) -> None:
    body = b'{"@context": [{"a": [1, "}"]}], "orderedItems" : [ ' + json.dumps(create()).encode()
    items, problems = read(as_folder(tmp_path, {"outbox.json": body + b"\n ] , "}))
    assert len(items) == 1
    assert problems == []


@pytest.mark.parametrize("pack", [as_tar, as_zip])
def test_a_cut_archive_gives_what_came_before_the_cut(tmp_path: Path, pack: Packer) -> None:
    noise = "".join(f"{n * 2654435761 % 2**32:x}" for n in range(3_000))
    posts = [
        create(n, content=f"<p>canary {n} {noise[n * 400 : n * 400 + 400]}</p>") for n in range(50)
    ]
    path = pack(tmp_path, {"outbox.json": outbox(*posts), "actor.json": json.dumps(ACTOR).encode()})
    whole = path.read_bytes()
    counts = []
    for size in range(0, len(whole), max(1, len(whole) // 40)):
        path.write_bytes(whole[:size])
        items, problems = read(path)
        counts.append(len(items))
        assert [item.text.reveal().split()[1] for item in items] == [
            str(n) for n in range(len(items))
        ]
        assert len([item for item in problems if "outbox.json" not in item.fault]) == 1
        assert not any("canary" in item.fault for item in problems)
    assert counts == sorted(counts)
    assert counts[0] == 0
    assert 0 < counts[len(counts) // 2] < 50
    assert counts[-1] == 50


def test_a_flipped_byte_in_gzip_is_noticed(tmp_path: Path) -> None:
    path = as_tar(tmp_path, {"outbox.json": outbox(create())})
    body = bytearray(path.read_bytes())
    body[-6] ^= 0xFF
    path.write_bytes(body)
    items, problems = read(path)
    assert len(items) == 1
    assert problems == [Problem("tar.gz: gzip: damaged", "file:0")]


def test_a_damaged_tar_header_ends_the_file_aloud(tmp_path: Path) -> None:
    """The standard library takes such a header for the end of the archive."""
    path = as_tar(tmp_path, {"outbox.json": outbox(create()), "actor.json": b"{}"})
    body = bytearray(gzip.decompress(path.read_bytes()))
    body[body.index(b"actor.json")] = ord("A")
    path.write_bytes(gzip.compress(body))
    items, problems = read(path)
    assert len(items) == 1
    assert problems == [Problem("tar.gz: a damaged header", "file:0")]


@pytest.mark.parametrize("name", ["../canary", "/canary", "a/../../canary", "C:\\canary", "..\\c"])
def test_names_that_lead_out_are_refused(tmp_path: Path, name: str) -> None:
    for pack in (as_tar, as_zip):
        path = pack(tmp_path, {name: b"x", "outbox.json": outbox(create())})
        items, problems = read(path)
        kind = "tar.gz" if pack is as_tar else "zip"
        assert len(items) == 1
        assert problems == [Problem(f"{kind}: 1 entry refused: {members.OUTSIDE}", "entry:1")]


@pytest.mark.parametrize("kind", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.FIFOTYPE])
def test_links_and_devices_in_a_tar_are_refused(tmp_path: Path, kind: bytes) -> None:
    body = io.BytesIO()
    with tarfile.open(fileobj=body, mode="w") as archive:
        for name in ("outbox.json", "b"):
            info = tarfile.TarInfo(name)
            info.type = kind
            info.linkname = "/etc/passwd"
            archive.addfile(info)
    (tmp_path / "a.tar").write_bytes(body.getvalue())
    items, problems = read(tmp_path / "a.tar")
    assert items == []
    assert Problem(f"tar: 2 entries refused: {members.LINK}", "entry:1") in problems


def test_links_and_encrypted_members_of_a_zip_are_refused(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        link = zipfile.ZipInfo("link")
        link.external_attr = 0o120777 << 16
        archive.writestr(link, "/etc/passwd")
        archive.writestr("outbox.json", outbox(create()))
    body = bytearray((tmp_path / "a.zip").read_bytes())
    for magic, at in ((b"PK\3\4", 6), (b"PK\1\2", 8)):
        body[body.rindex(magic) + at] |= 1
    (tmp_path / "a.zip").write_bytes(body)
    items, problems = read(tmp_path / "a.zip")
    assert items == []
    assert (
        [item.pointer for item in problems] == ["entry:1", "entry:2", "file:0"]
        or [item.pointer for item in problems] == ["file:0", "entry:1", "entry:2"]
        or {item.pointer for item in problems}
        == {
            "entry:1",
            "entry:2",
            "file:0",
        }
    )


def test_long_names_of_pax_and_gnu_are_understood(tmp_path: Path) -> None:
    for form in (tarfile.PAX_FORMAT, tarfile.GNU_FORMAT):
        body = io.BytesIO()
        with tarfile.open(fileobj=body, mode="w", format=form) as archive:
            for name in ("é" * 90 + "/" + "x" * 150, "outbox.json"):
                content = outbox(create())
                info = tarfile.TarInfo(name)
                info.size = len(content)
                archive.addfile(info, io.BytesIO(content))
        (tmp_path / "a.tar").write_bytes(body.getvalue())
        items, problems = read(tmp_path / "a.tar")
        assert len(items) == 1
        assert [item.fault for item in problems] == ["not read: other files (other: 1)"]


def test_a_bomb_stops_early(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (zip_members, tar_members):
        monkeypatch.setattr(module, "MAX_MEMBER", 1 << 30)
    monkeypatch.setattr(zip_members, "RATIO_GRACE", 1 << 20)
    monkeypatch.setattr("collection.files.inflate.RATIO_GRACE", 1 << 20)
    bomb = b" " * (16 << 20)
    for pack in (as_tar, as_zip):
        _, problems = read(pack(tmp_path, {"outbox.json": bomb}))
        assert any("grows beyond the limit" in item.fault for item in problems)


def test_a_cut_bomb_stops_early(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(zip_members, "RATIO_GRACE", 1 << 20)
    path = as_zip(tmp_path, {"outbox.json": b" " * (16 << 20)})
    path.write_bytes(path.read_bytes()[:-30])
    items, problems = read(path)
    assert items == []
    assert problems


def test_too_large_a_member_is_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (zip_members, tar_members, mastodon):
        monkeypatch.setattr(module, "MAX_MEMBER", 100)
    for pack in (as_tar, as_zip, as_folder):
        items, problems = read(pack(tmp_path, {"outbox.json": outbox(create())}))
        assert items == []
        assert problems


@pytest.mark.parametrize("pack", [as_tar, as_zip])
def test_too_many_entries_are_refused(
    tmp_path: Path, pack: Packer, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (zip_members, tar_members):
        monkeypatch.setattr(module, "MAX_ENTRIES", 3)
    path = pack(tmp_path, {f"{number}.png": b"" for number in range(4)})
    _, problems = read(path)
    assert any("more than 3 entries" in item.fault for item in problems)


def test_an_archive_without_an_outbox_says_so(tmp_path: Path) -> None:
    _, problems = read(as_zip(tmp_path, {"avatar.png": b""}))
    assert problems == [Problem("the archive lacks its outbox.json", "file:0")]


def test_two_outboxes_are_one_and_a_problem(tmp_path: Path) -> None:
    files = {"outbox.json": outbox(create(1)), "b/outbox.json": outbox(create(2))}
    items, problems = read(as_tar(tmp_path, files))
    assert [item.text.reveal() for item in items] == ["canary 1"]
    assert problems == [Problem("two files of the same name; the first counts", "file:0")]


@given(
    st.sampled_from(["a.zip", "a.tar.gz", "a.tar", "outbox.json"]),
    st.binary(max_size=2_000),
    st.sampled_from([b"", b"PK\3\4", b"\x1f\x8b\x08", b'{"orderedItems":[', b"PK\5\6"]),
)
@settings(max_examples=150, deadline=None)
def test_no_bytes_crash_the_reader(
    tmp_path_factory: pytest.TempPathFactory, name: str, body: bytes, head: bytes
) -> None:
    path = tmp_path_factory.mktemp("fuzz") / name
    path.write_bytes(head + b"canarycanary" + body)
    _, problems = read(path)
    assert problems
    assert not any("canary" in item.fault for item in problems)


@given(st.data())
@settings(max_examples=100, deadline=None)
def test_no_flipped_byte_crashes_the_reader(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    folder = tmp_path_factory.mktemp("flip")
    pack = data.draw(st.sampled_from([as_tar, as_zip]))
    path = pack(folder, {"outbox.json": outbox(create(1), create(2)), "x.png": b"x"})
    body = bytearray(path.read_bytes())
    body[data.draw(st.integers(0, len(body) - 1))] ^= data.draw(st.integers(1, 255))
    path.write_bytes(body)
    _, problems = read(path)
    assert not any("canary" in item.fault for item in problems)
