"""A KEK provider wraps and unwraps lockboxes by versioned domain keys, and destroys versions.

`storage.passphrase` has the one that needs nothing but a file, `storage.pkcs11` the one for
tokens and hardware modules. What every provider promises is written down once, as `KekContract`
among the tests; docs/guides/key-providers.md says how to add another.
"""

from collections.abc import Set
from enum import StrEnum
from typing import Protocol

from storage.domain import Domain
from storage.envelope import Context


class Assurance(StrEnum):
    """How surely a version is gone once its provider has destroyed it."""

    BEST_EFFORT = "best-effort"
    """An old copy of the key file still gives it to whoever has the passphrase of that time."""
    PROVIDER = "provider"
    """The provider says that the key is gone; it never gave it out. Copies that the provider
    itself may have, such as a token's backup, are beyond our sight."""


class KekProvider(Protocol):
    """Holds the domain keys, or asks something that does."""

    @property
    def name(self) -> str:
        """What certificates and `walloff keys status` call the provider."""
        ...

    @property
    def assurance(self) -> Assurance:
        """What destruction by this provider is worth."""
        ...

    @property
    def escrow(self) -> str | None:
        """Which escrow of custodians opens the keys as well, if any."""
        ...

    @property
    def domains(self) -> Set[Domain]:
        """The domains that this provider serves."""
        ...

    def current_version(self, domain: Domain) -> int:
        """Return the newest version. Raises `KeyUnavailableError`."""
        ...

    def versions(self, domain: Domain) -> tuple[int, ...]:
        """Return the versions that still exist, oldest first."""
        ...

    def new_version(self, domain: Domain) -> int:
        """Make a new version, durable before this returns, and return its number."""
        ...

    def wrap(self, domain: Domain, version: int, secret: bytes, context: Context) -> bytes:
        """Wrap a secret. Raises `KeyUnavailableError` for a version that does not exist."""
        ...

    def unwrap(self, domain: Domain, version: int, wrapped: bytes, context: Context) -> bytes:
        """Unwrap a secret. Raises `KeyUnavailableError`, `SealBrokenError`."""
        ...

    def destroy_version(self, domain: Domain, version: int) -> str:
        """Destroy a version and return a receipt. The current one is refused.

        Raises `KeyUnavailableError`. Destroying what is destroyed is no error.
        """
        ...
