"""An applicant's `disclosure.toml`: what they call themselves online, and no credential.

name = "…"
emails = ["…"]
handles = ["…"]
incomplete_memory = false

uncertain = ["…"]                   # addresses and names that the applicant is not sure of
sensitive = ["…"]                   # undercover and the like: for the custodian alone
anonymous_position_read = true      # the agency's position on anonymous posting

[[accounts]]
platform = "…"
handle = "…"

[[blogs]]
address = "…"
role = "owner"                      # or contributor

An empty list is an answer; one that is left out is none.
"""

import re
import tomllib
from pathlib import Path
from typing import Final, TypeGuard

from collection.egress.credentials import is_credential_name, refuse_credentials
from models.applicant_rules import Asked
from models.disclosure import Account, Blog, BlogRole, Disclosure
from models.errors import CredentialRefusedError, InputError
from models.text import RawText

_MAX_SIZE: Final = 64 * 1024
_MAX_ENTRIES: Final = 200
_MAX_VALUE: Final = 320
"""Characters: an e-mail address may have that many (RFC 3696, erratum 1690)."""

_TOP: Final = frozenset(
    {
        "name",
        "emails",
        "handles",
        "accounts",
        "incomplete_memory",
        "uncertain",
        "sensitive",
        "anonymous_position_read",
        "blogs",
    }
)
_BLOG: Final = frozenset({"address", "role"})
_ACCOUNT: Final = frozenset({"platform", "handle"})
_LINE: Final = re.compile(r"line (\d+)")


def read_disclosure(path: Path) -> Disclosure:
    """Read an applicant's list of identities.

    Raises `InputError` with file and line for anything the format does not have, and
    `CredentialRefusedError` for a credential; neither repeats what the file says.
    """
    text = _text(path)
    reader = _Fields(text)
    fields = reader.table(_parsed(text), _TOP, "")
    return Disclosure(
        name=reader.text(fields.get("name"), "name"),
        emails=reader.texts(fields.get("emails", []), "emails"),
        handles=reader.texts(fields.get("handles", []), "handles"),
        accounts=tuple(
            _account(reader, entry, number)
            for number, entry in enumerate(reader.entries(fields.get("accounts", [])))
        ),
        incomplete_memory=reader.flag(fields.get("incomplete_memory", False), "incomplete_memory"),
        uncertain=reader.texts(fields.get("uncertain", []), "uncertain"),
        sensitive=reader.texts(fields.get("sensitive", []), "sensitive"),
        blogs=tuple(
            _blog(reader, entry, number)
            for number, entry in enumerate(reader.entries(fields.get("blogs", []), "blogs"))
        ),
        answered=frozenset(Asked(name) for name in Asked if name in fields),
        anonymous_position_read=reader.flag(
            fields.get("anonymous_position_read", False), "anonymous_position_read"
        ),
    )


def _account(reader: "_Fields", entry: object, number: int) -> Account:
    fields = reader.table(entry, _ACCOUNT, "accounts", number)
    return Account(
        platform=reader.text(fields.get("platform"), "platform", number),
        handle=reader.text(fields.get("handle"), "handle", number),
    )


def _blog(reader: "_Fields", entry: object, number: int) -> Blog:
    fields = reader.table(entry, _BLOG, "blogs", number)
    role = reader.text(fields.get("role"), "role", number, "blogs").reveal()
    if role not in set(BlogRole):
        raise InputError("role: neither owner nor contributor", file=FILE)
    return Blog(
        address=reader.text(fields.get("address"), "address", number, "blogs"),
        role=BlogRole(role),
    )


def _text(path: Path) -> str:
    if path.is_symlink() or not path.is_file():
        raise InputError("no such file", file=path.name)
    body = path.read_bytes()[: _MAX_SIZE + 1]
    if len(body) > _MAX_SIZE:
        raise InputError(f"larger than {_MAX_SIZE} bytes", file=path.name)
    text = body.decode("utf-8-sig", "replace")
    if "\ufffd" in text:
        line = text[: text.index("\ufffd")].count("\n") + 1
        raise InputError("not UTF-8", file=path.name, line=line)
    return text


def _parsed(text: str) -> dict[str, object]:
    # Raised outside the handler: the parser's error holds the whole text.
    line = None
    fault = "not TOML"
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as exc:
        found = _LINE.search(str(exc).rpartition("(at ")[2])
        line = int(found[1]) if found else text.count("\n") + 1
    except RecursionError:
        fault = "nests too deeply"
    raise InputError(fault, file=FILE, line=line)


FILE: Final = "disclosure.toml"


class _Fields:
    """Checks the values of one file, and knows the lines on which its keys stand."""

    def __init__(self, text: str) -> None:
        self._lines = text.splitlines()

    def table(
        self, value: object, known: frozenset[str], key: str, number: int | None = None
    ) -> dict[str, object]:
        if not isinstance(value, dict):
            raise self._fault("not a table", key, number)
        for name in value:
            if name not in known:
                if is_credential_name(name):
                    line = self._line(name, number, key or "accounts")
                    raise CredentialRefusedError(
                        f"{FILE}, line {line}: a field for a credential; credentials are not stored"
                    )
                raise self._fault("a key that the format does not have", name, number)
        return value

    def entries(self, value: object, key: str = "accounts") -> list[object]:
        if not isinstance(value, list) or len(value) > _MAX_ENTRIES:
            raise self._fault(f"{key}: not a list of up to {_MAX_ENTRIES} tables", key)
        return value

    def text(
        self, value: object, key: str, number: int | None = None, table: str = "accounts"
    ) -> RawText:
        line = self._line(key, number, table)
        if value is None:
            raise InputError(f"{key}: missing", file=FILE, line=line)
        if not isinstance(value, str) or not value.strip():
            raise InputError(f"{key}: not a text", file=FILE, line=line)
        return self._value(value, key, line)

    def texts(self, value: object, key: str) -> tuple[RawText, ...]:
        line = self._line(key, None)
        if not _is_texts(value) or len(value) > _MAX_ENTRIES:
            raise InputError(
                f"{key}: not a list of up to {_MAX_ENTRIES} texts", file=FILE, line=line
            )
        return tuple(self._value(item, key, line) for item in value)

    def flag(self, value: object, key: str) -> bool:
        if not isinstance(value, bool):
            raise self._fault(f"{key}: not true or false", key)
        return value

    def _value(self, value: str, key: str, line: int | None) -> RawText:
        if len(value) > _MAX_VALUE or "\0" in value:
            raise InputError(
                f"{key}: longer than {_MAX_VALUE} characters, or holds a NUL", file=FILE, line=line
            )
        refuse_credentials(value, where=f"{FILE}, line {line}, {key}")
        return RawText(value.strip())

    def _fault(self, fault: str, key: str, number: int | None = None) -> InputError:
        return InputError(fault, file=FILE, line=self._line(key, number))

    def _line(self, key: str, number: int | None, table: str = "accounts") -> int | None:
        """Return the line of a key: at the top, or in the table of that number from 0."""
        wanted = re.compile(rf"""\s*["']?{re.escape(key)}["']?\s*=|\s*\[+\s*{re.escape(key)}\b""")
        head = re.compile(rf"\s*\[\[\s*{table}\s*\]\]")
        at = -1
        for line, words in enumerate(self._lines, start=1):
            if head.match(words):
                at += 1
                if at == number and key == table:
                    return line
            if wanted.match(words) and (number is None or at == number):
                return line
        return self._line(table, None) if number is not None else None


def _is_texts(value: object) -> TypeGuard[list[str]]:
    return isinstance(value, list) and all(isinstance(item, str) and item.strip() for item in value)
