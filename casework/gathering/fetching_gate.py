"""Before each request the case, the consent, the person, the device and the terms are asked again.

The linter looks at the address, which is then written down as a query of the case; only then does
it leave.
"""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from casework.applicant.consent import require_consent, require_state
from casework.gathering.live import consent_of
from casework.people.people_gates import require_capture
from casework.search.queries import make_query
from casework.search.terms_register import require_terms, rules_of_search
from casework.steps.permissions import Permission
from casework.steps.step import Work, step
from collection.files.platforms import listed_name
from collection.named_platforms import trained_name
from collection.web.answers import Terms
from models.case import Case, CaseState
from models.consent import Consent, PlatformKind, item_for
from models.errors import ConsentScopeError
from models.ids import CaseId
from models.people import Actor
from models.search import AccessWay, PlatformTerms, SessionIdentity
from models.search_clauses import TermsUnreviewedError
from models.search_rules import SearchRules
from storage.cases import CaseStore
from storage.transaction import Transaction
from storage.vault import Vault

_A_MINUTE: Final = 60


@dataclass(frozen=True, slots=True)
class CaseGate:
    """What one person may fetch for one case, under the consent with which they began."""

    case_id: CaseId
    consent: Consent
    device: str | None
    actor: Actor
    vault: Vault
    clock: Callable[[], datetime]

    def terms(self, host: str, platform: str, kind: PlatformKind) -> Terms:
        """Return what the platform's terms ask of a program.

        Raises `TermsUnreviewedError`, `TermsBarredError`, and `ConsentScopeError` for a platform
        of a kind that the consent does not cover.
        """
        del host  # its name may be the applicant's own: terms stand under a platform's or a kind
        with self._step() as work:
            return self._terms(work.tx, work.case, platform, kind, work.now)

    def terms_within(self, platform: str, kind: PlatformKind) -> Terms:
        """Return what `terms` does, for work that logs its own refusals."""
        with self.vault.read() as tx:
            case = CaseStore(tx).get(self.case_id)
            return self._terms(tx, case, platform, kind, self.clock())

    def leave(self, url: str, platform: str, kind: PlatformKind) -> int:
        """Write the request down as a query and return its number.

        Raises what `terms`, `require_capture`, `require_consent` and `make_query` do.
        """
        with self._step() as work:
            require_state(work.case, CaseState.DISCLOSED)
            self._allowed(work.tx, work.case, platform, kind, work.now)
            require_capture(
                work.tx,
                work.case,
                self.actor.id,
                device=self.device,
                platforms=frozenset({trained_name(platform)}),
                now=work.now,
            )
        asked = make_query(
            self.case_id,
            url,
            identity=SessionIdentity.ANONYMOUS_PUBLIC,
            way=AccessWay.AUTOMATED,
            platform=listed_name(platform) or "",
            kind=kind,
            actor=self.actor,
            vault=self.vault,
            now=self.clock(),
        )
        return asked.sequence

    def live(self) -> None:
        """Raise what `require_consent` does, by the database as it now stands."""
        consent_of(self.case_id, vault=self.vault, now=self.clock())()

    def _step(self) -> AbstractContextManager[Work]:
        return step(
            self.vault,
            self.case_id,
            actor=self.actor,
            permission=Permission.FETCH,
            now=self.clock(),
        )

    def _terms(
        self, tx: Transaction, case: Case, platform: str, kind: PlatformKind, now: datetime
    ) -> Terms:
        found = self._allowed(tx, case, platform, kind, now)
        interval = _A_MINUTE / (found.requests_per_minute or 1)
        return Terms(robots=found.robots_honoured, interval=interval)

    def _allowed(
        self, tx: Transaction, case: Case, platform: str, kind: PlatformKind, now: datetime
    ) -> PlatformTerms:
        if require_consent(tx, case, now=now) != self.consent:
            raise ConsentScopeError("the consent changed while something was being fetched")
        if item_for(kind) not in self.consent.scope.granted:
            raise ConsentScopeError("the consent does not cover platforms of this kind")
        rules = rules_of_search(tx, case) or SearchRules()
        found = require_terms(
            tx,
            platform,
            AccessWay.AUTOMATED,
            rules=rules.model_copy(update={"terms_reviewed": True}),
            now=now,
            kind=kind,
        )
        if found is None:
            raise TermsUnreviewedError("nobody has reviewed the platform's terms")
        return found
