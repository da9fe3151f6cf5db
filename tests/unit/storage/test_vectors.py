"""Published test vectors, run against the primitives as they are called here."""

import hmac
import json
from collections.abc import Iterator
from typing import Any

import cryptography_vectors
import pytest
from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.bindings._rust import openssl
from cryptography.hazmat.primitives import hpke
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

from storage.envelope import SealingKey, derive, unseal
from storage.sealed_write import ReadingKey

AES_256_GCM, HKDF_SHA256, BASE = 2, 1, 0
X25519, X_WING = 0x20, 0x647A


def text(name: str) -> str:
    with cryptography_vectors.open_vector_file(name, "r") as stream:
        return str(stream.read())


def records(name: str) -> Iterator[dict[str, str]]:
    """Blocks of `name = value` lines; what stands in brackets holds for those below it."""
    common: dict[str, str] = {}
    for block in text(name).split("\n\n"):
        record: dict[str, str] = {}
        for line in block.splitlines():
            if line.startswith("#") or not line.strip():
                continue
            if line.startswith("["):
                key, _, value = line.strip("[]").partition("=")
                common[key.strip()] = value.strip()
                continue
            key, _, value = line.partition("=")
            record[key.strip()] = value.strip()
        if record:
            yield common | record


def test_aes_256_gcm_opens_and_refuses_as_nist_says() -> None:
    tried = {True: 0, False: 0}
    for case in records("ciphers/AES/GCM/gcmDecrypt256.rsp"):
        if (case["IVlen"], case["Taglen"]) != ("96", "128"):
            continue  # lengths that nothing here uses
        key, nonce, ct, aad, tag = (
            bytes.fromhex(case[name]) for name in ("Key", "IV", "CT", "AAD", "Tag")
        )
        good = "FAIL" not in case
        tried[good] += 1
        if good:
            plain = AESGCM(key).decrypt(nonce, ct + tag, aad)
            assert plain == bytes.fromhex(case["PT"])
            assert AESGCM(key).encrypt(nonce, plain, aad) == ct + tag
        else:
            with pytest.raises(InvalidTag):
                AESGCM(key).decrypt(nonce, ct + tag, aad)
    assert tried[True] >= 150
    assert tried[False] >= 100


@pytest.mark.parametrize("size", [256, 512])
def test_hmac_gives_what_rfc_4231_says(size: int) -> None:
    tried = 0
    for case in records(f"HMAC/rfc-4231-sha{size}.txt"):
        key, message = bytes.fromhex(case["Key"]), bytes.fromhex(case["Msg"])
        expected = bytes.fromhex(case["MD"])
        digest = hmac.digest(key, message, f"sha{size}")
        assert digest[: len(expected)] == expected
        tried += 1
    assert tried >= 5


def test_argon2id_gives_what_rfc_9106_and_the_reference_say() -> None:
    tried = 0
    for case in records("KDF/argon2id.txt"):
        if not case.get("output"):
            continue
        stretched = Argon2id(
            salt=bytes.fromhex(case["salt"]),
            length=int(case["length"]),
            iterations=int(case["iter"]),
            lanes=int(case["lanes"]),
            memory_cost=int(case["memcost"]),
            ad=bytes.fromhex(case.get("ad", "")) or None,
            secret=bytes.fromhex(case.get("secret", "")) or None,
        ).derive(bytes.fromhex(case["pass"]))
        assert stretched == bytes.fromhex(case["output"])
        tried += 1
    assert tried >= 1


def test_ed25519_signs_and_verifies_as_its_authors_say() -> None:
    lines = text("asymmetric/Ed25519/sign.input").splitlines()[::8]
    for line in lines:
        secret, public, message, signed = map(bytes.fromhex, line.split(":")[:4])
        signature = signed[:64]
        assert Ed25519PrivateKey.from_private_bytes(secret[:32]).sign(message) == signature
        key = Ed25519PublicKey.from_public_bytes(public)
        key.verify(signature, message)
        with pytest.raises(InvalidSignature):
            key.verify(signature[:-1] + bytes([signature[-1] ^ 1]), message)
    assert len(lines) >= 100


def hpke_cases(name: str, kem: int, aead: int | None) -> Iterator[dict[str, Any]]:
    for case in json.loads(text(f"HPKE/{name}")):
        fits = (case["mode"], case["kem_id"], case["kdf_id"]) == (BASE, kem, HKDF_SHA256)
        if fits and aead in (None, case["aead_id"]):
            yield case


def opened(suite: hpke.Suite, case: dict[str, Any], key: Any) -> Iterator[bool]:
    """The first message of a case, in its place and moved: HPKE's single-shot form."""
    first = case["encryptions"][0]
    sealed = bytes.fromhex(case["enc"] + first["ct"])
    info, aad = bytes.fromhex(case["info"]), bytes.fromhex(first["aad"])
    plain = openssl.hpke._decrypt_with_aad(suite, sealed, key, info=info, aad=aad)
    yield plain == bytes.fromhex(first["pt"])
    altered = sealed[:-1] + bytes([sealed[-1] ^ 1])
    for other, where in ((altered, info), (sealed, info + b"x")):
        with pytest.raises(InvalidTag):
            openssl.hpke._decrypt_with_aad(suite, other, key, info=where, aad=aad)
        yield True


def test_hpke_opens_what_rfc_9180_sealed() -> None:
    suite = hpke.Suite(hpke.KEM.X25519, hpke.KDF.HKDF_SHA256, hpke.AEAD.AES_256_GCM)
    cases = list(hpke_cases("test-vectors.json", X25519, AES_256_GCM))
    assert cases
    for case in cases:
        key = X25519PrivateKey.from_private_bytes(bytes.fromhex(case["skRm"]))
        assert all(opened(suite, case, key))


def test_the_hybrid_key_is_made_of_its_seed_as_x_wing_says() -> None:
    """The draft's vectors use ChaCha20; the key and the secret it gives are the same."""
    suite = hpke.Suite(hpke.KEM.MLKEM768_X25519, hpke.KDF.HKDF_SHA256, hpke.AEAD.CHACHA20_POLY1305)
    cases = list(hpke_cases("hpke-pq-test-vectors.json", X_WING, None))
    assert cases
    for case in cases:
        key = ReadingKey(bytes.fromhex(case["skRm"]))
        assert key.writing.public == bytes.fromhex(case["pkRm"])
        assert all(opened(suite, case, key.hybrid))


def test_a_value_that_was_sealed_by_the_first_version_still_opens() -> None:
    """The format is written to disk: what reads it may never change."""
    key = SealingKey.of(b"k" * 32, "rows")
    assert derive(b"k" * 32, "rows/key").hex() == DERIVED
    assert unseal(key, bytes.fromhex(SEALED), ("raw", "records", "row", "kind")) == b"words"


DERIVED = "1dbe43e3a0d87210711e8b09b7e4e4cb6197fd42773e9594c1ac9da431e0e2a4"
SEALED = (
    "017d63f2f7363ce6a0e2244d8bb2b7c5c18dab083692f6db9c34b92962d525e4937c7eb8504c3c7969c03d0195"
    "876e429d5dcd54f2b0f13737365d9d7e3ae4ca85a729ee414dcebb84f9f14d91cff085e26939d7deeadb4d78de"
    "e9808e11fdf27646f280bd9074d38e60144781ee77e42d33d7d6eb4f1ad62c26e0a4b7d76ca0af095fa6c7d9c0"
    "7dd5d65143e1929bc2681b10164aff747d7faa2082f17f75858db018b2f4929009bd55c8b463610567da2efd34"
    "2c5a8d94ee1294dd4a8f28840c8328e1a681a8ce3638607b270fd3f900334dc6a97444bf533707a16678c5acac"
    "1170b45d17c3bb7679b5cd17cb8960b4a825cb1f24944bbe118c540be73389568704ce002f66ba536e5cd11563"
    "d10cae5b05bd4e29b5484c60ad557548106f77240c3f38b832abf20173c3c1dd2d2a17f7c9847e4e300455cb45"
    "9c4fbb50337d2418929a384b24d63c876c3a2da0d6fc067fd34087c0fddf"
)
