"""A release package on a terminal, as the manager and the applicant read it."""

from cli.output import console
from models.release import ReleasePackage


def print_package(title: str, package: ReleasePackage) -> None:
    """Print a package: its findings in their order, or that there is nothing reportable."""
    lines = [title]
    for number, finding in enumerate(package.findings, start=1):
        lines.append(f"  {number}. {finding.criterion_text}")
        lines.append(f"     {finding.severity}, {finding.recency} ago, {finding.conduct}")
        if finding.excerpt is not None:
            lines.append(f'     "{finding.excerpt}"')
        if finding.mitigators:
            lines.append(f"     in mitigation: {', '.join(finding.mitigators)}")
        if finding.answer is not None:
            lines.append(f"     the applicant answers: {finding.answer.claim}")
            if finding.answer.statement is not None:
                lines.append(f'     "{finding.answer.statement}"')
    if not package.findings:
        lines.append("  Nothing reportable.")
    console().print("\n".join(lines), markup=False, highlight=False, end="\n\n")
