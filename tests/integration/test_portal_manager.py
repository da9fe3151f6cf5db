"""The managers' application: what they read, ask, decide, and what is not there for them."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from casework.applicant.cases import find_case
from models.case import CaseState
from models.ids import ActorId, new_id
from models.people import Role
from models.release import ReleasePackage
from models.signin import Stage
from portal.manager.application import manager_application
from portal.manager.page import render
from portal.web.interfaces import MANAGER
from storage.signin.database import SigninDatabase
from tests.browser import accessibility
from walloff.managers import serve_managers

pytestmark = pytest.mark.sqlite_only

HARMLESS = "We planted tomatoes and the soup turned out great."
THREAT = "I am going to kill my boss on Monday, I swear."
ORIGIN = "https://localhost:8444"
SENT = {"origin": ORIGIN, "sec-fetch-site": "same-origin"}
ASSESSMENT = "The interview decides; nothing released speaks against it."


@pytest.fixture
def signin(office: Any, tmp_path: Any) -> Iterator[SigninDatabase]:
    database = SigninDatabase.open(tmp_path / "signin", office.vault.home, "manager")
    yield database
    database.close()


@pytest.fixture
def client(office: Any, signin: SigninDatabase) -> TestClient:
    """A browser's requests; it signs in once the case has come as far as it is to come."""
    app = manager_application(
        office.services.released, signin, origins={ORIGIN}, clock=office.clock.now
    )
    found = TestClient(app.asgi, base_url=ORIGIN, follow_redirects=False, headers=SENT)
    found.reception = app.reception  # type: ignore[attr-defined]
    return found


def enter(client: Any, actor: ActorId) -> None:
    reception = client.reception
    token = reception.sessions.start(actor, Stage.SIGNED_IN, at=reception.now())
    client.cookies.set(MANAGER.cookie, token, domain="localhost.local")


@pytest.fixture
def null_case(office: Any, post: Callable[..., str], client: TestClient) -> Any:
    case_id = office.released(post(HARMLESS))
    enter(client, office.people[Role.HIRING_MANAGER].id)
    return case_id


@pytest.fixture
def threat_case(office: Any, post: Callable[..., str], client: TestClient) -> Any:
    case_id = office.released(post(THREAT))
    enter(client, office.people[Role.HIRING_MANAGER].id)
    return case_id


def looks(office: Any, case_id: Any) -> int:
    return sum(
        one.case_id == case_id and one.code == "viewed"
        for one in office.services.released.untaken()
    )


def test_the_cases_with_a_release_are_listed_and_the_look_is_no_look(
    client: TestClient, office: Any, null_case: Any
) -> None:
    assert f"/cases/{null_case}" in client.get("/").text
    assert looks(office, null_case) == 0


def test_a_release_is_shown_and_the_look_is_on_record_first(
    client: TestClient, office: Any, threat_case: Any
) -> None:
    shown = client.get(f"/cases/{threat_case}")
    assert shown.status_code == 200
    assert "Threatens violence" in shown.text
    assert looks(office, threat_case) == 1
    assert len(shown.content) < 60_000


def test_the_file_is_the_page_that_the_managers_code_makes(
    client: TestClient, office: Any, threat_case: Any
) -> None:
    answer = client.get(f"/cases/{threat_case}/file")
    payload = office.services.released.view(threat_case)
    package = ReleasePackage.from_payload(payload)
    assert answer.text == render(package, case_number=threat_case)
    assert answer.headers["content-disposition"].startswith("attachment")


def test_cases_of_others_and_cases_that_are_none_are_one_answer(
    client: TestClient, office: Any, null_case: Any
) -> None:
    enter(client, ActorId("another-manager"))
    answers = [
        client.get(f"/cases/{case}{page}")
        for case in (null_case, new_id(), "no-id", "..%2f..", "x" * 64)
        for page in ("", "/file", "/questions", "/decision", "/letters")
    ]
    assert {one.status_code for one in answers} == {404}
    assert len({one.content for one in answers}) == 1
    assert null_case not in client.get("/").text
    assert looks(office, null_case) == 0


def test_a_favourable_decision_is_checked_sent_and_taken_in(
    client: TestClient, office: Any, null_case: Any
) -> None:
    form = client.get(f"/cases/{null_case}/decision")
    assert form.status_code == 200
    said = {"outcome": "favourable", "assessment": ASSESSMENT}
    check = client.post(f"/cases/{null_case}/decision", data=said | {"step": "check"})
    assert check.status_code == 200
    assert "Send the decision" in check.text
    change = client.post(f"/cases/{null_case}/decision", data=said | {"step": "change"})
    assert ASSESSMENT in change.text
    sent = client.post(f"/cases/{null_case}/decision", data=said | {"step": "send"})
    assert sent.headers["location"] == f"/cases/{null_case}/letters?said=decided"
    assert "read nothing yet" in client.get(f"/cases/{null_case}/letters").text
    serve_managers(office.services)
    assert "Taken" in client.get(f"/cases/{null_case}/letters").text
    assert find_case(null_case, vault=office.vault).state is CaseState.FAVOURABLE


WRONG: list[tuple[dict[str, Any], str]] = [
    ({"outcome": ""}, "Choose what you decide"),
    ({"outcome": "hire"}, "Choose what you decide"),
    ({"assessment": ""}, "Write your assessment"),
    ({"assessment": "x" * 4001}, "Write your assessment"),
    ({"outcome": "adverse"}, "cites what it rests on"),
    ({"outcome": "adverse", "cited": ["9"]}, "Choose one of the findings"),
    ({"outcome": "adverse", "cited": ["-1"]}, "Choose one of the findings"),
    ({"alternatives": ["exile"]}, "Choose among the alternatives"),
    ({"criterion": "threats-violence"}, "names its criterion and the evidence"),
    ({"evidence": "dream", "criterion": "threats-violence"}, "kinds of evidence"),
    ({"assessment": "She is a devout Muslim mother."}, "may not stand"),
]


def test_a_decision_that_cannot_be_is_shown_again_and_nothing_is_written(
    client: TestClient, office: Any, threat_case: Any
) -> None:
    for change, words in WRONG:
        said = {"outcome": "favourable", "assessment": ASSESSMENT, "step": "send"} | change
        answer = client.post(f"/cases/{threat_case}/decision", data=said)
        assert (answer.status_code, words in answer.text) == (422, True), words
    assert office.services.released.waiting() == []


def test_an_adverse_decision_goes_out_with_its_reasons(
    client: TestClient, office: Any, threat_case: Any
) -> None:
    said = {
        "outcome": "pending-adverse",
        "cited": ["1"],
        "supported": ["1:interview"],
        "alternatives": ["probation", "warning"],
        "assessment": "A threat against a superior; patrol needs restraint.",
    }
    check = client.post(f"/cases/{threat_case}/decision", data=said)
    assert "finding 1 and the interview" in check.text
    assert (
        client.post(f"/cases/{threat_case}/decision", data=said | {"step": "send"}).status_code
        == 303
    )
    assert len(office.services.released.waiting()) == 1


def test_a_question_is_asked_once_and_a_wrong_one_not_at_all(
    client: TestClient, office: Any, threat_case: Any
) -> None:
    page = f"/cases/{threat_case}/questions"
    for wrong in ({"finding": "2", "question": "still-public"}, {"finding": "1", "question": "?"}):
        assert client.post(page, data=wrong).status_code in {404, 409}
    assert office.services.released.waiting() == []
    asked = client.post(page, data={"finding": "1", "question": "still-public"})
    assert asked.headers["location"] == f"{page}?said=asked"
    serve_managers(office.services)
    assert "Not replied yet" in client.get(page).text


def test_a_release_that_was_taken_back_is_not_there(
    client: TestClient, office: Any, threat_case: Any
) -> None:
    before = client.get(f"/cases/{new_id()}")
    office.services.released.withdraw(threat_case, office.now)
    assert client.get(f"/cases/{threat_case}").content == before.content
    assert threat_case not in client.get("/").text


# --- in a browser ---------------------------------------------------------------------------------

SIZES = ((1280, 900), (375, 800))


@pytest.mark.parametrize("scripts", [True, False], ids=["with-scripts", "without-scripts"])
def test_a_manager_reads_asks_and_decides_in_a_browser(
    office: Any,
    post: Callable[..., str],
    signin: SigninDatabase,
    chromium: Any,
    served: Any,
    scripts: bool,
    tmp_path: Any,
) -> None:
    case_id = office.released(post(THREAT))

    def made(origins: frozenset[str]) -> Any:
        found.append(
            manager_application(
                office.services.released, signin, origins=origins, clock=office.clock.now
            )
        )
        return found[0]

    found: list[Any] = []
    pictures = Path(os.environ.get("WALLOFF_PICTURES", tmp_path))
    with served(made) as origin:
        reception = found[0].reception
        token = reception.sessions.start(
            office.people[Role.HIRING_MANAGER].id, Stage.SIGNED_IN, at=office.now
        )
        window = accessibility.context(chromium, scripts=scripts)
        window.add_cookies([cookie(origin, token)])
        page = window.new_page()
        page.goto(origin)
        seen = [checked(page, scripts, pictures / "manager-cases")]
        page.click(f"text={case_id}")
        seen.append(checked(page, scripts, pictures / "manager-release"))
        page.click("text=Questions")
        page.select_option("#field-finding", "1")
        page.check("text=Is it still public?")
        page.click("button:has-text('Ask')")
        assert "on its way" in page.inner_text("main")
        seen.append(checked(page, scripts, pictures / "manager-questions"))
        page.click("nav[aria-label='This case'] >> text=Decide")
        page.click("button:has-text('Check before sending')")
        assert "There is a problem" in page.inner_text("main")
        seen.append(checked(page, scripts, pictures / "manager-decision"))
        page.check("text=Intend not to go on")
        page.check("text=Finding 1: Threatens violence")
        page.select_option("#field-supported-1", "1:interview")
        page.check("text=Probation >> nth=0")
        page.fill("#field-assessment", "A threat against a superior; patrol needs restraint.")
        page.click("button:has-text('Check before sending')")
        seen.append(checked(page, scripts, pictures / "manager-check"))
        page.click("button:has-text('Send the decision')")
        assert "The decision is on its way" in page.inner_text("main")
        seen.append(checked(page, scripts, pictures / "manager-letters"))
        assert len(office.services.released.waiting()) == 2
        page.click("text=Sign out")
        assert page.url.endswith("/sign-in")
        page.goto(f"{origin}/cases/{case_id}")
        assert "/sign-in?next=" in page.url
        assert max(seen) < 60_000
        window.close()


def cookie(origin: str, token: str) -> Any:
    """Return the cookie of a session: Chromium sends a secure one to this machine in clear."""
    url = origin.replace("http://", "https://")
    return {"name": MANAGER.cookie, "value": token, "url": url, "secure": True, "httpOnly": True}


def checked(page: Any, scripts: bool, picture: Any) -> int:
    """Look at a page in every size, and return how many bytes it has."""
    for width, height in SIZES:
        page.set_viewport_size({"width": width, "height": height})
        assert not scripts or not accessibility.scrolls_sideways(page)
        if scripts:
            for colours in ("none", "active"):
                page.emulate_media(forced_colors=colours)
                assert accessibility.violations(page) == []
            page.emulate_media(forced_colors="none")
            assert accessibility.csp_violations(page) == []
        page.screenshot(path=f"{picture}-{width}.png", full_page=True)
    page.set_viewport_size({"width": 1280, "height": 900})
    return len(page.content().encode())
