"""Who had which part in which case, and who had two that are to be apart: from the log alone."""

from collections.abc import Iterable, Iterator
from typing import Annotated, Final

from fastapi import Path, Query, Request
from starlette.responses import Response

from casework.counsel.ledgers import APART, PARTS, Crossing, read_crossings, read_parts
from models.people import Actor
from portal.auditor.filters import filters_of, leading_to
from portal.auditor.ledgers import auditor_of, words
from portal.auditor.tables import Cell, Row, Table, export
from portal.web.doors import Doors
from portal.web.pages import Pages
from storage.log_index import LogIndex, Part

SHOWN: Final = 50
CROSSINGS: Final = 100
COLUMNS: Final = ("Case", "Person", "Part", "Times", "First (UTC)", "Last (UTC)")
CROSSED: Final = ("Case", "Person", "Has", "And", "First (UTC)", "Then (UTC)")

Key = Annotated[str, Query(max_length=256)]
Form = Annotated[str, Path(max_length=8)]


def exposure_doors(doors: Doors, pages: Pages, index: LogIndex) -> None:
    """Add the exposure ledger, the crossings, and their exports."""

    @doors.reads("/access/exposures")
    def exposures(request: Request, after: Key = "") -> Response:
        actor, filters = auditor_of(request), filters_of(request.query_params, ("person", "about"))
        part = _part(request)
        found: list[Part] = []
        if not filters.errors:
            found = read_parts(
                index,
                person=filters.said["person"],
                case_id=filters.said["about"],
                part=part,
                after=after,
                limit=SHOWN + 1,
                actor=actor,
            )
        shown, more = found[:SHOWN], len(found) > SHOWN
        table = Table(
            "Who had which part in which case",
            COLUMNS,
            tuple(_rows(shown)),
            empty="Nobody had such a part.",
            next=_key(shown[-1]) if more else "",
        )
        return pages.show(
            request,
            "exposures.html",
            status=422 if filters.errors else 200,
            filters=filters,
            part=part,
            parts=[(one, words(one)) for one in PARTS],
            table=table,
            after=after,
        )

    @doors.reads("/access/exposures.{form}", step_up=True)
    def file(request: Request, form: Form) -> Response:
        actor, filters = auditor_of(request), filters_of(request.query_params, ("person", "about"))
        person, about = filters.said["person"], filters.said["about"]
        read_parts(index, limit=1, actor=actor)
        found = _every(index, person, about, _part(request), actor)
        return export("exposures", form, COLUMNS, _rows(found))

    @doors.reads("/access/separation")
    def separation(request: Request) -> Response:
        found = read_crossings(index, actor=auditor_of(request), limit=CROSSINGS)
        table = Table(
            "Two parts that are to be apart",
            CROSSED,
            tuple(_crossed(found)),
            empty="Nobody has two such parts in one case.",
        )
        return pages.show(
            request,
            "separation.html",
            table=table,
            cut=len(found) == CROSSINGS,
            apart=[(words(one), words(other)) for one, other in APART],
        )

    @doors.reads("/access/separation.{form}", step_up=True)
    def crossings(request: Request, form: Form) -> Response:
        found = read_crossings(index, actor=auditor_of(request), limit=CROSSINGS)
        return export("separation", form, CROSSED, _crossed(found))


def _part(request: Request) -> str:
    said = request.query_params.get("part", "")
    return said if said in PARTS else ""


def _key(one: Part) -> str:
    return f"{one.object_id}~{one.actor}~{one.part}"


def _every(index: LogIndex, person: str, about: str, part: str, actor: Actor) -> Iterator[Part]:
    after = ""
    while found := read_parts(
        index, person=person, case_id=about, part=part, after=after, limit=1000, actor=actor
    ):
        yield from found
        after = _key(found[-1])


def _rows(found: Iterable[Part]) -> Iterator[Row]:
    for one in found:
        yield (
            Cell(one.object_id, leading_to("/entries", about=one.object_id)),
            Cell(one.actor, leading_to("/entries", about=one.object_id, person=one.actor)),
            Cell(one.part),
            Cell(str(one.count)),
            Cell(f"{one.first:%Y-%m-%d %H:%M:%S}"),
            Cell(f"{one.last:%Y-%m-%d %H:%M:%S}"),
        )


def _crossed(found: Iterable[Crossing]) -> Iterator[Row]:
    for one in found:
        yield (
            Cell(one.object_id, leading_to("/entries", about=one.object_id)),
            Cell(one.actor, leading_to("/entries", about=one.object_id, person=one.actor)),
            Cell(one.first.part),
            Cell(one.second.part),
            Cell(f"{one.first.first:%Y-%m-%d %H:%M:%S}"),
            Cell(f"{one.second.first:%Y-%m-%d %H:%M:%S}"),
        )
