"""LinkedIn's copy of a member's data is read for posts and comments; nothing else is opened.

The layout is `Shares.csv` and `Comments.csv`, alone or in LinkedIn's zip, where a number may stand
at the end of a name. The copy names no account, so its items have no author and wait for a person.
In `Comments.csv` a quote is written with a backslash before it, in `Shares.csv` it is doubled.
"""

import re
from collections.abc import Generator, Iterator
from dataclasses import replace
from pathlib import Path, PurePosixPath
from typing import Final
from urllib.parse import parse_qs, unquote, urlsplit

from collection.exports.export_members import ARCHIVES, Chosen, Ledger, holds
from collection.exports.export_rows import Row, columns_of, item_of, moment, rows_of
from collection.files.members import Member
from collection.files.reader import WHOLE_FILE, Problem
from models.errors import InputError
from models.evidence import AccessGate, SourceItem

_TABLE: Final = re.compile(r"(shares|comments)(?:_\d+| ?\(\d+\))?\.csv")
_PRIVATE: Final = re.compile(
    r"(messages|connections|importedcontacts|contacts|searchqueries|savedjob|job applic|invitations"
    r"|logins|registration|email|phone|security|receipts|reactions|votes|member_follows"
    r"|company follows|hashtag_follows|ads clicked|lan ads|profile|coach_|learning|guide_messages"
    r"|rich_media|whatsapp|verifications|private_identity|device|providers|services marketplace"
    r"|saved_items)"
)
_SHARES: Final = frozenset({"date", "sharelink", "sharecommentary"})
_COMMENTS: Final = frozenset({"date", "link", "message"})
_HEAD: Final = 64 * 1024
_TO_ALL: Final = frozenset({"public", "member_network", "anyone"})
"""What LinkedIn writes of a post that every member may read."""
_ESCAPED_QUOTE: Final = re.compile(
    rb'\\"(?!\r?\n"?\d{4}-\d\d-\d\d \d\d:\d\d:\d\d"?,|\r?\n?\Z)', re.ASCII
)
"""Not where the next row or the end follows: there it ends a text whose last letter is that."""
_URN: Final = re.compile(r"urn:li:[a-z]+:[\w(),:-]+", re.IGNORECASE)


class LinkedInReader:
    """Reads what a member wrote on LinkedIn for all members to see."""

    name: Final = "linkedin-export"
    version: Final = "1"
    seen_versions: Final = ("Shares.csv with Visibility", "Shares.csv without MediaUrl")
    gate: Final = AccessGate.GIVEN

    def accepts(self, path: Path) -> bool:
        """Say whether this is such a table, or an archive with `Shares.csv` or its neighbours."""
        if path.name.lower().endswith(ARCHIVES):
            return holds(path, _is_mark)
        if _TABLE.fullmatch(path.name.lower()) is None:
            return False
        with path.open("rb") as file:
            return columns_of(file.read(_HEAD), _columns(path.name))

    def read(self, path: Path) -> Iterator[SourceItem | Problem]:
        """Yield posts and comments; problems last, among them counts of what was left out."""
        ledger = Ledger("rows")
        problems: list[Problem] = []
        numbers = {"share": 0, "comment": 0}
        for part in Chosen(_is_table, private=_is_private).members(path):
            if isinstance(part, Problem):
                problems.append(part)
            else:
                kind = "share" if part.name.name.lower().startswith("shares") else "comment"
                numbers[kind] = yield from _table(part, kind, numbers[kind], ledger)
        yield from ledger.problems()
        yield from problems


def _is_table(name: PurePosixPath) -> bool:
    return _TABLE.fullmatch(name.name) is not None and len(name.parts) <= 2


def _is_mark(name: PurePosixPath) -> bool:
    """Mean what only LinkedIn's copy has: other platforms have a `comments.csv` too."""
    return len(name.parts) <= 2 and (
        name.name in {"connections.csv", "member_follows.csv", "instantreposts.csv"}
        or re.fullmatch(r"shares(_\d+| ?\(\d+\))?\.csv", name.name) is not None
    )


def _is_private(name: PurePosixPath) -> bool:
    return _PRIVATE.match(name.name) is not None


def _columns(name: str) -> frozenset[str]:
    return _SHARES if name.lower().startswith("shares") else _COMMENTS


def _table(
    member: Member, kind: str, before: int, ledger: Ledger
) -> Generator[SourceItem | Problem, None, int]:
    """Yield the items of a table; return the number of its last row, counted over all tables."""
    number = before
    try:
        for row in _rows(member, kind):
            number += 1
            pointer = f"{kind}:{number}"
            try:
                if isinstance(row, InputError):
                    raise row
                found = _share(row, pointer) if kind == "share" else _comment(row, pointer)
                if isinstance(found, str):
                    ledger.leave_out(found)
                else:
                    yield found
            except InputError as damage:
                yield from ledger.fault(damage, pointer)
    except InputError as strange:
        yield Problem(strange.fault, WHOLE_FILE)
    return number


def _rows(member: Member, kind: str) -> Iterator[Row | InputError]:
    """Yield the rows of a table, in the way of writing quotes that damages fewer of them."""
    needed = _columns(member.name.name)
    if kind == "comment" and b'\\"' in member.body:
        doubled = replace(member, body=_ESCAPED_QUOTE.sub(b'""', member.body))
        if _damage(doubled, needed) < _damage(member, needed):
            member = doubled
    return rows_of(member, needed)


def _damage(member: Member, needed: frozenset[str]) -> int:
    return sum(isinstance(row, InputError) for row in rows_of(member, needed))


def _share(row: Row, pointer: str) -> SourceItem | str:
    """Return a post, or why it is left out."""
    text = _unquoted(row.get("sharecommentary"))
    audience = row.get("visibility").strip().lower()
    if not audience:
        return "posts whose audience the export does not state"
    if audience not in _TO_ALL:
        return "posts that not every member could read"
    if not text.strip():
        return "posts without words of their own"
    link = row.get("sharelink").strip()
    urn = _URN.search(unquote(link))
    return item_of(
        "linkedin",
        native_id=urn[0] if urn else link,
        author="",
        created_at=moment(row.get("date")),
        url=link,
        text=text,
        pointer=pointer,
    )


def _comment(row: Row, pointer: str) -> SourceItem | str:
    text = _unquoted(row.get("message"))
    if not text.strip():
        return "comments without words"
    link, stamp = row.get("link").strip(), row.get("date").strip()
    own = _comment_urn(link)
    return item_of(
        "linkedin",
        native_id=own or f"comment {stamp} {unquote(link)}",
        author="",
        created_at=moment(stamp),
        url=link if own else "",
        text=text,
        pointer=pointer,
    )


def _comment_urn(link: str) -> str:
    """Return the comment's own name; without one, the link is that of somebody else's post."""
    try:
        asked = parse_qs(urlsplit(link).query)
    except ValueError:
        return ""
    return next(iter(asked.get("dashCommentUrn") or asked.get("commentUrn") or []), "")


def _unquoted(text: str) -> str:
    """Undo LinkedIn's quotes around the line breaks of a field, where all of them have such.

    An empty line between two breaks has both their quotes, or one for the two.
    """
    text = text.replace("\r\n", "\n")
    first, *rest = text.split("\n")
    if rest and first.endswith('"') and rest[-1].startswith('"'):
        within = rest[:-1]
        if all(line == '"' or (line[:1] == line[-1:] == '"') for line in within):
            lines = [first[:-1], *(line[1:-1] for line in within), rest[-1][1:]]
            text = "\n".join(lines)
    return text.strip()
