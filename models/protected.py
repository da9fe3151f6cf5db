"""The protected classes and how each is treated.

The rows are those of `policy/data/protected_classes.csv`, which adds jurisdictions and citations;
a test holds the two together.
"""

from enum import StrEnum
from typing import Final


class Tier(StrEnum):
    """How material of a protected class is treated."""

    NEVER_REPORTABLE = "T1"
    """What the applicant is: withheld from everybody who decides."""
    SEALED_SEPARATELY = "T2"
    """Medical, genetic, reproductive and victim status: withheld, under its own key."""
    PROTECTED_CONDUCT = "T3"
    """Conduct that a law protects: never reportable."""
    STAGE_GATED = "T4"
    """Usable only from a stage that a law names."""
    TARGET = "T5"
    """Any class as the object of the applicant's conduct: kept in coded form."""


class ProtectedClass(StrEnum):
    """A ground that the law bars, or bars for a time, from an employment decision."""

    RACE = "race"
    COLOR = "color"
    HAIR = "hair"
    ETHNICITY = "ethnicity"
    NATORIGIN = "natorigin"
    CITIZENSHIP = "citizenship"
    WORKAUTH = "workauth"
    LANGUAGE = "language"
    CASTE = "caste"
    RELIGION = "religion"
    SEX = "sex"
    PREGNANCY = "pregnancy"
    REPRO = "repro"
    ORIENTATION = "orientation"
    GENDERID = "genderid"
    MARITAL = "marital"
    FAMILIAL = "familial"
    AGE40 = "age40"
    AGE18 = "age18"
    DISABILITY = "disability"
    HIV = "hiv"
    GENETIC = "genetic"
    TRAIT = "trait"
    MILITARY = "military"
    DISCHARGE = "discharge"
    BANKRUPTCY = "bankruptcy"
    UNION = "union"
    POLITICAL = "political"
    OFFDUTY = "offduty"
    CANNABIS = "cannabis"
    EEOACT = "eeoact"
    JURY = "jury"
    ARREST = "arrest"
    CONVICTION = "conviction"
    PARDON = "pardon"
    DVVICTIM = "dvvictim"
    CREDIT = "credit"
    UNEMPLOYED = "unemployed"
    INCOME = "income"
    HOMELESS = "homeless"
    RESIDENCE = "residence"
    APPEARANCE = "appearance"
    HEIGHT = "height"
    MATRIC = "matric"
    SMOKER = "smoker"
    GUNOWNER = "gunowner"
    EMERGENCY = "emergency"
    SEXWORK = "sexwork"
    BIOMETRIC = "biometric"
    ASSOCIATION = "association"
    GENDER_REASSIGN = "gender-reassign"
    MARRIAGE_UK = "marriage-uk"
    NI = "ni"
    CA_GROUNDS = "ca-grounds"
    CA_PROV = "ca-prov"
    EU_DIR = "eu-dir"


_BY_TIER: Final[dict[Tier, frozenset[ProtectedClass]]] = {
    Tier.NEVER_REPORTABLE: frozenset(
        {
            ProtectedClass.RACE,
            ProtectedClass.COLOR,
            ProtectedClass.HAIR,
            ProtectedClass.ETHNICITY,
            ProtectedClass.NATORIGIN,
            ProtectedClass.LANGUAGE,
            ProtectedClass.CASTE,
            ProtectedClass.RELIGION,
            ProtectedClass.SEX,
            ProtectedClass.ORIENTATION,
            ProtectedClass.GENDERID,
            ProtectedClass.MARITAL,
            ProtectedClass.FAMILIAL,
            ProtectedClass.AGE40,
            ProtectedClass.AGE18,
            ProtectedClass.MILITARY,
            ProtectedClass.DISCHARGE,
            ProtectedClass.UNEMPLOYED,
            ProtectedClass.INCOME,
            ProtectedClass.HOMELESS,
            ProtectedClass.RESIDENCE,
            ProtectedClass.APPEARANCE,
            ProtectedClass.HEIGHT,
            ProtectedClass.MATRIC,
            ProtectedClass.SEXWORK,
            ProtectedClass.BIOMETRIC,
            ProtectedClass.ASSOCIATION,
            ProtectedClass.GENDER_REASSIGN,
            ProtectedClass.MARRIAGE_UK,
            ProtectedClass.NI,
            ProtectedClass.CA_GROUNDS,
            ProtectedClass.CA_PROV,
            ProtectedClass.EU_DIR,
        }
    ),
    Tier.SEALED_SEPARATELY: frozenset(
        {
            ProtectedClass.PREGNANCY,
            ProtectedClass.REPRO,
            ProtectedClass.DISABILITY,
            ProtectedClass.HIV,
            ProtectedClass.GENETIC,
            ProtectedClass.TRAIT,
            ProtectedClass.DVVICTIM,
        }
    ),
    Tier.PROTECTED_CONDUCT: frozenset(
        {
            ProtectedClass.UNION,
            ProtectedClass.POLITICAL,
            ProtectedClass.OFFDUTY,
            ProtectedClass.CANNABIS,
            ProtectedClass.EEOACT,
            ProtectedClass.JURY,
            ProtectedClass.SMOKER,
            ProtectedClass.GUNOWNER,
            ProtectedClass.EMERGENCY,
        }
    ),
    Tier.STAGE_GATED: frozenset(
        {
            ProtectedClass.CITIZENSHIP,
            ProtectedClass.WORKAUTH,
            ProtectedClass.BANKRUPTCY,
            ProtectedClass.ARREST,
            ProtectedClass.CONVICTION,
            ProtectedClass.PARDON,
            ProtectedClass.CREDIT,
        }
    ),
}

_TIERS: Final = {item: tier for tier, items in _BY_TIER.items() for item in items}


def tier_of(protected_class: ProtectedClass) -> Tier:
    """Return the tier at which a class is treated when it describes a person."""
    return _TIERS[protected_class]
