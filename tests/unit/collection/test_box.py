"""Whatever a reader does in its box, the answer is a problem for its file, and the next is read."""

import os
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from collection import boxed
from collection.box.box import bubblewrap
from collection.boxed import Boxes
from collection.files.reader import WHOLE_FILE, Problem
from collection.formats.registry import Format, Needs
from collection.samples.sample_files import posts_sample
from models.evidence import SourceItem

ROGUES = Path(__file__).parent / "rogues"
sys.path.append(str(ROGUES))
import rogue_readers  # noqa: E402

FORMATS = {form.name: form for form in rogue_readers.FORMATS}
GOOD = FORMATS["posts-jsonl"]
STOPPED_BY_THE_CLOCK = {"sleeps", "loops"}
BY_LIMITS_ALONE = {"opens_a_socket", "writes_a_file", "forks", "kills_the_one_that_waits"}
WRAPPED = pytest.param(
    True, marks=pytest.mark.skipif(bubblewrap() is None, reason="no bubblewrap"), id="bubblewrap"
)


@pytest.fixture(scope="module", params=[WRAPPED, pytest.param(False, id="limits-only")])
def boxes(request: pytest.FixtureRequest) -> Iterator[Boxes]:
    made = Boxes("rogue_readers", (ROGUES,), wrap=request.param)
    yield made
    made.close()


def read(boxes: Boxes, form: Format, path: Path) -> tuple[list[SourceItem], list[Problem]]:
    parts = list(boxes.read(form, path))
    return (
        [part for part in parts if isinstance(part, SourceItem)],
        [part for part in parts if isinstance(part, Problem)],
    )


@pytest.mark.parametrize("name", sorted(rogue_readers.ROGUES))
def test_what_a_reader_may_not_do_costs_its_file_and_no_other(
    boxes: Boxes, name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not boxes.wrapped and name not in BY_LIMITS_ALONE:
        pytest.skip("the same without bubblewrap")
    monkeypatch.setattr(boxed.lines, "MAX_OUTPUT", 16 << 20)
    path = posts_sample(tmp_path, 3)
    before = path.read_bytes()
    form = FORMATS[name]
    if name in STOPPED_BY_THE_CLOCK:
        form = replace(form, needs=Needs(wall_seconds=1))
    items, problems = read(boxes, form, path)
    assert items == []
    assert [problem.pointer for problem in problems] == [WHOLE_FILE]
    assert not any(word in problems[0].fault for word in rogue_readers.SECRET.split())
    assert path.read_bytes() == before
    assert len(read(boxes, GOOD, path)[0]) == 3


def test_what_a_reader_prints_goes_nowhere(
    boxes: Boxes, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    items, problems = read(boxes, FORMATS["prints"], posts_sample(tmp_path, 3))
    assert (len(items), problems) == (3, [])
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize("liar", rogue_readers.LIARS, ids=lambda liar: liar.name)
def test_what_is_not_of_the_form_stops_the_reader(
    boxes: Boxes, liar: rogue_readers.Liar, tmp_path: Path
) -> None:
    items, problems = read(boxes, FORMATS[liar.name], posts_sample(tmp_path, 3))
    assert items == []
    assert [problem.pointer for problem in problems] == [WHOLE_FILE]
    assert problems[0].fault.isascii()
    assert not any(word in problems[0].fault for word in rogue_readers.SECRET.split())


@pytest.mark.skipif(bubblewrap() is None, reason="no bubblewrap")
def test_a_box_shows_no_home_and_no_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WALLOFF_RAW_URL", "a secret")
    made = Boxes("rogue_readers", (ROGUES,))
    items, problems = read(made, FORMATS["reads_the_home"], posts_sample(tmp_path, 3))
    made.close()
    assert (len(items), problems) == (3, [])


def test_a_reader_that_looks_at_a_name_is_boxed_too(boxes: Boxes, tmp_path: Path) -> None:
    path = posts_sample(tmp_path, 1)
    assert boxes.accepting((FORMATS["crashes"],), path) is None
    assert boxes.accepting((GOOD,), path) is GOOD


def test_a_link_is_not_followed(boxes: Boxes, tmp_path: Path) -> None:
    path = posts_sample(tmp_path, 1)
    link = tmp_path / "link.jsonl"
    link.symlink_to(path)
    assert read(boxes, GOOD, link) == ([], [Problem("the file cannot be opened", WHOLE_FILE)])


def test_a_pipe_is_no_file(boxes: Boxes, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.jsonl")
    assert read(boxes, GOOD, tmp_path / "pipe.jsonl")[0] == []


def test_reading_that_is_broken_off_leaves_the_next_file_whole(
    boxes: Boxes, tmp_path: Path
) -> None:
    path = posts_sample(tmp_path, 500)
    begun = boxes.read(GOOD, path)
    next(begun)
    begun.close()
    assert len(read(boxes, GOOD, path)[0]) == 500


def test_too_much_comes_to_a_problem(
    boxes: Boxes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = posts_sample(tmp_path, 50)
    monkeypatch.setattr(boxed.lines, "MAX_PARTS", 10)
    items, problems = read(boxes, GOOD, path)
    assert len(items) <= 11
    assert [problem.pointer for problem in problems] == [WHOLE_FILE]


def test_where_a_box_is_demanded_and_missing_nothing_is_read(tmp_path: Path) -> None:
    made = Boxes(wrap=False)
    made.required = True
    items, problems = read(made, GOOD, posts_sample(tmp_path, 1))
    assert items == []
    assert [problem.fault for problem in problems] == [
        "the setting asks for bubblewrap, and it does not work here"
    ]
    assert made.state() == "none"
    made.required = False
    assert len(read(made, GOOD, posts_sample(tmp_path, 1))[0]) == 1
    assert made.state() == "limits"
    made.close()
