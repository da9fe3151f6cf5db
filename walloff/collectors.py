"""The inside and its collectors meet here: captures in, orders out."""

from casework.gathering.captures_in import take_in_captures
from casework.gathering.collector_orders import refresh_orders
from collection.files.contraband import known_digests
from models.errors import WalloffError
from storage.collector_folder import open_collector
from walloff.services import Services


def serve_collectors(services: Services) -> int:
    """Take in what every collector wrote and bring its orders up to date; return how many.

    One whose folder fails keeps none of the others waiting: its error is raised last.
    """
    vault, now, done = services.vault, services.clock.now(), 0
    if not services.home.collectors:
        return 0
    known = known_digests(services.settings.contraband_digests)
    first: WalloffError | None = None
    for root in services.home.collectors.values():
        try:
            folder = open_collector(root)
            done += take_in_captures(folder, vault=vault, now=now, known=known)
            done += refresh_orders(folder, vault=vault, now=now)
        except WalloffError as refusal:
            first = first or refusal
    if first is not None:
        raise first
    return done
