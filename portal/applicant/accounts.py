"""Names and accounts by platform are listed, checked, and sealed to the inside.

A credential is refused before anything is stored, at the field it stood in, and not repeated.
"""

from dataclasses import dataclass, field
from typing import Final

from fastapi import Request
from starlette.responses import Response

from casework.letters.applicant_side import desk, receipts, write_disclosure
from models.applicant_rules import Asked
from models.disclosure import Account, Blog, BlogRole, Disclosure
from models.errors import WrongStateError
from models.letters import Awaited
from models.text import RawText
from portal.applicant.languages import texts_of
from portal.applicant.own import LONGEST, Fields, Form, Own
from portal.applicant.secrets_in import cleaned

LINES: Final = 100
ROWS: Final = 4
_MOST_ROWS: Final = 60
_LISTS: Final = ("emails", "handles", "blogs_own", "blogs_wrote", "unsure", "sensitive")
_TICKS: Final = ("forgotten", "anonymous", *(f"none_{one}" for one in Asked))


@dataclass
class Listed:
    """A list as its form holds it."""

    texts: dict[str, str] = field(default_factory=dict)
    rows: int = ROWS
    errors: dict[str, str] = field(default_factory=dict)

    def lines(self, name: str) -> list[str]:
        """Return the lines of a field, without those that are empty."""
        return [one.strip() for one in self.texts.get(name, "").split("\n") if one.strip()]

    def accounts(self) -> list[tuple[str, str]]:
        """Return (platform, name there) of each account."""
        every = (
            (self.texts.get(f"platform-{n}", ""), self.texts.get(f"handle-{n}", ""))
            for n in range(1, self.rows + 1)
        )
        return [one for one in every if any(one)]

    def given(self, asked: Asked) -> bool:
        """Say whether anything stands in one of the lists that need an answer."""
        if asked is Asked.ACCOUNTS:
            return bool(self.accounts())
        if asked is Asked.BLOGS:
            return bool(self.lines("blogs_own") or self.lines("blogs_wrote"))
        return bool(self.lines(str(asked)))


def account_doors(own: Own) -> None:
    """Add the list of names and accounts."""
    doors, pages = own.doors, own.pages

    def require_asked(request: Request) -> None:
        asked = desk(own.case(request), **own.where(request))
        if asked.awaited is not Awaited.DISCLOSURE:
            raise WrongStateError("no list is asked for")

    def form(request: Request, listed: Listed) -> Response:
        status = 422 if listed.errors else 200
        return pages.show(request, "accounts.html", status=status, listed=listed)

    @doors.reads("/accounts")
    def ask(request: Request) -> Response:
        require_asked(request)
        return form(request, Listed())

    @doors.writes("/accounts")
    def take(request: Request, sent: Form) -> Response:
        require_asked(request)
        fields, texts = Fields(sent), texts_of(request)
        listed = _read(fields)
        _refuse_credentials(listed, texts["accounts.credential"])
        if fields.step() in {"change", "more"}:
            if fields.step() == "more":
                listed.rows = min(listed.rows + ROWS, _MOST_ROWS)
            return form(request, listed)
        _require_answers(listed, dict(texts))
        if listed.errors:
            return form(request, listed)
        if fields.step() != "send":
            return pages.show(request, "accounts_check.html", listed=listed)
        case_id, where = own.case(request), own.where(request)
        write_disclosure(case_id, _disclosure(listed), **where)
        return own.sent(Awaited.DISCLOSURE, len(receipts(case_id, **where)))


def _read(fields: Fields) -> Listed:
    counted = fields.one("rows")
    rows = int(counted) if counted.isascii() and counted.isdigit() and len(counted) < 4 else ROWS
    listed = Listed(rows=max(ROWS, min(rows, _MOST_ROWS)))
    names = ["name", *_LISTS, *_TICKS]
    names += [f"{what}-{n}" for n in range(1, listed.rows + 1) for what in ("platform", "handle")]
    listed.texts = {name: fields.one(name) for name in names}
    return listed


def _refuse_credentials(listed: Listed, said: str) -> None:
    for name, text in listed.texts.items():
        listed.texts[name], found = cleaned(text)
        if found:
            listed.errors[name] = said
    for n in range(1, listed.rows + 1):
        # The label that a platform's field gives may be what makes a number a credential.
        both = " ".join(listed.texts[f"{what}-{n}"] for what in ("platform", "handle"))
        if cleaned(both)[1]:
            listed.texts[f"handle-{n}"] = ""
            listed.errors[f"handle-{n}"] = said


def _require_answers(listed: Listed, texts: dict[str, str]) -> None:
    """Note what is missing: each list that is asked for needs an answer, if only that it is empty.

    An error that is noted already stays: the field was emptied for it.
    """
    note = listed.errors.setdefault
    if not listed.texts["name"]:
        note("name", texts["accounts.name_missing"])
    for name, text in listed.texts.items():
        if name in _LISTS and len(listed.lines(name)) > LINES:
            note(name, texts["accounts.many"].format(count=LINES))
        if len(text) > LONGEST:
            note(name, texts["accounts.long"].format(count=LONGEST))
    for n in range(1, listed.rows + 1):
        platform, handle = (listed.texts[f"{what}-{n}"] for what in ("platform", "handle"))
        if bool(platform) != bool(handle):
            note(f"handle-{n}" if platform else f"platform-{n}", texts["accounts.half"])
    for asked in Asked:
        ticked, given = listed.texts[f"none_{asked}"] == "yes", listed.given(asked)
        if ticked and given:
            note(f"none_{asked}", texts["accounts.both"])
        elif not ticked and not given and not listed.errors.keys() & _fields_of(asked, listed):
            note(f"none_{asked}", texts["accounts.silent"])


def _fields_of(asked: Asked, listed: Listed) -> set[str]:
    """Return the names of the fields of one of the lists that need an answer."""
    if asked is Asked.ACCOUNTS:
        every = range(1, listed.rows + 1)
        return {f"{what}-{n}" for n in every for what in ("platform", "handle")}
    return {"blogs_own", "blogs_wrote"} if asked is Asked.BLOGS else {str(asked)}


def _disclosure(listed: Listed) -> Disclosure:
    def raw(name: str) -> tuple[RawText, ...]:
        return tuple(map(RawText, listed.lines(name)))

    return Disclosure(
        name=RawText(listed.texts["name"]),
        emails=raw("emails"),
        handles=raw("handles"),
        accounts=tuple(
            Account(platform=RawText(platform), handle=RawText(handle))
            for platform, handle in listed.accounts()
        ),
        incomplete_memory=listed.texts["forgotten"] == "yes",
        blogs=(
            *(Blog(address=one, role=BlogRole.OWNER) for one in raw("blogs_own")),
            *(Blog(address=one, role=BlogRole.CONTRIBUTOR) for one in raw("blogs_wrote")),
        ),
        uncertain=raw("unsure"),
        sensitive=raw("sensitive"),
        answered=frozenset(one for one in Asked if listed.texts[f"none_{one}"] == "yes"),
        anonymous_position_read=listed.texts["anonymous"] == "yes",
    )
