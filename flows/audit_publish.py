"""Sign the audit log as it stands."""

from prefect import flow, task

from storage.checkpoints import publish
from walloff.services import services


@task(name="publish-checkpoint", persist_result=False)
def publish_checkpoint() -> int:
    """Return the size of the log that was signed."""
    current = services()
    return publish(current.vault, now=current.clock.now()).size


@flow(name="audit-publish", persist_result=False)
def audit_publish() -> int:
    """Publish one checkpoint."""
    return publish_checkpoint()
