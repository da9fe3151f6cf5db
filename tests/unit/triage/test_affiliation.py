"""Belonging to an organisation of hatred is conduct; naming, fighting or leaving one is not."""

import pytest

from models.text import CodedText
from triage.engine import Triage

BELONGING = [
    "proud member of ⟦hate⟧",
    "I joined ⟦hate⟧ last summer and marched with them",
    "We marched with ⟦hate⟧ on Saturday",
    "I'm ⟦hate⟧ and not ashamed",
    "got my new ⟦hate⟧ inked on the chest",
    "rally with relatives from ⟦hate⟧ on Friday",
    "⟦hate⟧ did nothing wrong",
    "⟦hate⟧!",
]
NAMING = [
    "I hate ⟦hate⟧",
    "⟦hate⟧ burned a relative's church",
    "Just watched a documentary about ⟦hate⟧",
    "Someone painted ⟦hate⟧ on ⟦place⟧ and I cried",
    "They are ⟦hate⟧ and I blocked them",
    "I'm not ⟦hate⟧",
    "I would never join ⟦hate⟧",
    "Fought ⟦hate⟧ in ⟦place⟧, lost two friends",
    "⟦hate⟧ must end",
]


@pytest.mark.parametrize("coded", BELONGING)
def test_belonging_to_an_organisation_of_hatred_is_a_finding(coded: str, triage: Triage) -> None:
    found = {item.criterion for item in triage.assess(CodedText(coded)) if not item.needs_person}
    assert "bias-protected-group" in found


@pytest.mark.parametrize("coded", NAMING)
def test_naming_one_is_none(coded: str, triage: Triage) -> None:
    assert not triage.assess(CodedText(coded))
