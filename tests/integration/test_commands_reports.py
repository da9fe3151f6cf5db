"""Leads and mappings are typed at the command line; neither shows what a file says."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from casework.gathering.leads import open_leads
from cli.output import print_table, say, tell
from collection.samples.sample_reports import POSTS_CSV, maigret_sample, mapped_sample
from models.clauses import UnprovedAttributionError
from models.errors import InputError, NotPermittedError
from models.people import Role

Typed = Callable[..., Any]
INVESTIGATOR = {"role": Role.INVESTIGATOR}


def test_leads_are_imported_listed_and_settled(prepared: Any, typed: Typed, tmp_path: Path) -> None:
    case_id = prepared.disclosed()
    report = maigret_sample(tmp_path, 2)
    told = typed("lead", "import", case_id, report, "--json", **INVESTIGATOR).json
    assert (told["taken"], told["known"]) == (2, 0)
    one, other = [lead.id for lead in open_leads(case_id, **prepared.who(Role.INVESTIGATOR))]
    links = ["--basis", "e-mail@profile", "--basis", "place@post"]
    typed("lead", "adopt", case_id, one, *links[:2], **INVESTIGATOR).refused(
        UnprovedAttributionError.code
    )
    assert typed("lead", "adopt", case_id, one, *links, **INVESTIGATOR).out == "adopted\n"
    assert typed("lead", "dismiss", case_id, other, **INVESTIGATOR).out == "dismissed\n"
    listed = typed("lead", "list", case_id, "--json", role=Role.ATTRIBUTION_ANALYST).json
    assert [lead["stands"] for lead in listed] == ["adopted", "dismissed"]
    assert "example" not in json.dumps(listed)
    typed("lead", "sealed", case_id, **INVESTIGATOR).refused(NotPermittedError.code)
    sealed = typed("lead", "sealed", case_id, "--json", role=Role.WALL_OFF_REVIEWER).json
    assert [lead["site"] for lead in sealed] == ["Site0", "Site1"]


def test_a_mapping_is_checked_without_a_case(typed: Typed, tmp_path: Path) -> None:
    path = mapped_sample(tmp_path, 3)
    told = typed("mapping", "check", path, "--json", home=False).json
    assert (told["items"], told["problems"]) == (3, [])
    assert "lake" not in json.dumps(told)
    assert typed("mapping", "check", tmp_path / "mapping.toml", home=False).code == 0
    (tmp_path / "mapping.toml").write_text(POSTS_CSV.replace("csv", "xml"))
    refused = typed("mapping", "check", path, home=False)
    assert refused.code != 0
    assert refused.err.startswith(f"walloff: {InputError.code}: mapping.toml, line 1: ")


@pytest.mark.parametrize("name", ["rowan\x1b]52;c;cHduZWQ=\x07", "rowan\x9b2J", "rowan\u202etxt"])
def test_a_hostile_user_name_commands_no_terminal(
    capsys: pytest.CaptureFixture[str], name: str
) -> None:
    """A report's user name may hold escape sequences: it is shown as what it is."""
    print_table("Leads", ("handle",), [[name]])
    tell({}, name, as_json=False)
    say(name)
    told = capsys.readouterr()
    assert "rowan\\u" in told.out
    assert "rowan\\u" in told.err
    assert not set(told.out + told.err) & {"\x1b", "\x07", "\x9b", "\u202e"}
