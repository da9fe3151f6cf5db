"""Where an application of the portal finds its database, keys and people: a folder, or the home.

In a folder of its own it has its portion of the keys and reaches nothing else. On the home itself,
for one machine, it opens its own domain and no other.
"""

import importlib
from collections.abc import Callable, Mapping, Set
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final, TypeVar

from models.errors import SettingsError
from portal.web.oidc_provider import Provider
from portal.web.oidc_registration import Registration
from storage.domain_vault import DomainVault
from storage.home import Home
from storage.interface_folder import folder_home, open_folder
from storage.migrate import Database
from storage.signin.database import SigninDatabase
from walloff.databases import home_of, urls_of
from walloff.key_access import open_keys
from walloff.settings import Settings

V = TypeVar("V", bound=DomainVault)

SIGNIN_FOLDER: Final = "portal"
"""Under the application's folder, or under the home with one folder for each application."""


def wall_time() -> datetime:
    """Return the machine's own time."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Place:
    """Where one application works."""

    settings: Settings
    folder: Path | None = None
    portion: Path | None = None

    def __post_init__(self) -> None:
        """Raise `SettingsError` for a portion of the keys without the folder that it opens."""
        if self.folder is None and self.portion is not None:
            raise SettingsError("--folder and --portion belong together")

    def home(self) -> Home:
        """Return the home, or what the folder says of it. Raises `HomeError`."""
        if self.folder is not None:
            return folder_home(self.folder, urls=urls_of(self.settings))
        return home_of(self.settings)

    def vault(self, kind: type[V]) -> V:
        """Open one domain's side of the home.

        Raises `HomeError`, `KeyUnavailableError`, and `SettingsError` for a folder without a
        portion.
        """
        if self.folder is not None:
            if self.portion is None:
                raise SettingsError("--folder and --portion belong together")
            found = urls_of(self.settings).get(kind.database())
            urls: dict[Database, Any] = {} if found is None else {kind.database(): found}
            return open_folder(self.folder, self.portion, kind, urls=urls)
        home = self.home()
        return kind(home, open_keys(self.settings, home, frozenset({kind.domain})))

    def signin(self, name: str) -> SigninDatabase:
        """Open the application's sign-in database. Raises `HomeError`."""
        if self.folder is not None:
            return SigninDatabase.open(self.folder / SIGNIN_FOLDER, self.home(), name)
        home = self.home()
        return SigninDatabase.open(home.root / SIGNIN_FOLDER / name, home, name)

    def provider(self, name: str) -> Provider | None:
        """Return the identity provider of an application, or None where none is named.

        Applicants are nobody that an organisation knows. Raises `SettingsError`.
        """
        given = self.settings
        if given.oidc_issuer is None or name == "applicant":
            return None
        if given.oidc_client_id is None or given.oidc_secret_file is None:
            raise SettingsError(
                "WALLOFF_OIDC_ISSUER needs WALLOFF_OIDC_CLIENT_ID and WALLOFF_OIDC_SECRET_FILE"
            )
        return Provider(
            Registration(
                given.oidc_issuer,
                given.oidc_client_id,
                _secret(given.oidc_secret_file),
                given.oidc_second_factor,
            )
        )

    def own(self, name: str) -> Path:
        """Return the folder in which an application keeps what is its own."""
        if self.folder is not None:
            return self.folder
        return self.home().root / SIGNIN_FOLDER / name

    def require_inside(self) -> None:
        """Raise `SettingsError` for an application that works on the home and has no folder."""
        if self.folder is not None:
            raise SettingsError("this application works on the home: it has no folder of its own")


def _secret(path: Path) -> str:
    try:
        if path.stat().st_mode & 0o077:
            raise SettingsError("WALLOFF_OIDC_SECRET_FILE can be read by others: mode 0600")
        return path.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError):
        raise SettingsError("WALLOFF_OIDC_SECRET_FILE cannot be read") from None


def manager(place: Place, origins: Set[str]) -> Any:
    """Open what the managers' application serves."""
    from storage.released import ReleasedVault

    make = importlib.import_module("portal.manager.application").manager_application
    vault = place.vault(ReleasedVault)
    return make(vault, place.signin("manager"), origins=origins, clock=wall_time)


def casework(place: Place, origins: Set[str]) -> Any:
    """Open what the application of the inside serves."""
    from walloff.services import open_services, use

    place.require_inside()
    services = open_services(place.settings)
    use(services)
    make = importlib.import_module("portal.casework.application").casework_application
    return make(services, place.signin("casework"), origins=origins, clock=services.clock.now)


def applicant(place: Place, origins: Set[str]) -> Any:
    """Open what the applicants' application serves."""
    from storage.exchange import ApplicantVault

    make = importlib.import_module("portal.applicant.application").applicant_application
    vault = place.vault(ApplicantVault)
    return make(vault, place.signin("applicant"), origins=origins, clock=wall_time)


def custody(place: Place, origins: Set[str]) -> Any:
    """Open what the custodians' application serves."""
    from storage.exchange import SealedVault

    make = importlib.import_module("portal.custody.application").custody_application
    vault = place.vault(SealedVault)
    return make(vault, place.signin("custody"), origins=origins, clock=wall_time)


def auditor(place: Place, origins: Set[str]) -> Any:
    """Open what the auditors' application serves: no key that opens content is asked for."""
    from casework.counsel.ledgers import index_of
    from storage.auditors import AuditorsLog
    from walloff.witnessing import known_witnesses

    make = importlib.import_module("portal.auditor.application").auditor_application
    known = known_witnesses(place.settings.witnesses_file)
    log = AuditorsLog(place.home())
    index = index_of(log)
    index.refresh()
    return make(
        log,
        place.signin("auditor"),
        reports=place.own("auditor") / "reports",
        origins=origins,
        clock=wall_time,
        witnesses=[one for witness in known for one in witness.verifiers],
        index=index,
    )


OPENS: Final[Mapping[str, Callable[[Place, Set[str]], Any]]] = {
    "applicant": applicant,
    "manager": manager,
    "casework": casework,
    "custody": custody,
    "auditor": auditor,
}
"""The applications that there are, by name."""


def opening(name: str) -> Callable[[Place, Set[str]], Any]:
    """Return what opens an application. Raises `SettingsError` for a name that is none."""
    try:
        return OPENS[name]
    except KeyError:
        raise SettingsError(f"no such application: {', '.join(OPENS)}") from None
