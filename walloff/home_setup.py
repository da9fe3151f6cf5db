"""A home is made in steps, each of which can be taken up again after a crash."""

from storage.home import Home, HomeMode, create_home
from storage.keyring import generate_passphrase
from walloff.databases import home_of, urls_of
from walloff.key_access import make_keys
from walloff.settings import KeyProvider, Settings


def ready_home(settings: Settings, mode: HomeMode) -> Home:
    """Return the settings' home with keys, made or finished if need be.

    Without a passphrase file a random passphrase is written into the home. Raises `HomeError` for
    a home of another mode, `SettingsError` if the passphrase file cannot be read.
    """
    root = settings.home
    home = home_of(settings, mode) if root.exists() else create_home(root, mode, urls_of(settings))
    if not home.audit_key_file.exists():
        if settings.key_provider is KeyProvider.KEY_FILE and settings.passphrase_file is None:
            generate_passphrase(home)
        make_keys(settings, home)
    return home
