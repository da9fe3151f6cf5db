"""What second reviewers, and those who look after them, type."""

from collections.abc import Callable
from typing import Any

import pytest

from casework.gathering.source import register_source
from casework.reviewing.review import approve, open_desk
from models.people import Actor, Role
from models.segment import Segment

Post = Callable[..., str]
DRUGS = "We snorted cocaine all night at the lake house and I would do it again."
SUPERVISOR = {"role": Role.SUPERVISOR}
MANAGER = {"role": Role.HIRING_MANAGER}
OFFICER = {"role": Role.TRAINING_OFFICER}


@pytest.fixture(scope="module")
def gated(prepared: Any, staffed_with: Any) -> Any:
    """An office whose policy draws every case, and whose people meet it; and a third reviewer."""
    staff = staffed_with(prepared)
    staff.gated(sample_percent=100)
    staff.ready()
    prepared.third = staff.add("third-reviewer", Role.WALL_OFF_REVIEWER)
    staff.competent(prepared.third)
    prepared.staff = staff
    return prepared


@pytest.fixture
def reviewed(gated: Any, post: Post) -> str:
    case_id = screened(gated, post(DRUGS))
    for who in (gated.people[Role.WALL_OFF_REVIEWER], gated.second_reviewer):
        open_desk(case_id, screener=gated.services.screener_of(case_id), **by(gated, who))
        approve(case_id, **by(gated, who))
    return str(case_id)


def by(office: Any, who: Actor) -> dict[str, Any]:
    return {"actor": who, "vault": office.vault, "now": office.now}


def screened(office: Any, *posts: str) -> Any:
    case_id = office.disclosed()
    folder = office.folder / case_id
    folder.mkdir()
    (folder / "posts.jsonl").write_text("".join(line + "\n" for line in posts))
    device = office.staff.device_id
    register_source(case_id, folder, device=device, **office.who(Role.INVESTIGATOR))
    office.run(Segment.COLLECT, case_id)
    office.run(Segment.SCREEN, case_id)
    return case_id


def test_a_case_is_drawn_looked_at_blind_and_judged(typed: Any, gated: Any, reviewed: str) -> None:
    third = {"actor": gated.third.id}
    sample = ("quality", "sample", gated.requisition.id)
    typed(*sample, "--json", **MANAGER).refused("not-permitted")
    typed("quality", "desk", reviewed, **third).refused("record-not-found")
    assert [one["case_id"] for one in typed(*sample, "--json", **SUPERVISOR).json] == [reviewed]
    assert "Drawn" in typed(*sample, **SUPERVISOR).out
    desk = ("quality", "desk", reviewed)
    typed(*desk, **MANAGER).refused("E-S10-RAW-ACCESS")
    typed(*desk, role=Role.WALL_OFF_REVIEWER).refused("E-S1-SOD")
    (finding,) = typed(*desk, "--json", **third).json["findings"]
    assert finding["raw"] == DRUGS
    assert finding["id"] in typed(*desk, **third).out
    review = ("quality", "review", reviewed, "--json")
    typed(*review, **third).refused("E-S10-UNREVIEWED")
    typed(*review, "--judge", f"{finding['id']}=maybe", **third).refused("input", exit_code=2)
    judged = typed(*review, "--judge", f"{finding['id']}=yes", **third)
    assert judged.json["outcome"] == "upheld"
    report = ("quality", "report", gated.requisition.id)
    typed(*report, **MANAGER).refused("not-permitted")
    assert typed(*report, "--json", **SUPERVISOR).json["reviewed"] == 1
    assert "1 drawn, 1 reviewed, 0 overdue" in typed(*report, **SUPERVISOR).out


def test_seeds_are_placed_on_an_exercise_alone(typed: Any, gated: Any, post: Post) -> None:
    seed = ("quality", "seed", screened(gated, post(DRUGS)), "--count", "2", "--json")
    typed(*seed, **MANAGER).refused("not-permitted")
    typed(*seed, **OFFICER).refused("exercise")
    gated.staff.gated(exercise=True)
    exercise = screened(gated, post(DRUGS))
    assert typed("quality", "seed", exercise, "--count", "2", "--json", **OFFICER).json["seeded"]
