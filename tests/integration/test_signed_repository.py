"""A repository that its account signed goes the whole way into a case, by its signature alone."""

from pathlib import Path
from typing import Any

import pytest

from casework.applicant.disclosure import disclose
from casework.gathering.source import register_source
from collection.samples.sample_repository import DID, HANDLE, bluesky_sample
from models.disclosure import Account, Disclosure
from models.evidence import AttributionGrade
from models.people import Role
from models.segment import Segment
from models.text import RawText
from storage.evidence import EvidenceStore


def graded(office: Any, tmp_path: Path, handle: str, *, document: bool = True) -> set[Any]:
    """Return the grades that the machine gave to a sample's items."""
    case_id = office.consented()
    account = Account(platform=RawText("bluesky"), handle=RawText(handle))
    disclosure = Disclosure(name=RawText("Rowan Applegate"), accounts=(account,))
    disclose(case_id, disclosure, **office.who(Role.APPLICANT))
    folder = tmp_path / "given"
    folder.mkdir()
    path = bluesky_sample(folder, 3)
    if not document:
        path.with_suffix(".did.json").unlink()
    register_source(case_id, folder, **office.who(Role.INVESTIGATOR))
    office.run(Segment.COLLECT, case_id)
    office.run(Segment.SCREEN, case_id)
    with office.vault.read() as tx:
        return {evidence.grade for evidence in EvidenceStore(tx).for_case(case_id)}


@pytest.mark.parametrize("handle", [DID, HANDLE])
def test_signed_and_of_a_disclosed_account_needs_no_person(
    office: Any, tmp_path: Path, handle: str
) -> None:
    assert graded(office, tmp_path, handle) == {AttributionGrade.PLATFORM_SIGNED}


def test_without_the_document_the_disclosure_alone_counts(office: Any, tmp_path: Path) -> None:
    assert graded(office, tmp_path, DID, document=False) == {AttributionGrade.DISCLOSED}


def test_a_signature_of_an_account_that_nobody_disclosed_waits_for_a_person(
    office: Any, tmp_path: Path
) -> None:
    assert graded(office, tmp_path, "somebody.else.example") == {None}
