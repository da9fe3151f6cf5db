"""What is asked for stands in the address, so that a list can be kept, sent and asked for again."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Final
from urllib.parse import urlencode

from starlette.datastructures import QueryParams

from models.audit import AuditAction
from storage.log_index import Asked

NAMES: Final = ("action", "person", "about", "code", "since", "until")
LONGEST: Final = 128


@dataclass(frozen=True, slots=True)
class Filters:
    """What somebody filled in, and what is wrong with it."""

    said: Mapping[str, str]
    errors: Mapping[str, str] = field(default_factory=dict)

    def asked(self, ledger: str = "") -> Asked:
        """Return what that asks of the log; days are whole ones, in UTC."""
        until = _day(self.said["until"])
        return Asked(
            ledger=ledger,
            action=self.said["action"],
            actor=self.said["person"],
            object_id=self.said["about"],
            code=self.said["code"],
            since=_day(self.said["since"]),
            until=None if until is None else until + timedelta(days=1),
        )

    def address(self, path: str, **more: str) -> str:
        """Return a path with everything that is asked, and more."""
        query = {name: text for name, text in (dict(self.said) | more).items() if text}
        return f"{path}?{urlencode(query)}" if query else path

    @property
    def any(self) -> bool:
        """Whether anything is asked at all."""
        return any(self.said.values())


def leading_to(path: str, **query: str) -> str:
    """Return the address that asks a path for this."""
    return f"{path}?{urlencode(query)}"


def filters_of(query: QueryParams, names: tuple[str, ...] = NAMES) -> Filters:
    """Read an address; what cannot be is named beside its field, and asks for nothing."""
    said = dict.fromkeys(NAMES, "") | {name: query.get(name, "").strip() for name in names}
    errors = {}
    for name, text in said.items():
        if len(text) > LONGEST or not text.isprintable():
            errors[name] = f"Write at most {LONGEST} characters, without control characters."
    if said["action"] and said["action"] not in set(AuditAction):
        errors["action"] = "Choose one of the actions."
    for name in ("since", "until"):
        if said[name] and _day(said[name]) is None:
            errors[name] = "Write a day as 2026-11-22."
    if not errors and said["since"] and said["until"] and said["since"] > said["until"]:
        errors["until"] = "The last day is before the first."
    return Filters(said, errors)


def _day(text: str) -> datetime | None:
    try:
        day = date.fromisoformat(text) if len(text) == 10 else None
    except ValueError:
        return None
    if day is None or not 1970 < day.year < 9999:
        return None
    return datetime(day.year, day.month, day.day, tzinfo=UTC)
