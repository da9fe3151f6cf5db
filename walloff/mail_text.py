"""The texts of e-mails, in English and Spanish: a plain sentence and a link, the same for all."""

from collections.abc import Mapping
from email.message import EmailMessage
from email.policy import SMTP
from typing import Final

from models.decision_rules import Language
from models.mail import MailQueued, MailText, require_address, require_link

_TEXTS: Final[Mapping[tuple[MailText, Language], tuple[str, str]]] = {
    (MailText.SOMETHING_TO_READ, Language.ENGLISH): (
        "There is something for you to read",
        "There is something for you to read. Sign in here to see it:",
    ),
    (MailText.SOMETHING_TO_READ, Language.SPANISH): (
        "Hay algo para que usted lea",
        "Hay algo para que usted lea. Inicie sesión aquí para verlo:",
    ),
    (MailText.ANSWER_AWAITED, Language.ENGLISH): (
        "An answer from you is awaited",
        "You can answer now, and there is a time limit. Sign in here to see it:",
    ),
    (MailText.ANSWER_AWAITED, Language.SPANISH): (
        "Se espera una respuesta de usted",
        "Usted puede responder ahora, y hay un plazo. Inicie sesión aquí para verlo:",
    ),
}

_FOOT: Final[Mapping[Language, str]] = {
    Language.ENGLISH: "Nobody reads answers to this message.",
    Language.SPANISH: "Nadie lee las respuestas a este mensaje.",
}


def mail_message(
    queued: MailQueued, *, to: str, sender: str, link: str, row_id: str
) -> EmailMessage:
    """Return a message. Raises `InputError` for an address or a link that could be anything else.

    Its id is the outbox row's: whoever receives it twice can tell.
    """
    heading, sentence = _TEXTS[queued.text, queued.language]
    message = EmailMessage(policy=SMTP)
    message["From"] = require_address(sender)
    message["To"] = require_address(to)
    message["Subject"] = heading
    message["Message-ID"] = f"<{row_id}@{sender.rpartition('@')[2]}>"
    message["Content-Language"] = queued.language
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(
        f"{sentence}\n\n{require_link(link)}\n\n{_FOOT[queued.language]}\n", cte="quoted-printable"
    )
    return message
