"""What is to be done in a case is a list: each task with its state, and what comes before it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from casework.duties.overview import Overview
from models.case import CaseState
from models.people import Role
from models.segment import Segment
from portal.casework.texts import at

_S = CaseState
_ORDER: Final = (
    _S.DRAFT,
    _S.NOTICED,
    _S.CONSENTED,
    _S.DISCLOSED,
    _S.COLLECTING,
    _S.ATTRIBUTED,
    _S.TRIAGED,
    _S.REDACTED,
    _S.REVIEWED,
    _S.REBUTTAL,
    _S.RELEASED,
)
_MACHINE: Final = {
    Segment.NOTIFY: "The notice is being sent.",
    Segment.COLLECT: "The files are being read.",
    Segment.SCREEN: "The items are being attributed, weighed and redacted.",
    Segment.RELEASE: "The package is on its way to the hiring manager.",
}


@dataclass(frozen=True)
class Task:
    """One thing to do, as `ui.task_list` takes it."""

    label: str
    state: str
    href: str = ""
    hint: str = ""
    blocks: str = ""


@dataclass(frozen=True)
class _Step:
    """One task of the way that a case takes when it meets no obstacle."""

    label: str
    part: str
    at: CaseState
    """The state in which it is done."""
    roles: frozenset[Role]
    whose: str


_WAY: Final = (
    _Step("Send the notice", "notice", _S.DRAFT, frozenset({Role.INVESTIGATOR}), "an investigator"),
    _Step(
        "Take in the consent",
        "consent",
        _S.NOTICED,
        frozenset({Role.INVESTIGATOR}),
        "the applicant",
    ),
    _Step(
        "Take in names and accounts",
        "identities",
        _S.CONSENTED,
        frozenset({Role.INVESTIGATOR}),
        "the applicant",
    ),
    _Step(
        "Gather the material",
        "material",
        _S.DISCLOSED,
        frozenset({Role.INVESTIGATOR}),
        "an investigator",
    ),
    _Step(
        "Settle whose the accounts are",
        "attribution",
        _S.COLLECTING,
        frozenset({Role.ATTRIBUTION_ANALYST}),
        "an attribution analyst",
    ),
    _Step(
        "Review the findings",
        "review",
        _S.REDACTED,
        frozenset({Role.WALL_OFF_REVIEWER}),
        "two reviewers who gathered nothing",
    ),
    _Step(
        "Show the package to the applicant",
        "offer",
        _S.REVIEWED,
        frozenset({Role.WALL_OFF_REVIEWER}),
        "a reviewer",
    ),
    _Step(
        "Release to the hiring manager",
        "release",
        _S.REBUTTAL,
        frozenset({Role.RELEASING_OFFICER}),
        "a releasing officer who neither gathered nor reviewed",
    ),
)


def tasks_of(seen: Overview, roles: frozenset[Role], now: datetime) -> list[Task]:
    """Return the tasks of a case for somebody with these roles."""
    state = seen.case.state
    if state is _S.RECALLED:
        return list(_again(seen, roles))
    if state not in _ORDER:
        return list(_afterwards(seen, roles))
    here = _ORDER.index(state)
    return [_task(one, seen, roles, here, now) for one in _WAY] + list(_afterwards(seen, roles))


def machine_line(seen: Overview) -> str:
    """Return what the machine is about, or why it waits; empty where it has nothing to do."""
    if seen.due is None:
        return ""
    if seen.failed is not None and seen.tried_again_at is not None:
        return f"An automatic step failed. It is tried again from {at(seen.tried_again_at)}."
    return _MACHINE.get(seen.due, "")


def _task(one: _Step, seen: Overview, roles: frozenset[Role], here: int, now: datetime) -> Task:
    place = _ORDER.index(one.at)
    if one.at is _S.COLLECTING:
        return _attribution(one, seen, roles, here)
    if here > place:
        return Task(one.label, "done")
    if here < place:
        earlier = [step for step in _WAY if step.at is not _S.COLLECTING]
        before = [step for step in earlier if _ORDER.index(step.at) < place][-1:]
        needed = before[0].label.lower() if before else "what comes before"
        return Task(one.label, "blocked", blocks=f"First: {needed}.")
    return _now(one, seen, roles, now)


def _now(one: _Step, seen: Overview, roles: frozenset[Role], now: datetime) -> Task:
    blocks = _blocked(one, seen, now)
    if blocks:
        return Task(one.label, "blocked", blocks=blocks)
    mine = bool(one.roles & roles)
    href = f"/cases/{seen.case.id}/{one.part}" if mine else ""
    hint = "" if mine else f"Waits for {one.whose}."
    if one.at is _S.REDACTED:
        return Task(
            one.label,
            "doing" if seen.approvals else "todo",
            href,
            f"{seen.approvals} of 2 approvals. {hint}".strip(),
        )
    if one.at is _S.DRAFT and seen.notice_asked:
        return Task(one.label, "doing", hint="The notice is being sent.")
    return Task(one.label, "todo", href, hint)


def _blocked(one: _Step, seen: Overview, now: datetime) -> str:
    if one.at is _S.NOTICED and seen.refusal_waits:
        return "The applicant refused an item: a supervisor settles what follows."
    if one.at is _S.DISCLOSED and seen.may_search_from is not None and now < seen.may_search_from:
        return f"Nothing is searched before {at(seen.may_search_from)}: the notice’s lead time."
    if one.at is _S.REBUTTAL:
        if seen.approvals < 2:
            return "The package changed: it needs two fresh approvals, then a fresh showing."
        running = [one for one in seen.deadlines if one.clock == "rebuttal" and one.due_at > now]
        if running:
            return f"The applicant may answer until {at(running[0].due_at)}."
    return ""


def _attribution(one: _Step, seen: Overview, roles: frozenset[Role], here: int) -> Task:
    place = _ORDER.index(_S.COLLECTING)
    if here > place:
        return Task(one.label, "done")
    if here < place:
        return Task(one.label, "blocked", blocks="First: gather the material.")
    if not seen.collected:
        waits = "a collector" if seen.with_collector else "the files to be read"
        return Task(one.label, "blocked", blocks=f"Waits for {waits}.")
    if not seen.attribution_waits or seen.due is not None:
        return Task(one.label, "doing", hint="The machine attributes what is proved.")
    if one.roles & roles:
        return Task(one.label, "todo", f"/cases/{seen.case.id}/attribution")
    return Task(one.label, "todo", hint=f"Waits for {one.whose}.")


def _again(seen: Overview, roles: frozenset[Role]) -> Iterator[Task]:
    review = Role.WALL_OFF_REVIEWER in roles
    yield Task(
        "Review the findings again",
        "doing" if seen.approvals else "todo",
        f"/cases/{seen.case.id}/review" if review else "",
        f"{seen.approvals} of 2 fresh approvals.",
    )
    yield from _afterwards(seen, roles)


def _afterwards(seen: Overview, roles: frozenset[Role]) -> Iterator[Task]:
    here, state = f"/cases/{seen.case.id}", seen.case.state
    reviewer = Role.WALL_OFF_REVIEWER in roles
    if seen.questions:
        yield Task(
            "Reply to the hiring manager’s questions",
            "todo",
            f"{here}/questions" if reviewer else "",
            f"{seen.questions} waiting." + ("" if reviewer else " For a reviewer."),
        )
    if state in (_S.RELEASED, _S.PENDING_ADVERSE) and reviewer:
        yield Task("Take the release back", "todo", f"{here}/recall", "Only if it was wrong.")
    may_send = reviewer or Role.INVESTIGATOR in roles
    if state in (_S.PENDING_ADVERSE, _S.ADVERSE) and may_send:
        label = "Send the packet before an adverse decision"
        if state is _S.ADVERSE:
            label = "Send the adverse notice"
        yield Task(label, "todo", f"{here}/documents")
