"""The applicant sees what the manager would see, byte for byte, and answers it point by point."""

from dataclasses import dataclass, field
from typing import Final

from fastapi import Request
from starlette.responses import Response

from casework.letters.applicant_side import desk, preview_of, receipts, write_answers
from models.errors import WrongStateError
from models.letters import Awaited, Desk, NumberedAnswer
from models.rebuttal import Claim
from models.release import ReleasePackage
from models.text import RawText
from portal.applicant.exact import shown, to_keep
from portal.applicant.languages import texts_of
from portal.applicant.own import Fields, Form, Own
from portal.applicant.secrets_in import cleaned

LONGEST: Final = 2000
"""Characters of one statement."""
_NONE: Final = "none"


@dataclass
class Answers:
    """Answers as their form holds them."""

    texts: dict[str, str] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)

    def claim(self, number: int) -> str:
        """Return what was chosen for a point."""
        return self.texts.get(f"claim-{number}", "")

    def statement(self, number: int) -> str:
        """Return what was written to a point."""
        return self.texts.get(f"statement-{number}", "")


def answer_doors(own: Own) -> None:
    """Add the preview and the answers."""
    doors, pages = own.doors, own.pages

    def package_of(request: Request) -> ReleasePackage:
        return preview_of(own.case(request), **own.where(request))

    def may_answer(asked: Desk) -> bool:
        return (
            asked.awaited is Awaited.ANSWERS
            and asked.closes_at is not None
            and doors.reception.now() < asked.closes_at
        )

    def asked_of(request: Request) -> tuple[Desk, ReleasePackage]:
        asked = desk(own.case(request), **own.where(request))
        if not may_answer(asked):
            raise WrongStateError("no answer is asked for")
        package = package_of(request)
        if not package.findings:
            raise WrongStateError("there is nothing to answer")
        return asked, package

    def form(request: Request, asked: Desk, package: ReleasePackage, answers: Answers) -> Response:
        return pages.show(
            request,
            "answers.html",
            status=422 if answers.errors else 200,
            desk=asked,
            package=package,
            answers=answers,
            longest=LONGEST,
        )

    @doors.reads("/preview")
    def preview(request: Request) -> Response:
        package = package_of(request)
        asked = desk(own.case(request), **own.where(request))
        return pages.show(
            request, "preview.html", package=package, desk=asked, may_answer=may_answer(asked)
        )

    @doors.reads("/preview/page")
    def page(request: Request) -> Response:
        return shown(package_of(request))

    @doors.reads("/preview/file")
    def file(request: Request) -> Response:
        return to_keep(package_of(request))

    @doors.reads("/answers")
    def ask(request: Request) -> Response:
        return form(request, *asked_of(request), Answers())

    @doors.writes("/answers")
    def take(request: Request, sent: Form) -> Response:
        asked, package = asked_of(request)
        fields, texts = Fields(sent), texts_of(request)
        numbers = range(1, len(package.findings) + 1)
        answers = Answers(
            {
                f"{what}-{number}": fields.one(f"{what}-{number}")
                for number in numbers
                for what in ("claim", "statement")
            }
        )
        for number in numbers:
            name = f"statement-{number}"
            answers.texts[name], found = cleaned(answers.texts[name])
            if found:
                answers.errors[name] = texts["accounts.credential"]
        if fields.step() == "change":
            return form(request, asked, package, answers)
        written = _written(answers, numbers, dict(texts))
        if answers.errors:
            return form(request, asked, package, answers)
        if fields.step() != "send":
            return pages.show(
                request, "answers_check.html", package=package, answers=answers, desk=asked
            )
        case_id, where = own.case(request), own.where(request)
        write_answers(case_id, written, **where)
        return own.sent(Awaited.ANSWERS, len(receipts(case_id, **where)))


def _written(answers: Answers, numbers: range, texts: dict[str, str]) -> tuple[NumberedAnswer, ...]:
    written = []
    for number in numbers:
        claim, statement = answers.claim(number), answers.statement(number)
        if len(statement) > LONGEST:
            answers.errors[f"statement-{number}"] = texts["accounts.long"].format(count=LONGEST)
        if claim in set(Claim):
            words = RawText(statement) if statement else None
            written.append(NumberedAnswer(finding=number, claim=Claim(claim), statement=words))
        elif statement:
            answers.errors.setdefault(f"claim-{number}", texts["answers.unclaimed"])
        elif claim not in {"", _NONE}:
            answers.errors[f"claim-{number}"] = texts["answers.missing"]
    if not written and not answers.errors:
        answers.errors["claim-1"] = texts["answers.missing"]
    return tuple(written)
