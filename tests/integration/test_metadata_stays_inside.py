"""What a file says beside its words never reaches the manager's side, nor a log line.

EXIF and comments of pictures, names of files and folders, a PDF's information, the subject of an
MHTML, titles and addresses of pages, the site on which somebody is: leak channels 2, 3, 7, 8, 20,
27 and 28. Every reader's own sample goes along, under a name that tells.
"""

import json
import logging
from io import BytesIO
from pathlib import Path
from typing import Any, Final

import pytest
from PIL import Image, ImageDraw, ImageFont, PngImagePlugin

from casework.attribution.attribute import settle_attribution, unattributed
from casework.deciding.documents import make_document
from casework.deciding.manager import decide, view
from casework.gathering.source import register_source
from casework.releasing.rebuttal import offer_rebuttal, preview
from casework.releasing.release import deliver, release
from casework.reviewing.review import (
    approve,
    open_desk,
    settle_unreadable,
    waiting_for_person,
    weigh_finding,
)
from collection.formats.registry import FORMATS
from collection.samples.sample_pages import har_of, mhtml_of, single_file_of
from collection.samples.sample_pdf import pdf_of, words
from models.adverse import DocumentKind
from models.decision import OtherEvidence, Outcome, Reason
from models.people import Role
from models.segment import Segment
from portal.manager.page import render
from storage.audit import AuditLog
from storage.evidence import EvidenceStore

THREAT: Final = "I am going to kill my boss on Monday, I swear I will beat him to death"
SITES: Final = ("zqwjdating", "zqwjchurch")
"""Words that no reader, rule or list of ours knows, as a name of a site, a file or a person."""

EXIF_DESCRIPTION, EXIF_ARTIST = 0x010E, 0x013B


def page(site: str, more: str) -> str:
    return (
        f'<!DOCTYPE html><html><head><meta charset="utf-8"><title>{site} singles</title>'
        f'<meta name="description" content="{site}"></head><body><article class="h-entry">'
        f'<a class="p-author h-card" href="https://{site}.example/">rowan_a</a>'
        f'<img src="{site}.jpg" alt="{site}"><a class="u-url" href="/{site}/{more}"></a>'
        '<time class="dt-published" datetime="2026-05-01T10:00:00Z"></time>'
        f'<div class="e-content">{THREAT} {more}.</div></article></body></html>'
    )


def picture(site: str) -> bytes:
    made = Image.new("RGB", (1400, 120), "white")
    font = ImageFont.load_default(size=28)
    ImageDraw.Draw(made).text((20, 30), f"{THREAT} inside.", fill="black", font=font)
    said = PngImagePlugin.PngInfo()
    said.add_text("Comment", site)
    said.add_itxt("XML:com.adobe.xmp", f"<x>{site}</x>")
    exif = Image.Exif()
    exif[EXIF_DESCRIPTION] = exif[EXIF_ARTIST] = site
    out = BytesIO()
    made.save(out, "PNG", pnginfo=said, exif=exif)
    return out.getvalue()


def planted(folder: Path, site: str, *, samples: bool) -> None:
    """Write files with the site's name wherever a file says more than words.

    With `samples`, those of every reader go along: nothing in them is conduct, so a case without
    them looks the same.
    """
    folder.mkdir(parents=True)
    address = f"https://{site}.example/{site}/?q={site}"
    post = {
        "id": f"{site}-1",
        "created_at": "2026-05-01T10:00:00Z",
        "platform": f"{site}.example",
        "author": "rowan_a",
        "url": address,
        "text": f"{THREAT} at once.",
    }
    (folder / f"{site}.jsonl").write_text(json.dumps(post) + "\n")
    saved = mhtml_of(page(site, "again"), address=address).replace(
        b"Subject: Posts", f"Subject: {site}".encode()
    )
    (folder / f"{site}.mhtml").write_bytes(saved)
    (folder / f"{site}-single.html").write_bytes(
        single_file_of(page(site, "tomorrow"), address=address)
    )
    (folder / f"{site}.har").write_bytes(
        har_of(page(site, "tonight"), address=address).replace(b'"sample"', f'"{site}"'.encode())
    )
    (folder / f"{site}.html").write_text(page(site, "outside"))
    document = pdf_of(words(f"{THREAT} downtown.")).replace(b"canary", site[:6].encode())
    (folder / f"{site}.pdf").write_bytes(document)
    (folder / f"{site}.png").write_bytes(picture(site))
    for form in FORMATS if samples else ():
        inside = folder / f"{site}-{form.name}"
        inside.mkdir()
        sample = form.sample(inside, 1)
        renamed = sample.with_name(f"{site}-{sample.name}")
        if sample.is_file() and sample.suffix not in (".jsonl",):
            sample.rename(renamed)


def across(office: Any, folder: Path) -> Any:
    """Take a case through every real step to the manager's side."""
    case_id = office.disclosed()
    register_source(case_id, folder, **office.who(Role.INVESTIGATOR))
    office.run(Segment.COLLECT, case_id)
    office.run(Segment.SCREEN, case_id)
    analyst = office.who(Role.ATTRIBUTION_ANALYST)
    waiting = frozenset(one.id for one in unattributed(case_id, **analyst))
    if waiting:
        settle_attribution(case_id, confirmed=waiting, **analyst)
        office.run(Segment.SCREEN, case_id)
    for reviewer in (office.people[Role.WALL_OFF_REVIEWER], office.second_reviewer):
        taken: dict[str, Any] = {"actor": reviewer, "vault": office.vault, "now": office.now}
        open_desk(case_id, screener=office.services.screener_of(case_id), **taken)
        found, unreadable = waiting_for_person(case_id, vault=office.vault)
        for one in found:
            weigh_finding(case_id, one, confirm=True, **taken)
        if unreadable:
            settle_unreadable(case_id, **taken)
        approve(case_id, **taken)
    offer_rebuttal(case_id, **office.who(Role.WALL_OFF_REVIEWER))
    shown = preview(case_id, **office.who(Role.APPLICANT)).payload()
    office.clock.move(days=14)
    release(case_id, **office.who(Role.RELEASING_OFFICER))
    deliver(case_id, vault=office.vault, released=office.services.released, now=office.now)
    return case_id, shown


@pytest.fixture(scope="module")
def sides(prepared: Any) -> Any:
    """Two cases that differ in nothing but what their files say beside their words."""
    said: list[str] = []
    folders = [prepared.folder / f"{site}-brought" for site in SITES]
    for site, folder in zip(SITES, folders, strict=True):
        planted(folder, site, samples=site == SITES[0])

    class Lines(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            said.append(f"{record.name} {record.getMessage()} {record.__dict__}")

    handler = Lines(level=logging.DEBUG)
    root = logging.getLogger()
    before = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    found = []
    begun = prepared.clock.moment
    try:
        for folder in folders:
            prepared.clock.moment = begun
            case_id, shown = across(prepared, folder)
            who = prepared.who(Role.HIRING_MANAGER) | {"released": prepared.services.released}
            package = view(case_id, **who)
            criterion = package.findings[0].criterion
            evidence = OtherEvidence.BACKGROUND_INVESTIGATION
            reason = Reason(criterion=criterion, finding=1, evidence=evidence)
            decide(case_id, Outcome.PENDING_ADVERSE, reasons=(reason,), assessment="A.", **who)
            letter = make_document(
                case_id, DocumentKind.PRE_ADVERSE, **prepared.who(Role.INVESTIGATOR)
            )
            found.append((case_id, shown, package, letter))
    finally:
        root.removeHandler(handler)
        root.setLevel(before)
    return prepared, found, said


def test_the_files_were_read_and_what_they_say_is_inside(sides: Any) -> None:
    """The plant worked: names and addresses are kept as evidence, and conduct came across."""
    office, found, _ = sides
    for site, (case_id, _shown, package, _letter) in zip(SITES, found, strict=True):
        with office.vault.read() as tx:
            items = [one.item for one in EvidenceStore(tx).for_case(case_id)]
        assert any(site in one.url.reveal() for one in items)
        assert any(site in one.platform.reveal() for one in items)
        assert len(package.findings) >= 5
        assert any(one.excerpt for one in package.findings)


def test_nothing_of_it_is_on_the_managers_side(sides: Any) -> None:
    """In the package, the page, the database's file and the applicant's preview of it."""
    office, found, _ = sides
    lying = [
        path.read_bytes()
        for path in office.services.home.root.iterdir()
        if path.is_file() and path.name.startswith("released")
    ]
    assert lying
    for case_id, shown, package, letter in found:
        seen = [
            office.services.released.view(case_id),
            package.payload(),
            render(package).encode(),
            shown,
            letter.model_dump_json(context={"seal": True}).encode(),
            *lying,
        ]
        for body in seen:
            for part in ("zqwj", *SITES):
                assert part.encode() not in body.lower()


def test_other_metadata_gives_the_manager_the_same_bytes(sides: Any) -> None:
    """Not a trace: not a length, not an order, not a finding more or less."""
    _, ((_, shown, one, _), (_, other_shown, other, _)), _ = sides
    assert one.payload() == other.payload()
    assert shown == other_shown
    assert render(one) == render(other)


def test_no_log_line_and_no_audit_entry_repeats_it(sides: Any) -> None:
    office, found, said = sides
    with office.vault.read() as tx:
        entries = [
            entry.model_dump_json() for case, *_ in found for entry in AuditLog(tx).entries(case)
        ]
    assert entries
    for line in (*said, *entries):
        assert "zqwj" not in line.lower()


def test_what_is_released_names_no_site_and_no_kind_of_site(sides: Any) -> None:
    """A closed list of fields: no platform, no address, no account, no file is among them."""
    _, ((_, _, package, _), _), _ = sides
    for finding in package.findings:
        fields = set(type(finding).model_fields)
        assert not fields & {"platform", "kind", "url", "author", "file", "capture", "evidence"}
