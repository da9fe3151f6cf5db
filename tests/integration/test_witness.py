"""The auditor's witness as a process of its own: what it has seen, the agency cannot take back."""

import json
import os
import shutil
import signal
import subprocess
import sys
import textwrap
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest
from typer.testing import CliRunner

from casework.people.people import add_person
from casework.records.audit import accept_loss, record_export
from casework.steps.step import entry
from cli.main import build
from models.audit import AuditAction
from models.errors import AuditBrokenError, NotPermittedError, SettingsError
from models.ids import ActorId, new_id
from models.people import SYSTEM, Actor, Role
from storage import verifier
from storage.audit import AuditLog
from storage.audit_export import export_log
from storage.checkpoints import log_keys, publish, published
from storage.cosigning import newest_checkpoint
from storage.home import HomeMode
from storage.merkle import consistency_proof, leaf_hash, tree_root
from storage.note import Signer, checkpoint_text
from storage.verification import verify
from storage.witness import Witness, request_text
from walloff.home_setup import ready_home
from walloff.services import Services, open_services
from walloff.settings import Settings
from walloff.upkeep import publish_checkpoint
from walloff.witnessing import cosign, known_witnesses, seen_by

LOG = Signer("walloff/home", b"s" * 32)
LEAVES = [leaf_hash(str(at).encode()) for at in range(300)]
NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)

PROCESS = """
import os, sys
from pathlib import Path
from storage.note import Cosigner
from storage.witness import Witness
from walloff.witness_service import listening, serve

dies_at, asked, cosign = int(sys.argv[2]), 0, Cosigner.cosign

def dying(self, text, *, at):
    global asked
    asked += 1
    if asked == dies_at:
        os._exit(9)
    return cosign(self, text, at=at)

Cosigner.cosign = dying
opened = listening("127.0.0.1", 0)
print(opened.getsockname()[1], flush=True)
serve(Witness(Path(sys.argv[1])), opened)
"""


class Running:
    """A witness process; `start` may be called again after it has ended."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.process: subprocess.Popen[str] | None = None
        self.url = ""

    def start(self, *, dies_at: int = 0) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-c", textwrap.dedent(PROCESS), str(self.folder), str(dies_at)],
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        )
        assert self.process.stdout is not None
        self.url = f"http://127.0.0.1:{int(self.process.stdout.readline())}"
        for _ in range(200):
            try:
                httpx.get(self.url, timeout=5)
            except httpx.TransportError:
                continue
            return

    def stop(self, how: int = signal.SIGKILL) -> None:
        if self.process is not None:
            self.process.send_signal(how)
            self.process.wait()
            assert self.process.stdout is not None
            self.process.stdout.close()
            self.process = None


@pytest.fixture
def running(tmp_path: Path) -> Iterator[Running]:
    Witness.create(tmp_path / "witness", "auditor.example/w1").trust(LOG.vkey)
    made = Running(tmp_path / "witness")
    made.start()
    yield made
    made.stop()


def request(old: int, size: int) -> bytes:
    note = LOG.sign(checkpoint_text("walloff/home", size, tree_root(LEAVES[:size])))
    proof = consistency_proof(LEAVES[:size], old) if old else []
    return request_text(old, proof, note).encode()


def post(url: str, body: bytes) -> httpx.Response:
    return httpx.post(f"{url}/add-checkpoint", content=body, timeout=30)


def test_it_answers_over_http_as_specified(running: Running) -> None:
    assert post(running.url, request(0, 3)).status_code == 200
    conflict = post(running.url, request(0, 9))
    assert (conflict.status_code, conflict.text) == (409, "3\n")
    assert conflict.headers["content-type"] == "text/x.tlog.size"
    assert post(running.url, b"old").status_code == 400
    assert post(running.url, b"x" * 300_000).status_code == 413
    assert httpx.get(f"{running.url}/add-checkpoint").status_code == 405
    assert httpx.get(f"{running.url}/").status_code == 404


def test_eight_racing_clients_make_one_line_of_checkpoints(running: Running) -> None:
    """Each step that was cosigned continues the one before, whoever asked for it."""

    def client(seed: int) -> list[tuple[int, int]]:
        won, old = [], 0
        while old < 250:
            new = min(old + 1 + seed % 3, 250)
            answer = post(running.url, request(old, new))
            if answer.status_code == 200:
                won.append((old, new))
                old = new
            else:
                assert answer.status_code == 409
                old = int(answer.text)
        return won

    with ThreadPoolExecutor(8) as pool:
        steps = sorted(step for won in pool.map(client, range(8)) for step in won)
    growing = [step for step in steps if step[0] != step[1]]
    assert [old for old, _ in growing] == [0, *(new for _, new in growing[:-1])]
    assert growing[-1][1] == 250


@pytest.mark.parametrize("dies_at", [1, 2, 3, 5])
def test_a_witness_killed_between_writing_and_answering_stays_true(
    running: Running, dies_at: int
) -> None:
    """What it has on disk counts, although nobody got the answer."""
    running.stop()
    running.start(dies_at=dies_at)
    old = 0
    for size in range(5, 30, 5):
        try:
            assert post(running.url, request(old, size)).status_code == 200
        except httpx.TransportError:
            running.stop()
            running.start()
            assert Witness(running.folder).newest("walloff/home").size == size
            conflict = post(running.url, request(old, size))
            assert (conflict.status_code, conflict.text) == (409, f"{size}\n")
            assert post(running.url, request(size, size)).status_code == 200
        old = size


@pytest.fixture
def agency(tmp_path: Path, running: Running) -> Iterator[Callable[[], Services]]:
    """Open a home whose log the witness knows; opened anew at each call."""
    home = ready_home(Settings(home=tmp_path / "home"), HomeMode.REHEARSAL)
    witness = Witness(running.folder)
    witness.trust(home.audit_key_file.read_text())
    file = tmp_path / "witnesses"
    opened: list[Services] = []

    def open_() -> Services:
        keys = " ".join(one.vkey for one in witness.verifiers)
        file.write_text(f"# the auditor's\n{running.url} {keys}\n")
        opened.append(open_services(Settings(home=home.root, witnesses_file=file)))
        return opened[-1]

    yield open_
    for services in opened:
        services.vault.close()


def grow(services: Services, count: int = 1) -> None:
    for _ in range(count):
        with services.vault.write() as tx:
            made = entry(
                AuditAction.RECALLED, actor=SYSTEM, role=Role.SYSTEM, object_id=new_id(), now=NOW
            )
            AuditLog(tx).append(made)


def test_publishing_has_the_checkpoint_cosigned(
    agency: Callable[[], Services], running: Running, tmp_path: Path
) -> None:
    services = agency()
    keys = [one for w in known_witnesses(services.settings.witnesses_file) for one in w.verifiers]
    for _ in range(3):
        grow(services, 4)
        publish_checkpoint(services)
    for point in published(services.vault):
        for key in keys:
            key.verify(point.note)
    assert verify(services.vault, witnesses=keys).faults == ()
    auditor = Actor(id=ActorId("udo"), roles=frozenset({Role.AUDITOR}))
    record_export(actor=auditor, vault=services.vault, now=NOW)
    publish_checkpoint(services)
    done = export_log(services.vault, tmp_path / "export", witnesses=keys, now=NOW)
    assert (done.size, done.checkpoints, done.cosignatures) == (13, 4, 8)
    files = verifier._read(tmp_path / "export")
    log = verifier.Key(log_keys(services.vault)[0].vkey)
    assert verifier.verify(files, log, [verifier.Key(keys[0].vkey)], {})[0] == []


def test_only_an_auditor_exports(agency: Callable[[], Services]) -> None:
    services = agency()
    manager = Actor(id=ActorId("mona"), roles=frozenset({Role.HIRING_MANAGER}))
    with pytest.raises(NotPermittedError):
        record_export(actor=manager, vault=services.vault, now=NOW)
    with pytest.raises(NotPermittedError):
        accept_loss(actor=manager, vault=services.vault, now=NOW)
    with services.vault.read() as tx:
        assert [one.action for one in AuditLog(tx).entries()] == [AuditAction.DENIED] * 2
    ada = Actor(id=ActorId("ada"), roles=frozenset({Role.ADMINISTRATOR}))
    add_person(ada, "Ada", actor=None, vault=services.vault, now=NOW)
    accept_loss(actor=ada, vault=services.vault, now=NOW)


def test_a_home_put_back_whole_is_found_by_its_witness(
    agency: Callable[[], Services], running: Running, tmp_path: Path
) -> None:
    """Database, mark and keys put back together agree with each other: only the witness tells."""
    services = agency()
    home = services.home.root
    grow(services, 5)
    publish_checkpoint(services)
    services.vault.compact()
    shutil.copytree(home, tmp_path / "older")
    grow(services, 5)
    publish_checkpoint(services)
    services.vault.close()
    services.vault.key_ring.close()
    shutil.rmtree(home)
    shutil.copytree(tmp_path / "older", home)

    services = agency()
    assert verify(services.vault).intact
    (witness,) = known_witnesses(services.settings.witnesses_file)
    newest = newest_checkpoint(services.vault)
    assert newest is not None
    assert (seen_by(witness, services.vault, newest), newest.size) == (10, 5)
    with pytest.raises(AuditBrokenError):
        publish_checkpoint(services)
    for count in (5, 3):  # a forged continuation of the same size, and a longer one
        grow(services, count)
        publish(services.vault, now=NOW)
        with pytest.raises(AuditBrokenError):
            cosign(services.vault, [witness], now=NOW)


def test_a_witness_out_of_reach_is_asked_at_the_next_publication(
    agency: Callable[[], Services], running: Running
) -> None:
    services = agency()
    running.stop()
    grow(services)
    assert publish_checkpoint(services) == 1
    witnesses = known_witnesses(services.settings.witnesses_file)
    assert cosign(services.vault, witnesses, now=NOW) == ["auditor.example/w1"]
    running.start()
    services = agency()
    grow(services)
    publish_checkpoint(services)
    (witness,) = known_witnesses(services.settings.witnesses_file)
    witness.verifiers[0].verify(published(services.vault)[-1].note)


def test_an_answer_without_the_witness_s_signature_is_not_kept(
    agency: Callable[[], Services], running: Running, tmp_path: Path
) -> None:
    services = agency()
    grow(services)
    publish(services.vault, now=NOW)
    other = Witness.create(tmp_path / "other", "auditor.example/w2")
    file = tmp_path / "file"
    file.write_text(f"{running.url} {other.verifiers[0].vkey}\n")
    with pytest.raises(AuditBrokenError):
        cosign(services.vault, known_witnesses(file), now=NOW)
    assert len(published(services.vault)[-1].note.splitlines()) == 6


def test_a_checkpoint_is_printed_short_and_is_still_signed(
    agency: Callable[[], Services], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its signatures of 3 kB are left out; as JSON it is printed whole."""
    services = agency()
    monkeypatch.setenv("WALLOFF_WITNESSES_FILE", str(services.settings.witnesses_file))
    command = ["audit", "publish", "--home", str(services.home.root)]
    printed = CliRunner().invoke(build(), command).stdout
    whole = published(services.vault)[-1].note
    assert max(map(len, whole.splitlines())) > 3000
    assert max(map(len, printed.splitlines())) <= 200
    (witness,) = known_witnesses(services.settings.witnesses_file)
    for key in (log_keys(services.vault)[0], witness.verifiers[0]):
        assert key.verify(printed) == key.verify(whole)
    as_json = CliRunner().invoke(build(), [*command, "--json"]).stdout
    assert json.loads(as_json)["note"] == whole


def test_a_witnesses_file_that_cannot_be_read_is_refused(tmp_path: Path) -> None:
    for text in ("http://x\n", "http://x key\n"):
        (tmp_path / "file").write_text(text)
        with pytest.raises(SettingsError):
            known_witnesses(tmp_path / "file")
    with pytest.raises(SettingsError):
        known_witnesses(tmp_path / "none")
    assert known_witnesses(None) == []
