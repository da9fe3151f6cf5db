"""Makes a repository as its host would: blocks, tree of records, commit and signature."""

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from collection.exports.car import CID
from collection.samples.sample_files import sample_texts

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey

DID: Final = "did:plc:samsamsamsamsamsamsamsam"
HANDLE: Final = "sam.social.example"
_MARKS: Final = {"secp256k1": b"\xe7\x01", "secp256r1": b"\x80\x24"}
_DIGITS: Final = "234567abcdefghijklmnopqrstuvwxyz"
"""Of record keys, in the order of their bytes."""


class Repository:
    """Blocks in the making."""

    def __init__(self) -> None:
        self.blocks: dict[bytes, bytes] = {}

    def add(self, value: object) -> bytes:
        """Add a block; return its name."""
        import libipld

        body = libipld.encode_dag_cbor(value)
        cid = CID + hashlib.sha256(body).digest()
        self.blocks[cid] = body
        return cid

    def tree(self, records: Mapping[str, bytes]) -> bytes:
        """Add the tree of these records, by key; return the name of its root."""
        keys = sorted(key.encode() for key in records)
        return self._node(keys, records, max((layer(key) for key in keys), default=0))

    def _node(self, keys: list[bytes], records: Mapping[str, bytes], at: int) -> bytes:
        entries: list[dict[str, Any]] = []
        left: bytes | None = None
        before, below = b"", list[bytes]()

        def close() -> None:
            nonlocal left
            under = self._node(below, records, at - 1) if below else None
            if entries:
                entries[-1]["t"] = under
            else:
                left = under
            below.clear()

        for key in keys:
            if layer(key) < at:
                below.append(key)
                continue
            close()
            shared = _shared(before, key)
            entries.append({"p": shared, "k": key[shared:], "v": records[key.decode()], "t": None})
            before = key
        close()
        return self.add({"l": left, "e": entries})

    def commit(self, root: bytes, key: "EllipticCurvePrivateKey", **changes: object) -> bytes:
        """Add a signed commit; return its name."""
        import libipld

        value = {"did": DID, "version": 3, "data": root, "rev": "3ks2", "prev": None, **changes}
        return self.add({**value, "sig": sign(key, libipld.encode_dag_cbor(value))})

    def car(self, *roots: bytes) -> bytes:
        """Return the whole as a CAR file."""
        import libipld

        header = libipld.encode_dag_cbor({"version": 1, "roots": list(roots)})
        parts = [header, *(cid + body for cid, body in self.blocks.items())]
        return b"".join(varint(len(part)) + part for part in parts)


def layer(key: bytes) -> int:
    """Return how high in the tree a key stands: pairs of zero bits its digest begins with."""
    digest = int.from_bytes(hashlib.sha256(key).digest(), "big")
    return (256 - digest.bit_length()) // 2


def sign(key: "EllipticCurvePrivateKey", message: bytes) -> bytes:
    """Return a signature: 64 bytes, the lower of two forms."""
    from cryptography.hazmat.primitives.asymmetric.ec import ECDSA
    from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
    from cryptography.hazmat.primitives.hashes import SHA256

    from collection.exports.did_document import ORDERS

    r, s = decode_dss_signature(key.sign(message, ECDSA(SHA256())))
    return r.to_bytes(32, "big") + min(s, ORDERS[key.curve.name] - s).to_bytes(32, "big")


def document(key: "EllipticCurvePrivateKey", did: str = DID, handle: str = HANDLE) -> bytes:
    """Return an account's DID document, its key as a Multikey."""
    import libipld
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    point = key.public_key().public_bytes(Encoding.X962, PublicFormat.CompressedPoint)
    method = {
        "id": f"{did}#atproto",
        "type": "Multikey",
        "controller": did,
        "publicKeyMultibase": libipld.encode_multibase("z", _MARKS[key.curve.name] + point),
    }
    value = {"id": did, "alsoKnownAs": [f"at://{handle}"], "verificationMethod": [method]}
    return json.dumps(value).encode()


def post_key(number: int) -> str:
    """Return a record key of thirteen characters; they ascend with the number."""
    found = ""
    for _ in range(13):
        number, digit = divmod(number, len(_DIGITS))
        found = _DIGITS[digit] + found
    return f"app.bsky.feed.post/{found}"


def varint(number: int) -> bytes:
    """Return a number as LEB128."""
    found = bytearray()
    while number > 0x7F:
        found.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes([*found, number])


def bluesky_sample(folder: Path, count: int) -> Path:
    """Write a repository of posts, signed, and its DID document beside it."""
    from cryptography.hazmat.primitives.asymmetric.ec import SECP256K1, generate_private_key

    made, key, records = Repository(), generate_private_key(SECP256K1()), {}
    for number, at, text in sample_texts(count):
        value = {"$type": "app.bsky.feed.post", "text": text, "createdAt": at, "langs": ["en"]}
        records[post_key(number)] = made.add(value)
    root = made.commit(made.tree(records), key)
    path = folder / "repo.car"
    path.write_bytes(made.car(root))
    path.with_suffix(".did.json").write_bytes(document(key))
    return path


def _shared(one: bytes, two: bytes) -> int:
    size = min(len(one), len(two))
    return next((at for at in range(size) if one[at] != two[at]), size)
