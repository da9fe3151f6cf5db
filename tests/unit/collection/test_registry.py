"""What is said of the formats is what the registry holds; every reader withstands damaged input."""

import importlib.util
import zipfile
from functools import cache
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from collection.boxed import BOXES
from collection.files.damage import damaged
from collection.files.denied import is_denied
from collection.files.members import Member
from collection.files.reader import WHOLE_FILE, Problem
from collection.files.zip_members import zip_members
from collection.formats.registry import FORMATS, Format, format_named
from collection.sources import find_sources, unread
from models.evidence import SourceItem

ROOT = Path(__file__).parents[3]
READ = [one for one in FORMATS if one.supported]
EACH = pytest.mark.parametrize("form", FORMATS, ids=lambda form: form.name)


@cache
def sample_of(name: str, folder: Path) -> tuple[str, bytes]:
    form = format_named(name)
    assert form is not None
    path = form.sample(folder, 3)
    return path.name, path.read_bytes()


@pytest.fixture(scope="session")
def samples(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("samples")


def test_the_page_of_formats_is_that_of_the_registry() -> None:
    place = ROOT / "tools" / "formats_table.py"
    spec = importlib.util.spec_from_file_location("formats_table", place)
    assert spec is not None and spec.loader is not None  # noqa: PT018 - for the types
    made = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(made)
    assert made.PAGE.read_text(encoding="utf-8") == made.page()


def test_names_are_told_apart_and_endings_are_lower_case() -> None:
    names = [one.name for one in FORMATS]
    assert len(names) == len(set(names))
    assert all(ending == ending.lower() for one in FORMATS for ending in one.endings)


@pytest.mark.parametrize("form", READ, ids=lambda form: form.name)
def test_a_sample_is_read_in_its_box_and_is_its_formats(form: Format, tmp_path: Path) -> None:
    path = form.sample(tmp_path, 2)
    (source,) = [one for one in find_sources(tmp_path) if one.path == path]
    assert source.form is not None
    assert source.form.name == form.name
    items = [part for part in source.read() if isinstance(part, SourceItem)]
    if form.recording is None or items:
        assert items
    assert form.not_read


@EACH
@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(seed=st.integers(min_value=0, max_value=2**32))
def test_damage_comes_to_problems_and_never_to_an_error(
    form: Format, seed: int, samples: Path, tmp_path: Path
) -> None:
    """Outside the box: an error that it would swallow is a fault of the reader all the same."""
    if form.needs.programs:
        pytest.skip("starts a program for each file: `tools/fuzz.py`")
    name, body = sample_of(form.name, samples)
    path = tmp_path / name
    path.write_bytes(damaged(body, seed))
    form.reader.accepts(path)
    for part in form.reader.read(path):
        assert isinstance(part, SourceItem | Problem)


@pytest.mark.parametrize(
    ("name", "begins"),
    [
        ("json/snap_history.json", "Snapchat export"),
        ("WhatsApp Chat with X.txt", "WhatsApp chat"),
        ("message_feedback.json", "ChatGPT export"),
        ("CONTENT_INTERACTION/ViewingActivity.csv", "Netflix export"),
    ],
)
def test_a_known_format_that_is_not_read_is_refused_by_name(
    name: str, begins: str, tmp_path: Path
) -> None:
    with zipfile.ZipFile(tmp_path / "export.zip", "w") as archive:
        archive.writestr(name, "x")
    (source,) = find_sources(tmp_path)
    assert source.reader is None
    (problem,) = source.read()
    assert isinstance(problem, Problem)
    assert problem.fault.startswith(f"{begins}: not read, it ")
    assert unread([source]) == {"known, not supported": 1}


def test_mail_is_refused_by_name(tmp_path: Path) -> None:
    (tmp_path / "all.mbox").write_bytes(b"From a@b.example Sat Jan  1\n\nwords\n")
    (source,) = find_sources(tmp_path)
    assert [part.fault.split(":")[0] for part in source.read() if isinstance(part, Problem)] == [
        "e-mail folder (mbox)"
    ]


def test_unknown_files_are_counted_by_kind_without_their_names(tmp_path: Path) -> None:
    for name in ("mary-smith.mov", "mary.mov", "mary.xyz"):
        (tmp_path / name).write_bytes(b"?")
    sources = find_sources(tmp_path)
    assert unread(sources) == {"film": 2, "other": 1}
    (problem,) = sources[0].read()
    assert isinstance(problem, Problem)
    assert problem.fault == "no reader knows this kind of file (film)"


@pytest.mark.parametrize(
    "name",
    [
        "data/personalization.js",
        "twitter-2025/data/ageinfo.js",
        "Inferences_about_you.csv",
        "ads_information/ads_interests.json",
        "package/Activity/analytics/events-2025.json",
    ],
)
def test_what_a_platform_inferred_is_never_opened(name: str, tmp_path: Path) -> None:
    """Not even where a reader asks for everything."""
    asked: list[str] = []
    with zipfile.ZipFile(tmp_path / "export.zip", "w") as archive:
        archive.writestr(name, "predicted_gender")
        archive.writestr("data/tweets.js", "[]")
    parts = list(
        zip_members(tmp_path / "export.zip", lambda path: bool(asked.append(path.name)) or True)
    )
    assert [part.name.name for part in parts if isinstance(part, Member)] == ["tweets.js"]
    assert asked == ["tweets.js"]
    assert [part.fault for part in parts if isinstance(part, Problem)] == [
        "zip: 1 entry refused: what the platform inferred about its user"
    ]


def test_an_inference_in_a_folder_is_reported_and_not_opened(tmp_path: Path) -> None:
    (tmp_path / "inferences_about_you.csv").write_text("gender,male")
    (tmp_path / "Comments.csv").write_text("Date,Link,Message")
    denied = next(source for source in find_sources(tmp_path) if source.denied)
    denied.path.unlink()  # whoever opened it would fail
    (problem,) = denied.read()
    assert problem == Problem(
        "not opened: it holds what the platform inferred about its user", WHOLE_FILE
    )


def test_what_the_applicant_wrote_is_no_inference() -> None:
    for name in ("data/tweets.js", "Comments.csv", "posts/your_posts_1.json", "Activity.json"):
        assert not is_denied(Path(name))


def test_a_format_of_another_table_is_not_asked_for(tmp_path: Path) -> None:
    """The box knows formats by name; a name that it does not know is a failed reader."""
    path = READ[0].sample(tmp_path, 1)
    assert BOXES.accepting((), path) is None
