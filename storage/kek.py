"""A KEK provider wraps and unwraps lockboxes by versioned domain keys, and destroys versions.

`storage.passphrase` has the one that needs nothing but a file. What every provider promises is
written down once, as `KekContract` among the tests.
"""

from collections.abc import Set
from typing import Protocol

from storage.domain import Domain
from storage.envelope import Context


class KekProvider(Protocol):
    """Holds the domain keys, or asks something that does."""

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
