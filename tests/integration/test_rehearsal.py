"""A rehearsal through the command line and Prefect, and what it leaves behind."""

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

WALLOFF = [sys.executable, "-m", "cli"]
PLANTED = "I will kill that supervisor on Monday and I will beat him until he cannot walk."
CANARIES = ("Quillfeather", "zanzibaric", "umbrellamonger", "quillf99")


def applicant(folder: Path, name: str, handle: str, posts: list[dict[str, Any]]) -> None:
    folder.mkdir(parents=True)
    (folder / "disclosure.toml").write_text(
        f'name = "{name}"\nemails = ["{handle}@mail.example"]\nhandles = ["{handle}"]\n'
    )
    lines = [
        {
            "id": str(number),
            "created_at": f"2026-0{number % 8 + 1}-03T10:00:00Z",
            "platform": "mastodon",
            "author": handle,
            "url": f"https://social.example/{handle}/{number}",
        }
        | post
        for number, post in enumerate(posts)
    ]
    (folder / "posts.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))


def run(*arguments: object, **options: Any) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*WALLOFF, *(str(part) for part in arguments)],
        capture_output=True,
        text=True,
        check=False,
        **options,
    )


@pytest.fixture(scope="module")
def rehearsed(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    base = tmp_path_factory.mktemp("rehearsal")
    applicant(
        base / "in/twin-a",
        "Fatima Quillfeather",
        "quillf99",
        [
            {"text": "My husband and I took our kids to the zanzibaric market after mosque."},
            {"text": PLANTED},
        ],
    )
    applicant(
        base / "in/twin-b",
        "John Brickwater",
        "brickw01",
        [
            {"text": "My wife and I took our kids to the umbrellamonger after church."},
            {"text": PLANTED},
        ],
    )
    applicant(
        base / "in/damaged",
        "Sam Underhill",
        "samu",
        [{"text": "Rain again."}, {"text": "Late lunch.", "created_at": "yesterday"}],
    )
    (base / "in/damaged/archive.tar.gz").write_bytes(b"\x1f\x8b\x08 cut off")
    (base / "in/damaged/strange.xyz").write_text("?")
    result = run(
        "rehearse",
        base / "in",
        "--out",
        base / "out",
        "--home",
        base / "home",
        "--alike",
        "twin-a",
        "--alike",
        "twin-b",
        "--json",
    )
    assert result.returncode == 0, result.stderr[-2000:]
    return {"base": base, "summary": json.loads(result.stdout), "stderr": result.stderr}


def by_name(rehearsed: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {one["applicant"]: one for one in rehearsed["summary"]["applicants"]}


def test_twins_get_the_same_bytes_and_a_finding(rehearsed: dict[str, Any]) -> None:
    """The planted conduct reaches the manager, and nothing else tells the two apart."""
    assert rehearsed["summary"]["alike"] is True
    out = rehearsed["base"] / "out"
    for name in ("release.json", "release.html"):
        assert (out / "twin-a" / name).read_bytes() == (out / "twin-b" / name).read_bytes()
    release = json.loads((out / "twin-a/release.json").read_text())
    assert [finding["criterion"] for finding in release["findings"]] == ["threats-violence"]
    assert not {"case", "case_number", "signature"} & set(release)


def test_the_audit_log_of_a_rehearsal_verifies(rehearsed: dict[str, Any]) -> None:
    assert rehearsed["summary"]["audit"]["intact"] is True
    verified = run("audit", "verify", "--home", rehearsed["base"] / "home", "--json")
    assert verified.returncode == 0
    assert json.loads(verified.stdout)["size"] == rehearsed["summary"]["audit"]["size"]


def test_damage_is_named_and_the_rest_kept(rehearsed: dict[str, Any]) -> None:
    """A wrong date, a cut archive and an unknown file: three problems, one good post."""
    damaged = by_name(rehearsed)["damaged"]
    assert damaged["error"] is None
    problems = " | ".join(damaged["input_problems"])
    assert "posts.jsonl" in problems
    assert "archive.tar.gz" in problems
    assert "strange.xyz" in problems
    assert "yesterday" not in problems
    assert (
        json.loads((rehearsed["base"] / "out/damaged/release.json").read_text())["findings"] == []
    )


def test_no_applicant_s_word_stands_in_clear_in_the_home(rehearsed: dict[str, Any]) -> None:
    """Databases, write-ahead logs, sealed files, file names, and all that Prefect keeps."""
    files = [path for path in (rehearsed["base"] / "home").rglob("*") if path.is_file()]
    assert any("prefect" in str(path) for path in files)
    for path in files:
        content = path.read_bytes().lower()
        for canary in (*CANARIES, "brickwater", "supervisor on monday", "underhill"):
            assert canary.lower().encode() not in content, path.name
            assert canary.lower() not in path.name.lower()


def test_nothing_but_progress_reaches_the_screen(rehearsed: dict[str, Any]) -> None:
    assert "quillfeather" not in rehearsed["stderr"].lower()
    assert "collected and screened" in rehearsed["stderr"]


def test_the_manager_s_page_names_nobody(rehearsed: dict[str, Any]) -> None:
    page = (rehearsed["base"] / "out/twin-a/release.html").read_text().lower()
    for word in (*CANARIES, "mosque", "husband", "mastodon", "social.example"):
        assert not re.search(rf"\b{re.escape(word.lower())}\b", page)


def test_a_rehearsal_again_in_the_same_home_is_harmless(rehearsed: dict[str, Any]) -> None:
    base = rehearsed["base"]
    again = run("rehearse", base / "in", "--out", base / "out2", "--home", base / "home", "--json")
    assert again.returncode == 0, again.stderr[-2000:]
    for name in ("twin-a", "twin-b", "damaged"):
        first = (base / "out" / name / "release.json").read_bytes()
        assert (base / "out2" / name / "release.json").read_bytes() == first


def test_a_production_home_refuses_a_rehearsal(tmp_path: Path) -> None:
    """And a rehearsal's people never become production's."""
    home = tmp_path / "home"
    assert run("keys", "init", "--home", home).returncode == 0
    (tmp_path / "in/a").mkdir(parents=True)
    refused = run("rehearse", tmp_path / "in", "--out", tmp_path / "out", "--home", home)
    assert refused.returncode == 4
    assert "home" in refused.stderr
    assert not (tmp_path / "out").exists()


def test_an_applicant_without_a_disclosure_stops_no_other(tmp_path: Path) -> None:
    applicant(tmp_path / "in/fine", "Kim Ashdown", "kash", [{"text": "Rain again."}])
    (tmp_path / "in/nothing").mkdir()
    result = run(
        "rehearse", tmp_path / "in", "--out", tmp_path / "out", "--home", tmp_path / "h", "--json"
    )
    assert result.returncode == 1
    summary = {one["applicant"]: one for one in json.loads(result.stdout)["applicants"]}
    assert summary["fine"]["findings"] == 0
    assert "disclosure.toml" in summary["nothing"]["error"]


def test_a_rehearsal_goes_on_to_destruction_if_asked(tmp_path: Path) -> None:
    """Years pass at once; the certificate is in the log, and nothing of the case is left."""
    applicant(tmp_path / "in/one", "Kim Ashdown", "kash", [{"text": "Rain again."}])
    home = tmp_path / "home"
    command = ("rehearse", tmp_path / "in", "--out", tmp_path / "out", "--home", home)
    result = run(*command, "--to-destruction", "--json")
    assert result.returncode == 0, result.stderr[-2000:]
    summary = json.loads(result.stdout)
    (case_id,) = summary["destroyed"]
    assert case_id == summary["applicants"][0]["case"]
    assert summary["audit"]["intact"]
    auditor = ("--actor", "rehearsal-auditor", "--home", home)
    told = run("retention", "certificate", case_id, *auditor, "--json")
    assert json.loads(told.stdout)["case_id"] == case_id
