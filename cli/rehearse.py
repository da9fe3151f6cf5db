"""`walloff rehearse`: labelled actors take a folder of applicants through whole cases."""

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from cli.exit_codes import ExitCode
from cli.output import JsonFlag, print_json, refusals_named
from cli.rehearsal_report import print_report
from cli.rehearsed_employee import open_on_concern, tell_employee
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
from walloff.rehearsal import Rehearsal, applicant_folders
from walloff.rehearsal import rehearse as play
from walloff.rehearsal_play import Employed, Rehearsed
from walloff.rehearsed_parts import Part, read_parts
from walloff.services import Services, open_services, use


@dataclass(frozen=True, slots=True)
class _Asked:
    """What one rehearsal is to play."""

    folders: list[Path]
    draft: RequisitionDraft
    monitoring: RequisitionDraft | None
    parts: dict[str, Part]
    to_destruction: bool


@refusals_named
def rehearse(
    input_dir: Annotated[Path, typer.Argument(help="A folder with one folder an applicant.")],
    out: Annotated[Path, typer.Option("--out", help="Where the releases are written.")],
    home: HomeOption = None,
    requisition: Annotated[
        Path | None, typer.Option(help="Requisition file (TOML); else the default policy.")
    ] = None,
    monitoring: Annotated[
        Path | None, typer.Option(help="A second requisition file, of people who work here.")
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
    asked = _Asked(
        folders,
        read_requisition(requisition) if requisition else default_draft(),
        read_requisition(monitoring) if monitoring else None,
        read_parts(input_dir, {folder.name for folder in folders}),
        to_destruction,
    )
    services = _rehearsal_services(home)
    for folder in folders:
        _clear(out / folder.name)
    result = _run(asked, services)
    for one in result.applicants:
        if one.package is not None:
            _write(out / one.name, one.package)
    same = _alike(result, alike or [])
    if as_json:
        print_json(_summary(result, services, out, same=same))
    else:
        print_report(result, services, out, same=same)
    failed = any(one.error for one in result.applicants)
    if failed or same is False or verify(services.vault).faults:
        raise typer.Exit(ExitCode.FAILED)


def _rehearsal_services(home: Path | None) -> Services:
    settings = settings_for(home)
    ready_home(settings, HomeMode.REHEARSAL)
    services = open_services(settings, mode=HomeMode.REHEARSAL)
    use(services)
    return services


def _run(asked: _Asked, services: Services) -> Rehearsal:
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
            asked.folders,
            asked.draft,
            services=services,
            progress=progress,
            parts=asked.parts,
            monitoring=asked.monitoring,
            employed=Employed(tell_employee, open_on_concern),
            to_destruction=asked.to_destruction,
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
        why = [f"{one.name}: {one.error}" for one in result.applicants if one.name in unknown]
        said = "--alike needs at least two applicants who were released"
        raise InputError("; ".join([said, *why]))
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
        "course": one.course,
        "input_problems": one.problems,
        "error": one.error or None,
    }
