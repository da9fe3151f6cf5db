"""`python -m benchmarks`: every figure of speed and size, measured side by side, as one table.

Each script runs in a process of its own, one after the other, and can be run alone:
`python -m benchmarks.redaction_speed`. Ratios are of CPU time within one run; absolute rates
belong to the machine they were measured on.
"""

import argparse
import json
import os
import platform
import subprocess
import sys
from collections.abc import Sequence

from benchmarks.measure import Result, show

SCRIPTS = (
    "redaction_speed",
    "linearity",
    "memory",
    "cascade",
    "encrypted_write",
    "sealing",
    "key_rotation",
    "audited_actions",
    "storage_load",
    "end_to_end",
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the scripts and return the exit code: 1 if one of them failed."""
    options = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    options.add_argument("--presidio-python", help="an interpreter that has presidio-analyzer")
    options.add_argument("--only", choices=SCRIPTS, action="append", help="one script, or several")
    given = options.parse_args(arguments)
    results: list[Result] = []
    failed = []
    for script in given.only or SCRIPTS:
        print(f"measuring {script} …", file=sys.stderr, flush=True)
        command = [sys.executable, "-m", f"benchmarks.{script}", "--json"]
        if script == "redaction_speed" and given.presidio_python:
            command += ["--presidio-python", given.presidio_python]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            failed.append(script)
            results.append(Result(script, "FAILED", "", done.stderr.strip().splitlines()[-1]))
            continue
        lines = (line for line in done.stdout.splitlines() if line.startswith("{"))
        results.extend(Result(**json.loads(line)) for line in lines)
    print(
        f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}, "
        f"load {os.getloadavg()[0]:.1f}; command: python -m benchmarks "
        f"{' '.join(arguments if arguments is not None else sys.argv[1:])}\n"
    )
    show(results, as_json=False)
    return int(bool(failed))


if __name__ == "__main__":
    sys.exit(main())
