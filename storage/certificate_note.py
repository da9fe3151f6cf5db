"""A certificate of destruction verifies offline: a signed note, without the content it is about.

The note is C2SP's (https://c2sp.org/signed-note), signed by the key that signs the audit log's
checkpoints, which auditors hold already. Its first line is never a log's origin, so neither kind
of note passes for the other. The second line is the certificate as canonical JSON.
"""

import json
from collections.abc import Iterator
from typing import Final

import rfc8785

from models.errors import AuditBrokenError
from storage.domain import HOME, Domain
from storage.keyring import KeyRing
from storage.note import Signer, Verifier, log_name
from storage.shred import Certificate, KeyDestruction

_FIRST: Final = "walloff certificate of destruction"
_WORTH: Final = {
    "best-effort": (
        "best effort: an old copy of the key file still opens it with the passphrase of its time"
    ),
    "provider": "destroyed by its provider; a backup that the provider made is beyond our sight",
    "": "the provider did not say what that is worth",
}


def sign_certificate(payload: bytes, *, key_ring: KeyRing, home_id: str) -> str:
    """Return a certificate's canonical JSON as a signed note.

    Raises `KeyUnavailableError` if the key ring lacks the audit domain, `AuditBrokenError` if
    the payload is not in canonical form.
    """
    text = payload.decode()
    if _canonical(text) != payload:
        raise AuditBrokenError("the certificate is not in canonical form")
    signer = Signer(log_name(home_id), key_ring.lockbox(HOME, Domain.AUDIT).signing)
    return signer.sign(f"{_FIRST}\n{text}\n")


def read_certificate(note: str, verifier: Verifier) -> Certificate:
    """Return what a signed certificate says about keys.

    Raises `AuditBrokenError` if the key did not sign it, or it is not a certificate.
    """
    lines = verifier.verify(note).split("\n")
    if len(lines) != 3 or lines[0] != _FIRST or lines[2]:
        raise AuditBrokenError("the note is not a certificate of destruction")
    content = json.loads(lines[1])
    # A certificate of one case holds that of the keys, which all cases of a sweep share.
    inner = content["keys"] if isinstance(content.get("keys"), dict) else content
    try:
        return Certificate.model_validate_json(json.dumps(inner))
    except ValueError as exc:
        raise AuditBrokenError("the note is not a certificate of destruction") from exc


def statements(certificate: Certificate) -> Iterator[str]:
    """Yield what a certificate says, a line each, with the limits of every provider."""
    yield f"cases: {', '.join(certificate.cases)}"
    yield f"destroyed: {certificate.destroyed_at:%Y-%m-%d %H:%M:%S} UTC"
    for key in certificate.keys:
        yield f"{key.domain}: {_versions(key)}; {_WORTH.get(key.assurance, key.assurance)}"
    for domain in certificate.pending:
        yield f"{domain}: PENDING, its custodian must still replace the key"


def _versions(key: KeyDestruction) -> str:
    gone = ", ".join(map(str, key.destroyed)) or f"all before {key.version}"
    return f"key version {gone} destroyed ({key.provider or 'provider'})"


def _canonical(text: str) -> bytes:
    try:
        return rfc8785.dumps(json.loads(text))
    except ValueError as exc:
        raise AuditBrokenError("the certificate is not in canonical form") from exc
