"""The auditors' application: the log, its check, its ledgers and reports, and what is not there."""

import csv
import hashlib
import io
import json
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
import rfc8785
from sqlalchemy import text
from starlette.testclient import TestClient

from casework.counsel.consistency import consistency_report
from cli.audit_folder import make_auditors_folder
from cli.portal_places import Place, opening
from models.audit import AuditAction, AuditEntry
from models.errors import SettingsError
from models.ids import new_id
from models.impact import GroupRate, ImpactReport, ImpactTable
from models.people import Role
from models.retention import AppliedRule, Clock, Confidence, RetentionRule, RetentionSchedule
from models.self_identification import Passage
from models.signin import STEP_UP, Stage
from portal.auditor.application import auditor_application
from portal.web.interfaces import AUDITOR, MANAGER
from storage.audit import AuditLog
from storage.auditors import AuditorsLog
from storage.certificate_note import sign_certificate
from storage.checkpoints import log_keys
from storage.engine import transaction
from storage.migrate import Database
from storage.signin.database import SigninDatabase
from tests.browser import accessibility
from walloff.upkeep import publish_checkpoint

pytestmark = pytest.mark.sqlite_only

HARMLESS = "We planted tomatoes and the soup turned out great."
ORIGIN = "https://localhost:8445"
SENT = {"origin": ORIGIN, "sec-fetch-site": "same-origin"}
LISTS = (
    "/entries",
    "/consents",
    "/access",
    "/access/exposures",
    "/retention",
    "/retention/destruction",
    "/quality",
    "/reports",
)
PAGES = ("/", "/verify", "/entries/0", "/access/separation", *LISTS)


@pytest.fixture
def log(office: Any) -> Iterator[AuditorsLog]:
    made = AuditorsLog(office.vault.home)
    yield made
    made.close()


@pytest.fixture
def signin(office: Any, tmp_path: Any) -> Iterator[SigninDatabase]:
    database = SigninDatabase.open(tmp_path / "signin", office.vault.home, "auditor")
    yield database
    database.close()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "reports"
    made.mkdir()
    return made


@pytest.fixture
def case_id(office: Any, post: Callable[..., str]) -> Any:
    """A case that came as far as its release, and a log that was handed over."""
    found = office.released(post(HARMLESS))
    publish_checkpoint(office.services)
    return found


@pytest.fixture
def client(
    office: Any, log: AuditorsLog, signin: SigninDatabase, folder: Path, case_id: Any
) -> Any:
    app = auditor_application(log, signin, reports=folder, origins={ORIGIN}, clock=office.clock.now)
    found: Any = TestClient(app.asgi, base_url=ORIGIN, follow_redirects=False, headers=SENT)
    found.reception = app.reception
    enter(found, office)
    return found


def enter(client: Any, office: Any) -> str:
    reception = client.reception
    auditor = office.people[Role.AUDITOR].id
    token = str(reception.sessions.start(auditor, Stage.SIGNED_IN, at=reception.now()))
    client.cookies.set(AUDITOR.cookie, token, domain="localhost.local")
    return token


def wait_out(client: Any, office: Any) -> None:
    """Let the code of signing in grow old."""
    office.clock.move(minutes=int(STEP_UP.total_seconds() // 60) + 1)


def step_up(client: Any) -> None:
    token = client.cookies[AUDITOR.cookie]
    fresh = client.reception.sessions.step_up(token, at=client.reception.now())
    client.cookies.clear()
    client.cookies.set(AUDITOR.cookie, fresh, domain="localhost.local")


def test_every_page_is_there_and_small(client: Any) -> None:
    for path in PAGES:
        answer = client.get(path)
        assert (path, answer.status_code) == (path, 200)
        assert len(answer.content) < 60_000, path


def test_whoever_is_not_signed_in_is_sent_to_sign_in(client: Any) -> None:
    client.cookies.clear()
    for path in (*PAGES, *(f"{one}.csv" for one in LISTS), "/verify/log.zip", "/nothing"):
        answer = client.get(path)
        assert (path, answer.status_code) == (path, 303)
        assert answer.headers["location"].startswith("/sign-in")


def test_a_session_of_another_application_opens_nothing(client: Any, office: Any) -> None:
    token = client.cookies[AUDITOR.cookie]
    client.cookies.clear()
    client.cookies.set(MANAGER.cookie, token, domain="localhost.local")
    assert client.get("/").status_code == 303


def test_what_is_not_there_has_one_answer(client: Any) -> None:
    step_up(client)
    absent = (
        "/nothing",
        "/entries/999999",
        "/entries/x",
        "/entries.xml",
        "/reports/none.json",
        "/reports/none.json/table.csv",
        "/entries/999999/proof",
        "/reports/..%2fsignin.key",
        "/entries.csv?since=never",
    )
    answers = [client.get(path) for path in absent]
    assert [(path, one.status_code) for path, one in zip(absent, answers, strict=True)] == [
        (path, 404) for path in absent
    ]
    assert len({one.content for one in answers}) == 1


def test_nothing_can_be_written_but_a_check_begun(client: Any) -> None:
    for path in PAGES:
        if path != "/verify":
            assert client.post(path).status_code == 404, path


def test_a_list_is_filtered_by_its_address_and_a_wrong_one_is_named(
    client: Any, office: Any, case_id: Any
) -> None:
    found = client.get(f"/consents?about={case_id}&action=consent-signed")
    assert found.status_code == 200
    assert found.text.count('scope="row"') == 1 + found.text.count("<figure") * 12
    assert "consent-signed" in found.text
    reviewer = office.people[Role.WALL_OFF_REVIEWER].id
    assert reviewer in client.get("/access?action=raw-read").text
    assert "No entry is like that" in client.get("/access?action=raw-read&person=nobody").text
    assert "No entry is like that" in client.get("/consents?action=raw-read").text
    for wrong in (
        "since=never",
        "action=hack",
        "until=2026-02-30",
        "since=2026-09-02&until=2026-09-01",
        f"person={'x' * 200}",
    ):
        answer = client.get(f"/access?{wrong}")
        assert (wrong, answer.status_code) == (wrong, 422)
        assert "There is a problem" in answer.text


def test_an_export_asks_for_a_code_and_has_what_is_shown(
    client: Any, office: Any, case_id: Any
) -> None:
    path = f"/entries.csv?about={case_id}"
    wait_out(client, office)
    assert client.get(path).headers["location"].startswith("/step-up")
    step_up(client)
    rows = list(csv.DictReader(io.StringIO(client.get(path).text, newline="")))
    assert rows
    assert {row["About"] for row in rows} == {case_id}
    same = client.get(f"/entries.json?about={case_id}").json()
    assert same == rows
    assert list(rows[0]) == [
        "Entry",
        "Time (UTC)",
        "Person",
        "Role",
        "Action",
        "About",
        "Code",
        "Count",
    ]
    every = client.get("/entries.json").json()
    assert len(every) == int(every[0]["Entry"]) + 1
    for one in LISTS:
        for form in ("csv", "json"):
            assert client.get(f"{one}.{form}").status_code == 200, one


def test_pages_by_key_show_every_entry_once(client: Any, log: AuditorsLog) -> None:
    seen: list[str] = []
    path = "/entries"
    while path:
        shown = client.get(path).text
        seen += [part.split('"')[0] for part in shown.split('href="/entries/')[1:]]
        more = shown.split('rel="next"')[0].rpartition('href="')[2].split('"')[0]
        path = more.replace("&amp;", "&") if 'rel="next"' in shown else ""
    assert sorted(map(int, seen)) == list(range(log.size()))


def test_exposures_name_who_saw_raw_and_nobody_has_two_parts(
    client: Any, office: Any, case_id: Any
) -> None:
    shown = client.get(f"/access/exposures?about={case_id}&part=read-raw").text
    assert office.people[Role.WALL_OFF_REVIEWER].id in shown
    assert office.people[Role.HIRING_MANAGER].id not in shown
    assert "nobody who has two parts" in client.get("/access/separation").text


def test_the_check_of_the_page_finds_the_log_intact(client: Any, office: Any) -> None:
    assert client.post("/verify").headers["location"] == "/verify"
    shown = settled(client)
    assert "Intact" in shown
    assert "Compare it with the one that you noted down" in shown
    key = log_keys(office.vault)[0].vkey
    client.post("/verify", data={"vkey": key})
    assert "The key was the one that you gave" in settled(client)
    client.post("/verify", data={"vkey": "walloff/elsewhere+00000000+AAAA"})
    assert "NOT INTACT" in settled(client)


def settled(client: Any) -> str:
    for _ in range(2400):
        shown = str(client.get("/verify").text)
        if "How far is it?" not in shown:
            return shown
        client.get("/verify/events")
    raise AssertionError("the check did not end")


def test_the_check_of_the_page_names_every_fault(client: Any, office: Any) -> None:
    engine = office.vault.home.engine(Database.AUDIT)
    with transaction(engine, "audit", writes=True) as connection:
        found = connection.execute(text("SELECT name FROM sqlite_master WHERE type = 'trigger'"))
        for name in list(found.scalars()):
            connection.exec_driver_sql(f"DROP TRIGGER {name}")
        connection.exec_driver_sql("UPDATE audit_leaves SET body = 'x' WHERE position IN (1, 3)")
    engine.dispose()
    client.post("/verify")
    shown = settled(client)
    assert "NOT INTACT" in shown
    assert "leaf 1: the entry does not give its hash" in shown
    assert "leaf 3: the entry does not give its hash" in shown


def test_the_export_is_verified_by_the_file_that_goes_with_it(
    client: Any, office: Any, tmp_path: Path
) -> None:
    wait_out(client, office)
    assert client.get("/verify/log.zip").headers["location"].startswith("/step-up")
    step_up(client)
    place = tmp_path / "export"
    with zipfile.ZipFile(io.BytesIO(client.get("/verify/log.zip").content)) as archive:
        archive.extractall(place)
    verifier = client.get("/verify/verify.py").content
    assert verifier == (place / "verify.py").read_bytes()
    key = log_keys(office.vault)[0].vkey
    done = subprocess.run(
        [sys.executable, "-I", "verify.py", ".", "--log", key],
        cwd=place,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, "verified" in done.stdout) == (0, True)
    with zipfile.ZipFile(io.BytesIO(client.get("/entries/2/proof").content)) as archive:
        assert sorted(archive.namelist()) == ["entry.json", "entry.tlog-proof"]


def impact(n: int = 40) -> ImpactReport:
    groups = (
        GroupRate(group="female", n=n, passed=20, rate=0.5, ratio=0.625, below=True, p_value=0.01),
        GroupRate(group="male", n=50, passed=40, rate=0.8, ratio=1.0, highest=True),
        GroupRate(group="other"),
    )
    tables = tuple(ImpactTable(passage=passage, kind="sex", groups=groups) for passage in Passage)
    return ImpactReport(
        requisition=None, threshold=0.8, citation="29 CFR 1607.4(D)", k=10, tables=tables
    )


def test_a_report_on_groups_is_shown_and_one_that_tells_of_few_is_not(
    client: Any, folder: Path
) -> None:
    said = impact().model_dump(mode="json") | {"unreadable": 0}
    (folder / "impact.json").write_text(json.dumps(said))
    shown = client.get("/reports/impact.json")
    assert shown.status_code == 200
    assert "Schema alone" in shown.text
    assert "62.5" not in shown.text
    assert "0.625" in shown.text
    assert "fewer than ten" in shown.text
    assert len(shown.content) < 60_000
    (folder / "few.json").write_text(impact(9).model_dump_json())
    few = client.get("/reports/few.json").text
    assert "Tells of few" in few
    assert "0.625" not in few
    step_up(client)
    assert client.get("/reports/few.json/table.csv").status_code == 404
    assert "0.625" in client.get("/reports/impact.json/table.csv").text


def test_a_report_on_equal_treatment_is_held_against_the_log(
    client: Any, office: Any, folder: Path, case_id: Any
) -> None:
    report = consistency_report(office.requisition.id, **office.who(Role.AUDITOR))
    body = report.model_dump(mode="json") | {"consistent": report.consistent}
    (folder / "equal.json").write_text(json.dumps(body))
    assert "Not in the log" in client.get("/reports/equal.json").text
    assert case_id not in client.get("/reports/equal.json").text
    office.clock.move(minutes=1)
    publish_checkpoint(office.services)
    enter(client, office)
    shown = client.get("/reports/equal.json").text
    assert "In the log" in shown
    assert case_id in shown
    body["lead_days_least"] = 999
    (folder / "equal.json").write_text(json.dumps(body))
    assert "Not in the log" in client.get("/reports/equal.json").text


def test_the_application_opens_with_a_folder_and_no_key_and_no_other_does(
    office: Any, case_id: Any, tmp_path: Path
) -> None:
    folder = make_auditors_folder(office.services.settings, tmp_path / "own", group=None)
    place = Place(office.services.settings, folder)
    made = opening("auditor")(place, {ORIGIN})
    assert {door.method for door in made.doors} == {"GET", "POST"}
    with pytest.raises(SettingsError):
        opening("manager")(place, {ORIGIN})
    with pytest.raises(SettingsError):
        Place(office.services.settings, None, tmp_path / "portion")


def test_a_certificate_is_shown_if_the_log_signed_it_and_tells_of_it(
    client: Any, office: Any, folder: Path, case_id: Any
) -> None:
    said = {
        "case_id": case_id,
        "requisition_id": office.requisition.id,
        "erased_at": "2026-09-15T12:00:00Z",
        "rules": ["EEO-01"],
        "keys": {},
    }
    payload = rfc8785.dumps(said)
    note = sign_certificate(payload, key_ring=office.vault.key_ring, home_id=office.vault.home.id)
    (folder / "case.note").write_text(note)
    assert "Not in the log" in client.get("/reports/case.note").text
    certified = AuditEntry(
        event_id=new_id(),
        at=office.now,
        actor=office.people[Role.EVIDENCE_CUSTODIAN].id,
        role=Role.EVIDENCE_CUSTODIAN,
        action=AuditAction.CERTIFIED,
        object_id=case_id,
        commitment=hashlib.sha256(payload).hexdigest(),
    )
    with office.vault.write() as tx:
        AuditLog(tx).append(certified)
    publish_checkpoint(office.services)
    shown = client.get("/reports/case.note").text
    assert "In the log" in shown
    assert "EEO-01" in shown
    (folder / "case.note").write_text(note.replace("EEO-01", "EEO-02"))
    altered = client.get("/reports/case.note").text
    assert "Not signed" in altered
    assert "EEO-02" not in altered


def test_the_calendar_says_what_is_due_when_and_by_which_rule(
    client: Any, folder: Path, case_id: Any
) -> None:
    rule = RetentionRule(
        id="EEO-01",
        clock=Clock.KEEP_UNTIL,
        period="1 years",
        citation="29 CFR 1602.14",
        confidence=Confidence.VERIFIED,
    )
    applied = AppliedRule(rule=rule, since=date(2026, 9, 1), until=date(2027, 9, 1))
    schedules = [
        RetentionSchedule(
            case_id=case_id,
            computed_at=datetime(2026, 9, 1, tzinfo=UTC),
            applied=(applied,),
            keep_until=date(2027, 9, 1),
            destroy_by=None if number == 0 else date(2027, 1 + number % 12, 1),
        )
        for number in range(60)
    ]
    body = [one.model_dump(mode="json") for one in schedules]
    (folder / "retention.json").write_text(json.dumps(body))
    shown = client.get("/reports/retention.json").text
    assert "29 CFR 1602.14" in shown
    assert shown.index("2027-01-01") < shown.index("2027-09-01")
    assert "no day yet" not in shown
    assert "no day yet" in client.get("/reports/retention.json?after=50").text


def test_a_file_that_is_no_report_is_named_and_not_shown(client: Any, folder: Path) -> None:
    (folder / "odd.json").write_text('{"words": "of an applicant"}')
    (folder / "deep.json").write_text("[" * 100_000)
    (folder / "link.json").symlink_to(folder / "odd.json")
    (folder / "note.note").write_text("walloff certificate of destruction\n{}\n")
    shown = client.get("/reports").text
    assert shown.count("Unreadable") == 3
    assert "link.json" not in shown
    assert client.get("/reports/link.json").status_code == 404
    assert "of an applicant" not in client.get("/reports/odd.json").text


# --- in a browser ---------------------------------------------------------------------------------

SIZES = {"wide": (1280, 900), "phone": (375, 800)}


@pytest.mark.parametrize("scripts", [True, False], ids=["with-scripts", "without-scripts"])
def test_an_auditor_reads_filters_and_verifies_in_a_browser(
    office: Any,
    log: AuditorsLog,
    signin: SigninDatabase,
    folder: Path,
    case_id: Any,
    chromium: Any,
    served: Any,
    scripts: bool,
    tmp_path: Path,
) -> None:
    (folder / "impact.json").write_text(impact().model_dump_json())
    found: list[Any] = []

    def made(origins: frozenset[str]) -> Any:
        found.append(
            auditor_application(
                log, signin, reports=folder, origins=origins, clock=office.clock.now
            )
        )
        return found[0]

    with served(made) as origin:
        token = found[0].reception.sessions.start(
            office.people[Role.AUDITOR].id, Stage.SIGNED_IN, at=office.now
        )
        window = accessibility.context(chromium, scripts=scripts)
        window.set_default_timeout(240_000)
        window.add_cookies([cookie(origin, token)])
        page = window.new_page()
        page.goto(origin)
        checked(page, scripts, tmp_path / "overview")
        page.click("nav >> text=Verification")
        page.click("button:has-text('Check it now')")
        page.goto(f"{origin}/verify")
        page.wait_for_selector("text=Intact")
        checked(page, scripts, tmp_path / "verify")
        page.click("nav >> text=Access")
        page.select_option("#field-action", "raw-read")
        page.fill("#field-about", case_id)
        page.click("button:has-text('Apply')")
        assert f"about={case_id}" in page.url
        checked(page, scripts, tmp_path / "access")
        page.click("nav >> text=Exposures")
        checked(page, scripts, tmp_path / "exposures")
        page.click("nav >> text=Separation of duties")
        checked(page, scripts, tmp_path / "separation")
        page.click("nav >> text=Log")
        page.click("tbody a >> nth=0")
        checked(page, scripts, tmp_path / "entry")
        page.click("nav >> text=Reports")
        checked(page, scripts, tmp_path / "reports")
        page.click("text=impact.json")
        checked(page, scripts, tmp_path / "report")
        office.clock.move(minutes=6)
        page.click("text=CSV")
        assert "/step-up" in page.url
        page.click("text=Sign out")
        assert page.url.endswith("/sign-in")
        window.close()


def cookie(origin: str, token: str) -> Any:
    """Return the cookie of a session: Chromium sends a secure one to this machine in clear."""
    url = origin.replace("http://", "https://")
    return {"name": AUDITOR.cookie, "value": token, "url": url, "secure": True, "httpOnly": True}


def checked(page: Any, scripts: bool, picture: Path) -> None:
    for size, (width, height) in SIZES.items():
        page.set_viewport_size({"width": width, "height": height})
        if scripts:
            assert not accessibility.scrolls_sideways(page), picture
            for colours in ("none", "active"):
                page.emulate_media(forced_colors=colours)
                assert accessibility.violations(page) == []
            page.emulate_media(forced_colors="none")
            assert accessibility.csp_violations(page) == []
        page.screenshot(path=f"{picture}-{size}.png", full_page=True)
    page.set_viewport_size({"width": 1280, "height": 900})
