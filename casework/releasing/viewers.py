"""Who may look at a release is said by the inside, which alone knows who has seen raw evidence."""

from casework.steps.permissions import Permission, authorize
from casework.steps.restriction import is_restricted
from casework.steps.sealing import is_hidden
from casework.steps.step import standing_of
from models.errors import NotPermittedError
from models.ids import ActorId, CaseId
from models.people import Actor
from storage.cases import CaseStore
from storage.people import PersonStore
from storage.transaction import Transaction


def viewers_of(tx: Transaction, case_id: CaseId) -> list[ActorId]:
    """Return the people who may view a case's release as things stand: of a hidden one, nobody."""
    if is_hidden(tx, CaseStore(tx).get(case_id)) or is_restricted(tx, case_id):
        return []
    return [actor.id for actor, _ in PersonStore(tx).all() if _may(tx, actor, case_id)]


def custodians_of(tx: Transaction, case_id: CaseId) -> list[ActorId]:
    """Return the people who may read what was put away of a case."""
    permission = Permission.READ_SEALED
    return [actor.id for actor, _ in PersonStore(tx).all() if _may(tx, actor, case_id, permission)]


def _may(
    tx: Transaction,
    actor: Actor,
    case_id: CaseId,
    permission: Permission = Permission.VIEW_RELEASE,
) -> bool:
    try:
        authorize(actor, permission, standing_of(tx, actor, case_id))
    except NotPermittedError:
        return False
    return True
