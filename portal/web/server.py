"""An application is served on one address: over TLS, or on this machine alone.

A cookie that must never leave in clear is not sent over plain HTTP but to this machine itself.
Behind a proxy that speaks TLS the application still listens on this machine alone.
"""

import ssl
from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import uvicorn
from starlette.types import ASGIApp

from models.errors import SettingsError


@dataclass(frozen=True, slots=True)
class Address:
    """Where an application listens, and how browsers name it."""

    host: str
    port: int
    certificate: Path | None = None
    key: Path | None = None
    public: str | None = None
    """The origin that browsers use, where a proxy stands in between: `https://hire.example.org`."""

    def __post_init__(self) -> None:
        """Raise `SettingsError` for an address that would carry a session in clear."""
        if (self.certificate is None) != (self.key is None):
            raise SettingsError("a certificate and its key belong together")
        if self.certificate is None and not _is_here(self.host):
            raise SettingsError("without a certificate an application listens on this machine only")
        if self.public is not None and not self.public.startswith("https://"):
            raise SettingsError("the address that browsers use begins with https://")

    @property
    def origin(self) -> str:
        """Return the origin of the pages: scheme, host and port."""
        if self.public is not None:
            return self.public.rstrip("/")
        scheme = "http" if self.certificate is None else "https"
        default = {"http": 80, "https": 443}[scheme]
        name = "localhost" if _is_here(self.host) else self.host
        return f"{scheme}://{name}" + ("" if self.port == default else f":{self.port}")

    @property
    def origins(self) -> frozenset[str]:
        """Return every origin under which the pages may be asked for."""
        return frozenset({self.origin})


def server(app: ASGIApp, address: Address) -> uvicorn.Server:
    """Return a server that logs no address that is asked for; `serve` or `run` starts it.

    Raises `SettingsError` if the certificate cannot be read.
    """
    tls: dict[str, Any] = {}
    if address.certificate is not None and address.key is not None:
        try:
            ssl.create_default_context(ssl.Purpose.CLIENT_AUTH).load_cert_chain(
                address.certificate, address.key
            )
        except (OSError, ssl.SSLError):
            raise SettingsError("the certificate or its key cannot be read") from None
        tls = {"ssl_certfile": str(address.certificate), "ssl_keyfile": str(address.key)}
    return uvicorn.Server(
        uvicorn.Config(
            app,
            host=address.host,
            port=address.port,
            log_config=None,
            access_log=False,
            server_header=False,
            date_header=True,
            lifespan="off",
            proxy_headers=address.public is not None,
            forwarded_allow_ips="127.0.0.1",
            timeout_keep_alive=5,
            timeout_graceful_shutdown=10,
            h11_max_incomplete_event_size=32 * 1024,
            limit_concurrency=200,
            ws="none",
            **tls,
        )
    )


def _is_here(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
