"""A case with a file of every format goes from consent to the manager, by the commands.

What a format's reader says it reads comes across, under its platform's name. What an export holds
beside it (messages, inferences, other people's words, the profile) is in no row that the case
leaves, and not on the manager's side: one word is planted in all of it.
"""

import csv
import io
import json
import tarfile
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import pytest

from casework.releasing.rebuttal import offer_rebuttal
from casework.releasing.release import deliver
from collection.formats.registry import FORMATS
from collection.samples import (
    sample_archives_meta,
    sample_archives_more,
    sample_fetched,
    sample_files,
    sample_pages,
    sample_pdf,
    sample_reports,
)
from collection.samples import sample_repository as repository
from models.documentation import CaptureMethod
from models.evidence import SourceItem
from models.ids import CaseId
from models.people import Role
from models.segment import Segment
from storage.evidence import EvidenceStore
from storage.transaction import Transaction

CANARY: Final = "zqwjcanary"
AT: Final = "2026-05-01T12:00:00+00:00"
THREAT: Final = "I am going to kill my boss on Monday, I swear I will beat him to death"
PLACES: Final = (
    *("kettle", "ladder", "bucket", "basket", "hammer", "window", "candle", "blanket", "carpet"),
    *("pillow", "bottle", "drawer", "mirror", "cupboard", "table", "chair", "fence", "garage"),
    *("stove", "lamp", "desk", "shelf", "sink", "bench", "barrel", "bridge", "tractor", "tower"),
)
"""Where each format's post says it, so that a finding tells which file it is from."""
EXPORTS: Final = {
    "x-archive": "x",
    "facebook-export": "facebook",
    "instagram-export": "instagram",
    "reddit-export": "reddit",
    "linkedin-export": "linkedin",
    "tiktok-export": "tiktok",
    "bluesky-repository": "bluesky",
    "google-takeout": "youtube",
    "youtube-comments": "youtube",
    "discord-package": "discord",
    "mastodon-archive": "mastodon",
}
"""Every platform's export, by its format's name."""
MAKERS: Final = (
    *(sample_archives_meta, sample_archives_more, sample_fetched, sample_files, sample_pages),
    *(sample_pdf, sample_reports, repository),
)

Files = dict[str, bytes]


def plain(value: object) -> bytes:
    return json.dumps(value).encode()


def edited(files: Files, name: str, change: Callable[[Any], None]) -> None:
    """Change a file that is JSON, or JavaScript that assigns it."""
    head, mark, body = files[name].rpartition(b"= ") if name.endswith(".js") else (b"", b"", b"")
    value = json.loads(body or files[name])
    change(value)
    files[name] = head + mark + plain(value)


def x(files: Files) -> None:
    def posts(rows: Any) -> None:
        rows[0]["tweet"] |= {"source": CANARY, "in_reply_to_screen_name": CANARY}
        other = rows[0]["tweet"] | {"id_str": "9", "full_text": f"RT @pal: {CANARY}"}
        rows.append({"tweet": other})

    edited(files, "data/tweets.js", posts)
    edited(files, "data/account.js", lambda rows: rows[0]["account"].update(email=CANARY))
    for name in ("direct-messages", "like", "deleted-tweets", "ip-audit", "ageinfo", "profile"):
        files[f"data/{name}.js"] = b"window.YTD.a.part0 = " + plain([{"tweet": {"text": CANARY}}])
    files["data/personalization.js"] = CANARY.encode()


def facebook(files: Files) -> None:
    posts = "your_facebook_activity/posts/your_posts__check_ins__photos_and_videos_1.json"
    shared = [
        {"data": [{"external_context": {"name": CANARY, "url": f"https://{CANARY}.example"}}]}
    ]
    edited(
        files, posts, lambda rows: rows[0].update(title=f"To {CANARY}", attachments=shared, tags=[])
    )
    profile = "personal_information/profile_information/profile_information.json"
    edited(
        files, profile, lambda one: one["profile_v2"].update(religious_view=CANARY, gender=CANARY)
    )
    files["your_facebook_activity/messages/inbox/a/message_1.json"] = plain([CANARY])
    files["your_facebook_activity/posts/trash.json"] = plain([{"data": [{"post": CANARY}]}])
    files["ads_information/ads_interests.json"] = plain([CANARY])


def instagram(files: Files) -> None:
    posts = "your_instagram_activity/content/posts_1.json"
    exif = {"photo_metadata": {"exif_data": [{"latitude": CANARY}]}}
    edited(files, posts, lambda rows: rows[0]["media"][0].update(uri=CANARY, media_metadata=exif))
    owner = "personal_information/personal_information/personal_information.json"
    told = {"Gender": {"value": CANARY}}
    edited(files, owner, lambda one: one["profile_user"][0]["string_map_data"].update(told))
    files["your_instagram_activity/messages/inbox/a/message_1.json"] = plain([CANARY])
    files["ads_information/ads_and_topics/interests.json"] = plain([CANARY])


def reddit(files: Files) -> None:
    rows = list(csv.DictReader(io.StringIO(files["comments.csv"].decode(), newline="")))
    for row in rows:
        row |= {"ip": CANARY, "parent": CANARY, "media": CANARY}
    rows.append(rows[0] | {"id": "c9", "body": "[deleted]"})
    files["comments.csv"] = table(rows)
    for name in ("chat_history", "account_gender", "hidden_posts", "messages", "inferred_age"):
        files[f"{name}.csv"] = f"id,{CANARY}\n1,{CANARY}\n".encode()


def linkedin(files: Files) -> None:
    shares = list(csv.DictReader(io.StringIO(files["Shares.csv"].decode(), newline="")))
    private = shares[0] | {"ShareCommentary": CANARY, "Visibility": "CONNECTIONS"}
    files["Shares.csv"] = table([shares[0] | {"MediaUrl": CANARY}, private])
    for name in ("messages", "Inferences_about_you", "Ad_Targeting", "Profile", "Connections"):
        files[f"{name}.csv"] = f"A\n{CANARY}\n".encode()


def tiktok(files: Files) -> None:
    def change(value: Any) -> None:
        value["Profile"]["Profile Info"]["ProfileMap"] |= {"birthDate": CANARY, "email": CANARY}
        value["Direct Message"] = {"Chat History": {"ChatHistory": {"a": [{"Content": CANARY}]}}}
        value["Your Activity"]["Searches"] = {"SearchList": [{"SearchTerm": CANARY}]}
        posts = value["Post"]["Posts"]["VideoList"]
        first = {"Date": "2025-03-01 12:00:00", "Link": "", "Title": CANARY}
        posts.append(first | {"WhoCanView": "Friends"})
        value["Post"]["Recently Deleted Posts"] = {"PostList": [first]}

    edited(files, "user_data_tiktok.json", change)
    files["Ad Interests/Ad Interests.txt"] = CANARY.encode()


def takeout(files: Files) -> None:
    for name in ("Mail/all.mbox", "My Activity/Search/MyActivity.json", "Ad Center/topics.json"):
        files[f"Takeout/{name}"] = CANARY.encode()
    name = "Takeout/YouTube and YouTube Music/comments/comments.csv"
    files[name] = priced(files[name])


def discord(files: Files) -> None:
    edited(files, "package/Account/user.json", lambda one: one.update(email=CANARY, phone=CANARY))
    edited(files, "package/Messages/c2/channel.json", lambda one: one.update(name=CANARY))
    said = {"ID": 9, "Timestamp": "2025-03-01 12:00:00", "Contents": CANARY, "Attachments": ""}
    edited(files, "package/Messages/c4/messages.json", lambda rows: rows.append(said))
    edited(
        files, "package/Messages/c2/messages.json", lambda rows: rows[0].update(Attachments=CANARY)
    )
    files["package/Activity/modeling/events-2025.json"] = plain({"predicted_gender": CANARY})


def mastodon(files: Files) -> None:
    def change(outbox: Any) -> None:
        said = outbox["orderedItems"][0]
        to = {"to": ["https://social.example/users/pal"], "cc": []}
        secret = said["object"] | to | {"id": "https://social.example/9", "content": CANARY}
        outbox["orderedItems"].append(said | to | {"object": secret})
        outbox["orderedItems"].append(said | {"type": "Announce", "object": f"https://{CANARY}.x"})

    edited(files, "outbox.json", change)
    edited(files, "actor.json", lambda one: one.update(summary=CANARY, name=CANARY))
    files["likes.json"] = files["bookmarks.json"] = plain({"orderedItems": [CANARY]})


PLANTS: Final[dict[str, Callable[[Files], None]]] = {
    "x-archive": x,
    "facebook-export": facebook,
    "instagram-export": instagram,
    "reddit-export": reddit,
    "linkedin-export": linkedin,
    "tiktok-export": tiktok,
    "google-takeout": takeout,
    "discord-package": discord,
    "mastodon-archive": mastodon,
}


def table(rows: list[dict[str, str]]) -> bytes:
    text = io.StringIO(newline="")
    made = csv.DictWriter(text, rows[0])
    made.writeheader()
    made.writerows(rows)
    return text.getvalue().encode()


def priced(body: bytes) -> bytes:
    rows = list(csv.DictReader(io.StringIO(body.decode(), newline="")))
    return table([row | {"Price": CANARY, "Parent Comment ID": CANARY} for row in rows])


def planted(name: str, path: Path, text: str) -> None:
    """Write the word into whatever of an export must not be read."""
    if name == "youtube-comments":
        path.write_bytes(priced(path.read_bytes()))
    elif name == "bluesky-repository":
        path.write_bytes(with_likes(text))
        path.with_suffix(".did.json").unlink()
    elif path.suffix == ".zip":
        with zipfile.ZipFile(path) as archive:
            files = {one: archive.read(one) for one in archive.namelist()}
        PLANTS[name](files)
        with zipfile.ZipFile(path, "w") as archive:
            for one, body in files.items():
                archive.writestr(one, body)
    else:
        with tarfile.open(path) as packed:
            found = {one.name: packed.extractfile(one) for one in packed}
            files = {one: body.read() for one, body in found.items() if body is not None}
        PLANTS[name](files)
        with tarfile.open(path, "w:gz") as packed:
            for one, body in files.items():
                info = tarfile.TarInfo(one)
                info.size = len(body)
                packed.addfile(info, io.BytesIO(body))


def with_likes(text: str) -> bytes:
    """Return a repository with a post that quotes, a like, and a record of no known kind."""
    from cryptography.hazmat.primitives.asymmetric.ec import SECP256K1, generate_private_key

    made, key = repository.Repository(), generate_private_key(SECP256K1())
    quoted = {"uri": f"at://did:plc:{CANARY}/app.bsky.feed.post/1", "cid": CANARY}
    embed = {"$type": "app.bsky.embed.record", "record": quoted}
    values: dict[str, dict[str, object]] = {
        repository.post_key(0): {"text": text, "createdAt": AT, "embed": embed},
        "app.bsky.feed.like/1": {"subject": quoted},
        "app.bsky.graph.follow/1": {"subject": CANARY},
        "org.example.diary/1": {"text": CANARY},
    }
    records = {
        name: made.add({"$type": name.partition("/")[0], **value}) for name, value in values.items()
    }
    return made.car(made.commit(made.tree(records), key))


@dataclass
class Brought:
    """The applicant's folder, and what each format's file says."""

    folder: Path
    says: dict[str, str] = field(default_factory=dict)


@pytest.fixture
def brought(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Brought:
    found = Brought(tmp_path / "brought")
    found.folder.mkdir()
    assert len(FORMATS) <= len(PLACES)
    for form, place in zip(FORMATS, PLACES, strict=False):
        text = f"{THREAT} beside the {place}."

        def said(count: int, text: str = text) -> Iterator[tuple[int, str, str]]:
            yield from ((number, AT, text) for number in range(count))

        for maker in MAKERS:
            monkeypatch.setattr(maker, "sample_texts", said)
        inside = found.folder / form.name
        inside.mkdir()
        # LinkedIn's and TikTok's samples are posts and comments in turn.
        both = form.name in ("linkedin-export", "tiktok-export")
        path = form.sample(inside, 2 if both else 1)
        if form.name in EXPORTS:
            planted(form.name, path, text)
            assert holds(path)
        if form.supported:
            found.says[form.name] = text
    return found


def holds(path: Path) -> bool:
    """Say whether the word is in a file, or in what is packed in it."""
    if path.suffix == ".zip":
        with zipfile.ZipFile(path) as archive:
            return any(CANARY.encode() in archive.read(one) for one in archive.namelist())
    if path.suffix == ".gz":
        with tarfile.open(path) as packed:
            bodies = [packed.extractfile(one) for one in packed]
            return any(CANARY.encode() in body.read() for body in bodies if body is not None)
    return CANARY.encode() in path.read_bytes()


def test_every_platforms_export_is_among_them() -> None:
    """A new one gets its plant here."""
    exports = {
        form.name for form in FORMATS if form.supported and form.method is CaptureMethod.EXPORT
    }
    assert exports == set(EXPORTS)
    assert set(PLANTS) | {"youtube-comments", "bluesky-repository"} == exports


def test_a_case_of_every_format_comes_across_and_brings_nothing_private(
    typed: Any, prepared: Any, brought: Brought, monkeypatch: pytest.MonkeyPatch
) -> None:
    sealed: list[bytes] = []
    seal = Transaction.seal

    def noted(self: Any, case_id: Any, place: Any, plaintext: bytes, **more: Any) -> bytes:
        sealed.append(plaintext)
        return seal(self, case_id, place, plaintext, **more)

    monkeypatch.setattr(Transaction, "seal", noted)
    case = prepared.disclosed()

    def due(_services: Any) -> int:
        return sum(prepared.run(one, case) for one in (Segment.COLLECT, Segment.SCREEN))

    monkeypatch.setattr("cli.case.run_due", due)
    monkeypatch.setattr("cli.case.next_segment", lambda _tx, _case: None)
    investigator, analyst = {"role": Role.INVESTIGATOR}, {"role": Role.ATTRIBUTION_ANALYST}
    collected = typed("case", "collect", case, brought.folder, "--json", **investigator)
    assert json.loads(collected.out)["state"] == "collecting", collected.err

    items = kept(prepared, case)
    require_right_platforms(items, brought)
    settle = [part for one in ids(prepared, case) for part in ("--confirm", one)]
    assert typed("attribution", "settle", case, *settle, **analyst).code == 0
    prepared.run(Segment.SCREEN, case)

    for reviewer in (prepared.people[Role.WALL_OFF_REVIEWER], prepared.second_reviewer):
        who = {"actor": reviewer.id}
        shown = typed("review", "show", case, "--json", **who)
        assert CANARY not in shown.out
        for one in findings_of(shown.json):
            assert typed("review", "confirm", case, one, **who).code == 0
        assert typed("review", "approve", case, **who).code == 0
    offer_rebuttal(case, **prepared.who(Role.WALL_OFF_REVIEWER))
    prepared.clock.move(days=14)
    monkeypatch.setattr("cli.case.run_due", lambda _services: 0)
    assert typed("case", "release", case, role=Role.RELEASING_OFFICER).code == 0
    deliver(case, vault=prepared.vault, released=prepared.services.released, now=prepared.now)

    page = brought.folder.parent / "page.html"
    view = typed("case", "view", case, "--json", "--html", page, role=Role.HIRING_MANAGER)
    excerpts = " ".join(str(one["excerpt"]) for one in view.json["findings"])
    for name in EXPORTS:
        assert place_of(brought.says[name]) in excerpts, name
    problems = typed("case", "problems", case, "--json", **investigator)
    home = prepared.services.home.root
    rows = [path.read_bytes() for path in home.iterdir() if path.is_file()]
    seen = [view.out.encode(), page.read_bytes(), problems.out.encode(), *sealed, *rows]
    for text in brought.says.values():
        assert any(place_of(text).encode() in body for body in sealed)
    for body in seen:
        assert CANARY.encode() not in body.lower()


def kept(prepared: Any, case: CaseId) -> list[SourceItem]:
    with prepared.vault.read() as tx:
        return [one.item for one in EvidenceStore(tx).for_case(case)]


def ids(prepared: Any, case: CaseId) -> list[str]:
    with prepared.vault.read() as tx:
        return [one.id for one in EvidenceStore(tx).for_case(case) if one.grade is None]


def place_of(text: str) -> str:
    return text.removesuffix(".").rpartition(" ")[2]


def findings_of(desk: Any) -> list[str]:
    return [one["id"] for one in desk["findings"] if one["state"] != "confirmed"]


def require_right_platforms(items: list[SourceItem], brought: Brought) -> None:
    """Every format's post is there; an export's under its platform's name, with its time."""
    for name, text in brought.says.items():
        found = [one for one in items if place_of(text) in one.text.reveal()]
        assert found, name
        if name in EXPORTS:
            assert {one.platform.reveal() for one in found} == {EXPORTS[name]}
            assert {str(one.created_at) for one in found} == {"2026-05-01 12:00:00+00:00"}
            assert all(one.text.reveal() == text for one in found)
