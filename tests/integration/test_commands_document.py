"""`walloff document`: what was kept is printed, for those who may hand it over, and nobody else."""

import hashlib
import io
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pikepdf
import pypdfium2
import pytest

from casework.applicant.notice import read_notice
from models.ids import CaseId
from models.people import Role

THREAT = "I am going to kill my boss on Monday, I swear I will beat him to death."
APPLICANT = {"role": Role.APPLICANT}
INVESTIGATOR = {"role": Role.INVESTIGATOR}
MANAGER = {"role": Role.HIRING_MANAGER}
AUDITOR = {"role": Role.AUDITOR}
DECIDED = (
    "pending-adverse",
    "--reason",
    "threats-violence:1+background-investigation",
    "--assessment",
    "A threat against a superior; patrol duty needs restraint.",
)


@pytest.fixture
def released(prepared: Any, post: Callable[..., str]) -> str:
    return str(prepared.released(post(THREAT)))


def words(file: Path) -> str:
    """Return a print's text, after checking what holds of every print."""
    assert file.stat().st_mode & 0o777 == 0o600
    content = file.read_bytes()
    with pikepdf.open(io.BytesIO(content)) as pdf, pdf.open_metadata() as metadata:
        assert (metadata.pdfa_status, metadata["pdfuaid:part"]) == ("2A", "1")
    pages = pypdfium2.PdfDocument(content)
    text = "".join(page.get_textpage().get_text_range() for page in pages)
    return re.sub(r"[\s\u200b\ufffe\u0002-]+", "", text)


def test_the_notice_is_printed_as_it_was_sent(typed: Any, prepared: Any, tmp_path: Path) -> None:
    case, file = str(prepared.noticed()), tmp_path / "notice.pdf"
    typed("document", "notice", case, file, **MANAGER).refused("not-permitted")
    assert not file.exists()
    told = typed("document", "notice", case, file, "--json", **INVESTIGATOR).json
    assert told["files"] == [str(file)]
    sent = read_notice(CaseId(case), vault=prepared.vault)
    text = words(file)
    assert re.sub(r"[\s-]+", "", sent.text.reveal()) in text
    assert sent.sha256 in text
    assert "Applegate" not in text
    draft = str(prepared.drafted())
    typed("document", "notice", draft, tmp_path / "x.pdf", **INVESTIGATOR).refused("E-N1-NO-NOTICE")


def test_a_consent_is_printed_item_by_item(typed: Any, prepared: Any, tmp_path: Path) -> None:
    case, file = str(prepared.consented()), tmp_path / "consent.pdf"
    typed("document", "consent", case, file, **MANAGER).refused("not-permitted")
    assert not file.exists()
    assert typed("document", "consent", case, file, **AUDITOR).code == 0
    assert "Granted" in words(file)
    noticed = str(prepared.noticed())
    typed("document", "consent", noticed, tmp_path / "x.pdf", **AUDITOR).refused("E-N2-NO-CONSENT")


def test_a_packet_comes_with_the_very_bytes_beside_it(
    typed: Any, released: str, tmp_path: Path
) -> None:
    file = tmp_path / "packet.pdf"
    print_it = ("document", "letter", released, "pre-adverse", file, "--json")
    typed(*print_it, **INVESTIGATOR).refused("record-not-found")
    copy = tmp_path / "copy.json"
    typed("rebuttal", "copy", released, "--out", copy, **INVESTIGATOR)
    assert typed("decision", "record", released, *DECIDED, "--json", **MANAGER).code == 0
    assert typed("adverse", "document", released, "pre-adverse", **INVESTIGATOR).code == 0
    typed(*print_it, **MANAGER).refused("not-permitted")
    beside = tmp_path / "packet.release.json"
    assert not beside.exists()
    assert typed(*print_it, **INVESTIGATOR).json["files"] == [str(file), str(beside)]
    assert beside.read_bytes() == copy.read_bytes()
    assert hashlib.sha256(beside.read_bytes()).hexdigest() in words(file)
    assert "Applegate" not in words(file)
    first = file.read_bytes()
    assert typed(*print_it, **INVESTIGATOR).code == 0
    assert file.read_bytes() == first


def test_the_manager_s_view_is_printed_without_a_date(
    typed: Any, prepared: Any, released: str, tmp_path: Path
) -> None:
    file = tmp_path / "release.pdf"
    typed("document", "release", released, file, **INVESTIGATOR).refused("not-permitted")
    assert not file.exists()
    assert typed("document", "release", released, file, **MANAGER).code == 0
    first = file.read_bytes()
    prepared.clock.move(days=1)
    assert typed("document", "release", released, file, **MANAGER).code == 0
    assert file.read_bytes() == first
    text = words(file)
    assert "Threatensviolence" in text
    for word in ("rowan", "Applegate", "2026"):
        assert word not in text


def test_a_certificate_is_printed_from_the_one_that_the_log_tells_of(
    typed: Any, released: str, tmp_path: Path
) -> None:
    file = tmp_path / "certificate.pdf"
    print_it = ("document", "certificate", released, file)
    typed(*print_it, **MANAGER).refused("not-permitted")
    typed(*print_it, **AUDITOR).refused("record-not-found")
    assert not file.exists()


def test_an_auditor_s_bundle_has_a_cover(typed: Any, prepared: Any, tmp_path: Path) -> None:
    file = tmp_path / "cover.pdf"
    prepared.noticed()
    typed("document", "audit", file, **INVESTIGATOR).refused("not-permitted")
    typed("audit", "publish", role=Role.ADMINISTRATOR)
    assert typed("document", "audit", file, **AUDITOR).code == 0
    text = words(file)
    assert "verified" in text
    key = typed("audit", "key", "--json").json["vkeys"][0]
    assert key.replace("-", "") in text


def test_deadlines_are_written_as_a_calendar(typed: Any, prepared: Any, tmp_path: Path) -> None:
    case, file = str(prepared.consented()), tmp_path / "deadlines.ics"
    calendar = ("case", "calendar", file, "--case", case, "--json")
    typed(*calendar, role=Role.ADMINISTRATOR).refused("not-permitted")
    assert not file.exists()
    assert typed(*calendar, **INVESTIGATOR).json["deadlines"] == 1
    text = file.read_bytes()
    assert text.startswith(b"BEGIN:VCALENDAR\r\n")
    assert b"SUMMARY:consent\r\n" in text
    assert b"Applegate" not in text
    everything = typed("case", "calendar", file, "--json", **INVESTIGATOR).json
    assert everything["deadlines"] >= 1
