"""What searchers type: queries, terms, personas, viewings, friends, and the papers of consent."""

from pathlib import Path
from typing import Any

from casework.applicant.consent import sign_consent
from casework.applicant.disclosure import disclose
from casework.applicant.notice import request_notice, send_notice
from models.applicant_rules import (
    ApplicantRules,
    ContactCondition,
    ContactRules,
    RefusalEffect,
    RefusalRule,
)
from models.consent import ConsentItem
from models.disclosure import Disclosure
from models.people import Role
from models.requisition import EmployerType, VettingMode
from models.search_rules import SearchRules
from models.text import RawText

INVESTIGATOR = {"role": Role.INVESTIGATOR}
REVIEWER = {"role": Role.WALL_OFF_REVIEWER}
SUPERVISOR = {"role": Role.SUPERVISOR}
OWNER = {"role": Role.POLICY_OWNER}
MANAGER = {"role": Role.HIRING_MANAGER}
PLAIN = {"delivery_proof": False, "signature": False, "asks": frozenset()}


def reopened(office: Any, **changes: Any) -> None:
    office.requisition = office.open(notice_lead_days=0, **changes)


def test_a_query_is_checked_made_and_listed(typed: Any, prepared: Any) -> None:
    number = "Rowan Applegate 219-09-9999"
    told = typed("query", "check", stdin=number, home=False)
    assert told.code == 3
    assert "E-S8-SSN-EGRESS" in told.err
    assert "219" not in told.err + told.out
    case = prepared.disclosed()
    make = ("query", "make", case, "--json")
    typed(*make, stdin="rowan_a", **MANAGER).refused("not-permitted")
    typed(*make, stdin=number, **INVESTIGATOR).refused("E-S8-SSN-EGRESS")
    typed(*make, "--as", "a cousin", stdin="rowan_a", **INVESTIGATOR).refused("E-S9-MISREP")
    assert typed(*make, stdin="rowan_a", **INVESTIGATOR).json["query"] == 1
    typed("query", "list", case, **MANAGER).refused("E-S10-RAW-ACCESS")
    (listed,) = typed("query", "list", case, "--json", **INVESTIGATOR).json
    assert listed["text"] == "rowan_a"
    assert "rowan_a" in typed("query", "list", case, **INVESTIGATOR).out


def test_terms_are_reviewed_by_the_policy_owner(typed: Any) -> None:
    how = ("--version", "3", "--rule", "s. 4", "--next-review", "2026-12-01", "--by-hand")
    review = ("terms", "review", "forum.example", *how, "--json")
    typed(*review, **INVESTIGATOR).refused("not-permitted")
    typed(*review, "--automated", **OWNER).refused("input", exit_code=2)
    assert typed(*review, **OWNER).json["by_hand"] is True
    typed("terms", "list", **MANAGER).refused("not-permitted")
    assert len(typed("terms", "list", "--json", **INVESTIGATOR).json) == 1
    assert "Terms" in typed("terms", "list", **INVESTIGATOR).out
    typed("terms", "show", "elsewhere.example", **INVESTIGATOR).refused("record-not-found")
    typed("terms", "show", "forum.example", **MANAGER).refused("not-permitted")
    assert typed("terms", "show", "forum.example", "--json", **INVESTIGATOR).json["version"] == "3"
    assert "s. 4" in typed("terms", "show", "forum.example", **INVESTIGATOR).out


def test_a_persona_is_asked_for_approved_used_and_retired(typed: Any, prepared: Any) -> None:
    how = ("--platform", "forum", "--platform-rule", "barred", "--purpose", "fraud ring")
    request = ("persona", "request", *how, "--name", "Sam Winter", "--handle", "sam_w", "--json")
    typed(*request, "--matter", "INV-7", **MANAGER).refused("not-permitted")
    case = prepared.drafted()
    typed(*request, "--matter", case, **INVESTIGATOR).refused("E-I1-PERSONA-IN-VETTING")
    persona = typed(*request, "--matter", "INV-7", **INVESTIGATOR).json["persona"]
    use = ("persona", "use", persona, "--matter", "INV-7", "--json")
    typed(*use, **INVESTIGATOR).refused("E-I1-UNAPPROVED-PERSONA")
    approve = ("persona", "approve", persona, "--until", "2026-12-01", "--json")
    typed(*approve, **INVESTIGATOR).refused("not-permitted")
    assert typed(*approve, **SUPERVISOR).json["persona"] == persona
    assert typed(*use, **INVESTIGATOR).json["matter"] == "INV-7"
    typed("persona", "list", **MANAGER).refused("not-permitted")
    shown = typed("persona", "list", "--json", **SUPERVISOR)
    assert shown.json[0]["approved"] is True
    assert "Winter" not in shown.out + typed("persona", "list", **SUPERVISOR).out
    retire = ("persona", "retire", persona, "--json")
    typed(*retire, **INVESTIGATOR).refused("not-permitted")
    assert typed(*retire, **SUPERVISOR).json["retired"] is True


def test_a_viewing_is_started_ended_and_listed(typed: Any, prepared: Any) -> None:
    items = prepared.requisition.policy.consent_items | {ConsentItem.SUPERVISED_VIEWING}
    reopened(
        prepared,
        jurisdiction="US-MD",
        employer_type=EmployerType.PRIVATE,
        search=SearchRules(terms_reviewed=False, supervised_viewing=True),
        consent_items=items,
    )
    case = prepared.disclosed()
    start = ("viewing", "start", case, "--json")
    typed(*start, **INVESTIGATOR).refused("not-permitted")
    typed(*start, "--present", "the-hiring-manager", **REVIEWER).refused("E-S6-HM-PRESENT")
    assert typed(*start, "--present", "another-reviewer", **REVIEWER).json["rule"]
    end = ("viewing", "end", case, "--note", "account-shown", "--json")
    typed(*end, **REVIEWER).refused("E-S6-NO-EXPLANATION-OFFERED")
    offered = ("--explanation-offered", "--explanation-on-stdin")
    typed(*end, *offered, stdin="My cousin's.", **MANAGER).refused("not-permitted")
    typed("viewing", "close", case, **REVIEWER).refused("wrong-state")
    assert typed(*end, *offered, stdin="My cousin's.", **REVIEWER).json["ended"] is True
    typed("viewing", "list", case, **MANAGER).refused("E-S10-RAW-ACCESS")
    (found,) = typed("viewing", "list", case, "--json", **REVIEWER).json
    assert found["notes"] == ["account-shown"]
    assert "account-shown" in typed("viewing", "list", case, **REVIEWER).out


def test_a_friend_is_spoken_to_with_leave(typed: Any, prepared: Any, tmp_path: Path) -> None:
    named = ContactCondition.NAMED_BY_APPLICANT
    script = tmp_path / "script.txt"
    script.write_text("I work for the agency.")
    contact = ContactRules(
        conditions=frozenset({named}), script="I work for the agency.", disclosure_text="A report."
    )
    items = frozenset({ConsentItem.PUBLIC_FORUM, ConsentItem.CONTACT_OF_FRIENDS})
    rules = ApplicantRules(**PLAIN, contact=contact)
    reopened(prepared, consent_items=items, applicant=rules)
    case = noticed_disclosed(prepared)
    whom = tmp_path / "whom.txt"
    whom.write_text("Rowan's cousin\nnamed on the form\n")
    propose = ("contact", "propose", case, "--file", whom, "--json", "--condition")
    typed(*propose, named, **MANAGER).refused("not-permitted")
    typed(*propose, "danger-to-somebody", **INVESTIGATOR).refused("E-N3-FRIEND-CONTACT")
    made = typed(*propose, named, **INVESTIGATOR).json["contact"]
    record = ("contact", "record", case, made, "--script", script, "--json")
    typed(*record, **INVESTIGATOR).refused("E-N3-FRIEND-CONTACT")
    approve = ("contact", "approve", case, made, "--json")
    typed(*approve, **INVESTIGATOR).refused("not-permitted")
    assert typed(*approve, **SUPERVISOR).json["approved"] is True
    assert typed(*record, **INVESTIGATOR).json["made"] is True
    typed("contact", "list", case, **MANAGER).refused("E-S10-RAW-ACCESS")
    listed = typed("contact", "list", case, "--json", **INVESTIGATOR)
    assert listed.json[0]["contact"] == made
    assert "cousin" not in listed.out + typed("contact", "list", case, **INVESTIGATOR).out
    missing = (*propose[:4], tmp_path / "cousin.txt", *propose[5:])
    assert typed(*missing, named, **INVESTIGATOR).code == 2


def told_at_stage(office: Any) -> Any:
    case_id = office.drafted()
    stage = office.requisition.policy.notice_stage
    request_notice(case_id, stage=stage, **office.who(Role.INVESTIGATOR))
    send_notice(case_id, vault=office.vault, now=office.now)
    return case_id


def noticed_disclosed(office: Any) -> Any:
    case_id = told_at_stage(office)
    sign_consent(
        case_id,
        granted=office.requisition.policy.consent_items,
        refused=frozenset(),
        consequence_acknowledged=True,
        **office.who(Role.APPLICANT),
    )
    disclose(case_id, Disclosure(name=RawText("Rowan")), **office.who(Role.APPLICANT))
    return case_id


def test_consent_has_its_papers_one_file_each(typed: Any, prepared: Any, tmp_path: Path) -> None:
    rules = ApplicantRules(**PLAIN, employer_name="Acme")
    reopened(prepared, mode=VettingMode.VENDOR, jurisdiction="US-TX", applicant=rules)
    folder = tmp_path / "papers"
    listed = typed("consent", "forms", prepared.requisition.id, folder, "--json").json
    assert sorted(path.stem for path in folder.iterdir()) == sorted(one["row"] for one in listed)
    assert "Documents" in typed("consent", "forms", prepared.requisition.id, folder).out
    typed("consent", "forms", "no-such-requisition", folder).refused("requisition-not-found")


def test_a_supervisor_settles_a_refusal(typed: Any, prepared: Any) -> None:
    item = ConsentItem.PUBLIC_BLOG
    effect = RefusalRule(item=item, effect=RefusalEffect.MANUAL)
    rules = ApplicantRules(**PLAIN, refusals=(effect,))
    items = frozenset({ConsentItem.PUBLIC_FORUM, item})
    reopened(prepared, consent_items=items, applicant=rules)
    case = told_at_stage(prepared)
    record = ("consent", "record", case, "--grant", "public-forum", "--refuse", item)
    typed(*record, "--json", **INVESTIGATOR).refused("E-N2-CONSEQUENCE-MISSING")
    signed = typed(*record, "--consequence-acknowledged", "--json", **INVESTIGATOR)
    assert signed.json["status"]
    settle = ("consent", "settle-refusal", case, "--goes-on", "--json")
    typed(*settle, **INVESTIGATOR).refused("not-permitted")
    assert typed(*settle, **SUPERVISOR).json["goes_on"] is True
