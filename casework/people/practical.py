"""Competence is shown, not attended: a drawn paper, scored by the system, and a signature (F2).

A paper is drawn for one person and scored once; nobody, the officer included, enters a score.
"""

import hashlib
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from casework.steps.permissions import Permission
from casework.steps.registering import registering
from models.audit import AuditAction
from models.errors import InputError, RecordNotFoundError
from models.ids import new_id
from models.people import Actor
from models.practical import Paper, PaperCase, PracticalResult, Score, Trap
from models.staff import Statement
from policy.practical import PracticalPack, practical_pack
from storage.registers import RegisterKind, RegisterStore
from storage.vault import Vault

VALID: Final = timedelta(days=365)
"""A practical and a signature count for a year."""
OPEN: Final = timedelta(days=1)
"""A paper is answered within a day of its drawing."""

STATEMENT: Final = (
    "I search and review only what I am authorised to, on the agency's devices, in my own name. "
    "I am responsible for knowing the policy and each platform that I work on, and I say so when "
    "I do not. I make no use and no mention of what the law protects. Not having known is no "
    "excuse."
)
"""What is signed."""


@dataclass(frozen=True, slots=True)
class Question:
    """One case as it is put: nothing says which option is right."""

    case: str
    scene: str
    question: str
    options: tuple[str, ...]


def draw_practical(
    *, actor: Actor, vault: Vault, now: datetime
) -> tuple[Paper, tuple[Question, ...]]:
    """Draw a paper for oneself: some cases of every trap, the options in an order of its own."""
    pack, chance = practical_pack(), secrets.SystemRandom()
    drawn = [case for trap in Trap for case in chance.sample(pack.of(trap), pack.drawn_per_trap)]
    chance.shuffle(drawn)
    paper = Paper(
        id=new_id(),
        person=actor.id,
        pack_version=pack.version,
        cases=tuple(
            PaperCase(
                case=case.id,
                order=tuple(chance.sample(range(len(case.options)), len(case.options))),
            )
            for case in drawn
        ),
        drawn_at=now,
    )
    with registering(
        actor.id, permission=Permission.SHOW_COMPETENCE, actor=actor, vault=vault, now=now
    ) as work:
        work.put(RegisterKind.PRACTICAL, paper)
        work.log(AuditAction.PRACTICAL_DRAWN, count=len(drawn))
    return paper, questions(paper)


def questions(paper: Paper) -> tuple[Question, ...]:
    """Return a paper as it is put. Raises `RecordNotFoundError` if the pack has changed since."""
    found = []
    for asked in paper.cases:
        case = practical_pack().case(asked.case)
        if case is None or sorted(asked.order) != list(range(len(case.options))):
            raise RecordNotFoundError("the practical has changed: draw another paper")
        found.append(
            Question(
                case=case.id,
                scene=case.scene,
                question=case.question,
                options=tuple(case.options[at] for at in asked.order),
            )
        )
    return tuple(found)


def answer_practical(
    paper_id: str, answers: Sequence[int], *, actor: Actor, vault: Vault, now: datetime
) -> PracticalResult:
    """Score one's own paper: an answer is the place of an option, counted from zero.

    Raises `RecordNotFoundError` for a paper that is not the newest one drawn for this person, was
    scored before, or is older than a day; `InputError` unless every case has an answer.
    """
    with registering(
        actor.id, permission=Permission.SHOW_COMPETENCE, actor=actor, vault=vault, now=now
    ) as work:
        registers = RegisterStore(work.tx)
        paper = registers.latest(RegisterKind.PRACTICAL, actor.id, Paper)
        scored = registers.all(RegisterKind.PRACTICAL_RESULT, PracticalResult, about=actor.id)
        if paper is None or paper.id != paper_id or paper.id in {one.paper for one in scored}:
            raise RecordNotFoundError("no such paper waits for this person's answers")
        if now - paper.drawn_at > OPEN:
            raise RecordNotFoundError("the paper is older than a day: draw another")
        if len(answers) != len(paper.cases):
            raise InputError("every case needs one answer")
        result = PracticalResult(
            person=actor.id,
            paper=paper.id,
            scores=_scored(paper, answers, practical_pack()),
            scored_at=now,
            expires_at=now + VALID,
        )
        work.put(RegisterKind.PRACTICAL_RESULT, result)
        work.log(AuditAction.PRACTICAL_SCORED, count=result.total.percent)
        return result


def sign_statement(*, actor: Actor, vault: Vault, now: datetime) -> Statement:
    """Sign the statement of accountability for oneself."""
    signed = Statement(
        person=actor.id,
        text_sha256=statement_digest(),
        signed_at=now,
        expires_at=now + VALID,
    )
    with registering(
        actor.id, permission=Permission.SHOW_COMPETENCE, actor=actor, vault=vault, now=now
    ) as work:
        work.put(RegisterKind.STATEMENT, signed)
        work.log(AuditAction.STATEMENT_SIGNED, code=signed.text_sha256[:16])
        return signed


def statement_digest() -> str:
    """Return the digest of the words that are signed today: who signed others signs anew."""
    return hashlib.sha256(STATEMENT.encode()).hexdigest()


def right_answers(paper: Paper) -> list[int]:
    """Return the places of a paper's right answers: for made-up people, who know them all."""
    pack = practical_pack()
    cases = [(pack.case(asked.case), asked.order) for asked in paper.cases]
    return [order.index(case.right) for case, order in cases if case is not None]


def _scored(paper: Paper, answers: Sequence[int], pack: PracticalPack) -> Mapping[Trap, Score]:
    asked, right = dict.fromkeys(Trap, 0), dict.fromkeys(Trap, 0)
    for one, answer in zip(paper.cases, answers, strict=True):
        case = pack.case(one.case)
        if case is None:
            raise RecordNotFoundError("the practical has changed: draw another paper")
        if not 0 <= answer < len(one.order):
            raise InputError("an answer is no option of its case")
        asked[case.trap] += 1
        right[case.trap] += one.order[answer] == case.right
    return {trap: Score(asked=asked[trap], right=right[trap]) for trap in Trap if asked[trap]}
