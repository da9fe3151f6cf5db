"""The same post from several sources is one item with all its provenances; findings cite that one.

Same is what goes by the same name with the same words (`collection.files.identity`). The same name
with other words is a version, and a version is an item: nothing that differs is dropped. A time
that two places state differently is kept with the second place.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

from casework.steps.step import Work
from collection.files.identity import Said, names_of_post, words_of_post
from models.evidence import Capture, SourceItem
from models.ids import CaptureId, CaseId, EvidenceId
from models.value import Moment, Value
from storage.evidence import EvidenceStore
from storage.records import RecordKind, RecordStore
from storage.transaction import Transaction

_COMPARED: Final = 50
"""Items of one name and the same words that a new one is compared with: a folder may hold as many
as it likes, and one that is compared with none is kept."""


class Provenance(Value):
    """One more place where an item was found."""

    evidence_id: EvidenceId
    pointer: str
    """Where in the capture's file."""
    stated_at: Moment | None = None
    """The time that this place states, where it is another than the item's that was kept."""


class Provenances(Value):
    """What a capture holds that an earlier one held; sealed with the case."""

    capture_id: CaptureId
    again: tuple[Provenance, ...] = ()
    """The same post with the same words: kept once, under the earlier capture."""
    versions: tuple[Provenance, ...] = ()
    """Items of this capture (`pointer`) that go by the name of an earlier one, in other words."""


@dataclass(frozen=True, slots=True)
class Kept:
    """An item that is kept, and what it says of itself."""

    evidence_id: EvidenceId
    said: Said


@dataclass(slots=True)
class KnownItems:
    """The items of a case by their names and words: digests only."""

    _by_words: dict[tuple[bytes, bytes], list[Kept]] = field(default_factory=dict)
    _by_name: dict[bytes, EvidenceId] = field(default_factory=dict)

    @classmethod
    def of(cls, tx: Transaction, case_id: CaseId) -> "KnownItems":
        """Read what a case holds."""
        known = cls()
        for evidence in EvidenceStore(tx).for_case(case_id):
            known.add(evidence.id, evidence.item)
        return known

    def add(self, evidence_id: EvidenceId, item: SourceItem) -> None:
        """Take an item in."""
        kept = Kept(evidence_id, Said.of(item))
        words = words_of_post(item)
        for name in names_of_post(item):
            self._by_words.setdefault((name, words), []).append(kept)
            self._by_name.setdefault(name, evidence_id)

    def same(self, item: SourceItem) -> Kept | None:
        """Return the item that is the same post, unless the new one says more or other of itself.

        Of several the newest, which says most.
        """
        words, said = words_of_post(item), Said.of(item)
        for name in names_of_post(item):
            for kept in self._by_words.get((name, words), [])[:-_COMPARED:-1]:
                if not said.says_more(kept.said) and not said.contradicts(kept.said):
                    return kept
        return None

    def earlier(self, item: SourceItem) -> EvidenceId | None:
        """Return an item that goes by the same name, whatever it says."""
        return next(
            (self._by_name[name] for name in names_of_post(item) if name in self._by_name), None
        )


def keep_once(work: Work, capture: Capture, items: Iterable[SourceItem], known: KnownItems) -> int:
    """Keep those of a capture's items that are new, and where the others were found again.

    Returns how many were new.
    """
    new: list[SourceItem] = []
    again: list[Provenance] = []
    versions: list[Provenance] = []
    for item in items:
        found = known.same(item)
        if found is not None:
            at = item.created_at if item.created_at != found.said.at else None
            again.append(
                Provenance(evidence_id=found.evidence_id, pointer=item.pointer, stated_at=at)
            )
            continue
        earlier = known.earlier(item)
        if earlier is not None:
            versions.append(Provenance(evidence_id=earlier, pointer=item.pointer))
        new.append(item)
    ids = EvidenceStore(work.tx).add_many(capture, new)
    for evidence_id, item in zip(ids, new, strict=True):
        known.add(evidence_id, item)
    if again or versions:
        held = Provenances(capture_id=capture.id, again=tuple(again), versions=tuple(versions))
        RecordStore(work.tx).put(work.case.id, RecordKind.PROVENANCE, held, now=work.now)
    return len(new)


def provenances(tx: Transaction, case_id: CaseId) -> dict[EvidenceId, tuple[CaptureId, ...]]:
    """Return for each item the captures that hold it, the one that it was kept under first."""
    found: dict[EvidenceId, list[CaptureId]] = {
        evidence.id: [evidence.capture_id] for evidence in EvidenceStore(tx).for_case(case_id)
    }
    for held in RecordStore(tx).all(case_id, RecordKind.PROVENANCE, Provenances):
        for one in held.again:
            found.setdefault(one.evidence_id, []).append(held.capture_id)
    return {evidence_id: tuple(dict.fromkeys(ids)) for evidence_id, ids in found.items()}
