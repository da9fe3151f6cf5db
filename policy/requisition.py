"""A requisition file names its policy and criteria packs, and what it changes in the policy.

    title = "Deputy sheriff"
    criteria = "ca-post-conduct"        # a pack, or a path that ends in .toml

    [policy]
    pack = "us-ca-law-enforcement"      # a pack, or a path that ends in .toml
    lookback_years = 5                  # any field of the policy

Instead of the table, `policy = "us-private"` takes a policy as it is. `lists` names a file of the
agency's own terms, or holds them (`policy.terms`); they join those of the pack. Paths are relative
to the file that names them.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from models.criteria import CriteriaPack
from models.errors import PolicyError
from models.requisition import Policy
from models.value import Value
from policy.after_hire import AFTER_HIRE, after_hire_rules
from policy.criteria import load_pack, load_pack_file
from policy.kinds import vetting_fields
from policy.packs import PackKind, pack_file
from policy.reporting import reporting_rules
from policy.retention_rules import retention_rules
from policy.terms import Barred, lists_of
from policy.toml_file import Key, TomlFile

_KEYS: Final = frozenset({"title", "criteria", "policy"})
_SUFFIX: Final = ".toml"
_FIXED: Final = ("id", "version")


@dataclass(frozen=True, slots=True)
class RequisitionDraft:
    """What a requisition is opened with."""

    title: str
    policy: Policy
    criteria: CriteriaPack


def load_requisition_file(path: Path, *, barred: Barred | None = None) -> RequisitionDraft:
    """Read a requisition and the packs it names.

    Raises `PolicyError` with file, line and rule; `barred` says which phrases no list may except.
    """
    file = TomlFile(path)
    for key in file.fields:
        if key not in _KEYS:
            raise file.fault(f"{key}: a key that the format does not have", key)
    title = _text(file, "title").strip()
    if not title:
        raise file.fault("title: empty", "title")
    return RequisitionDraft(title=title, policy=_policy(file, barred), criteria=_criteria(file))


def load_policy(pack_id: str) -> Policy:
    """Return a policy that comes with the product. Raises `PolicyError`."""
    return load_policy_file(pack_file(PackKind.POLICY, pack_id))


def load_policy_file(path: Path, *, barred: Barred | None = None) -> Policy:
    """Read a policy. Raises `PolicyError` with file, line and rule."""
    file = TomlFile(path)
    fields = vetting_fields(file) | {"retention": retention_rules(file, "retention")}
    if "lists" in fields:
        fields["lists"] = lists_of(file, "lists", barred=barred)
    if "reporting" in fields:
        fields["reporting"] = reporting_rules(file, "reporting")
    if AFTER_HIRE in fields:
        del fields[AFTER_HIRE]
        fields["after_hire"] = after_hire_rules(file, AFTER_HIRE)
    return file.model(Policy, fields)


def _policy(file: TomlFile, barred: Barred | None) -> Policy:
    if isinstance(file.fields.get("policy"), str):
        return _named_policy(file, barred, "policy")
    table = file.fields.get("policy")
    if not isinstance(table, dict):
        raise file.fault("policy: neither a pack nor a table", "policy")
    base = _named_policy(file, barred, "policy", "pack")
    changes = {key: value for key, value in table.items() if key != "pack"}
    if not changes:
        return base
    if "retention" in changes:
        own = retention_rules(file, "policy", "retention")
        ids = {rule["id"] for rule in own}
        kept = [rule.model_dump() for rule in base.retention if rule.id not in ids]
        changes["retention"] = kept + own
    if "lists" in changes:
        lists = lists_of(file, "policy", "lists", barred=barred)
        changes["lists"] = lists if base.lists is None else base.lists.joined(lists)
    if "reporting" in changes:
        changes["reporting"] = reporting_rules(file, "policy", "reporting")
    if AFTER_HIRE in changes:
        del changes[AFTER_HIRE]
        changes["after_hire"] = after_hire_rules(file, "policy", AFTER_HIRE)
    for key, change in changes.items():
        table_of_base = getattr(base, key, None)
        if key != "lists" and isinstance(change, dict) and isinstance(table_of_base, Value):
            changes[key] = table_of_base.model_dump() | change
    for key in (*_FIXED, "kind", "powers"):
        if key in changes:
            raise file.fault(f"{key}: belongs to the pack", "policy", key)
    return file.model(Policy, base.model_dump() | changes, "policy")


def _named_policy(file: TomlFile, barred: Barred | None, *keys: Key) -> Policy:
    name = _text(file, *keys)
    if name.endswith(_SUFFIX):
        return load_policy_file(file.path.parent / name, barred=barred)
    try:
        return load_policy(name)
    except PolicyError as unknown:
        raise _located(file, unknown, *keys) from unknown


def _criteria(file: TomlFile) -> CriteriaPack:
    name = _text(file, "criteria")
    if name.endswith(_SUFFIX):
        return load_pack_file(file.path.parent / name)
    try:
        return load_pack(name)
    except PolicyError as unknown:
        raise _located(file, unknown, "criteria") from unknown


def _located(file: TomlFile, error: PolicyError, *keys: Key) -> PolicyError:
    """Return an error about a name with the line on which the name stands."""
    return error if error.file is not None else file.fault(error.fault, *keys)


def _text(file: TomlFile, *keys: Key) -> str:
    value: Any = file.fields
    for key in keys:
        value = value.get(key) if isinstance(value, dict) else None
    if value is None:
        raise file.fault(f"{keys[-1]}: missing", *keys)
    if not isinstance(value, str):
        raise file.fault(f"{keys[-1]}: not a text", *keys)
    return value
