"""The sample that ships: fictional applicants whose files read without a damage."""

import itertools
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from collection.egress.disclosure import read_disclosure
from collection.files.reader import Problem
from collection.sources import find_sources
from models.evidence import SourceItem

FOLDER = Path(__file__).parents[3] / "samples" / "applicants"
TWINS = ("amina-haddad", "daniel-rosen")
WRITTEN = datetime(2026, 11, 20, tzinfo=UTC)


def read(name: str) -> tuple[list[SourceItem], list[Problem]]:
    found = [
        part
        for source in find_sources(FOLDER / name)
        if source.reader is not None
        for part in source.reader.read(source.path)
    ]
    return (
        [item for item in found if isinstance(item, SourceItem)],
        [item for item in found if isinstance(item, Problem)],
    )


FOLDERS = sorted(path.name for path in FOLDER.iterdir() if path.is_dir())
NAMES = pytest.mark.parametrize("name", FOLDERS)


@NAMES
def test_every_file_has_a_reader(name: str) -> None:
    sources = find_sources(FOLDER / name)
    assert sources
    assert all(source.reader is not None for source in sources)


@NAMES
def test_nothing_is_damaged_and_posts_are_of_the_last_six_years(name: str) -> None:
    items, problems = read(name)
    dated = [item.created_at for item in items if item.created_at is not None]
    assert 1 <= len(dated) <= 26
    assert all(WRITTEN - timedelta(days=6 * 365) < at < WRITTEN for at in dated)
    said = ("left out: ", "never opened: ", "1 answers or posts are no public pages: data")
    assert all(problem.fault.startswith(said) for problem in problems)


@NAMES
def test_all_is_by_an_account_that_was_disclosed(name: str) -> None:
    items, _ = read(name)
    disclosure = read_disclosure(FOLDER / name / "disclosure.toml")
    declared = {account.handle.reveal() for account in disclosure.accounts}
    assert {item.author.reveal() for item in items} == declared


@NAMES
def test_addresses_lead_nowhere(name: str) -> None:
    """Domain names under .example are reserved (RFC 2606)."""
    for item in read(name)[0]:
        host = re.fullmatch(r"https?://([^/]+)/.*", item.url.reveal())
        assert host is not None
        assert host[1].endswith(".example")


def test_the_twins_posted_the_same_things_at_the_same_times() -> None:
    one, two = (read(name)[0] for name in TWINS)
    assert len(one) == len(two)
    for left, right in zip(one, two, strict=True):
        assert left.created_at == right.created_at
        assert left.platform == right.platform
        assert left.author != right.author
        assert left.native_id != right.native_id
        words = [item.text.reveal().split() for item in (left, right)]
        assert abs(len(words[0]) - len(words[1])) <= 2
        same = len(set(words[0]) & set(words[1]))
        assert same / max(len(set(part)) for part in words) > 0.6


def test_the_twins_differ_in_what_they_are() -> None:
    one, two = (read(name)[0] for name in TWINS)
    differing = sum(left.text != right.text for left, right in zip(one, two, strict=True))
    assert differing >= 10


def test_the_samples_hold_no_two_equal_posts() -> None:
    for name in FOLDERS:
        texts = [item.text.reveal() for item in read(name)[0]]
        assert all(left != right for left, right in itertools.combinations(texts, 2))
