"""Domain keys in one file, under a key that Argon2id makes of a passphrase.

What a process holds after opening it opens only the domains it asked for. Its limit: an old copy
of the file still opens with the passphrase of its time, so destruction is best effort here, and
the certificate says so; changing the passphrase does not reach that copy either.
"""

import os
from collections.abc import Mapping, Set
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

from models.errors import KeyUnavailableError, SealBrokenError
from storage.domain import Domain
from storage.envelope import Context, SealingKey, derive, seal, unseal
from storage.kek import Assurance
from storage.key_file import (
    FORM,
    decoded,
    encoded,
    entry_of,
    locked,
    read_key_file,
    write_key_file,
)
from storage.recovery import escrow_id, kept_recovery, put_recovery, recovered
from storage.sealed_write import ReadingKey, WritingKey
from storage.stretching import ALONE


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
            domains[domain] = {"current": 1, "versions": {"1": encoded(sealed)}}
        with locked(path):
            if path.exists():
                raise KeyUnavailableError("a key file exists already")
            write_key_file(path, {"form": FORM, "kdf": kdf, "domains": domains})
        return cls(path, identity, {item: _wrapping_key(root, item) for item in Domain})

    @classmethod
    def change_passphrase(
        cls, path: Path, old: bytes, new: bytes, identity: Context, *, cost: KdfCost = RFC_9106_LOW
    ) -> None:
        """Put the same keys under another passphrase. Portions given to processes end with it.

        An escrow stands as before. Raises `KeyUnavailableError` if the old passphrase is wrong
        or the escrow was exchanged.
        """
        with locked(path):
            content = read_key_file(path)
            before = cls.unlock(path, old, identity, frozenset(Domain))
            writing = kept_recovery(content, root=_root(content, old), identity=identity)
            before._rewrite(content, new, writing, cost)

    @classmethod
    def set_escrow(
        cls, path: Path, passphrase: bytes, identity: Context, writing: WritingKey
    ) -> None:
        """Let a recovery key open the keys too; one that was there before opens no more.

        Raises `KeyUnavailableError` if the passphrase is wrong.
        """
        with locked(path):
            content = read_key_file(path)
            held = cls.unlock(path, passphrase, identity, frozenset(Domain))
            root = _root(content, passphrase)
            put_recovery(content, writing, root=root, wrapping=held.wrapping, identity=identity)
            write_key_file(path, content)

    @classmethod
    def recover(
        cls, path: Path, reading: ReadingKey, identity: Context
    ) -> "PassphraseFileProvider":
        """Open a key file for every domain by its recovery key. Raises `KeyUnavailableError`."""
        provider = cls(path, identity, recovered(read_key_file(path), reading, identity))
        for domain in Domain:
            provider.current_version(domain)
        return provider

    @classmethod
    def reset_passphrase(
        cls,
        path: Path,
        reading: ReadingKey,
        new: bytes,
        identity: Context,
        *,
        cost: KdfCost = RFC_9106_LOW,
    ) -> None:
        """Put the keys under a new passphrase by the recovery key, which stays good."""
        with locked(path):
            before = cls.recover(path, reading, identity)
            before._rewrite(read_key_file(path), new, reading.writing, cost)

    def _rewrite(
        self, content: dict[str, Any], new: bytes, writing: WritingKey | None, cost: KdfCost
    ) -> None:
        """Write the file anew under a passphrase. Takes a provider that serves every domain."""
        kdf, root = _fresh_root(new, cost)
        after = {domain: _wrapping_key(root, domain) for domain in Domain}
        for domain in Domain:
            versions = entry_of(content, domain)["versions"]
            for version, sealed in versions.items():
                place = _place(self._identity, domain, int(version))
                secret = unseal(self._wrapping[domain], decoded(sealed), place)
                versions[version] = encoded(seal(after[domain], secret, place))
        if writing is not None:
            put_recovery(content, writing, root=root, wrapping=after, identity=self._identity)
        write_key_file(self._path, content | {"kdf": kdf})

    @classmethod
    def unlock(
        cls, path: Path, passphrase: bytes, identity: Context, domains: Set[Domain]
    ) -> "PassphraseFileProvider":
        """Open a key file for some domains; what opens the others is forgotten.

        Raises `KeyUnavailableError` if the file is missing or damaged, or the passphrase wrong.
        """
        root = _root(read_key_file(path), passphrase)
        provider = cls(path, identity, {item: _wrapping_key(root, item) for item in domains})
        for domain in domains:
            provider.current_version(domain)
        return provider

    @property
    def name(self) -> str:
        """What certificates call this provider."""
        return "passphrase file"

    @property
    def assurance(self) -> Assurance:
        """Only as good as the old copies of the file are gone."""
        return Assurance.BEST_EFFORT

    @property
    def escrow(self) -> str | None:
        """Which escrow opens the keys besides the passphrase, if any."""
        return escrow_id(read_key_file(self._path))

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
        with locked(self._path):
            self._refresh()  # refuses if the passphrase was changed: it would open no more
            content = read_key_file(self._path)
            entry = entry_of(content, domain)
            version = int(entry["current"]) + 1
            sealed = seal(wrapping, os.urandom(32), _place(self._identity, domain, version))
            entry["versions"][str(version)] = encoded(sealed)
            entry["current"] = version
            write_key_file(self._path, content)
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
        with locked(self._path):
            content = read_key_file(self._path)
            entry = entry_of(content, domain)
            if int(entry["current"]) == version:
                raise KeyUnavailableError("the current key version cannot be destroyed")
            entry["versions"].pop(str(version), None)
            write_key_file(self._path, content)
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
        content = read_key_file(self._path)
        keys: dict[tuple[Domain, int], SealingKey] = {}
        current: dict[Domain, int] = {}
        try:
            for domain, wrapping in self._wrapping.items():
                entry = entry_of(content, domain)
                current[domain] = int(entry["current"])
                for text, sealed in entry["versions"].items():
                    place = _place(self._identity, domain, int(text))
                    secret = unseal(wrapping, decoded(sealed), place)
                    keys[domain, int(text)] = SealingKey.of(secret, f"kek/{domain}")
        except SealBrokenError as exc:
            raise KeyUnavailableError("the passphrase does not open this home's key file") from exc
        except (KeyError, TypeError, ValueError, AttributeError) as exc:
            raise KeyUnavailableError("the key file is damaged") from exc
        self._keys, self._current, self._seen = keys, current, seen


def _root(content: dict[str, Any], passphrase: bytes) -> bytes:
    """Return what a passphrase gives for a key file. Raises `KeyUnavailableError` if damaged."""
    try:
        kdf = content["kdf"]
        cost = KdfCost(int(kdf["memory_kib"]), int(kdf["iterations"]), int(kdf["lanes"]))
        return _stretch(passphrase, bytes.fromhex(kdf["salt"]), cost)
    except (KeyError, TypeError, ValueError) as exc:
        raise KeyUnavailableError("the key file is damaged") from exc


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
    kdf = Argon2id(
        salt=salt,
        length=32,
        iterations=cost.iterations,
        lanes=cost.lanes,
        memory_cost=cost.memory_kib,
    )
    with ALONE:
        return kdf.derive(passphrase)


def _wrapping_key(root: bytes, domain: Domain) -> SealingKey:
    return SealingKey.of(derive(root, f"domain/{domain}"), "domain-key")


def _place(identity: Context, domain: Domain, version: int) -> Context:
    return ("kek", *identity, domain, str(version))
