"""Policy, criteria and requisition files: what is wrong is told with file, line and rule."""

from pathlib import Path

import pytest

from models.criteria import CriteriaPack
from models.errors import PolicyError
from models.requisition import EmployerType, Policy
from models.retention import Clock, Confidence
from policy.criteria import load_pack, load_pack_file
from policy.packs import PackKind, list_packs
from policy.requisition import load_policy, load_policy_file, load_requisition_file

REQUISITION = """# a position
title = "Dispatcher"
criteria = "ca-post-2024"

[policy]
pack = "us-private"
lookback_years = 3   # shorter than the pack's
"""

CRITERIA = '''
id = "own"
version = "1"
title = "Own"
citation = """
two
lines"""
dimensions = ["integrity"]

[[criteria]]
code = "threats"
dimension = "integrity"
text = "t"
job_relevance = "j"
lookback_years = 7
conduct = ["threatens-violence"]

[[criteria]]
code = "lies"
dimension = "integrity"
text = "t"
job_relevance = "j"
lookback_years = 7
conduct = ["deceives"]
'''


def policy_text() -> str:
    return (Path(__file__).parents[3] / "policy/packs/policies/us-private.toml").read_text()


def refused(path: Path) -> PolicyError:
    with pytest.raises(PolicyError) as found:
        load_requisition_file(path)
    return found.value


def test_a_requisition_takes_its_packs_and_changes_the_policy(tmp_path: Path) -> None:
    path = tmp_path / "requisition.toml"
    path.write_text(REQUISITION)
    draft = load_requisition_file(path)
    assert draft.title == "Dispatcher"
    assert draft.criteria == load_pack("ca-post-2024")
    assert draft.policy.lookback_years == 3
    assert draft.policy.model_copy(update={"lookback_years": 7}) == load_policy("us-private")


def test_a_policy_may_be_taken_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "r.toml"
    path.write_text('title = "t"\ncriteria = "ca-post-2024"\npolicy = "us-private"\n')
    assert load_requisition_file(path).policy == load_policy("us-private")


@pytest.mark.parametrize("form", ['policy = "own.toml"', '[policy]\npack = "own.toml"'])
def test_own_files_lie_beside_the_requisition(tmp_path: Path, form: str) -> None:
    (tmp_path / "own.toml").write_text(policy_text().replace('"us-private"', '"own-policy"'))
    (tmp_path / "crit").mkdir()
    (tmp_path / "crit" / "own.toml").write_text(CRITERIA)
    path = tmp_path / "r.toml"
    path.write_text(f'title = "t"\ncriteria = "crit/own.toml"\n{form}\n')
    draft = load_requisition_file(path)
    assert draft.policy.id == "own-policy"
    assert draft.criteria.id == "own"


def test_own_retention_rules_add_to_the_packs(tmp_path: Path) -> None:
    path = tmp_path / "r.toml"
    path.write_text(
        REQUISITION
        + '[[policy.retention]]\nid = "REC-01"\nclock = "keep-until"\nperiod = "3 years"\n'
    )
    rules = {rule.id: rule for rule in load_requisition_file(path).policy.retention}
    assert rules["REC-01"].period == "3 years"
    assert rules["REC-01"].citation == "29 CFR 1602.14"
    assert set(rules) == {rule.id for rule in load_policy("us-private").retention}


@pytest.mark.parametrize(
    ("old", "new", "line", "rule"),
    [
        pytest.param('"Dispatcher"', "Dispatcher", 2, "not TOML", id="no TOML"),
        pytest.param("[policy]", "[policy", 5, "not TOML", id="no table"),
        pytest.param('"Dispatcher"', '" "', 2, "title: empty", id="title empty"),
        pytest.param('"Dispatcher"', "7", 2, "title: not a text", id="title no text"),
        pytest.param('title = "Dispatcher"', "", 1, "title: missing", id="title missing"),
        pytest.param("title =", "tilte =", 2, "tilte: a key", id="unknown key"),
        pytest.param('"ca-post-2024"', '"nope"', 3, "there is no pack 'nope'", id="no such pack"),
        pytest.param('"ca-post-2024"', '"../x"', 3, "there is no pack", id="pack outside"),
        pytest.param('"us-private"', '"nope"', 6, "there is no pack 'nope'", id="no such policy"),
        pytest.param('pack = "us-private"', "", 5, "pack: missing", id="pack missing"),
        pytest.param("= 3 ", "= 99 ", 7, "lookback_years", id="value out of range"),
        pytest.param("= 3 ", '= "3" # ', None, "", id="value as text"),
        pytest.param("lookback_years", "lokback", 7, "lokback: a key", id="unknown field"),
        pytest.param("lookback_years = 3", 'id = "x"', 7, "belongs to the pack", id="id"),
        pytest.param(
            "lookback_years = 3",
            'consent_items = [\n  "archive",\n  "telepathy",\n]',
            7,
            "consent_items",
            id="list over lines",
        ),
        pytest.param(
            "lookback_years = 3",
            '\n# x\n[[policy.retention]]\nid = "REC-01"\nclock = "keep-until"\nperiod = "2 months"',
            12,
            "REC-01 is shorter than its law, 1 year",
            id="shorter than the law",
        ),
        pytest.param(
            "lookback_years = 3",
            '[[policy.retention]]\nid = "REC-01"\nclock = "keep-until"\nperiod = "9 weeks"',
            10,
            "period",
            id="no period",
        ),
        pytest.param(
            "lookback_years = 3",
            '[[policy.retention]]\nid = "OWN-1"\nclock = "destroy-by"\nperiod = "9 years"',
            7,
            "no row of legal_params.csv",
            id="own rule without citation",
        ),
        pytest.param(
            "lookback_years = 3",
            '[[policy.retention]]\nid = "OWN-1"\ncitation="c"\nclock = "destroy-by"\n'
            'period = "99999999999 years"',
            11,
            "calendar",
            id="no end",
        ),
        pytest.param(
            "lookback_years = 3",
            '[[policy.retention]]\nid = "REC-01"\nclock = "keep-until"\nperiod = "1 years"\n'
            '[[policy.retention]]\nid = "REC-01"\nclock = "keep-until"\nperiod = "2 years"',
            12,
            "given twice",
            id="rule twice",
        ),
    ],
)
def test_a_fault_is_told_with_its_line_and_rule(
    tmp_path: Path, old: str, new: str, line: int | None, rule: str
) -> None:
    path = tmp_path / "requisition.toml"
    assert old in REQUISITION
    path.write_text(REQUISITION.replace(old, new, 1))
    if line is None:
        assert load_requisition_file(path).policy.lookback_years == 3
        return
    error = refused(path)
    assert error.file == "requisition.toml"
    assert error.line == line
    assert rule in error.fault
    assert str(tmp_path) not in str(error)


@pytest.mark.parametrize(
    ("old", "new", "line"),
    [
        ('"threats"', '"Threats!"', 11),
        ('"lies"', '"threats"', 1),
        ('["deceives"]', '["daydreams"]', 24),
        ('dimension = "integrity"\ntext = "t"', 'dimension = "x"\ntext = "t"', 1),
        ("version =", "versoin =", 3),
        ("lookback_years = 7", "lookback_years = 0", 15),
        ('id = "own"', 'id = "other"', 2),
        ('title = "Own"', "", 1),
    ],
)
def test_a_fault_in_a_pack_is_told_with_its_line(
    tmp_path: Path, old: str, new: str, line: int
) -> None:
    assert old in CRITERIA
    path = tmp_path / "own.toml"
    path.write_text(CRITERIA.replace(old, new, 1))
    with pytest.raises(PolicyError) as found:
        load_pack_file(path)
    assert (found.value.file, found.value.line) == ("own.toml", line)


@pytest.mark.parametrize("body", [b"\xff", b"x = 1 # " + b"x" * (1 << 20)])
def test_a_file_that_is_no_text_is_refused(tmp_path: Path, body: bytes) -> None:
    (tmp_path / "r.toml").write_bytes(body)
    assert refused(tmp_path / "r.toml").file == "r.toml"


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    assert refused(tmp_path / "r.toml").fault == "the file cannot be read"


def test_every_pack_that_ships_loads() -> None:
    policies = [load_policy(entry.id) for entry in list_packs(PackKind.POLICY)]
    packs = [load_pack(entry.id) for entry in list_packs(PackKind.CRITERIA)]
    assert {policy.id for policy in policies} >= {"us-private", "us-ca-law-enforcement"}
    assert all(isinstance(pack, CriteriaPack) for pack in packs)
    assert packs
    for policy in policies:
        assert isinstance(policy, Policy)
        assert (policy.lookback_years, policy.consent_valid_days) == (7, 180)
        assert (policy.rebuttal_business_days, policy.pre_adverse_business_days) == (5, 5)
        assert (policy.quote_run_max, policy.excerpt_words_max) == (12, 40)
        assert policy.notice_text.strip()
        assert policy.consequence_text.strip()


def test_a_rule_takes_citation_and_confidence_from_its_row() -> None:
    rules = {rule.id: rule for rule in load_policy("us-ca-law-enforcement").retention}
    assert rules["REC-02"].citation == "29 CFR 1602.31"
    assert rules["REC-02"].clock is Clock.KEEP_UNTIL
    assert rules["REC-07"].confidence is Confidence.FROM_MEMORY


def test_the_two_policies_are_for_different_employers(tmp_path: Path) -> None:
    path = tmp_path / "p.toml"
    path.write_text(policy_text())
    assert load_policy_file(path).employer_type is EmployerType.PRIVATE
    assert load_policy("us-ca-law-enforcement").employer_type is EmployerType.LAW_ENFORCEMENT
