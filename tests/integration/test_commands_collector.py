"""What is typed around a collector: its folder, its orders, and what it delivers."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from casework.gathering.source import register_source
from models.errors import WalloffError
from models.people import Role
from models.search_rules import SearchRules
from walloff.databases import home_of

Post = Callable[..., str]


@pytest.fixture
def now(prepared: Any) -> datetime:
    """The collector's process reads the clock itself."""
    prepared.clock.moment = datetime.now(UTC) - timedelta(minutes=5)
    moment: datetime = prepared.clock.moment
    return moment


def test_a_collector_is_set_up_ordered_and_taken_in(
    typed: Any, prepared: Any, now: datetime, post: Post, tmp_path: Path
) -> None:
    folder = tmp_path / "north"
    setup = ("collector", "setup", folder, "--name", "north", "--json")
    assert typed(*setup).json["name"] == "north"
    assert typed(*setup).code in (2, 4)
    services = prepared.services
    services.home = services.vault._home = home_of(services.settings)
    case = prepared.disclosed()
    order = ("collector", "order", case, "--name", "north", "--json")
    typed(*order, role=Role.HIRING_MANAGER).refused("not-permitted")
    assert typed(*order, role=Role.INVESTIGATOR).json["collector"] == "north"
    own = ("--folder", folder)
    listed = typed("collector", "list", *own, "--json", home=False).json
    assert [one["case_id"] for one in listed["orders"]] == [case]
    assert "Orders" in typed("collector", "list", *own, home=False).out
    files = tmp_path / "files"
    files.mkdir()
    (files / "posts.jsonl").write_text(post("My cousin and I were at the lake.") + "\n")
    collect = ("collector", "collect", case, files, *own, "--json")
    done = typed(*collect, home=False)
    assert done.json["items"] == 1
    assert "cousin" not in done.out + done.err
    stranger = typed("collector", "collect", prepared.drafted(), files, *own, home=False)
    assert stranger.code == 3
    assert "cousin" not in stranger.err
    assert typed("collector", "take-in", "--json").json["settled"] >= 1
    told = typed("collector", "list", *own, "--json", home=False)
    assert json.loads(told.out)["receipts"]


def test_the_terms_of_every_platform_that_is_named_are_asked(
    typed: Any, prepared: Any, now: datetime, post: Post, tmp_path: Path
) -> None:
    """I5: without a review in force nobody is sent to a platform, by hand or by a collector."""
    folder, files = tmp_path / "south", tmp_path / "files"
    typed("collector", "setup", folder, "--name", "south", "--json")
    services = prepared.services
    services.home = services.vault._home = home_of(services.settings)
    before = prepared.requisition
    prepared.requisition = prepared.open(
        notice_lead_days=0, search=SearchRules(terms_reviewed=True)
    )
    case = prepared.disclosed()
    files.mkdir()
    (files / "posts.jsonl").write_text(post("At the lake.") + "\n")
    given = {"role": Role.INVESTIGATOR}
    order = ("collector", "order", case, "--name", "south", "--json", "--platform")
    collect = ("case", "collect", case, files, "--json", "--platform")
    typed(*order, "reddit", **given).refused("E-I5-TOS-UNREVIEWED")
    typed(*collect, "reddit", **given).refused("E-I5-TOS-UNREVIEWED")
    typed(*collect, "kind.forum", **given).refused("E-I5-TOS-UNREVIEWED")
    how = ("--version", "3", "--rule", "s. 4", "--by-hand", "--automated")
    days = ("--next-review", f"{now + timedelta(days=60):%Y-%m-%d}")
    typed("terms", "review", "reddit", *how[:-1], *days, role=Role.POLICY_OWNER)
    typed(*order, "Reddit", "--way", "automated", **given).refused("E-I5-TOS-BARRED")
    typed(*order, "Reddit", "--platform", "quora", **given).refused("E-I5-TOS-UNREVIEWED")
    assert typed(*order, "Reddit", **given).json["collector"] == "south"
    prepared.requisition = before


def test_training_is_asked_for_the_platforms_that_were_looked_at(
    office: Any, staff: Any, tmp_path: Path
) -> None:
    """Q1: the files are not all that an investigator looked at; the kind of a site counts."""
    staff.gated()
    staff.ready()
    case_id = office.disclosed()
    given = {"device": staff.device_id, **office.who(Role.INVESTIGATOR)}
    with pytest.raises(WalloffError) as caught:
        register_source(case_id, tmp_path, platforms_used=frozenset({"reddit"}), **given)
    assert caught.value.code.startswith("E-Q1-PLATFORM-UNTRAINED")
    register_source(case_id, tmp_path, platforms_used=frozenset({"kind.forum"}), **given)
