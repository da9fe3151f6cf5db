"""Each document that the law asks for stands by itself: the federal one alone, one a state.

The federal disclosure consists solely of the disclosure (FCRA-01): its words come with the
product, an agency fills in its name, and a text with one word more is refused. A state's document
names no other state and asks for no release (FCRA-03).
"""

import hashlib
import re
import unicodedata
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Final

from models.applicant_rules import ApplicantRules, StateForm
from models.clauses import ConsentFormError
from models.forms import Form
from models.obligations import Mandate, Matter
from models.requisition import Policy, VettingMode
from models.value import Value
from policy.law import legal_param
from policy.obligations import circumstances_of, obligations
from policy.toml_file import TomlFile

_FILE: Final = Path(__file__).parent / "data" / "disclosure_form.toml"
DISCLOSURE_ROW: Final = "FCRA-01"
AUTHORIZATION_ROW: Final = "FCRA-02"
CONTACT_ROW: Final = "FCRA-17"

_STATES: Final = re.compile(
    r"\b(?:Alabama|Alaska|Arizona|Arkansas|California|Colorado|Connecticut|Delaware|Florida"
    r"|Georgia|Hawaii|Idaho|Illinois|Indiana|Iowa|Kansas|Kentucky|Louisiana|Maine|Maryland"
    r"|Massachusetts|Michigan|Minnesota|Mississippi|Missouri|Montana|Nebraska|Nevada"
    r"|New\s+Hampshire|New\s+Jersey|New\s+Mexico|New\s+York|North\s+Carolina|North\s+Dakota|Ohio"
    r"|Oklahoma|Oregon|Pennsylvania|Rhode\s+Island|South\s+Carolina|South\s+Dakota|Tennessee"
    r"|Texas|Utah|Vermont|Virginia|Washington|West\s+Virginia|Wisconsin|Wyoming)\b",
    re.IGNORECASE,
)
_RELEASES: Final = re.compile(
    r"\b(?:releas(?:e[sd]?|ing)|waiv(?:e[sd]?|er|ing)|hold\s+harmless|indemnif\w*|liab\w*)\b",
    re.IGNORECASE,
)


class _Template(Value):
    title: str
    disclosure: str
    authorization: str


def forms_for(policy: Policy, on: date) -> tuple[Form, ...]:
    """Return every document that an applicant under a policy is given on a day, one by one.

    Raises `ConsentFormError` naming the row of one that the policy does not word.
    """
    rules = policy.applicant or ApplicantRules()
    asked = [
        one
        for one in obligations(circumstances_of(policy, on))
        if one.mandate is Mandate.REQUIRED
        and one.matter in (Matter.DISCLOSURE_FORM, Matter.STATE_FORM)
        and (not one.condition or one.row in rules.confirmed_rows)
    ]
    found: list[Form] = []
    for one in asked:
        if one.row == DISCLOSURE_ROW:
            found += [disclosure_form(rules.employer_name), authorization_form(rules.employer_name)]
        else:
            found.append(_state_form(rules, one.row))
    own = {one.row for one in found}
    found += [_made(form) for form in rules.forms if form.row not in own]
    return tuple(found)


def disclosure_form(employer: str) -> Form:
    """Return the disclosure. Raises `ConsentFormError` without the employer's name."""
    return _form(DISCLOSURE_ROW, _filled(_template().disclosure, employer), signed=False)


def authorization_form(employer: str) -> Form:
    """Return the authorization, whose digest covers the disclosure that it follows (FCRA-02)."""
    text = f"{_filled(_template().disclosure, employer)}\n\n" + _filled(
        _template().authorization, employer
    )
    return _form(AUTHORIZATION_ROW, text, signed=True)


def require_standalone(text: str, employer: str) -> None:
    """Raise `ConsentFormError` unless a text is the disclosure and not one word more or less.

    White space may differ; the authorization may follow.
    """
    given = _words(text)
    fitting = (disclosure_form(employer).text, authorization_form(employer).text)
    titles = ("", f"{_template().title} ")
    if given not in {_words(title + one) for title in titles for one in fitting}:
        raise ConsentFormError(
            f"{DISCLOSURE_ROW}: the document consists of more, or of less, than the disclosure"
        )


def require_one_state(form: StateForm) -> None:
    """Raise `ConsentFormError` for a document of several states, or one that asks for a release."""
    states = {" ".join(found.split()).casefold() for found in _STATES.findall(form.text)}
    if len(states) > 1 and states != {"virginia", "west virginia"}:
        raise ConsentFormError(f"{form.row}: the texts of several states in one document")
    if _RELEASES.search(form.text):
        raise ConsentFormError(f"{form.row}: a disclosure asks for no release")


def needs_authorization(policy: Policy) -> bool:
    """Say whether nothing may be collected without the signed authorization (FCRA-02)."""
    return policy.mode is VettingMode.VENDOR and policy.applicant is not None


def _state_form(rules: ApplicantRules, row: str) -> Form:
    for form in rules.forms:
        if form.row == row:
            return _made(form)
    raise ConsentFormError(f"{row} ({legal_param(row).citation}): the policy has no text for it")


def _made(form: StateForm) -> Form:
    require_one_state(form)
    return _form(form.row, form.text.strip(), signed=True)


def _form(row: str, text: str, *, signed: bool) -> Form:
    law = legal_param(row)
    return Form(
        row=row,
        citation=law.citation,
        title=_template().title if row in (DISCLOSURE_ROW, AUTHORIZATION_ROW) else law.parameter,
        text=text,
        sha256=hashlib.sha256(text.encode()).hexdigest(),
        signed=signed,
    )


def _filled(template: str, employer: str) -> str:
    if not employer.strip():
        raise ConsentFormError(f"{DISCLOSURE_ROW}: the policy does not name the employer")
    return template.replace("{employer}", employer.strip())


def _words(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", text).split())


@lru_cache(maxsize=1)
def _template() -> _Template:
    file = TomlFile(_FILE)
    return file.model(_Template, file.fields)
