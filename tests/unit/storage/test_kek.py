"""What every provider of domain keys promises, tried on a key file and on a PKCS#11 token."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from pkcs11 import Attribute
from pkcs11.exceptions import AttributeSensitive

import storage.pkcs11
from models.errors import KeyUnavailableError, SealBrokenError
from storage.domain import Domain
from storage.kek import Assurance, KekProvider
from storage.passphrase import KdfCost, PassphraseFileProvider
from storage.pkcs11 import Pkcs11Provider, TokenAccess

CHEAP = KdfCost(memory_kib=64, iterations=1, lanes=1)
IDENTITY = ("home", "rehearsal")
PASSPHRASE = b"passphrase"
PLACE = ("lockbox", "case")
SOFTHSM_PLACES = (
    "/usr/lib/softhsm/libsofthsm2.so",
    "/usr/lib64/pkcs11/libsofthsm2.so",
    "/usr/local/lib/softhsm/libsofthsm2.so",
)


class KekContract:
    """A provider's tests: derive, and give `provider` (raw and audit) and `reopened`."""

    @pytest.fixture
    def provider(self, tmp_path: Path) -> KekProvider:
        raise AssertionError("each provider gives its own")

    def reopened(self, tmp_path: Path) -> KekProvider:
        raise AssertionError("each provider gives its own")

    def test_a_wrapped_secret_comes_back_in_its_place(self, provider: KekProvider) -> None:
        version = provider.current_version(Domain.RAW)
        wrapped = provider.wrap(Domain.RAW, version, b"secret", PLACE)
        assert b"secret" not in wrapped
        assert provider.unwrap(Domain.RAW, version, wrapped, PLACE) == b"secret"

    def test_a_wrapped_secret_opens_nowhere_else(self, provider: KekProvider) -> None:
        wrapped = provider.wrap(Domain.RAW, 1, b"secret", PLACE)
        other = provider.new_version(Domain.RAW)
        for domain, version, place in (
            (Domain.RAW, 1, ("lockbox", "another")),
            (Domain.RAW, other, PLACE),
            (Domain.AUDIT, 1, PLACE),
        ):
            with pytest.raises(SealBrokenError):
                provider.unwrap(domain, version, wrapped, place)
        with pytest.raises(SealBrokenError):
            provider.unwrap(Domain.RAW, 1, wrapped[:-1] + bytes([wrapped[-1] ^ 1]), PLACE)

    def test_no_bit_of_a_wrapped_secret_may_be_flipped(self, provider: KekProvider) -> None:
        wrapped = provider.wrap(Domain.RAW, 1, b"secret", PLACE)
        for place in range(len(wrapped)):
            altered = bytearray(wrapped)
            altered[place] ^= 1 << place % 8
            with pytest.raises(SealBrokenError):
                provider.unwrap(Domain.RAW, 1, bytes(altered), PLACE)

    def test_a_domain_that_is_not_served_is_refused(self, provider: KekProvider) -> None:
        assert set(provider.domains) == {Domain.RAW, Domain.AUDIT}
        for attempt in (
            lambda: provider.current_version(Domain.RELEASED),
            lambda: provider.versions(Domain.RELEASED),
            lambda: provider.new_version(Domain.RELEASED),
            lambda: provider.wrap(Domain.RELEASED, 1, b"secret", PLACE),
            lambda: provider.unwrap(Domain.RELEASED, 1, b"secret", PLACE),
            lambda: provider.destroy_version(Domain.RELEASED, 1),
        ):
            with pytest.raises(KeyUnavailableError):
                attempt()

    def test_a_new_version_lasts_and_the_old_one_still_opens(
        self, provider: KekProvider, tmp_path: Path
    ) -> None:
        wrapped = provider.wrap(Domain.RAW, 1, b"secret", PLACE)
        assert provider.new_version(Domain.RAW) == 2
        for one in (provider, self.reopened(tmp_path)):
            assert one.current_version(Domain.RAW) == 2
            assert one.versions(Domain.RAW) == (1, 2)
            assert one.current_version(Domain.AUDIT) == 1
            assert one.unwrap(Domain.RAW, 1, wrapped, PLACE) == b"secret"

    def test_a_destroyed_version_opens_no_more(self, provider: KekProvider, tmp_path: Path) -> None:
        wrapped = provider.wrap(Domain.RAW, 1, b"secret", PLACE)
        other = self.reopened(tmp_path)
        assert other.unwrap(Domain.RAW, 1, wrapped, PLACE) == b"secret"
        provider.new_version(Domain.RAW)
        assert provider.destroy_version(Domain.RAW, 1)
        assert provider.destroy_version(Domain.RAW, 1), "a second time is no error"
        for one in (provider, other, self.reopened(tmp_path)):
            assert one.versions(Domain.RAW) == (2,)
            for attempt in (
                lambda one=one: one.unwrap(Domain.RAW, 1, wrapped, PLACE),
                lambda one=one: one.wrap(Domain.RAW, 1, b"secret", PLACE),
            ):
                with pytest.raises(KeyUnavailableError):
                    attempt()

    def test_the_current_version_is_not_destroyed(self, provider: KekProvider) -> None:
        with pytest.raises(KeyUnavailableError):
            provider.destroy_version(Domain.RAW, provider.current_version(Domain.RAW))

    def test_a_provider_says_what_its_destruction_is_worth(self, provider: KekProvider) -> None:
        assert provider.name
        assert provider.assurance in Assurance

    def test_what_is_too_short_to_be_wrapped_does_not_open(self, provider: KekProvider) -> None:
        for wrapped in (b"", b"x", b"x" * 40):
            with pytest.raises(SealBrokenError):
                provider.unwrap(Domain.RAW, 1, wrapped, PLACE)

    def test_a_version_that_never_was_is_refused(self, provider: KekProvider) -> None:
        with pytest.raises(KeyUnavailableError):
            provider.wrap(Domain.RAW, 9, b"secret", PLACE)


def unlocked(path: Path, passphrase: bytes = PASSPHRASE) -> PassphraseFileProvider:
    return PassphraseFileProvider.unlock(
        path, passphrase, IDENTITY, frozenset({Domain.RAW, Domain.AUDIT})
    )


class TestPassphraseFile(KekContract):
    """The contract, and what a file and a passphrase add to it."""

    @pytest.fixture
    def provider(self, tmp_path: Path) -> KekProvider:
        PassphraseFileProvider.create(tmp_path / "keys.json", PASSPHRASE, IDENTITY, cost=CHEAP)
        return unlocked(tmp_path / "keys.json")

    def reopened(self, tmp_path: Path) -> KekProvider:
        return unlocked(tmp_path / "keys.json")

    def test_a_wrong_passphrase_opens_nothing(self, provider: KekProvider, tmp_path: Path) -> None:
        for wrong in (b"Passphrase", b""):
            with pytest.raises(KeyUnavailableError):
                unlocked(tmp_path / "keys.json", wrong)

    def test_a_process_of_the_former_passphrase_adds_no_version(
        self, provider: KekProvider, tmp_path: Path
    ) -> None:
        """It would seal one under the former passphrase, and nothing would open the file again."""
        path = tmp_path / "keys.json"
        PassphraseFileProvider.change_passphrase(path, PASSPHRASE, b"new", IDENTITY, cost=CHEAP)
        with pytest.raises(KeyUnavailableError):
            provider.new_version(Domain.RAW)
        opened = PassphraseFileProvider.unlock(path, b"new", IDENTITY, frozenset(Domain))
        assert opened.versions(Domain.RAW) == (1,)
        assert opened.new_version(Domain.RAW) == 2

    def test_another_homes_file_opens_nothing(self, provider: KekProvider, tmp_path: Path) -> None:
        with pytest.raises(KeyUnavailableError):
            PassphraseFileProvider.unlock(
                tmp_path / "keys.json", PASSPHRASE, ("home", "production"), {Domain.RAW}
            )

    def test_a_file_is_made_once(self, provider: KekProvider, tmp_path: Path) -> None:
        before = (tmp_path / "keys.json").read_bytes()
        with pytest.raises(KeyUnavailableError):
            PassphraseFileProvider.create(tmp_path / "keys.json", b"new", IDENTITY, cost=CHEAP)
        assert (tmp_path / "keys.json").read_bytes() == before

    def test_what_a_process_holds_opens_no_other_domain(
        self, provider: KekProvider, tmp_path: Path
    ) -> None:
        """Even one that reads the file again cannot derive what it did not ask for."""
        assert isinstance(provider, PassphraseFileProvider)
        held = set(provider._wrapping)
        assert held == {Domain.RAW, Domain.AUDIT}
        assert {domain for domain, _ in provider._keys} == held
        whole = PassphraseFileProvider.unlock(
            tmp_path / "keys.json", PASSPHRASE, IDENTITY, frozenset(Domain)
        )
        sealed = whole.wrap(Domain.RELEASED, 1, b"secret", PLACE)
        for held_key in provider._keys.values():
            assert held_key not in (whole._keys[Domain.RELEASED, 1],)
        with pytest.raises(KeyUnavailableError):
            provider.unwrap(Domain.RELEASED, 1, sealed, PLACE)

    @pytest.mark.parametrize(
        "damage",
        ["", "[]", "{}", '{"form": "walloff-keys-1"}', '{"form": "walloff-keys-9"}', "\x00"],
    )
    def test_a_damaged_file_opens_nothing(
        self, provider: KekProvider, tmp_path: Path, damage: str
    ) -> None:
        (tmp_path / "keys.json").write_text(damage)
        with pytest.raises(KeyUnavailableError):
            unlocked(tmp_path / "keys.json")

    @pytest.mark.parametrize("part", ["kdf", "domains"])
    def test_no_part_of_the_file_may_be_exchanged(
        self, provider: KekProvider, tmp_path: Path, part: str
    ) -> None:
        path = tmp_path / "keys.json"
        content = json.loads(path.read_text())
        if part == "kdf":
            content["kdf"]["iterations"] += 1
        else:
            content["domains"]["raw"] = content["domains"]["released"]
        path.write_text(json.dumps(content))
        with pytest.raises(KeyUnavailableError):
            unlocked(path)

    def test_a_missing_file_is_no_key(self, provider: KekProvider, tmp_path: Path) -> None:
        (tmp_path / "keys.json").unlink()
        with pytest.raises(KeyUnavailableError):
            provider.current_version(Domain.RAW)


SOFTHSM = next(
    (path for path in map(Path, SOFTHSM_PLACES) if path.exists()),
    None,
)


@pytest.fixture(scope="session")
def token(tmp_path_factory: pytest.TempPathFactory) -> TokenAccess:
    """A SoftHSM token. The library reads its settings once in a process, so there is one."""
    if SOFTHSM is None:
        pytest.fail("SoftHSM is missing: run `make system`")
    folder = tmp_path_factory.mktemp("softhsm")
    (folder / "tokens").mkdir()
    settings = folder / "softhsm2.conf"
    settings.write_text(f"directories.tokendir = {folder}/tokens\nlog.level = ERROR\n")
    os.environ["SOFTHSM2_CONF"] = str(settings)
    for label in ("walloff-raw", "walloff-audit"):
        subprocess.run(
            [
                *("softhsm2-util", "--init-token", "--free", "--label", label),
                *("--so-pin", "87654321", "--pin", f"pin of {label}"),
            ],
            check=True,
            capture_output=True,
        )
        pin = folder / f"pin-{label}"
        pin.touch(mode=0o600)
        pin.write_text(f"pin of {label}\n")
    return TokenAccess(SOFTHSM, "walloff-{domain}", folder / "pin-walloff-{domain}")


class TestPkcs11(KekContract):
    """The contract on SoftHSM, with a token for each domain; a fresh home for each test."""

    @pytest.fixture
    def provider(self, token: TokenAccess, tmp_path: Path) -> KekProvider:
        self.token = token
        return Pkcs11Provider.create(
            token, tmp_path.name, {Domain.RAW, Domain.AUDIT}, tmp_path / "lock"
        )

    def reopened(self, tmp_path: Path) -> KekProvider:
        domains = frozenset({Domain.RAW, Domain.AUDIT})
        return Pkcs11Provider(self.token, tmp_path.name, domains, tmp_path / "lock")

    def test_the_token_gives_no_key_out(self, provider: KekProvider) -> None:
        assert isinstance(provider, Pkcs11Provider)
        session = provider._sessions[Domain.RAW]
        (key,) = session.get_objects(provider._template(Domain.RAW, 1))
        assert key[Attribute.SENSITIVE] is True
        assert key[Attribute.EXTRACTABLE] is False
        with pytest.raises(AttributeSensitive):
            key[Attribute.VALUE]

    def test_a_token_of_another_domain_holds_nothing(self, provider: KekProvider) -> None:
        assert isinstance(provider, Pkcs11Provider)
        session = provider._sessions[Domain.AUDIT]
        assert list(session.get_objects(provider._template(Domain.RAW, 1))) == []

    def test_keys_that_are_there_are_not_made_again(
        self, provider: KekProvider, tmp_path: Path
    ) -> None:
        Pkcs11Provider.create(self.token, tmp_path.name, frozenset({Domain.RAW}), tmp_path / "lock")
        assert provider.versions(Domain.RAW) == (1,)

    def test_another_process_sees_what_this_one_made_and_destroyed(
        self, provider: KekProvider, tmp_path: Path
    ) -> None:
        provider.new_version(Domain.RAW)
        provider.destroy_version(Domain.RAW, 1)
        seen = subprocess.run(
            [
                *(sys.executable, "-c", OTHER_PROCESS),
                *(str(self.token.module), self.token.token, str(self.token.pin_file)),
                *(tmp_path.name, str(tmp_path / "lock")),
            ],
            cwd=Path(storage.pkcs11.__file__).parents[1],
            check=True,
            capture_output=True,
            text=True,
        )
        assert seen.stdout == "(2,) 3\n"
        assert provider.versions(Domain.RAW) == (2, 3)

    def test_a_missing_token_or_a_wrong_pin_opens_nothing(
        self, token: TokenAccess, tmp_path: Path
    ) -> None:
        pin = tmp_path / "pin"
        pin.touch(mode=0o600)
        pin.write_text("wrong")
        for access in (
            TokenAccess(token.module, "nowhere", token.pin_file),
            TokenAccess(tmp_path / "nowhere.so", token.token, token.pin_file),
            TokenAccess(token.module, token.token, tmp_path / "missing"),
            TokenAccess(token.module, token.token, pin),
        ):
            with pytest.raises(KeyUnavailableError):
                Pkcs11Provider(access, "home", {Domain.RAW}, tmp_path / "lock")

    def test_a_pin_that_others_can_read_is_refused(
        self, token: TokenAccess, tmp_path: Path
    ) -> None:
        pin = tmp_path / "pin"
        pin.write_text("pin of walloff-raw")
        pin.chmod(0o640)
        with pytest.raises(KeyUnavailableError, match="0600"):
            Pkcs11Provider(
                TokenAccess(token.module, token.token, pin), "home", {Domain.RAW}, tmp_path / "lock"
            )


OTHER_PROCESS = """
import sys
from pathlib import Path
from storage.domain import Domain
from storage.pkcs11 import Pkcs11Provider, TokenAccess

module, token, pin, home, lock = sys.argv[1:]
access = TokenAccess(Path(module), token, Path(pin))
provider = Pkcs11Provider(access, home, {Domain.RAW}, Path(lock))
print(provider.versions(Domain.RAW), provider.new_version(Domain.RAW))
"""
