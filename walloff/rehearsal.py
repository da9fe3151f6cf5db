"""Rehearsal: labelled actors play every human part over a folder of applicants.

The casework functions, flows and gates are those of real cases; only the people and the clock are
made up, and the home can never become production. The actors accept what the machine proposes and
withhold whatever it marked for a person; what applicants do besides agreeing stands in their parts.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from types import MappingProxyType
from typing import Final

from casework.records.clock_guard import confirm_clock
from casework.records.retention import retention_schedule
from models.errors import FakeInProductionError, InputError
from models.ids import CaseId
from models.requisition import Requisition
from policy.requisition import RequisitionDraft
from storage.checkpoints import publish
from storage.home import HomeMode
from walloff.clock import LogicalClock
from walloff.custody import sweep_home
from walloff.rehearsal_cast import AUDITOR, CUSTODIAN, engage_cast
from walloff.rehearsal_play import Employed, Play, Progress, Rehearsed
from walloff.rehearsal_registers import open_rehearsed
from walloff.rehearsal_staff import engage_staff
from walloff.rehearsed_parts import Part
from walloff.services import Services

_NO_PARTS: Final[Mapping[str, Part]] = MappingProxyType({})


@dataclass(slots=True)
class Rehearsal:
    """One rehearsal: its requisition and every applicant's outcome."""

    requisition: Requisition
    applicants: list[Rehearsed]
    destroyed: tuple[CaseId, ...] = ()
    """The cases that were carried to their end, if that was asked for."""


def applicant_folders(folder: Path) -> list[Path]:
    """Return the applicants' folders, in order of name."""
    return sorted(path for path in folder.iterdir() if path.is_dir() and path.name[0] != ".")


def rehearse(
    folders: Sequence[Path],
    draft: RequisitionDraft,
    *,
    services: Services,
    progress: Progress,
    parts: Mapping[str, Part] = _NO_PARTS,
    monitoring: RequisitionDraft | None = None,
    employed: Employed | None = None,
    to_destruction: bool = False,
) -> Rehearsal:
    """Take every applicant from notice to retention, or on to destruction, years later.

    Whoever has a concern in their part works here already, and their case is one of the
    `monitoring` requisition, opened by the steps of `employed`. One applicant's trouble is that
    applicant's `error` and stops no other. Raises `FakeInProductionError` in a production home,
    and `InputError` where the parts and the requisitions do not go together.
    """
    clock = services.clock
    if services.home.mode is not HomeMode.REHEARSAL or not isinstance(clock, LogicalClock):
        raise FakeInProductionError("a rehearsal needs a rehearsal home")
    require_fitting(draft, monitoring, parts)
    if monitoring is not None and employed is None:
        raise InputError("nobody says how a case of monitoring is opened")
    drafts = [draft] if monitoring is None else [draft, monitoring]
    engage_cast([one.policy for one in drafts], services)
    opened = [open_rehearsed(one, services) for one in drafts]
    device = engage_staff(opened, services)
    applicants = [Rehearsed(path.name) for path in folders]
    play = Play(services, clock, opened, applicants, progress, parts, device, employed)
    play.run(dict(zip((path.name for path in folders), folders, strict=True)))
    destroyed = _outlive(services, clock) if to_destruction else ()
    publish(services.vault, now=clock.now())
    return Rehearsal(opened[0], applicants, destroyed)


def require_fitting(
    draft: RequisitionDraft, monitoring: RequisitionDraft | None, parts: Mapping[str, Part]
) -> None:
    """Raise `InputError` unless employees, and they alone, have a requisition of monitoring."""
    if draft.policy.after_hire is not None:
        raise InputError("a requisition with [after-hire] is given as the one of monitoring")
    if monitoring is None and any(part.concern for part in parts.values()):
        raise InputError("somebody works here already: name a requisition of monitoring")
    if monitoring is not None and monitoring.policy.after_hire is None:
        raise InputError("the requisition of monitoring has no [after-hire] table")


def _outlive(services: Services, clock: LogicalClock) -> tuple[CaseId, ...]:
    """Let the years pass until no rule keeps any case, and sweep."""
    found = retention_schedule(actor=AUDITOR, vault=services.vault, now=clock.now())
    days = [dates.keep_until for _case, dates in found if dates.keep_until is not None]
    last = max(days, default=clock.now().date())
    clock.advance_to(datetime.combine(last, time(), UTC) + timedelta(days=2))
    confirm_clock(clock.now().date(), actor=CUSTODIAN, vault=services.vault, now=clock.now())
    return sweep_home(services, actor=CUSTODIAN).destroyed
