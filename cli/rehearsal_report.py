"""What a rehearsal prints: each manager's view, then what only the inside has on record."""

from collections.abc import Mapping
from pathlib import Path
from typing import Final

from casework.applicant.consent import consent_ledger
from casework.records.certificates import certificate_of
from casework.records.disposition import plan_sweep
from casework.records.retention import retention_schedule
from cli.output import console, print_table, say
from cli.package_view import print_package
from models.consent import Consent
from models.ids import CaseId
from storage.verification import verify
from walloff.rehearsal import Rehearsal
from walloff.rehearsal_cast import AUDITOR
from walloff.rehearsal_play import Rehearsed
from walloff.services import Services

_SHOWN: Final = 12
"""Applicants up to whom the manager's views are printed one by one."""


def print_report(result: Rehearsal, services: Services, out: Path, *, same: bool | None) -> None:
    """Print every view of the cases: the manager's first, then what the inside has on record."""
    if len(result.applicants) <= _SHOWN:
        for one in result.applicants:
            _manager_view(one)
    names = {one.case_id: one.name for one in result.applicants if one.case_id is not None}
    _cases(result)
    _ledger(names, services)
    _schedule(names, services)
    _certificates(names, result, services)
    _ids(names)
    check = verify(services.vault)
    fault = "" if check.intact else f": {'; '.join(check.faults)}"
    console().print(
        f"Audit log: {check.size} entries, signed checkpoints: {check.checkpoints}, "
        f"{'verified' if check.intact else 'NOT INTACT'}{fault}",
        markup=False,
    )
    if same is not None:
        console().print(
            "Alike in conduct: what the manager gets is identical, byte for byte."
            if same
            else "Alike in conduct: what the manager gets DIFFERS.",
            markup=False,
        )
    console().print(f"Home: {services.home.root}\nReleases: {out}", markup=False, soft_wrap=True)


def _manager_view(one: Rehearsed) -> None:
    if one.package is None:
        say(f"{one.name}: no release: {one.error or 'the case ended before'}")
    else:
        print_package(f"What the hiring manager sees: case of {one.name}", one.package)


def _cases(result: Rehearsal) -> None:
    rows = [
        (
            one.name,
            "none" if one.package is None else len(one.package.findings),
            one.withheld_for_person,
            len(one.problems),
            "; ".join(one.course),
        )
        for one in result.applicants
    ]
    print_table(
        "What happened (inside the wall: no hiring manager learns it)",
        ("applicant", "findings", "kept back", "problems", "course of the case"),
        rows,
    )
    for one in result.applicants:
        for fault in (*one.problems, *((one.error,) if one.error else ())):
            console().print(f"  {one.name}: {fault}", markup=False, highlight=False)
    console().print(
        "  findings: what the manager sees; kept back: what the machine left to a reviewer, who "
        "withheld it; problems: input that was left out, named above",
        highlight=False,
    )


def _ledger(names: Mapping[CaseId, str], services: Services) -> None:
    rows = [
        (
            names[case.id],
            "none" if consent is None else _stands(consent, services),
            None if consent is None else f"{consent.signed_at:%Y-%m-%d}",
            None if consent is None else f"{consent.expires_at:%Y-%m-%d}",
            None if consent is None else _granted(consent),
        )
        for case, consent in consent_ledger(actor=AUDITOR, vault=services.vault)
        if case.id in names
    ]
    columns = ("applicant", "consent", "since", "until", "granted")
    print_table("Consent ledger", columns, rows[-_SHOWN:])


def _granted(consent: Consent) -> str:
    granted, refused = len(consent.scope.granted), len(consent.scope.refused)
    return f"{granted} of {granted + refused}"


def _stands(consent: Consent, services: Services) -> str:
    if not consent.consequence_acknowledged:
        return "not asked: works here"
    return consent.status(services.clock.now())


def _schedule(names: Mapping[CaseId, str], services: Services) -> None:
    actions = {
        line.case_id: line.action
        for line in plan_sweep(vault=services.vault, now=services.clock.now())
    }
    rows = [
        (
            names[case.id],
            dates.keep_until,
            dates.destroy_by,
            ", ".join(applied.rule.id for applied in dates.applied),
            actions.get(case.id),
        )
        for case, dates in retention_schedule(
            actor=AUDITOR, vault=services.vault, now=services.clock.now()
        )
        if case.id in names
    ]
    columns = ("applicant", "keep until", "destroy by", "rules", "today")
    print_table("Retention schedule", columns, rows[-_SHOWN:])


def _certificates(names: Mapping[CaseId, str], result: Rehearsal, services: Services) -> None:
    if not result.destroyed:
        return
    found = [
        certificate_of(case_id, actor=AUDITOR, vault=services.vault)
        for case_id in result.destroyed[-_SHOWN:]
    ]
    rows = [
        (
            names.get(one.case_id, one.case_id),
            one.keep_until,
            f"{one.erased_at:%Y-%m-%d}",
            one.digest(),
        )
        for one in found
    ]
    columns = ("case", "kept until", "destroyed", "certificate (SHA-256)")
    print_table("Destroyed, years later", columns, rows)


def _ids(names: Mapping[CaseId, str]) -> None:
    lines = [f"  {name:<16} {case_id}" for case_id, name in list(names.items())[-_SHOWN:]]
    console().print(
        "Cases (walloff retention explain CASE --actor rehearsal-auditor --home HOME):\n"
        + "\n".join(lines),
        markup=False,
        highlight=False,
    )
