"""No credential gets into an applicant's letter: each is looked at before it is sealed.

The applicant's own process refuses it, so that it is stored nowhere; the inside looks again at
what it takes in, for a process that was taken over may leave the look out (clause S5).
"""

from collections.abc import Iterator

from collection.egress.credentials import refuse_credentials
from models.text import RawText
from models.value import Value


def refuse_credentials_in(letter: Value) -> None:
    """Raise `CredentialRefusedError`, naming the field, if any text of a letter holds one."""
    for where, text in _texts("letter", letter):
        refuse_credentials(text.reveal(), where=where)


def _texts(where: str, part: object) -> Iterator[tuple[str, RawText]]:
    """Find every text of the writer's own, whatever the letter's form."""
    if isinstance(part, RawText):
        yield where, part
    elif isinstance(part, Value):
        for name in type(part).model_fields:
            yield from _texts(name, getattr(part, name))
    elif isinstance(part, tuple | list | set | frozenset):
        for one in part:
            yield from _texts(where, one)
