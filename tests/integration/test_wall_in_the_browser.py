"""Whatever a manager can fetch, by any road, tells nothing of what was planted in 200 cases.

Every case has strings of its own and words of a class in the channels that an input can carry
(`wall_plants`). A client without a screen and a real browser fetch all that the application gives,
and its errors; every byte is kept and searched. Cases that differ in class alone are compared.
"""

import base64
import logging
import re
import sqlite3
import sys
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import pytest

sys.path.append(str(Path(__file__).parent))
from wall_cases import across
from wall_crawl import Answer, Crawl, sightings
from wall_plants import MARK, Content, contents, picture

from models.ids import CaseId, new_id
from models.people import Role
from models.signin import Stage
from models.text import RawText
from portal.manager.application import manager_application
from portal.web.interfaces import MANAGER
from redaction.pipeline import default_redactor
from storage.released import ReleasedVault
from storage.signin.database import SigninDatabase

pytestmark = pytest.mark.sqlite_only

PARTS: Final = ("", "/file", "/questions", "/decision", "/letters")
DECISION: Final = {"outcome": "favourable", "assessment": "The interview decides.", "step": "check"}
SPOILT: Final = CaseId("f" * 32)
"""A case at which the application is made to fail, with planted words in its error."""


@dataclass
class Wall:
    """The home, its cases, and all that came out of it."""

    office: Any
    cases: dict[CaseId, Content]
    crawl: Crawl
    signin: Path
    said: list[str]
    walked: list[Answer]
    """What came to the real browser."""

    def groups(self) -> dict[str, list[CaseId]]:
        found = defaultdict(list)
        for case_id, one in self.cases.items():
            found["null" if one.is_null else one.group].append(case_id)
        return found

    def of(self, case_id: CaseId) -> list[bytes]:
        """Return every answer about a case, with its id made constant."""
        return sorted(
            one.asked.replace(case_id, "").encode() + one.without(case_id)
            for one in self.crawl.answers
            if f"/cases/{case_id}" in one.asked
        )


class Lines(logging.Handler):
    """Keeps every line of every log, with all that belongs to it."""

    def __init__(self) -> None:
        super().__init__(level=logging.DEBUG)
        self.said: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        trace = "" if record.exc_info is None else repr(record.exc_info)
        self.said.append(f"{record.name} {record.getMessage()} {record.__dict__} {trace}")


@pytest.fixture(scope="module")
def wall(prepared: Any, chromium: Any, served: Any, tmp_path_factory: Any) -> Iterator[Wall]:
    lines, root = Lines(), logging.getLogger()
    before, folder = root.level, tmp_path_factory.mktemp("signin")
    for one in contents():  # the library tells what it writes: this is ours, not the product's
        for words in one.pictures:
            picture(one.name, words)
    root.addHandler(lines)
    root.setLevel(logging.DEBUG)
    signin = SigninDatabase.open(folder, prepared.vault.home, "manager")
    applications: list[Any] = []

    def made(origins: frozenset[str]) -> Any:
        applications.append(
            manager_application(
                prepared.services.released, signin, origins=origins, clock=prepared.clock.now
            )
        )
        return applications[0]

    try:
        cases = across(prepared, contents())
        with served(made) as origin, pytest.MonkeyPatch.context() as patched:
            fail_at_one(patched)
            token = applications[0].reception.sessions.start(
                prepared.people[Role.HIRING_MANAGER].id, Stage.SIGNED_IN, at=prepared.now
            )
            crawl = Crawl(origin, f"{MANAGER.cookie}={token}")
            fetched(crawl, list(cases))
            walked = walk(chromium, origin, token, list(cases))
            provoked(crawl, next(iter(cases)))
            yield Wall(prepared, cases, crawl, folder, lines.said, walked)
    finally:
        root.removeHandler(lines)
        root.setLevel(before)
        signin.close()


def fail_at_one(patched: pytest.MonkeyPatch) -> None:
    look = ReleasedVault.look

    def spoilt(self: ReleasedVault, case_id: CaseId, **given: Any) -> bytes:
        if case_id == SPOILT:
            raise RuntimeError(f"{MARK}error: a pregnant muslim")
        return look(self, case_id, **given)

    patched.setattr(ReleasedVault, "look", spoilt)


def fetched(crawl: Crawl, cases: list[CaseId]) -> None:
    """Follow every link; then write to each case what can be written without changing it."""
    crawl.follow("/")
    for case_id in cases:
        crawl.ask(f"/cases/{case_id}/decision", method="POST", form=DECISION)
        crawl.ask(f"/cases/{case_id}/decision", method="POST", form={"step": "send"})
        crawl.ask(f"/cases/{case_id}/questions", method="POST", form={"finding": "99"})
        crawl.ask(f"/cases/{case_id}", accept_encoding="gzip, br", accept="application/json")


def provoked(crawl: Crawl, case_id: CaseId) -> None:
    """Ask for what there is not, in every way that is refused."""
    page = f"/cases/{case_id}"
    for path in (
        "/robots.txt",
        "/favicon.ico",
        "/sitemap.xml",
        "/.well-known/security.txt",
        "/openapi.json",
        "/docs",
        "/static/",
        "/static/walloff.css",
        "/static/%2e%2e/pages.py",
        "/released.db",
        "//cases//",
        f"/cases/{new_id()}",
        f"/cases/{case_id.upper()}",
        f"/%63ases/{case_id}",
        f"{page}/",
        f"{page}%00",
        f"{page}%2ffile",
        f"{page}/..%2f..%2freleased.db",
        f"{page};a=b",
        f"{page}/file?case={new_id()}",
        f"{page}/nothing",
        f"/cases/{SPOILT}",
        f"/cases/{SPOILT}/file",
        f"/?after={'x' * 65}",
        "/?said=asked&after=" + case_id,
        f"/?said={new_id()}",
        "/sign-in?next=//elsewhere.example",
        "/step-up",
    ):
        crawl.ask(path)
    for method in ("PUT", "DELETE", "PATCH", "TRACE", "OPTIONS", "HEAD", "POST", "PROPFIND"):
        crawl.ask(page, method=method)
    for path in ("/", page, f"{page}/file", "/nothing", "/sign-in", "/sign-in/code", "/step-up"):
        crawl.ask(path, signed_in=False)
    crawl.ask(page, host="elsewhere.example")
    crawl.ask(page, sec_fetch_site="cross-site", sec_fetch_mode="cors")
    crawl.ask(page, range="bytes=0-1", if_none_match="*")
    crawl.ask(page, accept_language="es")
    crawl.ask(f"{page}/decision", method="POST", form={"assessment": "x" * 20_000})
    crawl.ask(f"{page}/decision", method="POST", body=b"\xff\xfe", content_type="application/json")
    crawl.ask(f"{page}/decision", method="POST", form={"assessment": "x" * 300_000})
    crawl.ask(f"{page}/decision", method="POST", form=DECISION | {"step": "send"})
    crawl.ask(f"{page}/letters?said=decided")
    crawl.ask(f"{page}/questions", method="POST", form={"finding": "1", "question": "still-public"})
    crawl.ask(f"{page}/questions?said=asked")
    for _ in range(8):
        form = {"name": "somebody", "password": "wrong"}
        crawl.ask("/sign-in", method="POST", form=form, signed_in=False)
    crawl.ask("/sign-out", method="POST")


def walk(chromium: Any, origin: str, token: str, cases: list[CaseId]) -> list[Answer]:
    """Look at pages as people do, by clicking, and keep what comes and what is shown."""
    came: list[Answer] = []

    def keep(response: Any) -> None:
        headers = tuple(response.headers.items())
        body = b"" if response.status in range(300, 400) else response.body()
        came.append(Answer(f"GET {response.url}", response.status, headers, body))

    with chromium.new_context(accept_downloads=True) as window:
        url = origin.replace("http://", "https://")
        window.add_cookies(
            [{"name": MANAGER.cookie, "value": token, "url": url, "secure": True, "httpOnly": True}]
        )
        page = window.new_page()
        page.on("requestfinished", lambda request: keep(request.response()))
        for case_id in (cases[0], cases[2], cases[-1]):
            page.goto(f"{origin}/cases/{case_id}")
            for link in ("Questions", "Decide", "What became of it", "Release"):
                page.click(f"nav[aria-label='This case'] >> text={link}")
                shown = page.content() + page.inner_text("body") + page.title()
                came.append(Answer(f"SHOWN {page.url}", 200, (), shown.encode()))
            came.append(Answer(f"PRINTED {page.url}", 200, (), page.pdf()))
            with page.expect_download() as brought:
                page.click("text=Keep as a file")
            file = brought.value
            name = (("content-disposition", file.suggested_filename),)
            came.append(Answer(f"FILE {file.url}", 200, name, Path(file.path()).read_bytes()))
        stored = repr(window.storage_state()).replace(token, "")
        came.append(Answer("STORED", 200, (), stored.encode()))
    return came


@pytest.fixture(scope="module")
def planted_words(wall: Wall) -> re.Pattern[str]:
    """Every planted word that our own pages do not have: those of an empty list and a sign-in."""
    own = [one for one in wall.crawl.answers if "/cases/" not in one.asked]
    null = wall.groups()["null"][0]
    own += [one for one in wall.crawl.answers if null in one.asked]
    ours = set(re.findall(r"[^\W\d_]+", b" ".join(one.body for one in own).decode().casefold()))
    planted = set()
    for one in wall.cases.values():
        planted |= set(re.findall(r"[^\W\d_]{5,}", one.words.casefold()))
    planted -= ours | RELEASED
    assert len(planted) >= 60
    return re.compile(rf"\b(?:{'|'.join(sorted(planted))})\b")


RELEASED: Final = frozenset(
    [
        "shoot",
        "should",
        "nothing",
        "thing",
        "because",
        "those",
        "beside",
        "ignore",
        "instructions",
        "previous",
        "since",
        "after",
        "before",
        "knows",
        "said",
        "told",
        "herself",
        "himself",
        "same",
        "work",
        "swear",
        "death",
        "monday",
    ]
)
"""Words of planted sentences that are conduct or nobody's, and may be released."""


# --- the crawl went everywhere --------------------------------------------------------------------


def test_two_hundred_cases_of_every_kind_were_planted_and_released(wall: Wall) -> None:
    assert len(wall.cases) >= 200
    assert len(set(wall.office.services.released.all())) == len(wall.cases)
    rows = {one.row for one in wall.cases.values()}
    assert len(rows) >= 20
    null = [one for one in wall.cases.values() if one.is_null]
    assert 60 <= len(null) <= len(wall.cases) - 80


def test_every_page_of_every_case_was_fetched(wall: Wall) -> None:
    asked = {(one.asked, one.status) for one in wall.crawl.answers}
    for case_id in wall.cases:
        for part in PARTS:
            assert (f"GET /cases/{case_id}{part}", 200) in asked
        assert (f"POST /cases/{case_id}/decision", 200) in asked
        assert (f"POST /cases/{case_id}/decision", 422) in asked
    assert any(one.asked.startswith("GET /static/walloff.") for one in wall.crawl.answers)
    assert sum(one.asked.startswith("GET /?after=") for one in wall.crawl.answers) >= 4


def test_every_kind_of_answer_was_provoked(wall: Wall) -> None:
    statuses = {one.status for one in wall.crawl.answers}
    assert statuses >= {200, 303, 401, 403, 404, 405, 409, 413, 422, 429, 500}


def test_conduct_did_come_across(wall: Wall) -> None:
    """The wall is not closed: what was planted stood beside conduct that is released."""
    shown = [
        one.body.decode()
        for one in wall.crawl.answers
        if re.fullmatch(r"GET /cases/\w{32}", one.asked) and one.status == 200
    ]
    assert sum("Threatens violence" in page for page in shown) >= 80
    assert sum("kill my boss" in page for page in shown) >= 80


# --- no canary ------------------------------------------------------------------------------------


def test_no_answer_holds_anything_that_was_planted(
    wall: Wall, planted_words: re.Pattern[str]
) -> None:
    found = {
        one.asked: seen
        for one in (*wall.crawl.answers, *wall.walked)
        if (seen := sightings(one.raw, MARK, planted_words))
    }
    assert not found


def test_no_file_of_the_managers_side_holds_anything_that_was_planted(
    wall: Wall, planted_words: re.Pattern[str]
) -> None:
    home = wall.office.services.home.root
    files = [path for path in wall.signin.iterdir() if path.is_file()]
    files += [path for path in home.iterdir() if path.name.startswith("released")]
    assert {path.name for path in files} >= {"released.db", "signin.db"}
    for path in files:
        # Sealed bytes spell short words by chance.
        assert not sightings(path.read_bytes(), MARK, re.compile("pregnant|synagogue|husband"))


def test_no_line_of_any_log_holds_anything_that_was_planted(
    wall: Wall, planted_words: re.Pattern[str]
) -> None:
    assert any("a request failed" in line for line in wall.said)
    for line in wall.said:
        assert not sightings(line.encode(), MARK, planted_words), line


@pytest.mark.parametrize(
    "disguise",
    [
        b"x" + MARK.upper().encode(),
        b"".join(b"%%%02x" % byte for byte in MARK.encode()),
        "".join(f"&#{ord(letter)};" for letter in MARK).encode(),
        MARK.encode().hex().encode(),
        base64.b64encode(b"ab" + MARK.encode() + b"cd"),
        base64.b64encode(b"a" + MARK.encode() + b"cd"),
        base64.b64encode(MARK.encode()),
        MARK.encode("utf-16-le"),
        "ｚｑｗｊ".encode(),
        "z\u200bq\u200bw\u200bj".encode(),
        MARK[::-1].encode(),
        b"the Pregnant one",
    ],
)
def test_the_search_would_find_a_canary(disguise: bytes) -> None:
    assert sightings(b"<p>" + disguise + b"</p>", MARK, re.compile(r"\bpregnant\b"))
    assert not sightings(b"<p>nothing</p>", MARK, re.compile(r"\bpregnant\b"))


@pytest.mark.xfail(reason="told by what is left around it", strict=True)
@pytest.mark.parametrize(
    ("words", "other"),
    [
        ("I met you at the same temple.", "I met you at the same mosque."),
        ("I met you at the dialysis clinic.", "I met you at the fertility clinic."),
        ("Oy vey, I met you.", "Inshallah, I met you."),
    ],
)
def test_misses_that_the_planted_cases_brought_to_light(words: str, other: str) -> None:
    """Words of a class that are left, or leave another rest than their twins do."""
    redactor = default_redactor()
    assert redactor.redact(RawText(words)).text == redactor.redact(RawText(other)).text


# --- twins ----------------------------------------------------------------------------------------


def test_cases_that_differ_in_class_alone_have_the_same_bytes_everywhere(wall: Wall) -> None:
    """Pages, files, headers, sizes and refusals; only the case's own random number differs."""
    first = next(iter(wall.cases))  # the errors were provoked at it
    different = {}
    for group, (one, *others) in wall.groups().items():
        for other in others:
            if first not in (one, other) and wall.of(one) != wall.of(other):
                different[group] = (wall.cases[one].words, wall.cases[other].words)
    assert not different


def test_three_reasons_for_nothing_are_one_page(wall: Wall) -> None:
    """Nothing found, all of it withheld, and nothing attributable: and no post at all."""
    causes = [case_id for case_id, one in wall.cases.items() if one.group == "null-causes"]
    assert len(causes) == 40
    assert len({b"".join(wall.of(case_id)) for case_id in causes}) == 1


def test_what_lies_in_the_database_has_one_length_and_one_time_for_each_group(wall: Wall) -> None:
    with sqlite3.connect(wall.office.services.home.root / "released.db") as database:
        rows = {
            case_id: row
            for case_id, *row in database.execute(
                "SELECT case_id, version, length(payload), length(digest), delivered_at"
                " FROM deliveries"
            )
        }
    for group, members in wall.groups().items():
        assert len({tuple(map(str, rows[case_id])) for case_id in members}) == 1, group


def test_the_list_tells_neither_order_nor_anything_else(wall: Wall) -> None:
    """It is in the order of random numbers, and a row holds nothing but the number."""
    pages = [
        one for one in wall.crawl.answers if re.fullmatch(r"GET /(\?after=\w{32})?", one.asked)
    ]
    listed = [
        found.decode() for one in pages[:5] for found in re.findall(rb'"/cases/(\w{32})"', one.body)
    ]
    assert sorted(listed) == listed
    assert set(listed) == set(wall.cases)
    rows = {
        re.sub(rb"\w{32}", b"", row)
        for one in pages
        for row in re.findall(rb"<tr\b.*?</tr>", one.body, re.DOTALL)
        if b"/cases/" in row
    }
    assert len(rows) == 1
    place = {case_id: number for number, case_id in enumerate(listed)}
    opened = [place[case_id] for case_id in wall.cases]
    squares = sum((at - number) ** 2 for number, at in enumerate(opened))
    count = len(opened)
    # Spearman's rank correlation: beyond this once in a million times.
    assert abs(1 - 6 * squares / (count * (count * count - 1))) < 5 / count**0.5
