"""N1, N1b, N2, N2b, N3, S3, S4, S5: what the applicant is told, signs and lists, and when not."""

import hashlib
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest

from casework.applicant.alterations import counting_alterations, note_alteration
from casework.applicant.cases import find_case
from casework.applicant.consent import sign_consent, withdraw_consent
from casework.applicant.contacts import (
    approve_contact,
    contacts_of,
    propose_contact,
    record_contact,
)
from casework.applicant.disclosure import disclose
from casework.applicant.notice import prove_delivery, request_notice, send_notice
from casework.applicant.papers import digests_of, papers_of
from casework.applicant.refusals import settle_refusal
from casework.gathering.source import register_source
from models.alteration import Change
from models.applicant_rules import (
    ApplicantRules,
    Asked,
    ContactCondition,
    ContactRules,
    RefusalEffect,
    RefusalRule,
    StateForm,
    Translation,
)
from models.audit import AuditAction
from models.case import CaseState
from models.clauses import (
    AlterationInferenceError,
    ConsentFormError,
    FriendContactError,
    SensitiveIdentifierError,
    StageDriftError,
    UnlawfulConsequenceError,
)
from models.consent import ConsentItem
from models.disclosure import Blog, BlogRole, Disclosure
from models.errors import (
    ConsentScopeError,
    ConsequenceMissingError,
    CredentialRefusedError,
    DisclosureIncompleteError,
    KeyUnavailableError,
    LeadTimeError,
    NoConsentError,
    NoNoticeError,
    PolicyError,
    WrongStateError,
)
from models.forms import DeliveryProof, Signature, SignatureKind
from models.people import Role
from models.requisition import EmployerType, NoticeStage, VettingMode
from models.text import RawText
from policy.forms import forms_for
from storage.audit import AuditLog
from storage.consents import ConsentStore
from storage.records import RecordKind, RecordStore

PAPER = hashlib.sha256(b"a scan").hexdigest()
ITEMS = frozenset({ConsentItem.PUBLIC_FORUM, ConsentItem.PUBLIC_BLOG, ConsentItem.ARCHIVE})
INK = Signature(kind=SignatureKind.INK, evidence_sha256=PAPER)


def rules(**changes: Any) -> ApplicantRules:
    plain = {"delivery_proof": False, "signature": False, "asks": frozenset()}
    return ApplicantRules(**(plain | changes))


def opened(office: Any, *, items: Any = ITEMS, policy: Any = None, **changes: Any) -> None:
    office.requisition = office.open(
        notice_lead_days=0, consent_items=items, applicant=rules(**changes), **(policy or {})
    )


def told(office: Any, **request: Any) -> Any:
    case_id = office.drafted()
    stage = office.requisition.policy.notice_stage
    request_notice(case_id, **({"stage": stage} | request), **office.who(Role.INVESTIGATOR))
    send_notice(case_id, vault=office.vault, now=office.now)
    return case_id


def sign(office: Any, case_id: Any, *, by: Role = Role.APPLICANT, **changes: Any) -> Any:
    items = office.requisition.policy.consent_items
    refused = changes.pop("refused", frozenset())
    answer = {
        "granted": items - refused,
        "refused": refused,
        "consequence_acknowledged": True,
    }
    return sign_consent(case_id, **(answer | changes), **office.who(by))


def state(office: Any, case_id: Any) -> CaseState:
    return find_case(case_id, vault=office.vault).state


def denied(office: Any, case_id: Any) -> list[str]:
    with office.vault.read() as tx:
        entries = AuditLog(tx).entries(case_id)
    return [entry.code for entry in entries if entry.action is AuditAction.DENIED]


def records(office: Any, case_id: Any, kind: RecordKind, type_: Any) -> Any:
    with office.vault.read() as tx:
        return RecordStore(tx).latest(case_id, kind, type_)


def refused_with(error: Any, office: Any, case_id: Any, act: Callable[[], Any]) -> Any:
    """The refusal has its code, stands in the log, and leaves the case where it was."""
    before = find_case(case_id, vault=office.vault)
    with pytest.raises(error) as found:
        act()
    assert denied(office, case_id)[-1] == error.code
    assert find_case(case_id, vault=office.vault) == before
    return found.value


def test_n1_everybody_in_a_requisition_is_told_at_the_same_stage(office: Any) -> None:
    """N1, E-N1-STAGE-DRIFT; and a language needs an approved notice."""
    french = Translation(language="fr", notice_text="Avis.", consequence_text="Rien.")
    opened(office, translations=(french,))
    case_id = office.drafted()
    who = office.who(Role.INVESTIGATOR)

    def ask(**request: Any) -> None:
        request_notice(case_id, **request, **who)

    refused_with(StageDriftError, office, case_id, lambda: ask(stage=NoticeStage.CONDITIONAL_OFFER))
    refused_with(StageDriftError, office, case_id, ask)
    stage = office.requisition.policy.notice_stage
    refused_with(PolicyError, office, case_id, lambda: ask(stage=stage, language="de"))
    ask(stage=stage, language="fr")
    sent = send_notice(case_id, vault=office.vault, now=office.now)
    assert (sent.language, sent.stage, sent.text.reveal()) == ("fr", stage, "Avis.\n\nRien.\n")
    assert sent.sha256 == hashlib.sha256(b"Avis.\n\nRien.\n").hexdigest()
    consent = sign(office, case_id)
    assert consent.consequence_sha256 == hashlib.sha256(b"Rien.").hexdigest()


def test_n1_a_notice_counts_when_its_delivery_is_proved(office: Any, tmp_path: Any) -> None:
    """N1, E-N1-NO-NOTICE, E-N1-LEAD-TIME: the lead time runs from the proof."""
    office.requisition = office.open(
        notice_lead_days=3, consent_items=ITEMS, applicant=rules(delivery_proof=True)
    )
    case_id = told(office)
    office.clock.move(days=10)
    refused_with(NoNoticeError, office, case_id, lambda: sign(office, case_id))
    refused_with(
        WrongStateError,
        office,
        case_id,
        lambda: prove_delivery(
            case_id, DeliveryProof.REGISTERED_MAIL, **office.who(Role.INVESTIGATOR)
        ),
    )
    prove_delivery(
        case_id,
        DeliveryProof.SIGNED_RECEIPT,
        evidence_sha256=PAPER,
        **office.who(Role.INVESTIGATOR),
    )
    sign(office, case_id)
    disclose(case_id, Disclosure(name=RawText("R")), **office.who(Role.APPLICANT))

    def source() -> None:
        register_source(case_id, tmp_path, **office.who(Role.INVESTIGATOR))

    refused_with(LeadTimeError, office, case_id, source)
    office.clock.move(days=3)
    source()
    assert state(office, case_id) is CaseState.COLLECTING


def test_n1b_a_changed_profile_is_no_finding_unless_policy_and_notice_say_so(
    office: Any,
) -> None:
    """N1b, E-N1-ALTERATION-INFERENCE."""
    account = RawText("@rowan_a")
    opened(office)
    case_id = told(office)
    sign(office, case_id)
    who = office.who(Role.INVESTIGATOR)

    def note(**more: Any) -> Any:
        return note_alteration(case_id, account, Change.DELETED, **more, **who)

    assert not note().counts
    seen = {"last_seen": office.now, "as_finding": True}
    refused_with(AlterationInferenceError, office, case_id, lambda: note(**seen))
    with office.vault.read() as tx:
        assert counting_alterations(tx, case_id) == []

    # The policy counts it, but the notice did not say so.
    opened(office, alterations_count=True, alteration_sentence="Changes may count.")
    case_id = told(office)
    sign(office, case_id)
    refused_with(AlterationInferenceError, office, case_id, lambda: note(**seen))

    text = office.requisition.policy.notice_text + "\nChanges may count.\n"
    opened(
        office,
        policy={"notice_text": text},
        alterations_count=True,
        alteration_sentence="Changes may count.",
    )
    case_id = told(office)
    sign(office, case_id)
    refused_with(AlterationInferenceError, office, case_id, lambda: note(as_finding=True))
    assert note(**seen).counts
    with office.vault.read() as tx:
        assert len(counting_alterations(tx, case_id)) == 1


def test_n2_documents_signature_and_witness(office: Any) -> None:
    """N2, E-N2-FORM, E-N2-NO-CONSENT: one document at a time, signed, and witnessed if asked."""
    text = "Automated steps take part in the selection of applicants in Illinois."
    opened(
        office,
        policy={
            "jurisdiction": "US-IL",
            "employer_type": EmployerType.PRIVATE,
            "mode": VettingMode.VENDOR,
        },
        employer_name="Acme Services, Inc.",
        forms=(StateForm(row="AI-04", text=text),),
        witness=True,
    )
    case_id = told(office)
    forms = digests_of(forms_for(office.requisition.policy, office.now.date()))
    assert set(forms) == {"FCRA-01", "FCRA-02", "AI-04"}
    witnessed = INK.model_copy(update={"witness": office.people[Role.INVESTIGATOR].id})
    whole = {"forms": forms, "signature": witnessed}

    def wrong(error: Any, **changes: Any) -> None:
        refused_with(error, office, case_id, lambda: sign(office, case_id, **(whole | changes)))
        with office.vault.read() as tx:
            assert ConsentStore(tx).latest(case_id) is None

    for row in forms:
        wrong(ConsentFormError, forms={key: one for key, one in forms.items() if key != row})
        wrong(ConsentFormError, forms=forms | {row: PAPER})
    wrong(ConsentFormError, forms=forms | {"REC-13": PAPER})
    wrong(NoConsentError, signature=None)
    wrong(NoConsentError, signature=INK)
    own = INK.model_copy(update={"witness": office.people[Role.APPLICANT].id})
    wrong(NoConsentError, signature=own)
    wrong(NoConsentError, signature=INK.model_copy(update={"witness": "nobody"}))
    online = witnessed.model_copy(update={"kind": SignatureKind.ELECTRONIC})
    wrong(NoConsentError, signature=online, by=Role.INVESTIGATOR)
    wrong(ConsequenceMissingError, consequence_acknowledged=False)
    sign(office, case_id, **whole)
    kept = papers_of(case_id, vault=office.vault)
    assert {one.row: one.sha256 for one in kept[0].forms} == forms
    assert kept[0].signature == witnessed


def test_n2_a_consent_expires_as_the_law_says_if_that_is_sooner(office: Any) -> None:
    """N2, E-N2-EXPIRED: Minnesota's six months (POL-07) are shorter than a policy's year."""
    year = {"consent_valid_days": 366}
    opened(office, policy=year | {"jurisdiction": "US-MN"})
    consent = sign(office, told(office))
    assert f"{consent.expires_at:%Y-%m-%d}" == "2027-03-01"
    opened(office, policy=year)
    assert f"{sign(office, told(office)).expires_at:%Y-%m-%d}" == "2027-09-02"


def test_n2b_a_refusal_has_the_effect_of_the_policy_within_the_law(office: Any) -> None:
    """N2b, E-N2-UNLAWFUL-CONSEQUENCE."""
    forum, archive = ConsentItem.PUBLIC_FORUM, ConsentItem.ARCHIVE

    def effects(item: ConsentItem, effect: RefusalEffect) -> dict[str, Any]:
        return {"refusals": (RefusalRule(item=item, effect=effect),)}

    opened(office, **effects(forum, RefusalEffect.DISQUALIFY))
    case_id = told(office)
    sign(office, case_id, refused=frozenset({forum}))
    assert state(office, case_id) is CaseState.REFUSED
    case_id = told(office)
    sign(office, case_id, refused=frozenset({archive}))
    assert state(office, case_id) is CaseState.CONSENTED

    opened(office, **effects(forum, RefusalEffect.MANUAL))
    for goes_on, after in ((True, CaseState.CONSENTED), (False, CaseState.REFUSED)):
        case_id = told(office)
        sign(office, case_id, refused=frozenset({forum}))
        assert state(office, case_id) is CaseState.NOTICED
        refused_with(WrongStateError, office, case_id, partial(sign, office, case_id))
        settle_refusal(case_id, goes_on=goes_on, **office.who(Role.SUPERVISOR))
        assert state(office, case_id) is after

    # California: nobody knows whether the law binds this employer, so nothing may follow.
    for effect in (RefusalEffect.DISQUALIFY, RefusalEffect.MANUAL):
        with pytest.raises(UnlawfulConsequenceError) as refused:
            opened(office, **effects(archive, effect))
        assert "password_laws.csv:CA" in str(refused.value)
    ny = {"jurisdiction": "US-NY"}
    with pytest.raises(UnlawfulConsequenceError):
        opened(
            office,
            policy=ny | {"employer_type": EmployerType.PRIVATE},
            **effects(archive, RefusalEffect.DISQUALIFY),
        )
    opened(office, policy=ny, **effects(archive, RefusalEffect.DISQUALIFY))
    case_id = told(office)
    sign(office, case_id, refused=frozenset({archive}))
    assert state(office, case_id) is CaseState.REFUSED


def test_n3_a_friend_is_spoken_to_with_leave_alone(office: Any) -> None:
    """N3, E-N3-FRIEND-CONTACT: policy, consent, condition, supervisor, script, disclosure."""
    friend, why = RawText("Robin"), RawText("named on the form")
    named = ContactCondition.NAMED_BY_APPLICANT
    contact = ContactRules(
        conditions=frozenset({named}), script="I work for the agency.", disclosure_text="A report."
    )
    items = ITEMS | {ConsentItem.CONTACT_OF_FRIENDS}
    who = office.who(Role.INVESTIGATOR)

    def ready(refused: Any = frozenset(), **more: Any) -> Any:
        case_id = told(office)
        sign(office, case_id, refused=refused, **more)
        disclose(case_id, Disclosure(name=RawText("R")), **office.who(Role.APPLICANT))
        return case_id

    def no(case_id: Any, act: Callable[[], Any]) -> None:
        refused_with(FriendContactError, office, case_id, act)

    opened(office)
    case_id = ready()
    no(case_id, lambda: propose_contact(case_id, friend, named, why, **who))

    opened(office, items=items, contact=contact)
    case_id = ready(frozenset({ConsentItem.CONTACT_OF_FRIENDS}))
    no(case_id, lambda: propose_contact(case_id, friend, named, why, **who))

    case_id = ready()
    doubt = ContactCondition.AUTHORSHIP_IN_DOUBT
    no(case_id, lambda: propose_contact(case_id, friend, doubt, why, **who))
    no(case_id, lambda: propose_contact(case_id, RawText(" "), named, why, **who))
    contact_id = propose_contact(case_id, friend, named, why, **who)

    def speak(case_id: Any = case_id, script: str = contact.script, **more: Any) -> Any:
        return record_contact(case_id, contact_id, script=script, **more, **who)

    no(case_id, speak)
    approve_contact(case_id, contact_id, **office.who(Role.SUPERVISOR))
    no(case_id, lambda: speak(script="I am a friend of Rowan's."))
    assert speak().approved_by == office.people[Role.SUPERVISOR].id
    no(case_id, speak)
    assert len(contacts_of(case_id, **who)) == 1
    withdraw_consent(case_id, **office.who(Role.APPLICANT))

    vendor = {"mode": VettingMode.VENDOR, "jurisdiction": "US-TX"}
    opened(office, items=items, contact=contact, employer_name="Acme", policy=vendor)
    forms = digests_of(forms_for(office.requisition.policy, office.now.date()))
    case_id = ready(forms=forms, signature=INK)
    contact_id = propose_contact(case_id, friend, named, why, **who)
    approve_contact(case_id, contact_id, **office.who(Role.SUPERVISOR))
    no(case_id, lambda: speak(case_id))
    assert speak(case_id, disclosure="A report.").disclosed_at == office.now


def test_s3_s4_s5_the_applicant_s_list(office: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """S3 E-S3-INCOMPLETE; S4 E-S4-SENSITIVE-IDENTIFIER; S5 E-S5-CREDENTIAL-REFUSED."""
    opened(office, asks=frozenset(Asked), anonymous_position="Anonymous posts count as yours.")
    case_id = told(office)
    sign(office, case_id)
    full = {
        "name": RawText("Rowan Applegate"),
        "emails": (RawText("rowan@mail.example"),),
        "answered": frozenset(Asked),
        "anonymous_position_read": True,
        "incomplete_memory": True,
        "blogs": (Blog(address=RawText("https://b.example"), role=BlogRole.CONTRIBUTOR),),
    }

    def no(error: Any, **changes: Any) -> str:
        listed = Disclosure(**(full | changes))
        refusal = refused_with(
            error, office, case_id, lambda: disclose(case_id, listed, **office.who(Role.APPLICANT))
        )
        assert records(office, case_id, RecordKind.DISCLOSURE, Disclosure) is None
        return str(refusal)

    assert "blogs" in no(DisclosureIncompleteError, blogs=(), answered=frozenset({"handles"}))
    no(DisclosureIncompleteError, anonymous_position_read=False)
    badge = RawText("badge_9")
    no(SensitiveIdentifierError, sensitive=(badge,), handles=(RawText("@Badge_9"),))
    no(CredentialRefusedError, sensitive=(RawText("078-05-1120"),))

    def no_key(*_args: Any) -> str:
        raise KeyUnavailableError("sealed")

    with monkeypatch.context() as patch:
        patch.setattr("casework.applicant.questionnaire.put_away", no_key)
        assert "badge" not in no(SensitiveIdentifierError, sensitive=(badge,))
    for where in ("emails", "handles", "uncertain"):
        assert "4111" not in no(CredentialRefusedError, **{where: (RawText("4111111111111111"),)})
    listed = Disclosure(**full, sensitive=(badge,))
    disclose(case_id, listed, **office.who(Role.APPLICANT))
    with office.vault.read() as tx:
        actions = [entry.action for entry in AuditLog(tx).entries(case_id)]
    assert actions.count(AuditAction.PUT_AWAY) == 1
    kept = records(office, case_id, RecordKind.DISCLOSURE, Disclosure)
    assert (kept.blogs, kept.incomplete_memory) == (full["blogs"], True)
    assert kept.sensitive == ()


def test_n2_e_n2_scope_every_item_is_answered(office: Any) -> None:
    """N2, E-N2-SCOPE."""
    opened(office)
    case_id = told(office)
    refused_with(
        ConsentScopeError,
        office,
        case_id,
        lambda: sign(office, case_id, granted=frozenset({ConsentItem.ARCHIVE})),
    )
    sign(office, case_id)
