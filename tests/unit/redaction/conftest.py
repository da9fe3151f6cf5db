"""The product's own redactor, built once: it takes a second."""

from collections.abc import Callable

import pytest

from models.redaction import Redaction
from models.text import RawText
from redaction.pipeline import Redactor, default_redactor


@pytest.fixture(scope="session")
def redactor() -> Redactor:
    return default_redactor()


@pytest.fixture(scope="session")
def redact(redactor: Redactor) -> Callable[[str], Redaction]:
    return lambda words: redactor.redact(RawText(words))


@pytest.fixture(scope="session")
def neutral(redact: Callable[[str], Redaction]) -> Callable[[str], str]:
    return lambda words: redact(words).text
