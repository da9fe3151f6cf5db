"""Rows N3, S7, S8, S9, I5: what was disclosed is fetched under consent, written down, taken in."""

import dataclasses
import importlib.util
import json
import sys
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from casework.applicant.consent import withdraw_consent
from casework.applicant.disclosure import disclose
from casework.attribution.attribution_desk import open_attribution_desk
from casework.gathering import fetching
from casework.gathering.captures import captures_of
from casework.gathering.fetching import Fetched, fetch, fetches_of
from casework.gathering.source import register_source
from casework.people.practical import sign_statement
from casework.search.queries import queries_of
from casework.search.terms_register import review_terms
from models.audit import AuditAction
from models.consent import ConsentItem
from models.disclosure import Account, Blog, BlogRole, Disclosure
from models.errors import (
    ConsentScopeError,
    ConsentWithdrawnError,
    InputError,
    NotPermittedError,
    SealedError,
    SettingsError,
    WalloffError,
    WrongStateError,
)
from models.fetching import FetchRecord
from models.people import Role
from models.search import AccessWay, SessionIdentity
from models.search_clauses import (
    DeviceError,
    SocialSecurityEgressError,
    TermsBarredError,
    TermsUnreviewedError,
    UnauthorisedError,
)
from models.search_rules import SearchRules
from models.segment import Segment
from models.text import RawText
from storage.audit import AuditLog
from storage.captures import CaptureStore
from storage.evidence import EvidenceStore
from storage.home import HomeMode
from storage.records import RecordKind, RecordStore

_PLACE = Path(__file__).parents[1] / "unit" / "collection" / "web" / "conftest.py"
_SPEC = importlib.util.spec_from_file_location("small_web", _PLACE)
assert _SPEC is not None
assert _SPEC.loader is not None
small_web = importlib.util.module_from_spec(_SPEC)
sys.modules["small_web"] = small_web
_SPEC.loader.exec_module(small_web)

STATUSES = "https://social.example/api/v1/accounts/109/statuses"
NICE = "What a fine afternoon it was by the lake."


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path: Path = small_web.certificate_in(tmp_path_factory.mktemp("tls"))
    return path


@pytest.fixture
def web(certificate: Path) -> Iterator[Any]:
    yield from small_web.served(certificate)


@pytest.fixture
def a_test(office: Any) -> None:
    """No home of production fetches from this machine; see the test of that below."""
    office.vault._home = dataclasses.replace(office.vault.home, mode=HomeMode.REHEARSAL)


def served(web: Any, text: str = NICE, **more: Any) -> None:
    account = {"id": "109", "acct": "rowan_a", "url": "https://social.example/@rowan_a"}
    status = {
        "id": "1",
        "created_at": "2026-05-01T10:00:00.000Z",
        "visibility": "public",
        "uri": "https://social.example/users/rowan_a/statuses/1",
        "url": "https://social.example/@rowan_a/1",
        "content": f"<p>{text}</p>",
        "account": account,
        **more,
    }
    lookup = "https://social.example/api/v1/accounts/lookup"
    web.at(lookup, web.reply(json.dumps(account)))
    web.at(STATUSES, web.reply(json.dumps([status])))


def disclosed(office: Any, *accounts: tuple[str, str], **more: Any) -> Any:
    blogs = more.pop("blogs", ())
    case_id = office.consented(**more)
    given = accounts or (("Mastodon", "rowan_a@social.example"),)
    disclosure = Disclosure(
        name=RawText("Rowan Applegate"),
        accounts=tuple(Account(platform=RawText(a), handle=RawText(b)) for a, b in given),
        blogs=tuple(Blog(address=RawText(one), role=BlogRole.OWNER) for one in blogs),
    )
    disclose(case_id, disclosure, **office.who(Role.APPLICANT))
    return case_id


def reviewed(office: Any, platform: str = "mastodon", **more: Any) -> None:
    given = {"by_hand": True, "automated": True, "requests_per_minute": 6000} | more
    review_terms(
        platform,
        version="2026-08",
        rule="Public pages may be read by programs.",
        next_review=office.now.date() + timedelta(days=150),
        **given,
        **office.who(Role.POLICY_OWNER),
    )


def run(office: Any, web: Any, case_id: Any, folder: Path, **more: Any) -> Fetched:
    role = more.pop("role", Role.INVESTIGATOR)
    fetcher = more.pop("fetcher", None) or web.fetcher(now=office.clock.now)
    return fetch(
        case_id,
        folder,
        fetcher=fetcher,
        actor=office.people[role],
        vault=office.vault,
        clock=office.clock.now,
        **more,
    )


def entries(office: Any, case_id: Any, action: AuditAction) -> list[Any]:
    with office.vault.read() as tx:
        found = AuditLog(tx).entries()
        return [one for one in found if one.object_id == case_id and one.action is action]


def refused(
    office: Any, case_id: Any, refusal: type[WalloffError], act: Callable[[], object]
) -> None:
    before = entries(office, case_id, AuditAction.DENIED)
    with pytest.raises(refusal):
        act()
    after = entries(office, case_id, AuditAction.DENIED)
    assert [one.code for one in after[len(before) :]] == [refusal.code]


def test_n3_what_was_disclosed_is_fetched_written_down_and_taken_in(
    office: Any, web: Any, tmp_path: Path, a_test: None
) -> None:
    """The whole way: every request a query, the recording the original, the item attributed."""
    served(web)
    reviewed(office)
    case_id = disclosed(office)
    folder = tmp_path / "fetched"
    done = run(office, web, case_id, folder)
    assert (done.recordings, done.requests, done.stopped) == (1, 3, [])

    asked = queries_of(case_id, **office.who(Role.INVESTIGATOR))
    assert [one.text.reveal().partition("?")[0] for one in asked] == [
        "https://social.example/robots.txt",
        "https://social.example/api/v1/accounts/lookup",
        STATUSES,
    ]
    assert {(one.identity, one.way) for one in asked} == {
        (SessionIdentity.ANONYMOUS_PUBLIC, AccessWay.AUTOMATED)
    }

    (record,) = fetches_of(case_id, **office.who(Role.INVESTIGATOR))
    assert record.fetched_by == office.people[Role.INVESTIGATOR].id
    assert record.covered_by is ConsentItem.PUBLIC_SOCIAL
    assert [one.step for one in record.requests] == [
        "mastodon/robots",
        "mastodon/lookup",
        "mastodon/statuses",
    ]
    assert [one.sequence for one in record.requests] == [1, 2, 3]
    assert all(one.certificate and one.address == "127.0.0.1" for one in record.requests)
    (logged,) = entries(office, case_id, AuditAction.FETCHED)
    assert (logged.code, logged.count) == ("", 3)

    who = office.who(Role.INVESTIGATOR)
    register_source(case_id, folder, way=AccessWay.AUTOMATED, **who)
    office.run(Segment.COLLECT, case_id)
    with office.vault.read() as tx:
        (item,) = EvidenceStore(tx).for_case(case_id)
        (capture,) = CaptureStore(tx).all(case_id)
    assert item.item.text.reveal() == NICE
    assert capture.sha256 == record.file_sha256
    assert capture.documentation is not None
    assert capture.documentation.way is AccessWay.AUTOMATED
    assert [page.status for page in capture.documentation.pages] == [200]
    assert captures_of(case_id, **who)[1] == []


def test_i5_without_reviewed_terms_nothing_is_asked(
    office: Any, web: Any, tmp_path: Path, a_test: None
) -> None:
    """Whether or not the policy asks about terms: a program never goes without."""
    served(web)
    case_id = disclosed(office)
    done = run(office, web, case_id, tmp_path / "fetched")
    assert done.stopped == [TermsUnreviewedError.code]
    assert web.asked == []
    denied = entries(office, case_id, AuditAction.DENIED)
    assert [one.code for one in denied] == [TermsUnreviewedError.code]
    assert queries_of(case_id, **office.who(Role.INVESTIGATOR)) == []


@pytest.mark.parametrize("asked", [True, False])
def test_i5_terms_that_bar_programs_stop_it(
    office: Any, web: Any, tmp_path: Path, a_test: None, asked: bool
) -> None:
    office.open(search=SearchRules(terms_reviewed=asked))
    served(web)
    reviewed(office, automated=False, requests_per_minute=None)
    case_id = disclosed(office)
    done = run(office, web, case_id, tmp_path / "fetched")
    assert done.stopped == [TermsBarredError.code]
    assert web.asked == []


def test_n3_a_kind_that_is_not_consented_to_is_not_asked(
    office: Any, web: Any, tmp_path: Path, a_test: None
) -> None:
    served(web)
    reviewed(office)
    refused_item = frozenset({ConsentItem.PUBLIC_SOCIAL})
    case_id = disclosed(office, refused=refused_item)
    done = run(office, web, case_id, tmp_path / "fetched")
    assert (done.recordings, done.not_consented) == (0, 1)
    assert web.asked == []
    (logged,) = entries(office, case_id, AuditAction.INPUT_REFUSED)
    assert (logged.code, logged.count) == (ConsentScopeError.code, 1)


def test_n3_a_redirection_to_a_kind_that_is_not_consented_to_is_not_followed(
    office: Any, web: Any, tmp_path: Path, a_test: None
) -> None:
    reviewed(office)
    reviewed(office, "kind.other")
    web.at("https://social.example/api/v1/accounts/lookup", web.moved("https://b.example/x"))
    case_id = disclosed(office, refused=frozenset({ConsentItem.PUBLIC_OTHER}))
    done = run(office, web, case_id, tmp_path / "fetched")
    assert done.stopped == [ConsentScopeError.code]
    assert {host for host, _path, _headers in web.asked} == {"social.example"}


def test_s8_an_address_with_a_number_in_it_does_not_leave(
    office: Any, web: Any, tmp_path: Path, a_test: None
) -> None:
    served(web)
    reviewed(office, "kind.blog")
    number = "078-05-1121"
    case_id = disclosed(office, blogs=(f"https://sam.example/{number}",))
    done = run(office, web, case_id, tmp_path / "fetched", platforms=frozenset({"blog"}))
    assert done.stopped == [SocialSecurityEgressError.code]
    assert web.paths() == ["sam.example/robots.txt"]


def test_s7_only_a_trained_person_on_a_registered_device_fetches(
    office: Any, web: Any, tmp_path: Path, a_test: None, staff: Any
) -> None:
    served(web)
    staff.gated()
    reviewed(office)
    case_id = disclosed(office)
    folder = tmp_path / "fetched"
    refused(office, case_id, UnauthorisedError, lambda: run(office, web, case_id, folder))
    staff.trainer()
    staff.device()
    person = office.people[Role.INVESTIGATOR]
    staff.authorised(person)
    staff.trained(person, platforms=frozenset({"mastodon"}))
    staff.tested(person)
    sign_statement(**staff.by(person))
    for device in (None, "laptop-at-home"):
        refused(
            office,
            case_id,
            DeviceError,
            lambda device=device: run(office, web, case_id, folder, device=device),
        )
        assert web.asked == []
    done = run(office, web, case_id, folder, device=staff.device_id)
    assert (done.recordings, done.stopped) == (1, [])


def test_a_withdrawal_stops_what_is_under_way_and_keeps_nothing(
    office: Any, web: Any, tmp_path: Path, a_test: None
) -> None:
    """Between two requests the consent ends: the next does not leave, the recording is gone."""
    served(web)
    reviewed(office)
    case_id = disclosed(office)
    answer = web.routes["social.example", "/api/v1/accounts/lookup"]

    def withdrawing(handler: Any) -> None:
        withdraw_consent(case_id, **office.who(Role.APPLICANT))
        answer(handler)

    web.at("https://social.example/api/v1/accounts/lookup", withdrawing)
    folder = tmp_path / "fetched"
    with pytest.raises((ConsentWithdrawnError, WrongStateError)):
        run(office, web, case_id, folder)
    assert not [path for path in web.paths() if "statuses" in path]
    assert list(folder.iterdir()) == []
    with office.vault.read() as tx:
        assert RecordStore(tx).all(case_id, RecordKind.FETCH, FetchRecord) == []


def test_only_an_investigator_fetches_and_only_before_collection(
    office: Any, web: Any, tmp_path: Path, a_test: None
) -> None:
    served(web)
    reviewed(office)
    case_id = disclosed(office)
    for role in (Role.HIRING_MANAGER, Role.WALL_OFF_REVIEWER, Role.ADMINISTRATOR):
        refused(
            office,
            case_id,
            NotPermittedError,
            lambda role=role: run(office, web, case_id, tmp_path / "x", role=role),
        )
    early = office.consented()
    refused(office, early, WrongStateError, lambda: run(office, web, early, tmp_path / "x"))
    assert web.asked == []
    assert not (tmp_path / "x").exists()


def test_the_attribution_desk_sees_links_that_a_disclosed_account_s_platform_verified(
    office: Any, web: Any, tmp_path: Path, a_test: None, post: Any
) -> None:
    """With where they are from: no proof, and beside no account but the one that they lead to."""
    reviewed(office)
    served(web)
    field = {
        "value": '<a href="https://github.com/rowan-code" rel="me">x</a>',
        "verified_at": "2026-01-02T03:04:05.000+00:00",
    }
    account = {"id": "109", "acct": "rowan_a", "url": "https://other.example/@sam"}
    lookup = "https://social.example/api/v1/accounts/lookup"
    web.at(lookup, web.reply(json.dumps(account | {"fields": [field]})))
    case_id, folder = disclosed(office), tmp_path / "fetched"
    run(office, web, case_id, folder)
    lines = [post("Bread.", author=one, platform="github") for one in ("rowan-code", "sam-code")]
    (folder / "posts.jsonl").write_text("\n".join(lines))
    who = office.who(Role.INVESTIGATOR)
    [record] = fetches_of(case_id, **who)
    register_source(case_id, folder, **who)
    office.run(Segment.COLLECT, case_id)
    office.run(Segment.SCREEN, case_id)
    desks = {
        desk.items[0].item.author.reveal(): desk
        for desk in open_attribution_desk(case_id, **office.who(Role.ATTRIBUTION_ANALYST))
    }
    assert desks["sam-code"].verified == ()
    [shown] = desks["rowan-code"].verified
    assert shown.link.account.reveal() == "rowan_a@social.example"
    assert shown.link.address.reveal() == "https://github.com/rowan-code"
    assert (shown.file, shown.file_sha256) == (record.file, record.file_sha256)
    [asked] = [one for one in record.requests if one.step == "mastodon/lookup"]
    assert (shown.query, shown.fetched_by) == (asked.sequence, who["actor"].id)
    assert desks["rowan-code"].items[0].grade is None


def kill(office: Any, web: Any, case_id: Any, folder: Path, monkeypatch: Any, at: str) -> Path:
    """Fetch until just before a step that then never happens, as when the process dies there."""

    def died(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(f"casework.gathering.fetching.{at}", died)
        with pytest.raises(KeyboardInterrupt):
            run(office, web, case_id, folder)
    [left] = folder.iterdir()
    assert left.name.endswith(".fetched.warc.gz.part")
    return left


def test_i4_a_recording_that_no_record_stands_for_is_never_taken_in(
    office: Any, web: Any, tmp_path: Path, a_test: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A process that died before it wrote the record leaves a part, which goes."""
    reviewed(office)
    served(web)
    case_id, folder = disclosed(office), tmp_path / "fetched"
    kill(office, web, case_id, folder, monkeypatch, "_keep_record")
    mine = folder / "notes.part"
    mine.write_text("mine")
    who = office.who(Role.INVESTIGATOR)
    register_source(case_id, folder, way=AccessWay.AUTOMATED, **who)
    assert list(folder.iterdir()) == [mine]
    assert entries(office, case_id, AuditAction.FETCHED) == []


def test_i4_a_recording_whose_record_stands_is_finished_and_taken_in(
    office: Any, web: Any, tmp_path: Path, a_test: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A process that died after it wrote the record leaves a part, which gets its name."""
    reviewed(office)
    served(web)
    case_id, folder = disclosed(office), tmp_path / "fetched"
    left = kill(office, web, case_id, folder, monkeypatch, "Recording.give_name")
    who = office.who(Role.INVESTIGATOR)
    [record] = fetches_of(case_id, **who)
    register_source(case_id, folder, way=AccessWay.AUTOMATED, **who)
    assert [path.name for path in folder.iterdir()] == [record.file] == [left.stem]
    office.run(Segment.COLLECT, case_id)
    with office.vault.read() as tx:
        assert [one.item.text.reveal() for one in EvidenceStore(tx).for_case(case_id)] == [NICE]


def test_i4_a_part_that_is_not_what_was_recorded_is_destroyed(
    office: Any, web: Any, tmp_path: Path, a_test: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    reviewed(office)
    served(web)
    case_id, folder = disclosed(office), tmp_path / "fetched"
    left = kill(office, web, case_id, folder, monkeypatch, "Recording.give_name")
    left.write_bytes(left.read_bytes() + b"more")
    done = run(office, web, case_id, folder)
    assert done.recordings == 1
    assert [path.name == left.stem for path in folder.iterdir()] == [False]


def test_n2_a_consent_that_ends_while_the_record_is_written_keeps_nothing(
    office: Any, web: Any, tmp_path: Path, a_test: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The last look at the case stands in the same step as the record."""
    reviewed(office)
    served(web)
    case_id, folder = disclosed(office), tmp_path / "fetched"
    real = fetching._keep_record

    def late(*given: Any) -> None:
        withdraw_consent(case_id, **office.who(Role.APPLICANT))
        real(*given)

    monkeypatch.setattr(fetching, "_keep_record", late)
    with pytest.raises(SealedError):
        run(office, web, case_id, folder)
    assert list(folder.iterdir()) == []
    assert entries(office, case_id, AuditAction.FETCHED) == []


def test_a_folder_that_holds_something_is_refused(
    office: Any, web: Any, tmp_path: Path, a_test: None
) -> None:
    case_id = disclosed(office)
    (tmp_path / "old.txt").write_text("x")
    refused(office, case_id, InputError, lambda: run(office, web, case_id, tmp_path))


def test_production_refuses_a_fetcher_that_reaches_this_machine(
    office: Any, web: Any, tmp_path: Path
) -> None:
    """The reach of a test exists for tests alone."""
    assert office.vault.home.mode is HomeMode.PRODUCTION
    case_id = disclosed(office)
    refused(office, case_id, SettingsError, lambda: run(office, web, case_id, tmp_path / "x"))
    assert web.asked == []


def test_a_platform_without_a_connector_is_counted_and_never_guessed(
    office: Any, web: Any, tmp_path: Path, a_test: None
) -> None:
    case_id = disclosed(office, ("Facebook", "rowan.a"), ("Mastodon", "no account at all"))
    done = run(office, web, case_id, tmp_path / "fetched")
    assert (done.recordings, done.no_connector, done.stopped) == (0, 1, [InputError.code])
    assert web.asked == []
