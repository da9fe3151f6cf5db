"""Three independent identifiers attribute an account; what comes from one source is one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.attribution import Basis, Identifier, Source
from triage.identifiers import enough, independent, spells

I = Identifier  # noqa: E741 - short for the tables below


def basis(*identifiers: Identifier) -> list[Basis]:
    return [Basis(identifier=one, source=Source.PROFILE) for one in identifiers]


@pytest.mark.parametrize(
    "identifiers",
    [
        (I.NAME, I.PHOTOGRAPH),
        (I.NAME, I.PHOTOGRAPH, I.HANDLE),
        (I.HANDLE, I.ADDRESS, I.NAME),
        (I.NAME, I.PLACE, I.LINKS_TO_DISCLOSED),
        (I.E_MAIL, I.PHONE),
        (I.NAME, I.NAME, I.NAME),
    ],
)
def test_fewer_than_three_independent_ones_are_not_enough(
    identifiers: tuple[Identifier, ...],
) -> None:
    assert not enough(basis(*identifiers), handle_is_name=False)


@pytest.mark.parametrize(
    "identifiers",
    [
        (I.NAME, I.E_MAIL, I.PLACE),
        (I.NAME, I.EMPLOYER, I.SCHOOL),
        (I.HANDLE, I.PHONE, I.STATED_FACT),
        (I.NAME, I.LINKED_BY_DISCLOSED, I.EMPLOYER),
    ],
)
def test_three_independent_ones_are_enough(identifiers: tuple[Identifier, ...]) -> None:
    assert enough(basis(*identifiers), handle_is_name=False)


def test_a_handle_that_spells_the_name_is_the_name() -> None:
    stated = basis(I.NAME, I.HANDLE, I.PLACE)
    assert enough(stated, handle_is_name=False)
    assert not enough(stated, handle_is_name=True)


@given(st.lists(st.sampled_from(list(Identifier))), st.booleans())
def test_saying_it_twice_never_counts_twice(identifiers: list[Identifier], is_name: bool) -> None:
    once = independent(basis(*identifiers), handle_is_name=is_name)
    assert independent(basis(*identifiers, *identifiers), handle_is_name=is_name) == once
    assert len(once) <= len(set(identifiers))


@pytest.mark.parametrize("handle", ["rowan_applegate", "rapplegate", "applegate.rowan87", "r.a"])
def test_handles_that_spell_a_name(handle: str) -> None:
    assert spells(handle, "Rowan Applegate")


@pytest.mark.parametrize("handle", ["nightowl", "rowanbrewery", "1234", "applegates"])
def test_handles_that_do_not(handle: str) -> None:
    assert not spells(handle, "Rowan Applegate")
