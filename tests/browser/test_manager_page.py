"""The manager's page in a real browser: silent, quiet on the network, readable at any width."""

import re
from pathlib import Path
from typing import Literal

import pytest
from playwright.sync_api import Browser, Page

from models.criteria import Conduct, Mitigator, Severity
from models.finding import Recency
from models.rebuttal import Claim
from models.release import Answer, ReleasedFinding, ReleasePackage
from models.text import WITHHELD, RedactedText
from portal.manager.page import render

ACCESSIBILITY = (Path(__file__).parent / "accessibility.js").read_text(encoding="utf-8")


def finding(conduct: Conduct, severity: Severity, *, words: str) -> ReleasedFinding:
    return ReleasedFinding(
        criterion="integrity" if severity in {Severity.LOW, Severity.HIGH} else "restraint",
        criterion_text="Is honest and keeps calm, on duty and off duty alike.",
        conduct=conduct,
        severity=severity,
        recency=Recency.THREE_TO_FIVE_YEARS,
        mitigators=(Mitigator.ISOLATED, Mitigator.FIGURATIVE_READING_POSSIBLE),
        answer=Answer(claim=Claim.CONTEXT, statement=RedactedText(f"It was about {WITHHELD}.")),
        excerpt=RedactedText(words),
    )


def package(*findings: ReleasedFinding) -> ReleasePackage:
    return ReleasePackage(
        policy_sha256="a" * 64,
        criteria_pack="conduct",
        criteria_sha256="b" * 64,
        findings=findings,
    )


PACKAGES = {
    "null": package(),
    "one": package(finding(Conduct.DECEIVES, Severity.LOW, words=f"See {WITHHELD} lie.")),
    "many": package(
        *(
            # One long word, as from a language or a chain of signs without spaces.
            finding(conduct, severity, words=f"{WITHHELD} {'ha' * 60} and {WITHHELD}")
            for conduct in Conduct
            for severity in Severity
        )
    ),
}
PAGES = pytest.mark.parametrize("name", PACKAGES)


@pytest.fixture
def files(tmp_path: Path) -> dict[str, Path]:
    """Each page as a file of its own, as a rehearsal writes it."""
    paths = {}
    for name, released in PACKAGES.items():
        paths[name] = tmp_path / f"{name}.html"
        paths[name].write_text(render(released, case_number="R-4471"), encoding="utf-8")
    return paths


def opened(
    chromium: Browser,
    file: Path,
    *,
    width: int = 1280,
    scheme: Literal["light", "dark"] = "light",
    forced: Literal["active", "none"] = "none",
) -> Page:
    context = chromium.new_context(
        viewport={"width": width, "height": 800}, color_scheme=scheme, forced_colors=forced
    )
    page = context.new_page()
    page.goto(file.as_uri())
    return page


@PAGES
def test_the_page_is_silent_and_asks_for_nothing(
    chromium: Browser, files: dict[str, Path], name: str
) -> None:
    """A blocked style or a request to anywhere would show as an error or a request here."""
    context = chromium.new_context()
    page = context.new_page()
    said: list[str] = []
    asked: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("request", lambda request: asked.append(request.url))
    page.goto(files[name].as_uri())
    page.wait_for_load_state("networkidle")
    assert said == []
    assert asked == [files[name].as_uri()]
    assert page.evaluate("getComputedStyle(document.querySelector('.banner')).display") == "flex"
    context.close()


def test_what_is_not_the_pages_own_style_is_blocked(
    chromium: Browser, files: dict[str, Path]
) -> None:
    """The policy is in force: neither an added style nor a script nor an image works."""
    file = files["one"]
    picture = file.with_name("picture.svg")
    picture.write_text('<svg xmlns="http://www.w3.org/2000/svg"/>', encoding="utf-8")
    added = (
        "<script>document.title = 'ran'</script><style>h1 { display: none }</style>"
        f'<img src="{picture.name}" alt="">'
    )
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace("<main>", f"<main>{added}"), encoding="utf-8")
    context = chromium.new_context()
    page = context.new_page()
    stopped: list[str | None] = []
    page.on("requestfailed", lambda request: stopped.append(request.failure))
    page.goto(file.as_uri())
    assert page.title() != "ran"
    assert page.locator("h1").is_visible()
    assert stopped == ["csp"]
    context.close()


@PAGES
@pytest.mark.parametrize("width", [320, 375, 1280])
def test_no_width_needs_sideways_scrolling(
    chromium: Browser, files: dict[str, Path], name: str, width: int
) -> None:
    """WCAG 1.4.10: 320 px is also what a desktop at 400 % zoom has."""
    page = opened(chromium, files[name], width=width)
    wide, room = page.evaluate(
        "[document.documentElement.scrollWidth, document.documentElement.clientWidth]"
    )
    assert wide <= room
    page.context.close()


@PAGES
def test_wider_spacing_of_text_loses_nothing(
    chromium: Browser, files: dict[str, Path], name: str
) -> None:
    """WCAG 1.4.12: the spacing that a reader may set cuts nothing off."""
    page = opened(chromium, files[name], width=320)
    cut = page.evaluate(
        """() => {
          for (const element of document.querySelectorAll("body *")) {
            element.style.lineHeight = "1.5";
            element.style.letterSpacing = "0.12em";
            element.style.wordSpacing = "0.16em";
          }
          return [...document.querySelectorAll("p, dt, dd, h1, h2, h3, li, blockquote")]
            .filter((element) => element.scrollWidth > element.clientWidth + 1)
            .map((element) => element.localName + "." + element.className);
        }"""
    )
    assert cut == []
    page.context.close()


@PAGES
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [375, 1280])
def test_no_fault_of_accessibility_is_found(
    chromium: Browser,
    files: dict[str, Path],
    name: str,
    scheme: Literal["light", "dark"],
    width: int,
) -> None:
    """Language, title, landmarks, headings, names, targets and contrast: see accessibility.js."""
    page = opened(chromium, files[name], width=width, scheme=scheme)
    assert page.evaluate(ACCESSIBILITY) == []
    page.context.close()


def test_faults_of_accessibility_would_be_found(chromium: Browser, files: dict[str, Path]) -> None:
    """The check above is able to fail."""
    page = opened(chromium, files["one"])
    page.evaluate(
        """() => {
          document.documentElement.lang = "";
          document.querySelector("h2").outerHTML = "<h4>Rules</h4>";
          document.querySelector(".lead").style.color = "rgb(150, 150, 150)";
        }"""
    )
    faults = page.evaluate(ACCESSIBILITY)
    assert {fault.split(":")[0] for fault in faults} >= {"1.3.1", "1.4.3", "3.1.1"}
    page.context.close()


@pytest.mark.parametrize("forced", ["none", "active"])
@pytest.mark.parametrize("media", ["screen", "print"])
def test_marks_are_seen_and_have_one_size(
    chromium: Browser,
    files: dict[str, Path],
    forced: Literal["active", "none"],
    media: Literal["screen", "print"],
) -> None:
    """Forced colours and paper drop backgrounds; the mark stays, and tells no length."""
    page = opened(chromium, files["many"], forced=forced)
    page.emulate_media(media=media)
    sizes = page.evaluate(
        """[...document.querySelectorAll("blockquote .withheld")].map((mark) => {
          const style = getComputedStyle(mark);
          return [style.borderTopStyle, style.borderTopColor, style.fontSize,
                  mark.getBoundingClientRect().width, mark.getBoundingClientRect().height];
        })"""
    )
    assert len(sizes) == 3 * len(PACKAGES["many"].findings)
    assert len({tuple(size) for size in sizes}) == 1
    style, colour, _, width, height = sizes[0]
    assert style == "solid"
    assert "rgba" not in colour
    assert width > 20
    assert height > 5
    page.context.close()


def test_a_reader_by_ear_hears_each_mark(chromium: Browser, files: dict[str, Path]) -> None:
    """The mark is in the accessibility tree as words, where the words were."""
    page = opened(chromium, files["one"])
    assert f"See {WITHHELD} lie." in page.locator("article").aria_snapshot()
    page.context.close()


def test_the_links_lead_to_their_findings(chromium: Browser, files: dict[str, Path]) -> None:
    """By keyboard: the first Tab reaches the list, Enter goes to the first finding."""
    page = opened(chromium, files["many"])
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") != ""
    page.keyboard.press("Enter")
    page.wait_for_function("location.hash === '#finding-1'")
    assert page.locator("#finding-1").evaluate("item => item.matches(':target')")
    page.context.close()


def test_an_ordinary_release_prints_on_one_page(chromium: Browser, files: dict[str, Path]) -> None:
    """Three findings with their answers fit on one sheet, Letter or A4."""
    file = files["one"]
    three = package(
        *(
            finding(conduct, severity, words="They said they would come back and see to it.")
            for conduct, severity in [
                (Conduct.DECEIVES, Severity.LOW),
                (Conduct.THREATENS_VIOLENCE, Severity.MODERATE),
                (Conduct.HARASSES_A_PERSON, Severity.HIGH),
            ]
        )
    )
    file.write_text(render(three, case_number="R-4471"), encoding="utf-8")
    page = opened(chromium, file)
    for paper in ("Letter", "A4"):
        sheets = re.findall(rb"/Type\s*/Page\b", page.pdf(format=paper, print_background=False))
        assert len(sheets) == 1, paper
    page.context.close()
