"""The sign-in database of one application."""

import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from models.errors import ConstraintError, HomeError, RecordNotFoundError
from models.ids import ActorId
from models.signin import (
    IDLE,
    LONGEST,
    STEP_UP,
    AccountExistsError,
    LinkPurpose,
    SignInRefusedError,
    Stage,
    TooManyAttemptsError,
)
from storage.home import Home, HomeMode
from storage.signin.accounts import Accounts
from storage.signin.attempts import FREE, Attempts, wait_after
from storage.signin.database import DATABASE, KEY, SigninDatabase
from storage.signin.links import Links
from storage.signin.sessions import Sessions

NOW = datetime(2026, 9, 1, 12, tzinfo=UTC)
MIA = ActorId("mia")
SECOND = timedelta(seconds=1)


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path / "home", HomeMode.PRODUCTION, "a" * 32)


@pytest.fixture
def database(tmp_path: Path, home: Home) -> SigninDatabase:
    return SigninDatabase.open(tmp_path / "signin", home, "manager")


# --- the database ---------------------------------------------------------------------------------


def test_it_opens_again_and_knows_who_was_there(
    tmp_path: Path, home: Home, database: SigninDatabase
) -> None:
    Accounts(database).add("Mia", MIA, at=NOW)
    again = SigninDatabase.open(tmp_path / "signin", home, "manager")
    assert Accounts(again).named("mia").actor == MIA


def test_the_files_are_their_owners_alone(tmp_path: Path, database: SigninDatabase) -> None:
    assert [(tmp_path / "signin" / name).stat().st_mode & 0o777 for name in (DATABASE, KEY)] == [
        0o600,
        0o600,
    ]


def test_another_applications_or_homes_database_is_refused(
    tmp_path: Path, home: Home, database: SigninDatabase
) -> None:
    with pytest.raises(HomeError):
        SigninDatabase.open(tmp_path / "signin", home, "auditor")
    other = Home(home.root, home.mode, "b" * 32)
    with pytest.raises(HomeError):
        SigninDatabase.open(tmp_path / "signin", other, "manager")


@pytest.mark.parametrize("missing", [DATABASE, KEY])
def test_a_database_without_its_key_is_refused_and_nothing_is_made(
    tmp_path: Path, home: Home, database: SigninDatabase, missing: str
) -> None:
    database.close()
    (tmp_path / "signin" / missing).unlink()
    with pytest.raises(HomeError):
        SigninDatabase.open(tmp_path / "signin", home, "manager")
    assert not (tmp_path / "signin" / missing).exists()


def test_a_key_that_others_can_read_is_refused(
    tmp_path: Path, home: Home, database: SigninDatabase
) -> None:
    (tmp_path / "signin" / KEY).chmod(0o640)
    with pytest.raises(HomeError):
        SigninDatabase.open(tmp_path / "signin", home, "manager")


def test_neither_secret_nor_token_nor_name_of_an_attempt_lies_in_the_file(
    tmp_path: Path, database: SigninDatabase
) -> None:
    accounts, secret = Accounts(database), b"twenty-bytes-secret!"
    account = accounts.add("mia", MIA, at=NOW)
    accounts.enrol(account.id, password="$argon2id$…", totp=secret, at=NOW)
    token = Sessions(database).start(MIA, Stage.SIGNED_IN, at=NOW, account_id=account.id)
    link = Links(database).make(LinkPurpose.ENROL, MIA, at=NOW, expires_at=NOW + STEP_UP)
    Attempts(database).begin("name", "hunter2-typed-as-a-name", at=NOW)
    database.close()
    content = b"".join(one.read_bytes() for one in (tmp_path / "signin").glob("signin.db*"))
    for canary in (secret, token.encode(), link.encode(), b"hunter2"):
        assert canary not in content
    assert accounts.totp_of(account.id) == secret


# --- accounts -------------------------------------------------------------------------------------


def test_two_accounts_have_different_names_whatever_their_case(database: SigninDatabase) -> None:
    accounts = Accounts(database)
    accounts.add("mia", MIA, at=NOW)
    with pytest.raises(AccountExistsError):
        accounts.add("MIA", ActorId("another"), at=NOW)
    assert [one.name for one in accounts.all()] == ["mia"]


def test_a_name_that_may_be_a_sentence_is_refused(database: SigninDatabase) -> None:
    with pytest.raises(ConstraintError):
        Accounts(database).add("mia and friends", MIA, at=NOW)


def test_a_code_counts_once_and_none_before_it(database: SigninDatabase) -> None:
    accounts = Accounts(database)
    account = accounts.add("mia", MIA, at=NOW)
    accounts.enrol(account.id, password=None, totp=b"x" * 20, at=NOW)
    assert [accounts.use_step(account.id, step) for step in (7, 7, 6, 8)] == [
        True,
        False,
        False,
        True,
    ]


def test_of_many_at_once_one_uses_a_code(database: SigninDatabase) -> None:
    accounts = Accounts(database)
    account = accounts.add("mia", MIA, at=NOW)
    accounts.enrol(account.id, password=None, totp=b"x" * 20, at=NOW)
    used: list[bool] = []
    threads = [
        threading.Thread(target=lambda: used.append(accounts.use_step(account.id, 9)))
        for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(used) == [False] * 7 + [True]


def test_a_new_password_or_a_shut_account_ends_its_sessions(database: SigninDatabase) -> None:
    accounts, sessions = Accounts(database), Sessions(database)
    account = accounts.add("mia", MIA, at=NOW)
    token = sessions.start(MIA, Stage.SIGNED_IN, at=NOW, account_id=account.id)
    assert sessions.find(token, at=NOW)
    accounts.enrol(account.id, password="$argon2id$…", totp=None, at=NOW)
    assert sessions.find(token, at=NOW) is None
    token = sessions.start(MIA, Stage.SIGNED_IN, at=NOW, account_id=account.id)
    accounts.disable(account.id, at=NOW)
    assert sessions.find(token, at=NOW) is None
    assert accounts.get(account.id).disabled


def test_nobody_is_found_by_what_is_not_there(database: SigninDatabase) -> None:
    accounts = Accounts(database)
    for ask in (accounts.get, accounts.named, accounts.known_as):
        with pytest.raises(RecordNotFoundError):
            ask("nobody")
    assert not accounts.any()


# --- sessions -------------------------------------------------------------------------------------


def test_a_session_ends_when_idle_and_when_old(database: SigninDatabase) -> None:
    sessions = Sessions(database)
    token = sessions.start(MIA, Stage.SIGNED_IN, at=NOW)
    assert sessions.find(token, at=NOW + IDLE - SECOND)
    assert sessions.find(token, at=NOW + IDLE + timedelta(minutes=1)), "its use was noted"
    assert sessions.find(token, at=NOW + 3 * IDLE) is None
    token, at = sessions.start(MIA, Stage.SIGNED_IN, at=NOW), NOW
    while at < NOW + LONGEST - IDLE:
        at += IDLE - SECOND
        found = sessions.find(token, at=at)
        assert (found is not None) == (at < NOW + LONGEST)
    assert sessions.find(token, at=NOW + LONGEST) is None


def test_a_second_factor_shown_anew_gives_another_token_and_lasts_five_minutes(
    database: SigninDatabase,
) -> None:
    sessions = Sessions(database)
    token = sessions.start(MIA, Stage.SIGNED_IN, at=NOW)
    later = NOW + STEP_UP
    before = sessions.find(token, at=later)
    assert before is not None
    assert not before.is_stepped_up(later)
    fresh = sessions.step_up(token, at=later)
    after = sessions.find(fresh, at=later)
    assert after is not None
    assert after.is_stepped_up(later)
    assert sessions.find(token, at=later) is None
    with pytest.raises(SignInRefusedError):
        sessions.step_up(token, at=later)


def test_the_session_that_another_takes_the_place_of_is_over(database: SigninDatabase) -> None:
    sessions = Sessions(database)
    half = sessions.start(MIA, Stage.PASSWORD, at=NOW)
    whole = sessions.start(MIA, Stage.SIGNED_IN, at=NOW, instead_of=half)
    assert sessions.find(half, at=NOW) is None
    found = sessions.find(whole, at=NOW)
    assert found is not None
    assert found.stage is Stage.SIGNED_IN


def test_a_challenge_is_taken_once(database: SigninDatabase) -> None:
    sessions = Sessions(database)
    token = sessions.start(MIA, Stage.PASSWORD, at=NOW)
    sessions.challenge(token, b"sign this")
    assert [sessions.take_challenge(token) for _ in range(2)] == [b"sign this", None]


def test_signing_out_ends_the_session_and_is_on_record(database: SigninDatabase) -> None:
    sessions = Sessions(database)
    token = sessions.start(MIA, Stage.SIGNED_IN, at=NOW)
    sessions.end(token, at=NOW + SECOND)
    sessions.end(token, at=NOW + SECOND)
    assert sessions.find(token, at=NOW) is None
    assert [one.what for one in database.events()] == ["signed-out", "signed-in"]


# --- links ----------------------------------------------------------------------------------------


def test_a_link_is_used_once_by_whoever_comes_first(database: SigninDatabase) -> None:
    links = Links(database)
    token = links.make(LinkPurpose.ENROL, MIA, at=NOW, expires_at=NOW + STEP_UP)
    assert links.find(token, LinkPurpose.ENROL, at=NOW).actor == MIA
    used: list[str] = []

    def use() -> None:
        try:
            links.spend(token, LinkPurpose.ENROL, at=NOW)
            used.append("yes")
        except SignInRefusedError:
            used.append("no")

    threads = [threading.Thread(target=use) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(used) == ["no"] * 7 + ["yes"]


@pytest.mark.parametrize("late", [STEP_UP, STEP_UP * 2])
def test_a_link_that_is_late_or_for_something_else_is_refused(
    database: SigninDatabase, late: timedelta
) -> None:
    links = Links(database)
    token = links.make(LinkPurpose.ENROL, MIA, at=NOW, expires_at=NOW + STEP_UP)
    with pytest.raises(SignInRefusedError):
        links.find(token, LinkPurpose.ENROL, at=NOW + late)
    with pytest.raises(SignInRefusedError):
        links.spend(token, LinkPurpose.APPLICANT, at=NOW)
    with pytest.raises(SignInRefusedError):
        links.find(token + "x", LinkPurpose.ENROL, at=NOW)


# --- attempts -------------------------------------------------------------------------------------


def test_failures_cost_twice_as_much_time_each_until_a_success(database: SigninDatabase) -> None:
    attempts, at = Attempts(database), NOW
    for _ in range(FREE):
        attempts.begin("name", "mia", at=at)
    with pytest.raises(TooManyAttemptsError) as refused:
        attempts.begin("name", "mia", at=at)
    assert refused.value.wait == wait_after(FREE) == timedelta(seconds=2)
    attempts.begin("name", "otto", at=at)
    at += timedelta(seconds=2)
    attempts.begin("name", "mia", at=at)
    with pytest.raises(TooManyAttemptsError):
        attempts.begin("name", "mia", at=at + timedelta(seconds=3))
    attempts.succeeded("name", "mia")
    attempts.begin("name", "mia", at=at)
    assert wait_after(1000) == timedelta(minutes=15)


def test_failures_are_forgotten_after_a_day(database: SigninDatabase) -> None:
    attempts = Attempts(database)
    for step in range(20):
        attempts.begin("name", "mia", at=NOW + step * timedelta(minutes=20))
    late = NOW + timedelta(days=2)
    for _ in range(FREE):
        attempts.begin("name", "mia", at=late)


def test_of_many_at_once_only_so_many_are_looked_at(database: SigninDatabase) -> None:
    attempts, looked = Attempts(database), []

    def attempt() -> None:
        try:
            attempts.begin("name", "mia", at=NOW)
            looked.append(1)
        except TooManyAttemptsError:
            pass

    threads = [threading.Thread(target=attempt) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(looked) == FREE
