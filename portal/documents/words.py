"""The small words of a document, in English and Spanish: titles, columns, days, consent items.

They are furniture. What a notice or letter says stands in the policy and in
policy/data/documents.toml.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Final

from models.consent import ConsentItem, ConsentStatus

_WORDS: Final[Mapping[str, tuple[str, str]]] = {
    "page": ("Page {number} of {count}", "Página {number} de {count}"),
    "case": ("Case", "Caso"),
    "date": ("Date", "Fecha"),
    "version": ("Version", "Versión"),
    "digest": ("SHA-256 of the text", "SHA-256 del texto"),
    "notice": ("Notice", "Aviso"),
    "remark": (
        "A character that cannot be printed here stands as its Unicode number in brackets.",
        "Un carácter que no se puede imprimir aquí figura entre corchetes con su número Unicode.",
    ),
    "entry": ("Entry", "Dato"),
    "value": ("Value", "Valor"),
    "consent": ("Record of consent", "Constancia de consentimiento"),
    "items": ("Answers, item by item", "Respuestas, una por una"),
    "item": ("Item", "Punto"),
    "answer": ("Answer", "Respuesta"),
    "granted": ("Granted", "Aceptado"),
    "refused": ("Refused", "Rechazado"),
    "signed": ("Answered", "Respondido"),
    "expires": ("Valid until", "Válido hasta"),
    "withdrawn": ("Withdrawn", "Retirado"),
    "standing": ("Standing on the date of this record", "Situación en la fecha de esta constancia"),
    "lookback": ("Years looked back on", "Años que se consultan"),
    "consequence": ("Read what refusing would mean", "Leyó lo que significa rechazar"),
    "yes": ("Yes", "Sí"),
    "no": ("No", "No"),
    "consent_id": ("Consent", "Consentimiento"),
    "notice_digest": ("SHA-256 of the notice", "SHA-256 del aviso"),
    "consequence_digest": (
        "SHA-256 of the paragraph on refusing",
        "SHA-256 del párrafo sobre el rechazo",
    ),
    "papers": ("What stands behind it", "Lo que lo respalda"),
    "paper": ("Document given", "Documento entregado"),
    "signature": ("Signature", "Firma"),
    "ink": ("On paper", "En papel"),
    "electronic": ("In the applicant’s own session", "En la sesión de la propia persona"),
    "signature_digest": ("SHA-256 of its record", "SHA-256 de su registro"),
    "witness": ("Witness", "Testigo"),
}

_STATUS: Final[Mapping[ConsentStatus, tuple[str, str]]] = {
    ConsentStatus.LIVE: ("In force", "Vigente"),
    ConsentStatus.REFUSED: ("Refused", "Rechazado"),
    ConsentStatus.WITHDRAWN: ("Withdrawn", "Retirado"),
    ConsentStatus.EXPIRED: ("Expired", "Vencido"),
}

_ITEMS: Final[Mapping[ConsentItem, tuple[str, str]]] = {
    ConsentItem.PUBLIC_SOCIAL: (
        "Public posts on social networks",
        "Publicaciones públicas en redes sociales",
    ),
    ConsentItem.PUBLIC_VIDEO: (
        "Public videos and comments on video sites",
        "Videos y comentarios públicos en sitios de video",
    ),
    ConsentItem.PUBLIC_FORUM: ("Public posts in forums", "Publicaciones públicas en foros"),
    ConsentItem.PUBLIC_BLOG: ("Public blogs", "Blogs públicos"),
    ConsentItem.PUBLIC_PROFESSIONAL: (
        "Public profiles on professional networks",
        "Perfiles públicos en redes profesionales",
    ),
    ConsentItem.PUBLIC_OTHER: ("Other public content", "Otro contenido público"),
    ConsentItem.ARCHIVE: (
        "Exports of accounts that the applicant hands over",
        "Exportaciones de cuentas que entrega la propia persona",
    ),
    ConsentItem.SUPERVISED_VIEWING: ("Supervised viewing", "Consulta supervisada"),
    ConsentItem.CONTACT_OF_FRIENDS: ("Speaking to friends", "Hablar con amistades"),
    ConsentItem.LIKES_AND_FOLLOWS: ("Likes and follows", "«Me gusta» y cuentas seguidas"),
    ConsentItem.IMAGES: ("Images", "Imágenes"),
}

_MONTHS: Final = (
    ("January", "enero"),
    ("February", "febrero"),
    ("March", "marzo"),
    ("April", "abril"),
    ("May", "mayo"),
    ("June", "junio"),
    ("July", "julio"),
    ("August", "agosto"),
    ("September", "septiembre"),
    ("October", "octubre"),
    ("November", "noviembre"),
    ("December", "diciembre"),
)


def said(name: str, language: str) -> str:
    """Return one of the small words: English in every language but Spanish."""
    return _WORDS[name][_column(language)]


def item_said(item: ConsentItem, language: str) -> str:
    """Return what a consent item covers."""
    return _ITEMS[item][_column(language)]


def status_said(status: ConsentStatus, language: str) -> str:
    """Return how a consent stands."""
    return _STATUS[status][_column(language)]


def day_said(at: datetime, language: str) -> str:
    """Return a day in words, of Coordinated Universal Time."""
    day, column = at.astimezone(UTC), _column(language)
    month = _MONTHS[day.month - 1][column]
    return f"{day.day} de {month} de {day.year}" if column else f"{month} {day.day}, {day.year}"


def moment_said(at: datetime, language: str) -> str:
    """Return a day and the time of it."""
    return f"{day_said(at, language)}, {at.astimezone(UTC):%H:%M} UTC"


def language_of_words(language: str) -> str:
    """Return the language that the small words are in beside a text of a language."""
    return "es" if _column(language) else "en"


def _column(language: str) -> int:
    return 1 if language.partition("-")[0] == "es" else 0
