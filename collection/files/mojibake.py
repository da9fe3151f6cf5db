r"""Meta's exports show each byte of UTF-8 as a letter; here the letters are put together again.

`café` is written as `caf\u00c3\u00a9`. A text that is not of this kind stays as it is.
"""


def mended(text: str) -> str:
    """Return the text as it was written, or unchanged if it is no UTF-8 shown as Latin-1."""
    if text.isascii():
        return text
    try:
        return text.encode("latin-1").decode("utf-8")
    except UnicodeError:
        return text
