"""Destroying one case: its lockbox dropped, every other rewrapped, the old key destroyed.

Wall time, for the disk has its part; 1,000, 10,000 and 100,000 cases in one domain.
"""

import time

from sqlalchemy import insert

from benchmarks.homes import NOW, opened, temporary_home
from benchmarks.measure import Result, parser, show
from models.ids import CaseId, new_id
from storage.domain import Domain
from storage.engine import transaction
from storage.envelope import Context
from storage.keyring import KeyRing, identity
from storage.tables.keys import LOCKBOXES

SIZES = (1_000, 10_000, 100_000)
REACH = {10_000: "< 1 s"}


def measure() -> list[Result]:
    """Return the seconds from the drop to the old key's end, by the number of cases."""
    results = []
    with temporary_home() as root:
        services = opened(root)
        ring = services.vault.key_ring
        place = ("lockbox", *identity(services.home))
        made: list[CaseId] = []
        for size in SIZES:
            made += _filled(ring, place, size - len(made))
            began = time.monotonic()
            ring.drop(made.pop(), at=NOW)
            rotation = ring.rotate(Domain.RAW)
            taken = time.monotonic() - began
            results.append(
                Result(
                    f"one case destroyed among {size:,}",
                    f"{taken:.2f} s",
                    REACH.get(size, ""),
                    f"wall time, once; {rotation.rewrapped:,} lockboxes rewrapped",
                )
            )
    return results


def _filled(ring: KeyRing, place: Context, count: int) -> list[CaseId]:
    cases = [CaseId(new_id()) for _ in range(count)]
    version = ring.provider.current_version(Domain.RAW)
    rows = [
        {
            "case_id": case_id,
            "domain": Domain.RAW,
            "version": version,
            "wrapped": ring.provider.wrap(Domain.RAW, version, b"k" * 32, (*place, case_id)),
        }
        for case_id in cases
    ]
    with transaction(ring.engine, "keys", writes=True) as connection:
        connection.execute(insert(LOCKBOXES), rows)
    return cases


if __name__ == "__main__":
    given = parser(__doc__).parse_args()
    show(measure(), as_json=given.json)
