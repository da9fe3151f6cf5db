"""A policy owner signs what a requisition opens with; an unsigned or altered one is refused.

A requisition needs a signature if its policy says so, or as soon as the home trusts any policy
owner's key, so that taking the sentence out of the policy does not help.
"""

from datetime import datetime
from typing import Final

from casework.steps.permissions import Permission, authorize
from casework.steps.step import entry, refusals_logged
from models.audit import AuditAction
from models.clauses import PolicyUnsignedError
from models.criteria import CriteriaPack
from models.errors import AuditBrokenError, NotPermittedError, PackChangedError
from models.ids import ActorId, RequisitionId
from models.people import Actor, Role
from models.requisition import Policy
from models.value import Moment, Value
from policy.freezing import frozen_rules
from storage.audit import AuditLog
from storage.note import Signer, Verifier
from storage.people import PersonStore
from storage.registers import RegisterKind, RegisterStore
from storage.transaction import Transaction
from storage.vault import Vault

_FIRST: Final = "walloff policy"


class PolicyKey(Value):
    """A policy owner's public key, in force or taken back."""

    owner: ActorId
    vkey: str
    trusted: bool
    since: Moment


class PolicySignature(Value):
    """The signature under which a requisition opened."""

    requisition_id: RequisitionId
    owner: ActorId
    note: str


def statement_of(policy: Policy, criteria: CriteriaPack) -> str:
    """Return the text that a policy owner signs: the digest of what is frozen, and its names."""
    digest = frozen_rules(policy, criteria).rules
    names = f"{policy.id} {policy.version}, {criteria.id} {criteria.version}"
    return f"{_FIRST}\n{digest}\n{names}\n"


def sign_policy(policy: Policy, criteria: CriteriaPack, signer: Signer) -> str:
    """Return the signed note of what a requisition would freeze."""
    return signer.sign(statement_of(policy, criteria))


def trust_policy_key(
    owner: ActorId, vkey: str, *, trusted: bool = True, actor: Actor, vault: Vault, now: datetime
) -> None:
    """Trust a policy owner's key from now on, or no longer.

    Raises `NotPermittedError` if the owner is no policy owner or registers the key alone, and
    `AuditBrokenError` for what is no key.
    """
    verifier = Verifier.parse(vkey)
    with refusals_logged(owner, actor=actor, vault=vault, now=now), vault.write() as tx:
        role = authorize(actor, Permission.TRUST_POLICY_KEY)
        if actor.id == owner:
            raise NotPermittedError("nobody registers a key of their own")
        if Role.POLICY_OWNER not in PersonStore(tx).get(owner).roles:
            raise NotPermittedError("only a policy owner's key signs policies")
        key = PolicyKey(owner=owner, vkey=verifier.vkey, trusted=trusted, since=now)
        RegisterStore(tx).put(RegisterKind.POLICY_KEY, owner, key, now=now)
        AuditLog(tx).append(
            entry(
                AuditAction.POLICY_KEY_TRUSTED,
                actor=actor,
                role=role,
                object_id=owner,
                now=now,
                code=verifier.key_hash.hex() if trusted else "taken-back",
            )
        )


def trusted_keys(tx: Transaction) -> list[PolicyKey]:
    """Return the keys that count, one an owner at most: the newest stands."""
    newest = {one.owner: one for one in RegisterStore(tx).all(RegisterKind.POLICY_KEY, PolicyKey)}
    return [one for one in newest.values() if one.trusted and _still_owner(tx, one.owner)]


def signature_needed(tx: Transaction, policy: Policy) -> bool:
    """Say whether a requisition with this policy opens only with a signature."""
    asked = policy.applicant is not None and policy.applicant.signed_policy
    return asked or bool(trusted_keys(tx))


def require_signature(
    tx: Transaction, policy: Policy, criteria: CriteriaPack, note: str | None
) -> ActorId:
    """Return the policy owner who signed.

    Raises `PolicyUnsignedError` if there is no signature by a key that counts, `PackChangedError`
    if what was signed is not what is to be opened.
    """
    if note is None:
        raise PolicyUnsignedError("this requisition opens only with a policy owner's signature")
    for key in trusted_keys(tx):
        try:
            text = Verifier.parse(key.vkey).verify(note)
        except AuditBrokenError:
            continue
        if text != statement_of(policy, criteria):
            raise PackChangedError("the policy or the criteria differ from what was signed")
        return key.owner
    raise PolicyUnsignedError("no trusted policy owner's key made this signature")


def keep_signature(
    tx: Transaction, requisition_id: RequisitionId, owner: ActorId, note: str, *, now: datetime
) -> None:
    """Keep the signature under which a requisition opened."""
    kept = PolicySignature(requisition_id=requisition_id, owner=owner, note=note)
    RegisterStore(tx).put(RegisterKind.POLICY_SIGNATURE, requisition_id, kept, now=now)


def _still_owner(tx: Transaction, owner: ActorId) -> bool:
    return Role.POLICY_OWNER in PersonStore(tx).get(owner).roles
