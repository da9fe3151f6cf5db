"""A criteria pack is one TOML file with the fields of `CriteriaPack`, named by its id."""

from pathlib import Path

from models.criteria import CriteriaPack
from policy.packs import PackKind, pack_file
from policy.toml_file import TomlFile


def load_pack(pack_id: str) -> CriteriaPack:
    """Return a pack that comes with the product. Raises `PolicyError`."""
    return load_pack_file(pack_file(PackKind.CRITERIA, pack_id))


def load_pack_file(path: Path) -> CriteriaPack:
    """Read a pack.

    Raises `PolicyError` with file, line and rule, also if the file is not named by the pack's id.
    """
    file = TomlFile(path)
    pack = file.model(CriteriaPack, file.fields)
    if path.stem != pack.id:
        raise file.fault("id: a pack is kept in a file of the name of its id", "id")
    return pack
