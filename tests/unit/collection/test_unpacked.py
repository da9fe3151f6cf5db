"""Of an unpacked export each file with words is a source; the rest is neither listed nor opened."""

import zipfile
from pathlib import Path

import pytest

from collection.exports.unpacked import UnpackedExports
from collection.files.reader import Problem
from collection.formats.format import SampleMaker
from collection.samples.sample_archives_meta import (
    facebook_sample,
    instagram_sample,
    reddit_sample,
    x_sample,
)
from collection.sources import find_sources, unread
from models.evidence import SourceItem

CANARY = "canary-quill"
SAMPLES = [
    (x_sample, "x-archive", "sam", ["data/direct-messages.js", "data/tweets_media/1.jpg"]),
    (
        facebook_sample,
        "facebook-export",
        "sam.quill",
        ["your_facebook_activity/messages/inbox/p/message_1.json", "start_here.html"],
    ),
    (
        instagram_sample,
        "instagram-export",
        "sam",
        ["your_instagram_activity/likes/liked_posts.json", "media/posts/1.jpg"],
    ),
    (reddit_sample, "reddit-export", "sam", ["ip_logs.csv", "messages.csv"]),
]


def unpack(folder: Path, sample: SampleMaker, more: list[str]) -> None:
    path = sample(folder.parent, 2)
    with zipfile.ZipFile(path) as archive:
        archive.extractall(folder)
    path.unlink()
    for name in more:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(CANARY)


@pytest.mark.parametrize(("sample", "name", "author", "more"), SAMPLES)
def test_the_words_are_the_only_source_and_their_author_is_known(
    sample: SampleMaker, name: str, author: str, more: list[str], tmp_path: Path
) -> None:
    """Read in the box, which is handed the file that says whose export it is."""
    folder = tmp_path / "case" / "files" / "export"
    folder.mkdir(parents=True)
    unpack(folder, sample, more)
    (source,) = find_sources(tmp_path / "case" / "files")
    assert source.form is not None
    assert source.form.name == name
    items = list(source.read())
    assert all(isinstance(item, SourceItem) for item in items)
    assert {item.author.reveal() for item in items if isinstance(item, SourceItem)} == {author}
    assert len(items) == 2


@pytest.mark.parametrize(("sample", "name", "author", "more"), SAMPLES)
def test_nothing_outside_the_applicants_folder_is_laid_beside(
    sample: SampleMaker, name: str, author: str, more: list[str], tmp_path: Path
) -> None:
    """Where the folder handed over is an inner one, the export around it is somebody else's."""
    unpack(tmp_path / "export", sample, more)
    for inner in (path for path in (tmp_path / "export").rglob("*") if path.is_dir()):
        exports = UnpackedExports(inner)
        files = (path for path in inner.rglob("*") if path.is_file())
        assert all(other.is_relative_to(inner) for file in files for other in exports.beside(file))


def test_each_part_of_the_posts_is_a_source(tmp_path: Path) -> None:
    """So each has its digest and its original in the chain of custody."""
    unpack(tmp_path / "x", x_sample, [])
    body = (tmp_path / "x" / "data" / "tweets.js").read_text()
    (tmp_path / "x" / "data" / "tweets-part1.js").write_text(body.replace("part0", "part1"))
    assert [source.name for source in find_sources(tmp_path / "x")] == [
        "data/tweets-part1.js",
        "data/tweets.js",
    ]


def test_what_a_platform_inferred_is_still_reported(tmp_path: Path) -> None:
    unpack(tmp_path / "x", x_sample, ["data/personalization.js"])
    sources = find_sources(tmp_path / "x")
    assert unread(sources) == {"inferred by a platform": 1}


def test_files_beside_an_export_are_sources_as_ever(tmp_path: Path) -> None:
    (tmp_path / "files").mkdir()
    unpack(tmp_path / "files" / "x", x_sample, ["data/like.js"])
    (tmp_path / "files" / "posts.jsonl").write_text("")
    (tmp_path / "files" / "x" / "mine.jsonl").write_text("")
    assert [source.name for source in find_sources(tmp_path / "files")] == [
        "posts.jsonl",
        "x/data/tweets.js",
        "x/mine.jsonl",
    ]


@pytest.mark.parametrize("top", ["your_facebook_activity/posts/", "posts/"])
def test_an_unpacked_export_in_html_is_refused_by_name(top: str, tmp_path: Path) -> None:
    """It would else be read as a saved page, without author and time."""
    place = tmp_path / "f" / top
    place.mkdir(parents=True)
    (place / "your_posts_1.html").write_text(f"<p>{CANARY}")
    (source,) = find_sources(tmp_path / "f")
    assert source.reader is None
    (problem,) = source.read()
    assert isinstance(problem, Problem)
    assert problem.fault.startswith("Facebook export in HTML: not read")


def test_a_cut_beginning_is_left_to_the_file_of_long_posts(tmp_path: Path) -> None:
    """The words of a capture are words of the file whose bytes it keeps."""
    data = tmp_path / "x" / "data"
    data.mkdir(parents=True)
    long = "The long and winding road to the lake, all of it"
    (data / "tweets.js").write_text(
        'window.YTD.tweets.part0 = [{"tweet": {"id_str": "1", "full_text": "The long and\\u2026",'
        ' "created_at": "Sat Feb 18 12:33:11 +0000 2023"}}]'
    )
    (data / "note-tweet.js").write_text(
        'window.YTD.note_tweet.part0 = [{"noteTweet": {"noteTweetId": "9", "createdAt":'
        f' "2023-02-18T12:33:11.000Z", "core": {{"text": "{long}"}}}}}}]'
    )
    notes, posts = find_sources(tmp_path / "x")
    (item,) = notes.read()
    assert isinstance(item, SourceItem)
    assert item.text.reveal() == long
    assert [one.fault for one in posts.read() if isinstance(one, Problem)] == [
        "left out: beginnings of long posts, which another file holds whole (1)"
    ]
