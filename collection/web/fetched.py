"""What Walloff fetched itself is read out of its recording, by the connector that asked for it.

The recording is the original: nothing that was seen while fetching counts. Whoever made it wrote
down by which step each answer was asked for (`Walloff-Step`); an answer without one is not read.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from warcio.recordloader import ArcWarcRecord

from collection.files.inflate import Inflate
from collection.files.limits import MAX_LISTED, MAX_RECORD
from collection.files.reader import WHOLE_FILE, Problem
from collection.pages.warc_records import Lost, Record, parsed, payload_of, records_of
from collection.web.connector import Got
from collection.web.connectors import connector_of_step
from models.errors import InputError
from models.evidence import AccessGate, SourceItem

ENDING: Final = ".fetched.warc.gz"
_STEP: Final = "Walloff-Step"


class FetchedReader:
    """Reads the recordings that `walloff case fetch` writes."""

    name: Final = "fetched"
    version: Final = "1"
    seen_versions: Final = ("1",)
    gate: Final = AccessGate.NONE

    def accepts(self, path: Path) -> bool:
        """Say whether the file's name ends in `.fetched.warc.gz`."""
        return path.name.lower().endswith(ENDING)

    def read(self, path: Path) -> Iterator[SourceItem | Problem]:
        """Yield what each answer says, each post once."""
        told: dict[str, str] = {}
        seen: set[tuple[str, str]] = set()
        faults = 0
        try:
            with Inflate(path) as stream:
                for record in records_of(stream):
                    for part in _parts(record, told):
                        if isinstance(part, Problem):
                            faults += 1
                            if faults <= MAX_LISTED:
                                yield part
                            continue
                        key = (part.native_id.reveal(), part.text.reveal())
                        if key not in seen:
                            seen.add(key)
                            yield part
        except InputError as damage:
            yield Problem(f"fetched: {damage.fault}", WHOLE_FILE)
        if faults > MAX_LISTED:
            yield Problem(f"{faults - MAX_LISTED} more problems", WHOLE_FILE)


def _parts(record: Record | Lost, told: dict[str, str]) -> Iterator[SourceItem | Problem]:
    pointer = f"record:{record.number}"
    if isinstance(record, Lost):
        yield Problem(f"fetched: {record.fault}", pointer)
        return
    if record.block is None:
        yield Problem(f"a record of more than {MAX_RECORD} bytes was not read", pointer)
        return
    try:
        found = parsed(record)
        step = str(found.rec_headers.get_header(_STEP) or "")
        connector = connector_of_step(step)
        if found.rec_type != "response" or found.http_headers is None or connector is None:
            return
        if not str(found.http_headers.get_statuscode()).startswith("2"):
            return
        got = _got(found, step, pointer, told)
        told.update(connector.told(got))
        yield from connector.items(got)
    except InputError as damage:
        yield Problem(damage.fault, pointer)


def _got(found: ArcWarcRecord, step: str, pointer: str, told: dict[str, str]) -> Got:
    headers = found.http_headers
    kind = str(headers.get_header("Content-Type") or "")
    return Got(
        step=step,
        url=str(found.rec_headers.get_header("WARC-Target-URI") or "").strip("<> "),
        status=int(str(headers.get_statuscode())),
        media_type=kind.partition(";")[0].strip().lower(),
        content=payload_of(found),
        content_type=kind,
        pointer=pointer,
        told=dict(told),
    )
