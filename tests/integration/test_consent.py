"""Nothing is asked, disclosed or collected but in the order that notice and consent allow."""

from collections.abc import Callable
from typing import Any

import pytest

from casework.applicant.cases import find_case
from casework.applicant.consent import (
    consent_ledger,
    expire_consents,
    sign_consent,
    withdraw_consent,
)
from casework.applicant.disclosure import disclose
from casework.applicant.notice import request_notice, send_notice
from casework.gathering.source import register_source
from models.audit import AuditAction
from models.case import CaseState
from models.consent import ConsentItem, ConsentStatus
from models.disclosure import Disclosure
from models.errors import (
    ConsentScopeError,
    ConsentWithdrawnError,
    ConsequenceMissingError,
    LeadTimeError,
    NoConsentError,
    NoNoticeError,
    NotPermittedError,
    OutOfScopeError,
    WrongStateError,
)
from models.people import Role
from models.segment import Segment
from models.text import RawText
from storage.audit import AuditLog
from storage.evidence import EvidenceStore

Post = Callable[..., str]


def state(office: Any, case_id: Any) -> CaseState:
    return find_case(case_id, vault=office.vault).state


def refusals(office: Any, case_id: Any) -> list[str]:
    with office.vault.read() as tx:
        entries = AuditLog(tx).entries(case_id)
    return [entry.code for entry in entries if entry.action is AuditAction.DENIED]


def sign(office: Any, case_id: Any, **changes: Any) -> None:
    items = office.requisition.policy.consent_items
    answer = {"granted": items, "refused": frozenset(), "consequence_acknowledged": True}
    sign_consent(case_id, **(answer | changes), **office.who(Role.APPLICANT))


def test_consent_needs_a_delivered_notice(office: Any) -> None:
    case_id = office.drafted()
    with pytest.raises(NoNoticeError):
        sign(office, case_id)
    assert refusals(office, case_id) == ["E-N1-NO-NOTICE"]


def test_consent_is_signed_item_by_item(office: Any) -> None:
    case_id = office.noticed()
    with pytest.raises(ConsentScopeError):
        sign(office, case_id, granted=frozenset({ConsentItem.ARCHIVE}))
    assert state(office, case_id) is CaseState.NOTICED
    sign(office, case_id)
    assert state(office, case_id) is CaseState.CONSENTED


def test_the_consequence_of_refusing_must_be_acknowledged(office: Any) -> None:
    case_id = office.noticed()
    with pytest.raises(ConsequenceMissingError):
        sign(office, case_id, consequence_acknowledged=False)
    assert state(office, case_id) is CaseState.NOTICED


def test_nothing_beyond_the_policy_can_be_consented_to(office: Any) -> None:
    case_id = office.noticed()
    beyond = frozenset(ConsentItem) - office.requisition.policy.consent_items
    assert beyond
    with pytest.raises(OutOfScopeError):
        sign(office, case_id, granted=frozenset(ConsentItem))


def test_refusing_everything_ends_the_case(office: Any) -> None:
    case_id = office.noticed()
    items = office.requisition.policy.consent_items
    sign(office, case_id, granted=frozenset(), refused=items)
    assert state(office, case_id) is CaseState.REFUSED
    with pytest.raises(WrongStateError):
        disclose(case_id, Disclosure(name=RawText("R")), **office.who(Role.APPLICANT))


def test_nothing_is_collected_before_disclosure(office: Any) -> None:
    case_id = office.consented()
    with pytest.raises(WrongStateError):
        register_source(case_id, office.folder, **office.who(Role.INVESTIGATOR))


def test_nothing_is_collected_within_the_lead_time(office: Any, tmp_path: Any) -> None:
    days = 3
    office.requisition = office.open(notice_lead_days=days)
    case_id = office.drafted()
    request_notice(case_id, **office.who(Role.INVESTIGATOR))
    send_notice(case_id, vault=office.vault, now=office.now)
    sign(office, case_id)
    disclose(case_id, Disclosure(name=RawText("R")), **office.who(Role.APPLICANT))
    with pytest.raises(LeadTimeError):
        register_source(case_id, tmp_path, **office.who(Role.INVESTIGATOR))
    office.clock.move(days=days)
    register_source(case_id, tmp_path, **office.who(Role.INVESTIGATOR))
    assert state(office, case_id) is CaseState.COLLECTING


def test_withdrawal_stops_what_is_queued(office: Any, post: Post) -> None:
    """The applicant withdraws between the gate and the flow: nothing is captured."""
    case_id = office.collecting(post("Lovely weather at the lake today."))
    withdraw_consent(case_id, **office.who(Role.APPLICANT))
    assert office.run(Segment.COLLECT, case_id) == 0
    with office.vault.read() as tx:
        assert EvidenceStore(tx).count(case_id) == 0
    assert state(office, case_id) is CaseState.WITHDRAWN


def test_withdrawal_is_not_possible_twice(office: Any) -> None:
    case_id = office.consented()
    withdraw_consent(case_id, **office.who(Role.APPLICANT))
    with pytest.raises(ConsentWithdrawnError):
        withdraw_consent(case_id, **office.who(Role.APPLICANT))


def test_there_is_nothing_to_withdraw_before_consent(office: Any) -> None:
    case_id = office.noticed()
    with pytest.raises(NoConsentError):
        withdraw_consent(case_id, **office.who(Role.APPLICANT))


def test_consent_expires_and_stops_the_case(office: Any) -> None:
    case_id = office.disclosed()
    assert expire_consents(vault=office.vault, now=office.now) == []
    office.clock.move(days=office.requisition.policy.consent_valid_days)
    assert expire_consents(vault=office.vault, now=office.now) == [case_id]
    assert state(office, case_id) is CaseState.EXPIRED


def test_items_under_a_refused_kind_are_never_stored(office: Any, post: Post) -> None:
    case_id = office.screened(
        post("Forum words about gardening and soil."),
        post("Blog words about bread and butter.", platform="blog"),
        refused=frozenset({ConsentItem.PUBLIC_BLOG}),
    )
    with office.vault.read() as tx:
        texts = [item.item.text.reveal() for item in EvidenceStore(tx).for_case(case_id)]
        entries = AuditLog(tx).entries(case_id)
    assert texts == ["Forum words about gardening and soil."]
    left_out = [entry for entry in entries if entry.code == ConsentScopeError.code]
    assert [entry.count for entry in left_out] == [1]
    assert not list(office.services.home.files.iterdir()), "the whole file was not consented to"


def test_items_older_than_the_lookback_are_never_stored(office: Any, post: Post) -> None:
    years = office.requisition.policy.lookback_years
    case_id = office.screened(
        post("An old remark.", days_ago=365.25 * years + 2), post("A new one.")
    )
    with office.vault.read() as tx:
        texts = [item.item.text.reveal() for item in EvidenceStore(tx).for_case(case_id)]
    assert texts == ["A new one."]


def test_the_ledger_is_for_auditors_and_investigators(office: Any) -> None:
    case_id = office.consented()
    ledger = consent_ledger(actor=office.people[Role.AUDITOR], vault=office.vault)
    assert [(case.id, consent.status(office.now)) for case, consent in ledger if consent] == [
        (case_id, ConsentStatus.LIVE)
    ]
    with pytest.raises(NotPermittedError):
        consent_ledger(actor=office.people[Role.HIRING_MANAGER], vault=office.vault)
