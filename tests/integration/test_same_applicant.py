"""An earlier case of the same applicant is found by its digests, and recuses who has seen it."""

from typing import Any

import pytest
from typer.testing import CliRunner

from casework.applicant.cases import open_case
from casework.applicant.consent import sign_consent
from casework.applicant.disclosure import disclose
from casework.applicant.notice import request_notice, send_notice
from casework.applicant.same_applicant import earlier_cases, find_by
from casework.steps.step import standing_of
from cli.main import build
from models.audit import AuditAction
from models.disclosure import Applicant, Disclosure
from models.errors import NotPermittedError
from models.people import Role
from models.text import RawText
from storage.audit import AuditLog
from storage.blind_index import IndexedKind
from storage.exposures import ExposureStore

EMAIL = "Rowan.A+jobs@Example.org"


def case_with(office: Any, handle: str, *emails: str) -> Any:
    applicant = Applicant(name=RawText("R"), actor=office.people[Role.APPLICANT].id)
    case_id = open_case(office.requisition.id, applicant, **office.who(Role.INVESTIGATOR)).id
    request_notice(case_id, **office.who(Role.INVESTIGATOR))
    send_notice(case_id, vault=office.vault, now=office.now)
    sign_consent(
        case_id,
        granted=office.requisition.policy.consent_items,
        refused=frozenset(),
        consequence_acknowledged=True,
        **office.who(Role.APPLICANT),
    )
    disclosure = Disclosure(
        name=RawText("R"), handles=(RawText(handle),), emails=tuple(map(RawText, emails))
    )
    return case_id, disclosure


def disclosed(office: Any, handle: str, *emails: str) -> Any:
    case_id, disclosure = case_with(office, handle, *emails)
    disclose(case_id, disclosure, **office.who(Role.APPLICANT))
    return case_id


def last(office: Any, object_id: str) -> Any:
    with office.vault.read() as tx:
        return AuditLog(tx).entries(object_id)[-1]


def test_the_custodian_finds_a_person_s_cases_by_a_value(office: Any) -> None:
    case_id = disclosed(office, "@Rowan_A", EMAIL)
    disclosed(office, "birch")
    who = office.who(Role.EVIDENCE_CUSTODIAN)
    for kind, value in (
        (IndexedKind.HANDLE, "rowan_a"),
        (IndexedKind.EMAIL, "rowan.a@example.org"),
    ):
        (found,) = find_by(kind, RawText(value), **who)
        assert found.case.id == case_id
        entry = last(office, office.vault.home.id)
        assert (entry.action, entry.code, entry.count) == (AuditAction.CASES_FOUND, kind, 1)
    assert find_by(IndexedKind.EMAIL, RawText("rowan_a"), **who) == []


@pytest.mark.parametrize("role", [Role.INVESTIGATOR, Role.HIRING_MANAGER, Role.AUDITOR])
def test_nobody_else_searches_the_home_for_a_person(office: Any, role: Role) -> None:
    disclosed(office, "rowan_a")
    with pytest.raises(NotPermittedError):
        find_by(IndexedKind.HANDLE, RawText("rowan_a"), **office.who(role))
    entry = last(office, office.vault.home.id)
    assert (entry.action, entry.code) == (AuditAction.DENIED, NotPermittedError.code)


def test_an_earlier_case_of_the_same_applicant_is_named(office: Any) -> None:
    first = disclosed(office, "rowan_a", EMAIL)
    second = disclosed(office, "other", EMAIL.lower())
    third = disclosed(office, "birch")
    who = office.who(Role.INVESTIGATOR)
    (found,) = earlier_cases(second, **who)
    assert (found.case.id, found.shared) == (first, frozenset({IndexedKind.EMAIL}))
    assert earlier_cases(third, **who) == []
    assert last(office, third).count == 0
    with pytest.raises(NotPermittedError):
        earlier_cases(second, **office.who(Role.HIRING_MANAGER))


def test_whoever_saw_the_earlier_case_is_never_the_manager_of_the_later(office: Any) -> None:
    manager = office.people[Role.HIRING_MANAGER]
    first = disclosed(office, "rowan_a")
    with office.vault.write() as tx:
        ExposureStore(tx).record(manager.id, first, office.now)
    second, third = disclosed(office, "ROWAN_A"), disclosed(office, "birch")
    with office.vault.read() as tx:
        assert standing_of(tx, manager, second).exposed
        assert not standing_of(tx, manager, third).exposed


def test_the_command_reads_the_value_from_standard_input_alone(
    office: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    case_id = disclosed(office, "rowan_a")
    monkeypatch.setenv("WALLOFF_HOME", str(office.services.home.root))
    monkeypatch.setenv("WALLOFF_ACTOR", str(office.people[Role.EVIDENCE_CUSTODIAN].id))
    done = CliRunner().invoke(build("case"), ["case", "find", "--handle", "--json"], "@rowan_a\n")
    assert done.exit_code == 0, done.output
    assert case_id in done.stdout
    assert CliRunner().invoke(build("case"), ["case", "find", "--handle", "x"]).exit_code != 0
    assert CliRunner().invoke(build("case"), ["case", "find"], "x\n").exit_code != 0
    monkeypatch.setenv("WALLOFF_ACTOR", str(office.people[Role.INVESTIGATOR].id))
    done = CliRunner().invoke(build("case"), ["case", "earlier", case_id, "--json"])
    assert done.stdout.strip() == "[]"
