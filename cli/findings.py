"""`walloff finding`: in a monitoring case a person states what no machine reads."""

import sys
import tomllib
from pathlib import Path
from typing import Annotated, Any

import typer
from pydantic import ValidationError

from casework.screening.stated_findings import safety_notices, state_finding
from casework.screening.third_party import capture_third_party_item
from cli.case import CaseArgument
from cli.output import JsonFlag, print_entries, refusals_named, tell
from cli.session import ActorOption, HomeOption, by, open_session
from models.criteria import Conduct, Severity
from models.errors import InputError
from models.ids import CaseId, EvidenceId
from models.third_party import ThirdPartyFind

app = typer.Typer(no_args_is_help=True, help="What a person states in a monitoring case.")

CriterionOption = Annotated[str, typer.Option(help="A criterion of the trigger, as G8.")]
SeverityOption = Annotated[Severity, typer.Option(help="How grave it is.")]


@app.command("state")
@refusals_named
def state(
    case: CaseArgument,
    item: Annotated[str, typer.Option(help="The item's id, as the attribution desk shows it.")],
    criterion: CriterionOption,
    conduct: Annotated[Conduct, typer.Option(help="What it shows.")],
    severity: SeverityOption = Severity.LOW,
    actor: ActorOption = None,
    home: HomeOption = None,
    as_json: JsonFlag = False,
) -> None:
    """State a finding of an item that is the employee's; a reviewer confirms it.

    A criterion about the employee's own safety warns them, and nothing is found.
    """
    services = open_session(home)
    found = state_finding(
        CaseId(case),
        EvidenceId(item),
        criterion,
        conduct,
        severity,
        screener=services.screener_of(CaseId(case)),
        **by(actor, services),
    )
    told = {"case": case, "finding": found, "warned": found is None}
    tell(told, found or "the employee is warned", as_json=as_json)


@app.command("capture")
@refusals_named
def capture(
    case: CaseArgument,
    file: Annotated[
        Path, typer.Option(help="The item (TOML, see the guide); - for standard input.")
    ],
    criterion: CriterionOption,
    severity: SeverityOption = Severity.LOW,
    device: Annotated[
        str | None, typer.Option(help="The registered device that it was found on.")
    ] = None,
    actor: ActorOption = None,
    home: HomeOption = None,
    as_json: JsonFlag = False,
) -> None:
    """Capture one item of agency information from somebody else's account, and state it."""
    services = open_session(home)
    found = capture_third_party_item(
        CaseId(case),
        _found(file),
        criterion,
        severity,
        screener=services.screener_of(CaseId(case)),
        device=device,
        **by(actor, services),
    )
    tell({"case": case, "finding": found}, found, as_json=as_json)


@app.command("warnings")
@refusals_named
def warnings(
    case: CaseArgument,
    actor: ActorOption = None,
    home: HomeOption = None,
    as_json: JsonFlag = False,
) -> None:
    """Read, as the employee, what they are warned of; it is no finding (the look is logged)."""
    services = open_session(home)
    found = [
        {"at": f"{one.made_at:%Y-%m-%d %H:%M}", "text": one.text}
        for one in safety_notices(CaseId(case), **by(actor, services))
    ]
    print_entries("Warnings", ("at", "text"), found, as_json=as_json)


def _found(path: Path) -> ThirdPartyFind:
    """Read an item. Raises `InputError` that names keys of the format and none of its words."""
    name = "standard input" if str(path) == "-" else "the file"
    fault = f"{name} is not TOML in UTF-8"
    try:
        text = sys.stdin.read() if str(path) == "-" else path.read_text(encoding="utf-8")
        given: dict[str, Any] = tomllib.loads(text)
        return ThirdPartyFind.model_validate(given)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError):
        pass  # Raised outside the handler: the parser's error holds the text.
    except ValidationError as error:
        wrong = {str(one["loc"][0]) for one in error.errors() if one["loc"]}
        keys = sorted(wrong & set(ThirdPartyFind.model_fields))
        fault = f"{name}: missing or wrong: {', '.join(keys) or 'a key that the format has not'}"
    raise InputError(fault)
