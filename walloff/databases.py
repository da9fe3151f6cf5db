"""The settings say where a home's databases lie: files of the home, or a PostgreSQL server."""

from pydantic import SecretStr
from sqlalchemy.engine import URL

from storage.home import Home, HomeMode, open_home
from storage.migrate import Database
from storage.postgresql import database_url
from walloff.settings import Settings


def urls_of(settings: Settings) -> dict[Database, URL]:
    """Return the URL of every database that is no file. Raises `HomeError`, which repeats none."""
    said: dict[Database, SecretStr | None] = {
        Database.RAW: settings.raw_url,
        Database.RELEASED: settings.released_url,
        Database.SEALED: settings.sealed_url,
        Database.APPLICANT: settings.applicant_url,
        Database.AUDIT: settings.audit_url,
        Database.FAIRNESS: settings.fairness_url,
        Database.KEYS: settings.keys_url,
    }
    return {
        database: database_url(url.get_secret_value())
        for database, url in said.items()
        if url is not None
    }


def home_of(settings: Settings, mode: HomeMode | None = None, *, earlier: bool = False) -> Home:
    """Return the home that the settings name; an earlier version's only if asked for.

    Raises `HomeError`.
    """
    return open_home(settings.home, mode=mode, urls=urls_of(settings), earlier=earlier)
