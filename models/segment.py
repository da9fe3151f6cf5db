"""The automatic segments of a case's life, each a short flow over a batch of cases."""

from enum import StrEnum


class Segment(StrEnum):
    """What the machine does by itself once a gate is open."""

    NOTIFY = "notify"
    COLLECT = "collect"
    SCREEN = "screen"
    RELEASE = "release"
    RETENTION_SWEEP = "retention-sweep"
    AUDIT_PUBLISH = "audit-publish"
    RECONCILE = "reconcile"


OF_CASES = (Segment.NOTIFY, Segment.COLLECT, Segment.SCREEN, Segment.RELEASE)
"""The segments that run on a batch of cases; the others run on the home."""
