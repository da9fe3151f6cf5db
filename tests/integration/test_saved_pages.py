"""A saved page goes the whole way into a case: through the box, with its address and its time."""

from datetime import UTC, datetime
from typing import Any

from casework.gathering.captures import captures_of
from casework.gathering.source import register_source
from collection.samples.sample_pages import har_of, mhtml_of
from models.documentation import CaptureMethod
from models.people import Role
from models.segment import Segment
from storage.evidence import EvidenceStore

PAGE = (
    "<!DOCTYPE html><html><head><style>.x{display:none}</style></head><body>"
    '<article class="h-entry">'
    '<a class="p-author h-card">rowan_a</a><time class="dt-published" '
    'datetime="2026-05-01T10:00:00Z"></time><div class="e-content"><p>The bread came out well.</p>'
    '<p class="x">canary</p></div></article></body></html>'
)


def collected(office: Any, name: str, body: bytes) -> Any:
    case_id = office.disclosed()
    folder = office.folder / f"saved-{case_id}"
    folder.mkdir()
    (folder / name).write_bytes(body)
    register_source(case_id, folder, **office.who(Role.INVESTIGATOR))
    office.run(Segment.COLLECT, case_id)
    return case_id


def test_a_saved_page_documents_where_and_when_it_was_saved(office: Any) -> None:
    saved = "Mon, 31 Aug 2026 09:00:00 GMT"
    body = mhtml_of(PAGE, address="https://rowan.example/", saved=saved)
    case_id = collected(office, "page.mhtml", body)
    (capture,), _ = captures_of(case_id, **office.who(Role.INVESTIGATOR))
    made = capture.documentation
    assert made.method is CaptureMethod.SAVED_PAGE
    (page,) = made.pages
    assert page.final.reveal() == "https://rowan.example/"
    assert page.at == datetime(2026, 8, 31, 9, tzinfo=UTC)
    assert page.status is None
    with office.vault.read() as tx:
        (one,) = EvidenceStore(tx).for_case(case_id)
    assert one.item.text.reveal() == "The bread came out well."


def test_a_page_that_needed_a_login_is_not_kept(office: Any) -> None:
    body = har_of(PAGE, address="https://rowan.example/")
    body = body.replace(b'"cookies": []', b'"cookies": [{"name": "s", "value": "1"}]')
    case_id = collected(office, "page.har", body)
    with office.vault.read() as tx:
        assert EvidenceStore(tx).count(case_id) == 0
