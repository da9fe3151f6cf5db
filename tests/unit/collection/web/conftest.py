"""A small web on this machine: real servers with TLS, and a fetcher that reaches no further."""

import ssl
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from collection.web.addresses import Reach
from collection.web.answers import Ask, Limits, Terms
from collection.web.fetcher import Fetcher
from collection.web.pinned import PinnedTransport
from models.consent import PlatformKind

Route = Callable[[BaseHTTPRequestHandler], None]
NOW = datetime(2026, 9, 1, 12, tzinfo=UTC)


@dataclass
class OpenGate:
    """Lets everything through and notes it; a test makes it refuse."""

    asked: Terms = field(default_factory=lambda: Terms(robots=False))
    left: list[str] = field(default_factory=list)
    platforms: list[tuple[str, str]] = field(default_factory=list)
    refuse: Callable[[str], None] = lambda _url: None
    stop: Callable[[], None] = lambda: None

    def terms(self, host: str, platform: str, kind: PlatformKind) -> Terms:
        self.platforms.append((host, platform))
        return self.asked

    def leave(self, url: str, platform: str, kind: PlatformKind) -> int:
        self.refuse(url)
        self.left.append(url)
        return len(self.left)

    def live(self) -> None:
        self.stop()


@dataclass
class Web:
    """Hosts with their routes; what is not routed is answered 404."""

    routes: dict[tuple[str, str], Route] = field(default_factory=dict)
    asked: list[tuple[str, str, dict[str, str]]] = field(default_factory=list)
    ports: dict[int, int] = field(default_factory=dict)
    tls: ssl.SSLContext | None = None
    resolved: list[str] = field(default_factory=list)
    names: dict[str, list[str]] = field(default_factory=dict)

    @staticmethod
    def reply(
        body: bytes | str, kind: str = "application/json", status: int = 200, **headers: str
    ) -> Route:
        """A route that always answers the same."""
        sent = body.encode() if isinstance(body, str) else body

        def route(handler: BaseHTTPRequestHandler) -> None:
            handler.send_response(status)
            handler.send_header("Content-Type", kind)
            for name, value in headers.items():
                handler.send_header(name.replace("_", "-"), value)
            handler.send_header("Content-Length", str(len(sent)))
            handler.end_headers()
            handler.wfile.write(sent)

        return route

    @classmethod
    def moved(cls, location: str, status: int = 302) -> Route:
        return cls.reply(b"", "text/plain", status, Location=location)

    @staticmethod
    def gate(**more: Any) -> OpenGate:
        return OpenGate(**more)

    @staticmethod
    def asking(url: str, *accepts: str) -> Ask:
        kinds = frozenset(accepts or ("application/json",))
        return Ask(url, "mastodon/lookup", "mastodon", PlatformKind.SOCIAL, kinds)

    def at(self, url: str, route: Route) -> None:
        host, _, path = url.removeprefix("https://").removeprefix("http://").partition("/")
        self.routes[host, f"/{path}"] = route

    def resolver(self, host: str) -> list[str]:
        self.resolved.append(host)
        return self.names.get(host, ["127.0.0.1"])

    def paths(self) -> list[str]:
        return [f"{host}{path}" for host, path, _headers in self.asked]

    def fetcher(self, **more: Any) -> Fetcher:
        limits = more.pop("limits", None) or Limits(interval=0, seconds=20, silence=10)
        transport = PinnedTransport(Reach(self.ports), resolver=self.resolver, tls=self.tls)
        return Fetcher(
            "mailto:records@agency.example",
            now=more.pop("now", lambda: NOW),
            transport=more.pop("transport", transport),
            limits=limits,
            **more,
        )


def certificate_in(folder: Path) -> Path:
    """A certificate for every name under `.example` and the hosts of the connectors."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "the web of the tests")])
    hosts = [
        *("a.example", "b.example", "social.example", "pds.example", "sam.example"),
        *("public.api.bsky.app", "plc.directory"),
        *("api.github.com", "hacker-news.firebaseio.com"),
    ]
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.DNSName(one) for one in hosts]), critical=False
        )
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = folder / "web.pem"
    path.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        + made.public_bytes(serialization.Encoding.PEM)
    )
    return path


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return certificate_in(tmp_path_factory.mktemp("tls"))


@pytest.fixture
def web(certificate: Path) -> Iterator[Web]:
    yield from served(certificate)


def served(certificate: Path) -> Iterator[Web]:
    """Serve over http and https, on two ports of this machine, while it is iterated."""
    made = Web()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            host = self.headers.get("Host", "")
            made.asked.append((host, self.path, dict(self.headers.items())))
            route = made.routes.get((host, self.path)) or made.routes.get(
                (host, self.path.partition("?")[0])
            )
            (route or Web.reply(b"nothing here", "text/plain", 404))(self)
            self.close_connection = True

        def log_message(self, *args: object) -> None: ...

    class Server(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, request: Any, client_address: Any) -> None: ...

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    plain, secure = Server(("127.0.0.1", 0), Handler), Server(("127.0.0.1", 0), Handler)
    secure.socket = context.wrap_socket(
        secure.socket, server_side=True, do_handshake_on_connect=False
    )
    made.ports = {80: plain.server_port, 443: secure.server_port}
    made.tls = ssl.create_default_context(cafile=str(certificate))
    threads = [
        threading.Thread(target=one.serve_forever, args=(0.01,), daemon=True)
        for one in (plain, secure)
    ]
    for thread in threads:
        thread.start()
    yield made
    for one, thread in zip((plain, secure), threads, strict=True):
        one.shutdown()
        thread.join()
        one.server_close()
