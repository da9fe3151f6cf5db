"""One database and one role per domain on a PostgreSQL server, and none reaches another's.

What is returned here is for the server's administrator to run; Walloff itself refuses a role
that could. The role of an interface's process owns nothing: it reads what was put there for it,
and adds its looks and what it writes.
"""

from typing import Final

from storage.migrate import DATABASES, Database

PROCESSES: Final = {
    Database.RELEASED: "manager",
    Database.SEALED: "custodian",
    Database.APPLICANT: "interface",
    Database.AUDIT: "auditor",
    Database.FAIRNESS: "analyst",
}
"""Ends the name of the role of each domain's own process."""

_PLAIN: Final = "LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOINHERIT NOREPLICATION NOBYPASSRLS"

_STANDING: Final = "home, alembic_version, lockboxes, viewers"

_READS: Final = {
    Database.RELEASED: f"{_STANDING}, deliveries, shelf",
    Database.SEALED: f"{_STANDING}, accesses, inbox, shelf",
    Database.APPLICANT: f"{_STANDING}, shelf",
    Database.AUDIT: "home, alembic_version, audit_leaves, audit_checkpoints,"
    " audit_cosignatures, audit_stamps, alarms, manifests",
    Database.FAIRNESS: f"{_STANDING}, inbox, shelf",
}
_LOOK: Final = "INSERT ON accesses"
_WRITE: Final = ("INSERT ON inbox", "USAGE ON SEQUENCE inbox_seq_seq")
_ADDS: Final = {
    Database.RELEASED: (_LOOK, *_WRITE),
    Database.SEALED: (_LOOK,),
    Database.APPLICANT: (_LOOK, *_WRITE),
    Database.AUDIT: (),
    Database.FAIRNESS: (_LOOK,),
}


def server_statements(prefix: str = "walloff") -> list[str]:
    """Return what a server's administrator runs once, in the database `postgres`."""
    roles = (*DATABASES, *PROCESSES.values())
    statements = [f"CREATE ROLE {prefix}_{role} {_PLAIN}" for role in roles]
    for database in DATABASES:
        name = f"{prefix}_{database}"
        statements += [
            f"CREATE DATABASE {name} OWNER {name} TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C'",
            f"REVOKE ALL ON DATABASE {name} FROM PUBLIC",
        ]
    statements += [
        f"GRANT CONNECT ON DATABASE {prefix}_{database} TO {prefix}_{process}"
        for database, process in PROCESSES.items()
    ]
    return statements


def process_statements(database: Database, prefix: str = "walloff") -> list[str]:
    """Return what the owner of a domain's database runs in it, once the home is made.

    Raises `KeyError` for a database that no other process has a role for.
    """
    role = f"{prefix}_{PROCESSES[database]}"
    return [
        "REVOKE ALL ON SCHEMA public FROM PUBLIC",
        f"GRANT USAGE ON SCHEMA public TO {role}",
        f"GRANT SELECT ON {_READS[database]} TO {role}",
        *(f"GRANT {what} TO {role}" for what in _ADDS[database]),
    ]
