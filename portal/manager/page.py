"""The page that a hiring manager reads: one self-contained file, a function of the package alone.

The style sheet is part of the file, and the file's content security policy allows that style
sheet by its digest and nothing else: no script, no image, no connection. So the page looks the
same from a disk, a mail or a server, and opening it tells nobody anything.
"""

import base64
import hashlib
from importlib import resources
from typing import Final

from jinja2 import Environment, PackageLoader, StrictUndefined

from models.release import ReleasedFinding, ReleasePackage, canonical_order
from models.text import WITHHELD
from portal import labels

_TEMPLATES: Final = "templates"
_STYLE: Final = (
    resources.files(__package__).joinpath(_TEMPLATES, "release.css").read_text(encoding="utf-8")
)
_DIGEST: Final = base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()

CONTENT_SECURITY_POLICY: Final = (
    f"default-src 'none'; style-src 'sha256-{_DIGEST}'; base-uri 'none'; form-action 'none'"
)
"""The policy in the page. A server that sends it as a header adds `frame-ancestors 'none'`."""

_ENVIRONMENT: Final = Environment(
    loader=PackageLoader("portal.manager", _TEMPLATES),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
    auto_reload=False,
)
_ENVIRONMENT.globals.update(
    severities=labels.SEVERITY,
    levels={severity: level for level, severity in enumerate(labels.SEVERITY, start=1)},
    recencies=labels.RECENCY,
    conducts=labels.CONDUCT,
    mitigators=labels.MITIGATOR,
    claims=labels.CLAIM,
    token=WITHHELD,
    policy=CONTENT_SECURITY_POLICY,
    style=_STYLE,
)


def render(package: ReleasePackage, *, case_number: str | None = None) -> str:
    """Return the whole HTML page for one applicant's release, to be encoded as UTF-8.

    The same package gives the same characters. Findings carry the number of their place in the
    canonical order, counted from 1 (`models.decision.Reason.finding` counts from 0), and stand
    under their criterion. A package without findings is one constant page per frozen criteria.
    """
    findings = _numbered(package)
    return _ENVIRONMENT.get_template("release.html").render(
        criteria_pack=package.criteria_pack,
        criteria_digest=package.criteria_sha256[:16],
        case_number=case_number,
        findings=findings,
        sections=_by_criterion(findings),
    )


def sections(package: ReleasePackage) -> list[tuple[str, str, list[tuple[int, ReleasedFinding]]]]:
    """Return (code, text, numbered findings) for each criterion, in order of its first finding."""
    return _by_criterion(_numbered(package))


def _numbered(package: ReleasePackage) -> tuple[tuple[int, ReleasedFinding], ...]:
    return tuple(enumerate(canonical_order(package.findings), start=1))


def _by_criterion(
    findings: tuple[tuple[int, ReleasedFinding], ...],
) -> list[tuple[str, str, list[tuple[int, ReleasedFinding]]]]:
    found: dict[tuple[str, str], list[tuple[int, ReleasedFinding]]] = {}
    for number, finding in findings:
        key = (finding.criterion, finding.criterion_text)
        found.setdefault(key, []).append((number, finding))
    return [(code, text, members) for (code, text), members in found.items()]
