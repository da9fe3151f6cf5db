"""Takes the picture of the hiring manager's page again, from a made-up release package.

    python docs/images/manager_view.py

writes `manager-view.png` beside this file (without the notes at the foot of the page, to keep it
small), and the whole page as `manager-view.html` if `--html` is given. It
needs Debian's Chromium (`make system`).
"""

import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

from models.criteria import Conduct, Mitigator, Severity
from models.finding import Recency
from models.rebuttal import Claim
from models.release import Answer, ReleasedFinding, ReleasePackage
from models.text import RedactedText
from portal.manager.page import render

HERE = Path(__file__).parent
CHROMIUM = "/usr/bin/chromium"

FINDINGS = (
    ReleasedFinding(
        criterion="respect-for-people",
        criterion_text="Treats every member of the public with the same respect.",
        conduct=Conduct.DEMEANS_A_PROTECTED_GROUP,
        severity=Severity.HIGH,
        recency=Recency.ONE_TO_THREE_YEARS,
        mitigators=(),
        answer=Answer(
            claim=Claim.REGRET,
            statement=RedactedText(
                "The applicant wrote this after a bad week at work and would not write it today."
            ),
        ),
        excerpt=RedactedText(
            "Nobody should have to live next door to [withheld]; they ruin every street."
        ),
    ),
    ReleasedFinding(
        criterion="restraint",
        criterion_text="Settles conflict without violence and does not threaten it.",
        conduct=Conduct.THREATENS_VIOLENCE,
        severity=Severity.MODERATE,
        recency=Recency.THREE_TO_FIVE_YEARS,
        mitigators=(Mitigator.ISOLATED, Mitigator.FIGURATIVE_READING_POSSIBLE),
        answer=Answer(claim=Claim.CONTEXT),
        excerpt=RedactedText("Park across the applicant's drive once more and see what happens."),
    ),
    ReleasedFinding(
        criterion="restraint",
        criterion_text="Settles conflict without violence and does not threaten it.",
        conduct=Conduct.HARASSES_A_PERSON,
        severity=Severity.LOW,
        recency=Recency.UNDER_ONE_YEAR,
        mitigators=(Mitigator.RETRACTED,),
    ),
)
PACKAGE = ReleasePackage(
    policy_sha256="7d" * 32,
    criteria_pack="police-conduct",
    criteria_sha256="4be1c09f2a7d5538" * 4,
    findings=FINDINGS,
)


def main() -> None:
    """Write the picture."""
    page_text = render(PACKAGE, case_number="R-4471")
    if "--html" in sys.argv[1:]:
        (HERE / "manager-view.html").write_text(page_text, encoding="utf-8")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM,
            args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
        )
        page = browser.new_page(viewport={"width": 960, "height": 800}, device_scale_factor=0.8)
        page.set_content(page_text)
        page.locator(".notes").evaluate("notes => notes.remove()")  # keeps the picture small
        page.screenshot(path=HERE / "manager-view.png", full_page=True)
        browser.close()


if __name__ == "__main__":
    main()
