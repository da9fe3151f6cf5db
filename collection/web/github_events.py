"""GitHub: what somebody wrote in public in issues, discussions and reviews in the last weeks.

The interface gives the last 30 days, three hundred events at most. Commits are left out: their
messages are not published as anybody's words, and may be others'.
"""

import re
from collections.abc import Iterator
from datetime import datetime
from typing import Final
from urllib.parse import parse_qs, urlencode, urlsplit

from collection.files.limits import MAX_TEXT
from collection.files.platforms import kind_of
from collection.files.reader import Problem
from collection.files.times import rfc3339
from collection.web.answers import JSON, Ask
from collection.web.connector import Got, Next, as_list, as_mapping, text_of
from models.errors import InputError
from models.evidence import AccessGate, SourceItem
from models.text import RawText

_EVENTS: Final = "github/events"
_USER: Final = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,37}[A-Za-z0-9])?")
_NUMBER: Final = re.compile(r"[0-9]{1,2}")
_PAGES: Final = 3
_PER_PAGE: Final = 100
_SAID: Final = {
    "IssueCommentEvent": ("comment", "created"),
    "IssuesEvent": ("issue", "opened"),
    "PullRequestEvent": ("pull_request", "opened"),
    "PullRequestReviewEvent": ("review", "created"),
    "PullRequestReviewCommentEvent": ("comment", "created"),
    "CommitCommentEvent": ("comment", ""),
    "DiscussionEvent": ("discussion", "created"),
    "DiscussionCommentEvent": ("comment", "created"),
}
"""The kind of event, what in it holds the words, and the action by which they were said."""


class GithubEvents:
    """Reads the public events of a user."""

    name: Final = "github"

    def begin(self, handle: str) -> tuple[Ask, ...]:
        """Return the first page of a user's events."""
        user = handle.strip().removeprefix("https://github.com/").strip("/").removeprefix("@")
        if _USER.fullmatch(user) is None:
            raise InputError("an account of GitHub is written as its name")
        return (self._ask(user, 1),)

    def go_on(self, got: Got, since: datetime) -> Next:
        """Return the next page, of three at most."""
        events = as_list(got.value())
        times = [rfc3339(text_of(as_mapping(one).get("created_at"))) for one in events]
        stated = parse_qs(urlsplit(got.url).query).get("page", ["1"])[0]
        if _NUMBER.fullmatch(stated) is None:
            raise InputError("an answer from another address than was asked for")
        page = int(stated)
        if 'rel="next"' not in got.link or page >= _PAGES or not times or min(times) < since:
            return Next(done=True)
        return Next((self._ask(got.about, page + 1),))

    def told(self, _got: Got) -> dict[str, str]:
        """Return nothing: each answer speaks for itself."""
        return {}

    def items(self, got: Got) -> Iterator[SourceItem | Problem]:
        """Yield what the user said in each event."""
        user = urlsplit(got.url).path.split("/")[2:3]
        for event in as_list(got.value()):
            try:
                found = _item(as_mapping(event), user[0] if user else "", got.pointer)
            except InputError as damage:
                yield Problem(damage.fault, got.pointer)
            else:
                if found is not None:
                    yield found

    def _ask(self, user: str, page: int) -> Ask:
        query = urlencode({"per_page": _PER_PAGE, "page": page})
        return Ask(
            url=f"https://api.github.com/users/{user}/events/public?{query}",
            step=_EVENTS,
            platform="github",
            kind=kind_of("github"),
            accepts=JSON,
            about=user,
        )


def _item(event: dict[str, object], user: str, pointer: str) -> SourceItem | None:
    part, action = _SAID.get(text_of(event.get("type")), ("", ""))
    payload = as_mapping(event.get("payload"))
    if not part or (action and payload.get("action") != action) or event.get("public") is not True:
        return None
    said = as_mapping(payload.get(part))
    author = text_of(as_mapping(said.get("user")).get("login"))
    if author.casefold() != user.casefold():
        return None
    title = text_of(said.get("title")) if part != "comment" else ""
    text = "\n\n".join(one for one in (title, text_of(said.get("body")).strip()) if one)
    if len(text) > MAX_TEXT:
        raise InputError(f"a text longer than {MAX_TEXT} characters")
    if not text:
        return None
    stamp = text_of(said.get("created_at") or said.get("submitted_at") or event.get("created_at"))
    url = text_of(said.get("html_url"))
    return SourceItem(
        native_id=RawText(url or text_of(event.get("id"))),
        platform=RawText("github"),
        kind=kind_of("github"),
        author=RawText(author),
        created_at=rfc3339(stamp),
        url=RawText(url),
        text=RawText(text),
        gate=AccessGate.NONE,
        pointer=pointer,
    )
