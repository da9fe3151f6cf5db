"""A format that is known and not read is refused by its name, and the applicant's file stays shut.

Private conversations and viewing histories are no public conduct; for the rest the refusal says
what to ask for instead.
"""

import json
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from collection.exports.html_exports import FOR_LOOKING, HTML_EXPORTS
from collection.files.limits import MAX_ENTRIES, MIB
from collection.files.reader import WHOLE_FILE, Problem
from collection.files.zip_safety import opened_zip
from models.evidence import AccessGate, SourceItem

_HEAD: Final = 4096


@dataclass(frozen=True, slots=True)
class Unsupported:
    """One known format that is not read."""

    name: str
    why: str
    """What the investigator is told; plain ASCII."""
    members: tuple[str, ...] = ()
    """Names within a zip, as patterns; one is enough."""
    head: bytes = b""
    """Pattern of how a bare file begins."""
    endings: tuple[str, ...] = ()


_PRIVATE: Final = "holds private messages, which no consent to public content covers"
_HISTORY: Final = "holds what somebody watched or asked in private, not what they said in public"

UNSUPPORTED: Final = (
    Unsupported(
        "Snapchat export",
        _PRIVATE,
        members=(r"json/(snap|chat)_history\.json", r"html/snap_history"),
    ),
    Unsupported(
        "WhatsApp chat",
        _PRIVATE,
        members=(r"(^|/)_chat\.txt", r"WhatsApp Chat with .*\.txt"),
        head=rb"(\xef\xbb\xbf)?(\xe2\x80\x8e)?\[?\d{1,2}[./]\d{1,2}[./]\d{2,4},? \d{1,2}:\d\d"
        rb"[^\n]{0,80}(end-to-end encrypted|: )",
        endings=(".txt",),
    ),
    Unsupported("Signal backup", _PRIVATE, endings=(".backup",), head=rb"[\s\S]{0,64}"),
    Unsupported(
        "Telegram export",
        _PRIVATE,
        members=(r"(^|/)(DataExport_[^/]*|ChatExport_[^/]*)/result\.json",),
    ),
    Unsupported(
        "ChatGPT export",
        _HISTORY,
        members=(r"(^|/)message_feedback\.json", r"(^|/)model_comparisons\.json"),
    ),
    Unsupported(
        "Netflix export",
        _HISTORY,
        members=(r"(CONTENT_INTERACTION|Content_Interaction)/ViewingActivity\.csv",),
        head=rb"(\xef\xbb\xbf)?(Title,Date\r?\n|Profile Name,Start Time,Duration)",
        endings=(".csv",),
    ),
    Unsupported(
        "Spotify export",
        _HISTORY,
        members=(r"(^|/)(StreamingHistory|Streaming_History)[^/]*\.json",),
    ),
    *(Unsupported(one.name, FOR_LOOKING, members=one.members) for one in HTML_EXPORTS),
    Unsupported("e-mail folder (mbox)", _PRIVATE, head=rb"From \S+ ", endings=(".mbox", ".mbx")),
    Unsupported("Outlook folder", _PRIVATE, head=rb"!BDN", endings=(".pst", ".ost")),
    Unsupported("e-mail", _PRIVATE, head=rb"[\s\S]*", endings=(".eml", ".msg")),
)

_ENDINGS: Final = tuple(
    dict.fromkeys(ending for one in UNSUPPORTED for ending in (*one.endings, ".zip"))
)


class UnsupportedReader:
    """Says of a file which format it has, and that it is not read."""

    name: Final = "not-supported"
    version: Final = "1"
    seen_versions: Final[tuple[str, ...]] = ()
    gate: Final = AccessGate.NONE

    def accepts(self, path: Path) -> bool:
        """Say whether the file has a format that is known and not read."""
        return _found(path) is not None

    def read(self, path: Path) -> Iterator[SourceItem | Problem]:
        """Yield one problem, which names the format."""
        found = _found(path)
        if found is not None:
            yield Problem(f"{found.name}: not read, it {found.why}", WHOLE_FILE)


def unsupported_sample(folder: Path, count: int) -> Path:
    """Write a zip as Snapchat's."""
    path = folder / "export.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("json/snap_history.json", json.dumps([{}] * count))
    return path


def unsupported_endings() -> tuple[str, ...]:
    """Return the ends of the names that such files have."""
    return _ENDINGS


def _found(path: Path) -> Unsupported | None:
    low = path.name.lower()
    if low.endswith(".zip"):
        names = _names(path)
        return next(
            (
                one
                for one in UNSUPPORTED
                if any(re.search(pattern, name) for pattern in one.members for name in names)
            ),
            None,
        )
    for one in UNSUPPORTED:
        if one.head and one.endings and low.endswith(one.endings):
            with path.open("rb") as file:
                if re.match(one.head, file.read(_HEAD)):
                    return one
    return None


def _names(path: Path) -> list[str]:
    if path.stat().st_size < 22 or path.stat().st_size > MIB << 20:
        return []
    archive = opened_zip(path)
    if archive is None:
        return []
    with archive:
        return archive.namelist()[:MAX_ENTRIES]
