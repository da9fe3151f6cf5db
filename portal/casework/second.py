"""The second review is blind: the evidence and the proposals, and no choice of the first."""

from fastapi import Request
from starlette.responses import Response

from casework.duties.queues import second_reviews_due
from casework.reviewing.second_review import give_second_review, open_blind_desk
from models.errors import UnreviewedError
from models.ids import CaseId, EvidenceId, FindingId
from portal.casework.inside import REVIEWERS, Inside, Many, case_of
from portal.casework.texts import day, short
from portal.labels import CONDUCT
from portal.web.doors import elsewhere

_YES, _NO = "yes", "no"


def second_doors(inside: Inside) -> None:
    """Add the list of drawn cases and the blind desk."""
    pages = inside.pages

    @inside.doors.reads("/second-reviews", to=REVIEWERS)
    def drawn(request: Request) -> Response:
        due = second_reviews_due(actor=inside.person(request), vault=inside.services.vault)
        tasks = [
            {
                "label": f"Case {short(one.case_id)}",
                "href": f"/cases/{one.case_id}/second-review",
                "state": "todo",
                "hint": f"due {day(one.due_at)}",
            }
            for one in due
        ]
        return pages.show(request, "second_reviews.html", tasks=tasks)

    @inside.doors.reads("/cases/{case}/second-review", to=REVIEWERS)
    def desk(request: Request, case: str) -> Response:
        case_id = case_of(case)
        shown = open_blind_desk(
            case_id, screener=inside.services.screener_of(case_id), **inside.who(request)
        )
        return pages.show(
            request,
            "second_review.html",
            case_id=case_id,
            name=short(case_id),
            findings=[
                (
                    finding.id,
                    CONDUCT[finding.proposal.conduct],
                    evidence.item.text.reveal(),
                    finding.excerpt or "",
                )
                for finding, evidence, _redaction in shown.findings
            ],
            items=[
                (one.id, one.item.author.reveal(), one.item.text.reveal())
                for one in shown.to_attribute
            ],
        )

    @inside.doors.writes("/cases/{case}/second-review", to=REVIEWERS)
    def give(
        request: Request,
        case: str,
        finding: Many = [],  # noqa: B006
        item: Many = [],  # noqa: B006
    ) -> Response:
        case_id: CaseId = case_of(case)
        give_second_review(
            case_id,
            stands={FindingId(key): yes for key, yes in _answers(finding)},
            confirmed={EvidenceId(key): yes for key, yes in _answers(item)},
            **inside.who(request),
        )
        return elsewhere("/second-reviews?said=second")


def _answers(given: list[str]) -> list[tuple[str, bool]]:
    """Read `ID=yes` and `ID=no`; an item that was left without an answer is no answer."""
    pairs = [one.partition("=") for one in given if one]
    if any(answer not in (_YES, _NO) for _key, _sign, answer in pairs):
        raise UnreviewedError("something on the desk is left unjudged")
    return [(key, answer == _YES) for key, _sign, answer in pairs]
