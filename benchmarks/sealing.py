"""Sealing beside raw AES-256-GCM: what the key per message, the commitment and the padding cost.

Raw is one cipher object with a fresh nonce for each message, the fastest way the library has.
"""

import os
import tempfile
from collections.abc import Callable
from pathlib import Path

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from benchmarks.measure import Result, parser, rounds, show, timed
from storage.envelope import SealingKey, encode_context, seal, unseal
from storage.sealed_write import ReadingKey, seal_to, unseal_written
from storage.stream import open_file, seal_file

PLACE = ("raw", "evidence", "row", "item")
SIZES = {"1 KiB": (1 << 10, 20_000), "64 KiB": (1 << 16, 2_000), "1 MiB": (1 << 20, 100)}
FILE = 64 << 20
WRITES = 1_000


def measure() -> list[Result]:
    """Return rates and ratios, by size; then files, then writing to a public key."""
    key, raw = SealingKey.of(os.urandom(32), "rows"), AESGCM(os.urandom(32))
    return [*_values(key, raw), *_files(key, raw), *_written(key)]


def _values(key: SealingKey, raw: AESGCM) -> list[Result]:
    results = []
    for name, (size, count) in SIZES.items():
        text = os.urandom(size)
        sealed, nonce = seal(key, text, PLACE), os.urandom(12)
        known = raw.encrypt(nonce, text, encode_context(PLACE))
        seconds = rounds(
            {
                "seal": _times(count, lambda t=text: seal(key, t, PLACE)),
                "encrypt": _times(
                    count,
                    lambda t=text: raw.encrypt(os.urandom(12), t, encode_context(PLACE)),
                ),
                "unseal": _times(count, lambda s=sealed: unseal(key, s, PLACE)),
                "decrypt": _times(
                    count, lambda b=known, n=nonce: raw.decrypt(n, b, encode_context(PLACE))
                ),
            }
        )
        for ours, theirs in (("seal", "encrypt"), ("unseal", "decrypt")):
            ours_rate, raw_rate = (_rate(count, size, seconds[one]) for one in (ours, theirs))
            results.append(
                Result(
                    f"{ours} against raw {theirs}, {name}",
                    f"{seconds[ours] / seconds[theirs]:.1f} x",
                    "",
                    f"{ours_rate}; raw {raw_rate}",
                )
            )
    return results


def _files(key: SealingKey, raw: AESGCM) -> list[Result]:
    with tempfile.TemporaryDirectory() as folder:
        source, target, bare = (Path(folder, name) for name in ("source", "target", "bare"))
        source.write_bytes(os.urandom(FILE))

        def in_one_piece() -> None:
            with bare.open("wb") as out:
                out.write(raw.encrypt(os.urandom(12), source.read_bytes(), None))
                os.fsync(out.fileno())

        seconds = rounds(
            {
                "seal": timed(lambda: seal_file(source, target, key, PLACE)),
                "raw": timed(in_one_piece),
                "open": timed(lambda: sum(map(len, open_file(target, key, PLACE)))),
            }
        )
    return [
        Result(
            "sealed file against raw, 64 MiB",
            f"{seconds['seal'] / seconds['raw']:.2f} x",
            "",
            f"seals {_rate(1, FILE, seconds['seal'])}, opens {_rate(1, FILE, seconds['open'])};"
            f" raw in one piece {_rate(1, FILE, seconds['raw'])}",
        )
    ]


def _written(key: SealingKey) -> list[Result]:
    reading = ReadingKey(os.urandom(32))
    writing, text = reading.writing, os.urandom(1024)
    sealed = seal_to(writing, text, PLACE)
    seconds = rounds(
        {
            "write": _times(WRITES, lambda: seal_to(writing, text, PLACE)),
            "read": _times(WRITES, lambda: unseal_written(reading, sealed, PLACE)),
            "seal": _times(WRITES, lambda: seal(key, text, PLACE)),
        }
    )
    return [
        Result(
            "written to a public key against sealed, 1 KiB",
            f"{seconds['write'] / seconds['seal']:.0f} x",
            "",
            f"hybrid HPKE: writes {WRITES / seconds['write']:,.0f}/s,"
            f" opens {WRITES / seconds['read']:,.0f}/s, {len(sealed) - len(text)} bytes more",
        )
    ]


def _times(count: int, run: Callable[[], object]) -> Callable[[], float]:
    def repeated() -> None:
        for _ in range(count):
            run()

    return timed(repeated)


def _rate(count: int, size: int, seconds: float) -> str:
    rate = count / seconds
    mega = count * size / seconds / 1e6
    return f"{mega:,.0f} MB/s" if count == 1 else f"{rate:,.0f}/s, {mega:,.0f} MB/s"


if __name__ == "__main__":
    given = parser(__doc__).parse_args()
    show(measure(), as_json=given.json)
