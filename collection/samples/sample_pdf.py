"""Small valid PDF files, written by hand: one content stream a page, and whatever a trial adds."""

from pathlib import Path
from typing import Final

from collection.samples.sample_files import sample_texts

_FIRST_PAGE: Final = 5


def pdf_of(*streams: str, page: str = "", root: str = "", objects: tuple[str, ...] = ()) -> bytes:
    """Return a PDF 1.7 with a page for each content stream.

    `page` and `root` go into the dictionaries of each page and of the catalogue; `objects` are
    further objects, numbered after the pages: the first is `{n}` of n = 5 + 2 * pages.
    """
    kids = " ".join(f"{_FIRST_PAGE + 2 * number} 0 R" for number in range(len(streams)))
    bodies = [
        f"<< /Type /Catalog /Pages 2 0 R {root} >>",
        f"<< /Type /Pages /Kids [{kids}] /Count {len(streams)} >>",
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
        "<< /Title (canary) /Author (canary) >>",
    ]
    for number, stream in enumerate(streams):
        own = page if "/MediaBox" in page else f"/MediaBox [0 0 612 792] {page}"
        resources = "" if "/Resources" in own else "/Resources << /Font << /F 3 0 R >> >>"
        at = _FIRST_PAGE + 2 * number + 1
        bodies.append(f"<< /Type /Page /Parent 2 0 R {resources} {own} /Contents {at} 0 R >>")
        bodies.append(f"<< /Length {len(stream)} >>\nstream\n{stream}\nendstream")
    bodies += objects
    made = b"%PDF-1.7\n"
    places = []
    for number, body in enumerate(bodies, 1):
        places.append(len(made))
        made += f"{number} 0 obj\n{body}\nendobj\n".encode("latin-1")
    table = "".join(f"{place:010} 00000 n \n" for place in places)
    end = f"xref\n0 {len(bodies) + 1}\n0000000000 65535 f \n{table}trailer\n"
    end += f"<< /Size {len(bodies) + 1} /Root 1 0 R /Info 4 0 R >>\n"
    return made + f"{end}startxref\n{len(made)}\n%%EOF\n".encode()


def words(text: str, *, at: tuple[int, int] = (72, 700), size: float = 12, before: str = "") -> str:
    """Return the content stream that writes one line."""
    return f"q {before} BT /F {size} Tf {at[0]} {at[1]} Td ({text}) Tj ET Q\n"


def pdf_sample(folder: Path, count: int) -> Path:
    """Write a `.pdf` of so many pages."""
    path = folder / "posts.pdf"
    path.write_bytes(pdf_of(*(words(text) for _, _, text in sample_texts(count))))
    return path
