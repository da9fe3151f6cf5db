"""What a long-running process logs: one JSON object a line, of an event and fields from a list."""

import json
import logging
import sys
from datetime import UTC, datetime
from typing import Final

_FIELDS: Final = ("code", "kind", "step", "witness")
"""The fields that a line may have beside its event: names and codes, never words."""

_OURS: Final = ("casework", "cli", "storage", "walloff")


class Lines(logging.Formatter):
    """Formats a record as one line; whatever is not listed is left out."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        line = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="seconds"),
            "level": record.levelname.lower(),
            "event": record.msg if isinstance(record.msg, str) and not record.args else "",
        }
        found = {name: str(getattr(record, name)) for name in _FIELDS if hasattr(record, name)}
        return json.dumps(line | found, sort_keys=True)


def log_to_stderr() -> None:
    """Log our own events as lines on stderr."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(Lines())
    for name in _OURS:
        logger = logging.getLogger(name)
        logger.handlers[:] = [handler]
        logger.propagate = False
