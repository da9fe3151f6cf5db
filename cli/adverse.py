"""`walloff adverse`: the packet before an adverse decision, the notice after it, the free copy."""

from pathlib import Path
from typing import Annotated

import typer

from casework.deciding.documents import confirm_delivery, file_copy, make_document
from casework.deciding.documents_owed import owed_documents
from cli.acted import Session, in_home
from cli.case import CaseArgument
from cli.output import JsonFlag, print_json, print_table, refusals_named
from cli.session import ActorOption, HomeOption, acting, open_session
from models.adverse import Channel, DocumentKind
from models.decision_rules import Language
from models.ids import CaseId
from models.text import RawText
from storage.atomic import replacing

app = typer.Typer(no_args_is_help=True, help="Documents before and after an adverse decision.")

KindArgument = Annotated[DocumentKind, typer.Argument(help="Which document.")]


@app.command("document")
@in_home
def document(
    session: Session,
    case: CaseArgument,
    kind: KindArgument,
    language: Annotated[Language | None, typer.Option(help="In which language.")] = None,
) -> None:
    """Make a document and print it for handing over."""
    made = make_document(CaseId(case), kind, language=language, **session.who)
    text = made.plain_text()
    session.tell({"case": case, "kind": kind, "language": made.language, "text": text}, text)


@app.command("delivered")
@in_home
def delivered(
    session: Session,
    case: CaseArgument,
    kind: KindArgument,
    channel: Annotated[Channel, typer.Option(help="How it went out.")],
    proof: Annotated[str, typer.Option(help="A receipt or tracking number.")],
) -> None:
    """Write down the proof of delivery: the waiting time runs from the packet's."""
    done = confirm_delivery(CaseId(case), kind, channel, RawText(proof), **session.who)
    at = f"{done.delivered_at:%Y-%m-%dT%H:%M:%SZ}"
    session.tell({"case": case, "kind": kind, "delivered_at": at}, at)


@app.command("due")
@refusals_named
def due(actor: ActorOption = None, home: HomeOption = None, as_json: JsonFlag = False) -> None:
    """List the documents that decisions wait for, and that nobody has proved the delivery of."""
    services = open_session(home)
    found = owed_documents(actor=acting(actor, services), vault=services.vault)
    rows = [(one.case_id, one.kind, f"{one.since:%Y-%m-%dT%H:%M:%SZ}") for one in found]
    if as_json:
        print_json([{"case": case, "kind": kind, "since": at} for case, kind, at in rows])
        return
    print_table("Documents due", ("case", "document", "decided"), rows)


@app.command("copy")
@in_home
def copy(
    session: Session,
    case: CaseArgument,
    out: Annotated[Path, typer.Option(help="Write the copy to this file.")],
) -> None:
    """Give the applicant the free copy of the file, within 60 days of the notice."""
    content = file_copy(CaseId(case), **session.who)
    with replacing(out) as file:
        file.write(content)
    session.tell({"case": case, "file": str(out), "bytes": len(content)}, str(out))
