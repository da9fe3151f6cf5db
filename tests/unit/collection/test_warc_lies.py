"""A recording that lies, or is cut, gives a problem for the page concerned and all other pages."""

import base64
import gzip
import hashlib
import logging.config
import zlib
from pathlib import Path

import pytest

from collection.files.contraband import digests_within
from collection.files.reader import Problem
from collection.pages.warc import WarcReader
from collection.pages.warc_recording import recording_of
from models.evidence import AccessGate, SourceItem

PAGE = "https://a.example/p"
HTML = ("Content-Type: text/html",)
CHUNKED = (*HTML, "Transfer-Encoding: chunked")
PACKED = (*HTML, "Content-Encoding: gzip")
CUT = "a page that is cut off"
MANY = gzip.compress(b"<p>" + b" ".join(b"canary %d" % n for n in range(3000)))
_ids = iter(range(1_000_000))


def record(
    address: str, block: bytes, *more: str, kind: str = "response", vouched: bool = True
) -> bytes:
    digest = base64.b32encode(hashlib.sha256(block).digest()).decode()
    lines = [
        "WARC/1.1",
        f"WARC-Type: {kind}",
        f"WARC-Target-URI: {address}",
        "WARC-Date: 2024-05-01T00:00:00Z",
        *([] if "WARC-Record-ID" in "".join(more) else [f"WARC-Record-ID: <urn:x:{next(_ids)}>"]),
        f"Content-Type: application/http; msgtype={kind}",
        *([f"WARC-Block-Digest: sha256:{digest}"] if vouched else []),
        *more,
        f"Content-Length: {len(block)}",
    ]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + block + b"\r\n\r\n"


def answer(body: bytes | str, *headers: str, status: str = "200 OK") -> bytes:
    head = "\r\n".join((f"HTTP/1.1 {status}", *(headers or HTML)))
    return head.encode() + b"\r\n\r\n" + (body.encode() if isinstance(body, str) else body)


def asked(*headers: str, method: str = "GET") -> bytes:
    return "\r\n".join((f"{method} /p HTTP/1.1", "Host: a.example", *headers, "", "")).encode()


def piece(body: bytes) -> bytes:
    return b"%x\r\n%b\r\n" % (len(body), body)


GOOD = record("https://b.example/good", answer("<p>the good row"))


def read(folder: Path, *records: bytes) -> tuple[list[SourceItem], list[str]]:
    path = folder / "x.warc"
    path.write_bytes(b"".join((*records, GOOD)))
    found = list(WarcReader().read(path))
    items = [one for one in found if isinstance(one, SourceItem)]
    assert items[-1].text.reveal() == "the good row"
    return items[:-1], [one.fault for one in found if isinstance(one, Problem)]


@pytest.mark.parametrize(
    ("block", "more", "fault"),
    [
        (answer("<p>I am not"), ["WARC-Truncated: length"], CUT),
        (answer("<p>I am not"), ["WARC-Segment-Number: 1"], CUT),
        (answer("<p>I am not", *HTML, "Content-Length: 99"), [], CUT),
        (answer(piece(b"<p>I never said") + b"ff\r\n that", *CHUNKED), [], CUT),
        (answer(piece(b"<p>I never said"), *CHUNKED), [], CUT),
        (answer(piece(b"<p>I") + b"zz\r\n<p>junk", *CHUNKED), [], CUT),
        (answer(MANY[: len(MANY) // 2], *PACKED), [], CUT),
        (answer(MANY[:-8] + b"\0" * 8, *PACKED), [], "a page that cannot be unpacked"),
        (answer(MANY + MANY, *PACKED), [], "a page after whose end something else follows"),
        (
            answer("x", *HTML, "Content-Encoding: br"),
            [],
            "a page packed in a way that is not supported: br",
        ),
        (answer("<p>x"), ["WARC-Block-Digest: sha256:AAAA"], "a record that states one thing in"),
        (answer("<p>x"), ["WARC-Target-URI: https://c.example/"], "a record that states one thing"),
    ],
)
def test_half_a_page_is_no_page(tmp_path: Path, block: bytes, more: list[str], fault: str) -> None:
    """A sentence without its end may say the opposite."""
    items, faults = read(tmp_path, record(PAGE, block, *more))
    assert items == []
    assert len(faults) == 1
    assert faults[0].startswith(fault)


@pytest.mark.parametrize(
    "block",
    [
        answer(piece(b"<p>can") + piece(b"ary") + piece(b""), *CHUNKED),
        answer("<p>canary", *CHUNKED),
        answer("<p>canary", *PACKED),
        answer(gzip.compress(b"<p>canary"), *HTML, "Content-Encoding: identity, gzip"),
        answer(gzip.compress(b"<p>canary"), *PACKED, "Content-Encoding: identity"),
        answer(piece(gzip.compress(b"<p>canary")) + piece(b""), *PACKED, CHUNKED[1]),
        answer(gzip.compress(gzip.compress(b"<p>canary")), *PACKED, PACKED[1]),
        answer(zlib.compress(b"<p>canary"), *HTML, "Content-Encoding: deflate"),
        answer(zlib.compress(b"<p>canary", wbits=-15), *HTML, "Content-Encoding: deflate"),
        answer("<p>canary", "Content-Type: text/plain", *HTML),
    ],
)
def test_a_whole_page_is_read_however_it_was_packed(tmp_path: Path, block: bytes) -> None:
    (item,), faults = read(tmp_path, record(PAGE, block))
    assert item.text.reveal() == "canary"
    assert faults == []


@pytest.mark.parametrize("more", [[], ["WARC-Payload-Digest: blake3:AAAA"]])
def test_a_page_that_no_digest_vouches_for_is_read_and_counted(
    tmp_path: Path, more: list[str]
) -> None:
    (item,), faults = read(tmp_path, record(PAGE, answer("<p>x"), *more, vouched=False))
    assert item.text.reveal() == "x"
    assert faults == ["1 page has no digest that can be checked"]


def test_a_name_and_password_in_an_address_is_a_gate_and_goes_no_further(tmp_path: Path) -> None:
    (item,), _ = read(tmp_path, record("https://me:canary@a.example/p", answer("<p>x")))
    assert item.gate is AccessGate.PASSWORD
    assert item.url.reveal() == PAGE
    pages = recording_of(tmp_path / "x.warc").pages
    assert [page.final.reveal() for page in pages] == [PAGE, "https://b.example/good"]


@pytest.mark.parametrize("address", ["file:///etc/passwd", "javascript:x", "", "about:blank"])
def test_an_answer_from_nowhere_on_the_web_is_told(tmp_path: Path, address: str) -> None:
    items, faults = read(tmp_path, record(address, answer("<p>x")))
    assert items == []
    assert faults == ["an answer whose address is missing or not on the web"]


@pytest.mark.parametrize(
    ("headers", "gate"),
    [
        (["Cookie: session=canary"], AccessGate.LOGIN_WALL),
        (["Cookie: seen=1; session=canary"], AccessGate.LOGIN_WALL),
        (["Authorization: Bearer canary"], AccessGate.LOGIN_WALL),
        (["Cookie: seen=1"], AccessGate.NONE),
        (["Accept: text/html"], AccessGate.NONE),
    ],
)
@pytest.mark.parametrize("linked", [True, False])
def test_what_was_asked_for_with_a_login_is_behind_one(
    tmp_path: Path, headers: list[str], gate: AccessGate, linked: bool
) -> None:
    """A cookie that an answer of the same recording set was not brought along."""
    home = record("https://a.example/", answer("x", "Content-Type: text/css", "Set-Cookie: seen=1"))
    page = record(PAGE, answer("<p>x"), "WARC-Record-ID: <urn:x:page>")
    link = ["WARC-Concurrent-To: <urn:x:page>"] if linked else []
    request = record(PAGE, asked(*headers), *link, kind="request")
    (item,), _ = read(tmp_path, home, page, request)
    assert item.gate is gate


def test_an_answer_to_what_was_sent_is_no_page(tmp_path: Path) -> None:
    request = record(PAGE, asked(method="POST"), kind="request")
    items, faults = read(tmp_path, record(PAGE, answer("<p>x")), request)
    assert items == []
    assert faults == ["1 answers or posts are no public pages: answers to what was sent"]


CSS = ("Content-Type: text/css",)


def test_a_style_sheet_in_the_recording_tells_what_is_hidden(tmp_path: Path) -> None:
    """It may come after the page, and be imported by another."""
    markup = '<link rel=stylesheet href="/a/s.css"><main>a<p class=h>canary</p></main>'
    sheets = [
        record("https://a.example/a/s.css", answer('@import "t.css";', *CSS)),
        record("https://a.example/a/t.css", answer(".h{display:none}", *CSS)),
    ]
    page = record(PAGE, answer(markup))
    (item,), faults = read(tmp_path, page, *sheets)
    assert item.text.reveal() == "a"
    assert faults == ["text that readers do not see was left out"]
    (item,), faults = read(tmp_path, page, sheets[0])
    assert "canary" in item.text.reveal()
    assert faults == ["1 style sheets are missing: what they hide is in the text"]


def test_a_hostile_redirection_costs_no_other_page_its_record(tmp_path: Path) -> None:
    moved = record(PAGE, answer("", "Location: http://[canary", status="301 Moved"))
    read(tmp_path, moved)
    assert len(recording_of(tmp_path / "x.warc").pages) == 1


def test_no_address_reaches_a_log(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    """The library warns of an address with a blank in it, with the address.

    Prefect sets logging up when it is imported, which enables every logger there is.
    """
    logging.config.dictConfig({"version": 1, "disable_existing_loggers": False})
    path = tmp_path / "a.warc"
    path.write_bytes(record("https://q.example/canary of mine", answer("<p>x")))
    assert list(WarcReader().read(path))
    recording_of(path)
    list(digests_within(path))
    assert "canary" not in caplog.text
    assert capfd.readouterr() == ("", "")
