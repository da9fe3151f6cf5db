"""An agency's lists are checked row by row, and a fault names its line and nothing else."""

from pathlib import Path

import pytest

from models.errors import PolicyError
from models.protected import ProtectedClass
from models.redaction import Mention
from policy.terms import load_terms

GOOD = """\
[[terms]]
term = "Tri-County Islamic Center"
class = "religion"
mention = "place"
inflect = false

[[terms]]
term = "Hillsider"
class = "ethnicity"

[[exceptions]]
phrase = "Church Street"

[[patterns]]
regex = 'badge\\s+no\\.?\\s*\\d{4,6}'
class = "military"
rule = "badge-number"
"""


def written(folder: Path, text: str) -> Path:
    path = folder / "terms.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_file_gives_terms_exceptions_and_patterns(tmp_path: Path) -> None:
    lists = load_terms(written(tmp_path, GOOD))
    assert [row.term for row in lists.terms] == ["Tri-County Islamic Center", "Hillsider"]
    assert lists.terms[0].mention is Mention.PLACE
    assert lists.terms[1].inflect
    assert lists.exceptions[0].phrase == "Church Street"
    assert lists.patterns[0].protected_class is ProtectedClass.MILITARY


def test_equal_lists_have_equal_digests_however_written(tmp_path: Path) -> None:
    one = load_terms(written(tmp_path, GOOD))
    other = load_terms(written(tmp_path, "# a remark\n\n" + GOOD.replace("inflect = false\n", "")))
    again = load_terms(written(tmp_path, "# a remark\n\n" + GOOD))
    assert one.sha256 == again.sha256
    assert one.sha256 != other.sha256


@pytest.mark.parametrize(
    ("row", "line", "rule"),
    [
        ('[[terms]]\nterm = "x y"\nclass = "zodiac"\n', 3, "class"),
        ('[[terms]]\nterm = "x y"\n', 1, "class"),
        ('[[terms]]\nterm = "!!"\nclass = "race"\n', 2, "letter"),
        ('[[terms]]\nterm = " x y"\nclass = "race"\n', 2, "blank"),
        ('[[terms]]\nterm = "x y"\nclass = "race"\ncase = true\n', 4, "does not have"),
        ('[[patterns]]\nregex = "(a"\nclass = "race"\nrule = "r"\n', 2, "not a pattern"),
        ('[[patterns]]\nregex = "a*b*"\nclass = "race"\nrule = "r"\n', 2, "nothing"),
        ('[[patterns]]\nregex = "ab"\nclass = "race"\nrule = "Not An Id"\n', 4, "rule"),
        ('[[patterns]]\nregex = "ab"\nclass = "race"\n', 1, "rule"),
        ("[words]\na = 1\n", 1, "does not have"),
        ('terms = "race"\n', 1, "[[terms]]"),
    ],
)
def test_a_fault_names_its_line_and_rule(tmp_path: Path, row: str, line: int, rule: str) -> None:
    """Agencies write these by hand: a message without a line costs them an afternoon."""
    with pytest.raises(PolicyError) as caught:
        load_terms(written(tmp_path, row))
    assert caught.value.file == "terms.toml"
    assert caught.value.line == line
    assert rule in str(caught.value)


def test_a_row_twice_is_refused_at_the_second(tmp_path: Path) -> None:
    text = '[[terms]]\nterm = "Hillsider"\nclass = "race"\n' * 2
    with pytest.raises(PolicyError) as caught:
        load_terms(written(tmp_path, text))
    assert caught.value.line is not None
    assert caught.value.line > 3


def test_a_pattern_that_never_ends_is_refused(tmp_path: Path) -> None:
    """One such pattern would stop every case of the agency."""
    text = '[[patterns]]\nregex = \'(a|aa)+$\'\nclass = "race"\nrule = "slow"\n'
    with pytest.raises(PolicyError, match="backtracks without end"):
        load_terms(written(tmp_path, text))
