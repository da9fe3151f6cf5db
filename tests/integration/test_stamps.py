"""A checkpoint a day is stamped by an authority, here OpenSSL's; an altered one is refused."""

import shutil
import subprocess
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from sqlalchemy import text
from typer.testing import CliRunner

import storage.stamps
from casework.steps.step import entry
from cli.main import build
from models.audit import AuditAction
from models.errors import AuditBrokenError, ConstraintError, SettingsError
from models.ids import new_id
from models.people import SYSTEM, Role
from storage.audit import AuditLog
from storage.audit_export import export_log
from storage.checkpoints import publish, published
from storage.home import HomeMode
from storage.stamps import Trusted, keep_stamp, missing_stamps, verify_stamps
from walloff.home_setup import ready_home
from walloff.services import Services, open_services
from walloff.settings import Settings
from walloff.stamping import authority_of, stamp
from walloff.upkeep import publish_checkpoint

pytestmark = pytest.mark.skipif(shutil.which("openssl") is None, reason="needs openssl")

NOW = datetime.now(UTC).replace(microsecond=0)
CONFIGURATION = """
[tsa]
default_tsa = it
[it]
serial = {folder}/serial
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256
accuracy = secs:1
ess_cert_id_alg = sha256
"""


@dataclass
class Tsa:
    """`openssl ts -reply` behind a small HTTP server."""

    folder: Path
    url: str = ""
    asked: int = 0
    answer: Callable[[bytes], tuple[int, bytes]] | None = None

    @property
    def root(self) -> Path:
        return self.folder / "root.pem"

    def reply(self, query: bytes) -> tuple[int, bytes]:
        self.asked += 1
        if self.answer is not None:
            return self.answer(query)
        return 200, self.signed(query)

    def signed(self, query: bytes) -> bytes:
        (self.folder / "query").write_bytes(query)
        openssl("ts", "-reply", "-config", "tsa.cnf", "-queryfile", "query", "-signer", "tsa.pem",
                "-inkey", "tsa.key", "-out", "reply", folder=self.folder)  # fmt: skip
        return (self.folder / "reply").read_bytes()


def openssl(*arguments: str, folder: Path) -> None:
    subprocess.run(["openssl", *arguments], cwd=folder, check=True, capture_output=True)


def certificates(folder: Path, name: str) -> Path:
    """Make a root and a signer for time stamps, as PEM files in a new folder."""
    folder.mkdir()
    keys = [ec.generate_private_key(ec.SECP256R1()) for _ in range(2)]
    names = [
        x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, f"{name} {role}")])
        for role in ("root", "signer")
    ]
    for at, file in ((0, "root"), (1, "tsa")):
        made = (
            x509.CertificateBuilder()
            .subject_name(names[at])
            .issuer_name(names[0])
            .public_key(keys[at].public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(NOW - timedelta(days=1))
            .not_valid_after(NOW + timedelta(days=30))
            .add_extension(x509.BasicConstraints(ca=at == 0, path_length=None), critical=True)
        )
        if at:
            stamping = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING])
            made = made.add_extension(stamping, critical=True)
        signed = made.sign(keys[0], hashes.SHA256())
        (folder / f"{file}.pem").write_bytes(signed.public_bytes(serialization.Encoding.PEM))
    key = keys[1].private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    (folder / "tsa.key").write_bytes(key)
    (folder / "serial").write_text("01\n")
    (folder / "tsa.cnf").write_text(CONFIGURATION.format(folder=folder))
    return folder


@pytest.fixture
def tsa(tmp_path: Path) -> Iterator[Tsa]:
    made = Tsa(certificates(tmp_path / "tsa", "An authority"))

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            assert self.headers["content-type"] == "application/timestamp-query"
            status, body = made.reply(self.rfile.read(int(self.headers["content-length"])))
            self.send_response(status)
            self.send_header("content-type", "application/timestamp-reply")
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    made.url = f"http://127.0.0.1:{server.server_port}/tsa"
    yield made
    server.shutdown()
    server.server_close()


@pytest.fixture
def agency(tmp_path: Path, tsa: Tsa) -> Iterator[Services]:
    settings = Settings(home=tmp_path / "home", stamps_url=tsa.url, stamps_certificates=tsa.root)
    ready_home(settings, HomeMode.REHEARSAL)
    made = open_services(settings)
    yield made
    made.vault.close()


def publish_at(services: Services, now: datetime, *, entries: int = 1) -> bool:
    """Add to the log, sign it, and have it stamped if that is due."""
    for _ in range(entries):
        with services.vault.write() as tx:
            made = entry(
                AuditAction.RECALLED, actor=SYSTEM, role=Role.SYSTEM, object_id=new_id(), now=now
            )
            AuditLog(tx).append(made)
    publish(services.vault, now=now)
    authority = authority_of(services.settings)
    assert authority is not None
    return stamp(services.vault, authority, now=now)


def stamps(services: Services) -> list[tuple[int, bytes]]:
    with services.vault.read() as tx:
        rows = tx.execute(text("SELECT size, token FROM audit_stamps ORDER BY size")).all()
    return [(size, bytes(token)) for size, token in rows]


def test_publishing_asks_for_a_stamp_at_most_once_a_day(agency: Services, tsa: Tsa) -> None:
    assert publish_at(agency, NOW)
    assert not publish_at(agency, NOW + timedelta(hours=23))
    assert tsa.asked == 1
    assert publish_at(agency, NOW + timedelta(hours=24))
    assert not publish_at(agency, NOW + timedelta(days=9), entries=0)
    assert [size for size, _ in stamps(agency)] == [1, 4]
    assert tsa.asked == 2
    assert verify_stamps(agency.vault, Trusted(tsa.root)) == ()
    with pytest.raises(ConstraintError), agency.vault.write() as tx:
        tx.execute(text("DELETE FROM audit_stamps"))


def test_the_publishing_flow_has_its_checkpoint_stamped(agency: Services, tsa: Tsa) -> None:
    publish_checkpoint(agency)
    assert len(stamps(agency)) == tsa.asked == 1


@pytest.mark.parametrize(
    "answer",
    [
        lambda _query: (503, b""),
        lambda _query: (200, b"no stamp"),
        lambda _query: (200, b"\0" * 70_000),
        lambda _query: (302, b""),
    ],
)
def test_an_authority_that_fails_is_asked_again_at_the_next_publication(
    agency: Services, tsa: Tsa, answer: Callable[[bytes], tuple[int, bytes]]
) -> None:
    tsa.answer = answer
    assert not publish_at(agency, NOW)
    assert stamps(agency) == []
    tsa.answer = None
    assert publish_at(agency, NOW + timedelta(minutes=1))
    assert [size for size, _ in stamps(agency)] == [2]


def test_an_authority_out_of_reach_stops_nothing(agency: Services, tmp_path: Path) -> None:
    nowhere = agency.settings.model_copy(
        update={"stamps_url": type(agency.settings.stamps_url)("http://127.0.0.1:1/tsa")}
    )
    agency.settings = nowhere
    assert not publish_at(agency, NOW)
    assert len(published(agency.vault)) == 1


def test_the_answer_to_an_earlier_request_is_not_kept(agency: Services, tsa: Tsa) -> None:
    """Its nonce is another: a stamp cannot be held back and played later."""
    publish_at(agency, NOW)
    (_, earlier), *_ = stamps(agency)
    tsa.answer = lambda _query: (200, earlier)
    assert not publish_at(agency, NOW + timedelta(days=1))
    assert not publish_at(agency, NOW + timedelta(days=1), entries=0)
    assert len(stamps(agency)) == 1


def test_an_authority_with_another_root_is_not_believed(
    agency: Services, tsa: Tsa, tmp_path: Path
) -> None:
    other = certificates(tmp_path / "other", "An authority")
    tsa.folder = other
    assert not publish_at(agency, NOW)
    tsa.folder = agency.settings.stamps_certificates.parent  # type: ignore[union-attr]
    assert publish_at(agency, NOW)
    assert verify_stamps(agency.vault, Trusted(tsa.root)) == ()
    found = verify_stamps(agency.vault, Trusted(other / "root.pem"))
    assert found == ("checkpoint 2: the time stamp of 127.0.0.1 does not hold",)


def test_an_altered_stamp_is_refused_whatever_was_altered(agency: Services, tsa: Tsa) -> None:
    """Or else states the same time of the same text: some bytes of it mean nothing."""
    publish_at(agency, NOW)
    ((_, token),) = stamps(agency)
    (point,) = published(agency.vault)
    trusted = Trusted(tsa.root)
    stated = trusted.check(token, point.note)
    assert abs(stated - datetime.now(UTC)) < timedelta(minutes=5)
    refused = 0
    for at in range(len(token)):
        altered = token[:at] + bytes([token[at] ^ 1]) + token[at + 1 :]
        try:
            assert trusted.check(altered, point.note) == stated
        except AuditBrokenError:
            refused += 1
    assert refused > 0.8 * len(token)
    for broken in (b"", token[:-1], token[: len(token) // 2], token + b"\0"):
        with pytest.raises(AuditBrokenError):
            trusted.check(broken, point.note)


def test_a_stamp_that_was_removed_is_missed(agency: Services, tsa: Tsa) -> None:
    """The log tells of each stamp, so whoever owns the database cannot take one away unseen."""
    publish_at(agency, NOW)
    publish_at(agency, NOW + timedelta(hours=1))
    assert missing_stamps(agency.vault) == ()
    with agency.vault.write() as tx:
        tx.execute(text("DROP TRIGGER audit_stamps_not_deleted"))
        tx.execute(text("DELETE FROM audit_stamps"))
    (fault,) = missing_stamps(agency.vault)
    assert "checkpoint 1: the time stamp of" in fault
    command = ["audit", "verify", "--home", str(agency.home.root)]
    run = CliRunner().invoke(build(), command)
    assert (run.exit_code, "is missing" in run.stdout) == (1, True)


def test_a_stamp_put_on_another_checkpoint_is_found(agency: Services, tsa: Tsa) -> None:
    publish_at(agency, NOW)
    ((_, token),) = stamps(agency)
    publish_at(agency, NOW + timedelta(hours=1))
    keep_stamp(agency.vault, published(agency.vault)[-1], "moved", token, now=NOW)
    found = verify_stamps(agency.vault, Trusted(tsa.root))
    assert found == ("checkpoint 3: the time stamp of moved does not hold",)


def test_the_command_verifies_stamps_or_says_that_it_cannot(
    agency: Services, tsa: Tsa, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish_at(agency, NOW)
    command = ["audit", "verify", "--home", str(agency.home.root)]
    run = CliRunner().invoke(build(), command)
    assert (run.exit_code, "1 time stamps not checked" in run.stderr) == (0, True)
    monkeypatch.setenv("WALLOFF_STAMPS_CERTIFICATES", str(tsa.root))
    run = CliRunner().invoke(build(), command)
    assert (run.exit_code, "not checked" in run.stderr) == (0, False)
    publish_at(agency, NOW + timedelta(hours=1))
    keep_stamp(agency.vault, published(agency.vault)[-1], "forged", b"x", now=NOW)
    run = CliRunner().invoke(build(), command)
    assert (run.exit_code, "the time stamp of forged does not hold" in run.stdout) == (1, True)


def test_the_export_says_how_to_verify_stamps_and_that_works(
    agency: Services, tsa: Tsa, tmp_path: Path
) -> None:
    """The lines of its README, as they stand there, run by a shell."""
    publish_at(agency, NOW)
    export_log(agency.vault, tmp_path / "export", now=NOW)
    lines = (tmp_path / "export" / "README.txt").read_text().splitlines()
    script = "\n".join(
        line.strip() for line in lines if line.startswith(("    sed", "    openssl"))
    )
    ((size, _),) = stamps(agency)
    for name, value in (("SIZE", str(size)), ("AUTHORITY", "127.0.0.1")):
        script = script.replace(name, value)
    script = script.replace("authority.pem", str(tsa.root))
    assert script.count("\n") == 1
    run = subprocess.run(
        ["sh", "-ec", script], cwd=tmp_path / "export", capture_output=True, text=True, check=False
    )
    assert (run.returncode, "Verification: OK" in run.stdout) == (0, True)
    with (tmp_path / "export" / "checkpoints" / str(size)).open("r+") as note:
        note.write("W")
    run = subprocess.run(["sh", "-ec", script], cwd=tmp_path / "export", capture_output=True)
    assert run.returncode != 0


def test_settings_that_do_not_fit_together_are_refused(
    tmp_path: Path, tsa: Tsa, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert authority_of(Settings()) is None
    signer_only = tsa.folder / "tsa.pem"
    for url, path in (
        (tsa.url, None),
        (tsa.url, tmp_path / "none.pem"),
        (tsa.url, tsa.folder / "serial"),
        (tsa.url, signer_only),
        ("ftp://example.org", tsa.root),
        ("no address", tsa.root),
    ):
        with pytest.raises(SettingsError):
            authority_of(Settings(stamps_url=url, stamps_certificates=path))
    monkeypatch.setattr(storage.stamps, "client", None)
    with pytest.raises(SettingsError, match="stamps"):
        authority_of(Settings(stamps_url=tsa.url, stamps_certificates=tsa.root))
