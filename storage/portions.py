"""A process without the passphrase: its portion of the keys lies in a file of its own.

The portion opens its domains in the home's key file and no other, through rotations too. It is
made by whoever holds the passphrase and given to one process, for example the hiring managers'
interface, as a credential that only its user can read.
"""

import base64
import json
from collections.abc import Set
from pathlib import Path
from typing import Final

from models.errors import KeyUnavailableError
from storage.atomic import replacing
from storage.domain import Domain
from storage.envelope import SealingKey
from storage.faults import disk
from storage.home import Home
from storage.keyring import KeyRing, identity, ring_of
from storage.passphrase import PassphraseFileProvider

_FORM: Final = "walloff-portion-1"


def write_portion(home: Home, passphrase: bytes, domains: Set[Domain], target: Path) -> None:
    """Write what opens some domains of a home into a file with mode 0600.

    Raises `KeyUnavailableError` if the passphrase is wrong.
    """
    provider = PassphraseFileProvider.unlock(
        home.key_file, passphrase, identity(home), frozenset(domains)
    )
    content = {
        "form": _FORM,
        "home": home.id,
        "domains": {
            domain: {"id": key.id.hex(), "secret": base64.b64encode(key.secret).decode()}
            for domain, key in provider.wrapping.items()
        },
    }
    with disk("the portion cannot be written"), replacing(target) as stream:
        stream.write(json.dumps(content, sort_keys=True).encode() + b"\n")


def open_portion(home: Home, source: Path) -> KeyRing:
    """Return the key ring of a portion. Raises as `portion_provider` does."""
    return ring_of(home, portion_provider(home, source))


def portion_provider(home: Home, source: Path) -> PassphraseFileProvider:
    """Return what opens a portion's domains in the home's key file.

    Raises `KeyUnavailableError` if the file is missing, damaged, readable by others, or made for
    another home.
    """
    try:
        if source.stat().st_mode & 0o077:
            raise KeyUnavailableError("a portion of the keys must have mode 0600")
        content = json.loads(source.read_bytes())
        if (content["form"], content["home"]) != (_FORM, home.id):
            raise KeyUnavailableError("the portion of the keys is another home's")
        wrapping = {
            Domain(name): SealingKey(
                bytes.fromhex(key["id"]), base64.b64decode(key["secret"], validate=True)
            )
            for name, key in content["domains"].items()
        }
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as exc:
        raise KeyUnavailableError("the portion of the keys cannot be read") from exc
    provider = PassphraseFileProvider(home.key_file, identity(home), wrapping)
    for domain in wrapping:
        provider.current_version(domain)
    return provider
