"""Exit codes: the same meaning in every command; docs/exit-codes.md lists them."""

from enum import IntEnum


class ExitCode(IntEnum):
    """What a command's exit code says."""

    OK = 0
    FAILED = 1
    """Something was checked and did not hold: a log that does not verify, twins that differ."""
    BAD_INPUT = 2
    """A file, a line or an argument is wrong; the message names where and why."""
    REFUSED = 3
    """A rule of law, consent, policy or separation of duties forbids the step."""
    NOT_READY = 4
    """The home, its keys or its settings do not allow work."""
