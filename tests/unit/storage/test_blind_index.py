"""The blind index finds cases that share a value, tells nothing else, and dies with its key."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select, update

from models.case import CaseState
from models.disclosure import Account, Applicant, Disclosure
from models.errors import ConstraintError, KeyUnavailableError
from models.text import RawText
from storage.blind_index import BlindIndex, IndexedKind, normalised
from storage.domain import Domain
from storage.records import RecordKind, RecordStore
from storage.released import ReleasedVault
from storage.shred import destroy
from storage.tables.blind import BLIND_INDEX, BLIND_INDEX_KEYS

EMAIL, HANDLE = IndexedKind.EMAIL, IndexedKind.HANDLE


def disclosed(agency: Any, *handles: str, emails: tuple[str, ...] = ()) -> Any:
    case = agency.case(CaseState.RETAINED)
    disclosure = Disclosure(
        name=RawText("Ann"),
        emails=tuple(map(RawText, emails)),
        handles=tuple(map(RawText, handles)),
    )
    with agency.vault.write() as tx:
        RecordStore(tx).put(case.id, RecordKind.DISCLOSURE, disclosure, now=agency.now)
        BlindIndex(tx).add_case(case.id)
    return case.id


def found(agency: Any, kind: IndexedKind, value: str) -> list[str]:
    with agency.vault.read() as tx:
        return list(BlindIndex(tx).cases(kind, RawText(value)))


def rows(agency: Any) -> list[Any]:
    with agency.vault.read() as tx:
        return tx.execute(select(BLIND_INDEX)).all()


@pytest.mark.parametrize(
    ("kind", "written", "meant"),
    [
        (EMAIL, "Ann.Lee+jobs@Example.ORG", "ann.lee@example.org"),
        (EMAIL, " ann@example.org ", "ann@example.org"),
        (EMAIL, "ａｎｎ@example.org", "ann@example.org"),
        (EMAIL, "ann@bücher.example", "ann@xn--bcher-kva.example"),
        (EMAIL, "ann@example.org.", "ann@example.org"),
        (EMAIL, "a.n.n@example.org", "a.n.n@example.org"),
        (EMAIL, "+ann@example.org", "+ann@example.org"),
        (EMAIL, "12 Elm Street", ""),
        (EMAIL, "@example.org", ""),
        (EMAIL, "x" * 400 + "@example.org", ""),
        (HANDLE, "@Rowan_A", "rowan_a"),
        (HANDLE, "＠Ｒｏｗａｎ", "rowan"),
        (HANDLE, "row\u200ban", "rowan"),
        (HANDLE, "@rowan@mastodon.example", "rowan@mastodon.example"),
        (HANDLE, "@", ""),
        (HANDLE, "", ""),
    ],
)
def test_ways_to_write_a_value_have_one_form(kind: IndexedKind, written: str, meant: str) -> None:
    assert normalised(kind, written) == meant


@given(st.sampled_from(IndexedKind), st.text(max_size=60))
def test_a_normal_form_is_its_own(kind: IndexedKind, text: str) -> None:
    normal = normalised(kind, text)
    assert normalised(kind, normal) == normal


@given(st.from_regex(r"[a-z0-9_.]{1,20}", fullmatch=True), st.booleans(), st.booleans())
def test_case_and_at_do_not_tell_handles_apart(handle: str, at: bool, upper: bool) -> None:
    written = ("@" if at else "") + (handle.upper() if upper else handle)
    assert normalised(HANDLE, written) == handle


@given(
    st.from_regex(r"[a-z0-9.]{1,20}", fullmatch=True), st.from_regex(r"[a-z0-9]*", fullmatch=True)
)
def test_a_tag_does_not_tell_addresses_apart(local: str, tag: str) -> None:
    written = f"{local}+{tag}@Example.org"
    assert normalised(EMAIL, written) == normalised(EMAIL, f"{local}@example.org")


def test_the_same_handle_or_address_in_another_case_is_found(agency: Any) -> None:
    first = disclosed(agency, "@Rowan", emails=("ann+a@example.org",))
    second = disclosed(agency, "rowan", emails=("ann@example.org",))
    third = disclosed(agency, "birch")
    assert found(agency, HANDLE, "ROWAN") == sorted([first, second])
    assert found(agency, EMAIL, "Ann+x@example.org") == sorted([first, second])
    with agency.vault.read() as tx:
        index = BlindIndex(tx)
        assert index.shared_with(first) == {second: frozenset({EMAIL, HANDLE})}
        assert index.shared_with(third) == {}


def test_an_account_s_handle_and_the_contact_count_and_nothing_else_does(agency: Any) -> None:
    """Names, platforms and postal addresses are never indexed."""
    case = agency.case()
    with agency.vault.write() as tx:
        records = RecordStore(tx)
        applicant = Applicant(name=RawText("Ann Lee"), contact=RawText("ann@example.org"))
        records.put(case.id, RecordKind.APPLICANT, applicant, now=agency.now)
        account = Account(platform=RawText("forum"), handle=RawText("annie"))
        disclosure = Disclosure(name=RawText("Ann Lee"), accounts=(account,))
        records.put(case.id, RecordKind.DISCLOSURE, disclosure, now=agency.now)
        BlindIndex(tx).add_case(case.id)
        BlindIndex(tx).add_case(case.id)
    assert len(rows(agency)) == 2
    assert found(agency, HANDLE, "annie") == [case.id]
    assert found(agency, EMAIL, "ann@example.org") == [case.id]
    assert found(agency, HANDLE, "Ann Lee") == found(agency, HANDLE, "forum") == []


def test_kinds_and_homes_are_separate(make_agency: Any) -> None:
    """The same word as a handle and as an address, or in another home, gives another digest."""
    one, other = make_agency("one"), make_agency("other")
    for agency in (one, other):
        disclosed(agency, "ann@example.org", emails=("ann@example.org",))
    digests = [row.digest for agency in (one, other) for row in rows(agency)]
    assert len(set(digests)) == len(digests) == 4
    assert all(len(digest) == 64 for digest in digests)


def test_nothing_is_found_where_nothing_was_noted(agency: Any) -> None:
    assert found(agency, HANDLE, "rowan") == []


def test_a_row_of_the_index_is_never_rewritten(agency: Any) -> None:
    disclosed(agency, "rowan")
    for table, change in ((BLIND_INDEX, {"kind": "email"}), (BLIND_INDEX_KEYS, {"id": "0" * 32})):
        with pytest.raises(ConstraintError), agency.vault.write() as tx:
            tx.execute(update(table).values(**change))


def test_destruction_deletes_the_rows_and_puts_the_others_under_a_new_key(agency: Any) -> None:
    """An old copy of a destroyed person's digest then answers nobody's guess, key or not."""
    released = ReleasedVault(agency.home, agency.ring)
    gone, kept = disclosed(agency, "rowan"), disclosed(agency, "rowan", "birch")
    before = {row.digest for row in rows(agency)}
    with agency.vault.read() as tx:
        (old,) = tx.execute(select(BLIND_INDEX_KEYS.c.id)).scalars()
    assert agency.ring.lockbox(old, Domain.RAW)
    certificate = destroy(
        agency.vault, gone, released=released, record=lambda *_: None, now=agency.now
    )
    assert certificate.complete
    assert {row.case_id for row in rows(agency)} == {kept}
    assert not before & {row.digest for row in rows(agency)}
    assert found(agency, HANDLE, "rowan") == found(agency, HANDLE, "birch") == [kept]
    with pytest.raises(KeyUnavailableError):
        agency.ring.lockbox(old, Domain.RAW)
    assert old in agency.ring.finished_dropping()
    with agency.vault.read() as tx:
        assert len(tx.execute(select(BLIND_INDEX_KEYS)).all()) == 1
    released.close()


def test_a_crash_while_the_key_is_changed_is_mended(
    agency: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    released = ReleasedVault(agency.home, agency.ring)
    gone, kept = disclosed(agency, "rowan"), disclosed(agency, "birch")
    with agency.vault.read() as tx:
        (old,) = tx.execute(select(BLIND_INDEX_KEYS.c.id)).scalars()

    def stop(*_: object) -> None:
        raise OSError("the power fails")

    with monkeypatch.context() as patched:
        patched.setattr(BlindIndex, "forget_superseded", stop)
        with pytest.raises(OSError, match="power"):
            destroy(agency.vault, gone, released=released, record=lambda *_: None, now=agency.now)
    assert found(agency, HANDLE, "birch") == [kept]
    # The next destruction ends what this one began.
    from storage.shred import shred

    assert shred(agency.vault, released=released, now=agency.now).complete
    assert found(agency, HANDLE, "birch") == [kept]
    assert found(agency, HANDLE, "rowan") == []
    assert old in agency.ring.finished_dropping()
    with agency.vault.read() as tx:
        assert len(tx.execute(select(BLIND_INDEX_KEYS)).all()) == 1
    released.close()


def test_a_case_that_was_there_before_the_index_is_taken_in(agency: Any) -> None:
    case_id = disclosed(agency, "rowan")
    with agency.vault.write() as tx:
        BlindIndex(tx).remove(case_id)
    assert found(agency, HANDLE, "rowan") == []
    with agency.vault.write() as tx:
        BlindIndex(tx).fill()
    assert found(agency, HANDLE, "rowan") == [case_id]
