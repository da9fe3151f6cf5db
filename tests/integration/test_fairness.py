"""Only the enclave reads what applicants say of themselves; what leaves it names no small group."""

import csv
import json
import os
import shutil
import subprocess
import sys
import sysconfig
import tempfile
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from typer.testing import CliRunner

import walloff
from casework.applicant.cases import find_case
from casework.counsel.enclave import report_impact
from casework.counsel.passages import passed_of, tell_passages
from casework.letters.applicant_side import identify
from casework.steps.pseudonym import pseudonym_of
from cli.impact_view import COLUMNS, csv_of, rows_of, svg_of
from cli.main import build
from models.decision import Decision, Outcome, Reason
from models.errors import KeyUnavailableError, PolicyError, SealBrokenError
from models.ids import CaseId, new_id
from models.people import Role
from models.self_identification import (
    PASSED,
    Passage,
    Passed,
    RaceEthnicity,
    SelfIdentification,
    Sex,
)
from policy.impact import impact_report
from storage.domain import Domain
from storage.exchange import FairnessVault, Letter, letter
from storage.interface_folder import make_folder
from storage.keyring import open_key_ring
from storage.letter_opener import LetterOpener
from storage.migrate import Database
from storage.portions import write_portion
from storage.records import RecordKind, RecordStore
from storage.tables.cases import CASES
from storage.writers import writer_of
from walloff.applicants import exchange_letters

NOBODY = 65534
PASSPHRASE = b"correct horse battery staple"


@pytest.fixture
def enclave(office: Any) -> Iterator[FairnessVault]:
    """The enclave's side of the home: the fairness key and no other."""
    office.services.fairness.publish_keys()
    ring = open_key_ring(
        office.services.home, passphrase=PASSPHRASE, domains=frozenset({Domain.FAIRNESS})
    )
    vault = FairnessVault(office.services.home, ring)
    yield vault
    vault.close()


def applicant(office: Any) -> dict[str, Any]:
    return {
        "actor": office.people[Role.APPLICANT].id,
        "applicants": office.services.applicants,
        "now": office.now,
    }


def decided(office: Any, case_id: CaseId, outcome: Outcome) -> None:
    """Write a decision down without its steps, which are not what is tested here."""
    reasons = () if outcome is Outcome.FAVOURABLE else (Reason(criterion="c", finding=0),)
    decision = Decision(
        case_id=case_id,
        decider=office.people[Role.HIRING_MANAGER].id,
        outcome=outcome,
        reasons=reasons,
        assessment="weighed",
        decided_at=office.now,
    )
    with office.vault.write() as tx:
        RecordStore(tx).put(case_id, RecordKind.DECISION, decision, now=office.now)


def came(office: Any, case_id: CaseId) -> Passed:
    with office.vault.read() as tx:
        return passed_of(tx, find_case(case_id, vault=office.vault))


def test_how_far_an_applicant_came_is_read_from_the_records(office: Any) -> None:
    noticed, consented = office.noticed(), office.consented()
    assert came(office, noticed) == Passed(requisition=office.requisition.id)
    assert came(office, consented).passed == {Passage.CONSENT}
    decided(office, consented, Outcome.PENDING_ADVERSE)
    assert Passage.DECISION not in came(office, consented).passed | came(office, consented).missed
    decided(office, consented, Outcome.ADVERSE)
    assert came(office, consented).missed == {Passage.DECISION, Passage.OVERALL}
    decided(office, consented, Outcome.FAVOURABLE)
    assert came(office, consented).passed == {
        Passage.CONSENT,
        Passage.DECISION,
        Passage.OVERALL,
    }


def test_a_refused_consent_misses_the_passage_and_the_bottom_line(office: Any) -> None:
    case_id = office.consented(refused=office.requisition.policy.consent_items)
    assert came(office, case_id).missed == {Passage.CONSENT, Passage.OVERALL}


def test_the_enclave_joins_the_two_under_a_pseudonym(office: Any, enclave: FairnessVault) -> None:
    """Ten of each sex: five of ten women and nine of ten men consent."""
    for sex, consents in ((Sex.FEMALE, 5), (Sex.MALE, 9)):
        for number in range(10):
            refused = frozenset() if number < consents else office.requisition.policy.consent_items
            case_id = office.consented(refused=refused)
            exchange_letters(office.services)
            identify(case_id, SelfIdentification(sex=sex), **applicant(office))
    exchange_letters(office.services)
    exchange_letters(office.services)
    found = report_impact(fairness=enclave, requisition=office.requisition.id)
    assert found.unreadable == 0
    table = next(
        one for one in found.report.tables if one.passage is Passage.CONSENT and one.kind == "sex"
    )
    women, men = table.groups
    assert (women.passed, women.n, men.passed, men.n) == (5, 10, 9, 10)
    assert women.ratio == pytest.approx(5 / 9)
    assert women.below
    assert men.highest
    # No letter names a case, and no case's id is in the enclave's database.
    with office.vault.read() as tx:
        cases = set(tx.execute(select(CASES.c.id)).scalars())
    assert not cases & {one.case_id for one in enclave.waiting()}


def test_the_inside_cannot_open_what_it_hands_on_or_wrote(office: Any, enclave: Any) -> None:
    case_id = office.consented()
    exchange_letters(office.services)
    identify(case_id, SelfIdentification(race_ethnicity=RaceEthnicity.ASIAN), **applicant(office))
    exchange_letters(office.services)
    letters = enclave.waiting()
    assert {one.kind for one in letters} == {"self-identification", PASSED}
    with pytest.raises(KeyUnavailableError):
        LetterOpener(office.vault.key_ring, Domain.FAIRNESS)
    for domain in (Domain.RAW, Domain.AUDIT):
        opener = LetterOpener(office.vault.key_ring, domain)
        for one in letters:
            with pytest.raises(SealBrokenError):
                opener.open(one)
    released = open_key_ring(
        office.services.home, passphrase=PASSPHRASE, domains=frozenset({Domain.RELEASED})
    )
    with pytest.raises(KeyUnavailableError):
        LetterOpener(released, Domain.FAIRNESS)
    released.close()
    opener = LetterOpener(enclave.key_ring, Domain.FAIRNESS)
    assert all(opener.open(one) for one in letters)


def test_the_same_is_told_once_and_news_again(office: Any, enclave: FairnessVault) -> None:
    case_id = office.consented()
    sides = {"vault": office.vault, "fairness": office.services.fairness, "now": office.now}
    assert tell_passages([case_id], **sides) == 1
    assert tell_passages([case_id], **sides) == 0
    decided(office, case_id, Outcome.FAVOURABLE)
    assert tell_passages([case_id], **sides) == 1
    with office.vault.read() as tx:
        pseudonym = pseudonym_of(tx, case_id)
    opener = LetterOpener(enclave.key_ring, Domain.FAIRNESS)
    newest = [one for one in enclave.waiting() if one.case_id == pseudonym][-1]
    assert Passage.OVERALL in Passed.model_validate_json(opener.open(newest)).passed


def test_a_letter_that_does_not_open_is_counted_and_left_out(office: Any, enclave: Any) -> None:
    writer = writer_of(office.vault.key_ring, Domain.FAIRNESS)
    good = letter(writer, CaseId(new_id()), PASSED, b"no value", office.now)
    moved = letter(writer, CaseId(new_id()), PASSED, b"{}", office.now)
    enclave.post(good)
    enclave.post(Letter(moved.id, CaseId(new_id()), moved.kind, moved.at, moved.body))
    assert report_impact(fairness=enclave).unreadable == 2


def test_fewer_than_ten_are_never_told(office: Any, enclave: FairnessVault) -> None:
    with pytest.raises(PolicyError):
        report_impact(fairness=enclave, k=9)


# --- what leaves it ---------------------------------------------------------------------------


def figures() -> Any:
    def people(sex: Sex, passed: int, n: int) -> list[tuple[SelfIdentification, Passed]]:
        here = frozenset({Passage.DECISION})
        requisition: Any = "1" * 32
        return [
            (
                SelfIdentification(sex=sex, race_ethnicity=RaceEthnicity.WHITE),
                Passed(
                    requisition=requisition,
                    passed=here if number < passed else frozenset(),
                    missed=frozenset() if number < passed else here,
                ),
            )
            for number in range(n)
        ]

    everybody = [*people(Sex.FEMALE, 12, 40), *people(Sex.MALE, 48, 80)]
    return impact_report(everybody, requisition=None)


def test_the_table_the_csv_and_the_drawing_hold_the_same() -> None:
    report = figures()
    rows = list(csv.DictReader(csv_of(report).splitlines()))
    assert tuple(rows[0]) == COLUMNS
    assert len(rows) == len(rows_of(report)) == 4 * (2 + 7)
    (women,) = [row for row in rows if (row["passage"], row["group"]) == ("decision", "female")]
    assert (women["n"], women["passed"], women["ratio"]) == ("40", "12", "0.5")
    drawing = ET.fromstring(svg_of(report))
    words = [text.text or "" for text in drawing.iter("{http://www.w3.org/2000/svg}text")]
    assert "0.50, n 40" in words
    assert words.count("too few to tell") == 4 * 9 - 3
    assert not any("http" in word or "script" in word for word in words)


@pytest.mark.skipif(os.getuid() != 0, reason="needs root to become another user")
def test_the_enclave_runs_as_a_user_of_its_own_with_its_folder_alone(office: Any) -> None:
    services = office.services
    place = Path(tempfile.mkdtemp(prefix="walloff-fairness-"))
    place.chmod(0o755)
    try:
        folder = place / "fairness"
        services.home = make_folder(services.home, Database.FAIRNESS, folder, group=NOBODY)
        services._fairness = None
        write_portion(services.home, PASSPHRASE, {Domain.FAIRNESS}, folder / "portion")
        shutil.chown(folder / "portion", NOBODY)
        for _ in range(10):
            case_id = office.consented()
            exchange_letters(services)
            identify(case_id, SelfIdentification(sex=Sex.MALE), **applicant(office))
        exchange_letters(services)
        done = _as_nobody("fairness", "report", "--json", "--folder", folder)
        report = json.loads(done.stdout)
        (consent,) = [
            one for one in report["tables"] if (one["passage"], one["kind"]) == ("consent", "sex")
        ]
        assert [one["n"] for one in consent["groups"]] == [None, 10]
        # The home is shut to it.
        shut = _as_nobody("case", "list", "--home", services.home.root, check=False)
        assert shut.returncode != 0
    finally:
        shutil.rmtree(place)


def _as_nobody(*words: object, check: bool = True) -> subprocess.CompletedProcess[str]:
    version = "{}.{}".format(*sys.version_info)
    if "--folder" in words:
        words = (*words, "--portion", Path(str(words[-1])) / "portion")
    for candidate in (sys.executable, f"/usr/bin/python{version}"):
        try:
            done = subprocess.run(
                [candidate, "-m", "cli", *map(str, words)],
                cwd=Path(walloff.__file__).parents[1],
                user=NOBODY,
                group=NOBODY,
                extra_groups=[],
                env={
                    "PATH": os.environ["PATH"],
                    "PYTHONDONTWRITEBYTECODE": "1",
                    "PYTHONPATH": sysconfig.get_path("platlib"),
                    "HOME": "/nonexistent",
                },
                capture_output=True,
                text=True,
                timeout=300,
                check=False,
            )
        except OSError:
            continue
        if done.returncode == 0 or not check:
            return done
        failure = done.stderr[-2000:]
    pytest.fail(failure)


def test_the_commands_make_the_folders_and_write_the_figures(
    office: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WALLOFF_HOME", str(office.services.home.root))
    case_id = office.noticed()
    exchange_letters(office.services)
    actor = office.people[Role.APPLICANT].id
    office.services.applicants.close()
    made = {}
    for name in ("applicant", "fairness"):
        made[name] = [
            "--folder",
            str(tmp_path / name),
            "--portion",
            str(tmp_path / f"{name}.portion"),
        ]
        done = CliRunner().invoke(build(name), [name, "setup", *made[name][1:]])
        assert done.exit_code == 0, done.output

    def command(*words: str) -> Any:
        return CliRunner().invoke(
            build(words[0]), [*words, *made[words[0]]], env={"WALLOFF_ACTOR": actor}
        )

    listed = command("applicant", "list", "--json")
    assert listed.exit_code == 0, listed.output
    assert [one["case"] for one in json.loads(listed.stdout)] == [case_id]
    assert command("applicant", "read", case_id, "notice").exit_code == 0
    grants = [f"--grant={item}" for item in office.requisition.policy.consent_items]
    wrote = command("applicant", "consent", case_id, *grants, "--consequence-acknowledged")
    assert wrote.exit_code == 0, wrote.output
    secret = tmp_path / "disclosure.toml"
    secret.write_text('name = "Rowan"\nhandles = ["password: Hunter2!x"]\n')
    refused = command("applicant", "disclose", case_id, str(secret))
    assert "E-S5-CREDENTIAL-REFUSED" in refused.output
    assert "Hunter2" not in refused.output
    assert command("applicant", "identify", case_id, "--sex", "female").exit_code == 0
    assert command("applicant", "withdraw", case_id).exit_code != 0
    said = tmp_path / "answers.toml"
    said.write_text('[[answers]]\nfinding = 1\nclaim = "not-me"\nstatement = "My cousin."\n')
    early = command("applicant", "answer", case_id, str(said))
    assert early.exit_code == 3
    assert "cousin" not in early.output
    out = tmp_path / "figures"
    assert command("fairness", "residual", "--json").exit_code == 0
    done = command("fairness", "report", "--out", str(out))
    assert done.exit_code == 0, done.output
    assert sorted(path.name for path in out.iterdir()) == [
        "impact.csv",
        "impact.json",
        "impact.svg",
    ]
