"""A rehearsal's people are authorised, trained and tested, and its device attested, like real ones.

Only where the requisition's policy has a people table. Each registers by the steps that an agency
takes; the made-up people know every right answer of the practical.
"""

from collections.abc import Sequence
from datetime import timedelta
from typing import Final

from casework.devices import register_device
from casework.people import add_person, list_people
from casework.practical import (
    answer_practical,
    draw_practical,
    right_answers,
    sign_statement,
)
from casework.staff import authorise_search, name_panel
from casework.step import Taken
from casework.training import recognise_trainer, record_training
from collection.platforms import listed_names
from models.consent import PlatformKind
from models.ids import ActorId
from models.people import Actor, Role
from models.people_rules import ABOUT_A_PLATFORM, EmploymentType, Module
from models.requisition import Requisition
from models.staff import Egress, Owner
from walloff.services import Services

DEVICE: Final = "rehearsal-workstation"
SUPERVISOR: Final = Actor(
    id=ActorId("rehearsal-supervisor"), roles=frozenset({Role.SUPERVISOR}), rehearsal=True
)
TRAINING_OFFICER: Final = Actor(
    id=ActorId("rehearsal-training-officer"),
    roles=frozenset({Role.TRAINING_OFFICER}),
    rehearsal=True,
)
TRAINER: Final = Actor(
    id=ActorId("rehearsal-trainer"), roles=frozenset({Role.TRAINING_OFFICER}), rehearsal=True
)
_YEAR: Final = timedelta(days=360)


def engage_staff(
    requisition: Requisition,
    *,
    searchers: Sequence[Actor],
    manager: Actor,
    administrator: Actor,
    policy_owner: Actor,
    services: Services,
) -> str | None:
    """Register whatever the policy asks for; return the device that captures are made on."""
    if requisition.policy.people is None:
        return None
    known = {person.id for person, _label in list_people(vault=services.vault)}
    for person in (SUPERVISOR, TRAINING_OFFICER, TRAINER):
        if person.id not in known:
            label = f"{person.id} (rehearsal)"
            add_person(person, label, **_by(administrator, services))
    until = services.clock.now() + _YEAR
    name_panel(requisition.id, {manager.id}, **_by(policy_owner, services))
    register_device(
        DEVICE,
        owner=Owner.AGENCY,
        attested_until=until,
        egress=Egress.UNATTRIBUTED,
        geolocation_blocked=True,
        **_by(SUPERVISOR, services),
    )
    recognise_trainer(
        TRAINER.id,
        basis="rehearsal",
        modules=frozenset(Module),
        valid_until=until,
        **_by(TRAINING_OFFICER, services),
    )
    for person in searchers:
        _prepare(person, services)
    return DEVICE


def _prepare(person: Actor, services: Services) -> None:
    until = services.clock.now() + _YEAR
    authorise_search(
        person.id,
        employment=EmploymentType.CIVILIAN,
        basis="rehearsal",
        background_cleared=True,
        sensitive=True,
        review_due=until,
        **_by(SUPERVISOR, services),
    )
    platforms = listed_names() | frozenset(PlatformKind)
    for module in sorted(Module):
        record_training(
            person.id,
            module,
            platforms=platforms if module in ABOUT_A_PLATFORM else frozenset(),
            score_percent=100,
            trainer=TRAINER.id,
            expires_at=until,
            **_by(TRAINING_OFFICER, services),
        )
    paper, _questions = draw_practical(**_by(person, services))
    answer_practical(paper.id, right_answers(paper), **_by(person, services))
    sign_statement(**_by(person, services))


def _by(actor: Actor, services: Services) -> Taken:
    return Taken(actor=actor, vault=services.vault, now=services.clock.now())
