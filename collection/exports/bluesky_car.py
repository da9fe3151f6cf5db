"""A Bluesky account's repository is read for its posts, and says whether its signature holds.

The account's DID document lies beside the file (`NAME.did.json` beside `NAME.car`), because a
reader has no network. Where its key signed, the items are `signed`; where there is none, they are
not, and it is said; where the signature is wrong, nothing of the file is taken.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from collection.exports.car import Blocks, opened_car
from collection.exports.did_document import MAX_DOCUMENT, DidDocument, did_document
from collection.exports.export_members import Ledger
from collection.exports.export_rows import item_of
from collection.exports.facets import text_of
from collection.exports.repository import Commit, Record, Tree, commit_of
from collection.files.reader import WHOLE_FILE, Problem
from collection.files.times import rfc3339
from models.errors import InputError
from models.evidence import AccessGate, SourceItem

DOCUMENT: Final = ".did.json"
"""The end of a DID document's name: in place of the repository's own end."""
_POST: Final = "app.bsky.feed.post"
_PROFILE: Final = "app.bsky.actor.profile"
_REFUSED: Final = "refused: the signature is not that of the key in the account's DID document"
_KINDS: Final = {
    "app.bsky.feed.like": "likes",
    "app.bsky.feed.repost": "repeated words of others",
    "app.bsky.graph.follow": "follows",
    "app.bsky.graph.block": "blocks",
    "app.bsky.graph.list": "lists",
    "app.bsky.graph.listblock": "lists",
    "app.bsky.graph.listitem": "lists",
}


class BlueskyReader:
    """Reads the repository of one account."""

    name: Final = "bluesky-repository"
    version: Final = "1"
    seen_versions: Final = ("repository 3 in CAR 1",)
    gate: Final = AccessGate.GIVEN

    def accepts(self, path: Path) -> bool:
        """Say whether the file's name ends in `.car`."""
        return path.suffix.lower() == ".car"

    def read(self, path: Path) -> Iterator[SourceItem | Problem]:
        """Yield the posts that the commit reaches; problems last."""
        with path.open("rb") as file:
            try:
                blocks = opened_car(file)
                commit = commit_of(blocks)
                document, unsigned = _document(path, commit)
            except InputError as damage:
                yield Problem(damage.fault, WHOLE_FILE)
                return
            if document is not None and not commit.is_signed_by(document):
                yield Problem(_REFUSED, WHOLE_FILE)
                return
            if unsigned:
                yield Problem(f"not signed: {unsigned}", WHOLE_FILE)
            yield from _records(blocks, commit, document)
            yield from blocks.problems()


def lies_beside_repository(path: Path) -> bool:
    """Say whether a file is the DID document of a repository in the same folder."""
    name = path.name
    if not name.lower().endswith(DOCUMENT):
        return False
    return path.with_name(name[: -len(DOCUMENT)] + ".car").is_file()


def _document(path: Path, commit: Commit) -> tuple[DidDocument | None, str]:
    """Return the account's document, or why there is none to check with."""
    beside = path.with_name(path.stem + DOCUMENT)
    try:
        with beside.open("rb") as file:
            document = did_document(file.read(MAX_DOCUMENT + 1))
    except OSError:
        return None, "the account's DID document is not beside the file"
    except InputError as damage:
        return None, damage.fault
    if document.did != commit.did:
        return None, "the DID document is that of another account"
    return document, ""


def _records(
    blocks: Blocks, commit: Commit, document: DidDocument | None
) -> Iterator[SourceItem | Problem]:
    ledger = Ledger("records")
    author = commit.did if document is None else document.handle or commit.did
    tree = Tree(blocks)
    try:
        for part in tree.records(commit.root):
            if isinstance(part, Problem):
                yield part
            elif part.collection not in (_POST, _PROFILE):
                ledger.leave_out(_KINDS.get(part.collection, "records of other kinds"))
            else:
                try:
                    item = _item(
                        part,
                        _value(blocks, part),
                        author,
                        did=commit.did,
                        signed=document is not None,
                    )
                    if item.text:
                        yield item
                    else:
                        ledger.leave_out("posts without words")
                except InputError as damage:
                    yield from ledger.fault(damage, f"record:{part.number}")
    except InputError as damage:
        yield Problem(damage.fault, WHOLE_FILE)
    yield from ledger.problems()


def _value(blocks: Blocks, record: Record) -> dict[str, Any]:
    value = blocks.get(record.cid)
    if value is None:
        raise InputError("the record is missing")
    if not isinstance(value, dict) or value.get("$type") != record.collection:
        raise InputError("a record of another kind than its place")
    return value


def _item(
    record: Record, value: dict[str, Any], author: str, *, did: str, signed: bool
) -> SourceItem:
    home = f"https://bsky.app/profile/{did}"
    post = record.collection == _POST
    created = value.get("createdAt")
    if post and not isinstance(created, str):
        raise InputError("a post without its time")
    return item_of(
        "bluesky",
        native_id=f"at://{did}/{record.collection}/{record.key}",
        author=author,
        # When a profile's text was written, its record does not say.
        created_at=rfc3339(str(created)) if post else None,
        url=f"{home}/post/{record.key}" if post else home,
        text=text_of(value) if post else _profile(value),
        pointer=f"record:{record.number}",
        signed=signed,
    )


def _profile(value: dict[str, Any]) -> str:
    parts = [value.get(name) for name in ("displayName", "description")]
    return "\n".join(part for part in parts if isinstance(part, str) and part.strip())
