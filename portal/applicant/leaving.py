"""Consent is taken back on a page of its own; what the applicant says of themself is voluntary."""

from typing import Annotated

from fastapi import Form, Request
from starlette.responses import Response

from casework.letters.applicant_side import desk, identify, write_withdrawal
from models.errors import InputError, WrongStateError
from models.self_identification import RaceEthnicity, SelfIdentification, Sex
from portal.applicant.languages import texts_of
from portal.applicant.own import Own
from portal.web.doors import ClosedError, elsewhere

Code = Annotated[str, Form(max_length=64)]


def leaving_doors(own: Own) -> None:
    """Add the withdrawal, and the questions that have no effect."""
    doors, pages = own.doors, own.pages

    def require_open(request: Request) -> None:
        if not desk(own.case(request), **own.where(request)).may_withdraw:
            raise WrongStateError("there is nothing to withdraw, or it is too late")

    def require_enclave(request: Request) -> None:
        if desk(own.case(request), **own.where(request)).fairness_writer is None:
            raise ClosedError

    @doors.reads("/withdraw")
    def ask_withdrawal(request: Request) -> Response:
        require_open(request)
        return pages.show(request, "withdraw.html", errors={})

    @doors.writes("/withdraw")
    def take_withdrawal(request: Request, confirm: Code = "") -> Response:
        require_open(request)
        if confirm != "yes":
            errors = {"confirm": texts_of(request)["withdraw.unconfirmed"]}
            return pages.show(request, "withdraw.html", status=422, errors=errors)
        write_withdrawal(own.case(request), **own.where(request))
        return elsewhere("/?said=sent")

    @doors.reads("/about")
    def ask_about(request: Request) -> Response:
        require_enclave(request)
        return pages.show(request, "about.html", sexes=list(Sex), groups=list(RaceEthnicity))

    @doors.writes("/about")
    def take_about(request: Request, sex: Code = "", race: Code = "") -> Response:
        require_enclave(request)
        try:
            said = SelfIdentification(
                sex=Sex(sex) if sex else None,
                race_ethnicity=RaceEthnicity(race) if race else None,
            )
        except ValueError:
            raise InputError("choose among the answers") from None
        identify(own.case(request), said, **own.where(request))
        return elsewhere("/?said=identified")
