"""Who is at the door of an application: accounts, sessions, links, and why a door stays shut."""

import hashlib
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from models.errors import WalloffError
from models.ids import ActorId, CaseId
from models.value import Value

IDLE: Final = timedelta(minutes=15)
"""A session that nobody uses for so long is over."""
LONGEST: Final = timedelta(hours=8)
"""A session is over after so long, used or not."""
STEP_UP: Final = timedelta(minutes=5)
"""For so long after a second factor was shown anew, what asks for it is open."""


class Stage(StrEnum):
    """How far somebody has come."""

    PASSWORD = "password"  # noqa: S105 - a stage
    """The password was right; the second factor is still asked for."""
    SIGNED_IN = "signed-in"


class LinkPurpose(StrEnum):
    """What a link lets its bearer do, once."""

    ENROL = "enrol"
    """Choose the password and the second factor of an account."""
    APPLICANT = "applicant"
    """Open one's own case, with a code that came another way."""


class Account(Value):
    """Somebody who may sign in to one application."""

    id: str
    name: str
    actor: ActorId
    has_password: bool
    has_totp: bool
    disabled: bool


class Session(Value):
    """Somebody at the door, or inside."""

    account_id: str | None
    actor: ActorId
    case_id: CaseId | None
    """The one case of a session that a link began."""
    stage: Stage
    started_at: datetime
    stepped_up_at: datetime | None

    def is_stepped_up(self, now: datetime) -> bool:
        """Say whether a second factor was shown so lately that it need not be shown again."""
        return self.stepped_up_at is not None and now - self.stepped_up_at < STEP_UP


class Link(Value):
    """A link that has not been used yet."""

    purpose: LinkPurpose
    account_id: str | None
    actor: ActorId
    case_id: CaseId | None
    expires_at: datetime
    needs_code: bool


def identity_of(issuer: str, sub: str) -> str:
    """Return what is kept of whom an identity provider knows: a digest, of both names."""
    return hashlib.sha256(f"{issuer}\0{sub}".encode()).hexdigest()


class SignInRefusedError(WalloffError):
    """Name, password, code or link is wrong; which of them is not said."""

    code = "sign-in-refused"


class TooManyAttemptsError(WalloffError):
    """Too many attempts failed; the next is looked at only after a while."""

    code = "too-many-attempts"

    def __init__(self, wait: timedelta) -> None:
        """Take how long to wait."""
        super().__init__("too many attempts")
        self.wait = wait


class AccountExistsError(WalloffError):
    """Another account has this name or identity."""

    code = "account-exists"


class PasswordTooWeakError(WalloffError):
    """A password is too short, too long, or holds the account's name."""

    code = "password-too-weak"
