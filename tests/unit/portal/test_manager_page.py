"""The manager's page is a function of the package, tells what is in it and no more."""

import base64
import hashlib
import re
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.criteria import Conduct, Mitigator, Severity
from models.finding import Recency
from models.rebuttal import Claim
from models.release import Answer, ReleasedFinding, ReleasePackage
from models.text import WITHHELD, RedactedText
from portal.labels import CLAIM, CONDUCT, MITIGATOR, RECENCY, SEVERITY
from portal.manager.page import CONTENT_SECURITY_POLICY, render

MARK = '<span class="withheld"><span class="spoken">[withheld]</span></span>'

_texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=60)
_findings = st.builds(
    ReleasedFinding,
    criterion=st.sampled_from(["integrity", "restraint", "respect"]),
    criterion_text=st.sampled_from(["Is honest.", "Keeps calm."]),
    conduct=st.sampled_from(Conduct),
    severity=st.sampled_from(Severity),
    recency=st.sampled_from(Recency),
    mitigators=st.lists(st.sampled_from(Mitigator), unique=True).map(tuple),
    answer=st.none()
    | st.builds(Answer, claim=st.sampled_from(Claim), statement=st.none() | _texts),
    excerpt=st.none() | _texts,
)


def finding(**changes: object) -> ReleasedFinding:
    fields: dict[str, object] = {
        "criterion": "restraint",
        "criterion_text": "Keeps calm.",
        "conduct": Conduct.THREATENS_VIOLENCE,
        "severity": Severity.HIGH,
        "recency": Recency.UNDER_ONE_YEAR,
        "mitigators": (),
    }
    return ReleasedFinding.model_validate(fields | changes)


def package(*findings: ReleasedFinding, policy: str = "a") -> ReleasePackage:
    return ReleasePackage(
        policy_sha256=policy * 64,
        criteria_pack="conduct",
        criteria_sha256="0123456789abcdef" * 4,
        findings=findings,
    )


def body(page: str) -> str:
    return page[page.index("<body>") :]


@given(st.lists(_findings, max_size=5), st.randoms())
def test_order_of_findings_does_not_show(findings: list[ReleasedFinding], random: object) -> None:
    """The order of arrival would be a channel: only content orders the page."""
    shuffled = list(findings)
    random.shuffle(shuffled)  # type: ignore[attr-defined] - hypothesis types it as object
    assert render(package(*findings)) == render(package(*shuffled))


@given(_findings)
def test_a_payload_read_back_gives_the_same_page(item: ReleasedFinding) -> None:
    """The applicant's preview and the manager's copy are made from the payload's bytes."""
    original = package(item)
    assert render(ReleasePackage.from_payload(original.payload())) == render(original)


def test_nothing_reportable_is_one_constant_page() -> None:
    """It must not tell "nothing found" from "all withheld" or "not attributable"."""
    assert render(package()) == render(package(policy="b"))
    page = body(render(package()))
    assert "Nothing reportable" in page
    assert "<article" not in page
    assert WITHHELD not in page
    assert not re.search(r"\b(sealed|removed|redacted|excluded)\b", page)


def test_only_the_case_number_differs_between_null_pages() -> None:
    """A copy is told from another by its case number alone."""
    one, other = (render(package(), case_number=number) for number in ("R-1", "R-2"))
    assert one != other
    assert one.replace("R-1", "R-2") == other


def test_a_page_without_case_number_names_no_case() -> None:
    """A preview for the applicant needs no number, and must not read "None"."""
    page = render(package(finding()))
    assert "<title>Cyber-vetting release</title>" in page
    assert 'class="case"' not in page
    assert "None<" not in page


def test_all_that_was_released_can_be_read() -> None:
    """A wall that keeps everything back is no use."""
    page = body(
        render(
            package(
                finding(
                    mitigators=(Mitigator.ISOLATED, Mitigator.RETRACTED),
                    excerpt="See what happens.",
                    answer=Answer(claim=Claim.CONTEXT, statement=RedactedText("It was a game.")),
                )
            )
        )
    )
    for words in (
        "Keeps calm.",
        "restraint",
        CONDUCT[Conduct.THREATENS_VIOLENCE].name,
        SEVERITY[Severity.HIGH].name,
        RECENCY[Recency.UNDER_ONE_YEAR].name,
        MITIGATOR[Mitigator.ISOLATED].name,
        MITIGATOR[Mitigator.RETRACTED].name,
        "See what happens.",
        CLAIM[Claim.CONTEXT].name,
        "It was a game.",
    ):
        assert words in page


@pytest.mark.parametrize("severity", Severity)
def test_severity_is_drawn_as_a_level(severity: Severity) -> None:
    """The drawing agrees with the word beside it."""
    page = render(package(finding(severity=severity)))
    level = list(Severity).index(severity) + 1
    assert f'<use href="#level-{level}"/></svg>{SEVERITY[severity].name}</dd>' in page
    (symbol,) = re.findall(f'<symbol id="level-{level}".*?</symbol>', page)
    assert symbol.count("<rect") == 4
    assert symbol.count('class="on"') == level


def test_findings_stand_under_their_criterion_with_their_canonical_number() -> None:
    """A reason cites the finding by its place in the canonical order."""
    page = body(
        render(
            package(
                finding(conduct=Conduct.THREATENS_VIOLENCE),
                finding(conduct=Conduct.DECEIVES, criterion="integrity", criterion_text="Honest."),
                finding(conduct=Conduct.DECEIVES),
                finding(conduct=Conduct.PRAISES_VIOLENCE, criterion="integrity"),
            )
        )
    )
    headings = re.findall(r"Criterion <code>([a-z]+)|id=\"finding-(\d+)\"", page)
    assert [code or number for code, number in headings] == [
        "integrity",
        "1",
        "restraint",
        "2",
        "4",
        "integrity",
        "3",
    ]


def test_every_withheld_run_looks_alike() -> None:
    """Length, place and kind of what was withheld must not show."""
    page = render(
        package(
            finding(
                excerpt=f"{WITHHELD} and {WITHHELD}, see {WITHHELD}",
                answer=Answer(claim=Claim.OTHER, statement=RedactedText(f"I am {WITHHELD}.")),
            )
        )
    )
    assert f"<blockquote>{MARK} and {MARK}, see {MARK}</blockquote>" in page
    assert f"<blockquote>I am {MARK}.</blockquote>" in page
    assert page.count(WITHHELD) == page.count(MARK)


@given(_texts)
def test_text_is_shown_and_never_obeyed(text: str) -> None:
    """An applicant's words are content: they open no element and no attribute."""
    hostile = f'</blockquote><script>alert("{text}")</script>'
    page = render(
        package(
            finding(
                excerpt=hostile,
                criterion_text=hostile,
                answer=Answer(claim=Claim.OTHER, statement=RedactedText(hostile)),
            )
        ),
        case_number=hostile,
    )
    assert "<script" not in page
    assert page.count("</blockquote>") == 2


def test_the_page_allows_itself_its_own_style_and_nothing_else() -> None:
    """One file that loads nothing: opening it tells nobody, and injected markup stays dead."""
    page = render(package(finding(), finding(severity=Severity.LOW)))
    (style,) = re.findall(r"<style>(.*?)</style>", page, re.DOTALL)
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert f"style-src 'sha256-{digest}'" in CONTENT_SECURITY_POLICY
    assert CONTENT_SECURITY_POLICY.startswith("default-src 'none';")
    assert CONTENT_SECURITY_POLICY.replace("'", "&#39;") in page
    assert page.index("Content-Security-Policy") < page.index("<style>")
    assert not re.search(r"\bsrc=|\bstyle=|url\(|@import|https?:|\son[a-z]+=", page)
    assert all(target.startswith("#") for target in re.findall(r'href="([^"]*)"', page))


def test_the_policy_digest_does_not_show() -> None:
    """The page carries what the manager needs; digests serve machines."""
    digest = package().policy_sha256
    assert digest not in render(package(finding()))


def test_a_full_page_stays_small() -> None:
    """Twenty findings at the longest excerpt and a long answer fit in 60 kB."""
    findings = [
        finding(
            severity=severity,
            mitigators=tuple(Mitigator),
            excerpt="elephants " * 40,
            answer=Answer(claim=Claim.CONTEXT, statement=RedactedText("elephants " * 60)),
            conduct=conduct,
        )
        for severity in Severity
        for conduct in list(Conduct)[:5]
    ]
    assert len(findings) == 20
    assert len(render(package(*findings)).encode()) < 60_000


def test_the_page_reaches_no_raw_evidence() -> None:
    """The manager's interface loads the vocabulary and a template engine, and no vault."""
    script = "import sys, portal.manager.page; print(*sorted(n.split('.')[0] for n in sys.modules))"
    loaded = subprocess.run(
        [sys.executable, "-c", script],
        check=True,
        capture_output=True,
        text=True,
        env={"PYTHONPATH": ":".join(sys.path)},
    ).stdout.split()
    inside_the_wall = "casework collection policy redaction storage triage walloff cli flows"
    assert not set(loaded) & set(inside_the_wall.split())
    assert not set(loaded) & {"sqlalchemy", "cryptography", "prefect", "spacy"}
