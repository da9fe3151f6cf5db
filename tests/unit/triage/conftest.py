"""A triage of the built-in California pack, built once."""

import tomllib
from pathlib import Path

import pytest

from models.criteria import CriteriaPack
from triage.engine import Triage

PACK = Path(__file__).parents[3] / "policy" / "packs" / "criteria" / "ca-post-2024.toml"


@pytest.fixture(scope="session")
def pack() -> CriteriaPack:
    return CriteriaPack(**tomllib.loads(PACK.read_text("utf-8")))


@pytest.fixture(scope="session")
def triage(pack: CriteriaPack) -> Triage:
    return Triage(pack)
