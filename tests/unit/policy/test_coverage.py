"""Every row of the law's three tables works: it is compiled, or says why there is nothing to do."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from models.counsel import RequestKind
from models.counsel_rules import CounselRules
from models.law_rules import LawRules
from models.obligations import Mandate, Matter
from models.protected import ProtectedClass
from models.requisition import EmployerType, NoticeStage, VettingMode
from models.retention import Confidence
from policy import coverage
from policy.coverage import Compiled, compiled, information, uncompiled
from policy.criteria import load_pack
from policy.law import legal_params, password_laws, protected_classes
from policy.notices import warns_of_genetic
from policy.obligations import Circumstances, law_obligations, obligations, ruling
from policy.packs import PackKind, list_packs
from policy.request_clocks import allowed_for
from policy.requisition import load_policy

TODAY = date(2026, 11, 21)
OTHER = {
    row: kinds for row, kinds in compiled().items() if not row.startswith(("password", "protected"))
}


def here(jurisdiction: str, **changes: Any) -> Circumstances:
    fields = {
        "jurisdiction": jurisdiction,
        "employer": EmployerType.PRIVATE,
        "mode": VettingMode.IN_HOUSE,
        "stage": NoticeStage.CONDITIONAL_OFFER,
        "on": TODAY,
    }
    return Circumstances(**(fields | changes))


def test_no_row_is_law_that_no_step_knows_of() -> None:
    """The three tables; a new row fails here until somebody compiles it or says why not."""
    assert uncompiled() == ()
    assert set(OTHER) == set(legal_params())
    assert len(compiled()) == len(legal_params()) + len(password_laws()) + len(protected_classes())


def test_a_row_that_nobody_compiled_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    more = legal_params() | {"EEO-99": legal_params()["EEO-01"].model_copy(update={"id": "EEO-99"})}
    monkeypatch.setattr(coverage, "legal_params", lambda: more)
    assert uncompiled() == ("EEO-99",)


def test_what_is_information_only_says_why_and_is_compiled_to_nothing_else() -> None:
    """AI-03, EEO-23, EU-09, POL-13, REC-06."""
    rows = {one.row for one in information()}
    assert rows == {"AI-03", "EEO-23", "EU-09", "POL-13", "REC-06"}
    assert all(compiled()[row] == {Compiled.INFORMATION} for row in rows)


@pytest.mark.parametrize("state", sorted(password_laws()))
def test_every_state_with_a_password_law_is_answered_by_its_row(state: str) -> None:
    found = {
        one.matter for one in obligations(here(f"US-{state}")) if one.row.endswith(f":{state}")
    }
    asked = {Matter.CREDENTIALS, Matter.SUPERVISED_VIEWING, Matter.FRIEND_REQUEST}
    assert found >= asked | {Matter.REFUSAL_CONSEQUENCE}


@pytest.mark.parametrize("class_id", list(ProtectedClass))
def test_every_class_is_withheld_by_its_row(class_id: ProtectedClass) -> None:
    rows = {one.row: one.mandate for one in obligations(here("JP"))}
    assert rows[f"protected_classes.csv:{class_id}"] is Mandate.FORBIDDEN


@pytest.mark.parametrize(
    ("row", "matter", "mandate", "where", "elsewhere"),
    [
        ("EEO-01", Matter.PROTECTED_CLASS, Mandate.FORBIDDEN, here("US"), here("GB")),
        ("EEO-02", Matter.PROTECTED_CLASS, Mandate.FORBIDDEN, here("US-TX"), here("FR")),
        (
            "EEO-03",
            Matter.PROTECTED_CLASS,
            Mandate.FORBIDDEN,
            here("US", employer=EmployerType.LAW_ENFORCEMENT),
            here("US"),
        ),
        ("EEO-07", Matter.GENETIC, Mandate.REQUIRED, here("US"), here("CA")),
        ("EEO-09", Matter.REQUEST_WARNING, Mandate.REQUIRED, here("US"), here("GB")),
        ("EEO-11", Matter.AUTOMATED_STEPS, Mandate.REQUIRED, here("US"), here("GB")),
        (
            "EEO-12",
            Matter.AUTOMATED_STEPS,
            Mandate.REQUIRED,
            here("US"),
            here("US", on=date(2025, 9, 29)),
        ),
        ("EEO-13", Matter.PROTECTED_CLASS, Mandate.FORBIDDEN, here("US"), here("GB")),
        ("EEO-14", Matter.PROTECTED_CLASS, Mandate.FORBIDDEN, here("US"), here("GB")),
        ("EEO-15", Matter.PROTECTED_CLASS, Mandate.FORBIDDEN, here("US"), here("GB")),
        ("UK-01", Matter.PROTECTED_CLASS, Mandate.FORBIDDEN, here("GB"), here("US")),
        ("AI-02", Matter.AUTOMATED_STEPS, Mandate.REQUIRED, here("US-NY"), here("US-CA")),
        ("AI-07", Matter.AUTOMATED_STEPS, Mandate.REQUIRED, here("FR"), here("US")),
        (
            "FCRA-11",
            Matter.DISPUTE,
            Mandate.REQUIRED,
            here("US", mode=VettingMode.VENDOR),
            here("US"),
        ),
        (
            "FCRA-14",
            Matter.LOOKBACK,
            Mandate.ALLOWED,
            here("US", mode=VettingMode.VENDOR),
            here("US"),
        ),
        (
            "FCRA-16",
            Matter.CONSUMER_REPORT,
            Mandate.REQUIRED,
            here("US", mode=VettingMode.VENDOR),
            here("US"),
        ),
        (
            "FCRA-19",
            Matter.MISCONDUCT_INQUIRY,
            Mandate.ALLOWED,
            here("US", mode=VettingMode.VENDOR),
            here("US"),
        ),
        ("DISP-01", Matter.DISPOSAL, Mandate.REQUIRED, here("US"), here("GB")),
        (
            "POL-10",
            Matter.CRITERIA,
            Mandate.REQUIRED,
            here("US", employer=EmployerType.PUBLIC),
            here("US"),
        ),
        (
            "POL-11",
            Matter.CRITERIA,
            Mandate.REQUIRED,
            here("US", employer=EmployerType.PUBLIC),
            here("US"),
        ),
        ("POL-12", Matter.PUBLIC_CONTENT, Mandate.REQUIRED, here("US"), here("CA")),
    ],
)
def test_each_row_is_a_duty_where_it_binds_and_nowhere_else(
    row: str, matter: Matter, mandate: Mandate, where: Circumstances, elsewhere: Circumstances
) -> None:
    assert (row, matter, mandate) in {
        (one.row, one.matter, one.mandate) for one in obligations(where)
    }
    assert row not in {one.row for one in obligations(elsewhere)}


def test_a_row_with_a_condition_settles_nothing_for_others() -> None:
    """POL-12 names passwords, and still nobody knows what `US` without a state says of them."""
    for matter in (Matter.CREDENTIALS, Matter.SUPERVISED_VIEWING, Matter.FRIEND_REQUEST):
        assert not ruling(matter, here("US")).allowed


def test_a_federal_clearance_bars_what_the_state_would_allow() -> None:
    """POL-12: no passwords, no friend requests, public content only."""
    police = here("US-NY", employer=EmployerType.LAW_ENFORCEMENT)
    assert ruling(Matter.SUPERVISED_VIEWING, police).allowed
    named = frozenset({"POL-12"})
    for matter in (Matter.SUPERVISED_VIEWING, Matter.FRIEND_REQUEST, Matter.CONTACT_OF_FRIENDS):
        assert not ruling(matter, police, confirmed=named).allowed


def test_a_row_names_only_classes_that_are_withheld() -> None:
    named = {one for row in law_obligations() for one in row.classes}
    assert named <= set(protected_classes())
    assert {"age40", "citizenship", "military", "bankruptcy", "gender-reassign"} <= named


def test_the_factors_of_2008_are_a_pack_whose_criteria_name_them() -> None:
    """POL-10, POL-11: six of the eight can be seen in public; two have no criterion."""
    pack = load_pack("us-5cfr731-2008")
    assert {one.dimension.split(":")[0] for one in pack.criteria} <= {
        f"Factor {number}" for number in (1, 2, 3, 6)
    }
    assert not {"Factor 4", "Factor 8"} & {one.split(":")[0] for one in pack.dimensions}
    text = legal_params()["POL-10"].value
    assert all(f"{number} " in text for number in (1, 2, 3, 6))


@pytest.mark.parametrize("entry", list_packs(PackKind.POLICY), ids=lambda entry: entry.id)
def test_every_policy_that_comes_along_asks_for_no_genetic_information(entry: Any) -> None:
    """EEO-09: the warning stands in the notice, before anything is asked."""
    assert warns_of_genetic(load_policy(entry.id).notice_text, "en")
    assert not warns_of_genetic("Tell us everything.", "en")
    assert not warns_of_genetic("Dites-nous tout.", "fr")


def test_confidence_of_a_new_row_is_its_table_s() -> None:
    found = {one.row: one.confidence for one in obligations(here("US"))}
    assert found["EEO-01"] is Confidence.FROM_MEMORY
    assert found["EEO-02"] is Confidence.VERIFIED


def test_a_time_that_no_row_sets_is_called_unknown_and_the_policy_states_it() -> None:
    """No row has California's 45 and 45 days for access, nor anybody's days to tell of a breach."""
    found = {one.row: one for one in obligations(here("US-CA"))}
    for row, matter in (
        ("legal_params.csv:US-CA:requests", Matter.DATA_RIGHTS),
        ("legal_params.csv:US-CA:breach", Matter.BREACH_NOTICE),
    ):
        assert found[row].unknown
        assert found[row].matter is matter
        assert "Unknown" in found[row].says
    assert ruling(Matter.DATA_RIGHTS, here("US-CA")).mandate is Mandate.REQUIRED
    assert "legal_params.csv:FR:requests" not in {one.row for one in obligations(here("FR"))}
    policy = load_policy("us-private").model_copy(update={"jurisdiction": "US-CA"})
    since = datetime(2026, 9, 1, tzinfo=UTC)
    cautious = allowed_for(RequestKind.ACCESS, policy, since)
    assert cautious.missing == "legal_params.csv:US-CA:requests"
    assert cautious.longer is None
    stated = policy.model_copy(
        update={
            "counsel": CounselRules(request_days=45),
            "law": LawRules(request_extension_days=45),
        }
    )
    told = allowed_for(RequestKind.ACCESS, stated, since)
    assert told.due == since + timedelta(days=45)
    assert told.longer == since + timedelta(days=90)
