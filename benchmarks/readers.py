"""What each reader takes beside the bare library's own reading of the same file, in its box or not.

    python -m benchmarks.readers [--mib N] [FORMAT ...]

Every format of `collection.formats.registry` is measured on a file of its own sample maker; a
format that is added there is measured without a line here, beside reading the bytes alone until
`BARE` names what its library does with them. Each figure is of a fresh process, so its peak memory
is its own; CPU seconds and peak of what runs in the box are not seen from outside it, so `boxed`
shows those of the process that asks.
"""

import argparse
import csv
import io
import json
import resource
import subprocess
import sys
import tarfile
import tempfile
import time
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Final

from collection.boxed import BOXES
from collection.files.reader import Problem
from collection.formats.registry import FORMATS, Format, format_named

_MIB: Final = 1 << 20
_PROBE: Final = 500
_WAYS: Final = ("bare", "reader", "boxed")


def _bytes(path: Path) -> int:
    with path.open("rb") as file:
        return sum(1 for _ in iter(lambda: file.read(_MIB), b""))


def _lines(path: Path) -> int:
    with path.open("rb") as file:
        return sum(1 for line in file if json.loads(line))


def _records(path: Path) -> int:
    from warcio.archiveiterator import ArchiveIterator

    with path.open("rb") as file:
        return sum(len(record.content_stream().read()) > 0 for record in ArchiveIterator(file))


def _wacz(path: Path) -> int:
    from warcio.archiveiterator import ArchiveIterator

    count = 0
    with zipfile.ZipFile(path) as archive:
        for name in archive.namelist():
            if name.endswith(".warc.gz"):
                with archive.open(name) as member:
                    count += sum(
                        len(one.content_stream().read()) > 0 for one in ArchiveIterator(member)
                    )
    return count


def _outbox(path: Path) -> int:
    with tarfile.open(path) as archive:
        member = archive.extractfile("outbox.json")
        return 0 if member is None else len(json.load(member)["orderedItems"])


def _zipped_json(path: Path) -> int:
    """Parse each member as JSON at once; X's are JavaScript that assigns it."""
    count = 0
    with zipfile.ZipFile(path) as archive:
        for name in archive.namelist():
            text = archive.read(name).decode()
            value = json.loads(text.partition(" = ")[2] if name.endswith(".js") else text)
            count += len(value) if isinstance(value, list) and len(value) > 1 else 0
    return count


def _zipped_tables(path: Path) -> int:
    with zipfile.ZipFile(path) as archive:
        return sum(
            sum(1 for _ in csv.DictReader(io.TextIOWrapper(archive.open(name), newline="")))
            for name in archive.namelist()
        )


def _table(path: Path) -> int:
    with path.open(encoding="utf-8", newline="") as file:
        return sum(1 for _ in csv.reader(file))


def _blocks(path: Path) -> int:
    import libipld

    return len(libipld.decode_car(path.read_bytes())[1])


BARE: Final[dict[str, Callable[[Path], int]]] = {
    "posts-jsonl": _lines,
    "warc": _records,
    "wacz": _wacz,
    "mastodon-archive": _outbox,
    "x-archive": _zipped_json,
    "facebook-export": _zipped_json,
    "instagram-export": _zipped_json,
    "reddit-export": _zipped_tables,
    "linkedin-export": _zipped_tables,
    "tiktok-export": _zipped_json,
    "bluesky-repository": _blocks,
    "google-takeout": _zipped_tables,
    "discord-package": _zipped_json,
    "youtube-comments": _table,
}


def main() -> int:
    """Print a table of figures, or one way's figures as JSON for the process above."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument(
        "formats", nargs="*", default=[one.name for one in FORMATS if one.supported]
    )
    options.add_argument("--mib", type=float, default=4)
    options.add_argument("--way", choices=_WAYS)
    options.add_argument("--file", type=Path)
    given = options.parse_args()
    if given.way is not None:
        sys.stdout.write(json.dumps(_measured(given.formats[0], given.way, given.file)))
        return 0
    sys.stdout.write(
        f"{'format':18} {'way':7} {'MB':>7} {'items':>8} {'MB/s':>7} "
        f"{'items/s':>9} {'peak MiB':>9} {'CPU s':>7}\n"
    )
    for name in given.formats:
        form = format_named(name)
        if form is None:
            options.error(f"no such format: {name}")
        with tempfile.TemporaryDirectory() as folder:
            path = _sized(form, Path(folder), given.mib)
            for way in _WAYS:
                found = measured_in_its_process(name, way, path)
                size, took = path.stat().st_size / 1e6, max(found["seconds"], 1e-6)
                sys.stdout.write(
                    f"{name:18} {way:7} {size:7.1f} {found['items']:8} {size / took:7.2f} "
                    f"{found['items'] / took:9.0f} {found['peak'] / _MIB:9.0f} "
                    f"{found['cpu']:7.2f}\n"
                )
                sys.stdout.flush()
    return 0


def measured_in_its_process(name: str, way: str, path: Path) -> dict[str, float]:
    """Return items, seconds, CPU seconds and peak bytes of one way to read, in a fresh process."""
    command = [sys.executable, "-m", "benchmarks.readers", name, "--way", way, "--file", str(path)]
    done = subprocess.run(command, check=True, capture_output=True)
    found: dict[str, float] = json.loads(done.stdout)
    return found


def _sized(form: Format, folder: Path, mib: float) -> Path:
    """Make a file of about this size; formats of one item a file stay as they are."""
    probe = form.sample(folder, _PROBE)
    each = probe.stat().st_size / _PROBE
    probe.unlink()
    return form.sample(folder, max(int(mib * _MIB / each), 1))


def _measured(name: str, way: str, path: Path) -> dict[str, float]:
    form = format_named(name)
    if form is None:
        raise SystemExit(2)
    if way == "boxed":
        BOXES.state()  # a process has its box before it reads
    begun, used = time.perf_counter(), time.process_time()
    if way == "bare":
        items = BARE.get(name, _bytes)(path)
    else:
        parts = BOXES.read(form, path) if way == "boxed" else form.reader.read(path)
        items = sum(not isinstance(part, Problem) for part in parts)
    seconds, cpu = time.perf_counter() - begun, time.process_time() - used
    BOXES.close()
    peak = max(
        resource.getrusage(who).ru_maxrss
        for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    )
    return {"items": items, "seconds": seconds, "peak": peak * 1024, "cpu": cpu}


if __name__ == "__main__":
    raise SystemExit(main())
