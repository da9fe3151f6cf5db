"""Row S11: criminal evidence goes to its custodian; the manager sees what would be without it."""

import hashlib
import zipfile
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from casework.applicant.cases import find_case
from casework.attribution.attribute import attribute, settle_attribution
from casework.criminal.referral import flag_referral
from casework.criminal.referral_clocks import note_overdue_referrals
from casework.criminal.referral_custody import (
    read_referral,
    receive,
    record_call,
    record_report,
    referrals_due,
    referrals_on,
)
from casework.gathering.collect import collect
from casework.gathering.source import register_source
from casework.preview.package import build_package, shown_of
from casework.records.custodian import list_kept, receive_kept
from casework.records.holds import holds_on
from casework.records.retention import explain_retention
from casework.screening.referral_thread import end_vetting, resume_vetting
from collection.files.contraband import known_digests, known_within
from models.audit import AuditAction
from models.case import CaseState
from models.clauses import CopiedContrabandError, UnroutedCriminalError
from models.errors import (
    InputError,
    NotPermittedError,
    RecordNotFoundError,
    SealedError,
    SettingsError,
    WrongStateError,
)
from models.people import Role
from models.referral import OffenceRule, Route, Tells, Thread
from models.reporting_rules import ReportingRules
from models.segment import Segment
from models.text import RawText
from storage.audit import AuditLog
from storage.domain import Domain
from storage.evidence import EvidenceStore
from storage.exchange import SealedVault
from storage.keyring import open_key_ring
from storage.packages import PackageStore
from storage.records import RecordKind, RecordStore
from walloff.custodians import serve_custodian

Post = Callable[..., str]

THREAT = "I am going to kill my boss on Monday, I swear I will beat him to death."
DRUGS = "I snorted cocaine off the desk again last night, third time this week."
HARMLESS = "We planted tomatoes and the soup turned out great."
CSAM = "child-sexual-abuse-material"
PASSPHRASE = b"correct horse battery staple"


def state(office: Any, case_id: Any) -> CaseState:
    return find_case(case_id, vault=office.vault).state


def logged(office: Any, case_id: Any) -> list[tuple[AuditAction, str]]:
    with office.vault.read() as tx:
        return [(entry.action, entry.code) for entry in AuditLog(tx).entries(case_id)]


def refusals(office: Any, case_id: Any) -> list[str]:
    return [code for action, code in logged(office, case_id) if action is AuditAction.DENIED]


def referrals(office: Any, case_id: Any) -> list[Any]:
    return referrals_on(case_id, **office.who(Role.EVIDENCE_CUSTODIAN))


def item_with(office: Any, case_id: Any, text: str) -> Any:
    with office.vault.read() as tx:
        kept = EvidenceStore(tx).for_case(case_id)
        return next(one.id for one in kept if one.item.text.reveal() == text)


def package(office: Any, case_id: Any) -> bytes:
    """The bytes that would cross the wall as the case stands."""
    with office.vault.read() as tx:
        stored = PackageStore(tx).current(case_id)
        assert stored is not None
        shown = shown_of(tx, case_id, office.requisition, office.now)
    assert stored.payload == build_package(office.requisition, shown).payload()
    return bytes(stored.payload)


def offence(name: str, **changes: Any) -> ReportingRules:
    fields = {"offence": name, "label": "Own", "route": Route.CUSTODIAN, "citation": "Order 12"}
    return ReportingRules(offences=(OffenceRule.model_validate(fields | changes),))


def under(office: Any, rules: ReportingRules) -> None:
    office.requisition = office.open(notice_lead_days=0, reporting=rules)


def flag(office: Any, case_id: Any, name: str, *texts: str, **more: Any) -> Any:
    role = more.pop("role", Role.INVESTIGATOR)
    items = frozenset(item_with(office, case_id, text) for text in texts)
    return flag_referral(case_id, name, evidence=items, **more, **office.who(role))


def received_apart(office: Any, case_id: Any) -> Any:
    """Let the custodian's own process receive the copy, and the inside take the receipt up."""
    serve_custodian(office.services)
    custodian = office.people[Role.EVIDENCE_CUSTODIAN].id
    ring = open_key_ring(office.services.home, passphrase=PASSPHRASE, domains={Domain.SEALED})
    sealed = SealedVault(office.services.home, ring)
    [item] = [one.id for one in list_kept(sealed, actor=custodian) if one.case_id == case_id]
    receive_kept(sealed, item, actor=custodian, now=office.now)
    sealed.close()
    serve_custodian(office.services)
    return referrals(office, case_id)[-1]


# --- the manager -----------------------------------------------------------------------------


@pytest.mark.parametrize("flagged_in", [CaseState.COLLECTING, CaseState.REDACTED])
def test_the_manager_sees_the_bytes_of_a_case_that_never_had_the_item(
    office: Any, post: Post, flagged_in: CaseState
) -> None:
    """S11: flagged before or after it was weighed, the item never existed."""
    twin = office.screened(post(DRUGS), post(HARMLESS))
    if flagged_in is CaseState.REDACTED:
        case_id = office.screened(post(THREAT), post(DRUGS), post(HARMLESS))
        assert package(office, case_id) != package(office, twin)
    else:
        case_id = office.collecting(post(THREAT), post(DRUGS), post(HARMLESS))
        office.run(Segment.COLLECT, case_id)
    assert state(office, case_id) is flagged_in
    flag(office, case_id, "violent-felony", THREAT)
    if flagged_in is CaseState.COLLECTING:
        office.run(Segment.SCREEN, case_id)
    assert state(office, case_id) is state(office, twin) is CaseState.REDACTED
    assert package(office, case_id) == package(office, twin)


def test_a_code_that_the_policy_permits_goes_without_a_word(office: Any, post: Post) -> None:
    """S11: nothing beyond the permitted code."""
    under(office, offence("threat", manager=Tells.CODE))
    case_id = office.screened(post(THREAT), post(HARMLESS))
    flag(office, case_id, "threat", THREAT)
    with office.vault.read() as tx:
        shown = shown_of(tx, case_id, office.requisition, office.now)
    assert [one.criterion for _id, one in shown] == ["threats-violence"]
    assert [one.excerpt for _id, one in shown] == [None]


def test_a_frozen_case_that_goes_on_gives_the_same_bytes(office: Any, post: Post) -> None:
    """S11: the thread stops in criminal-hold, and the pause leaves no trace in the package."""
    under(office, offence("violent-felony", vetting=Thread.FREEZE))
    twin = office.screened(post(DRUGS), post(HARMLESS))
    case_id = office.collecting(post(THREAT), post(DRUGS), post(HARMLESS))
    office.run(Segment.COLLECT, case_id)
    flag(office, case_id, "violent-felony", THREAT)
    assert state(office, case_id) is CaseState.CRIMINAL_HOLD
    assert office.run(Segment.SCREEN, case_id) == 0
    with pytest.raises(WrongStateError):
        resume_vetting(case_id, **office.who(Role.EVIDENCE_CUSTODIAN))
    received_apart(office, case_id)
    assert resume_vetting(case_id, **office.who(Role.EVIDENCE_CUSTODIAN))
    assert state(office, case_id) is CaseState.ATTRIBUTED
    office.run(Segment.SCREEN, case_id)
    assert package(office, case_id) == package(office, twin)


def test_a_case_frozen_while_files_are_gathered_stops_when_they_are(
    office: Any, post: Post
) -> None:
    under(office, offence("violent-felony", vetting=Thread.FREEZE))
    case_id = office.collecting(post(HARMLESS), post(THREAT, author="somebody_else"))
    where = RawText("a page that was seen before anything was gathered")
    who = office.who(Role.INVESTIGATOR)
    referral = flag_referral(case_id, "violent-felony", locator=where, **who)
    assert state(office, case_id) is CaseState.COLLECTING
    office.run(Segment.COLLECT, case_id)
    assert state(office, case_id) is CaseState.CRIMINAL_HOLD
    receive(case_id, referral.id, **office.who(Role.EVIDENCE_CUSTODIAN))
    assert not resume_vetting(case_id, **office.who(Role.EVIDENCE_CUSTODIAN))
    settle_attribution(case_id, confirmed=frozenset(), **office.who(Role.ATTRIBUTION_ANALYST))
    assert resume_vetting(case_id, **office.who(Role.EVIDENCE_CUSTODIAN))


def test_a_vetting_that_a_referral_stopped_ends_in_retention(office: Any, post: Post) -> None:
    """S11, A2: without a resume the case is kept by its rules, under the hold, and then goes."""
    under(office, offence("violent-felony", vetting=Thread.FREEZE))
    case_id = office.collecting(post(THREAT), post(DRUGS))
    custodian = office.who(Role.EVIDENCE_CUSTODIAN)
    with pytest.raises(WrongStateError):
        end_vetting(case_id, **custodian)
    office.run(Segment.COLLECT, case_id)
    flag(office, case_id, "violent-felony", THREAT)
    with pytest.raises(WrongStateError):
        end_vetting(case_id, **custodian)
    assert state(office, case_id) is CaseState.CRIMINAL_HOLD
    received_apart(office, case_id)
    with pytest.raises(NotPermittedError):
        end_vetting(case_id, **office.who(Role.INVESTIGATOR))
    dates = end_vetting(case_id, **custodian)
    assert state(office, case_id) is CaseState.RETAINED
    found = explain_retention(case_id, **custodian)
    assert found.dates.keep_until == dates.keep_until
    assert dates.keep_until is not None
    assert dates.keep_until > office.now.date()
    assert found.dates.facts is not None
    assert found.dates.facts.action == office.now.date()
    assert found.holds == 1
    with pytest.raises((SealedError, WrongStateError)):
        resume_vetting(case_id, **custodian)


# --- routes -----------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["jaywalking", "drug-use"])
def test_an_offence_without_a_route_is_refused(office: Any, post: Post, name: str) -> None:
    """S11: E-S11-UNROUTED; nothing is written."""
    case_id = office.screened(post(DRUGS))
    with pytest.raises(UnroutedCriminalError):
        flag(office, case_id, name, DRUGS)
    assert refusals(office, case_id) == ["E-S11-UNROUTED"]
    assert referrals(office, case_id) == []
    with office.vault.read() as tx:
        assert RecordStore(tx).all(case_id, RecordKind.REFERRAL, OffenceRule) == []


def test_a_referral_holds_the_case_against_destruction(office: Any, post: Post) -> None:
    case_id = office.screened(post(THREAT))
    flag(office, case_id, "violent-felony", THREAT)
    held = holds_on(case_id, **office.who(Role.EVIDENCE_CUSTODIAN))
    assert [hold.lifted_at for hold in held] == [None]


def test_an_imminent_threat_starts_the_clock_of_a_call(office: Any, post: Post) -> None:
    """S11: a person calls now; nothing else is waited for first."""
    case_id = office.screened(post(THREAT))
    referral = flag(office, case_id, "imminent-threat", THREAT, imminent=True)
    assert referral.due_at == office.now + timedelta(minutes=15)
    due = referrals_due(vault=office.vault, now=office.now)
    assert [(one.waits_for, one.overdue) for one in due] == [(Route.EMERGENCY_CALL, False)]
    late = referrals_due(vault=office.vault, now=office.now + timedelta(minutes=15))
    assert late[0].overdue
    record_call(case_id, referral.id, reference=RawText("77"), **office.who(Role.INVESTIGATOR))
    assert received_apart(office, case_id).receipt_at == office.now
    assert referrals_due(vault=office.vault, now=office.now) == []


def test_a_clock_that_ran_out_is_logged_once(office: Any, post: Post) -> None:
    case_id = office.screened(post(THREAT))
    flag(office, case_id, "imminent-threat", THREAT, imminent=True)
    assert note_overdue_referrals(vault=office.vault, now=office.now) == 0
    office.clock.move(minutes=15)
    assert note_overdue_referrals(vault=office.vault, now=office.now) == 1
    assert note_overdue_referrals(vault=office.vault, now=office.now) == 0
    assert logged(office, case_id).count((AuditAction.OVERDUE, "criminal-referral")) == 1


def test_a_mandatory_report_comes_before_the_receipt(office: Any, post: Post) -> None:
    case_id = office.screened(post(THREAT))
    referral = flag(office, case_id, "child-abuse", THREAT)
    assert referral.due_at == office.now + timedelta(hours=36)
    assert "11166" in referral.citation
    custodian = office.who(Role.EVIDENCE_CUSTODIAN)
    early = received_apart(office, case_id)
    assert early.waits_for is Route.MANDATORY_REPORT
    assert early.receipt_at is None
    record_report(case_id, referral.id, reference=RawText("SS 8572"), **custodian)
    serve_custodian(office.services)
    [stands] = referrals(office, case_id)
    assert stands.waits_for is None
    assert refusals(office, case_id) == []


def test_a_referral_names_something_of_the_case(office: Any, post: Post) -> None:
    case_id = office.screened(post(THREAT))
    other = office.screened(post(DRUGS))
    with pytest.raises(RecordNotFoundError):
        flag_referral(case_id, "violent-felony", **office.who(Role.INVESTIGATOR))
    foreign = frozenset({item_with(office, other, DRUGS)})
    with pytest.raises(RecordNotFoundError):
        flag_referral(case_id, "violent-felony", evidence=foreign, **office.who(Role.INVESTIGATOR))
    assert referrals(office, case_id) == []


def test_neither_offence_nor_route_stands_in_the_log(office: Any, post: Post) -> None:
    """An auditor learns that something was referred, never what."""
    case_id = office.screened(post(THREAT))
    flag(office, case_id, "child-abuse", THREAT)
    codes = {code for _action, code in logged(office, case_id)}
    assert not codes & {"child-abuse", "mandatory-report", "emergency-call", "custodian"}


# --- contraband -------------------------------------------------------------------------------


def test_contraband_is_never_put_into_a_copy(office: Any, post: Post) -> None:
    """S11: E-S11-COPIED-CONTRABAND; its place is preserved instead."""
    case_id = office.screened(post(THREAT))
    with pytest.raises(CopiedContrabandError):
        flag(office, case_id, CSAM, THREAT)
    assert refusals(office, case_id) == ["E-S11-COPIED-CONTRABAND"]
    assert referrals(office, case_id) == []
    place = RawText("third picture of the second album")
    referral = flag(office, case_id, CSAM, locator=place)
    assert referral.copy_id is None
    assert referral.mandatory_report
    assert referral.evidence == ()


def bring(office: Any, *posts: str) -> tuple[Any, Path]:
    case_id = office.disclosed()
    folder = office.folder / case_id
    folder.mkdir()
    (folder / "posts.jsonl").write_text("".join(line + "\n" for line in posts))
    return case_id, folder


def gather(office: Any, case_id: Any, known: frozenset[bytes]) -> int:
    return collect(case_id, vault=office.vault, now=office.now, guard=lambda _tx: None, known=known)


def digest(body: bytes) -> bytes:
    return hashlib.sha256(body).digest()


@pytest.mark.parametrize("packed", [False, True])
def test_a_listed_file_is_refused_before_anything_is_stored(
    office: Any, post: Post, packed: bool
) -> None:
    """S11: the digest is known, so nothing but the place and the digest is kept."""
    case_id, folder = bring(office, post(HARMLESS))
    body = b"not really a picture"
    if packed:
        with zipfile.ZipFile(folder / "export.zip", "w") as archive:
            archive.writestr("media/1.jpg", body)
    else:
        (folder / "picture.jpg").write_bytes(body)
    register_source(case_id, folder, **office.who(Role.INVESTIGATOR))
    before = set(office.vault.home.files.iterdir())
    assert gather(office, case_id, frozenset({digest(body)})) == 1
    assert len(set(office.vault.home.files.iterdir()) - before) == 1  # the posts alone
    [referral] = referrals(office, case_id)
    assert referral.content_sha256 == digest(body).hex()
    assert referral.copy_id is None
    assert (AuditAction.INPUT_REFUSED, "E-S11-COPIED-CONTRABAND") in logged(office, case_id)


def test_a_file_that_is_not_listed_is_taken_in(office: Any, post: Post) -> None:
    case_id, folder = bring(office, post(HARMLESS))
    register_source(case_id, folder, **office.who(Role.INVESTIGATOR))
    assert gather(office, case_id, frozenset({digest(b"another")})) == 1
    assert referrals(office, case_id) == []


def test_a_marked_file_is_refused_in_its_case(office: Any, post: Post) -> None:
    """The investigator marks it before it is gathered; no list has to know it."""
    case_id, folder = bring(office, post(HARMLESS))
    marked = (folder / "posts.jsonl").read_bytes()
    register_source(case_id, folder, **office.who(Role.INVESTIGATOR))
    flag(
        office,
        case_id,
        CSAM,
        locator=RawText("posts.jsonl"),
        content_sha256=digest(marked).hex(),
    )
    assert gather(office, case_id, frozenset()) == 0
    assert len(referrals(office, case_id)) == 1
    with office.vault.read() as tx:
        assert EvidenceStore(tx).count(case_id) == 0


def test_contraband_leaves_the_managers_bytes_alone(office: Any, post: Post) -> None:
    twin = office.screened(post(DRUGS))
    case_id, folder = bring(office, post(DRUGS))
    (folder / "picture.jpg").write_bytes(b"x")
    register_source(case_id, folder, **office.who(Role.INVESTIGATOR))
    gather(office, case_id, frozenset({digest(b"x")}))
    office.run(Segment.SCREEN, case_id)
    assert package(office, case_id) == package(office, twin)


def test_an_archive_that_cannot_be_looked_through_is_not_kept(office: Any, post: Post) -> None:
    case_id, folder = bring(office, post(HARMLESS))
    with zipfile.ZipFile(folder / "export.zip", "w") as archive:
        archive.writestr("outbox.json", "{}" * 100)
    whole = (folder / "export.zip").read_bytes()
    (folder / "export.zip").write_bytes(whole.replace(b"{}{}", b"{]{]", 1))
    with pytest.raises(InputError):
        known_within(folder / "export.zip", frozenset({digest(b"x")}))
    register_source(case_id, folder, **office.who(Role.INVESTIGATOR))
    assert gather(office, case_id, frozenset({digest(b"x")})) == 1


def test_a_damaged_list_of_digests_stops_everything(tmp_path: Path) -> None:
    path = tmp_path / "digests.txt"
    path.write_text(f"# ours\n{digest(b'x').hex()}  seen in 2026\n\n")
    assert known_digests(path) == {digest(b"x")}
    path.write_text(f"{digest(b'x').hex()}\n{digest(b'x').hex()[:40]}\n")
    with pytest.raises(SettingsError):
        known_digests(path)
    with pytest.raises(SettingsError):
        known_digests(tmp_path / "none.txt")
    assert known_digests(None) == frozenset()


# --- who may ----------------------------------------------------------------------------------


@pytest.mark.parametrize("role", [Role.HIRING_MANAGER, Role.AUDITOR, Role.RELEASING_OFFICER])
def test_who_reads_no_evidence_flags_none(office: Any, post: Post, role: Role) -> None:
    case_id = office.screened(post(THREAT))
    with pytest.raises(NotPermittedError):
        flag(office, case_id, "violent-felony", THREAT, role=role)
    assert refusals(office, case_id) == [NotPermittedError.code]
    flag(office, case_id, "violent-felony", THREAT)


def test_only_the_custodian_routes_receives_reads_and_resumes(office: Any, post: Post) -> None:
    case_id = office.screened(post(THREAT))
    referral = flag(office, case_id, "child-abuse", THREAT)
    investigator = office.who(Role.INVESTIGATOR)
    with pytest.raises(NotPermittedError):
        record_report(case_id, referral.id, reference=RawText("1"), **investigator)
    with pytest.raises(NotPermittedError):
        receive(case_id, referral.id, **investigator)
    with pytest.raises(NotPermittedError):
        read_referral(case_id, referral.id, **investigator)
    with pytest.raises(NotPermittedError):
        referrals_on(case_id, **investigator)
    with pytest.raises(NotPermittedError):
        resume_vetting(case_id, **investigator)
    with pytest.raises(NotPermittedError):
        record_call(case_id, referral.id, reference=RawText("1"), **office.who(Role.HIRING_MANAGER))
    assert len(refusals(office, case_id)) == 6


def test_an_item_flagged_while_it_is_weighed_is_no_finding(office: Any, post: Post) -> None:
    """The weighing reads outside the transaction that keeps its result."""
    case_id = office.collecting(post(THREAT))
    office.run(Segment.COLLECT, case_id)
    attribute(case_id, vault=office.vault, now=office.now, guard=lambda _tx: None)
    flagged = []

    def flag_now(_tx: Any) -> None:
        assert flagged

    from casework.screening.screen import triage_case

    screener = office.services.screener_of(case_id)
    redact = screener.redact

    class Slow:
        triage = screener.triage

        def redact(self, *args: Any) -> Any:
            done = list(redact(*args))
            flagged.append(flag(office, case_id, "violent-felony", THREAT))
            return iter(done)

    triage_case(
        case_id,
        screener=Slow(),  # type: ignore[arg-type]
        vault=office.vault,
        now=office.now,
        guard=flag_now,
    )
    with office.vault.read() as tx:
        assert shown_of(tx, case_id, office.requisition, office.now) == []
