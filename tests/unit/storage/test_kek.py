"""What every provider of domain keys promises, tried on the one that keeps them in a file."""

import json
from pathlib import Path

import pytest

from models.errors import KeyUnavailableError, SealBrokenError
from storage.domain import Domain
from storage.kek import KekProvider
from storage.passphrase import KdfCost, PassphraseFileProvider

CHEAP = KdfCost(memory_kib=64, iterations=1, lanes=1)
IDENTITY = ("home", "rehearsal")
PASSPHRASE = b"passphrase"
PLACE = ("lockbox", "case")


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
