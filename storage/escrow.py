"""Two of three custodians together can open a home's keys; one alone learns nothing.

The recovery secret is shared by SLIP-39 (Shamir's scheme over GF(256), written as 33 words with
a checksum), made by the library of the scheme's authors. It exists only while shares are made or
put together. Shares open a key file and are of no use without one.
"""

import os
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from shamir_mnemonic import MnemonicError, combine_mnemonics, generate_mnemonics

from models.errors import InputError, KeyUnavailableError
from storage.atomic import owned, sync_directory
from storage.domain import Domain
from storage.faults import disk
from storage.home import Home
from storage.keyring import KeyRing, identity, require_cost, ring_of
from storage.passphrase import RFC_9106_LOW, KdfCost, PassphraseFileProvider
from storage.sealed_write import ReadingKey

SHARES: Final = 3
THRESHOLD: Final = 2
"""How many shares open the keys."""

_LARGEST: Final = 4096


@dataclass(frozen=True, slots=True)
class Escrow:
    """What was handed out: where the shares lie, and the id that every one of them names."""

    id: str
    files: tuple[Path, ...]


def split_keys(home: Home, passphrase: bytes, folder: Path) -> Escrow:
    """Write three shares, each into a file of its own with mode 0600, and let two open the keys.

    The shares are durable before the key file knows of them: a crash leaves the earlier escrow
    good, and the new files useless. Afterwards the shares of an earlier escrow open no more.
    Raises `KeyUnavailableError` if the passphrase is wrong, `HomeError` if a share of this name
    is there already or cannot be written.
    """
    PassphraseFileProvider.unlock(home.key_file, passphrase, identity(home), frozenset(Domain))
    seed = secrets.token_bytes(32)
    (words,) = generate_mnemonics(1, [(THRESHOLD, SHARES)], seed)
    writing = ReadingKey(seed).writing
    escrow_id = writing.id.hex()
    files = tuple(
        folder / f"walloff-share-{escrow_id[:8]}-{number}.txt" for number in range(1, SHARES + 1)
    )
    with disk("a share cannot be written"):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        for number, (path, share) in enumerate(zip(files, words, strict=True), start=1):
            with owned(path) as stream:
                stream.write(_sheet(home, escrow_id, number, share).encode())
                stream.flush()
                os.fsync(stream.fileno())
        sync_directory(folder)
    PassphraseFileProvider.set_escrow(home.key_file, passphrase, identity(home), writing)
    return Escrow(escrow_id, files)


def open_shares(sheets: Sequence[str]) -> ReadingKey:
    """Put shares together. Takes whole sheets or bare words.

    Raises `InputError` if a sheet is malformed or mistyped, `KeyUnavailableError` if they are
    too few or do not belong together.
    """
    words = list(dict.fromkeys(_words(sheet) for sheet in sheets))
    if len(words) < THRESHOLD:
        raise KeyUnavailableError(f"{THRESHOLD} different shares are needed")
    try:
        seed = combine_mnemonics(words[:THRESHOLD])
    except MnemonicError as exc:
        # Its text repeats words of the shares.
        raise KeyUnavailableError("the shares are mistyped or do not belong together") from exc
    return ReadingKey(seed)


def open_by_shares(home: Home, reading: ReadingKey) -> KeyRing:
    """Return a ring of every domain. Raises `KeyUnavailableError` if the shares are not its."""
    return ring_of(home, PassphraseFileProvider.recover(home.key_file, reading, identity(home)))


def reset_passphrase(
    home: Home, reading: ReadingKey, new: bytes, *, cost: KdfCost = RFC_9106_LOW
) -> None:
    """Put a home's keys under a new passphrase by its shares, which stay good.

    Raises `KeyUnavailableError` if the shares are another home's or of an earlier escrow.
    """
    require_cost(home, cost)
    PassphraseFileProvider.reset_passphrase(home.key_file, reading, new, identity(home), cost=cost)


def _sheet(home: Home, escrow_id: str, number: int, share: str) -> str:
    words = share.split()
    rows = [" ".join(words[start : start + 6]) for start in range(0, len(words), 6)]
    return (
        f"# Walloff key share {number} of {SHARES}; any {THRESHOLD} open the keys of the home\n"
        f"# home {home.id} escrow {escrow_id[:8]}\n"
        "# Print it, give it to one custodian, and delete this file.\n"
    ) + "".join(f"{row}\n" for row in rows)


def _words(sheet: str) -> str:
    if len(sheet) > _LARGEST:
        raise InputError("this is no share")
    lines = [line for line in sheet.splitlines() if not line.startswith("#")]
    words = " ".join(" ".join(lines).lower().split())
    if not words or not words.replace(" ", "").isalpha() or not words.isascii():
        raise InputError("this is no share")
    return words
