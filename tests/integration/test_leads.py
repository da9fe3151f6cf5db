"""Leads: within the consent, shown without their sites, settled by people, never evidence."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from casework.attribution.attribution_desk import open_attribution_desk
from casework.gathering.leads import (
    adopt_lead,
    dismiss_lead,
    open_leads,
    open_sealed_leads,
    take_in_leads,
)
from casework.preview.package import build_package, shown_of
from collection.samples.sample_reports import hunchly_sample, maigret_sample, maigret_sites
from models.attribution import Basis, Identifier, Source
from models.audit import AuditAction
from models.clauses import UnprovedAttributionError
from models.consent import ConsentItem, PlatformKind
from models.errors import (
    ConsentScopeError,
    InputError,
    NotPermittedError,
    RecordNotFoundError,
    SeparationOfDutiesError,
    WalloffError,
    WrongStateError,
)
from models.leads import Lead, LeadKind, LeadStanding
from models.people import Role
from models.segment import Segment
from storage.audit import AuditLog
from storage.evidence import EvidenceStore
from storage.outbox import OutboxStore
from storage.records import RecordKind, RecordStore

Post = Callable[..., str]
THREAT = "I am going to kill my boss on Monday, I swear I will beat him to death."


def link(identifier: Identifier, source: Source = Source.PROFILE) -> Basis:
    return Basis(identifier=identifier, source=source)


TWO = (link(Identifier.E_MAIL), link(Identifier.PLACE))


def entries(office: Any, case_id: Any) -> list[tuple[AuditAction, str]]:
    with office.vault.read() as tx:
        return [(entry.action, entry.code) for entry in AuditLog(tx).entries(case_id)]


def kept(office: Any, case_id: Any) -> list[Lead]:
    with office.vault.read() as tx:
        return RecordStore(tx).all(case_id, RecordKind.LEAD, Lead)


def taken(office: Any, case_id: Any, path: Path, role: Role = Role.INVESTIGATOR) -> Any:
    return take_in_leads(case_id, path, **office.who(role))


@pytest.fixture
def report(tmp_path: Path) -> Path:
    folder = tmp_path / "reports"
    folder.mkdir()
    return maigret_sample(folder, 3)


def test_leads_are_sealed_once_and_logged(office: Any, report: Path) -> None:
    case_id = office.disclosed()
    first, again = taken(office, case_id, report), taken(office, case_id, report)
    assert (first.taken, first.known) == (3, 0)
    assert (again.taken, again.known) == (0, 3)
    assert len(kept(office, case_id)) == 3
    assert (AuditAction.LEADS_TAKEN_IN, "maigret") in entries(office, case_id)


def test_a_kind_of_platform_that_was_not_consented_to_gives_no_lead(
    office: Any, report: Path
) -> None:
    """An account that was not disclosed is looked for only where the consent lets one look."""
    case_id = office.disclosed(refused=frozenset({ConsentItem.PUBLIC_OTHER}))
    sites = maigret_sites(2)
    sites["reddit"] = sites["Site0"]
    report.write_text(json.dumps(sites))
    found = taken(office, case_id, report)
    assert (found.taken, found.not_consented) == (1, 2)
    assert [one.found.platform for one in kept(office, case_id)] == [PlatformKind.FORUM]
    assert (AuditAction.INPUT_REFUSED, ConsentScopeError.code) in entries(office, case_id)


@pytest.mark.parametrize("role", [Role.HIRING_MANAGER, Role.WALL_OFF_REVIEWER, Role.AUDITOR])
def test_only_who_gathers_takes_leads_in(office: Any, report: Path, role: Role) -> None:
    case_id = office.disclosed()
    with pytest.raises(NotPermittedError):
        taken(office, case_id, report, role)
    assert (AuditAction.DENIED, NotPermittedError.code) in entries(office, case_id)
    assert not kept(office, case_id)


def test_no_leads_before_the_consent(office: Any, report: Path) -> None:
    case_id = office.noticed()
    with pytest.raises(WrongStateError):
        taken(office, case_id, report)
    assert not kept(office, case_id)


def test_who_takes_leads_in_has_gathered_and_does_not_review(office: Any, report: Path) -> None:
    case_id = office.disclosed()
    both = office.people[Role.INVESTIGATOR].model_copy(
        update={"roles": frozenset({Role.INVESTIGATOR, Role.WALL_OFF_REVIEWER})}
    )
    who = {"actor": both, "vault": office.vault, "now": office.now}
    take_in_leads(case_id, report, **who)
    with pytest.raises(SeparationOfDutiesError):
        open_sealed_leads(case_id, **who)


@pytest.mark.parametrize("body", ["", "{}", "username\nquill\n"])
def test_a_file_without_leads_is_refused(office: Any, body: str, tmp_path: Path) -> None:
    case_id = office.disclosed()
    path = tmp_path / "x.csv"
    path.write_text(body)
    with pytest.raises(InputError):
        taken(office, case_id, path)
    with pytest.raises(InputError):
        taken(office, case_id, tmp_path / "none.csv")


def test_nothing_shows_a_site_but_the_reviewers_sealed_view(office: Any, report: Path) -> None:
    """A site's name may tell a religion, an illness or whom somebody loves (channel 20)."""
    case_id = office.disclosed()
    taken(office, case_id, report)
    for role in (Role.INVESTIGATOR, Role.ATTRIBUTION_ANALYST):
        shown = open_leads(case_id, **office.who(role))
        told = "".join(one.model_dump_json(context={"seal": True}) for one in shown)
        assert "Site0" not in told
        assert "example" not in told
        assert {one.platform for one in shown} == {PlatformKind.OTHER}
        assert {one.handle.reveal() for one in shown} == {"quill"}
        with pytest.raises(NotPermittedError):
            open_sealed_leads(case_id, **office.who(role))
    sealed = open_sealed_leads(case_id, **office.who(Role.WALL_OFF_REVIEWER))
    assert sealed[0].found.site.reveal() == "Site0"
    looks = [code for action, code in entries(office, case_id) if action is AuditAction.RAW_READ]
    assert looks == ["leads", "leads", "sealed-leads"]


@pytest.mark.parametrize("look", [open_leads, open_sealed_leads])
def test_a_manager_sees_no_lead(office: Any, report: Path, look: Any) -> None:
    case_id = office.disclosed()
    taken(office, case_id, report)
    with pytest.raises(WalloffError):
        look(case_id, **office.who(Role.HIRING_MANAGER))


def test_notes_are_opinion_and_shown_to_reviewers_alone(office: Any, tmp_path: Path) -> None:
    case_id = office.disclosed()
    taken(office, case_id, hunchly_sample(tmp_path, 1))
    shown = open_leads(case_id, **office.who(Role.ATTRIBUTION_ANALYST))
    assert [(one.kind, one.handle.reveal()) for one in shown] == [
        (LeadKind.NOTE, ""),
        (LeadKind.SELECTOR, "quill"),
    ]
    sealed = open_sealed_leads(case_id, **office.who(Role.WALL_OFF_REVIEWER))
    assert sealed[0].found.text.reveal() == "Seems calm."


def test_a_lead_is_no_evidence_and_starts_no_work(office: Any, post: Post, report: Path) -> None:
    """The package of a case with leads is that of one without, byte for byte."""
    packages = []
    for with_leads in (True, False):
        case_id = office.collecting(post(THREAT))
        if with_leads:
            with office.vault.read() as tx:
                before = len(OutboxStore(tx).pending())
            taken(office, case_id, report)
            for one in open_leads(case_id, **office.who(Role.INVESTIGATOR))[:1]:
                adopt_lead(case_id, one.id, TWO, **office.who(Role.INVESTIGATOR))
            with office.vault.read() as tx:
                assert len(OutboxStore(tx).pending()) == before
        office.run(Segment.COLLECT, case_id)
        office.run(Segment.SCREEN, case_id)
        with office.vault.read() as tx:
            assert len(list(EvidenceStore(tx).for_case(case_id))) == 1
            shown = shown_of(tx, case_id, office.requisition, office.now)
        packages.append(bytes(build_package(office.requisition, shown).payload()))
    assert packages[0] == packages[1]


def test_a_report_in_the_applicants_folder_gives_no_item(
    office: Any, post: Post, report: Path
) -> None:
    case_id = office.collecting(post(THREAT))
    (office.folder / case_id / report.name).write_bytes(report.read_bytes())
    office.run(Segment.COLLECT, case_id)
    with office.vault.read() as tx:
        assert len(list(EvidenceStore(tx).for_case(case_id))) == 1


# --- settling ---------------------------------------------------------------------------------


@pytest.fixture
def lead(office: Any, report: Path) -> tuple[Any, str]:
    case_id = office.disclosed()
    taken(office, case_id, report)
    return case_id, open_leads(case_id, **office.who(Role.INVESTIGATOR))[0].id


def test_a_lead_is_adopted_on_two_independent_links(office: Any, lead: Any) -> None:
    case_id, lead_id = lead
    done = adopt_lead(case_id, lead_id, TWO, **office.who(Role.INVESTIGATOR))
    assert (done.standing, done.links) == (LeadStanding.ADOPTED, 2)
    assert (AuditAction.LEAD_SETTLED, "adopted") in entries(office, case_id)


@pytest.mark.parametrize(
    "basis",
    [
        (),
        (link(Identifier.E_MAIL),),
        (link(Identifier.E_MAIL), link(Identifier.E_MAIL, Source.POST)),
        (link(Identifier.E_MAIL), link(Identifier.HANDLE)),
        (link(Identifier.E_MAIL), link(Identifier.ADDRESS)),
        (link(Identifier.E_MAIL), link(Identifier.NAME, Source.HANDLE)),
        (link(Identifier.NAME), link(Identifier.PHOTOGRAPH)),
        (link(Identifier.E_MAIL), link(Identifier.LINKS_TO_DISCLOSED)),
    ],
)
def test_what_was_searched_for_is_no_link_and_one_link_is_not_enough(
    office: Any, lead: Any, basis: tuple[Basis, ...]
) -> None:
    case_id, lead_id = lead
    with pytest.raises(UnprovedAttributionError):
        adopt_lead(case_id, lead_id, basis, **office.who(Role.INVESTIGATOR))
    assert (AuditAction.DENIED, UnprovedAttributionError.code) in entries(office, case_id)
    assert {one.standing for one in kept(office, case_id)} == {LeadStanding.OPEN}


def test_a_settled_lead_stays_settled(office: Any, lead: Any) -> None:
    case_id, lead_id = lead
    done = dismiss_lead(case_id, lead_id, **office.who(Role.ATTRIBUTION_ANALYST))
    assert done.standing is LeadStanding.DISMISSED
    with pytest.raises(WrongStateError):
        adopt_lead(case_id, lead_id, TWO, **office.who(Role.INVESTIGATOR))
    with pytest.raises(RecordNotFoundError):
        dismiss_lead(case_id, "none", **office.who(Role.INVESTIGATOR))


def test_a_selector_is_not_adopted(office: Any, tmp_path: Path) -> None:
    case_id = office.disclosed()
    taken(office, case_id, hunchly_sample(tmp_path, 1))
    for one in open_leads(case_id, **office.who(Role.INVESTIGATOR)):
        with pytest.raises(InputError):
            adopt_lead(case_id, one.id, TWO, **office.who(Role.INVESTIGATOR))


@pytest.mark.parametrize("role", [Role.HIRING_MANAGER, Role.WALL_OFF_REVIEWER, Role.AUDITOR])
def test_nobody_else_settles_a_lead(office: Any, lead: Any, role: Role) -> None:
    case_id, lead_id = lead
    with pytest.raises(NotPermittedError):
        dismiss_lead(case_id, lead_id, **office.who(role))
    assert {one.standing for one in kept(office, case_id)} == {LeadStanding.OPEN}


def test_the_attribution_desk_sees_the_leads_of_an_account(
    office: Any, post: Post, report: Path
) -> None:
    sites = maigret_sites(1)
    sites["reddit"] = sites["Site0"]
    report.write_text(json.dumps(sites))
    case_id = office.collecting(post(THREAT, author="quill", platform="reddit"))
    taken(office, case_id, report)
    office.run(Segment.COLLECT, case_id)
    office.run(Segment.SCREEN, case_id)
    (desk,) = open_attribution_desk(case_id, **office.who(Role.ATTRIBUTION_ANALYST))
    assert [(one.platform, one.standing) for one in desk.leads] == [
        (PlatformKind.FORUM, LeadStanding.OPEN)
    ]
    assert desk.decision is None
