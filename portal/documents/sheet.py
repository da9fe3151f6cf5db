"""A document before it is set: a title, a language, and blocks of plain text; never markup."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from models.text import WITHHELD
from portal.documents.characters import BREAK, named, printed

ENGLISH: Final = "en"


@dataclass(frozen=True, slots=True)
class Said:
    """A piece of text: in another language than the document's, strong, or set as a code."""

    text: str
    language: str = ""
    strong: bool = False
    code: bool = False


Words = str | Said | tuple[Said, ...]
"""A text, or pieces that follow each other."""


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading; the document's title stands above all of them."""

    words: Words
    level: int = 1


@dataclass(frozen=True, slots=True)
class Text:
    """A paragraph. Its line breaks stay."""

    words: Words


@dataclass(frozen=True, slots=True)
class Items:
    """A list."""

    items: tuple[Words, ...]


@dataclass(frozen=True, slots=True)
class Rows:
    """A table with a row of headers; the first column may head its rows."""

    headers: tuple[str, ...]
    rows: tuple[tuple[Words, ...], ...]


Block = Heading | Text | Items | Rows


@dataclass(frozen=True, slots=True)
class Sheet:
    """One document."""

    title: str
    """It becomes part of the metadata: never a name."""
    blocks: tuple[Block, ...]
    made_at: datetime
    language: str = ENGLISH
    sender: str = ""
    """Above the title: who sends it."""
    about: tuple[tuple[str, str], ...] = ()
    """Beside each other under the title: date, case."""
    footer: str = ""
    """At the foot of every page."""
    page: str = "Page {number} of {count}"
    remark: str = ""
    """Stands at the end if a character had to be printed as its number."""


def data_of(sheet: Sheet, *, plain: bool = False) -> dict[str, Any]:
    """Return a document as the JSON that the template reads."""
    before, _, rest = sheet.page.partition("{number}")
    between, _, after = rest.partition("{count}")
    blocks = [_block(one, plain=plain) for one in sheet.blocks if not _empty(one)]
    if sheet.remark and any(named(text) for text in texts(sheet)):
        blocks.append({"kind": "small", "words": _lines(sheet.remark, plain=plain)})
    language, _, region = sheet.language.partition("-")
    return {
        "title": printed(sheet.title, plain=plain),
        "language": language,
        "region": region or None,
        "sender": printed(sheet.sender, plain=plain),
        "about": [[printed(part, plain=plain) for part in pair] for pair in sheet.about],
        "footer": printed(sheet.footer, plain=plain),
        "page": [before, between, after],
        "blocks": blocks,
    }


def texts(sheet: Sheet) -> Iterator[str]:
    """Yield every text of a document."""
    yield from (sheet.title, sheet.sender, sheet.footer)
    for pair in sheet.about:
        yield from pair
    for block in sheet.blocks:
        match block:
            case Heading() | Text():
                yield from _texts(block.words)
            case Items():
                for item in block.items:
                    yield from _texts(item)
            case Rows():
                yield from block.headers
                for cell in (cell for row in block.rows for cell in row):
                    yield from _texts(cell)


def _pieces(words: Words) -> tuple[Said, ...]:
    if isinstance(words, str):
        return (Said(words),)
    return (words,) if isinstance(words, Said) else words


def _texts(words: Words) -> Iterator[str]:
    return (piece.text for piece in _pieces(words))


def _empty(block: Block) -> bool:
    """Say whether a block is a heading without a word: a heading says something, or is none."""
    if not isinstance(block, Heading):
        return False
    return not any(printed(text).strip(f" \n\u00a0{BREAK}") for text in _texts(block.words))


def _block(block: Block, *, plain: bool) -> dict[str, Any]:
    match block:
        case Heading():
            words = _lines(block.words, plain=plain)
            return {"kind": "heading", "level": block.level, "words": words}
        case Text():
            return {"kind": "text", "words": _lines(block.words, plain=plain)}
        case Items():
            return {"kind": "list", "items": [_lines(item, plain=plain) for item in block.items]}
        case Rows():
            rows = [[_lines(cell, plain=plain) for cell in row] for row in block.rows]
            headers = [printed(one, plain=plain) for one in block.headers]
            return {"kind": "table", "headers": headers, "rows": rows}


def _lines(words: Words, *, plain: bool) -> list[list[dict[str, Any]]]:
    """Return the runs of every line."""
    lines: list[list[dict[str, Any]]] = [[]]
    for piece in _pieces(words):
        for count, line in enumerate(printed(piece.text, plain=plain).split("\n")):
            if count:
                lines.append([])
            lines[-1] += _runs(line, piece)
    return lines


def _runs(line: str, piece: Said) -> Iterator[dict[str, Any]]:
    """Yield the runs of one line: the mark of what is withheld is a run of its own."""
    for count, part in enumerate(line.split(WITHHELD)):
        if count:
            yield _run(WITHHELD, piece) | {"withheld": True}
        if part:
            yield _run(part, piece)


def _run(text: str, piece: Said) -> dict[str, Any]:
    return {
        "text": text,
        "language": piece.language or None,
        "strong": piece.strong,
        "code": piece.code,
        "withheld": False,
    }


def paragraphs(text: str) -> Sequence[str]:
    """Return a text's paragraphs, their lines joined; a line of a list stays a line."""
    return [_joined(part) for part in text.strip().split("\n\n") if part.strip()]


def _joined(part: str) -> str:
    kept: list[str] = []
    for line in part.strip().split("\n"):
        own = not kept or line.startswith((" ", "\t", "-", "*", "•"))
        if own:
            kept.append(line.rstrip())
        else:
            kept[-1] = f"{kept[-1]} {line.strip()}"
    return "\n".join(kept)
