"""A rule that a database holds itself is a trigger, written once for both engines.

A message that begins with an error code surfaces as that error.
"""

from typing import Final

from alembic import op

_RETURNS: Final = {"INSERT": "NEW", "UPDATE": "NEW", "DELETE": "OLD"}


def refuse(name: str, event: str, when: str, message: str, *, locking: str = "") -> None:
    """Refuse an event, such as `INSERT ON approvals`, for a row of which a condition holds.

    `locking` is a query that PostgreSQL runs first: it takes the lock under which the condition
    stays true until the commit. SQLite has one writer at a time and needs none.
    """
    if op.get_bind().dialect.name == "sqlite":
        op.execute(
            f"CREATE TRIGGER {name} BEFORE {event} WHEN {when}"
            f" BEGIN SELECT RAISE(ABORT, '{message}'); END"
        )
        return
    verb = event.partition(" ON ")[0]
    condition = "TRUE" if when == "1" else when
    lock = f"PERFORM 1 FROM {locking};" if locking else ""
    op.execute(
        f"CREATE FUNCTION refuse_{name}() RETURNS trigger LANGUAGE plpgsql"
        f" SET search_path = public, pg_temp AS $$ BEGIN {lock}"
        f" IF {condition} THEN RAISE EXCEPTION USING"
        f" ERRCODE = 'integrity_constraint_violation', MESSAGE = '{message}'; END IF;"
        f" RETURN {_RETURNS[verb]}; END $$"
    )
    op.execute(
        f"CREATE TRIGGER {name} BEFORE {event} FOR EACH ROW EXECUTE FUNCTION refuse_{name}()"
    )


def never_emptied(*tables: str) -> None:
    """Refuse `TRUNCATE`, which on PostgreSQL passes every rule about rows by."""
    if op.get_bind().dialect.name == "sqlite":
        return
    op.execute(
        "CREATE FUNCTION refuse_truncate() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
        " RAISE EXCEPTION USING ERRCODE = 'integrity_constraint_violation',"
        " MESSAGE = TG_TABLE_NAME || ': never emptied'; END $$"
    )
    for table in tables:
        op.execute(
            f"CREATE TRIGGER {table}_never_emptied BEFORE TRUNCATE ON {table}"
            " FOR EACH STATEMENT EXECUTE FUNCTION refuse_truncate()"
        )
