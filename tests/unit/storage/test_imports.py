"""What must not reach raw evidence cannot, by import: not even through others."""

import grimp
import pytest

GRAPH = grimp.build_graph("storage", include_external_packages=True)
RAW_EVIDENCE = (
    "storage.evidence",
    "storage.captures",
    "storage.originals",
    "storage.tables.evidence",
    "storage.shred",
)


@pytest.mark.parametrize("evidence", RAW_EVIDENCE)
@pytest.mark.parametrize(
    "module",
    [
        "storage.cases",
        "storage.packages",
        "storage.findings",
        "storage.records",
        "storage.duties",
        "storage.exposures",
        "storage.outbox",
        "storage.audit",
        "storage.checkpoints",
        "storage.vault",
        "storage.transaction",
        "storage.released",
        "storage.home",
    ],
)
def test_no_path_leads_to_raw_evidence(module: str, evidence: str) -> None:
    assert GRAPH.find_shortest_chain(importer=module, imported=evidence) is None


def test_evidence_itself_is_found_where_it_is_imported() -> None:
    """The test above could otherwise pass because a module was renamed."""
    chain = GRAPH.find_shortest_chain(
        importer="storage.evidence", imported="storage.tables.evidence"
    )
    assert chain == ("storage.evidence", "storage.tables.evidence")


@pytest.mark.parametrize(
    "raw", ["storage.vault", "storage.transaction", "storage.tables.cases", "storage.packages"]
)
def test_the_managers_vault_knows_no_raw_store(raw: str) -> None:
    assert GRAPH.find_shortest_chain(importer="storage.released", imported=raw) is None


def test_only_storage_of_all_packages_is_imported_besides_the_models() -> None:
    ours = {"casework", "cli", "collection", "flows", "policy", "portal", "redaction", "triage"}
    outside = {
        imported.partition(".")[0]
        for module in GRAPH.modules
        if module.startswith("storage")
        for imported in GRAPH.find_modules_directly_imported_by(module)
    }
    assert not outside & (ours | {"walloff", "sqlite3"})
    assert "cryptography" in outside
