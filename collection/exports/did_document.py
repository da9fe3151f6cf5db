"""A DID document says which key signs for an account; its signature is checked with that key alone.

Keys come in three spellings: as a Multikey with the mark of secp256k1 or of P-256, and as the bare
point of an older kind of method. Curves and form of the signature are those of AT Protocol.
"""

import re
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from collection.files.strict_json import parse
from models.errors import InputError

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey

_K256_MARK: Final = b"\xe7\x01"
_P256_MARK: Final = b"\x80\x24"
_COMPRESSED: Final = 33
ORDERS: Final = {
    "secp256k1": 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141,
    "secp256r1": 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551,
}
"""The order of each curve's group (SEC 2)."""
_BARE: Final = {
    "EcdsaSecp256k1VerificationKey2019": "secp256k1",
    "EcdsaSecp256r1VerificationKey2019": "secp256r1",
}
_DID: Final = re.compile(r"did:(?:plc:[a-z2-7]{24}|web:[a-zA-Z0-9.%-]{1,253})")
_HANDLE: Final = re.compile(r"at://((?:[a-z0-9-]{1,63}\.){1,8}[a-z][a-z0-9-]{0,62})", re.IGNORECASE)
MAX_DOCUMENT: Final = 64 * 1024


@dataclass(frozen=True, slots=True)
class DidDocument:
    """What a DID document says of an account, as far as it matters here."""

    did: str
    handle: str
    """The first that the account goes by, or nothing."""
    key: "EllipticCurvePublicKey"

    def signed(self, message: bytes, signature: object) -> bool:
        """Say whether the account's key made a signature: 64 bytes, the lower of two forms."""
        from cryptography.exceptions import InvalidSignature
        from cryptography.hazmat.primitives.asymmetric.ec import ECDSA
        from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
        from cryptography.hazmat.primitives.hashes import SHA256

        if not isinstance(signature, bytes) or len(signature) != 64:
            return False
        r, s = int.from_bytes(signature[:32], "big"), int.from_bytes(signature[32:], "big")
        if not 0 < s <= ORDERS[self.key.curve.name] // 2 or r == 0:
            return False
        try:
            self.key.verify(encode_dss_signature(r, s), message, ECDSA(SHA256()))
        except InvalidSignature:
            return False
        return True


def is_did(text: object) -> bool:
    """Say whether this is the name of an account as AT Protocol knows them."""
    return isinstance(text, str) and _DID.fullmatch(text) is not None


def did_document(body: bytes) -> DidDocument:
    """Return what a document says. Raises `InputError` if it is none, or has no usable key."""
    text = None
    if len(body) <= MAX_DOCUMENT:
        with suppress(UnicodeDecodeError):
            text = body.decode("utf-8-sig")
    if text is None:
        raise InputError("the DID document is too large or not UTF-8")
    value = parse(text)
    did = value.get("id") if isinstance(value, dict) else None
    if not isinstance(value, dict) or not isinstance(did, str) or not is_did(did):
        raise InputError("the DID document names no account")
    methods = value.get("verificationMethod")
    for method in methods if isinstance(methods, list) else []:
        if isinstance(method, dict) and method.get("id") in ("#atproto", f"{did}#atproto"):
            if method.get("controller", did) != did:
                break
            return DidDocument(did, _handle(value.get("alsoKnownAs")), _key(method))
    raise InputError("the DID document has no key of the account's")


def _handle(names: object) -> str:
    for name in names if isinstance(names, list) else []:
        found = _HANDLE.fullmatch(name) if isinstance(name, str) else None
        if found is not None:
            return found[1].lower()
    return ""


def _key(method: dict[str, object]) -> "EllipticCurvePublicKey":
    import libipld
    from cryptography.hazmat.primitives.asymmetric.ec import (
        SECP256K1,
        SECP256R1,
        EllipticCurvePublicKey,
    )

    written = method.get("publicKeyMultibase")
    try:
        base, point = libipld.decode_multibase(written if isinstance(written, str) else "")
        name = _BARE.get(str(method.get("type")), "")
        if point[:2] in (_K256_MARK, _P256_MARK) and len(point) == 2 + _COMPRESSED:
            name = "secp256k1" if point[:2] == _K256_MARK else "secp256r1"
            point = point[2:]
        if base == "z" and name:
            curve = SECP256K1() if name == "secp256k1" else SECP256R1()
            return EllipticCurvePublicKey.from_encoded_point(curve, point)
    except ValueError:
        pass
    # Raised outside the handler: what was refused may be anything.
    raise InputError("the DID document has no key of the account's")
