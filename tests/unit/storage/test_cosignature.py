"""Cosignatures follow C2SP tlog-cosignature: a key signs a checkpoint together with the time."""

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.errors import AuditBrokenError
from storage.note import (
    Cosigner,
    Scheme,
    Signature,
    Signer,
    Verifier,
    checkpoint_text,
    read_head,
    read_signature,
    split_note,
    timed_message,
)

TEXT = checkpoint_text("walloff/home", 7, bytes(range(32)))
AT = 1_795_000_000
SIGNER = Signer("walloff/home", b"s" * 32)
COSIGNERS = {
    scheme: Cosigner("witness.example/w1", b"w" * 32, scheme)
    for scheme in (Scheme.COSIGNATURE, Scheme.ML_DSA_44)
}
both = pytest.mark.parametrize("scheme", list(COSIGNERS))


def test_the_example_of_the_specification_is_parsed() -> None:
    note = (
        "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\n"
        "\u2014 example.com/behind-the-sofa "
        "Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5"
        "/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=\n"
        "\u2014 witness.example.com/w1 "
        "jWbPPwAAAABkGFDLEZMHwSRaJNiIDoe9DYn/zXcrtPHeolMI5OWXEhZCB9dlrDJs"
        "X3b2oyin1nPZqhf5nNo0xUe+mbIUBkBIfZ+qnA==\n"
    )
    text, (own, witness) = split_note(note)
    assert read_head(text).size == 20852163
    assert (own.name, len(own.raw)) == ("example.com/behind-the-sofa", 64)
    assert (witness.time, len(witness.raw)) == (1679315147, 72)
    assert "".join((text, "\n", own.line, witness.line)) == note
    assert timed_message(Scheme.COSIGNATURE, witness.name, witness.time, text) == (
        b"cosignature/v1\ntime 1679315147\n" + text.encode()
    )


def test_the_ml_dsa_message_is_the_structure_of_the_specification() -> None:
    message = timed_message(Scheme.ML_DSA_44, "w", AT, TEXT)
    assert message == (
        b"subtree/v1\n\0"
        + b"\x01w"
        + AT.to_bytes(8, "big")
        + b"\x0cwalloff/home"
        + bytes(8)
        + (7).to_bytes(8, "big")
        + bytes(range(32))
    )


@both
def test_a_cosignature_verifies_and_tells_its_time(scheme: Scheme) -> None:
    signature = COSIGNERS[scheme].cosign(TEXT, at=AT)
    verifier = Verifier.parse(COSIGNERS[scheme].verifier.vkey)
    assert verifier.scheme is scheme
    assert verifier.accepts(read_signature(signature.line[:-1]), TEXT)
    assert signature.time == AT
    note = SIGNER.sign(TEXT) + signature.line
    assert verifier.verify(note) == SIGNER.verifier.verify(note) == TEXT


@both
@given(data=st.data())
def test_no_bit_of_a_cosignature_may_change(scheme: Scheme, data: st.DataObject) -> None:
    good = COSIGNERS[scheme].cosign(TEXT, at=AT)
    body = bytearray(good.key_hash + good.raw)
    at = data.draw(st.integers(0, len(body) * 8 - 1))
    body[at // 8] ^= 1 << at % 8
    bad = Signature(good.name, bytes(body[:4]), bytes(body[4:]))
    assert not COSIGNERS[scheme].verifier.accepts(bad, TEXT)


@both
def test_a_cosignature_holds_for_its_text_and_name_only(scheme: Scheme) -> None:
    good = COSIGNERS[scheme].cosign(TEXT, at=AT)
    verifier = COSIGNERS[scheme].verifier
    assert not verifier.accepts(good, TEXT.replace("\n7\n", "\n8\n"))
    assert not verifier.accepts(Signature("another", good.key_hash, good.raw), TEXT)
    other = Cosigner("witness.example/w1", b"x" * 32, scheme).verifier
    assert not other.accepts(good, TEXT)


def test_one_seed_under_two_schemes_gives_two_keys() -> None:
    """A log's signature never counts as a witness's, even with the same key and name."""
    log = Signer("same", b"k" * 32)
    witness = Cosigner("same", b"k" * 32, Scheme.COSIGNATURE)
    assert log.verifier.key_hash != witness.verifier.key_hash
    assert not witness.verifier.accepts(split_note(log.sign(TEXT))[1][0], TEXT)


def test_a_wrong_signature_under_a_known_key_spoils_the_note() -> None:
    """The specification: clients should reject the whole note."""
    forged = Signature("walloff/home", SIGNER.verifier.key_hash, bytes(64))
    with pytest.raises(AuditBrokenError):
        SIGNER.verifier.verify(SIGNER.sign(TEXT) + forged.line)


def test_base64_has_one_spelling() -> None:
    """Two spellings of one signature would be two notes with one meaning."""
    line = SIGNER.sign(TEXT).rpartition("\n\n")[2][:-1]
    mark = line[-2]
    other = chr(ord(mark) + 1)
    assert base64.b64decode(line.split()[2][:-2] + other + "=") == base64.b64decode(line.split()[2])
    with pytest.raises(AuditBrokenError):
        read_signature(line[:-2] + other + "=")


@pytest.mark.parametrize(
    "note",
    [
        "a\n\n\u2014 b AAAAAAA=\n\n",
        "a\tb\n\n\u2014 b AAAAAAA=\n",
        "a\n\n\u2014 b+c AAAAAAA=\n",
        "a\n\n\u2014 b AAAA\n",
        "a\n\n- b AAAAAAA=\n",
        "a\n\n\u2014 b\u00a0c AAAAAAA=\n",
        "a\n\n" + "\u2014 b AAAAAAA=\n" * 65,
        "a" * (1 << 20) + "\n\n\u2014 b AAAAAAA=\n",
    ],
)
def test_a_malformed_note_is_refused(note: str) -> None:
    with pytest.raises(AuditBrokenError):
        split_note(note)


@given(st.text())
def test_text_that_is_no_checkpoint_is_not_cosigned(text: str) -> None:
    for cosigner in COSIGNERS.values():
        with pytest.raises(AuditBrokenError):
            cosigner.cosign(text, at=AT)
