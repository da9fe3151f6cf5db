"""A WARC file gives every whole page before a damage, each checked against its digests."""

import gzip
import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from io import BytesIO
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from warcio.archiveiterator import ArchiveIterator
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from collection.files.reader import Problem
from collection.pages import http_body, warc, warc_records
from collection.pages.warc import WarcReader
from models.consent import PlatformKind
from models.evidence import AccessGate, SourceItem

LEFT = "1 answers or posts are no public pages"
ENTRY = """<!doctype html><meta charset=utf-8><body><nav>menu</nav>
<article class="h-entry"><h1 class="p-name">Title {n}</h1>
<a class="p-author h-card" href="/me"><span class="p-name">Quill</span></a>
<a class="u-url" href="/post/{n}"><time class="dt-published" datetime="2024-05-01T10:00:00-07:00">
1 May</time></a><div class="e-content"><p>canary {n} é</p></div></article></body>"""


def warc_bytes(
    pages: list[tuple[str, bytes]],
    *,
    gz: bool = True,
    status: str = "200 OK",
    headers: Mapping[str, str] | None = None,
) -> bytes:
    body = BytesIO()
    writer = WARCWriter(body, gzip=gz)
    writer.write_record(writer.create_warcinfo_record("sample", {"software": "test"}))
    fields = {"Content-Type": "text/html; charset=utf-8"} | dict(headers or {})
    for address, page in pages:
        writer.write_record(
            writer.create_warc_record(
                address,
                "response",
                payload=BytesIO(page),
                http_headers=StatusAndHeaders(status, list(fields.items()), protocol="HTTP/1.1"),
            )
        )
    return body.getvalue()


def read(tmp_path: Path, body: bytes) -> tuple[list[SourceItem], list[Problem]]:
    path = tmp_path / "site.warc.gz"
    path.write_bytes(body)
    found = list(WarcReader().read(path))
    return (
        [item for item in found if isinstance(item, SourceItem)],
        [item for item in found if isinstance(item, Problem)],
    )


def read_page(tmp_path: Path, page: str, **options: str) -> SourceItem:
    (item,), problems = read(
        tmp_path,
        warc_bytes([("https://quill.example/p", page.encode())], **options),  # type: ignore[arg-type] # a test's shorthand
    )
    assert problems == []
    return item


@pytest.mark.parametrize("gz", [True, False])
def test_a_post_arrives_with_all_its_properties(tmp_path: Path, gz: bool) -> None:
    page = ENTRY.format(n=1).encode()
    (item,), problems = read(tmp_path, warc_bytes([("https://quill.example/1", page)], gz=gz))
    assert problems == []
    assert item.text.reveal() == "Title 1\n\ncanary 1 é"
    assert item.author.reveal() == "Quill"
    assert item.url.reveal() == "https://quill.example/post/1"
    assert item.created_at == datetime(2024, 5, 1, 17, tzinfo=UTC)
    assert item.platform.reveal() == "quill.example"
    assert item.kind is PlatformKind.BLOG
    assert item.gate is AccessGate.NONE
    assert item.pointer == "record:2"


def test_a_post_repeated_on_another_page_is_one_item(tmp_path: Path) -> None:
    page = ENTRY.format(n=1).encode()
    items, _ = read(
        tmp_path, warc_bytes([("https://q.example/", page), ("https://q.example/2", page)])
    )
    assert len(items) == 1


def test_each_entry_of_a_page_is_an_item_and_quoted_ones_are_not(tmp_path: Path) -> None:
    page = """<div class="h-feed"><p class="p-author h-card">Quill</p>
      <div class="h-entry"><p class="e-content">one</p>
        <div class="h-cite"><p class="p-author">Other</p><p class="e-content">quoted</p></div></div>
      <div class="h-entry"><p class="e-content p-name">two</p></div></div>"""
    items, problems = read(tmp_path, warc_bytes([("https://q.example/", page.encode())]))
    assert problems == []
    assert [item.text.reveal() for item in items] == ["one", "two"]
    assert {item.author.reveal() for item in items} == {"Quill"}


def test_an_entry_without_words_is_a_problem(tmp_path: Path) -> None:
    page = b'<div class="h-entry"><div class="e-content"><img src="x"></div></div>'
    items, problems = read(tmp_path, warc_bytes([("https://q.example/", page)]))
    assert items == []
    assert problems == [
        Problem("a post or page without text", "record:2"),
        Problem("1 pictures or films on the page were not looked at", "record:2"),
    ]


@pytest.mark.parametrize(
    ("page", "text", "author"),
    [
        ("<nav>menu</nav><main><p>a</p></main><p>b</p>", "a", ""),
        ("<header>menu</header><p>a</p><footer>f</footer><aside>s</aside>", "a", ""),
        ("<article>a</article>b", "a", ""),
        ("<article>a</article><article>b</article>", "a\n\nb", ""),
        ('<meta name="author" content=" Quill "><p>a</p>', "a", "Quill"),
        ('<p>a</p><a rel="me author" href="/">Quill</a>', "a\n\nQuill", "Quill"),
    ],
)
def test_a_page_without_entries_is_its_main_text(
    tmp_path: Path, page: str, text: str, author: str
) -> None:
    item = read_page(tmp_path, f"<body>{page}</body>")
    assert item.text.reveal() == text
    assert item.author.reveal() == author
    assert item.kind is PlatformKind.OTHER
    assert item.created_at is None


@pytest.mark.parametrize(
    "markup",
    [
        '<meta property="article:published_time" content="2024-05-01T00:00:00Z"><p>a',
        '<p>a <time datetime="2024-05-01">May</time>',
    ],
)
def test_a_page_that_states_its_time_has_it(tmp_path: Path, markup: str) -> None:
    assert read_page(tmp_path, markup).created_at == datetime(2024, 5, 1, tzinfo=UTC)


def test_a_known_platform_gives_the_kind(tmp_path: Path) -> None:
    body = warc_bytes([("https://www.reddit.com/r/x", b"<p>a")])
    (item,), _ = read(tmp_path, body)
    assert (item.platform.reveal(), item.kind) == ("reddit", PlatformKind.FORUM)


def test_hidden_text_is_left_out_and_told(tmp_path: Path) -> None:
    body = warc_bytes([("https://q.example/", b"<main>a<p style='display:none'>canary</p></main>")])
    items, problems = read(tmp_path, body)
    assert [item.text.reveal() for item in items] == ["a"]
    assert problems == [Problem("text that readers do not see was left out", "record:2")]


@pytest.mark.parametrize(
    ("status", "kind", "told"),
    [
        ("404 Not Found", "text/html", [f"{LEFT}: another status than 2xx"]),
        ("206 Partial Content", "text/html", [f"{LEFT}: parts of pages"]),
        ("200 OK", "image/png", [f"{LEFT}: pictures, films, sound"]),
        ("200 OK", "application/json", [f"{LEFT}: data (JSON or text)"]),
        ("200 OK", "", [f"{LEFT}: of no stated type"]),
        ("200 OK", "text/javascript", []),
        ("301 Moved", "text/html", []),
    ],
)
def test_what_is_no_page_is_counted_by_kind(
    tmp_path: Path, status: str, kind: str, told: list[str]
) -> None:
    body = warc_bytes(
        [("https://q.example/", b"<p>canary")], status=status, headers={"Content-Type": kind}
    )
    items, problems = read(tmp_path, body)
    assert items == []
    assert [one.fault for one in problems] == told


@pytest.mark.parametrize(
    ("page", "kind"),
    [
        ("é".encode("cp1252"), "text/html; charset=ISO-8859-1"),
        ("é".encode("cp1252"), "text/html"),
        ("é".encode(), "text/html"),
        ("é".encode("utf-16"), "text/html"),
        ("é".encode("utf-16-le"), "text/html; charset=utf-16"),
        ("é".encode("utf-16-be"), "text/html; charset=UTF-16BE"),
        (b"<meta charset='windows-1251'>" + "é".encode("cp1252"), "text/html; charset=latin1"),
        (b"<meta charset=iso-8859-15>" + "é".encode("cp1252"), "text/html"),
        ("é".encode(), "text/html; charset=rot13"),
    ],
)
def test_character_sets_are_told_as_browsers_do(tmp_path: Path, page: bytes, kind: str) -> None:
    body = warc_bytes([("https://q.example/", page)], headers={"Content-Type": kind})
    (item,), _ = read(tmp_path, body)
    assert item.text.reveal() == "é"


def test_a_page_packed_by_the_server_is_unpacked(tmp_path: Path) -> None:
    body = warc_bytes(
        [("https://q.example/", gzip.compress(b"<p>canary"))], headers={"Content-Encoding": "gzip"}
    )
    (item,), _ = read(tmp_path, body)
    assert item.text.reveal() == "canary"


def test_a_page_packed_in_an_unknown_way_is_a_problem(tmp_path: Path) -> None:
    body = warc_bytes([("https://q.example/", b"canary")], headers={"Content-Encoding": "br"})
    items, problems = read(tmp_path, body)
    assert items == []
    assert problems == [Problem("a page packed in a way that is not supported: br", "record:2")]


def test_a_page_that_grows_too_much_is_a_problem(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(http_body, "MAX_RECORD", 100_000)
    bomb = gzip.compress(b"canary " * 1_000_000)
    body = warc_bytes([("https://q.example/", bomb)], headers={"Content-Encoding": "gzip"})
    items, problems = read(tmp_path, body)
    assert items == []
    assert [item.pointer for item in problems] == ["record:2"]


def test_a_film_is_passed_over_without_being_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(warc_records, "MAX_RECORD", 2_000)
    monkeypatch.setattr(warc, "MAX_RECORD", 2_000)
    pages = [("https://q.example/1", b"x" * 5_000), ("https://q.example/2", b"<p>canary")]
    items, problems = read(tmp_path, warc_bytes(pages))
    assert [item.pointer for item in items] == ["record:3"]
    assert problems == [Problem("a record of more than 2000 bytes was not read", "record:2")]


@pytest.mark.parametrize("word", [b"canary 2", b"Content-Type: text/html"])
def test_a_changed_record_is_refused_and_the_rest_read(tmp_path: Path, word: bytes) -> None:
    pages = [(f"https://q.example/{n}", ENTRY.format(n=n).encode()) for n in (1, 2, 3)]
    body = warc_bytes(pages, gz=False)
    at = body.index(word, body.index(b"https://q.example/2"))
    body = body[:at] + word.upper() + body[at + len(word) :]
    items, problems = read(tmp_path, body)
    assert [item.pointer for item in items] == ["record:2", "record:4"]
    assert problems == [Problem("a record whose digest does not match", "record:3")]


def record_ends(body: bytes) -> list[int]:
    archive = ArchiveIterator(BytesIO(body))
    ends = []
    for _ in archive:
        archive.read_to_end()
        ends.append(archive.get_record_offset() + archive.get_record_length())
    return ends


@pytest.mark.parametrize("gz", [True, False])
def test_a_cut_at_a_record_boundary_keeps_all_before_it(tmp_path: Path, gz: bool) -> None:
    """Such a cut cannot be told from an end: the format has no mark for it."""
    pages = [(f"https://q.example/{n}", ENTRY.format(n=n).encode()) for n in range(4)]
    body = warc_bytes(pages, gz=gz)
    ends = record_ends(body)
    assert len(ends) == 5
    for number, end in enumerate(ends):
        items, problems = read(tmp_path, body[:end])
        assert (len(items), problems) == (number, [])


@pytest.mark.parametrize("gz", [True, False])
def test_a_cut_within_a_record_keeps_all_before_it_and_says_so(tmp_path: Path, gz: bool) -> None:
    pages = [(f"https://q.example/{n}", ENTRY.format(n=n).encode()) for n in range(3)]
    body = warc_bytes(pages, gz=gz)
    ends = [0, *record_ends(body)]
    # Plain records end with two empty lines, without which they still are whole.
    slack = 0 if gz else 4
    for number, (start, end) in enumerate(pairwise(ends)):
        for size in range(start + 1, end - slack, 7):
            items, problems = read(tmp_path, body[:size])
            assert len(items) in {max(0, number - 1), number}
            assert len(problems) == 1
            assert problems[0].pointer == "file:0"
            assert problems[0].fault.startswith("warc")
            assert "canary" not in problems[0].fault


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"canary",
        b"WARC/1.0\r\n",
        b"WARC/1.0\r\ncanary: 1\r\n\r\n",
        b"WARC/9.9\r\nContent-Length: 0\r\n\r\n",
        b"WARC/1.0\r\nContent-Length: -5\r\n\r\n",
        b"WARC/1.0\r\nContent-Length: 99999999999\r\n\r\ncanary",
        b"WARC/1.0\r\n" + b"canary: x\r\n" * 10_000,
        b"x" * 200_000,
    ],
)
def test_what_is_no_warc_is_one_problem(tmp_path: Path, body: bytes) -> None:
    for packed in (body, gzip.compress(body)):
        items, problems = read(tmp_path, packed)
        assert items == []
        assert len(problems) == 1
        assert "canary" not in problems[0].fault


def test_a_record_that_makes_no_sense_costs_only_itself(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    odd = b"WARC/1.0\r\nWARC-Type: response\r\nContent-Length: 6\r\n\r\ncanary\r\n\r\n"
    items, _ = read(tmp_path, odd + warc_bytes([("https://q.example/", b"<p>a")], gz=False))
    assert [item.pointer for item in items] == ["record:3"]
    assert capfd.readouterr() == ("", "")


SITES = [
    warc_bytes([(f"https://q.example/{n}", ENTRY.format(n=n).encode()) for n in (1, 2)], gz=gz)
    for gz in (True, False)
]


@given(st.data())
@settings(max_examples=150, deadline=None)
def test_no_flipped_byte_crashes_or_leaks(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    body = bytearray(data.draw(st.sampled_from(SITES)))
    for _ in range(data.draw(st.integers(1, 3))):
        body[data.draw(st.integers(0, len(body) - 1))] ^= data.draw(st.integers(1, 255))
    _, problems = read(tmp_path_factory.mktemp("flip"), bytes(body))
    assert not any("canary" in item.fault for item in problems)


@given(st.binary(max_size=1_000), st.sampled_from([b"", b"\x1f\x8b\x08\0", b"WARC/1.0\r\n"]))
@settings(max_examples=150, deadline=None)
def test_no_bytes_crash_the_reader(
    tmp_path_factory: pytest.TempPathFactory, body: bytes, head: bytes
) -> None:
    items, problems = read(tmp_path_factory.mktemp("fuzz"), head + body)
    assert items == []
    assert len(problems) == 1


def members(count: int = 5, *, first: int = 0) -> list[bytes]:
    """Return a file of pages, cut at its members; the first tells who wrote it."""
    pages = [
        (f"https://q.example/{n}", ENTRY.format(n=n).encode()) for n in range(first, first + count)
    ]
    body = warc_bytes(pages)
    return [body[a:b] for a, b in pairwise([0, *record_ends(body)])]


def page_as_record(address: str, words: str) -> bytes:
    """Return a record that a page could hold, to be taken for one of the recorder's."""
    body = warc_bytes([(address, words.encode())], gz=False)
    return body[body.index(b"WARC/1.", 8) :]


def ruined(member: bytes) -> bytes:
    """Return a member whose packing makes no sense in its middle."""
    middle = len(member) // 2
    return member[:middle] + bytes(byte ^ 0xFF for byte in member[middle:])


@pytest.mark.parametrize(
    "damage",
    [
        lambda one: gzip.compress(b"canary, no record"),
        lambda one: gzip.compress(
            gzip.decompress(one).replace(b"Content-Length", b"Content-Size", 1)
        ),
        lambda one: gzip.compress(gzip.decompress(one)[:200]),
        lambda one: gzip.compress(
            gzip.decompress(one).replace(b"Content-Length: ", b"Content-Length: 9", 1)
        ),
        lambda one: one[:-8] + bytes(8),
        ruined,
        lambda one: one[:20] + b"\xff" * 20 + one[40:],
        lambda one: b"canary, no gzip",
        lambda one: one[: len(one) // 2],
    ],
)
@pytest.mark.parametrize("at", [1, 2, 3])
def test_a_damaged_member_costs_itself_alone(
    tmp_path: Path, damage: Callable[[bytes], bytes], at: int
) -> None:
    """What lies behind it may be the very post that matters."""
    parts = members()
    body = b"".join(damage(part) if number == at else part for number, part in enumerate(parts))
    items, problems = read(tmp_path, body)
    texts = [item.text.reveal() for item in items]
    for number in range(5):
        assert (f"Title {number}\n\ncanary {number} \u00e9" in texts) or number == at - 1
    assert len(problems) == 1
    assert problems[0].fault.startswith("warc.gz: ")
    assert problems[0].pointer in (f"record:{at + 1}", f"record:{at + 2}")
    assert "canary" not in problems[0].fault


def test_several_damaged_members_cost_themselves_alone(tmp_path: Path) -> None:
    parts = members(8)
    parts[2] = gzip.compress(b"no record")
    parts[5] = gzip.compress(b"no record")
    items, problems = read(tmp_path, b"".join(parts))
    assert len(items) == 6
    assert [one.pointer for one in problems] == ["record:3", "record:6"]


@pytest.mark.parametrize("packed", [False, True])
def test_a_record_that_a_page_holds_is_never_taken_for_one(tmp_path: Path, packed: bool) -> None:
    """Somebody who can have a page recorded could else put words into another's mouth."""
    forged = page_as_record("https://victim.example/", "<p>forged")
    if packed:
        forged = gzip.compress(forged, 0) * 2
    parts = members()
    holder = warc_bytes([("https://evil.example/", b"<p>x" * 200 + forged + b"<p>y" * 200)])
    plain = gzip.decompress(holder[record_ends(holder)[0] :])
    for damaged in (
        # As it stands within, where nothing could be packed closer.
        ruined_head(gzip.compress(plain, 0)),
        gzip.compress(plain.replace(b"Content-Length: ", b"Content-Size: ", 1)),
    ):
        body = b"".join([*parts[:3], damaged, *parts[3:]])
        items, problems = read(tmp_path, body)
        assert "forged" not in " ".join(item.text.reveal() for item in items)
        assert len(items) == 5
        assert problems


def ruined_head(member: bytes) -> bytes:
    return member[:10] + b"\xff" * 4 + member[14:]


def test_a_file_whose_records_are_no_members_ends_at_a_damage(tmp_path: Path) -> None:
    """Where a block of it begins a page may have put the beginning of a record."""
    plain = b"".join(map(gzip.decompress, members(3)))
    bad = b"no record\r\n"
    forged = page_as_record("https://victim.example/", "<p>forged")
    ends = [found.start() for found in re.finditer(b"WARC/1", plain)]
    blocks = [plain[: ends[2] + 40], plain[ends[2] + 40 :] + bad, forged]
    items, problems = read(tmp_path, b"".join(map(gzip.compress, blocks)))
    assert "forged" not in " ".join(item.text.reveal() for item in items)
    assert [one.pointer for one in problems] == ["file:0"]


def test_records_that_span_members_are_read_as_before(tmp_path: Path) -> None:
    plain = b"".join(map(gzip.decompress, members(3)))
    packed = b"".join(gzip.compress(plain[at : at + 100]) for at in range(0, len(plain), 100))
    items, problems = read(tmp_path, packed)
    assert (len(items), problems) == (3, [])
