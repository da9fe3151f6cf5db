"""A look from the manager's own process, which holds the released key and one database.

The look is written down there first; `casework.releasing.accesses` takes it into the audit log.
Nothing that this module imports reaches another domain's keys or rows.
"""

from datetime import datetime

from models.errors import CaseNotFoundError
from models.ids import ActorId, CaseId, is_id
from models.release import ReleasePackage
from storage.released import ReleasedVault


def look(
    case_id: CaseId, *, actor: ActorId, released: ReleasedVault, now: datetime
) -> ReleasePackage:
    """Return what was released, once the look is on record.

    Raises `CaseNotFoundError` for what is no id, `NotPermittedError` for somebody whom the
    inside did not name as a viewer, `RecordNotFoundError` for a release that was taken back.
    """
    if not is_id(case_id):
        raise CaseNotFoundError("no such case")
    return ReleasePackage.from_payload(released.look(case_id, actor=actor, at=now))
