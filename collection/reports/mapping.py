"""A mapping says how the files beside it become items: written by the operator, strictly read.

`mapping.toml` speaks for every table, list, text and PDF of its own folder:

    format = "csv"               # csv, jsonl, json, text or pdf
    content = "posts"            # or "vendor-report"
    platform = "forum"           # of every item, unless a field has it
    gate = "none"                # what stood between the public and the items
    encoding = "utf-8"
    delimiter = ","              # of a csv
    items = "/posts"             # of a json: JSON pointer (RFC 6901) to the array; "" for the whole
    expression = "..."           # of a text or pdf: its named groups are the fields

    [fields]                     # a column, a JSON pointer or a group for each
    id = "Post ID"
    author = "Author"
    text = "Body"
    url = "Link"
    created_at = "Posted"

    [time]
    form = "%d.%m.%Y %H:%M"      # or rfc3339, epoch-seconds, epoch-milliseconds
    zone = "Europe/Berlin"       # wherever the form has no offset

Nothing that is not named here is read. Its digest stands in the documentation of every capture.
"""

import codecs
import hashlib
import re
import tomllib
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Final, NoReturn
from zoneinfo import ZoneInfo

from collection.reports.mapping_text import counted, fault_of_form, line_in
from models.consent import Sha256
from models.errors import InputError
from models.evidence import AccessGate

MAPPING: Final = "mapping.toml"

_MAX_SIZE: Final = 64 * 1024
_MAX_NAME: Final = 200
_MAX_EXPRESSION: Final = 4_000
_TOP: Final = frozenset(
    {"format", "content", "platform", "author", "gate", "encoding", "delimiter", "items"}
    | {"expression", "fields", "time"}
)
_FIELDS: Final = frozenset({"id", "author", "text", "url", "created_at", "platform"})
_ENCODINGS: Final = frozenset(
    {"utf-8", "utf-16", "iso-8859-1", "iso-8859-15", "cp1252", "cp1250", "shift_jis", "gb18030"}
)
_DELIMITERS: Final = frozenset({",", ";", "\t", "|"})
_OF_THIS_MACHINE: Final = frozenset({"localtime", "posixrules", "Factory"})
_ZONE: Final = r"[A-Za-z0-9_+-]+(/[A-Za-z0-9_+-]+){0,2}"
_MOST_COUNTED: Final = 10_000
"""A number in an expression is memory: what it compiles to grows with each."""
_LINE: Final = re.compile(r"line (\d+)")


class Shape(StrEnum):
    """How a file holds its rows."""

    CSV = "csv"
    JSONL = "jsonl"
    JSON = "json"
    TEXT = "text"
    PDF = "pdf"


class Content(StrEnum):
    """What the rows are."""

    POSTS = "posts"
    VENDOR_REPORT = "vendor-report"
    """Only what it quotes, with address and time, is taken: the rest is a vendor's opinion."""


class TimeForm(StrEnum):
    """Times that are no pattern."""

    RFC3339 = "rfc3339"
    SECONDS = "epoch-seconds"
    MILLISECONDS = "epoch-milliseconds"


@dataclass(frozen=True, slots=True)
class Mapping:
    """How the files of one folder become items."""

    shape: Shape
    content: Content
    fields: dict[str, str]
    sha256: str
    platform: str
    author: str
    gate: AccessGate
    encoding: str
    delimiter: str
    items: str
    expression: str
    time: str
    """A `TimeForm`, or a pattern of `strptime`; empty if no field is a time."""
    zone: ZoneInfo | None
    lines: dict[str, int]
    """On which line each field stands."""


def read_mapping(path: Path) -> Mapping:
    """Read a mapping. Raises `InputError` with the line for whatever it does not have."""
    with path.open("rb") as file:
        body = file.read(_MAX_SIZE + 1)
    if len(body) > _MAX_SIZE:
        raise InputError(f"larger than {_MAX_SIZE} bytes", file=MAPPING, line=1)
    text, line = None, 1
    try:
        text = body.decode("utf-8-sig")
    except UnicodeDecodeError as damage:
        line = body[: damage.start].count(b"\n") + 1
    # Raised outside the handler: the decoding error holds the whole file.
    if text is None:
        raise InputError("not UTF-8", file=MAPPING, line=line)
    return _Checked(text).mapping(hashlib.sha256(body).hexdigest())


def digest_beside(path: Path) -> Sha256 | None:
    """Return the digest of the mapping that lies beside a file, or None."""
    try:
        with path.with_name(MAPPING).open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        return None


class _Checked:
    """Checks one file, and knows the lines on which its keys stand."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._top = self._table(_parsed(text), "mapping", _TOP)
        self._fields = self._table(self._top.get("fields"), "fields", _FIELDS)
        self._time = self._table(self._top.get("time", {}), "time", frozenset({"form", "zone"}))

    def mapping(self, sha256: str) -> Mapping:
        """Return the mapping. Raises `InputError`."""
        shape = Shape(self._one_of("format", {str(one) for one in Shape}))
        content = Content(self._one_of("content", {str(one) for one in Content}, Content.POSTS))
        gates = {str(one) for one in AccessGate} - {AccessGate.GIVEN}
        fields = {name: self._string(self._fields, name, table="fields") for name in self._fields}
        self._require_fields(fields, shape, content)
        form, zone = self._form("created_at" in fields)
        return Mapping(
            shape=shape,
            content=content,
            fields=fields,
            sha256=sha256,
            platform=self._constant("platform", fields),
            author=self._constant("author", fields),
            gate=AccessGate(self._one_of("gate", gates, AccessGate.NONE)),
            encoding=self._encoding(),
            delimiter=self._one_of("delimiter", set(_DELIMITERS), ","),
            items=self._pointer(self._string(self._top, "items", ""), "items"),
            expression=self._expression(shape, fields),
            time=form,
            zone=zone,
            lines={name: line_in(self._text, "fields", name) for name in fields},
        )

    def _require_fields(self, fields: dict[str, str], shape: Shape, content: Content) -> None:
        if "text" not in fields:
            self._refuse("fields", "the field 'text' is missing")
        if not fields.keys() & {"id", "url"}:
            self._refuse("fields", "neither 'id' nor 'url' is a field")
        if content is Content.VENDOR_REPORT and not {"url", "created_at"} <= fields.keys():
            self._refuse("fields", "a vendor's report needs the fields 'url' and 'created_at'")
        if content is Content.VENDOR_REPORT and list(fields.values()).count(fields["text"]) > 1:
            self._refuse(
                "text", "a vendor's report has its words where no other field is", "fields"
            )
        if shape in (Shape.JSON, Shape.JSONL):
            for name, pointer in fields.items():
                self._pointer(pointer, name, "fields")

    def _form(self, needed: bool) -> tuple[str, ZoneInfo | None]:  # noqa: FBT001 - one caller
        if not needed:
            return "", None
        form = self._string(self._time, "form", table="time")
        zone = self._string(self._time, "zone", "", table="time")
        if form in set(TimeForm):
            if zone:
                self._refuse("zone", "this form of time has a zone of its own", "time")
            return form, None
        used = re.findall(r"%(.?)", form)
        fault = fault_of_form(used)
        if fault:
            self._refuse("form", fault, "time")
        if ("z" in used) == bool(zone):
            self._refuse("form", "a zone is stated exactly where the form has no %z", "time")
        return form, self._zone(zone) if zone else None

    def _zone(self, name: str) -> ZoneInfo:
        found = None
        if name not in _OF_THIS_MACHINE and re.fullmatch(_ZONE, name):
            with suppress(OSError, ValueError, KeyError):
                found = ZoneInfo(name)
        return found or self._refuse("zone", "no such time zone", "time")

    def _encoding(self) -> str:
        written = self._string(self._top, "encoding", "utf-8")
        try:
            name = codecs.lookup(written).name
        except (LookupError, ValueError):
            name = ""
        aliases = {codecs.lookup(one).name: one for one in _ENCODINGS}
        if name not in aliases:
            self._refuse("encoding", "an encoding that is not read")
        return aliases[name]

    def _expression(self, shape: Shape, fields: dict[str, str]) -> str:
        written = self._string(self._top, "expression", "")
        if bool(written) != (shape in (Shape.TEXT, Shape.PDF)):
            self._refuse("expression", "an expression belongs to a text or pdf, and to it alone")
        if len(written) > _MAX_EXPRESSION:
            self._refuse("expression", f"longer than {_MAX_EXPRESSION} characters")
        if counted(written) > _MOST_COUNTED:
            self._refuse("expression", f"repeats more than {_MOST_COUNTED} times by a number")
        if written:
            import regex  # type: ignore[import-untyped]  # it has no stubs

            try:
                groups = set(regex.compile(written).groupindex)
            except (regex.error, RecursionError, OverflowError, ValueError):
                groups = None
            if groups is None:
                self._refuse("expression", "not an expression")
            if not set(fields.values()) <= groups:
                self._refuse("expression", "lacks a group that is a field")
        return written

    def _constant(self, name: str, fields: dict[str, str]) -> str:
        written = self._string(self._top, name, "")
        if bool(written) == (name in fields):
            self._refuse(name, f"{name!r} is stated exactly where it is no field")
        return written

    def _pointer(self, written: str, key: str, table: str = "") -> str:
        if written and not written.startswith("/"):
            self._refuse(key, "not a JSON pointer", table)
        return written

    def _one_of(self, name: str, values: set[str], default: str | None = None) -> str:
        written = self._string(self._top, name, default)
        if written not in values:
            self._refuse(name, f"{name!r} is none of the known values")
        return written

    def _string(
        self, values: dict[str, object], name: str, default: str | None = None, table: str = ""
    ) -> str:
        value = values.get(name, default)
        if value is None:
            self._refuse(name, f"{name!r} is missing", table)
        most = _MAX_EXPRESSION if name == "expression" else _MAX_NAME
        if not isinstance(value, str) or len(value) > most or (not value and default is None):
            self._refuse(name, f"{name!r} is no text of a bearable length", table)
        return str(value)

    def _table(self, value: object, name: str, known: frozenset[str]) -> dict[str, object]:
        if not isinstance(value, dict):
            self._refuse(name, f"the table {name!r} is missing")
        for key in value:
            if key not in known:
                fault = f"the table {name!r} has a key that the format does not have"
                self._refuse(key, fault, "" if name == "mapping" else name)
        return value

    def _refuse(self, key: str, fault: str, table: str = "") -> NoReturn:
        raise InputError(fault, file=MAPPING, line=line_in(self._text, table, key))


def _parsed(text: str) -> dict[str, object]:
    line, fault = None, "not TOML"
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as exc:
        found = _LINE.search(str(exc).rpartition("(at ")[2])
        line = int(found[1]) if found else text.count("\n") + 1
    except RecursionError:
        line, fault = 1, "nests too deeply"
    # Raised outside the handler: the parser's error holds the whole text.
    raise InputError(fault, file=MAPPING, line=line)
