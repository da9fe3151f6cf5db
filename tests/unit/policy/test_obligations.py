"""N2b, N3, S5: the law of a place as duties, with its rows; what no row allows is forbidden."""

from datetime import date
from typing import Any

import pytest

from models.errors import PolicyError
from models.obligations import MUST_BE_ALLOWED, Circumstances, Mandate, Matter
from models.requisition import EmployerType, NoticeStage, VettingMode
from models.retention import Confidence
from policy.law import legal_params, password_laws
from policy.obligations import law_obligations, obligations, read_obligations, ruling

TODAY = date(2026, 11, 21)


def here(jurisdiction: str, **changes: Any) -> Circumstances:
    fields = {
        "jurisdiction": jurisdiction,
        "employer": EmployerType.PRIVATE,
        "mode": VettingMode.IN_HOUSE,
        "stage": NoticeStage.CONDITIONAL_OFFER,
        "on": TODAY,
    }
    return Circumstances(**(fields | changes))


def rows(to: Circumstances) -> set[str]:
    return {one.row for one in obligations(to)}


def test_every_obligation_stands_in_the_table_of_the_law() -> None:
    for one in law_obligations():
        assert one.row in legal_params()
        assert one.effective is None or one.effective_known is not None


@pytest.mark.parametrize(
    ("row", "place", "before", "after"),
    [
        ("AI-04", here("US-IL"), date(2025, 12, 31), date(2026, 1, 1)),
        ("AI-05", here("US-CO"), date(2026, 12, 31), date(2027, 1, 1)),
        ("AI-06", here("FR"), date(2027, 12, 1), date(2027, 12, 2)),
        ("AI-08", here("US-CA"), date(2025, 9, 30), date(2025, 10, 1)),
        (
            "POL-01",
            here("US-CA", employer=EmployerType.LAW_ENFORCEMENT),
            date(2023, 6, 30),
            date(2023, 7, 1),
        ),
    ],
)
def test_a_law_binds_from_its_first_day(
    row: str, place: Circumstances, before: date, after: date
) -> None:
    assert row not in rows(place.model_copy(update={"on": before}))
    assert row in rows(place.model_copy(update={"on": after}))
    year = str(after.year)
    assert year in legal_params()[row].value or year in legal_params()[row].citation


def test_a_state_s_law_binds_in_no_other_state() -> None:
    assert "EEO-18" in rows(here("US-NY"))
    assert "EEO-18" not in rows(here("US-CA"))


def test_the_vendor_s_rows_do_not_bind_an_employer_that_looks_itself() -> None:
    assert "FCRA-01" in rows(here("US-TX", mode=VettingMode.VENDOR))
    assert "FCRA-01" not in rows(here("US-TX"))


def test_a_stage_opens_what_was_barred_before_it() -> None:
    early = here("US-CA", stage=NoticeStage.APPLICATION)
    assert not ruling(Matter.CRIMINAL_HISTORY, early).allowed
    assert ruling(Matter.CRIMINAL_HISTORY, here("US-CA")).allowed
    exempt = here("US-CA", stage=NoticeStage.APPLICATION, employer=EmployerType.LAW_ENFORCEMENT)
    assert ruling(Matter.CRIMINAL_HISTORY, exempt).allowed


@pytest.mark.parametrize("matter", sorted(MUST_BE_ALLOWED))
def test_where_nobody_wrote_the_law_down_nothing_is_allowed(matter: Matter) -> None:
    found = ruling(matter, here("JP"))
    assert not found.allowed
    assert found.rows[0].unknown
    assert found.rows[0].row.endswith(":JP")


def test_an_exception_for_the_police_opens_what_the_law_bars_for_others() -> None:
    """New York's exception is verified; Delaware's is unknown, and Maryland has none."""
    police = {"employer": EmployerType.LAW_ENFORCEMENT}
    assert ruling(Matter.SUPERVISED_VIEWING, here("US-NY", **police)).allowed
    assert not ruling(Matter.SUPERVISED_VIEWING, here("US-NY")).allowed
    unknown = ruling(Matter.SUPERVISED_VIEWING, here("US-DE", **police))
    assert not unknown.allowed
    assert unknown.rows[0].row == "password_laws.csv:DE"
    assert not ruling(Matter.REFUSAL_CONSEQUENCE, here("US-MD", **police)).allowed


def test_counsel_may_settle_what_is_unknown_or_from_memory_but_not_what_is_known() -> None:
    police = {"employer": EmployerType.LAW_ENFORCEMENT}
    for state in ("DE", "AR"):
        row = frozenset({f"password_laws.csv:{state}"})
        assert not ruling(Matter.REFUSAL_CONSEQUENCE, here(f"US-{state}", **police)).allowed
        assert ruling(
            Matter.REFUSAL_CONSEQUENCE, here(f"US-{state}", **police), confirmed=row
        ).allowed
    known = ruling(
        Matter.REFUSAL_CONSEQUENCE, here("US-NY"), confirmed=frozenset({"password_laws.csv:NY"})
    )
    assert not known.allowed


def test_before_its_year_a_password_law_does_not_bind() -> None:
    assert ruling(Matter.SUPERVISED_VIEWING, here("US-NY", on=date(2023, 12, 31))).allowed
    assert not ruling(Matter.SUPERVISED_VIEWING, here("US-NY", on=date(2024, 1, 1))).allowed


@pytest.mark.parametrize("state", sorted(password_laws()))
@pytest.mark.parametrize("employer", list(EmployerType))
def test_every_password_law_answers_for_every_employer(state: str, employer: EmployerType) -> None:
    """A consequence is lawful only where the law is known not to bind this employer."""
    to = here(f"US-{state}", employer=employer)
    found = ruling(Matter.REFUSAL_CONSEQUENCE, to)
    law = password_laws()[state]
    if employer is EmployerType.PRIVATE:
        assert not found.allowed
    if found.allowed:
        public_free = law.public_employers_covered.startswith("n")
        police_free = employer is EmployerType.LAW_ENFORCEMENT and (
            law.law_enforcement_exception.startswith("y")
        )
        assert public_free or police_free
        assert all(one.confidence is Confidence.VERIFIED for one in found.rows)


def test_a_condition_binds_only_where_the_policy_names_the_row() -> None:
    to = here("US-NY")
    assert "AI-01" in rows(to)
    assert ruling(Matter.NOTICE, to).mandate is None
    named = ruling(Matter.NOTICE, to, confirmed=frozenset({"AI-01"}))
    assert named.mandate is Mandate.REQUIRED


def test_a_row_that_the_law_s_table_lacks_is_refused_with_its_line(tmp_path: Any) -> None:
    file = tmp_path / "obligations.toml"
    file.write_text('[[obligation]]\nrow = "FCRA-99"\nmatter = "notice"\n')
    with pytest.raises(PolicyError) as refused:
        read_obligations(file)
    assert (refused.value.line, "FCRA-99" in str(refused.value)) == (2, True)
