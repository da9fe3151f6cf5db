"""`walloff rehearse`: labelled actors take a folder of applicants through whole cases."""

import sys
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from casework.certificates import certificate_of
from casework.consent import consent_ledger
from casework.disposition import plan_sweep
from casework.retention import retention_schedule
from cli.exit_codes import ExitCode
from cli.output import JsonFlag, console, print_json, print_table, refusals_named, say
from cli.package_view import print_package
from cli.session import HomeOption, flows_running, settings_for
from models.errors import InputError
from models.release import ReleasePackage
from policy.defaults import default_draft
from policy.requisition import RequisitionDraft
from portal.manager.page import render
from storage.atomic import replacing
from storage.home import HomeMode
from storage.verification import verify
from walloff.home_setup import ready_home
from walloff.lists import read_requisition
from walloff.rehearsal import AUDITOR, Rehearsal, Rehearsed, applicant_folders
from walloff.rehearsal import rehearse as play
from walloff.services import Services, open_services, use

_SHOWN = 12
"""Applicants up to whom the manager's views are printed one by one."""


@refusals_named
def rehearse(
    input_dir: Annotated[Path, typer.Argument(help="A folder with one folder an applicant.")],
    out: Annotated[Path, typer.Option("--out", help="Where the releases are written.")],
    home: HomeOption = None,
    requisition: Annotated[
        Path | None, typer.Option(help="Requisition file (TOML); else the default policy.")
    ] = None,
    alike: Annotated[
        list[str] | None,
        typer.Option(
            "--alike",
            help="Name an applicant; those named must get the same bytes, or the command fails.",
        ),
    ] = None,
    to_destruction: Annotated[
        bool,
        typer.Option(
            "--to-destruction",
            help="Let the years pass and destroy the cases; the home's clock then stands there.",
        ),
    ] = False,
    as_json: JsonFlag = False,
) -> None:
    """Rehearse whole cases, from notice to retention, with made-up people in every role."""
    if not input_dir.is_dir():
        raise InputError("the input folder does not exist or is not a folder")
    folders = applicant_folders(input_dir)
    if not folders:
        raise InputError("the input folder holds no applicant's folder")
    draft = read_requisition(requisition) if requisition else default_draft()
    services = _rehearsal_services(home)
    for folder in folders:
        _clear(out / folder.name)
    result = _run(folders, draft, services, to_destruction=to_destruction)
    for one in result.applicants:
        if one.package is not None:
            _write(out / one.name, one.package)
    same = _alike(result, alike or [])
    if as_json:
        print_json(_summary(result, services, out, same=same))
    else:
        _report(result, services, out, same=same)
    failed = any(one.error for one in result.applicants)
    if failed or same is False or verify(services.vault).faults:
        raise typer.Exit(ExitCode.FAILED)


def _rehearsal_services(home: Path | None) -> Services:
    settings = settings_for(home)
    ready_home(settings, HomeMode.REHEARSAL)
    services = open_services(settings, mode=HomeMode.REHEARSAL)
    use(services)
    return services


def _run(
    folders: list[Path], draft: RequisitionDraft, services: Services, *, to_destruction: bool
) -> Rehearsal:
    columns = (TextColumn("{task.description:<24}"), BarColumn(), MofNCompleteColumn())
    with (
        Progress(*columns, TimeElapsedColumn(), console=Console(file=sys.stderr)) as bars,
        flows_running(services),
    ):
        tasks: dict[str, Any] = {}

        def progress(stage: str, done: int, total: int) -> None:
            if stage not in tasks:
                tasks[stage] = bars.add_task(stage, total=total)
            bars.update(tasks[stage], completed=done, total=total)

        return play(
            folders, draft, services=services, progress=progress, to_destruction=to_destruction
        )


def _clear(folder: Path) -> None:
    """Make the folder for a release, without that of an earlier run."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in ("release.json", "release.html"):
        (folder / name).unlink(missing_ok=True)


def _write(folder: Path, package: ReleasePackage) -> None:
    for name, content in (
        ("release.json", package.payload()),
        ("release.html", render(package).encode()),
    ):
        with replacing(folder / name) as file:
            file.write(content)


def _alike(result: Rehearsal, names: list[str]) -> bool | None:
    """Say whether the named applicants' releases are the same bytes; None if none are named."""
    if not names:
        return None
    by_name = {one.name: one.package for one in result.applicants}
    unknown = [name for name in names if by_name.get(name) is None]
    if unknown or len(names) < 2:
        raise InputError("--alike needs at least two applicants who were released")
    payloads = {package.payload() for name in names if (package := by_name[name])}
    pages = {render(package) for name in names if (package := by_name[name])}
    return len(payloads) == 1 and len(pages) == 1


def _summary(
    result: Rehearsal, services: Services, out: Path, *, same: bool | None
) -> dict[str, Any]:
    check = verify(services.vault)
    return {
        "requisition": result.requisition.id,
        "applicants": [_applicant(one) for one in result.applicants],
        "alike": same,
        "destroyed": list(result.destroyed),
        "audit": check.model_dump(mode="json") | {"intact": check.intact},
        "home": str(services.home.root),
        "out": str(out),
    }


def _applicant(one: Rehearsed) -> dict[str, Any]:
    return {
        "applicant": one.name,
        "case": one.case_id,
        "findings": None if one.package is None else len(one.package.findings),
        "withheld_for_person": one.withheld_for_person,
        "input_problems": one.problems,
        "error": one.error or None,
    }


def _report(result: Rehearsal, services: Services, out: Path, *, same: bool | None) -> None:
    if len(result.applicants) <= _SHOWN:
        for one in result.applicants:
            _manager_view(one)
    _cases(result)
    _ledger(services)
    _schedule(services)
    _certificates(result, services)
    check = verify(services.vault)
    fault = "" if check.intact else f": {'; '.join(check.faults)}"
    console().print(
        f"Audit log: {check.size} entries, {check.checkpoints} signed checkpoints, "
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
        say(f"{one.name}: no release: {one.error}")
    else:
        print_package(f"What the hiring manager sees: case of {one.name}", one.package)


def _cases(result: Rehearsal) -> None:
    rows = [
        (
            one.name,
            one.case_id,
            "none" if one.package is None else len(one.package.findings),
            one.withheld_for_person,
            len(one.problems),
        )
        for one in result.applicants
    ]
    print_table(
        "Cases (inside the wall)",
        ("applicant", "case", "findings", "for a person", "problems"),
        rows,
    )
    for one in result.applicants:
        for fault in (*one.problems, *((one.error,) if one.error else ())):
            console().print(f"  {one.name}: {fault}", markup=False, highlight=False)


def _ledger(services: Services) -> None:
    rows = [
        (
            case.id,
            "none" if consent is None else consent.status(services.clock.now()),
            None if consent is None else f"{consent.signed_at:%Y-%m-%d}",
            None if consent is None else f"{consent.expires_at:%Y-%m-%d}",
            None
            if consent is None
            else f"{len(consent.scope.granted)} granted, {len(consent.scope.refused)} refused",
        )
        for case, consent in consent_ledger(actor=AUDITOR, vault=services.vault)[-_SHOWN:]
    ]
    print_table("Consent ledger", ("case", "consent", "signed", "expires", "items"), rows)


def _schedule(services: Services) -> None:
    actions = {
        line.case_id: line.action
        for line in plan_sweep(vault=services.vault, now=services.clock.now())
    }
    rows = [
        (
            case.id,
            dates.keep_until,
            dates.destroy_by,
            ", ".join(applied.rule.id for applied in dates.applied),
            actions.get(case.id),
        )
        for case, dates in retention_schedule(
            actor=AUDITOR, vault=services.vault, now=services.clock.now()
        )[-_SHOWN:]
    ]
    print_table("Retention schedule", ("case", "keep until", "destroy by", "rules", "today"), rows)


def _certificates(result: Rehearsal, services: Services) -> None:
    if not result.destroyed:
        return
    found = [
        certificate_of(case_id, actor=AUDITOR, vault=services.vault)
        for case_id in result.destroyed[-_SHOWN:]
    ]
    rows = [
        (one.case_id, one.keep_until, f"{one.erased_at:%Y-%m-%d}", one.digest()) for one in found
    ]
    columns = ("case", "kept until", "destroyed", "certificate (SHA-256)")
    print_table("Destroyed, years later", columns, rows)
