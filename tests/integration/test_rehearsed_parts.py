"""What made-up applicants do is said in one file beside their folders, checked before anything."""

from pathlib import Path
from typing import Any

import pytest

from models.after_hire_rules import AfterHireRules
from models.consent import ConsentItem
from models.counsel_rules import CounselRules
from models.decision import Outcome
from models.errors import FakeInProductionError, InputError, PolicyError
from models.ids import ActorId
from policy.defaults import default_draft
from policy.requisition import RequisitionDraft
from walloff.rehearsal import rehearse, require_fitting
from walloff.rehearsal_cast import FIRST_REVIEWER, SECOND_REVIEWER, reviewers_of
from walloff.rehearsed_parts import PARTS_FILE, Part, read_parts

CONCERN: dict[str, Any] = {
    "kind": "complaint",
    "words": "On Monday a resident complained about threats on a forum.",
    "platforms": ["forum"],
    "criteria": ["G8"],
}


def parts(folder: Path, text: str) -> dict[str, Part]:
    (folder / PARTS_FILE).write_text(text)
    return read_parts(folder, {"robin", "kim"})


def draft(**changes: Any) -> RequisitionDraft:
    plain = default_draft()
    return RequisitionDraft(plain.title, plain.policy.model_copy(update=changes), plain.criteria)


def test_without_a_file_everybody_agrees_to_everything(tmp_path: Path) -> None:
    assert read_parts(tmp_path, {"robin"}) == {}
    assert Part().refused_of(default_draft().policy) == frozenset()
    assert Part().decision is Outcome.FAVOURABLE


def test_a_part_is_read(tmp_path: Path) -> None:
    found = parts(tmp_path, '[robin]\nrefuses = ["public-video"]\ndecision = "adverse"\n')
    assert set(found) == {"robin"}
    policy = default_draft().policy
    assert found["robin"].refused_of(policy) == {ConsentItem.PUBLIC_VIDEO}
    assert Part(refuses="everything").refused_of(policy) == policy.consent_items


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("[robin]\nwithdraws = true\n\n[nobody]\nwithdraws = true\n", 4),
        ("[robin]\nwithdrawn = true\n", 2),
        ("robin = 3\n", 1),
        ('[robin]\nrefuses = ["public-thoughts"]\n', 2),
    ],
)
def test_what_is_wrong_is_named_with_its_line(tmp_path: Path, text: str, line: int) -> None:
    with pytest.raises(PolicyError) as error:
        parts(tmp_path, text)
    assert (error.value.file, error.value.line) == (PARTS_FILE, line)


@pytest.mark.parametrize(
    "part",
    [
        {"withdraws": True, "decision": "adverse"},
        {"withdraws": True, "dispute": {"claim": "false"}},
        {"refuses": "everything", "concern": CONCERN},
    ],
)
def test_a_part_that_cannot_be_played_is_refused(part: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="who"):
        Part.model_validate(part)
    assert Part.model_validate({key: part[key] for key in list(part)[:1]})


def test_reviewers_are_those_whom_the_policy_names() -> None:
    """Else a rehearsal of such a policy would end at its first review."""
    plain = default_draft().policy
    assert reviewers_of(plain) == (FIRST_REVIEWER, SECOND_REVIEWER)
    named = frozenset({ActorId("rita"), ActorId("walt"), ActorId("zoe")})
    policy = plain.model_copy(update={"counsel": CounselRules(reviewers=named)})
    assert [one.id for one in reviewers_of(policy)] == ["rita", "walt"]
    assert all(one.rehearsal for one in reviewers_of(policy))


def test_made_up_people_never_enter_a_production_home(office: Any) -> None:
    """Nor parts of theirs: the home is asked before anything else."""
    with pytest.raises(FakeInProductionError):
        rehearse([], draft(), services=office.services, progress=lambda *_told: None)


def test_a_monitoring_requisition_is_given_as_such() -> None:
    """An applicant's case is never opened under one, nor an employee's under another."""
    monitoring = draft(after_hire=AfterHireRules())
    employee = {"robin": Part.model_validate({"concern": CONCERN})}
    for first, second, named in (
        (monitoring, None, {}),
        (draft(), draft(), {}),
        (draft(), None, employee),
    ):
        with pytest.raises(InputError):
            require_fitting(first, second, named)
    require_fitting(draft(), None, {})
    require_fitting(draft(), monitoring, employee)
