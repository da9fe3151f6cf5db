"""`walloff`: the operator's command. Exit codes are in docs/exit-codes.md."""

import importlib
import sys
from collections.abc import Sequence
from typing import Final

import typer

_GROUPS: Final = {
    "account": ("cli.account", "Accounts that employees declare."),
    "adverse": ("cli.adverse", "Documents before and after an adverse decision."),
    "applicant": ("cli.applicant", "The applicants' own process: a shelf, and letters."),
    "attribution": ("cli.attribution", "Items whose author is not proved."),
    "audit": ("cli.audit", "What happened, provable without reading content."),
    "breach": ("cli.breach", "Something came through the wall."),
    "capture": ("cli.capture", "Public pages, captured with a browser."),
    "case": ("cli.case", "One applicant's way through the vetting."),
    "collector": ("cli.collector", "A process that gathers and cannot read back."),
    "consent": ("cli.consent", "What the applicant agreed to, item by item."),
    "custody": ("cli.custody", "The custodian's own process: what was put away."),
    "contact": ("cli.contact", "An applicant's friend is spoken to with leave alone."),
    "decision": ("cli.decision", "The hiring manager's decision."),
    "dispute": ("cli.dispute", "What was released is disputed."),
    "document": ("cli.document", "Documents as PDF, for handing over."),
    "dpia": ("cli.dpia", "Assessments of impact on data protection."),
    "fairness": ("cli.fairness", "The fairness enclave's own process."),
    "finding": ("cli.findings", "What a person states in a monitoring case."),
    "guard": ("cli.guard", "What must enter no query is kept as digests."),
    "hold": ("cli.hold", "A legal hold stops every destruction."),
    "keys": ("cli.keys", "The home and its keys."),
    "lead": ("cli.leads", "Where to look: leads, never evidence."),
    "mail": ("cli.mail", "E-mail to applicants: a link, never a finding."),
    "manager": ("cli.manager", "A process of the hiring managers' own."),
    "mapping": ("cli.mapping", "How files that nobody else knows become items."),
    "monitoring": ("cli.monitoring", "People who work here: notice, trigger, scope, end."),
    "peer-report": ("cli.peer_report", "Reports of colleagues; who reports is not shown."),
    "people": ("cli.people", "Who may act in this home."),
    "policy": ("cli.policy", "What the law asks, and whether a policy keeps it."),
    "portal": ("cli.portal", "The pages, and who may sign in to them."),
    "production": ("cli.production", "What a charge or subpoena asks for."),
    "quality": ("cli.quality", "Work looked at a second time, and told in figures."),
    "persona": ("cli.personas", "Personas of investigations, never of vetting."),
    "query": ("cli.query", "Queries: checked, written down, then made."),
    "rebuttal": ("cli.rebuttal", "The applicant sees and answers first."),
    "referral": ("cli.referral", "Evidence of a crime goes to the custodian."),
    "reporting": ("cli.reporting", "What is reported, and what no law lets be reported."),
    "request": ("cli.request", "What applicants ask of their data."),
    "requisition": ("cli.requisition", "Positions being filled, with their frozen rules."),
    "retention": ("cli.retention", "How long, by which rule."),
    "review": ("cli.review", "The wall-off reviewers' desk."),
    "terms": ("cli.terms_register", "What platforms' terms allow."),
    "viewing": ("cli.viewing", "Supervised viewing, where the law allows it."),
}
_COMMANDS: Final = {
    "backup": ("cli.backup", "backup_", "Copy the home, in two parts, and verify both."),
    "doctor": ("cli.doctor", "doctor", "Check this machine, the home, its keys and its log."),
    "explain": ("cli.explain", "explain", "Say which rules fired, and why a word stayed (JSONL)."),
    "formats": ("cli.formats", "formats", "List what can be read, and what is refused by name."),
    "redact": ("cli.text_commands", "redact", "Withhold protected-class information (JSONL)."),
    "rehearse": ("cli.rehearse", "rehearse", "Rehearse whole cases with made-up people."),
    "restore": ("cli.backup", "restore_", "Make a home of a backup, and verify it first."),
    "screen": ("cli.text_commands", "screen", "Show what single texts would release (JSONL)."),
    "serve": ("cli.serve", "serve", "Run everything that is due, on one machine, until stopped."),
    "start": ("cli.start", "start", "Make a home ready: keys, first administrator, a link."),
    "upgrade": ("cli.upgrade", "upgrade", "Bring an earlier version's home to this one's form."),
    "work": ("cli.work", "work", "Run whatever automatic segment is due."),
    "worker": ("cli.serve", "worker", "Be one of several workers of a Prefect server."),
}


def build(wanted: str | None = None) -> typer.Typer:
    """Return the command line, with the commands under one name loaded.

    The others are listed and not loaded: spaCy and Prefect take seconds. None loads everything.
    """
    app = typer.Typer(
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
        help="Vetting with a protected-class wall-off.",
    )
    for name, (module, purpose) in _GROUPS.items():
        group = importlib.import_module(module).app if wanted in (None, name) else typer.Typer()
        if wanted not in (None, name):
            group.callback(invoke_without_command=True)(_unloaded)
        app.add_typer(group, name=name, help=purpose)
    for name, (module, function, purpose) in _COMMANDS.items():
        command = (
            getattr(importlib.import_module(module), function)
            if wanted in (None, name)
            else _unloaded
        )
        app.command(name, short_help=purpose)(command)
    return app


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    wanted = next((part for part in given if not part.startswith("-")), "")
    build(wanted)(args=given, prog_name="walloff")


def _unloaded() -> None:
    """Stand for a command that this call does not use."""
