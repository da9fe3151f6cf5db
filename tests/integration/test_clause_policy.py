"""A1, N3, F4: one digest on every case, refused under any other; policies are signed."""

from pathlib import Path
from typing import Any

import pytest

from casework.applicant.cases import find_case, open_case
from casework.applicant.consent import withdraw_consent
from casework.applicant.notice import request_notice
from casework.requisition.policy_keys import sign_policy, trust_policy_key
from casework.requisition.requisitions import open_requisition
from models.applicant_rules import ApplicantRules
from models.audit import AuditAction
from models.case import CaseState
from models.clauses import InconsistentScopeError, PolicyUnsignedError
from models.disclosure import Applicant
from models.errors import HomeError, NotPermittedError, PackChangedError
from models.people import Role
from models.requisition import NoticeStage, Policy, Requisition
from models.text import RawText
from policy.defaults import default_draft
from policy.digest import sha256_of_value
from storage.audit import AuditLog
from storage.note import Signer
from storage.policy_key import create_policy_key, read_policy_key
from storage.requisitions import RequisitionStore


def denied(office: Any, about: Any) -> list[str]:
    with office.vault.read() as tx:
        entries = AuditLog(tx).entries(about)
    return [entry.code for entry in entries if entry.action is AuditAction.DENIED]


def tampered(monkeypatch: pytest.MonkeyPatch, requisition: Requisition, **changes: Any) -> None:
    """Whoever can write the database changes the policy, and the digest that stands beside it."""
    policy = requisition.policy.model_copy(update=changes)
    other = requisition.model_copy(
        update={"policy": policy, "policy_sha256": sha256_of_value(policy)}
    )
    monkeypatch.setattr(RequisitionStore, "get", lambda _store, _id: other)


def test_a_step_under_other_rules_than_the_case_s_own_is_refused(
    office: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """E-A1-PACK-CHANGED and E-N3-INCONSISTENT-SCOPE; a withdrawal goes ahead all the same."""
    case_id = office.consented()
    draft = office.drafted()
    applicant = Applicant(name=RawText("R"))
    with office.vault.read() as tx:
        opening = [
            entry.code
            for one in (case_id, draft, office.requisition.id)
            for entry in AuditLog(tx).entries(one)
            if entry.action in (AuditAction.CASE_OPENED, AuditAction.REQUISITION_OPENED)
        ]
    assert len(opening) == 3
    assert len(set(opening)) == 1

    for changes, error in (
        ({"notice_text": "Another notice."}, PackChangedError),
        ({"notice_stage": NoticeStage.INTERVIEW}, PackChangedError),
        ({"retention": ()}, PackChangedError),
        ({"lookback_years": 20}, InconsistentScopeError),
        ({"consent_items": frozenset()}, InconsistentScopeError),
    ):
        with monkeypatch.context() as patch:
            tampered(patch, office.requisition, **changes)
            with pytest.raises(error):
                request_notice(draft, **office.who(Role.INVESTIGATOR))
            assert denied(office, draft)[-1] == error.code
            with pytest.raises(error):
                open_case(office.requisition.id, applicant, **office.who(Role.INVESTIGATOR))
    assert find_case(draft, vault=office.vault).state is CaseState.DRAFT
    request_notice(draft, **office.who(Role.INVESTIGATOR))
    with monkeypatch.context() as patch:
        tampered(patch, office.requisition, lookback_years=20)
        withdraw_consent(case_id, **office.who(Role.APPLICANT))
    assert find_case(case_id, vault=office.vault).state is CaseState.WITHDRAWN


def test_a_requisition_opens_with_a_policy_owner_s_signature_alone(
    office: Any, tmp_path: Path
) -> None:
    draft = default_draft()
    owner = office.people[Role.POLICY_OWNER].id
    signer = create_policy_key(tmp_path / "paula.key", "paula.example")
    stranger = Signer("paula.example", bytes(32))
    asking = draft.policy.model_copy(update={"applicant": ApplicantRules(signed_policy=True)})

    def opened(policy: Policy, note: str | None) -> Requisition:
        return open_requisition(
            draft.title, policy, draft.criteria, signature=note, **office.who(Role.POLICY_OWNER)
        )

    def refused(error: Any, policy: Policy, note: str | None) -> None:
        before = office_requisitions(office)
        with pytest.raises(error):
            opened(policy, note)
        assert office_requisitions(office) == before

    signed = sign_policy(asking, draft.criteria, signer)
    refused(PolicyUnsignedError, asking, None)
    refused(PolicyUnsignedError, asking, signed)  # nobody trusts the key as yet
    opened(draft.policy, None)

    with pytest.raises(NotPermittedError):
        trust_policy_key(owner, signer.vkey, **office.who(Role.POLICY_OWNER))
    with pytest.raises(NotPermittedError):
        trust_policy_key(
            office.people[Role.INVESTIGATOR].id, signer.vkey, **office.who(Role.ADMINISTRATOR)
        )
    trust_policy_key(owner, signer.vkey, **office.who(Role.ADMINISTRATOR))
    opened(asking, signed)
    refused(PolicyUnsignedError, asking, sign_policy(asking, draft.criteria, stranger))
    refused(PackChangedError, asking.model_copy(update={"lookback_years": 3}), signed)
    refused(PolicyUnsignedError, asking, "no note at all")
    # Once a key is trusted, leaving the setting out of the policy does not help.
    refused(PolicyUnsignedError, draft.policy, None)
    refused(PackChangedError, draft.policy, signed)
    opened(draft.policy, sign_policy(draft.policy, draft.criteria, signer))
    trust_policy_key(owner, signer.vkey, trusted=False, **office.who(Role.ADMINISTRATOR))
    refused(PolicyUnsignedError, asking, signed)


def office_requisitions(office: Any) -> int:
    with office.vault.read() as tx:
        return len(RequisitionStore(tx).all())


def test_a_policy_key_is_its_owner_s_alone_to_read(tmp_path: Path) -> None:
    file = tmp_path / "key"
    vkey = create_policy_key(file, "paula.example").vkey
    assert read_policy_key(file).vkey == vkey
    for bad in ("two words", "a+b", ""):
        with pytest.raises(HomeError):
            create_policy_key(tmp_path / "other", bad)
    with pytest.raises(HomeError):
        create_policy_key(file, "paula.example")
    file.chmod(0o640)
    with pytest.raises(HomeError):
        read_policy_key(file)
    file.chmod(0o600)
    file.write_text("nothing")
    with pytest.raises(HomeError):
        read_policy_key(file)
