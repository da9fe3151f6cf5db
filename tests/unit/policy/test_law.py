"""The tables of the law are whole, typed, and agree with the vocabulary."""

from pathlib import Path

import pytest

from models.errors import PolicyError
from models.protected import ProtectedClass, Tier, tier_of
from models.retention import Confidence
from policy.law import (
    Answer,
    LegalParam,
    PasswordLaw,
    ProtectedClassRow,
    legal_param,
    legal_params,
    password_laws,
    protected_classes,
    read_rows,
)


def test_the_table_and_the_vocabulary_name_the_same_classes_and_tiers() -> None:
    rows = protected_classes()
    assert set(rows) == set(ProtectedClass)
    assert {item: row.tier for item, row in rows.items()} == {
        item: tier_of(item) for item in ProtectedClass
    }
    assert Tier.TARGET not in {row.tier for row in rows.values()}


def test_every_parameter_has_a_citation_a_rule_and_a_confidence() -> None:
    assert len(legal_params()) > 80
    for row in legal_params().values():
        assert row.citation
        assert row.rule
        assert row.confidence


def test_an_unknown_row_is_an_error_that_names_it() -> None:
    assert legal_param("REC-02").value == "2"
    with pytest.raises(PolicyError, match="REC-99"):
        legal_param("REC-99")


@pytest.mark.parametrize(
    ("row", "known"),
    [
        ("REC-01", Confidence.VERIFIED),
        ("REC-07", Confidence.FROM_MEMORY),
        ("FCRA-14", Confidence.FROM_MEMORY),
        ("FCRA-18", Confidence.FROM_MEMORY),
        ("EEO-07", Confidence.FROM_MEMORY),
        ("AI-01", Confidence.VERIFIED),
    ],
)
def test_a_row_is_verified_only_as_a_whole(row: str, known: Confidence) -> None:
    assert legal_param(row).known is known


def test_password_laws_answer_yes_no_or_unknown() -> None:
    laws = password_laws()
    assert laws["NY"].says("shoulder_surf_barred") is Answer.YES
    assert laws["NY"].says("forced_friend_barred") is Answer.NO
    assert laws["AR"].says("shoulder_surf_barred") is Answer.UNKNOWN
    assert laws["CA"].says("public_employers_covered") is Answer.UNKNOWN
    assert all(law.says("credentials_barred") is Answer.YES for law in laws.values())
    assert "TX" not in laws


@pytest.mark.parametrize(
    ("kind", "text", "line"),
    [
        (PasswordLaw, "state,citation\nCA,x\n", 1),
        (LegalParam, "", 1),
        (
            ProtectedClassRow,
            "class_id,label,tier,jurisdictions,citation,self_reference_cues,confidence,source\n"
            "race,r,T1,a,b,c,V,L\nshoe-size,r,T1,a,b,c,V,L\n",
            3,
        ),
        (
            ProtectedClassRow,
            "class_id,label,tier,jurisdictions,citation,self_reference_cues,confidence,source\n"
            "race,r,T9,a,b,c,V,L\n",
            2,
        ),
    ],
)
def test_a_row_that_breaks_a_rule_is_told_with_its_line(
    tmp_path: Path, kind: type[PasswordLaw], text: str, line: int
) -> None:
    path = tmp_path / "law.csv"
    path.write_text(text)
    with pytest.raises(PolicyError) as refused:
        read_rows(path, kind)
    assert (refused.value.file, refused.value.line) == ("law.csv", line)
