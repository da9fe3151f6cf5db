"""What all tables share: one collection of them per database, and times that sort as text."""

from datetime import UTC, datetime
from typing import Final

from sqlalchemy import Column, ForeignKey, MetaData, String, Table, types
from sqlalchemy.engine import Dialect

NAMES: Final = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}

RAW: Final = MetaData(naming_convention=NAMES)
"""Tables of raw.db."""

RELEASED: Final = MetaData(naming_convention=NAMES)
"""Tables of released.db."""

KEYS: Final = MetaData(naming_convention=NAMES)
"""Tables of keys.db."""

SEALED: Final = MetaData(naming_convention=NAMES)
"""Tables of sealed.db."""

APPLICANT: Final = MetaData(naming_convention=NAMES)
"""Tables of applicant.db."""

AUDIT: Final = MetaData(naming_convention=NAMES)
"""Tables of audit.db."""

FAIRNESS: Final = MetaData(naming_convention=NAMES)
"""Tables of fairness.db."""

SIGNIN: Final = MetaData(naming_convention=NAMES)
"""Tables of signin.db, of which every application of the portal has one."""


class Utc(types.TypeDecorator[datetime]):
    """A time in UTC, as text of constant width: it compares alike in every database."""

    impl = String(27)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, _dialect: Dialect) -> str | None:
        """Write with microseconds and `Z`; a time without offset is refused."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a time needs its offset from UTC")
        moment = value.astimezone(UTC).replace(tzinfo=None)
        return moment.isoformat(timespec="microseconds") + "Z"

    def process_result_value(self, value: str | None, _dialect: Dialect) -> datetime | None:
        """Read back as an aware time."""
        return None if value is None else datetime.fromisoformat(value)


def opaque() -> String:
    """Return the type of an identifier or a short code."""
    return String(128)


def case_column(*, primary_key: bool = False) -> Column[str]:
    """Return the column that ties a row to its case."""
    return Column(
        "case_id",
        String(32),
        ForeignKey("cases.id"),
        nullable=False,
        index=not primary_key,
        primary_key=primary_key,
    )


def home_table(metadata: MetaData) -> Table:
    """Return the table that says to which home a database belongs."""
    return Table(
        "home",
        metadata,
        Column("id", String(32), primary_key=True),
        Column("mode", String(16), nullable=False),
        Column("part", String(16), nullable=False),
    )


HOME_RAW: Final = home_table(RAW)
HOME_RELEASED: Final = home_table(RELEASED)
HOME_KEYS: Final = home_table(KEYS)
HOME_SEALED: Final = home_table(SEALED)
HOME_APPLICANT: Final = home_table(APPLICANT)
HOME_AUDIT: Final = home_table(AUDIT)
HOME_FAIRNESS: Final = home_table(FAIRNESS)
HOME_SIGNIN: Final = home_table(SIGNIN)
