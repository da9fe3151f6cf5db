"""The manager's side holds what was released, opens nothing else, and forgets what is withdrawn."""

from typing import Any

import pytest

from models.errors import ConstraintError, KeyUnavailableError, RecordNotFoundError
from models.ids import CaseId, new_id
from storage.domain import Domain
from storage.outbox import OutboxStore
from storage.released import ReleasedVault
from storage.vault import Vault


@pytest.fixture
def manager(agency: Any) -> Any:
    vault = ReleasedVault(agency.home, agency.ring_for(Domain.RELEASED))
    yield vault
    vault.close()


def test_a_package_is_viewed_as_it_was_delivered(agency: Any, manager: ReleasedVault) -> None:
    case = CaseId(new_id())
    manager.deliver(case, 1, b"payload", agency.now)
    assert manager.view(case) == b"payload"
    assert manager.all() == [case]
    with pytest.raises(RecordNotFoundError):
        manager.view(CaseId(new_id()))


def test_a_second_delivery_changes_nothing(agency: Any, manager: ReleasedVault) -> None:
    case = CaseId(new_id())
    for _ in range(2):
        manager.deliver(case, 1, b"payload", agency.now)
    with pytest.raises(ConstraintError):
        manager.deliver(case, 1, b"another", agency.now)
    assert manager.view(case) == b"payload"


def test_deliveries_out_of_order_leave_the_newest(agency: Any, manager: ReleasedVault) -> None:
    case = CaseId(new_id())
    for version in (2, 1, 3, 2):
        manager.deliver(case, version, f"payload {version}".encode(), agency.now)
    assert manager.view(case) == b"payload 3"


def test_a_withdrawn_package_is_gone_and_a_late_delivery_does_not_revive_it(
    agency: Any, manager: ReleasedVault
) -> None:
    case = CaseId(new_id())
    manager.deliver(case, 1, b"payload", agency.now)
    for _ in range(2):
        manager.withdraw(case, agency.now)
    manager.deliver(case, 1, b"payload", agency.now)
    with pytest.raises(RecordNotFoundError):
        manager.view(case)
    assert manager.all() == []
    manager.deliver(case, 2, b"corrected", agency.now)
    assert manager.view(case) == b"corrected"
    manager.withdraw(CaseId(new_id()), agency.now)


def test_the_managers_key_opens_no_raw_row(agency: Any, manager: ReleasedVault) -> None:
    """Full compromise of the manager's process: the raw file is readable, its rows are not."""
    case = agency.case()
    with agency.vault.write() as tx:
        OutboxStore(tx).add("deliver", case.id, b"payload", now=agency.now)
    taken = Vault(agency.home, agency.ring_for(Domain.RELEASED))
    with taken.read() as tx, pytest.raises(KeyUnavailableError):
        OutboxStore(tx).pending()
    with taken.write() as tx, pytest.raises(KeyUnavailableError):
        OutboxStore(tx).pending()
    taken.close()


def test_the_raw_key_opens_no_released_package(agency: Any, manager: ReleasedVault) -> None:
    case = CaseId(new_id())
    manager.deliver(case, 1, b"payload", agency.now)
    other = ReleasedVault(agency.home, agency.ring_for(Domain.RAW))
    with pytest.raises(KeyUnavailableError):
        other.view(case)
    with pytest.raises(KeyUnavailableError):
        other.deliver(case, 2, b"forged", agency.now)
    other.close()
    assert manager.view(case) == b"payload"
