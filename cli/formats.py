"""`walloff formats`: what can be read, what is left out of it, what is refused by name."""

import tempfile
from pathlib import Path
from typing import Annotated

import typer

from cli.exit_codes import ExitCode
from cli.output import JsonFlag, print_json, print_table
from collection.boxed import BOXES
from collection.files.denied import DENIED
from collection.files.reader import Problem
from collection.formats.registry import FORMATS, Format
from collection.formats.unsupported import UNSUPPORTED

_CHECKED = 3
"""Items in the sample that each reader is tried with."""


def formats(
    check: Annotated[
        bool, typer.Option("--check", help="Read a small sample of each, in its box.")
    ] = False,
    as_json: JsonFlag = False,
) -> None:
    """List the formats that can be read, and those that are known and refused."""
    read = [one for one in FORMATS if one.supported]
    faults = {one.name: _fault(one) for one in read} if check else {}
    if as_json:
        print_json(
            {
                "read": [_said(one) | _checked(one, faults) for one in read],
                "refused": [{"name": one.name, "why": one.why} for one in UNSUPPORTED],
                "never opened": {name: list(ends) for name, ends in DENIED.items()},
                "confined by": BOXES.state(),
            }
        )
    else:
        rows = [
            (one.name, ", ".join(one.endings), one.reader.version, "; ".join(one.not_read))
            + ((faults[one.name] or "ok",) if check else ())
            for one in read
        ]
        columns = ("format", "files", "reader", "not read", *(("sample",) if check else ()))
        print_table("Read", columns, rows)
        print_table("Refused by name", ("format", "why"), [(o.name, o.why) for o in UNSUPPORTED])
    if any(faults.values()):
        raise typer.Exit(ExitCode.NOT_READY)


def _said(form: Format) -> dict[str, object]:
    return {
        "name": form.name,
        "files": form.endings,
        "reader": form.reader.version,
        "seen versions": form.reader.seen_versions,
        "not read": form.not_read,
    }


def _checked(form: Format, faults: dict[str, str]) -> dict[str, object]:
    return {"sample": faults[form.name] or "ok"} if form.name in faults else {}


def _fault(form: Format) -> str:
    """Return what keeps a reader from its sample on this machine, or nothing."""
    with tempfile.TemporaryDirectory(prefix="walloff-") as folder:
        try:
            path = form.sample(Path(folder), _CHECKED)
        except (ImportError, OSError):
            return "its sample cannot be made here"
        parts = list(BOXES.read(form, path))
    items = sum(not isinstance(part, Problem) for part in parts)
    problems = [part.fault for part in parts if isinstance(part, Problem)]
    return "" if items else (problems[0] if problems else "nothing was read")
