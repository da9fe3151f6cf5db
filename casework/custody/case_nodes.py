"""Nodes of a CASE and UCO graph as plain values: the same object has the same id each time.

Ids are derived from the case's random id and the object's own, and end with a UUID as UCO asks.
"""

import uuid
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, Final

from models.ids import CaseId

VERSION: Final = "1.4.0"
CONTEXT: Final = {
    "case-investigation": "https://ontology.caseontology.org/case/investigation/",
    "uco-action": "https://ontology.unifiedcyberontology.org/uco/action/",
    "uco-configuration": "https://ontology.unifiedcyberontology.org/uco/configuration/",
    "uco-core": "https://ontology.unifiedcyberontology.org/uco/core/",
    "uco-identity": "https://ontology.unifiedcyberontology.org/uco/identity/",
    "uco-observable": "https://ontology.unifiedcyberontology.org/uco/observable/",
    "uco-tool": "https://ontology.unifiedcyberontology.org/uco/tool/",
    "uco-types": "https://ontology.unifiedcyberontology.org/uco/types/",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}
Node = dict[str, Any]


class Graph:
    """The nodes of one document, each once, by id."""

    def __init__(self, case_id: CaseId) -> None:
        self._space = uuid.UUID(case_id)
        self.nodes: dict[str, Node] = {}

    def arguments(self, key: str, values: dict[str, str]) -> list[Node]:
        """Return what a step was given, name by name."""
        return [
            self.facet(
                f"argument-{name}",
                key,
                "uco-action:ActionArgumentFacet",
                {"uco-action:argumentName": name, "uco-action:value": value},
            )
            for name, value in sorted(values.items())
        ]

    def content(self, kind: str, key: str, sha256: str, size: int | None) -> Node:
        """Return the digest, and the size if known, of some bytes."""
        digest = {
            "@id": self.id(f"{kind}-hash", key),
            "@type": "uco-types:Hash",
            "uco-types:hashMethod": "SHA256",
            "uco-types:hashValue": {"@type": "xsd:hexBinary", "@value": sha256.upper()},
        }
        about = {"uco-observable:hash": [digest], "uco-observable:sizeInBytes": size}
        return self.facet(kind, key, "uco-observable:ContentDataFacet", about)

    def url(self, kind: str, key: str, address: str) -> Node:
        """Return an address."""
        about = {"uco-observable:fullValue": address}
        return self.facet(kind, key, "uco-observable:URLFacet", about)

    def related(
        self, key: str, source: str, target: str, pointer: str, kind: str = "Contained_Within"
    ) -> None:
        """Add that one thing lies in another, or was made from it."""
        self.put(
            "relationship",
            key,
            "uco-observable:ObservableRelationship",
            {
                "uco-core:source": ref(source),
                "uco-core:target": ref(target),
                "uco-core:kindOfRelationship": kind,
                "uco-core:isDirectional": True,
                "uco-core:description": [pointer],
            },
        )

    def facet(self, kind: str, key: str, type_: str, about: Node) -> Node:
        """Return a facet of a node."""
        return {"@id": self.id(f"{kind}-facet", key), "@type": type_, **_present(about)}

    def put(self, kind: str, key: str, type_: str, about: Node) -> str:
        """Add a node unless it is there, without what is not known; return its id."""
        found = self.id(kind, key)
        self.nodes.setdefault(found, {"@id": found, "@type": type_, **_present(about)})
        return found

    def id(self, kind: str, key: str) -> str:
        """Return the id of an object of the case: the same each time."""
        return f"urn:uuid:{uuid.uuid5(self._space, f'{kind}:{key}')}"


def ref(found: str) -> Node:
    """Name a node."""
    return {"@id": found}


def refs(found: Sequence[str]) -> list[Node]:
    """Name nodes, in this order."""
    return [ref(one) for one in found]


def time_of(moment: datetime) -> Node:
    """Write a moment down in UTC."""
    return {"@type": "xsd:dateTime", "@value": moment.astimezone(UTC).isoformat()}


def count_of(count: int) -> Node:
    """Write a number down that is never negative."""
    return {"@type": "xsd:nonNegativeInteger", "@value": str(count)}


def _present(about: Node) -> Node:
    return {name: value for name, value in about.items() if value not in (None, [])}
