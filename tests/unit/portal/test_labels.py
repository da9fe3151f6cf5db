"""Whatever a page may have to name has a name."""

import inspect
from enum import StrEnum
from types import ModuleType

import pytest

from models import criteria, decision, finding, rebuttal
from portal.labels import TABLES


def _closed_sets(module: ModuleType) -> list[type[StrEnum]]:
    return [
        member
        for _, member in inspect.getmembers(module, inspect.isclass)
        if issubclass(member, StrEnum) and member.__module__ == module.__name__
    ]


CLOSED_SETS = [
    item for module in (criteria, decision, finding, rebuttal) for item in _closed_sets(module)
]


def test_each_closed_set_has_a_table() -> None:
    """A new set of codes is not shown raw."""
    assert set(TABLES) == set(CLOSED_SETS)
    assert len(CLOSED_SETS) >= 6


@pytest.mark.parametrize("codes", CLOSED_SETS, ids=lambda item: item.__name__)
def test_each_code_has_a_label(codes: type[StrEnum]) -> None:
    """A new code breaks this test, not a page."""
    assert list(TABLES[codes]) == list(codes)


@pytest.mark.parametrize("codes", CLOSED_SETS, ids=lambda item: item.__name__)
def test_labels_are_plain_and_differ(codes: type[StrEnum]) -> None:
    """Two codes that read alike would be one to the reader; a code is not a label."""
    labels = TABLES[codes]
    assert len({label.name for label in labels.values()}) == len(labels)
    for code, label in labels.items():
        assert label.name != code.value
        assert not label.name[0].islower()
        assert label.note.endswith(".")
        assert not {"he", "she", "his", "her"} & set(label.note.lower().split())
