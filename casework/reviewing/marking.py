"""A reviewer withholds more, or says what a phrase means here; each mark can be undone.

Every change builds the package anew, so approvals start anew. A phrase is excepted by redacting
the text again under lists that know it: what comes out passed the same wall as everything else.
"""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Final

from casework.applicant.consent import require_state
from casework.applicant.disclosure import disclosure_of
from casework.people.people_gates import require_searcher
from casework.preview.marked import marked, marks_of, stands_in
from casework.preview.package import store_package
from casework.requisition.requisitions import frozen
from casework.reviewing.review import REVIEWABLE, require_look
from casework.screening.excerpts import excerpt_of
from casework.screening.screen import Screener
from casework.search.case_platforms import platforms_of
from casework.steps.permissions import Permission
from casework.steps.step import Work, step
from models.audit import AuditAction
from models.errors import CaseChangedError, InputError, RecordNotFoundError
from models.ids import CaseId, FindingId, new_id
from models.marks import ExceptedTexts, MarkKind, ReviewMark
from models.people import Actor
from models.redaction import Outcome
from models.terms import LONGEST
from models.text import RawText, RedactedText
from storage.cases import CaseStore
from storage.evidence import EvidenceStore
from storage.findings import FindingStore
from storage.records import RecordKind, RecordStore
from storage.vault import Vault

ScreenerExcepting = Callable[[Sequence[str]], Screener]
"""Returns the case's screener under lists that except these phrases as well.

Raises `PolicyError` for a phrase that is itself a protected term.
"""

_SHORTEST: Final = 2


def withhold_words(
    case_id: CaseId,
    words: RawText,
    *,
    finding_id: FindingId | None = None,
    actor: Actor,
    vault: Vault,
    now: datetime,
) -> ReviewMark:
    """Withhold words of one finding's text, or wherever they stand in the case.

    Raises `InputError` for words that stand in no such text, `RecordNotFoundError`,
    `WrongStateError`, `UnreviewedError`, `NotPermittedError`.
    """
    said = _worded(words)
    with step(vault, case_id, actor=actor, permission=Permission.WEIGH_FINDING, now=now) as work:
        _require_reviewing(work)
        findings = marked(work.tx, case_id, FindingStore(work.tx).for_case(case_id))
        concerned = [one for one in findings if finding_id in (None, one.id)]
        if not concerned:
            raise RecordNotFoundError("no such finding in this case")
        if not any(one.excerpt and stands_in(one.excerpt, said) for one in concerned):
            raise InputError("these words stand in no released text of the case")
        mark = _mark(MarkKind.WITHHOLD, said, finding_id, actor, now)
        _keep(work, mark, "withheld-more")
        return mark


def except_phrase(
    case_id: CaseId,
    phrase: RawText,
    *,
    screener_excepting: ScreenerExcepting,
    actor: Actor,
    vault: Vault,
    now: datetime,
) -> ReviewMark:
    """Say that in this phrase nothing protected is meant, everywhere in the case.

    Raises `PolicyError` for a phrase that is a protected term itself, `InputError` for one that
    stands nowhere, `CaseChangedError` if somebody changed the case meanwhile, and as
    `withhold_words`.
    """
    said = _worded(phrase)
    with step(vault, case_id, actor=actor, permission=Permission.WEIGH_FINDING, now=now) as work:
        _require_reviewing(work)
        findings = FindingStore(work.tx).for_case(case_id)
        concerned = {one.evidence_id for one in findings}
        items = [one for one in EvidenceStore(work.tx).for_case(case_id) if one.id in concerned]
        if not any(stands_in(one.item.text.reveal(), said) for one in items):
            raise InputError("this phrase stands in no text of the case")
    mark = _mark(MarkKind.EXCEPT, said, None, actor, now)
    _except(case_id, mark, screener_excepting, actor=actor, vault=vault, now=now)
    return mark


def undo_mark(
    case_id: CaseId,
    mark_id: str,
    *,
    screener_excepting: ScreenerExcepting,
    actor: Actor,
    vault: Vault,
    now: datetime,
) -> None:
    """Take a mark back. Raises `RecordNotFoundError`, and as `except_phrase`."""
    with step(vault, case_id, actor=actor, permission=Permission.WEIGH_FINDING, now=now) as work:
        _require_reviewing(work)
        standing = {mark.id: mark for mark in marks_of(work.tx, case_id) if not mark.undone}
        if mark_id not in standing:
            raise RecordNotFoundError("no such mark stands")
        undone = standing[mark_id].model_copy(update={"undone": True})
        if undone.kind is MarkKind.WITHHOLD:
            _keep(work, undone, "mark-undone")
            return
    _except(case_id, undone, screener_excepting, actor=actor, vault=vault, now=now)


def _except(
    case_id: CaseId,
    mark: ReviewMark,
    screener_excepting: ScreenerExcepting,
    *,
    actor: Actor,
    vault: Vault,
    now: datetime,
) -> None:
    """Redact again with all phrases that then stand: outside the transaction that keeps it."""
    with step(vault, case_id, actor=actor, permission=Permission.WEIGH_FINDING, now=now) as work:
        _require_reviewing(work)
        version = work.case.version
        before = marks_of(work.tx, case_id)
    standing = {one.id: one for one in (*before, mark)}.values()
    phrases = [
        one.words.reveal() for one in standing if one.kind is MarkKind.EXCEPT and not one.undone
    ]
    excerpts = _excerpts(case_id, screener_excepting(phrases), vault) if phrases else {}
    with step(vault, case_id, actor=actor, permission=Permission.WEIGH_FINDING, now=now) as work:
        _require_reviewing(work)
        if work.case.version != version or marks_of(work.tx, case_id) != before:
            raise CaseChangedError("the case changed while its texts were being redacted")
        texts = ExceptedTexts(excerpts=excerpts)
        RecordStore(work.tx).put(case_id, RecordKind.EXCEPTED_TEXTS, texts, now=now)
        _keep(work, mark, "mark-undone" if mark.undone else "phrase-excepted")


def _excerpts(
    case_id: CaseId, screener: Screener, vault: Vault
) -> dict[FindingId, RedactedText | None]:
    """Return the excerpts that differ; a finding that is not found again keeps its own."""
    with vault.read() as tx:
        policy = frozen(tx, CaseStore(tx).get(case_id).requisition_id).policy
        findings = FindingStore(tx).for_case(case_id)
        evidence = {item.id: item for item in EvidenceStore(tx).for_case(case_id)}
        disclosure = disclosure_of(tx, case_id)
    items = [evidence[finding.evidence_id] for finding in findings]
    excerpts: dict[FindingId, RedactedText | None] = {}
    redacted = screener.redact(items, disclosure)
    for finding, (_item, redaction) in zip(findings, redacted, strict=True):
        if redaction.outcome is not Outcome.PASSED:
            continue
        for proposal in screener.triage.assess(redaction.coded):
            same = proposal.criterion == finding.proposal.criterion
            if same and proposal.conduct is finding.proposal.conduct:
                excerpt = excerpt_of(proposal, policy)
                if excerpt != finding.excerpt:
                    excerpts[finding.id] = excerpt
                break
    return excerpts


def _require_reviewing(work: Work) -> None:
    require_state(work.case, *REVIEWABLE)
    require_look(work)
    require_searcher(work, platforms=platforms_of(work.tx, work.case.id))


def _keep(work: Work, mark: ReviewMark, code: str) -> None:
    RecordStore(work.tx).put(work.case.id, RecordKind.REVIEW_MARK, mark, now=work.now)
    store_package(work)
    work.log(AuditAction.REDACTED, code=code)


def _mark(
    kind: MarkKind, said: str, finding_id: FindingId | None, actor: Actor, now: datetime
) -> ReviewMark:
    return ReviewMark(
        id=new_id(),
        kind=kind,
        words=RawText(said),
        finding_id=finding_id,
        made_by=actor.id,
        made_at=now,
    )


def _worded(words: RawText) -> str:
    said = " ".join(words.reveal().split())
    if not _SHORTEST <= len(said) <= LONGEST or not any(map(str.isalnum, said)):
        raise InputError(f"give {_SHORTEST} to {LONGEST} characters with a letter or digit")
    return said
