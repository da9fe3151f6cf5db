"""A rehearsal home for one measurement, made under a folder that is thrown away."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from casework.people.people import add_person
from casework.requisition.requisitions import open_requisition
from models.case import Case, CaseState
from models.ids import ActorId, CaseId, new_id
from models.people import Actor, Role
from models.requisition import Requisition
from policy.defaults import default_draft
from storage.cases import CaseStore
from storage.home import HomeMode, create_home
from storage.keyring import generate_passphrase, init_keys
from storage.vault import Vault
from walloff.services import Services, open_services
from walloff.settings import Settings

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)


def _actor(name: str, role: Role) -> Actor:
    # As the rehearsal names its own, which then finds them there.
    return Actor(id=ActorId(f"rehearsal-{name}"), roles=frozenset({role}), rehearsal=True)


ADMINISTRATOR = _actor("administrator", Role.ADMINISTRATOR)
POLICY_OWNER = _actor("policy-owner", Role.POLICY_OWNER)


@contextmanager
def temporary_home(folder: Path | None = None) -> Iterator[Path]:
    """Make a home with keys, in the usual place or under a folder, and remove it at the end."""
    with TemporaryDirectory(prefix="walloff-bench-", dir=folder) as made:
        home = create_home(Path(made) / "home", HomeMode.REHEARSAL)
        init_keys(home, generate_passphrase(home))
        yield home.root


def opened(root: Path) -> Services:
    """Open a home in this process."""
    return open_services(Settings(home=root), mode=HomeMode.REHEARSAL)


def requisition_in(vault: Vault) -> Requisition:
    """Open a requisition with the default packs."""
    for person, by in ((ADMINISTRATOR, None), (POLICY_OWNER, ADMINISTRATOR)):
        add_person(person, str(person.id), actor=by, vault=vault, now=NOW)
    draft = default_draft()
    return open_requisition(
        draft.title, draft.policy, draft.criteria, actor=POLICY_OWNER, vault=vault, now=NOW
    )


def case_in(vault: Vault, requisition: Requisition) -> Case:
    """Add a case as it stands after consent."""
    case = Case(
        id=CaseId(new_id()),
        requisition_id=requisition.id,
        state=CaseState.CONSENTED,
        opened_by=ADMINISTRATOR.id,
        opened_at=NOW,
        changed_at=NOW,
    )
    with vault.write() as tx:
        CaseStore(tx).add(case)
    return case
