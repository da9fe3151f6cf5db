"""What the gates of reporting take away is measured: found conduct stays found.

    python benchmarks/reporting_gates.py

The project's own labelled texts go through redactor, triage and the gates, for a sheriff in
California and for a private employer in Texas before a conditional offer. A share of found conduct
that drops by more than half a point is marked.
"""

from datetime import UTC, date, datetime
from typing import Any

from benchmarks.usefulness import LABELLED, PARTS, Bench, read
from models.consent import PlatformKind
from models.evidence import AccessGate, SourceItem
from models.redaction import Redaction
from models.reportable import Gates, HiringStage
from models.requisition import EmployerType
from models.text import CodedText, RawText
from policy.defaults import default_draft
from policy.reporting_law import gates_of
from triage.reportable import excluded_by

ON = date(2026, 9, 1)
MOST = 0.5
"""Points that found conduct may drop."""


def main() -> None:
    bench = Bench()
    for part in PARTS:
        rows = list(read(LABELLED / f"{part}.jsonl"))
        redacted = [_redacted(bench, row) for row in rows]
        for name, gates in _gates().items():
            _report(bench, part, name, rows, redacted, gates)


def _gates() -> dict[str, Gates]:
    policy = default_draft().policy
    private = {"jurisdiction": "US-TX", "employer_type": EmployerType.PRIVATE}
    return {
        name: gates_of(policy.model_copy(update=changes), stage=HiringStage.APPLICATION, on=ON)
        for name, changes in (("sheriff, California", {}), ("private, Texas", private))
    }


def _redacted(bench: Bench, row: dict[str, Any]) -> Redaction:
    text = row["text"]
    redaction = bench.redactor.redact(RawText(text))
    # A labelled text may hold typed tokens where its author wrote a slur; those stay.
    return redaction.model_copy(update={"coded": CodedText(text)}) if "⟦" in text else redaction


def _report(
    bench: Bench,
    part: str,
    name: str,
    rows: list[dict[str, Any]],
    redacted: list[Redaction],
    gates: Gates,
) -> None:
    found = kept = false_before = false_after = 0
    conduct = sum(bool(row["criterion"]) for row in rows)
    for row, redaction in zip(rows, redacted, strict=True):
        standing = [one for one in bench.triage.assess(redaction.coded) if not one.needs_person]
        left = [one for one in standing if excluded_by(_ITEM, redaction, one, gates) is None]
        if row["criterion"]:
            found += row["criterion"] in {one.criterion for one in standing}
            kept += row["criterion"] in {one.criterion for one in left}
        else:
            false_before += bool(standing)
            false_after += bool(left)
    points = 100 * (found - kept) / conduct
    print(
        f"{part:20} {name:20} found {found} → {kept} of {conduct} ({points:.2f} points)  "
        f"false {false_before} → {false_after} of {len(rows) - conduct}  "
        f"{'held' if points <= MOST else 'BROKEN'}"
    )


_ITEM = SourceItem(
    native_id=RawText("1"),
    platform=RawText("forum"),
    kind=PlatformKind.FORUM,
    author=RawText("writer"),
    created_at=datetime(2026, 1, 1, tzinfo=UTC),
    url=RawText(""),
    text=RawText(""),
    gate=AccessGate.NONE,
    pointer="line:1",
)


if __name__ == "__main__":
    main()
