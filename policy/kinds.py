"""A policy file is of one kind, and a requisition takes a vetting policy and no other.

kind = "investigation"              # communication, investigation or vetting, the default
powers = ["use-persona"]            # only powers of that kind
"""

from pathlib import Path
from typing import Any

from models.powers import (
    POWERS,
    CommunicationPolicy,
    InvestigationPolicy,
    PolicyKind,
    Power,
)
from models.search_clauses import PowerBorrowedError
from policy.toml_file import TomlFile


def kind_of(file: TomlFile) -> PolicyKind:
    """Return what a policy file is for. Raises `PolicyError` for no kind."""
    try:
        return PolicyKind(file.fields.get("kind", PolicyKind.VETTING))
    except ValueError:
        raise file.fault(f"kind: not one of {', '.join(PolicyKind)}", "kind") from None


def load_communication(path: Path) -> CommunicationPolicy:
    """Read a communication policy. Raises `PolicyError`, `PowerBorrowedError`."""
    file = TomlFile(path)
    _require_kind(file, PolicyKind.COMMUNICATION)
    return file.model(CommunicationPolicy, file.fields)


def load_investigation(path: Path) -> InvestigationPolicy:
    """Read an investigation policy. Raises `PolicyError`, `PowerBorrowedError`."""
    file = TomlFile(path)
    _require_kind(file, PolicyKind.INVESTIGATION)
    return file.model(InvestigationPolicy, file.fields)


def vetting_fields(file: TomlFile) -> dict[str, Any]:
    """Return the fields of a vetting policy, without its kind and powers.

    Raises `PowerBorrowedError` with the line of another kind, or of a power that vetting lacks.
    """
    _require_kind(file, PolicyKind.VETTING)
    return {key: value for key, value in file.fields.items() if key not in ("kind", "powers")}


def _require_kind(file: TomlFile, wanted: PolicyKind) -> None:
    found = kind_of(file)
    if found is not wanted:
        where = file.fault(f"kind: {found}, where a {wanted} policy is needed", "kind")
        raise PowerBorrowedError(str(where))
    named = file.fields.get("powers", [])
    if not isinstance(named, list):
        raise file.fault("powers: not a list", "powers")
    for number, name in enumerate(named):
        try:
            power = Power(name)
        except ValueError:
            raise file.fault("powers: no such power", "powers", number) from None
        if power not in POWERS[wanted]:
            rule = f"powers: a {wanted} policy does not grant {power}"
            raise PowerBorrowedError(str(file.fault(rule, "powers", number)))
