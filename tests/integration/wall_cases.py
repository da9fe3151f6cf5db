"""Cases with planted words are taken over the wall by the real steps, all of a home together."""

import json
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any, Final

from wall_plants import Content, picture

from casework.applicant.cases import find_case, open_case
from casework.applicant.consent import sign_consent
from casework.applicant.disclosure import disclose
from casework.applicant.notice import request_notice, send_notice
from casework.attribution.attribute import settle_attribution, unattributed
from casework.gathering.source import register_source
from casework.records.holds import place_hold
from casework.releasing.rebuttal import answer, offer_rebuttal, shown_findings
from casework.releasing.release import deliver, release
from casework.reviewing.review import (
    approve,
    open_desk,
    settle_unreadable,
    waiting_for_person,
    weigh_finding,
)
from casework.screening.statements import read_statement, settle_statement
from models.case import CaseState
from models.disclosure import Account, Applicant, Blog, BlogRole, Disclosure
from models.ids import CaseId
from models.people import Role
from models.rebuttal import Claim, RebuttalAnswer
from models.segment import Segment
from models.text import RawText

DAYS_AGO: Final = 100


def across(office: Any, contents: Iterable[Content]) -> dict[CaseId, Content]:
    """Take every case to the manager's side; none is behind the other by a minute."""
    begun = office.now
    made = {reviewed(office, one, begun): one for one in contents}
    for case_id, one in made.items():
        offer_rebuttal(case_id, **office.who(Role.WALL_OFF_REVIEWER))
        if one.statement:
            answered(office, case_id, one)
    office.clock.move(days=14)
    for case_id in made:
        release(case_id, **office.who(Role.RELEASING_OFFICER))
        deliver(case_id, vault=office.vault, released=office.services.released, now=office.now)
    return made


def reviewed(office: Any, one: Content, begun: datetime) -> CaseId:
    """Take a case through every step up to its second approval."""
    investigator = office.who(Role.INVESTIGATOR)
    mail = RawText(f"{one.name}@{one.name}.example")
    applicant = Applicant(
        name=RawText(f"{one.name.title()} Applegate"),
        contact=mail,
        actor=office.people[Role.APPLICANT].id,
    )
    case_id = open_case(office.requisition.id, applicant, **investigator).id
    request_notice(case_id, **investigator)
    send_notice(case_id, vault=office.vault, now=office.now)
    policy = office.requisition.policy
    sign_consent(
        case_id,
        granted=policy.consent_items,
        refused=frozenset(),
        consequence_acknowledged=True,
        **office.who(Role.APPLICANT),
    )
    disclose(case_id, disclosure(one), **office.who(Role.APPLICANT))
    folder = office.folder / f"{one.name}-brought"
    brought(folder, one, begun)
    register_source(case_id, folder, **investigator)
    office.run(Segment.COLLECT, case_id)
    office.run(Segment.SCREEN, case_id)
    analyst = office.who(Role.ATTRIBUTION_ANALYST)
    if find_case(case_id, vault=office.vault).state is CaseState.COLLECTING:
        waiting = frozenset(found.id for found in unattributed(case_id, **analyst))
        settle_attribution(case_id, confirmed=waiting if one.mine else frozenset(), **analyst)
        office.run(Segment.SCREEN, case_id)
    if one.matter:
        matter = f"{one.matter} {one.name}"
        place_hold(case_id, matter, **office.who(Role.EVIDENCE_CUSTODIAN))
    approved(office, case_id)
    return case_id


def approved(office: Any, case_id: CaseId) -> None:
    """Two reviewers look, weigh what waits for them, and approve."""
    for reviewer in (office.people[Role.WALL_OFF_REVIEWER], office.second_reviewer):
        taken: dict[str, Any] = {"actor": reviewer, "vault": office.vault, "now": office.now}
        open_desk(case_id, screener=office.services.screener_of(case_id), **taken)
        found, unreadable = waiting_for_person(case_id, vault=office.vault)
        for waiting in found:
            weigh_finding(case_id, waiting, confirm=True, **taken)
        if unreadable:
            settle_unreadable(case_id, **taken)
        approve(case_id, **taken)


def answered(office: Any, case_id: CaseId, one: Content) -> None:
    """The applicant answers in words; what cannot be cleared is settled as the claim alone."""
    applicant = office.who(Role.APPLICANT)
    reviewer = office.who(Role.WALL_OFF_REVIEWER)
    redactor = office.services.screener_of(case_id).redactor
    finding, *_ = shown_findings(case_id, **applicant)
    words = RawText(f"{one.statement}, ask @{one.name} or https://{one.name}.example.")
    said = RebuttalAnswer(finding_id=finding, claim=Claim.CONTEXT, statement=words)
    for waiting in answer(case_id, (said,), redactor=redactor, **applicant):
        read_statement(case_id, waiting, **reviewer)
        settle_statement(case_id, waiting, None, redactor=redactor, **reviewer)
    approved(office, case_id)
    offer_rebuttal(case_id, **reviewer)


def disclosure(one: Content) -> Disclosure:
    """Return a list with the case's string in each of its places."""
    name = one.name
    return Disclosure(
        name=RawText(f"{name.title()} Applegate"),
        emails=(RawText(f"{name}@{name}.example"),),
        handles=(RawText(name),),
        accounts=(Account(platform=RawText(f"{name}.example"), handle=RawText(name)),),
        blogs=(Blog(address=RawText(f"https://{name}.example/blog"), role=BlogRole.OWNER),),
        uncertain=(RawText(f"{name}-old"),),
    )


def brought(folder: Any, one: Content, begun: datetime) -> None:
    """Write the files of a case: its string is in their names, addresses and ids."""
    folder.mkdir(parents=True)
    name = one.name
    lines = [
        {
            "id": f"{name}-{number}",
            "created_at": (begun - timedelta(days=DAYS_AGO, hours=one.hours)).isoformat(),
            "platform": one.platform or f"{name}.example",
            "author": name if one.mine else f"{name}-of-another",
            "url": f"https://{name}.example/{name}/{number}",
            "text": text,
        }
        for number, text in enumerate(one.posts)
    ]
    (folder / f"{name}.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    for number, words in enumerate(one.pictures):
        (folder / f"IMG_{name}_{number}.png").write_bytes(picture(name, words))
