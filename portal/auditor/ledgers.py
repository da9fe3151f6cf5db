"""The pages that list entries: the whole log, and each ledger with its months as a drawing."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Annotated, Final

from fastapi import Path, Query, Request
from starlette.responses import Response

from casework.counsel.ledgers import (
    ACTIONS,
    Ledger,
    every_entry,
    read_entries,
    read_entry,
    read_months,
)
from models.audit import AuditAction
from models.errors import RecordNotFoundError
from models.people import Actor
from portal.auditor.filters import Filters, filters_of, leading_to
from portal.auditor.tables import Cell, Row, Table, export
from portal.web.charts import Chart, chart
from portal.web.doors import Doors, visitor_of
from portal.web.pages import Pages
from storage.log_index import LogIndex, Numbered

SHOWN: Final = 50
MONTHS: Final = 12
_SERIES: Final = 3
COLUMNS: Final = ("Entry", "Time (UTC)", "Person", "Role", "Action", "About", "Code", "Count")

Key = Annotated[str, Query(max_length=64)]
Form = Annotated[str, Path(max_length=8)]
Name = Annotated[str, Path(max_length=128)]


@dataclass(frozen=True, slots=True)
class Listing:
    """One list of entries: its path, its heading, and what it says of itself."""

    path: str
    ledger: str
    heading: str
    about: str


LISTINGS: Final = (
    Listing("/entries", "", "The whole log", "Every entry, newest first."),
    Listing(
        "/consents",
        Ledger.CONSENTS,
        "Consent ledger",
        "Notices, consents, refusals and withdrawals. How many items were granted is the count;"
        " which they were stays with the case.",
    ),
    Listing(
        "/access",
        Ledger.ACCESS,
        "Access log",
        "Who looked at what: raw evidence, releases, previews, copies, exports; and every refusal,"
        " with its code.",
    ),
    Listing(
        "/retention",
        Ledger.RETENTION,
        "Retention",
        "What entered retention, what was held and let go, and when was swept. Dates are in the"
        " calendar, which is a report.",
    ),
    Listing(
        "/retention/destruction",
        Ledger.DESTRUCTION,
        "Destruction",
        "The code of a destruction is the rule that decided. A certificate's digest stands in its"
        " entry; the certificate itself is a report.",
    ),
    Listing(
        "/quality",
        Ledger.QUALITY,
        "Reviewer quality",
        "What was drawn, looked at a second time and measured. Figures are in a report.",
    ),
)


def auditor_of(request: Request) -> Actor:
    """Return who asks, as the casework knows them."""
    visitor = visitor_of(request)
    return Actor(id=visitor.actor, roles=visitor.roles)


def words(code: str) -> str:
    """Return a code as words."""
    return code.replace("-", " ").capitalize()


def ledger_doors(doors: Doors, pages: Pages, index: LogIndex) -> None:
    """Add a page and an export for each list, and the page of one entry."""
    for listing in LISTINGS:
        _listing_doors(doors, pages, index, listing)

    @doors.reads("/entries/{number}")
    def entry(request: Request, number: Name) -> Response:
        if not number.isascii() or not number.isdigit() or len(number) > 18:
            raise RecordNotFoundError("no such entry")
        found = read_entry(index, int(number), actor=auditor_of(request))
        return pages.show(request, "entry.html", one=found)


def _listing_doors(doors: Doors, pages: Pages, index: LogIndex, listing: Listing) -> None:
    every = ACTIONS[Ledger(listing.ledger)] if listing.ledger else tuple(AuditAction)
    actions = [(str(one), words(one)) for one in every]

    @doors.reads(listing.path)
    def page(request: Request, after: Key = "") -> Response:
        actor, filters = auditor_of(request), filters_of(request.query_params)
        table = _table(listing, filters, index, actor, after)
        months = read_months(index, listing.ledger, actor=actor) if listing.ledger else {}
        return pages.show(
            request,
            "listing.html",
            status=422 if filters.errors else 200,
            listing=listing,
            filters=filters,
            actions=actions,
            table=table,
            after=after,
            figure=by_month(f"{listing.heading} by month", months),
        )

    @doors.reads(listing.path + ".{form}", step_up=True)
    def file(request: Request, form: Form) -> Response:
        actor, filters = auditor_of(request), filters_of(request.query_params)
        if filters.errors:
            raise RecordNotFoundError("nothing can be asked for so")
        # Asked for here, so that a refusal is an answer and not a file cut short.
        read_entries(index, filters.asked(listing.ledger), actor=actor, limit=1)
        found = every_entry(index, filters.asked(listing.ledger), actor=actor)
        return export(listing.path.rpartition("/")[2], form, COLUMNS, _rows(found))


def _table(listing: Listing, filters: Filters, index: LogIndex, actor: Actor, after: str) -> Table:
    found: list[Numbered] = []
    if not filters.errors:
        asked = filters.asked(listing.ledger)
        found = read_entries(index, asked, actor=actor, after=after, limit=SHOWN + 1)
    shown, more = found[:SHOWN], len(found) > SHOWN
    return Table(
        caption=listing.heading,
        columns=COLUMNS,
        rows=tuple(_rows(shown)),
        empty="No entry is like that." if filters.any else "Nothing was handed over yet.",
        next=shown[-1].key if more else "",
    )


def _rows(found: Iterable[Numbered]) -> Iterator[Row]:
    for each in found:
        one = each.entry
        yield (
            Cell(str(each.position), f"/entries/{each.position}"),
            Cell(f"{one.at:%Y-%m-%d %H:%M:%S}"),
            Cell(one.actor, leading_to("/entries", person=one.actor)),
            Cell(one.role),
            Cell(one.action),
            Cell(one.object_id, leading_to("/entries", about=one.object_id)),
            Cell(one.code),
            Cell("" if one.count is None else str(one.count)),
        )


def by_month(title: str, months: Mapping[str, Mapping[str, int]]) -> Chart | None:
    """Draw the newest months: the most frequent actions, and the rest together."""
    if not months:
        return None
    labels = _newest(max(months))
    shown = [months.get(label, {}) for label in labels]
    counts: dict[str, int] = {}
    for month in shown:
        for action, count in month.items():
            counts[action] = counts.get(action, 0) + count
    order: Callable[[str], tuple[int, str]] = lambda action: (-counts[action], action)  # noqa: E731
    ranked = sorted(counts, key=order)
    most, rest = ranked[:_SERIES], ranked[_SERIES:]
    if len(rest) == 1:
        most, rest = ranked, []
    series = {words(action): [month.get(action, 0) for month in shown] for action in most}
    if rest:
        series["All others"] = [sum(month.get(action, 0) for action in rest) for month in shown]
    return chart(
        "stacked",
        title,
        labels,
        series,
        description="The newest twelve months, whatever the filter asks for.",
        id="months",
    )


def _newest(last: str) -> list[str]:
    year, month = map(int, last.split("-"))
    end = year * 12 + month - 1
    return [f"{at // 12}-{at % 12 + 1:02}" for at in range(end - MONTHS + 1, end + 1)]
