"""What a PDF page shows is its text; what it only holds is not, whatever hides it."""

import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from collection.files.reader import Problem
from collection.markup.saved_page import NO_ORIGIN
from collection.pages import pdf
from collection.pages.pdf import PdfReader, read_pdf
from collection.samples.sample_pdf import pdf_of, words
from models.evidence import SourceItem

CHROMIUM = Path("tests/unit/collection/fixtures/chromium.pdf")
IMAGE = "<< /Type /XObject /Subtype /Image /Width {w} /Height {h} /ColorSpace /DeviceGray "


def split(body: bytes) -> tuple[list[str], list[str]]:
    found = list(read_pdf(body))
    if found[0] == NO_ORIGIN:
        del found[0]
    return (
        [part.text.reveal() for part in found if isinstance(part, SourceItem)],
        [part.fault for part in found if isinstance(part, Problem)],
    )


def test_what_chromium_printed_is_read_as_it_was_seen() -> None:
    """The file was made by tools/make_page_fixtures.py with a real browser."""
    (text,), faults = split(CHROMIUM.read_bytes())
    assert text.startswith("menu\nTitle\nQuill")
    assert "canary é fi" in text
    assert "secret" not in text
    assert faults == ["1 pictures on the page were not looked at"]


def test_each_page_is_an_item_of_unknown_origin() -> None:
    found = list(read_pdf(pdf_of(words("one"), words("two"))))
    assert found[0] == NO_ORIGIN
    items = [part for part in found if isinstance(part, SourceItem)]
    assert [(item.text.reveal(), item.pointer) for item in items] == [
        ("one", "page:1"),
        ("two", "page:2"),
    ]
    assert {item.created_at for item in items} == {None}
    assert {item.platform.reveal() for item in items} == {"unknown"}


def test_what_the_file_says_of_itself_goes_nowhere() -> None:
    """Title and author of the sample are the canary."""
    found = list(read_pdf(pdf_of(words("one"))))
    assert not any("canary" in str(part) for part in found)
    assert not any("canary" in part.text.reveal() for part in found if isinstance(part, SourceItem))


HIDDEN = {
    "invisible letters": words("canary", before="3 Tr"),
    "letters that only clip": words("canary", before="7 Tr"),
    "white on white": words("canary", before="1 1 1 rg"),
    "nearly white": words("canary", before="0.97 g"),
    "no size": words("canary", size=0),
    "a hundredth of a point": words("canary", size=0.01),
    "above the page": words("canary", at=(72, 2000)),
    "left of the page": words("canary", at=(-900, 700)),
    "covered": words("canary") + "0 0 1 rg 0 600 612 192 re f\n",
    "cut off": words("canary", before="0 0 10 10 re W n"),
    "clear": words("canary", before="/T gs"),
    "a layer that is off": "/OC /L BDC\n" + words("canary") + "EMC\n",
    "a form in a layer that is off": "/X Do\n",
}


@pytest.mark.parametrize("how", HIDDEN)
def test_letters_that_nobody_sees_are_left_out_and_told(how: str) -> None:
    body = pdf_of(
        words("seen", at=(72, 100)) + HIDDEN[how],
        page="/Resources << /Font << /F 3 0 R >> /ExtGState << /T << /ca 0 >> >>"
        " /Properties << /L 7 0 R >> /XObject << /X 8 0 R >> >>",
        root="/OCProperties << /OCGs [7 0 R] /D << /OFF [7 0 R] >> >>",
        objects=(
            "<< /Type /OCG /Name (canary) >>",
            "<< /Type /XObject /Subtype /Form /BBox [0 0 612 792] /OC 7 0 R"
            " /Resources << /Font << /F 3 0 R >> >> /Length 42 >>\nstream\n"
            "BT /F 12 Tf 72 300 Td (canary) Tj ET      \nendstream",
        ),
    )
    texts, faults = split(body)
    assert texts == ["seen"]
    assert faults in (["6 letters that readers do not see were left out"], [])
    if how not in ("no size", "above the page", "left of the page", "cut off"):
        assert faults


@pytest.mark.parametrize(
    "stream",
    [
        words("canary", before="0.3 g"),
        words("canary", before="1 0 0 rg"),
        words("canary", size=6),
        "0 g 0 600 612 192 re f\n" + words("canary", before="1 g"),
        words("canary", before="1 Tr 0 G"),
        "0.7 0.7 0 rg 0 0 612 792 re f 0 g\n" + words("canary"),
    ],
)
def test_letters_that_are_seen_are_text(stream: str) -> None:
    assert split(pdf_of(stream)) == (["canary"], [])


@pytest.mark.parametrize("rotate", [0, 90, 180, 270])
def test_a_turned_and_cropped_page_is_read_where_it_is_seen(rotate: int) -> None:
    stream = words("canary", at=(72, 700)) + words("outside", at=(72, 50))
    page = f"/MediaBox [0 0 612 792] /CropBox [50 400 612 792] /Rotate {rotate}"
    texts, _ = split(pdf_of(stream, page=page))
    assert texts == ["canary"]


def test_letters_on_letters_are_left_out_and_told() -> None:
    """A text that lies under another could be the one that nobody sees."""
    texts, faults = split(pdf_of(words("aaaaaa") + words("oooooo") + words("kept", at=(72, 90))))
    assert texts == ["kept"]
    assert faults == ["12 letters that lie on others were left out"]


def test_the_same_letters_twice_are_bold_and_no_news() -> None:
    texts, faults = split(pdf_of(words("bold") + words("bold", at=(73, 700))))
    assert texts[0].replace("\n", " ") in ("bold", "bold bold", "bboolldd")
    assert faults == []


def test_a_word_or_sentence_is_not_cut_where_a_line_ends() -> None:
    lines = "".join(
        words(text, at=(72, 700 - 14 * number))
        for number, text in enumerate(["They met at the", "lake on Sunday.", "Then it rained."])
    )
    assert split(pdf_of(lines))[0] == ["They met at the lake on Sunday.\nThen it rained."]


def test_ligatures_are_letters() -> None:
    font = "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /ToUnicode 8 0 R >>"
    table = "1 begincodespacerange <00> <ff> endcodespacerange 1 beginbfchar <41> <fb01> endbfchar"
    body = pdf_of(
        words("A"),
        page="/Resources << /Font << /F 7 0 R >> >>",
        objects=(font, f"<< /Length {len(table)} >>\nstream\n{table}\nendstream"),
    )
    assert split(body) == (["fi"], [])


def test_what_a_page_has_beside_its_text_is_told_and_not_read() -> None:
    note = "/Annots [<< /Type /Annot /Subtype /Text /Rect [9 9 20 20] /Contents (canary) >>]"
    root = (
        "/Names << /EmbeddedFiles << /Names [(canary) << /Type /Filespec /F (c) >>] >>"
        " /JavaScript << /Names [(x) << /S /JavaScript /JS (canary) >>] >> >>"
    )
    texts, faults = split(pdf_of(words("one"), page=note, root=root))
    assert texts == ["one"]
    assert faults == [
        "1 notes or form fields on the page were not read",
        "1 attached files were not read",
        "the file holds scripts; none was run",
    ]


def test_a_form_is_told() -> None:
    root = "/AcroForm << /Fields [<< /FT /Tx /T (canary) /V (canary) >>] >>"
    _, faults = split(pdf_of(words("one"), root=root))
    assert "the file is a form; what was filled in was not read" in faults


def test_a_scan_waits_for_a_reader_of_pictures() -> None:
    """Its text layer is invisible by custom, and may say anything."""
    image = IMAGE.format(w=2, h=2) + "/BitsPerComponent 8 /Length 4 >>\nstream\n\0a\0a\nendstream"
    body = pdf_of(
        "q 612 0 0 792 0 0 cm /I Do Q\n" + words("canary", before="3 Tr"),
        page="/Resources << /Font << /F 3 0 R >> /XObject << /I 7 0 R >> >>",
        objects=(image,),
    )
    assert split(body) == (
        [],
        [
            "6 letters that readers do not see were left out",
            "a page of pictures alone: needs a reader of pictures or a person",
        ],
    )


def test_a_file_that_was_changed_later_or_is_two_kinds_says_so() -> None:
    body = pdf_of(words("one"))
    assert "the file was changed after it was made" in split(body + b"\n" + body[9:])[1]
    assert "something else follows the end of the file" in split(body + b"PK\3\4" * 500)[1]


@pytest.mark.parametrize(
    "body",
    [b"", b" ", b"canary", b"GIF89a %PDF-1.7 canary", b"%PDF-1.7 canary", b"<html>%PDF-1.4"],
)
def test_what_is_no_pdf_is_one_problem(body: bytes) -> None:
    (problem,) = read_pdf(body)
    assert isinstance(problem, Problem)
    assert "canary" not in problem.fault


@pytest.mark.parametrize(
    ("body", "fault"),
    [
        pytest.param(
            pdf_of(words("canary"), page="/MediaBox [0 0 900000 900000]"),
            "a page of no size, or too large",
            id="a huge page",
        ),
        pytest.param(
            pdf_of(
                "/I Do",
                page="/Resources << /XObject << /I 7 0 R >> >>",
                objects=(
                    IMAGE.format(w=60_000, h=60_000)
                    + "/BitsPerComponent 1 /Length 1 >>\nstream\nx\nendstream",
                ),
            ),
            "a page with a picture that is too large",
            id="a huge picture",
        ),
        pytest.param(
            pdf_of("0 0 1 1 re f\n" * 50_001), "a page of more than 50000 objects", id="objects"
        ),
    ],
)
def test_a_page_that_costs_too_much_is_not_drawn(body: bytes, fault: str) -> None:
    started = time.process_time()
    texts, faults = split(body)
    assert texts == []
    assert faults[0] == fault
    assert time.process_time() - started < 10


def test_forms_in_forms_end() -> None:
    form = (
        "<< /Type /XObject /Subtype /Form /BBox [0 0 9 9] /Resources << /XObject << /X 7 0 R >> >>"
        " /Length 5 >>\nstream\n/X Do\nendstream"
    )
    started = time.process_time()
    split(pdf_of("/X Do", page="/Resources << /XObject << /X 7 0 R >> >>", objects=(form,)))
    assert time.process_time() - started < 10


def test_pages_beyond_the_limit_are_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf, "MAX_PAGES_OF_PDF", 2)
    texts, faults = split(pdf_of(*(words(f"page {n}") for n in range(5))))
    assert texts == ["page 0", "page 1"]
    assert faults == ["3 more pages were not read"]


def test_a_stated_number_of_pages_is_not_believed() -> None:
    body = pdf_of(words("one")).replace(b"/Count 1", b"/Count 9")
    started = time.process_time()
    texts, _ = split(body)
    assert texts == ["one"]
    assert time.process_time() - started < 10


def test_a_file_is_accepted_by_its_name(tmp_path: Path) -> None:
    assert PdfReader().accepts(tmp_path / "X.PDF")
    assert not PdfReader().accepts(tmp_path / "x.txt")


@given(st.data())
@settings(max_examples=60, deadline=None)
def test_no_flipped_byte_crashes_or_leaks(data: st.DataObject) -> None:
    body = bytearray(pdf_of(words("canary"), words("canary")))
    for _ in range(data.draw(st.integers(1, 4))):
        body[data.draw(st.integers(5, len(body) - 1))] ^= data.draw(st.integers(1, 255))
    assert not any("canary" in fault for fault in split(bytes(body))[1])


def renamed(font: str, size: int, signs: str, means: str) -> bytes:
    """Return a page whose own map says that the letters drawn as `signs` mean others."""
    pairs = "".join(f"<{ord(a):02X}> <{ord(b):04X}>\n" for a, b in zip(signs, means, strict=True))
    told = (
        "/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapName /X def "
        "/CMapType 2 def 1 begincodespacerange <00> <FF> endcodespacerange "
        f"{len(signs)} beginbfchar\n{pairs}endbfchar endcmap end end"
    )
    drawn = words("the quick brown fox jumps over the lazy dog", size=size)
    return pdf_of(
        drawn,
        page="/Resources << /Font << /F 7 0 R >> >>",
        objects=(
            f"<< /Type /Font /Subtype /Type1 /BaseFont /{font} /Encoding /WinAnsiEncoding "
            "/ToUnicode 8 0 R >>",
            f"<< /Length {len(told)} >>\nstream\n{told}\nendstream",
        ),
    )


SIGNS = "abcdefghijklmnopqrstuvwxyz"


@pytest.mark.parametrize("font", ["Helvetica", "Helvetica-Oblique", "Times-Roman", "Courier"])
@pytest.mark.parametrize("size", [12, 20])
@pytest.mark.parametrize("turn", [1, 13])
def test_a_page_whose_letters_mean_others_than_are_drawn_is_withheld(
    font: str, size: int, turn: int
) -> None:
    """A file may show one text and hold another: nobody ever saw what it holds."""
    found = list(read_pdf(renamed(font, size, SIGNS, SIGNS[turn:] + SIGNS[:turn])))
    assert found == [
        NO_ORIGIN,
        Problem("withheld: the letters that are drawn are others than the file says", "page:1"),
    ]


@pytest.mark.parametrize("font", ["Helvetica", "Helvetica-Oblique", "Times-BoldItalic", "Courier"])
@pytest.mark.parametrize("size", [8, 12, 20])
def test_a_page_whose_letters_mean_what_is_drawn_is_read(font: str, size: int) -> None:
    found = list(read_pdf(renamed(font, size, SIGNS, SIGNS)))
    (item,) = [part for part in found if isinstance(part, SourceItem)]
    assert item.text.reveal() == "the quick brown fox jumps over the lazy dog"


@pytest.mark.parametrize("said", ["canary", "two words of it"])
def test_words_that_the_file_puts_in_place_of_what_it_draws_are_left_out(said: str) -> None:
    stream = f"/Span << /ActualText ({said}) >> BDC\n{words('seen')}EMC\n"
    found = list(read_pdf(pdf_of(stream + words("shown", at=(72, 600)))))
    (item,) = [part for part in found if isinstance(part, SourceItem)]
    assert item.text.reveal() == "shown"
    told = f"{len(said.replace(' ', ''))} letters that the file does not explain"
    assert Problem(told, "page:1") in found
