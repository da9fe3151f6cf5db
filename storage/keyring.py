"""A key ring is what one process holds: the domains that are its business, and no other.

Opened lockboxes are kept for half a minute; a destroyed one opens no longer than that.
"""

import secrets
import threading
import time
from collections import OrderedDict
from collections.abc import Collection, Iterator, Set
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import BinaryIO, Final

from sqlalchemy import Engine, insert, select

from models.errors import HomeError, KeyUnavailableError
from models.ids import CaseId
from storage.atomic import replacing
from storage.domain import HOME, Domain
from storage.engine import transaction
from storage.envelope import Context, SealingKey, derive, unseal
from storage.faults import disk
from storage.home import Home, HomeMode
from storage.kek import KekProvider
from storage.keystore import DomainStatus, KeyStore, Rotation
from storage.merkle import EMPTY
from storage.migrate import Database, check
from storage.note import Signer, checkpoint_text, log_name
from storage.passphrase import RFC_9106_LOW, KdfCost, PassphraseFileProvider
from storage.sealed_write import (
    ReadingKey,
    Writer,
    is_written,
    open_written_file,
    open_written_stream,
    unseal_written,
)
from storage.stream import open_file
from storage.tables.keys import VERSIONS, WITNESS
from storage.writers import make_writers

KEPT_SECONDS: Final = 30.0
"""How long an opened lockbox stays in memory."""

KEPT_COUNT: Final = 4096


@dataclass(frozen=True, slots=True, repr=False)
class Lockbox:
    """The keys of one case in one domain, each for one purpose."""

    rows: SealingKey
    files: SealingKey
    index: bytes
    """For keyed digests."""
    signing: bytes
    """Seed of a signing key; of use only in the home's own lockboxes."""
    reading: ReadingKey
    """Opens what those wrote who hold only the public half."""

    @classmethod
    def of(cls, secret: bytes) -> "Lockbox":
        """Derive the keys from the lockbox's one secret."""
        return cls(
            rows=SealingKey.of(secret, "rows"),
            files=SealingKey.of(secret, "files"),
            index=derive(secret, "index"),
            signing=derive(secret, "signing"),
            reading=ReadingKey(derive(secret, "reading")),
        )

    def unseal(self, sealed: bytes, context: Context) -> bytes:
        """Open a row's value, whether it was sealed with the key or to it."""
        if is_written(sealed):
            return unseal_written(self.reading, sealed, context)
        return unseal(self.rows, sealed, context)

    def open_file(self, path: Path, context: Context) -> Iterator[bytes]:
        """Yield a sealed file's bytes, whether it was sealed with the key or to it."""
        with path.open("rb") as stream:
            written = is_written(stream.read(1))
        if written:
            return open_written_file(path, self.reading, context)
        return open_file(path, self.files, context)

    def open_written(self, stream: BinaryIO, context: Context) -> Iterator[bytes]:
        """Yield what a stream holds that was sealed to the key, and by no other means."""
        return open_written_stream(stream, self.reading, context)

    def __repr__(self) -> str:
        return "Lockbox(…)"


class KeyRing:
    """Opens lockboxes of its domains. Safe to share between threads."""

    def __init__(self, store: KeyStore, engine: Engine) -> None:
        self._store = store
        self._engine = engine
        self._lock = threading.Lock()
        self._opened: OrderedDict[tuple[CaseId, Domain], tuple[float, Lockbox]] = OrderedDict()

    @property
    def domains(self) -> frozenset[Domain]:
        """What this process may open."""
        return frozenset(self._store.provider.domains)

    @property
    def provider(self) -> KekProvider:
        """What holds the domain keys."""
        return self._store.provider

    @property
    def engine(self) -> Engine:
        """The engine on keys.db."""
        return self._engine

    def lockbox(self, case_id: CaseId, domain: Domain, *, create: bool = False) -> Lockbox:
        """Return the lockbox of a case in a domain, made now if asked for.

        Raises `KeyUnavailableError` if the domain is not in the ring, if there is no lockbox,
        or if it was destroyed.
        """
        if domain not in self._store.provider.domains:
            raise KeyUnavailableError(f"the domain {domain} is not in this key ring")
        now = time.monotonic()
        with self._lock:
            kept = self._opened.get((case_id, domain))
        if kept is not None and now < kept[0]:
            return kept[1]
        secret = self._created(case_id, domain) if create else self._store.open(case_id, domain)
        box = Lockbox.of(secret)
        with self._lock:
            self._opened[case_id, domain] = (now + KEPT_SECONDS, box)
            self._opened.move_to_end((case_id, domain))
            while len(self._opened) > KEPT_COUNT:
                self._opened.popitem(last=False)
        return box

    def writer(self, case_id: CaseId, domain: Domain) -> Writer:
        """Return what lets a process write for a case that can read nothing of it.

        Raises `KeyUnavailableError` as `lockbox` does.
        """
        return Writer(case_id, domain, self.lockbox(case_id, domain, create=True).reading.writing)

    def drop(self, case_id: CaseId, *, at: datetime) -> int:
        """Delete all lockboxes of a case, for good, and return how many there were."""
        dropped = self._store.drop(case_id, at=at)
        self.forget()
        return dropped

    def rotate(self, domain: Domain) -> Rotation:
        """Rewrap every lockbox of a domain under a new key and destroy all older keys."""
        rotation = self._store.rotate(domain)
        self.forget()
        return rotation

    def finish_dropping(self, case_ids: Collection[CaseId], *, at: datetime) -> None:
        """Note that nothing opens the dropped lockboxes of these cases any more."""
        self._store.finish_dropping(case_ids, at=at)

    def finished_dropping(self) -> frozenset[CaseId]:
        """Return the cases whose keys are beyond recovery."""
        return self._store.finished_dropping()

    def dropped(self) -> frozenset[CaseId]:
        """Return the cases whose lockboxes were deleted, finished or not."""
        return self._store.dropped()

    def awaiting_rotation(self) -> frozenset[Domain]:
        """Return the domains whose key still opens an old copy of a dropped lockbox."""
        return self._store.awaiting_rotation()

    def digest(self) -> str:
        """Return a digest of all lockboxes, of every domain."""
        return self._store.digest()

    def status(self) -> tuple[DomainStatus, ...]:
        """Say how the keys of this ring's domains stand."""
        return self._store.status()

    def forget(self) -> None:
        """Forget every opened lockbox."""
        with self._lock:
            self._opened.clear()

    def close(self) -> None:
        """Forget everything and close the database."""
        self.forget()
        self._engine.dispose()

    def _created(self, case_id: CaseId, domain: Domain) -> bytes:
        try:
            return self._store.open(case_id, domain)
        except KeyUnavailableError:
            return self._store.create(case_id, domain)


def init_keys(home: Home, passphrase: bytes, *, cost: KdfCost = RFC_9106_LOW) -> None:
    """Make a key file with every domain's key, and what the audit log's signer remembers.

    A set-up that was interrupted is taken up again, with the same passphrase. Raises `HomeError`
    if the home has keys already, or if a production home's passphrase would cost less to try
    than RFC 9106's second recommended option; `KeyUnavailableError` for another passphrase.
    """
    _require_no_keys(home)
    require_cost(home, cost)
    if home.key_file.exists():
        provider = PassphraseFileProvider.unlock(
            home.key_file, passphrase, identity(home), frozenset(Domain)
        )
    else:
        provider = PassphraseFileProvider.create(
            home.key_file, passphrase, identity(home), cost=cost
        )
    init_with(home, provider)


def init_with(home: Home, provider: KekProvider) -> None:
    """Set a home up with a provider that has a version of every domain's key.

    Raises `HomeError` if the home has keys already.
    """
    _require_no_keys(home)
    ring = ring_of(home, provider)
    try:
        with transaction(ring.engine, "keys", writes=True) as connection:
            known = set(connection.execute(select(VERSIONS.c.domain)).scalars())
            for domain in set(Domain) - known:
                version = provider.current_version(domain)
                connection.execute(insert(VERSIONS).values(domain=domain, version=version))
        make_writers(ring)
        signer = Signer(log_name(home.id), ring.lockbox(HOME, Domain.AUDIT, create=True).signing)
        with transaction(ring.engine, "keys", writes=True) as connection:
            if connection.execute(select(WITNESS.c.size)).first() is None:
                note = signer.sign(checkpoint_text(log_name(home.id), 0, EMPTY))
                connection.execute(insert(WITNESS).values(one=1, size=0, checkpoints=0, note=note))
    finally:
        ring.close()
    # Last of all: where this file is, the keys are whole.
    with disk("the verification key cannot be written"), replacing(home.audit_key_file) as stream:
        stream.write(signer.vkey.encode() + b"\n")


def change_passphrase(home: Home, old: bytes, new: bytes, *, cost: KdfCost = RFC_9106_LOW) -> None:
    """Put a home's keys under another passphrase. Portions given to processes end with it.

    Raises `KeyUnavailableError` if the old passphrase is wrong, `HomeError` as `init_keys` does.
    """
    require_cost(home, cost)
    PassphraseFileProvider.change_passphrase(home.key_file, old, new, identity(home), cost=cost)


def open_key_ring(home: Home, *, passphrase: bytes, domains: Set[Domain]) -> KeyRing:
    """Return a key ring for some domains.

    Raises `KeyUnavailableError` if the passphrase is wrong or the home has no keys, `HomeError`
    if keys.db belongs to another home.
    """
    provider = PassphraseFileProvider.unlock(
        home.key_file, passphrase, identity(home), frozenset(domains)
    )
    return ring_of(home, provider)


def ring_of(home: Home, provider: KekProvider) -> KeyRing:
    """Return a key ring on any provider."""
    engine = home.engine(Database.KEYS)
    check(engine, Database.KEYS, home_id=home.id, mode=str(home.mode))
    return KeyRing(KeyStore(engine, provider, identity(home)), engine)


def generate_passphrase(home: Home) -> bytes:
    """Write a random passphrase of 256 bits to the home's passphrase file and return it.

    One that is there is returned while the home has no keys: the set-up was interrupted then.
    Raises `HomeError` if the home has keys already.
    """
    _require_no_keys(home)
    if home.passphrase_file.exists():
        return read_passphrase(home)
    passphrase = secrets.token_hex(32).encode()
    with disk("the passphrase file cannot be written"), replacing(home.passphrase_file) as stream:
        stream.write(passphrase + b"\n")
    return passphrase


def read_passphrase(home: Home) -> bytes:
    """Return what the home's passphrase file holds. Raises `KeyUnavailableError`."""
    try:
        return home.passphrase_file.read_bytes().strip()
    except OSError as exc:
        raise KeyUnavailableError("the home's passphrase file cannot be read") from exc


def identity(home: Home) -> Context:
    """Return what binds keys to a home: an edited mode opens nothing."""
    return (home.id, str(home.mode))


def _require_no_keys(home: Home) -> None:
    if home.audit_key_file.exists():
        raise HomeError("the home has keys already")


def require_cost(home: Home, cost: KdfCost) -> None:
    """Raise `HomeError` if a production home's passphrase would be too cheap to try."""
    if home.mode is HomeMode.PRODUCTION and cost != RFC_9106_LOW:
        raise HomeError("a production home's passphrase is stretched as RFC 9106 recommends")
