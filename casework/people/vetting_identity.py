"""Whoever vets looks as anybody may, or under the agency's name; as nobody else (S9, I1, F4)."""

from models.powers import PolicyKind, Power, require_power
from models.search import SessionIdentity
from models.search_clauses import (
    FriendRequestError,
    MisrepresentationError,
    PersonaInVettingError,
)
from storage.personas import PersonaStore
from storage.transaction import Transaction


def vetting_identity(tx: Transaction, declared: str) -> SessionIdentity:
    """Return the identity that was declared for a session of vetting.

    Raises `PersonaInVettingError` for a persona of the register, by id, name or handle,
    `FriendRequestError` for what befriends, `PowerBorrowedError` for a power that vetting has
    not, and `MisrepresentationError` for any other name.
    """
    if declared in set(SessionIdentity):
        return SessionIdentity(declared)
    name = declared.strip().casefold()
    for persona in PersonaStore(tx).all():
        if name in (
            persona.id,
            persona.name.reveal().casefold(),
            persona.handle.reveal().casefold().removeprefix("@"),
        ):
            raise PersonaInVettingError("a persona of an investigation vets nobody")
    if name == Power.REQUEST_FRIENDSHIP:
        raise FriendRequestError("vetting asks for nobody's friendship")
    if name in set(Power):
        require_power(PolicyKind.VETTING, Power(name))
    raise MisrepresentationError("vetting looks as the public, or under the agency's name")
