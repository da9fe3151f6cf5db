"""`walloff explain` answers line for line, in JSON, and takes an agency's lists."""

import json
from io import BytesIO, TextIOWrapper
from pathlib import Path
from typing import Any

import pytest

from cli.main import main


def explained(
    lines: list[dict[str, Any]], *arguments: str, monkeypatch: Any, capsys: Any
) -> list[dict[str, Any]]:
    body = "".join(json.dumps(line) + "\n" for line in lines).encode()
    monkeypatch.setattr("sys.stdin", TextIOWrapper(BytesIO(body), encoding="utf-8"))
    with pytest.raises(SystemExit) as ended:
        main(["explain", *arguments])
    assert ended.value.code == 0
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_each_line_gets_rules_kept_words_outcome_and_leakage(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = [{"id": 7, "text": "My black coffee and a Zoroastrian."}]
    (answer,) = explained(lines, monkeypatch=monkeypatch, capsys=capsys)
    assert answer["id"] == 7
    assert answer["outcome"] == "passed"
    assert {"class", "tier", "proposer", "rule", "version", "score", "start", "end"} <= set(
        answer["fired"][0]
    )
    assert answer["kept"][0]["reason"] == "neighbour"
    assert answer["leakage"] == []


def test_a_word_limits_the_answer_to_itself(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = [{"id": 1, "text": "My black coffee and a Zoroastrian."}]
    (answer,) = explained(lines, "--word", "black", monkeypatch=monkeypatch, capsys=capsys)
    assert answer["fired"] == []
    assert [item["detail"] for item in answer["kept"]] == ["coffee"]


def test_an_agencys_lists_are_explained_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "terms.toml"
    path.write_text(
        '[[terms]]\nterm = "Quorvonite"\nclass = "ethnicity"\nmention = "group"\n', "utf-8"
    )
    lines = [{"id": 1, "text": "Two Quorvonites sang in the lift."}]
    (answer,) = explained(lines, "--terms", str(path), monkeypatch=monkeypatch, capsys=capsys)
    assert [span["rule"] for span in answer["fired"]] == ["operator.term"]
