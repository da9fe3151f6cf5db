"""Settings come from the environment (`WALLOFF_…`) and the command line, and from nowhere else."""

import os
from enum import StrEnum
from pathlib import Path

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

from models.errors import SettingsError
from models.mail import MailTls


def require_none_removed() -> None:
    """Raise `SettingsError` if the environment sets what is no longer read.

    To ignore it would be to withhold less than the operator believes.
    """
    if "WALLOFF_TERMS_FILE" in os.environ:
        raise SettingsError(
            "WALLOFF_TERMS_FILE is not read any more: name the lists in the policy "
            '(lists = "terms.toml"), or give --terms for single texts'
        )


class KeyProvider(StrEnum):
    """What holds a home's domain keys."""

    KEY_FILE = "key-file"
    PKCS11 = "pkcs11"


class ReaderBox(StrEnum):
    """Where readers of strange files may work."""

    PREFERRED = "preferred"
    REQUIRED = "required"


class Settings(BaseSettings):
    """What an operator may set. Every field is listed in docs/settings.md; a test compares."""

    model_config = SettingsConfigDict(env_prefix="WALLOFF_", extra="ignore", frozen=True)

    def model_post_init(self, _context: object) -> None:
        """Refuse settings that are gone. Raises `SettingsError`."""
        require_none_removed()

    home: Path = Path(".walloff")
    """Folder of databases, keys and sealed files."""
    passphrase_file: Path | None = None
    """File with the passphrase of the key file; else the one in the home."""
    actor: str | None = None
    """Who is acting, by id, when `--actor` is not given."""
    batch_size: int = Field(default=250, ge=1, le=5000)
    """Cases in one flow run."""
    lease_seconds: int = Field(default=300, ge=10, le=86400)
    """How long a worker that has died keeps others from its cases."""
    contraband_digests: Path | None = None
    """Digests (SHA-256, one a line) of files that are never taken in, but referred."""
    fetch_contact: str | None = None
    """How whoever runs a server reaches the agency: `https://` or `mailto:`. Nothing is fetched
    without it."""
    reader_box: ReaderBox = ReaderBox.PREFERRED
    """`required`: no file is read where bubblewrap is missing or does not work."""
    mail_host: str | None = None
    """Mail server (SMTP) that messages to applicants are handed to; without it none is sent."""
    mail_port: int = Field(default=587, ge=1, le=65535)
    mail_tls: MailTls = MailTls.STARTTLS
    """How the way there is protected."""
    mail_from: str | None = None
    """The address that messages come from."""
    mail_link: str | None = None
    """The applicants' interface, `https://`: the one link in every message."""
    mail_login: str | None = None
    mail_password_file: Path | None = None
    """File with the password to that login, mode 0600."""
    mail_certificates: Path | None = None
    """PEM file with the certificates that verify the server; else the system's."""
    witnesses_file: Path | None = None
    """Witnesses that cosign the audit log: a URL and one or more keys a line."""
    stamps_url: SecretStr | None = None
    """Time-stamping authority (RFC 3161) that stamps a checkpoint a day."""
    stamps_certificates: Path | None = None
    """Its root and intermediate certificates, PEM."""
    oidc_issuer: str | None = None
    """Identity provider (OpenID Connect) that people may sign in with, as it names itself."""
    oidc_client_id: str | None = None
    """How it knows the application."""
    oidc_secret_file: Path | None = None
    """File with the application's secret at the provider, mode 0600."""
    oidc_second_factor: str | None = None
    """What its `amr` or `acr` says of a second factor; without it our own is always asked for."""
    raw_url: SecretStr | None = None
    """PostgreSQL database of cases, evidence and audit log; else a file in the home."""
    released_url: SecretStr | None = None
    """PostgreSQL database of what managers receive; else a file."""
    sealed_url: SecretStr | None = None
    """PostgreSQL database of what the custodian alone may read; else a file."""
    applicant_url: SecretStr | None = None
    """PostgreSQL database of what applicants read and answer; else a file."""
    audit_url: SecretStr | None = None
    """PostgreSQL database of the audit log as auditors have it; else a file."""
    fairness_url: SecretStr | None = None
    """PostgreSQL database of the figures about fairness; else a file."""
    keys_url: SecretStr | None = None
    """PostgreSQL database of the lockboxes; else a file in the home."""
    key_provider: KeyProvider = KeyProvider.KEY_FILE
    """What holds the domain keys: a key file under a passphrase, or PKCS#11 tokens."""
    pkcs11_module: Path | None = None
    """The token vendor's library."""
    pkcs11_token: str = "walloff"  # noqa: S105 - a label
    """Label of the token; `{domain}` in it is filled in, for a token per domain."""
    pkcs11_pin_file: Path | None = None
    """File with the token's PIN, mode 0600; `{domain}` in its name is filled in."""
