"""The figures of a training run as a page."""

from typing import Any


def as_markdown(manifest: dict[str, Any], metrics: dict[str, Any]) -> str:
    """Return the run's figures as Markdown tables."""
    chosen = metrics["thresholds"]
    lines = [
        f"# Nets {manifest['version']}",
        "",
        f"Thresholds: sentence {chosen['sentence']}, span {chosen['span']}; "
        f"{metrics['gate_words']} words open the gate.",
        "",
        "| frames | reading | precision | recall | false positives | recall with gate |",
        "|---|---|---|---|---|---|",
    ]
    for split in ("known", "tune", "test"):
        for name in ("tripwire", "spans"):
            plain = metrics["without_gate"][split][name]
            gated = metrics["with_gate"][split][name]
            lines.append(
                f"| {split} | {name} | {plain['precision']} | {plain['recall']} "
                f"| {plain.get('false_positive_rate', '')} | {gated['recall']} |"
            )
    lines += ["", "| free sentences | lines | found | found with gate |", "|---|---|---|---|"]
    for kind, plain in metrics["without_gate"]["unseen"].items():
        gated = metrics["with_gate"]["unseen"][kind]
        lines.append(f"| {kind} | {plain['lines']} | {plain['found']} | {gated['found']} |")
    lines += ["", "| class | recall, known | tune | test |", "|---|---|---|---|"]
    known, tune, test = (
        metrics["without_gate"][split]["recall_by_class"] for split in ("known", "tune", "test")
    )
    lines += [
        f"| {name} | {known[name]} | {tune.get(name, '')} | {test.get(name, '')} |"
        for name in sorted(known)
    ]
    return "\n".join(lines) + "\n"
