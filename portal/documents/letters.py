"""What an applicant is sent, on paper: the notice, the packet, the adverse notice, the results.

The words are the policy's and those that `casework.deciding.documents` sealed; nothing is added
but the date, the case's number and the page's. The packet's copy is printed from the very bytes
that the manager has, and is refused if they are not those that the document names.
"""

import hashlib

from models.adverse import Block as Part
from models.adverse import Document
from models.clauses import NoCopyError
from models.consent import Notice
from models.release import ReleasePackage
from policy.document_texts import word
from portal.documents.findings import FIELDS, findings_of
from portal.documents.sheet import Block, Heading, Rows, Said, Sheet, Text, paragraphs
from portal.documents.typesetting import typeset
from portal.documents.words import day_said, language_of_words, said


def notice(sent: Notice, *, agency: str = "") -> bytes:
    """Return the notice as it was sent, with the digest that the case keeps of its text."""
    small = language_of_words(sent.language)
    blocks: list[Block] = [Text(part) for part in paragraphs(sent.text.reveal())]
    rows = (
        (said("version", small), sent.version),
        (said("digest", small), Said(sent.sha256, code=True)),
    )
    blocks.append(Rows((said("entry", small), said("value", small)), rows))
    return typeset(
        Sheet(
            title=said("notice", small),
            blocks=tuple(blocks),
            made_at=sent.sent_at,
            language=sent.language,
            sender=agency,
            about=((said("date", small), day_said(sent.sent_at, small)),),
            footer=f"{said('case', small)} {sent.case_id}",
            page=said("page", small),
            remark=said("remark", small),
        )
    )


def letter(document: Document, *, payload: bytes = b"", agency: str = "") -> bytes:
    """Return a document before or after a decision.

    One that carries a copy needs the payload it is of. Raises `NoCopyError` for other bytes.
    """
    language = document.language
    if document.copy_hash and hashlib.sha256(payload).hexdigest() != document.copy_hash:
        raise NoCopyError("these are not the bytes that the document is a copy of")
    title = ""
    blocks: list[Block] = []
    for part in document.paragraphs:
        heading, *rest = paragraphs(part.text.reveal())
        if title:
            blocks.append(Heading(heading))
        title = title or heading
        if part.block is Part.COPY:
            # Between its heading and the line with its digest the text holds the release.
            blocks += _copy(ReleasePackage.from_payload(payload), document)
            rest = rest[-1:]
        blocks += [Text(one) for one in rest]
    return typeset(
        Sheet(
            title=title,
            blocks=tuple(blocks),
            made_at=document.made_at,
            language=language,
            sender=agency,
            about=((said("date", language), day_said(document.made_at, language)),),
            footer=f"{said('case', language)} {document.case_id}",
            page=said("page", language),
            remark=said("remark", language),
        )
    )


def _copy(package: ReleasePackage, document: Document) -> tuple[Block, ...]:
    language = document.language
    if not package.findings:
        return (Text(word("nothing", language)),)
    return findings_of(
        package,
        name=word("finding", language),
        fields={field: word(field, language) for field in FIELDS},
        headers=(said("entry", language), said("value", language)),
        empty={},
    )
