"""The figures of a training run as a page."""

from typing import Any


def as_markdown(manifest: dict[str, Any], metrics: dict[str, Any]) -> str:
    """Return the run's figures as Markdown tables."""
    chosen = metrics["thresholds"]
    lines = [
        f"# Nets {manifest['version']}",
        "",
        f"Thresholds: sentence {chosen['sentence']}, span {chosen['span']}; the span net looks at "
        f"sentences from {chosen['look']}.",
        "",
        "| frames | reading | precision | recall | false positives |",
        "|---|---|---|---|---|",
    ]
    for split in ("known", "tune", "test"):
        for name in ("tripwire", "spans"):
            plain = metrics[split][name]
            lines.append(
                f"| {split} | {name} | {plain['precision']} | {plain['recall']} "
                f"| {plain.get('false_positive_rate', '')} |"
            )
    lines += ["", "| free sentences | lines | found |", "|---|---|---|"]
    for kind, plain in metrics["unseen"].items():
        lines.append(f"| {kind} | {plain['lines']} | {plain['found']} |")
    lines += ["", "| class | recall, known | tune | test |", "|---|---|---|---|"]
    known, tune, test = (metrics[split]["recall_by_class"] for split in ("known", "tune", "test"))
    lines += [
        f"| {name} | {known[name]} | {tune.get(name, '')} | {test.get(name, '')} |"
        for name in sorted(known)
    ]
    return "\n".join(lines) + "\n"
