"""A sheet becomes a PDF that is PDF/A-2a and PDF/UA-1 at once; equal data give equal bytes.

The template is ours and constant; the data reach it as JSON, so that no text is ever read as
markup. The fonts are those inside typst, the time is the caller's, and nothing of the machine
enters. typst itself refuses to write a file that breaks either standard.
"""

import json
from functools import lru_cache
from importlib import resources
from typing import Final

import typst

from portal.documents.sheet import Sheet, data_of

_FOLDER: Final = "templates"


def typeset(sheet: Sheet) -> bytes:
    """Return the PDF.

    If the fonts fail a combination of characters, all but ASCII stand as their numbers.
    """
    try:
        return _compiled(sheet, plain=False)
    except typst.TypstError:
        return _compiled(sheet, plain=True)


def _compiled(sheet: Sheet, *, plain: bool) -> bytes:
    data = json.dumps(data_of(sheet, plain=plain), ensure_ascii=False, sort_keys=True)
    # One compiler a document: a compiler that has refused once loses its template.
    compiler = typst.Compiler(
        input=_template(), ignore_system_fonts=True, sys_inputs={"data": data}
    )
    made = compiler.compile(
        format="pdf", pdf_standards=["a-2a", "ua-1"], timestamp=int(sheet.made_at.timestamp())
    )
    if not isinstance(made, bytes):
        raise TypeError("typst gave no PDF")
    return made


@lru_cache(maxsize=1)
def _template() -> bytes:
    folder = resources.files(__package__).joinpath(_FOLDER)
    return folder.joinpath("document.typ").read_bytes()
