"""What refusing an item may lead to: nothing, where a law protects what lies behind a password."""

from collections.abc import Set as AbstractSet
from datetime import date
from typing import Final

from models.applicant_rules import ApplicantRules, RefusalEffect
from models.clauses import UnlawfulConsequenceError
from models.consent import ConsentItem
from models.obligations import Matter, Ruling
from models.requisition import Policy
from policy.obligations import circumstances_of, ruling

BEHIND_A_PASSWORD: Final = frozenset({ConsentItem.SUPERVISED_VIEWING, ConsentItem.ARCHIVE})
"""Items that open what only the account's owner can: live, or as the platform's export."""

_GRAVEST: Final = (RefusalEffect.DISQUALIFY, RefusalEffect.MANUAL, RefusalEffect.NONE)


def consequence_ruling(policy: Policy, on: date) -> Ruling:
    """Return whether a refusal of what is behind a password may have a consequence."""
    rules = policy.applicant or ApplicantRules()
    return ruling(
        Matter.REFUSAL_CONSEQUENCE, circumstances_of(policy, on), confirmed=rules.confirmed_rows
    )


def require_lawful_effects(policy: Policy, on: date) -> None:
    """Raise `UnlawfulConsequenceError`, naming the row, for an effect that the law forbids.

    Law that is not known forbids it.
    """
    rules = policy.applicant
    if rules is None:
        return
    for item in sorted(BEHIND_A_PASSWORD & policy.consent_items):
        if rules.effect_of(item) is RefusalEffect.NONE:
            continue
        answer = consequence_ruling(policy, on)
        if not answer.allowed:
            raise UnlawfulConsequenceError(
                f"refusing {item} may have no consequence: {answer.because}"
            )


def effect_of_refusing(
    policy: Policy, refused: AbstractSet[ConsentItem], on: date
) -> RefusalEffect:
    """Return the gravest effect of what was refused. Raises as `require_lawful_effects` does."""
    require_lawful_effects(policy, on)
    rules = policy.applicant
    if rules is None:
        return RefusalEffect.NONE
    found = {rules.effect_of(item) for item in refused}
    return next((effect for effect in _GRAVEST if effect in found), RefusalEffect.NONE)
