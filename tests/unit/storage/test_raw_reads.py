"""Raw evidence is shown only after the look was logged: no entry, no evidence."""

import ast
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from casework.attribution.attribute import unattributed
from casework.gathering.collect import input_problems
from casework.reviewing.review import open_desk
from casework.steps.permissions import BEHIND_THE_WALL
from models.audit import AuditAction
from models.case import CaseState
from models.errors import HomeError
from models.ids import ActorId
from models.people import Actor, Role
from storage.audit import AuditLog
from storage.evidence import EvidenceStore
from storage.records import RecordKind, RecordStore

ROOT = Path(__file__).resolve().parents[3]
OPENERS = {"for_case", "read_original"}
SHOWN = {
    "attribute.unattributed",
    "attribution_desk.open_attribution_desk",
    "desk_items.open_item",
    "desk_items.open_unreadable",
    "exclusions.read_exclusions",
    "review.open_desk",
    "second_review.open_blind_desk",
}
"""Functions that give raw evidence to a person."""
MACHINE = {
    "access_copy.access_copy",
    "attribute.grade_what_is_proved",
    "attribute.settle_attribution",
    "attribution_desk._waiting",
    "capture_times.times_of_captures",
    "captures._changed",
    "captures._faults",
    "case_export.custody_of",
    "due.next_segment",
    "duplicates.of",
    "duplicates.provenances",
    "marking._excerpts",
    "marking.except_phrase",
    "production_items.items_of",
    "provenances._found",
    "referral.flag_referral",
    "rehearsed_turns.refer",
    "screen.triage_case",
    "second_review.give_second_review",
    "stated_findings._theirs",
}
"""Functions in which the machine reads it: what they return holds no evidence, or leaves for the
applicant or, sealed, for a court in the step that logs it."""


def functions() -> dict[str, ast.FunctionDef]:
    found = {}
    for package in ("casework", "walloff", "portal", "cli", "flows"):
        for path in (ROOT / package).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text())):
                if isinstance(node, ast.FunctionDef):
                    found[f"{path.stem}.{node.name}"] = node
    return found


def opens_evidence(function: ast.FunctionDef) -> bool:
    source = ast.unparse(function)
    return ("EvidenceStore(" in source and ".for_case(" in source) or "read_original(" in source


def test_every_path_to_raw_evidence_is_known() -> None:
    """A new one is added to one of the two lists, and to the tests below if a person sees it."""
    assert {name for name, node in functions().items() if opens_evidence(node)} == SHOWN | MACHINE


@pytest.mark.parametrize("name", sorted(SHOWN))
def test_the_look_is_logged_in_a_transaction_of_its_own_before(name: str) -> None:
    first, *rest = [node for node in ast.walk(functions()[name]) if isinstance(node, ast.With)]
    logged = ast.unparse(first)
    if "log_item(" in logged:
        logged = ast.unparse(functions()["looks.log_item"])
    assert "AuditAction.RAW_READ" in logged
    assert "EvidenceStore" not in ast.unparse(first)
    assert "EvidenceStore" in "".join(ast.unparse(one) for one in rest)


SHOWS_IDS_ALONE = {
    "referral_custody.referrals_on",
    "referral_custody.show_referrals_due",
    "viewers.custodians_of",
}
"""Steps behind the wall that give ids and clocks, or say who may; none opens evidence."""


SHOWS_WHAT_IS_RELEASED = {"desk_items.as_it_stands", "desk_items.outline_of"}
"""Steps that give the package, or its findings, as a manager would have them: nothing raw."""
LOGGED_BY_ANOTHER = {
    "marking._except",
    "marking.except_phrase",
    "marking.undo_mark",
    "marking.withhold_words",
}
"""`marking._keep`, which keeps a mark, leaves the entry; the tests of the marks look for it."""


def test_every_step_behind_the_wall_leaves_an_entry() -> None:
    """Whoever adds a step that shows raw evidence logs it, or this names it."""
    behind = {f"Permission.{one.name}" for one in BEHIND_THE_WALL}
    silent = set()
    for name, node in functions().items():
        steps = [part for part in ast.walk(node) if isinstance(part, ast.With)]
        for part in steps:
            head = "".join(ast.unparse(one.context_expr) for one in part.items)
            taken = "step(" in head or "refusals_logged(" in head
            body = "".join(ast.unparse(one) for one in node.body)
            logged = "AuditAction." in body or "log_item(" in body
            if taken and any(one in body for one in behind) and not logged:
                silent.add(name)
    assert silent <= SHOWS_IDS_ALONE | SHOWS_WHAT_IS_RELEASED | LOGGED_BY_ANOTHER


ANALYST = Actor(id=ActorId("ana"), roles=frozenset({Role.ATTRIBUTION_ANALYST}))
REVIEWER = Actor(id=ActorId("rita"), roles=frozenset({Role.WALL_OFF_REVIEWER}))
INVESTIGATOR = Actor(id=ActorId("ines"), roles=frozenset({Role.INVESTIGATOR}))

Look = Callable[[Any], Any]
LOOKS: dict[str, tuple[CaseState, Look]] = {
    "attribution": (
        CaseState.COLLECTING,
        lambda a: unattributed(a.case_id, actor=ANALYST, vault=a.vault, now=a.now),
    ),
    "review": (
        CaseState.REDACTED,
        lambda a: open_desk(
            a.case_id,
            screener=None,
            actor=REVIEWER,
            vault=a.vault,
            now=a.now,  # type: ignore[arg-type]
        ),
    ),
    "input-problems": (
        CaseState.COLLECTING,
        lambda a: input_problems(a.case_id, actor=INVESTIGATOR, vault=a.vault, now=a.now),
    ),
}


@pytest.mark.parametrize("code", sorted(LOOKS))
def test_nothing_is_read_when_the_log_cannot_be_written(
    agency: Any, code: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    state, look = LOOKS[code]
    case = agency.case(state)
    agency.case_id = case.id
    agency.evidence(case.id, "planted")
    opened: list[str] = []
    monkeypatch.setattr(EvidenceStore, "for_case", lambda *_: opened.append("evidence") or [])
    # Whether a request for restriction stands is asked before anything: it is no evidence.
    monkeypatch.setattr(
        RecordStore,
        "all",
        lambda _self, _case, kind, _type: (
            [] if kind is RecordKind.DATA_REQUEST else opened.append(str(kind)) or []
        ),
    )
    monkeypatch.setattr(AuditLog, "_write", _full)
    with pytest.raises(HomeError):
        look(agency)
    assert opened == []


def test_the_look_stands_in_the_log_and_in_the_exposure_ledger(agency: Any) -> None:
    case = agency.case(CaseState.COLLECTING)
    agency.evidence(case.id, "planted")
    assert len(unattributed(case.id, actor=ANALYST, vault=agency.vault, now=agency.now)) == 1
    with agency.vault.read() as tx:
        (entry,) = AuditLog(tx).entries(case.id)
    assert (entry.action, entry.actor, entry.code) == (AuditAction.RAW_READ, "ana", "attribution")


def _full(_: AuditLog) -> None:
    raise HomeError("raw: the disk is full")
