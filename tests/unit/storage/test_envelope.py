"""A sealed value opens in its place, unaltered, with its key, and in no other way."""

import copy
import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.errors import RawTextExposedError, SealBrokenError
from storage.envelope import STEP, SealingKey, derive, encode_context, seal, unseal

KEY = SealingKey.of(b"k" * 32, "rows")
OTHER = SealingKey.of(b"o" * 32, "rows")
PLACE = ("raw", "records", "row", "kind")

contexts = st.lists(st.text(max_size=8), max_size=5).map(tuple)


@given(st.binary(max_size=2000), contexts)
def test_what_was_sealed_opens_in_its_place(plaintext: bytes, context: tuple[str, ...]) -> None:
    assert unseal(KEY, seal(KEY, plaintext, context), context) == plaintext


@given(st.data(), st.binary(max_size=300))
def test_no_bit_may_be_flipped(data: st.DataObject, plaintext: bytes) -> None:
    sealed = bytearray(seal(KEY, plaintext, PLACE))
    bit = data.draw(st.integers(0, len(sealed) * 8 - 1))
    sealed[bit // 8] ^= 1 << bit % 8
    with pytest.raises(SealBrokenError):
        unseal(KEY, bytes(sealed), PLACE)


def test_every_single_bit_of_one_value_counts() -> None:
    sealed = seal(KEY, b"words", PLACE)
    for bit in range(len(sealed) * 8):
        altered = bytearray(sealed)
        altered[bit // 8] ^= 1 << bit % 8
        with pytest.raises(SealBrokenError):
            unseal(KEY, bytes(altered), PLACE)


@given(st.data())
def test_a_value_cut_or_lengthened_does_not_open(data: st.DataObject) -> None:
    sealed = seal(KEY, b"words", PLACE)
    cut = data.draw(st.integers(0, len(sealed) - 1))
    for altered in (sealed[:cut], sealed + data.draw(st.binary(min_size=1, max_size=300))):
        with pytest.raises(SealBrokenError):
            unseal(KEY, altered, PLACE)


@given(contexts, contexts)
def test_a_moved_value_does_not_open(context: tuple[str, ...], other: tuple[str, ...]) -> None:
    sealed = seal(KEY, b"words", context)
    if context == other:
        assert unseal(KEY, sealed, other) == b"words"
    else:
        with pytest.raises(SealBrokenError):
            unseal(KEY, sealed, other)


def test_another_key_does_not_open_even_under_the_same_id() -> None:
    """GCM alone lets one ciphertext open under two keys; the commitment does not."""
    forged = SealingKey(KEY.id, OTHER.secret)
    for key in (OTHER, forged):
        with pytest.raises(SealBrokenError):
            unseal(key, seal(KEY, b"words", PLACE), PLACE)


@given(contexts, contexts)
def test_two_contexts_never_encode_alike(one: tuple[str, ...], two: tuple[str, ...]) -> None:
    assert (encode_context(one) == encode_context(two)) == (one == two)


@pytest.mark.parametrize(
    ("one", "two"),
    [(("ab", "c"), ("a", "bc")), (("a",), ("a", "")), ((), ("",)), (("a\0b",), ("a", "b"))],
)
def test_parts_do_not_run_into_each_other(one: tuple[str, ...], two: tuple[str, ...]) -> None:
    assert encode_context(one) != encode_context(two)


@given(st.integers(0, 1200))
def test_length_shows_only_in_steps(length: int) -> None:
    sealed = seal(KEY, b"x" * length, PLACE)
    assert (len(sealed) - 89) % STEP == 0
    assert len(sealed) - 89 - (length + 4) < STEP


def test_equal_values_do_not_look_alike() -> None:
    assert seal(KEY, b"words", PLACE) != seal(KEY, b"words", PLACE)


def test_purposes_have_keys_of_their_own() -> None:
    assert SealingKey.of(b"k" * 32, "rows") != SealingKey.of(b"k" * 32, "files")
    assert derive(b"k" * 32, "index") != derive(b"k" * 32, "signing")


def test_a_key_shows_itself_nowhere() -> None:
    assert KEY.secret.hex() not in repr(KEY)
    assert "secret" not in repr(KEY)
    for escape in (pickle.dumps, copy.copy):
        with pytest.raises(RawTextExposedError):
            escape(KEY)


@pytest.mark.parametrize(("key_id", "secret"), [(b"i" * 15, b"s" * 32), (b"i" * 16, b"s" * 31)])
def test_a_key_has_its_size(key_id: bytes, secret: bytes) -> None:
    with pytest.raises(ValueError, match="16 bytes"):
        SealingKey(key_id, secret)
