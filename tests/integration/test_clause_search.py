"""Rows S4, S6 to S9, F4, I1, I4 and I5: each refusal beside its grant, logged, nothing kept."""

import gzip
from collections.abc import Callable
from datetime import date, timedelta
from functools import partial
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from casework.applicant.disclosure import disclose
from casework.gathering.captures import captures_of
from casework.gathering.recording import recorded
from casework.gathering.source import register_source
from casework.people.people import add_person
from casework.people.personas import approve_persona, request_persona, retire_persona, use_persona
from casework.search.queries import (
    check_query,
    make_query,
    queries_of,
)
from casework.search.terms_register import review_terms, reviewed_terms
from casework.search.viewing import end_viewing, start_viewing, viewings_of
from casework.steps.guarding import guard_identifiers, guard_number
from models.audit import AuditAction
from models.clauses import SensitiveIdentifierError
from models.consent import ConsentItem, PlatformKind
from models.disclosure import Disclosure
from models.documentation import CaptureMethod
from models.errors import (
    ConsentScopeError,
    InputError,
    NotPermittedError,
    OutOfScopeError,
    SeparationOfDutiesError,
    WalloffError,
    WrongStateError,
)
from models.evidence import AccessGate
from models.ids import ActorId
from models.people import Actor, Role
from models.personas import Persona
from models.powers import PolicyKind, Power
from models.requisition import EmployerType
from models.search import AccessWay, GuardedDigests, PlatformTerms, QueryRecord, SessionIdentity
from models.search_clauses import (
    CaptureHashError,
    CaptureOrderError,
    FriendRequestError,
    ManagerPresentError,
    MedicalQueryError,
    MisrepresentationError,
    NoExplanationOfferedError,
    NoMethodError,
    NotPublicError,
    PersonaInVettingError,
    PowerBorrowedError,
    ProtectedQueryError,
    SocialSecurityEgressError,
    StaleCaptureError,
    SupervisedViewBarredError,
    TermsBarredError,
    TermsUnreviewedError,
    UnapprovedPersonaError,
)
from models.search_rules import SearchRules
from models.segment import Segment
from models.text import RawText
from models.viewing import SupervisedView, ViewNote
from policy.law import password_laws
from storage.audit import AuditLog
from storage.captures import CaptureStore
from storage.evidence import EvidenceStore
from storage.exposures import ExposureStore
from storage.personas import PersonaStore
from storage.records import RecordKind, RecordStore

Post = Callable[..., str]
NICE = "What a fine afternoon it was by the lake."
VIEWING = ConsentItem.SUPERVISED_VIEWING


def entries(office: Any, object_id: str) -> list[Any]:
    with office.vault.read() as tx:
        return [one for one in AuditLog(tx).entries() if one.object_id == object_id]


def denials(office: Any, object_id: str) -> list[str]:
    found = entries(office, object_id)
    return [one.code for one in found if one.action is AuditAction.DENIED]


def refused(
    office: Any, about: str, refusal: type[WalloffError], act: Callable[[], object]
) -> None:
    """The act is refused with this very class, and one denial with its code is logged."""
    before = denials(office, about)
    with pytest.raises(refusal) as caught:
        act()
    assert type(caught.value) is refusal
    assert denials(office, about) == [*before, refusal.code]


def ask(office: Any, case_id: Any, text: str, **more: Any) -> Any:
    given = {"identity": "anonymous-public"} | more
    return make_query(case_id, text, **given, **office.who(Role.INVESTIGATOR))


def asked(office: Any, case_id: Any) -> int:
    with office.vault.read() as tx:
        return len(RecordStore(tx).all(case_id, RecordKind.QUERY, QueryRecord))


# --- S8: queries --------------------------------------------------------------------------------


def test_s8_a_query_is_written_down_before_it_is_made(office: Any) -> None:
    case_id = office.disclosed()
    first = ask(office, case_id, '"Rowan Applegate" harbour regatta')
    second = ask(office, case_id, "rowan_a site:forum.example")
    assert (first.sequence, second.sequence) == (1, 2)
    logged = [one for one in entries(office, case_id) if one.action is AuditAction.QUERY_MADE]
    assert [(one.count, one.commitment) for one in logged] == [
        (1, first.digest),
        (2, second.digest),
    ]
    found = queries_of(case_id, **office.who(Role.INVESTIGATOR))
    assert found[0].text.reveal() == '"Rowan Applegate" harbour regatta'
    assert entries(office, case_id)[-1].code == "queries"


@pytest.mark.parametrize(
    ("text", "refusal"),
    [
        ("Rowan Applegate 523-45-6789", SocialSecurityEgressError),
        ("q=Rowan&n=%35%32%33%34%35%36%37%38%39", SocialSecurityEgressError),
        ("Rowan 6789 born 1980-02-03", SocialSecurityEgressError),
        ("Rowan Applegate BRCA1", MedicalQueryError),
        ("Rowan Applegate DNA", MedicalQueryError),
        ("Rowan Applegate chemotherapy", MedicalQueryError),
        ("Rowan Applegate muslim", ProtectedQueryError),
        ("rowan_a divorced", ProtectedQueryError),
        ("https://x.com/intent/follow?screen_name=rowan_a", FriendRequestError),
    ],
)
def test_s8_s9_what_the_linter_refuses_is_not_kept(
    office: Any, text: str, refusal: type[WalloffError]
) -> None:
    case_id = office.disclosed()
    refused(office, case_id, refusal, lambda: ask(office, case_id, text))
    assert asked(office, case_id) == 0


def test_s8_the_number_given_for_proof_never_leaves_and_is_kept_as_a_digest(office: Any) -> None:
    case_id = office.disclosed()
    ask(office, case_id, "Rowan 9 lake 00 street 12 34 and 56 houses 7")
    guard_number(case_id, RawText("900-12-3456"), **office.who(Role.APPLICANT))
    refused(
        office,
        case_id,
        SocialSecurityEgressError,
        lambda: ask(office, case_id, "Rowan 9 lake 00 street 12 34 and 56 houses"),
    )
    assert asked(office, case_id) == 1


def test_s4_a_sensitive_identifier_enters_no_query(office: Any) -> None:
    case_id = office.disclosed()
    ask(office, case_id, "uc.rowan@agency.example")
    guard_identifiers(
        case_id,
        {RawText("UC.Rowan@Agency.example")},
        **office.who(Role.EVIDENCE_CUSTODIAN),
    )
    refused(
        office,
        case_id,
        SensitiveIdentifierError,
        lambda: ask(office, case_id, "forum uc.rowan@agency.example"),
    )
    with pytest.raises(NotPermittedError):
        guard_identifiers(case_id, {RawText("x")}, **office.who(Role.INVESTIGATOR))


def test_s4_what_is_disclosed_as_sensitive_enters_no_query(office: Any) -> None:
    """S4: nobody has to guard it by hand, and no words of it stay in the case."""
    case_id = office.consented()
    listed = Disclosure(
        name=RawText("Rowan Applegate"),
        handles=(RawText("rowan_a"),),
        sensitive=(RawText("Nightjar_77"),),
    )
    disclose(case_id, listed, **office.who(Role.APPLICANT))
    refused(
        office,
        case_id,
        SensitiveIdentifierError,
        lambda: ask(office, case_id, "forum night jar 77"),
    )
    assert ask(office, case_id, "rowan_a regatta").sequence == 1
    actions = [one.action for one in entries(office, case_id)]
    assert actions.count(AuditAction.IDENTIFIERS_GUARDED) == 1
    with office.vault.read() as tx:
        (kept,) = RecordStore(tx).all(case_id, RecordKind.SENSITIVE_DIGESTS, GuardedDigests)
    assert all(len(one) == 64 for one in kept.digests)


def test_s10_a_first_name_is_joined_with_no_class_in_english_or_spanish(office: Any) -> None:
    case_id = office.disclosed()
    for text in ("Rowan mosque", "rowan musulmán", "Rowan mu5lim", "applegate divorciada"):
        refused(office, case_id, ProtectedQueryError, partial(ask, office, case_id, text))
    for text in ("Rowan embarazada", "rowan_a quimioterapia", "Rowan prueba de ADN"):
        refused(office, case_id, MedicalQueryError, partial(ask, office, case_id, text))
    assert asked(office, case_id) == 0


def test_s8_nobody_but_an_investigator_makes_queries_and_only_while_searching(office: Any) -> None:
    case_id = office.consented()
    refused(office, case_id, WrongStateError, lambda: ask(office, case_id, "rowan_a"))
    with pytest.raises(NotPermittedError):
        make_query(
            case_id, "rowan", identity="anonymous-public", **office.who(Role.WALL_OFF_REVIEWER)
        )


def test_a_text_alone_is_checked_without_a_case() -> None:
    assert not check_query("harbour regatta results")
    assert [one.code for one in check_query("523-45-6789")] == ["E-S8-SSN-EGRESS"]
    assert [one.code for one in check_query("lupus forum")] == ["query-medical"]


# --- S9, I1, F4: as whom somebody looks ---------------------------------------------------------


def persona(office: Any, **more: Any) -> Persona:
    given = {
        "name": RawText("Sam Winter"),
        "handle": RawText("sam_w"),
        "platform": "forum",
        "platform_rule": "One account a person; false names are removed.",
        "purpose": "Sale of stolen goods",
    }
    return request_persona("INV-2026-7", **given | more, **office.who(Role.INVESTIGATOR))


def approved(office: Any) -> Persona:
    made = persona(office)
    ends = office.now + timedelta(days=30)
    return approve_persona(made.id, expires_at=ends, **office.who(Role.SUPERVISOR))


@pytest.mark.parametrize("identity", list(SessionIdentity))
def test_s9_the_public_and_the_agency_are_who_may_look(office: Any, identity: str) -> None:
    case_id = office.disclosed()
    assert ask(office, case_id, "rowan_a", identity=identity).sequence == 1


@pytest.mark.parametrize(
    ("identity", "refusal"),
    [
        ("an old school friend", MisrepresentationError),
        (Power.REQUEST_FRIENDSHIP, FriendRequestError),
        (Power.MISREPRESENT, PowerBorrowedError),
        (Power.USE_PERSONA, PowerBorrowedError),
        (Power.COVERT_OBSERVATION, PowerBorrowedError),
    ],
)
def test_s9_f4_anybody_else_is_refused_in_queries_and_sources(
    office: Any, tmp_path: Path, identity: str, refusal: type[WalloffError]
) -> None:
    case_id = office.disclosed()
    refused(office, case_id, refusal, lambda: ask(office, case_id, "rowan_a", identity=identity))
    who = office.who(Role.INVESTIGATOR)
    refused(
        office,
        case_id,
        refusal,
        lambda: register_source(case_id, tmp_path, identity=identity, **who),
    )
    assert asked(office, case_id) == 0


def test_i1_a_persona_vets_nobody_by_session_query_store_or_type(
    office: Any, tmp_path: Path
) -> None:
    case_id = office.disclosed()
    made = approved(office)
    for identity in (made.id, "Sam Winter", "sam_w"):
        refused(
            office,
            case_id,
            PersonaInVettingError,
            lambda name=identity: ask(office, case_id, "rowan_a", identity=name),
        )
    refused(office, case_id, PersonaInVettingError, lambda: ask(office, case_id, "rowan_a sam_w"))
    with pytest.raises(PersonaInVettingError), office.vault.write(case_id) as tx:
        RecordStore(tx).put(case_id, RecordKind.SOURCE, made, now=office.now)
    linked = made.model_copy(update={"matter": str(case_id)})
    with pytest.raises(PersonaInVettingError), office.vault.write() as tx:
        PersonaStore(tx).put(linked, now=office.now)
    with pytest.raises(ValidationError):
        Persona.model_validate(dict(made) | {"case_id": case_id})
    refused(
        office,
        made.id,
        PersonaInVettingError,
        lambda: use_persona(made.id, str(case_id), **office.who(Role.INVESTIGATOR)),
    )
    with pytest.raises(PersonaInVettingError):
        request_persona(
            office.requisition.id,
            name=RawText("A"),
            handle=RawText("b"),
            platform="forum",
            platform_rule="r",
            purpose="p",
            **office.who(Role.INVESTIGATOR),
        )


def test_i1_a_persona_is_used_in_its_matter_while_it_is_approved(office: Any) -> None:
    who = office.who(Role.INVESTIGATOR)
    made = persona(office)
    refused(
        office, made.id, UnapprovedPersonaError, lambda: use_persona(made.id, made.matter, **who)
    )
    ends = office.now + timedelta(days=30)
    approve_persona(made.id, expires_at=ends, **office.who(Role.SUPERVISOR))
    assert use_persona(made.id, made.matter, **who).id == made.id
    assert entries(office, made.id)[-1].action is AuditAction.PERSONA_USED
    refused(office, made.id, UnapprovedPersonaError, lambda: use_persona(made.id, "INV-8", **who))
    office.clock.move(days=30)
    late = office.who(Role.INVESTIGATOR)
    refused(
        office, made.id, UnapprovedPersonaError, lambda: use_persona(made.id, made.matter, **late)
    )
    other = approved(office)
    retire_persona(other.id, **office.who(Role.SUPERVISOR))
    refused(
        office,
        other.id,
        UnapprovedPersonaError,
        lambda: use_persona(other.id, other.matter, **late),
    )


def test_i1_nobody_approves_their_own_persona_nor_for_more_than_a_year(office: Any) -> None:
    made = persona(office)
    both = office.people[Role.INVESTIGATOR].model_copy(
        update={"roles": frozenset({Role.SUPERVISOR})}
    )
    ends = office.now + timedelta(days=30)
    with pytest.raises(SeparationOfDutiesError):
        approve_persona(made.id, expires_at=ends, actor=both, vault=office.vault, now=office.now)
    with pytest.raises(InputError):
        approve_persona(
            made.id, expires_at=ends + timedelta(days=999), **office.who(Role.SUPERVISOR)
        )


def test_i1_whoever_approved_a_persona_does_not_use_it(office: Any) -> None:
    """Somebody who holds both roles approves for others alone."""
    both = Actor(id=ActorId("both"), roles=frozenset({Role.INVESTIGATOR, Role.SUPERVISOR}))
    add_person(both, "B", **office.who(Role.ADMINISTRATOR))
    by_both = {"actor": both, "vault": office.vault, "now": office.now}
    made = persona(office)
    approve_persona(made.id, expires_at=office.now + timedelta(days=30), **by_both)
    refused(
        office,
        made.id,
        SeparationOfDutiesError,
        lambda: use_persona(made.id, made.matter, **by_both),
    )
    assert use_persona(made.id, made.matter, **office.who(Role.INVESTIGATOR))
    assert use_persona(approved(office).id, made.matter, **by_both), "another's approval"


def test_f4_only_an_investigation_has_personas(office: Any) -> None:
    for kind in (PolicyKind.VETTING, PolicyKind.COMMUNICATION):
        with pytest.raises(PowerBorrowedError):
            persona(office, under=kind)
    with office.vault.read() as tx:
        assert PersonaStore(tx).all() == []


# --- S7, I5: what may be taken in ---------------------------------------------------------------


def terms(office: Any, platform: str, *, by_hand: bool = True, **more: Any) -> PlatformTerms:
    given = {
        "version": "2026-08",
        "by_hand": by_hand,
        "automated": False,
        "rule": "Public pages may be read.",
        "next_review": date(2027, 1, 31),
    }
    return review_terms(platform, **given | more, **office.who(Role.POLICY_OWNER))


def kept(office: Any, case_id: Any) -> int:
    with office.vault.read() as tx:
        return EvidenceStore(tx).count(case_id)


def codes(office: Any, case_id: Any) -> list[tuple[str, int | None]]:
    found = entries(office, case_id)
    return [(one.code, one.count) for one in found if one.action is AuditAction.INPUT_REFUSED]


def test_s7_what_stood_behind_a_gate_is_not_taken_in(office: Any, post: Post) -> None:
    case_id = office.collecting(post(NICE), post(NICE, gate="friends"), post(NICE, gate="password"))
    office.run(Segment.COLLECT, case_id)
    assert kept(office, case_id) == 1
    assert codes(office, case_id) == [(NotPublicError.code, 2)]


def test_s7_a_source_from_behind_a_gate_is_not_registered(office: Any, tmp_path: Path) -> None:
    case_id = office.disclosed()
    who = office.who(Role.INVESTIGATOR)
    for gate in (AccessGate.LOGIN_WALL, AccessGate.FRIENDS, AccessGate.PAID, AccessGate.PASSWORD):
        refused(
            office,
            case_id,
            NotPublicError,
            lambda stood=gate: register_source(case_id, tmp_path, gate=stood, **who),
        )
    register_source(case_id, tmp_path, **who)


def test_i5_unreviewed_and_barred_platforms_are_left_out(office: Any, post: Post) -> None:
    office.requisition = office.open(notice_lead_days=0, search=SearchRules())
    terms(office, "reddit")
    terms(office, "kind.blog")
    terms(office, "x", by_hand=False)
    case_id = office.collecting(
        post(NICE, platform="reddit"),
        post(NICE, platform="WordPress"),
        post(NICE, platform="twitter.com"),
        post(NICE, platform="Quora"),
    )
    office.run(Segment.COLLECT, case_id)
    assert kept(office, case_id) == 2
    assert codes(office, case_id) == [(TermsBarredError.code, 1), (TermsUnreviewedError.code, 1)]


def test_i5_a_policy_without_the_table_asks_for_no_register(office: Any, post: Post) -> None:
    case_id = office.collecting(post(NICE, platform="Quora"))
    office.run(Segment.COLLECT, case_id)
    assert kept(office, case_id) == 1


def test_i5_a_lapsed_review_is_none_and_ways_are_told_apart(office: Any, tmp_path: Path) -> None:
    office.requisition = office.open(notice_lead_days=0, search=SearchRules())
    case_id = office.disclosed()
    refused(
        office,
        case_id,
        TermsUnreviewedError,
        lambda: ask(office, case_id, "rowan_a", platform="reddit"),
    )
    terms(office, "reddit", next_review=date(2026, 9, 20))
    ask(office, case_id, "rowan_a", platform="Reddit")
    refused(
        office,
        case_id,
        TermsBarredError,
        lambda: ask(office, case_id, "rowan_a", platform="reddit", way=AccessWay.AUTOMATED),
    )
    who = office.who(Role.INVESTIGATOR)
    used = {"way": AccessWay.AUTOMATED, "platforms_used": {"reddit"}}
    refused(
        office, case_id, TermsBarredError, lambda: register_source(case_id, tmp_path, **used, **who)
    )
    office.clock.move(days=30)
    refused(
        office,
        case_id,
        TermsUnreviewedError,
        lambda: ask(office, case_id, "rowan_a", platform="reddit"),
    )


def test_i5_a_query_that_names_no_platform_is_asked_about_the_hosts_it_addresses(
    office: Any,
) -> None:
    """A site that is left out of `platform` is no less one that nobody has reviewed."""
    office.requisition = office.open(notice_lead_days=0, search=SearchRules())
    case_id = office.disclosed()
    for text in (
        "rowan_a site:old.reddit.com",
        "https://forum.example/u/rowan_a",
        "rowan_a reddit.com",
    ):
        refused(office, case_id, TermsUnreviewedError, lambda text=text: ask(office, case_id, text))
    assert asked(office, case_id) == 0
    terms(office, "reddit")
    terms(office, "forum.example")
    for text in (
        "rowan_a site:old.reddit.com",
        "https://forum.example/u/rowan_a//all.json",
        "rowan_a reddit.com",
        '"Rowan Applegate" -site:x.com resume.pdf uc@agency.example',
    ):
        ask(office, case_id, text)
    assert asked(office, case_id) == 4
    terms(office, "kind.blog", by_hand=False)
    refused(
        office,
        case_id,
        TermsBarredError,
        lambda: ask(office, case_id, "https://rowan.example/", kind=PlatformKind.BLOG),
    )


def test_i5_only_the_policy_owner_reviews_and_a_program_needs_a_limit(office: Any) -> None:
    with pytest.raises(ValidationError):
        terms(office, "reddit", automated=True)
    terms(office, "reddit", automated=True, requests_per_minute=6)
    found = reviewed_terms(actor=office.people[Role.AUDITOR], vault=office.vault)
    assert [(one.platform, one.requests_per_minute) for one in found] == [("reddit", 6)]
    with pytest.raises(NotPermittedError):
        reviewed_terms(actor=office.people[Role.HIRING_MANAGER], vault=office.vault)


# --- S6: supervised viewing ---------------------------------------------------------------------


def viewable(office: Any, *, granted: bool = True, **changes: Any) -> Any:
    rules = {
        "notice_lead_days": 0,
        "jurisdiction": "US-MD",
        "employer_type": EmployerType.PRIVATE,
        "search": SearchRules(terms_reviewed=False, supervised_viewing=True),
        "consent_items": office.requisition.policy.consent_items | {VIEWING},
    } | changes
    office.requisition = office.open(**rules)
    return office.disclosed(refused=frozenset() if granted else frozenset({VIEWING}))


def begin(office: Any, case_id: Any, **more: Any) -> SupervisedView:
    return start_viewing(case_id, **more, **office.who(Role.WALL_OFF_REVIEWER))


def views(office: Any, case_id: Any) -> list[SupervisedView]:
    with office.vault.read() as tx:
        return RecordStore(tx).all(case_id, RecordKind.SUPERVISED_VIEW, SupervisedView)


def test_s6_a_viewing_is_attended_noted_in_codes_and_exposes_who_was_there(office: Any) -> None:
    case_id = viewable(office)
    other = office.second_reviewer.id
    started = begin(office, case_id, present={other})
    assert started.rule == "password_laws.csv:MD"
    assert (started.no_capture, started.applicant_drives) == (True, True)
    reviewer = office.people[Role.WALL_OFF_REVIEWER].id
    with office.vault.read() as tx:
        assert all(ExposureStore(tx).exposed(person, case_id) for person in (reviewer, other))
    office.clock.move(minutes=20)
    end_viewing(
        case_id,
        notes={ViewNote.ACCOUNT_SHOWN},
        explanation_offered=True,
        explanation=RawText("That one is my cousin's."),
        **office.who(Role.WALL_OFF_REVIEWER),
    )
    (found,) = viewings_of(case_id, **office.who(Role.WALL_OFF_REVIEWER))
    assert found.ended_at == started.started_at + timedelta(minutes=20)
    actions = [one.action for one in entries(office, case_id)]
    assert AuditAction.VIEWING_STARTED in actions
    assert AuditAction.VIEWING_ENDED in actions
    assert kept(office, case_id) == 0


def test_s6_a_hiring_manager_is_not_present(office: Any) -> None:
    case_id = viewable(office)
    manager = office.people[Role.HIRING_MANAGER].id
    refused(office, case_id, ManagerPresentError, lambda: begin(office, case_id, present={manager}))
    assert views(office, case_id) == []
    with office.vault.read() as tx:
        assert not ExposureStore(tx).exposed(manager, case_id)


def test_s6_a_viewing_ends_only_with_an_explanation_offered(office: Any) -> None:
    case_id = viewable(office)
    begin(office, case_id)
    who = office.who(Role.WALL_OFF_REVIEWER)
    refused(
        office,
        case_id,
        NoExplanationOfferedError,
        lambda: end_viewing(case_id, notes=set(), explanation_offered=False, **who),
    )
    assert [one.ended_at for one in views(office, case_id)] == [None]
    end_viewing(case_id, notes=set(), explanation_offered=True, **who)


def test_s6_policy_and_consent_must_both_have_it(office: Any) -> None:
    bare = SearchRules(terms_reviewed=False)
    case_id = viewable(office, search=bare)
    refused(office, case_id, OutOfScopeError, lambda: begin(office, case_id))
    case_id = viewable(office, search=None)
    refused(office, case_id, OutOfScopeError, lambda: begin(office, case_id))
    case_id = viewable(office, granted=False)
    refused(office, case_id, ConsentScopeError, lambda: begin(office, case_id))
    with pytest.raises(NotPermittedError):
        start_viewing(case_id, **office.who(Role.HIRING_MANAGER))


def test_s6_a_place_without_a_row_is_barred_and_the_row_is_named(office: Any) -> None:
    for place in ("US-TX", "CA-QC", "US"):
        case_id = viewable(office, jurisdiction=place)
        refused(office, case_id, SupervisedViewBarredError, lambda one=case_id: begin(office, one))
        with pytest.raises(SupervisedViewBarredError, match=place.removeprefix("US-")):
            begin(office, case_id)
        assert views(office, case_id) == []


def test_s6_every_row_of_the_table_decides_for_its_state(office: Any) -> None:
    """What a row bars, leaves open, or knows from memory is refused with the row's name."""
    allowed = set()
    for state, row in sorted(password_laws().items()):
        case_id = viewable(office, jurisdiction=f"US-{state}")
        known = row.confidence == "V" and "(M)" not in row.law_enforcement_exception
        if row.shoulder_surf_barred == "n" and known:
            assert begin(office, case_id).rule == f"password_laws.csv:{state}"
            allowed.add(state)
            continue
        with pytest.raises(SupervisedViewBarredError, match=f"password_laws.csv:{state}"):
            begin(office, case_id)
        assert denials(office, case_id) == [SupervisedViewBarredError.code]
        assert views(office, case_id) == []
    assert allowed == {"CO", "MD"}
    case_id = viewable(office, jurisdiction="US-NJ", employer_type=EmployerType.LAW_ENFORCEMENT)
    assert begin(office, case_id).rule == "password_laws.csv:NJ"


# --- I4: documentation of captures --------------------------------------------------------------


def warc_of(page: str, *, fetched: str) -> bytes:
    body = BytesIO()
    writer = WARCWriter(body, gzip=True)
    writer.write_record(writer.create_warcinfo_record("w", {"software": "recorder/2.1"}))

    def add(address: str, status: str, headers: list[tuple[str, str]], payload: bytes) -> None:
        writer.write_record(
            writer.create_warc_record(
                address,
                "response",
                payload=BytesIO(payload),
                http_headers=StatusAndHeaders(status, headers, protocol="HTTP/1.1"),
                warc_headers_dict={"WARC-Date": fetched},
            )
        )

    add("http://rowan.example/", "301 Moved", [("Location", "https://rowan.example/")], b"")
    add("https://rowan.example/", "200 OK", [("Content-Type", "text/html")], page.encode())
    return gzip.decompress(body.getvalue())


def with_warc(office: Any, fetched: str) -> Any:
    case_id = office.disclosed()
    folder = office.folder / f"warc-{case_id}"
    folder.mkdir()
    page = (
        '<article class="h-entry"><a class="p-author h-card">rowan_a</a>'
        '<time class="dt-published" datetime="2026-05-01T10:00:00Z"></time>'
        f'<div class="e-content">{NICE}</div></article>'
    )
    (folder / "site.warc").write_bytes(warc_of(page, fetched=fetched))
    register_source(case_id, folder, **office.who(Role.INVESTIGATOR))
    office.run(Segment.COLLECT, case_id)
    return case_id


def test_i4_a_web_archive_documents_its_addresses_times_and_recorder(office: Any) -> None:
    case_id = with_warc(office, "2026-08-31T09:00:00Z")
    (capture,), faults = captures_of(case_id, **office.who(Role.INVESTIGATOR))
    assert faults == []
    made = capture.documentation
    assert made.method is CaptureMethod.WEB_ARCHIVE
    assert made.recorder.reveal() == "recorder/2.1"
    (page,) = made.pages
    assert page.requested.reveal() == "http://rowan.example/"
    assert page.final.reveal() == "https://rowan.example/"
    assert page.status == 200
    assert made.started_at.isoformat() == "2026-08-31T09:00:00+00:00"
    assert entries(office, case_id)[-1].code == "captures"


def test_i4_a_late_capture_carries_a_warning(office: Any) -> None:
    case_id = with_warc(office, "2026-06-01T09:00:00Z")
    _, faults = captures_of(case_id, **office.who(Role.INVESTIGATOR))
    assert [one.code for one in faults] == [StaleCaptureError.code]
    assert kept(office, case_id) == 1
    captured = [one for one in entries(office, case_id) if one.action is AuditAction.CAPTURED]
    assert [one.code for one in captured] == [StaleCaptureError.code]


def chained(office: Any, post: Post) -> Any:
    case_id = office.disclosed()
    folder = office.folder / f"chain-{case_id}"
    folder.mkdir()
    for name in ("a", "b", "c"):
        (folder / f"{name}.jsonl").write_text(post(NICE) + "\n")
    register_source(case_id, folder, **office.who(Role.INVESTIGATOR))
    office.run(Segment.COLLECT, case_id)
    return case_id


def test_i4_captures_form_a_chain_in_order(office: Any, post: Post) -> None:
    case_id = chained(office, post)
    captures, faults = captures_of(case_id, **office.who(Role.INVESTIGATOR))
    assert faults == []
    assert [one.documentation.sequence for one in captures] == [1, 2, 3]
    assert captures[0].documentation.previous is None
    with office.vault.read() as tx:
        digests = [digest for _, digest in CaptureStore(tx).chain(case_id)]
    assert [one.documentation.previous for one in captures[1:]] == digests[:2]


@pytest.mark.parametrize(
    ("change", "refusal"),
    [
        ({"documentation": None}, NoMethodError),
        ({"sequence": 9}, CaptureOrderError),
        ({"sequence": 4, "early": True}, CaptureOrderError),
        ({"sequence": 4, "previous": "0" * 64}, CaptureHashError),
    ],
)
def test_i4_the_store_takes_only_what_follows(
    office: Any, post: Post, change: dict[str, Any], refusal: type[WalloffError]
) -> None:
    case_id = chained(office, post)
    with office.vault.read() as tx:
        newest, digest = CaptureStore(tx).newest(case_id)
    made = newest.documentation.model_copy(
        update={"sequence": change.get("sequence", 4), "previous": change.get("previous", digest)}
    )
    early = timedelta(days=1 if change.get("early") else 0)
    capture = newest.model_copy(
        update={
            "id": "f" * 32,
            "sha256": "a" * 64,
            "captured_at": newest.captured_at - early,
            "documentation": None if "documentation" in change else made,
        }
    )
    with pytest.raises(refusal), office.vault.write(case_id) as tx:
        CaptureStore(tx).add(capture)
    right = capture.model_copy(
        update={
            "captured_at": newest.captured_at,
            "documentation": made.model_copy(update={"sequence": 4, "previous": digest}),
        }
    )
    with office.vault.write(case_id) as tx:
        CaptureStore(tx).add(right)
    with office.vault.read() as tx:
        assert len(CaptureStore(tx).all(case_id)) == 4


def test_i4_a_file_that_changes_while_it_is_read_is_not_captured(
    office: Any, post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    case_id = office.collecting(post(NICE))

    def changing(source: Any, digest: str, size: int, **how: Any) -> Any:
        source.path.write_text(post("Another text altogether.") + "\n")
        return recorded(source, digest, size, **how)

    monkeypatch.setattr("casework.gathering.collect.recorded", changing)
    with pytest.raises(CaptureHashError):
        office.run(Segment.COLLECT, case_id)
    assert denials(office, case_id) == [CaptureHashError.code]
    assert kept(office, case_id) == 0
