"""Runs `killed_at.py` on an office's home and asks that no kill made a difference."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any, Final

PROGRAM: Final = Path(__file__).with_name("killed_at.py")
ROOT: Final = Path(__file__).resolve().parents[2]


def matrix(office: Any, phase: str, when: str) -> set[str]:
    home = office.services.home.root
    now = office.now.isoformat()
    office.vault.close()
    office.services.released.close()
    done = subprocess.run(
        [sys.executable, str(PROGRAM), str(home), phase, now],
        env=os.environ | {"WALLOFF_TEST_KILL": when, "PYTHONPATH": str(ROOT)},
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=900,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    answer: dict[str, Any] = json.loads(done.stdout)
    assert answer["quiet"]["log"] is True
    assert not [key for key, value in answer["quiet"].items() if value is False]
    assert len(answer["killed"]) >= 5
    for one in answer["killed"]:
        assert one["signal"] == signal.SIGKILL, one["commit"]
    different = {one["commit"]: one["differs"] for one in answer["killed"] if one["differs"]}
    assert not different, f"killed {when}"
    return {one["commit"] for one in answer["killed"]}
