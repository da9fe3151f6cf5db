"""E-mail against a real server on this machine: verified, at least once, and saying nothing."""

import re
import socket
import ssl
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from casework.applicant import mailing
from casework.applicant.mailing import MAIL, note_address, queue_mail
from models.audit import AuditAction
from models.decision_rules import Language
from models.errors import InputError, NotPermittedError, SettingsError, WrongStateError
from models.mail import MailQueued, MailText, MailTls, require_address, require_link
from models.people import Role
from models.text import RawText
from storage.audit import AuditLog
from storage.outbox import OutboxStore
from walloff import mail
from walloff.mail import mail_server, send_mail
from walloff.mail_text import mail_message

ADDRESS = "rowan.applegate@applicant.example"
SENDER = "vetting@agency.example"
LINK = "https://applicants.agency.example/desk"
READ = MailQueued(text=MailText.SOMETHING_TO_READ)


@dataclass
class Received:
    """What a server took in, and how it answers."""

    answer: str = "250 OK"
    messages: list[Any] = field(default_factory=list)
    secure: list[bool] = field(default_factory=list)

    async def handle_DATA(self, _server: Any, session: Any, envelope: Any) -> str:  # noqa: N802 - aiosmtpd's name
        self.secure.append(session.ssl is not None)
        self.messages.append(message_from_bytes(envelope.content, policy=policy.default))
        return self.answer


@dataclass
class Authority:
    """A certificate authority of the tests, and a certificate for a name of this machine."""

    folder: Path

    def __post_init__(self) -> None:
        key = ec.generate_private_key(ec.SECP256R1())
        self.root = self._certificate("test root", key, key, "test root", authority=True)
        self.ca = self.folder / "ca.pem"
        self.ca.write_bytes(self.root.public_bytes(serialization.Encoding.PEM))
        own = ec.generate_private_key(ec.SECP256R1())
        made = self._certificate("127.0.0.1", own, key, "test root", authority=False)
        self.pair = self.folder / "server.pem"
        self.pair.write_bytes(
            own.private_bytes(
                serialization.Encoding.PEM,
                serialization.PrivateFormat.PKCS8,
                serialization.NoEncryption(),
            )
            + made.public_bytes(serialization.Encoding.PEM)
        )

    def server_context(self) -> ssl.SSLContext:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.pair)
        return context

    def _certificate(
        self, name: str, key: Any, signer: Any, issuer: str, *, authority: bool
    ) -> x509.Certificate:
        def named(text: str) -> x509.Name:
            return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])

        now = datetime.now(UTC)
        builder = (
            x509.CertificateBuilder()
            .subject_name(named(name))
            .issuer_name(named(issuer))
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - timedelta(days=1))
            .not_valid_after(now + timedelta(days=2))
            .add_extension(x509.BasicConstraints(ca=authority, path_length=None), critical=True)
        )
        if not authority:
            names = x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))])
            builder = builder.add_extension(names, critical=False)
        return builder.sign(signer, hashes.SHA256())


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("ca"))


@pytest.fixture
def received() -> Received:
    return Received()


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


@pytest.fixture
def server(received: Received, authority: Authority) -> Iterator[Controller]:
    started = Controller(
        received,
        hostname="127.0.0.1",
        port=free_port(),
        ready_timeout=120,
        tls_context=authority.server_context(),
        require_starttls=True,
        auth_required=True,
        authenticator=lambda _s, _n, _e, _m, data: AuthResult(
            success=(data.login, data.password) == (b"walloff", b"secret")
        ),
    )
    started.start()
    yield started
    started.stop()


@pytest.fixture
def set_up(office: Any, authority: Authority, tmp_path: Path) -> Any:
    """Point the office at a server; return the office."""
    password = tmp_path / "password"
    password.write_text("secret\n")

    def point(port: int, **changes: object) -> Any:
        settings = {
            "mail_host": "127.0.0.1",
            "mail_port": port,
            "mail_from": SENDER,
            "mail_link": LINK,
            "mail_login": "walloff",
            "mail_password_file": password,
            "mail_certificates": authority.ca,
        } | changes
        office.services.settings = office.services.settings.model_copy(update=settings)
        return office

    return point


def queue(office: Any, message: MailQueued = READ) -> str:
    case_id = office.noticed()
    note_address(case_id, RawText(ADDRESS), **office.who(Role.INVESTIGATOR))
    queue_mail(case_id, message, **office.who(Role.INVESTIGATOR))
    return str(case_id)


def waiting(office: Any) -> int:
    with office.vault.read() as tx:
        return len(OutboxStore(tx).pending(MAIL))


def logged(office: Any, case_id: str) -> list[tuple[AuditAction, str]]:
    with office.vault.read() as tx:
        return [(one.action, one.code) for one in AuditLog(tx).entries(case_id)]


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("text", MailText)
def test_a_message_holds_a_sentence_and_a_link_alone(
    set_up: Any, server: Controller, received: Received, text: MailText, language: Language
) -> None:
    office = set_up(server.port)
    case_id = queue(office, MailQueued(text=text, language=language))
    assert send_mail(office.services) == 1
    (message,) = received.messages
    assert received.secure == [True]
    assert message["To"] == ADDRESS
    body = message.get_content()
    assert re.findall(r"https?://\S+", body) == [LINK]
    whole = message.as_string()
    for word in (case_id, "Rowan", "Applegate ", "finding", "vetting@agency.example\nReply-To"):
        assert word not in whole
    assert waiting(office) == 0
    assert (AuditAction.MAIL_SENT, "") in logged(office, case_id)
    assert ADDRESS not in str(logged(office, case_id))


def test_a_server_that_is_not_the_one_named_gets_nothing(
    set_up: Any, server: Controller, received: Received, tmp_path: Path
) -> None:
    """Another authority's certificate, or another name: the connection ends before the login."""
    folder = tmp_path / "other"
    folder.mkdir()
    for changes in ({"mail_certificates": Authority(folder).ca}, {"mail_host": "localhost"}):
        office = set_up(server.port, **changes)
        queue(office)
        assert send_mail(office.services) == 0
        assert received.messages == []


def test_a_server_without_starttls_gets_nothing(set_up: Any, received: Received) -> None:
    """Whoever strips STARTTLS from the answer learns no address."""
    plain = Controller(received, hostname="127.0.0.1", port=free_port(), ready_timeout=120)
    plain.start()
    try:
        office = set_up(plain.port, mail_login=None, mail_password_file=None)
        queue(office)
        assert send_mail(office.services) == 0
        assert received.messages == []
        office = set_up(
            plain.port, mail_login=None, mail_password_file=None, mail_tls=MailTls.LOOPBACK
        )
        office.clock.move(minutes=2)
        assert send_mail(office.services) == 1
    finally:
        plain.stop()


def test_what_fails_waits_longer_each_time_and_is_sent_in_the_end(
    set_up: Any, server: Controller, received: Received
) -> None:
    office = set_up(free_port())
    queue(office)
    assert send_mail(office.services) == 0
    set_up(server.port)
    assert send_mail(office.services) == 0, "it waits"
    office.clock.move(minutes=2)
    received.answer = "451 try later"
    assert send_mail(office.services) == 0
    received.answer = "250 OK"
    office.clock.move(minutes=1)
    assert send_mail(office.services) == 0, "it waits twice as long"
    office.clock.move(minutes=2)
    assert send_mail(office.services) == 1
    assert len({one["Message-ID"] for one in received.messages}) == 1
    assert waiting(office) == 0


def test_a_server_that_dies_in_the_middle_has_the_message_again_later(
    set_up: Any, server: Controller, received: Received, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def hangs_up(_self: Received, serving: Any, _session: Any, _envelope: Any) -> str:
        serving.transport.abort()
        return "250 OK"

    office = set_up(server.port)
    queue(office)
    with monkeypatch.context() as patched:
        patched.setattr(Received, "handle_DATA", hangs_up)
        assert send_mail(office.services) == 0
    assert waiting(office) == 1
    office.clock.move(minutes=2)
    assert send_mail(office.services) == 1
    assert len(received.messages) == 1


def test_what_the_server_refuses_for_good_is_given_up(
    set_up: Any, server: Controller, received: Received
) -> None:
    office = set_up(server.port)
    case_id = queue(office)
    received.answer = "550 no such mailbox rowan.applegate@applicant.example"
    assert send_mail(office.services) == 0
    assert waiting(office) == 0
    assert (AuditAction.MAIL_GIVEN_UP, "refused") in logged(office, case_id)


def test_a_message_that_was_sent_before_a_crash_comes_again_under_its_id(
    set_up: Any, server: Controller, received: Received, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The server had it, this process had not written so down: twice, and recognisable."""
    office = set_up(server.port)
    queue(office)

    def dies(*_given: object, **_named: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(mail, "note_sent", dies)
        with pytest.raises(KeyboardInterrupt):
            send_mail(office.services)
    assert waiting(office) == 1
    assert send_mail(office.services) == 1
    first, second = received.messages
    assert first["Message-ID"] == second["Message-ID"]
    assert first["Message-ID"].endswith("@agency.example>")


def test_a_wrong_password_is_tried_again_and_nowhere_repeated(
    set_up: Any, server: Controller, received: Received, tmp_path: Path, caplog: Any
) -> None:
    wrong = tmp_path / "wrong"
    wrong.write_text("another")
    office = set_up(server.port, mail_password_file=wrong)
    queue(office)
    assert send_mail(office.services) == 0
    assert waiting(office) == 1
    assert received.messages == []
    assert ADDRESS not in caplog.text
    assert "another" not in caplog.text


def test_who_may_not_send_a_notice_queues_no_mail(office: Any) -> None:
    case_id = office.noticed()
    with pytest.raises(NotPermittedError):
        note_address(case_id, RawText(ADDRESS), **office.who(Role.HIRING_MANAGER))
    with pytest.raises(InputError, match="no e-mail address"):
        queue_mail(case_id, READ, **office.who(Role.INVESTIGATOR))
    note_address(case_id, RawText(ADDRESS), **office.who(Role.INVESTIGATOR))
    with pytest.raises(NotPermittedError):
        queue_mail(case_id, READ, **office.who(Role.HIRING_MANAGER))
    draft = office.drafted()
    with pytest.raises(WrongStateError):
        queue_mail(draft, READ, **office.who(Role.INVESTIGATOR))
    assert waiting(office) == 0


@pytest.mark.parametrize(
    "address",
    [
        "a@b.example\r\nBcc: c@d.example",
        "a@b.example\n",
        "a@b.example, c@d.example",
        "Rowan <a@b.example>",
        '"a b"@c.example',
        "a@localhost",
        "a@b..example",
        ".a@b.example",
        "a" * 65 + "@b.example",
        "a@" + "b" * 64 + ".example",
        "a@b.example\x00",
        "a@б.example",
        "",
    ],
)
def test_what_is_not_one_plain_address_is_refused_and_not_repeated(address: str) -> None:
    with pytest.raises(InputError) as refused:
        require_address(address)
    assert address[:3] not in str(refused.value) or not address
    with pytest.raises(InputError):
        mail_message(READ, to=address, sender=SENDER, link=LINK, row_id="r1")


@pytest.mark.parametrize(
    "link",
    ["http://a.example", "https://a.example/?case=1", "https://a.example/#x", "https://a b", ""],
)
def test_a_link_that_could_carry_more_is_refused(link: str) -> None:
    with pytest.raises(InputError):
        require_link(link)
    assert require_link(LINK) == LINK


@pytest.mark.parametrize(
    "changes",
    [
        {"mail_from": None},
        {"mail_link": None},
        {"mail_password_file": None},
        {"mail_host": "mail.agency.example", "mail_tls": MailTls.LOOPBACK},
        {"mail_password_file": Path("nowhere")},
    ],
)
def test_settings_that_miss_something_or_send_in_clear_are_refused(
    set_up: Any, changes: dict[str, object]
) -> None:
    office = set_up(25, **changes)
    with pytest.raises(SettingsError):
        mail_server(office.services.settings)


def test_without_a_server_nothing_is_sent(office: Any) -> None:
    queue(office)
    assert send_mail(office.services) == 0
    assert waiting(office) == 1
    assert mailing.MAIL == "mail"


def test_mail_as_it_is_typed(typed: Any, prepared: Any) -> None:
    case = str(prepared.noticed())
    investigator = {"role": Role.INVESTIGATOR}
    typed("mail", "address", case, stdin="no address", **investigator).refused("input", exit_code=2)
    typed("mail", "address", case, stdin=ADDRESS, role=Role.HIRING_MANAGER).refused("not-permitted")
    assert typed("mail", "address", case, "--json", stdin=ADDRESS, **investigator).code == 0
    told = typed("mail", "queue", case, "something-to-read", "--json", **investigator)
    assert told.json == {"case": case, "text": "something-to-read"}
    typed("mail", "send", role=Role.HIRING_MANAGER).refused("not-permitted")
    typed("mail", "send", **investigator).refused("settings", exit_code=4)
