"""What commands print: JSON when asked for, tables and plain lines otherwise, faults on stderr."""

import json
import re
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import wraps
from typing import Annotated, Any, Final, ParamSpec, TypeVar

import typer
from pydantic import BaseModel, ValidationError
from rich.console import Console
from rich.table import Table

from cli.exit_codes import ExitCode
from models.errors import (
    HomeError,
    InputError,
    KeyUnavailableError,
    SealBrokenError,
    SettingsError,
    WalloffError,
)

P = ParamSpec("P")
R = TypeVar("R")
V = TypeVar("V", bound=BaseModel)

JsonFlag = Annotated[bool, typer.Option("--json", help="Print JSON instead of tables.")]

_COMMANDS: Final = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
_NOT_READY = (HomeError, KeyUnavailableError, SealBrokenError, SettingsError)


def console() -> Console:
    """Return the console for results; made anew so that tests may redirect stdout."""
    return Console(file=sys.stdout, soft_wrap=False)


def say(text: str) -> None:
    """Print one line to stderr: progress and remarks, never results."""
    print(visible(text), file=sys.stderr)  # noqa: T201 - this is the command line


def print_json(value: Any) -> None:
    """Print a value as one JSON document."""
    json.dump(value, sys.stdout, ensure_ascii=False, indent=2, default=str)
    sys.stdout.write("\n")


def tell(value: Mapping[str, object], text: str | None, *, as_json: bool) -> None:
    """Print a step's result: the whole of it as JSON, or the one line that a person needs."""
    if as_json:
        print_json(dict(value))
    elif text:
        typer.echo(visible(text))


def print_table(title: str, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Print a table; cells are shown as they are, without markup."""
    table = Table(title=title, title_justify="left", expand=False)
    for column in columns:
        table.add_column(column, overflow="fold")
    for row in rows:
        table.add_row(*("" if cell is None else _plain(cell) for cell in row))
    console().print(table)


def print_values(
    title: str,
    columns: Sequence[str],
    found: Sequence[V],
    row: Callable[[V], Sequence[object]],
    *,
    as_json: bool,
) -> None:
    """Print values: the whole of each as JSON, or a row of each in a table."""
    if as_json:
        print_json([one.model_dump(mode="json") for one in found])
    else:
        print_table(title, columns, [row(one) for one in found])


def print_entries(
    title: str, columns: Sequence[str], found: Sequence[Mapping[str, object]], *, as_json: bool
) -> None:
    """Print entries of the same keys: as JSON, or as the rows of a table."""
    if as_json:
        print_json(found)
    else:
        print_table(title, columns, [tuple(one.values()) for one in found])


def refusals_named(command: Callable[P, R]) -> Callable[P, R]:
    """Turn a refusal into one line on stderr and its exit code."""

    @wraps(command)
    def wrapped(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return command(*args, **kwargs)
        except WalloffError as error:
            say(f"walloff: {error.code}: {error}")
            raise typer.Exit(exit_code_of(error)) from None
        except ValidationError as error:
            fields = ", ".join(str(one["loc"][0]) for one in error.errors() if one["loc"])
            say(f"walloff: input: missing or wrong: {fields or error.title}")
            raise typer.Exit(ExitCode.BAD_INPUT) from None
        except OSError as error:
            say(f"walloff: input: {error.strerror or 'a file cannot be read or written'}")
            raise typer.Exit(ExitCode.BAD_INPUT) from None

    return wrapped


def exit_code_of(error: WalloffError) -> ExitCode:
    """Return the exit code that a refusal ends a command with."""
    if isinstance(error, InputError):
        return ExitCode.BAD_INPUT
    if isinstance(error, _NOT_READY):
        return ExitCode.NOT_READY
    return ExitCode.REFUSED


def visible(text: str) -> str:
    """Return a text in which nothing commands a terminal or turns the direction of what follows.

    Words of a file may hold escape sequences: they are shown as what they are.
    """
    return _COMMANDS.sub(lambda found: f"\\u{ord(found[0]):04x}", text.replace("\r\n", "\n"))


def _plain(cell: object) -> str:
    # Rich reads [withheld] as a style: a backslash before the bracket shows it as it is.
    return visible(str(cell)).replace("[", "\\[")
