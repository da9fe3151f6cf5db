"""How an identity provider knows an application, and where it may be asked: over https alone."""

from dataclasses import dataclass, field
from ipaddress import ip_address
from urllib.parse import urlsplit

from models.errors import SettingsError


@dataclass(frozen=True, slots=True)
class Registration:
    """How the provider knows this application. Raises `SettingsError` for an issuer in clear."""

    issuer: str
    client_id: str
    secret: str = field(repr=False)
    second_factor: str | None = None
    """What `amr` or `acr` must say for the provider's second factor to stand for ours."""

    def __post_init__(self) -> None:
        parts = urlsplit(self.issuer)
        if not is_safe(self.issuer) or parts.query or parts.fragment:
            raise SettingsError("the issuer is https://…, without query or fragment")
        if not self.client_id or not self.secret:
            raise SettingsError("an identity provider knows an application by an id and a secret")


def is_safe(address: str) -> bool:
    """Say whether an address is https, or on this very machine."""
    try:
        parts = urlsplit(address)
        host, _ = parts.hostname, parts.port
    except ValueError:
        return False
    if not host or parts.username is not None or not address.isprintable():
        return False
    return parts.scheme == "https" or (parts.scheme == "http" and _is_here(host))


def _is_here(host: str) -> bool:
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False
