"""Files that nobody else knows become items by the mapping that an operator laid beside them.

Of a vendor's report only what it quotes is taken, with address and time: its scores, flags and
labels are a vendor's opinion of a person, and no field of an item is one.
"""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from collection.files.limits import MAX_LISTED, MAX_TEXT
from collection.files.platforms import kind_of
from collection.files.reader import WHOLE_FILE, Problem
from collection.files.strict_json import whole
from collection.files.times import rfc3339
from collection.markup.saved_page import web_address
from collection.pages.web_recording import WebRecording
from collection.reports.mapped_rows import rows_of
from collection.reports.mapping import MAPPING, Content, Mapping, TimeForm, read_mapping
from collection.reports.mapping_text import moment_of
from models.errors import InputError
from models.evidence import AccessGate, SourceItem
from models.text import RawText

ENDINGS: Final = (".csv", ".tsv", ".jsonl", ".ndjson", ".json", ".txt", ".pdf")

_MAX_NAME: Final = 1_000
_FEW: Final = 10
_SCORE: Final = re.compile(r"[-+]?\d+(?:[.,]\d+)?(?:\s*(?:%|/\s*\d+))?", re.ASCII)
"""A number, a percentage, so many of so many: what a vendor counts, and nobody's words."""
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


class MappedReader:
    """Reads a file by the `mapping.toml` of its folder."""

    name: Final = "mapped"
    version: Final = "1"
    seen_versions: Final = ("csv", "jsonl", "json", "text", "pdf")
    gate: Final = AccessGate.NONE

    def accepts(self, path: Path) -> bool:
        """Say whether a mapping lies beside the file."""
        return path.name.lower().endswith(ENDINGS) and path.with_name(MAPPING).is_file()

    def read(self, path: Path) -> Iterator[SourceItem | Problem]:
        """Yield an item or a problem for each row; counts of what was left out come last."""
        try:
            mapping = read_mapping(path.with_name(MAPPING))
        except InputError as damage:
            yield Problem(f"{MAPPING}, line {damage.line}: {damage.fault}", WHOLE_FILE)
            return
        except OSError:
            yield Problem(f"{MAPPING} cannot be opened", WHOLE_FILE)
            return
        yield from _Items(mapping).read(path)


def recording_of_mapped(path: Path) -> WebRecording:
    """Return the digest of the mapping, as what made items of the file."""
    try:
        return WebRecording(f"mapping sha256:{read_mapping(path.with_name(MAPPING)).sha256}", ())
    except (InputError, OSError):
        return WebRecording("", ())


class _Items:
    def __init__(self, mapping: Mapping) -> None:
        self._mapping = mapping
        self._faults = self._twice = self._replaced = self._unsourced = self._scores = 0
        self._quoted, self._words = 0, set[int]()

    def read(self, path: Path) -> Iterator[SourceItem | Problem]:
        try:
            for row in rows_of(path, self._mapping):
                if isinstance(row, Problem):
                    yield row
                    continue
                pointer, fields = row
                try:
                    if isinstance(fields, InputError):
                        raise fields
                    item = self._item(fields, pointer)
                except InputError as damage:
                    self._faults += 1
                    if self._faults <= MAX_LISTED:
                        yield Problem(damage.fault, pointer)
                    continue
                if item is not None:
                    yield item
        except InputError as damage:
            yield Problem(damage.fault, WHOLE_FILE)
        yield from self._counts()

    def _counts(self) -> Iterator[Problem]:
        more = max(0, self._faults - MAX_LISTED)
        for count, what in (
            (more, "more rows are damaged"),
            (self._twice, "times that clocks showed twice: the earlier one was taken"),
            (self._replaced, "rows with characters that the stated encoding does not have"),
        ):
            if count:
                yield Problem(f"{count} {what}", WHOLE_FILE)
        if self._mapping.content is Content.VENDOR_REPORT:
            what = "scores, flags and labels of the vendor: opinion"
            yield Problem(f"left out: {what}", WHOLE_FILE)
            if self._unsourced:
                what = f"rows without address, time or words ({self._unsourced})"
                yield Problem(f"left out: {what}", WHOLE_FILE)
            if self._scores:
                what = f"rows whose words are a number alone ({self._scores})"
                yield Problem(f"left out: {what}", WHOLE_FILE)
            if self._quoted >= _FEW and 2 * len(self._words) < self._quoted:
                what = "most rows quote the same words: is 'text' a label of the vendor's?"
                yield Problem(what, WHOLE_FILE)

    def _item(self, fields: dict[str, object], pointer: str) -> SourceItem | None:
        text = _string(fields.get("text"), MAX_TEXT)
        address = web_address(_string(fields.get("url"), _MAX_NAME * 8))
        at = self._time(fields.get("created_at"))
        if self._mapping.content is Content.VENDOR_REPORT:
            if not (address and at and text.strip()):
                self._unsourced += 1
                return None
            if _SCORE.fullmatch(text.strip()):
                self._scores += 1
                return None
            self._quoted += 1
            self._words.add(hash(text.strip()))
        url = address.text if address else ""
        native_id = _string(fields.get("id"), _MAX_NAME) or url
        platform = self._mapping.platform or _string(fields.get("platform"), _MAX_NAME)
        if not native_id or not platform.strip():
            raise InputError("a row without its id or platform")
        self._replaced += "\ufffd" in text
        return SourceItem(
            native_id=RawText(native_id),
            platform=RawText(platform),
            kind=kind_of(platform),
            author=RawText(self._mapping.author or _string(fields.get("author"), _MAX_NAME)),
            created_at=at,
            url=RawText(url),
            text=RawText(text),
            gate=self._gate(address.gate if address else AccessGate.NONE),
            pointer=pointer,
        )

    def _gate(self, of_address: AccessGate) -> AccessGate:
        return of_address if self._mapping.gate is AccessGate.NONE else self._mapping.gate

    def _time(self, value: object) -> datetime | None:
        if value is None or (isinstance(value, str) and not value.strip()):
            return None
        form, zone = self._mapping.time, self._mapping.zone
        if form in (TimeForm.SECONDS, TimeForm.MILLISECONDS):
            return _since_epoch(value, 1 if form == TimeForm.SECONDS else 1000)
        written = _string(value, 100).strip()
        if form == TimeForm.RFC3339:
            return rfc3339(written)
        found = moment_of(form, written)
        if zone is not None:
            found = found.replace(tzinfo=zone)
            self._twice += found.utcoffset() != found.replace(fold=1).utcoffset()
        try:
            return found.astimezone(UTC)
        except (OverflowError, ValueError):
            pass
        raise InputError("a time that no calendar has")


def _since_epoch(value: object, parts: int) -> datetime:
    try:
        number = float(value) if isinstance(value, str | int | float) else None
        if number is not None and not isinstance(value, bool):
            return _EPOCH + timedelta(seconds=number / parts)
    except (ValueError, OverflowError):
        pass
    raise InputError("a time that is no number")


def _string(value: object, most: int) -> str:
    if value is None:
        return ""
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise InputError("a field that is no text")
    text = str(value) if isinstance(value, str) or abs(value) < 10**30 else ""
    if "\0" in text:
        raise InputError("holds a NUL")
    if len(text) > most:
        raise InputError(f"a field longer than {most} characters")
    return whole(text)
