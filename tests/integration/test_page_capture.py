"""A real Chromium in its box captures pages of a site on this machine; nothing else gets out."""

import asyncio
import base64
import hashlib
import io
import os
import signal
import ssl
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pypdfium2
import pytest
from PIL import Image
from warcio.archiveiterator import ArchiveIterator
from warcio.checker import Checker

from casework.applicant.consent import withdraw_consent
from casework.gathering.captures import captures_of
from casework.gathering.page_capture import PageCaptured, capture_page, page_captures
from casework.gathering.source import register_source
from casework.search.terms_register import review_terms
from collection.files.digest import sha256_of
from collection.sources import find_sources
from collection.web.addresses import Reach
from collection.web.browser import PageCapturer
from collection.web.browser_box import missing_parts
from collection.web.browser_files import written
from collection.web.browser_folder import private_folder, sweep_left
from collection.web.browser_proxy import CaptureProxy
from collection.web.browser_recording import Page
from collection.web.browser_rules import Limits, PageRefusedError, Pinning
from collection.web.parts import part_of, settle_parts
from models.audit import AuditAction
from models.consent import ConsentItem
from models.errors import ConsentWithdrawnError, SettingsError, WalloffError
from models.fetching import FetchRefusedError, RobotsError
from models.ids import CaseId
from models.people import Role
from models.search import AccessWay
from models.segment import Segment
from models.text import RawText
from storage.audit import AuditLog
from storage.duties import Duty, DutyStore
from storage.evidence import EvidenceStore

sys.path.insert(0, str(Path(__file__).parent))
from browsed_site import Site

LIMITS = Limits(seconds=90, answer_seconds=5, answer_bytes=1 << 20, quiet_seconds=3)


def forbidden(url: str) -> None:
    if "forbidden-word" in url:
        raise PageRefusedError("the linter refuses it")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    if missing := missing_parts():
        pytest.fail(f"missing: {missing}; `make system` installs it", pytrace=False)
    made = Site(tmp_path_factory.mktemp("site"))
    yield made
    made.close()


@pytest.fixture(scope="module")
def capturer(site: Site) -> PageCapturer:
    return PageCapturer(
        may_ask=forbidden,
        pinning=Pinning(Reach(site.ports), site.resolve),
        limits=LIMITS,
        verify=ssl.create_default_context(cafile=site.authority),
    )


@dataclass
class Told:
    """A page, and what the site was asked for it."""

    page: Page
    asked: list[str]


@pytest.fixture(scope="module")
def scripted(site: Site, capturer: PageCapturer) -> Told:
    site.asked.clear()
    page = capturer.capture("https://rowan.example/scripted")
    return Told(page, list(site.asked))


@pytest.fixture(scope="module")
def hostile(site: Site, capturer: PageCapturer) -> Told:
    site.asked.clear()
    page = capturer.capture("http://rowan.example/hostile")
    return Told(page, list(site.asked))


def drawn(page: Page, name: str) -> bytes:
    return next(one.body for one in page.drawn if one.name == name)


# --- what is captured ---------------------------------------------------------------------------


def test_what_scripts_put_in_is_captured_and_the_readers_find_it(
    scripted: Told, tmp_path: Path
) -> None:
    with written(scripted.page, tmp_path):
        pass
    sources = find_sources(tmp_path)
    assert [one.form.name for one in sources if one.form] == ["mhtml", "warc"]
    texts = [
        one.text.reveal() for source in sources for one in source.read() if hasattr(one, "text")
    ]
    assert "The bread came out well." in texts
    assert scripted.page.final == "https://rowan.example/scripted"


def test_the_recording_holds_with_every_digest_and_names_its_parents(
    scripted: Told, tmp_path: Path
) -> None:
    with written(scripted.page, tmp_path) as files:
        pass
    body = files.recording.read_bytes()
    assert hashlib.sha256(body).hexdigest() == files.recording_sha256
    checker = Checker(type("Asked", (), {"inputs": [str(files.recording)], "verbose": False})())
    checker.process_all()
    assert checker.exit_value == 0
    records = [
        (one.rec_type, dict(one.rec_headers.headers), one.raw_stream.read())
        for one in ArchiveIterator(io.BytesIO(body), no_record_parse=True)
    ]
    assert {h["WARC-Block-Digest"].partition(":")[0] for _, h, _ in records} == {"sha256"}
    for _, headers, block in records:
        stated = base64.b32encode(hashlib.sha256(block).digest()).decode()
        assert headers["WARC-Block-Digest"] == f"sha256:{stated}"
    answers = {h["WARC-Record-ID"]: h["WARC-Target-URI"] for k, h, _ in records if k == "response"}
    made = [h for kind, h, _ in records if kind == "resource"]
    assert {h["WARC-Target-URI"].split(":")[1] for h in made} == {"screenshot", "pdf"}
    assert {answers[h["WARC-Refers-To"]] for h in made} == {scripted.page.final}
    info = next(block.decode() for kind, _, block in records if kind == "warcinfo")
    assert "chromium 1" in info
    assert scripted.page.config_sha256 in info
    assert "clock: " in info


def test_the_screenshot_shows_the_page_and_the_pdf_is_tagged(scripted: Told) -> None:
    picture = Image.open(io.BytesIO(drawn(scripted.page, "screenshot")))
    assert picture.width == 1280
    assert len(picture.convert("L").getcolors() or range(256)) > 2
    paper = pypdfium2.PdfDocument(drawn(scripted.page, "pdf"))
    assert paper.is_tagged()
    assert "The bread came out well." in paper[0].get_textpage().get_text_range()


def test_a_browser_calls_nobody_by_itself_and_brings_nothing_along(
    scripted: Told, site: Site
) -> None:
    assert {one.split()[1].partition("/")[0] for one in scripted.asked} == {"rowan.example"}
    assert {one.split()[0] for one in scripted.asked} == {"GET"}
    sent = {name.lower() for one in site.headers for name in one}
    assert not sent & {"authorization", "referer", "proxy-authorization", "x-forwarded-for"}


# --- what is contained --------------------------------------------------------------------------


def test_a_hostile_page_is_shown_and_gets_nothing_that_it_may_not(hostile: Told) -> None:
    """Posts, sockets, windows, workers, files, other ports and networks, without end or place."""
    assert b"Still here." in drawn(hostile.page, "mhtml")
    paths = {one.split("rowan.example")[1].partition("&")[0] for one in hostile.asked}
    assert "/frame" in paths
    assert "/told?place=no" in paths
    assert not paths & {
        *("/posted", "/put", "/beacon", "/socket", "/popup", "/worker.js", "/port.png"),
        *("/forbidden-word.png", "/secret.png", "/told?worker=yes", "/told?place=yes"),
        "/told?notify=granted",
    }
    assert {one.split()[0] for one in hostile.asked} == {"GET"}
    assert sum(hostile.page.denied.values()) >= 8
    assert b"root:" not in drawn(hostile.page, "mhtml")
    recorded = {one.url.partition("?")[0].rpartition("/")[2] for one in hostile.page.exchanges}
    assert not recorded & {"big", "endless", "events"}


@pytest.mark.parametrize(
    ("path", "refusal"), [("moved", FetchRefusedError), ("round", PageRefusedError)]
)
def test_a_page_that_leads_into_a_network_or_in_circles_is_no_page(
    capturer: PageCapturer, path: str, refusal: type[WalloffError]
) -> None:
    with pytest.raises(refusal):
        capturer.capture(f"http://rowan.example/{path}")


@pytest.mark.parametrize(
    "url",
    [
        "file:///etc/passwd",
        "http://name:word@rowan.example/",
        "http://127.0.0.1/",
        "http://rowan.example:8080/",
        "http://[::1]/",
        "javascript:1",
        "http://printer.local/",
    ],
)
def test_what_is_no_public_address_starts_no_browser(capturer: PageCapturer, url: str) -> None:
    with pytest.raises(FetchRefusedError):
        capturer.capture(url)


def test_the_site_s_wish_is_honoured_unless_its_terms_say_otherwise(
    capturer: PageCapturer, site: Site
) -> None:
    site.asked.clear()
    with pytest.raises(RobotsError):
        capturer.capture("http://rowan.example/private")
    assert site.asked == ["GET rowan.example/robots.txt"]


def test_a_capturer_that_no_step_uses_asks_for_nothing(capturer: PageCapturer, site: Site) -> None:
    site.asked.clear()
    alone = PageCapturer(pinning=capturer.pinning, verify=capturer.verify)
    with pytest.raises(PageRefusedError):
        alone.capture("http://rowan.example/scripted")
    assert site.asked == []


# --- the proxy alone ----------------------------------------------------------------------------


def asked(capturer: PageCapturer, folder: Path, *urls: str, **limits: Any) -> list[Any]:
    """Ask the proxy for addresses, one after the other, without a browser."""

    async def ask() -> list[Any]:
        found: list[Any] = []
        assert capturer.verify is not None
        bounds = replace(capturer.limits, **limits)
        proxy = CaptureProxy(folder, capturer.pinning, forbidden, bounds, capturer.verify)
        async with proxy:
            for url in urls:
                try:
                    found.append(await proxy.ask(url, [(b"Cookie", b"a=1"), (b"Referer", b"x")]))
                except WalloffError as refusal:
                    found.append(refusal)
        return found

    return asyncio.run(ask())


def test_the_bytes_of_the_wire_are_kept_and_the_pieces_joined(
    capturer: PageCapturer, tmp_path: Path
) -> None:
    (answer,) = asked(capturer, tmp_path, "http://rowan.example/chunked")
    assert b"\r\n0\r\n\r\n" in answer.exchange.response[-9:]
    assert answer.exchange.response.startswith(b"HTTP/1.")
    assert b"In pieces." in answer.body
    assert b"\r\n0\r\n" not in answer.body
    assert b"referer" not in answer.exchange.request.lower()


def test_the_names_in_certificates_are_verified(capturer: PageCapturer, tmp_path: Path) -> None:
    good, other = asked(
        capturer, tmp_path, "https://rowan.example/scripted", "https://other.example/scripted"
    )
    assert good.status == 200
    assert "certificate" in str(other)
    (unknown,) = asked(
        replace(capturer, verify=ssl.create_default_context()),
        tmp_path,
        "https://rowan.example/scripted",
    )
    assert "certificate" in str(unknown)


def test_a_name_that_changes_its_mind_is_checked_at_every_connection(
    capturer: PageCapturer, tmp_path: Path
) -> None:
    """DNS rebinding: what was public a moment ago counts for nothing."""
    answers = iter([["127.0.0.1"], ["127.0.0.1", "192.168.0.1"], ["169.254.169.254"], []])
    turning = replace(
        capturer, pinning=replace(capturer.pinning, resolver=lambda _host: next(answers))
    )
    first, *later = asked(turning, tmp_path, *["http://rowan.example/scripted"] * 4)
    assert first.status == 200
    assert [type(one) for one in later] == [FetchRefusedError] * 3


def test_too_many_and_too_much_is_refused(capturer: PageCapturer, tmp_path: Path) -> None:
    same = ["http://rowan.example/scripted"] * 3
    *_, third = asked(capturer, tmp_path, *same, requests=2)
    assert "too often" in str(third)
    *_, much = asked(capturer, tmp_path, *same, bytes=900)
    assert "too large" in str(much)
    (late,) = asked(capturer, tmp_path, "http://rowan.example/endless", answer_seconds=0.5)
    assert "too long" in str(late)


# --- what is left -------------------------------------------------------------------------------

HOSTILE = "http://rowan.example/hostile"
PROGRAM = """
import ssl, sys
from collection.web.addresses import Reach
from collection.web.browser import PageCapturer
from collection.web.browser_files import written
from collection.web.browser_rules import Limits, Pinning
http, https, authority, folder, url = sys.argv[1:]
capturer = PageCapturer(
    may_ask=lambda url: None,
    pinning=Pinning(Reach({80: int(http), 443: int(https)}), lambda host: ["127.0.0.1"]),
    limits=Limits(seconds=300, answer_seconds=240, quiet_seconds=240),
    verify=ssl.create_default_context(cafile=authority),
)
with written(capturer.capture(url), folder):
    pass
"""


def test_a_capture_that_is_killed_leaves_no_process_and_no_file(site: Site, tmp_path: Path) -> None:
    out, scratch = tmp_path / "out", tmp_path / ("longer than the address of a socket " * 3)
    out.mkdir()
    scratch.mkdir()
    site.asked.clear()
    ports = [str(site.http.server_port), str(site.https.server_port)]
    process = subprocess.Popen(
        [sys.executable, "-c", PROGRAM, *ports, str(site.authority), str(out), HOSTILE],
        env={**os.environ, "TMPDIR": str(scratch), "PYTHONPATH": os.pathsep.join(sys.path)},
    )
    until(lambda: any("/endless" in one for one in site.asked) or process.poll() is not None)
    assert process.poll() is None, "the capture ended before it was killed"
    assert running(scratch)
    process.send_signal(signal.SIGKILL)
    process.wait()
    until(lambda: not running(scratch))
    assert list(out.iterdir()) == []
    for folder in scratch.glob("walloff-capture-*"):
        os.utime(folder, (1, 1))
    left = subprocess.run(
        [sys.executable, "-c", "import collection.web.browser_folder as f; f.sweep_left()"],
        env={**os.environ, "TMPDIR": str(scratch), "PYTHONPATH": os.pathsep.join(sys.path)},
        check=True,
    )
    assert left.returncode == 0
    assert list(scratch.glob("walloff-capture-*")) == []


def running(scratch: Path) -> list[int]:
    """Return the processes that see the folder of a capture under here."""
    found = []
    for one in Path("/proc").iterdir():
        try:
            if one.name.isdecimal() and str(scratch).encode() in (one / "cmdline").read_bytes():
                found.append(int(one.name))
        except OSError:
            continue
    return found


def until(holds: Any, seconds: float = 240) -> None:
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.1)


def test_only_the_folders_of_the_dead_are_swept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    dead, young = tmp_path / "walloff-capture-dead", tmp_path / "walloff-capture-young"
    with private_folder() as working:
        for folder in (dead, young):
            folder.mkdir()
        for folder in (dead, working):
            os.utime(folder, (1, 1))
        assert sweep_left() == 1
        assert [one.exists() for one in (dead, young, working)] == [False, True, True]
    assert not working.exists()


# --- a step of a case ---------------------------------------------------------------------------


@pytest.fixture
def office(rehearsed_office: Any, clock: Any) -> Any:
    """At the time of the machine, which the recorder states."""
    clock.moment = datetime.now(UTC)
    return rehearsed_office


def reviewed(office: Any, **changes: Any) -> None:
    given = {
        "version": "2026-01-01",
        "by_hand": True,
        "automated": True,
        "rule": "clause 4",
        "requests_per_minute": 600,
        "next_review": office.now.date() + timedelta(days=90),
    }
    review_terms("kind.other", **(given | changes), **office.who(Role.POLICY_OWNER))


def taken(
    office: Any, case_id: CaseId, capturer: PageCapturer, path: str, role: Role
) -> PageCaptured:
    return capture_page(
        case_id,
        RawText(f"http://rowan.example/{path}"),
        office.folder,
        capturer=capturer,
        actor=office.people[role],
        vault=office.vault,
        clock=office.clock.now,
    )


def entries(office: Any, case_id: str) -> list[Any]:
    with office.vault.read() as tx:
        return [one for one in AuditLog(tx).entries() if one.object_id == case_id]


def test_i4_i5_s7_a_page_is_written_down_captured_and_taken_in(
    office: Any, capturer: PageCapturer
) -> None:
    reviewed(office)
    case_id = office.disclosed()
    made = taken(office, case_id, capturer, "scripted", Role.INVESTIGATOR)
    assert sorted(office.folder.iterdir()) == sorted([made.files.recording, made.files.shown])
    actions = [one.action for one in entries(office, case_id)]
    assert actions.index(AuditAction.QUERY_MADE) < actions.index(AuditAction.PAGE_CAPTURED)
    with office.vault.read() as tx:
        assert Duty.COLLECTED in DutyStore(tx).did(case_id, office.people[Role.INVESTIGATOR].id)
    (record,) = page_captures(case_id, **office.who(Role.INVESTIGATOR))
    assert record.query == made.query == 1
    assert record.recording_sha256 == sha256_of(made.files.recording)[0]
    assert record.shown_sha256 == sha256_of(made.files.shown)[0]
    assert record.final.reveal() == "http://rowan.example/scripted"
    who = office.who(Role.INVESTIGATOR)
    register_source(case_id, office.folder, way=AccessWay.AUTOMATED, **who)
    office.run(Segment.COLLECT, case_id)
    with office.vault.read() as tx:
        texts = {one.item.text.reveal() for one in EvidenceStore(tx).for_case(case_id)}
    assert "The bread came out well." in texts
    captures, _ = captures_of(case_id, **who)
    assert {one.tool for one in captures} == {"mhtml", "warc"}


def test_i5_n2_s8_s9_what_may_not_be_captured_is_not_asked_for(
    office: Any, capturer: PageCapturer, site: Site
) -> None:
    """Each refusal is logged with its code and leaves nothing, and nothing was asked for."""

    def refused(case_id: CaseId, path: str, code: str, role: Role = Role.INVESTIGATOR) -> None:
        site.asked.clear()
        with pytest.raises(WalloffError) as refusal:
            taken(office, case_id, capturer, path, role)
        assert refusal.value.code == code
        assert not [one for one in site.asked if not one.endswith("/robots.txt")]
        last = entries(office, case_id)[-1]
        assert (last.action, last.code) == (AuditAction.DENIED, code)
        assert list(office.folder.iterdir()) == []

    case_id = office.disclosed()
    refused(case_id, "scripted", "E-I5-TOS-UNREVIEWED")
    reviewed(office, automated=False, requests_per_minute=None)
    refused(case_id, "scripted", "E-I5-TOS-BARRED")
    reviewed(office)
    refused(case_id, "scripted?q=523-45-6789", "E-S8-SSN-EGRESS")
    refused(case_id, "friendships/create", "E-S9-FRIEND-REQUEST")
    refused(case_id, "private", "fetch-robots")
    refused(case_id, "scripted", "not-permitted", Role.WALL_OFF_REVIEWER)
    refused(case_id, "scripted", "not-permitted", Role.HIRING_MANAGER)
    refused(office.disclosed(refused=frozenset({ConsentItem("public-other")})), "x", "E-N2-SCOPE")
    refused(office.consented(), "scripted", "wrong-state")


def test_n2_a_withdrawal_stops_the_browser_and_nothing_is_left(
    office: Any, capturer: PageCapturer
) -> None:
    reviewed(office)
    case_id = office.disclosed()

    def told(what: str) -> None:
        if what.startswith("loading"):
            withdraw_consent(case_id, **office.who(Role.APPLICANT))

    with pytest.raises(ConsentWithdrawnError):
        taken(office, case_id, replace(capturer, told=told), "endless", Role.INVESTIGATOR)
    assert list(office.folder.iterdir()) == []
    assert AuditAction.PAGE_CAPTURED not in [one.action for one in entries(office, case_id)]


def test_a_home_with_real_cases_reaches_the_public_web_alone(
    another_office: Callable[..., Any], tmp_path: Path, capturer: PageCapturer, site: Site
) -> None:
    real = another_office(tmp_path / "real", {})
    case_id = real.disclosed()
    site.asked.clear()
    with pytest.raises(SettingsError):
        taken(real, case_id, capturer, "scripted", Role.INVESTIGATOR)
    assert site.asked == []


def test_files_go_again_if_the_step_that_records_them_cannot_be_kept(
    scripted: Told, tmp_path: Path
) -> None:
    def stopped(error: Exception) -> None:
        with written(scripted.page, tmp_path) as files:
            assert part_of(files.recording).stat().st_mode & 0o777 == 0o600
            assert not files.recording.exists()
            raise error

    with pytest.raises(ConsentWithdrawnError):
        stopped(ConsentWithdrawnError("now"))
    assert list(tmp_path.iterdir()) == []
    with pytest.raises(RuntimeError):
        stopped(RuntimeError())
    assert {path.suffix for path in tmp_path.iterdir()} == {".part"}
    assert settle_parts(tmp_path, lambda _name, _sha256: False) == 2
    assert list(tmp_path.iterdir()) == []
