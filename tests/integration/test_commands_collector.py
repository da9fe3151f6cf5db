"""What is typed around a collector: its folder, its orders, and what it delivers."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from models.people import Role
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
