"""The law of a place compiled to duties: required, allowed or forbidden, each with its row.

What no row allows is forbidden, and the ruling names the row that is missing. A law binds from its
first day in force, so the same question has different answers on two sides of that day.
"""

from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

from models.errors import PolicyError
from models.obligations import MUST_BE_ALLOWED, Circumstances, Mandate, Matter, Obligation, Ruling
from models.protected import ProtectedClass
from models.requisition import EmployerType, NoticeStage, Policy, VettingMode
from models.retention import Confidence
from models.value import Value
from policy.law import legal_param, protected_classes
from policy.password_access import access_obligations
from policy.request_clocks import answered_here, missing_row
from policy.retention_law import law_rules, levels
from policy.toml_file import TomlFile

OBLIGATIONS_FILE: Final = Path(__file__).parent / "data" / "obligations.toml"


class LawObligation(Value):
    """One row of obligations.toml: what it asks, and in which circumstances."""

    matter: Matter
    mandate: Mandate
    row: str
    says: str
    jurisdictions: frozenset[str]
    employers: frozenset[EmployerType] = frozenset(EmployerType)
    modes: frozenset[VettingMode] = frozenset(VettingMode)
    stages: frozenset[NoticeStage] = frozenset(NoticeStage)
    condition: str = ""
    classes: frozenset[ProtectedClass] = frozenset()
    """The classes that the row protects: each is withheld, from everybody and everywhere."""
    confidence: Confidence
    effective: date | None = None
    effective_known: Confidence | None = None
    expires: date | None = None

    def applies(self, to: Circumstances) -> bool:
        """Say whether the row speaks of these circumstances, and is law on the day."""
        begun = self.effective is None or self.effective <= to.on
        ended = self.expires is not None and self.expires <= to.on
        here = bool(self.jurisdictions & set(levels(to.jurisdiction)))
        whom = to.employer in self.employers and to.mode in self.modes and to.stage in self.stages
        return begun and not ended and here and whom


def obligations(to: Circumstances) -> tuple[Obligation, ...]:
    """Return what the law asks in given circumstances, by matter; unknown law is named."""
    found = [_as_obligation(row) for row in law_obligations() if row.applies(to)]
    found += access_obligations(to)
    found += _records(to)
    found += _classes()
    found += [_missing(matter, to) for matter in sorted(MUST_BE_ALLOWED - _settled(found))]
    found += _clocks_unknown(to)
    order = list(Matter)
    mandates = list(Mandate)
    return tuple(
        sorted(
            found, key=lambda one: (order.index(one.matter), mandates.index(one.mandate), one.row)
        )
    )


def ruling(matter: Matter, to: Circumstances, *, confirmed: frozenset[str] = frozenset()) -> Ruling:
    """Return the answer on one matter, with the rows that decide it.

    `confirmed` names rows that the agency's counsel has confirmed: what is unknown, or known from
    memory alone, may be taken as allowed only by such a row. What the law forbids in a row that is
    known stays forbidden.
    """
    rows = [
        one
        for one in obligations(to)
        if one.matter is matter and (not one.condition or one.row in confirmed)
    ]
    barring = [one for one in rows if one.mandate is Mandate.FORBIDDEN and not one.unknown]
    open_rows = [one for one in rows if one.unknown and one.row not in confirmed]
    unknown = [one for one in open_rows if one.mandate is Mandate.FORBIDDEN]
    if barring or unknown:
        return Ruling(matter=matter, mandate=Mandate.FORBIDDEN, rows=tuple(barring or unknown))
    rows = [one for one in rows if not one.unknown or one.mandate is Mandate.REQUIRED]
    if matter in MUST_BE_ALLOWED and matter is not Matter.PUBLIC_CONTENT:
        doubtful = [
            one
            for one in rows
            if one.mandate is Mandate.ALLOWED
            and one.confidence is Confidence.FROM_MEMORY
            and one.row not in confirmed
        ]
        if doubtful and len(doubtful) == len(rows):
            return Ruling(matter=matter, mandate=Mandate.FORBIDDEN, rows=tuple(doubtful))
    required = tuple(one for one in rows if one.mandate is Mandate.REQUIRED)
    if required:
        return Ruling(matter=matter, mandate=Mandate.REQUIRED, rows=required)
    return Ruling(matter=matter, mandate=Mandate.ALLOWED if rows else None, rows=tuple(rows))


def circumstances_of(policy: Policy, on: date) -> Circumstances:
    """Return the circumstances that a policy is for, on a day."""
    return Circumstances(
        jurisdiction=policy.jurisdiction,
        employer=policy.employer_type,
        mode=policy.mode,
        stage=policy.notice_stage,
        on=on,
    )


@lru_cache(maxsize=1)
def law_obligations() -> tuple[LawObligation, ...]:
    """Return the rows that come with the product."""
    return read_obligations(OBLIGATIONS_FILE)


def read_obligations(path: Path) -> tuple[LawObligation, ...]:
    """Read a table of obligations. Raises `PolicyError` with the line of one that breaks a rule."""
    file = TomlFile(path)
    groups: dict[str, list[str]] = file.fields.get("groups", {})
    rows: Any = file.fields.get("obligation", [])
    return tuple(_row(file, row, groups, number) for number, row in enumerate(rows))


def _row(
    file: TomlFile, row: dict[str, Any], groups: dict[str, list[str]], at: int
) -> LawObligation:
    try:
        law = legal_param(str(row.get("row", "")))
    except PolicyError as unknown:
        raise file.fault(unknown.fault, "obligation", at, "row") from unknown
    places: list[str] = []
    for place in row.get("jurisdictions", []):
        places += groups.get(place, [place])
    fields = {"confidence": law.known} | row | {"jurisdictions": places}
    return file.model(LawObligation, fields, "obligation", at)


def _as_obligation(row: LawObligation) -> Obligation:
    return Obligation(
        matter=row.matter,
        mandate=row.mandate,
        row=row.row,
        says=row.says,
        citation=legal_param(row.row).citation,
        confidence=row.confidence,
        effective=row.effective,
        condition=row.condition,
    )


def _records(to: Circumstances) -> list[Obligation]:
    return [
        Obligation(
            matter=Matter.RECORDS,
            mandate=Mandate.REQUIRED,
            row=one.rule.id,
            says=f"{one.rule.clock} {one.rule.period}, from {one.starts}",
            citation=one.rule.citation,
            confidence=one.rule.confidence,
            effective=one.effective,
            condition=one.stated,
        )
        for one in law_rules()
        if one.in_force(to.on)
        and one.jurisdictions & set(levels(to.jurisdiction))
        and to.employer in one.employers
        and to.mode in one.modes
    ]


def _classes() -> list[Obligation]:
    """Every class is withheld everywhere: one that a place does not protect costs little."""
    return [
        Obligation(
            matter=Matter.PROTECTED_CLASS,
            mandate=Mandate.FORBIDDEN,
            row=f"protected_classes.csv:{row.class_id}",
            says=f"{row.label} ({row.tier}); protected in: {row.jurisdictions}",
            citation=row.citation,
            confidence=Confidence.FROM_MEMORY
            if "M" in row.confidence.replace("/", " ").split()
            else Confidence.VERIFIED,
        )
        for row in protected_classes().values()
    ]


def _settled(found: list[Obligation]) -> set[Matter]:
    """Return what some row answers for everybody: one with a condition may bind nobody here."""
    return {one.matter for one in found if not one.condition}


def _clocks_unknown(to: Circumstances) -> list[Obligation]:
    """Name the times that no row sets here: the policy states them, and counsel looks them up."""
    unknown = [(Matter.BREACH_NOTICE, "breach", "breach_notify_hours")]
    if not answered_here(to.jurisdiction):
        unknown.append((Matter.DATA_RIGHTS, "requests", "request_days"))
    return [
        Obligation(
            matter=matter,
            mandate=Mandate.REQUIRED,
            row=missing_row(to.jurisdiction, about),
            says=f"Unknown: no row says how soon. The policy states it (counsel.{key}).",
            citation="no row",
            confidence=Confidence.FROM_MEMORY,
            unknown=True,
        )
        for matter, about, key in unknown
    ]


def _missing(matter: Matter, to: Circumstances) -> Obligation:
    table = "legal_params.csv" if matter is Matter.PUBLIC_CONTENT else "password_laws.csv"
    return Obligation(
        matter=matter,
        mandate=Mandate.FORBIDDEN,
        row=f"{table}:{to.jurisdiction}",
        says="No row says what the law is here, so it is not allowed.",
        citation="no row",
        confidence=Confidence.FROM_MEMORY,
        unknown=True,
    )
