"""A query for a case is looked at, then written down, then made: never in another order (S8).

What the linter refuses is not kept: the refusal is logged with its code. The text of a query is
sealed in the case; the audit log has its keyed digest and its number.
"""

from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from casework.consent import require_consent, require_lead_time, require_state
from casework.disclosure import disclosure_of
from casework.permissions import Permission
from casework.step import Work, entry, step
from casework.terms_names import terms_name
from casework.terms_register import barred_hosts, require_terms, rules_of_search
from casework.vetting_identity import vetting_identity
from collection.egress import EgressFault, Guarded, faults, folded, refuse_egress
from models.audit import AuditAction
from models.case import CaseState
from models.disclosure import Disclosure
from models.ids import CaseId
from models.people import Actor
from models.protected import ProtectedClass
from models.redaction import Mention
from models.search import AccessWay, GuardedDigests, QueryRecord
from models.text import RawText
from redaction.gazetteer import load_gazetteer
from storage.audit import AuditLog
from storage.personas import PersonaStore
from storage.records import RecordKind, RecordStore
from storage.transaction import Transaction
from storage.vault import Vault

_QUERY: Final = "query"
_NUMBER: Final = "identity-number"
_SENSITIVE: Final = "sensitive-identifier"
_SEARCHING: Final = (CaseState.DISCLOSED, CaseState.COLLECTING)
_WHERE_SOMEBODY_LIVES: Final = frozenset({ProtectedClass.RESIDENCE})


@dataclass(frozen=True, slots=True)
class Asked:
    """A query that may be made now, with its number in the case."""

    sequence: int
    digest: str


def check_query(text: str) -> tuple[EgressFault, ...]:
    """Return the rules that a text breaks, whoever it is about: no case is looked at."""
    return faults(text, Guarded(classes=named_classes))


def make_query(
    case_id: CaseId,
    text: str,
    *,
    identity: str,
    way: AccessWay = AccessWay.BY_HAND,
    platform: str = "",
    actor: Actor,
    vault: Vault,
    now: datetime,
) -> Asked:
    """Write a query down and give leave to make it.

    Raises what `vetting_identity`, `require_terms` and `refuse_egress` do, and `WrongStateError`
    outside the time of searching.
    """
    with step(vault, case_id, actor=actor, permission=Permission.MAKE_QUERY, now=now) as work:
        require_state(work.case, *_SEARCHING)
        require_consent(work.tx, work.case, now=now)
        require_lead_time(work.tx, work.case, now=now)
        declared = vetting_identity(work.tx, identity)
        rules = rules_of_search(work.tx, work.case)
        if platform:
            require_terms(work.tx, platform, way, rules=rules, now=now)
        refuse_egress(text, guarded_of(work.tx, case_id, way=way))
        records = RecordStore(work.tx)
        earlier = records.latest(case_id, RecordKind.QUERY, QueryRecord)
        record = QueryRecord(
            text=RawText(text),
            identity=declared,
            way=way,
            platform=terms_name(platform) if platform else "",
            made_by=actor.id,
            made_at=now,
            sequence=1 if earlier is None else earlier.sequence + 1,
            digest=work.tx.blind(case_id, _QUERY, text.encode()),
        )
        records.put(case_id, RecordKind.QUERY, record, now=now)
        _log(work, record)
        return Asked(record.sequence, record.digest)


def queries_of(case_id: CaseId, *, actor: Actor, vault: Vault, now: datetime) -> list[QueryRecord]:
    """Return the queries of a case, oldest first. They name the applicant: the look is logged."""
    with step(vault, case_id, actor=actor, permission=Permission.READ_RAW, now=now) as work:
        work.log(AuditAction.RAW_READ, code="queries")
    with vault.read() as tx:
        return RecordStore(tx).all(case_id, RecordKind.QUERY, QueryRecord)


def guard_number(
    case_id: CaseId, number: RawText, *, actor: Actor, vault: Vault, now: datetime
) -> None:
    """Keep a number given for proof of identity as a keyed digest, and nothing else of it."""
    digits = "".join(character for character in number.reveal() if character.isdigit())
    _guard(case_id, RecordKind.IDENTITY_NUMBER, _NUMBER, {digits}, actor, vault, now)


def guard_identifiers(
    case_id: CaseId,
    identifiers: AbstractSet[RawText],
    *,
    actor: Actor,
    vault: Vault,
    now: datetime,
) -> None:
    """Keep sensitive identifiers out of every query of a case, by their keyed digests (S4)."""
    words = {folded(one.reveal()) for one in identifiers}
    _guard(case_id, RecordKind.SENSITIVE_DIGESTS, _SENSITIVE, words, actor, vault, now)


def guarded_of(tx: Transaction, case_id: CaseId, *, way: AccessWay) -> Guarded:
    """Return what the linter is to know of a case."""
    numbers = _digests(tx, case_id, RecordKind.IDENTITY_NUMBER)
    sensitive = _digests(tx, case_id, RecordKind.SENSITIVE_DIGESTS)
    personas = {
        folded(words)
        for persona in PersonaStore(tx).all()
        for words in (persona.id, persona.name.reveal(), persona.handle.reveal())
    }

    def is_number(digits: str) -> bool:
        return bool(numbers) and tx.blind(case_id, _NUMBER, digits.encode()) in numbers

    def is_sensitive(words: str) -> bool:
        return bool(sensitive) and tx.blind(case_id, _SENSITIVE, words.encode()) in sensitive

    return Guarded(
        names=_names(disclosure_of(tx, case_id)),
        classes=named_classes,
        is_number=is_number,
        is_sensitive=is_sensitive,
        is_persona=personas.__contains__,
        barred_hosts=barred_hosts(tx, way),
    )


def named_classes(text: str) -> frozenset[ProtectedClass]:
    """Return the classes that a query names, by the lists of redaction.

    Names of people, and of where somebody lives, are what queries are made of. What is no class
    in every context counts for genetic information alone, where a likely hit is enough
    (29 CFR 1635.8(a)).
    """
    return frozenset(
        hit.entry.protected_class
        for hit in load_gazetteer().find(text)
        if hit.entry.mention is not Mention.PERSON
        and hit.entry.protected_class not in _WHERE_SOMEBODY_LIVES
        and (not hit.entry.ambiguous or hit.entry.protected_class is ProtectedClass.GENETIC)
    )


def _names(disclosure: Disclosure) -> frozenset[str]:
    name = disclosure.name.reveal()
    handles = (
        *disclosure.handles,
        *disclosure.emails,
        *disclosure.uncertain,
        *(account.handle for account in disclosure.accounts),
    )
    return frozenset({name, *name.split()[-1:], *(handle.reveal() for handle in handles)})


def _digests(tx: Transaction, case_id: CaseId, kind: RecordKind) -> frozenset[str]:
    found = RecordStore(tx).all(case_id, kind, GuardedDigests)
    return frozenset(digest for one in found for digest in one.digests)


def _guard(
    case_id: CaseId,
    kind: RecordKind,
    purpose: str,
    words: AbstractSet[str],
    actor: Actor,
    vault: Vault,
    now: datetime,
) -> None:
    with step(
        vault, case_id, actor=actor, permission=Permission.GUARD_IDENTIFIERS, now=now
    ) as work:
        digests = frozenset(work.tx.blind(case_id, purpose, word.encode()) for word in words)
        RecordStore(work.tx).put(case_id, kind, GuardedDigests(digests=digests), now=now)
        work.log(AuditAction.IDENTIFIERS_GUARDED, code=kind, count=len(digests))


def _log(work: Work, record: QueryRecord) -> None:
    logged = entry(
        AuditAction.QUERY_MADE,
        actor=work.actor,
        role=work.role,
        object_id=work.case.id,
        now=work.now,
        count=record.sequence,
    )
    AuditLog(work.tx).append(logged.model_copy(update={"commitment": record.digest}))
