"""Two policies field by field: what differs, and which of the two asks more of the applicant.

Stricter means stricter on the applicant: more is looked at, for longer, with graver consequences
or less time. An agency's culture is its own; that it is stricter than its peers is a remark.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from pydantic import BaseModel

from models.applicant_rules import RefusalEffect, RefusalRule
from models.clauses import StricterThanPeersError
from models.requisition import NoticeStage, Policy
from policy.digest import canonical
from policy.packs import PackKind, list_packs
from policy.requisition import load_policy


class Direction(StrEnum):
    """What the second policy is, compared with the first."""

    STRICTER = "stricter"
    LOOSER = "looser"
    DIFFERENT = "different"


@dataclass(frozen=True, slots=True)
class Difference:
    """One field in which two policies differ."""

    field: str
    first: str
    second: str
    direction: Direction


_MORE_IS_STRICTER: Final = frozenset(
    {
        "consent_items",
        "consent_valid_days",
        "lookback_years",
        "quote_run_max",
        "excerpt_words_max",
        "applicant.alterations_count",
        "applicant.asks",
        "applicant.disclosure_lookback_years",
        "applicant.contact.conditions",
        "applicant.change_notice.lookback_years",
    }
)
_LESS_IS_STRICTER: Final = frozenset(
    {
        "notice_lead_days",
        "rebuttal_business_days",
        "pre_adverse_business_days",
        "applicant.delivery_proof",
        "applicant.signature",
        "applicant.witness",
        "applicant.signed_policy",
        "applicant.change_notice.within_days",
    }
)
_GRAVITY: Final = {
    RefusalEffect.NONE: 0,
    RefusalEffect.MANUAL: 1,
    RefusalEffect.DISQUALIFY: 2,
}
_NAMES: Final = frozenset({"id", "version", "title"})


def differences(first: Policy, second: Policy) -> list[Difference]:
    """Return every field in which two policies differ, in the order of the fields."""
    left, right = _flat(first), _flat(second)
    return [
        Difference(
            field, _shown(left.get(field)), _shown(right.get(field)), _direction(field, left, right)
        )
        for field in dict.fromkeys([*left, *right])
        if left.get(field) != right.get(field)
    ]


def stricter_than_peers(policy: Policy) -> list[Difference]:
    """Return where a policy is stricter than every pack for such an employer in its country.

    A remark (`W-F3-STRICTER-THAN-PEERS`), never a refusal.
    """
    peers = [
        peer
        for entry in list_packs(PackKind.POLICY)
        if (peer := load_policy(entry.id)).employer_type is policy.employer_type
        and peer.jurisdiction[:2] == policy.jurisdiction[:2]
        and peer.id != policy.id
    ] or [load_policy(entry.id) for entry in list_packs(PackKind.POLICY) if entry.id != policy.id]
    found = [
        {
            one.field: one
            for one in differences(peer, policy)
            if one.direction is Direction.STRICTER and one.field not in _NAMES
        }
        for peer in peers
    ]
    shared = set.intersection(*(set(one) for one in found)) if found else set()
    return [found[0][field] for field in found[0] if field in shared] if found else []


REMARK: Final = StricterThanPeersError.code


def _flat(value: BaseModel, prefix: str = "") -> dict[str, Any]:
    fields: dict[str, Any] = {}
    for name in type(value).model_fields:
        inner = getattr(value, name)
        if isinstance(inner, BaseModel):
            fields |= _flat(inner, f"{prefix}{name}.")
        elif inner is not None:
            fields[prefix + name] = inner
    return fields


def _direction(field: str, left: dict[str, Any], right: dict[str, Any]) -> Direction:
    first, second = left.get(field), right.get(field)
    if field == "notice_stage":
        return _ordered(_rank(first), _rank(second), more_is_stricter=False)
    if field == "applicant.refusals":
        return _ordered(_gravity(first), _gravity(second), more_is_stricter=True)
    if field in _MORE_IS_STRICTER | _LESS_IS_STRICTER:
        more = field in _MORE_IS_STRICTER
        if isinstance(first or second, frozenset):
            return _sets(first or frozenset(), second or frozenset(), more_is_stricter=more)
        return _ordered(float(first or 0), float(second or 0), more_is_stricter=more)
    return Direction.DIFFERENT


def _ordered(first: float, second: float, *, more_is_stricter: bool) -> Direction:
    if first == second:
        return Direction.DIFFERENT
    return Direction.STRICTER if (second > first) is more_is_stricter else Direction.LOOSER


def _sets(
    first: frozenset[object], second: frozenset[object], *, more_is_stricter: bool
) -> Direction:
    if first < second:
        return Direction.STRICTER if more_is_stricter else Direction.LOOSER
    if second < first:
        return Direction.LOOSER if more_is_stricter else Direction.STRICTER
    return Direction.DIFFERENT


def _rank(stage: NoticeStage | None) -> float:
    """Return how early applicants are told and looked at: an early search reaches more people."""
    return 0 if stage is None else list(NoticeStage).index(stage)


def _gravity(refusals: tuple[RefusalRule, ...] | None) -> float:
    return sum(_GRAVITY[one.effect] for one in refusals or ())


def _shown(value: Any) -> str:
    if value is None:
        return "-"
    if isinstance(value, str | bool | int):
        return str(value)
    if isinstance(value, frozenset):
        return ", ".join(sorted(str(item) for item in value)) or "-"
    return canonical(value).decode()
