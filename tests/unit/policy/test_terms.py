"""An agency's lists are checked row by row, and a fault names its line and nothing else."""

from pathlib import Path

import pytest

from models.errors import PolicyError
from models.protected import ProtectedClass
from models.redaction import Mention
from models.requisition import Policy
from models.terms import OperatorTerm
from policy.digest import sha256_of_value
from policy.requisition import load_policy, load_policy_file, load_requisition_file
from policy.terms import load_terms

PACKS = Path(__file__).parents[3] / "policy" / "packs" / "policies"

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
    assert sha256_of_value(one) == sha256_of_value(again)
    assert sha256_of_value(one) != sha256_of_value(other)


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


CLASS = """\
[[classes]]
id = "hair-texture"
title = "Hair texture and style"
treated_as = "race"
terms = ["locs", "box braids"]
"""


def test_a_class_of_the_agencys_own_gives_its_terms_under_its_id(tmp_path: Path) -> None:
    lists = load_terms(written(tmp_path, CLASS))
    found = [(row.term, row.protected_class, row.rule) for row in lists.every_term()]
    assert found == [
        ("locs", ProtectedClass.RACE, "hair-texture"),
        ("box braids", ProtectedClass.RACE, "hair-texture"),
    ]


@pytest.mark.parametrize(
    ("text", "line", "rule"),
    [
        (CLASS.replace('"race"', '"zodiac"'), 4, "treated_as"),
        (CLASS.replace('["locs", "box braids"]', "[]"), 5, "terms"),
        (CLASS.replace('"locs"', '"!!"'), 5, "letter"),
        (CLASS + CLASS, 6, "second time"),
        ('[[exceptions]]\nphrase = "barred"\n', 2, "protected term"),
    ],
)
def test_faults_of_classes_and_barred_exceptions_name_their_line(
    tmp_path: Path, text: str, line: int, rule: str
) -> None:
    with pytest.raises(PolicyError) as caught:
        load_terms(written(tmp_path, text), barred=lambda phrase: phrase == "barred")
    assert (caught.value.file, caught.value.line) == ("terms.toml", line)
    assert rule in str(caught.value)


def pack(folder: Path, lists: str) -> Path:
    """Write a policy pack with lists, beside a requisition that uses it."""
    base = (PACKS / "us-private.toml").read_text("utf-8")
    head, retention = base.split("[[retention]]", 1)
    (folder / "pack.toml").write_text(f"{head}\n{lists}\n[[retention]]{retention}", "utf-8")
    return folder / "pack.toml"


def requisition(folder: Path, policy: str) -> Path:
    path = folder / "requisition.toml"
    path.write_text(f'title = "Clerk"\ncriteria = "ca-post-2024"\n{policy}', "utf-8")
    return path


def test_a_policy_pack_holds_its_lists_or_names_their_file(tmp_path: Path) -> None:
    written(tmp_path, GOOD)
    by_name = load_policy_file(pack(tmp_path, 'lists = "terms.toml"')).lists
    inside = load_policy_file(pack(tmp_path, GOOD.replace("[[", "[[lists."))).lists
    assert by_name == inside == load_terms(tmp_path / "terms.toml")


def test_a_requisitions_lists_join_those_of_its_pack(tmp_path: Path) -> None:
    """A pack's terms are the agency's word: a requisition adds, and takes none away."""
    written(tmp_path, GOOD)
    pack(tmp_path, 'lists = "terms.toml"')
    rows = '[[policy.lists.terms]]\nterm = "Quarry End"\nclass = "ethnicity"\n'
    path = requisition(tmp_path, f'[policy]\npack = "pack.toml"\n{rows}')
    lists = load_requisition_file(path).policy.lists
    assert lists is not None
    assert [row.term for row in lists.terms] == [
        "Tri-County Islamic Center",
        "Hillsider",
        "Quarry End",
    ]
    assert len(lists.patterns) == 1


def test_a_fault_in_a_list_names_the_file_it_stands_in(tmp_path: Path) -> None:
    written(tmp_path, '[[terms]]\nterm = "x y"\nclass = "zodiac"\n')
    with pytest.raises(PolicyError) as caught:
        load_policy_file(pack(tmp_path, 'lists = "terms.toml"'))
    assert (caught.value.file, caught.value.line) == ("terms.toml", 3)
    path = requisition(
        tmp_path,
        '[policy]\npack = "us-private"\n[[policy.lists.patterns]]\nregex = "(a"\n'
        'class = "race"\nrule = "r"\n',
    )
    with pytest.raises(PolicyError) as caught:
        load_requisition_file(path)
    assert (caught.value.file, caught.value.line) == ("requisition.toml", 6)
    assert "not a pattern" in str(caught.value)


@pytest.mark.parametrize("lists", ["lists = 3", 'lists = "missing.toml"', "[lists]\nwords = 1"])
def test_lists_that_are_none_are_refused(tmp_path: Path, lists: str) -> None:
    with pytest.raises(PolicyError):
        load_policy_file(pack(tmp_path, lists))


def test_the_digest_covers_the_lists_and_leaves_policies_without_any_as_they_were(
    tmp_path: Path,
) -> None:
    """A requisition that was opened before lists were part of policies still opens."""
    written(tmp_path, GOOD)
    bare = load_policy("us-private")
    with_lists = load_policy_file(pack(tmp_path, 'lists = "terms.toml"'))
    assert sha256_of_value(with_lists) != sha256_of_value(bare)
    before = {name: value for name, value in bare if name not in type(bare).added_later}
    assert sha256_of_value(before) == sha256_of_value(bare)
    one_more = OperatorTerm(term="Quarry End", protected_class=ProtectedClass.RACE)
    assert with_lists.lists is not None
    changed = with_lists.lists.model_copy(update={"terms": (one_more,)})
    again = with_lists.model_copy(update={"lists": changed})
    assert sha256_of_value(again) != sha256_of_value(with_lists)


def test_a_policy_with_lists_reads_back_as_it_was_written(tmp_path: Path) -> None:
    """Requisitions are kept as JSON."""
    written(tmp_path, GOOD + CLASS)
    policy = load_policy_file(pack(tmp_path, 'lists = "terms.toml"'))
    assert Policy.model_validate_json(policy.model_dump_json()) == policy
