"""A query for a case is looked at, then written down, then made: never in another order (S8).

What the linter refuses is not kept: the refusal is logged with its code. The text of a query is
sealed in the case; the audit log has its keyed digest and its number.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from casework.applicant.consent import require_consent, require_lead_time, require_state
from casework.applicant.disclosure import disclosure_of
from casework.people.exposure import expose
from casework.people.people_gates import require_searcher
from casework.people.vetting_identity import vetting_identity
from casework.search.class_words import classes_alone, named_classes
from casework.search.terms_names import terms_name
from casework.search.terms_register import barred_hosts, require_terms, rules_of_search
from casework.steps.guarding import number_of, sensitive_of
from casework.steps.permissions import Permission
from casework.steps.step import Work, entry, step
from collection.egress.egress import EgressFault, Guarded, faults, refuse_egress
from collection.egress.hosts import addressed_hosts
from collection.egress.word_readings import folded
from collection.named_platforms import trained_name
from models.audit import AuditAction
from models.case import CaseState
from models.consent import PlatformKind
from models.disclosure import Disclosure
from models.exposure import Material
from models.ids import CaseId
from models.people import Actor
from models.search import AccessWay, QueryRecord
from models.text import RawText
from storage.audit import AuditLog
from storage.personas import PersonaStore
from storage.records import RecordKind, RecordStore
from storage.transaction import Transaction
from storage.vault import Vault

_QUERY: Final = "query"
_SEARCHING: Final = (CaseState.DISCLOSED, CaseState.COLLECTING)
_LEAST_OF_A_NAME: Final = 3


@dataclass(frozen=True, slots=True)
class Asked:
    """A query that may be made now, with its number in the case."""

    sequence: int
    digest: str


def check_query(text: str) -> tuple[EgressFault, ...]:
    """Return the rules that a text breaks, whoever it is about: no case is looked at."""
    return faults(text, Guarded(classes=named_classes))


def check_for_case(
    case_id: CaseId, text: str, *, actor: Actor, vault: Vault, now: datetime
) -> tuple[EgressFault, ...]:
    """Return the rules that a text breaks about this applicant, for whoever may make queries.

    What only the custodian knows of is not asked here: it would be found out by trying. Nothing
    of the text is kept. Raises `NotPermittedError`, and `WrongStateError` as `make_query`.
    """
    with step(vault, case_id, actor=actor, permission=Permission.MAKE_QUERY, now=now) as work:
        require_state(work.case, *_SEARCHING)
        guarded = Guarded(
            names=_names(disclosure_of(work.tx, case_id)),
            classes=named_classes,
            alone=classes_alone,
            barred_hosts=barred_hosts(work.tx, AccessWay.BY_HAND),
        )
    return faults(text, guarded)


def make_query(
    case_id: CaseId,
    text: str,
    *,
    identity: str,
    way: AccessWay = AccessWay.BY_HAND,
    platform: str = "",
    kind: PlatformKind | None = None,
    actor: Actor,
    vault: Vault,
    now: datetime,
) -> Asked:
    """Write a query down and give leave to make it.

    Where the policy asks for reviewed terms, they are those of the platform; of a query without
    one, those of every host that its text addresses, or of their `kind`. Raises what
    `require_searcher`, `vetting_identity`, `refuse_egress` and `require_terms` do, and
    `WrongStateError` outside the time of searching.
    """
    with step(vault, case_id, actor=actor, permission=Permission.MAKE_QUERY, now=now) as work:
        require_state(work.case, *_SEARCHING)
        require_consent(work.tx, work.case, now=now)
        require_lead_time(work.tx, work.case, now=now)
        asked_of = frozenset({trained_name(platform)}) if platform else frozenset[str]()
        require_searcher(work, platforms=asked_of)
        declared = vetting_identity(work.tx, identity)
        rules = rules_of_search(work.tx, work.case)
        refuse_egress(text, guarded_of(work.tx, case_id, way=way))
        for place in [platform] if platform else sorted(addressed_hosts(text)):
            require_terms(work.tx, place, way, rules=rules, now=now, kind=kind)
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
        expose(work, Material.SEARCH)
        work.log(AuditAction.RAW_READ, code="queries")
    with vault.read() as tx:
        return RecordStore(tx).all(case_id, RecordKind.QUERY, QueryRecord)


def guarded_of(tx: Transaction, case_id: CaseId, *, way: AccessWay) -> Guarded:
    """Return what the linter is to know of a case."""
    is_sensitive, lengths = sensitive_of(tx, case_id)
    personas = {
        folded(words)
        for persona in PersonaStore(tx).all()
        for words in (persona.id, persona.name.reveal(), persona.handle.reveal())
    }

    return Guarded(
        names=_names(disclosure_of(tx, case_id)),
        classes=named_classes,
        alone=classes_alone,
        is_number=number_of(tx, case_id),
        is_sensitive=is_sensitive,
        sensitive_lengths=lengths,
        is_persona=personas.__contains__,
        barred_hosts=barred_hosts(tx, way),
    )


def _names(disclosure: Disclosure) -> frozenset[str]:
    """Return what the applicant is called: the whole name, its parts, and every handle.

    Particles and initials ("de", "J.") are everybody's.
    """
    name = disclosure.name.reveal()
    parts = [
        part
        for part in name.split()
        if len(part) >= _LEAST_OF_A_NAME and (name.islower() or not part.islower())
    ]
    handles = (
        *disclosure.handles,
        *disclosure.emails,
        *disclosure.uncertain,
        *(account.handle for account in disclosure.accounts),
    )
    return frozenset({name, *parts, *(handle.reveal() for handle in handles)})


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
