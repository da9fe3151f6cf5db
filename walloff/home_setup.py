"""A home is made in steps, each of which can be taken up again after a crash."""

from pathlib import Path

from storage.home import Home, HomeMode, create_home, open_home
from storage.keyring import generate_passphrase, init_keys
from walloff.services import read_passphrase


def ready_home(root: Path, mode: HomeMode, passphrase_file: Path | None = None) -> Home:
    """Return a home with keys, made or finished if need be.

    Without a passphrase file a random passphrase is written into the home. Raises `HomeError` for
    a home of another mode, and `SettingsError` if the passphrase file cannot be read.
    """
    home = open_home(root, mode=mode) if root.exists() else create_home(root, mode)
    if not home.key_file.exists():
        if passphrase_file is not None:
            passphrase = read_passphrase(passphrase_file)
        elif home.passphrase_file.exists():
            passphrase = read_passphrase(home.passphrase_file)
        else:
            passphrase = generate_passphrase(home)
        init_keys(home, passphrase)
    return home
