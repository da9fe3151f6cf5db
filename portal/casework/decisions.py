"""What people do once a package is reviewed: show, release, reply, send, rule, take back."""

from typing import Any, Final

from fastapi import Request
from starlette.responses import Response

from casework.deciding.clarifications import open_questions, reply
from casework.deciding.documents import confirm_delivery, make_document
from casework.deciding.recall import recall
from casework.releasing.rebuttal import offer_rebuttal
from casework.releasing.release import release
from models.adverse import Channel, Document, DocumentKind
from models.decision_rules import Language
from models.dispute import RecallReason
from models.errors import InputError
from models.ids import CaseId
from models.rebuttal import Question, Reply
from models.text import RawText
from portal.casework.inside import (
    INVESTIGATORS,
    RELEASERS,
    REVIEWERS,
    Code,
    Inside,
    Line,
    back_to,
    case_of,
)
from portal.casework.texts import short
from portal.labels import QUESTION, REPLY
from walloff.applicants import exchange_letters

_REASONS: Final = (
    (RecallReason.LEAK, "It told something protected"),
    (RecallReason.WRONG_PERSON, "It was about somebody else"),
    (RecallReason.ERROR, "It was wrong in another way"),
    (RecallReason.STATEMENT, "The applicant’s statement is added"),
)
_KINDS: Final = (
    (DocumentKind.PRE_ADVERSE, "Packet before an adverse decision"),
    (DocumentKind.ADVERSE, "Notice of the adverse decision"),
    (DocumentKind.DISPUTE_RESULT, "Result of a dispute"),
    (DocumentKind.RECALL, "Release taken back"),
)
_CHANNELS: Final = (
    (Channel.BY_HAND, "By hand"),
    (Channel.POST, "By post"),
    (Channel.MAIL, "By e-mail"),
)
_LANGUAGES: Final = ((Language.ENGLISH, "English"), (Language.SPANISH, "Spanish"))


def decision_doors(inside: Inside) -> None:
    """Add the forms, each of one step of the casework."""
    _wall_doors(inside)
    _document_doors(inside)


def _wall_doors(inside: Inside) -> None:
    pages, services = inside.pages, inside.services

    @inside.doors.reads("/cases/{case}/offer", to=REVIEWERS)
    def offer_page(request: Request, case: str) -> Response:
        return _ask(request, inside, case_of(case), "offer")

    @inside.doors.writes("/cases/{case}/offer", to=REVIEWERS)
    def offer(request: Request, case: str) -> Response:
        offer_rebuttal(case_of(case), **inside.who(request))
        return back_to(case_of(case), "offered")

    @inside.doors.reads("/cases/{case}/release", to=RELEASERS)
    def release_page(request: Request, case: str) -> Response:
        return _ask(request, inside, case_of(case), "release")

    @inside.doors.writes("/cases/{case}/release", to=RELEASERS, step_up=True)
    def release_it(request: Request, case: str) -> Response:
        exchange_letters(services)  # an answer that came in time is not overtaken by a release
        release(case_of(case), **inside.who(request))
        inside.background.start(case_of(case), "release", soon=True)
        return back_to(case_of(case), "released")

    @inside.doors.reads("/cases/{case}/recall", to=REVIEWERS)
    def recall_page(request: Request, case: str) -> Response:
        return _ask(request, inside, case_of(case), "recall", reasons=_REASONS)

    @inside.doors.writes("/cases/{case}/recall", to=REVIEWERS)
    def recall_it(request: Request, case: str, reason: Code = "") -> Response:
        if reason not in set(RecallReason):
            raise InputError("choose why the release is taken back")
        recall(
            case_of(case),
            RecallReason(reason),
            released=services.released,
            **inside.who(request),
        )
        return back_to(case_of(case), "recalled")

    @inside.doors.reads("/cases/{case}/questions", to=REVIEWERS)
    def questions(request: Request, case: str) -> Response:
        case_id = case_of(case)
        waiting = open_questions(case_id, **inside.who(request))
        return pages.show(
            request,
            "questions.html",
            case_id=case_id,
            name=short(case_id),
            questions=[(one.finding, str(one.question), QUESTION[one.question]) for one in waiting],
            replies=[(str(one), REPLY[one].name) for one in Reply],
        )

    @inside.doors.writes("/cases/{case}/questions", to=REVIEWERS)
    def answer(
        request: Request, case: str, finding: Code = "", question: Code = "", said: Code = ""
    ) -> Response:
        if not finding.isdecimal() or question not in set(Question) or said not in set(Reply):
            raise InputError("choose a reply")
        reply(case_of(case), int(finding), Question(question), Reply(said), **inside.who(request))
        return back_to(case_of(case), "replied", part="questions")


def _document_doors(inside: Inside) -> None:
    @inside.doors.reads("/cases/{case}/documents", to=INVESTIGATORS | REVIEWERS)
    def documents(request: Request, case: str) -> Response:
        return _documents(request, inside, case_of(case))

    @inside.doors.writes("/cases/{case}/documents", to=INVESTIGATORS | REVIEWERS)
    def make(request: Request, case: str, kind: Code = "", language: Code = "") -> Response:
        case_id = case_of(case)
        if kind not in set(DocumentKind) or language not in {"", *Language}:
            raise InputError("choose a document")
        made = make_document(
            case_id,
            DocumentKind(kind),
            language=Language(language) if language else None,
            **inside.who(request),
        )
        return _documents(request, inside, case_id, made)

    @inside.doors.writes("/cases/{case}/documents/delivered", to=INVESTIGATORS | REVIEWERS)
    def delivered(
        request: Request, case: str, kind: Code = "", channel: Code = "", proof: Line = ""
    ) -> Response:
        if kind not in set(DocumentKind) or channel not in set(Channel) or not proof.strip():
            raise InputError("say how it went out, and what proves that it arrived")
        confirm_delivery(
            case_of(case),
            DocumentKind(kind),
            Channel(channel),
            RawText(proof.strip()),
            **inside.who(request),
        )
        return back_to(case_of(case), "proved")


def _ask(request: Request, inside: Inside, case_id: CaseId, what: str, **values: Any) -> Response:
    return inside.pages.show(
        request, "ask.html", case_id=case_id, name=short(case_id), what=what, **values
    )


def _documents(
    request: Request, inside: Inside, case_id: CaseId, made: Document | None = None
) -> Response:
    return inside.pages.show(
        request,
        "documents.html",
        case_id=case_id,
        name=short(case_id),
        kinds=_KINDS,
        channels=_CHANNELS,
        languages=_LANGUAGES,
        text="" if made is None else made.plain_text(),
    )
