"""The custodians' application: what they list, open and receive, and what is not there for them."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from starlette.testclient import TestClient

from casework.after_hire import peer_reports, retaliation
from casework.applicant import questionnaire
from casework.criminal.custody_chain import COPY
from casework.criminal.referral import flag_referral
from casework.criminal.referral_custody import referrals_on
from casework.criminal.referrals import put_copy_away
from casework.steps.permissions import Permission
from casework.steps.sealed_domain import put_away
from casework.steps.step import step
from cli.interface import set_up
from cli.portal_places import Place, opening
from models.disclosure import SensitiveIdentifiers
from models.errors import NotPermittedError, SettingsError
from models.ids import ActorId, new_id
from models.peer_reports import AdverseKind, Reporter, WatchedStep, WatchReport
from models.people import Role
from models.referral import CriminalCopy
from models.search_clauses import CaptureHashError
from models.signin import STEP_UP, Stage
from models.text import RawText
from portal.custody import application as custody
from portal.custody.application import custody_application
from portal.custody.contents import content_of
from portal.custody.duties import DUTIES, REPORTER, SENSITIVE, WATCH, duty_of
from portal.web.interfaces import CUSTODY
from storage.domain import Domain
from storage.evidence import EvidenceStore
from storage.exchange import SealedVault
from storage.keyring import open_key_ring
from storage.letter_opener import LetterOpener
from storage.signin.database import SigninDatabase
from storage.transaction import dumped
from tests.browser import accessibility
from walloff.custodians import serve_custodian

pytestmark = pytest.mark.sqlite_only

THREAT = "I am going to kill my boss on Monday, I swear I will beat him to death."
COVER = "nightjar-under-cover"
ORIGIN = "https://localhost:8443"
SENT = {"origin": ORIGIN, "sec-fetch-site": "same-origin"}
PASSPHRASE = b"correct horse battery staple"
CUSTODIAN = Role.EVIDENCE_CUSTODIAN
NOON = datetime(2026, 9, 1, 12, tzinfo=UTC)


@pytest.fixture
def apart(office: Any) -> Iterator[SealedVault]:
    """The custodian's side: the sealed domain's key and no other."""
    ring = open_key_ring(office.services.home, passphrase=PASSPHRASE, domains={Domain.SEALED})
    sealed = SealedVault(office.services.home, ring)
    yield sealed
    sealed.close()
    ring.close()


@pytest.fixture
def signin(office: Any, tmp_path: Any) -> Iterator[SigninDatabase]:
    database = SigninDatabase.open(tmp_path / "signin", office.vault.home, "custody")
    yield database
    database.close()


@pytest.fixture
def client(office: Any, apart: SealedVault, signin: SigninDatabase) -> TestClient:
    app = custody_application(apart, signin, origins={ORIGIN}, clock=office.clock.now)
    found = TestClient(app.asgi, base_url=ORIGIN, follow_redirects=False, headers=SENT)
    found.reception = app.reception  # type: ignore[attr-defined]
    enter(found, office.people[CUSTODIAN].id)
    return found


def enter(client: Any, actor: ActorId) -> None:
    reception = client.reception
    token = reception.sessions.start(actor, Stage.SIGNED_IN, at=reception.now())
    client.cookies.set(CUSTODY.cookie, token, domain="localhost.local")


def keep(office: Any, *kept: tuple[str, Any]) -> tuple[Any, list[str]]:
    """Put things away in a new case and hand them over; return the case and their ids."""
    case_id = office.drafted()
    who = office.who(Role.INVESTIGATOR)
    with step(case_id=case_id, permission=Permission.FLAG_CRIMINAL, **who) as work:
        ids = [put_away(work, kind, value) for kind, value in kept]
    serve_custodian(office.services)
    return case_id, ids


def sensitive(words: str = COVER) -> tuple[str, SensitiveIdentifiers]:
    return SENSITIVE, SensitiveIdentifiers(identifiers=(RawText(words),))


def flagged(office: Any, post: Callable[..., str]) -> tuple[Any, Any, str]:
    case_id = office.screened(post(THREAT))
    with office.vault.read() as tx:
        [item] = EvidenceStore(tx).for_case(case_id)
    referral = flag_referral(
        case_id, "violent-felony", evidence={item.id}, **office.who(Role.INVESTIGATOR)
    )
    serve_custodian(office.services)
    return case_id, referral, referral.copy_id


def codes(apart: SealedVault) -> list[str]:
    return [one.code for one in apart.untaken()]


def test_the_kinds_are_those_that_are_put_away() -> None:
    kinds = {COPY, questionnaire.KIND, peer_reports.KIND, retaliation.KIND}
    assert kinds == set(DUTIES)
    assert duty_of("unheard-of").name == "Something else"


def test_each_kind_is_shown_and_what_does_not_read_as_its_kind_is_shown_as_it_is() -> None:
    report = Reporter(person=ActorId("pat"), name=RawText("Pat Quill"), given_at=NOON)
    assert ("Name", "Pat Quill") in content_of(REPORTER, dumped(report)).rows
    taken = WatchedStep(kind=AdverseKind.PAY, on=NOON.date())
    told = content_of(WATCH, dumped(WatchReport(day=NOON.date(), steps=(taken,))))
    assert told.listed == ("2026-09-01: pay",)
    quiet = content_of(WATCH, dumped(WatchReport(day=NOON.date(), steps=())))
    assert quiet.listed == ("No step was taken",)
    assert content_of(SENSITIVE, dumped(sensitive()[1])).listed == (COVER,)
    for kind in (*DUTIES, "unheard-of"):
        assert content_of(kind, b'{"odd": 1}').plain == '{"odd": 1}'


def test_what_was_put_away_is_listed_and_the_list_is_no_look(
    client: TestClient, office: Any, apart: SealedVault
) -> None:
    case_id, [one] = keep(office, sensitive())
    listed = client.get("/")
    assert f'href="/items/{one}"' in listed.text
    assert "Sensitive identifiers" in listed.text
    assert case_id in listed.text
    assert COVER not in listed.text
    closed = client.get(f"/items/{one}")
    assert "Not to be searched" in closed.text
    assert COVER not in closed.text
    assert codes(apart) == []
    duties = client.get("/duties").text
    assert all(duty.name in duties for duty in DUTIES.values())


def test_a_thing_is_opened_and_the_look_is_on_record_first(
    client: TestClient, office: Any, apart: SealedVault
) -> None:
    _, [one] = keep(office, sensitive())
    shown = client.get(f"/items/{one}/content")
    assert (shown.status_code, COVER in shown.text) == (200, True)
    assert codes(apart) == ["viewed"]
    title = shown.text.partition("<title>")[2].partition("</title>")[0]
    assert title == "Opened – Custody – Walloff"
    file = client.get(f"/items/{one}/file")
    assert COVER in file.text
    assert file.headers["content-disposition"] == f'attachment; filename="{one}.json"'
    assert codes(apart) == ["viewed", "viewed"]
    assert max(len(shown.content), len(client.get("/").content)) < 60_000


def test_to_open_or_receive_asks_for_a_fresh_second_factor(
    client: TestClient, office: Any, apart: SealedVault
) -> None:
    _, [one] = keep(office, sensitive())
    office.clock.moment += STEP_UP
    for page in ("content", "file", "receipt"):
        answer = client.get(f"/items/{one}/{page}")
        assert answer.headers["location"] == f"/step-up?next=%2Fitems%2F{one}%2F{page}"
    assert client.post(f"/items/{one}/receipt").headers["location"].startswith("/step-up")
    assert client.get(f"/items/{one}").status_code == 200
    assert codes(apart) == []
    client.cookies.clear()
    assert client.get(f"/items/{one}").headers["location"].startswith("/sign-in")


def test_what_is_not_for_somebody_and_what_is_not_there_are_one_answer(
    client: TestClient, office: Any, apart: SealedVault
) -> None:
    case_id, [one] = keep(office, sensitive())
    enter(client, ActorId("another-custodian"))
    answers = [
        client.get(f"/items/{item}{page}")
        for item in (one, new_id(), case_id, case_id + new_id(), "no-id", "x" * 64, "..%2f..")
        for page in ("", "/content", "/file", "/receipt")
    ]
    answers.append(client.post(f"/items/{one}/receipt"))
    assert {(one.status_code, one.content) for one in answers} == {(404, answers[0].content)}
    assert one not in client.get("/").text
    assert codes(apart) == [NotPermittedError.code] * 5
    assert apart.untaken(receipts=True) == []


def test_a_long_list_comes_in_pages_that_leave_nothing_out(
    client: TestClient, office: Any, apart: SealedVault, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also while some of it was sealed anew, at one moment, with the ids that this brings."""
    keep(office, *(sensitive(f"shelved-{number}") for number in range(3)))
    opener = LetterOpener(apart.key_ring, Domain.SEALED)
    for letter in apart.waiting():
        apart.shelve(letter, opener.open(letter))
    keep(office, *(sensitive(f"new-{number}") for number in range(4)))
    monkeypatch.setattr(custody, "SHOWN", 2)
    seen: list[str] = []
    path = "/"
    while path:
        text = client.get(path).text
        seen += [part.partition('"')[0] for part in text.split('href="/items/')[1:]]
        path = text.partition('href="/?after=')[2].partition('"')[0]
        path = path and f"/?after={path}"
    assert (len(seen), len(set(seen))) == (7, 7)
    assert sorted(map(len, seen)) == [32] * 4 + [64] * 3
    shelved = max(seen, key=len)
    assert "shelved-" in client.get(f"/items/{shelved}/content").text
    assert client.get(f"/?after={new_id()}").text.count("/items/") == 2


def test_a_copy_is_received_and_the_receipt_comes_back(
    client: TestClient, office: Any, post: Callable[..., str]
) -> None:
    case_id, referral, one = flagged(office, post)
    opened = client.get(f"/items/{one}/content").text
    assert THREAT in opened
    assert "A copy was sealed to you" in opened
    assert "Check it and give the receipt" in client.get(f"/items/{one}/receipt").text
    answer = client.post(f"/items/{one}/receipt")
    assert answer.headers["location"] == "/receipts?said=received"
    assert "On its way" in client.get("/receipts").text
    assert "You gave the receipt" in client.get(f"/items/{one}/content").text
    serve_custodian(office.services)
    told = client.get("/receipts").text
    assert "Taken up" in told
    assert referral.chain[-1].sha256 in told
    assert referrals_on(case_id, **office.who(CUSTODIAN))[-1].waits_for is None
    enter(client, ActorId("another-custodian"))
    assert "no receipt yet" in client.get("/receipts").text


def test_no_receipt_is_given_for_what_is_no_copy_or_not_what_was_sealed(
    client: TestClient, office: Any, apart: SealedVault
) -> None:
    case_id, [other] = keep(office, sensitive())
    assert client.get(f"/items/{other}/receipt").status_code == 404
    assert client.post(f"/items/{other}/receipt").status_code == 404
    assert codes(apart) == []
    who = office.who(Role.INVESTIGATOR)
    with step(case_id=case_id, permission=Permission.FLAG_CRIMINAL, **who) as work:
        bad = put_copy_away(work, CriminalCopy(referral=new_id(), items=()), ())
    serve_custodian(office.services)
    refused = client.post(f"/items/{bad}/receipt")
    assert refused.status_code == 409
    assert CaptureHashError.code in refused.text
    assert sorted(codes(apart)) == sorted(["viewed", CaptureHashError.code])
    assert apart.untaken(receipts=True) == []


def test_the_application_opens_in_the_custodians_own_folder_and_on_the_home(
    office: Any, tmp_path: Any
) -> None:
    _, [one] = keep(office, sensitive())
    settings = office.services.settings
    on_home = opening("custody")(Place(settings), {ORIGIN})
    assert on_home.reception.interface == CUSTODY
    folder, portion = tmp_path / "own", tmp_path / "portion"
    set_up(Domain.SEALED, folder, portion, group=None, home=settings.home)
    made = opening("custody")(Place(settings, folder, portion), {ORIGIN})
    client = TestClient(made.asgi, base_url=ORIGIN, follow_redirects=False, headers=SENT)
    client.reception = made.reception  # type: ignore[attr-defined]
    enter(client, office.people[CUSTODIAN].id)
    assert f"/items/{one}" in client.get("/").text
    assert COVER in client.get(f"/items/{one}/content").text
    with pytest.raises(SettingsError):
        opening("custody")(Place(settings, folder), {ORIGIN})


# --- in a browser ---------------------------------------------------------------------------------

SIZES = {"wide": (1280, 900), "phone": (375, 800)}


@pytest.mark.parametrize("scripts", [True, False], ids=["with-scripts", "without-scripts"])
def test_a_custodian_opens_and_receives_in_a_browser(
    office: Any,
    post: Callable[..., str],
    apart: SealedVault,
    signin: SigninDatabase,
    chromium: Any,
    served: Any,
    scripts: bool,
    tmp_path: Any,
) -> None:
    _, _, one = flagged(office, post)
    keep(office, sensitive())

    def made(origins: frozenset[str]) -> Any:
        found.append(custody_application(apart, signin, origins=origins, clock=office.clock.now))
        return found[0]

    found: list[Any] = []
    with served(made) as origin:
        person = office.people[CUSTODIAN].id
        token = found[0].reception.sessions.start(person, Stage.SIGNED_IN, at=office.now)
        window = accessibility.context(chromium, scripts=scripts)
        window.add_cookies([cookie(origin, token)])
        page = window.new_page()
        page.goto(origin)
        seen = [checked(page, scripts, tmp_path / "kept")]
        page.click("main >> text=Criminal evidence")
        seen.append(checked(page, scripts, tmp_path / "item"))
        assert THREAT not in page.content()
        page.click("text=Open it")
        assert THREAT in page.inner_text("main")
        seen.append(checked(page, scripts, tmp_path / "content"))
        page.click("text=Receive it")
        seen.append(checked(page, scripts, tmp_path / "receipt"))
        page.click("button:has-text('Check it and give the receipt')")
        assert "The receipt is given" in page.inner_text("main")
        seen.append(checked(page, scripts, tmp_path / "receipts"))
        page.click("nav >> text=Duties")
        seen.append(checked(page, scripts, tmp_path / "duties"))
        assert len(apart.untaken(receipts=True)) == 1
        assert max(seen) < 60_000
        page.click("text=Sign out")
        page.goto(f"{origin}/items/{one}")
        assert "/sign-in?next=" in page.url
        window.close()


def cookie(origin: str, token: str) -> Any:
    """Return the cookie of a session: Chromium sends a secure one to this machine in clear."""
    url = origin.replace("http://", "https://")
    return {"name": CUSTODY.cookie, "value": token, "url": url, "secure": True, "httpOnly": True}


def checked(page: Any, scripts: bool, picture: Any) -> int:
    """Look at a page in every size, and return how many bytes it has."""
    for size, (width, height) in SIZES.items():
        if not scripts:
            break
        page.set_viewport_size({"width": width, "height": height})
        assert not accessibility.scrolls_sideways(page)
        assert accessibility.violations(page) == []
        assert accessibility.csp_violations(page) == []
        page.screenshot(path=f"{picture}-{size}.png", full_page=True)
    if scripts:
        page.emulate_media(forced_colors="active")
        assert accessibility.violations(page) == []
        page.emulate_media(forced_colors="none")
    page.set_viewport_size({"width": 1280, "height": 900})
    return len(page.content().encode())
