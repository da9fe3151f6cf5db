"""The provenance of a case's evidence as CASE 1.4 and UCO 1.4, in JSON-LD, from plain values.

The same facts give the same bytes. Identifiers are derived from the case's and the object's random
ids. Content is never in it; addresses, file names and a recorder's own words, which may name
people, only where they are asked for.
"""

import hashlib
import json
from collections.abc import Iterable

from casework.custody.case_nodes import CONTEXT, VERSION, Graph, Node, count_of, ref, refs, time_of
from casework.custody.custody_facts import ON_EVIDENCE, CaptureFacts, CustodyFacts
from models.audit import AuditEntry
from models.consent import Consent
from models.documentation import CaptureDocumentation, PageRecord
from models.evidence import Capture, Evidence
from models.people import SYSTEM


def document_of(facts: CustodyFacts, *, addresses: bool = False) -> bytes:
    """Return the document, as UTF-8. With `addresses`, also what may name people."""
    nodes = _Custody(facts, addresses=addresses).nodes()
    bundle: Node = {
        "@context": CONTEXT,
        "@graph": sorted(nodes, key=lambda node: str(node["@id"])),
    }
    return (json.dumps(bundle, indent=1, sort_keys=True, ensure_ascii=False) + "\n").encode()


class _Custody:
    """What happened to a case's evidence, as nodes."""

    def __init__(self, facts: CustodyFacts, *, addresses: bool) -> None:
        self._facts, self._addresses = facts, addresses
        self._graph = Graph(facts.case_id)

    def nodes(self) -> list[Node]:
        before: str | None = None
        records = []
        for one in self._facts.captures:
            before = self._capture(one, before)
            records.append(self._record(one))
        for entry in self._facts.entries:
            if entry.action in ON_EVIDENCE:
                self._event(entry)
        allowed = [self._consent(one) for one in self._facts.consents]
        self._graph.put(
            "investigation",
            "",
            "case-investigation:Investigation",
            {
                "uco-core:name": f"case {self._facts.case_id}",
                "uco-core:startTime": time_of(self._facts.opened_at),
                "case-investigation:relevantAuthorization": refs(allowed),
                "uco-core:object": refs(sorted(self._graph.nodes)),
            },
        )
        self._graph.put(
            "bundle",
            "",
            "uco-core:Bundle",
            {
                "uco-core:description": [
                    f"Chain of custody of {len(records)} captures; digests, no content"
                ],
                "uco-core:specVersion": VERSION,
                "uco-core:object": refs(sorted(self._graph.nodes)),
            },
        )
        return list(self._graph.nodes.values())

    def _capture(self, one: CaptureFacts, before: str | None) -> str:
        """Add what saved a file and what read it; return the first of the two."""
        capture, made = one.capture, one.capture.documentation
        file = self._file(capture)
        found = [file, *self._pages(file, capture, made)]
        performer = self._identity(SYSTEM.id if made is None or made.by is None else made.by)
        action = self._graph.put(
            "capture",
            capture.id,
            "case-investigation:InvestigativeAction",
            {
                "uco-core:name": "capture",
                "uco-action:startTime": time_of(made.started_at if made else capture.captured_at),
                "uco-action:endTime": time_of(capture.captured_at),
                "uco-action:performer": ref(performer),
                "uco-action:instrument": refs([self._software(), *self._recorder(made)]),
                "uco-action:environment": self._device(capture),
                "uco-action:result": refs([*found, self._record(one)]),
                "case-investigation:wasInformedBy": None if before is None else refs([before]),
                "uco-core:hasFacet": self._graph.arguments(capture.id, _why(one)),
            },
        )
        items = [self._item(file, item) for item in one.items]
        for item, pointer in one.again:
            self._graph.related(
                f"again-{capture.id}-{item.id}", self._graph.id("item", item.id), file, pointer
            )
        self._graph.put(
            "reading",
            capture.id,
            "case-investigation:InvestigativeAction",
            {
                "uco-core:name": "reading",
                "uco-action:endTime": time_of(capture.captured_at),
                "uco-action:performer": ref(self._identity(SYSTEM.id)),
                "uco-action:instrument": refs([self._reader(capture)]),
                "uco-action:object": refs([file]),
                "uco-action:result": refs(items),
                "case-investigation:wasInformedBy": refs([action]),
            },
        )
        self._graph.put(
            "record",
            capture.id,
            "case-investigation:ProvenanceRecord",
            {
                "uco-core:description": [
                    f"record {one.record_sha256}; original "
                    + ("kept" if one.original_kept else "not kept")
                ],
                "case-investigation:exhibitNumber": str(made.sequence) if made else None,
                "uco-core:object": refs([*found, *items]),
            },
        )
        return action

    def _record(self, one: CaptureFacts) -> str:
        return self._graph.id("record", one.capture.id)

    def _file(self, capture: Capture) -> str:
        named = {"uco-observable:fileName": capture.file_name.reveal()} if self._addresses else {}
        facets = [
            self._graph.facet(
                "file",
                capture.id,
                "uco-observable:FileFacet",
                {"uco-observable:sizeInBytes": capture.size, **named},
            ),
            self._graph.content("file-content", capture.id, capture.sha256, capture.size),
        ]
        return self._graph.put(
            "file", capture.id, "uco-observable:File", {"uco-core:hasFacet": facets}
        )

    def _pages(
        self, file: str, capture: Capture, made: CaptureDocumentation | None
    ) -> Iterable[str]:
        for page in made.pages if made else ():
            key = f"{capture.id}/{page.pointer}"
            facets = [self._graph.content("page-content", key, page.body_sha256, None)]
            if self._addresses:
                facets.append(self._graph.url("page-url", key, page.final.reveal()))
            found = self._graph.put(
                "page",
                key,
                "uco-observable:WebPage",
                {
                    "uco-core:name": page.pointer,
                    "uco-core:hasFacet": facets,
                    "uco-core:objectCreatedTime": None if page.at is None else time_of(page.at),
                },
            )
            self._graph.related(f"page-{key}", found, file, page.pointer)
            yield found
            yield from self._answer(key, page, file)

    def _answer(self, key: str, page: PageRecord, file: str) -> Iterable[str]:
        """Add what a server said before the page: its headers' digest, and what was asked for."""
        if page.headers_sha256 is not None:
            facets = [self._graph.content("headers-content", key, page.headers_sha256, None)]
            found = self._graph.put(
                "headers",
                key,
                "uco-observable:ObservableObject",
                {
                    "uco-core:name": f"headers of the answer, status {page.status}",
                    "uco-core:hasFacet": facets,
                },
            )
            self._graph.related(f"headers-{key}", found, file, page.pointer)
            yield found
        if self._addresses and page.requested != page.final:
            yield self._graph.put(
                "requested",
                key,
                "uco-observable:URL",
                {
                    "uco-core:name": "as it was asked for",
                    "uco-core:hasFacet": [
                        self._graph.url("requested-url", key, page.requested.reveal())
                    ],
                },
            )

    def _item(self, file: str, evidence: Evidence) -> str:
        text = evidence.item.text.reveal().encode()
        digest = hashlib.sha256(text).hexdigest()
        facets = [self._graph.content("item-content", evidence.id, digest, len(text))]
        if self._addresses and evidence.item.url:
            facets.append(self._graph.url("item-url", evidence.id, evidence.item.url.reveal()))
        item = self._graph.put(
            "item",
            evidence.id,
            "uco-observable:ObservableObject",
            {
                "uco-core:name": evidence.item.pointer,
                "uco-core:hasFacet": facets,
                "case-investigation:wasDerivedFrom": refs([file]),
            },
        )
        self._graph.related(
            f"item-{evidence.id}", item, file, evidence.item.pointer, kind="Derived_From"
        )
        return item

    def _event(self, entry: AuditEntry) -> None:
        self._graph.put(
            "event",
            entry.event_id,
            "case-investigation:InvestigativeAction",
            {
                "uco-core:name": entry.action,
                "uco-core:description": [entry.code] if entry.code else None,
                "uco-action:startTime": time_of(entry.at),
                "uco-action:performer": ref(self._identity(entry.actor)),
                "uco-action:actionCount": None if entry.count is None else count_of(entry.count),
            },
        )

    def _consent(self, consent: Consent) -> str:
        end = consent.expires_at
        if consent.withdrawn_at is not None:
            end = min(end, consent.withdrawn_at)
        return self._graph.put(
            "consent",
            consent.id,
            "case-investigation:Authorization",
            {
                "case-investigation:authorizationType": "consent",
                "case-investigation:authorizationIdentifier": [consent.id],
                "uco-core:description": [f"granted: {' '.join(sorted(consent.scope.granted))}"],
                "uco-core:startTime": time_of(consent.signed_at),
                "uco-core:endTime": time_of(max(end, consent.signed_at)),
            },
        )

    def _identity(self, actor: str) -> str:
        return self._graph.put("identity", actor, "uco-identity:Identity", {"uco-core:name": actor})

    def _software(self) -> str:
        return self._tool("walloff", self._facts.software, None)

    def _recorder(self, made: CaptureDocumentation | None) -> list[str]:
        if made is None or made.recorder is None or not self._addresses:
            return []
        return [self._tool(made.recorder.reveal(), "", None)]

    def _reader(self, capture: Capture) -> str:
        made = capture.documentation
        return self._tool(
            capture.tool, capture.tool_version, None if made is None else made.configuration
        )

    def _tool(self, name: str, version: str, configuration: str | None) -> str:
        key = f"{name}/{version}/{configuration or ''}"
        about: Node = {"uco-core:name": name, "uco-tool:version": version or None}
        if configuration is None:
            return self._graph.put("tool", key, "uco-tool:Tool", about)
        entry = {
            "@id": self._graph.id("configuration-entry", configuration),
            "@type": "uco-configuration:ConfigurationEntry",
            "uco-configuration:itemName": "sha256",
            "uco-configuration:itemValue": [configuration],
        }
        used = self._graph.put(
            "configuration",
            configuration,
            "uco-configuration:Configuration",
            {"uco-configuration:configurationEntry": [entry]},
        )
        about["uco-configuration:usesConfiguration"] = ref(used)
        return self._graph.put("tool", key, "uco-tool:ConfiguredTool", about)

    def _device(self, capture: Capture) -> Node | None:
        if capture.device is None:
            return None
        about = {"uco-core:name": capture.device}
        return ref(self._graph.put("device", capture.device, "uco-observable:Device", about))


def _why(one: CaptureFacts) -> dict[str, str]:
    """Return why, how and under which rule a capture was made, in plain codes."""
    capture, made = one.capture, one.capture.documentation
    found: dict[str, str | None] = {
        "consent": capture.consent_id,
        "consent-item": capture.consent_item,
        "record-sha256": one.record_sha256,
        "faults": " ".join(one.faults) or None,
    }
    if made is not None:
        witness = made.clock_witness
        found |= {
            "clock": made.clock,
            "clock-ahead-seconds": None if witness is None else f"{witness.offset_seconds:g}",
            "clock-witnessed-at": None if witness is None else witness.theirs.isoformat(),
            "identity": made.identity,
            "method": made.method,
            "policy-sha256": made.policy,
            "previous-record-sha256": made.previous,
            "way": made.way,
        }
    return {name: str(value) for name, value in found.items() if value is not None}
