"""Which hosts a query names, and which of them it is addressed to, as it is written or encoded."""

import re
from collections.abc import Iterator
from typing import Final
from urllib.parse import unquote

from collection.egress.decoding import plain, signs_undone
from collection.files.platforms import listed_name

_HOST: Final = re.compile(
    r"(?i)(?:https?:)?//(?:[^/\s?#@]*@)?([a-z0-9.-]+)|site:([a-z0-9.-]+)"
    r"|(?<![\w.@-])((?:[a-z0-9-]+\.)+[a-z]{2,})(?![\w-])"
)
_ADDRESSED: Final = re.compile(
    r"(?i)(?:https?://|(?<![^\s\"'(])//)(?:[^/\s?#@]*@)?([a-z0-9.-]+)|(?<!-)site:([a-z0-9.-]+)"
)

_LEFT_OUT: Final = re.compile(r"(?i)(?<!\w)-site:([a-z0-9.-]+)")

_DEEPEST: Final = 5


def hosts(form: str) -> Iterator[str]:
    """Yield whatever looks like a host in one form of a text."""
    for found in _HOST.finditer(_divided(form)):
        yield _bare(found[1] or found[2] or found[3])


def addressed_hosts(text: str) -> frozenset[str]:
    """Return the hosts that a text asks: of an address, of `site:`, or a listed platform's.

    Another word with a dot in it ("resume.pdf", a mail's domain) is looked for, and not asked.
    Percent signs are undone as often as they were put; codes that no server undoes are left.
    """
    found: set[str] = set()
    for form in _undone(text):
        divided = _divided(form)
        found.update(_bare(one[1] or one[2]) for one in _ADDRESSED.finditer(divided))
        left_out = {_bare(one[1]) for one in _LEFT_OUT.finditer(divided)}
        named = {one for one in hosts(form) if "." in one and listed_name(one) is not None}
        found |= named - left_out
    return frozenset(one for one in found if "." in one)


def _undone(text: str) -> Iterator[str]:
    form = ""
    for _ in range(_DEEPEST):
        before, form = form, signs_undone(plain(text))
        if form == before:
            return
        yield form
        text = unquote(form, errors="replace")


def _divided(form: str) -> str:
    # RFC 3490, 3.1: an ideographic full stop divides the labels of a name as a full stop does.
    return form.replace("\u3002", ".")


def _bare(host: str) -> str:
    return host.lower().rstrip(".").removeprefix("www.")
