"""What managers saw and what applicants said of themselves meet in the enclave alone (S10)."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from casework.counsel.residual import report_residual
from casework.counsel.shown import marks_of, tell_shown
from casework.deciding.recall import recall
from casework.letters.applicant_side import identify
from casework.releasing.rebuttal import offer_rebuttal
from casework.releasing.release import release
from casework.reviewing.review import approve, open_desk
from casework.steps.pseudonym import pseudonym_of
from cli.residual_view import COLUMNS, rows_of, svg_of
from models.dispute import RecallReason
from models.errors import KeyUnavailableError, SealBrokenError
from models.ids import CaseId, new_id
from models.people import Role
from models.residual import SHOWN, Chance, Shown
from models.self_identification import SelfIdentification, Sex
from storage.domain import Domain
from storage.exchange import FairnessVault, letter
from storage.keyring import open_key_ring
from storage.letter_opener import LetterOpener
from storage.packages import PackageStore
from storage.writers import writer_of
from walloff.applicants import exchange_letters

Post = Callable[..., str]
PASSPHRASE = b"correct horse battery staple"
THREAT = "I am going to kill my boss on Monday, I swear I will beat him to death."


@pytest.fixture
def enclave(office: Any) -> Iterator[FairnessVault]:
    office.services.fairness.publish_keys()
    ring = open_key_ring(
        office.services.home, passphrase=PASSPHRASE, domains=frozenset({Domain.FAIRNESS})
    )
    vault = FairnessVault(office.services.home, ring)
    yield vault
    vault.close()


def crossed(office: Any, line: str) -> CaseId:
    case_id: CaseId = office.screened(line)
    for who in (office.people[Role.WALL_OFF_REVIEWER], office.second_reviewer):
        by = {"actor": who, "vault": office.vault, "now": office.now}
        open_desk(case_id, screener=office.services.screener_of(case_id), **by)
        approve(case_id, **by)
    offer_rebuttal(case_id, **office.who(Role.WALL_OFF_REVIEWER))
    office.clock.move(days=14)
    release(case_id, **office.who(Role.RELEASING_OFFICER))
    return case_id


def shown_letters(enclave: FairnessVault) -> list[Any]:
    return [one for one in enclave.waiting() if one.kind == SHOWN]


def test_a_released_package_goes_as_marks_under_the_pseudonym(
    office: Any, enclave: FairnessVault, post: Post
) -> None:
    case_id = crossed(office, post(THREAT))
    exchange_letters(office.services)
    exchange_letters(office.services)
    (one,) = shown_letters(enclave)
    with office.vault.read() as tx:
        assert one.case_id == pseudonym_of(tx, case_id)
        package = PackageStore(tx).current(case_id)
        assert package is not None
        marks = marks_of(tx, package.payload)
    words = LetterOpener(enclave.key_ring, Domain.FAIRNESS).open(one)
    shown = Shown.model_validate_json(words)
    assert shown.marks == marks
    assert len(marks) > 5
    assert case_id.encode() not in words
    for word in (b"threat", b"kill", b"boss", b"severity", b"conduct"):
        assert word not in words, "the enclave reads no word of a package"


def test_what_is_not_with_the_manager_is_not_told(
    office: Any, enclave: FairnessVault, post: Post
) -> None:
    """Grant beside denial: a screened case tells nothing, nor does one that was recalled."""
    waiting = office.screened(post(THREAT))
    fairness = office.services.fairness
    assert tell_shown([waiting], vault=office.vault, fairness=fairness, now=office.now) == 0
    case_id = crossed(office, post(THREAT))
    recall(
        case_id,
        RecallReason.ERROR,
        released=office.services.released,
        **office.who(Role.WALL_OFF_REVIEWER),
    )
    assert tell_shown([case_id], vault=office.vault, fairness=fairness, now=office.now) == 0


def test_the_inside_cannot_open_what_it_told(office: Any, enclave: Any, post: Post) -> None:
    crossed(office, post(THREAT))
    exchange_letters(office.services)
    with pytest.raises((KeyUnavailableError, SealBrokenError)):
        LetterOpener(office.vault.key_ring, Domain.FAIRNESS).open(shown_letters(enclave)[0])


def test_the_enclave_joins_marks_with_answers_and_only_figures_leave(
    office: Any, enclave: FairnessVault
) -> None:
    """Letters as the inside and the applicants write them, with a planted mark and without."""
    writer = writer_of(office.vault.key_ring, Domain.FAIRNESS)

    def told(number: int, sex: Sex, requisition: str, *, telling: bool) -> None:
        pseudonym = CaseId(new_id())
        marks = {f"{number % 7:016x}"} | ({"f" * 16} if telling else set())
        for kind, value in (
            ("self-identification", SelfIdentification(sex=sex)),
            (SHOWN, Shown(requisition=requisition, marks=frozenset(marks))),  # type: ignore[arg-type]
        ):
            body = value.model_dump_json().encode()
            enclave.post(letter(writer, pseudonym, kind, body, office.now))

    planted, plain = "a" * 32, "b" * 32
    for number in range(28):
        for sex in Sex:
            told(number, sex, planted, telling=sex is Sex.FEMALE and number % 4 > 0)
            told(number, sex, plain, telling=number % 4 > 0)
    alarm = report_residual(fairness=enclave, requisition=planted, permutations=100)
    quiet = report_residual(fairness=enclave, requisition=plain, permutations=100)
    assert alarm.unreadable == quiet.unreadable == 0
    assert {one.finding for one in alarm.report.groups if one.told} == {Chance.ABOVE}
    assert quiet.report.alarms == ()
    assert quiet.report.passes
    svg = svg_of(alarm.report)
    assert "above chance" in svg
    assert "too few to tell" in svg
    assert len(rows_of(alarm.report)[0]) == len(COLUMNS)
    assert "marks" not in json.dumps(alarm.report.model_dump(mode="json"))


def test_an_applicant_who_says_nothing_is_in_no_figure(
    office: Any, enclave: FairnessVault, post: Post
) -> None:
    case_id = crossed(office, post(THREAT))
    exchange_letters(office.services)
    applicant = {
        "actor": office.people[Role.APPLICANT].id,
        "applicants": office.services.applicants,
        "now": office.now,
    }
    identify(case_id, SelfIdentification(), **applicant)
    exchange_letters(office.services)
    assert not any(one.told for one in report_residual(fairness=enclave).report.groups)
