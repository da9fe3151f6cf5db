"""The casework's application: from an opened case to a release, and what is not there for whom."""

import io
import json
import os
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from starlette.testclient import TestClient

from casework.applicant.cases import find_case
from casework.reviewing.desk_items import outline_of
from models.audit import AuditAction
from models.case import CaseState
from models.ids import ActorId, CaseId, new_id
from models.people import Role
from models.signin import Stage
from portal.casework.application import casework_application
from portal.casework.home import QUEUES
from portal.manager.page import render
from portal.web.interfaces import CASEWORK
from storage.audit import AuditLog
from storage.signin.database import SigninDatabase
from tests.browser import accessibility

pytestmark = pytest.mark.sqlite_only

ORIGIN = "https://localhost:8442"
SENT = {"origin": ORIGIN, "sec-fetch-site": "same-origin"}
THREAT = "I will come to your office in the black sedan and shoot you with my rifle tomorrow."
SECOND = "I am going to bring my rifle to your office and shoot all of you."
LARGEST = 60_000


@pytest.fixture
def signin(office: Any, tmp_path: Any) -> Iterator[SigninDatabase]:
    database = SigninDatabase.open(tmp_path / "signin", office.vault.home, "casework")
    yield database
    database.close()


class Desk:
    """One browser, in which one person after the other signs in."""

    def __init__(self, office: Any, signin: SigninDatabase) -> None:
        self.office = office
        app = casework_application(
            office.services, signin, origins={ORIGIN}, clock=office.clock.now
        )
        self.doors = app.doors
        self.reception = app.reception
        self.client = TestClient(app.asgi, base_url=ORIGIN, follow_redirects=False, headers=SENT)

    def enter(self, role: Role | ActorId) -> "Desk":
        actor = self.office.people[role].id if isinstance(role, Role) else role
        token = self.reception.sessions.start(actor, Stage.SIGNED_IN, at=self.office.now)
        self.client.cookies.set(CASEWORK.cookie, token, domain="localhost.local")
        return self

    def get(self, path: str, status: int = 200) -> str:
        answer = self.client.get(path)
        assert answer.status_code == status, answer.text[-600:]
        assert len(answer.content) < LARGEST, path
        return answer.text

    def post(self, path: str, status: int = 303, **fields: Any) -> str:
        answer = self.client.post(path, data=fields)
        assert answer.status_code == status, answer.text[-900:]
        return answer.headers.get("location", "") if status == 303 else answer.text


@pytest.fixture
def desk(office: Any, signin: SigninDatabase) -> Desk:
    return Desk(office, signin)


def state_of(office: Any, case_id: CaseId) -> CaseState:
    found: CaseState = find_case(case_id, vault=office.vault).state
    return found


def actions(office: Any, case_id: CaseId) -> list[tuple[AuditAction, str]]:
    with office.vault.read() as tx:
        return [(one.action, one.code) for one in AuditLog(tx).entries(case_id)]


def settled(desk: Desk, case_id: CaseId) -> None:
    """Wait for what runs behind the pages: its thread takes one thing after the other."""
    with desk.client.stream("GET", f"/cases/{case_id}/progress/events") as answer:
        for _ in answer.iter_lines():
            pass


def opened(desk: Desk) -> CaseId:
    desk.enter(Role.INVESTIGATOR)
    where = desk.post(
        f"/requisitions/{desk.office.requisition.id}/open",
        name="Rowan Applegate",
        contact="rowan@example.org",
        notice="yes",
        stage=str(desk.office.requisition.policy.notice_stage),
    )
    return CaseId(where.removeprefix("/cases/").partition("?")[0])


def test_a_case_goes_from_the_first_page_to_the_manager(
    desk: Desk, office: Any, post: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every step of it is taken on a page, by whoever the casework lets take it."""
    looked: list[CaseState] = []
    case_id = opened(desk)
    assert state_of(office, case_id) is CaseState.NOTICED
    page = desk.get(f"/cases/{case_id}")
    assert "Take in the consent" in page
    assert "Rowan" not in page, "a case is named by its number"
    items = sorted(office.requisition.policy.consent_items)
    desk.get(f"/cases/{case_id}/consent")
    desk.post(f"/cases/{case_id}/consent", grant=items, read="yes")
    desk.get(f"/cases/{case_id}/identities")
    desk.post(f"/cases/{case_id}/identities", name="Rowan Applegate", handles="rowan_a\n")
    assert state_of(office, case_id) is CaseState.DISCLOSED

    here = f"/cases/{case_id}/material"
    assert "No file waits yet" in desk.get(here)
    lines = "\n".join([post(THREAT), post(SECOND)]).encode()
    answer = desk.client.post(here, files={"files": ("../posts.jsonl", io.BytesIO(lines))})
    assert answer.status_code == 303
    assert "1</strong> file waits" in desk.get(here)
    desk.post(f"{here}/read")
    settled(desk, case_id)
    assert state_of(office, case_id) is CaseState.REDACTED
    incoming = office.vault.home.root / "incoming"
    assert not (incoming / case_id).exists(), "what was taken in is sealed, and lies there no more"
    assert "Record" in desk.get(f"/cases/{case_id}/captures")
    assert "Review the findings" in desk.get(f"/cases/{case_id}")

    for reviewer in (Role.WALL_OFF_REVIEWER, office.second_reviewer.id):
        reviewed(desk.enter(reviewer), case_id)
    assert state_of(office, case_id) is CaseState.REVIEWED
    desk.get(f"/cases/{case_id}/offer")
    desk.post(f"/cases/{case_id}/offer")
    office.clock.move(days=15)
    desk.enter(Role.RELEASING_OFFICER)
    desk.get(f"/cases/{case_id}/release")
    monkeypatch.setattr(
        "portal.casework.decisions.exchange_letters",
        lambda _services: looked.append(state_of(office, case_id)),
    )
    office.clock.move(minutes=6)
    assert desk.post(f"/cases/{case_id}/release").startswith("/step-up")
    desk.enter(Role.RELEASING_OFFICER)
    desk.post(f"/cases/{case_id}/release")
    settled(desk, case_id)
    assert state_of(office, case_id) is CaseState.RELEASED
    assert looked == [CaseState.REBUTTAL], "an answer that came in time is taken in first"
    assert office.services.released.view(case_id)
    desk.enter(Role.WALL_OFF_REVIEWER)
    desk.get(f"/cases/{case_id}/questions")
    desk.get(f"/cases/{case_id}/recall")
    desk.post(f"/cases/{case_id}/recall", reason="error")
    assert state_of(office, case_id) is CaseState.RECALLED


def reviewed(desk: Desk, case_id: CaseId) -> None:
    """Walk the desk from the first item to the last, then approve."""
    outline = desk.get(f"/cases/{case_id}/review")
    assert "have not been looked at by you" in outline
    first = outline.split(f'href="/cases/{case_id}/review/')[1].split('"')[0]
    where = f"/cases/{case_id}/review/{first}"
    while "/review/" in where:
        path = where.partition("?")[0]
        assert "This look is logged" in desk.get(where)
        where = desk.post(path, verdict="stands")
    desk.post(f"/cases/{case_id}/approve")


@pytest.fixture
def case_id(office: Any, post: Callable[..., str]) -> CaseId:
    made: CaseId = office.screened(post(THREAT), post(SECOND))
    return made


def first_item(desk: Desk, case_id: CaseId) -> str:
    text = desk.get(f"/cases/{case_id}/review")
    finding = text.split(f'href="/cases/{case_id}/review/')[1].split('"')[0]
    return f"/cases/{case_id}/review/{finding}"


def test_the_raw_text_is_shown_after_its_look_is_logged(
    desk: Desk, office: Any, case_id: CaseId
) -> None:
    desk.enter(Role.WALL_OFF_REVIEWER)
    item = first_item(desk, case_id)
    assert not [one for one in actions(office, case_id) if one[0] is AuditAction.RAW_READ]
    page = desk.get(item)
    assert "with my rifle" in page or "bring my rifle" in page
    finding = item.rpartition("/")[2]
    assert (AuditAction.RAW_READ, f"item:{finding}") in actions(office, case_id)


def test_words_are_marked_and_unmarked_on_the_desk(
    desk: Desk, office: Any, case_id: CaseId
) -> None:
    desk.enter(Role.WALL_OFF_REVIEWER)
    item = first_item(desk, case_id)
    desk.get(item)
    assert "shoot" in desk.get(f"/cases/{case_id}/preview")
    assert "undone" not in desk.post(f"{item}/marks", words="shoot", what="everywhere")
    assert "shoot" not in desk.get(f"/cases/{case_id}/preview")
    page = desk.get(item)
    undo = page.split(f'action="/cases/{case_id}/marks/')[1].split('"')[0]
    desk.post(f"/cases/{case_id}/marks/{undo}", finding=item.rpartition("/")[2])
    assert "shoot" in desk.get(f"/cases/{case_id}/preview")


def test_a_mark_that_does_not_hold_says_so_beside_its_field(desk: Desk, case_id: CaseId) -> None:
    desk.enter(Role.WALL_OFF_REVIEWER)
    item = first_item(desk, case_id)
    desk.get(item)
    assert 'id="field-words" name="words" type="text" value=""' in desk.get(item)
    page = desk.post(f"{item}/marks", 422, words="violin", what="here")
    assert 'value="violin"' in page
    assert "these words stand in no released text" in page
    page = desk.post(f"{item}/marks", 422, words="muslim", what="except")
    assert "stands in no text" in page


def test_the_preview_is_the_managers_page_byte_for_byte(
    desk: Desk, office: Any, case_id: CaseId
) -> None:
    """It has its own content policy, which allows its own style sheet and nothing else."""
    from casework.reviewing.desk_items import as_it_stands

    desk.enter(Role.WALL_OFF_REVIEWER)
    answer = desk.client.get(f"/cases/{case_id}/preview")
    package = as_it_stands(case_id, **office.who(Role.WALL_OFF_REVIEWER))
    assert answer.text == render(package)
    assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]
    assert "sha256-" in answer.headers["content-security-policy"]


def test_judging_as_it_stands_costs_nobody_their_approval(
    desk: Desk, office: Any, case_id: CaseId
) -> None:
    reviewed(desk.enter(Role.WALL_OFF_REVIEWER), case_id)
    reviewed(desk.enter(office.second_reviewer.id), case_id)
    assert state_of(office, case_id) is CaseState.REVIEWED


def test_nobody_approves_what_they_have_not_looked_at(desk: Desk, case_id: CaseId) -> None:
    desk.enter(Role.WALL_OFF_REVIEWER)
    desk.get(first_item(desk, case_id))
    assert "has not been looked at yet" in desk.post(f"/cases/{case_id}/approve", 409)


def test_single_keys_are_switched_off_and_on(desk: Desk, case_id: CaseId) -> None:
    """A key that somebody hits by chance presses nothing (WCAG 2.1.4)."""
    desk.enter(Role.WALL_OFF_REVIEWER)
    item = first_item(desk, case_id)
    assert "keys." in desk.get(item)
    assert desk.post("/shortcuts", back=item) == item
    assert "keys." not in desk.get(item)
    desk.post("/shortcuts", back=item, on="yes")
    assert "keys." in desk.get(item)
    assert desk.post("/shortcuts", back="https://elsewhere.example") == "/"


def test_attribution_is_decided_and_settled_on_its_desk(
    desk: Desk, office: Any, post: Callable[..., str]
) -> None:
    case_id = office.screened(post(THREAT, author="someone_else"))
    assert state_of(office, case_id) is CaseState.COLLECTING
    desk.enter(Role.ATTRIBUTION_ANALYST)
    assert f"/cases/{case_id}/attribution" in desk.get("/cases?queue=attribution")
    page = desk.get(f"/cases/{case_id}/attribution")
    assert "someone_else" in page
    account = page.split(f'action="/cases/{case_id}/attribution/')[1].split('"')[0]
    refused = desk.post(
        f"/cases/{case_id}/attribution/{account}", 409, grounds="independent-identifiers"
    )
    assert "three independent identifiers" in refused
    desk.post(f"/cases/{case_id}/attribution/{account}", grounds="not-the-applicant")
    desk.post(f"/cases/{case_id}/settle")
    settled(desk, case_id)
    assert state_of(office, case_id) is CaseState.REDACTED


def test_a_query_is_checked_before_it_is_written_down(desk: Desk, office: Any) -> None:
    case_id = office.disclosed()
    desk.enter(Role.INVESTIGATOR)
    here = f"/cases/{case_id}/queries"
    checked = desk.post(f"{here}/check", 200, text="rowan_a muslim")
    assert "It would be refused" in checked
    assert "No rule is broken" in desk.post(f"{here}/check", 200, text="rowan_a")
    refused = desk.post(here, 409, text="rowan_a muslim")
    assert "There is a problem" in refused
    assert AuditAction.QUERY_MADE not in {one for one, _ in actions(office, case_id)}
    desk.post(here, text="rowan_a")
    assert "Written down" in desk.get(here)


def test_nothing_is_uploaded_before_it_may_be_gathered(desk: Desk, office: Any) -> None:
    """No byte of an applicant's is kept without their consent."""
    case_id = office.noticed()
    desk.enter(Role.INVESTIGATOR)
    answer = desk.client.post(
        f"/cases/{case_id}/material", files={"files": ("posts.jsonl", io.BytesIO(b"{}"))}
    )
    assert answer.status_code == 409
    assert not (office.vault.home.root / "incoming" / case_id).exists()


def test_an_empty_upload_leaves_nothing(desk: Desk, office: Any) -> None:
    case_id = office.disclosed()
    desk.enter(Role.INVESTIGATOR)
    files = [("files", ("a.jsonl", io.BytesIO(b"{}"))), ("files", ("b.jsonl", io.BytesIO(b"")))]
    answer = desk.client.post(f"/cases/{case_id}/material", files=files)
    assert answer.status_code == 409
    assert "No file waits yet" in desk.get(f"/cases/{case_id}/material")


def test_every_role_has_a_first_page_of_its_own(desk: Desk, case_id: CaseId) -> None:
    for role in sorted(CASEWORK.roles):
        page = desk.enter(role).get("/")
        for queue in QUEUES:
            assert (f"queue={queue.key}" in page) == (role in queue.roles)


def test_a_door_of_another_role_is_as_absent_as_no_page(desk: Desk, case_id: CaseId) -> None:
    """The bytes do not tell a page that is closed from one that there is not."""
    paths = {
        door.path.replace("{case}", case_id)
        .replace("{requisition}", desk.office.requisition.id)
        .replace("{finding}", new_id())
        for door in desk.doors
        if door.method == "GET" and door.roles is not None
    }
    for role in sorted(CASEWORK.roles):
        desk.enter(role)
        absent = desk.client.get(f"/cases/{new_id()}").content
        closed = {
            door.path
            for door in desk.doors
            if door.method == "GET" and door.roles is not None and role not in door.roles
        }
        for path in sorted(closed):
            shown = desk.client.get(path.replace("{case}", case_id))
            assert shown.status_code == 404
            assert shown.content == absent
    desk.client.cookies.clear()
    for path in sorted(paths):
        assert desk.client.get(path).status_code == 303


def test_an_investigator_sees_no_desk_and_a_reviewer_gathers_nothing(
    desk: Desk, case_id: CaseId
) -> None:
    desk.enter(Role.INVESTIGATOR)
    desk.get(f"/cases/{case_id}/review", 404)
    desk.post(f"/cases/{case_id}/approve", 404)
    desk.enter(Role.WALL_OFF_REVIEWER)
    desk.get(f"/cases/{case_id}/material", 404)
    desk.post(f"/cases/{case_id}/release", 404)


def test_whoever_has_no_role_here_is_not_inside(desk: Desk, case_id: CaseId) -> None:
    for role in (Role.HIRING_MANAGER, Role.AUDITOR, Role.APPLICANT):
        assert desk.enter(role).client.get(f"/cases/{case_id}").status_code == 303


def test_odd_addresses_are_no_errors_of_ours(desk: Desk) -> None:
    desk.enter(Role.INVESTIGATOR)
    for path in (
        "/cases/no-id",
        f"/cases/{'x' * 400}",
        "/requisitions/none",
        f"/requisitions/{new_id()}/open",
        f"/cases/{new_id()}/material",
    ):
        desk.get(path, 404)
    for path in ("/cases?after=~", "/cases?after=2026~x&state=odd&queue=odd"):
        desk.get(path)


def test_a_list_is_paged_by_key(desk: Desk, office: Any, monkeypatch: Any) -> None:
    monkeypatch.setattr("portal.casework.home.PAGE", 2)
    made = {office.drafted() for _ in range(3)}
    desk.enter(Role.INVESTIGATOR)
    first = desk.get("/cases?queue=draft")
    following = first.split('rel="next"')[0].rpartition('href="')[2].split('"')[0]
    second = desk.get(following.replace("&amp;", "&"))
    shown = [{one for one in made if one in page} for page in (first, second)]
    assert shown[0] | shown[1] == made
    assert not shown[0] & shown[1]


def test_the_history_of_a_case_names_no_applicants_word(
    desk: Desk, office: Any, case_id: CaseId
) -> None:
    desk.enter(Role.INVESTIGATOR)
    page = desk.get(f"/cases/{case_id}")
    assert "What happened" in page
    assert "rowan" not in page.lower()
    assert json.dumps(THREAT) not in page


PAGES = (
    (Role.INVESTIGATOR, "/"),
    (Role.INVESTIGATOR, "/cases"),
    (Role.INVESTIGATOR, "/requisitions"),
    (Role.INVESTIGATOR, "/requisitions/{requisition}"),
    (Role.INVESTIGATOR, "/requisitions/{requisition}/open"),
    (Role.INVESTIGATOR, "/cases/{case}"),
    (Role.INVESTIGATOR, "/cases/{case}/captures"),
    (Role.INVESTIGATOR, "/cases/{case}/documents"),
    (Role.INVESTIGATOR, "/cases/{draft}/notice"),
    (Role.INVESTIGATOR, "/cases/{draft}/consent"),
    (Role.INVESTIGATOR, "/cases/{disclosed}/identities"),
    (Role.INVESTIGATOR, "/cases/{disclosed}/material"),
    (Role.INVESTIGATOR, "/cases/{disclosed}/queries"),
    (Role.ATTRIBUTION_ANALYST, "/cases/{waiting}/attribution"),
    (Role.WALL_OFF_REVIEWER, "/cases/{case}/review"),
    (Role.WALL_OFF_REVIEWER, "/cases/{case}/review/{finding}"),
    (Role.WALL_OFF_REVIEWER, "/cases/{case}/review/unreadable"),
    (Role.WALL_OFF_REVIEWER, "/cases/{case}/offer"),
    (Role.WALL_OFF_REVIEWER, "/cases/{case}/recall"),
    (Role.WALL_OFF_REVIEWER, "/second-reviews"),
)


def test_the_pages_hold_in_a_browser(
    office: Any,
    post: Callable[..., str],
    signin: SigninDatabase,
    chromium: Any,
    served: Any,
) -> None:
    """Wide, narrow and in forced colours; the desk by its keys, and by forms without scripts."""
    case_id = office.screened(post(THREAT), post(SECOND))
    names = {
        "case": case_id,
        "waiting": office.screened(post(THREAT, author="someone_else")),
        "disclosed": office.disclosed(),
        "draft": office.drafted(),
        "requisition": office.requisition.id,
    }
    outline = outline_of(
        case_id,
        screener=office.services.screener_of(case_id),
        **office.who(Role.WALL_OFF_REVIEWER),
    )
    names["finding"] = outline.findings[0].id
    made: list[Any] = []

    def make(origins: frozenset[str]) -> Any:
        app = casework_application(office.services, signin, origins=origins, clock=office.clock.now)
        made.append(app)
        return app

    with served(make) as origin:
        for width, forced in ((1280, "none"), (375, "none"), (1280, "active")):
            window = accessibility.context(chromium, width=width, forced=forced)
            page = window.new_page()
            for role, path in PAGES:
                sign_in(window, made[0], origin, office, office.people[role].id)
                where = path.format(**names)
                page.goto(origin + where)
                where = f"{where} at {width}, forced colours {forced}"
                assert page.locator("h1").count() == 1, where
                assert not accessibility.violations(page), where
                assert not accessibility.csp_violations(page), where
                assert not accessibility.scrolls_sideways(page), where
                assert not accessibility.small_targets(page), where
                if width == 1280 and forced == "none":
                    stops = accessibility.walk(page)
                    assert all(stop.outlined and stop.uncovered for stop in stops), where
                shot(page, where, width, forced)
            window.close()
        for scripts in (True, False):
            window = accessibility.context(chromium, scripts=scripts)
            reviewer = office.people[Role.WALL_OFF_REVIEWER] if scripts else office.second_reviewer
            sign_in(window, made[0], origin, office, reviewer.id)
            page = window.new_page()
            page.goto(f"{origin}/cases/{case_id}/review")
            page.click("text=Item 1:")
            for _ in outline.findings:
                assert "This look is logged" in page.inner_text("main")
                if scripts:
                    with page.expect_navigation():
                        page.keyboard.press("s")
                else:
                    page.click("button:has-text('It stands')")
            page.click("button:has-text('Approve')")
            assert "Approved" in page.inner_text("main")
            window.close()
    assert state_of(office, case_id) is CaseState.REVIEWED


def sign_in(window: Any, app: Any, origin: str, office: Any, actor: ActorId) -> None:
    token = app.reception.sessions.start(actor, Stage.SIGNED_IN, at=office.now)
    window.add_cookies(
        [
            {
                "name": CASEWORK.cookie,
                "value": token,
                "url": origin.replace("http://", "https://"),
                "secure": True,
                "httpOnly": True,
                "sameSite": "Strict",
            }
        ]
    )


def shot(page: Any, where: str, width: int, forced: str) -> None:
    """Keep a picture where whoever runs the test asks for one."""
    folder = os.environ.get("WALLOFF_PICTURES")
    if folder and forced == "none":
        name = where.partition(" ")[0].strip("/").split("/")
        stem = "-".join(one if len(one) < 32 else "one" for one in name) or "home"
        page.screenshot(path=f"{folder}/{stem}-{width}.png", full_page=True)
