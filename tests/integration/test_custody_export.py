"""A case's chain of custody leaves as CASE 1.4 and UCO 1.4: valid, the same each time, no content.

Rows I4 and A2. It is checked with case-utils against the ontology that comes with it, offline.
"""

import json
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
import rdflib
from case_utils.case_validate import validate

from casework.counsel.productions import approve_production, make_production, request_production
from casework.custody.case_export import custody_document, custody_of, export_custody
from casework.custody.case_uco import document_of
from casework.gathering.source import register_source
from collection.samples.sample_pages import mhtml_of
from models.audit import AuditAction
from models.counsel import ProducedKind
from models.counsel_clauses import ProductionUnapprovedError
from models.documentation import ClockWitness
from models.errors import HomeError, NotPermittedError, RawAccessError
from models.people import Role
from models.segment import Segment
from storage.audit import AuditLog
from storage.bundles import make_recipient, open_bundle, read_recipient
from storage.captures import CaptureStore
from storage.cases import CaseStore

Post = Callable[..., str]
NICE = "We planted tulips along the fence."
ADDRESS = "https://rowan.example/kumquat"
PAGE = (
    '<!DOCTYPE html><html><body><article class="h-entry"><a class="p-author h-card">rowan_a</a>'
    '<time class="dt-published" datetime="2026-08-30T09:00:00Z"></time>'
    '<div class="e-content">The wistaria came out well.</div></article></body></html>'
)
CASE = rdflib.Namespace("https://ontology.caseontology.org/case/investigation/")
ACTION = rdflib.Namespace("https://ontology.unifiedcyberontology.org/uco/action/")
CORE = rdflib.Namespace("https://ontology.unifiedcyberontology.org/uco/core/")
OBSERVABLE = rdflib.Namespace("https://ontology.unifiedcyberontology.org/uco/observable/")


@pytest.fixture
def office(prepared: Any) -> Any:
    return prepared


@pytest.fixture
def clock(prepared: Any) -> Any:
    return prepared.clock


def collected(office: Any, post: Post) -> Any:
    case_id = office.disclosed()
    folder = office.folder / f"custody-{case_id}"
    folder.mkdir()
    line = post(NICE) + "\n"
    (folder / "kumquat.jsonl").write_text(line)
    (folder / "later.jsonl").write_text(line + post("Another day, another tulip.") + "\n")
    saved = (office.now - timedelta(hours=3)).strftime("%a, %d %b %Y %H:%M:%S GMT")
    (folder / "page.mhtml").write_bytes(mhtml_of(PAGE, address=ADDRESS, saved=saved))
    register_source(case_id, folder, **office.who(Role.INVESTIGATOR))
    office.clock.move(hours=1)
    office.run(Segment.COLLECT, case_id)
    return case_id


def facts_of(office: Any, case_id: Any) -> Any:
    with office.vault.read() as tx:
        return custody_of(tx, CaseStore(tx).get(case_id), home=office.vault.home)


def graph_of(body: bytes) -> rdflib.Graph:
    return rdflib.Graph().parse(BytesIO(body), format="json-ld")


def validated(tmp_path: Path, body: bytes) -> Any:
    path = tmp_path / "custody.jsonld"
    path.write_bytes(body)
    return validate(str(path), case_version="case-1.4.0", inference="none", allow_warnings=False)


def custodian(office: Any) -> dict[str, Any]:
    return dict(office.who(Role.EVIDENCE_CUSTODIAN))


def test_the_export_is_valid_case_and_uco(office: Any, post: Post, tmp_path: Path) -> None:
    """No violation, no warning, no undefined concept.

    Checked once, which takes a while, with addresses; what is exported without says less of the
    same: no type and no property of its own.
    """
    case_id = collected(office, post)
    with office.vault.read() as tx:
        whole = custody_document(tx, case_id, home=office.vault.home)
    result = validated(tmp_path, whole)
    assert result.conforms, result.text
    assert not result.undefined_concepts
    export_custody(case_id, tmp_path / "out.jsonld", **custodian(office))
    plain, checked = graph_of((tmp_path / "out.jsonld").read_bytes()), graph_of(whole)
    assert set(plain.predicates()) <= set(checked.predicates())
    types = rdflib.RDF.type
    assert set(plain.objects(None, types)) <= set(checked.objects(None, types))


def test_a_document_that_is_wrong_is_found_out(tmp_path: Path) -> None:
    """The check is one: a digest that is no digest does not pass."""
    wrong = {
        "@context": {"t": "https://ontology.unifiedcyberontology.org/uco/types/"},
        "@graph": [{"@id": "urn:uuid:00000000-0000-5000-8000-000000000000", "@type": "t:Hash"}],
    }
    assert not validated(tmp_path, json.dumps(wrong).encode()).conforms


def test_every_capture_has_its_action_record_tool_file_and_digest(office: Any, post: Post) -> None:
    case_id = collected(office, post)
    facts = facts_of(office, case_id)
    graph = graph_of(document_of(facts))
    names = Counter(
        str(graph.value(one, CORE.name))
        for one in graph.subjects(rdflib.RDF.type, CASE.InvestigativeAction)
    )
    assert names["capture"] == names["reading"] == len(facts.captures) == 3
    assert names[AuditAction.CAPTURED] == 3
    assert names[AuditAction.SOURCE_REGISTERED] == 1
    records = list(graph.subjects(rdflib.RDF.type, CASE.ProvenanceRecord))
    assert {str(graph.value(one, CASE.exhibitNumber)) for one in records} == {"1", "2", "3"}
    digests = {
        str(one).lower()
        for one in graph.objects(
            None, rdflib.URIRef("https://ontology.unifiedcyberontology.org/uco/types/hashValue")
        )
    }
    assert {one.capture.sha256 for one in facts.captures} <= digests
    for action in graph.subjects(CORE.name, rdflib.Literal("capture")):
        assert graph.value(action, ACTION.performer) is not None
        assert graph.value(action, ACTION.instrument) is not None
        given = {
            str(graph.value(one, ACTION.argumentName))
            for one in graph.objects(action, CORE.hasFacet)
        }
        assert {"consent", "consent-item", "clock", "method", "policy-sha256", "way"} <= given


def test_the_captures_and_what_was_derived_form_a_chain(office: Any, post: Post) -> None:
    """Captures follow one another; each item points to its file, and to the second that had it."""
    case_id = collected(office, post)
    graph = graph_of(document_of(facts_of(office, case_id)))
    captures = set(graph.subjects(CORE.name, rdflib.Literal("capture")))
    informed = [
        (one, before) for one in captures for before in graph.objects(one, CASE.wasInformedBy)
    ]
    assert len(informed) == 2
    assert {before for _, before in informed} < captures
    files = set(graph.subjects(rdflib.RDF.type, OBSERVABLE.File))
    derived = list(graph.subject_objects(CASE.wasDerivedFrom))
    assert len(derived) == 3  # two posts and a page; the post that came twice is one item
    assert {file for _, file in derived} <= files
    twice = [
        one
        for one in graph.subjects(rdflib.RDF.type, OBSERVABLE.ObservableRelationship)
        if graph.value(one, CORE.source) in {item for item, _ in derived}
    ]
    assert len(twice) == 4


def test_the_same_facts_give_the_same_bytes(office: Any, post: Post) -> None:
    case_id = collected(office, post)
    one, other = facts_of(office, case_id), facts_of(office, case_id)
    assert document_of(one) == document_of(other)
    assert document_of(one, addresses=True) == document_of(other, addresses=True)


def test_no_content_address_or_name_is_in_it(office: Any, post: Post) -> None:
    """Digests alone; even with addresses no content."""
    case_id = collected(office, post)
    facts = facts_of(office, case_id)
    plain, whole = document_of(facts), document_of(facts, addresses=True)
    for word in (b"kumquat", b"wistaria", b"tulip", b"rowan", b"Rowan"):
        assert word not in plain
    for word in (b"wistaria", b"tulip"):
        assert word not in whole
    assert ADDRESS.encode() in whole
    assert b"kumquat.jsonl" in whole


def test_a_fault_and_a_clock_that_was_off_stand_in_it(office: Any, post: Post) -> None:
    case_id = collected(office, post)
    with office.vault.read() as tx:
        first = CaptureStore(tx).all(case_id)[0]
    facts = facts_of(office, case_id)
    made = facts.captures[0].capture.documentation
    witness = ClockWitness(ours=office.now, theirs=office.now - timedelta(seconds=42))
    off = first.model_copy(
        update={"documentation": made.model_copy(update={"clock_witness": witness})}
    )
    broken = replace(facts.captures[0], capture=off, faults=("E-I4-HASH",))
    body = document_of(replace(facts, captures=(broken,)))
    values = {str(one) for one in graph_of(body).objects(None, ACTION.value)}
    assert {"42", "E-I4-HASH"} <= values


def test_the_look_is_on_record_before_anything_is_on_disk(
    office: Any, post: Post, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    case_id = collected(office, post)
    target = tmp_path / "custody.jsonld"

    def stopped(*_: Any, **__: Any) -> Any:
        with office.vault.read() as tx:
            newest = AuditLog(tx).entries(case_id)[-1]
        assert (newest.action, newest.code) == (AuditAction.RAW_READ, "custody-export")
        raise HomeError("stopped")

    with monkeypatch.context() as patched:
        patched.setattr("casework.custody.case_export.custody_of", stopped)
        with pytest.raises(HomeError):
            export_custody(case_id, target, **custodian(office))
    assert not target.exists()
    made = export_custody(case_id, target, **custodian(office))
    with office.vault.read() as tx:
        newest = AuditLog(tx).entries(case_id)[-1]
    assert (newest.action, newest.code) == (AuditAction.CUSTODY_EXPORTED, made.sha256[:16])
    assert target.stat().st_mode & 0o777 == 0o600
    with pytest.raises(HomeError):
        export_custody(case_id, target, **custodian(office))


@pytest.mark.parametrize(
    ("role", "refusal"),
    [
        (Role.HIRING_MANAGER, RawAccessError),
        (Role.INVESTIGATOR, NotPermittedError),
        (Role.WALL_OFF_REVIEWER, NotPermittedError),
        (Role.AUDITOR, NotPermittedError),
    ],
)
def test_only_a_custodian_exports(
    office: Any, post: Post, tmp_path: Path, role: Role, refusal: type[NotPermittedError]
) -> None:
    case_id = collected(office, post)
    with pytest.raises(refusal):
        export_custody(case_id, tmp_path / "custody.jsonld", **office.who(role))
    assert list(tmp_path.iterdir()) == []
    with office.vault.read() as tx:
        newest = AuditLog(tx).entries(case_id)[-1]
    assert (newest.action, newest.code) == (AuditAction.DENIED, refusal.code)


def test_content_leaves_only_sealed_after_two_people_approved(
    office: Any, post: Post, tmp_path: Path
) -> None:
    case_id = collected(office, post)
    private, public = tmp_path / "court.key", tmp_path / "court.pub"
    make_recipient(private, public)
    kinds = frozenset({ProducedKind.CUSTODY, ProducedKind.ORIGINALS})
    made = request_production(case_id, "26-CV-0117", kinds, **custodian(office))
    target = tmp_path / "production.sealed"

    def make() -> Any:
        return make_production(
            case_id, made.id, target, read_recipient(public), **custodian(office)
        )

    approve_production(case_id, made.id, **custodian(office))
    with pytest.raises(ProductionUnapprovedError):
        make()
    assert not target.exists()
    approve_production(case_id, made.id, **office.who(Role.POLICY_OWNER))
    make()
    assert b"wistaria" not in target.read_bytes()
    files = open_bundle(target, private)
    captures = [one.capture for one in facts_of(office, case_id).captures]
    originals = {name: body for name, body in files.items() if name.startswith("originals/")}
    assert set(originals) == {f"originals/{one.id}" for one in captures}
    assert any(b"wistaria" in body for body in originals.values())
    assert ADDRESS.encode() in files["custody/chain.jsonld"]


def test_the_command_writes_it_and_says_its_digest(
    typed: Any, office: Any, post: Post, tmp_path: Path
) -> None:
    case_id = collected(office, post)
    target = tmp_path / "typed.jsonld"
    command = ("case", "export-custody", case_id, "--out", target)
    typed(*command, role=Role.HIRING_MANAGER).refused("E-S10-RAW-ACCESS")
    told = typed(*command, "--json", role=Role.EVIDENCE_CUSTODIAN).json
    assert (told["captures"], told["faults"]) == (3, 0)
    again = (*command[:-1], tmp_path / "again.jsonld")
    assert "3 captures" in typed(*again, role=Role.EVIDENCE_CUSTODIAN).out
