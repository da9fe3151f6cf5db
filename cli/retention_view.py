"""How retention reads on a screen: the two clocks in words, the certificate line by line."""

from collections.abc import Iterator
from typing import Any, Final

from casework.records.retention import Explanation
from policy.retention import OPEN, UNDECIDED, Disposition
from storage.certificate_note import statements
from storage.certificates import CaseCertificate

_TODAY: Final = {
    Disposition.DESTROY: "the next sweep destroys it",
    Disposition.KEEP: "it is kept",
    Disposition.HELD: "a hold stops every destruction",
    Disposition.SEALED: "it is sealed: neither destroyed early nor kept in silence",
}
_ENDLESS: Final = {OPEN: "a charge, suit or dispute is open", UNDECIDED: "nothing is decided yet"}

_REISSUED: Final = "a crash took the providers' own statements."


def explanation_lines(found: Explanation) -> Iterator[str]:
    """Yield the two clocks, what troubles them, and what happens today."""
    dates = found.dates
    waits = ", ".join(_ENDLESS.get(name, name) for name in dates.endless)
    none = f"no last day yet ({waits})" if waits else "no rule asks to keep it"
    yield f"Keep until: {dates.keep_until or none}"
    yield f"Destroy by: {dates.destroy_by or 'no rule says'}"
    if dates.conflict is not None:
        keep, end = dates.conflict
        yield f"E-A2-CONFLICT: {keep} says keep where {end} says destroy"
    for place in dates.missing:
        yield f"E-A2-UNKNOWN: no row says how long for {place}"
    if found.holds:
        yield f"Holds in force: {found.holds}"
    yield f"Today ({found.case.state}): {today(found)}"


def today(found: Explanation) -> str:
    """Return what happens to the case today, in words."""
    if found.case.state == "destroyed":
        return "it is destroyed"
    if found.case.state != "retained":
        return "it has not come into retention yet"
    return _TODAY[found.disposition]


def explanation_json(found: Explanation) -> dict[str, Any]:
    """Return an explanation for machines."""
    dates = found.dates
    return {
        "case": found.case.id,
        "state": found.case.state,
        "rules": [one.model_dump(mode="json") for one in found.considered],
        "keep_until": dates.keep_until,
        "destroy_by": dates.destroy_by,
        "conflict": dates.conflict,
        "missing": dates.missing,
        "endless": dates.endless,
        "sealed": dates.sealed,
        "holds": found.holds,
        "disposition": found.disposition,
        "facts": None if dates.facts is None else dates.facts.model_dump(mode="json"),
    }


def certificate_facts(found: CaseCertificate) -> tuple[tuple[str, str], ...]:
    """Return what a certificate says of its case: names and values."""
    return (
        ("Case", f"{found.case_id}, of requisition {found.requisition_id}"),
        ("Ended", found.outcome or "not written down"),
        ("Kept until", str(found.keep_until or "no rule asked for it")),
        ("To be destroyed by", str(found.destroy_by or "no rule said")),
        ("Rules", ", ".join(found.rules)),
        (
            "Destroyed",
            f"{found.erased_at:%Y-%m-%d %H:%M} UTC by {found.destroyed_by} ({found.role})",
        ),
        ("How", found.method),
        *((("Issued afterwards", _REISSUED),) if found.reissued else ()),
        ("Audit log", f"{found.entries} entries on this case, root {found.trail}"),
    )


def certificate_lines(found: CaseCertificate) -> Iterator[str]:
    """Yield a certificate's statements, a line each."""
    yield "Certificate of destruction"
    for name, value in certificate_facts(found):
        yield f"{name}: {value}"
        if name == "How":
            yield from (f"  {line}" for line in statements(found.keys))
    yield f"SHA-256 of this certificate: {found.digest()}, as the audit log says"
