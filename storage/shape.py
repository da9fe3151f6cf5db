"""What stands in clear has a shape in which nobody can write a sentence."""

import re
from typing import Final

from models.errors import ConstraintError

_CODE: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:@+=/-]{0,127}")


def code(text: str, what: str) -> str:
    """Return an id, kind or code as it is.

    Raises `ConstraintError` if it has spaces, or is empty or longer than 128 characters: it may
    then be somebody's words. The text itself is not repeated.
    """
    if _CODE.fullmatch(text) is None:
        raise ConstraintError(f"{what} is not an id or a code")
    return str(text)


def is_code(text: str) -> bool:
    """Say whether a text has the shape of an id, kind or code."""
    return _CODE.fullmatch(text) is not None
