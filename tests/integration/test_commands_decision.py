"""What comes after the review, as it is typed: answers, disputes, documents and the decision."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from models.people import Role

Post = Callable[..., str]
THREAT = "I am going to kill my boss on Monday, I swear I will beat him to death."
APPLICANT = {"role": Role.APPLICANT}
INVESTIGATOR = {"role": Role.INVESTIGATOR}
REVIEWER = {"role": Role.WALL_OFF_REVIEWER}
MANAGER = {"role": Role.HIRING_MANAGER}
SUPERVISOR = {"role": Role.SUPERVISOR}
ADVERSE = ("--reason", "threats-violence:1+background-investigation")
SAID = ("--assessment", "A threat against a superior; patrol duty needs restraint.")


@pytest.fixture
def offered(prepared: Any, post: Post) -> str:
    return str(prepared.offered(post(THREAT)))


@pytest.fixture
def released(prepared: Any, post: Post) -> str:
    return str(prepared.released(post(THREAT)))


def test_the_applicant_has_a_copy_of_these_very_bytes(
    typed: Any, offered: str, tmp_path: Path
) -> None:
    out = tmp_path / "copy.json"
    copy = ("rebuttal", "copy", offered, "--out", out, "--json")
    typed(*copy, **MANAGER).refused("not-permitted")
    assert not out.exists()
    told = typed(*copy, **INVESTIGATOR).json
    assert len(told["sha256"]) == 64
    assert b"threats-violence" in out.read_bytes()
    assert typed("rebuttal", "preview", offered, "--json", **APPLICANT).json["findings"]


def test_an_attachment_is_the_applicant_s_and_sealed(
    typed: Any, offered: str, tmp_path: Path
) -> None:
    file = tmp_path / "letter-of-my-cousin.txt"
    file.write_text("My cousin wrote it.")
    attach = ("rebuttal", "attach", offered, file, "--finding", "1", "--json")
    typed(*attach, **MANAGER).refused("not-permitted")
    typed(*attach[:-2], "9", **APPLICANT).refused("input", exit_code=2)
    missing = (*attach[:3], tmp_path / "cousin-nowhere.txt", *attach[4:])
    assert typed(*missing, **APPLICANT).code == 2
    assert typed(*attach, **APPLICANT).json["bytes"] == 19


def test_what_decisions_wait_for_is_listed(typed: Any, prepared: Any, released: str) -> None:
    """The packet is due from the decision to the proof; a manager does not see the list."""
    pending = ("decision", "record", released, "pending-adverse", *ADVERSE, *SAID, "--json")
    assert typed(*pending, **MANAGER).json["outcome"] == "pending-adverse"
    due = ("adverse", "due", "--json")
    typed(*due, **MANAGER).refused("not-permitted")
    listed = [one for one in typed(*due, **INVESTIGATOR).json if one["case"] == released]
    assert [one["kind"] for one in listed] == ["pre-adverse"]
    assert released in typed(*due[:2], **INVESTIGATOR).out
    typed("adverse", "document", released, "pre-adverse", **INVESTIGATOR)
    proof = ("--channel", "post", "--proof", "tracked")
    typed("adverse", "delivered", released, "pre-adverse", *proof, **INVESTIGATOR)
    assert released not in typed(*due, **INVESTIGATOR).out


def test_a_denied_author_is_ruled_on_and_held_words_are_settled(
    typed: Any, prepared: Any, offered: str, tmp_path: Path
) -> None:
    answers = tmp_path / "answers.toml"
    answers.write_text('[[answers]]\nfinding = 1\nclaim = "not-me"\nstatement = "Not my cousin."\n')
    answer = ("rebuttal", "answer", offered, answers, "--json")
    typed(*answer, **MANAGER).refused("not-permitted")
    assert typed(*answer, **APPLICANT).json["answers"] == 1
    settle = ("rebuttal", "settle", offered, "--finding", "1", "--json")
    typed(*settle, **APPLICANT).refused("not-permitted")
    assert typed(*settle, **REVIEWER).json["settled"] is True
    rule = ("rebuttal", "adjudicate", offered, "--finding", "1", "--json")
    typed(*rule, "--upheld", **REVIEWER).refused("E-M5-UNANSWERED")
    typed(*rule, "--withdrawn", **APPLICANT).refused("not-permitted")
    assert typed(*rule, "--withdrawn", **REVIEWER).json["upheld"] is False


def test_the_time_to_answer_is_offered_by_a_reviewer(typed: Any, offered: str) -> None:
    offer = ("rebuttal", "offer", offered, "--json")
    typed(*offer, **MANAGER).refused("not-permitted")
    typed(*offer, **REVIEWER).refused("wrong-state")


def test_a_question_and_its_reply_are_codes(typed: Any, released: str) -> None:
    ask = ("decision", "ask", released, "meant-literally", "--finding")
    typed(*ask, "1", **APPLICANT).refused("not-permitted")
    typed(*ask, "7", "--json", **MANAGER).refused("record-not-found")
    assert typed(*ask, "1", "--json", **MANAGER).json
    shown = ("decision", "questions", released, "--json")
    typed(*shown, **INVESTIGATOR).refused("not-permitted")
    assert len(typed(*shown, **REVIEWER).json) == 1
    reply = ("decision", "reply", released, "meant-literally", "yes", "--finding", "1", "--json")
    typed(*reply, **MANAGER).refused("not-permitted")
    assert typed(*reply, **REVIEWER).json
    assert typed(*shown, **MANAGER).json[0]["reply"] == "yes"
    assert "yes" in typed("decision", "questions", released, **MANAGER).out


def test_an_adverse_decision_goes_its_whole_way(
    typed: Any, prepared: Any, released: str, tmp_path: Path
) -> None:
    record = ("decision", "record", released, *SAID, "--json")
    typed(*record, "pending-adverse", *ADVERSE, **INVESTIGATOR).refused("not-permitted")
    typed(*record, "pending-adverse", **MANAGER).refused("E-A1-NO-CRITERION")
    typed(*record, "pending-adverse", "--reason", "nonsense", **MANAGER).refused(
        "input", exit_code=2
    )
    assert typed(*record, "pending-adverse", *ADVERSE, **MANAGER).json["outcome"]
    document = ("adverse", "document", released, "pre-adverse", "--json")
    typed(*document, **MANAGER).refused("not-permitted")
    assert typed(*document, **INVESTIGATOR).json["text"]
    delivered = ("adverse", "delivered", released, "pre-adverse", "--channel", "by-hand", "--proof")
    typed(*delivered, "receipt of my cousin", **MANAGER).refused("not-permitted")
    assert typed(*delivered, "signed for", "--json", **INVESTIGATOR).json["delivered_at"]
    clocks = typed("case", "deadlines", released, "--json", **INVESTIGATOR).json
    assert [one["clock"] for one in clocks]
    typed("case", "deadlines", released, role=Role.ADMINISTRATOR).refused("not-permitted")
    assert "Deadlines" in typed("case", "deadlines", released, **INVESTIGATOR).out
    typed(*record, "adverse", *ADVERSE, **MANAGER).refused("E-A1-WAITING-TIME")
    prepared.clock.move(days=30)
    assert typed(*record, "adverse", *ADVERSE, **MANAGER).json["outcome"] == "adverse"
    out = tmp_path / "file.json"
    copy = ("adverse", "copy", released, "--out", out, "--json")
    typed(*copy, **MANAGER).refused("not-permitted")
    assert typed("adverse", "document", released, "adverse", "--json", **INVESTIGATOR).json["text"]
    assert typed(
        "adverse",
        "delivered",
        released,
        "adverse",
        "--channel",
        "by-hand",
        "--proof",
        "signed for",
        "--json",
        **INVESTIGATOR,
    ).json
    assert typed(*copy, **INVESTIGATOR).json["bytes"] == out.stat().st_size


def test_a_dispute_is_opened_extended_and_ended(typed: Any, released: str, tmp_path: Path) -> None:
    statement = tmp_path / "statement.txt"
    statement.write_text("My cousin says it was a joke.")
    open_ = ("dispute", "open", released, "--claim", "false", "--statement", statement, "--json")
    typed(*open_, "--finding", "1", **MANAGER).refused("not-permitted")
    typed(*open_, "--finding", "8", **APPLICANT).refused("input", exit_code=2)
    assert typed(*open_, "--finding", "1", **APPLICANT).json["due"]
    extend = ("dispute", "extend", released, "--json")
    typed(*extend, **MANAGER).refused("not-permitted")
    assert typed(*extend, **INVESTIGATOR).json["due"]
    resolve = ("dispute", "resolve", released, "verified", "--json")
    typed(*resolve, **MANAGER).refused("not-permitted")
    assert typed(*resolve, **REVIEWER).json["outcome"] == "verified"


def test_a_release_is_taken_back(typed: Any, released: str) -> None:
    recall = ("case", "recall", released, "--reason")
    typed(*recall, "wrong-person", **MANAGER).refused("not-permitted")
    assert typed(*recall, "wrong-person", "--json", **REVIEWER).json["version"]


def test_a_person_s_cases_are_found_by_the_custodian_alone(typed: Any, offered: str) -> None:
    find = ("case", "find", "--handle", "--json")
    typed(*find, stdin="rowan_a\n", **INVESTIGATOR).refused("not-permitted")
    typed("case", "find", **INVESTIGATOR).refused("input", exit_code=2)
    custodian = {"role": Role.EVIDENCE_CUSTODIAN}
    found = typed(*find, stdin="rowan_a\n", **custodian).json
    assert offered in {one["case"] for one in found}
    assert "Cases" in typed("case", "find", "--handle", stdin="rowan_a\n", **custodian).out
    earlier = ("case", "earlier", offered, "--json")
    typed(*earlier, **MANAGER).refused("not-permitted")
    assert typed(*earlier, **INVESTIGATOR).code == 0


def test_captures_and_problems_are_looked_at_by_those_inside(typed: Any, offered: str) -> None:
    captures = ("case", "captures", offered, "--json")
    typed(*captures, **MANAGER).refused("E-S10-RAW-ACCESS")
    assert typed(*captures, **INVESTIGATOR).json[0]["sha256"]
    assert "Captures" in typed("case", "captures", offered, **INVESTIGATOR).out
    typed("case", "problems", offered, **MANAGER).refused("E-S10-RAW-ACCESS")
    assert typed("case", "problems", offered, "--json", **INVESTIGATOR).json == []
