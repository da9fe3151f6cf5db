"""On PostgreSQL entries that wait come into the tree by themselves, with the work that is due."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.engine import URL

from models.segment import OF_CASES
from storage.audit import read_frontier
from storage.migrate import Database
from storage.verification import verify
from walloff.dispatch import register, work_off
from walloff.services import Services
from walloff.upkeep import reconcile_home


@pytest.fixture
def home_urls(postgresql: Any) -> dict[Database, URL]:
    urls: dict[Database, URL] = postgresql.urls()
    return urls


def waiting(services: Services) -> int:
    with services.vault.read() as tx:
        return int(tx.execute(text("SELECT count(*) FROM audit_queue")).scalar_one())


@pytest.mark.parametrize("run", [work_off, reconcile_home])
def test_nobody_has_to_sequence_by_hand(office: Any, run: Callable[[Services], int]) -> None:
    """`walloff work` and the reconciling flow both leave an empty queue behind them."""
    for segment in OF_CASES:
        register(segment, lambda _batch: None)
    office.drafted()
    left = waiting(office.services)
    assert left > 0
    run(office.services)
    assert waiting(office.services) == 0
    with office.vault.read() as tx:
        assert read_frontier(tx).size >= left
    assert verify(office.vault).intact
