"""Domain keys in one file, under a key that Argon2id makes of a passphrase.

What a process holds after opening it opens only the domains it asked for. Its limit: an old copy
of the file still opens with the passphrase of its time, so destruction is best effort here, and
the certificate says so; changing the passphrase does not reach that copy either.
"""

import base64
import fcntl
import json
import os
from collections.abc import Iterator, Mapping, Set
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

from models.errors import KeyUnavailableError, SealBrokenError
from storage.atomic import replacing
from storage.domain import Domain
from storage.envelope import Context, SealingKey, derive, seal, unseal
from storage.faults import disk

_FORM: Final = "walloff-keys-1"


@dataclass(frozen=True, slots=True)
class KdfCost:
    """What a passphrase costs to try: memory in KiB, passes, lanes."""

    memory_kib: int = 65_536
    iterations: int = 3
    lanes: int = 4


RFC_9106_LOW: Final = KdfCost()
"""RFC 9106 section 4, second recommended option: 64 MiB, 3 passes, 4 lanes."""


class PassphraseFileProvider:
    """Domain keys in one file under a passphrase."""

    def __init__(
        self, path: Path, identity: Context, wrapping: Mapping[Domain, SealingKey]
    ) -> None:
        self._path = path
        self._identity = identity
        self._wrapping = dict(wrapping)
        self._seen: tuple[int, int, int] | None = None
        self._current: dict[Domain, int] = {}
        self._keys: dict[tuple[Domain, int], SealingKey] = {}

    @classmethod
    def create(
        cls, path: Path, passphrase: bytes, identity: Context, *, cost: KdfCost = RFC_9106_LOW
    ) -> "PassphraseFileProvider":
        """Write a key file with version 1 of every domain's key, and return it open.

        Raises `KeyUnavailableError` if there is one.
        """
        kdf, root = _fresh_root(passphrase, cost)
        domains: dict[str, Any] = {}
        for domain in Domain:
            key = _wrapping_key(root, domain)
            sealed = seal(key, os.urandom(32), _place(identity, domain, 1))
            domains[domain] = {"current": 1, "versions": {"1": _text(sealed)}}
        with _locked(path):
            if path.exists():
                raise KeyUnavailableError("a key file exists already")
            _write(path, {"form": _FORM, "kdf": kdf, "domains": domains})
        return cls(path, identity, {item: _wrapping_key(root, item) for item in Domain})

    @classmethod
    def change_passphrase(
        cls, path: Path, old: bytes, new: bytes, identity: Context, *, cost: KdfCost = RFC_9106_LOW
    ) -> None:
        """Put the same keys under another passphrase. Portions given to processes end with it.

        Raises `KeyUnavailableError` if the old passphrase is wrong.
        """
        with _locked(path):
            content = _read(path)
            before = cls.unlock(path, old, identity, frozenset(Domain))
            kdf, root = _fresh_root(new, cost)
            for domain in Domain:
                after = _wrapping_key(root, domain)
                versions = _entry(content, domain)["versions"]
                for version, sealed in versions.items():
                    place = _place(identity, domain, int(version))
                    secret = unseal(before.wrapping[domain], base64.b64decode(sealed), place)
                    versions[version] = _text(seal(after, secret, place))
            _write(path, content | {"kdf": kdf})

    @classmethod
    def unlock(
        cls, path: Path, passphrase: bytes, identity: Context, domains: Set[Domain]
    ) -> "PassphraseFileProvider":
        """Open a key file for some domains; what opens the others is forgotten.

        Raises `KeyUnavailableError` if the file is missing or damaged, or the passphrase wrong.
        """
        content = _read(path)
        try:
            kdf = content["kdf"]
            cost = KdfCost(int(kdf["memory_kib"]), int(kdf["iterations"]), int(kdf["lanes"]))
            root = _stretch(passphrase, bytes.fromhex(kdf["salt"]), cost)
        except (KeyError, TypeError, ValueError) as exc:
            raise KeyUnavailableError("the key file is damaged") from exc
        provider = cls(path, identity, {item: _wrapping_key(root, item) for item in domains})
        for domain in domains:
            provider.current_version(domain)
        return provider

    @property
    def domains(self) -> Set[Domain]:
        """The domains that this process may open."""
        return self._wrapping.keys()

    @property
    def wrapping(self) -> Mapping[Domain, SealingKey]:
        """What opens each domain's keys in the file. Only ever written to a portion."""
        return self._wrapping

    def current_version(self, domain: Domain) -> int:
        """Return the newest version."""
        self._require(domain)
        self._refresh()
        return self._current[domain]

    def versions(self, domain: Domain) -> tuple[int, ...]:
        """Return the versions that still exist, oldest first."""
        self._require(domain)
        self._refresh()
        return tuple(sorted(version for item, version in self._keys if item is domain))

    def new_version(self, domain: Domain) -> int:
        """Add a version to the file and make it current."""
        wrapping = self._require(domain)
        with _locked(self._path):
            content = _read(self._path)
            entry = _entry(content, domain)
            version = int(entry["current"]) + 1
            sealed = seal(wrapping, os.urandom(32), _place(self._identity, domain, version))
            entry["versions"][str(version)] = _text(sealed)
            entry["current"] = version
            _write(self._path, content)
        return version

    def wrap(self, domain: Domain, version: int, secret: bytes, context: Context) -> bytes:
        """Wrap a secret for one place."""
        return seal(self._key(domain, version), secret, ("wrapped", domain, str(version), *context))

    def unwrap(self, domain: Domain, version: int, wrapped: bytes, context: Context) -> bytes:
        """Unwrap a secret in its place."""
        key = self._key(domain, version)
        return unseal(key, wrapped, ("wrapped", domain, str(version), *context))

    def destroy_version(self, domain: Domain, version: int) -> str:
        """Rewrite the file without a version."""
        self._require(domain)
        with _locked(self._path):
            content = _read(self._path)
            entry = _entry(content, domain)
            if int(entry["current"]) == version:
                raise KeyUnavailableError("the current key version cannot be destroyed")
            entry["versions"].pop(str(version), None)
            _write(self._path, content)
        self._keys.pop((domain, version), None)
        return f"key file rewritten without {domain} version {version} (best effort)"

    def _require(self, domain: Domain) -> SealingKey:
        try:
            return self._wrapping[domain]
        except KeyError:
            raise KeyUnavailableError(f"the domain {domain} is not in this key ring") from None

    def _key(self, domain: Domain, version: int) -> SealingKey:
        self._require(domain)
        self._refresh()
        try:
            return self._keys[domain, version]
        except KeyError:
            raise KeyUnavailableError(f"{domain} key version {version} was destroyed") from None

    def _refresh(self) -> None:
        """Read the file again if another process has rewritten it."""
        try:
            stat = self._path.stat()
        except OSError as exc:
            raise KeyUnavailableError("the key file is missing") from exc
        seen = (stat.st_ino, stat.st_mtime_ns, stat.st_size)
        if seen == self._seen:
            return
        content = _read(self._path)
        keys: dict[tuple[Domain, int], SealingKey] = {}
        current: dict[Domain, int] = {}
        try:
            for domain, wrapping in self._wrapping.items():
                entry = _entry(content, domain)
                current[domain] = int(entry["current"])
                for text, sealed in entry["versions"].items():
                    place = _place(self._identity, domain, int(text))
                    secret = unseal(wrapping, base64.b64decode(sealed, validate=True), place)
                    keys[domain, int(text)] = SealingKey.of(secret, f"kek/{domain}")
        except SealBrokenError as exc:
            raise KeyUnavailableError("the passphrase does not open this home's key file") from exc
        except (KeyError, TypeError, ValueError, AttributeError) as exc:
            raise KeyUnavailableError("the key file is damaged") from exc
        self._keys, self._current, self._seen = keys, current, seen


def _fresh_root(passphrase: bytes, cost: KdfCost) -> tuple[dict[str, Any], bytes]:
    salt = os.urandom(16)
    kdf = {
        "name": "argon2id",
        "salt": salt.hex(),
        "memory_kib": cost.memory_kib,
        "iterations": cost.iterations,
        "lanes": cost.lanes,
    }
    return kdf, _stretch(passphrase, salt, cost)


def _stretch(passphrase: bytes, salt: bytes, cost: KdfCost) -> bytes:
    if not passphrase:
        raise KeyUnavailableError("the passphrase is empty")
    return Argon2id(
        salt=salt,
        length=32,
        iterations=cost.iterations,
        lanes=cost.lanes,
        memory_cost=cost.memory_kib,
    ).derive(passphrase)


def _wrapping_key(root: bytes, domain: Domain) -> SealingKey:
    return SealingKey.of(derive(root, f"domain/{domain}"), "domain-key")


def _place(identity: Context, domain: Domain, version: int) -> Context:
    return ("kek", *identity, domain, str(version))


def _text(sealed: bytes) -> str:
    return base64.b64encode(sealed).decode()


def _read(path: Path) -> dict[str, Any]:
    try:
        content = json.loads(path.read_bytes())
    except FileNotFoundError as exc:
        raise KeyUnavailableError("the home has no key file") from exc
    except (OSError, ValueError) as exc:
        raise KeyUnavailableError("the key file is damaged") from exc
    if not isinstance(content, dict) or content.get("form") != _FORM:
        raise KeyUnavailableError("the key file is of another version")
    return content


def _entry(content: dict[str, Any], domain: Domain) -> dict[str, Any]:
    try:
        entry: dict[str, Any] = content["domains"][domain]
        int(entry["current"]), entry["versions"].items()
    except (KeyError, TypeError, ValueError, AttributeError) as exc:
        raise KeyUnavailableError("the key file is damaged") from exc
    return entry


def _write(path: Path, content: dict[str, Any]) -> None:
    with replacing(path) as stream:
        stream.write(json.dumps(content, sort_keys=True, indent=1).encode() + b"\n")


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    with disk("the key file cannot be written"):
        descriptor = os.open(path.with_name(f"{path.name}.lock"), os.O_CREAT | os.O_RDWR, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            yield
        finally:
            os.close(descriptor)
