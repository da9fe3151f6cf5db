"""Key actions are killed before and after every durable step; nothing is lost, and again is enough.

One process of its own forks for each step: the fork dies there without a word, as in a power
failure, and another fork looks at what is left and takes the action again.
"""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import storage.keyring
from models.ids import CaseId, new_id
from storage.domain import Domain
from storage.escrow import split_keys

HARNESS = '''
import json, os, shutil, sys
from pathlib import Path

from sqlalchemy.engine.default import DefaultDialect

from models.errors import KeyUnavailableError, WalloffError
from models.ids import CaseId
from storage.domain import Domain
from storage.escrow import open_by_shares, open_shares, reset_passphrase, split_keys
from storage.home import HomeMode, open_home
from storage.keyring import change_passphrase, open_key_ring
from storage.passphrase import KdfCost

CHEAP = KdfCost(memory_kib=64, iterations=1, lanes=1)
OLD, NEW = b"correct horse battery staple", b"new"
root, action, cases, given = Path(sys.argv[1]), sys.argv[2], sys.argv[3].split(","), sys.argv[4:]


def ring_of(home, passphrase=OLD):
    return open_key_ring(home, passphrase=passphrase, domains=frozenset(Domain))


def either(home):
    """The ring under whichever passphrase the file has."""
    try:
        return ring_of(home)
    except KeyUnavailableError:
        return ring_of(home, NEW)


def act(home):
    if action == "rotate":
        ring = ring_of(home)
        for domain in (Domain.RAW, Domain.AUDIT):
            ring.rotate(domain)
        ring.close()
    elif action == "passphrase":
        try:
            change_passphrase(home, OLD, NEW, cost=CHEAP)
        except KeyUnavailableError:
            ring_of(home, NEW).close()
    elif action == "split":
        split_keys(home, OLD, home.root / "shares")
    elif action == "recover":
        reset_passphrase(home, open_shares(given[:2]), NEW, cost=CHEAP)


class Step:
    """Counts durable steps, and dies at one of them."""

    def __init__(self, at):
        self.at, self.done = at, 0

    def __call__(self):
        self.done += 1
        if self.done == self.at:
            os._exit(9)


def armed(at):
    step = Step(at)

    def around(name, owner):
        real = getattr(owner, name)

        def wrapped(*args, **kwargs):
            step()
            result = real(*args, **kwargs)
            step()
            return result

        setattr(owner, name, wrapped)

    around("fsync", os)
    around("replace", os)
    around("do_commit", DefaultDialect)
    return step


def forked(work):
    child = os.fork()
    if child == 0:
        code = 1
        try:
            code = work() or 0
        except BaseException as exc:
            print(type(exc).__name__, exc, file=sys.stderr)
        finally:
            sys.stderr.flush()
            os._exit(code)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def opens(home):
    """Every lockbox opens, by the passphrase and by the shares that stand, as it did before."""
    rings = [either(home)]
    try:
        rings.append(open_by_shares(home, open_shares(given[:2])))
    except KeyUnavailableError:
        if action != "split":
            raise
        new = sorted((home.root / "shares").glob("*.txt"))
        rings.append(newest(home, new))
    for ring in rings:
        for case in cases:
            for domain in (Domain.RAW, Domain.RELEASED):
                assert ring.lockbox(CaseId(case), domain)
        ring.close()


def newest(home, sheets):
    """Open by the two shares of the split that the key file knows."""
    escrow = either(home).provider.escrow[:8]
    mine = [path.read_text() for path in sheets if escrow in path.name]
    return open_by_shares(home, open_shares(mine[:2]))


def whole(home):
    opens(home)
    act(home)
    opens(home)
    ring = either(home)
    for row in ring.status():
        assert row.on_old_version == 0
        if action == "rotate":
            assert row.versions == (row.version,), row
    ring.close()


count = 0
while True:
    count += 1
    copy = root.with_name(f"copy-{count}")
    shutil.copytree(root, copy)
    home = open_home(copy)

    def dying():
        armed(count)
        act(home)
        return 0

    end = forked(dying)
    if end not in (0, 9):
        sys.exit(f"step {count}: the action failed by itself")
    if forked(lambda: whole(home)):
        sys.exit(f"step {count}: something was lost")
    shutil.rmtree(copy)
    if end == 0:
        break
print(json.dumps(count - 1))
'''


@pytest.mark.sqlite_only  # each step works on a copy of the home's files
@pytest.mark.parametrize(
    ("action", "at_least"), [("rotate", 20), ("passphrase", 6), ("split", 14), ("recover", 6)]
)
def test_an_action_killed_at_any_step_loses_nothing_and_may_be_taken_again(
    agency: Any, tmp_path: Path, action: str, at_least: int
) -> None:
    cases = [CaseId(new_id()) for _ in range(3)]
    for case in cases:
        for domain in (Domain.RAW, Domain.RELEASED):
            agency.ring.lockbox(case, domain, create=True)
    shares = split_keys(agency.home, agency.passphrase, tmp_path / "first")
    agency.vault.close()
    agency.ring.close()
    done = subprocess.run(
        [
            *(sys.executable, "-c", HARNESS, str(agency.home.root), action, ",".join(cases)),
            *(path.read_text() for path in shares.files),
        ],
        cwd=Path(storage.keyring.__file__).parents[1],
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) >= at_least
