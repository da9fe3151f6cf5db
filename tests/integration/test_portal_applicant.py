"""The applicants' application: the link, consent, the list, the preview, answers, and denials."""

import hashlib
import json
import os
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from casework.applicant.cases import find_case
from casework.applicant.disclosure import disclosure_of
from casework.applicant.notice import request_notice, send_notice
from casework.letters.applicant_side import desk, receipts, write_consent
from cli.main import main
from models.case import CaseState
from models.errors import CredentialRefusedError
from models.ids import ActorId, CaseId, new_id
from models.letters import Awaited, ShelfKind
from models.people import Role
from models.release import ReleasePackage
from models.signin import LinkPurpose, Stage
from portal.applicant.application import applicant_application
from portal.applicant.languages import COOKIE, TEXTS
from portal.manager.page import render
from portal.web.interfaces import APPLICANT
from portal.web.passwords import hashed, new_code
from portal.web.sign_in import FREE_OF_ADDRESS
from storage.signin.database import SigninDatabase
from tests.browser import accessibility
from walloff.applicants import exchange_letters

pytestmark = pytest.mark.sqlite_only

THREAT = "I am going to kill my boss on Monday, I swear."
ORIGIN = "https://localhost:8441"
SENT = {"origin": ORIGIN, "sec-fetch-site": "same-origin"}
SECRET = "password: Hunter2!x"


@pytest.fixture
def signin(office: Any, tmp_path: Any) -> Iterator[SigninDatabase]:
    database = SigninDatabase.open(tmp_path / "signin", office.vault.home, "applicant")
    yield database
    database.close()


@pytest.fixture
def client(office: Any, signin: SigninDatabase) -> Any:
    app = applicant_application(
        office.services.applicants, signin, origins={ORIGIN}, clock=office.clock.now
    )
    found = TestClient(app.asgi, base_url=ORIGIN, follow_redirects=False, headers=SENT)
    found.reception = app.reception  # type: ignore[attr-defined]
    return found


def enter(client: Any, office: Any, case_id: CaseId, actor: ActorId | None = None) -> None:
    """Begin the session that a link begins."""
    reception = client.reception
    who = actor or office.people[Role.APPLICANT].id
    token = reception.sessions.start(who, Stage.SIGNED_IN, at=reception.now(), case_id=case_id)
    client.cookies.set(APPLICANT.cookie, token, domain="localhost.local")


def linked(office: Any, client: Any, case_id: CaseId | None, **changes: Any) -> tuple[str, str]:
    code = new_code()
    given = {
        "at": office.now,
        "expires_at": office.now + timedelta(days=7),
        "case_id": case_id,
        "code": hashed(code),
    }
    actor = office.people[Role.APPLICANT].id
    return client.reception.links.make(LinkPurpose.APPLICANT, actor, **given | changes), code


def noticed(office: Any) -> CaseId:
    case_id: CaseId = office.noticed()
    exchange_letters(office.services)
    return case_id


def consented(office: Any) -> CaseId:
    case_id: CaseId = office.consented()
    exchange_letters(office.services)
    return case_id


def offered(office: Any, post: Callable[..., str]) -> CaseId:
    case_id: CaseId = office.offered(post(THREAT))
    exchange_letters(office.services)
    return case_id


def where(office: Any) -> dict[str, Any]:
    return {
        "actor": office.people[Role.APPLICANT].id,
        "applicants": office.services.applicants,
        "now": office.now,
    }


def waiting(office: Any) -> list[Any]:
    found: list[Any] = office.services.applicants.waiting()
    return found


def state(office: Any, case_id: CaseId) -> CaseState:
    return find_case(case_id, vault=office.vault).state


# --- the link -------------------------------------------------------------------------------------


def test_a_link_with_its_code_opens_its_case_and_no_other_once(client: Any, office: Any) -> None:
    case_id, other = noticed(office), noticed(office)
    token, code = linked(office, client, case_id)
    for _ in range(2):
        assert client.get(f"/link/{token}").status_code == 200  # nothing is used up by looking
    entered = client.post(f"/link/{token}", data={"code": f"{code[:4]} {code[4:]}"})
    assert (entered.status_code, entered.headers["location"]) == (303, "/?said=entered")
    cookie = entered.headers["set-cookie"]
    for part in (APPLICANT.cookie, "Secure", "HttpOnly", "SameSite=strict"):
        assert part in cookie
    assert client.get("/?said=entered").status_code == 200
    session = client.reception.sessions.find(client.cookies[APPLICANT.cookie], at=office.now)
    assert (session.case_id, session.account_id) == (case_id, None)
    assert other not in client.get("/").text
    client.cookies.clear()
    assert client.post(f"/link/{token}", data={"code": code}).status_code == 401


def test_a_used_a_late_an_unknown_link_and_a_wrong_code_are_one_answer(
    client: Any, office: Any
) -> None:
    case_id = noticed(office)
    used, code = linked(office, client, case_id)
    assert client.post(f"/link/{used}", data={"code": code}).status_code == 303
    client.cookies.clear()
    late, of_late = linked(office, client, noticed(office), expires_at=office.now)
    replaced, of_replaced = linked(office, client, case_id)
    bare, _ = linked(office, client, noticed(office), code=None)
    nowhere, of_nowhere = linked(office, client, None)
    fresh, right = linked(office, client, case_id)
    wrong = "0" * 8 if right != "0" * 8 else "1" * 8
    tried = [
        (used, code),
        (late, of_late),
        (replaced, of_replaced),
        (nowhere, of_nowhere),
        (bare, ""),
        ("x" * 43, code),
        (fresh, wrong),
        (fresh, ""),
    ]
    pages, answers = set(), set()
    for token, guess in tried:
        pages.add(client.get(f"/link/{token}").text.replace(token, ""))
        answer = client.post(f"/link/{token}", data={"code": guess})
        assert answer.status_code == 401
        assert "set-cookie" not in answer.headers
        answers.add(answer.text.replace(token, ""))
        client.reception.attempts.succeeded("address", "testclient")
    assert (len(pages), len(answers)) == (1, 1)
    assert client.post(f"/link/{fresh}", data={"code": right}).status_code == 303


def test_guessing_is_slowed_down_by_the_link(client: Any, office: Any) -> None:
    case_id = noticed(office)
    token, code = linked(office, client, case_id)
    wrong = "0" * 8 if code != "0" * 8 else "1" * 8
    answers = [client.post(f"/link/{token}", data={"code": wrong}).status_code for _ in range(6)]
    assert answers == [401] * 5 + [429]
    # The right code has to wait as well.
    assert client.post(f"/link/{token}", data={"code": code}).status_code == 429
    office.clock.move(minutes=20)
    assert client.post(f"/link/{token}", data={"code": code}).status_code == 303


def test_guessing_at_many_links_is_slowed_down_by_the_address(client: Any) -> None:
    reception, address = client.reception, "testclient"
    for _ in range(FREE_OF_ADDRESS):
        reception.attempts.begin("address", address, at=reception.now(), free=FREE_OF_ADDRESS)
    assert client.post("/link/x", data={"code": "1"}).status_code == 429


def test_a_session_without_a_case_opens_nothing(client: Any, office: Any) -> None:
    case_id = noticed(office)
    reception = client.reception
    actor = office.people[Role.APPLICANT].id
    token = reception.sessions.start(actor, Stage.SIGNED_IN, at=office.now)
    client.cookies.set(APPLICANT.cookie, token, domain="localhost.local")
    answers = [client.get(path) for path in ("/", "/notice", "/papers", "/consent", "/nowhere")]
    assert {one.status_code for one in answers} == {404}
    enter(client, office, case_id)
    assert client.get("/").status_code == 200


def test_another_s_case_is_not_there_and_the_look_is_on_record(client: Any, office: Any) -> None:
    case_id = noticed(office)
    enter(client, office, case_id, ActorId("somebody-else"))
    paths = ("/", "/notice", "/consent", "/accounts", "/preview", "/answers", "/withdraw")
    paths += ("/about", "/papers", "/papers/notice/0", "/papers/notice/0/file", "/rights")
    answers = [client.get(path) for path in (*paths, "/nowhere")]
    assert {one.status_code for one in answers} == {404}
    assert len({one.content for one in answers}) == 1
    refused = [one for one in office.services.applicants.untaken() if one.code != "viewed"]
    assert len(refused) >= len(paths)
    enter(client, office, case_id)
    assert client.get("/notice").status_code == 200


def test_nobody_gets_in_without_a_link_and_the_way_to_a_new_one_is_said(
    client: Any, office: Any
) -> None:
    noticed(office)
    sent_away = client.get("/consent")
    assert sent_away.headers["location"].startswith("/sign-in")
    page = client.get("/sign-in")
    assert "Ask for a new one" in page.text
    assert "<input" not in page.text  # no name or password is asked for
    assert client.post("/consent", data={}).status_code == 303
    assert waiting(office) == []


# --- languages ------------------------------------------------------------------------------------


def test_a_choice_of_language_is_kept_in_a_cookie_that_says_nothing_else(
    client: Any, office: Any
) -> None:
    enter(client, office, noticed(office))
    assert '<html lang="en">' in client.get("/").text
    chosen = client.get("/?language=es")
    assert '<html lang="es">' in chosen.text
    assert f"{COOKIE}=es; Path=/;" in chosen.headers["set-cookie"]
    for page in ("/", "/nowhere", "/accounts"):  # a page, a missing one, a refusal
        answer = client.get(page)
        assert '<html lang="es">' in answer.text
        assert "Sus derechos" in answer.text
        assert "Your" not in answer.text
    for wrong in ("xx", "../en", ""):
        assert "set-cookie" not in client.get(f"/?language={wrong}").headers


@pytest.mark.parametrize(
    ("said", "language"),
    [("es-MX,es;q=0.9,en;q=0.8", "es"), ("de, es", "es"), ("de", "en"), ("", "en")],
)
def test_without_a_choice_the_browser_s_language_is_taken(
    client: Any, said: str, language: str
) -> None:
    page = client.get("/sign-in", headers={"accept-language": said})
    assert f'<html lang="{language}">' in page.text


# --- notice and consent ---------------------------------------------------------------------------


def answers_to(office: Any, **changes: str) -> dict[str, str]:
    items = office.requisition.policy.consent_items
    return {f"item-{item}": "yes" for item in items} | {"acknowledged": "yes"} | changes


def test_consent_is_given_item_by_item_checked_sent_and_taken_in(client: Any, office: Any) -> None:
    case_id = noticed(office)
    enter(client, office, case_id)
    policy = office.requisition.policy
    assert policy.notice_text.strip().split("\n")[0] in client.get("/notice").text
    form = client.get("/consent").text
    assert policy.consequence_text.strip()[:40] in form
    assert form.count("If you say no: ") == len(policy.consent_items)
    given = answers_to(office) | {f"item-{min(policy.consent_items)}": "no"}
    check = client.post("/consent", data=given)
    assert check.status_code == 200
    assert "Sign and send" in check.text
    assert waiting(office) == []
    change = client.post("/consent", data=given | {"step": "change"}).text
    assert change.count(" checked") == len(policy.consent_items) + 1
    sent = client.post("/consent", data=given | {"step": "send"})
    assert sent.headers["location"] == "/?said=sent"
    assert "We have what you sent" in client.get("/").text
    exchange_letters(office.services)
    after = client.get("/").text
    assert "We ask for your names and accounts" in after
    assert "Taken" in after
    assert state(office, case_id) is CaseState.CONSENTED
    copy = client.get("/papers/written/0")
    assert copy.text.count(": No") == 1
    kept = client.get("/papers/written/0/file")
    assert kept.headers["content-disposition"].startswith("attachment")
    assert ": No" in kept.text


def test_an_item_without_an_answer_and_an_unread_consequence_are_asked_for_again(
    client: Any, office: Any
) -> None:
    enter(client, office, noticed(office))
    items = sorted(office.requisition.policy.consent_items)
    for change, field in (
        ({f"item-{items[0]}": ""}, f"field-item-{items[0]}"),
        ({f"item-{items[0]}": "maybe"}, f"field-item-{items[0]}"),
        ({"acknowledged": ""}, "field-acknowledged"),
    ):
        answer = client.post("/consent", data=answers_to(office) | change | {"step": "send"})
        assert answer.status_code == 422
        assert f'href="#{field}"' in answer.text
    assert waiting(office) == []


def test_to_refuse_every_item_is_said_to_end_the_search_and_ends_it(
    client: Any, office: Any
) -> None:
    case_id = noticed(office)
    enter(client, office, case_id)
    given = dict.fromkeys(answers_to(office), "no") | {"acknowledged": "yes"}
    assert "The search ends here" in client.post("/consent", data=given).text
    client.post("/consent", data=given | {"step": "send"})
    exchange_letters(office.services)
    assert state(office, case_id) is CaseState.REFUSED
    assert "You said no to every item" in client.get("/").text


def test_a_refusal_by_the_inside_is_told_in_plain_words(client: Any, office: Any) -> None:
    """What a process that was taken over might leave out is asked for again."""
    case_id = noticed(office)
    enter(client, office, case_id)
    write_consent(
        case_id,
        granted=office.requisition.policy.consent_items,
        refused=frozenset(),
        consequence_acknowledged=False,
        **where(office),
    )
    exchange_letters(office.services)
    page = client.get("/").text
    assert "You did not say that you have read what happens if you say no" in page
    assert "E-N2-CONSEQUENCE-MISSING" in page
    assert "We ask for your consent" in page


# --- names and accounts ---------------------------------------------------------------------------

LISTED = {
    "name": "Rowan Applegate",
    "emails": "rowan@example.org\nold@example.org",
    "handles": "rowan_a",
    "platform-1": "Forum of gardeners",
    "handle-1": "rowan_a",
    "none_blogs": "yes",
    "forgotten": "yes",
}


def test_a_list_is_checked_sealed_and_taken_in(client: Any, office: Any) -> None:
    case_id = consented(office)
    enter(client, office, case_id)
    assert client.get("/accounts").status_code == 200
    assert 'name="platform-8"' in client.post("/accounts", data=LISTED | {"step": "more"}).text
    check = client.post("/accounts", data=LISTED)
    assert check.status_code == 200
    assert "Forum of gardeners: rowan_a" in check.text
    assert "old@example.org" in client.post("/accounts", data=LISTED | {"step": "change"}).text
    assert client.post("/accounts", data=LISTED | {"step": "send"}).status_code == 303
    (letter,) = waiting(office)
    assert b"rowan" not in letter.body
    exchange_letters(office.services)
    assert state(office, case_id) is CaseState.DISCLOSED
    with office.vault.read() as tx:
        kept = disclosure_of(tx, case_id)
    assert [one.reveal() for one in kept.emails] == ["rowan@example.org", "old@example.org"]
    assert [one.handle.reveal() for one in kept.accounts] == ["rowan_a"]
    assert kept.incomplete_memory
    assert len(kept.answers()) == 4
    page = client.get("/").text
    assert "You do not have to do anything now" in page
    assert "rowan" not in page


CREDENTIAL_AT = [
    (field, step)
    for field, steps in {
        "name": ("check", "send", "change", "more"),
        "handle-1": ("check", "send", "change", "more"),
        "platform-1": ("send",),
        "emails": ("send",),
        "handles": ("check", "send"),
        "blogs_own": ("send",),
        "blogs_wrote": ("send",),
        "unsure": ("send",),
        "sensitive": ("send",),
    }.items()
    for step in steps
]


def test_a_credential_is_refused_at_its_field_and_repeated_nowhere(
    client: Any, office: Any
) -> None:
    """Clause S5, before anything is stored."""
    enter(client, office, consented(office))
    for field, step in CREDENTIAL_AT:
        answer = client.post("/accounts", data=LISTED | {field: SECRET, "step": step})
        assert answer.status_code == 422
        assert CredentialRefusedError.code in answer.text
        assert f'id="field-{field}-error"' in answer.text
        assert "Hunter2" not in answer.text
    assert waiting(office) == []


def test_only_the_line_with_the_credential_is_taken_out(client: Any, office: Any) -> None:
    enter(client, office, consented(office))
    given = LISTED | {"handles": f"rowan_a\n{SECRET}\nrowan_b"}
    answer = client.post("/accounts", data=given).text
    assert "rowan_b" in answer
    assert "Hunter2" not in answer


def test_a_list_that_leaves_something_open_is_shown_again(client: Any, office: Any) -> None:
    enter(client, office, consented(office))
    for change, field in (
        ({"name": " "}, "name"),
        ({"emails": ""}, "none_emails"),
        ({"none_emails": "yes"}, "none_emails"),
        ({"none_blogs": ""}, "none_blogs"),
        ({"handle-1": ""}, "handle-1"),
        ({"platform-1": ""}, "platform-1"),
        ({"handles": "\n".join(map(str, range(101)))}, "handles"),
        ({"unsure": "x" * 4001}, "unsure"),
    ):
        answer = client.post("/accounts", data=LISTED | change | {"step": "send"})
        assert (answer.status_code, f'href="#field-{field}"' in answer.text) == (422, True), field
    assert waiting(office) == []


def test_what_no_page_of_ours_sends_is_refused(client: Any, office: Any) -> None:
    enter(client, office, consented(office))
    assert client.post("/accounts", data=LISTED | {"name": "x" * 20_000}).status_code == 409
    assert client.post("/accounts", data=LISTED | {"name": "a\0b"}).status_code == 409
    for rows in ("-1", "9" * 50, "x", "²", ""):
        assert client.post("/accounts", data=LISTED | {"rows": rows}).status_code == 200
    files = {"name": ("x.txt", b"x", "text/plain")}
    assert client.post("/accounts", data={"emails": "a"}, files=files).status_code in {409, 422}
    assert client.post("/accounts", data={"x": "y" * 300_000}).status_code == 413
    assert waiting(office) == []


# --- preview and answers --------------------------------------------------------------------------


def test_the_preview_is_the_manager_s_page_byte_for_byte(
    client: Any, office: Any, post: Callable[..., str]
) -> None:
    case_id = offered(office, post)
    enter(client, office, case_id)
    payload = office.services.applicants.read(case_id, ShelfKind.PREVIEW)
    page = render(ReleasePackage.from_payload(payload))
    for path, how in (("/preview/page", "inline"), ("/preview/file", "attachment")):
        answer = client.get(path)
        assert answer.text == page
        assert answer.headers["content-disposition"].startswith(how)
        assert "style-src 'sha256-" in answer.headers["content-security-policy"]
    assert "Threatens violence" in client.get("/preview").text
    spanish = client.get("/preview?language=es").text
    assert "Amenaza con violencia" in spanish


def test_answers_are_checked_sent_once_and_taken_in(
    client: Any, office: Any, post: Callable[..., str]
) -> None:
    case_id = offered(office, post)
    enter(client, office, case_id)
    assert "See what the hiring manager would see" in client.get("/").text
    assert client.get("/answers").status_code == 200
    given = {"claim-1": "context", "statement-1": "It was a line from a film."}
    check = client.post("/answers", data=given)
    assert "It was a line from a film." in check.text
    assert waiting(office) == []
    assert client.post("/answers", data=given | {"step": "send"}).status_code == 303
    exchange_letters(office.services)
    assert receipts(case_id, **where(office))[-1].taken
    assert desk(case_id, **where(office)).awaited is Awaited.NOTHING
    assert client.get("/answers").status_code == 409
    assert "It was a line from a film." in client.get("/papers/written/0").text


def test_an_answer_that_cannot_be_is_shown_again(
    client: Any, office: Any, post: Callable[..., str]
) -> None:
    enter(client, office, offered(office, post))
    for given, field in (
        ({}, "claim-1"),
        ({"claim-1": "none"}, "claim-1"),
        ({"claim-1": "aliens"}, "claim-1"),
        ({"statement-1": "It was a joke."}, "claim-1"),
        ({"claim-1": "other", "statement-1": "x" * 2001}, "statement-1"),
        ({"claim-1": "other", "statement-1": SECRET}, "statement-1"),
    ):
        answer = client.post("/answers", data=given | {"step": "send"})
        assert (answer.status_code, f'href="#field-{field}"' in answer.text) == (422, True), given
        assert "Hunter2" not in answer.text
    assert waiting(office) == []


def test_after_the_time_nothing_is_answered(
    client: Any, office: Any, post: Callable[..., str]
) -> None:
    case_id = offered(office, post)
    office.clock.moment = desk(case_id, **where(office)).closes_at
    enter(client, office, case_id)
    assert client.get("/answers").status_code == 409
    answer = client.post("/answers", data={"claim-1": "false", "step": "send"})
    assert answer.status_code == 409
    assert "You cannot answer now" in client.get("/preview").text
    assert waiting(office) == []


# --- what is not asked for now --------------------------------------------------------------------


def test_what_is_not_asked_for_now_is_refused_in_plain_words(client: Any, office: Any) -> None:
    enter(client, office, noticed(office))
    for path in ("/accounts", "/answers", "/withdraw"):
        for answer in (client.get(path), client.post(path, data={"confirm": "yes"})):
            assert answer.status_code == 409
            assert "This is not asked for now" in answer.text
    assert client.get("/preview").status_code == 404
    enter(client, office, consented(office))
    assert client.post("/consent", data=answers_to(office)).status_code == 409
    assert waiting(office) == []


def test_what_another_site_sends_is_refused(client: Any, office: Any) -> None:
    enter(client, office, consented(office))
    for headers in (
        {"origin": "https://evil.example", "sec-fetch-site": "cross-site"},
        {"origin": "null", "sec-fetch-site": "cross-site"},
        {"origin": ORIGIN, "sec-fetch-site": "same-site"},
    ):
        for path in ("/withdraw", "/accounts", "/about", "/link/x"):
            answer = client.post(path, data={"confirm": "yes"}, headers=headers)
            assert answer.status_code == 403
    assert waiting(office) == []


# --- taking back, documents, about oneself --------------------------------------------------------


def test_consent_is_taken_back_on_a_page_of_its_own(client: Any, office: Any) -> None:
    case_id = consented(office)
    enter(client, office, case_id)
    assert client.get("/withdraw").status_code == 200
    assert client.post("/withdraw", data={}).status_code == 422
    assert waiting(office) == []
    assert client.post("/withdraw", data={"confirm": "yes"}).status_code == 303
    exchange_letters(office.services)
    assert state(office, case_id) is CaseState.WITHDRAWN
    page = client.get("/").text
    assert "You took back your consent" in page
    assert "/withdraw" not in page


def test_documents_are_listed_read_and_kept(client: Any, office: Any) -> None:
    case_id = noticed(office)
    enter(client, office, case_id)
    assert "/papers/notice/0" in client.get("/papers").text
    text = office.services.applicants.read(case_id, ShelfKind.NOTICE).decode()
    kept = client.get("/papers/notice/0/file")
    assert kept.text == text
    assert kept.headers["content-disposition"] == 'attachment; filename="walloff-notice-0.txt"'
    for path in ("desk/0", "receipt/0", "notice/7", "secret/0", "preview/0", "written/0"):
        assert client.get(f"/papers/{path}").status_code == 404
    assert client.get("/papers/notice/x").status_code == 422


def test_what_somebody_says_of_themself_has_no_effect_and_nobody_inside_reads_it(
    client: Any, office: Any
) -> None:
    case_id = noticed(office)
    enter(client, office, case_id)
    before = client.get("/").text
    assert "It has no effect on your case" in client.get("/about").text
    bodies = []
    for given in ({"sex": "female", "race": "white"}, {}):
        assert client.post("/about", data=given).headers["location"] == "/?said=identified"
        bodies.append(waiting(office)[-1])
    assert {one.case_id for one in bodies} == {desk(case_id, **where(office)).pseudonym}
    assert client.post("/about", data={"sex": "odd"}).status_code == 409
    exchange_letters(office.services)
    assert client.get("/").text == before
    assert state(office, case_id) is CaseState.NOTICED


# --- the command ----------------------------------------------------------------------------------


def test_the_command_makes_a_link_and_a_code_that_open_the_case(
    office: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    def invite(case_id: str, *more: str) -> tuple[int, str]:
        capsys.readouterr()
        home = office.vault.home
        with pytest.raises(SystemExit) as ended:
            main(["applicant", "invite", case_id, "--home", str(home.root), "--json", *more])
        return int(ended.value.code or 0), capsys.readouterr().out

    case_id, early = noticed(office), office.drafted()
    for nothing in (early, new_id(), "no-id"):
        assert invite(nothing)[0] != 0
    status, out = invite(case_id, "--public", "https://apply.example.org")
    told = json.loads(out)
    assert (status, len(told["code"])) == (0, 8)
    assert told["link"].startswith("https://apply.example.org/link/")
    token = told["link"].rpartition("/")[2]
    folder = office.vault.home.root / "portal" / "applicant"
    database = SigninDatabase.open(folder, office.vault.home, "applicant")
    app = applicant_application(
        office.services.applicants, database, origins={ORIGIN}, clock=office.clock.now
    )
    browser = TestClient(app.asgi, base_url=ORIGIN, follow_redirects=False, headers=SENT)
    assert browser.post(f"/link/{token}", data={"code": told["code"]}).status_code == 303
    assert "We ask for your consent" in browser.get("/").text
    kept = b"".join(one.read_bytes() for one in folder.iterdir())
    assert hashlib.sha256(token.encode()).hexdigest().encode() in kept
    assert token.encode() not in kept
    assert told["code"].encode() not in kept
    database.close()


def test_a_case_that_is_opened_with_the_applicants_id_lets_them_be_invited(
    office: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "name.txt").write_text("Robin Example")
    people = office.people
    said = ["case", "open", "--requisition", office.requisition.id]
    said += ["--name-file", str(tmp_path / "name.txt"), "--actor", people[Role.INVESTIGATOR].id]
    said += ["--home", str(office.vault.home.root)]
    opened = []
    for more in ([], ["--applicant", people[Role.APPLICANT].id]):
        capsys.readouterr()
        with pytest.raises(SystemExit) as ended:
            main([*said, *more])
        assert not ended.value.code
        opened.append(CaseId(capsys.readouterr().out.strip()))
    for case_id in opened:
        request_notice(case_id, **office.who(Role.INVESTIGATOR))
        send_notice(case_id, vault=office.vault, now=office.now)
    exchange_letters(office.services)
    home = ["--home", str(office.vault.home.root)]
    statuses = []
    for case_id in opened:
        with pytest.raises(SystemExit) as ended:
            main(["applicant", "invite", case_id, *home])
        statuses.append(int(ended.value.code or 0))
    assert (statuses[0] != 0, statuses[1]) == (True, 0)


# --- in a browser ---------------------------------------------------------------------------------

PHONE = {"width": 375, "height": 800}
DESK = {"width": 1280, "height": 900}


class Walk:
    """Somebody with a telephone, who looks at every page on the way."""

    def __init__(self, page: Any, folder: Path, *, scripts: bool) -> None:
        self.page, self.folder, self.scripts = page, folder, scripts
        self.language = ""

    def seen(self, name: str, *words: str) -> None:
        """Check the page that is open, at both sizes, and take its picture."""
        page = self.page
        assert page.get_attribute("html", "lang") == self.language
        text = page.inner_text("main")
        assert [one for one in words if one not in text] == []
        assert len(page.content().encode()) < 60_000
        if self.scripts and self.language == "en":
            assert accessibility.violations(page) == [], name
        elif self.scripts:  # in Spanish, whose words are the longer ones
            for size in (DESK, PHONE):
                page.set_viewport_size(size)
                assert not accessibility.scrolls_sideways(page), (name, size)
                assert accessibility.violations(page) == [], (name, size)
            page.emulate_media(forced_colors="active")
            assert accessibility.violations(page) == [], (name, "forced colours")
            page.emulate_media(forced_colors="none")
            assert accessibility.small_targets(page) == [], name
            assert accessibility.csp_violations(page) == [], name
            stops = accessibility.walk(page)
            assert len(stops) == accessibility.reachable(page), name
            assert [one for one in stops if not (one.outlined and one.uncovered)] == [], name
        if self.scripts:
            page.set_viewport_size(DESK)
            page.screenshot(path=self.folder / f"{name}-1280.png", full_page=True)
            page.set_viewport_size(PHONE)
        page.screenshot(path=self.folder / f"{name}-375.png", full_page=True)

    def press(self, text: str) -> None:
        self.page.click(f"main button:has-text('{text}')")

    def follow(self, text: str) -> None:
        self.page.click(f"main a:has-text('{text}')")


@pytest.mark.parametrize(
    ("language", "scripts"),
    [("es", True), ("en", True), ("es", False)],
    ids=["Spanish", "English", "Spanish-without-scripts"],
)
def test_an_applicant_goes_through_all_of_it_on_a_telephone(
    office: Any,
    post: Callable[..., str],
    signin: SigninDatabase,
    chromium: Any,
    served: Any,
    language: str,
    scripts: bool,
    tmp_path: Path,
) -> None:
    t = TEXTS[language]
    folder = Path(os.environ.get("WALLOFF_PICTURES", tmp_path)) / language
    folder.mkdir(parents=True, exist_ok=True)
    first, second = noticed(office), offered(office, post)
    made: list[Any] = []

    def make(origins: frozenset[str]) -> Any:
        made.append(
            applicant_application(
                office.services.applicants, signin, origins=origins, clock=office.clock.now
            )
        )
        return made[0]

    with served(make) as origin:
        window = accessibility.context(chromium, width=375, scripts=scripts, locale="de-DE")
        window.set_default_timeout(240_000)
        walk = Walk(window.new_page(), folder, scripts=scripts)
        page = walk.page

        def enter(case_id: CaseId) -> None:
            client = type("Client", (), {"reception": made[0].reception})
            token, code = linked(office, client, case_id)
            page.goto(f"{origin}/link/{token}")
            if not walk.language:
                page.click(f"text={'Español' if language == 'es' else 'English'}")
                walk.language = language
                walk.seen("link", t["door.heading"])
                page.fill("#field-code", "1234")
                walk.press(t["door.go_on"])
                walk.seen("link-wrong", t["door.wrong"])
            page.fill("#field-code", code)
            walk.press(t["door.go_on"])

        enter(first)
        walk.seen("status", t["status.consent_heading"])
        walk.follow(t["status.consent_go"])
        walk.seen("notice", t["notice.heading"])
        walk.follow(t["notice.go_on"])
        walk.seen("consent", t["consent.heading"])
        walk.press(t["consent.check"])
        walk.seen("consent-missing", t["consent.missing"])
        for item in office.requisition.policy.consent_items:
            page.click(f"label[for='field-item-{item}']")
        page.click("label[for='field-acknowledged']")
        walk.press(t["consent.check"])
        walk.seen("consent-check", t["consent.check_heading"])
        walk.press(t["consent.send"])
        walk.seen("status-waiting", t["status.waiting_heading"], t["said.sent"])
        exchange_letters(office.services)
        page.goto(origin)
        walk.seen("status-accounts", t["status.disclosure_heading"], t["letters.taken"])
        walk.follow(t["status.disclosure_go"])
        page.fill("#field-name", "Rowan Applegate")
        page.fill("#field-emails", "rowan@example.org")
        page.fill("#field-platform-1", "Forum")
        page.fill("#field-handle-1", SECRET)
        page.click("label[for='field-none_handles']")
        page.click("label[for='field-none_blogs']")
        walk.press(t["accounts.check"])
        walk.seen("accounts-refused", CredentialRefusedError.code)
        page.fill("#field-handle-1", "rowan_a")
        walk.press(t["accounts.check"])
        walk.seen("accounts-check", "Forum: rowan_a")
        walk.press(t["accounts.send"])
        exchange_letters(office.services)
        page.goto(origin)
        walk.seen("status-nothing", t["status.nothing_heading"])
        page.click(f"text={t['status.withdraw']}")
        walk.seen("withdraw", t["withdraw.means_text"])
        page.goto(f"{origin}/about")
        walk.seen("about", t["about.intro"])
        page.goto(f"{origin}/rights")
        walk.seen("rights", t["rights.how_heading"])
        page.click("header >> text=" + ("Cerrar sesión" if language == "es" else "Sign out"))
        walk.seen("out", t["out.again"])

        enter(second)
        walk.follow(t["status.answers_go"])
        walk.seen("preview", t["conduct.threatens-violence.name"])
        walk.follow(t["preview.answer"])
        page.click("label:has-text('" + t["claim.context.name"] + "')")
        page.fill("#field-statement-1", "It was a line from a film.")
        walk.seen("answers", t["answers.once"])
        walk.press(t["answers.check"])
        walk.seen("answers-check", "It was a line from a film.")
        walk.press(t["answers.send"])
        exchange_letters(office.services)
        page.goto(f"{origin}/papers")
        walk.seen("papers", t["papers.written"])
        page.click(f"text={t['papers.written']}")
        walk.seen("paper", t["claim.context.name"])
        page.goto(f"{origin}/withdraw")
        page.click("label[for='field-confirm']")
        walk.press(t["withdraw.go"])
        exchange_letters(office.services)
        page.goto(origin)
        walk.seen("status-withdrawn", t["status.withdrawn_heading"])
        page.goto(f"{origin}/answers")
        walk.seen("refused", t["refused.wrong-state"])
        window.close()
    assert state(office, second) is CaseState.WITHDRAWN
