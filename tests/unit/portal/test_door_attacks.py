"""What somebody at the door may try: odd forms, odd paths, old links, and shutting others out."""

import asyncio
import socket
import threading
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from models.errors import SettingsError
from models.ids import ActorId
from models.people import Role
from models.signin import LinkPurpose
from portal.web.bodies import SMALL
from portal.web.interfaces import CASEWORK
from portal.web.one_time_codes import shown
from portal.web.passwords import matches
from portal.web.patience import BodyInTime, Patient
from portal.web.server import Address, server
from tests.unit.portal import test_doors
from tests.unit.portal.test_doors import OWN, PASSWORD, Door, kept

door = test_doors.door

URLENCODED = "application/x-www-form-urlencoded"


def multipart(fields: list[tuple[bytes, bytes]]) -> bytes:
    parts = [
        b'--b\r\ncontent-disposition: form-data; name="%s"\r\n\r\n%s\r\n' % one for one in fields
    ]
    return b"".join(parts) + b"--b--\r\n"


# --- forms ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("multipart/form-data; boundary=b; charset=utf-7", multipart([(b"name", b"+2AA-")])),
        (
            "multipart/form-data; boundary=b; charset=unicode_escape",
            multipart([(b"name", rb"\ud800"), (b"password", rb"\ud800")]),
        ),
        ("multipart/form-data; boundary=b; charset=punycode", multipart([(b"name", b"\xff-\xff")])),
        ("multipart/form-data; boundary=b; charset=idna", multipart([(b"name", b"a..b")])),
        ("multipart/form-data; boundary=b; charset=undefined", multipart([(b"name", b"a")])),
        ("multipart/form-data; boundary=b; charset=\x00", multipart([(b"name", b"a")])),
        ("multipart/form-data", b""),
        ("multipart/form-data; boundary=", b"--\r\n"),
        ("multipart/form-data; boundary=b", b"--b\r\ncontent-disposition: form-data\r\n\r\n\r\n"),
        ("multipart/form-data; boundary=b", multipart([(b"f%d" % n, b"") for n in range(1200)])),
        (
            "multipart/form-data; boundary=b",
            multipart([(b"name", b"--c\r\n"), (b"password", b"\x00\xff\xfe")]),
        ),
        (
            "multipart/form-data; boundary=b",
            multipart([]).replace(b"--b--", b"--b")
            + b'content-disposition: form-data; name="name"; filename="x"\r\n\r\nx\r\n--b--\r\n',
        ),
        (URLENCODED, b"name=%ED%A0%80&password=%ED%A0%80"),
        (URLENCODED, b"name=%00&password=%00&next=%00"),
        (URLENCODED, b"&".join(b"name=a" for _ in range(20_000))),
        (URLENCODED, b"name[x]=1&name=%zz&=&&&"),
        ("application/json", b'{"name": 1}'),
        ("text/plain; charset=utf-16", b"\x00"),
        ("", b"name=a"),
    ],
)
@pytest.mark.parametrize("path", ["/sign-in", "/write"])
def test_no_form_breaks_a_page(door: Door, path: str, kind: str, body: bytes) -> None:
    door.enter("ina", Role.INVESTIGATOR)
    if path.startswith("/sign-in"):
        door.client.cookies.clear()
    answer = door.client.post(path, content=body, headers={"content-type": kind})
    assert answer.status_code < 500
    assert len(body) < SMALL


def test_an_enrolment_takes_no_form_that_is_no_text(door: Door) -> None:
    account = door.reception.accounts.add("new", ActorId("new"), at=door.moment)
    token = door.reception.links.make(
        LinkPurpose.ENROL,
        ActorId("new"),
        at=door.moment,
        expires_at=door.moment + timedelta(days=1),
        account_id=account.id,
    )
    surrogates = rb"\ud800\ud801\ud802\ud803\ud804\ud805\ud806\ud807\ud808\ud809\ud80a\ud80b"
    fields = [(b"password", surrogates), (b"again", surrogates)]
    fields += [(b"secret", shown(b"t" * 20).encode()), (b"code", door.code().encode())]
    kind = "multipart/form-data; boundary=b; charset=unicode_escape"
    answer = door.client.post(
        f"/enrol/{token}", content=multipart(fields), headers={"content-type": kind}
    )
    assert answer.status_code == 422
    assert not door.reception.accounts.get(account.id).has_password


# --- paths ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["/desk/", "/raise/absent/", "/%64esk/", "/nothing/"])
def test_a_slash_at_the_end_does_not_tell_which_pages_there_are(door: Door, path: str) -> None:
    assert door.client.get(path).headers["location"].startswith("/sign-in")
    door.enter("ina", Role.INVESTIGATOR)
    absent = door.client.get("/nothing")
    found = door.client.get(path)
    assert (found.status_code, found.content) == (404, absent.content)


@pytest.mark.parametrize(
    "path", ["/raise/%00", "/%00", "/enrol/%00", "/enrol/%ff%fe", "/?said=%00", "/enrol/%0d%0a"]
)
@pytest.mark.parametrize("method", ["GET", "HEAD", "POST"])
def test_odd_paths_are_not_there(door: Door, method: str, path: str) -> None:
    door.enter("ina", Role.INVESTIGATOR)
    assert door.client.request(method, path).status_code < 500


@pytest.mark.parametrize("asked", ["/desk?a=1&b=2", "/desk?a=%2526&b=%20", "/raise/a%20b?x=%23y"])
def test_the_way_back_is_what_was_asked_for(door: Door, asked: str) -> None:
    """Through all three pages: none loses or decodes a part of it."""
    door.account("rae")
    door.roles["rae"] = {Role.WALL_OFF_REVIEWER}
    there = door.client.get(asked).headers["location"]
    form = door.client.get(there).text
    way = form.partition('name="next" value="')[2].partition('"')[0].replace("&amp;", "&")
    there = door.client.post(
        "/sign-in", data={"name": "rae", "password": PASSWORD, "next": way}
    ).headers["location"]
    form = door.client.get(there).text
    way = form.partition('name="next" value="')[2].partition('"')[0].replace("&amp;", "&")
    assert (
        door.client.post("/sign-in/code", data={"code": door.code(), "next": way}).headers[
            "location"
        ]
        == asked
    )


def test_a_long_address_does_not_keep_anybody_from_signing_in(door: Door) -> None:
    door.account("rae")
    there = door.client.get("/desk?q=" + "x" * 5000).headers["location"]
    form = door.client.get(there).text
    way = form.partition('name="next" value="')[2].partition('"')[0]
    answer = door.client.post("/sign-in", data={"name": "rae", "password": PASSWORD, "next": way})
    assert answer.status_code == 303


# --- links ----------------------------------------------------------------------------------------


def enrolment(door: Door, account_id: str) -> str:
    return door.reception.links.make(
        LinkPurpose.ENROL,
        ActorId("rae"),
        at=door.moment,
        expires_at=door.moment + timedelta(days=3),
        account_id=account_id,
    )


def test_a_new_link_of_an_account_takes_the_place_of_the_old_ones(door: Door) -> None:
    """A letter that went astray must not open what was renewed because of it."""
    account = door.account("rae")
    old, other = enrolment(door, account), enrolment(door, door.account("ina"))
    new = enrolment(door, account)
    assert door.client.get(f"/enrol/{old}").status_code == 404
    assert door.client.get(f"/enrol/{new}").status_code == 200
    assert door.client.get(f"/enrol/{other}").status_code == 200


def test_a_link_of_an_account_that_was_shut_is_not_there(door: Door) -> None:
    account = door.account("rae")
    link = enrolment(door, account)
    door.reception.accounts.disable(account, at=door.moment)
    assert door.client.get(f"/enrol/{link}").status_code == 404


def test_of_two_who_use_a_link_at_once_one_finds_it_gone(door: Door) -> None:
    account = door.account("rae")
    link = enrolment(door, account)
    values = {"password": "another four words", "again": "another four words"}
    values |= {"secret": shown(b"t" * 20), "code": door.code()}
    answers: list[Any] = []
    threads = [
        threading.Thread(
            target=lambda: answers.append(door.client.post(f"/enrol/{link}", data=values))
        )
        for _ in range(3)
    ]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert sorted(one.status_code for one in answers) == [303, 404, 404]


def test_passwords_are_tried_at_once_without_waiting_for_ever() -> None:
    """OpenSSL's own threads are few: two derivations at once have stopped a whole door."""
    done: list[bool] = []

    def several() -> None:
        done.extend(matches("wrong", kept()) for _ in range(3))

    threads = [threading.Thread(target=several, daemon=True) for _ in range(3)]
    for one in threads:
        one.start()
    for one in threads:
        one.join(120)
    assert done == [False] * 9


# --- shutting others out --------------------------------------------------------------------------


def guess(door: Door, times: int, name: str, address: str) -> list[int]:
    from starlette.testclient import TestClient

    other = TestClient(
        door.app.asgi, base_url=test_doors.ORIGIN, follow_redirects=False, client=(address, 1)
    )
    other.headers.update(OWN)
    return [
        other.post("/sign-in", data={"name": name, "password": "x"}).status_code
        for _ in range(times)
    ]


@pytest.fixture
def cheap(monkeypatch: pytest.MonkeyPatch) -> None:
    from portal.web import sign_in

    monkeypatch.setattr(sign_in, "matches", lambda secret, phc: phc is not None and secret != "x")


@pytest.mark.usefixtures("cheap")
def test_guesses_from_elsewhere_do_not_shut_out_a_browser_that_is_known(door: Door) -> None:
    door.account("rae")
    door.roles["rae"] = {Role.WALL_OFF_REVIEWER}
    right = {"name": "rae", "password": PASSWORD}
    assert door.client.post("/sign-in", data=right).status_code == 303
    assert door.client.post("/sign-in/code", data={"code": door.code()}).status_code == 303
    door.client.post("/sign-out")
    assert 429 in guess(door, 12, "rae", "192.0.2.7")
    assert door.client.post("/sign-in", data=right).status_code == 303


@pytest.mark.usefixtures("cheap")
def test_a_known_browser_guesses_no_more_than_another_and_for_its_own_account_alone(
    door: Door,
) -> None:
    door.account("rae")
    door.account("ina", secret=b"i" * 20)
    right = {"name": "rae", "password": PASSWORD}
    door.client.post("/sign-in", data=right)
    door.client.post("/sign-in/code", data={"code": door.code()})
    assert 429 in guess(door, 12, "ina", "192.0.2.7")
    answer = door.client.post("/sign-in", data={"name": "ina", "password": PASSWORD})
    assert answer.status_code == 429
    wrong = {"name": "rae", "password": "x"}
    assert 429 in [door.client.post("/sign-in", data=wrong).status_code for _ in range(12)]


@pytest.mark.usefixtures("cheap")
def test_one_persons_slips_do_not_shut_a_whole_office_out(door: Door) -> None:
    """They share an address: it bears more failures than a name does, and not without end."""
    door.account("rae")
    guess(door, 6, "ina", "192.0.2.7")
    assert guess(door, 1, "rae", "192.0.2.7") == [401]
    answers = [guess(door, 1, f"n{number}", "192.0.2.7")[0] for number in range(60)]
    assert 429 in answers


def test_what_was_counted_long_ago_is_not_kept(door: Door) -> None:
    from sqlalchemy import func, select

    from storage.tables.signin import ATTEMPTS

    attempts, database = door.reception.attempts, door.reception.attempts._database
    for number in range(20):
        attempts.begin("name", f"n{number}", at=door.moment)
    attempts.begin("name", "late", at=door.moment + timedelta(days=2))
    with database.transaction(writes=False) as connection:
        assert connection.execute(select(func.count()).select_from(ATTEMPTS)).scalar() == 1


# --- addresses ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("public", "origin"),
    [
        ("https://Hire.Example.org/", "https://hire.example.org"),
        ("https://hire.example.org:443", "https://hire.example.org"),
        ("https://hire.example.org:8443", "https://hire.example.org:8443"),
        ("https://[2001:DB8::1]:8443", "https://[2001:db8::1]:8443"),
    ],
)
def test_the_public_address_is_written_as_browsers_write_it(public: str, origin: str) -> None:
    assert Address("127.0.0.1", 8441, public=public).origin == origin


@pytest.mark.parametrize(
    "public",
    [
        "https://",
        "https://hire.example.org/portal",
        "https://me@hire.example.org",
        "https://hire.example.org:x",
        "https://hire.example.org?x",
        "https://a b",
    ],
)
def test_a_public_address_that_no_browser_sends_is_refused(public: str) -> None:
    with pytest.raises(SettingsError):
        Address("127.0.0.1", 8441, public=public)


def test_an_address_of_ipv6_is_bracketed(tmp_path: Path) -> None:
    file = tmp_path / "x"
    assert Address("2001:db8::1", 8441, file, file).origin == "https://[2001:db8::1]:8441"


def test_cookies_are_for_this_origin_alone(door: Door) -> None:
    door.account("rae")
    answer = door.client.post("/sign-in", data={"name": "rae", "password": PASSWORD})
    for cookie in answer.headers.get_list("set-cookie"):
        assert cookie.startswith(("__Host-walloff-", f"{CASEWORK.cookie}="))
        flags = {part.strip().lower() for part in cookie.split(";")[1:]}
        assert {"secure", "httponly", "samesite=strict", "path=/"} <= flags
        assert not any(flag.startswith("domain") for flag in flags)


# --- whoever is slow ------------------------------------------------------------------------------


def test_a_connection_that_says_nothing_whole_is_closed(
    door: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Patient, "within", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as listening:
        served = server(door.app.asgi, Address("127.0.0.1", listening.getsockname()[1]))
        thread = threading.Thread(target=served.run, args=([listening],), daemon=True)
        thread.start()
        try:
            with socket.create_connection(listening.getsockname(), timeout=60) as slow:
                slow.sendall(b"GET /sign-in HTTP/1.1\r\nhost: local")
                assert slow.recv(100) == b""
            with socket.create_connection(listening.getsockname(), timeout=60) as whole:
                whole.sendall(b"GET /sign-in HTTP/1.1\r\nhost: localhost\r\n\r\n")
                assert whole.recv(100).startswith(b"HTTP/1.1 403")
        finally:
            served.should_exit = True
            thread.join(60)


def test_a_body_that_does_not_come_is_not_waited_for() -> None:
    async def page(_scope: Any, receive: Any, _send: Any) -> None:
        seen.append(await receive())

    async def nothing() -> Any:
        await asyncio.Event().wait()

    seen: list[Any] = []
    asyncio.run(BodyInTime(page, within=0.01)({"type": "http"}, nothing, nothing))  # type: ignore[arg-type]
    assert seen == [{"type": "http.disconnect"}]
