"""The approved wording of a notice, by language; any other wording is no notice."""

import hashlib
from typing import Final

from models.applicant_rules import ApplicantRules
from models.errors import PolicyError
from models.requisition import Policy
from models.value import Value

DEFAULT_LANGUAGE: Final = "en"
_GENETIC: Final = {"en": "genetic information", "es": "información genética"}


class Wording(Value):
    """The approved texts in one language."""

    language: str
    version: str
    notice: str
    consequence: str

    @property
    def text(self) -> str:
        """The whole notice, as it is handed over."""
        return f"{self.notice.strip()}\n\n{self.consequence.strip()}\n"

    @property
    def sha256(self) -> str:
        """The digest of the whole notice."""
        return hashlib.sha256(self.text.encode()).hexdigest()


def warns_of_genetic(text: str, language: str) -> bool:
    """Say whether a request asks to give no genetic information (EEO-09).

    In a language whose words are not listed nobody can tell, and the answer is no.
    """
    words = _GENETIC.get(language.partition("-")[0])
    return words is not None and words in " ".join(text.split()).casefold()


def wording_of(policy: Policy, language: str | None = None) -> Wording:
    """Return the approved notice. Raises `PolicyError` for a language that was not approved."""
    rules = policy.applicant or ApplicantRules()
    wanted = language or rules.notice_language
    if wanted == rules.notice_language:
        notice, consequence = policy.notice_text, policy.consequence_text
    else:
        found = [one for one in rules.translations if one.language == wanted]
        if not found:
            raise PolicyError(f"the policy has no approved notice in the language {wanted!r}")
        notice, consequence = found[0].notice_text, found[0].consequence_text
    return Wording(
        language=wanted, version=rules.notice_version, notice=notice, consequence=consequence
    )
