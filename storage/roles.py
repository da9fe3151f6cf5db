"""One database and one role per domain on a PostgreSQL server, and none reaches another's.

What is returned here is for the server's administrator to run; Walloff itself refuses a role
that could. The manager's role owns nothing: it reads what was delivered and adds its looks.
"""

from typing import Final

from storage.migrate import DATABASES, Database

MANAGER: Final = "manager"
"""Ends the name of the role of the manager's process."""

_PLAIN: Final = "LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOINHERIT NOREPLICATION NOBYPASSRLS"

_MANAGER_READS: Final = "home, alembic_version, deliveries, lockboxes, viewers"


def server_statements(prefix: str = "walloff") -> list[str]:
    """Return what a server's administrator runs once, in the database `postgres`."""
    statements = [f"CREATE ROLE {prefix}_{role} {_PLAIN}" for role in (*DATABASES, MANAGER)]
    for database in DATABASES:
        name = f"{prefix}_{database}"
        statements += [
            f"CREATE DATABASE {name} OWNER {name} TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C'",
            f"REVOKE ALL ON DATABASE {name} FROM PUBLIC",
        ]
    released = f"{prefix}_{Database.RELEASED}"
    statements.append(f"GRANT CONNECT ON DATABASE {released} TO {prefix}_{MANAGER}")
    return statements


def released_statements(prefix: str = "walloff") -> list[str]:
    """Return what the owner of the released database runs in it, once the home is made."""
    manager = f"{prefix}_{MANAGER}"
    return [
        "REVOKE ALL ON SCHEMA public FROM PUBLIC",
        f"GRANT USAGE ON SCHEMA public TO {manager}",
        f"GRANT SELECT ON {_MANAGER_READS} TO {manager}",
        f"GRANT INSERT ON accesses TO {manager}",
    ]
