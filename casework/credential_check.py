"""No credential gets into an applicant's letter: each is looked at before it is sealed.

The applicant's own process refuses it, so that it is stored nowhere; the inside looks again at
what it takes in, for a process that was taken over may leave the look out (clause S5).
"""

from collections.abc import Iterator

from collection.credentials import refuse_credentials
from models.disclosure import Disclosure
from models.letters import AnswersLetter
from models.text import RawText
from models.value import Value


def refuse_credentials_in(letter: Value) -> None:
    """Raise `CredentialRefusedError`, naming the field, if any text of a letter holds one."""
    for where, text in _texts(letter):
        refuse_credentials(text.reveal(), where=where)


def _texts(letter: Value) -> Iterator[tuple[str, RawText]]:
    if isinstance(letter, Disclosure):
        yield "name", letter.name
        for email in letter.emails:
            yield "emails", email
        for handle in letter.handles:
            yield "handles", handle
        for account in letter.accounts:
            yield "accounts.platform", account.platform
            yield "accounts.handle", account.handle
    elif isinstance(letter, AnswersLetter):
        for answer in letter.answers:
            if answer.statement is not None:
                yield "statement", answer.statement
