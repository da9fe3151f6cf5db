"""The law as tables: legal parameters, protected classes, and who may ask for a password.

Each row says how well it is known. A row that nobody wrote down is an error that names it, so
that unknown law is never taken for permission.
"""

import csv
from enum import StrEnum
from functools import lru_cache
from pathlib import Path
from typing import Final, TypeVar

from pydantic import Field, ValidationError

from models.errors import PolicyError
from models.protected import ProtectedClass, Tier
from models.retention import Confidence
from models.value import Value

_DATA: Final = Path(__file__).parent / "data"

RowT = TypeVar("RowT", bound=Value)


class LegalParam(Value):
    """One parameter that a law, rule or guidance sets."""

    id: str = Field(pattern=r"^[A-Z]+-[0-9]{2}$")
    regime: str
    citation: str
    parameter: str
    value: str
    unit: str
    applies_to: str
    trigger: str
    rule: str
    """What the software makes of it."""
    confidence: str = Field(min_length=1)
    source: str

    @property
    def known(self) -> Confidence:
        """`FROM_MEMORY` if any part of the row is."""
        words = self.confidence.replace("(", " ").replace("/", " ").split()
        return Confidence.FROM_MEMORY if "M" in words else Confidence.VERIFIED


class ProtectedClassRow(Value):
    """Where and by what law a class is protected."""

    class_id: ProtectedClass
    label: str
    tier: Tier
    jurisdictions: str
    citation: str
    self_reference_cues: str
    confidence: str
    source: str


class Answer(StrEnum):
    """What a password law says to one question."""

    YES = "y"
    NO = "n"
    UNKNOWN = "?"


class PasswordLaw(Value):
    """One state's law on asking applicants for access to their accounts."""

    state: str = Field(pattern=r"^[A-Z]{2}$")
    citation: str
    year: int
    credentials_barred: str
    shoulder_surf_barred: str
    forced_friend_barred: str
    public_employers_covered: str
    law_enforcement_exception: str
    confidence: str
    source: str

    def says(self, column: str) -> Answer:
        """Return the answer in one of the five columns, without what qualifies it.

        A text that begins with neither yes nor no is unknown.
        """
        first = str(getattr(self, column)).strip()[:2].rstrip(" (:,")
        return Answer(first) if first in set(Answer) else Answer.UNKNOWN


@lru_cache(maxsize=1)
def legal_params() -> dict[str, LegalParam]:
    """Return the rows of legal_params.csv by id."""
    return {row.id: row for row in _rows("legal_params.csv", LegalParam)}


@lru_cache(maxsize=1)
def protected_classes() -> dict[ProtectedClass, ProtectedClassRow]:
    """Return the rows of protected_classes.csv by class."""
    return {row.class_id: row for row in _rows("protected_classes.csv", ProtectedClassRow)}


@lru_cache(maxsize=1)
def password_laws() -> dict[str, PasswordLaw]:
    """Return the rows of password_laws.csv by state; a state without a row has no such law."""
    return {row.state: row for row in _rows("password_laws.csv", PasswordLaw)}


def legal_param(row_id: str) -> LegalParam:
    """Return one row. Raises `PolicyError` naming a row that does not exist."""
    try:
        return legal_params()[row_id]
    except KeyError:
        raise PolicyError(f"no row {row_id!r} in legal_params.csv") from None


def read_rows(path: Path, kind: type[RowT]) -> list[RowT]:
    """Read a table. Raises `PolicyError` with the line of a row that breaks a rule."""
    rows: list[RowT] = []
    with path.open(encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file, strict=True)
        if reader.fieldnames is None or set(reader.fieldnames) != set(kind.model_fields):
            raise PolicyError("other columns than the table has", file=path.name, line=1)
        for row in reader:
            try:
                rows.append(kind.model_validate(row))
            except ValidationError as exc:
                where = ".".join(str(part) for part in exc.errors()[0]["loc"])
                raise PolicyError(
                    f"{where}: {exc.errors()[0]['msg']}", file=path.name, line=reader.line_num
                ) from exc
    return rows


def _rows(name: str, kind: type[RowT]) -> list[RowT]:
    path = _DATA / name
    rows = read_rows(path, kind)
    keys = [next(iter(row.model_dump().values())) for row in rows]
    for line, key in enumerate(keys, start=2):
        if keys.index(key) != line - 2:
            raise PolicyError(f"row {key!r} is given twice", file=name, line=line)
    return rows
