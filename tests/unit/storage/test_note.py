"""Notes follow the C2SP formats: what others' tools sign we read, and nothing forged passes."""

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.errors import AuditBrokenError
from storage.note import Signer, Verifier, checkpoint_text, log_name, read_checkpoint

SIGNER = Signer("walloff/home", b"s" * 32)
OTHER = Signer("walloff/home", b"o" * 32)
ROOT = bytes(range(32))
NOTE = SIGNER.sign(checkpoint_text("walloff/home", 7, ROOT))


def test_the_example_of_the_specification_verifies() -> None:
    """Key and note of Go's `golang.org/x/mod/sumdb/note`, which the specification took over."""
    verifier = Verifier.parse("PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW")
    text = (
        "If you think cryptography is the answer to your problem,\n"
        "then you don't know what your problem is.\n"
    )
    note = (
        f"{text}\n\u2014 PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2p"
        "ZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
    )
    assert verifier.verify(note) == text


def test_a_checkpoint_reads_back() -> None:
    read = read_checkpoint(NOTE, Verifier.parse(SIGNER.vkey))
    assert (read.origin, read.size, read.root) == (
        "walloff/home",
        7,
        base64.b64encode(ROOT).decode(),
    )
    assert read.note == NOTE


@given(st.data())
def test_no_character_of_a_note_may_change(data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(NOTE) - 1))
    mark = data.draw(st.characters(codec="utf-8"))
    altered = NOTE[:at] + mark + NOTE[at + 1 :]
    if altered != NOTE:
        with pytest.raises(AuditBrokenError):
            read_checkpoint(altered, SIGNER.verifier)


@given(st.text())
def test_rubbish_is_refused_and_nothing_else_happens(text: str) -> None:
    with pytest.raises(AuditBrokenError):
        read_checkpoint(text, SIGNER.verifier)
    with pytest.raises(AuditBrokenError):
        Verifier.parse(text)


def test_another_keys_signature_does_not_count() -> None:
    forged = OTHER.sign(checkpoint_text("walloff/home", 7, ROOT))
    with pytest.raises(AuditBrokenError):
        read_checkpoint(forged, SIGNER.verifier)


def test_signatures_of_others_are_passed_over() -> None:
    """A witness adds its line; the log's own still counts."""
    witness = OTHER.sign(checkpoint_text("walloff/home", 7, ROOT)).rpartition("\n\n")[2]
    text, _, own = NOTE.rpartition("\n\n")
    both = f"{text}\n\n{witness}{own}"
    assert read_checkpoint(both, SIGNER.verifier).size == 7


@pytest.mark.parametrize(
    "text",
    [
        "walloff/other\n7\n" + base64.b64encode(ROOT).decode() + "\n",
        "walloff/home\n07\n" + base64.b64encode(ROOT).decode() + "\n",
        "walloff/home\n-7\n" + base64.b64encode(ROOT).decode() + "\n",
        "walloff/home\n\u0667\n" + base64.b64encode(ROOT).decode() + "\n",
        "walloff/home\n" + "9" * 19 + "\n" + base64.b64encode(ROOT).decode() + "\n",
        "walloff/home\n7\n" + base64.b64encode(ROOT[:31]).decode() + "\n",
        "walloff/home\n7\n???\n",
        "walloff/home\n7\n",
    ],
)
def test_a_signed_text_that_is_no_checkpoint_is_refused(text: str) -> None:
    with pytest.raises(AuditBrokenError):
        read_checkpoint(SIGNER.sign(text), SIGNER.verifier)


@pytest.mark.parametrize(
    "vkey",
    [
        SIGNER.vkey.replace("+", "-"),
        "two words" + SIGNER.vkey.removeprefix("walloff/home"),
        SIGNER.vkey[:-4],
        SIGNER.vkey.replace(SIGNER.verifier.key_hash.hex(), "00000000"),
        "+".join([*SIGNER.vkey.split("+")[:2], base64.b64encode(b"\x02" + b"k" * 32).decode()]),
    ],
)
def test_a_malformed_key_is_refused(vkey: str) -> None:
    with pytest.raises(AuditBrokenError):
        Verifier.parse(vkey)


def test_a_homes_log_is_named_after_it() -> None:
    assert log_name("abc") == "walloff/abc"
