"""What a case's queries may not hold is found in hostile forms, and ordinary queries pass (S8)."""

import base64
import json
from collections.abc import Callable
from typing import Final
from urllib.parse import quote

import pytest

from casework.search.class_words import classes_alone, named_classes
from collection.egress.egress import EgressRule, Guarded, faults
from collection.egress.spanish import spanish_words_in
from collection.egress.word_readings import folded, skeleton

NUMBER: Final = "523456789"
SENSITIVE: Final = ("uc.rowan@agency.example", "nightjar_77")
_KNOWN: Final = frozenset({*map(folded, SENSITIVE), *map(skeleton, SENSITIVE)})


def guarded(name: str = "Rowan Applegate", handle: str = "rowan_a") -> Guarded:
    return Guarded(
        names=frozenset({name, *name.split(), handle}),
        classes=named_classes,
        alone=classes_alone,
        is_number=NUMBER.__eq__,
        is_sensitive=_KNOWN.__contains__,
        sensitive_lengths=frozenset(len(skeleton(one)) for one in SENSITIVE),
    )


GUARDED: Final = guarded()


def base32(text: str) -> str:
    return base64.b32encode(text.encode()).decode()


def crockford(text: str) -> str:
    rfc = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
    table = str.maketrans(rfc, "0123456789ABCDEFGHJKMNPQRSTVWXYZ")
    return base32(text).rstrip("=").translate(table)


PACKED: Final[dict[str, Callable[[str], str]]] = {
    "plain": str,
    "percent": lambda text: "".join(f"%{byte:02X}" for byte in text.encode()),
    "base16": lambda text: text.encode().hex(),
    "base16-upper": lambda text: text.encode().hex().upper(),
    "base32": base32,
    "base32-small-unpadded": lambda text: base32(text).lower().rstrip("="),
    "base32-hex": lambda text: base64.b32hexencode(text.encode()).decode(),
    "base32-crockford": crockford,
    "base64": lambda text: base64.b64encode(text.encode()).decode(),
    "base64-url": lambda text: base64.urlsafe_b64encode(text.encode()).decode().rstrip("="),
    "codes": lambda text: " ".join(str(ord(one)) for one in text),
    "bits": lambda text: " ".join(f"{ord(one):08b}" for one in text),
    "base32-in-base64": lambda text: base64.b64encode(base32(text).encode()).decode(),
    "percent-in-base32": lambda text: base32(quote(text, safe="")),
    "json-in-base32": lambda text: base32(json.dumps({"q": text})),
}

NUMBERS: Final = [
    "523-45-6789", "523456789", "523 45 6789",
]  # fmt: skip
BENT_NUMBERS: Final = [
    "S23-4S-6789", "S23 4S 6789", "5Z3-4S-G7B9", "52E456789", "5234S6789", "SZ3456789",
    "5 2 3 4 5 6 7 8 nueve", "cinco dos tres cuatro cinco seis siete ocho nueve",
    "cinco-dos-tres cuarenta y cinco seis siete ocho nueve", "five two three, 45, 6789",
    "lookup 0x1f335115", "1F335115", "987654325", "SZEASGTBg", "5a2b3c4d5e6f7g8h9",
]  # fmt: skip
IDENTIFIERS: Final = [
    "uc.rowan@agency.example", "UC.Rowan@Agency.Example", "uc rowan agency example",
    "uc.rowan at agency dot example", "uc rowan arroba agency punto example",
    "uc_rowan_agency_example", "uc.r0wan@agency.example", "u c . r o w a n @ agency.example",
    "úc.rówan@agéncy.example", "ucrowanagencyexample", "https://x.com/nightjar_77/status/1",
    "nightjar_77", "@nightjar77", "night jar 77", "n1ghtj4r_77", "xxnightjar77xx", "NightJar77",
]  # fmt: skip
CLASSES: Final = [
    "Rowan Applegate muslim", "Rowan muslim", "rowan mosque", "Applegate pregnant",
    "rowan_a divorced", "Rowan mu5lim", "Rowan mu$l1m", "Rowan pr3gnant", "R o w a n muslim",
    "rowan m u s l i m", "RowanApplegate muslim", "#rowanMuslim", "rowan+muslim", "Rowan_muslim",
    "q=Rowan&r=muslim", "Rowan%20muslim", "Rowan blind", "Rowan Applegate black",
    "Rowan disabled", "Rowan veteran", "Rowan chemotherapy", "Rowan BRCA1", "Rowan HIV",
    "Rowan domestic violence victim", "Rowan's wife", "Rowan Applegate transgender",
    "Rowan union member", "Rowan republican", "rowan_a DNA test",
    "Rowan embarazada", "Rowan musulmán", "Rowan musulman", "Rowan musulmana",
    "rowan_a judío", "Rowan judía", "Rowan católica", "Rowan mezquita", "Rowan iglesia",
    "Rowan discapacitado", "Rowan silla de ruedas", "Rowan divorciada", "Rowan viuda",
    "Rowan soltero", "Rowan casada", "Rowan homosexual", "Rowan lesbiana", "Rowan transexual",
    "Rowan mexicana", "Rowan venezolano", "Rowan Alemania", "Rowan España", "Rowan inmigrante",
    "Rowan indocumentada", "Rowan cáncer", "Rowan cancer", "Rowan VIH", "Rowan seropositivo",
    "Rowan prueba de ADN", "Rowan depresión", "Rowan quimioterapia", "Rowan psiquiatra",
    "Rowan aborto", "Rowan embarazos", "Rowan sindicato", "Rowan sindicalista",
    "Rowan republicano", "Rowan afroamericana", "Rowan hispano", "Rowan gitana", "Rowan jubilada",
    "Rowan fecha de nacimiento", "Rowan antecedentes penales", "Rowan arrestado",
    "Rowan bancarrota", "Rowan violencia doméstica", "Rowan madre soltera", "Rowan sin hogar",
    "Rowan Applegate volunteer firefighter", "Rowan Applegate motorcycle club",
    "Rowan embar4zada", "Rowan mu5ulmán", "Rowan negra", "Rowan sordo", "embarazada rowan_a",
]  # fmt: skip

ORDINARY: Final = [
    f"Rowan Applegate{rest}"
    for rest in (
        "", " reddit", " linkedin", " police academy", " class of 2012", " site:reddit.com",
        " harbour regatta 2019 results", " Springfield Ohio", " 4500 Elm Street", " 555-0100",
        " (217) 555-0100", " +1 217 555 0100", " 62704", " firefighter", " 1987",
        " security guard", " chess rating 1850", " marathon 3:45:12", " obituary", " order 48213",
        " interview 12 March 2019", " bodybuilding forum", " motorcycles", " blog", " podcast",
        " city council 2020-11-03 minutes", " little league coach", " Route 66", " unit 12B",
        " Toyota Tacoma 2015", " badge 4471", " army surplus store", " woodworking", " B52 at 4500",
        " court reporter", " poem", " photography portfolio", " order no. 112-7734", " 2nd Avenue",
        " fantasy football", " high school yearbook", " black belt karate", " blind date podcast",
        " union square farmers market", " March 2021", " Georgia Tech", " Chase Bank branch",
        " fotos", " policía", " academia de policía", " entrevista 2019", " equipo de fútbol",
        " noticias", " perfil de LinkedIn", " calle 45 casa 12", " teléfono 787 555 0100",
        " vídeo de YouTube", " carrera 10 km", " club de motos", " tienda de música",
        " ticket 900123", " iPhone 4S review", " CA plate 8ABC123", " PO Box 1234 Springfield",
        " apt 4B 5th floor", " Windows 95", " 8th grade 1999", " B2B sales", " 3D printing",
        " sergeant", " complaint", " drinking", " gun range", " student", " delivery", " fired",
        " positive", " strike", " victim", " abuse", " threats", " racist", " hate speech",
    )
] + [
    "rowan_a", "@rowan_a", "u/rowan_a", "rowan_a1987", "rowan_a -site:x.com",
    "rowan_a filetype:pdf", "rowan_a@mail.example", '"rowan a" intitle:profile', "inurl:rowan_a",
    "isabel123", "tess1985",
    "https://www.reddit.com/user/rowan_a/comments/?sort=new&after=t3_1abcde&limit=25",
    "https://x.com/rowan_a/status/1790123456789012345", "https://news.example/article/123456",
    "https://forum.example/viewtopic.php?f=12&t=48213&start=40", "ISBN 978-0-306-40615-7",
    "https://www.youtube.com/watch?v=dQw4w9WgXcQ&t=42s", "case 19-cv-01234", "commit 9fceb02d0ae5",
    "https://www.linkedin.com/in/rowan-applegate-4b1a2035/", "after:2020-01-01 before:2021-12-31",
    "https://web.archive.org/web/20190612093000/https://rowan.example/",
    "https://search.example/?q=rowan%20applegate&ia=web", "order 1Z999AA10123456784",
    "SHA 3f786850e387550fdab836ed7e6dc881de23001b", "agency example", "night sky photography",
    "jar of honey 77", "bird watching nightjar", "Brewers Association", "mosque opening hours",
]  # fmt: skip

NAMES_THAT_ARE_WORDS: Final = {
    "Christian Blackwood": [
        "Christian Blackwood", "christian blackwood reddit", "Christian Blackwood police academy",
        "christian regatta 2019", '"Christian Blackwood" obituary', "Blackwood motorcycles",
    ],
    "Grace Church": ["Grace Church", '"Grace Church" police academy', "grace church linkedin"],
    "Frances English": ["Frances English", "frances english podcast", "English motorcycle forum"],
    "Guadalupe Moreno": ["Guadalupe Moreno", "guadalupe moreno academia", "moreno reddit"],
    "May Single": ["May Single", "may single reddit", "May Single chess rating 1850"],
    "Israel Young": ["Israel Young", "israel young blog", "Young marathon 3:45:12"],
    "Sid Asher": ["Sid Asher", "sid asher soundcloud"],
    "Virgen de la Cruz": ["Virgen de la Cruz", "virgen de la cruz reddit"],
}  # fmt: skip


def stopped(text: str, known: Guarded = GUARDED) -> set[EgressRule]:
    return {fault.rule for fault in faults(text, known)}


@pytest.mark.parametrize("name", PACKED)
def test_a_number_and_an_identifier_leave_in_no_packing(name: str) -> None:
    """S4, S8: whoever packs a query packs it for somebody who unpacks it."""
    for number in NUMBERS:
        assert EgressRule.SOCIAL_SECURITY in stopped(f"q={PACKED[name](number)}"), number
    for identifier in SENSITIVE:
        found = stopped(f"q={PACKED[name](identifier)}")
        assert found & {EgressRule.SENSITIVE, EgressRule.OPAQUE}, identifier


@pytest.mark.parametrize("text", BENT_NUMBERS)
def test_a_number_leaves_in_no_writing(text: str) -> None:
    assert EgressRule.SOCIAL_SECURITY in stopped(f"Rowan {text}")


@pytest.mark.parametrize("text", IDENTIFIERS)
def test_a_guarded_identifier_leaves_in_no_writing(text: str) -> None:
    assert EgressRule.SENSITIVE in stopped(f"forum {text}")


@pytest.mark.parametrize("text", CLASSES)
def test_the_applicant_is_joined_with_no_class_in_english_or_spanish(text: str) -> None:
    assert stopped(text) & {EgressRule.PROTECTED_CLASS, EgressRule.MEDICAL}


@pytest.mark.parametrize("name", NAMES_THAT_ARE_WORDS)
def test_a_name_that_is_a_listed_word_may_be_searched_for(name: str) -> None:
    known = guarded(name)
    assert [one for one in NAMES_THAT_ARE_WORDS[name] if stopped(one, known)] == []


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("Christian Blackwood", "Christian Blackwood christian"),
        ("Christian Blackwood", "Christian Blackwood black"),
        ("Grace Church", "Grace Church church choir"),
    ],
)
def test_a_name_said_again_beside_itself_is_the_word(name: str, text: str) -> None:
    assert EgressRule.PROTECTED_CLASS in stopped(text, guarded(name))


def test_ordinary_queries_pass() -> None:
    """At most one in a hundred is stopped: a false alarm costs a rewording."""
    wrong = [text for text in ORDINARY if stopped(text)]
    assert len(wrong) <= len(ORDINARY) // 100, wrong


def test_spanish_words_are_met_in_any_gender_number_and_accent() -> None:
    for text in ("musulmán", "musulmana", "MUSULMANES", "musulmanas", "musulman"):
        assert [one.protected_class.value for one in spanish_words_in(text)] == ["religion"]
    assert [one.word for one in spanish_words_in("bajas médicas y silla de ruedas")] == [
        "bajas medicas",
        "silla de ruedas",
    ]
    assert list(spanish_words_in("una carrera de diez kilómetros")) == []
