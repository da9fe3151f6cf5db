"""A policy is held against the law of its place before anybody opens a requisition with it.

Each fault has the line on which it stands, the rule, and the row of the law; an error would be
refused in a case or break the law, a remark is for the policy's owner to think about.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Final

from models.applicant_rules import ApplicantRules, Asked, RefusalEffect
from models.clauses import (
    AlterationInferenceError,
    ConsentFormError,
    FriendContactError,
    UnlawfulConsequenceError,
)
from models.consent import ConsentItem
from models.errors import PolicyError
from models.obligations import Matter
from models.requisition import EmployerType, NoticeStage, Policy, VettingMode
from policy.forms import forms_for
from policy.law import legal_param, legal_params, password_laws
from policy.law_gates import beyond_seven_allowed, unmet
from policy.notices import warns_of_genetic, wording_of
from policy.obligations import circumstances_of, ruling
from policy.refusals import BEHIND_A_PASSWORD, consequence_ruling
from policy.toml_file import Key, TomlFile
from policy.validity import lawful_last_day


class Grade(StrEnum):
    """How grave a fault is."""

    ERROR = "error"
    REMARK = "remark"


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong with a policy."""

    grade: Grade
    code: str
    rule: str
    key: str
    """The field of the policy."""
    row: str = ""
    line: int | None = None


def check_policy(policy: Policy, on: date) -> list[Fault]:
    """Return what is wrong with a policy by the law of a day, errors first."""
    rules = policy.applicant or ApplicantRules(delivery_proof=False, signature=False)
    found = [fault for check in _CHECKS for fault in check(policy, rules, on)]
    return sorted(found, key=lambda fault: (fault.grade, fault.key, fault.rule))


def located(faults: list[Fault], path: Path) -> list[Fault]:
    """Return the faults with the lines of a policy or requisition file on which they stand."""
    file = TomlFile(path)
    inside = isinstance(file.fields.get("policy"), dict)
    return [
        Fault(one.grade, one.code, one.rule, one.key, one.row, _line(file, one.key, inside=inside))
        for one in faults
    ]


def _line(file: TomlFile, key: str, *, inside: bool) -> int:
    parts: list[Key] = [*key.split(".")]
    return file.line_of(["policy", *parts] if inside or "policy" in file.fields else parts)


def _error(code: str, rule: str, key: str, row: str = "") -> Fault:
    return Fault(Grade.ERROR, code, rule, key, row)


def _remark(code: str, rule: str, key: str, row: str = "") -> Fault:
    return Fault(Grade.REMARK, code, rule, key, row)


def _stage(policy: Policy, _rules: ApplicantRules, on: date) -> Iterator[Fault]:
    here = circumstances_of(policy, on)
    search = ruling(Matter.PUBLIC_CONTENT, here)
    if not search.allowed:
        rule = f"the search is not allowed at this stage or place: {search.because}"
        yield _error(PolicyError.code, rule, "notice_stage", search.rows[0].row)
    criminal = ruling(Matter.CRIMINAL_HISTORY, here)
    if not criminal.allowed and policy.notice_stage is not NoticeStage.CONDITIONAL_OFFER:
        rule = f"criminal history does not count before a conditional offer: {criminal.because}"
        yield _remark(PolicyError.code, rule, "notice_stage", criminal.rows[0].row)


def _items(policy: Policy, rules: ApplicantRules, on: date) -> Iterator[Fault]:
    here = circumstances_of(policy, on)
    for item, matter in (
        (ConsentItem.SUPERVISED_VIEWING, Matter.SUPERVISED_VIEWING),
        (ConsentItem.LIKES_AND_FOLLOWS, Matter.LIKES_AND_FOLLOWS),
    ):
        answer = ruling(matter, here, confirmed=rules.confirmed_rows)
        if item in policy.consent_items and not answer.allowed:
            rule = f"{item} may not be asked for: {answer.because}"
            yield _error(PolicyError.code, rule, "consent_items", answer.rows[0].row)
    friends = ConsentItem.CONTACT_OF_FRIENDS in policy.consent_items
    if friends and rules.contact is None:
        rule = "friends may be asked for only with conditions and a script ([applicant.contact])"
        yield _error(FriendContactError.code, rule, "consent_items")
    if rules.contact is not None and not friends:
        rule = "conditions for speaking to friends, but consent is not asked for it"
        yield _error(FriendContactError.code, rule, "applicant.contact")
    vendor = policy.mode is VettingMode.VENDOR
    if vendor and rules.contact is not None and not rules.contact.disclosure_text.strip():
        rule = "a vendor that speaks to friends words a disclosure of the report"
        yield _error(FriendContactError.code, rule, "applicant.contact", "FCRA-17")


def _refusals(policy: Policy, rules: ApplicantRules, on: date) -> Iterator[Fault]:
    answer = consequence_ruling(policy, on)
    for number, one in enumerate(rules.refusals):
        key = f"applicant.refusals.{number}"
        if one.item not in policy.consent_items:
            yield _error(PolicyError.code, f"{one.item} is not asked for", key)
        grave = one.effect is not RefusalEffect.NONE
        if one.item in BEHIND_A_PASSWORD and grave and not answer.allowed:
            rule = f"refusing {one.item} may have no consequence: {answer.because}"
            yield _error(UnlawfulConsequenceError.code, rule, key, answer.rows[0].row)


def _times(policy: Policy, rules: ApplicantRules, on: date) -> Iterator[Fault]:
    customary = int(legal_param("FCRA-06").value.rpartition("; ")[2].split()[0])
    if policy.pre_adverse_business_days < customary:
        rule = f"fewer than {customary} business days before an adverse decision"
        yield _error(PolicyError.code, rule, "pre_adverse_business_days", "FCRA-06")
    if "AI-01" in rules.confirmed_rows and policy.notice_lead_days < 14:
        rule = "New York City: ten business days are fourteen days at least"
        yield _error(PolicyError.code, rule, "notice_lead_days", "AI-01")
    if policy.notice_lead_days == 0:
        rule = "no time between notice and search: the applicant has none to ask or refuse"
        yield _remark(PolicyError.code, rule, "notice_lead_days")
    last = lawful_last_day(policy, on)
    if last is not None and on + timedelta(days=policy.consent_valid_days) > last:
        rule = f"a consent of {on} is valid until {last} at most"
        yield _error(PolicyError.code, rule, "consent_valid_days", "POL-07")
    years = int(legal_param("FCRA-13").value)
    if policy.lookback_years > years and not beyond_seven_allowed(policy):
        rule = f"a report goes back {years} years at most"
        yield _error(PolicyError.code, rule, "lookback_years", "FCRA-13")


def _words(policy: Policy, rules: ApplicantRules, on: date) -> Iterator[Fault]:
    for language in (rules.notice_language, *(one.language for one in rules.translations)):
        wording = wording_of(policy, language)
        if not wording.notice.strip() or not wording.consequence.strip():
            rule = f"no text of the notice or of the consequence in {language!r}"
            yield _error("E-N2-CONSEQUENCE-MISSING", rule, "consequence_text")
        said = " ".join(rules.alteration_sentence.split())
        if rules.alterations_count and said not in " ".join(wording.notice.split()):
            rule = f"the notice in {language!r} does not say that changed profiles count"
            yield _error(AlterationInferenceError.code, rule, "applicant.alteration_sentence")
    try:
        forms_for(policy, on)
    except ConsentFormError as fault:
        key = "applicant.employer_name" if "FCRA" in str(fault) else "applicant.forms"
        yield _error(fault.code, str(fault), key, str(fault).split(" ", 1)[0].rstrip(":"))


def _genetic(policy: Policy, rules: ApplicantRules, on: date) -> Iterator[Fault]:
    for one in ruling(Matter.REQUEST_WARNING, circumstances_of(policy, on)).rows:
        for language in (rules.notice_language, *(one.language for one in rules.translations)):
            if not warns_of_genetic(wording_of(policy, language).notice, language):
                rule = f"the notice in {language!r} does not ask to give no genetic information"
                yield _remark(PolicyError.code, rule, "notice_text", one.row)


def _lists(policy: Policy, rules: ApplicantRules, on: date) -> Iterator[Fault]:
    asked = ruling(Matter.DISCLOSURE_LIST, circumstances_of(policy, on))
    for one in asked.rows:
        if policy.applicant is None or Asked.ACCOUNTS not in rules.asks:
            rule = "the law of this place asks for a list of accounts"
            yield _error("E-S3-INCOMPLETE", rule, "applicant.asks", one.row)
        law = legal_param(one.row)
        years = int(law.value) if law.unit == "years" else 0
        if rules.disclosure_lookback_years < years:
            rule = f"the list of accounts goes back {years} years"
            yield _error("E-S3-INCOMPLETE", rule, "applicant.disclosure_lookback_years", one.row)


def _confirmed(policy: Policy, rules: ApplicantRules, _on: date) -> Iterator[Fault]:
    known = set(legal_params()) | {f"password_laws.csv:{state}" for state in password_laws()}
    for row in sorted(rules.confirmed_rows - known):
        rule = f"{row!r} is no row of the law"
        yield _error(PolicyError.code, rule, "applicant.confirmed_rows", row)
    public = policy.employer_type is not EmployerType.PRIVATE
    if public and policy.applicant is None:
        rule = "no [applicant] table: delivery, signature and list are not asked for"
        yield _remark(PolicyError.code, rule, "applicant")


def _relied_on(policy: Policy, _rules: ApplicantRules, on: date) -> Iterator[Fault]:
    for one in unmet(policy, on):
        yield _error(PolicyError.code, one.rule, one.key, one.row)


_CHECKS: Final[tuple[Callable[[Policy, ApplicantRules, date], Iterator[Fault]], ...]] = (
    _stage,
    _items,
    _refusals,
    _times,
    _words,
    _genetic,
    _lists,
    _confirmed,
    _relied_on,
)
