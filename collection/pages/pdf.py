"""A PDF gives one item a page: the text that its picture shows, and nothing that it merely holds.

Annotations, form fields, attachments, scripts and what the file says of itself (title, author,
times) are never read; that they are there is told. Scans without a text layer wait for a person.
"""

import hashlib
import logging
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Final

from collection.files.limits import MAX_PAGES_OF_PDF
from collection.files.reader import WHOLE_FILE, Problem
from collection.files.strict_json import whole
from collection.markup.saved_page import NO_ORIGIN, UNKNOWN, bytes_of
from collection.pages.pdf_page import PageText, text_of
from models.consent import PlatformKind
from models.errors import InputError
from models.evidence import AccessGate, SourceItem
from models.text import RawText

if TYPE_CHECKING:
    from pypdfium2 import PdfDocument, PdfPage

_log: Final = logging.getLogger(__name__)

_MAGIC: Final = b"%PDF-"
_END: Final = b"%%EOF"
_LINK: Final = 2
_POPUP: Final = 16
_WRONG_PASSWORD: Final = 4
_MAX_NOTES: Final = 10_000


class PdfReader:
    """Reads the text of a PDF file as its pages show it."""

    name: Final = "pdf"
    version: Final = "2"
    seen_versions: Final = ("1.4", "1.7")
    gate: Final = AccessGate.NONE

    def accepts(self, path: Path) -> bool:
        """Say whether the file's name ends in `.pdf`."""
        return path.name.lower().endswith(".pdf")

    def read(self, path: Path) -> Iterator[SourceItem | Problem]:
        """Yield one item a page, and what of the file was not read."""
        try:
            body = bytes_of(path)
        except InputError as damage:
            yield Problem(f"pdf: {damage.fault}", WHOLE_FILE)
            return
        yield from read_pdf(body)


def read_pdf(body: bytes) -> Iterator[SourceItem | Problem]:
    """Yield what each page shows: items, and problems for what is damaged or was left out."""
    try:
        document = _opened(body)
    except InputError as damage:
        yield Problem(f"pdf: {damage.fault}", WHOLE_FILE)
        return
    digest = hashlib.sha256(body).hexdigest()
    try:
        yield NO_ORIGIN
        count = len(document)
        for number in range(min(count, MAX_PAGES_OF_PDF)):
            yield from _page(document, number, digest)
        if count > MAX_PAGES_OF_PDF:
            yield Problem(f"{count - MAX_PAGES_OF_PDF} more pages were not read", WHOLE_FILE)
        yield from _besides(document, body)
    finally:
        document.close()


def _opened(body: bytes) -> "PdfDocument":
    from pypdfium2 import PdfDocument, PdfiumError

    if not body.strip():
        raise InputError("empty")
    if not body.startswith(_MAGIC):
        raise InputError("another kind of file, or something else comes before")
    fault = ""
    try:
        return PdfDocument(body)
    except PdfiumError as error:
        locked = getattr(error, "err_code", None) == _WRONG_PASSWORD
        fault = "locked with a password" if locked else "damaged"
    raise InputError(fault)


def _page(document: "PdfDocument", number: int, digest: str) -> Iterator[SourceItem | Problem]:
    pointer = f"page:{number + 1}"
    found, fault, notes = None, "", 0
    page = None
    try:
        page = document[number]
        notes = _notes(page)
        found = text_of(page)
    except InputError as damage:
        fault = damage.fault
    except Exception:  # noqa: BLE001 - the library raises all sorts of errors on hostile bytes
        fault = "a page that cannot be read"
        _log.debug("page not read", extra={"page": number + 1})
    finally:
        if page is not None:
            page.close()
    if found is None:
        yield Problem(fault, pointer)
        return
    if found.text:
        own = hashlib.sha256(f"{digest}{number}".encode()).hexdigest()
        yield SourceItem(
            native_id=RawText(f"sha256:{own}"),
            platform=RawText(UNKNOWN),
            kind=PlatformKind.OTHER,
            author=RawText(""),
            created_at=None,
            url=RawText(""),
            text=RawText(whole(found.text)),
            gate=AccessGate.NONE,
            pointer=pointer,
        )
    yield from _left_out(found, notes, pointer)


def _left_out(found: PageText, notes: int, pointer: str) -> Iterator[Problem]:
    if found.others:
        yield Problem("withheld: the letters that are drawn are others than the file says", pointer)
    if found.hidden:
        yield Problem(f"{found.hidden} letters that readers do not see were left out", pointer)
    if found.overlaid:
        yield Problem(f"{found.overlaid} letters that lie on others were left out", pointer)
    if found.unknown:
        yield Problem(f"{found.unknown} letters that the file does not explain", pointer)
    if found.pictures and not found.text and not found.others:
        yield Problem("a page of pictures alone: needs a reader of pictures or a person", pointer)
    elif found.pictures:
        yield Problem(f"{found.pictures} pictures on the page were not looked at", pointer)
    elif not found.text and not found.others:
        yield Problem("a page without text", pointer)
    if notes:
        yield Problem(f"{notes} notes or form fields on the page were not read", pointer)


def _notes(page: "PdfPage") -> int:
    import pypdfium2.raw as pdfium

    found = 0
    for number in range(min(pdfium.FPDFPage_GetAnnotCount(page.raw), _MAX_NOTES)):
        note = pdfium.FPDFPage_GetAnnot(page.raw, number)
        if note:
            found += pdfium.FPDFAnnot_GetSubtype(note) not in (_LINK, _POPUP)
            pdfium.FPDFPage_CloseAnnot(note)
    return found


def _besides(document: "PdfDocument", body: bytes) -> Iterator[Problem]:
    """Yield what a file holds beside its pages."""
    import pypdfium2.raw as pdfium

    attached = pdfium.FPDFDoc_GetAttachmentCount(document.raw)
    if attached > 0:
        yield Problem(f"{attached} attached files were not read", WHOLE_FILE)
    if pdfium.FPDFDoc_GetJavaScriptActionCount(document.raw) > 0:
        yield Problem("the file holds scripts; none was run", WHOLE_FILE)
    if pdfium.FPDF_GetFormType(document.raw) > 0:
        yield Problem("the file is a form; what was filled in was not read", WHOLE_FILE)
    if pdfium.FPDF_GetSecurityHandlerRevision(document.raw) >= 0:
        yield Problem("the file is encrypted, with no password to open it", WHOLE_FILE)
    ends = body.count(_END)
    if ends > (2 if b"/Linearized" in body[:2048] else 1):
        yield Problem("the file was changed after it was made", WHOLE_FILE)
    if len(body[body.rfind(_END) + len(_END) :].strip()) > 1024:
        yield Problem("something else follows the end of the file", WHOLE_FILE)
