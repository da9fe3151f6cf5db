"""Of a repository only what its signed commit reaches is taken; a wrong signature takes it all."""

import io
import json
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import libipld
import pytest
from cryptography.hazmat.primitives.asymmetric.ec import (
    SECP256K1,
    SECP256R1,
    EllipticCurvePrivateKey,
    generate_private_key,
)
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import given, settings
from hypothesis import strategies as st

from collection.boxed import BOXES
from collection.exports.bluesky_car import BlueskyReader
from collection.exports.car import opened_car
from collection.exports.did_document import ORDERS, did_document
from collection.exports.facets import text_of
from collection.exports.repository import Record, Tree, commit_of
from collection.files.reader import WHOLE_FILE, Problem
from collection.formats.registry import FORMATS, format_named
from collection.samples.sample_repository import (
    DID,
    HANDLE,
    Repository,
    bluesky_sample,
    document,
    layer,
    post_key,
    sign,
    varint,
)
from collection.sources import find_sources
from models.consent import PlatformKind
from models.errors import InputError
from models.evidence import AccessGate, SourceItem

K256 = generate_private_key(SECP256K1())
P256 = generate_private_key(SECP256R1())
BOTH = pytest.mark.parametrize("key", [K256, P256], ids=["secp256k1", "P-256"])
REFUSED = "refused: the signature is not that of the key in the account's DID document"


def post(text: Any = "canary", **more: Any) -> dict[str, Any]:
    stamp = "2024-02-29T10:00:00.000Z"
    return {"$type": "app.bsky.feed.post", "text": text, "createdAt": stamp} | more


@dataclass
class Home:
    """A folder with a repository and its document."""

    folder: Path
    key: EllipticCurvePrivateKey = K256
    made: Repository = field(default_factory=Repository)

    def write(self, *posts: Any, more: dict[str, Any] | None = None, **changes: Any) -> Path:
        records = {post_key(number): self.made.add(one) for number, one in enumerate(posts, 1)}
        records |= {name: self.made.add(value) for name, value in (more or {}).items()}
        root = self.made.commit(self.made.tree(records), self.key, **changes)
        (self.folder / "repo.car").write_bytes(self.made.car(root))
        self.document(document(self.key))
        return self.folder / "repo.car"

    def document(self, body: bytes) -> None:
        (self.folder / "repo.did.json").write_bytes(body)


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path)


def read(path: Path) -> tuple[list[SourceItem], list[Problem]]:
    assert BlueskyReader().accepts(path)
    found = list(BlueskyReader().read(path))
    problems = [part for part in found if isinstance(part, Problem)]
    assert not any("canary" in problem.fault for problem in problems)
    return [part for part in found if isinstance(part, SourceItem)], problems


@BOTH
def test_what_the_accounts_key_signed_is_signed(
    tmp_path: Path, key: EllipticCurvePrivateKey
) -> None:
    (item,), problems = read(Home(tmp_path, key).write(post("hello")))
    assert problems == []
    assert item.signed
    assert item.text.reveal() == "hello"
    assert item.author.reveal() == HANDLE
    assert item.native_id.reveal() == f"at://{DID}/{post_key(1)}"
    assert item.url.reveal() == f"https://bsky.app/profile/{DID}/post/{post_key(1)[-13:]}"
    assert item.created_at == datetime(2024, 2, 29, 10, tzinfo=UTC)
    assert item.kind is PlatformKind.SOCIAL
    assert item.gate is AccessGate.GIVEN
    assert item.pointer == "record:1"


@BOTH
@pytest.mark.parametrize("form", ["multikey", "compressed", "uncompressed"])
def test_the_three_spellings_of_a_key_are_read(
    key: EllipticCurvePrivateKey, form: str, tmp_path: Path
) -> None:
    home = Home(tmp_path, key)
    path = home.write(post())
    value = json.loads(document(key))
    if form != "multikey":
        shape = PublicFormat.CompressedPoint
        if form == "uncompressed":
            shape = PublicFormat.UncompressedPoint
        point = key.public_key().public_bytes(Encoding.X962, shape)
        curve = "k1" if key is K256 else "r1"
        value["verificationMethod"][0] |= {
            "id": "#atproto",
            "type": f"EcdsaSecp256{curve}VerificationKey2019",
            "publicKeyMultibase": libipld.encode_multibase("z", point),
        }
    home.document(json.dumps(value).encode())
    (item,), problems = read(path)
    assert item.signed
    assert problems == []


def test_without_a_document_nothing_is_signed_and_it_is_said(home: Home) -> None:
    path = home.write(post())
    (home.folder / "repo.did.json").unlink()
    (item,), problems = read(path)
    assert not item.signed
    assert item.author.reveal() == DID
    assert problems == [
        Problem("not signed: the account's DID document is not beside the file", WHOLE_FILE)
    ]


OTHER = "did:plc:otherotherotherotherothe"


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (document(K256, OTHER), "the DID document is that of another account"),
        (b"canary", "not JSON, or cut off"),
        (b"{}", "the DID document names no account"),
        (b'{"id": "canary"}', "the DID document names no account"),
        (b"\xff", "the DID document is too large or not UTF-8"),
        (b" " * 70_000, "the DID document is too large or not UTF-8"),
        (json.dumps({"id": DID}).encode(), "the DID document has no key of the account's"),
        (
            document(K256).replace(b"#atproto", b"#other"),
            "the DID document has no key of the account's",
        ),
        (document(K256).replace(b'"z', b'"u'), "the DID document has no key of the account's"),
        (document(K256).replace(b'"z', b'"z1'), "the DID document has no key of the account's"),
    ],
)
def test_a_document_that_proves_nothing_leaves_the_items_unsigned(
    home: Home, body: bytes, why: str
) -> None:
    path = home.write(post())
    home.document(body)
    (item,), problems = read(path)
    assert not item.signed
    assert problems == [Problem(f"not signed: {why}", WHOLE_FILE)]


@BOTH
def test_a_wrong_signature_refuses_the_whole_file(
    tmp_path: Path, key: EllipticCurvePrivateKey
) -> None:
    home = Home(tmp_path, key)
    path = home.write(post())
    home.document(document(generate_private_key(key.curve)))
    assert read(path) == ([], [Problem(REFUSED, WHOLE_FILE)])


def _high(key: EllipticCurvePrivateKey, message: bytes) -> bytes:
    good = sign(key, message)
    s = ORDERS[key.curve.name] - int.from_bytes(good[32:], "big")
    return good[:32] + s.to_bytes(32, "big")


@pytest.mark.parametrize(
    "made",
    [
        lambda _key, _message: b"",
        lambda _key, _message: bytes(64),
        lambda _key, _message: b"\xff" * 64,
        lambda _key, _message: "canary",
        lambda key, message: sign(key, message)[:63],
        lambda key, message: sign(key, message + b"x"),
        _high,
    ],
    ids=["empty", "zero", "over", "text", "short", "of another", "higher of two forms"],
)
@BOTH
def test_a_signature_of_another_form_is_none(
    tmp_path: Path,
    key: EllipticCurvePrivateKey,
    made: Callable[[EllipticCurvePrivateKey, bytes], Any],
) -> None:
    """Of the two forms of each signature only the lower one is a signature."""
    repository = Repository()
    root = repository.tree({post_key(1): repository.add(post())})
    value = {"did": DID, "version": 3, "data": root, "rev": "1", "prev": None}
    signature = made(key, libipld.encode_dag_cbor(value))
    commit = repository.add({**value, "sig": signature})
    (tmp_path / "repo.car").write_bytes(repository.car(commit))
    (tmp_path / "repo.did.json").write_bytes(document(key))
    assert read(tmp_path / "repo.car") == ([], [Problem(REFUSED, WHOLE_FILE)])


def test_a_post_that_the_commit_does_not_reach_does_not_exist(home: Home) -> None:
    """Anybody can add blocks to a file."""
    home.made.add(post("put in"))
    home.made.tree({post_key(9): home.made.add(post("put in with a tree"))})
    items, problems = read(home.write(post("hello")))
    assert [item.text.reveal() for item in items] == ["hello"]
    assert problems == []


def test_a_changed_post_is_not_what_its_digest_says(home: Home) -> None:
    path = home.write(post("I like this"), post("two"))
    path.write_bytes(path.read_bytes().replace(b"I like this", b"I hate this"))
    items, problems = read(path)
    assert [item.text.reveal() for item in items] == ["two"]
    assert problems == [
        Problem("the record is missing", "record:1"),
        Problem("blocks that are not what their digest says (1)", WHOLE_FILE),
    ]


def test_a_changed_commit_takes_the_file(home: Home) -> None:
    path = home.write(post(), rev="canary-rev")
    path.write_bytes(path.read_bytes().replace(b"canary-rev", b"Canary-rev"))
    assert read(path) == ([], [Problem("the file lacks its commit", WHOLE_FILE)])


def test_another_commit_under_the_same_records_is_not_signed_by_the_account(home: Home) -> None:
    """Whoever rebuilds the file with other posts needs the key."""
    path = home.write(post("hello"))
    forged = Home(home.folder, generate_private_key(SECP256K1()))
    forged.write(post("forged"))
    home.document(document(K256))
    assert read(path) == ([], [Problem(REFUSED, WHOLE_FILE)])


@settings(max_examples=40, deadline=None)
@given(numbers=st.sets(st.integers(min_value=1, max_value=2**60), max_size=200))
def test_a_tree_gives_its_records_in_order_whatever_its_shape(numbers: set[int]) -> None:
    made = Repository()
    keys = sorted(post_key(number) for number in numbers)
    root = made.commit(made.tree({key: made.add({"of": key}) for key in keys}), K256)
    blocks = opened_car(io.BytesIO(made.car(root)))
    found = list(Tree(blocks).records(commit_of(blocks).root))
    assert [f"{one.collection}/{one.key}" for one in found if isinstance(one, Record)] == keys
    assert [blocks.get(one.cid)["of"] for one in found if isinstance(one, Record)] == keys


def test_the_maker_of_trees_agrees_with_the_protocols_examples() -> None:
    """From the specification's examples of how high a key stands."""
    assert layer(b"2653ae71") == 0
    assert layer(b"blue") == 1
    assert layer(b"app.bsky.feed.post/454397e440ec") == 4
    assert layer(b"app.bsky.feed.post/9adeb165882c") == 8


def test_a_missing_part_of_the_tree_is_said(home: Home) -> None:
    posts = [post(f"text {number}") for number in range(60)]
    path = home.write(*posts)
    nodes = [
        cid
        for cid, body in home.made.blocks.items()
        if set(libipld.decode_dag_cbor(body)) == {"l", "e"}
    ]
    del home.made.blocks[nodes[0]]
    commit = list(home.made.blocks)[-1]
    path.write_bytes(home.made.car(commit))
    items, problems = read(path)
    assert 0 < len(items) < 60
    assert problems == [Problem("a part of the tree of records is missing", WHOLE_FILE)]


@pytest.mark.parametrize(
    ("node", "fault"),
    [
        ({"l": None, "e": "canary"}, "the tree of records is damaged"),
        ({"l": None, "e": ["canary"]}, "the tree of records is damaged"),
        ("canary", "the tree of records is damaged"),
        ({"l": "canary", "e": []}, "a link that names no block"),
        ({"l": None, "e": [{"p": 3, "k": b"a/b"}]}, "the tree of records is damaged"),
        ({"l": None, "e": [{"p": True, "k": b"a/b"}]}, "the tree of records is damaged"),
        ({"l": None, "e": [{"p": 0, "k": "a/b"}]}, "the tree of records is damaged"),
        ({"l": None, "e": [{"p": 0, "k": b"canary"}]}, "the tree of records is damaged"),
        ({"l": None, "e": [{"p": 0, "k": b"a/" + b"b" * 2_000}]}, "the tree of records is damaged"),
    ],
)
def test_a_damaged_tree_is_one_problem(home: Home, node: Any, fault: str) -> None:
    commit = home.made.commit(home.made.add(node), K256)
    (home.folder / "repo.car").write_bytes(home.made.car(commit))
    home.document(document(K256))
    assert read(home.folder / "repo.car") == ([], [Problem(fault, WHOLE_FILE)])


def test_keys_that_do_not_ascend_end_the_walk(home: Home) -> None:
    """Else a node that is linked twice could be walked for ever."""
    record = home.made.add(post("hello"))
    key = post_key(5).encode()
    leaf = home.made.add({"l": None, "e": [{"p": 0, "k": key, "v": record, "t": None}]})
    over = {"p": 0, "k": post_key(7).encode(), "v": record, "t": leaf}
    commit = home.made.commit(home.made.add({"l": leaf, "e": [over]}), K256)
    (home.folder / "repo.car").write_bytes(home.made.car(commit))
    items, problems = read(home.folder / "repo.car")
    assert len(items) == 2
    assert problems[-1] == Problem("the keys of the tree of records do not ascend", WHOLE_FILE)


def test_a_tree_that_is_too_deep_ends_the_walk(home: Home) -> None:
    node = None
    for _ in range(60):
        node = home.made.add({"l": node, "e": []})
    assert node is not None
    commit = home.made.commit(node, K256)
    (home.folder / "repo.car").write_bytes(home.made.car(commit))
    home.document(document(K256))
    assert read(home.folder / "repo.car")[1] == [
        Problem("the tree of records is too deep", WHOLE_FILE)
    ]


def test_what_is_not_said_is_counted_by_kind(home: Home) -> None:
    more = {
        "app.bsky.feed.like/a": {"canary": 1},
        "app.bsky.feed.repost/a": {"canary": 1},
        "app.bsky.graph.follow/a": {"canary": 1},
        "canary.private.thing/a": {"canary": 1},
    }
    items, problems = read(home.write(post("hello"), post(""), more=more))
    assert [item.pointer for item in items] == ["record:2"]
    assert [one.fault for one in problems] == [
        "left out: follows (1)",
        "left out: likes (1)",
        "left out: posts without words (1)",
        "left out: records of other kinds (1)",
        "left out: repeated words of others (1)",
    ]


def test_a_profile_has_no_time_of_its_words(home: Home) -> None:
    value = {"$type": "app.bsky.actor.profile", "displayName": "Sam", "description": "I bake."}
    value["createdAt"] = "2023-01-01T00:00:00Z"
    (item,), _ = read(home.write(more={"app.bsky.actor.profile/self": value}))
    assert (item.text.reveal(), item.created_at) == ("Sam\nI bake.", None)
    assert item.url.reveal() == f"https://bsky.app/profile/{DID}"


@pytest.mark.parametrize(
    "record",
    [
        "canary",
        {"$type": "canary"},
        post(createdAt=None),
        post(createdAt="canary"),
        post(createdAt="2024-02-31T10:00:00Z"),
        post(text=7),
        post("canary\0"),
        post("canary" * 40_000),
    ],
)
def test_a_damaged_record_is_one_problem_between_good_ones(home: Home, record: Any) -> None:
    items, problems = read(home.write(post("one"), record, post("three")))
    assert [item.pointer for item in items] == ["record:1", "record:3"]
    assert [one.pointer for one in problems] == ["record:2"]


def test_a_cut_file_gives_its_whole_records(home: Home) -> None:
    path = home.write(*(post(f"text {number}") for number in range(40)))
    # As hosts write it: the commit and the tree first.
    home.made.blocks = dict(reversed(home.made.blocks.items()))
    body = home.made.car(next(iter(home.made.blocks)))
    path.write_bytes(body[: len(body) - 500])
    items, problems = read(path)
    assert 0 < len(items) < 40
    assert all(item.signed for item in items)
    assert problems[-1] == Problem("cut off or damaged: what follows was not read (1)", WHOLE_FILE)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"canary",
        b"\xff" * 20,
        varint(4) + b"\xa0\xa0\xa0\xa0",
        varint(100_000) + b"\x81" * 100_000,
        varint(30_000) + b"\x81" * 30_000,
        Repository().car(),
        Repository().car(b"\x01\x71\x12\x20" + bytes(32)),
    ],
)
def test_a_file_that_is_none_is_one_problem(tmp_path: Path, body: bytes) -> None:
    (tmp_path / "repo.car").write_bytes(body)
    items, problems = read(tmp_path / "repo.car")
    assert items == []
    assert len(problems) == 1


@pytest.mark.parametrize(
    "changes", [{"version": 2}, {"version": True}, {"did": "canary"}, {"did": 7}, {"data": None}]
)
def test_a_commit_of_another_form_is_refused(home: Home, changes: Any) -> None:
    items, problems = read(home.write(post(), **changes))
    assert items == []
    assert len(problems) == 1


def test_a_block_that_is_too_large_or_of_another_kind_is_passed_over(home: Home) -> None:
    path = home.write(post("hello"))
    raw = b"\x01\x55\x12\x20" + bytes(32) + b"raw"
    more = varint(len(raw)) + raw + varint(3 << 20) + bytes(3 << 20)
    path.write_bytes(path.read_bytes() + more)
    items, problems = read(path)
    assert len(items) == 1
    assert [one.fault for one in problems] == [
        "blocks of an unknown kind (1)",
        "blocks that are too large (1)",
    ]


def link(start: int, end: int, address: str) -> dict[str, Any]:
    feature = {"$type": "app.bsky.richtext.facet#link", "uri": address}
    return {"index": {"byteStart": start, "byteEnd": end}, "features": [feature]}


PAGE = "https://bakery.example/bread/rye"


@pytest.mark.parametrize(
    ("text", "facets", "shown"),
    [
        ("see bakery.example/b...", [link(4, 23, PAGE)], f"see {PAGE}"),
        ("é see bakery.example", [link(7, 21, PAGE)], f"é see {PAGE}"),
        ("👋🏽 here!", [link(9, 13, PAGE)], f"👋🏽 here ({PAGE})!"),
        ("a b", [link(2, 3, PAGE), link(0, 1, PAGE)], f"a ({PAGE}) b ({PAGE})"),
        ("é here", [link(1, 4, PAGE)], "é here"),
        ("here", [link(0, 5, PAGE)], "here"),
        ("here", [link(-1, 2, PAGE)], "here"),
        ("here", [link(3, 3, PAGE)], "here"),
        ("here", [link(0, 4, PAGE), link(2, 4, PAGE)], f"here ({PAGE})"),
        ("here", [{"index": {"byteStart": "0"}, "features": 1}, 7, None], "here"),
        ("here", "canary", "here"),
        ("@pal", [{"index": {"byteStart": 0, "byteEnd": 4}, "features": [{"did": "x"}]}], "@pal"),
    ],
)
def test_links_stand_where_their_bytes_say(text: str, facets: Any, shown: str) -> None:
    assert text_of(post(text, facets=facets)) == shown


@given(text=st.text(max_size=30), start=st.integers(-5, 130), end=st.integers(-5, 130))
def test_a_place_in_bytes_never_breaks_a_character(text: str, start: int, end: int) -> None:
    shown = text_of(post(text, facets=[link(start, end, "https://x.example/long")]))
    stripped = shown.replace(" (https://x.example/long)", "").replace("https://x.example/long", "")
    assert set(stripped) <= set(text)


@pytest.mark.parametrize(
    ("embed", "shown"),
    [
        ({"$type": "app.bsky.embed.images", "images": [{"alt": "a lake"}, {"alt": ""}]}, "a lake"),
        ({"$type": "app.bsky.embed.video", "alt": "a lake"}, "a lake"),
        ({"$type": "app.bsky.embed.external", "external": {"uri": PAGE, "title": "canary"}}, PAGE),
        ({"$type": "app.bsky.embed.record", "record": {"text": "canary"}}, ""),
        (
            {
                "$type": "app.bsky.embed.recordWithMedia",
                "record": {"text": "canary"},
                "media": {"$type": "app.bsky.embed.video", "alt": "a lake"},
            },
            "a lake",
        ),
        ({"$type": "app.bsky.embed.images", "images": "canary"}, ""),
        ("canary", ""),
    ],
)
def test_what_a_post_shows_is_read_and_the_words_of_others_are_not(embed: Any, shown: str) -> None:
    assert text_of(post("hello", embed=embed)) == "\n\n".join(filter(None, ["hello", shown]))


def test_a_handle_that_is_none_is_not_taken(home: Home) -> None:
    path = home.write(post())
    home.document(document(K256, handle="not a handle"))
    assert read(path)[0][0].author.reveal() == DID


def test_a_document_of_another_controller_has_no_key() -> None:
    value = json.loads(document(K256))
    value["verificationMethod"][0]["controller"] = OTHER
    with pytest.raises(InputError):
        did_document(json.dumps(value).encode())


def test_in_its_box_the_reader_finds_the_document_which_is_part_of_the_source(
    tmp_path: Path,
) -> None:
    bluesky_sample(tmp_path, 3)
    (source,) = find_sources(tmp_path)
    items = list(source.read())
    assert all(isinstance(item, SourceItem) and item.signed for item in items)
    assert len(items) == 3


REAL = Path(__file__).parent / "fixtures" / "pds.car"
"""120 posts and a follow, with their document, as @atproto/dev-env 0.3.215 gave them out."""


def test_what_a_real_host_gave_out_is_read_and_its_signature_holds() -> None:
    items, problems = read(REAL)
    assert len(items) == 120
    assert all(item.signed and item.author.reveal() == "alex.test" for item in items)
    assert items[0].text.reveal() == "é see https://bakery.example/bread/rye"
    assert items[1].text.reveal() == "Post number 1, the lake was calm 👋🏽"
    assert problems == [Problem("left out: follows (1)", WHOLE_FILE)]


def test_the_maker_of_samples_makes_the_tree_that_the_real_host_made() -> None:
    with REAL.open("rb") as file:
        blocks = opened_car(file)
        root = commit_of(blocks).root
        found = [one for one in Tree(blocks).records(root) if isinstance(one, Record)]
    records = {f"{one.collection}/{one.key}": one.cid for one in found}
    assert len(records) == 121
    assert Repository().tree(records) == root


def test_a_changed_word_of_a_real_file_costs_its_post(tmp_path: Path) -> None:
    body = REAL.read_bytes().replace(b"Post number 1, the", b"Post number 1, thy")
    (tmp_path / "repo.car").write_bytes(body)
    (tmp_path / "repo.did.json").write_bytes(REAL.with_suffix(".did.json").read_bytes())
    items, problems = read(tmp_path / "repo.car")
    assert len(items) == 119
    assert problems[0].fault == "the record is missing"


def test_only_a_format_that_has_signatures_can_bring_signed_items(tmp_path: Path) -> None:
    """What a reader of another format says of signatures is not believed."""
    path = bluesky_sample(tmp_path, 3)
    form = format_named("bluesky-repository")
    assert form is not None
    (problem,) = BOXES.read(replace(form, signs=False), path)
    assert isinstance(problem, Problem)
    assert {one.name for one in FORMATS if one.signs} == {"bluesky-repository"}


def test_a_document_without_its_repository_is_reported(tmp_path: Path) -> None:
    (tmp_path / "other.did.json").write_bytes(document(K256))
    (source,) = find_sources(tmp_path)
    assert source.reader is None


@pytest.mark.parametrize("bits", [30, 62, 63, 64])
def test_a_block_longer_than_any_file_is_a_cut(home: Home, bits: int) -> None:
    """A stated size may be more than a file's place can be: no error of the system comes of it."""
    size, stated = 1 << bits, bytearray()
    while size > 127:
        stated.append(size & 127 | 128)
        size >>= 7
    stated.append(size)
    path = home.write("one")
    with path.open("ab") as file:
        file.write(stated)
    with path.open("rb") as file:
        blocks = opened_car(file)
    assert any("cut off" in one.fault for one in blocks.problems())
