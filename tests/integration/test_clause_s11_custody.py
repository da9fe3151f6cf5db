"""Row S11: a copy of criminal evidence leaves for the custodian, whose own process receives it."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import delete, text

from casework.applicant.consent import withdraw_consent
from casework.criminal.custody_chain import COPY, digest_of
from casework.criminal.referral import flag_referral, refer, route_for
from casework.criminal.referral_custody import read_referral, receive, referrals_on
from casework.criminal.referrals import linked, save
from casework.people.exposure import exposure_ledger
from casework.records.clock_guard import confirm_clock
from casework.records.custodian import list_kept, receive_kept, show_kept
from casework.records.holds import holds_on, lift_hold
from casework.records.retention import explain_retention, retain
from casework.steps.permissions import Permission
from casework.steps.step import step
from models.audit import AuditAction
from models.criteria import Severity
from models.errors import (
    KeyUnavailableError,
    NotPermittedError,
    RecordNotFoundError,
    SealBrokenError,
    WrongStateError,
)
from models.people import Role
from models.referral import CriminalCopy, CustodyAct, SealedCopy
from models.search_clauses import CaptureHashError
from models.text import RawText
from storage.audit import AuditLog
from storage.domain import Domain
from storage.engine import transaction
from storage.evidence import EvidenceStore
from storage.exchange import Letter, SealedVault
from storage.keyring import open_key_ring
from storage.letter_opener import LetterOpener
from storage.letters_out import queue_letter
from storage.outbox import OutboxStore
from storage.records import RecordKind, RecordStore
from storage.tables.keys import WRITERS
from storage.transaction import dumped, parsed
from walloff.custodians import serve_custodian
from walloff.custody import sweep_home

Post = Callable[..., str]

THREAT = "I am going to kill my boss on Monday, I swear I will beat him to death."
CANARY = "plumcobbler"
PASSPHRASE = b"correct horse battery staple"
CUSTODIAN = Role.EVIDENCE_CUSTODIAN


@pytest.fixture
def apart(office: Any) -> Iterator[SealedVault]:
    """The custodian's side: the sealed domain's key and no other."""
    ring = open_key_ring(office.services.home, passphrase=PASSPHRASE, domains={Domain.SEALED})
    sealed = SealedVault(office.services.home, ring)
    yield sealed
    sealed.close()
    ring.close()


def flag(office: Any, case_id: Any, name: str = "violent-felony") -> Any:
    with office.vault.read() as tx:
        [item] = EvidenceStore(tx).for_case(case_id)
    return flag_referral(case_id, name, evidence={item.id}, **office.who(Role.INVESTIGATOR))


def referral_of(office: Any, case_id: Any) -> Any:
    return referrals_on(case_id, **office.who(CUSTODIAN))[-1]


def custodian(office: Any) -> dict[str, Any]:
    return {"actor": office.people[CUSTODIAN].id, "now": office.now}


def item_of(office: Any, apart: SealedVault) -> str:
    serve_custodian(office.services)
    [kept] = list_kept(apart, actor=office.people[CUSTODIAN].id)
    assert kept.kind == COPY
    return kept.id


def logged(office: Any, case_id: Any) -> list[tuple[str, AuditAction, str]]:
    with office.vault.read() as tx:
        return [(one.actor, one.action, one.code) for one in AuditLog(tx).entries(case_id)]


def refusals(office: Any, case_id: Any) -> list[str]:
    return [code for _who, action, code in logged(office, case_id) if action is AuditAction.DENIED]


def raw_words(office: Any, case_id: Any) -> bytes:
    """All that the raw key ring opens of a case's records and the outbox, and raw.db as it is."""
    home = office.services.home
    engine = home.engine("raw")
    with engine.connect() as connection:
        rows = connection.execute(
            text("SELECT id, kind, body FROM records WHERE case_id = :c"), {"c": case_id}
        ).all()
    engine.dispose()
    with office.vault.read() as tx:
        opened = [
            tx.unseal(case_id, ("records", row.id, row.kind), bytes(row.body)) for row in rows
        ]
        queued = [row.payload or b"" for row in OutboxStore(tx).pending()]
    assert len(opened) > 3
    files = [path.read_bytes() for path in home.root.glob("raw.db*")]
    return b"".join([*opened, *queued, *files])


def test_a_canary_in_the_copy_is_nowhere_in_raw_and_opens_for_the_custodian(
    office: Any, post: Post, apart: SealedVault
) -> None:
    """S11: with the raw key ring there are 0 hits; the custodian's process has the one."""
    case_id = office.screened(post(THREAT))
    who = office.who(Role.INVESTIGATOR)
    with step(case_id=case_id, permission=Permission.FLAG_CRIMINAL, **who) as work:
        [item] = EvidenceStore(work.tx).for_case(case_id)
        marked = item.item.model_copy(update={"text": RawText(f"{THREAT} {CANARY}")})
        refer(
            work,
            route_for(work, "violent-felony", imminent=False),
            items=(item.model_copy(update={"item": marked}),),
            locator=None,
            content_sha256=None,
            severity=Severity.CRITICAL,
            imminent=False,
        )
    assert raw_words(office, case_id).count(CANARY.encode()) == 0
    with pytest.raises(KeyUnavailableError):
        LetterOpener(office.vault.key_ring, Domain.SEALED)
    shown = show_kept(apart, item_of(office, apart), **custodian(office))
    assert shown.count(CANARY.encode()) == 1
    copy = parsed(SealedCopy, shown)
    assert [link.act for link in copy.chain] == [CustodyAct.FLAGGED, CustodyAct.SEALED]
    assert copy.chain[-1].sha256 == digest_of(copy.kept)
    assert raw_words(office, case_id).count(CANARY.encode()) == 0
    with office.vault.read() as tx:
        assert RecordStore(tx).all(case_id, RecordKind.CRIMINAL_COPY, CriminalCopy) == []


def test_the_custodians_process_receives_the_copy_and_the_receipt_comes_back(
    office: Any, post: Post, apart: SealedVault
) -> None:
    """S11: the grant; the digest that was stated there is the one in the chain of custody here."""
    case_id = office.screened(post(THREAT))
    before = flag(office, case_id)
    assert before.copy_sealed
    assert (AuditAction.PUT_AWAY, "") in {(act, code) for _, act, code in logged(office, case_id)}
    item = item_of(office, apart)
    office.clock.move(hours=1)
    stated = receive_kept(apart, item, **custodian(office))
    assert stated == (before.id, before.chain[-1].sha256)
    assert referral_of(office, case_id).receipt_at is None
    at = office.now
    office.clock.move(hours=1)
    serve_custodian(office.services)
    after = referral_of(office, case_id)
    assert (after.custodian, after.receipt_at) == ("the-evidence-custodian", at)
    assert after.waits_for is None
    assert [link.act for link in after.chain] == ["flagged", "sealed", "received"]
    assert after.chain[-1].sha256 == before.chain[-1].sha256
    acts = [act for who, act, _ in logged(office, case_id) if who == "the-evidence-custodian"]
    assert acts[:2] == [AuditAction.VIEWED, AuditAction.REFERRAL_RECEIVED]
    assert "referral" in str(exposure_ledger(case_id=case_id, **office.who(CUSTODIAN)))
    count = len(logged(office, case_id))
    serve_custodian(office.services)
    assert len(logged(office, case_id)) == count
    assert referral_of(office, case_id) == after
    shown, copy = read_referral(case_id, before.id, **office.who(CUSTODIAN))
    assert (shown, copy) == (after, None)


def test_a_second_receipt_is_refused_and_logged(
    office: Any, post: Post, apart: SealedVault
) -> None:
    case_id = office.screened(post(THREAT))
    flag(office, case_id)
    item = item_of(office, apart)
    for _ in range(2):
        receive_kept(apart, item, **custodian(office))
        serve_custodian(office.services)
    assert refusals(office, case_id) == [WrongStateError.code]
    assert len(referral_of(office, case_id).chain) == 3


@pytest.mark.parametrize("digest", ["same", "other"])
def test_a_crash_between_the_databases_takes_no_receipt_up_twice(
    office: Any,
    post: Post,
    apart: SealedVault,
    monkeypatch: pytest.MonkeyPatch,
    digest: str,
) -> None:
    """Nor is a refused one logged twice."""
    case_id = office.screened(post(THREAT))
    referral = flag(office, case_id)
    serve_custodian(office.services)
    sha256 = referral.chain[-1].sha256 if digest == "same" else "0" * 64
    person = office.people[CUSTODIAN].id
    apart.state(case_id, f"received:{referral.id}:{sha256}", actor=person, at=office.now)

    def crash(*_args: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(SealedVault, "taken", crash)
        with pytest.raises(KeyboardInterrupt):
            serve_custodian(office.services)
    before = logged(office, case_id)
    serve_custodian(office.services)
    assert logged(office, case_id) == before
    assert refusals(office, case_id) == ([] if digest == "same" else [CaptureHashError.code])
    assert (referral_of(office, case_id).waits_for is None) is (digest == "same")
    assert apart.untaken(receipts=True) == []


def test_the_inside_gives_no_receipt_for_what_it_cannot_open(office: Any, post: Post) -> None:
    case_id = office.screened(post(THREAT))
    referral = flag(office, case_id)
    with pytest.raises(WrongStateError):
        receive(case_id, referral.id, **office.who(CUSTODIAN))
    assert refusals(office, case_id) == [WrongStateError.code]
    assert referral_of(office, case_id) == referral


def test_a_receipt_with_another_digest_is_refused(
    office: Any, post: Post, apart: SealedVault
) -> None:
    """S11, E-I4-HASH: what the process states is weighed; the refusal alone is written."""
    case_id = office.screened(post(THREAT))
    referral = flag(office, case_id)
    item = item_of(office, apart)
    said = f"received:{referral.id}:{'0' * 64}"
    apart.state(case_id, said, actor=office.people[CUSTODIAN].id, at=office.now)
    serve_custodian(office.services)
    assert refusals(office, case_id) == [CaptureHashError.code]
    assert referral_of(office, case_id) == referral
    receive_kept(apart, item, **custodian(office))
    serve_custodian(office.services)
    assert referral_of(office, case_id).waits_for is None


@pytest.mark.parametrize("broken", ["copy", "chain"])
def test_a_copy_that_is_not_what_was_sealed_gets_no_receipt(
    office: Any, post: Post, apart: SealedVault, broken: str
) -> None:
    """S11, E-I4-HASH in the custodian's process; the inside's log says so."""
    case_id = office.screened(post(THREAT))
    referral = flag(office, case_id)
    copy = parsed(SealedCopy, show_kept(apart, item_of(office, apart), **custodian(office)))
    if broken == "copy":
        bad = copy.model_copy(update={"kept": CriminalCopy(referral=referral.id, items=())})
    else:
        bad = copy.model_copy(update={"chain": copy.chain[1:]})
    with office.vault.write() as tx:
        put = queue_letter(tx, Domain.SEALED, case_id, COPY, dumped(bad), now=office.now)
    serve_custodian(office.services)
    with pytest.raises(CaptureHashError):
        receive_kept(apart, put, **custodian(office))
    serve_custodian(office.services)
    assert refusals(office, case_id) == [CaptureHashError.code]
    assert referral_of(office, case_id) == referral


def test_only_the_custodian_who_gathered_nothing_receives(
    office: Any, post: Post, apart: SealedVault
) -> None:
    """S11: whom the inside did not name opens nothing; who gathered is refused by the step."""
    case_id = office.screened(post(THREAT))
    referral = flag(office, case_id)
    item = item_of(office, apart)
    with pytest.raises(NotPermittedError):
        receive_kept(apart, item, actor=office.people[Role.HIRING_MANAGER].id, now=office.now)
    assert apart.untaken(receipts=True) == []
    gatherer = office.people[Role.INVESTIGATOR].id
    said = f"received:{referral.id}:{referral.chain[-1].sha256}"
    apart.state(case_id, said, actor=gatherer, at=office.now)
    apart.state(case_id, said, actor="nobody-known", at=office.now)
    serve_custodian(office.services)
    assert refusals(office, case_id) == [NotPermittedError.code] * 3
    assert referral_of(office, case_id) == referral
    receive_kept(apart, item, **custodian(office))
    serve_custodian(office.services)
    assert referral_of(office, case_id).waits_for is None


def test_a_receipt_is_given_for_a_copy_alone(office: Any, post: Post, apart: SealedVault) -> None:
    case_id = office.screened(post(THREAT))
    flag(office, case_id)
    with office.vault.write() as tx:
        other = queue_letter(tx, Domain.SEALED, case_id, "identifiers", b"{}", now=office.now)
    serve_custodian(office.services)
    with pytest.raises(RecordNotFoundError):
        receive_kept(apart, other, **custodian(office))
    assert apart.untaken(receipts=True) == []


def test_without_the_custodians_key_a_copy_is_refused_and_a_place_is_not(
    office: Any, post: Post
) -> None:
    """Nothing falls back to the case's own records."""
    case_id = office.screened(post(THREAT))
    with transaction(office.vault.key_ring.engine, "keys", writes=True) as connection:
        connection.execute(delete(WRITERS).where(WRITERS.c.domain == Domain.SEALED))
    with pytest.raises(KeyUnavailableError):
        flag(office, case_id)
    assert refusals(office, case_id) == [KeyUnavailableError.code]
    assert referrals_on(case_id, **office.who(CUSTODIAN)) == []
    assert holds_on(case_id, **office.who(CUSTODIAN)) == []
    place = RawText("the third post of March")
    who = office.who(Role.INVESTIGATOR)
    assert flag_referral(case_id, "violent-felony", locator=place, **who).copy_id is None


def test_a_copy_of_an_earlier_version_stays_readable_in_its_case(office: Any, post: Post) -> None:
    """S11: the same steps receive and show what lies among the records of the case."""
    case_id = office.screened(post(THREAT))
    referral = flag(office, case_id)
    early(office, case_id, referral)
    with pytest.raises(NotPermittedError):
        receive(case_id, referral.id, **office.who(Role.INVESTIGATOR))
    receipt = receive(case_id, referral.id, **office.who(CUSTODIAN))
    assert receipt.waits_for is None
    _, copy = read_referral(case_id, referral.id, **office.who(CUSTODIAN))
    assert copy is not None
    assert copy.items[0].item.text.reveal() == THREAT
    with pytest.raises(WrongStateError):
        receive(case_id, referral.id, **office.who(CUSTODIAN))


def test_an_early_copy_that_was_changed_gets_no_receipt(office: Any, post: Post) -> None:
    case_id = office.screened(post(THREAT))
    referral = flag(office, case_id)
    early(office, case_id, referral, other=True)
    with pytest.raises(CaptureHashError):
        receive(case_id, referral.id, **office.who(CUSTODIAN))
    assert refusals(office, case_id) == [CaptureHashError.code]


def early(office: Any, case_id: Any, referral: Any, *, other: bool = False) -> None:
    """Write a referral as an earlier version did: its copy among the records, under its id."""
    who = office.who(Role.INVESTIGATOR)
    with step(case_id=case_id, permission=Permission.FLAG_CRIMINAL, **who) as work:
        [item] = EvidenceStore(work.tx).for_case(case_id)
        copy = CriminalCopy(referral=referral.id, items=(item,))
        chain = linked((), CustodyAct.FLAGGED, work)
        chain = linked(chain, CustodyAct.SEALED, work, digest_of(copy))
        kept = copy.model_copy(update={"items": ()}) if other else copy
        RecordStore(work.tx).put(case_id, RecordKind.CRIMINAL_COPY, kept, now=work.now)
        before = {"copy_id": referral.id, "copy_sealed": False, "chain": chain}
        save(work, referral.model_copy(update=before))


def test_the_copy_goes_with_its_case_and_the_hold_keeps_both(
    office: Any, post: Post, apart: SealedVault
) -> None:
    """S11: while the flag's legal hold stands nothing is destroyed; after it, no key opens it."""
    case_id = office.screened(post(THREAT))
    flag(office, case_id)
    item = item_of(office, apart)
    withdraw_consent(case_id, **office.who(Role.APPLICANT))
    retain(case_id, vault=office.vault, now=office.now)
    until = explain_retention(case_id, **office.who(Role.AUDITOR)).dates.keep_until
    office.clock.moment = datetime(until.year, until.month, until.day, 12, tzinfo=UTC)
    office.clock.moment += timedelta(days=1)
    confirm_clock(office.now.date(), **office.who(CUSTODIAN))
    swept = sweep_home(office.services, actor=office.people[CUSTODIAN])
    assert swept.destroyed == ()
    assert THREAT in show_kept(apart, item, **custodian(office)).decode()
    [old] = apart.waiting()
    [hold] = holds_on(case_id, **office.who(CUSTODIAN))
    lift_hold(case_id, hold.id, **office.who(CUSTODIAN))
    swept = sweep_home(office.services, actor=office.people[CUSTODIAN])
    assert (swept.destroyed, swept.pending) == ((case_id,), ())
    assert apart.cases() == frozenset()
    assert not opens(office, old)
    with pytest.raises(RecordNotFoundError):
        show_kept(apart, item, **custodian(office))


def opens(office: Any, one: Letter) -> bool:
    """Say whether a letter that was copied before opens with today's keys."""
    ring = open_key_ring(office.services.home, passphrase=PASSPHRASE, domains={Domain.SEALED})
    try:
        LetterOpener(ring, Domain.SEALED).open(one)
    except SealBrokenError:
        return False
    finally:
        ring.close()
    return True
