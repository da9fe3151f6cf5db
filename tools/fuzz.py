"""Feed a reader damaged copies of its own sample until time is up: `tools/fuzz.py READER`.

Outside the box, so that an error is seen; run it as a user that holds nothing.
"""

import argparse
import random
import sys
import tempfile
import time
import traceback
from pathlib import Path

from collection.files.damage import damaged
from collection.formats.registry import FORMATS, format_named


def main() -> int:
    """Return 1 if the reader raised anything; the seed says how to see it again."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("reader", choices=[one.name for one in FORMATS])
    options.add_argument("--seconds", type=float, default=60)
    options.add_argument("--seed", type=int, help="One seed, from an earlier run.")
    given = options.parse_args()
    form = format_named(given.reader)
    if form is None:
        return 2
    with tempfile.TemporaryDirectory() as folder:
        path = form.sample(Path(folder), 3)
        body = path.read_bytes()
        ends, slowest, count = time.monotonic() + given.seconds, 0.0, 0
        while time.monotonic() < ends:
            seed = random.getrandbits(32) if given.seed is None else given.seed
            path.write_bytes(damaged(body, seed))
            begun = time.monotonic()
            try:
                form.reader.accepts(path)
                for _part in form.reader.read(path):
                    pass
            except Exception:  # noqa: BLE001 - any error at all is what is looked for
                traceback.print_exc()
                sys.stderr.write(f"seed {seed}\n")
                return 1
            slowest, count = max(slowest, time.monotonic() - begun), count + 1
            if given.seed is not None:
                break
    sys.stdout.write(f"{count} files, slowest {slowest:.2f} s, nothing raised\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
