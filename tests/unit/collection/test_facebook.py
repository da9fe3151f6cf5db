"""Facebook's export gives its owner's posts and comments, the letters put together again."""

import json
import zipfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from collection.exports.facebook import FacebookReader
from collection.files.reader import Problem
from collection.sources import find_sources
from models.evidence import AccessGate, SourceItem

CANARY = "canary-quill"
NEW = "your_facebook_activity/"
POSTS = "posts/your_posts__check_ins__photos_and_videos_1.json"
PROFILE = {
    "profile_v2": {
        "name": {"full_name": "Zoe Quill"},
        "username": "zoe.quill",
        "religious_view": {"name": CANARY},
    }
}


def garbled(value: Any) -> bytes:
    """Return JSON as Meta writes it: every byte of UTF-8 is a letter of its own."""

    def text(part: Any) -> Any:
        if isinstance(part, str):
            return part.encode().decode("latin-1")
        if isinstance(part, list):
            return [text(one) for one in part]
        if isinstance(part, dict):
            return {key: text(one) for key, one in part.items()}
        return part

    return json.dumps(text(value)).encode()


def post(text: str | None = CANARY, at: Any = 1_676_723_591, **changes: Any) -> dict[str, Any]:
    data = [{"update_timestamp": at}] if text is None else [{"post": text}]
    return {"timestamp": at, "title": "Zoe Quill was here.", "data": data} | changes


def comment(text: str = CANARY, author: str = "Zoe Quill") -> dict[str, Any]:
    said = {"timestamp": 1_676_723_600, "comment": text, "author": author, "group": "Lakes"}
    return {"timestamp": 1_676_723_600, "title": "t", "data": [{"comment": said}]}


def export(folder: Path, files: dict[str, bytes]) -> Path:
    path = folder / "facebook-zoe.zip"
    with zipfile.ZipFile(path, "w") as made:
        for name, body in files.items():
            made.writestr(name, body)
    return path


def profile(place: str = "personal_information/") -> dict[str, bytes]:
    return {f"{place}profile_information/profile_information.json": garbled(PROFILE)}


def read(path: Path) -> tuple[list[SourceItem], list[str]]:
    found = list(FacebookReader().read(path))
    said = [one.fault for one in found if isinstance(one, Problem)]
    assert all(CANARY not in fault for fault in said)
    return [one for one in found if isinstance(one, SourceItem)], said


@pytest.mark.parametrize(
    ("place", "owner"), [(NEW, "personal_information/"), ("", ""), ("facebook-zoe/", "")]
)
def test_posts_of_new_and_old_exports_are_read(tmp_path: Path, place: str, owner: str) -> None:
    name = POSTS if place == NEW else "posts/your_posts_1.json"
    path = export(
        tmp_path, {place + name: garbled([post("caf\u00e9 \U0001f600")])} | profile(owner)
    )
    assert FacebookReader().accepts(path)
    (item,), said = read(path)
    assert said == []
    assert item.text.reveal() == "caf\u00e9 \U0001f600"
    assert item.author.reveal() == "zoe.quill"
    assert item.created_at == datetime(2023, 2, 18, 12, 33, 11, tzinfo=UTC)
    assert item.gate is AccessGate.GIVEN
    assert item.url.reveal() == ""
    assert item.platform.reveal() == "facebook"


def test_letters_that_were_never_garbled_stay(tmp_path: Path) -> None:
    body = json.dumps([post("caf\u00e9"), post("\u20ac 5")]).encode()
    items, _ = read(export(tmp_path, {NEW + POSTS: body}))
    assert [item.text.reveal() for item in items] == ["caf\u00e9", "\u20ac 5"]


def test_a_post_has_the_same_number_in_two_exports(tmp_path: Path) -> None:
    """The export numbers nothing; time and words tell that it is the same."""
    files = {NEW + POSTS: garbled([post("one"), post("two"), post("one", at=5)])}
    numbers = [item.native_id for item in read(export(tmp_path, files))[0]]
    assert len(set(numbers)) == 3
    other = {"posts/your_posts_2.json": garbled([post("two")])}
    assert read(export(tmp_path, other))[0][0].native_id == numbers[1]


def test_captions_of_pictures_are_read_once(tmp_path: Path) -> None:
    media = {"uri": "a.jpg", "description": "at the lake"}
    same = {"uri": "b.jpg", "description": "words"}
    row = post("words", attachments=[{"data": [{"media": media}, {"media": same}]}])
    (item,), _ = read(export(tmp_path, {NEW + POSTS: garbled([row])}))
    assert item.text.reveal() == "words\n\nat the lake"


def test_posts_without_words_are_counted(tmp_path: Path) -> None:
    shared = post(
        None, attachments=[{"data": [{"external_context": {"url": "https://a.example"}}]}]
    )
    items, said = read(export(tmp_path, {NEW + POSTS: garbled([shared, post(" "), {}])}))
    assert items == []
    assert said == ["left out: posts without words (3)"]


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("comments_and_reactions/comments.json", "comments_v2"),
        ("comments/comments.json", "comments"),
        ("groups/your_comments_in_groups.json", "group_comments_v2"),
    ],
)
def test_comments_are_read(tmp_path: Path, name: str, key: str) -> None:
    rows = [comment("mine \u00fc"), comment(""), comment("a stranger's", author="Pal Reef")]
    items, said = read(export(tmp_path, {NEW + name: garbled({key: rows})} | profile()))
    assert [(item.author.reveal(), item.text.reveal()) for item in items] == [
        ("zoe.quill", "mine \u00fc"),
        ("Pal Reef", "a stranger's"),
    ]
    assert said == ["left out: comments without words (1)"]


@pytest.mark.parametrize("name", ["group_posts_and_comments", "your_posts_in_groups"])
def test_posts_in_groups_are_read(tmp_path: Path, name: str) -> None:
    body = garbled({"group_posts_v2": [post("to the group")]})
    (item,), _ = read(export(tmp_path, {f"{NEW}groups/{name}.json": body}))
    assert item.text.reveal() == "to the group"


def test_labelled_values_are_read_in_english_and_never_guessed(tmp_path: Path) -> None:
    def row(label: str) -> dict[str, Any]:
        values = [{"label": "Target", "value": "Pal"}, {"label": label, "value": f"{CANARY} hi"}]
        return {"timestamp": 1_676_723_591, "media": [], "label_values": values, "fbid": "77"}

    name = f"{NEW}posts/posts_on_other_pages_and_profiles.json"
    items, said = read(export(tmp_path, {name: garbled([row("Message"), row("Nachricht")])}))
    assert [item.native_id.reveal() for item in items] == ["77"]
    assert items[0].text.reveal() == f"{CANARY} hi"
    assert said == ["labels in a language that is not known"]


def test_nothing_private_is_opened_and_all_is_counted(tmp_path: Path) -> None:
    files = {NEW + POSTS: garbled([post("x")])} | profile()
    names = [
        f"{NEW}messages/inbox/pal_1/message_1.json",
        "connections/friends/your_friends.json",
        f"{NEW}posts/archive.json",
        "security_and_login_information/ip_address_activity.json",
        f"{NEW}groups/your_pending_posts_in_groups.json",
        "ads_information/ads_interests.json",
        f"{NEW}posts/album/0.json",
        f"{NEW}posts/media/a.jpg",
    ]
    items, said = read(export(tmp_path, files | dict.fromkeys(names, CANARY.encode())))
    assert len(items) == 1
    assert sorted(said) == [
        "never opened: files that are private (5)",
        "not read: other files (data: 1)",
        "not read: other files (picture: 1)",
        "zip: 1 entry refused: what the platform inferred about its user",
    ]


def test_of_the_profile_nothing_but_the_name_is_kept(tmp_path: Path) -> None:
    path = export(tmp_path, {NEW + POSTS: garbled([post("x")])} | profile())
    assert CANARY not in repr([item.model_dump(mode="python") for item in read(path)[0]])


def test_a_part_with_pictures_alone_is_still_known(tmp_path: Path) -> None:
    path = export(tmp_path, {f"{NEW}posts/media/a.jpg": b"x"})
    assert FacebookReader().accepts(path)
    assert read(path) == ([], ["not read: other files (picture: 1)"])


@pytest.mark.parametrize(
    "bad",
    [
        3,
        {"data": CANARY},
        {"data": [CANARY]},
        post([CANARY]),  # type: ignore[arg-type]
        post(at=CANARY),
        post(at=True),
        post(at=1.5),
        post(f"{CANARY}\0"),
        post("x" * 200_001),
        {"data": [{"post": "x"}], "attachments": {"a": CANARY}},
    ],
)
def test_a_bad_row_costs_only_itself(tmp_path: Path, bad: Any) -> None:
    items, said = read(
        export(tmp_path, {NEW + POSTS: json.dumps([post("1"), bad, post("3")]).encode()})
    )
    assert [item.text.reveal() for item in items] == ["1", "3"]
    assert len(said) == 1


@pytest.mark.parametrize("body", [b"", b"{}", b'{"other": []}', b"[" * 100_000, b"\xff", b"[1"])
def test_a_file_of_another_layout_is_one_problem(tmp_path: Path, body: bytes) -> None:
    items, said = read(export(tmp_path, {NEW + POSTS: body}))
    assert items == []
    assert len(said) <= 2
    assert said


def test_a_post_without_a_time_is_kept_without_one(tmp_path: Path) -> None:
    (item,), _ = read(export(tmp_path, {NEW + POSTS: garbled([post("x", at=0)])}))
    assert item.created_at is None


@pytest.mark.parametrize("place", [NEW, ""])
def test_the_layout_in_html_is_refused_by_name(tmp_path: Path, place: str) -> None:
    path = export(tmp_path, {f"{place}posts/your_posts_1.html": b"<p>x", "start_here.html": b"x"})
    assert not FacebookReader().accepts(path)
    (source,) = find_sources(tmp_path)
    assert source.reader is None
    assert [one.fault for one in source.read() if isinstance(one, Problem)] == [
        "Facebook export in HTML: not read, it is made for looking at: "
        "ask the platform for the same export as JSON"
    ]


def test_labelled_rows_among_posts_and_comments_are_read_or_said(tmp_path: Path) -> None:
    """Passed over as posts without words, nobody would ask for them again."""
    row = {"timestamp": 5, "label_values": [{"label": "Message", "value": "hi"}], "fbid": "77"}
    strange = {"timestamp": 5, "content": CANARY}
    files = {
        NEW + POSTS: garbled([post("one"), row, strange, post("two")]),
        f"{NEW}comments_and_reactions/comments.json": garbled({"comments_v2": [row, strange]}),
    }
    items, said = read(export(tmp_path, files))
    assert [item.text.reveal() for item in items] == ["one", "hi", "two", "hi"]
    assert said == ["a row of a layout that is not known"] * 2


@pytest.mark.parametrize(
    ("stamp", "at"),
    [
        (1_676_723_591_250, datetime(2023, 2, 18, 12, 33, 11, 250_000, tzinfo=UTC)),
        (-1_262_304_000, datetime(1930, 1, 1, tzinfo=UTC)),
        (-1_262_304_000_000, datetime(1930, 1, 1, tzinfo=UTC)),
        (-1, datetime(1969, 12, 31, 23, 59, 59, tzinfo=UTC)),
    ],
)
def test_posts_that_were_dated_back_or_timed_in_milliseconds_are_read(
    tmp_path: Path, stamp: int, at: datetime
) -> None:
    """Facebook lets its users date a post to before they had an account, or a computer."""
    (item,), said = read(export(tmp_path, {NEW + POSTS: garbled([post(at=stamp)])} | profile()))
    assert (item.created_at, said) == (at, [])


@pytest.mark.parametrize(
    "stamp", ["1676723591", 1.5, True, 50_000_000_000, 10**15, -(10**15), 10**40, -(10**40)]
)
def test_a_time_that_can_be_none_is_a_problem(tmp_path: Path, stamp: object) -> None:
    items, said = read(export(tmp_path, {NEW + POSTS: garbled([post(at=stamp)])} | profile()))
    assert items == []
    assert said == ["a time that is no number of seconds"]
