"""Whatever is sent to a page, its answer is one of ours: no input makes an application fail.

The forms and addresses are the applications' own, as FastAPI describes them; what is filled in is
Schemathesis's, both what fits the description and what does not.
"""

from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from dataclasses import dataclass
from typing import Any

import pytest
import schemathesis
from httpx import InvalidURL
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode
from starlette.testclient import TestClient

from models.people import Role
from models.signin import Stage
from portal.applicant.application import applicant_application
from portal.auditor.application import auditor_application
from portal.manager.application import manager_application
from portal.web.application import Application
from portal.web.interfaces import APPLICANT, AUDITOR, MANAGER, Interface
from storage.auditors import AuditorsLog
from storage.signin.database import SigninDatabase
from walloff.applicants import exchange_letters
from walloff.upkeep import publish_checkpoint

pytestmark = pytest.mark.sqlite_only

THREAT = "I am going to kill my boss on Monday, I swear."
ORIGIN = "https://localhost"
SENT = {"origin": ORIGIN, "sec-fetch-site": "same-origin"}
EXAMPLES = 3
"""For each page, each kind of input, and each known or unknown case."""
STRETCHED = frozenset({("POST", "/sign-in"), ("POST", "/enrol/{token}"), ("POST", "/link/{token}")})
"""Pages at which every attempt stretches a password or waits for one: fewer are made."""
RAW = [
    ("application/json", b'{"outcome": ' + b"[" * 5000),
    ("application/json", b'{"name": "\\ud800"}'),
    ("application/x-www-form-urlencoded", b"name=%ff%00&code=%ed%a0%80&next=%0d%0a&=&;&outcome"),
    ("application/x-www-form-urlencoded; charset=utf-7", b"name=+AGE-&outcome=+2AA-"),
    ("multipart/form-data; boundary=x", b'--x\r\ncontent-disposition: form-data; name="code"\r\n'),
    ("multipart/form-data; boundary=x", b"--y\r\n\r\n--y--"),
    ("multipart/form-data", b"\x00\xff"),
    (
        "multipart/form-data; boundary=x",
        b'--x\r\ncontent-disposition: form-data; name="outcome"; '
        b'filename="a"\r\n\r\nfile where text was asked\r\n--x--\r\n',
    ),
    ("text/plain; charset=none-such", b"\x80"),
]
QUERIES = [
    "said=%ff&next=%ff&after=%ff&part=%ff&person=%ff&about=%ff&kind=%ff",
    "said=&next=&after=&part=&person=&about=&kind=&since=&until=&action=",
    "after=-1&part=-1&since=0000-00-00&until=99999-12-31&action=none&kind=%F0%9F%8E%93",
    f"after={'9' * 12}&part={'9' * 30}&since=9999-12-31&until=0001-01-01&person={'a' * 300}",
]


@dataclass
class Sent:
    """One application, and a browser that is signed in to it or is not."""

    interface: Interface
    app: Application
    office: Any
    case_id: Any

    def __post_init__(self) -> None:
        self.client = TestClient(
            self.app.asgi, base_url=ORIGIN, follow_redirects=False, headers=SENT
        )
        self.failed: set[tuple[str, str, bool, int]] = set()
        self.answers: dict[int, int] = {}

    def enter(self, *, signed_in: bool) -> None:
        """Begin a session anew: some pages end one."""
        self.client.cookies.clear()
        if not signed_in:
            return
        role = next(iter(self.interface.roles))
        token = self.app.reception.sessions.start(
            self.office.people[role].id,
            Stage.SIGNED_IN,
            at=self.office.now,
            case_id=self.case_id if role is Role.APPLICANT else None,
        )
        self.client.cookies.set(self.interface.cookie, token, domain="localhost.local")

    def ask(self, page: str, *, signed_in: bool, **request: Any) -> None:
        """Send one request and note its answer."""
        self.enter(signed_in=signed_in)
        request["headers"] = {
            name: value for name, value in request.pop("headers", {}).items() if value.isascii()
        } | SENT
        try:
            answer = self.client.request(**request)
        except (InvalidURL, UnicodeError):
            return  # the client cannot write it, so that it is never sent
        self.answers[answer.status_code] = self.answers.get(answer.status_code, 0) + 1
        if answer.status_code >= 500:
            self.failed.add((request["method"], page, signed_in, answer.status_code))


@pytest.fixture
def opened(
    office: Any, post: Callable[..., str], tmp_path: Any
) -> Iterator[Callable[[Interface], Sent]]:
    """The applications on one home, with a case that has been released."""
    case_id = office.released(post(THREAT))
    exchange_letters(office.services)
    publish_checkpoint(office.services)
    log = AuditorsLog(office.vault.home)
    databases = []

    def made(interface: Interface) -> Sent:
        signin = SigninDatabase.open(tmp_path / interface.name, office.vault.home, interface.name)
        databases.append(signin)
        how: Any = {"origins": {ORIGIN}, "clock": office.clock.now}
        if interface is MANAGER:
            app = manager_application(office.services.released, signin, **how)
        elif interface is APPLICANT:
            app = applicant_application(office.services.applicants, signin, **how)
        else:
            reports = tmp_path / "reports"
            reports.mkdir()
            app = auditor_application(log, signin, reports=reports, **how)
        return Sent(interface, app, office, case_id)

    with closing(log):
        yield made
    for one in databases:
        one.close()


def fuzz(sent: Sent, operation: Any, mode: GenerationMode, *, known: bool, signed_in: bool) -> None:
    """Send what Schemathesis makes for one page; the seed is fixed."""
    fixed = {"path_parameters": {"case": str(sent.case_id)}} if known else {}
    page = (operation.method.upper(), operation.path)
    many = 1 if page in STRETCHED else EXAMPLES

    @settings(
        max_examples=many,
        deadline=None,
        database=None,
        derandomize=True,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(mode, **fixed))
    def one(case: Any) -> None:
        request = case.as_transport_kwargs(base_url=ORIGIN)
        request.pop("cookies", None)
        sent.ask(operation.path, signed_in=signed_in, **request)

    one()


def as_it_is(sent: Sent, operation: Any) -> None:
    """Send one page what no description says: broken bodies, and queries that nobody wrote."""
    method, path = operation.method.upper(), operation.path
    url = ORIGIN + path.replace("{case}", str(sent.case_id))
    if method == "GET":
        for query in QUERIES:
            sent.ask(path, signed_in=True, method="GET", url=f"{url}?{query}")
    elif (method, path) not in STRETCHED:
        for kind, body in RAW:
            headers = {"content-type": kind}
            sent.ask(path, signed_in=True, method=method, url=url, headers=headers, content=body)


@pytest.mark.parametrize("interface", [MANAGER, APPLICANT, AUDITOR], ids=lambda one: one.name)
def test_no_input_makes_an_application_fail(
    opened: Callable[[Interface], Sent], interface: Interface
) -> None:
    sent = opened(interface)
    schema = schemathesis.openapi.from_dict(sent.app.api.openapi())
    operations = [one.ok() for one in schema.get_all_operations()]
    assert len(operations) >= len(sent.app.doors)
    for operation in operations:
        cased = "{case}" in operation.path
        for mode in GenerationMode:
            for known in {cased, False}:
                with suppress(Unsatisfiable):  # nothing can be wrong about a page without input
                    fuzz(sent, operation, mode, known=known, signed_in=True)
        fuzz(sent, operation, GenerationMode.POSITIVE, known=cased, signed_in=False)
        as_it_is(sent, operation)
    assert {200, 303, 404, 422} <= sent.answers.keys()
    assert not sent.failed
