"""What the file keeps, on paper: the record of a consent, a certificate, an auditor's cover."""

from collections.abc import Sequence
from datetime import datetime

from models.consent import Consent, ConsentItem
from models.forms import ConsentPapers, SignatureKind
from portal.documents.sheet import Block, Heading, Items, Rows, Said, Sheet, Text, Words
from portal.documents.typesetting import typeset
from portal.documents.words import (
    day_said,
    item_said,
    language_of_words,
    moment_said,
    said,
    status_said,
)


def consent_record(
    consent: Consent, papers: ConsentPapers | None, *, now: datetime, agency: str = ""
) -> bytes:
    """Return what was granted and refused, item by item, and what stands behind it (N2)."""
    spoken = language_of_words("en" if papers is None else papers.language)
    blocks: list[Block] = [
        Rows(_heads(spoken), tuple(_facts(consent, now, spoken))),
        Heading(said("items", spoken)),
        Rows((said("item", spoken), said("answer", spoken)), tuple(_answers(consent, spoken))),
    ]
    if papers is not None:
        blocks += [
            Heading(said("papers", spoken)),
            Rows(_heads(spoken), tuple(_behind(papers, spoken))),
        ]
    return typeset(
        Sheet(
            title=said("consent", spoken),
            blocks=tuple(blocks),
            made_at=now,
            language=spoken,
            sender=agency,
            about=((said("date", spoken), day_said(now, spoken)),),
            footer=f"{said('case', spoken)} {consent.case_id}",
            page=said("page", spoken),
        )
    )


def certificate(
    facts: Sequence[tuple[str, str]],
    statements: Sequence[str],
    *,
    case_number: str,
    digest: str,
    made_at: datetime,
) -> bytes:
    """Return a certificate of destruction (16 CFR 682.3): facts, and what became of every key.

    It is a print: the signed file is what can be checked, and the digest says which it is.
    """
    rows: list[tuple[Words, ...]] = [(name, value) for name, value in facts]
    rows.append(("SHA-256 of the certificate", Said(digest, code=True)))
    return typeset(
        Sheet(
            title="Certificate of destruction",
            blocks=(
                Rows(_heads("en"), tuple(rows)),
                Heading("The keys"),
                Items(tuple(statements)),
                Text(
                    "The audit log holds the digest above. The signed certificate goes with this"
                    " print as a file, and can be checked without the system that made it."
                ),
            ),
            made_at=made_at,
            about=(("Date", day_said(made_at, "en")),),
            footer=f"Case {case_number}",
            remark=said("remark", "en"),
        )
    )


def audit_cover(
    facts: Sequence[tuple[str, str]],
    keys: Sequence[str],
    checkpoint: str,
    *,
    made_at: datetime,
) -> bytes:
    """Return the cover of an auditor's bundle: what is in it, whose keys sign it, the newest head.

    `checkpoint` is the note as it is signed; a line of it is a line of the print.
    """
    rows: list[tuple[Words, ...]] = [
        (name, Said(value, code=_is_code(value))) for name, value in facts
    ]
    return typeset(
        Sheet(
            title="Audit log: what this bundle holds",
            blocks=(
                Rows(_heads("en"), tuple(rows)),
                Heading("Newest signed checkpoint"),
                Text(Said(checkpoint.rstrip("\n"), code=True)),
                Heading("Public keys"),
                Text("Compare them with those that you noted down before."),
                Items(tuple(Said(one, code=True) for one in keys)),
            ),
            made_at=made_at,
            about=(("Date", moment_said(made_at, "en")),),
            footer="Audit log",
            remark=said("remark", "en"),
        )
    )


def _heads(spoken: str) -> tuple[str, str]:
    return said("entry", spoken), said("value", spoken)


def _is_code(value: str) -> bool:
    return len(value) >= 32 and " " not in value


def _facts(consent: Consent, now: datetime, spoken: str) -> list[tuple[Words, ...]]:
    acknowledged = said("yes" if consent.consequence_acknowledged else "no", spoken)
    rows: list[tuple[Words, ...]] = [
        (said("standing", spoken), status_said(consent.status(now), spoken)),
        (said("signed", spoken), moment_said(consent.signed_at, spoken)),
        (said("expires", spoken), moment_said(consent.expires_at, spoken)),
    ]
    if consent.withdrawn_at is not None:
        rows.append((said("withdrawn", spoken), moment_said(consent.withdrawn_at, spoken)))
    return [
        *rows,
        (said("lookback", spoken), str(consent.scope.lookback_years)),
        (said("consequence", spoken), acknowledged),
        (said("consent_id", spoken), Said(consent.id, code=True)),
        (said("notice_digest", spoken), Said(consent.notice_sha256, code=True)),
        (said("consequence_digest", spoken), Said(consent.consequence_sha256, code=True)),
    ]


def _answers(consent: Consent, spoken: str) -> list[tuple[Words, ...]]:
    return [
        (item_said(item, spoken), said("granted" if granted else "refused", spoken))
        for item in ConsentItem
        for granted in (item in consent.scope.granted,)
        if granted or item in consent.scope.refused
    ]


def _behind(papers: ConsentPapers, spoken: str) -> list[tuple[Words, ...]]:
    rows: list[tuple[Words, ...]] = [(said("version", spoken), papers.notice_version)]
    rows += [
        (f"{said('paper', spoken)}: {form.row}", Said(form.sha256, code=True))
        for form in papers.forms
    ]
    if papers.signature is None:
        return rows
    ink = papers.signature.kind is SignatureKind.INK
    rows += [
        (said("signature", spoken), said("ink" if ink else "electronic", spoken)),
        (said("signature_digest", spoken), Said(papers.signature.evidence_sha256, code=True)),
    ]
    if papers.signature.witness is not None:
        rows.append((said("witness", spoken), papers.signature.witness))
    return rows
