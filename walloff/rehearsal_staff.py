"""A rehearsal's people are authorised, trained and tested, and its device attested, like real ones.

Only where a requisition's policy has a people table. Each registers by the steps that an agency
takes; the made-up people know every right answer of the practical.
"""

from collections.abc import Iterable
from datetime import timedelta
from typing import Final

from casework.people.devices import register_device
from casework.people.practical import (
    answer_practical,
    draw_practical,
    right_answers,
    sign_statement,
)
from casework.people.staff import authorise_search, name_panel
from casework.people.training import recognise_trainer, record_training
from collection.files.platforms import listed_names
from models.consent import PlatformKind
from models.people import Actor
from models.people_rules import ABOUT_A_PLATFORM, EmploymentType, Module
from models.requisition import Requisition
from models.staff import Egress, Owner
from walloff.rehearsal_cast import (
    ANALYST,
    INVESTIGATOR,
    MANAGER,
    POLICY_OWNER,
    QUALITY_REVIEWER,
    SUPERVISOR,
    TRAINER,
    TRAINING_OFFICER,
    reviewers_of,
    taken_by,
)
from walloff.services import Services

DEVICE: Final = "rehearsal-workstation"
_YEAR: Final = timedelta(days=360)


def engage_staff(requisitions: Iterable[Requisition], services: Services) -> str | None:
    """Register whatever the policies ask for; return the device that captures are made on."""
    asking = [one for one in requisitions if one.policy.people is not None]
    if not asking:
        return None
    for requisition in asking:
        name_panel(requisition.id, {MANAGER.id}, **taken_by(POLICY_OWNER, services))
    until = services.clock.now() + _YEAR
    register_device(
        DEVICE,
        owner=Owner.AGENCY,
        attested_until=until,
        egress=Egress.UNATTRIBUTED,
        geolocation_blocked=True,
        **taken_by(SUPERVISOR, services),
    )
    recognise_trainer(
        TRAINER.id,
        basis="rehearsal",
        modules=frozenset(Module),
        valid_until=until,
        **taken_by(TRAINING_OFFICER, services),
    )
    reviewers = {one for requisition in asking for one in reviewers_of(requisition.policy)}
    people = {INVESTIGATOR, ANALYST, QUALITY_REVIEWER} | reviewers
    for person in sorted(people, key=lambda one: one.id):
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
        **taken_by(SUPERVISOR, services),
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
            **taken_by(TRAINING_OFFICER, services),
        )
    paper, _questions = draw_practical(**taken_by(person, services))
    answer_practical(paper.id, right_answers(paper), **taken_by(person, services))
    sign_statement(**taken_by(person, services))
