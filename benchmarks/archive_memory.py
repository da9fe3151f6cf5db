"""Memory stays flat from a small web archive to one of two gigabytes, pictures and all.

    python -m benchmarks.archive_memory [--mib 200 2048]

Archives as recorders make them: pages of one post each, and pictures of half a megabyte between
them. Each is read in a fresh process, by the reader alone and through its box, whose own peak the
system counts among the children of the process that asks.
"""

import random
import sys
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from benchmarks.measure import Result, parser, show
from benchmarks.readers import measured_in_its_process
from collection.samples.sample_files import page_of, sample_texts

SIZES: Final = (200, 2_048)
_MIB: Final = 1 << 20
_PICTURE: Final = _MIB // 2


def measure(sizes: tuple[int, ...] = SIZES) -> list[Result]:
    """Return peak memory and speed for each size in MiB, and how much the peak grew."""
    found = []
    peaks = []
    for size in sizes:
        with TemporaryDirectory(prefix="walloff-bench-") as folder:
            path = write_archive(Path(folder), size)
            how = f"{path.stat().st_size / 1e6:.0f} MB of pages and pictures"
            for way in ("reader", "boxed"):
                one = measured_in_its_process("warc", way, path)
                peaks.append((way, one["peak"]))
                speed = path.stat().st_size / 1e6 / max(one["seconds"], 1e-6)
                value = f"{one['peak'] / _MIB:.0f} MiB, {speed:.0f} MB/s, {one['items']:.0f} items"
                found.append(Result(f"{size:,} MiB, {way}", value, "", how))
    for way in ("reader", "boxed"):
        first, *_, last = [peak for name, peak in peaks if name == way]
        found.append(Result(f"peak grew, {way}", f"{last / first:.2f} x", "flat", f"{sizes} MiB"))
    return found


def write_archive(folder: Path, mib: int) -> Path:
    """Write a `.warc` of about so many MiB; half of its records are pictures."""
    from warcio.statusandheaders import StatusAndHeaders
    from warcio.warcwriter import WARCWriter

    picture = random.Random(mib).randbytes(_PICTURE)
    count = max(mib * _MIB // (_PICTURE + 4_096), 2)
    path = folder / "pages.warc"
    with path.open("wb") as file:
        writer = WARCWriter(file, gzip=False)
        for number, at, text in sample_texts(count):
            answers = (
                ("text/html; charset=utf-8", f"{number}", page_of(number, at, text)),
                ("image/jpeg", f"{number}.jpg", picture),
            )
            for kind, name, body in answers:
                record = writer.create_warc_record(
                    f"https://sam.example/{name}",
                    "response",
                    payload=BytesIO(body),
                    http_headers=StatusAndHeaders(
                        "200 OK", [("Content-Type", kind)], protocol="HTTP/1.1"
                    ),
                    warc_headers_dict={"WARC-Date": at.replace("+00:00", "Z")},
                )
                writer.write_record(record)
    return path


if __name__ == "__main__":
    arguments = parser(__doc__)
    arguments.add_argument("--mib", type=int, nargs="+", default=list(SIZES))
    given = arguments.parse_args()
    show(measure(tuple(given.mib)), as_json=given.json)
    sys.stdout.flush()
