"""What is put into an inbox cannot be read by its writer; what stands on a shelf goes by case."""

from typing import Any

import pytest

from models.errors import (
    ConstraintError,
    KeyUnavailableError,
    NotPermittedError,
    RecordNotFoundError,
    SealBrokenError,
)
from models.ids import ActorId, CaseId, new_id
from storage.domain import Domain
from storage.exchange import ApplicantVault, FairnessVault, SealedVault, letter
from storage.letter_opener import LetterOpener
from storage.writers import owners_of, writer_of

KINDS = (SealedVault, ApplicantVault, FairnessVault)


@pytest.fixture(params=KINDS, ids=[kind.__name__ for kind in KINDS])
def side(request: pytest.FixtureRequest, agency: Any) -> Any:
    made = request.param(agency.home, agency.ring)
    yield made
    made.close()


def test_the_shelf_gives_what_was_put_there_and_takes_it_once(agency: Any, side: Any) -> None:
    case = CaseId(new_id())
    for _ in range(2):
        side.put(case, "notice", 0, b"words", agency.now)
    side.put(case, "notice", 1, b"more words", agency.now)
    assert side.read(case, "notice", 0) == b"words"
    assert side.read(case, "notice") == b"more words"
    assert [one.position for one in side.on_shelf(case)] == [0, 1]
    assert side.next_position(case, "notice") == 2
    with pytest.raises(ConstraintError):
        side.put(case, "notice", 0, b"other words", agency.now)
    side.remove(case, "notice", 0)
    side.erase(case)
    with pytest.raises(RecordNotFoundError):
        side.read(case, "notice")
    assert side.cases() == frozenset()


def test_what_stands_on_the_shelf_opens_with_its_own_domain_alone(agency: Any, side: Any) -> None:
    case = CaseId(new_id())
    side.put(case, "notice", 0, b"words", agency.now)
    others = frozenset(Domain) - {side.domain}
    apart = type(side)(agency.home, agency.ring_for(*others))
    with pytest.raises(KeyUnavailableError):
        apart.read(case, "notice")
    with pytest.raises(KeyUnavailableError):
        apart.put(case, "notice", 1, b"forged", agency.now)
    apart.close()


def test_a_letter_is_taken_in_once_and_its_body_is_gone(agency: Any, side: Any) -> None:
    writer = agency.ring.writer(CaseId(new_id()), side.domain)
    one = letter(writer, CaseId(new_id()), "said", b"words", agency.now)
    for _ in range(2):
        side.post(one)
    assert side.waiting() == [one]
    with pytest.raises(ConstraintError):
        side.post(letter_like(one, body=b"x"))
    assert LetterOpener(agency.ring, side.domain).open(one) == b"words"
    for _ in range(2):
        side.take_in([one.id], agency.now)
    side.post(one)
    assert side.waiting() == []


def letter_like(one: Any, **changes: Any) -> Any:
    import dataclasses

    return dataclasses.replace(one, **changes)


def test_a_letter_moved_to_another_case_does_not_open(agency: Any, side: Any) -> None:
    writer = agency.ring.writer(CaseId(new_id()), side.domain)
    one = letter(writer, CaseId(new_id()), "said", b"words", agency.now)
    opener = LetterOpener(agency.ring, side.domain)
    for moved in ({"case_id": CaseId(new_id())}, {"kind": "heard"}, {"id": new_id()}):
        with pytest.raises(SealBrokenError):
            opener.open(letter_like(one, **moved))


def test_who_is_named_may_look_and_every_look_is_on_record(agency: Any, side: Any) -> None:
    case, ann, bob = CaseId(new_id()), ActorId("ann"), ActorId("bob")
    side.name_viewers(case, [ann])
    side.require_viewer(case, actor=ann, at=agency.now)
    with pytest.raises(NotPermittedError):
        side.require_viewer(case, actor=bob, at=agency.now)
    looks = side.untaken()
    assert {(one.actor, one.code) for one in looks} == {
        (ann, "viewed"),
        (bob, NotPermittedError.code),
    }
    side.taken([one.id for one in looks], agency.now)
    assert side.untaken() == []
    assert side.viewed_by(ann) == [case]


@pytest.mark.parametrize("domain", [Domain.SEALED, Domain.FAIRNESS])
def test_the_inside_writes_for_a_domain_that_it_cannot_read(agency: Any, domain: Domain) -> None:
    inside = agency.ring_for(Domain.RAW, Domain.AUDIT)
    one = letter(writer_of(inside, domain), CaseId(new_id()), "said", b"words", agency.now)
    with pytest.raises(KeyUnavailableError):
        LetterOpener(inside, domain)
    assert LetterOpener(agency.ring_for(domain), domain).open(one) == b"words"
    assert len(owners_of(inside, domain)) == 1
    inside.close()


def test_a_writing_key_that_somebody_exchanged_is_refused(agency: Any) -> None:
    """Or whoever can write to keys.db reads what is put away from then on."""
    from sqlalchemy import delete, insert

    from storage.engine import transaction
    from storage.tables.keys import WRITERS

    forged = agency.ring.writer(CaseId(new_id()), Domain.RAW)
    (owner,) = owners_of(agency.ring, Domain.SEALED)
    with transaction(agency.ring.engine, "keys", writes=True) as connection:
        connection.execute(delete(WRITERS).where(WRITERS.c.domain == Domain.SEALED))
        connection.execute(
            insert(WRITERS).values(owner=owner, domain=Domain.SEALED, body=forged.dumps())
        )
    with pytest.raises(SealBrokenError):
        writer_of(agency.ring, Domain.SEALED)
