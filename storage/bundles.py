"""A bundle that leaves the home is sealed to whoever asked for it: one file, which only they open.

The recipient makes a key of their own and sends its public half. Inside lies a ZIP archive with a
manifest of every file's SHA-256; outside nothing shows but its length.
"""

import base64
import hashlib
import io
import json
import os
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from models.errors import KeyUnavailableError, SealBrokenError
from storage.atomic import replacing
from storage.sealed_write import ReadingKey, WritingKey, seal_to, unseal_written

MANIFEST: Final = "manifest.json"
_PLACE: Final = ("walloff", "bundle", "1")
_PRIVATE: Final = "walloff-bundle-key-1 "
_PUBLIC: Final = "walloff-bundle-recipient-1 "
_DATE: Final = (1980, 1, 1, 0, 0, 0)


def make_recipient(private: Path, public: Path) -> None:
    """Make a key pair for a recipient: the private half with mode 0600."""
    key = ReadingKey(os.urandom(32))
    descriptor = os.open(private, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as out:
        out.write(_PRIVATE + base64.b64encode(key.seed).decode() + "\n")
    public.write_text(_PUBLIC + base64.b64encode(key.writing.public).decode() + "\n")


def read_recipient(public: Path) -> WritingKey:
    """Return a recipient's public key. Raises `KeyUnavailableError`."""
    return WritingKey(_body(public, _PUBLIC))


def manifest_of(files: Mapping[str, bytes], about: Mapping[str, object]) -> bytes:
    """Return the manifest of some files: what the bundle is about, and each digest."""
    digests = {name: hashlib.sha256(files[name]).hexdigest() for name in sorted(files)}
    return json.dumps({**about, "files": digests}, indent=2, sort_keys=True).encode() + b"\n"


def write_bundle(
    target: Path, files: Mapping[str, bytes], manifest: bytes, recipient: WritingKey
) -> None:
    """Seal the files with their manifest into one new file."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in sorted({**files, MANIFEST: manifest}.items()):
            archive.writestr(zipfile.ZipInfo(name, _DATE), content, zipfile.ZIP_DEFLATED)
    with replacing(target) as out:
        out.write(seal_to(recipient, packed.getvalue(), _PLACE))


def open_bundle(source: Path, private: Path) -> dict[str, bytes]:
    """Return the files of a bundle, each checked against the manifest, which is among them.

    Raises `KeyUnavailableError`, and `SealBrokenError` if one was altered.
    """
    key = ReadingKey(_body(private, _PRIVATE))
    packed = unseal_written(key, source.read_bytes(), _PLACE)
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    told = json.loads(files[MANIFEST])["files"]
    found = {
        name: hashlib.sha256(content).hexdigest()
        for name, content in files.items()
        if name != MANIFEST
    }
    if told != found:
        raise SealBrokenError("the files are not those of the manifest")
    return files


def _body(path: Path, form: str) -> bytes:
    try:
        text = path.read_text()
        if not text.startswith(form):
            raise KeyUnavailableError("not a key for bundles")
        return base64.b64decode(text[len(form) :].strip(), validate=True)
    except (OSError, ValueError) as exc:
        raise KeyUnavailableError("the key cannot be read") from exc
