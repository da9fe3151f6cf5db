"""A post that comes from several sources is one item with all its provenances."""

import io
import json
import tarfile
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from casework.custody.provenances import provenances_of
from casework.gathering.duplicates import Provenances, provenances
from casework.gathering.source import register_source
from models.audit import AuditAction
from models.errors import NotPermittedError, RawAccessError
from models.ids import CaseId
from models.people import Role
from models.segment import Segment
from storage.audit import AuditLog
from storage.captures import CaptureStore
from storage.evidence import EvidenceStore
from storage.records import RecordKind, RecordStore

WORDS = "The lake was calm and the bakery had opened again."
ID = "https://social.example/users/rowan_a/statuses/1"
URL = "https://social.example/@rowan_a/1"
PUBLIC = "https://www.w3.org/ns/activitystreams#Public"


def mastodon(folder: Path, text: str) -> None:
    said = {"type": "Note", "id": ID, "url": URL, "to": [PUBLIC], "cc": [], "content": text}
    at = {"published": "2026-03-01T12:00:00Z"}
    outbox = {
        "orderedItems": [{"type": "Create", "to": [PUBLIC], "cc": [], "object": said | at} | at]
    }
    actor = {"preferredUsername": "rowan_a", "id": "https://social.example/users/rowan_a"}
    with tarfile.open(folder / "archive.tar.gz", "w:gz") as archive:
        for name, value in (("actor.json", actor), ("outbox.json", outbox)):
            body = json.dumps(value).encode()
            entry = tarfile.TarInfo(name)
            entry.size = len(body)
            archive.addfile(entry, io.BytesIO(body))


def website(folder: Path, text: str) -> None:
    page = (
        f'<!doctype html><body><article class="h-entry"><a class="u-url" href="{URL}?utm_source=x">'
        f'</a><a class="p-author h-card">rowan_a</a><time class="dt-published" '
        f'datetime="2026-03-01T12:00:00Z"></time><div class="e-content"><p>{text}</p></div>'
    ).encode()
    body = BytesIO()
    http = StatusAndHeaders("200 OK", [("Content-Type", "text/html; charset=utf-8")], "HTTP/1.1")
    writer = WARCWriter(body, gzip=True)
    record = writer.create_warc_record(URL, "response", payload=BytesIO(page), http_headers=http)
    writer.write_record(record)
    (folder / "site.warc.gz").write_bytes(body.getvalue())


def listed(folder: Path, post: Callable[..., str], text: str, **more: object) -> None:
    more = {"created_at": "2026-03-01T12:00:00Z"} | more
    line = post(text, id=ID, url=URL, platform="mastodon", **more)
    (folder / "answer.jsonl").write_text(line + "\n")


def collected(office: Any, fill: Callable[[Path], None]) -> CaseId:
    case_id: CaseId = office.disclosed()
    folder = office.folder / case_id
    folder.mkdir()
    fill(folder)
    register_source(case_id, folder, **office.who(Role.INVESTIGATOR))
    office.run(Segment.COLLECT, case_id)
    return case_id


def test_one_post_from_three_sources_is_one_item_with_three_provenances(
    office: Any, post: Callable[..., str]
) -> None:
    def fill(folder: Path) -> None:
        mastodon(folder, f"<p>{WORDS}</p>")
        website(folder, WORDS)
        listed(folder, post, f"{WORDS} ")

    case_id = collected(office, fill)
    with office.vault.read() as tx:
        (evidence,) = EvidenceStore(tx).for_case(case_id)
        captures = [capture.id for capture in CaptureStore(tx).all(case_id)]
        assert len(captures) == 3
        assert provenances(tx, case_id) == {evidence.id: tuple(captures)}


def test_the_same_post_in_other_words_is_a_version_and_is_kept(
    office: Any, post: Callable[..., str]
) -> None:
    def fill(folder: Path) -> None:
        mastodon(folder, f"<p>{WORDS}</p>")
        listed(folder, post, "The lake was rough, I said first.")

    case_id = collected(office, fill)
    with office.vault.read() as tx:
        kept = list(EvidenceStore(tx).for_case(case_id))
        (held,) = RecordStore(tx).all(case_id, RecordKind.PROVENANCE, Provenances)
    assert len(kept) == 2
    assert held.again == ()
    assert len(held.versions) == 1


def test_a_copy_that_says_more_of_itself_is_kept_too(office: Any, post: Callable[..., str]) -> None:
    """A copy without a time is not reportable: it must not hide the one that has it."""

    def fill(folder: Path) -> None:
        listed(folder, post, WORDS, created_at=None)
        website(folder, WORDS)

    case_id = collected(office, fill)
    with office.vault.read() as tx:
        kept = [evidence.item.created_at for evidence in EvidenceStore(tx).for_case(case_id)]
    assert len(kept) == 2
    assert kept[0] is None
    assert kept[1] is not None


def test_other_posts_with_the_same_words_stay_apart(office: Any, post: Callable[..., str]) -> None:
    def fill(folder: Path) -> None:
        (folder / "a.jsonl").write_text(post(WORDS) + "\n")
        (folder / "b.jsonl").write_text(post(WORDS) + "\n")

    case_id = collected(office, fill)
    with office.vault.read() as tx:
        assert EvidenceStore(tx).count(case_id) == 2
        assert RecordStore(tx).all(case_id, RecordKind.PROVENANCE, Provenances) == []


def test_a_copy_whose_time_was_read_in_another_zone_is_one_item_and_both_times_are_told(
    office: Any, post: Callable[..., str]
) -> None:
    def fill(folder: Path) -> None:
        mastodon(folder, f"<p>{WORDS}</p>")
        listed(folder, post, WORDS, created_at="2026-03-01T14:00:00Z")

    case_id = collected(office, fill)
    first, second = provenances_of(case_id, **office.who(Role.INVESTIGATOR))[0].found
    times = {one.stated_at and one.stated_at.hour for one in (first, second)}
    assert times <= {None, 12, 14}
    assert first.stated_at is None
    assert second.stated_at is not None


def test_the_same_number_and_words_of_another_author_on_another_day_is_another_item(
    office: Any, post: Callable[..., str]
) -> None:
    """Two boards count their posts from one: neither hides the other."""

    def fill(folder: Path) -> None:
        one = post("Yes.", id="1", platform="forum", created_at="2026-03-01T14:00:00Z")
        more = {"author": "juniper_b", "created_at": "2026-05-01T14:00:00Z"}
        other = post("Yes.", id="1", platform="forum", **more)
        (folder / "a.jsonl").write_text(one + "\n")
        (folder / "b.jsonl").write_text(other + "\n")

    case_id = collected(office, fill)
    first, second = provenances_of(case_id, **office.who(Role.INVESTIGATOR))
    assert len(first.found) == len(second.found) == 1
    assert second.versions == (first.evidence_id,)


@pytest.mark.parametrize("role", [Role.INVESTIGATOR, Role.EVIDENCE_CUSTODIAN])
def test_where_items_were_found_is_told_by_ids_and_the_look_is_on_record(
    typed: Any, prepared: Any, post: Callable[..., str], role: Role
) -> None:
    """Every provenance with its consent; no word, address or file name, in it or in the log."""

    def fill(folder: Path) -> None:
        website(folder, WORDS)
        listed(folder, post, WORDS)

    case_id = collected(prepared, fill)
    told = typed("case", "provenances", case_id, "--json", role=role)
    (item,) = told.json
    assert len(item["found"]) == 2
    assert {one["withdrawn_at"] for one in item["found"]} == {None}
    assert all(one["consent"] and len(one["sha256"]) == 64 for one in item["found"])
    shown = told.out + typed("case", "provenances", case_id, role=role).out
    for word in ("lake", "social.example", "answer.jsonl", "rowan"):
        assert word not in shown
    with prepared.vault.read() as tx:
        newest = AuditLog(tx).entries(case_id)[-1]
    assert (newest.action, newest.code) == (AuditAction.RAW_READ, "provenances")
    assert newest.actor == prepared.people[role].id


@pytest.mark.parametrize(
    ("role", "refusal"),
    [(Role.HIRING_MANAGER, RawAccessError), (Role.AUDITOR, NotPermittedError)],
)
def test_where_items_were_found_is_for_investigators_and_custodians(
    office: Any, post: Callable[..., str], role: Role, refusal: type[Exception]
) -> None:
    case_id = collected(office, lambda folder: listed(folder, post, WORDS))
    with pytest.raises(refusal):
        provenances_of(case_id, **office.who(role))
    with office.vault.read() as tx:
        assert AuditLog(tx).entries(case_id)[-1].action is AuditAction.DENIED
