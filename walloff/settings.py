"""Settings come from the environment (`WALLOFF_…`) and the command line, and from nowhere else."""

from pathlib import Path

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """What an operator may set. Every field is listed in docs/settings.md; a test compares."""

    model_config = SettingsConfigDict(env_prefix="WALLOFF_", extra="ignore", frozen=True)

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
    terms_file: Path | None = None
    """File of the agency's own terms, exceptions and patterns."""
