"""A valid file is damaged by chance, and the same way again for the same seed: for fuzzing."""

import random
from typing import Final

_WORDS: Final = (b"\0", b"\xff", b"{", b"[", b'"', b"\r\n", b"<", b"-1", b"9" * 20, b"../", b"\\u")


def damaged(body: bytes, seed: int) -> bytes:
    """Return the bytes with one to eight changes."""
    chance = random.Random(seed)  # noqa: S311 - repeatable, no secret
    found = bytearray(body)
    for _ in range(chance.randint(1, 8)):
        at = chance.randrange(len(found) + 1)
        match chance.randrange(6):
            case 0 if at < len(found):
                found[at] ^= 1 << chance.randrange(8)
            case 1:
                del found[at : at + chance.randint(1, 64)]
            case 2:
                found[at:at] = chance.choice(_WORDS)
            case 3:
                found[at:at] = found[at : at + chance.randint(1, 256)]
            case 4:
                other = chance.randrange(len(found) + 1)
                found[at : at + 16] = found[other : other + 16]
            case _:
                del found[max(at, len(found) // 8) :]
    return bytes(found)
