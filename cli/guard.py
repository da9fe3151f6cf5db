"""`walloff guard`: what must enter no query is kept as keyed digests, never as it is written."""

import json
import sys

import typer

from casework.steps.guarding import guard_identifiers, guard_number
from cli.case import CaseArgument
from cli.output import JsonFlag, refusals_named, tell
from cli.session import ActorOption, HomeOption, by, open_session
from models.errors import InputError
from models.ids import CaseId
from models.text import RawText

app = typer.Typer(no_args_is_help=True, help="What must enter no query is kept as digests.")


@app.command("identifiers")
@refusals_named
def identifiers(
    case: CaseArgument,
    actor: ActorOption = None,
    home: HomeOption = None,
    as_json: JsonFlag = False,
) -> None:
    """Guard what is on standard input: one identifier a line, or what `custody show` printed.

    A disclosure that lists sensitive identifiers guards them by itself; this is for those that
    the applicant handed to the custodian.
    """
    found = _listed(sys.stdin.read())
    services = open_session(home)
    guard_identifiers(CaseId(case), found, **by(actor, services))
    told = {"case": case, "guarded": len(found)}
    tell(told, f"{len(found)} guarded", as_json=as_json)


@app.command("number")
@refusals_named
def number(
    case: CaseArgument,
    actor: ActorOption = None,
    home: HomeOption = None,
    as_json: JsonFlag = False,
) -> None:
    """Guard the number given for proof of identity, on standard input. No query may hold it."""
    services = open_session(home)
    guard_number(CaseId(case), RawText(sys.stdin.read().strip()), **by(actor, services))
    tell({"case": case, "guarded": 1}, "1 guarded", as_json=as_json)


def _listed(text: str) -> frozenset[RawText]:
    if not text.lstrip().startswith("{"):
        return frozenset(RawText(line.strip()) for line in text.splitlines() if line.strip())
    kept = None
    try:
        given = json.loads(text)
        # With --json, `custody show` wraps what was put away.
        kept = json.loads(given["content"]) if "content" in given else given
    except (ValueError, RecursionError, TypeError):
        pass  # Raised outside the handler: the parser's error holds the text.
    words = kept.get("identifiers") if isinstance(kept, dict) else None
    if not isinstance(words, list) or not all(isinstance(one, str) for one in words):
        raise InputError("neither lines nor what `custody show` prints of sensitive identifiers")
    return frozenset(map(RawText, words))
