"""Sign the audit log as it stands, and show it to the witnesses."""

from prefect import flow, task

from walloff.guard import guarded, is_transient
from walloff.upkeep import publish_checkpoint


@task(
    name="publish-checkpoint",
    persist_result=False,
    retries=3,
    retry_delay_seconds=[5, 30, 120],
    retry_jitter_factor=0.5,
    retry_condition_fn=is_transient,
    timeout_seconds=900,
)
def publish_once() -> int:
    """Return the size of the log that was signed."""
    return guarded("publish", publish_checkpoint)


@flow(name="audit-publish", persist_result=False, timeout_seconds=3600)
def audit_publish() -> int:
    """Publish one checkpoint."""
    return publish_once()
