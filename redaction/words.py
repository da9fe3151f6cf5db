"""Which words are ordinary English, so that an odd one stands out."""

import gzip
from functools import cache
from importlib import resources

from redaction.wordlists import table, word_set


@cache
def ordinary_words() -> frozenset[str]:
    """Return about 65,000 lower-case words of American and British English, and chat words."""
    return _read("words.txt.gz") | word_set(table("chat")["words"])


@cache
def proper_words() -> frozenset[str]:
    """Return about 10,000 capitalised words: names of people, places, makers, months."""
    return _read("proper.txt.gz")


def _read(name: str) -> frozenset[str]:
    packed = (resources.files("redaction") / "rules" / name).read_bytes()
    return frozenset(gzip.decompress(packed).decode("ascii").split())
