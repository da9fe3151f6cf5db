"""Documents are accessible and archival, hold every word that they were given, and run nothing."""

import hashlib
import io
import re
import unicodedata
from datetime import UTC, datetime, timedelta
from html import unescape

import pikepdf
import pypdfium2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.adverse import REQUIRED, Block, Document, DocumentKind, Paragraph
from models.clauses import NoCopyError
from models.consent import Consent, ConsentItem, ConsentScope, Notice
from models.criteria import Conduct, Mitigator, Severity
from models.decision_rules import Language
from models.finding import Recency
from models.forms import ConsentPapers, Signature, SignatureKind, SignedForm
from models.ids import ActorId, CaseId, ConsentId
from models.rebuttal import Claim
from models.release import Answer, ReleasedFinding, ReleasePackage
from models.text import RawText, RedactedText
from policy.document_texts import block_text, release_text, word
from portal.documents.characters import BREAK, named, printable, printed
from portal.documents.letters import letter, notice
from portal.documents.records import audit_cover, certificate, consent_record
from portal.documents.release import release_report
from portal.documents.sheet import Heading, Items, Rows, Said, Sheet, Text, paragraphs
from portal.documents.typesetting import typeset
from portal.manager.page import render

NOON = datetime(2026, 9, 1, 12, tzinfo=UTC)
CASE = CaseId("3f0c6f2e4f5b4f0f8d9a6f0c6f2e4f5b")
HOSTILE = (
    '#set page(width: 1pt) $x^2$ ] } ) @label *bold* _it_ \\ #panic("x") // /* <tag> `raw` ~ -- "q"'
)
SENTENCE = "I did not write this; [withheld] did, and I answered on the same day."


def finding(**changes: object) -> ReleasedFinding:
    fields: dict[str, object] = {
        "criterion": "threats-violence",
        "criterion_text": "Threatens others, or praises violence against them.",
        "conduct": Conduct.THREATENS_VIOLENCE,
        "severity": Severity.HIGH,
        "recency": Recency.ONE_TO_THREE_YEARS,
        "mitigators": (Mitigator.ISOLATED, Mitigator.EXPRESSED_REGRET),
        "excerpt": RedactedText("Says that [withheld] will be beaten on Monday."),
        "answer": Answer(claim=Claim.CONTEXT, statement=RedactedText(SENTENCE)),
    }
    return ReleasedFinding.model_validate(fields | changes)


def package(*findings: ReleasedFinding) -> ReleasePackage:
    return ReleasePackage(
        policy_sha256="a" * 64,
        criteria_pack="conduct",
        criteria_sha256="0123456789abcdef" * 4,
        findings=findings,
    )


def document(
    kind: DocumentKind, released: ReleasePackage, language: Language = Language.ENGLISH
) -> Document:
    digest = hashlib.sha256(released.payload()).hexdigest()
    filled = {
        "agency": "Example County Sheriff",
        "contact": "1 Court Street, 555-0100",
        "source": "a review of your public online content by our own staff",
        "copy": release_text(released, language),
        "copy_hash": digest,
        "until_rule": word("until_rule", language, length="5"),
        "file_copy_days": "60",
        "result": "what was reported was verified and stays",
    }
    return Document(
        case_id=CASE,
        kind=kind,
        language=language,
        paragraphs=tuple(
            Paragraph(block=block, text=RawText(block_text(kind, block, language, **filled)))
            for block in REQUIRED[kind]
        ),
        copy_hash=digest if Block.COPY in REQUIRED[kind] else "",
        made_at=NOON,
    )


def a_notice(
    text: str = "You are told first.\n\nAnd this follows.", language: str = "en"
) -> Notice:
    return Notice(
        case_id=CASE,
        text=RawText(text),
        sha256=hashlib.sha256(text.encode()).hexdigest(),
        language=language,
        channel="by-hand",
        sent_at=NOON,
        delivered_at=NOON,
        lead_time=timedelta(days=3),
        version="2",
    )


def a_consent() -> Consent:
    return Consent(
        id=ConsentId("1" * 32),
        case_id=CASE,
        scope=ConsentScope(
            granted=frozenset({ConsentItem.PUBLIC_SOCIAL, ConsentItem.ARCHIVE}),
            refused=frozenset({ConsentItem.IMAGES}),
            lookback_years=7,
        ),
        consequence_sha256="c" * 64,
        consequence_acknowledged=True,
        notice_sha256="d" * 64,
        signed_at=NOON,
        expires_at=NOON + timedelta(days=180),
    )


def papers(language: str) -> ConsentPapers:
    return ConsentPapers(
        consent_id=ConsentId("1" * 32),
        case_id=CASE,
        language=language,
        notice_version="2",
        forms=(SignedForm(row="FCRA-01", sha256="e" * 64),),
        signature=Signature(
            kind=SignatureKind.INK,
            evidence_sha256="f" * 64,
            origin=RawText("192.0.2.7 a browser"),
            witness=ActorId("the-witness"),
        ),
        recorded_at=NOON,
    )


FACTS = (("Case", CASE), ("Ended", "decided"))
STATEMENTS = ("raw: key version 1 destroyed (key-file)",)
RELEASED = package(finding(), finding(conduct=Conduct.DECEIVES, answer=None, excerpt=None))

EVERY = {
    "notice": notice(a_notice()),
    "aviso": notice(a_notice("Se le avisa primero.", "es")),
    "packet": letter(document(DocumentKind.PRE_ADVERSE, RELEASED), payload=RELEASED.payload()),
    "paquete": letter(
        document(DocumentKind.PRE_ADVERSE, RELEASED, Language.SPANISH), payload=RELEASED.payload()
    ),
    "adverse": letter(document(DocumentKind.ADVERSE, RELEASED), agency="Example County"),
    "result": letter(document(DocumentKind.DISPUTE_RESULT, RELEASED)),
    "recall": letter(document(DocumentKind.RECALL, RELEASED)),
    "release": release_report(RELEASED, case_number=CASE),
    "nothing": release_report(package()),
    "consent": consent_record(a_consent(), papers("en"), now=NOON),
    "consentimiento": consent_record(a_consent(), papers("es"), now=NOON),
    "certificate": certificate(FACTS, STATEMENTS, case_number=CASE, digest="9" * 64, made_at=NOON),
    "cover": audit_cover(FACTS, ("k" * 60,), "walloff/log\n12\nroot=\n", made_at=NOON),
}
SPANISH = {"aviso", "paquete", "consentimiento"}


FOOTER = re.compile(
    rf"(?:(?:Case|Caso) {CASE}\s*)?(?:Page|Página) \d+ (?:of|de) \d+\s*\Z", re.MULTILINE
)


def text_of(pdf: bytes, *, footers: bool = True) -> str:
    pages = [page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(pdf)]
    return "\n".join(pages if footers else [FOOTER.sub("", page) for page in pages])


def squeezed(text: str) -> str:
    """Return a text without spaces and marks of a break: where lines end is the page's matter."""
    composed = unicodedata.normalize("NFC", text)
    return re.sub(rf"[\s{BREAK}\ufffe\u0002-]+", "", composed)


def spoken_names(tree: object) -> set[str]:
    found: set[str] = set()
    if isinstance(tree, pikepdf.Array):
        for one in tree:
            found |= spoken_names(one)
    elif isinstance(tree, pikepdf.Dictionary):
        if "/S" in tree:
            found.add(str(tree["/S"]))
        if "/K" in tree:
            found |= spoken_names(tree["/K"])
    return found


@pytest.mark.parametrize("name", EVERY)
def test_every_document_is_archival_and_accessible(name: str) -> None:
    with pikepdf.open(io.BytesIO(EVERY[name])) as pdf:
        root = pdf.Root
        with pdf.open_metadata() as metadata:
            assert metadata.pdfa_status == "2A"
            assert metadata["pdfuaid:part"] == "1"
            assert metadata["dc:title"]
            assert "dc:creator" not in metadata
        assert str(root.Lang).startswith("es" if name in SPANISH else "en")
        assert bool(root.MarkInfo.Marked)
        assert root.ViewerPreferences.DisplayDocTitle
        structure = spoken_names(root.StructTreeRoot.K)
        assert structure & {"/P", "/H1"}
        if "/Table" in structure:
            assert "/TH" in structure


@pytest.mark.parametrize("name", EVERY)
def test_no_document_runs_loads_or_carries_anything(name: str) -> None:
    with pikepdf.open(io.BytesIO(EVERY[name])) as pdf:
        assert not pdf.attachments
        names = pdf.Root.get("/Names", pikepdf.Dictionary())
        assert "/JavaScript" not in names
        assert "/EmbeddedFiles" not in names
        for key in ("/OpenAction", "/AA", "/AcroForm", "/URI"):
            assert key not in pdf.Root
        for page in pdf.pages:
            assert "/AA" not in page
            assert not [one for one in page.get("/Annots", []) if "/URI" in str(one.get("/A", ""))]


def test_metadata_name_nobody_and_no_machine() -> None:
    """A title is the document's, an author is nobody, and the time is the caller's."""
    for name, made in EVERY.items():
        with pikepdf.open(io.BytesIO(made)) as pdf:
            told = " ".join(str(value) for value in pdf.docinfo.values())
            assert "/Author" not in pdf.docinfo, name
            assert CASE not in told
            assert "Example County" not in told
            year = "2000" if name in {"release", "nothing"} else "2026"
            assert str(pdf.docinfo["/CreationDate"]).startswith(f"D:{year}")


def test_equal_data_give_equal_bytes() -> None:
    again = letter(document(DocumentKind.PRE_ADVERSE, RELEASED), payload=RELEASED.payload())
    assert again == EVERY["packet"]
    assert release_report(RELEASED, case_number=CASE) == EVERY["release"]
    other = package(*reversed(RELEASED.findings))
    assert release_report(other, case_number=CASE) == EVERY["release"]


def test_the_notice_holds_every_word_and_its_digest() -> None:
    sent = a_notice("Told first, in time.\n- one item\n- another item\n\nIf you refuse: nothing.")
    text = squeezed(text_of(notice(sent, agency="Example County Sheriff")))
    for part in (*paragraphs(sent.text.reveal()), sent.sha256, CASE, "Example County Sheriff"):
        assert squeezed(part) in text
    assert "September1,2026" in text


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("kind", DocumentKind)
def test_a_letter_holds_every_word_of_its_paragraphs(
    kind: DocumentKind, language: Language
) -> None:
    made = document(kind, RELEASED, language)
    text = squeezed(text_of(letter(made, payload=RELEASED.payload()), footers=False))
    for part in made.paragraphs:
        if part.block is Block.COPY:
            continue
        for one in paragraphs(part.text.reveal()):
            assert squeezed(one) in text
    if made.copy_hash:
        assert made.copy_hash in text


def findings_text(pdf: bytes, until: str) -> str:
    text = squeezed(text_of(pdf, footers=False)).replace("EntryValue", "")
    return text[text.index(squeezed("Finding 1:")) : text.index(squeezed(until))]


def test_the_packet_says_what_the_manager_reads() -> None:
    """But for the names of the rows and for rows without an entry, word for word (M5)."""
    packet = findings_text(EVERY["packet"], "The digest of this copy")
    report = findings_text(EVERY["release"], "Criteria conduct, fingerprint")
    for ours, theirs in (
        ("How long ago", "When"),
        ("Your answer", "Applicant’s answer"),
        ("Excerpt", "In neutral words"),
    ):
        packet = packet.replace(squeezed(ours), squeezed(theirs))
    for absent in (
        "In neutral words No excerpt goes with this finding",
        "Applicant’s answer No answer was given to this finding",
    ):
        report = report.replace(squeezed(absent), "")
    assert packet == report
    assert squeezed(SENTENCE) in packet


@pytest.mark.parametrize("released", [RELEASED, package()], ids=["findings", "nothing"])
def test_the_release_report_says_nothing_that_the_page_does_not(released: ReleasePackage) -> None:
    """The page's sentences are written twice: here they are held to each other."""
    page = unescape(re.sub(r"<[^>]+>", " ", render(released, case_number=CASE)))
    said = squeezed(page) + "Conduct"  # the page has it as a heading alone
    text = text_of(release_report(released, case_number=CASE), footers=False)
    for sentence in re.findall(r"[A-Z][^.:]{12,}[.:]", re.sub(r"\s+", " ", text)):
        words = re.sub(r"Entry Value|•", "", sentence)
        assert all(squeezed(part).rstrip(".:") in said for part in words.split()), sentence


def test_other_bytes_are_no_copy() -> None:
    made = document(DocumentKind.PRE_ADVERSE, RELEASED)
    with pytest.raises(NoCopyError):
        letter(made, payload=package().payload())
    with pytest.raises(NoCopyError):
        letter(made)


def test_a_packet_without_findings_says_so() -> None:
    """Nothing reportable is said in the words of the product, in either language."""
    nothing = package()
    for language, words in (("en", "Nothing reportable."), ("es", "Nada que informar.")):
        made = document(DocumentKind.PRE_ADVERSE, nothing, Language(language))
        assert squeezed(words) in squeezed(text_of(letter(made, payload=nothing.payload())))


def test_a_consent_record_says_item_by_item_and_not_where_it_was_signed() -> None:
    english, spanish = (text_of(EVERY[name]) for name in ("consent", "consentimiento"))
    for words in ("Public posts on social networks Granted", "Images Refused", "the-witness"):
        assert squeezed(words) in squeezed(english)
    for words in ("Imágenes Rechazado", "1 de septiembre de 2026", "Página 1 de"):
        assert squeezed(words) in squeezed(spanish)
    for text in (english, spanish):
        assert "f" * 64 in squeezed(text)
        assert "192.0.2.7" not in text
    assert "Likes" not in english


def test_a_certificate_and_a_cover_hold_their_facts() -> None:
    text = squeezed(text_of(EVERY["certificate"]))
    assert all(squeezed(part) in text for part in ("9" * 64, *STATEMENTS, CASE, "decided"))
    cover = squeezed(text_of(EVERY["cover"]))
    assert all(squeezed(part) in cover for part in ("k" * 60, "walloff/log 12 root="))


def test_markup_in_a_text_is_text() -> None:
    """A text that would be markup is printed as it stands, wherever it stands."""
    everywhere = Sheet(
        title=HOSTILE,
        blocks=(
            Heading(HOSTILE),
            Text(HOSTILE),
            Items((HOSTILE,)),
            Rows((HOSTILE, "b"), ((HOSTILE, Said(HOSTILE, code=True)),)),
        ),
        made_at=NOON,
        sender=HOSTILE,
        about=((HOSTILE, HOSTILE),),
        footer=HOSTILE,
        page=f"{HOSTILE} {{number}} {{count}}",
    )
    text = squeezed(text_of(typeset(everywhere)))
    assert text.count(squeezed(HOSTILE)) >= 9


@pytest.mark.parametrize(
    ("given_text", "expected"),
    [
        ("\x00\x07\x1b[31m", "[U+0000][U+0007][U+001B][31m"),
        ("😀 ok", "[U+1F600 grinning face] ok"),
        ("中", "[U+4E2D]"),
        ("\u202eabc\u2066", "[U+202E]abc[U+2066]"),
        ("a\u00adb\u200bc", "abc"),
        ("\ue000\ufffe\U0010ffff", "[U+E000][U+FFFE][U+10FFFF]"),
        ("e\u0301", "é"),
        ("a\r\nb\rc\td", "a\nb\nc d"),
    ],
)
def test_what_has_no_glyph_stands_as_its_number(given_text: str, expected: str) -> None:
    assert printed(given_text).replace(BREAK, "") == expected
    made = typeset(Sheet(title="T", blocks=(Text(given_text),), made_at=NOON))
    assert squeezed(expected) in squeezed(text_of(made))


def test_a_page_says_that_numbers_stand_for_characters() -> None:
    assert named("😀")
    assert not named("Señora\u200b Núñez, 5 €")
    remark = "stands as its Unicode number"
    assert squeezed(remark) in squeezed(text_of(notice(a_notice("Hello 😀"))))
    assert squeezed(remark) not in squeezed(text_of(notice(a_notice("Hello"))))


def test_writing_from_the_right_is_printed() -> None:
    """The fonts hold Hebrew and Arabic letters; their order on the page is the reader's."""
    made = typeset(Sheet(title="T", blocks=(Text("שלום olá سلام"),), made_at=NOON))
    assert set("שלום") <= set(unicodedata.normalize("NFKC", text_of(made)))


@pytest.mark.parametrize("unit", ["x", "word ", "é😀", "#", "W" * 47 + "\u0301"])
def test_ten_thousand_characters_stay_on_the_page(unit: str) -> None:
    """A run without a space is broken: nothing runs over the edge."""
    text = (unit * 10_000)[:10_000]
    made = typeset(Sheet(title="T", blocks=(Rows(("a", "b"), ((text, text),)),), made_at=NOON))
    pdf = pypdfium2.PdfDocument(made)
    assert len(pdf) > 3
    for page in pdf:
        width, _ = page.get_size()
        lines = page.get_textpage()
        boxes = [lines.get_rect(one) for one in range(lines.count_rects())]
        assert all(box[0] >= 0 and box[2] <= width for box in boxes)
    assert squeezed(printed(text))[:300] in squeezed(text_of(made))


def test_every_character_that_is_called_printable_is() -> None:
    """A new release of typst may bring other fonts; then the list is out of date."""
    blocks = tuple(Text(f"x{one}") for one in sorted(printable()))
    made = typeset(Sheet(title="T", blocks=blocks, made_at=NOON))
    assert "[U+00E9]" not in text_of(made)


@settings(max_examples=25, deadline=None)
@given(st.text(max_size=120))
def test_any_text_at_all_becomes_a_document(text: str) -> None:
    typeset(Sheet(title="T", blocks=(Text(text), Heading(text)), made_at=NOON, footer=text))
