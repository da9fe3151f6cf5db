"""An application is served on one address: over TLS, or on this machine alone.

A cookie that must never leave in clear is not sent over plain HTTP but to this machine itself.
Behind a proxy that speaks TLS the application still listens on this machine alone.
"""

import re
import ssl
from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

import uvicorn
from starlette.types import ASGIApp

from models.errors import SettingsError
from portal.web.patience import Patient

_NAME: Final = re.compile(r"[a-z0-9.-]+|\[[0-9a-f:.]+\]")


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
        if self.public is not None:
            _origin(self.public)

    @property
    def origin(self) -> str:
        """Return the origin of the pages: scheme, host and port."""
        if self.public is not None:
            return _origin(self.public)
        scheme = "http" if self.certificate is None else "https"
        default = {"http": 80, "https": 443}[scheme]
        name = "localhost" if _is_here(self.host) else self.host.lower()
        name = f"[{name}]" if ":" in name else name
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
            http=Patient,
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


def _origin(text: str) -> str:
    """Return an origin as browsers write it. Raises `SettingsError` for what is none."""
    refused = SettingsError("the address that browsers use is https://name or https://name:port")
    try:
        parts = urlsplit(text.lower())
        port = parts.port
    except ValueError:
        raise refused from None
    rest = (parts.username, parts.password, parts.query, parts.fragment)
    if parts.scheme != "https" or not parts.hostname or any(rest) or parts.path not in {"", "/"}:
        raise refused
    name = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    if not _NAME.fullmatch(name):
        raise refused
    return f"https://{name}" + ("" if port in {None, 443} else f":{port}")


def _is_here(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
