"""What custodians, analysts and reviewers type: referrals, accounts, and what is left out."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from cli.main import main
from models.people import Role
from models.segment import Segment
from walloff.clock import SystemClock
from walloff.custodians import serve_custodian
from walloff.services import open_services
from walloff.settings import Settings

Walloff = Callable[..., tuple[int, str, str]]
Post = Callable[..., str]

THREAT = "I am going to kill my boss on Monday, I swear I will beat him to death."


@pytest.fixture
def walloff(
    office: Any, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Walloff:
    """Run a command in the office's home, at the office's time."""
    monkeypatch.setattr(SystemClock, "now", lambda _self: office.now)
    monkeypatch.setenv("COLUMNS", "250")

    def run(
        *arguments: str, role: Role | None = None, at_home: bool = True
    ) -> tuple[int, str, str]:
        actor = [] if role is None else ["--actor", office.people[role].id]
        home = ["--home", str(office.services.home.root)] if at_home else []
        with pytest.raises(SystemExit) as ended:
            main([*arguments, *actor, *home])
        told = capsys.readouterr()
        return int(ended.value.code or 0), told.out, told.err

    return run


def test_a_referral_from_flag_to_receipt(
    office: Any, post: Post, walloff: Walloff, tmp_path: Path
) -> None:
    case = office.collecting(post(THREAT, author="nightowl"))
    office.run(Segment.COLLECT, case)
    office.run(Segment.SCREEN, case)
    code, told, _ = walloff("attribution", "show", case, "--json", role=Role.ATTRIBUTION_ANALYST)
    assert code == 0
    [item] = json.loads(told)
    assert item["signs"] == []
    flag = ("referral", "flag", case, "--item", item["item"], "--json")
    code, _, err = walloff(*flag, "--offence", "jaywalking", role=Role.INVESTIGATOR)
    assert code != 0
    assert "E-S11-UNROUTED" in err
    code, told, _ = walloff(*flag, "--offence", "child-abuse", role=Role.INVESTIGATOR)
    assert code == 0
    referral = json.loads(told)["referral"]
    assert "E-S10-RAW-ACCESS" in walloff("referral", "due", role=Role.HIRING_MANAGER)[2]
    assert referral in walloff("referral", "due", role=Role.EVIDENCE_CUSTODIAN)[1]
    cleo = {"role": Role.EVIDENCE_CUSTODIAN}
    route = ("referral", "route", case, referral, "--reference", "SS 8572", "--done")
    assert walloff(*route, "custodian", **cleo)[0] != 0
    assert walloff(*route, "mandatory-report", **cleo)[0] == 0
    assert walloff("referral", "receipt", case, referral, role=Role.INVESTIGATOR)[0] != 0
    assert "wrong-state" in walloff("referral", "receipt", case, referral, **cleo)[2]
    folder, portion = str(tmp_path / "custody"), str(tmp_path / "custody.portion")
    assert walloff("custody", "setup", folder, "--portion", portion)[0] == 0
    serve(office)
    apart = {"role": Role.EVIDENCE_CUSTODIAN, "at_home": False}
    where = ("--folder", folder, "--portion", portion)
    [kept] = json.loads(walloff("custody", "list", *where, "--json", **apart)[1])
    assert kept["kind"] == "criminal-copy"
    assert THREAT in walloff("custody", "show", kept["id"], *where, **apart)[1]
    receive = ("custody", "receive", kept["id"], *where)
    assert walloff(*receive, role=Role.INVESTIGATOR, at_home=False)[0] != 0
    assert json.loads(walloff(*receive, "--json", **apart)[1])["referral"] == referral
    serve(office)
    assert "nobody" in walloff("referral", "list", case, **cleo)[1]
    shown = walloff("referral", "show", case, referral, **cleo)[1]
    assert "received" in shown
    assert THREAT not in shown


def serve(office: Any) -> None:
    """Let the inside and the custodian's folder meet, as `walloff work` does."""
    services = open_services(Settings(home=office.services.home.root))
    serve_custodian(services)
    services.sealed.close()
    services.vault.close()
    services.released.close()


def test_a_place_is_received_by_the_inside(
    office: Any, post: Post, walloff: Walloff, tmp_path: Path
) -> None:
    case = office.screened(post(THREAT))
    place = tmp_path / "place.txt"
    place.write_text("third post of March\n", "utf-8")
    flag = ("referral", "flag", case, "--offence", "violent-felony", "--json")
    code, told, _ = walloff(*flag, "--locator-file", str(place), role=Role.INVESTIGATOR)
    assert code == 0
    referral = json.loads(told)["referral"]
    cleo = {"role": Role.EVIDENCE_CUSTODIAN}
    assert walloff("referral", "receipt", case, referral, role=Role.INVESTIGATOR)[0] != 0
    assert walloff("referral", "receipt", case, referral, **cleo)[0] == 0
    assert "third post" in walloff("referral", "show", case, referral, **cleo)[1]


def test_contraband_is_named_by_its_place(
    office: Any, post: Post, walloff: Walloff, tmp_path: Path
) -> None:
    case = office.screened(post(THREAT))
    place, content = tmp_path / "place.txt", tmp_path / "content.jpg"
    place.write_text("third picture of the album\n", "utf-8")
    content.write_bytes(b"not really")
    code, told, _ = walloff(
        *("referral", "flag", case, "--offence", "child-sexual-abuse-material", "--json"),
        *("--locator-file", str(place), "--content", str(content)),
        role=Role.INVESTIGATOR,
    )
    assert code == 0
    assert json.loads(told)["copied"] is False
    assert "album" not in told


def test_an_account_is_decided_with_its_evidence(
    office: Any, post: Post, walloff: Walloff, tmp_path: Path
) -> None:
    case = office.collecting(post(THREAT, author="nightowl"))
    office.run(Segment.COLLECT, case)
    office.run(Segment.SCREEN, case)
    analyst = {"role": Role.ATTRIBUTION_ANALYST}
    [item] = json.loads(walloff("attribution", "show", case, "--json", **analyst)[1])
    account = ("--account", item["account"])
    history = tmp_path / "history.toml"
    history.write_text('created_at = 2026-09-01T13:00:00Z\nhandles = ["cheap_watches"]\n', "utf-8")
    facts = ("attribution", "facts", case, *account, "--history", str(history))
    assert walloff(*facts, role=Role.INVESTIGATOR)[0] == 0
    confirm = ("attribution", "confirm", case, *account, "--not-mine")
    assert walloff(*confirm, role=Role.INVESTIGATOR)[0] == 0
    shown = walloff("attribution", "show", case, **analyst)[1]
    assert "account-younger-than-notice" in shown
    assert "not mine" in shown
    decide = ("attribution", "decide", case, *account, "--grounds", "independent-identifiers")
    two = ("--basis", "name@profile", "--basis", "photograph@picture")
    assert "E-FCRA15-UNPROVED" in walloff(*decide, *two, **analyst)[2]
    assert walloff(*decide, "--basis", "name", **analyst)[0] != 0
    three = ("--basis", "e-mail@profile", "--basis", "employer@profile")
    assert walloff(*decide, *two, *three, **analyst)[0] == 0
    assert walloff("attribution", "second", case, *account, **analyst)[0] != 0


def test_what_was_left_out_is_shown_and_counted(office: Any, post: Post, walloff: Walloff) -> None:
    case = office.collecting(post(THREAT, days_ago=10))
    office.run(Segment.COLLECT, case)
    ines = {"role": Role.INVESTIGATOR}
    age = ("reporting", "age", case, "--eighteen-on", "2026-08-31")
    assert walloff(*age, **ines)[0] == 0
    stage = ("reporting", "stage", case, "--reached", "interview")
    assert walloff(*stage, **ines)[0] == 0
    office.run(Segment.SCREEN, case)
    shown = walloff("reporting", "excluded", case, "--json", role=Role.WALL_OFF_REVIEWER)[1]
    assert [one["rule"] for one in json.loads(shown)] == ["adult-at-posting"]
    counts = ("reporting", "counts", office.requisition.id, "--json")
    assert json.loads(walloff(*counts, role=Role.AUDITOR)[1]) == {}
