"""A person chooses a password and sets up an authenticator, by a link that works once.

To open the link uses nothing up: what looks at mails before people do must not spend it.
"""

from typing import Annotated

from fastapi import Form, Path, Request
from starlette.responses import Response

from models.signin import LinkPurpose, PasswordTooWeakError, SignInRefusedError
from portal.web.doors import SIGN_IN, ClosedError, Doors, elsewhere
from portal.web.one_time_codes import address, new_secret, read, shown, step_of
from portal.web.pages import Pages
from portal.web.passwords import LONGEST, SHORTEST, hashed, require_strong

Token = Annotated[str, Path(max_length=64)]
Secret = Annotated[str, Form(max_length=64)]
Password = Annotated[str, Form(max_length=LONGEST)]
Code = Annotated[str, Form(max_length=16)]


def enrolment_doors(doors: Doors, pages: Pages) -> None:
    """Add the pages behind a link that enrols."""
    reception = doors.reception

    def asked(
        request: Request, token: str, secret: bytes, errors: dict[str, str], status: int
    ) -> Response:
        link = reception.links.find(token, LinkPurpose.ENROL, at=reception.now())
        name = reception.accounts.get(str(link.account_id)).name
        text = shown(secret)
        return pages.show(
            request,
            "enrol.html",
            status=status,
            token=token,
            name=name,
            secret=text,
            grouped=" ".join(text[start : start + 4] for start in range(0, len(text), 4)),
            address=address(secret, name, reception.interface.title),
            shortest=SHORTEST,
            errors=errors,
        )

    @doors.open_to_all("GET", "/enrol/{token}")
    def ask(request: Request, token: Token) -> Response:
        try:
            return asked(request, token, new_secret(), {}, 200)
        except SignInRefusedError:
            raise ClosedError from None

    @doors.open_to_all("POST", "/enrol/{token}")
    def take(
        request: Request,
        token: Token,
        password: Password = "",
        again: Password = "",
        secret: Secret = "",
        code: Code = "",
    ) -> Response:
        now = reception.now()
        try:
            link = reception.links.find(token, LinkPurpose.ENROL, at=now)
        except SignInRefusedError:
            raise ClosedError from None
        account = reception.accounts.get(str(link.account_id))
        chosen = read(secret)
        errors: dict[str, str] = {}
        try:
            require_strong(password, account.name)
        except PasswordTooWeakError as weak:
            errors["password"] = str(weak)
        if password != again:
            errors["again"] = "The two passwords differ."
        step = None if chosen is None else step_of(chosen, code, now)
        if step is None:
            errors["code"] = "The code is not the one that the authenticator shows."
        if errors or chosen is None or step is None:
            return asked(request, token, chosen or new_secret(), errors, 422)
        phc = hashed(password)
        try:
            reception.links.spend(token, LinkPurpose.ENROL, at=now)
        except SignInRefusedError:
            raise ClosedError from None
        reception.accounts.enrol(account.id, password=phc, totp=chosen, at=now)
        reception.accounts.use_step(account.id, step)
        return elsewhere(f"{SIGN_IN}?said=enrolled")
