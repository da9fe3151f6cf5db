"""Domain keys in a PKCS#11 token or hardware module, which never gives them out.

A domain's key is a generic secret of 32 bytes, marked sensitive and not extractable, named
`walloff/HOME/DOMAIN/VERSION`. The token computes HMAC-SHA256 over a salt; the result seals one
lockbox, so the form is that of every sealed value, with its commitment and its bound place, and
no token's limits on nonces or additional data matter. Each domain may lie in a token of its own:
only then does the token, and not this code alone, keep a process to its domains.
"""

import fcntl
import hashlib
import os
import threading
from collections.abc import Iterator, Set
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import pkcs11
from pkcs11 import Attribute, KeyType, Mechanism, MechanismFlag, ObjectClass
from pkcs11.exceptions import PKCS11Error

from models.errors import KeyUnavailableError, SealBrokenError
from storage.domain import Domain
from storage.envelope import Context, SealingKey, seal, unseal
from storage.faults import disk
from storage.home import Home
from storage.kek import Assurance
from storage.keyring import KeyRing, init_with, ring_of

_SALT: Final = 32
_LABEL: Final = b"walloff/pkcs11\0"

_TURN: Final = threading.RLock()
_OPEN: Final[dict[tuple[str, str, bytes], Any]] = {}
"""Sessions by library, token and digest of the PIN: a process logs in to a token once."""


@dataclass(frozen=True, slots=True)
class TokenAccess:
    """Where the tokens are. `{domain}` in the token's label and in the file's name is filled in."""

    module: Path
    """The vendor's library."""
    token: str
    pin_file: Path

    def label(self, domain: Domain) -> str:
        """Return the label of the token that holds a domain."""
        return self.token.replace("{domain}", domain)

    def pin(self, domain: Domain) -> str:
        """Return the PIN of a domain's token. Raises `KeyUnavailableError`."""
        path = Path(str(self.pin_file).replace("{domain}", domain))
        try:
            if path.stat().st_mode & 0o077:
                raise KeyUnavailableError("a PIN file must have mode 0600")
            return path.read_text(encoding="utf-8").strip()
        except (OSError, ValueError) as exc:
            raise KeyUnavailableError("the PIN file cannot be read") from exc


class Pkcs11Provider:
    """Domain keys in tokens. Safe to share between threads; calls take turns."""

    def __init__(self, access: TokenAccess, home_id: str, domains: Set[Domain], lock: Path) -> None:
        self._home_id = home_id
        self._lock_file = lock
        with _TURN, _refusals():
            self._sessions = {domain: _session(access, domain) for domain in sorted(domains)}

    @classmethod
    def create(
        cls, access: TokenAccess, home_id: str, domains: Set[Domain], lock: Path
    ) -> "Pkcs11Provider":
        """Return a provider with a first version of every domain's key, made where missing."""
        provider = cls(access, home_id, domains, lock)
        for domain in domains:
            if not provider.versions(domain):
                provider.new_version(domain)
        return provider

    @property
    def name(self) -> str:
        """What certificates call this provider."""
        return "PKCS#11 token"

    @property
    def assurance(self) -> Assurance:
        """The token destroys the object; a backup of the token is beyond our sight."""
        return Assurance.PROVIDER

    @property
    def escrow(self) -> str | None:
        """None: a token gives no key out, and is backed up by its own means."""
        return None

    @property
    def domains(self) -> Set[Domain]:
        """The domains that this process may open."""
        return self._sessions.keys()

    def current_version(self, domain: Domain) -> int:
        """Return the newest version. Raises `KeyUnavailableError` if there is none."""
        versions = self.versions(domain)
        if not versions:
            raise KeyUnavailableError(f"the token holds no key for {domain}")
        return versions[-1]

    def versions(self, domain: Domain) -> tuple[int, ...]:
        """Return the versions that still exist, oldest first."""
        prefix = self._label(domain, "")
        with _TURN, _refusals():
            found = self._session(domain).get_objects({Attribute.CLASS: ObjectClass.SECRET_KEY})
            labels = [key.label for key in found]
        numbers = [label.removeprefix(prefix) for label in labels if label.startswith(prefix)]
        return tuple(sorted({int(number) for number in numbers if number.isdecimal()}))

    def new_version(self, domain: Domain) -> int:
        """Let the token make a key, and return its version."""
        session = self._session(domain)
        with self._alone(), _TURN, _refusals():
            version = max(self.versions(domain), default=0) + 1
            session.generate_key(
                KeyType.GENERIC_SECRET,
                256,
                label=self._label(domain, str(version)),
                store=True,
                capabilities=MechanismFlag.SIGN,
                mechanism=Mechanism.GENERIC_SECRET_KEY_GEN,
                template={
                    Attribute.SENSITIVE: True,
                    Attribute.EXTRACTABLE: False,
                    Attribute.PRIVATE: True,
                },
            )
        return version

    def wrap(self, domain: Domain, version: int, secret: bytes, context: Context) -> bytes:
        """Wrap a secret for one place."""
        salt = os.urandom(_SALT)
        key = self._single_key(domain, version, salt)
        return salt + seal(key, secret, ("wrapped", domain, str(version), *context))

    def unwrap(self, domain: Domain, version: int, wrapped: bytes, context: Context) -> bytes:
        """Unwrap a secret in its place."""
        self._session(domain)
        if len(wrapped) <= _SALT:
            raise SealBrokenError("not a wrapped key")
        key = self._single_key(domain, version, wrapped[:_SALT])
        place = ("wrapped", domain, str(version), *context)
        return unseal(key, wrapped[_SALT:], place)

    def destroy_version(self, domain: Domain, version: int) -> str:
        """Destroy the token's object."""
        session = self._session(domain)
        with self._alone(), _TURN:
            if version == self.current_version(domain):
                raise KeyUnavailableError("the current key version cannot be destroyed")
            with _refusals():
                for key in list(session.get_objects(self._template(domain, version))):
                    key.destroy()
            if version in self.versions(domain):
                raise KeyUnavailableError("the token did not destroy the key")
        return f"token object {self._label(domain, str(version))} destroyed"

    def _single_key(self, domain: Domain, version: int, salt: bytes) -> SealingKey:
        session = self._session(domain)
        with _TURN, _refusals():
            # Looked up anew each time: another process may have destroyed it.
            found = list(session.get_objects(self._template(domain, version)))
            if not found:
                raise KeyUnavailableError(f"{domain} key version {version} was destroyed")
            secret = bytes(found[0].sign(_LABEL + salt, mechanism=Mechanism.SHA256_HMAC))
        return SealingKey.of(secret, f"kek/{domain}")

    def _template(self, domain: Domain, version: int) -> dict[Attribute, Any]:
        return {
            Attribute.CLASS: ObjectClass.SECRET_KEY,
            Attribute.LABEL: self._label(domain, str(version)),
        }

    def _label(self, domain: Domain, version: str) -> str:
        return f"walloff/{self._home_id}/{domain}/{version}"

    def _session(self, domain: Domain) -> Any:
        try:
            return self._sessions[domain]
        except KeyError:
            raise KeyUnavailableError(f"the domain {domain} is not in this key ring") from None

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Keep other processes of this host from making or destroying a version."""
        with disk("the key lock cannot be taken"):
            descriptor = os.open(self._lock_file, os.O_CREAT | os.O_RDWR, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            yield
        finally:
            os.close(descriptor)


def init_token_keys(home: Home, access: TokenAccess) -> None:
    """Make every domain's key in its token and set the home up. Raises as `init_keys` does."""
    provider = Pkcs11Provider.create(access, home.id, frozenset(Domain), _lock_of(home))
    init_with(home, provider)


def open_token_ring(home: Home, access: TokenAccess, domains: Set[Domain]) -> KeyRing:
    """Return a key ring for some domains. Raises `KeyUnavailableError`, `HomeError`."""
    return ring_of(home, Pkcs11Provider(access, home.id, domains, _lock_of(home)))


def _lock_of(home: Home) -> Path:
    return home.key_file.with_name("keys.lock")


def _session(access: TokenAccess, domain: Domain) -> Any:
    module, label, pin = str(access.module), access.label(domain), access.pin(domain)
    key = (module, label, hashlib.sha256(pin.encode()).digest())
    if key not in _OPEN:
        _OPEN[key] = pkcs11.lib(module).get_token(token_label=label).open(rw=True, user_pin=pin)
    return _OPEN[key]


@contextmanager
def _refusals() -> Iterator[None]:
    """Turn the token's errors into ours."""
    try:
        yield
    except (PKCS11Error, RuntimeError) as exc:
        raise KeyUnavailableError(f"the token refuses: {type(exc).__name__}") from exc
