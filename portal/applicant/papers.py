"""What was sent to the applicant, and copies of what they sent: to read, and to keep."""

from collections.abc import Mapping
from typing import Annotated, Final

from fastapi import Path, Request
from starlette.responses import Response

from casework.letters.applicant_side import read, shelf
from models.letters import AnswersLetter, ConsentLetter, ShelfKind
from models.release import ReleasePackage
from portal.applicant import exact
from portal.applicant.languages import texts_of
from portal.applicant.own import Own
from portal.web.doors import ClosedError

SHOWN: Final = (ShelfKind.NOTICE, ShelfKind.PREVIEW, ShelfKind.DOCUMENT, ShelfKind.WRITTEN)

Kind = Annotated[str, Path(max_length=16)]
Position = Annotated[str, Path(max_length=6, pattern=r"^[0-9]{1,6}$")]


def paper_doors(own: Own) -> None:
    """Add the documents."""
    doors, pages = own.doors, own.pages

    def bytes_of(request: Request, kind: str, position: str) -> tuple[ShelfKind, bytes]:
        if kind not in SHOWN or not position.isascii():
            raise ClosedError
        found = ShelfKind(kind)
        return found, read(own.case(request), found, int(position), **own.where(request))

    @doors.reads("/papers")
    def papers(request: Request) -> Response:
        found = shelf(own.case(request), **own.where(request))
        listed = sorted(
            (one for one in found if one.kind in SHOWN),
            key=lambda one: (one.at, one.kind, one.position),
            reverse=True,
        )
        return pages.show(request, "papers.html", papers=listed)

    @doors.reads("/papers/{kind}/{position}")
    def paper(request: Request, kind: Kind, position: Position) -> Response:
        found, body = bytes_of(request, kind, position)
        if found is ShelfKind.PREVIEW:
            return exact.shown(ReleasePackage.from_payload(body))
        text = words_of(found, body, texts_of(request))
        return pages.show(request, "paper.html", kind=found, position=position, text=text)

    @doors.reads("/papers/{kind}/{position}/file")
    def file(request: Request, kind: Kind, position: Position) -> Response:
        found, body = bytes_of(request, kind, position)
        if found is ShelfKind.PREVIEW:
            return exact.to_keep(ReleasePackage.from_payload(body))
        name = f"walloff-{found}-{int(position)}.txt"
        return Response(
            words_of(found, body, texts_of(request)),
            media_type="text/plain",
            headers={"content-disposition": f'attachment; filename="{name}"'},
        )


def words_of(kind: ShelfKind, body: bytes, texts: Mapping[str, str]) -> str:
    """Return a document as text; a copy of what was written in the words of its form."""
    if kind is not ShelfKind.WRITTEN:
        return body.decode("utf-8", "replace")
    try:
        return _consent(ConsentLetter.model_validate_json(body), texts)
    except ValueError:
        pass
    try:
        return _answers(AnswersLetter.model_validate_json(body), texts)
    except ValueError:
        raise ClosedError from None


def _consent(letter: ConsentLetter, texts: Mapping[str, str]) -> str:
    answered = [(one, texts["papers.yes"]) for one in letter.granted]
    answered += [(one, texts["papers.no"]) for one in letter.refused]
    lines = [f"{texts[f'item.{one}.name']}: {answer}" for one, answer in sorted(answered)]
    read_it = texts["papers.yes" if letter.consequence_acknowledged else "papers.no"]
    return "\n".join([*lines, f"{texts['papers.acknowledged']}: {read_it}"])


def _answers(letter: AnswersLetter, texts: Mapping[str, str]) -> str:
    parts = []
    for one in letter.answers:
        point = texts["answers.point"].format(number=one.finding)
        words = "" if one.statement is None else f"\n{one.statement.reveal()}"
        parts.append(f"{point}: {texts[f'claim.{one.claim}.name']}{words}")
    return "\n\n".join(parts)
