"""What was put away, made ready to be read once the look is on record.

What does not read as its kind is shown as it is: the custodian is to have it either way.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from casework.criminal.custody_chain import COPY
from models.disclosure import SensitiveIdentifiers
from models.evidence import Evidence
from models.peer_reports import Reporter, WatchReport
from models.referral import CustodyAct, CustodyLink, SealedCopy
from portal.custody.duties import REPORTER, SENSITIVE, WATCH

ACTS: Final[Mapping[CustodyAct, str]] = {
    CustodyAct.FLAGGED: "Flagged",
    CustodyAct.SEALED: "A copy was sealed to you",
    CustodyAct.LOCATOR_PRESERVED: "The place was written down",
    CustodyAct.CALLED: "The emergency services were called",
    CustodyAct.REPORTED: "The report was made",
    CustodyAct.RECEIVED: "Received",
}

Row = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Content:
    """What a page shows of one thing."""

    rows: tuple[Row, ...] = ()
    items: tuple[tuple[tuple[Row, ...], str], ...] = ()
    """Of each item what is known of it, and its words."""
    chain: tuple[dict[str, str], ...] = ()
    listed: tuple[str, ...] = ()
    referral: str = ""
    plain: str = ""
    """The whole of it, where it is of no kind that is known here."""


def content_of(kind: str, body: bytes) -> Content:
    """Return what a page shows of a thing that was opened."""
    try:
        return _READ[kind](body)
    except (KeyError, ValueError):
        return Content(plain=body.decode("utf-8", "replace"))


def moment(at: datetime | None) -> str:
    """Write a time down as every page has it."""
    return "not known" if at is None else f"{at:%Y-%m-%d %H:%M} UTC"


def _copy(body: bytes) -> Content:
    copy = SealedCopy.model_validate_json(body)
    return Content(
        rows=(("Referral", copy.kept.referral), ("Items", str(len(copy.kept.items)))),
        items=tuple(_item(one) for one in copy.kept.items),
        chain=tuple(_link(one) for one in copy.chain),
        referral=copy.kept.referral,
    )


def _item(one: Evidence) -> tuple[tuple[Row, ...], str]:
    item = one.item
    rows = (
        ("Platform", item.platform.reveal()),
        ("Kind", item.kind.value),
        ("Author", item.author.reveal()),
        ("Written", moment(item.created_at)),
        ("Address", item.url.reveal()),
        ("Place in the capture", item.pointer),
        ("Item", one.id),
        ("Capture", one.capture_id),
    )
    return tuple(row for row in rows if row[1]), item.text.reveal()


def _link(one: CustodyLink) -> dict[str, str]:
    digest = "" if one.sha256 is None else f"SHA-256 {one.sha256}"
    return {
        "what": ACTS[one.act],
        "when": moment(one.at),
        "at": one.at.isoformat(),
        "who": one.actor,
        "why": digest,
    }


def _sensitive(body: bytes) -> Content:
    found = SensitiveIdentifiers.model_validate_json(body)
    return Content(listed=tuple(one.reveal() for one in found.identifiers))


def _reporter(body: bytes) -> Content:
    found = Reporter.model_validate_json(body)
    rows = (
        ("Person", found.person),
        ("Name", found.name.reveal()),
        ("Given", moment(found.given_at)),
    )
    return Content(rows=rows)


def _watch(body: bytes) -> Content:
    found = WatchReport.model_validate_json(body)
    steps = tuple(f"{one.on}: {one.kind.value.replace('-', ' ')}" for one in found.steps)
    return Content(rows=(("As of", str(found.day)),), listed=steps or ("No step was taken",))


_READ: Final[Mapping[str, Callable[[bytes], Content]]] = {
    COPY: _copy,
    SENSITIVE: _sensitive,
    REPORTER: _reporter,
    WATCH: _watch,
}
