"""What an actor has had to do with a case is read in one statement: every step asks for it."""

from dataclasses import dataclass
from typing import Final

from sqlalchemy import text

from models.ids import ActorId, CaseId
from storage.duties import Duty
from storage.prepared import Prepared
from storage.transaction import Transaction

_QUERY: Final = Prepared(
    text(
        "SELECT 'duty', duty, 0 FROM duties WHERE case_id = :case_id AND actor = :actor"
        " UNION ALL SELECT 'exposed', '', 0 FROM exposures"
        " WHERE case_id = :case_id AND actor = :actor"
        " UNION ALL SELECT 'approval', reviewer, seq FROM approvals WHERE package_id ="
        " (SELECT id FROM packages WHERE case_id = :case_id ORDER BY version DESC LIMIT 1)"
        " ORDER BY 3"
    )
)


@dataclass(frozen=True, slots=True)
class Part:
    """An actor's part in a case, and who approved its newest package."""

    duties: frozenset[Duty]
    exposed: bool
    approvals: tuple[ActorId, ...]


def part_of(tx: Transaction, case_id: CaseId, actor: ActorId) -> Part:
    """Return an actor's part in a case."""
    rows = tx.rows(_QUERY, {"case_id": case_id, "actor": actor})
    return Part(
        duties=frozenset(Duty(value) for what, value, _ in rows if what == "duty"),
        exposed=any(what == "exposed" for what, _, _ in rows),
        approvals=tuple(ActorId(value) for what, value, _ in rows if what == "approval"),
    )
