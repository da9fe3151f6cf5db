"""Every hostile file goes through the whole step of collecting: it costs itself and nothing else.

It is read in the box, by whichever reader takes it; the folder's other files are captured, the
step ends, and what this process needs does not grow with what the file would grow to.
"""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import pytest

sys.path.append(str(Path(__file__).parent))
from hostile import CORPUS, REFUSED_WHOLE

from casework.gathering.collect import input_problems
from casework.gathering.source import register_source
from casework.steps.marks import collected
from models.errors import InputError
from models.people import Role
from models.segment import Segment
from storage.evidence import EvidenceStore

GROWTH: Final = 192 << 20
"""Bytes that this process may grow by at its highest: less than any of the bombs."""

NICE: Final = "We planted tulips along the fence."


@pytest.fixture
def office(prepared: Any) -> Any:
    return prepared


@pytest.fixture
def clock(prepared: Any) -> Any:
    return prepared.clock


def highest() -> int:
    """Return the most memory that this process held so far, in bytes."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(one.split()[1]) << 10 for one in lines if one.startswith("VmHWM:"))


@pytest.mark.parametrize("name", sorted(CORPUS))
def test_a_hostile_file_costs_itself_and_no_other(
    office: Any, post: Callable[..., str], name: str
) -> None:
    case_id = office.disclosed()
    folder = office.folder / f"hostile-{case_id}"
    (folder / "hostile").mkdir(parents=True)
    CORPUS[name](folder / "hostile")
    for good in ("a", "z"):  # one before it and one after it
        (folder / good).mkdir()
        (folder / good / "posts.jsonl").write_text(post(f"{NICE} {good}") + "\n")
    register_source(case_id, folder, **office.who(Role.INVESTIGATOR))
    before = highest()
    office.run(Segment.COLLECT, case_id)
    assert highest() - before < GROWTH
    with office.vault.read() as tx:
        assert collected(tx, case_id)
        said = [one.item.text.reveal() for one in EvidenceStore(tx).for_case(case_id)]
    assert {f"{NICE} a", f"{NICE} z"} <= set(said)
    for one in input_problems(case_id, **office.who(Role.INVESTIGATOR)):
        assert "Traceback" not in one.fault
        assert len(one.fault) < 300


@pytest.mark.parametrize("name", sorted(REFUSED_WHOLE))
def test_what_is_no_file_of_the_folder_refuses_the_folder(
    office: Any, post: Callable[..., str], name: str
) -> None:
    """A link may lead out of it: nothing is kept, and the case does not go on."""
    case_id = office.disclosed()
    folder = office.folder / f"refused-{case_id}"
    folder.mkdir()
    (folder / "posts.jsonl").write_text(post(NICE) + "\n")
    register_source(case_id, folder, **office.who(Role.INVESTIGATOR))
    REFUSED_WHOLE[name](folder)
    with pytest.raises(InputError):
        office.run(Segment.COLLECT, case_id)
    with office.vault.read() as tx:
        assert not collected(tx, case_id)
        assert EvidenceStore(tx).count(case_id) == 0
