"""The texts of documents to applicants: every block in every language, or the file is refused."""

from functools import lru_cache
from pathlib import Path
from typing import Any, Final

from models.adverse import REQUIRED, Block, DocumentKind
from models.decision_rules import Language
from models.dispute import DisputeOutcome
from models.release import Answer, ReleasePackage
from policy.toml_file import TomlFile

DOCUMENTS_FILE: Final = Path(__file__).parent / "data" / "documents.toml"


def block_text(kind: DocumentKind, block: Block, language: Language, **filled: str) -> str:
    """Return one block's text with its places filled in."""
    return _text(kind, block, language).format(**filled).strip()


def result_text(outcome: DisputeOutcome, language: Language) -> str:
    """Return how a dispute ended, in words."""
    return _text("results", outcome, language)


def word(name: str, language: Language, **filled: str) -> str:
    """Return one of the small words of a document."""
    return _text("words", name, language).format(**filled)


def release_text(package: ReleasePackage, language: Language) -> str:
    """Return a release as plain text, finding by finding, in the order of its numbers.

    What the manager reads stands as the manager reads it: only its labels are translated.
    """
    if not package.findings:
        return word("nothing", language)
    parts = []
    for number, finding in enumerate(package.findings, start=1):
        lines = {
            "criterion": finding.criterion_text,
            "conduct": finding.conduct,
            "severity": finding.severity,
            "recency": finding.recency,
            "mitigators": ", ".join(finding.mitigators),
            "excerpt": finding.excerpt or "",
            "answer": _answer(finding.answer),
        }
        said = [f"  {word(name, language)}: {text}" for name, text in lines.items() if text]
        parts.append("\n".join([f"{word('finding', language)} {number}", *said]))
    return "\n\n".join(parts)


def _answer(answer: Answer | None) -> str:
    if answer is None:
        return ""
    return answer.claim if answer.statement is None else f"{answer.claim}: {answer.statement}"


def _text(table: str, name: str, language: Language) -> str:
    text: str = _texts()[table][name][language]
    return text


@lru_cache(maxsize=1)
def _texts() -> dict[str, Any]:
    """Return the file's tables. Raises `PolicyError` for a text that is missing."""
    file = TomlFile(DOCUMENTS_FILE)
    wanted: list[tuple[str, str]] = [
        (kind, block) for kind, blocks in REQUIRED.items() for block in blocks
    ]
    wanted += [("results", outcome) for outcome in DisputeOutcome]
    for table, name in wanted:
        for language in Language:
            texts: Any = file.fields.get(table, {}).get(name, {})
            if not isinstance(texts.get(language), str):
                raise file.fault(f"{table}.{name}.{language}: missing", table, name)
    return file.fields
