"""What somebody does in a home has --actor, --home and --json, and is handed one `Session`.

A command is decorated with `in_home` in place of declaring the three and opening the home itself.
"""

import inspect
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import wraps
from pathlib import Path
from typing import Any, Concatenate, Final, ParamSpec, TypeVar, cast

from pydantic import BaseModel

from casework.steps.step import Taken
from cli.output import JsonFlag, print_entries, print_values, refusals_named, tell
from cli.session import ActorOption, HomeOption, acting, by, open_session
from models.people import Actor
from walloff.services import Services

P = ParamSpec("P")
S = TypeVar("S")
V = TypeVar("V", bound=BaseModel)
Option = tuple[str, Any, Any]
"""A name, what Typer is told of it, and its default."""


@dataclass(slots=True)
class Session:
    """One command in one home. The home is opened when it is first asked for."""

    actor: str | None
    home: Path | None
    as_json: bool
    _services: Services | None = field(default=None, init=False)

    @property
    def services(self) -> Services:
        """The open home. Raises what `open_session` does."""
        if self._services is None:
            self._services = open_session(self.home)
        return self._services

    @property
    def person(self) -> Actor:
        """Who is acting. Raises as `cli.session.acting` does."""
        return acting(self.actor, self.services)

    @property
    def who(self) -> Taken:
        """Who takes a step, where and when. Raises as `cli.session.acting` does."""
        return by(self.actor, self.services)

    def tell(self, value: Mapping[str, object], text: str | None) -> None:
        """Print a step's result: the whole of it as JSON, or the one line that a person needs."""
        tell(value, text, as_json=self.as_json)

    def print_values(
        self,
        title: str,
        columns: Sequence[str],
        found: Sequence[V],
        row: Callable[[V], Sequence[object]],
    ) -> None:
        """Print values: the whole of each as JSON, or a row of each in a table."""
        print_values(title, columns, found, row, as_json=self.as_json)

    def print_entries(
        self, title: str, columns: Sequence[str], found: Sequence[Mapping[str, object]]
    ) -> None:
        """Print entries of the same keys: as JSON, or as the rows of a table."""
        print_entries(title, columns, found, as_json=self.as_json)


_ADDED: Final[tuple[Option, ...]] = (
    ("actor", ActorOption, None),
    ("home", HomeOption, None),
    ("as_json", JsonFlag, False),
)


def in_home(command: Callable[Concatenate[Session, P], None]) -> Callable[P, None]:
    """Give a command the three options and a session, and name what it refuses."""
    return with_options(command, _ADDED, Session)


def with_options(
    command: Callable[Concatenate[S, P], None], added: Sequence[Option], made: Callable[..., S]
) -> Callable[P, None]:
    """Give a command options of which its first argument is made, and name what it refuses."""
    _first, *own = inspect.signature(command, eval_str=True).parameters.values()
    options = [
        inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=default, annotation=kind)
        for name, kind, default in added
    ]

    @wraps(command)
    def taken(**given: Any) -> None:
        chosen = {one.name: given.pop(one.name, one.default) for one in options}
        cast("Callable[..., None]", command)(made(**chosen), **given)

    # Typer reads a command's options off these two.
    parameters = [one.replace(kind=inspect.Parameter.KEYWORD_ONLY) for one in own] + options
    taken.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]  # a protocol
    taken.__annotations__ = {one.name: one.annotation for one in parameters}
    return cast("Callable[P, None]", refusals_named(taken))
