"""A small site of hostile and harmless pages, over http and https; what it is asked is kept."""

import ssl
import threading
import time
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

HOST = "rowan.example"
ENTRY = (
    '<article class="h-entry"><a class="p-author h-card">rowan_a</a>'
    '<time class="dt-published" datetime="2026-05-01T10:00:00Z"></time>'
    '<div class="e-content"><p>{}</p></div></article>'
)
SCRIPTED = """<h1>Posts</h1><div id="a"></div><script>
setTimeout(() => { document.getElementById('a').innerHTML = `%s`; }, 100);
</script>""" % ENTRY.format("The bread came out well.")  # noqa: UP031
HOSTILE = f"""<h1>Everything at once</h1>{ENTRY.format("Still here.")}
<img src="http://internal.example/pixel.png"><img src="http://127.0.0.1/pixel.png">
<img src="http://rowan.example:8080/port.png"><img src="http://u:p@rowan.example/secret.png">
<img src="http://rowan.example/big"><img src="http://rowan.example/forbidden-word.png">
<iframe src="file:///etc/passwd"></iframe>
<iframe src="http://rowan.example/told"></iframe>
<iframe src="http://rowan.example/frame"></iframe>
<a id="d" href="/file.bin" download>x</a>
<script>
const tell = (name, value) => {{ new Image().src = `/told?${{name}}=${{value}}`; }};
fetch('/posted', {{method: 'POST', body: 'x'}}).then(() => tell('post', 'done'), () => 0);
navigator.sendBeacon('/beacon', 'x');
fetch('/put', {{method: 'PUT'}}).catch(() => 0);
fetch('/endless').catch(() => 0);
new EventSource('/events');
try {{ new WebSocket('ws://rowan.example/socket'); }} catch (e) {{}}
try {{ new WebSocket('wss://rowan.example/socket'); }} catch (e) {{}}
try {{ window.open('/popup'); }} catch (e) {{}}
navigator.serviceWorker?.register('/worker.js').then(() => tell('worker', 'yes'), () => 0);
navigator.geolocation?.getCurrentPosition(() => tell('place', 'yes'), () => tell('place', 'no'));
Notification?.requestPermission?.().then(found => tell('notify', found));
document.getElementById('d').click();
alert('stay');
</script>"""


class Site:
    """What was asked, in `asked`: method, host and path."""

    def __init__(self, folder: Path) -> None:
        self.asked: list[str] = []
        self.headers: list[dict[str, str]] = []
        site = self

        class Handler(BaseHTTPRequestHandler):
            def log_message(self, *_: Any) -> None:
                return

            def do_GET(self) -> None:
                site.answer(self)

            do_POST = do_PUT = do_OPTIONS = do_HEAD = do_GET  # noqa: N815 - the library's names

        self.http = _serving(Handler)
        self.https = _serving(Handler)
        self.authority = folder / "authority.pem"
        context = _context(folder, self.authority)
        self.https.socket = context.wrap_socket(
            self.https.socket, server_side=True, do_handshake_on_connect=False
        )
        for server in (self.http, self.https):
            threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()

    def close(self) -> None:
        for server in (self.http, self.https):
            server.shutdown()
            server.server_close()

    @property
    def ports(self) -> dict[int, int]:
        return {80: self.http.server_port, 443: self.https.server_port}

    def resolve(self, host: str) -> list[str]:
        """Everything is this machine, but for one name that is inside a network."""
        return ["10.0.0.7"] if host == "internal.example" else ["127.0.0.1"]

    def answer(self, request: BaseHTTPRequestHandler) -> None:
        path = request.path.partition("?")[0]
        host = request.headers.get("Host", "")
        self.asked.append(f"{request.command} {host}{request.path}")
        self.headers.append(dict(request.headers.items()))
        made = getattr(self, f"page_{path.strip('/').replace('.', '_').replace('-', '_')}", None)
        if made is not None:
            made(request)
        else:
            _send(request, b"", status=404)

    def page_robots_txt(self, request: BaseHTTPRequestHandler) -> None:
        _send(request, b"User-agent: *\nDisallow: /private\n", "text/plain")

    def page_scripted(self, request: BaseHTTPRequestHandler) -> None:
        _page(request, SCRIPTED)

    def page_hostile(self, request: BaseHTTPRequestHandler) -> None:
        _page(request, HOSTILE)

    def page_private(self, request: BaseHTTPRequestHandler) -> None:
        _page(request, "not for programs")

    page_frame = page_told = page_popup = page_private

    def page_chunked(self, request: BaseHTTPRequestHandler) -> None:
        request.protocol_version = "HTTP/1.1"
        request.send_response(200)
        request.send_header("Content-Type", "text/html; charset=utf-8")
        request.send_header("Transfer-Encoding", "chunked")
        request.send_header("Set-Cookie", "seen=1")
        request.end_headers()
        for part in (b"<!DOCTYPE html><title>x</title>", ENTRY.format("In pieces.").encode()):
            request.wfile.write(b"%x\r\n%b\r\n" % (len(part), part))
        request.wfile.write(b"0\r\n\r\n")

    def page_moved(self, request: BaseHTTPRequestHandler) -> None:
        _send(request, b"", status=302, location="http://internal.example/admin")

    def page_round(self, request: BaseHTTPRequestHandler) -> None:
        _page(request, '<meta http-equiv="refresh" content="0">again')

    def page_missing_type(self, request: BaseHTTPRequestHandler) -> None:
        _send(request, b"\x00" * 100, "application/octet-stream")

    def page_big(self, request: BaseHTTPRequestHandler) -> None:
        request.send_response(200)
        request.send_header("Content-Type", "image/png")
        request.end_headers()
        _until_closed(request, b"\x00" * 65536, 0)

    def page_endless(self, request: BaseHTTPRequestHandler) -> None:
        request.send_response(200)
        request.send_header("Content-Type", "text/plain")
        request.end_headers()
        _until_closed(request, b"x", 0.05)

    page_events = page_endless


def _until_closed(request: BaseHTTPRequestHandler, piece: bytes, pause: float) -> None:
    try:
        for _ in range(4000):
            request.wfile.write(piece)
            request.wfile.flush()
            time.sleep(pause)
    except OSError:
        return


def _page(request: BaseHTTPRequestHandler, body: str) -> None:
    head = '<!DOCTYPE html><html lang="en"><meta charset="utf-8"><title>Rowan</title>'
    _send(request, f"{head}<body>{body}</body></html>".encode(), "text/html; charset=utf-8")


def _send(
    request: BaseHTTPRequestHandler,
    body: bytes,
    kind: str = "text/html",
    *,
    status: int = 200,
    location: str = "",
) -> None:
    request.send_response(status)
    request.send_header("Content-Type", kind)
    request.send_header("Content-Length", str(len(body)))
    if location:
        request.send_header("Location", location)
    request.end_headers()
    if request.command != "HEAD":
        request.wfile.write(body)


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *_: Any) -> None:
        return


def _serving(handler: type[BaseHTTPRequestHandler]) -> ThreadingHTTPServer:
    return _Server(("127.0.0.1", 0), handler)


def _context(folder: Path, authority: Path) -> ssl.SSLContext:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, HOST)])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=2))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(HOST)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    authority.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    pem = folder / "server.pem"
    private = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    pem.write_bytes(private + authority.read_bytes())
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem)
    return context
