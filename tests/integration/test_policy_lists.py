"""An agency's lists are frozen with its requisition: its cases use those, and no others."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from casework.deciding.manager import view
from casework.preview.package import shown_of
from casework.releasing.rebuttal import answer, offer_rebuttal, shown_findings
from casework.releasing.release import deliver, release
from casework.requisition.requisitions import frozen, open_requisition
from casework.reviewing.review import approve, open_desk
from cli.terms import redactor_with
from models.errors import PackChangedError, PolicyError, SettingsError
from models.ids import CaseId
from models.people import Role
from models.rebuttal import Claim, RebuttalAnswer
from models.requisition import Requisition
from models.text import RawText
from storage.requisitions import RequisitionStore
from walloff.lists import read_requisition
from walloff.settings import Settings

Post = Callable[..., str]

THREAT = "I am going to kill that zibberfolk clerk on Monday, I swear I will beat him to death."
TERM = '[[terms]]\nterm = "zibberfolk"\nclass = "ethnicity"\nmention = "group"\n'
CLASS = (
    '[[classes]]\nid = "own-class"\ntitle = "An own class"\ntreated_as = "race"\n'
    'terms = ["wimble"]\n'
)


@pytest.fixture
def agency(tmp_path: Path) -> Path:
    """A requisition whose policy names a file of terms."""
    (tmp_path / "terms.toml").write_text(TERM, "utf-8")
    path = tmp_path / "requisition.toml"
    path.write_text(
        'title = "Deputy"\ncriteria = "ca-post-2024"\n'
        '[policy]\npack = "us-ca-law-enforcement"\nnotice_lead_days = 0\nlists = "terms.toml"\n',
        "utf-8",
    )
    return path


def opened(office: Any, path: Path) -> Requisition:
    draft = read_requisition(path)
    who = office.who(Role.POLICY_OWNER)
    return open_requisition(draft.title, draft.policy, draft.criteria, **who)


def screened(office: Any, requisition: Requisition, *posts: str) -> CaseId:
    office.requisition = requisition
    return CaseId(office.screened(*posts))


def shown(office: Any, case_id: CaseId) -> str:
    """Return what the package that is built now would show."""
    with office.vault.read() as tx:
        found = shown_of(tx, case_id, office.requisition, office.now)
    assert found
    return " ".join(released.model_dump_json() for _id, released in found)


def offered(office: Any, case_id: CaseId) -> None:
    for reviewer in (office.people[Role.WALL_OFF_REVIEWER], office.second_reviewer):
        who = {"actor": reviewer, "vault": office.vault, "now": office.now}
        open_desk(case_id, screener=office.services.screener_of(case_id), **who)
        approve(case_id, **who)
    offer_rebuttal(case_id, **office.who(Role.WALL_OFF_REVIEWER))


def test_a_term_of_the_policy_is_withheld_in_that_requisitions_releases(
    office: Any, post: Post, agency: Path
) -> None:
    case_id = screened(office, opened(office, agency), post(THREAT))
    offered(office, case_id)
    office.clock.move(days=14)
    release(case_id, **office.who(Role.RELEASING_OFFICER))
    released = office.services.released
    deliver(case_id, vault=office.vault, released=released, now=office.now)
    package = view(case_id, released=released, **office.who(Role.HIRING_MANAGER))
    text = package.model_dump_json()
    assert package.findings
    assert "zibberfolk" not in text
    assert "[withheld]" in text


def test_another_requisition_is_not_affected(office: Any, post: Post, agency: Path) -> None:
    bare = office.requisition
    with_lists = opened(office, agency)
    assert with_lists.policy_sha256 != bare.policy_sha256
    assert "zibberfolk" in shown(office, screened(office, bare, post(THREAT)))
    assert "zibberfolk" not in shown(office, screened(office, with_lists, post(THREAT)))


def test_editing_the_file_changes_nothing_for_a_requisition_that_is_open(
    office: Any, post: Post, agency: Path
) -> None:
    requisition = opened(office, agency)
    (agency.parent / "terms.toml").write_text("", "utf-8")
    assert "zibberfolk" not in shown(office, screened(office, requisition, post(THREAT)))
    later = opened(office, agency)
    assert later.policy_sha256 != requisition.policy_sha256
    assert "zibberfolk" in shown(office, screened(office, later, post(THREAT)))


def test_the_applicants_answer_passes_the_same_lists(office: Any, post: Post, agency: Path) -> None:
    case_id = screened(office, opened(office, agency), post(THREAT))
    offered(office, case_id)
    applicant = office.who(Role.APPLICANT)
    statement = RawText("An old zibberfolk saying about clerks, nothing more.")
    said = tuple(
        RebuttalAnswer(finding_id=finding_id, claim=Claim.CONTEXT, statement=statement)
        for finding_id in shown_findings(case_id, **applicant)
    )
    redactor = office.services.screener_of(case_id).redactor
    answer(case_id, said, redactor=redactor, **applicant)
    text = shown(office, case_id)
    assert "saying about clerks" in text
    assert "zibberfolk" not in text


def test_a_frozen_list_that_was_tampered_with_stops_the_case(office: Any, agency: Path) -> None:
    requisition = opened(office, agency)
    lists = requisition.policy.lists
    assert lists is not None
    emptied = requisition.policy.model_copy(
        update={"lists": lists.model_copy(update={"terms": ()})}
    )
    forged = requisition.model_copy(update={"policy": emptied, "id": "f" * 32})
    with office.vault.write() as tx:
        RequisitionStore(tx).add(forged)
        with pytest.raises(PackChangedError):
            frozen(tx, forged.id)


def test_an_exception_that_would_open_the_wall_is_refused_with_its_line(agency: Path) -> None:
    (agency.parent / "terms.toml").write_text(TERM + '[[exceptions]]\nphrase = "muslims"\n')
    with pytest.raises(PolicyError) as caught:
        read_requisition(agency)
    assert (caught.value.file, caught.value.line) == ("terms.toml", 6)


def test_a_setting_that_once_named_the_lists_is_refused_not_ignored(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Ignored, it would withhold less than the operator believes."""
    monkeypatch.setenv("WALLOFF_TERMS_FILE", str(tmp_path / "terms.toml"))
    with pytest.raises(SettingsError, match="lists"):
        Settings()
    with pytest.raises(SettingsError, match="--terms"):
        redactor_with(None)


def test_the_terms_option_reads_the_same_lists_for_single_texts(tmp_path: Path) -> None:
    (tmp_path / "terms.toml").write_text(TERM + CLASS, "utf-8")
    redactor = redactor_with(tmp_path / "terms.toml")
    text = redactor.redact(RawText("That zibberfolk singer wears wimbles."))
    assert "zibberfolk" not in text.text
    assert "wimbles" not in text.text
    assert "operator.own-class" in {span.rule for span in text.spans}
