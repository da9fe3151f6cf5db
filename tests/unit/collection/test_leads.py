"""What Maigret, Sherlock and Hunchly's marks say are leads, never evidence."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from collection.boxed import BOXES
from collection.files.damage import damaged
from collection.files.reader import Problem
from collection.formats.registry import FORMATS
from collection.reports.hunchly_marks import leads_of_hunchly
from collection.reports.maigret import COLUMNS, MaigretReader, leads_of_maigret
from collection.reports.sherlock import leads_of_sherlock
from collection.samples.sample_pages import mhtml_of, page_with
from collection.samples.sample_reports import (
    SHERLOCK,
    hunchly_files,
    hunchly_sample,
    maigret_sample,
    maigret_sites,
    sherlock_sample,
    zipped,
)
from collection.sources import find_sources, unread
from models.consent import PlatformKind
from models.leads import FoundLead, LeadKind

LEADS = [one for one in FORMATS if one.leads is not None]
EACH = pytest.mark.parametrize("form", LEADS, ids=lambda form: form.name)
CANARY = "canary-of-the-searched"
MAIGRET = ",".join(COLUMNS)


def split(parts: Any) -> tuple[list[FoundLead], list[str]]:
    found = list(parts)
    problems = [part for part in found if isinstance(part, Problem)]
    assert CANARY not in repr(problems)
    assert CANARY not in repr(found)
    return [part for part in found if isinstance(part, FoundLead)], [one.fault for one in problems]


def maigret(tmp_path: Path, value: Any, name: str = "report_quill_simple.json") -> Path:
    path = tmp_path / name
    path.write_text(value if isinstance(value, str) else json.dumps(value), encoding="utf-8")
    return path


@EACH
def test_a_sample_gives_leads_through_the_box(form: Any, tmp_path: Path) -> None:
    path = form.sample(tmp_path, 2)
    assert BOXES.accepting(LEADS, path) is form
    leads, problems = split(BOXES.leads(form, path))
    assert len(leads) == 2
    assert not problems


@pytest.mark.parametrize("sample", [maigret_sample, sherlock_sample])
def test_candidates_in_an_applicants_folder_are_no_evidence(sample: Any, tmp_path: Path) -> None:
    sample(tmp_path, 2)
    (source,) = find_sources(tmp_path)
    assert source.reader is None
    (problem,) = source.read()
    assert isinstance(problem, Problem)
    assert problem.fault == "candidate accounts are leads, not evidence: not read here"
    assert unread([source]) == {"known, not supported": 1}


def test_each_site_that_claims_the_name_is_one_lead(tmp_path: Path) -> None:
    sites = maigret_sites(4)
    sites["GitHub"] = sites["Site0"] | {"url_user": "https://github.com/quill"}
    sites["GitHub"]["status"] = sites["GitHub"]["status"] | {"url": "https://github.com/quill"}
    sites["Site1"]["status"]["status"] = "Available"
    sites["Site2"]["is_similar"] = True
    leads, problems = split(leads_of_maigret(maigret(tmp_path, sites)))
    assert [(one.site.reveal(), one.platform) for one in leads] == [
        ("Site0", PlatformKind.OTHER),
        ("Site3", PlatformKind.OTHER),
        ("GitHub", PlatformKind.PROFESSIONAL),
    ]
    assert {one.text.reveal() for one in leads} == {"quill"}
    assert problems == [
        "left out: pages that are only alike (1)",
        "left out: sites that do not claim the name (1)",
    ]


def test_what_a_tool_guessed_of_a_person_is_never_taken(tmp_path: Path) -> None:
    """Maigret extracts sex, age and the like from pages (`ids`): inference, and refused."""
    sites = maigret_sites(1)
    sites["Site0"]["status"] |= {"ids": {"gender": CANARY}, "tags": [CANARY]}
    (lead,), _ = split(leads_of_maigret(maigret(tmp_path, sites)))
    assert CANARY not in lead.model_dump_json(context={"seal": True})


def test_the_form_of_a_line_a_site_is_read(tmp_path: Path) -> None:
    lines = [json.dumps(value | {"sitename": name}) for name, value in maigret_sites(3).items()]
    text = "\n".join([*lines[:1], "{", "[" * 100_000, *lines[1:], ""])
    path = maigret(tmp_path, text, "report_quill_ndjson.json")
    assert MaigretReader().accepts(path)
    leads, problems = split(leads_of_maigret(path))
    assert [one.site.reveal() for one in leads] == ["Site0", "Site1", "Site2"]
    assert problems == ["not JSON, or cut off", "JSON nests too deeply"]


@pytest.mark.parametrize(
    ("head", "read", "claimed"),
    [
        (SHERLOCK, leads_of_sherlock, "Claimed"),
        (SHERLOCK, leads_of_sherlock, "QueryStatus.CLAIMED"),
        (MAIGRET, leads_of_maigret, "Claimed"),
    ],
)
def test_rows_that_claim_nothing_are_counted(
    head: str, read: Any, claimed: str, tmp_path: Path
) -> None:
    path = tmp_path / "quill.csv"
    path.write_text(
        f"{head}\nquill,Forum,https://f.example/,https://f.example/quill,{claimed},200,\n"
        "quill,Other,https://o.example/,https://o.example/quill,Available,404,\n"
        "quill,Other,https://o.example/,https://o.example/quill,Unknown,,\n"
    )
    leads, problems = split(read(path))
    assert [one.url.reveal() for one in leads] == ["https://f.example/quill"]
    assert problems == ["left out: sites that do not claim the name (2)"]


@pytest.mark.parametrize(
    "row",
    [
        "a,b",
        f"{CANARY},,,,Claimed,200,1",
        f" ,{CANARY},,,Claimed,200,1",
        f"{'x' * 400},{CANARY},,,Claimed,200,1",
        f'"{CANARY}"x,b,c,d,Claimed,200,1',
        "a\0b,s,c,d,Claimed,200,1",
    ],
)
def test_a_damaged_row_costs_itself_and_tells_nothing(row: str, tmp_path: Path) -> None:
    path = tmp_path / "quill.csv"
    path.write_text(f"{SHERLOCK}\n{row}\n")
    leads, problems = split(leads_of_sherlock(path))
    assert not leads
    assert problems


def test_a_table_of_other_columns_is_not_guessed(tmp_path: Path) -> None:
    path = tmp_path / "quill.csv"
    path.write_text("username,name,exists\nquill,Forum,Claimed\n")
    assert BOXES.accepting(LEADS, path) is None
    assert split(leads_of_sherlock(path)) == ([], ["the columns are not those of this tool"])


def test_an_address_with_a_password_goes_on_without_it(tmp_path: Path) -> None:
    sites = maigret_sites(1)
    sites["Site0"]["status"]["url"] = f"https://quill:{CANARY}@site0.example/quill#x"
    (lead,), _ = split(leads_of_maigret(maigret(tmp_path, sites)))
    assert lead.url.reveal() == "https://site0.example/quill"


def test_marks_of_a_case_are_selectors_and_opinion(tmp_path: Path) -> None:
    leads, problems = split(leads_of_hunchly(hunchly_sample(tmp_path, 1)))
    assert [(one.kind, one.text.reveal()) for one in leads] == [
        (LeadKind.NOTE, "Seems calm."),
        (LeadKind.SELECTOR, "quill"),
    ]
    assert not problems


@pytest.mark.parametrize("rows", [{}, [1], [{"Selector": 7}], [{"id": 1, "SELECTOR": " "}], [[]]])
def test_damaged_marks_cost_themselves(rows: Any, tmp_path: Path) -> None:
    files = hunchly_files({7: mhtml_of(page_with(1))}, selectors=rows)
    leads, problems = split(leads_of_hunchly(zipped(tmp_path / "c.zip", files)))
    assert not leads
    assert problems


@EACH
@settings(max_examples=25, deadline=None)
@given(seed=st.integers(min_value=0, max_value=2**32))
def test_damage_comes_to_problems_and_never_to_an_error(
    form: Any, seed: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = form.sample(tmp_path_factory.mktemp("leads"), 2)
    path.write_bytes(damaged(path.read_bytes(), seed))
    form.reader.accepts(path)
    for part in form.leads(path):
        assert isinstance(part, FoundLead | Problem)


@settings(max_examples=60, deadline=None)
@given(
    value=st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=5) | st.just("Claimed"),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from(["status", "username", "url", "url_user", "sitename", "x"]),
                inner,
                max_size=5,
            )
        ),
        max_leaves=15,
    )
)
def test_no_shape_of_a_report_ends_in_an_error(
    value: Any, tmp_path_factory: pytest.TempPathFactory
) -> None:
    list(leads_of_maigret(maigret(tmp_path_factory.mktemp("m"), value)))
