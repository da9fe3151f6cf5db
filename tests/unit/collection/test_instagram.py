"""Instagram's export gives captions and comments, and the posts on Threads that lie within it."""

import json
import zipfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from collection.exports.instagram import InstagramReader
from collection.files.reader import Problem
from collection.sources import find_sources
from models.evidence import AccessGate, SourceItem

CANARY = "canary-quill"
NEW = "your_instagram_activity/"
AT = 1_676_723_591
OWNER = {"profile_user": [{"string_map_data": {"Username": {"value": "quill", "timestamp": 0}}}]}


def garbled(text: str) -> str:
    return text.encode().decode("latin-1")


def media(title: str = "", at: Any = AT) -> dict[str, Any]:
    return {"uri": "media/a.jpg", "creation_timestamp": at, "title": garbled(title)}


def mapped(text: str, label: str = "Comment", owner: str = "Media Owner") -> dict[str, Any]:
    labels = {label: {"value": text}, owner: {"value": "pal"}, "Time": {"timestamp": AT}}
    return {"string_map_data": labels}


def export(folder: Path, files: dict[str, Any], *, owner: str | None = None) -> Path:
    path = folder / "instagram-quill.zip"
    with zipfile.ZipFile(path, "w") as made:
        for name, body in files.items():
            made.writestr(name, body if isinstance(body, bytes) else json.dumps(body))
        if owner is not None:
            made.writestr(f"{owner}personal_information.json", json.dumps(OWNER))
    return path


def read(path: Path) -> tuple[list[SourceItem], list[str]]:
    found = list(InstagramReader().read(path))
    said = [one.fault for one in found if isinstance(one, Problem)]
    assert all(CANARY not in fault for fault in said)
    return [one for one in found if isinstance(one, SourceItem)], said


def texts(path: Path) -> list[str]:
    return [item.text.reveal() for item in read(path)[0]]


@pytest.mark.parametrize(
    ("name", "owner"),
    [
        (f"{NEW}content/posts_1.json", "personal_information/personal_information/"),
        (f"{NEW}media/posts_1.json", "personal_information/"),
        ("content/posts_1.json", "account_information/"),
    ],
)
def test_captions_stand_at_the_picture_or_at_the_post(
    tmp_path: Path, name: str, owner: str
) -> None:
    one = {"media": [media("caf\u00e9 \U0001f600")]}
    many = {"media": [media(), media()], "title": "many", "creation_timestamp": AT + 9}
    path = export(tmp_path, {name: [one, many, {"media": [media()]}]}, owner=owner)
    assert InstagramReader().accepts(path)
    items, said = read(path)
    assert [item.text.reveal() for item in items] == ["caf\u00e9 \U0001f600", "many"]
    assert said == ["left out: posts without words (1)"]
    assert items[0].created_at == datetime(2023, 2, 18, 12, 33, 11, tzinfo=UTC)
    assert {item.author.reveal() for item in items} == {"quill"}
    assert {item.platform.reveal() for item in items} == {"instagram"}
    assert items[0].gate is AccessGate.GIVEN


def test_reels_and_stories_are_read(tmp_path: Path) -> None:
    files = {
        f"{NEW}content/reels.json": {"ig_reels_media": [{"media": [media("a reel")]}]},
        f"{NEW}content/stories.json": {"ig_stories": [media("a story")]},
    }
    assert texts(export(tmp_path, files)) == ["a reel", "a story"]


def test_comments_of_each_layout_are_read(tmp_path: Path) -> None:
    listed = {"title": "pal", "string_list_data": [{"value": "old", "timestamp": AT}]}
    files = {
        f"{NEW}comments/post_comments_1.json": [mapped(garbled("na\u00efve"))],
        f"{NEW}comments/reels_comments.json": {"comments_reels_comments": [mapped("reel")]},
        "comments/post_comments.json": {"comments_media_comments": [listed]},
    }
    items, said = read(export(tmp_path, files))
    assert [item.text.reveal() for item in items] == ["na\u00efve", "reel", "old"]
    assert {item.created_at for item in items} == {datetime(2023, 2, 18, 12, 33, 11, tzinfo=UTC)}
    assert said == []


def test_labels_of_another_language_are_said_and_not_guessed(tmp_path: Path) -> None:
    """Else the name of whose picture it was could be taken for the applicant's words."""
    row = {"string_map_data": {"Kommentar": {"value": CANARY}, "Zeit": {"timestamp": AT}}}
    path = export(tmp_path, {f"{NEW}comments/post_comments_1.json": [row, mapped("mine")]})
    items, said = read(path)
    assert [item.text.reveal() for item in items] == ["mine"]
    assert said == ["labels in a language that is not known"]


def test_threads_are_items_of_their_own_platform(tmp_path: Path) -> None:
    reply = {"media": [media("a reply \u00fc") | {"text_app_post": {"is_reply": True}}]}
    files = {f"{NEW}threads/threads_and_replies.json": {"text_post_app_text_posts": [reply]}}
    files |= {f"{NEW}threads/liked_threads.json": CANARY.encode()}  # type: ignore[dict-item]
    path = export(tmp_path, files, owner="personal_information/")
    (item,), said = read(path)
    assert item.platform.reveal() == "threads"
    assert item.author.reveal() == "quill"
    assert item.text.reveal() == "a reply \u00fc"
    assert item.pointer == "thread:1"
    assert said == ["never opened: files that are private (1)"]


def test_nothing_private_is_opened_and_all_is_counted(tmp_path: Path) -> None:
    names = [
        f"{NEW}messages/inbox/pal_1/message_1.json",
        f"{NEW}likes/liked_posts.json",
        f"{NEW}content/archived_posts.json",
        f"{NEW}content/recently_deleted_content.json",
        "connections/followers_and_following/following.json",
        "ads_information/ads_and_topics/posts_viewed.json",
        "information_about_you/profile_based_in.json",
        "media/posts/202301/a.jpg",
        "media/novelty.json",
    ]
    files: dict[str, Any] = {f"{NEW}content/posts_1.json": [{"media": [media("x")]}]}
    path = export(tmp_path, files | dict.fromkeys(names, CANARY.encode()))
    items, said = read(path)
    assert len(items) == 1
    assert sorted(said) == [
        "never opened: files that are private (5)",
        "not read: other files (data: 1)",
        "not read: other files (picture: 1)",
        "zip: 2 entries refused: what the platform inferred about its user",
    ]


@pytest.mark.parametrize(
    "bad",
    [
        CANARY,
        {"media": CANARY},
        {"media": [CANARY]},
        {"media": [media() | {"title": [CANARY]}]},
        {"media": [media("x", at=CANARY)]},
        {"media": [media(f"{CANARY}\0")]},
        {"title": "x" * 200_001},
    ],
)
def test_a_bad_row_costs_only_itself(tmp_path: Path, bad: Any) -> None:
    rows = [{"media": [media("1")]}, bad, {"media": [media("3")]}]
    items, said = read(export(tmp_path, {f"{NEW}content/posts_1.json": rows}))
    assert [item.text.reveal() for item in items] == ["1", "3"]
    assert len(said) == 1


@pytest.mark.parametrize("bad", [{"string_map_data": []}, {"string_list_data": 1}, {"a": 1}, 4])
def test_a_bad_comment_costs_only_itself(tmp_path: Path, bad: Any) -> None:
    rows = [mapped("1"), bad, mapped("3")]
    items, said = read(export(tmp_path, {f"{NEW}comments/post_comments_1.json": rows}))
    assert [item.text.reveal() for item in items] == ["1", "3"]
    assert len(said) == 1


def test_half_characters_become_a_mark(tmp_path: Path) -> None:
    body = b'[{"media": [{"title": "half \\ud83d", "creation_timestamp": 1}]}]'
    assert texts(export(tmp_path, {f"{NEW}content/posts_1.json": body})) == ["half \ufffd"]


def test_an_export_in_html_is_refused_by_name(tmp_path: Path) -> None:
    export(tmp_path, {f"{NEW}content/posts_1.html": b"<p>x"})
    (source,) = find_sources(tmp_path)
    assert source.reader is None
    (problem,) = source.read()
    assert isinstance(problem, Problem)
    assert problem.fault.startswith("Instagram export in HTML: not read, it ")


@pytest.mark.parametrize(
    "strange",
    [
        {"timestamp": AT, "content": CANARY},
        {"media": [], "label_values": [{"label": "Caption", "value": CANARY}]},
    ],
)
def test_a_row_of_another_layout_is_said(tmp_path: Path, strange: Any) -> None:
    """Passed over as a post without words, nobody would ask for it again."""
    good = {"media": [{"uri": "", "creation_timestamp": AT, "title": "good"}]}
    files = {
        f"{NEW}media/posts_1.json": [strange, good],
        f"{NEW}threads/threads_and_replies.json": {"text_post_app_text_posts": [strange, good]},
    }
    items, said = read(export(tmp_path, files))
    assert [item.platform.reveal() for item in items] == ["instagram", "threads"]
    assert said == ["a row of a layout that is not known"] * 2
