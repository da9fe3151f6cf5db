"""What is typed to fetch what an applicant disclosed, and to see what was fetched."""

from pathlib import Path
from typing import Any

from models.people import Role

INVESTIGATOR = {"role": Role.INVESTIGATOR}
MANAGER = {"role": Role.HIRING_MANAGER}


def test_fetching_needs_a_contact_and_an_investigator(
    typed: Any, prepared: Any, tmp_path: Path, monkeypatch: Any
) -> None:
    """This applicant disclosed no account that a connector knows: nothing is asked of anybody."""
    case, folder = prepared.disclosed(), tmp_path / "fetched"
    typed("case", "fetch", case, folder, **INVESTIGATOR).refused("settings", exit_code=4)
    contact = {"fetch_contact": "mailto:records@agency.example"}
    settings = prepared.services.settings.model_copy(update=contact)
    monkeypatch.setattr(prepared.services, "settings", settings)
    typed("case", "fetch", case, folder, **MANAGER).refused("not-permitted")
    done = typed("case", "fetch", case, folder, "--json", **INVESTIGATOR).json
    assert (done["recordings"], done["requests"], done["stopped"]) == (0, 0, [])
    typed("case", "fetches", case, **MANAGER).refused("E-S10-RAW-ACCESS")
    assert typed("case", "fetches", case, "--json", **INVESTIGATOR).json == []
