"""`walloff policy`: what the law asks, whether a policy keeps it, how two differ, who signed."""

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated

import typer

from casework.requisition.policy_keys import sign_policy, trust_policy_key
from cli.exit_codes import ExitCode
from cli.output import JsonFlag, print_json, print_table, refusals_named, say, tell
from cli.session import ActorOption, HomeOption, by, open_session
from models.errors import InputError, PolicyError
from models.ids import ActorId
from models.obligations import Circumstances, Obligation
from models.requisition import EmployerType, NoticeStage, Policy, VettingMode
from policy.checking import Fault, Grade, check_policy, located
from policy.differences import REMARK, differences, stricter_than_peers
from policy.forms import require_standalone
from policy.obligations import obligations
from policy.requisition import load_policy, load_policy_file
from policy.toml_file import TomlFile
from storage.atomic import replacing
from storage.policy_key import create_policy_key, read_policy_key
from walloff.lists import read_requisition

_CLASSES = "protected_classes.csv:"

app = typer.Typer(no_args_is_help=True, help="What the law asks, and whether a policy keeps it.")

DateOption = Annotated[
    datetime | None, typer.Option("--date", formats=["%Y-%m-%d"], help="By the law of this day.")
]


@app.command("explain")
@refusals_named
def explain(
    jurisdiction: Annotated[str, typer.Option(help="Such as US-CA or GB.")],
    employer: Annotated[EmployerType, typer.Option(help="Whose policy it is.")],
    mode: Annotated[VettingMode, typer.Option(help="Who looks.")] = VettingMode.IN_HOUSE,
    stage: Annotated[NoticeStage, typer.Option(help="When.")] = NoticeStage.CONDITIONAL_OFFER,
    on: DateOption = None,
    classes: Annotated[
        bool, typer.Option("--classes", help="List every protected class as well.")
    ] = False,
    as_json: JsonFlag = False,
) -> None:
    """List what is required, allowed and forbidden, each with its row, citation and confidence."""
    found = obligations(
        Circumstances(
            jurisdiction=jurisdiction, employer=employer, mode=mode, stage=stage, on=_day(on)
        )
    )
    if as_json:
        print_json([one.model_dump(mode="json") for one in found])
        return
    shown = [one for one in found if classes or not one.row.startswith(_CLASSES)]
    print_table(
        f"{jurisdiction}, {employer}, {mode}, {stage}, {_day(on)}",
        ("about", "what", "by"),
        [_row(one) for one in shown],
    )
    hidden = len(found) - len(shown)
    if hidden:
        say(f"{hidden} protected classes are withheld everywhere: --classes lists them")
    say("V is verified in a source, M is from memory; counsel confirms what you rely on")


@app.command("check")
@refusals_named
def check(
    file: Annotated[Path, typer.Argument(help="A policy or requisition file (TOML).")],
    on: DateOption = None,
    as_json: JsonFlag = False,
) -> None:
    """Check a policy or requisition file: its format, and by the law of the day.

    Ends with an error if anything in it would be refused or break the law.
    """
    policy = _policy(file)
    faults = located(check_policy(policy, _day(on)), file)
    faults += [
        Fault(Grade.REMARK, REMARK, f"stricter than its peers: {one.first} -> {one.second}", field)
        for one in stricter_than_peers(policy)
        for field in (one.field,)
    ]
    if as_json:
        print_json(
            [
                {
                    "grade": one.grade,
                    "code": one.code,
                    "file": file.name,
                    "line": one.line,
                    "field": one.key,
                    "rule": one.rule,
                    "row": one.row or None,
                }
                for one in faults
            ]
        )
    else:
        for one in faults:
            where = f"{file.name}, line {one.line}" if one.line else file.name
            typer.echo(f"{one.grade}: {where}: {one.key}: {one.rule} [{one.code}]")
        say(f"{sum(one.grade is Grade.ERROR for one in faults)} errors")
    if any(one.grade is Grade.ERROR for one in faults):
        raise typer.Exit(ExitCode.BAD_INPUT)


@app.command("diff")
@refusals_named
def diff(
    first: Annotated[str, typer.Argument(help="A file, or a pack's id.")],
    second: Annotated[str, typer.Argument(help="A file, or a pack's id.")],
    as_json: JsonFlag = False,
) -> None:
    """Compare two policies field by field: where the second is stricter on applicants, or looser.

    Last come the fields in which the second is stricter than all its peers: a remark.
    """
    one, other = _named(first), _named(second)
    found = differences(one, other)
    peers = [each.field for each in stricter_than_peers(other)]
    if as_json:
        print_json(
            {
                "differences": [
                    {
                        "field": each.field,
                        "first": each.first,
                        "second": each.second,
                        "direction": each.direction,
                    }
                    for each in found
                ],
                REMARK: peers,
            }
        )
        return
    print_table(
        f"{one.id} {one.version} -> {other.id} {other.version}",
        ("field", "first", "second", ""),
        [(each.field, _cut(each.first), _cut(each.second), each.direction) for each in found],
    )
    for field in peers:
        say(f"{REMARK}: {field}")


@app.command("standalone")
@refusals_named
def standalone(
    file: Annotated[Path, typer.Argument(help="The disclosure as it is handed out (plain text).")],
    employer: Annotated[str, typer.Option(help="The employer's name that stands in it.")],
    as_json: JsonFlag = False,
) -> None:
    """Check that a disclosure under 15 USC 1681b(b)(2)(A) holds not one word more."""
    try:
        text = file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as exc:
        raise InputError("the document cannot be read", file=file.name) from exc
    require_standalone(text, employer)
    tell({"file": file.name, "stands_alone": True}, "stands alone", as_json=as_json)


@app.command("new-key")
@refusals_named
def new_key(
    file: Annotated[Path, typer.Argument(help="Where the key is written, outside every home.")],
    name: Annotated[str, typer.Option(help="Under which it signs, such as paula.example.")],
    as_json: JsonFlag = False,
) -> None:
    """Make a policy owner's signing key, and print its public half for the administrator."""
    signer = create_policy_key(file, name)
    tell({"vkey": signer.vkey}, signer.vkey, as_json=as_json)


@app.command("trust")
@refusals_named
def trust(
    vkey: Annotated[str, typer.Argument(help="The public key, as `new-key` printed it.")],
    owner: Annotated[str, typer.Option(help="The policy owner whose key it is.")],
    revoke: Annotated[bool, typer.Option("--revoke", help="Trust it no longer.")] = False,
    actor: ActorOption = None,
    home: HomeOption = None,
    as_json: JsonFlag = False,
) -> None:
    """Trust a policy owner's key: from then on every requisition needs a signature."""
    services = open_session(home)
    trust_policy_key(ActorId(owner), vkey, trusted=not revoke, **by(actor, services))
    tell({"owner": owner, "trusted": not revoke}, None, as_json=as_json)


@app.command("sign")
@refusals_named
def sign(
    file: Annotated[Path, typer.Argument(help="The requisition file (TOML).")],
    key: Annotated[Path, typer.Option(help="The policy owner's key.")],
    out: Annotated[Path | None, typer.Option(help="Else beside the file, as FILE.sig.")] = None,
    on: DateOption = None,
    as_json: JsonFlag = False,
) -> None:
    """Sign what a requisition file would freeze. What the law forbids is not signed."""
    draft = read_requisition(file)
    barred = [one for one in check_policy(draft.policy, _day(on)) if one.grade is Grade.ERROR]
    if barred:
        raise PolicyError(f"{barred[0].key}: {barred[0].rule}", file=file.name)
    note = sign_policy(draft.policy, draft.criteria, read_policy_key(key))
    target = out or signature_beside(file)
    with replacing(target) as stream:
        stream.write(note.encode())
    tell({"signature": str(target), "note": note}, str(target), as_json=as_json)


def signature_beside(file: Path) -> Path:
    """Return where the signature of a requisition file lies."""
    return file.with_name(f"{file.name}.sig")


def read_signature_of(file: Path, given: Path | None) -> str | None:
    """Return the signature that was named, or that lies beside a file, or None.

    Raises `InputError` if it cannot be read.
    """
    path = given or signature_beside(file)
    if given is None and not path.exists():
        return None
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as exc:
        raise InputError("the signature cannot be read", file=path.name) from exc


def _row(one: Obligation) -> tuple[str, str, str]:
    says = f"{one.says} (if: {one.condition})" if one.condition else one.says
    duty = f"{one.mandate} (unknown)" if one.unknown else one.mandate
    since = "" if one.effective is None else f", since {one.effective}"
    return f"{one.matter}\n{duty}", says, f"{one.row} {one.confidence}{since}\n{one.citation}"


def _policy(file: Path) -> Policy:
    requisition = "policy" in TomlFile(file).fields
    return read_requisition(file).policy if requisition else load_policy_file(file)


def _named(name: str) -> Policy:
    return _policy(Path(name)) if name.endswith(".toml") else load_policy(name)


def _day(given: datetime | None) -> date:
    return (given or datetime.now(UTC)).date()


def _cut(text: str, length: int = 80) -> str:
    return text if len(text) <= length else f"{text[:length]}…"
