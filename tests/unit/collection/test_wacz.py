"""A WACZ gives the pages that its own digests vouch for, and says what they do not."""

import hashlib
import json
import struct
import zipfile
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import pytest
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from collection.files.contraband import digests_within
from collection.files.reader import WHOLE_FILE, Problem
from collection.files.zip_safety import DAMAGED
from collection.pages.wacz import WaczReader, wacz_recording_of
from collection.pages.warc import Pages, WarcReader
from collection.samples.sample_files import packed_wacz, page_of, wacz_sample
from models.evidence import SourceItem

AT = "2025-03-01T12:00:00+00:00"
HTML = [("Content-Type", "text/html; charset=utf-8")]


class Recorder:
    """Writes records of all sorts."""

    def __init__(self) -> None:
        self.body = BytesIO()
        self._writer = WARCWriter(self.body, gzip=True)

    def page(self, address: str, page: bytes, *, headers: list[tuple[str, str]] = HTML) -> None:
        self._add(address, "response", page, http=StatusAndHeaders("200 OK", headers, "HTTP/1.1"))

    def resource(self, address: str, body: bytes, kind: str = "text/html") -> None:
        self._add(address, "resource", body, kind=kind)

    def revisit(self, address: str, digest: str, earlier: str) -> None:
        http = StatusAndHeaders("200 OK", HTML, "HTTP/1.1")
        record = self._writer.create_revisit_record(address, digest, earlier, AT, http)
        self._writer.write_record(record)

    def _add(
        self,
        address: str,
        sort: str,
        body: bytes,
        *,
        http: StatusAndHeaders | None = None,
        kind: str = "",
    ) -> None:
        record = self._writer.create_warc_record(
            address,
            sort,
            payload=BytesIO(body),
            http_headers=http,
            warc_content_type=kind,
            warc_headers_dict={"WARC-Date": "2025-03-01T12:00:00Z"},
        )
        self._writer.write_record(record)
        self.digest = record.rec_headers.get_header("WARC-Payload-Digest")


def read(path: Path) -> tuple[list[SourceItem], list[Problem]]:
    parts = list(WaczReader().read(path))
    return (
        [part for part in parts if isinstance(part, SourceItem)],
        [part for part in parts if isinstance(part, Problem)],
    )


def faults(path: Path) -> list[str]:
    return [problem.fault for problem in read(path)[1]]


def rewritten(path: Path, changes: dict[str, bytes | None]) -> Path:
    """Change files of a WACZ behind its back."""
    with zipfile.ZipFile(path) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    with zipfile.ZipFile(path, "w") as archive:
        for name, body in (files | changes).items():
            if body is not None:
                archive.writestr(name, body)
    return path


def test_every_page_of_every_archive_in_it_is_read_once(tmp_path: Path) -> None:
    one, two = Recorder(), Recorder()
    one.page("https://sam.example/1", page_of(1, AT, "The lake was calm."))
    two.page("https://sam.example/1", page_of(1, AT, "The lake was calm."))
    two.page("https://sam.example/2", page_of(2, AT, "The bakery had opened."))
    files = {"archive/a.warc.gz": one.body.getvalue(), "archive/b.warc.gz": two.body.getvalue()}
    items, problems = read(packed_wacz(tmp_path / "x.wacz", files))
    assert problems == []
    assert [item.text.reveal() for item in items] == [
        "The lake was calm.",
        "The bakery had opened.",
    ]
    assert [item.pointer for item in items] == ["record:1", "record:3"]
    assert [page.pointer for page in wacz_recording_of(tmp_path / "x.wacz").pages] == [
        "record:1",
        "record:2",
        "record:3",
    ]


def test_what_a_crawler_wrote_for_itself_is_no_page(tmp_path: Path) -> None:
    made = Recorder()
    made.resource("urn:pageinfo:https://sam.example/1", b"{}", "application/json")
    made.resource("urn:text:https://sam.example/1", b"canary", "text/html")
    made.resource("urn:view:https://sam.example/1", b"\x89PNG", "image/png")
    made.resource("https://sam.example/1", page_of(1, AT, "The lake was calm."))
    items, problems = read(
        packed_wacz(tmp_path / "x.wacz", {"archive/a.warc.gz": made.body.getvalue()})
    )
    assert problems == []
    assert [item.text.reveal() for item in items] == ["The lake was calm."]


def test_a_page_as_before_is_read_from_what_was_before(tmp_path: Path) -> None:
    one, two = Recorder(), Recorder()
    page = b"<!doctype html><body><main><p>The lake was calm all the long day.</p></main>"
    one.page("https://sam.example/1", page)
    two.revisit("https://sam.example/copy", one.digest, "https://sam.example/1")
    two.revisit("https://sam.example/gone", "sha1:" + "A" * 32, "https://sam.example/gone")
    files = {"archive/a.warc.gz": one.body.getvalue(), "archive/b.warc.gz": two.body.getvalue()}
    items, problems = read(packed_wacz(tmp_path / "x.wacz", files))
    assert [item.url.reveal() for item in items] == [
        "https://sam.example/1",
        "https://sam.example/copy",
    ]
    assert len({item.text for item in items}) == 1
    assert [problem.pointer for problem in problems] == ["record:3"]


def test_a_page_in_brotli_is_said_to_be_unreadable(tmp_path: Path) -> None:
    made = Recorder()
    made.page("https://sam.example/1", b"\x0b\x02\x80", headers=[*HTML, ("Content-Encoding", "br")])
    path = packed_wacz(tmp_path / "x.wacz", {"archive/a.warc.gz": made.body.getvalue()})
    assert faults(path) == ["a page packed in a way that is not supported: br"]


@pytest.mark.parametrize(
    ("changes", "fault", "items"),
    [
        ({"archive/pages.warc.gz": b"changed"}, "a file whose digest does not match", 0),
        ({"archive/pages.warc.gz": b"x" * 99_999}, "a file that is larger than", 0),
        ({"archive/more.warc.gz": b""}, "a file that the package does not list", 2),
        ({"archive/pages.warc.gz": None}, "1 files of the package are missing", 0),
        ({"datapackage.json": b"{}"}, "the digest of its datapackage.json does not match", 0),
        ({"datapackage.json": None}, "it lacks its datapackage.json", 0),
        ({"datapackage-digest.json": None}, "nothing vouches for its datapackage.json", 2),
        ({"datapackage-digest.json": b"\xff{"}, "not JSON", 0),
    ],
)
def test_what_the_package_does_not_vouch_for_is_not_read(
    tmp_path: Path, changes: dict[str, bytes | None], fault: str, items: int
) -> None:
    path = rewritten(wacz_sample(tmp_path, 2), changes)
    found, problems = read(path)
    assert len(found) == items
    assert any(problem.fault.startswith(f"wacz: {fault}") for problem in problems)


def test_listed_pages_without_a_record_are_counted(tmp_path: Path) -> None:
    pages = [{"format": "json-pages-1.0"}, {"url": "https://sam.example/never"}]
    body = "\n".join(map(json.dumps, pages)).encode()
    made = Recorder()
    made.page("https://sam.example/1", page_of(1, AT, "The lake was calm."))
    files = {"archive/a.warc.gz": made.body.getvalue(), "pages/pages.jsonl": body}
    assert faults(packed_wacz(tmp_path / "x.wacz", files)) == [
        "wacz: 1 of 1 listed pages have no record in it"
    ]


def test_an_unseen_version_and_an_unchecked_signature_are_told(tmp_path: Path) -> None:
    path = wacz_sample(tmp_path, 1)
    with zipfile.ZipFile(path) as archive:
        digest = json.loads(archive.read("datapackage-digest.json"))
    signed = json.dumps(digest | {"signedData": {}}).encode()
    assert faults(rewritten(path, {"datapackage-digest.json": signed})) == [
        "wacz: its signature was not checked"
    ]


@pytest.mark.parametrize(
    ("name", "fault"),
    [("../out", "a name that leads out of the archive"), ("/etc/x", "a name that leads out of")],
)
def test_a_path_trick_is_refused(tmp_path: Path, name: str, fault: str) -> None:
    path = wacz_sample(tmp_path, 1)
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr(name, "x")
    items, problems = read(path)
    assert len(items) == 1
    assert [p.fault for p in problems if fault in p.fault]


def test_an_encrypted_member_is_refused(tmp_path: Path) -> None:
    path = wacz_sample(tmp_path, 1)
    body = bytearray(path.read_bytes())
    for magic, at in ((b"PK\3\4", 6), (b"PK\1\2", 8)):
        struct.pack_into("<H", body, body.index(magic) + at, 1)
    path.write_bytes(body)
    items, problems = read(path)
    assert items == []
    assert problems[0].fault == "zip: 1 entry refused: encrypted"


def test_entries_over_each_other_cost_the_whole_file(tmp_path: Path) -> None:
    """By which a file of 40 KB unpacks to 5 GB, with every size told truly."""
    path = wacz_sample(tmp_path, 1)
    body = bytearray(path.read_bytes())
    first = body.index(b"PK\1\2")
    second = body.index(b"PK\1\2", first + 4)
    struct.pack_into("<I", body, second + 42, 0)
    path.write_bytes(body)
    assert read(path) == (
        [],
        [Problem("zip: entries lie over each other: nothing was read", WHOLE_FILE)],
    )


def test_a_file_that_is_no_zip_is_a_problem(tmp_path: Path) -> None:
    (tmp_path / "x.wacz").write_bytes(b"PK\3\4 cut")
    assert read(tmp_path / "x.wacz")[1][0].pointer == WHOLE_FILE


def test_a_zip_is_a_wacz_only_if_packed_as_one(tmp_path: Path) -> None:
    path = wacz_sample(tmp_path, 1).rename(tmp_path / "x.zip")
    assert WaczReader().accepts(path)
    with zipfile.ZipFile(tmp_path / "y.zip", "w") as archive:
        archive.writestr("datapackage.json", "{}")
    assert not WaczReader().accepts(tmp_path / "y.zip")


def test_contraband_is_looked_for_in_the_records_within(tmp_path: Path) -> None:
    page = page_of(1, AT, "The lake was calm.")
    made = Recorder()
    made.page("https://sam.example/1", page)
    path = packed_wacz(tmp_path / "x.wacz", {"archive/a.warc.gz": made.body.getvalue()})
    assert hashlib.sha256(page).digest() in set(digests_within(path))


def test_a_recording_outside_a_wacz_resolves_its_own_pages(tmp_path: Path) -> None:
    made = Recorder()
    made.page("https://sam.example/1", page_of(1, AT, "The lake was calm."))
    made.revisit("https://sam.example/1", made.digest, "https://sam.example/1")
    (tmp_path / "x.warc.gz").write_bytes(made.body.getvalue())
    assert len(list(WarcReader().read(tmp_path / "x.warc.gz"))) == 1


def hashed(path: Path, kind: str, spelt: Callable[[str], str]) -> Path:
    """State other digests of the same files; the digests are true."""
    with zipfile.ZipFile(path) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    package = json.loads(files["datapackage.json"])
    algorithm = kind.lower().replace("-", "")
    for one in package["resources"]:
        one["hash"] = f"{kind}:{spelt(hashlib.new(algorithm, files[one['path']]).hexdigest())}"
    body = json.dumps(package).encode()
    stated = f"{kind}:{spelt(hashlib.new(algorithm, body).hexdigest())}"
    digest = json.dumps({"path": "datapackage.json", "hash": stated}).encode()
    return rewritten(path, {"datapackage.json": body, "datapackage-digest.json": digest})


@pytest.mark.parametrize("kind", ["sha256", "SHA256", "sha-256"])
@pytest.mark.parametrize("spelt", [str.upper, str.lower])
def test_a_digest_is_the_same_in_capitals(
    tmp_path: Path, kind: str, spelt: Callable[[str], str]
) -> None:
    items, problems = read(hashed(wacz_sample(tmp_path, 2), kind, spelt))
    assert (len(items), problems) == (2, [])


@pytest.mark.parametrize("kind", ["sha512", "md5"])
def test_a_digest_of_another_kind_is_named_with_those_that_are_read(
    tmp_path: Path, kind: str
) -> None:
    path = hashed(wacz_sample(tmp_path, 2), kind, str.lower)
    assert faults(path)[0] == f"wacz: its datapackage.json has a digest by {kind}: read are: sha256"
    told = faults(rewritten(path, {"datapackage-digest.json": None}))
    assert f"wacz: a file with a digest by {kind} was not read: read are: sha256" in told


@pytest.mark.parametrize("stated", ["canary:00", "sha256", "sha256:xyz", "sha256:", ":", ""])
def test_what_is_no_digest_is_not_repeated(tmp_path: Path, stated: str) -> None:
    path = wacz_sample(tmp_path, 1)
    with zipfile.ZipFile(path) as archive:
        package = json.loads(archive.read("datapackage.json"))
    for one in package["resources"]:
        one["hash"] = stated
    changes = {"datapackage.json": json.dumps(package).encode(), "datapackage-digest.json": None}
    items, problems = read(rewritten(path, changes))
    assert items == []
    assert not any("canary" in one.fault for one in problems)
    assert any(" by an unknown kind " in one.fault for one in problems)


def test_a_fault_of_ours_is_not_told_as_one_of_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Caught around more than the opening, such an error hid all that came after."""

    def fault(*_: object) -> None:
        raise ValueError("ours")

    path = wacz_sample(tmp_path, 1)
    monkeypatch.setattr(Pages, "read", fault)
    with pytest.raises(ValueError, match="ours"):
        read(path)


@pytest.mark.parametrize("error", [zipfile.BadZipFile, NotImplementedError, struct.error])
def test_whatever_the_library_raises_of_a_directory_is_a_problem(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: type[Exception]
) -> None:
    def refuse(*_: object) -> None:
        raise error

    path = wacz_sample(tmp_path, 1)
    monkeypatch.setattr(zipfile, "ZipFile", refuse)
    assert faults(path) == [DAMAGED]
    assert wacz_recording_of(path).pages == ()
