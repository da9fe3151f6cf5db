"""A whole home whose domain keys lie in PKCS#11 tokens, from set-up to a destroyed case."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
MODULE = Path("/usr/lib/softhsm/libsofthsm2.so")
DOMAINS = ("raw", "sealed", "released", "applicant", "audit", "fairness")

MANAGER = """
import sys
from models.errors import KeyUnavailableError
from storage.domain import Domain
from storage.home import open_home
from walloff.key_access import open_keys
from walloff.settings import Settings

settings = Settings()
home = open_home(settings.home)
ring = open_keys(settings, home, frozenset({Domain.RELEASED}))
print(*ring.domains)
for domain in (Domain.RAW, Domain.AUDIT):
    try:
        open_keys(settings, home, frozenset({domain}))
        print("opened", domain)
    except KeyUnavailableError as refusal:
        print("refused", domain, refusal.code)
"""


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    if not MODULE.exists():
        pytest.fail("SoftHSM is missing: run `make system`")
    tokens = tmp_path / "tokens"
    tokens.mkdir()
    settings = tmp_path / "softhsm2.conf"
    settings.write_text(f"directories.tokendir = {tokens}\nlog.level = ERROR\n")
    made = os.environ | {
        "SOFTHSM2_CONF": str(settings),
        "WALLOFF_HOME": str(tmp_path / "home"),
        "WALLOFF_KEY_PROVIDER": "pkcs11",
        "WALLOFF_PKCS11_MODULE": str(MODULE),
        "WALLOFF_PKCS11_TOKEN": "walloff-{domain}",
        "WALLOFF_PKCS11_PIN_FILE": str(tmp_path / "pin-{domain}"),
        "PYTHONPATH": str(ROOT),
    }
    for domain in DOMAINS:
        pin = tmp_path / f"pin-{domain}"
        pin.touch(mode=0o600)
        pin.write_text(f"pin of {domain}")
        subprocess.run(
            [
                *("softhsm2-util", "--init-token", "--free", "--label", f"walloff-{domain}"),
                *("--so-pin", "87654321", "--pin", f"pin of {domain}"),
            ],
            env=made,
            check=True,
            capture_output=True,
        )
    return made


def walloff(environment: dict[str, str], *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "cli", *words],
        env=environment,
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )


def test_keys_live_in_tokens_from_the_first_day(
    environment: dict[str, str], tmp_path: Path
) -> None:
    made = walloff(environment, "keys", "init", "--rehearsal")
    assert made.returncode == 0, made.stderr
    home = tmp_path / "home"
    assert not (home / "keys.json").exists()
    assert not (home / "passphrase").exists()
    status = walloff(environment, "keys", "status")
    assert status.returncode == 0, status.stderr
    assert "PKCS#11 token (destruction: provider)" in status.stdout
    again = walloff(environment, "keys", "init", "--rehearsal")
    assert again.returncode == 0, "a second time finds what is there"

    add = walloff(environment, "people", "add", "ada", "--role", "administrator", "--label", "Ada")
    assert add.returncode == 0, add.stderr
    custodian = ("people", "add", "kim", "--role", "key-custodian", "--label", "Kim")
    add = walloff(environment, *custodian, "--actor", "ada")
    assert add.returncode == 0, add.stderr
    rotated = walloff(environment, "keys", "rotate", "--actor", "kim", "--json")
    assert rotated.returncode == 0, rotated.stderr
    assert walloff(environment, "audit", "verify").returncode == 0
    refused = walloff(environment, "keys", "split", "--out", str(tmp_path / "s"), "--actor", "kim")
    assert refused.returncode == 4
    assert "token" in refused.stderr


def test_a_process_with_one_pin_gets_no_other_domain(
    environment: dict[str, str], tmp_path: Path
) -> None:
    """Here it is the token that refuses, not this code."""
    made = walloff(environment, "keys", "init", "--rehearsal")
    assert made.returncode == 0, made.stderr
    for domain in set(DOMAINS) - {"released"}:
        (tmp_path / f"pin-{domain}").write_text("not known here")
    seen = subprocess.run(
        [sys.executable, "-c", MANAGER],
        env=environment,
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert seen.stdout.splitlines() == [
        "released",
        "refused raw key-unavailable",
        "refused audit key-unavailable",
    ]
