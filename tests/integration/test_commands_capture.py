"""What is typed to capture a page: the address on standard input, and who asks."""

from pathlib import Path
from typing import Any

import pytest

from models.people import Role

INVESTIGATOR = {"role": Role.INVESTIGATOR}
MANAGER = {"role": Role.HIRING_MANAGER}
PAGE = "https://rowan.example/posts"


def test_a_page_is_captured_for_who_may_and_under_reviewed_terms(
    typed: Any, prepared: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = prepared.disclosed()
    given = ("capture", "page", case, "--into", str(tmp_path))
    unnamed = typed(*given, stdin=PAGE, **INVESTIGATOR)
    assert unnamed.code == 4
    assert "WALLOFF_FETCH_CONTACT" in unnamed.err
    named = {"fetch_contact": "mailto:vetting@agency.example"}
    settings = prepared.services.settings.model_copy(update=named)
    monkeypatch.setattr(prepared.services, "settings", settings)
    assert typed(*given, stdin="", **INVESTIGATOR).code == 2
    typed(*given, stdin=PAGE, **MANAGER).refused("not-permitted")
    unreviewed = typed(*given, stdin=PAGE, **INVESTIGATOR)
    unreviewed.refused("E-I5-TOS-UNREVIEWED")
    assert "rowan" not in unreviewed.err
    typed(*given, stdin="file:///etc/passwd", **INVESTIGATOR).refused("fetch-refused")
    assert list(tmp_path.iterdir()) == []


def test_captured_pages_are_listed_to_who_may_see_them(typed: Any, prepared: Any) -> None:
    case = prepared.disclosed()
    assert typed("capture", "list", case, "--json", **INVESTIGATOR).json == []
    typed("capture", "list", case, **MANAGER).refused("E-S10-RAW-ACCESS")
