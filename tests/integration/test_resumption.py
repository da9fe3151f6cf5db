"""A collection that is killed between files goes on where it stood, and keeps every item once."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from typing import Any

from casework.gathering.sorting import sort_source
from casework.gathering.source import register_source
from models.audit import AuditAction
from models.people import Role
from models.segment import Segment
from storage.audit import AuditLog
from storage.captures import CaptureStore
from storage.evidence import EvidenceStore

FILES, POSTS = 6, 40
PROGRAM = """
import sys, time
from datetime import datetime
from pathlib import Path
import casework.gathering.collect
from models.ids import CaseId
from walloff.services import open_services
from walloff.settings import Settings

read = casework.gathering.collect.sort_source
files = []

def slowly(source, **given):
    if len(files) == 3:
        Path(sys.argv[3]).touch()
        time.sleep(600)
    files.append(source)
    return read(source, **given)

casework.gathering.collect.sort_source = slowly
services = open_services(Settings(home=Path(sys.argv[1])))
casework.gathering.collect.collect(
    CaseId(sys.argv[2]), vault=services.vault,
    now=datetime.fromisoformat(sys.argv[4]), guard=lambda tx: None,
)
"""


def test_a_killed_collection_reads_no_finished_file_again(
    office: Any, post: Callable[..., str], monkeypatch: Any
) -> None:
    case_id = office.disclosed()
    folder = office.folder / case_id
    folder.mkdir()
    for number in range(FILES):
        lines = [post(f"Day {number}-{n}: the lake was calm.") for n in range(POSTS)]
        (folder / f"{number}.jsonl").write_text("\n".join(lines))
    register_source(case_id, folder, **office.who(Role.INVESTIGATOR))
    reached = office.folder / "reached"
    home, now = office.services.home.root, office.now.isoformat()
    command = [sys.executable, "-c", PROGRAM, str(home), case_id, str(reached), now]
    process = subprocess.Popen(command, start_new_session=True)
    deadline = time.monotonic() + 120
    while not reached.exists():
        assert process.poll() is None
        assert time.monotonic() < deadline
        time.sleep(0.02)
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    with office.vault.read() as tx:
        assert EvidenceStore(tx).count(case_id) == 3 * POSTS
    read: list[str] = []

    def noted(source: Any, **given: Any) -> Any:
        read.append(source.name)
        return sort_source(source, **given)

    monkeypatch.setattr("casework.gathering.collect.sort_source", noted)
    told: list[Any] = []
    office.services.report = told.append
    office.run(Segment.COLLECT, case_id)
    assert read == ["3.jsonl", "4.jsonl", "5.jsonl"]
    assert (told[-1].files_done, told[-1].items) == (FILES, 3 * POSTS)
    with office.vault.read() as tx:
        texts = [one.item.text.reveal() for one in EvidenceStore(tx).for_case(case_id)]
        assert len(CaptureStore(tx).all(case_id)) == FILES
        entries = list(AuditLog(tx).entries(case_id))
    assert len(texts) == len(set(texts)) == FILES * POSTS
    assert sum(entry.action is AuditAction.CAPTURED for entry in entries) == FILES
