"""A decision is filled in, checked on a page that lists what will be sent, and then sent.

The inside takes it in and asks every gate again; what became of it stands among the letters.
"""

from typing import Annotated

from fastapi import Form, Path, Request
from starlette.responses import Response

from casework.deciding.manager_side import check_decision, write_decision
from casework.releasing.look import look
from models.clauses import RationaleError
from models.errors import InputError, NoCriterionError
from models.ids import CaseId
from models.release import ReleasePackage
from portal.manager.forms import (
    LONGEST,
    Number,
    Several,
    Text,
    Written,
    alternatives_of,
    outcome_of,
    reasons_of,
)
from portal.web.doors import Doors, elsewhere, visitor_of
from portal.web.pages import Pages
from storage.released import ReleasedVault

Case = Annotated[str, Path(max_length=64)]
Step = Annotated[str, Form(max_length=16)]


def decision_doors(doors: Doors, pages: Pages, released: ReleasedVault) -> None:
    """Add the pages on which a manager decides."""

    def package_of(request: Request, case: str) -> ReleasePackage:
        return look(
            CaseId(case),
            actor=visitor_of(request).actor,
            released=released,
            now=doors.reception.now(),
        )

    def asked(
        request: Request,
        case: str,
        package: ReleasePackage,
        written: Written,
        errors: dict[str, str],
    ) -> Response:
        return pages.show(
            request,
            "decision.html",
            status=422 if errors else 200,
            case=case,
            package=package,
            written=written,
            errors=errors,
            longest=LONGEST,
        )

    @doors.reads("/cases/{case}/decision")
    def ask(request: Request, case: Case) -> Response:
        return asked(request, case, package_of(request, case), Written(), {})

    @doors.writes("/cases/{case}/decision")
    def take(
        request: Request,
        case: Case,
        step: Step = "check",
        outcome: Number = "",
        cited: Several = [],  # noqa: B006 - FastAPI copies it
        supported: Several = [],  # noqa: B006
        criterion: Number = "",
        evidence: Number = "",
        alternatives: Several = [],  # noqa: B006
        assessment: Text = "",
    ) -> Response:
        written = Written(
            outcome=outcome,
            cited=tuple(cited),
            supported=tuple(one for one in supported if one),
            criterion=criterion,
            evidence=evidence,
            alternatives=tuple(alternatives),
            assessment=assessment.replace("\r\n", "\n").strip(),
        )
        package = package_of(request, case)
        if step == "change":
            return asked(request, case, package, written, {})
        errors: dict[str, str] = {}
        if not 1 <= len(written.assessment) <= LONGEST:
            errors["assessment"] = f"Write your assessment, in at most {LONGEST} characters."
        criteria = tuple(one.criterion for one in package.findings)
        where = {
            "actor": visitor_of(request).actor,
            "released": released,
            "now": doors.reception.now(),
        }
        try:
            decided, reasons = outcome_of(outcome), reasons_of(written, criteria)
            given = {"reasons": reasons, "assessment": written.assessment}
            if not errors and step == "send":
                write_decision(
                    CaseId(case),
                    decided,
                    alternatives=alternatives_of(written),
                    **given,  # type: ignore[arg-type]
                    **where,  # type: ignore[arg-type]
                )
                return elsewhere(f"/cases/{case}/letters?said=decided")
            alternatives_of(written)
            check_decision(CaseId(case), decided, **given, **where)  # type: ignore[arg-type]
        except NoCriterionError:
            errors["cited"] = "A decision against the applicant cites what it rests on."
        except RationaleError as error:
            errors["assessment"] = f"These characters may not stand in an assessment: {error}"
        except InputError as error:
            words = str(error)
            errors["outcome" if not outcome else "cited"] = f"{words[0].upper()}{words[1:]}."
        if errors:
            return asked(request, case, package, written, errors)
        return pages.show(
            request, "check.html", case=case, written=written, decided=decided, reasons=reasons
        )
