"""Whether somebody has shown that they can do the work, on each platform that it is about.

Nothing is inferred from attendance: modules in force, a scored practical, a signature, and no gap
of their own declaring (Q1, Q3, F2, I3).
"""

from collections.abc import Iterable
from collections.abc import Set as AbstractSet
from datetime import datetime
from typing import Final

from casework.people.practical import statement_digest
from models.ids import ActorId
from models.people_rules import Module, PeopleRules
from models.practical import PracticalResult
from models.requisition import Policy
from models.search_clauses import (
    KnowledgeGapError,
    NoCompetenceError,
    NoStatementError,
    PlatformUntrainedError,
    RefreshDueError,
    UntrainedError,
)
from models.staff import KnowledgeGap, PlatformChange, Statement, Training
from policy.practical import certified_course_row
from storage.registers import RegisterKind, RegisterStore
from storage.transaction import Transaction

_ALIASES: Final = (
    frozenset({"x", "twitter"}),
    frozenset({"bluesky", "bsky"}),
    frozenset({"blogger", "blogspot"}),
)
"""Names of one platform, where people are trained under more than one."""


def require_competent(
    tx: Transaction,
    person: ActorId,
    policy: Policy,
    rules: PeopleRules,
    *,
    platforms: AbstractSet[str],
    now: datetime,
) -> None:
    """Raise unless somebody may do work that is about these platforms today.

    Raises `UntrainedError`, `PlatformUntrainedError`, `RefreshDueError`, `NoCompetenceError`,
    `NoStatementError`, `KnowledgeGapError`, in this order.
    """
    registers = RegisterStore(tx)
    passed = registers.all(RegisterKind.TRAINING, Training, about=person)
    course = certified_course_row(policy)
    if course is not None:
        _require_module(passed, Module.CERTIFIED_COURSE, now, why=f" ({course.citation})")
    for module in sorted(rules.modules - rules.platform_modules):
        _require_module(passed, module, now)
    changes = [
        change
        for platform in sorted({name for one in platforms for name in names_alike(one)})
        for change in registers.all(RegisterKind.PLATFORM_CHANGE, PlatformChange, about=platform)
    ]
    for module in sorted(rules.platform_modules):
        if not platforms:
            _require_module(passed, module, now)
        for platform in sorted(platforms):
            _require_platform(passed, module, platform, changes, now)
    _require_practical(registers, person, rules, now)
    if rules.statement_required:
        signed = registers.latest(RegisterKind.STATEMENT, person, Statement)
        if signed is None or now >= signed.expires_at:
            raise NoStatementError("the statement of accountability is not signed, or too old")
        if signed.text_sha256 != statement_digest():
            raise NoStatementError("the statement's words have changed: it is signed anew")
    gaps = open_gaps(registers.all(RegisterKind.KNOWLEDGE_GAP, KnowledgeGap, about=person))
    blocked = sorted(one for one in platforms if gaps & names_alike(one))
    if blocked:
        raise KnowledgeGapError(f"a gap was declared for: {', '.join(blocked)}")


def open_gaps(gaps: list[KnowledgeGap]) -> frozenset[str]:
    """Return the platforms with a gap that is still open, of entries oldest first."""
    newest = {gap.platform: gap for gap in gaps}
    return frozenset(platform for platform, gap in newest.items() if not gap.closed)


def names_alike(name: str) -> frozenset[str]:
    """Return every name that a platform goes by, the given one among them."""
    return next((names for names in _ALIASES if name in names), frozenset({name}))


def _require_module(
    passed: Iterable[Training], module: Module, now: datetime, *, why: str = ""
) -> None:
    of_module = [one for one in passed if one.module is module]
    if not of_module:
        raise UntrainedError(f"{module}: not passed{why}")
    if all(now >= one.expires_at for one in of_module):
        raise RefreshDueError(f"{module}: expired{why}")


def _require_platform(
    passed: Iterable[Training],
    module: Module,
    platform: str,
    changes: Iterable[PlatformChange],
    now: datetime,
) -> None:
    of_module = [one for one in passed if one.module is module]
    if not of_module:
        raise UntrainedError(f"{module}: not passed")
    covering = [one for one in of_module if platform in one.platforms]
    if not covering:
        raise PlatformUntrainedError(f"{module}: not passed for {platform}")
    alike = names_alike(platform)
    changed = [one.effective for one in changes if one.platform in alike]
    since = max((at for at in changed if at <= now), default=None)
    fresh = [one for one in covering if since is None or one.passed_at >= since]
    if not fresh:
        raise RefreshDueError(f"{module}: {platform} has changed since it was passed")
    if all(now >= one.expires_at for one in fresh):
        raise RefreshDueError(f"{module}: expired for {platform}")


def _require_practical(
    registers: RegisterStore, person: ActorId, rules: PeopleRules, now: datetime
) -> None:
    results = registers.all(RegisterKind.PRACTICAL_RESULT, PracticalResult, about=person)
    if not results:
        raise NoCompetenceError("no practical was taken")
    newest = results[-1]
    if now >= newest.expires_at:
        raise NoCompetenceError("the practical is too old")
    if not newest.passed(pass_percent=rules.pass_percent, trap_percent=rules.trap_percent):
        raise NoCompetenceError("the newest practical was not passed")
