"""`walloff people authorise`, and what else says who may search, on what, and who saw what."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Annotated, Final

import typer

from casework.people.devices import register_device, retire_device
from casework.people.exposure import exposure_ledger
from casework.people.staff import authorise_search, name_panel, revoke_authorisation
from cli.output import JsonFlag, print_json, print_table, refusals_named, tell
from cli.session import ActorOption, HomeOption, by, open_session
from models.ids import ActorId, CaseId, RequisitionId
from models.people_rules import EmploymentType
from models.staff import Egress, Owner

PersonArgument = Annotated[str, typer.Argument(help="A registered person's id.", metavar="PERSON")]
UntilOption = Annotated[
    datetime, typer.Option("--until", formats=["%Y-%m-%d"], help="The first day on which it ends.")
]


def day(moment: datetime) -> datetime:
    """Return the beginning of a day, in UTC."""
    return moment.replace(tzinfo=UTC)


@refusals_named
def authorise(
    person: PersonArgument,
    employment: Annotated[EmploymentType, typer.Option(help="How the person is employed.")],
    basis: Annotated[str, typer.Option(help="The order or post description it rests on.")],
    until: UntilOption,
    background_cleared: Annotated[
        bool, typer.Option("--background-cleared", help="Their own background was cleared.")
    ] = False,
    sensitive: Annotated[
        bool, typer.Option("--sensitive", help="The agency holds the post to be sensitive.")
    ] = False,
    actor: ActorOption = None,
    home: HomeOption = None,
    as_json: JsonFlag = False,
) -> None:
    """Authorise somebody to search, or renew it, until the day of its next review."""
    services = open_session(home)
    granted = authorise_search(
        ActorId(person),
        employment=employment,
        basis=basis,
        background_cleared=background_cleared,
        sensitive=sensitive,
        review_due=day(until),
        **by(actor, services),
    )
    tell(granted.model_dump(mode="json"), None, as_json=as_json)


@refusals_named
def revoke(
    person: PersonArgument,
    actor: ActorOption = None,
    home: HomeOption = None,
    as_json: JsonFlag = False,
) -> None:
    """Take somebody's authorisation to search back, at once."""
    services = open_session(home)
    revoked = revoke_authorisation(ActorId(person), **by(actor, services))
    tell(revoked.model_dump(mode="json"), None, as_json=as_json)


@refusals_named
def panel(
    requisition: Annotated[str, typer.Argument(help="The requisition's id.")],
    member: Annotated[list[str], typer.Option("--member", help="Who selects; may be repeated.")],
    actor: ActorOption = None,
    home: HomeOption = None,
    as_json: JsonFlag = False,
) -> None:
    """Name the selection panel of a requisition: nobody on it searches or reviews there."""
    services = open_session(home)
    members = frozenset(ActorId(one) for one in member)
    named = name_panel(RequisitionId(requisition), members, **by(actor, services))
    tell({"requisition": requisition, "members": sorted(named.members)}, None, as_json=as_json)


@refusals_named
def device(
    device_id: Annotated[str, typer.Argument(help="The device's id.", metavar="DEVICE")],
    until: UntilOption,
    owner: Annotated[Owner, typer.Option(help="Whose it is.")],
    egress: Annotated[Egress, typer.Option(help="What the far end sees of where it comes from.")],
    geolocation_blocked: Annotated[
        bool, typer.Option("--geolocation-blocked", help="It refuses to say where it is.")
    ] = False,
    actor: ActorOption = None,
    home: HomeOption = None,
    as_json: JsonFlag = False,
) -> None:
    """Register a workplace computer for captures, or attest to it anew."""
    services = open_session(home)
    registered = register_device(
        device_id,
        owner=owner,
        attested_until=day(until),
        egress=egress,
        geolocation_blocked=geolocation_blocked,
        **by(actor, services),
    )
    tell(registered.model_dump(mode="json"), None, as_json=as_json)


@refusals_named
def retire(
    device_id: Annotated[str, typer.Argument(help="The device's id.", metavar="DEVICE")],
    actor: ActorOption = None,
    home: HomeOption = None,
    as_json: JsonFlag = False,
) -> None:
    """Take a device out of use."""
    services = open_session(home)
    retired = retire_device(device_id, **by(actor, services))
    tell(retired.model_dump(mode="json"), None, as_json=as_json)


@refusals_named
def exposure(
    case: Annotated[str | None, typer.Option(help="Only this case.")] = None,
    person: Annotated[str | None, typer.Option(help="Only this person.")] = None,
    actor: ActorOption = None,
    home: HomeOption = None,
    as_json: JsonFlag = False,
) -> None:
    """Show who saw what of which case when. Tiers are shown to evidence custodians alone."""
    services = open_session(home)
    found = exposure_ledger(
        case_id=CaseId(case) if case else None,
        person=ActorId(person) if person else None,
        **by(actor, services),
    )
    lines = [
        {
            "case": line.case_id,
            "person": line.person,
            "saw": line.material,
            "at": None if line.at is None else f"{line.at:%Y-%m-%d %H:%M}",
            "tiers": None if line.tiers is None else sorted(line.tiers),
        }
        for line in found
    ]
    if as_json:
        print_json(lines)
        return
    rows = [(*list(line.values())[:4], ", ".join(line["tiers"] or [])) for line in lines]
    print_table("Exposure ledger", ("case", "person", "saw", "at (UTC)", "tiers"), rows)


COMMANDS: Final[dict[str, Callable[..., None]]] = {
    "authorise": authorise,
    "revoke": revoke,
    "panel": panel,
    "device": device,
    "retire-device": retire,
    "exposure": exposure,
}
