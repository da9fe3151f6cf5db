"""What `make run` shows on the shipped sample, and what it leaves on disk."""

import gzip
import json
import re
import shlex
import subprocess
import sys
import tarfile
import tomllib
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
TWINS = ("amina-haddad", "daniel-rosen")
TAKEN = frozenset(
    {
        # before the requisition opens, and by the people who search and review
        *("policy-key-trusted", "assessment-recorded", "assessment-approved", "terms-reviewed"),
        *("panel-named", "device-registered", "search-authorised", "trained", "statement-signed"),
        *("practical-drawn", "practical-scored", "trainer-recognised", "quality-planned"),
        # in the cases
        *("notice-delivered", "consent-refused", "contact-proposed", "contact-approved"),
        *("contact-made", "referral-flagged", "put-away", "referral-received", "hold-placed"),
        *("rebuttal-submitted", "adjudicated", "consent-withdrawn", "result-shown"),
        *("quality-drawn", "quality-reviewed", "document-made", "document-delivered"),
        *("dispute-opened", "dispute-resolved", "retained"),
        # of people who work here
        *("monitoring-noticed", "account-declared", "trigger-stated", "trigger-approved"),
        "monitoring-opened",
    }
)


def make_run_command(home: Path, out: Path) -> list[str]:
    """The command of the Makefile's `run`, in folders of its own."""
    makefile = (ROOT / "Makefile").read_text()
    recipe = re.search(r"^run:.*\n((?:\t.*\n)+)", makefile, re.MULTILINE)
    assert recipe
    words = shlex.split(recipe[1].replace("\\\n", " "))
    assert words[0] == "$(BIN)/walloff"
    places = {".walloff-rehearsal": str(home), "$(OUT)": str(out)}
    return [sys.executable, "-m", "cli", *(places.get(word, word) for word in words[1:])]


def run(home: Path, out: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        make_run_command(home, out), cwd=ROOT, capture_output=True, text=True, check=False
    )


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    base = tmp_path_factory.mktemp("sample")
    done = run(base / "home", base / "out")
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    return {"home": base / "home", "out": base / "out", "printed": done.stdout}


def applicants() -> list[str]:
    return [path.name for path in (ROOT / "samples/applicants").iterdir() if path.is_dir()]


def released(sample: dict[str, Any], name: str) -> Any:
    return json.loads((sample["out"] / name / "release.json").read_text())


def raw_texts() -> list[str]:
    """Everything that the sample people wrote or answer, as the formats hold it."""
    texts = []
    for path in sorted((ROOT / "samples/applicants").rglob("*")):
        if path.name == "posts.jsonl":
            texts += [json.loads(line)["text"] for line in path.read_text().splitlines()]
        elif path.name.endswith(".warc.gz"):
            texts.append(gzip.decompress(path.read_bytes()).decode("utf-8", "replace"))
        elif path.name.endswith(".tar.gz"):
            with tarfile.open(path) as archive:
                outbox = archive.extractfile("outbox.json")
                assert outbox
                items = json.load(outbox)["orderedItems"]
            texts += [
                item["object"]["content"] for item in items if isinstance(item["object"], dict)
            ]
    for part in tomllib.loads((ROOT / "samples/applicants/parts.toml").read_text()).values():
        texts += [said["words"] for said in part.get("answers", ())]
        texts += [part["concern"]["words"]] if "concern" in part else []
    assert len(texts) > 40
    return texts


def test_it_prints_what_everybody_would_see(sample: dict[str, Any]) -> None:
    printed = sample["printed"]
    for applicant in applicants():
        assert f"case of {applicant}" in printed
    for heading in ("Consent ledger", "Retention schedule", "verified", "Home:", "Releases:"):
        assert heading in printed


def test_the_twins_get_the_same_bytes_and_hold_findings(sample: dict[str, Any]) -> None:
    assert "identical, byte for byte" in sample["printed"]
    for name in ("release.json", "release.html"):
        contents = {(sample["out"] / twin / name).read_bytes() for twin in TWINS}
        assert len(contents) == 1
    assert json.loads((sample["out"] / TWINS[0] / "release.json").read_text())["findings"]


def test_conduct_reaches_the_manager_and_clean_applicants_stay_clean(
    sample: dict[str, Any],
) -> None:
    found = {
        path.parent.name: {
            finding["criterion"] for finding in json.loads(path.read_text())["findings"]
        }
        for path in sample["out"].rglob("release.json")
    }
    assert found["rosa-whitfield"] == set()
    assert found["wade-colby"]
    assert "threats-violence" in found[TWINS[0]]


def test_who_refused_withdrew_denied_or_has_nothing_is_the_same_to_the_manager(
    sample: dict[str, Any],
) -> None:
    """On the requisition's date, and byte for byte: why there is nothing is nobody's to know."""
    names = ("gil-merrow", "bea-lockhart", "tomas-verhage", "rosa-whitfield")
    for file in ("release.json", "release.html"):
        assert len({(sample["out"] / name / file).read_bytes() for name in names}) == 1
    course = " ".join(sample["printed"].split())
    for told in ("refused 8 of 8", "withdrew", "answered not-me"):
        assert told in course


def test_an_answer_crosses_beside_its_finding(sample: dict[str, Any]) -> None:
    answers = [
        (finding["criterion"], finding["answer"]["claim"])
        for finding in released(sample, "wade-colby")["findings"]
        if finding["answer"] is not None
    ]
    assert answers == [("dishonesty", "context")]


def test_what_is_referred_as_a_crime_never_reaches_the_manager(sample: dict[str, Any]) -> None:
    """The custodian has it; what else was found stands."""
    found = {one["criterion"] for one in released(sample, "owen-strand")["findings"]}
    assert found == {"illegal-drugs"}
    assert "pipe" not in sample["printed"]
    assert "violent-felony" in sample["printed"]


def test_an_employee_is_looked_at_within_the_trigger_alone(sample: dict[str, Any]) -> None:
    assert {one["criterion"] for one in released(sample, "nora-pell")["findings"]} == {"G8"}
    assert "not asked: works here" in " ".join(sample["printed"].split())


def test_every_step_that_the_tables_ask_for_was_taken(sample: dict[str, Any]) -> None:
    """By the log: registers before the requisition, papers in each case, the late turns."""
    told = subprocess.run(
        [
            *(sys.executable, "-m", "cli", "audit", "show", "--json"),
            *("--actor", "rehearsal-auditor", "--home", str(sample["home"])),
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    assert told.returncode == 0, told.stderr
    actions = {one["action"] for one in json.loads(told.stdout)}
    assert actions >= TAKEN, TAKEN - actions
    assert not actions & {"denied", "step-failed"}, "made-up people ask for nothing forbidden"


def test_no_three_words_of_any_post_stand_in_clear_in_the_home(sample: dict[str, Any]) -> None:
    """In Prefect's database, storage and logs above all: it keeps what it is given in clear."""
    phrases = set()
    for text in raw_texts():
        words = re.findall(r"[a-z']{3,}", re.sub(r"<[^>]+>", " ", text.lower()))
        phrases |= {" ".join(words[at : at + 3]).encode() for at in range(0, len(words) - 2, 2)}
    assert len(phrases) > 300
    files = [path for path in sample["home"].rglob("*") if path.is_file()]
    assert any(path.name == "prefect.db" for path in files)
    for path in files:
        content = path.read_bytes().lower()
        assert not [phrase for phrase in phrases if phrase in content], path.name


def test_running_it_twice_is_harmless(sample: dict[str, Any], tmp_path: Path) -> None:
    again = run(sample["home"], tmp_path / "out")
    assert again.returncode == 0, again.stdout[-3000:] + again.stderr[-3000:]
    for path in sample["out"].rglob("release.*"):
        same = tmp_path / "out" / path.relative_to(sample["out"])
        assert same.read_bytes() == path.read_bytes()
